"""Reads from an article's own lines who wrote it, when, and for which outlet.

byline_names      "By A B and C D, Lagos"       the authors, as printed
bare_names        "A B in Lisbon"               the same, where a line has nothing else
is_role_line      "Political correspondent"     what the author is
date_in           "Published 3 May 2024"        the date, in ISO 8601
copyright_owner   "© Example News 2024."        the outlet
"""

import re

from extractor.language.en.calendar import MONTH_NUMBERS
from extractor.language.en.lists import word_set
from extractor.text.dates import iso_day

_MONTH = r"(?P<{0}>[A-Za-z]{{3,9}})\.?"
_YEAR = r"(?P<{0}>(?:19|20)\d\d)(?=\b|[A-Z]|\d\d?(?::| [A-Z]))"  # "May 3, 20245:12 PM" is glued
_DATE = re.compile(
    r"\b(?P<y1>(?:19|20)\d\d)[-/](?P<m1>\d\d)[-/](?P<d1>\d\d)\b"
    rf"|(?:\b|(?<=\d{{4}}))(?P<d2>\d\d?)(?:st|nd|rd|th)? (?:of )?"
    rf"{_MONTH.format('m2')},? {_YEAR.format('y2')}"
    rf"|\b{_MONTH.format('m3')} (?P<d3>\d\d?)(?:st|nd|rd|th)?,? {_YEAR.format('y3')}"
)
_DATE_WORDS = word_set("pages.around-dates") | word_set("calendar.weekdays")
_ROLES = word_set("pages.roles")
_PARTICLES = word_set("names.particles")
_BYLINE = re.compile(r"by:?\s+(?=\S)", re.I)
_TAIL = re.compile(r"\s*(?:[|•·;(\[]|\s[-–—]+\s|\bin (?=[A-Z])|\b(?:for|at) (?=[A-Z])|\d|\S+@|@)")
_BETWEEN = re.compile(r",\s*(?:and |with )?|\s+(?:and|with|&)\s+")
_CALENDAR = frozenset(MONTH_NUMBERS) | word_set("calendar.weekdays", "full")


def byline_names(line: str) -> str | None:
    """Return the names of a byline as printed ("By A B and C D" gives "A B and C D"), or None.

    A byline is "By", names, and at most a role, a place, an outlet or a date; a sentence that
    begins with "By" is none.
    """
    by = _BYLINE.match(line)
    if not by or "\n" in line:
        return None
    rest = line[by.end() :].strip()
    cut = _TAIL.search(rest)
    names = (rest[: cut.start()] if cut else rest).strip(" ,|")
    tail = rest[cut.start() :] if cut else ""
    if names.endswith(".") and not cut:
        names = names[:-1]
    if not names or not _is_tail(tail):
        return None
    parts = _BETWEEN.split(names)
    kept = 0
    for part in parts:
        if not _is_name(part):
            break
        kept += 1
    if not kept:
        return None
    if not all(is_role_line(part) or _is_acronym(part) for part in parts[kept:]):
        return None
    end = names.index(parts[kept - 1]) + len(parts[kept - 1]) if kept < len(parts) else len(names)
    return names[:end]


def bare_names(line: str) -> str | None:
    """Return the names on a line that has nothing else ("A B in Lisbon" gives "A B"), or None."""
    if len(line) > 60 or is_role_line(line) or is_date_line(line):
        return None
    return byline_names(f"By {line}")


def _is_acronym(part: str) -> bool:
    """Return whether a word is an acronym, e.g. "BBC"."""
    return part.isupper() and part.isalpha() and len(part) <= 6


def _is_tail(tail: str) -> bool:
    """Return whether what follows the names can end a byline, e.g. " in Lisbon" or "| Outlet"."""
    if not tail:
        return True
    if len(tail) > 120 or tail.rstrip().endswith((".", "?", "!")):
        return False
    words = re.findall(r"[^\W\d_]+", tail)
    small = [w for w in words if w[0].islower() and w not in _DATE_WORDS | _ROLES | {"in", "for"}]
    return "@" in tail or not small


def _is_name(part: str) -> bool:
    """Return whether words look like a name: two to five, capitalised, e.g. "Ana da Silva"."""
    words = part.split()
    if not 2 <= len(words) <= 5 or any(map(str.isdigit, part)):
        return False
    if words[0].lower().strip(".,") in _CALENDAR:
        return False
    return words[0][0].isupper() and all(w[0].isupper() or w in _PARTICLES for w in words)


def is_role_line(line: str) -> bool:
    """Return whether a line says what the author is, e.g. "Political correspondent, Lagos"."""
    if len(line) > 80 or line[-1:] in {".", "!", "?", ":", '"', "”"}:
        return False
    return any(word.lower() in _ROLES for word in re.findall(r"\w+", line))


def is_date_line(line: str) -> bool:
    """Return whether a line gives a date or an age, e.g. "Published 3 May 2024", "2 hours ago"."""
    if len(line) > 90 or not any(map(str.isdigit, line)):
        return False
    rest, dates = _DATE.subn(lambda m: " " if _iso(m) else m[0], line)
    words = re.findall(r"[^\W\d_]+", rest)
    if not dates and not ({"ago"} & {w.lower() for w in words}):
        return False
    return all(w.lower() in _DATE_WORDS or (w.isupper() and len(w) <= 4) for w in words)


def date_in(line: str) -> str | None:
    """Return the first full date in the line, ISO 8601 ("2024-05-03"), or None."""
    for match in _DATE.finditer(line):
        if iso := _iso(match):
            return iso
    return None


def _iso(match: re.Match[str]) -> str | None:
    """Return a match of `_DATE` as an ISO date, or None when its month or day is none."""
    for i in "123":
        if year := match[f"y{i}"]:
            month = match[f"m{i}"]
            number = int(month) if month.isdigit() else MONTH_NUMBERS.get(month.lower(), 0)
            return iso_day(int(year), number, int(match[f"d{i}"]))
    return None


def copyright_owner(line: str) -> str | None:
    """Return who a copyright line names ("© Example News 2024." gives "Example News"), or None.

    Only a line that gives a year, and no photographer ("© First Last/Agency"), names an outlet.
    """
    if len(line) > 400 or not re.search(r"©|\(c\)|copyright", line, re.I):
        return None
    head = re.split(r"(?<=\w\w)\.(?=\s|$)|\ball rights\b", line, maxsplit=1, flags=re.I)[0]
    if "/" in head or not re.search(r"\b(?:19|20)\d\d\b", head):
        return None
    owner = re.sub(
        r"©|\(c\)|\bcopyright\b|\bby\b|\b(?:19|20)\d\d(?:\s?[-–]\s?\d{2,4})?\b",
        " ",
        head,
        flags=re.I,
    )
    owner = " ".join(owner.split()).strip(" .,;:|-–")
    return owner if owner[:1].isupper() and len(owner.split()) <= 6 else None
