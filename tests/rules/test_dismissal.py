"""Stretches in marks that are nobody's words, and those that must be kept."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.find.inventory import Inventory, take_inventory
from extractor.find.quotations.pairing import find_quotations
from extractor.find.sentences import find_sentences
from extractor.pipeline import extract
from extractor.read import article_from_text
from extractor.rules.attribution import dismissal
from extractor.rules.attribution.dismissal import is_title_cased, judge, why_no_quotation
from extractor.rules.attribution.dismissal_features import class_of, cue_key
from extractor.rules.attribution.speakers import attribute
from extractor.schema.catalogue import load_schema
from tests.support.effort import calls_of


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
        ("The minister was a guest on BNC's “Good Morning Norvik” on Monday.", "title"),
        ("The host of “Late Lines” laughed.", "title"),
        ("The “Late Lines” host laughed.", "title"),
        ("They streamed “Winter Harbour,” a drama about a strike.", "title"),
        ("John “Sparky” Holm owns the yard by the pier.", "nickname"),
        ("Dozens waved “Ferry Now” signs outside the hall.", "slogan"),
        ("He wore a “Ferries for All” cap.", "slogan"),
        ("The “Ferry First” movement lost its lease.", "title"),
        ("The word “ferry” comes from the north.", "term"),
        ("Fans of the “flat-sea” movement came by bus.", "scare quote"),
        ("Holm, a former “smart city” adviser, lost his post.", "scare quote"),
        ("Two “smart” lamps went out again on Monday night.", "scare quote"),
        ("Millions went to so-called “ghost ferries” last year.", "term"),
    ],
)
def test_why_a_stretch_is_dismissed(text: str, reason: str | None) -> None:
    """The reason names what the words beside the marks show."""
    assert reasons(text) == [reason]


def test_titles_in_a_row() -> None:
    """Titles joined by commas are each dismissed, whatever mark stands before the closing one."""
    assert reasons("They watched “Winter Harbour,” “Summer Pier” and “The Long Quay.”") == [
        "title",
        "title",
        "title",
    ]


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
        "She called it a “disgrace.”",
        "Holm called it “The Great Robbery.”",
        "“Nonsense,” said Holm.",
        "The vote was “rigged,” according to Holm.",
        "Critics dismissed it as “a joke”.",
        "The mayor said that ferries were “dead”.",
        "He promised to make ferries “free again”.",
        "“Fine,” “great,” “lovely”: Holm said nothing else.",
    ],
)
def test_what_may_be_somebodys_words_is_kept(text: str) -> None:
    """Fragments, short utterances and marks in headlines are never dismissed."""
    assert set(reasons(text)) == {None}


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
    known = {None, "title", "nickname", "slogan", "term", "scare quote"}
    assert set(reasons(text)) <= known


def test_the_table_holds_classes_and_function_words() -> None:
    """The fitted table names features that the reader makes, and cues as single words."""
    path = Path(dismissal.__file__).with_name("dismissal_weights.json")
    table = json.loads(path.read_text(encoding="utf-8"))
    assert {"bias", "ruled=None ", "speaks=True"} <= table["weights"].keys()
    assert table["cues"]["said"] == 3
    assert all(len(cue.split()) <= 2 for cue in table["cues"])
    assert set(table["cues"].values()) <= {1, 2, 3}


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("holm said", "said"),
        ("resigned , saying", ", saying"),
        ("began to say", "to say"),
        ("holm saying", "- saying"),
        ("the claim", None),
    ],
)
def test_how_a_cue_is_joined(words: str, key: str | None) -> None:
    """A verb after a determiner is a noun; one without a subject goes by what joins it."""
    lower = words.split()
    assert cue_key(lower, len(lower) - 1) == key


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("the", "the"),
        (",", ","),
        ("told", "told"),
        ("dubbed", "called"),
        ("films", "work"),
        ("Norvik", "capital"),
        ("1998", "number"),
        ("harbours", "s"),
    ],
)
def test_a_word_is_classed(word: str, expected: str) -> None:
    """No content word stands for itself among the features."""
    assert class_of(word, word.lower()) == expected


def test_what_is_dismissed_is_listed_with_its_reason() -> None:
    """The audit lists every dismissed stretch with the reason."""
    text = (
        "Dozens waved “Ferry Now” signs outside the hall.\n\n“We open on Friday,” Ruth Holm said."
    )
    audit = extract(article_from_text(text), load_schema("quotes")).audit
    assert [(item.text, item.reason) for item in audit.dismissed if item.kind == "quotation"] == [
        ("Ferry Now", "slogan")
    ]


def test_a_paragraph_of_many_stretches_takes_time_in_proportion() -> None:
    """Judging one stretch does not read the whole of a long paragraph."""
    few, many = ("The “smart” lamps and the “ghost” ferries " * times for times in (50, 500))
    assert calls_of(lambda: reasons(many)) < 12 * calls_of(lambda: reasons(few))


def test_a_row_is_no_surer_than_its_words_are_somebodys():
    """The confidence of a row counts in that its words may be no quotation."""
    text = "Ada Brandt, who runs a “green café” in Riga, said she would stay."
    inventory = take_inventory(article_from_text(text))
    reason, likely = judge(inventory, inventory.quotations[0])
    assert reason is None
    assert likely < 0.95
    assert attribute(inventory)["Q1"].confidence <= likely
