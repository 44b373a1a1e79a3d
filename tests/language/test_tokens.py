"""Tokens: where words are cut, their classes, and patterns run only at some of them."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.find.names.state_groups import _HEADS
from extractor.language.scanning import matches
from extractor.language.tokens import tokenize
from extractor.language.word_classes import (
    BEGINNING,
    CAPITAL,
    NUMBER,
    OPENING,
    PERSON,
    PRONOUN,
    SPEECH,
    STATES,
    TRIGGER,
)

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
            "U.S.",
            "\u00a0",
            ").",
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
    ("pattern", "beginning"), [(TRIGGER, TRIGGER), (_HEADS, BEGINNING)], ids=["figures", "states"]
)
@settings(max_examples=150, deadline=None)
@given(text=st.one_of(PIECES, st.text(max_size=80)))
def test_a_pattern_run_where_it_can_begin_misses_no_match(
    pattern: re.Pattern[str], beginning: re.Pattern[str], text: str
):
    """A pattern run only at some tokens has the matches that it has in the whole text, in order."""
    tokens = tokenize(text)
    places = tokens.all_of(NUMBER | STATES)
    spans = [match.span() for match in matches(pattern, beginning, text, tokens, places)]
    assert spans == [match.span() for match in pattern.finditer(text)]


@settings(max_examples=300, deadline=None)
@given(text=st.one_of(PIECES, st.text(max_size=80)))
def test_tokens_are_all_of_a_text_but_its_blanks(text: str):
    """Tokens are slices of the text, in order, and hold each of its characters but blanks once."""
    tokens = tokenize(text)
    places = list(zip(tokens.start, tokens.end, strict=True))
    assert tokens.text == [text[start:end] for start, end in places]
    assert "".join(tokens.text) == "".join(c for c in text if not c.isspace())
    assert places == sorted(places)
    assert tokens.lower == [word.lower() for word in tokens.text]


def test_words_are_classed_once_and_long_ones_are_not_kept():
    """A word that comes again is the same object; one of hostile length takes no memory."""
    before = tokenize("Minsk said it, MINSK said it").lower
    again = tokenize("It said: it, Minsk").lower
    assert before == ["minsk", "said", "it", ",", "minsk", "said", "it"]
    assert again[-1] is before[0]
    assert again[1] is before[1]
    first, second = (tokenize("X" * 5_000).lower[0] for _ in range(2))
    assert first == second == "x" * 5_000
    assert first is not second


def test_tokens_are_looked_up_by_class():
    """A class gives the tokens of its kind, in order; several classes together do too."""
    tokens = tokenize("The minister said on May 5: he met Gulf states.")
    words = {
        "capitals": [tokens.text[k] for k in tokens.all_of(CAPITAL)],
        "nouns": [tokens.text[k] for k in tokens.all_of(PERSON)],
        "verbs and pronouns": [tokens.text[k] for k in tokens.all_of(SPEECH | PRONOUN)],
        "numbers": [tokens.text[k] for k in tokens.all_of(NUMBER)],
        "states": [tokens.text[k] for k in tokens.all_of(STATES)],
        "openings": [tokens.text[k] for k in tokens.all_of(OPENING)],
    }
    assert words == {
        "capitals": ["The", "May", "Gulf"],
        "nouns": ["minister"],
        "verbs and pronouns": ["said", "he", "states"],
        "numbers": ["May", "5"],
        "states": ["5", "states"],
        "openings": [":", "."],
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The bloc's", ["The", "bloc", "'s"]),
        ("The U.S.’s", ["The", "U.S.", "’s"]),
        ("it's don't", ["it", "'s", "don't"]),
        ("allies' O'Brien", ["allies", "'", "O'Brien"]),
        ("$5.5 $5bn", ["$", "5.5", "$", "5", "bn"]),
        ("9th 15-nation", ["9", "th", "15", "-", "nation"]),
        ("40% AT&T state-owned", ["40", "%", "AT&T", "state-owned"]),
    ],
)
def test_where_words_are_cut(text: str, words: list[str]):
    """A possessive ending, a currency's mark and a number are tokens of their own."""
    assert tokenize(text).text == words


@given(text=st.one_of(PIECES, st.text(max_size=80)))
def test_tokens_one_by_one_are_the_columns(text: str):
    """`between` gives the tokens of the columns, with straight apostrophes in lower case."""
    tokens = tokenize(text)
    one_by_one = tokens.between(0, len(tokens))
    assert [token.text for token in one_by_one] == tokens.text
    assert [token.lower for token in one_by_one] == [
        lower.replace("’", "'") for lower in tokens.lower
    ]
    assert [(token.start, token.end) for token in one_by_one] == list(
        zip(tokens.start, tokens.end, strict=True)
    )
    assert tokens.between(2, 5) == one_by_one[2:5]
