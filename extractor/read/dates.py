"""Reads a date as people, pages and programs write it, into ISO 8601: `read_date`.

Nothing is guessed: what is missing (the time, its zone) stays missing, and a day that can be read
in two ways ("03/04/2026") is no date where neither the language nor the country of the page
decides.

dateparser, which is a general parser, guesses: of "© 2026", "13:45" and "May" it makes days, of
"4.3.2026" the third of April. Names of months are CLDR's, by babel.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from extractor.article import Remark
from extractor.language.en.calendar import MONTH_NUMBERS
from extractor.text.dates import day_of, iso_day

_NO_DATES = frozenset({"", "none", "null", "nan", "nat", "n/a", "-", "unknown"})
_ISO_DATE = re.compile(
    r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)?)?"
)
_EARLIEST, _LATEST = 1600, 2100  # years; the first newspaper is of 1605
_LONGEST = 120  # characters
# What the names of months are tried in when nothing says which language a date is in.
_LANGUAGES = (
    "de fr es it pt nl pl sv da nb fi cs sk hu ro bg el ru uk be sr hr sl lt lv et tr id vi ca eu "
    "gl is ga cy af sw sq mk bs az kk fa ar he hi th"
).split()
# Countries where the month comes first in "03/04/2026"; in all others the day does.
_MONTH_FIRST = frozenset({"us", "ph", "fm", "mh", "pw", "as", "gu", "mp", "pr", "vi", "um"})
_AMERICAN_ENDINGS = frozenset({"us", "ph", "gov", "mil", "edu"})
_ZONES = {  # hours from UTC; of names that stand for several zones none is here
    "utc": 0, "gmt": 0, "z": 0, "wet": 0, "west": 1, "bst": 1, "cet": 1, "mez": 1, "cest": 2,
    "mesz": 2, "eet": 2, "eest": 3, "msk": 3, "sast": 2, "cat": 2, "eat": 3, "wat": 1, "wib": 7,
    "jst": 9, "kst": 9, "hkt": 8, "sgt": 8, "myt": 8, "pht": 8, "awst": 8, "aest": 10, "aedt": 11,
    "nzst": 12, "nzdt": 13, "est": -5, "edt": -4, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8,
    "pdt": -7, "akst": -9, "brt": -3, "art": -3,
}  # fmt: skip

_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})([-/.])(\d\d?)\2(\d\d?)(?!\d)")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:[T ]?(\d\d)(\d\d)(\d\d)?(\d{3})?)?(Z|[+-]\d{4})?")
_YEAR_LAST = re.compile(r"(?<!\d)(\d\d?)\s?([-/.])\s?(\d\d?)\s?\2\s?(\d{4}|\d\d)(?!\d)")
_VIETNAMESE = re.compile(r"(?<!\d)(\d\d?)\s+(?:tháng|thg)\s+(\d\d?),?\s+(?:năm\s+)?(\d{4})", re.I)
_EAST_ASIAN = re.compile(r"(\d{4})\s*[年년]\s*(\d\d?)\s*[月월]\s*(\d\d?)\s*[日일号號]?")
_WORD = r"([^\W\d_][^\s\d_.,:;()/\-]*)"  # combining marks are part of a word in many scripts
_WORDED = (
    # "13 December 2025", "13. Dezember 2025", "3 de mayo de 2024", "1er mai 2024", "13-Dec-2025"
    re.compile(
        rf"(?<!\d)(\d\d?)(?:st|nd|rd|th|er|º|ª|°|\.|:e|ος|ης)?[\s\-,.]*(?:(?:de|of|di|të|ng)\s+|d[’'])?"
        rf"{_WORD}\.?[\s\-,./]*(?:(?:de|del|of|г\.?)\s+)?(\d{{4}})(?!\d)"
    ),
    # "December 13, 2025", "Dec. 13th 2025", "May 03 10:00:00 CEST 2024"
    re.compile(
        rf"{_WORD}\.?\s+(\d\d?)(?:st|nd|rd|th|\.)?,?\s+"
        r"(?:at\s+)?(?:\d\d?:\d\d(?::\d\d)?\s*(?:[A-Za-z]{1,5}\s+|[+-]\d\d:?\d\d\s+)?)?(\d{4})(?!\d)"
    ),
    # "2025 December 13", "2025. december 13."
    re.compile(rf"(?<!\d)(\d{{4}})[.,]?[\s\-]+(?:m\.\s+)?{_WORD}\.?[\s\-]+(\d\d?)(?!\d)"),
)
_TIME = re.compile(
    r"(?<![\d.,+-])(\d\d?)(?::|[hH](?=\d\d)|\.(?=\d\d(?:\s*(?:Uhr|Uhr|[ap]\.?m|klo|WIB|CE?S?T|MES?Z)\b)))(\d\d)"
    r"(?:[:.](\d\d)(?:[.,]\d{1,9})?)?(?!\d)\s*([AaPp]\.?\s?[Mm]\b\.?)?"
)
_OFFSET = re.compile(r"(?:(?:UTC|GMT)\s*)?([+\-−])(\d\d?):?(\d\d)?(?!\d)")
_ZONE_NAME = re.compile(r"\(?([A-Za-z]{1,5})\b\)?")


class ReadDate(NamedTuple):
    """What a date says: in ISO 8601, or why it is none."""

    iso: str | None  # "2026-04-20" or "2026-04-20T10:15:00+02:00"
    ambiguous: tuple[str, str] | None = None  # the two days that it may be


UNREADABLE = ReadDate(None)


def read_date(value: object, *, language: str | None = None, host: str | None = None) -> ReadDate:
    """Return what a date says. Raises nothing.

    `value` is text, or a number of seconds or milliseconds since 1970. `language` ("de", "en-US",
    as a page's `lang`) and `host` ("www.example.co.uk") decide on the names of months and on
    whether the day or the month comes first.
    """
    if isinstance(value, bool) or value is None:
        return UNREADABLE
    if isinstance(value, int | float):
        return _epoch(float(value))
    if not isinstance(value, str):
        return UNREADABLE
    text = " ".join(value.split()).strip(" \"'.,;|")
    if not text or len(text) > _LONGEST:
        return UNREADABLE
    if re.fullmatch(r"-?\d{9,11}(?:\.\d+)?|\d{12,13}|\d{16}", text) and not _is_compact_minute(
        text
    ):
        return _epoch(float(text))
    try:
        return _of_text(text, language, host)
    except (ValueError, OverflowError):  # a 30 February, an offset of 99 hours
        return UNREADABLE


def given_date(value: object, url: object = None) -> tuple[str | None, tuple[Remark, ...]]:
    """Return the date that somebody gives with a text, and a remark when it cannot be read.

    `url` is the text's address, whose country may decide between day and month.
    """
    if isinstance(value, dict):  # as MongoDB exports it
        value = value.get("$date", value)
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat(), ()
    if value is None or (isinstance(value, str) and value.strip().lower() in _NO_DATES):
        return None, ()
    if isinstance(value, str) and _ISO_DATE.fullmatch(value) and day_of(value):
        return value, ()
    try:
        host = urlsplit(url).hostname if isinstance(url, str) else None
    except ValueError:
        host = None
    read = read_date(value, host=host)
    return read.iso, () if read.iso else (date_remark(value, read),)


def date_remark(value: object, read: ReadDate) -> Remark:
    """Return the remark on a date that was given and cannot be read, or may be two days."""
    given = f'"{" ".join(str(value).split())[:60]}"'
    if read.ambiguous:
        one, other = read.ambiguous
        message = (
            f"The date {given} is {one} or {other}: nothing says whether the day or the month "
            "comes first, so the article has no date."
        )
        return Remark("date_ambiguous", message)
    return Remark("date_unreadable", f"The date {given} cannot be read; the article has no date.")


def _is_compact_minute(digits: str) -> bool:
    """Return whether twelve digits are a day and a time, "202604201015"."""
    return len(digits) == 12 and digits[:2] in {"19", "20"} and "01" <= digits[4:6] <= "12"


def _epoch(number: float) -> ReadDate:
    """Return the moment that a number of (milli-, micro-) seconds since 1970 means, in UTC."""
    for limit, unit in ((1e11, 1), (1e14, 1e3), (1e17, 1e6)):
        if number / unit >= 1e8 and number < limit:
            at = datetime.fromtimestamp(number // unit, UTC)
            return ReadDate(at.isoformat()) if at.year < _LATEST else UNREADABLE
    return UNREADABLE


def _of_text(text: str, language: str | None, host: str | None) -> ReadDate:
    if compact := _COMPACT.fullmatch(text):
        year, month, day, hour, minute, second, _, zone = compact.groups()
        time = f" {hour}:{minute}:{second or '00'}{zone or ''}" if hour else ""
        return _dated(int(year), int(month), int(day), time)
    if match := _YEAR_FIRST.search(text):
        rest = text[match.end() :]
        return _dated(int(match[1]), int(match[3]), int(match[4]), rest.removeprefix("T") or "")
    if match := _EAST_ASIAN.search(text):
        time = _east_asian_time(text[match.end() :])
        return _dated(int(match[1]), int(match[2]), int(match[3]), time)
    if match := _VIETNAMESE.search(text):
        return _dated(int(match[3]), int(match[2]), int(match[1]), _beside(text, match))
    if re.match(r"[A-Za-z]{3},", text):  # RFC 2822
        try:
            at = parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError):
            pass
        else:
            return ReadDate(at.isoformat()) if _EARLIEST <= at.year < _LATEST else UNREADABLE
    if match := _YEAR_LAST.search(text):
        return _numeric(match, text, language, host)
    for number, pattern in enumerate(_WORDED):
        for match in pattern.finditer(text):
            year, word, day = (match[3], match[2], match[1]) if number == 0 else (
                (match[3], match[1], match[2]) if number == 1 else match.groups()
            )  # fmt: skip
            month = _month(word, language)
            if month and (iso_day(int(year), month, int(day))):
                inner = _TIME.search(match[0])  # "May 03 10:00:00 CEST 2024"
                time = match[0][inner.start() :] if inner else _beside(text, match)
                return _dated(int(year), month, int(day), time)
    return UNREADABLE


def _beside(text: str, match: re.Match[str]) -> str:
    """Return what stands behind and before a day, where a time may be."""
    return f"{text[match.end() :]} {text[: match.start()]}"


def _numeric(match: re.Match[str], text: str, language: str | None, host: str | None) -> ReadDate:
    """Return a date of three numbers, the year last."""
    first, mark, second, year = int(match[1]), match[2], int(match[3]), int(match[4])
    if len(match[4]) == 2:
        if mark != ".":
            return UNREADABLE
        year += 2000
    rest = _beside(text, match)
    if first == second or second > 12 or first > 12:
        day, month = (second, first) if second > 12 else (first, second)
        return _dated(year, month, day, rest)
    month_first = _has_month_first(mark, language, host)
    if month_first is None:
        one, other = iso_day(year, second, first), iso_day(year, first, second)
        return ReadDate(None, (one, other)) if one and other else UNREADABLE
    return _dated(year, first, second, rest) if month_first else _dated(year, second, first, rest)


def _has_month_first(mark: str, language: str | None, host: str | None) -> bool | None:
    """Return whether the month comes first; None where nothing says so.

    A stop or a dash is written after the day everywhere but in America; a slash says nothing.
    """
    tongue, _, country = (language or "").lower().replace("_", "-").partition("-")
    if country:
        return country.split("-")[-1] in _MONTH_FIRST and tongue in {"en", "es", "fil", "tl"}
    ending = (host or "").lower().rstrip(".").rpartition(".")[2]
    if ending in _AMERICAN_ENDINGS:
        return True
    if len(ending) == 2 and ending not in {"io", "ai", "tv", "me", "co", "fm", "eu", "ly"}:
        return False
    if tongue and tongue != "en":
        return False
    return False if mark == "." else None


def _dated(year: int, month: int, day: int, rest: str) -> ReadDate:
    """Return a day with the time that `rest` gives, if it gives one."""
    iso = iso_day(year, month, day) if _EARLIEST <= year < _LATEST else None
    if iso is None:
        return UNREADABLE
    time = _TIME.search(rest)
    if not time:
        return ReadDate(iso)
    hour, minute, second = int(time[1]), int(time[2]), int(time[3] or 0)
    if half := time[4]:
        hour = hour % 12 + (12 if half[0] in "pP" else 0)
    if hour == 24 and minute == 0:
        return ReadDate(iso)
    if hour > 23 or minute > 59 or second > 60:
        return ReadDate(iso)
    at = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=_zone(rest[time.end() :]))
    return ReadDate(at.isoformat())


def _zone(rest: str) -> timezone | None:
    """Return the zone that stands behind a time, e.g. "+02:00", "GMT+0200 (CEST)", "EST"."""
    rest = rest.lstrip(" ,")
    if offset := _OFFSET.match(rest):
        minutes = int(offset[2]) * 60 + int(offset[3] or 0)
        if minutes > 14 * 60:
            return None
        return timezone(timedelta(minutes=-minutes if offset[1] != "+" else minutes))
    name = _ZONE_NAME.match(rest.removeprefix("Uhr").lstrip())
    hours = _ZONES.get(name[1].lower()) if name else None
    return None if hours is None else timezone(timedelta(hours=hours))


def _east_asian_time(rest: str) -> str:
    """Return a time as it is written elsewhere: "10時15分" as "10:15"."""
    rest = re.sub(
        r"(\d\d?)\s*[時时시]\s*(\d\d?)\s*[分분]", lambda m: f"{m[1]}:{int(m[2]):02}", rest
    )
    return re.sub(r"^\s*(?:\(.\)|（.）)", " ", rest)


def _month(word: str, language: str | None) -> int | None:
    """Return the number of a month by its name in the language, in English, or in any."""
    word = word.casefold().rstrip(".")
    tongue = (language or "").lower().replace("_", "-").partition("-")[0]
    if tongue and tongue != "en" and (number := _months_of(tongue).get(word)):
        return number
    if number := MONTH_NUMBERS.get(word):
        return number
    return _months_of_any().get(word) if not tongue or tongue == "en" else None


@lru_cache(maxsize=64)
def _months_of(language: str) -> Mapping[str, int]:
    """Return the names of months of a language, in lower case and without stops, by CLDR."""
    from babel import Locale, UnknownLocaleError  # 0.1 s, and 0.02 s a language

    try:
        names = Locale.parse({"no": "nb", "iw": "he", "in": "id"}.get(language, language)).months
    except (UnknownLocaleError, ValueError):
        return {}
    numbers: dict[str, int] = {}
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in names[context][width].items():
                if not name.isdigit():
                    numbers.setdefault(name.casefold().rstrip("."), number)
    return numbers


@lru_cache(maxsize=1)
def _months_of_any() -> Mapping[str, int]:
    """Return the names of months of all languages but those that mean two (Polish "listopad")."""
    numbers: dict[str, int] = {}
    two: set[str] = set()
    for language in _LANGUAGES:
        for name, number in _months_of(language).items():
            if numbers.setdefault(name, number) != number:
                two.add(name)
    return {name: number for name, number in numbers.items() if name not in two}
