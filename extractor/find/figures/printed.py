"""Finds printed numbers in a language without rules: where they stand, not what they are worth.

"50.000" is fifty thousand in German and fifty in English, so nothing is valued: a figure is digits
as printed, with separators and the sign of a currency or of a percentage beside them. Years, dates
and times in digits, ordinals ("6. Mai") and numbers joined to a name ("F-35") are no figures.
"""

import re

from extractor.article import Article
from extractor.find.candidates import FigureCandidate, FigureKind, NotAFigure, NotFigureReason
from extractor.language.languages import has_decimal_point, months_of
from extractor.text.spans import Span

_MONEY = "$€£¥₹₽₴₺₩₪"
_NUMBER = re.compile(
    rf"(?:[{_MONEY}][ \u00a0\u202f]?)?"
    r"(?P<digits>[0-9]+(?:[ \u00a0\u202f\u2009'’][0-9]{3}(?![0-9])|[.,:][0-9]+)*)"
    rf"(?:[ \u00a0\u202f]?[%‰{_MONEY}])?"
)
_DATE = re.compile(r"[0-9]{1,2}\.[0-9]{1,2}\.(?:[0-9]{2,4})?")
_TIME = re.compile(r"[0-9]{1,2}:[0-9]{2}")
_CLOCK = re.compile(r"(?:[01]?[0-9]|2[0-4])\.[0-5][0-9]")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_LAST_DAY = 31
_BEHIND_DAY = re.compile(r"\.?[ \u00a0\u202f](?:d[aei] |d['’])?([^\W\d_]+)")
_WIDE_DATE, _WIDE_TIME = "年月日년월일", "時时点시"


def find_printed_numbers(
    article: Article,
) -> tuple[tuple[FigureCandidate, ...], tuple[NotAFigure, ...]]:
    """Return the figures, ids N1…, without value or unit, and the numbers that are none.

    Both are in order of the text, and no two spans of them overlap. Never raises on any text.
    """
    text = article.text
    figures: list[FigureCandidate] = []
    others: list[NotAFigure] = []
    for match in _NUMBER.finditer(text):
        span = Span(*match.span())
        reason = _no_figure(article, match)
        if reason is not None:
            others.append(NotAFigure(span, reason))
            continue
        id_ = f"N{len(figures) + 1}"
        figures.append(
            FigureCandidate(id_, span, _kind(match[0]), None, None, None, None, approximate=False)
        )
    return tuple(figures), tuple(others)


def _no_figure(article: Article, match: re.Match[str]) -> NotFigureReason | None:
    """Return what a number is instead of a figure, as far as its form shows."""
    text, digits, (start, end) = article.text, match["digits"], match.span()
    before, behind = text[max(0, start - 2) : start], text[end : end + 3]
    if before[-1:].isalpha() or (before[-1:] in "-–" and before[:1].isalpha()):
        return "name"
    if _DATE.match(text, match.start("digits")):
        return "date"
    if ":" in digits and not _TIME.fullmatch(digits):
        return "score"
    clock = _CLOCK.fullmatch(digits) and match[0] == digits
    if clock and not has_decimal_point(article.language):
        return "time"
    if _TIME.fullmatch(digits) or (behind[:1].isalpha() and behind[1:2].isdigit()):
        return "time"  # 19:30, 8h35
    if match[0] == digits and _YEAR.fullmatch(digits):
        return "year"
    if behind[:1] and behind[0] in _WIDE_DATE + _WIDE_TIME:
        return "date" if behind[0] in _WIDE_DATE else "time"
    small = digits.isdigit() and len(digits) < 3 and int(digits) <= _LAST_DAY
    month = _BEHIND_DAY.match(text, end) if small else None
    if month and month[1].lower() in months_of(article.language):
        return "date"
    if small and behind[:2] == ". " and behind[2:].isalpha():
        return "ordinal"
    return None


def _kind(printed: str) -> FigureKind:
    """Return what the signs beside a number show."""
    if printed[-1] in "%‰":
        return "percent"
    return "money" if printed[0] in _MONEY or printed[-1] in _MONEY else "count"
