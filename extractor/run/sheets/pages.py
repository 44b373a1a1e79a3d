"""Writes the page of each article of a run, under a name that stays the same between runs.

    pages/release_event/3f/reuters-prisoners-3f0c…e1.html

The name is made of plain letters of the source's name and a hash of all of it: no source can choose
a path, and two never share a file. A folder holds about one 256th of the pages.
"""

import os
import re
from hashlib import blake2b
from pathlib import Path

from extractor.record import Extraction
from extractor.text.atomic_files import OwnFolder, replacing

FOLDER = "pages"
_NOT_PLAIN = re.compile(r"[^a-z0-9]+")
_MOST_LETTERS = 48


def page_path(schema: str, source: str) -> str:
    """Return where an article's page is, relative to the output folder; ASCII, no blanks."""
    digest = blake2b(source.encode("utf-8", "surrogatepass"), digest_size=10).hexdigest()
    return f"{FOLDER}/{plain(schema)}/{digest[:2]}/{_letters(source)}-{digest}.html"


def anchor(kind_number: int, row_number: int) -> str:
    """Return the id of a row in its article's page (see extractor/sheet/html.py).

    Kinds and rows are counted from 1, in the order of the schema.
    """
    return f"a1-k{kind_number}-r{row_number}"


def plain(name: str) -> str:
    """Return a schema's name as file names have it: unchanged when it is a plain word."""
    if re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,63}", name):
        return name
    digest = blake2b(name.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
    return f"{_letters(name)}-{digest}"


def _letters(name: str) -> str:
    """Return plain letters that tell a source: of the last part of its path or address."""
    last = re.split(r"[/\\]", name.rstrip("/\\").partition("?")[0])[-1]
    for ending in (".txt", ".html", ".htm", ".pdf"):
        last = last.removesuffix(ending)
    return _NOT_PLAIN.sub("-", last.lower()).strip("-")[:_MOST_LETTERS].strip("-") or "article"


def is_current(path: Path, finished_at: float) -> bool:
    """Return whether a page is there that was written for the extraction that ended then.

    `finished_at` is in seconds since 1970; a page has it as its time (`write_page`).
    """
    try:
        status = path.stat()
    except OSError:
        return False
    return status.st_size > 0 and status.st_mtime_ns == _nanoseconds(finished_at)


def write_page(own: OwnFolder, page: str, extraction: Extraction, finished_at: float) -> None:
    """Write an article's page, and give it the time of the extraction. Raises OutputError.

    `page` is where it is in the folder, see `page_path`.
    """
    from extractor.sheet.html import parts_of_page

    # Not durable, which would be a hundred thousand waits for the disk: a page that a power cut
    # leaves empty is not current, and is written again.
    with replacing(own.path / page, own=own, durable=False) as made:
        for part in parts_of_page([extraction]):
            made.write(part.encode("utf-8", "replace"))
        made.flush()
        moment = _nanoseconds(finished_at)
        os.utime(made.fileno(), ns=(moment, moment))


def _nanoseconds(seconds: float) -> int:
    """Return a moment as a file's time: whole microseconds, which most file systems keep."""
    return round(seconds * 1e6) * 1000
