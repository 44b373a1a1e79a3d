"""Where paragraphs are: lines, or the lines of a wrapped paragraph together."""

import sys
import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.read import article_from_text
from extractor.read.paragraphs import BLANKS, paragraph_spans

STORY = [
    "The council of Norvik voted late on Tuesday to reopen the ferry line that it had closed in "
    "spring, after residents of both islands had asked for it in three petitions.",
    "“It was never about money,” the mayor, Ada Holm, told the meeting. “It was about who decides, "
    "and tonight the islands have decided for themselves.”",
    "The first boat leaves on Friday morning with room for forty cars, and a second one follows "
    "in June when the yard has finished the repairs that were ordered last year.",
    "Nobody spoke against it.",
]

ODD = ["\r", "\n", "\r\n", "\x0c", "\x0b", "\x1c", "\x85", "\u2028", "\u2029", "\u200b", "\ufeff"]
ODD += [" ", "\t", "\xa0", "\0", "\x1b[31m", "\ud800", "“", '"', "'", ".", "/", "(", ")", "©"]
WORDS = [
    "By ",
    "Ann Lee",
    "Image source, ",
    "Image caption,",
    "REUTERS/Ann Lee",
    "A man. ",
    "word ",
]
WORDS += [
    "Photo by ",
    " via ",
    "Getty Images",
    "May 3, 2024",
    "Published ",
    "HEADING",
    "and ",
    ", ",
]
texts = st.one_of(
    st.text(max_size=200),
    st.lists(st.sampled_from(ODD + WORDS), max_size=40).map("".join),
    st.lists(st.sampled_from(["word", "Word.", "\n", "\n\n", " "]), max_size=200).map(" ".join),
)


@settings(max_examples=300, deadline=None)
@given(texts)
def test_any_text_is_kept_and_covered(text: str) -> None:
    """Any text is kept; paragraphs are in order, apart, trimmed and cover all that is not blank."""
    article = article_from_text(text)
    assert article.text == text
    covered, end = set(), 0
    for index, paragraph in enumerate(article.paragraphs):
        span = paragraph.span
        assert paragraph.index == index
        assert end <= span.start < span.end <= len(text)
        assert text[span.start] not in BLANKS
        assert text[span.end - 1] not in BLANKS
        covered.update(range(span.start, span.end))
        end = span.end
    assert all(c in BLANKS for i, c in enumerate(text) if i not in covered)


def test_blanks_are_all_the_white_space_there_is() -> None:
    """Every character that Python takes for white space counts as blank here."""
    assert {c for c in map(chr, range(sys.maxunicode)) if c.isspace()} <= set(BLANKS)


@pytest.mark.parametrize("between", ["\n", "\n\n", "\r\n\r\n", "\r", "\x0c", "\u2028", "\n \t\n"])
def test_a_line_is_a_paragraph(between: str) -> None:
    """In text that is not wrapped every line that is not blank is a paragraph."""
    text = between.join(STORY)
    spans = [span for span, _ in paragraph_spans(text)]
    assert [span.of(text) for span in spans] == STORY


@pytest.mark.parametrize("width", [60, 72, 80])
@pytest.mark.parametrize(
    ("indent", "between"), [("", "\n\n"), ("    ", "\n"), ("\t", "\n\n")], ids=repr
)
def test_wrapped_lines_are_one_paragraph(width: int, indent: str, between: str) -> None:
    """Lines of hard-wrapped text belong together until a blank or an indented line comes."""
    text = between.join(textwrap.fill(p, width, initial_indent=indent) for p in STORY)
    paragraphs = [span.of(text) for span, _ in paragraph_spans(text)]
    assert [" ".join(p.split()) for p in paragraphs] == STORY


def test_short_line_ends_a_wrapped_paragraph_without_blank_lines() -> None:
    """Wrapped text without blank lines has its paragraphs end at lines that are not full."""
    text = "\n".join(textwrap.fill(p, 70) for p in STORY)
    assert len(paragraph_spans(text)) == len(STORY)


@pytest.mark.parametrize(
    "text",
    [
        "Apples and pears\nBread\nTwo pounds of butter\nA small bag of flour for the cake\nMilk",
        "\n".join(f"“No, I did not see number {i} on that day,” he said to us." for i in range(9)),
    ],
)
def test_lists_and_dialogue_are_not_wrapped_text(text: str) -> None:
    """Short lines that are not full, or that all end as sentences do, stay apart."""
    assert len(paragraph_spans(text)) == text.count("\n") + 1
