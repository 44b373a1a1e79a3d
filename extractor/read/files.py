"""Tells by their names which files of a folder are articles, and makes names printable."""

import os
import shlex
from collections import Counter

ENDINGS = frozenset(  # one article each
    {".txt", ".text", ".html", ".htm", ".xhtml", ".mhtml", ".mht", ".eml"}
    | {".pdf", ".docx", ".odt", ".rtf"}
)
KINDS = ".txt, .html, .mhtml, .eml, .pdf, .docx, .odt, .rtf"  # as messages name them
LISTS = (".json",)  # an article or a list of them, read by a run
LINES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")  # many articles each, read by a run
CRAWLS = (".warc", ".warc.gz")  # the same
_MOST_KINDS = 6  # endings that a note names


def ending_of(name: str) -> str:
    """Return the ending of a file's name, in small letters with its dot; "" when it has none."""
    return os.path.splitext(name)[1].lower()  # noqa: PTH122 - there may be a million


def is_read_by_a_run(name: str) -> bool:
    """Return whether a run reads a file of this name in a folder, e.g. "a.txt", "b.jsonl.gz"."""
    return name.lower().endswith((*LISTS, *LINES, *CRAWLS)) or ending_of(name) in ENDINGS


def left_out(folder: str, endings: Counter[str]) -> str:
    """Return the note on a folder's files that are not read: how many of which endings."""
    kinds = ", ".join(
        f"{printable_name(ending or 'no ending')} {count:,}"
        for ending, count in endings.most_common(_MOST_KINDS)
    )
    return f"{printable_name(folder)}: {endings.total():,} of another kind left out ({kinds})"


def not_fetched(name: str) -> str | None:
    """Return the message on a name that is the address of a page, None for any other."""
    if not name.lower().startswith(("http://", "https://")):
        return None
    shown = printable_name(name)
    return (
        f"{shown}: pages are not fetched; save the page and name the file, or pipe it: "
        f"curl -sL {shlex.quote(shown)} | extract --schema NAME -"
    )


def printable_name(name: str) -> str:
    """Return a name that can be shown and stored: no control characters, valid Unicode."""
    if name.isprintable():
        return name
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in name)
