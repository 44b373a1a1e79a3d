"""The index page of a run: every article with its counts, its warnings and the way to its page.

It is written from the store's columns alone, row by row. A browser shows some thousands of rows
well and a hundred thousand badly: the index goes on in further pages.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TextIO

from extractor.sheet.highlights import attribute, safe
from extractor.sheet.page import asset, closing, opening
from extractor.text.atomic_files import output_errors, replacing_text
from extractor.text.printable import one_line

FILE = "index.html"
_HERE = Path(__file__).parent
_SHEET = _HERE.parents[1] / "sheet"
MOST_ROWS = 2_000  # of one page: 0.8 MB, shown and sorted within a second
MOST_FAILURES = 1_000
_CARDS = "(max-width: 44rem)"  # in index.css; the columns decide


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Listing:
    """All articles of one schema; `entries` is gone through once, as it is written."""

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


def write_index(folder: Path, listings: Sequence[Listing], engine: str) -> list[Path]:
    """Write the index, as many pages as it takes; return them. Raises OutputError.

    Pages of an earlier, longer index are removed.
    """
    written: list[Path] = []
    for number, part in enumerate(_parts(listings), 1):
        path = folder / page_name(number)
        with replacing_text(path) as file:
            _write_page(file, part, number, _count(listings), listings, engine)
        written.append(path)
    number = len(written) + 1
    with output_errors(folder / page_name(number)):
        while (folder / page_name(number)).exists():
            (folder / page_name(number)).unlink()
            number += 1
    return written


def page_name(number: int) -> str:
    """Return the name of the index's n-th page."""
    return FILE if number == 1 else f"index-{number}.html"


@dataclass(frozen=True, slots=True)
class _Part:
    """What one page has of a listing."""

    listing: Listing
    first: int  # the number of its first entry
    entries: Iterable[Entry]


def _parts(listings: Sequence[Listing]) -> Iterator[_Part]:
    """Yield what each page holds: all of a listing, or a stretch of it."""
    for listing in listings:
        entries = iter(listing.entries)
        for first in range(1, max(1, listing.articles) + 1, MOST_ROWS):
            yield _Part(listing, first, islice(entries, MOST_ROWS))


def _count(listings: Sequence[Listing]) -> int:
    return sum(max(1, -(-listing.articles // MOST_ROWS)) for listing in listings)


def _write_page(
    file: TextIO,
    part: _Part,
    number: int,
    count: int,
    listings: Sequence[Listing],
    engine: str,
) -> None:
    listing = part.listing
    style = _style(listing.kinds)
    script = asset(_HERE / "index.js")
    title = f"{listing.articles:,} article{'' if listing.articles == 1 else 's'}"
    file.write(opening(f"{title} – {listing.schema}", engine, style, script))
    file.write(f"""<header class="head"><h1>{title}</h1>
<p class="meta">{_meta(listing)}</p>
{_totals(listing)}
{_files(listing)}</header>
<main class="wrap">
{_pager(part, number, count, listings)}{_failures(listing) if part.first == 1 else ""}
<section class="list" aria-label="Articles">
""")
    if listing.articles:
        _write_table(file, part)
    else:
        file.write('<p class="none">Nothing is done yet.</p>\n')
    file.write(f"</section>\n</main>\n{closing(script)}")


def _write_table(file: TextIO, part: _Part) -> None:
    kinds = part.listing.kinds
    counts = "".join(f'<th scope="col" class="n">{safe(_label(kind))}</th>' for kind in kinds)
    file.write(
        '<table class="articles"><thead><tr><th scope="col" class="t">Article</th>'
        '<th scope="col">Outlet</th><th scope="col" class="d">Date</th>'
        f'{counts}<th scope="col" class="n">Warnings</th>'
        '<th scope="col" class="n">Unaccounted</th></tr></thead>\n<tbody>\n'
    )
    for entry in part.entries:
        file.write(_row(entry, kinds))
    file.write("</tbody></table>\n")


def _row(entry: Entry, kinds: Sequence[str]) -> str:
    title = safe(one_line(entry.title))
    if entry.page:
        title = f'<a href="{attribute(entry.page)}">{title}</a>'
    numbers = "".join(_number(entry.counts.get(kind, 0), "") for kind in kinds)
    return (
        f'<tr><th scope="row" class="t"><bdi>{title}</bdi>'
        f"<small><bdi>{safe(one_line(entry.source))}</bdi></small></th>"
        f'<td class="o">{_bdi(entry.outlet)}</td>'
        f'<td class="d">{_bdi((entry.date or "")[:10])}</td>{numbers}'
        f"{_number(entry.warnings, ' warn')}{_number(entry.unaccounted, ' miss')}</tr>\n"
    )


def _bdi(text: str | None) -> str:
    return f"<bdi>{safe(one_line(text))}</bdi>" if text else ""


def _number(count: int, look: str) -> str:
    return f'<td class="n{look}{"" if count else " zero"}">{count}</td>'


def _style(kinds: Sequence[str]) -> str:
    """Return the style of a page: rows are cards where there is no room for all columns.

    A card names its numbers, since it has no header.
    """
    names = [*(_label(kind) for kind in kinds), "Warnings", "Unaccounted"]
    rules = "".join(
        f"  table.articles tbody td:nth-child({place})::before "
        f"{{ content: {_css_text(name + ' ')}; }}\n"
        for place, name in enumerate(names, 4)
    )
    room = 40 + sum(1.5 + len(name) / 2 for name in names)
    cards = asset(_HERE / "index.css").replace(_CARDS, f"(max-width: {room:.0f}rem)")
    return f"{asset(_SHEET / 'page.css')}{cards}@media (max-width: {room:.0f}rem) {{\n{rules}}}\n"


def _css_text(text: str) -> str:
    """Return a text as a string of CSS: whatever is no plain letter by its number."""
    plain = (c if c.isascii() and (c.isalnum() or c == " ") else f"\\{ord(c):x} " for c in text)
    return f'"{"".join(plain)}"'


def _label(kind: str) -> str:
    return one_line(kind.replace("_", " ")).capitalize()


def _meta(listing: Listing) -> str:
    by = ", ".join(safe(one_line(name)) for name in listing.answered_by) or "nobody yet"
    parts = [safe(one_line(listing.schema)), f"answered by {by}"]
    if listing.twins:
        parts.append(
            f"{listing.twins:,} more source{'s have' if listing.twins > 1 else ' has'} "
            "the same text as one of them"
        )
    return " · ".join(parts)


def _totals(listing: Listing) -> str:
    items = [(kind, _label(kind).lower(), "") for kind in listing.kinds]
    items += [("warnings", "warnings", ""), ("unaccounted", "unaccounted", "")]
    lines = [
        f"<li><b>{listing.totals.get(key, 0):,}</b> {safe(name)}</li>" for key, name, _ in items
    ]
    if listing.failed:
        lines.append(f'<li class="bad"><b>{listing.failed:,}</b> failed</li>')
    return f'<ul class="totals">{"".join(lines)}</ul>'


def _files(listing: Listing) -> str:
    if not listing.files:
        return ""
    links = "".join(f'<a href="{attribute(name)}">{safe(name)}</a>' for name in listing.files)
    return f'<p class="files">{links}</p>'


def _failures(listing: Listing) -> str:
    if not listing.failures:
        return ""
    shown = listing.failures[:MOST_FAILURES]
    lines = "".join(
        f"<li><bdi>{safe(one_line(source))}</bdi>"
        f"<small><bdi>{safe(one_line(reason.removeprefix(f'{source}: ')))}</bdi></small></li>"
        for source, reason in shown
    )
    more = listing.failed - len(shown)
    rest = f"<p>and {more:,} more: see the workbook, or <code>extract runs show</code></p>"
    opened = " open" if listing.failed <= 10 else ""
    return (
        f'<details class="failed"{opened}><summary>{listing.failed:,} failed</summary>'
        f"<ul>{lines}</ul>{rest if more else ''}</details>\n"
    )


def _pager(part: _Part, number: int, count: int, listings: Sequence[Listing]) -> str:
    """Return links to the index's other pages; a page has one schema."""
    if count == 1:
        return ""
    links, place = [], 1
    for listing in listings:
        for first in range(1, max(1, listing.articles) + 1, MOST_ROWS):
            last = min(first + MOST_ROWS - 1, listing.articles)
            named = f"{safe(one_line(listing.schema))} " if len(listings) > 1 else ""
            words = f"{named}{first:,}–{last:,}" if listing.articles else named
            here = ' aria-current="page"' if place == number else ""
            links.append(f'<a href="{page_name(place)}"{here}>{words}</a>')
            place += 1
    rows = min(MOST_ROWS, part.listing.articles - part.first + 1)
    note = (
        f'<p class="meta">Sorting and searching are of the {rows:,} articles on this page; the '
        "workbook and the store have all of them.</p>"
        if part.listing.articles > MOST_ROWS
        else ""
    )
    return f'<nav class="pager" aria-label="Pages">{"".join(links)}</nav>{note}\n'


@cache
def renderer() -> str:
    """Return what changes when the look of the index or of the pages does."""
    names = ("page.css", "page.js", "page.py", "html.py", "highlights.py")
    files = [_SHEET / name for name in names]
    files += [Path(__file__).with_suffix(ending) for ending in (".css", ".js", ".py")]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16]
