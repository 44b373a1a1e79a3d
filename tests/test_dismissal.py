"""Stretches in marks that are nobody's words, and those that must be kept."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.answer.dismissal import is_title_cased, why_no_quotation
from extractor.find.inventory import Inventory
from extractor.find.quotations import find_quotations
from extractor.find.sentences import find_sentences
from extractor.read import article_from_text


def reasons(text: str) -> list[str | None]:
    """Return the verdict on every stretch of `text`, without names or figures."""
    article = article_from_text(text)
    quotations = find_quotations(article)
    inventory = Inventory(article, find_sentences(article), quotations, ())
    return [why_no_quotation(inventory, quotation) for quotation in quotations]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("She played a nurse in the film “Winter Harbour” before she entered politics.", "title"),
        ("Her memoir, “A House by the Sea,” came out in spring.", "title"),
        ("He wrote a paper titled “Ferries and Their Enemies.”", "title"),
        ("The minister was a guest on BNC's “Good Morning Norvik” on Monday.", "title"),
        ("The host of “Late Lines” laughed.", "title"),
        ("The “Late Lines” host laughed.", "title"),
        ("They streamed “Winter Harbour,” a drama about a strike.", "title"),
        ("John “Sparky” Holm owns the yard by the pier.", "nickname"),
        ("Dozens waved “Ferry Now” signs outside the hall.", "sign"),
        ("The town's “smart” lamps went out again on Monday night.", None),
        ("Two “smart” lamps went out again on Monday night.", "scare quote"),
        ("Millions went to so-called “ghost ferries” last year.", "term"),
    ],
)
def test_why_a_stretch_is_dismissed(text: str, reason: str | None) -> None:
    """The reason names what the words beside the marks show; a possessor may be the speaker."""
    assert reasons(text) == [reason]


@pytest.mark.parametrize(
    "text",
    [
        "“We open on Friday,” the mayor said.",
        "She called the plan “reckless” and left.",
        "He described them as “bandits”.",
        "Sanctions are “leverage”, Holm said.",
        "The mayor denied that there was a “ferry crisis” in town.",
        "The committee expressed “profound relief” at the vote.",
        "Holm pounded him as a “con artist” for years.",
        "Crowds waited by the pier. “Shame!” they cried.",
        "“Never Again.”",
        "Mayor: ‘No Crisis’ in Norvik",
        "Then came the “we win” moment.",
    ],
)
def test_what_may_be_somebodys_words_is_kept(text: str) -> None:
    """Fragments, short utterances and marks in headlines are never dismissed."""
    assert reasons(text) == [None]


def test_halves_and_continued_quotations_are_kept() -> None:
    """A stretch that belongs to a longer utterance is not judged by its own words."""
    text = '“The song,” she said, “Winter Harbour.”\n\n"In the film.\n\n"Winter Harbour," he said.'
    assert reasons(text) == [None, None, None]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Winter Harbour", True),
        ("A House by the Sea,", True),
        ("60 Minutes", True),
        ("We open", False),
        ("the Sea", False),
        ("1,300", False),
        ("…", False),
    ],
)
def test_title_case(words: str, expected: bool) -> None:
    """Capitals on all words but the little ones make a title's spelling."""
    assert is_title_cased(words) is expected


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ['"', "“", "”", "'", " ", "\n", "the film ", "Word", "so-called ", ".", "said"]
        ),
        max_size=30,
    ).map("".join)
)
def test_any_text_is_judged(text: str) -> None:
    """A verdict is a known reason or None, whatever the text."""
    known = {None, "title", "nickname", "sign", "term", "scare quote"}
    assert set(reasons(text)) <= known
