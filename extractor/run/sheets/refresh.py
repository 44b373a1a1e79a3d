"""Keeps the sheets current while a run with `--watch` goes on.

They are written when no article has ended for a moment, not for each article; by a process of its
own, so that the run is not held up, and during at most a fifth of the time. While articles keep
ending only the pages and their index are written now and then: the tables are written whole.
"""

import multiprocessing
import signal
import threading
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.process import BaseProcess
from pathlib import Path
from time import monotonic
from typing import Any, NoReturn, Self

from extractor.errors import ExtractError
from extractor.run.progress.display import ProgressDisplay
from extractor.run.progress.observer import Outcome, RunStats
from extractor.run.sheets.sheets import Form, write_sheets
from extractor.schema.catalogue import reload
from extractor.schema.loading import SchemaSource
from extractor.store.entries import Done, Earlier, Failed, Skipped
from extractor.store.work_key import Recipe

_QUIET = 1.0  # seconds without an article's end; it is in the store after 0.1
_LONGEST = 30.0  # seconds after which pages are written although articles keep ending
_SHARE = 4  # after writing, times as long as it took to wait before the next
_POLL = 0.2  # seconds between two looks while there is something to write


class SheetRefresher:
    """Passes on what a run reports, and has its sheets written. Implements `ProgressDisplay`."""

    def __init__(
        self,
        display: ProgressDisplay,
        folder: Path,
        schema: SchemaSource,
        forms: Sequence[Form],
        recipe: Recipe,
    ) -> None:
        self._display = display
        self._arguments = (folder, schema, tuple(forms), recipe)
        self._forms = tuple(forms)
        self._stats = RunStats()
        self._changed = threading.Event()
        self._stopping = threading.Event()
        self._last = self._first = (
            0.0  # when an article ended: last, and first since the last writing
        )
        self._thread: threading.Thread | None = None

    def run_began(self, run_id: int) -> None:
        """Pass it on."""
        self._display.run_began(run_id)

    def article_ended(self, entry: Done | Failed | Skipped) -> None:
        """Pass it on; there is something to write."""
        self._display.article_ended(entry)
        self._last = monotonic()
        if not self._changed.is_set():
            self._first = self._last
            self._changed.set()
        if self._thread is None:  # the processes of the run are started by now: no fork follows
            self._thread = threading.Thread(
                target=self._write_when_quiet, name="sheets", daemon=True
            )
            self._thread.start()

    def source_skipped(self, source: str, earlier: Earlier) -> None:
        """Pass it on."""
        self._display.source_skipped(source, earlier)

    def progressed(self, stats: RunStats, in_work: int) -> None:
        """Pass it on."""
        self._stats = stats
        self._display.progressed(stats, in_work)

    def note(self, message: str) -> None:
        """Pass it on."""
        self._display.note(message)

    def error(self, message: str) -> None:
        """Pass it on."""
        self._display.error(message)

    def run_ended(self, outcome: Outcome, summary: list[str]) -> None:
        """Pass it on."""
        self._display.run_ended(outcome, summary)

    def __enter__(self) -> Self:
        self._display.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop. Sheets that are being written are given up; those that are there stay."""
        self._stopping.set()
        self._changed.set()
        if self._thread is not None:
            self._thread.join()
        self._display.__exit__(*_)

    # --- in a thread ---

    def _write_when_quiet(self) -> None:
        """Write sheets until the run ends. The life of the thread."""
        while not self._stopping.is_set():
            self._changed.wait()
            forms = self._wait_for_quiet()
            if forms is None or self._stopping.is_set():
                continue
            began = monotonic()
            if self._write(forms):
                stats = self._stats
                self._display.note(
                    f"the sheets are written: {stats.done:,} done, {stats.failed:,} failed so far"
                )
            elif not self._stopping.is_set():
                self._display.error("the sheets could not be written now; they are tried again")
            self._stopping.wait(_SHARE * (monotonic() - began))

    def _wait_for_quiet(self) -> tuple[Form, ...] | None:
        """Wait until it is time to write; return the forms to write, None when there are none."""
        while not self._stopping.wait(_POLL):
            now = monotonic()
            if now - self._last >= _QUIET:
                self._changed.clear()
                return self._forms
            if now - self._first >= _LONGEST and "html" in self._forms:
                self._first = now
                return ("html",)
        return None

    def _write(self, forms: tuple[Form, ...]) -> bool:
        """Have a process write the sheets; return whether it has."""
        folder, schema, _, recipe = self._arguments
        process = _start((folder, schema, forms, recipe))
        while process.is_alive():
            process.join(_POLL)
            if self._stopping.is_set():
                process.terminate()  # it leaves nothing half written
                process.join(_POLL * 10)
                process.kill()
        return process.exitcode == 0


def _start(arguments: tuple[Any, ...]) -> BaseProcess:
    """Start the writing process, with SIGINT blocked: Ctrl-C reaches that process too."""
    process = multiprocessing.get_context("spawn").Process(target=_write, args=arguments)
    held = hasattr(signal, "pthread_sigmask")
    if held:
        before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        process.start()
    finally:
        if held:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return process


def _write(folder: Path, schema: SchemaSource, forms: tuple[Form, ...], recipe: Recipe) -> None:
    """Write the sheets. The whole life of the process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    with suppress(ExtractError):
        write_sheets(folder, reload(schema), forms=forms, recipe=recipe)
        return
    raise SystemExit(1)


def _leave(*_: object) -> NoReturn:
    raise SystemExit(1)
