"""Which languages there are rules for, and the names, months and decimal marks of the others.

What is known of these comes from CLDR, by babel, which is loaded only for articles in them.
"""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel import Locale

_WITH_RULES = frozenset({"en"})
_SHORTEST_MONTH = 3  # letters


def has_rules(language: str | None) -> bool:
    """Return whether the rules read a language (ISO 639-1); None, not known, is read as English."""
    return language is None or language in _WITH_RULES


def language_name(language: str) -> str:
    """Return a language's name: "German" for "de"; the code itself where it is not known."""
    english = _locale("en")
    return str(english.languages.get(language, language)) if english else language


def has_decimal_point(language: str | None) -> bool:
    """Return whether a point parts decimals; elsewhere a comma does, and 19.30 is a time."""
    locale = _locale(language or "en")
    return locale is None or locale.number_symbols.get("latn", {}).get("decimal", ".") == "."


@cache
def months_of(language: str | None) -> frozenset[str]:
    """Return the names of months as they stand in a date, in lower case: "mai", "мая", "sept"."""
    locale = _locale(language or "en")
    forms = locale.months["format"] if locale else {}
    names = {
        str(name).lower().removesuffix(".")
        for form in ("wide", "abbreviated")
        for name in forms.get(form, {}).values()
    }
    return frozenset(
        name for name in names if len(name) >= _SHORTEST_MONTH and not name[0].isdigit()
    )


@cache
def _locale(language: str) -> "Locale | None":
    """Load what CLDR has of a language; None where it has nothing."""
    from babel import Locale, UnknownLocaleError  # 0.1 s, and 0.02 s a language

    try:
        return Locale.parse("nb" if language == "no" else language)
    except (UnknownLocaleError, ValueError):
        return None
