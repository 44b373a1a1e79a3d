"""Days and moments as text."""

import re
from datetime import date

from extractor.language.en.calendar import MONTH_NUMBERS
from extractor.text.dates import day_of, here, here_in_words, iso_day, utc, utc_for_people


def test_a_moment_is_written_in_utc_without_rounding_up() -> None:
    """A program reads seconds or milliseconds and a Z; the rest of a second is cut off."""
    assert utc(0.999999) == "1970-01-01T00:00:00Z"
    assert utc(0.9999, "milliseconds") == "1970-01-01T00:00:00.999Z"
    assert utc_for_people(60.9) == "1970-01-01 00:01:00 UTC"


def test_a_moment_for_people_here_is_in_one_of_two_shapes() -> None:
    """Lists show figures that line up; pages show the month by its name."""
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", here(86_400))
    assert re.fullmatch(r"\d\d \w{3} \d{4}, \d\d:\d\d", here_in_words(86_400))


def test_what_is_no_day_is_none() -> None:
    """A day that the calendar does not have is never guessed at."""
    assert day_of("2026-11-22T07:10:00Z") == date(2026, 11, 22)
    assert day_of("in November") is None
    assert iso_day(2024, 2, 29) == "2024-02-29"
    assert iso_day(2023, 2, 29) is None


def test_months_have_their_numbers_by_every_name() -> None:
    """Full names and short ones mean the same month."""
    assert MONTH_NUMBERS["september"] == MONTH_NUMBERS["sept"] == MONTH_NUMBERS["sep"] == 9
    assert sorted(set(MONTH_NUMBERS.values())) == list(range(1, 13))
