"""Sentences: those of nupunkt, paragraph by paragraph, without the blanks around them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nupunkt import load

from extractor.find.sentences import find_sentences
from extractor.read import article_from_text

PIECES = st.sampled_from(
    """. ? ! … .. ... : ; , - -- ( ) [ ] { } * ' " '' ’ ” “ » Mr Inc U.S J.K B a v vs p.m No 5 1.5
    story The the Ruth I We He said grew wide ville é W (R-Ohio) 1. II. @ $5 O'Brien
    """.split()
)
TEXTS = st.lists(
    st.tuples(PIECES, st.sampled_from(["", "", " ", " ", "  ", "\u00a0"])), max_size=25
)


def _by_nupunkt(text: str) -> list[str]:
    """Return the sentences that nupunkt finds in a whole paragraph."""
    pieces = (text[a:b].strip() for a, b in load("default").span_tokenize(text))
    return [piece for piece in pieces if piece]


@settings(max_examples=400, deadline=None)
@given(pieces=TEXTS)
def test_the_sentences_are_those_of_whole_paragraphs(pieces: list[tuple[str, str]]):
    """Whatever the text, sentences are those that nupunkt finds in each of its paragraphs."""
    article = article_from_text("".join(word + blank for word, blank in pieces))
    text = article.text
    expected = [s for p in article.paragraphs for s in _by_nupunkt(p.span.of(text))]
    assert [s.span.of(text) for s in find_sentences(article)] == expected


@pytest.mark.parametrize(
    "paragraph",
    [
        "Mr. Marsh left. The board met at 5 p.m. Monday. He said: “No.” Then he sat down.",
        "1. The plan is ready. 2. It was read aloud. ''They agreed.'' ''So did we,'' he said.",
        "They asked. . . . Nobody spoke.The hall (in St. Paul) was full! Why? U.S. Senators left.",
    ],
)
def test_sentences_of_the_press(paragraph: str):
    """Abbreviations, list numbers, quotations and spaced dots are split as nupunkt splits them."""
    article = article_from_text(f"{paragraph}\n\n{paragraph}")
    assert [s.span.of(article.text) for s in find_sentences(article)] == 2 * _by_nupunkt(paragraph)
