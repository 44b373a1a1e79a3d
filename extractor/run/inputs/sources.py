"""Finds the sources of a run: files, folders, patterns and lists, as a lazy sequence.

A folder stands for every article in it, at any depth; hidden files and the output folder are left
out. A `.jsonl` file stands for its lines, a `.json` for the articles in its list, a `.warc` or
`.warc.gz` for its pages. The order is that
of the names given, and by name within a folder. No text is read here: a source is read by a worker
(`Source.load`). What cannot be read is a source that raises the reason, so that the run counts it.
"""

import glob
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from io import BufferedReader
from pathlib import Path
from typing import cast

from extractor.article import Article
from extractor.errors import InputError, NotAnArticle, UsageError
from extractor.read import read_article
from extractor.read.files import (
    CRAWLS,
    KINDS,
    LINES,
    LISTS,
    ending_of,
    is_read_by_a_run,
    left_out,
    not_fetched,
    printable_name,
)
from extractor.read.source import Source, failing
from extractor.run.inputs.json_list import articles_in, sources_in_list
from extractor.run.inputs.jsonl import Fields, sources_in_lines
from extractor.run.inputs.warc import sources_in_crawl

__all__ = ["Fields", "Source", "sources_in", "stamp_of"]

_LONGEST_PATH = 1 << 16  # bytes of a line in a list of paths


def sources_in(
    names: Sequence[str],
    *,
    files_from: str | None = None,
    output: Path | None = None,
    fields: Fields | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Iterator[Source]:
    """Yield what `names` stand for, then what the list `files_from` names, one path a line.

    `-` is an article on standard input; as `files_from` it is a list there (with NULs between the
    paths where there are any). The same file is yielded once, however often it is named. `tell`
    is called with what was left out. Nothing is opened before the iteration. Raises UsageError at
    once for a wrong combination.
    """
    if files_from == "-" and "-" in names:
        raise UsageError("--files-from - takes the list from standard input; drop the article -")
    if output is not None:
        for name in names:
            if _same(Path(name), output):
                raise UsageError(f"{name}: this is the output folder too; name another with -o")
    return SourceFinder(output, fields or Fields(), tell).find(names, files_from)


def count_sources(
    names: Sequence[str], *, files_from: str | None = None, output: Path | None = None
) -> int | None:
    """Return how many sources `sources_in` will yield; None when only reading would tell."""
    if files_from == "-":
        return None
    counter = _SourceCounter(output)
    others = sum(1 for _ in counter.find(names, files_from))
    return None if counter.unknown else counter.count + others


def stamp_of(status: os.stat_result) -> str:
    """Return the stamp of a file, which changes when the file does: size, time and inode."""
    return f"{status.st_size}:{status.st_mtime_ns}:{status.st_ino}"


class SourceFinder:
    """Finds the sources that names stand for, and remembers the files that it has met."""

    def __init__(self, output: Path | None, fields: Fields, tell: Callable[[str], None]) -> None:
        self._output = output
        self._fields = fields
        self._tell = tell
        self._files: set[int] = set()  # device and inode of the files met
        self._names: dict[int, int] = {}  # of sources in .jsonl and .warc files, as hashes (memory)

    def find(self, names: Sequence[str], files_from: str | None) -> Iterator[Source]:
        """Yield the sources of the names, then those of the list."""
        for name in names:
            yield from self._named(name)
        if files_from is not None:
            yield from self._listed(files_from)

    def _named(self, name: str, literally: bool = False, place: str = "") -> Iterator[Source]:
        """Yield what one name stands for; `place` is the line of the list that it comes from."""
        if name == "-" and not literally:
            if self._new(-1):
                yield Source("-", "", partial(read_article, "-"))
            return
        path = Path(name)
        try:
            status = path.stat()
        except (OSError, ValueError) as error:
            if not literally and glob.has_magic(name):
                yield from self._matching(name)
            else:
                yield failing(printable_name(name), _unreadable(name, error, place))
            return
        if path.is_dir():
            yield from self._folder(path)
        elif self._new(_identity(status)):
            yield from self._file(path, status)

    def _listed(self, list_name: str) -> Iterator[Source]:
        """Yield what the paths in a list stand for; they are taken as they are, without globs."""
        shown = "standard input" if list_name == "-" else printable_name(list_name)
        try:
            with _opened(list_name) as file:
                for number, path in _paths(file):
                    place = f"{shown}:{number}: "
                    if path is None:
                        error = InputError(
                            f"{place}this is longer than a path can be; mend the list."
                        )
                        yield failing(f"{shown}:{number}", error)
                    else:
                        yield from self._named(os.fsdecode(path), literally=True, place=place)
        except (OSError, ValueError) as error:
            yield failing(shown, _unreadable(list_name, error))

    def _matching(self, pattern: str) -> Iterator[Source]:
        """Yield what a pattern that no shell expanded stands for."""
        output = self._inside_of_pattern(pattern)
        met = 0
        for name in sorted(glob.iglob(pattern, recursive=True)):  # noqa: PTH207 - names as given
            path = Path(name)
            if "**" in pattern and path.is_dir():
                continue  # what is in it matches by itself
            if output is not None and _within(path, output):
                continue
            met += 1
            yield from self._named(name, literally=True)
        if not met:
            error = InputError(f"{printable_name(pattern)}: no file matches; check the pattern.")
            yield failing(printable_name(pattern), error)

    def _inside_of_pattern(self, pattern: str) -> Path | None:
        """Return the output folder when it lies below where the pattern begins."""
        if self._output is None or not self._output.is_dir():
            return None
        base = Path(pattern)
        while glob.has_magic(str(base)):
            base = base.parent
        output = self._output.resolve()
        return output if output != base.resolve() and _within(output, base.resolve()) else None

    def _folder(self, folder: Path) -> Iterator[Source]:
        """Yield every article in a folder and the folders in it."""
        others: Counter[str] = Counter()
        any_source = False
        for source in self._walk(folder, others, set()):
            any_source = True
            yield source
        if others:
            self._tell(left_out(str(folder), others))
        if not any_source:
            shown = printable_name(str(folder))
            error = InputError(
                f"{shown}: there is no article in it ({KINDS}, .json, .jsonl, .warc.gz) that was "
                "not named before; check the path."
            )
            yield failing(shown, error)

    def _walk(self, folder: Path, others: Counter[str], above: set[int]) -> Iterator[Source]:
        """Yield the sources in a folder; `others` counts the endings that are not read.

        `above` are the folders that it lies in: a link to one of them is not followed.
        """
        try:
            here = _identity(folder.stat())
            if here in above:
                return  # a link to a folder that it lies in
            with os.scandir(folder) as entries:
                names = sorted(e.name for e in entries if not e.name.startswith("."))
        except OSError as error:
            yield failing(printable_name(str(folder)), _unreadable(str(folder), error))
            return
        for name in names:
            path = folder / name
            try:
                if path.is_dir():
                    if self._output is None or not _same(path, self._output):
                        yield from self._walk(path, others, above | {here})
                    continue
                if not is_read_by_a_run(name) or self._is_other_json(path):
                    others[ending_of(name)] += 1
                    continue
                status = path.stat()
            except OSError as error:
                yield failing(printable_name(str(path)), _unreadable(str(path), error))
                continue
            if self._new(_identity(status)):
                yield from self._file(path, status)

    def _is_other_json(self, path: Path) -> bool:
        """Return whether a file in a folder is JSON of no article: settings, say, or a sheet."""
        if not path.name.lower().endswith(LISTS):
            return False
        try:
            articles_in(path, path.name, self._fields)
        except InputError:
            return True
        return False

    def _file(self, path: Path, status: os.stat_result) -> Iterator[Source]:
        """Yield what a file holds: one article, or those of its lines or records."""
        name, lower = printable_name(str(path)), path.name.lower()
        try:
            if lower.endswith(LISTS):
                yield from sources_in_list(path, name, self._fields, self._unique)
            elif lower.endswith(LINES):
                yield from sources_in_lines(path, name, self._fields, self._unique)
            elif lower.endswith(CRAWLS):
                yield from sources_in_crawl(path, name, self._unique, self._tell)
            else:
                yield Source(name, stamp_of(status), partial(_load, str(path)))
        except (OSError, ValueError) as error:
            yield failing(name, _unreadable(str(path), error))

    def _new(self, identity: int) -> bool:
        """Return whether a file has not been met before; remember it."""
        if identity in self._files:
            return False
        self._files.add(identity)
        return True

    def _unique(self, name: str, otherwise: str) -> str:
        """Return `name`, or the source's place, `otherwise`, when another source has that name."""
        place = hash(otherwise)
        return name if self._names.setdefault(hash(name), place) == place else otherwise


class _SourceCounter(SourceFinder):
    """Only counts the sources in files, as far as that is possible without unpacking them."""

    def __init__(self, output: Path | None) -> None:
        super().__init__(output, Fields(), lambda _: None)
        self.count = 0
        self.unknown = False  # there are files of which only unpacking tells how much they hold

    def _folder(self, folder: Path) -> Iterator[Source]:
        return self._walk(folder, Counter(), set())

    def _file(self, path: Path, status: os.stat_result) -> Iterator[Source]:  # noqa: ARG002
        """Count what a file holds; yield nothing."""
        lower = path.name.lower()
        if lower.endswith(".gz") or lower.endswith(CRAWLS):
            self.unknown = True
        elif lower.endswith(LISTS):
            with suppress(OSError, InputError):
                self.count += len(articles_in(path, path.name, self._fields))
        elif lower.endswith(LINES):
            with suppress(OSError), path.open("rb") as file:
                while chunk := file.read(1 << 20):
                    self.count += chunk.count(b"\n")
        else:
            self.count += 1
        return iter(())


def _load(path: str) -> Article:
    return read_article(path)


def _identity(status: os.stat_result) -> int:
    """Return one number for a file, whatever it is called; small, for there may be a million."""
    return status.st_dev << 64 | status.st_ino


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except (OSError, ValueError):
        return False


def _within(path: Path, folder: Path) -> bool:
    """Return whether a path lies in a folder, or is it; both may go over links."""
    return path.resolve().is_relative_to(folder)


def _opened(list_name: str) -> BufferedReader:
    if list_name == "-":
        return cast(BufferedReader, sys.stdin.buffer)
    return Path(list_name).open("rb")


def _paths(file: BufferedReader) -> Iterator[tuple[int, bytes | None]]:
    """Yield the paths of a list with their line numbers; None for one too long to be a path."""
    if b"\0" in file.peek(1):
        yield from _apart_by_nul(file)
        return
    number = 0
    while line := file.readline(_LONGEST_PATH):
        number += 1
        if not line.endswith(b"\n") and len(line) == _LONGEST_PATH:
            while (part := file.readline(_LONGEST_PATH)) and not part.endswith(b"\n"):
                pass
            yield number, None
        elif path := line.rstrip(b"\r\n"):
            yield number, path


def _apart_by_nul(file: BufferedReader) -> Iterator[tuple[int, bytes | None]]:
    """Yield the paths of a list as `find -print0` writes it, numbered as if they were lines."""
    number, rest = 1, b""
    while chunk := file.read1(_LONGEST_PATH):
        *paths, rest = (rest + chunk).split(b"\0")
        for path in filter(None, paths):
            yield number, path
            number += 1
        if len(rest) > _LONGEST_PATH:
            yield number, None
            return
    if rest:
        yield number, rest


def _unreadable(name: str, error: Exception, place: str = "") -> InputError:
    shown = f"{place}{printable_name(name)}"
    if isinstance(error, FileNotFoundError):
        if address := not_fetched(name):
            return InputError(f"{place}{address}")
        return InputError(f"{shown}: there is no such file; check the path.")
    if isinstance(error, PermissionError):
        return InputError(f"{shown}: no permission to read it; change its mode.")
    reason = getattr(error, "strerror", None) or str(error)
    return NotAnArticle(f"{shown}: it cannot be read ({reason}); check the path.")
