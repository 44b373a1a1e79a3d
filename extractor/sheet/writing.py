"""Writes the sheets of a few articles, in any format, to standard output or to one file.

A file is written whole or not at all. The sheets of a run into a folder are written by
extractor/run/sheets.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Literal, Protocol, get_args

from extractor.errors import OutputError, UsageError
from extractor.record import Extraction
from extractor.text.atomic_files import refuse_link, replacing_text

Format = Literal["table", "json", "jsonl", "csv", "html"]
_ENDINGS: dict[Format, str] = {
    "table": ".txt",
    "json": ".json",
    "jsonl": ".jsonl",
    "csv": ".csv",
    "html": ".html",
}


class Sheets(Protocol):
    """What sheets are written to: it takes one extraction after the other."""

    def add(self, extraction: Extraction) -> list[Path]:
        """Take an extraction; return the files that this has written. Raises OutputError."""
        ...

    def finish(self) -> list[Path]:
        """Write what is still to be written; return those files. Raises OutputError."""
        ...


def format_for(given: Format | None, output: str | None) -> Format:
    """Return the format asked for or else the one that the output file's ending names.

    Without an ending it is a table. Raises UsageError for an ending that names no format.
    """
    if given is not None:
        return given
    ending = Path(output).suffix.lower() if output else ""
    named: Sequence[Format] = get_args(Format)
    known = {_ENDINGS[name]: name for name in named}
    if ending == ".xlsx":
        raise UsageError(
            f"--output {output}: a workbook is written by a run: name a folder, such as -o sheets/"
        )
    if ending and ending not in known:
        raise UsageError(
            f"--output {output}: {ending} names no format; end it with {', '.join(known)}, say "
            "with --format how to write it, or name a folder for a run with a slash at its end"
        )
    return known.get(ending, "table")


def refuse_nameless(output: str | None) -> None:
    """Raise UsageError for a name without an ending: of several articles it may mean a folder."""
    if output in (None, "-") or Path(output).suffix:
        return
    if Path(output).exists() and not Path(output).is_file():  # a device or a pipe
        return
    raise UsageError(
        f"--output {output}: a file or a folder? -o {output}/ is a folder for a run; one file for "
        f"all articles has an ending, such as {output}.csv, or its --format is given"
    )


def is_folder(output: str) -> bool:
    """Return whether an output is a folder: one that is there, or a path that ends in a slash."""
    return output.endswith(("/", os.sep)) or Path(output).is_dir()


def sheets_for(output: str | None, form: Format, sources: Sequence[str], several: bool) -> Sheets:
    """Return what writes to where `--output` says; None and "-" are standard output.

    `sources` are the names of the articles, `several` says whether more than one may come. Raises
    UsageError when a sheet would overwrite an article that it is made from, OutputError when it
    would be written through a link.
    """
    if output is None or output == "-":
        return _Stdout(form, several)
    path = Path(output)
    for source in sources:
        with suppress(OSError):
            if path.samefile(source):
                raise UsageError(f"--output {output}: this is one of the articles; name another")
    refuse_link(path)
    return _File(path, form, several)


class _Stdout:
    """Standard output; an article is printed as soon as it is done, but for HTML."""

    def __init__(self, form: Format, several: bool) -> None:
        self._form = form
        self._several = several
        self._count = 0
        self._kept: list[Extraction] = []

    def add(self, extraction: Extraction) -> list[Path]:
        self._count += 1
        if self._form == "html":
            self._kept.append(extraction)
            return []
        if self._form == "table":
            from extractor.sheet.terminal import console_for, sheet_text

            text = "\n\n" * (self._count > 1) + sheet_text(extraction, console_for(sys.stdout))
            _print(text, sys.stdout.encoding or "utf-8")
        else:
            for part in _parts([extraction], self._form, self._several, self._count == 1):
                _print(part)
        return []

    def finish(self) -> list[Path]:
        if self._kept:
            for part in _parts(self._kept, self._form, self._several):
                _print(part)
        return []


class _File:
    """One file for all articles, written at the end; not at all when every article failed."""

    def __init__(self, path: Path, form: Format, several: bool) -> None:
        self._path = path
        self._form = form
        self._several = several
        self._kept: list[Extraction] = []

    def add(self, extraction: Extraction) -> list[Path]:
        self._kept.append(extraction)
        return []

    def finish(self) -> list[Path]:
        if not self._kept:
            return []
        with replacing_text(self._path) as file:
            file.writelines(_parts(self._kept, self._form, self._several))
        return [self._path]


def _parts(
    extractions: Sequence[Extraction], form: Format, several: bool, first: bool = True
) -> Iterator[str]:
    """Yield the sheets of `extractions` as text in a format, part by part."""
    if form in ("json", "jsonl"):
        from extractor.sheet.jsonout import to_json

        indent = 2 if form == "json" and not several else None
        yield from (to_json(extraction, indent) for extraction in extractions)
    elif form == "csv":
        from extractor.sheet.csvout import to_csv

        yield to_csv(extractions, with_header=first)
    elif form == "html":
        from extractor.sheet.html import parts_of_page

        yield from parts_of_page(extractions)
    else:
        import io

        from extractor.sheet.terminal import console_for, sheet_text

        console = console_for(io.StringIO())
        for number, extraction in enumerate(extractions):
            yield "\n\n" * (number > 0) + sheet_text(extraction, console)


def _print(text: str, encoding: str = "utf-8") -> None:
    """Write to standard output; characters that its encoding lacks are replaced."""
    data = text.encode(encoding, "replace")
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"standard output: cannot be written ({error.strerror})") from error
