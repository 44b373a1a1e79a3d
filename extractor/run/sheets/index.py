"""The index of a run: a table of all articles, with their counts and links to their pages.

It is written from the store's columns alone, row by row, by templates/index.html. A browser shows
some thousands of rows well and a hundred thousand badly, so a long index has several pages.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from markupsafe import Markup

from extractor.frozen import frozen
from extractor.sheet import page
from extractor.text.atomic_files import OwnFolder, output_errors, replacing_text
from extractor.text.printable import one_line

FILE = "index.html"
_TEMPLATES = Path(__file__).parent / "templates"
MOST_ROWS = 2_000  # of one page: 0.8 MB, shown and sorted within a second
MOST_FAILURES = 1_000
_CARDS = "(max-width: 44rem)"  # in index.css; the columns decide


@frozen
class Entry:
    """An article in the index."""

    page: str | None  # its page, relative to the index
    title: str
    outlet: str | None
    date: str | None
    source: str
    counts: dict[str, int]  # rows by kind
    warnings: int
    unaccounted: int


@frozen
class Listing:
    """All articles of one schema; `entries` is gone through once, while it is written."""

    schema: str
    kinds: tuple[str, ...]
    articles: int
    totals: dict[str, int]  # rows by kind, "warnings", "unaccounted"
    entries: Iterable[Entry]
    failures: Sequence[tuple[str, str]]  # source, reason
    failed: int
    answered_by: tuple[str, ...]
    files: tuple[str, ...]  # the other sheets, relative to the index
    twins: int = 0  # sources whose text another source has


def write_index(own: OwnFolder, listings: Sequence[Listing], engine: str) -> list[Path]:
    """Write the index into a folder, as many pages as it takes; return them. Raises OutputError.

    Pages of an earlier, longer index are removed.
    """
    written: list[Path] = []
    for number, part in enumerate(_parts(listings), 1):
        path = own.path / page_name(number)
        with replacing_text(path, own=own) as file:
            file.writelines(_page(part, number, listings, engine))
        written.append(path)
    _remove_from(own.path, len(written) + 1)
    return written


def _remove_from(folder: Path, number: int) -> None:
    """Remove the pages of an earlier index from the n-th on."""
    with output_errors(folder / page_name(number)):
        while (folder / page_name(number)).exists():
            (folder / page_name(number)).unlink()
            number += 1


def page_name(number: int) -> str:
    """Return the name of the index's n-th page."""
    return FILE if number == 1 else f"index-{number}.html"


@frozen
class _Part:
    """What one page has of a listing."""

    listing: Listing
    first: int  # the number of its first entry, from 1
    entries: Iterable[Entry]


class _Link(NamedTuple):
    """A link to a page of the index."""

    file: str
    label: str
    is_this: bool  # whether it is the page that the link is on


def _parts(listings: Sequence[Listing]) -> Iterator[_Part]:
    """Yield what each page holds: all of a listing, or a stretch of it."""
    for listing in listings:
        entries = iter(listing.entries)
        for first in _firsts(listing):
            yield _Part(listing, first, islice(entries, MOST_ROWS))


def _firsts(listing: Listing) -> range:
    """Return the numbers of the entries that pages begin with; an empty listing has a page too."""
    return range(1, max(1, listing.articles) + 1, MOST_ROWS)


def _page(part: _Part, number: int, listings: Sequence[Listing], engine: str) -> Iterator[str]:
    """Yield one page of the index, piece by piece."""
    listing = part.listing
    labels = [_label(kind) for kind in listing.kinds]
    failures = listing.failures[:MOST_FAILURES] if part.first == 1 else ()
    return page.page(
        page.environment(_TEMPLATES),
        "index.html",
        style=_style(labels),
        script=page.asset(_TEMPLATES / "index.js"),
        generator=engine,
        title=f"{listing.articles:,} article{'' if listing.articles == 1 else 's'}",
        listing=listing,
        kinds=list(zip(listing.kinds, labels, strict=True)),
        entries=part.entries,
        rows=min(MOST_ROWS, listing.articles - part.first + 1),  # on this page
        is_part=listing.articles > MOST_ROWS,
        failures=[(source, why.removeprefix(f"{source}: ")) for source, why in failures],
        pages=list(_links(number, listings)),
    )


def _links(number: int, listings: Sequence[Listing]) -> Iterator[_Link]:
    """Yield the links that the n-th page has to all pages; a page has one schema."""
    place = 1
    for listing in listings:
        for first in _firsts(listing):
            last = min(first + MOST_ROWS - 1, listing.articles)
            named = f"{one_line(listing.schema)} " if len(listings) > 1 else ""
            label = f"{named}{first:,}–{last:,}" if listing.articles else named
            yield _Link(page_name(place), label, place == number)
            place += 1


def _style(labels: Sequence[str]) -> Markup:
    """Return the style of a page: rows are cards where there is no room for all columns.

    A card names its numbers, since it has no header. `labels` are of the columns of row counts.
    """
    names = [*labels, "Warnings", "Unaccounted"]
    rules = "".join(
        f"  table.articles tbody td:nth-child({place})::before "
        f"{{ content: {_css_text(name + ' ')}; }}\n"
        for place, name in enumerate(names, 4)
    )
    room = 40 + sum(1.5 + len(name) / 2 for name in names)
    cards = page.asset(_TEMPLATES / "index.css").replace(_CARDS, f"(max-width: {room:.0f}rem)")
    common = page.asset(page.TEMPLATES / "page.css")
    style = f"{common}{cards}@media (max-width: {room:.0f}rem) {{\n{rules}}}\n"
    return Markup(style)  # noqa: S704 - what is not ours is quoted by _css_text


def _css_text(text: str) -> str:
    """Return a text as a string of CSS: whatever is no plain letter by its number."""
    plain = (c if c.isascii() and (c.isalnum() or c == " ") else f"\\{ord(c):x} " for c in text)
    return f'"{"".join(plain)}"'


def _label(kind: str) -> str:
    """Return a row kind's name for people, as it begins a sentence."""
    return one_line(kind.replace("_", " ")).capitalize()


@cache
def renderer() -> str:
    """Return a hash of what makes the look of the index and of the pages.

    That is every template, style and script, and the modules that decide what these are given.
    """
    sheet = page.TEMPLATES.parent
    files = [*sorted(page.TEMPLATES.iterdir()), *sorted(_TEMPLATES.iterdir())]
    files += [sheet / name for name in ("page.py", "html.py", "highlights.py", "tables.py")]
    files.append(Path(__file__))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16]
