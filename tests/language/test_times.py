"""Expressions of time: what is one, with its preposition, and where it stands."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.language.en.times import find_times
from extractor.text.spans import Span


def times(text: str) -> list[str]:
    """Return the expressions of time of `text`."""
    return [span.of(text) for span in find_times(text)]


@pytest.mark.parametrize(
    "phrase",
    [
        "on Saturday", "on Tuesday morning", "last week", "next month", "earlier this month",
        "in August", "on 13 December", "on 13 December, 2025", "on December 13, 2025", "on July 31",
        "after Oct. 7, 2023", "in 2022", "in late 2021", "in mid-December", "since the 1990s",
        "until 31 July 2026", "by the end of March", "by the end of this year", "since 2020",
        "between 2014 and 2016", "five years ago", "about two weeks ago", "three days later",
        "in the coming months", "over the past two years", "in recent weeks", "within 30 days",
        "for another year", "for six months", "for a further six months", "immediately",
        "tomorrow", "yesterday", "as recently as August", "on 2025-12-13", "until further notice",
    ],
)  # fmt: skip
def test_a_phrase_of_time_is_found_whole(phrase: str) -> None:
    """Dates, weekdays, years, stretches and adverbs come with the words that belong to them."""
    assert times(f"The ban was eased {phrase}, officials said.") == [phrase]


@pytest.mark.parametrize(
    "text",
    [
        "They may lift it and may not.",
        "The march passed 2,500 people and 1,200 police.",
        "Action on this may follow.",
        "The second round was close.",
        "August company, in a sense.",
    ],
)
def test_a_verb_or_a_number_is_no_time(text: str) -> None:
    """ "may" and "march" in lower case, counts and ordinals are no time."""
    assert times(text) == []


def test_only_the_given_stretch_is_read() -> None:
    """Offsets are those of the whole text, and nothing outside the stretch is found."""
    text = "On Monday it rained. On Friday it snowed."
    assert [s.of(text) for s in find_times(text, Span(21, len(text)))] == ["On Friday"]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "on",
                "in",
                "the",
                "past",
                "five",
                "years",
                "ago",
                "May",
                "2022",
                "13",
                ",",
                "Friday",
                "until",
                "last",
                "week",
                "’",
                "\n",
                "of",
                "end",
            ]
        )
        | st.text(max_size=4),
        max_size=40,
    )
)
def test_spans_are_in_order_and_inside_any_text(words: list[str]) -> None:
    """Whatever the text, spans are not empty, do not overlap and never raise."""
    text = " ".join(words)
    end = 0
    for span in find_times(text):
        assert end <= span.start < span.end <= len(text)
        end = span.end
