"""Days and moments as text: read from ISO 8601, written for programs and for people.

A moment is a number of seconds since 1970 in UTC, as `time.time()` returns it. Months by their
names are read by `language.en.calendar`.
"""

from datetime import UTC, date, datetime


def day_of(text: str) -> date | None:
    """Return the day that a text in ISO 8601 begins with, e.g. "2026-11-22T07:10"; else None."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def iso_day(year: int, month: int, day: int) -> str | None:
    """Return a day in ISO 8601, e.g. "2026-11-22"; None when the calendar has no such day."""
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def utc(at: float, timespec: str = "seconds") -> str:
    """Return a moment in ISO 8601, e.g. "2026-11-22T07:10:00Z"; cut off, not rounded."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec=timespec).replace("+00:00", "Z")


def utc_for_people(at: float) -> str:
    """Return a moment to be read anywhere, e.g. "2026-11-22 07:10:00 UTC"."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S} UTC"


def here(at: float) -> str:
    """Return a moment in this machine's zone, e.g. "2026-11-22 08:10"."""
    return f"{datetime.fromtimestamp(at).astimezone():%Y-%m-%d %H:%M}"


def here_in_words(at: float) -> str:
    """Return a moment in this machine's zone, e.g. "22 Nov 2026, 08:10"."""
    return f"{datetime.fromtimestamp(at).astimezone():%d %b %Y, %H:%M}"
