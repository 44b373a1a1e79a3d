"""The sources of a run with `--watch`: the files that are there, then those that arrive.

Each file is taken once, when it is complete: when it was renamed into its place (its status changed
after its content did), or else when size and time have not changed for a moment. Hidden names and
endings that are not read (`.part`, `.tmp`) are never taken. A file that changes is taken again; of
a `.jsonl` file that grows, only the new lines. A folder that is removed is waited for. Changes are
reported by the system (inotify and the like, by watchfiles), not found by reading folders.
"""

import glob
import json
import os
import threading
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from time import time
from typing import BinaryIO, Protocol

from extractor.errors import UsageError
from extractor.frozen import frozen
from extractor.read import MAX_BYTES
from extractor.read.files import LINES, is_read_by_a_run, printable_name
from extractor.run.inputs.jsonl import LineRange, sources_in_lines
from extractor.run.inputs.sources import Fields, Source, SourceFinder, stamp_of

_QUIET = 0.5  # seconds without a change after which a file is complete
_EMPTY = 5.0  # seconds to wait for the first byte of an empty file
_TICK = 0.25  # seconds between two looks at files that are not complete yet, and at the folders
_STEP = 50  # milliseconds for which the system's reports are gathered
_FLOOD = 5000  # changes in one report: the system may have lost some
_TAIL = 1 << 16  # bytes that the end of a line is looked for in at once
_HEAD = 256  # bytes by which a file of lines is recognised
_GROWING = tuple(ending for ending in LINES if not ending.endswith(".gz"))


class WatchedSources:
    """The sources of a run that goes on until `end` is called."""

    def __init__(
        self,
        names: Sequence[str],
        *,
        files_from: str | None = None,
        output: Path | None = None,
        fields: Fields | None = None,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Take what `sources_in` takes. Raises UsageError when there is nothing to watch."""
        if "-" in names or files_from == "-":
            raise UsageError("--watch takes files as they arrive; standard input ends: drop the -")
        if not names:
            raise UsageError("--watch needs a folder, a pattern or files to watch; name them")
        self._names, self._files_from, self._tell = names, files_from, tell
        self._places = [_WatchedPlace(Path(name)) for name in dict.fromkeys(names)]
        self._stopping = threading.Event()
        self._finder = _ArrivalFinder(output, fields or Fields(), tell)
        self.idle = False  # everything that is there has been yielded

    def end(self) -> None:
        """Have the sources end soon."""
        self._stopping.set()

    def sources(self) -> Iterator[Source]:
        """Yield what is there, then what arrives, until the end is called for."""
        reports = self._reports()
        try:
            changed = next(reports)  # from now on no change is missed
            yield from self._finder.find(self._names, self._files_from)
            if not self._stopping.is_set():
                shown = ", ".join(printable_name(name) for name in self._names)
                self._tell(f"watching {shown} for new files; Ctrl-C ends it")
            while not self._stopping.is_set():
                yield from self._arrived(changed)
                yield from self._finder.find_completed(time())
                self.idle = True
                changed = next(reports)
                self.idle = False
        finally:
            reports.close()

    # --- the system's reports of changes ---

    def _reports(self) -> Generator[set[str], None, None]:
        """Yield the paths that have changed, often none; ends only after `end`."""
        from watchfiles import Change, watch

        bases = {str(place.base) for place in self._places}
        missed: set[str] = set()  # what may have changed while nothing was watched
        while not self._stopping.is_set():
            here = [str(place.base) for place in self._places if place.look()]
            if not here:
                missed = bases
                yield from self._no_change()
                continue
            with suppress(OSError, RuntimeError):  # a folder gone, or a name that is no Unicode
                for changes in watch(
                    *here,
                    watch_filter=None,
                    debounce=400,
                    step=_STEP,
                    rust_timeout=int(_TICK * 1000),
                    yield_on_timeout=True,
                    stop_event=self._stopping,
                    raise_interrupt=False,
                    ignore_permission_denied=True,
                ):
                    yield {path for _, path in changes} | missed
                    missed = set()
                    gone = any(path in bases for what, path in changes if what == Change.deleted)
                    if gone or any(place.has_changed() for place in self._places):
                        break
            missed = bases
            yield from self._no_change()
        yield set()

    def _no_change(self) -> Iterator[set[str]]:
        self._stopping.wait(_TICK)
        yield set()

    # --- from paths to sources ---

    def _arrived(self, changed: set[str]) -> Iterator[Source]:
        """Yield what is complete of the changed paths; remember what may become so."""
        if len(changed) > _FLOOD:
            changed = {str(place.base) for place in self._places}
        for path in sorted(changed):
            for place in self._places:
                named = place.named(path)
                if named is not None and (meant := place.meant(named)):
                    for one in meant:
                        yield from self._finder.find_changed(one)
                    break


class _WatchedPlace:
    """A folder, a file or a pattern that was named, and the folder to watch for its sake."""

    def __init__(self, given: Path) -> None:
        self.given = given
        self._magic = glob.has_magic(str(given)) and not given.exists()
        base = given
        while self._magic and glob.has_magic(str(base)):
            base = base.parent
        self.base = Path(os.path.abspath(base))  # noqa: PTH100 - links stay as they are named
        self._shown = base
        self._identity: tuple[int, int] | None = None

    def look(self) -> bool:
        """Remember what is there now; return whether there is anything."""
        self._identity = self._now()
        return self._identity is not None

    def has_changed(self) -> bool:
        """Return whether there is something else than at the last look."""
        return self._now() != self._identity

    def named(self, path: str) -> Path | None:
        """Return a path as a source is named; None when it lies elsewhere or is hidden."""
        try:
            inside = Path(path).relative_to(self.base)
        except ValueError:
            return None
        if any(part.startswith(".") for part in inside.parts):
            return None
        return self._shown / inside

    def meant(self, named: Path) -> list[Path]:
        """Return the files that a changed path stands for: itself, or what matches the pattern."""
        if not self._magic:
            return [named]
        matching = map(Path, glob.iglob(str(self.given), recursive=True))  # noqa: PTH207
        if named.is_dir():
            return [path for path in matching if path.is_relative_to(named) and path.is_file()]
        return [named] if named in matching else []

    def _now(self) -> tuple[int, int] | None:
        try:
            status = self.base.stat()
        except (OSError, ValueError):
            return None
        return status.st_dev, status.st_ino


@frozen
class _Incomplete:
    """A file that is not complete yet, as it was at the last look."""

    stamp: str
    since: float


@frozen
class _Progress:
    """How far a file of lines was read."""

    inode: int
    end: int
    lines: int
    head: bytes  # how it begins: another beginning is another file


class _ArrivalFinder(SourceFinder):
    """A coverage that can be gone over again: it yields what it has not yielded as it is now."""

    def __init__(self, output: Path | None, fields: Fields, tell: Callable[[str], None]) -> None:
        super().__init__(output, fields, tell)
        self._taken: set[int] = set()  # paths with their stamps, as hashes (memory)
        self._pending: dict[Path, _Incomplete] = {}
        self._lines: dict[Path, _Progress] = {}

    def find_changed(self, path: Path) -> Iterator[Source]:
        """Yield the complete files at a path that has changed."""
        try:
            status = path.stat()
            if self._output is not None and _is_within(path, self._output):
                return
            if path.is_dir():
                self._files.clear()  # removed and made again, files have old numbers
                yield from self._walk(path, Counter(), set())
            elif is_read_by_a_run(path.name):
                yield from self._file(path, status)
        except (OSError, ValueError):
            self._pending.pop(path, None)  # it has gone again

    def find_completed(self, now: float) -> Iterator[Source]:
        """Yield the files that have become complete by `now` (seconds since 1970)."""
        for path in tuple(self._pending):
            try:
                status = path.stat()
            except OSError:
                del self._pending[path]
            else:
                yield from self._file(path, status, now)

    def _named(self, name: str, literally: bool = False, place: str = "") -> Iterator[Source]:
        """Yield what a name stands for; what is not there is waited for."""
        if not literally and not os.path.lexists(name) and not glob.has_magic(name):
            self._tell(f"{printable_name(name)} is not there yet")
            return
        yield from super()._named(name, literally, place)

    def _matching(self, pattern: str) -> Iterator[Source]:
        """Yield what a pattern stands for: there may be none yet."""
        if any(glob.iglob(pattern, recursive=True)):  # noqa: PTH207
            yield from super()._matching(pattern)

    def _folder(self, folder: Path) -> Iterator[Source]:
        """Yield every article in a folder: there may be none yet."""
        return self._walk(folder, Counter(), set())

    def _file(
        self, path: Path, status: os.stat_result, now: float | None = None
    ) -> Iterator[Source]:
        """Yield what a file holds when it is complete, and was not yielded as it is."""
        stamp = stamp_of(status)
        key = hash((str(path), stamp))
        if key in self._taken:
            self._pending.pop(path, None)
            return
        before = self._pending.get(path)
        complete = self._is_complete(path, status, stamp, time() if now is None else now)
        if complete:
            self._pending.pop(path, None)
            self._taken.add(key)
        if path.name.lower().endswith(_GROWING):
            # Lines are whole by themselves: one that always grows is not waited for
            if complete or before is None or before.stamp != stamp:
                yield from self._new_lines(path, status, complete)
        elif complete:
            yield from super()._file(path, status)

    def _is_complete(self, path: Path, status: os.stat_result, stamp: str, now: float) -> bool:
        """Return whether a file is written completely; remember it when that is not sure."""
        quiet = _QUIET if status.st_size else _EMPTY
        if status.st_size and status.st_ctime_ns > status.st_mtime_ns:
            return True  # renamed, or given its times, after it was written
        if now - quiet >= status.st_mtime:
            return True
        seen = self._pending.get(path)
        if seen is None or seen.stamp != stamp:
            self._pending[path] = _Incomplete(stamp, now)
            return False
        return now - seen.since >= quiet  # by our own clock, where the file's is another

    def _new_lines(self, path: Path, status: os.stat_result, complete: bool) -> Iterator[Source]:
        """Yield the whole lines of a file that were not yielded before."""
        name, inode, size = printable_name(str(path)), status.st_ino, status.st_size
        try:
            with path.open("rb") as file:
                head = file.read(_HEAD)
                before = self._lines.get(path, _Progress(inode, 0, 0, b""))
                shrunk = before.end > size
                if before.inode != inode or shrunk or not head.startswith(before.head):
                    before = _Progress(inode, 0, 0, head)
                end, fed = _whole_lines(file, before.end, size, complete)
            part = LineRange(before.end, end, before.lines)
            lines = yield from sources_in_lines(path, name, self._fields, self._unique, part)
        except OSError:  # it has gone, or may not be read: the next change tells
            return
        unfed = not fed and end > before.end  # what follows is still of that line
        self._lines[path] = _Progress(inode, end, lines - unfed, head[:end])


def _whole_lines(file: BinaryIO, start: int, size: int, complete: bool) -> tuple[int, bool]:
    """Return where the last whole line of a file ends, and whether by a line feed.

    A last line without one is whole when the file is `complete` and it is JSON.
    """
    at, tail = size, b""
    while at > start and b"\n" not in tail and len(tail) <= MAX_BYTES:
        before = max(start, at - _TAIL)
        file.seek(before)
        tail = file.read(at - before) + tail
        at = before
    lines, feed, last = tail.rpartition(b"\n")
    if complete and last.strip():
        with suppress(ValueError):
            json.loads(last)
            return size, False
    return (at + len(lines) + 1, True) if feed else (start, True)


def _is_within(path: Path, folder: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())


class EndlessSources(Protocol):
    """Sources that do not end by themselves."""

    @property
    def idle(self) -> bool:
        """Whether everything that is there has been yielded."""
        ...

    def end(self) -> None:
        """Have them end soon."""
        ...
