"""Tokens, and what is told of each word once."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.find.collectives import _BEGINNINGS, _HEADS
from extractor.find.figures import _TRIGGER
from extractor.find.tokens import Lookout, Remembered, tokenize

PIECES = st.lists(
    st.sampled_from(
        [
            "5",
            "20",
            "1,500",
            "2.5",
            "B2,5",
            "one",
            "Twenty",
            "twenty-five",
            "May",
            "IV",
            "mid-May",
            "15-nation",
            "bloc",
            "Gulf",
            "states",
            "city-states",
            "world",
            "community",
            "-",
            "–",
            " ",
            " ",
            " ",
            "\n\n",
            "'s",
            "’",
            ".",
            ",",
            "_",
            "x",
            "é",
            "½",
        ]
    ),
    max_size=30,
).map("".join)


@pytest.mark.parametrize(
    ("pattern", "beginning"), [(_TRIGGER, None), (_HEADS, _BEGINNINGS)], ids=["figures", "states"]
)
@settings(max_examples=150, deadline=None)
@given(text=st.one_of(PIECES, st.text(max_size=80)))
def test_looking_at_words_finds_what_looking_everywhere_does(
    pattern: re.Pattern[str], beginning: re.Pattern[str] | None, text: str
):
    """A lookout's matches are those of its pattern, in the same order, whatever the text."""
    found = [match.span() for match in Lookout(pattern, beginning).matches(text, tokenize(text))]
    assert found == [match.span() for match in pattern.finditer(text)]


def test_what_is_remembered_is_told_once_and_long_words_are_not_kept():
    """A word that comes again is not judged again; one of hostile length takes no memory."""
    asked = []
    lengths = Remembered(lambda word: asked.append(word) or len(word))
    assert [lengths[word] for word in ("a", "bcd", "a")] == [1, 3, 1]
    assert asked == ["a", "bcd"]
    assert lengths["x" * 5_000] == 5_000
    assert set(lengths) == {"a", "bcd"}
