"""Dates as people and programs write them: read into ISO 8601, or told as unread."""

from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from extractor.read.dates import given_date, read_date

days = st.dates(date(1700, 1, 1), date(2099, 12, 31))
moments = st.datetimes(
    datetime(1975, 1, 1),
    datetime(2099, 12, 31),
    timezones=st.builds(timezone, st.integers(-47, 55).map(lambda n: timedelta(minutes=15 * n))),
).map(lambda at: at.replace(microsecond=0))
LANGUAGES = ["de", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "fi", "pl", "cs", "hu", "ro",
             "hr", "ru", "uk", "bg", "el", "tr", "id", "ja", "zh", "ko", "vi", "ca"]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("20/04/2026", "2026-04-20"),
        ("04/20/2026", "2026-04-20"),
        ("4.3.2026", "2026-03-04"),
        ("04.03.26", "2026-03-04"),
        ("2026/4/20", "2026-04-20"),
        ("20260420", "2026-04-20"),
        ("20260420T101500Z", "2026-04-20T10:15:00+00:00"),
        ("2026-04-20T10:15:00.000+0200", "2026-04-20T10:15:00+02:00"),
        ("2026-04-20 10:15", "2026-04-20T10:15:00"),
        (1776680100, "2026-04-20T10:15:00+00:00"),
        ("1776680100", "2026-04-20T10:15:00+00:00"),
        (1776680100000, "2026-04-20T10:15:00+00:00"),
        ("1776680100000", "2026-04-20T10:15:00+00:00"),
        ("Mon, 20 Apr 2026 10:15:00 GMT", "2026-04-20T10:15:00+00:00"),
        ("Mon Apr 20 10:15:00 CEST 2026", "2026-04-20T10:15:00+02:00"),
        ("Mon Apr 20 2026 10:15:00 GMT+0200 (CEST)", "2026-04-20T10:15:00+02:00"),
        ("13 December 2025", "2025-12-13"),
        ("Saturday 13th December 2025", "2025-12-13"),
        ("Published: Dec. 13, 2025 at 3:15 p.m. EST", "2025-12-13T15:15:00-05:00"),
        ("12:15 AM, December 13, 2025", "2025-12-13T00:15:00"),
        ("13. Dezember 2025, 14.30 Uhr", "2025-12-13T14:30:00"),
        ("le 1er août 2025 à 10h05", "2025-08-01T10:05:00"),
        ("3 de mayo de 2025", "2025-05-03"),
        ("3 мая 2025 г., 10:15", "2025-05-03T10:15:00"),
        ("2025年12月13日 10時15分", "2025-12-13T10:15:00"),
        ("3 tháng 5, 2025", "2025-05-03"),
    ],
)
def test_usual_forms(text: object, iso: str) -> None:
    """What stands in metadata and on pages is read, with its time and zone where it has them."""
    assert read_date(text).iso == iso


@given(days, st.sampled_from(LANGUAGES), st.sampled_from(["long", "full"]))
def test_days_in_words_of_the_language(day: date, language: str, form: str) -> None:
    """A day as a language writes it is read where the page says which language it is in."""
    if day.year >= 1900:
        text = format_date(day, form, locale=language)
        assert read_date(text, language=language).iso == day.isoformat()


@given(moments)
def test_moments_of_programs(at: datetime) -> None:
    """ISO 8601, RFC 2822 and seconds since 1970 say the same moment."""
    for written in (at.isoformat(), at.isoformat(" "), format_datetime(at)):
        iso = read_date(written).iso
        assert iso is not None
        assert datetime.fromisoformat(iso) == at
    seconds = int(at.timestamp())
    if seconds >= 200_000_000:
        for number in (seconds, str(seconds), seconds * 1000):
            assert read_date(number).iso == at.astimezone(UTC).isoformat()


@given(days)
def test_a_day_or_month_that_comes_first(day: date) -> None:
    """Of two numbers below thirteen the page's country decides, or its language; else nobody."""
    text = f"{day.day:02}/{day.month:02}/{day.year}"
    for known in ({"language": "en-GB"}, {"language": "de"}, {"host": "www.example.co.uk"}):
        assert read_date(text, **known).iso == day.isoformat()
    american = f"{day.month:02}/{day.day:02}/{day.year}"
    assert read_date(american, language="en-US").iso == day.isoformat()
    if day.day > 12 or day.day == day.month:
        assert read_date(text).iso == day.isoformat()
    else:
        read = read_date(text, language="en", host="example.com")
        assert read.iso is None
        assert read.ambiguous is not None
        assert day.isoformat() in read.ambiguous


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "3 hours ago", "2026", "© 2026", "30 February 2026", "2026-02-30", "12345",
     "May", "5 listopad 2025", "99/99/2026", "00:00 | 00:00", "13:45", None, True, [], {}, -1],
)  # fmt: skip
def test_what_is_no_date(text: object) -> None:
    """Of a year alone, an age, a day that no calendar has, a month that is two no date is made."""
    assert read_date(text).iso is None


@given(
    st.one_of(
        st.text(max_size=80), st.integers(), st.floats(), st.text("0123456789/.-: TZ+", max_size=40)
    )
)
def test_anything_is_read_or_not(value: object) -> None:
    """Nothing raises, and what is read is a date of the calendar."""
    iso = read_date(value).iso
    if iso is not None:
        assert datetime.fromisoformat(iso).year >= 1600


@pytest.mark.parametrize(
    ("value", "iso", "codes"),
    [
        ("2026-04-20", "2026-04-20", []),
        ("2026-04-20T10:15:00Z", "2026-04-20T10:15:00Z", []),
        ("20/04/2026", "2026-04-20", []),
        ({"$date": "2026-04-20T10:15:00Z"}, "2026-04-20T10:15:00Z", []),
        ({"$date": 1776680100000}, "2026-04-20T10:15:00+00:00", []),
        (datetime(2026, 4, 20, tzinfo=UTC), "2026-04-20T00:00:00+00:00", []),
        (date(2026, 4, 20), "2026-04-20", []),
        (None, None, []),
        ("None", None, []),
        ("last week", None, ["date_unreadable"]),
        ("2026-13-45", None, ["date_unreadable"]),
        ("03/04/2026", None, ["date_ambiguous"]),
    ],
)
def test_given_dates_are_read_or_told(value: object, iso: str | None, codes: list[str]) -> None:
    """A date that comes with a text is in ISO 8601 afterwards, or a remark says what was given."""
    read, remarks = given_date(value)
    assert read == iso
    assert [remark.code for remark in remarks] == codes
    assert all(str(value) in remark.message for remark in remarks)


def test_the_address_of_a_text_decides_between_day_and_month() -> None:
    """The country of the address that a line names says how its dates are to be read."""
    assert given_date("03/04/2026", "https://www.example.co.uk/a")[0] == "2026-04-03"
    assert given_date("03/04/2026", "https://example.gov/a")[0] == "2026-03-04"
    assert given_date("03/04/2026", "http://[bad")[0] is None
