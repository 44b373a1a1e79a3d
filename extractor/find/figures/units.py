"""Units of measure and money: what stands before or after a printed number.

Currencies come out as ISO 4217 codes; a bare "pesos", whose country is not said, as the word.
"""

import re
from typing import NamedTuple

from extractor.find.candidates import FigureKind

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
_MONEY_WORDS = {
    "dollar": "USD", "euro": "EUR", "pound": "GBP", "ruble": "RUB", "rouble": "RUB", "yen": "JPY",
    "yuan": "CNY", "renminbi": "CNY", "rupee": "INR", "hryvnia": "UAH", "hryvna": "UAH",
    "lira": "TRY", "peso": "pesos", "franc": "francs", "rand": "ZAR", "reai": "BRL", "won": "KRW",
    "zloty": "PLN", "zlotie": "PLN", "forint": "HUF", "koruna": "CZK", "krona": "kronor",
    "kronor": "SEK", "krone": "kroner", "kroner": "kroner", "rial": "IRR", "riyal": "SAR",
    "dirham": "dirhams", "dinar": "dinars", "shekel": "ILS", "naira": "NGN", "baht": "THB",
    "ringgit": "MYR", "rupiah": "IDR", "taka": "BDT", "tenge": "KZT", "leva": "BGN",
    "lari": "GEL", "dram": "AMD", "manat": "AZN", "shilling": "shillings", "birr": "ETB",
    "cedi": "GHS", "bitcoin": "BTC", "cent": "cents", "pence": "pence", "kopeck": "kopecks",
    "kopek": "kopecks", "buck": "USD",
}  # fmt: skip
_MONEY_OF = {
    "dollar": {"US": "USD", "AU": "AUD", "CA": "CAD", "NZ": "NZD", "HK": "HKD", "SG": "SGD",
               "TW": "TWD", "ZW": "ZWL", "JM": "JMD", "LR": "LRD", "NA": "NAD"},
    "pound": {"GB": "GBP", "EG": "EGP", "SY": "SYP", "LB": "LBP", "SD": "SDG", "SS": "SSP",
              "CY": "CYP"},
    "ruble": {"RU": "RUB", "BY": "BYN"},
    "rouble": {"RU": "RUB", "BY": "BYN"},
    "rupee": {"IN": "INR", "PK": "PKR", "LK": "LKR", "NP": "NPR", "MU": "MUR"},
    "peso": {"MX": "MXN", "AR": "ARS", "CL": "CLP", "CO": "COP", "PH": "PHP", "CU": "CUP",
             "UY": "UYU", "DO": "DOP"},
    "franc": {"CH": "CHF", "FR": "FRF", "RW": "RWF", "BI": "BIF", "CD": "CDF"},
    "krona": {"SE": "SEK", "IS": "ISK"},
    "kronor": {"SE": "SEK"},
    "krone": {"NO": "NOK", "DK": "DKK"},
    "kroner": {"NO": "NOK", "DK": "DKK"},
    "rial": {"IR": "IRR", "OM": "OMR", "YE": "YER", "QA": "QAR"},
    "riyal": {"SA": "SAR", "QA": "QAR"},
    "dirham": {"AE": "AED", "MA": "MAD"},
    "dinar": {"RS": "RSD", "IQ": "IQD", "JO": "JOD", "KW": "KWD", "DZ": "DZD", "TN": "TND",
              "LY": "LYD", "BH": "BHD", "MK": "MKD"},
    "shilling": {"KE": "KES", "UG": "UGX", "TZ": "TZS", "SO": "SOS"},
    "won": {"KR": "KRW", "KP": "KPW"},
    "lira": {"TR": "TRY", "SY": "SYP", "LB": "LBP", "IT": "ITL"},
}  # fmt: skip

# Words that end in s in the plural are listed in the singular; the value is (kind, unit).
_WORDS: dict[str, tuple[FigureKind, str]] = {
    **dict.fromkeys(("percent", "pct", "pc"), ("percent", "%")),
    **{
        word: ("duration", word + "s")
        for word in "second minute hour day week month year decade fortnight".split()
    },
    **{word: ("duration", unit) for word, unit in (
        ("century", "centuries"), ("centurie", "centuries"), ("hr", "hours"), ("min", "minutes"),
        ("sec", "seconds"), ("yr", "years"), ("weekday", "days"), ("wk", "weeks"))},
    **{word: ("measure", unit) for word, unit in (
        ("km", "km"), ("kilometer", "km"), ("kilometre", "km"), ("mile", "miles"), ("mi", "miles"),
        ("m", "m"), ("meter", "m"), ("metre", "m"), ("cm", "cm"), ("centimeter", "cm"),
        ("centimetre", "cm"), ("mm", "mm"), ("millimeter", "mm"), ("millimetre", "mm"),
        ("foot", "feet"), ("feet", "feet"), ("ft", "feet"), ("inch", "inches"),
        ("inche", "inches"), ("yard", "yards"), ("acre", "acres"), ("hectare", "ha"), ("ha", "ha"),
        ("kg", "kg"), ("kilogram", "kg"), ("kilogramme", "kg"), ("kilo", "kg"), ("gram", "g"),
        ("gramme", "g"), ("g", "g"), ("mg", "mg"), ("milligram", "mg"), ("ton", "tons"),
        ("tonne", "tonnes"), ("lb", "lb"), ("ounce", "oz"), ("oz", "oz"), ("liter", "litres"),
        ("litre", "litres"), ("gallon", "gallons"), ("barrel", "barrels"), ("bushel", "bushels"),
        ("megawatt", "MW"), ("gigawatt", "GW"), ("kilowatt", "kW"), ("mw", "MW"), ("gw", "GW"),
        ("kw", "kW"), ("kwh", "kWh"), ("mwh", "MWh"), ("twh", "TWh"), ("megaton", "megatons"),
        ("kiloton", "kilotons"), ("mph", "mph"), ("kph", "km/h"), ("kmh", "km/h"),
        ("knot", "knots"), ("degree", "degrees"), ("calorie", "calories"), ("gb", "GB"),
        ("tb", "TB"), ("megabyte", "MB"), ("gigabyte", "GB"), ("terabyte", "TB"), ("ppm", "ppm"),
        ("decibel", "dB"), ("caliber", "calibre"), ("calibre", "calibre"))},
}  # fmt: skip
_TWO_WORDS: dict[str, tuple[FigureKind, str]] = {
    "per cent": ("percent", "%"), "percentage point": ("percent", "percentage points"),
    "basis point": ("measure", "basis points"), "light year": ("measure", "light years"),
    "square mile": ("measure", "square miles"), "square foot": ("measure", "square feet"),
    "square feet": ("measure", "square feet"), "square kilometer": ("measure", "km²"),
    "square kilometre": ("measure", "km²"), "square km": ("measure", "km²"),
    "sq km": ("measure", "km²"), "sq mile": ("measure", "square miles"),
    "sq ft": ("measure", "square feet"), "square meter": ("measure", "m²"),
    "square metre": ("measure", "m²"), "square inche": ("measure", "square inches"),
    "square yard": ("measure", "square yards"), "cubic meter": ("measure", "m³"),
    "cubic metre": ("measure", "m³"), "cubic foot": ("measure", "cubic feet"),
    "cubic feet": ("measure", "cubic feet"), "nautical mile": ("measure", "nautical miles"),
    "metric ton": ("measure", "tonnes"), "metric tonne": ("measure", "tonnes"),
    "degree celsiu": ("measure", "°C"), "degree fahrenheit": ("measure", "°F"),
    "degree centigrade": ("measure", "°C"), "pound sterling": ("money", "GBP"),
    "mile per": ("measure", "miles"), "kilowatt hour": ("measure", "kWh"),
    "megawatt hour": ("measure", "MWh"),
}  # fmt: skip
_FIRST_OF_TWO = frozenset(pair.split()[0] for pair in _TWO_WORDS)
_ABBREVIATED = frozenset("m g mi ha min sec hr pc gb tb ft lb oz mw gw kw mg wk yr cm mm".split())
_ABBREVIATED_PLURALS = frozenset("hrs mins secs yrs wks lbs".split())
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
    """Return the unit printed after a number that ends at `end`: "%", " percent", "-year", "km"."""
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
    singular = lower[:-1] if lower.endswith("s") and len(lower) > 2 else lower
    if singular in _MONEY_WORDS:
        return _money_word(text, stop, singular, lower, scaled, value)
    if first in _CODES:
        return Unit(stop, "money", first)
    if gap == "" and first == "p" and digits:
        return Unit(stop, "money", "pence")
    if singular not in _WORDS:
        return None
    if singular in _ABBREVIATED and (
        not digits
        or scaled
        or (len(first) == 1 and first != lower)  # "5G"
        or (lower != singular and lower not in _ABBREVIATED_PLURALS)  # "has", "as"
    ):
        return None
    if singular == "m" and gap not in ("", "-") and text[stop : stop + 1] not in (" ", ",", "."):
        return None
    if lower == "second" and not gap.startswith("-"):
        return None  # an ordinal
    return Unit(stop, *_WORDS[singular])


def money_of(text: str, end: int) -> Unit | None:
    """Return the currency after a vague number that ends at `end`: "millions of dollars"."""
    match = _OF_MONEY.match(text, end)
    if match is None:
        return None
    unit = unit_after(text, end + 3, False, True, 0.0)
    return unit if unit and unit.kind == "money" else None


def _pair(text: str, match: re.Match[str], first: str, second: str) -> Unit | None:
    """Read two words as one unit: "per cent", "square miles", "Canadian dollars"."""
    last = second.lower()
    if last.endswith("s") and len(last) > 2:
        last = last[:-1]
    stem = first[:-1] if first.endswith("s") and len(first) > 2 else first
    if stem in _FIRST_OF_TWO and (found := _TWO_WORDS.get(f"{stem} {last}")):
        if last == "per":
            is_speed = text.startswith(" hour", match.end())
            return Unit(match.end() + 5, "measure", "mph") if is_speed else None
        return Unit(match.end(), *found)
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
    """Tell "500 pounds" of money from pounds of weight, and the verb "won" from the currency."""
    if word == "pound":
        money = scaled or ("£" in text[:20_000] and not _WEIGHT_AFTER.match(text, stop))
        return Unit(stop, "money", "GBP") if money else Unit(stop, "measure", "lb")
    if word in ("won", "rand", "dram", "real", "buck") and not (scaled or value >= 1000):
        return Unit(stop, "money", "USD") if printed == "bucks" else None
    return Unit(stop, "money", _MONEY_WORDS[word])
