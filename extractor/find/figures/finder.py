"""Finds figures, numbers that count or measure something, and the numbers that do not.

What is a figure, as analysts asked:

* Every number that counts things, people or money, or measures a share, a size or a time, in
  digits or in words, wherever it stands (quotations and captions too).
* The span covers the number with sign, currency, scale and unit ("$1.7 billion", "40 percent",
  "five-year", "half"), not the noun that it counts.
* A range is one figure ("1,500 or 1,600", "between 20 and 30", "$2-3bn"); "from 5% to 7%" after a
  verb of change is two.
* "up to 50", "more than 40" and "nearly 50" keep the printed number as `value` and are
  approximate; the first two bound it (`high`, `low`). "dozens", "several hundred" have no value
  but a low bound: two of them, three for "several".
* A share ("half", "two-thirds", "one in five") is of kind "percent", unit "share", value 0 to 1.
* "one" is a figure where it counts: with a unit ("one mile"), a bound ("at least one soldier"),
  beside another number ("one woman and two children"), or with what happened to it ("one person
  was killed"). Elsewhere it is a pronoun or an article ("one of the rescued", "one official
  said", "in one large room") and recorded as an idiom. So is "the two" without a noun.
* "for five years" is a duration; "five years ago" and "three days later" are dates.

Dates, years, times, ordinals, ages, names, sections, telephone numbers and scores are returned as
`NotAFigure` with the reason. Their rules: `not_figures` (dates, years, times, telephone numbers,
scores), `ages`, `numbered_names` (names and sections), `idioms`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from extractor.article import Article
from extractor.find.candidates import Entity, FigureCandidate, FigureKind, NotAFigure
from extractor.find.figures import not_figures
from extractor.find.figures.ages import age
from extractor.find.figures.idioms import is_idiom
from extractor.find.figures.not_figures import NotFigureSpan, words_before
from extractor.find.figures.numbered_names import emergency_number, number_in_name, roman_number
from extractor.find.figures.numerals import Numeral, read_numeral
from extractor.find.figures.qualifiers import Qualifier, qualifier_of
from extractor.find.figures.units import Unit, currency_before, money_of, unit_after
from extractor.frozen import frozen
from extractor.language.en.lists import word_set
from extractor.language.en.numbers import ORDINALS, SCALES
from extractor.language.scanning import matches
from extractor.language.word_classes import TRIGGER
from extractor.text.spans import Span

if TYPE_CHECKING:
    from extractor.language.tokens import Tokens


_LINK = re.compile(
    r"(?P<link> ?[-–—‑] ?| to | or | and |-to-|- to |-or-|- or )"
    r"(?:even |perhaps |maybe |possibly |as many as |nearly |about )?"
    r"(?P<sign>(?:US|A|C|HK)?[$€£¥₹])?(?=[0-9A-Za-z])"
)
_CHANGE = word_set("figures.change-verbs")
_RIVALS = word_set("figures.rivals")
_OF_ONE_PERCENT = re.compile(r" of (?:1|one|a) (?:percent|per cent|percentage point)\b")
_OF_A_SCALE = re.compile(r" of an? (million|billion|trillion)\b")


@frozen
class _Quantity:
    """One number with its unit, before ranges and qualifiers."""

    numeral: Numeral
    start: int
    end: int
    kind: FigureKind
    unit: str | None
    sign: bool = False  # a currency stands before the number


def find_figures(
    article: Article, tokens: Tokens, places: list[int], names: tuple[Entity, ...]
) -> tuple[tuple[FigureCandidate, ...], tuple[NotAFigure, ...]]:
    """Return the figures, ids N1…, and the numbers that are none, with the reason.

    `places` are the tokens of class NUMBER, `names` the article's entities; without these a number
    inside a name is judged by its neighbours alone. Both results are in order of the text, and no
    two spans of them overlap. Never raises on any text.
    """
    text = article.text
    named = sorted(m.span for entity in names for m in entity.mentions if m.kind == "name")
    figures: list[FigureCandidate] = []
    others: list[NotAFigure] = []
    done = 0
    for match in matches(TRIGGER, TRIGGER, text, tokens, places):
        if match.start() < done:
            continue
        number = _read(text, match, done)
        if number is None:
            continue
        if isinstance(number, _Quantity):
            figure = _figure(text, number, f"N{len(figures) + 1}", done)
            if _inside_name(figure, number, named, text):
                others.append(NotAFigure(figure.span, "name"))
            elif isinstance(figure, NotAFigure):
                others.append(figure)
            else:
                figures.append(figure)
            done = figure.span.end
            continue
        start, end, reason = number
        others.append(NotAFigure(Span(max(start, done), end), reason))
        done = end
    return tuple(figures), tuple(others)


def _read(text: str, match: re.Match[str], done: int) -> _Quantity | NotFigureSpan | None:
    """Read what begins at a match of TRIGGER: a quantity, a number that is no figure, or nothing.

    `done` is where the number before ended.
    """
    start, group = match.start(), match.lastgroup
    if group == "month":
        return not_figures.month_date(text, start)
    if group == "roman":
        return roman_number(text, start, match.end()) if start else None
    quantity = _quantity(text, start)
    if group == "digits":
        if quantity is None:
            return start, match.end(), "name"  # an identifier
        if quantity.start >= done and quantity.sign:
            return quantity
        shape = (
            not_figures.not_figure_by_shape(text, start, match.end())
            or age(text, quantity.numeral)
            or not_figures.score(text, start)
        )
        if shape and not (shape[2] == "year" and quantity.kind in ("measure", "money", "percent")):
            return shape
        if not_figure := emergency_number(text, start, match.end()):
            return not_figure
    elif quantity is None:
        word = match.group().lower()
        return (start, match.end(), "ordinal") if word in ORDINALS else None
    if quantity.start < done:
        return None
    numeral = quantity.numeral
    if not_figure := age(text, numeral) or _word_time(text, numeral):
        return not_figure
    if not_figure := number_in_name(text, numeral, quantity.kind != "count"):
        return not_figure
    if is_idiom(text, numeral, quantity.kind):
        return numeral.start, numeral.end, "idiom"
    return quantity


def _word_time(text: str, numeral: Numeral) -> NotFigureSpan | None:
    """Read "five o'clock", "nine in the morning": number words up to 24."""
    if not numeral.digits and (numeral.value or 0) <= 24:
        return not_figures.word_time(text, numeral.start, numeral.end)
    return None


def _quantity(text: str, start: int) -> _Quantity | None:
    """Read the number at `start` with the currency before it or the unit after it."""
    digits = "0" <= text[start] <= "9"
    currency = currency_before(text, start)
    numeral = read_numeral(text, start, money=currency is not None)
    if numeral is None:
        return None
    if currency is not None and digits:
        end = numeral.end
        again = unit_after(text, end, digits, numeral.scaled, numeral.value or 0.0)
        if again and again.kind == "money":
            end, currency = again.edge, Unit(currency.edge, "money", again.unit)
        return _Quantity(numeral, currency.edge, end, "money", currency.unit, sign=True)
    if numeral.share and (percent := _OF_ONE_PERCENT.match(text, numeral.end)):
        return _Quantity(numeral, numeral.start, percent.end(), "percent", "%")
    if numeral.share and (whole := _OF_A_SCALE.match(text, numeral.end)):
        value = (numeral.value or 0.0) * SCALES[whole[1]]
        numeral = Numeral(numeral.start, whole.end(), value, scale=SCALES[whole[1]])
    if numeral.share:
        return _Quantity(numeral, numeral.start, numeral.end, "percent", "share")
    unit = unit_after(text, numeral.end, digits, numeral.scaled, numeral.value or 0.0)
    if unit is None and numeral.scaled:
        unit = money_of(text, numeral.end)
    if unit is None:
        return _Quantity(numeral, numeral.start, numeral.end, "count", None)
    return _Quantity(numeral, numeral.start, unit.edge, unit.kind, unit.unit)


def _figure(text: str, first: _Quantity, name: str, done: int) -> FigureCandidate | NotAFigure:
    """Join a range, find the qualifier, and make the candidate; or a date ("five years ago")."""
    second, link = _range(text, first)
    last = second or first
    start, end = first.start, last.end
    kind, unit = (first.kind, first.unit) if first.unit else (last.kind, last.unit)
    if kind == "duration":
        left = words_before(text, start)
        if not_figures.date_expression(text, end, left):
            return NotAFigure(Span(start, end), "date")
    numeral = first.numeral
    small = not numeral.digits and (numeral.value or 99) < 10
    qualifier = qualifier_of(text, start, end, kind, small)
    if qualifier and (qualifier.span.start < done or (qualifier.sort == "range" and not second)):
        qualifier = None
    value, low, high = _bounds(first, second, qualifier)
    if value is not None and _negative(text, first):
        value, start = -value, start - 1
    approximate = numeral.approximate or link == "or" or (qualifier is not None)
    if qualifier is not None and qualifier.sort == "range":
        approximate = numeral.approximate
    where = qualifier.span if qualifier else None
    return FigureCandidate(name, Span(start, end), kind, value, low, high, unit, approximate, where)


def _bounds(
    first: _Quantity, second: _Quantity | None, qualifier: Qualifier | None
) -> tuple[float | None, float | None, float | None]:
    """Return value, low and high of a figure."""
    value = first.numeral.value
    if second is not None and value is not None:
        if _shares_scale(first.numeral, second.numeral):
            value *= second.numeral.scale  # "two to three million"
        return None, value, second.numeral.value
    sort = qualifier.sort if qualifier else ""
    low = value if sort == "low" else first.numeral.low
    return value, low, value if sort == "high" else None


def _negative(text: str, quantity: _Quantity) -> bool:
    """Return whether a minus sign, not a hyphen, stands before the number, e.g. "-5%"."""
    before = text[quantity.start - 1 : quantity.start] if quantity.start else ""
    if before not in ("-", "−") or not quantity.numeral.digits:
        return False
    outer = text[quantity.start - 2 : quantity.start - 1] if quantity.start > 1 else " "
    measured = quantity.kind in ("percent", "money") or (quantity.unit or "").startswith("°")
    return outer in " \n\u00a0(" and (before == "−" or measured)


def _range(text: str, first: _Quantity) -> tuple[_Quantity | None, str]:
    """Return the second number of a range and the word that links the two; (None, "") for none."""
    match = _LINK.match(text, first.end)
    if match is None or first.numeral.share or first.numeral.value is None:
        return None, ""
    link = match["link"].strip(" ")
    start = match.end()
    if not ("0" <= text[start] <= "9" or text[start : start + 2].isalpha()):
        return None, ""
    if link == "-" and not (first.numeral.digits or first.numeral.value < 100):
        return None, ""
    left = [word.lower().strip("“\"'(") for word in words_before(text, first.start)]
    near = left[-3:]
    if link == "and" and "between" not in near:
        return None, ""
    if "to" in link and "from" in near and not _CHANGE.isdisjoint(left[-7:]):
        return None, ""
    if "to" in link and first.unit and not _RIVALS.isdisjoint(left[-7:]):
        return None, ""
    second = _quantity(text, start)
    if second is None or second.numeral.start != start or second.numeral.value is None:
        return None, ""
    return (second, link) if _joined(first, second, match) else (None, "")


def _shares_scale(first: Numeral, second: Numeral) -> bool:
    """Return whether the second number's scale is the first's too, e.g. "two to three million".

    Not so in "$500,000 to $1 million".
    """
    small = not first.grouped and (first.value or 0.0) < 1000
    return second.scaled and not first.scaled and small


def _joined(first: _Quantity, second: _Quantity, match: re.Match[str]) -> bool:
    """Return whether two linked numbers are the bounds of one range, e.g. "20 to 30 people"."""
    low, high = first.numeral.value or 0.0, second.numeral.value or 0.0
    if _shares_scale(first.numeral, second.numeral):
        low *= second.numeral.scale
    if not 0 <= low < high or second.numeral.share:
        return False
    link = match["link"].strip(" -")
    if link == "or" and high >= 10 * max(low, 1):
        return False
    if first.unit and second.unit and first.unit != second.unit:
        return False
    if first.unit and not second.unit and not first.sign:
        return False
    if match["sign"] and first.kind not in ("money", "count"):
        return False
    if not_figures.is_year(second.numeral, low):
        return False
    return first.numeral.digits == second.numeral.digits or link in ("to", "or", "and")


def _inside_name(
    figure: FigureCandidate | NotAFigure, quantity: _Quantity, named: list[Span], text: str
) -> bool:
    """Return whether a plain number lies in a longer mention of a name, e.g. "Channel 4 News"."""
    if not named or quantity.unit or quantity.numeral.scaled or quantity.numeral.share:
        return False
    index = bisect_right(named, (figure.span.start, len(text))) - 1
    if index < 0:
        return False
    span = named[index]
    if not span.contains(figure.span) or len(span.of(text)) == len(figure.span.of(text)):
        return False
    return span.start < figure.span.start or (
        quantity.numeral.digits and text[figure.span.end : figure.span.end + 1] == "-"
    )
