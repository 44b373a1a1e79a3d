"""The title of an article without the name of the site: "Dam bursts | World | Example Post"."""

import re
from collections.abc import Iterable

_SEPARATOR = re.compile(
    r"\s+(?:[|–—·•»«›‹:]|-+|::|//|/|<|>)\s+|\s*[|｜]\s*|\s*[_＿](?=[^_]*\Z)|(?<=\S)\s*[－—](?=[^—－]*\Z)"
)
_MOST_PARTS = 8


def squeezed(text: str) -> str:
    """Return the letters and digits of a text, in lower case."""
    return re.sub(r"[\W_]", "", text).lower()


def without_site(
    title: str, sites: Iterable[str], headings: Iterable[str], *, sections: Iterable[str] = ()
) -> str:
    """Return a title without what a site appends or prepends to it.

    `sites` are the site's names and its host; `headings` are headings that may be the article's:
    where the title is one of them and more, the more goes; `sections` are parts of the site.
    """
    marks = [m.span() for m in _SEPARATOR.finditer(title)]
    if not marks:
        return title
    for heading in headings:
        cut = _heading_in(title, heading, marks)
        if cut:
            return cut
    names = _names(sites)
    parts = {squeezed(s) for s in sections} - {""}
    done = False
    for start, end in reversed(marks[-_MOST_PARTS:]):
        tail = title[end:]
        if not squeezed(title[:start]):
            break
        if _is_site(tail, names) or (squeezed(tail) in parts and len(tail) < 40):
            title, done = title[:start].rstrip(), True
        else:
            break
    if not done:
        start, end = marks[0]
        if _is_site(title[:start], names) and squeezed(title[end:]):
            title = title[end:]
    return title


def _heading_in(title: str, heading: str, marks: list[tuple[int, int]]) -> str | None:
    """Return the beginning of a title that says the same as a heading, None where none does."""
    wanted = squeezed(heading)
    if len(wanted) < 8:
        return None
    return next((title[:at].strip() for at, _ in marks if squeezed(title[:at]) == wanted), None)


def _names(sites: Iterable[str]) -> set[str]:
    """Return the names of a site in the forms in which titles have them."""
    names = set()
    for site in sites:
        names.add(squeezed(site))
        if "." in site and " " not in site:  # a host: www.example-post.co.uk
            labels = [
                label for label in site.lower().split(".") if label not in {"www", "m", "amp"}
            ]
            names.add(squeezed("".join(labels)))
            names |= {squeezed(label) for label in labels[:-1] if len(label) > 2}
        names |= {squeezed(part) for part in re.split(r"\s+[|–—-]\s+", site)}
    return {re.sub(r"^(?:the|der|die|das|le|la|el|il)", "", n) or n for n in names if len(n) > 1}


def _is_site(part: str, names: set[str]) -> bool:
    """Return whether a part of a title is the name of the site, perhaps with a few words more."""
    letters = re.sub(r"^(?:the|der|die|das|le|la|el|il)", "", squeezed(part)) or squeezed(part)
    if not letters or len(part.split()) > 8:
        return False
    if letters in names:
        return True
    return any(
        len(name) > 3
        and (
            (name in letters and len(letters) <= len(name) + 25 and len(name) >= 0.3 * len(letters))
            or (letters in name and len(letters) >= 0.6 * len(name))
        )
        for name in names
    )
