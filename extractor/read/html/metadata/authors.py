"""Names of authors out of what a page says of them: roles, addresses and the site's own name go."""

import re
from collections.abc import Iterable

from extractor.language.en.lists import word_set
from extractor.read.html.metadata.titles import squeezed

_MOST = 40  # authors of one article
_MOST_OF_A_VALUE = 1_000  # characters
_LONGEST = 80  # characters of a name
_BY = re.compile(
    r"^(?:(?:written|story|words|text|texte|testo|texto|reported|report|analysis|opinion|article|"
    r"posted|published|interview|(?:ein |eine )?(?:artikel|beitrag|analyse|kommentar|gastbeitrag)|"
    r"protokoll)\s+)?"
    r"(?:by|von|vom|par|por|di|door|av|af|przez|od|від|от|oleh|tekst|text|autor(?:in)?|auteur|author|autore|redactie)"
    r"(?:\s*:\s*|\s+(?=[^\W\d_])|\s*[-–—|]\s+)",
    re.I,
)
_BETWEEN = re.compile(
    r"\s*[;|/•·\n\t、，]\s*|\s*,\s*(?:and|und|et|y|e|og|och|en|with|&)\s+|\s+(?:and|und|et|og|och|&|with|mit|y|ja)\s+"
)
_ADDRESS = re.compile(
    r"\(?\b(?:https?://|www\.)\S+|[^\s@]{1,64}@[^\s@]+\.\w+\S*|(?<!\w)@\w{2,}|<[^>]*>"
)
_ENDING = re.compile(
    r"^[\w-]+\.(?:com|org|net|de|at|ch|fr|es|it|nl|be|uk|eu|info|tv|news|online|pl|cz|se|no|dk|tr)$",
    re.I,
)
_TAIL = re.compile(
    r"\s*[,–—|(]\s*(?:in|aus|from|reporting from|à|en)\s+\S.*$"
    r"|\s+\((?!dpa|afp|ap\b|reuters)[^)]*\)\s*$"
    r"|\s+(?:for|für|pour)\s+(?:the\s+)?[A-Z].*$"
)
_ROLES = word_set("pages.roles") | frozenset(
    "journalist journalistin redakteur redakteurin reporterin korrespondent korrespondentin "
    "autorin chefredakteur director head senior political deputy managing europe specialist "
    "producer presenter redacteur redactrice journaliste giornalista periodista redactor "
    "redactora updated published".split()
)
_NO_NAMES = frozenset(
    "admin administrator user author authors anonymous unknown none null undefined staff webmaster "
    "editor guest redaktion contributor test default nobody wordpress root autor autorin "
    "byline".split()
)


def author_names(values: Iterable[str]) -> list[str]:
    """Return the names in what a page says of its authors, each once, in its order.

    A value may hold several ("By Ann Ames and Bo Ek, Moscow correspondent"), or none (an address).
    """
    names: dict[str, str] = {}
    for value in values:
        for name in _names_in(value):
            names.setdefault(squeezed(name), name)
    # "Ames" beside "Ann Ames", or both with and without a title, would be one author twice.
    return list(names.values())[:_MOST]


def _names_in(value: str) -> list[str]:
    value = " ".join(_ADDRESS.sub(" ", value[:_MOST_OF_A_VALUE]).split())
    value = _BY.sub("", value)
    parts = [part for part in _BETWEEN.split(value) if part]
    names: list[str] = []
    for part in parts:
        pieces = [piece.strip() for piece in part.split(",") if piece.strip()]
        if len(pieces) == 2 and _is_reversed(pieces):
            pieces = [f"{pieces[1]} {pieces[0]}"]
        for piece in pieces:
            # "Staff reporter" alone is all that is said of the author; behind a name it is a role.
            if (name := _clean(piece)) and not (names and is_role(name)):
                names.append(name)
    return names


def _is_reversed(pieces: list[str]) -> bool:
    """Return whether two pieces are one name, the family's first: "Field, Tom"."""
    return all(len(p.split()) == 1 and p[0].isupper() and p[1:].islower() for p in pieces)


def _clean(name: str) -> str | None:
    """Return a name without what is none of it; None where nothing is left."""
    name = _BY.sub("", _TAIL.sub("", name)).strip(" ,.;:|-–—*\"“”'‘’()[]")
    letters = squeezed(name)
    if not letters or len(name) > _LONGEST or letters in _NO_NAMES or len(letters) < 2:
        return None
    if any(c.isdigit() for c in letters) and letters.isdigit():
        return None
    words = re.findall(r"\w+", name.lower())
    if len(words) > 8:
        return None
    return name


def says_by(line: str) -> bool:
    """Return whether a line begins as a byline does: "By Ann Ames", "Von Ann Ames"."""
    return _BY.match(line) is not None


def is_role(name: str) -> bool:
    """Return whether words say what somebody is, not who, e.g. "Moscow correspondent"."""
    words = re.findall(r"[^\W\d_]+", name.lower())
    return bool(words) and words[-1] in _ROLES


def is_site(name: str, sites: Iterable[str]) -> bool:
    """Return whether an author is no person but the site: its name, or its address."""
    letters = re.sub(r"^(?:the|der|die|das)", "", squeezed(name))
    if _ENDING.match(name):
        return True
    for site in sites:
        other = re.sub(r"^(?:the|der|die|das)", "", squeezed(site))
        if (
            other
            and len(other) > 2
            and (letters == other or squeezed(re.sub(r"\.\w+$", "", site)) == letters)
        ):
            return True
        # "Example Post Staff", "Redaktion Example Post"
        if (
            len(other) > 4
            and other in letters
            and len(letters) - len(other) < 12
            and len(letters) > 0
        ):
            return True
    return False
