"""Looks up countries by name, demonym or capital.

From the countryinfo library, with short forms of the press added (data/countries.txt). "Moscow" and
"Russian" both stand for Russia; whether the place, the people or the government is meant is for the
caller to decide.
"""

from functools import cache, lru_cache
from typing import Literal, NamedTuple

from extractor.language.en.lists import word_labels, word_set

_NOT_AS_CAPITAL = word_set("countries.not-as-capital")
_ALSO_NAMES = word_set("countries.also-names")

PlaceKind = Literal["name", "demonym", "capital"]


class Country(NamedTuple):
    """The country that a word or phrase stands for."""

    code: str  # ISO 3166 alpha-2; "EU" and "UN" for these two bodies
    kind: PlaceKind


@cache
def _table() -> dict[str, Country]:
    """Return form in lower case -> country, from the library and data/countries.txt."""
    from countryinfo import CountryInfo

    table: dict[str, Country] = {}
    for info in CountryInfo.all().values():
        code = (info.get("ISO") or {}).get("alpha2")
        if not code:
            continue
        capitals = info.get("capital")
        for capital in capitals if isinstance(capitals, list) else [capitals]:
            _add(table, capital, Country(code, "capital"))
    for info in CountryInfo.all().values():
        code = (info.get("ISO") or {}).get("alpha2")
        if not code:
            continue
        _add(table, info.get("name"), Country(code, "name"))
        _add(table, info.get("demonym"), Country(code, "demonym"))
    short: dict[PlaceKind, dict[str, str]] = {
        "name": word_labels("countries.names"),
        "demonym": word_labels("countries.demonyms"),
        "capital": word_labels("countries.capitals"),
    }
    for kind, codes in short.items():
        table |= {form: Country(code, kind) for form, code in codes.items()}
    return table


def _add(table: dict[str, Country], form: str | None, country: Country) -> None:
    """Add a form in lower case to the table; names and demonyms go before capitals.

    Of two countries with the same form the first keeps it.
    """
    key = (form or "").lower().strip()
    if not key or (country.kind == "capital" and key in _NOT_AS_CAPITAL):
        return
    if country.kind == "capital" or key not in table or table[key].kind == "capital":
        table[key] = country


@lru_cache(maxsize=50_000)
def lookup(form: str) -> Country | None:
    """Return the country that `form` names, as a name, demonym ("Russians" too) or capital."""
    table = _table()
    key = form.lower().removeprefix("the ").replace("’", "'")
    if key.endswith("'s"):
        key = key[:-2]
    country = table.get(key)
    if country is None and key.endswith("s"):
        single = table.get(key[:-1])
        country = single if single and single.kind == "demonym" else None
    if country is None and key.startswith(("anti-", "pro-", "non-")):
        country = table.get(key.partition("-")[2])
    return country


def country_of(form: str) -> str | None:
    """Return the ISO code of the country that `form` names; None when it names none."""
    country = lookup(form)
    return country.code if country else None


def is_place(form: str) -> bool:
    """Return whether `form` is a country's name or capital, e.g. "Norway", "Oslo"."""
    country = lookup(form)
    return country is not None and country.kind != "demonym"


def is_demonym(form: str) -> bool:
    """Return whether `form` is a people's name or adjective, e.g. "Russian", "Belgians"."""
    country = lookup(form)
    return country is not None and country.kind == "demonym"


def also_a_first_name(form: str) -> bool:
    """Return whether a country's name is a common first name too, e.g. "Jordan", "Chad"."""
    return form.lower() in _ALSO_NAMES
