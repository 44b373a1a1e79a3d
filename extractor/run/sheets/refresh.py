"""Sheets kept current while a run goes on: written anew when it is quiet, not for each article.

In a process of its own, so that the run is not held up, and no more than a part of the time. While
there is no quiet only the pages and their index are written now and then; the tables, which are
written whole, at the end of a burst.
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
from extractor.run.progress.show import Show
from extractor.run.progress.watcher import Outcome, Tally
from extractor.run.sheets.sheets import Form, write_sheets
from extractor.schema.catalogue import load_schema
from extractor.store.entries import Done, Failed, Known, Skipped
from extractor.store.work_key import Recipe

_QUIET = 1.0  # seconds without an article's end; what has ended is in the store after 0.1
_LONGEST = 30.0  # seconds that pages wait for a quiet that does not come
_SHARE = 4  # times as long as writing took nothing is written afterwards
_LOOK = 0.2  # seconds between two looks while something is new


class Refreshing:
    """Passes on what a run tells, and has its sheets written. Implements `Show`."""

    def __init__(
        self, show: Show, folder: Path, schema: Path, forms: Sequence[Form], recipe: Recipe
    ) -> None:
        self._show = show
        self._arguments = (folder, schema, tuple(forms), recipe)
        self._forms = tuple(forms)
        self._tally = Tally()
        self._news = threading.Event()
        self._over = threading.Event()
        self._last = self._first = 0.0  # when an article ended last, and first since the writing
        self._thread: threading.Thread | None = None

    def began(self, run_id: int) -> None:
        """Pass it on."""
        self._show.began(run_id)

    def ended(self, entry: Done | Failed | Skipped) -> None:
        """Pass it on; there is something to write."""
        self._show.ended(entry)
        self._last = monotonic()
        if not self._news.is_set():
            self._first = self._last
            self._news.set()
        if self._thread is None:  # the processes of the run are started by now: no fork follows
            self._thread = threading.Thread(target=self._go, name="sheets", daemon=True)
            self._thread.start()

    def passed(self, source: str, known: Known) -> None:
        """Pass it on."""
        self._show.passed(source, known)

    def going(self, tally: Tally, under_way: int) -> None:
        """Pass it on."""
        self._tally = tally
        self._show.going(tally, under_way)

    def note(self, message: str) -> None:
        """Pass it on."""
        self._show.note(message)

    def error(self, message: str) -> None:
        """Pass it on."""
        self._show.error(message)

    def finished(self, outcome: Outcome, told: list[str]) -> None:
        """Pass it on."""
        self._show.finished(outcome, told)

    def __enter__(self) -> Self:
        self._show.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        """Write nothing any more; what is being written is broken off, the old sheets stay."""
        self._over.set()
        self._news.set()
        if self._thread is not None:
            self._thread.join()
        self._show.__exit__(*_)

    # --- in a thread ---

    def _go(self) -> None:
        while not self._over.is_set():
            self._news.wait()
            forms = self._wait_for_quiet()
            if forms is None or self._over.is_set():
                continue
            began = monotonic()
            if self._write(forms):
                tally = self._tally
                self._show.note(
                    f"the sheets are written: {tally.done:,} done, {tally.failed:,} failed so far"
                )
            elif not self._over.is_set():
                self._show.error("the sheets could not be written now; they are tried again")
            self._over.wait(_SHARE * (monotonic() - began))

    def _wait_for_quiet(self) -> tuple[Form, ...] | None:
        """Return what to write, once it is time."""
        while not self._over.wait(_LOOK):
            now = monotonic()
            if now - self._last >= _QUIET:
                self._news.clear()
                return self._forms
            if now - self._first >= _LONGEST and "html" in self._forms:
                self._first = now
                return ("html",)
        return None

    def _write(self, forms: tuple[Form, ...]) -> bool:
        folder, schema, _, recipe = self._arguments
        process = _started((folder, schema, forms, recipe))
        while process.is_alive():
            process.join(_LOOK)
            if self._over.is_set():
                process.terminate()  # it leaves nothing half written
                process.join(_LOOK * 10)
                process.kill()
        return process.exitcode == 0


def _started(arguments: tuple[Any, ...]) -> BaseProcess:
    """Start writing. Ctrl-C reaches that process too: it is held off from the first moment."""
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


def _write(folder: Path, schema: Path, forms: tuple[Form, ...], recipe: Recipe) -> None:
    """Write the sheets. The whole life of the process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    with suppress(ExtractError):
        write_sheets(folder, load_schema(schema), forms=forms, recipe=recipe)
        return
    raise SystemExit(1)


def _leave(*_: object) -> NoReturn:
    raise SystemExit(1)
