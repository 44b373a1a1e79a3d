"""Units of measure and money that stand before or after a printed number.

* money: "$5", "US$5", "Rs 500", "500 euros", "5 Canadian dollars", "millions of dollars", as ISO
  4217 codes; a bare "pesos", whose country is not said, as the word;
* percent: "5%", "5 percent", "5 percentage points";
* durations: "five years", "five-year"; measures: "10 km", "5 square miles", "30°C", "60 mph".

"pound" is money with a scale or in an article that prints "£", and a weight elsewhere.
"""

import re
from typing import NamedTuple

from extractor.find.candidates import FigureKind
from extractor.language.en.lists import word_groups, word_labels, word_set
from extractor.language.en.morphology import singular

_SIGNS = {
    "$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₽": "RUB", "₴": "UAH", "₺": "TRY",
    "₩": "KRW", "₪": "ILS", "₦": "NGN", "₱": "PHP", "₫": "VND", "₸": "KZT", "฿": "THB", "₾": "GEL",
}  # fmt: skip
_DOLLARS = {
    "US": "USD", "U.S.": "USD", "A": "AUD", "AU": "AUD", "C": "CAD", "CA": "CAD", "HK": "HKD",
    "NZ": "NZD", "S": "SGD", "NT": "TWD", "R": "BRL", "MEX": "MXN", "Z": "ZWL", "J": "JMD",
}  # fmt: skip
_CODES = frozenset(
    "USD EUR GBP JPY CNY CHF RUB UAH BYN INR AUD CAD NZD HKD SGD BRL MXN ZAR TRY PLN CZK HUF RON "
    "SEK NOK DKK ISK KRW ILS AED SAR QAR KWD EGP NGN KES GHS PKR BDT LKR IDR MYR THB VND PHP TWD "
    "ARS CLP COP PEN IRR IQD GEL AMD AZN KZT UZS BGN RSD MDL".split()
)
_BEFORE_WORD = re.compile(r"(?<![A-Za-z])(Rs\.?|Tk\.?|Rp\.?|[A-Z]{3}|kr\.?)[ \u00a0]?\Z")
_BEFORE_WORDS = {"Rs": "INR", "Tk": "BDT", "Rp": "IDR", "kr": "kr"}

# The unit that a currency's word stands for by itself, and with a country before it.
_MONEY_WORDS: dict[str, str] = word_labels("units.currencies")
_MONEY_OF = {
    word: dict(pair.split("=") for pair in pairs)
    for word, pairs in word_groups("units.currencies-by-country").items()
}
# Words in the singular; the value is (kind, unit).
_WORDS: dict[str, tuple[FigureKind, str]] = {
    **{word: ("percent", unit) for word, unit in word_labels("units.percents").items()},
    **{word: ("duration", unit) for word, unit in word_labels("units.durations").items()},
    **{word: ("measure", unit) for word, unit in word_labels("units.measures").items()},
    **{word: ("money", unit) for word, unit in _MONEY_WORDS.items() if " " in word},
}
_ABBREVIATED = word_set("units.abbreviated")
_ABBREVIATED_PLURALS = word_set("units.abbreviated-plurals")
_FIRST_OF_TWO = frozenset(unit.split()[0] for unit in _WORDS if " " in unit)
_SYMBOL = re.compile(r"[ \u00a0]?(?:%|(°)[ \u00a0]?([CF]\b)?|(km/h|km²|m²|m³|mi/h)(?!\w))")
_AFTER = re.compile(r"([ \u00a0]|[-‑–][ ]?|)((?:[Uu]\.[Ss]\.|[^\W\d_]+))(?:[ \u00a0-]([^\W\d_]+))?")
_OF_MONEY = re.compile(r" of (?:(?:U\.?S\.?|[A-Z][a-z]+) )?([a-z]+s|yen|yuan|rand)\b")
_WEIGHT_AFTER = re.compile(r" of (?!aid|debt|fines|taxpayer|damage|public|government|cash)[a-z]")


class Unit(NamedTuple):
    """What a number is measured in, and where its word or sign ends (or, before, begins)."""

    edge: int
    kind: FigureKind
    unit: str


def currency_before(text: str, start: int) -> Unit | None:
    """Return the currency printed before a number at `start`: "$", "US$", "Rs ", "EUR "."""
    edge = start
    if text[edge - 1 : edge] in (" ", "\u00a0"):
        edge -= 1
    sign = text[edge - 1 : edge] if edge else ""
    if sign in _SIGNS:
        edge, code = edge - 1, _SIGNS[sign]
        if sign == "$":
            for size in (4, 3, 2, 1):
                before = text[max(0, edge - size) : edge]
                if before in _DOLLARS and len(before) == size:
                    outer = text[edge - size - 1 : edge - size] if edge > size else ""
                    if not outer.isalnum():
                        return Unit(edge - size, "money", _DOLLARS[before])
        return Unit(edge, "money", code)
    if not (sign.isalpha() or sign == "."):
        return None
    match = _BEFORE_WORD.search(text[max(0, start - 6) : start])
    if match is None:
        return None
    word = match[1].rstrip(".")
    code = _BEFORE_WORDS.get(word, word if word in _CODES else "")
    return Unit(start - len(match.group()), "money", code) if code else None


def unit_after(text: str, end: int, digits: bool, scaled: bool, value: float) -> Unit | None:
    """Return the unit printed after a number that ends at `end`: "%", " percent", "-year", "km".

    `digits`, `scaled` and `value` are the number's: "5G" is no unit, "500 won" no money.
    """
    if symbol := _SYMBOL.match(text, end):
        if symbol[1]:
            return Unit(symbol.end(), "measure", "°" + (symbol[2] or ""))
        if symbol[3]:
            return Unit(symbol.end(), "measure", symbol[3].replace("mi/h", "mph"))
        return Unit(symbol.end(), "percent", "%")
    match = _AFTER.match(text, end)
    if match is None:
        return None
    gap, first, second = match.groups()
    lower, stop = first.lower(), match.end(2)
    if not gap and not digits:
        return None
    if second:
        pair = _pair(text, match, lower, second)
        if pair:
            return pair
    word = _singular(lower)
    if word in _MONEY_WORDS:
        return _money_word(text, stop, word, lower, scaled, value)
    if first in _CODES:
        return Unit(stop, "money", first)
    if gap == "" and first == "p" and digits:
        return Unit(stop, "money", "pence")
    if word not in _WORDS:
        return None
    if word in _ABBREVIATED and (
        not digits
        or scaled
        or (len(first) == 1 and first != lower)  # "5G"
        or (lower != word and lower not in _ABBREVIATED_PLURALS)  # "has", "as"
    ):
        return None
    if word == "m" and gap not in ("", "-") and text[stop : stop + 1] not in (" ", ",", "."):
        return None
    if lower == "second" and not gap.startswith("-"):
        return None  # an ordinal
    return Unit(stop, *_WORDS[word])


def _singular(word: str) -> str:
    """Return the singular of a word of more than two letters: "as" and "ms" stay."""
    return singular(word) if len(word) > 2 else word


def money_of(text: str, end: int) -> Unit | None:
    """Return the currency after a vague number that ends at `end`: "millions of dollars"."""
    match = _OF_MONEY.match(text, end)
    if match is None:
        return None
    unit = unit_after(text, end + 3, False, True, 0.0)
    return unit if unit and unit.kind == "money" else None


def _pair(text: str, match: re.Match[str], first: str, second: str) -> Unit | None:
    """Read two words as one unit: "per cent", "square miles", "Canadian dollars"."""
    last, stem = _singular(second.lower()), _singular(first)
    if stem in _FIRST_OF_TWO and (unit := _WORDS.get(f"{stem} {last}")):
        if last == "per":
            is_speed = text.startswith(" hour", match.end())
            return Unit(match.end() + 5, "measure", "mph") if is_speed else None
        return Unit(match.end(), *unit)
    if last in _MONEY_OF and match[2][0].isupper():
        from extractor.language.en.countries import country_of

        code = country_of(match[2])
        if code is not None:
            return Unit(match.end(), "money", _MONEY_OF[last].get(code, _MONEY_WORDS[last]))
    elif last in _MONEY_WORDS and match[2] in ("US", "U.S.", "Chinese", "Japanese"):
        return Unit(match.end(), "money", _MONEY_WORDS[last])
    return None


def _money_word(
    text: str, stop: int, word: str, printed: str, scaled: bool, value: float
) -> Unit | None:
    """Read a word that is a currency and something else: "pounds" of weight, the verb "won"."""
    if word == "pound":
        money = scaled or ("£" in text[:20_000] and not _WEIGHT_AFTER.match(text, stop))
        return Unit(stop, "money", "GBP") if money else Unit(stop, "measure", "lb")
    if word in ("won", "rand", "dram", "real", "buck") and not (scaled or value >= 1000):
        return Unit(stop, "money", "USD") if printed == "bucks" else None
    return Unit(stop, "money", _MONEY_WORDS[word])
