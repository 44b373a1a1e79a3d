"""Looks up first names of women and men in the lists of the US census (package `names`)."""

from functools import cache, lru_cache
from pathlib import Path

# How many times more women (or men) must bear a name than men (or women) for it to tell the gender.
# Less for men, who are more than two in three of the people in the news.
_SURE_OF_WOMAN, _SURE_OF_MAN = 4.0, 3.5


@lru_cache(maxsize=20_000)
def first_name_gender(name: str) -> str | None:
    """Return "f" or "m" when a first name is clearly one, by US census counts; else None."""
    female, male = _first_names()
    key = name.lower()
    if key not in female and key not in male:
        key = key.replace("k", "c").replace("ph", "f")  # Viktor, Erik, Marko
    f, m = female.get(key, 0.0), male.get(key, 0.0)
    if f > _SURE_OF_WOMAN * m:
        return "f"
    if m > _SURE_OF_MAN * f:
        return "m"
    return None


def borne_by_both(name: str) -> bool:
    """Return whether women and men bear a first name, each more than 1 in 20, e.g. "Leslie"."""
    female, male = _first_names()
    counts = female.get(name.lower(), 0.0), male.get(name.lower(), 0.0)
    return 20 * min(counts) > max(counts)


def is_first_name(name: str) -> bool:
    """Return whether a word is a first name in the US census lists, e.g. "Ann"."""
    female, male = _first_names()
    key = name.lower()
    return key in female or key in male


@cache
def _first_names() -> tuple[dict[str, float], dict[str, float]]:
    """Return the census lists, name -> frequency in percent (package `names`)."""
    import names

    tables = []
    for kind in ("first:female", "first:male"):
        table: dict[str, float] = {}
        with Path(names.FILES[kind]).open(encoding="ascii") as lines:
            for line in lines:
                name, frequency = line.split()[:2]
                table[name.lower()] = float(frequency)
        tables.append(table)
    return tables[0], tables[1]
