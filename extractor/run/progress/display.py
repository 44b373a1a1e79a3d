"""Displays a run while it goes: a progress bar, JSON lines for programs, or plain lines.

All of it goes to standard error. On a terminal one line is redrawn; piped, only failures and the
end are written; with `--log-json` every line is one JSON object and there is nothing else. Names
and reasons come from articles and endpoints: none can send escapes to a terminal or break a line
of JSON. rich takes 0.1 s to import, and is imported only where a bar is drawn.
"""

import json
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Any, Protocol, Self

from extractor.record import Usage
from extractor.run.progress.observer import Outcome, RunObserver, RunStats
from extractor.run.progress.report import PlainLines, duration
from extractor.store.entries import Done, Earlier, Failed, Skipped
from extractor.store.packing import storable
from extractor.text.dates import utc

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.live import Live
    from rich.segment import Segment

_DRAWN_EVERY = 0.2  # seconds
_SAMPLED_EVERY = 0.5  # seconds
_MOST_SAMPLES = 40  # that the rate is taken over: 20 s
_BAR = (10, 40)  # columns, at the least and at the most


class ProgressDisplay(RunObserver, Protocol):
    """An observer that is opened and closed, and displays the end. Use as a context."""

    def error(self, message: str) -> None:
        """Display what went wrong."""
        ...

    def run_ended(self, outcome: Outcome, summary: list[str]) -> None:
        """Display how the run ended; `summary` says it in words."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...


def has_terminal() -> bool:
    """Return whether standard error is a terminal on which a line can be redrawn."""
    return sys.stderr.isatty() and os.environ.get("TERM", "") not in ("dumb", "unknown")


def display_for(
    error: Callable[[str], None],
    note: Callable[[str], None],
    *,
    log_json: bool = False,
    quiet: bool = False,
    asks_model: bool = False,
    limit: int | None = None,
    count: Callable[[], int | None] | None = None,
) -> ProgressDisplay:
    """Return the display of a run: JSON lines, plain lines, or a progress line on a terminal.

    `count` returns how many sources there are, None when that is not known. It is called in a
    thread of its own, and only where a bar is drawn.
    """
    if log_json:
        return JsonLines(quiet=quiet)
    if quiet or not has_terminal():
        return PlainLines(error, note)
    return ProgressLine(error, note, asks_model=asks_model, limit=limit, count=count)


# --- for programs --------------------------------------------------------------------------------


def json_line(event: str, **known: object) -> str:
    """Return one line of a log: a JSON object in ASCII, without escapes for a terminal."""
    at = utc(time.time(), "milliseconds")
    return json.dumps({"event": event, "at": at, **known}) + "\n"


class JsonLines:
    """Writes one JSON object a line: the run's begin, every article, notes, errors, the end."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._run_id = 0

    def run_began(self, run_id: int) -> None:
        """Write the run's begin."""
        self._run_id = run_id
        self._write("run_began", run=run_id)

    def article_ended(self, entry: Done | Failed | Skipped) -> None:
        """Write an article's end: its status, why, how long it took and what it cost."""
        if isinstance(entry, Done):
            usage: Usage | None = entry.packed.usage
            self._article(entry.source, "done", None, None, entry.seconds, usage)
        elif isinstance(entry, Failed):
            reason, kind = entry.reason, entry.kind
            self._article(entry.source, "failed", reason, kind, entry.seconds, entry.usage)
        else:
            self._article(entry.source, "skipped", entry.reason, None, 0.0, None)

    def source_skipped(self, source: str, earlier: Earlier) -> None:
        """Write that there was nothing to do for a source."""
        words = "unchanged, done" if earlier.status == "done" else "failed"
        why = f": {earlier.reason}" if earlier.reason else ""
        self._article(source, "skipped", f"{words} in run {earlier.run_id}{why}", None, 0.0, None)

    def progressed(self, stats: RunStats, in_work: int) -> None:
        """Write nothing: every end is a line."""

    def note(self, message: str) -> None:
        """Write what is good to know."""
        if not self._quiet:
            self._write("note", message=storable(message))

    def error(self, message: str) -> None:
        """Write what went wrong."""
        self._write("error", message=storable(message))

    def run_ended(self, outcome: Outcome, summary: list[str]) -> None:  # noqa: ARG002
        """Write how the run ended."""
        stats = outcome.stats
        self._write(
            "run_ended",
            run=outcome.run_id,
            status="stopped" if outcome.stopped else "finished",
            reason=storable(outcome.stopped),
            **stats.counts(),
            left=outcome.left,
            more_left=outcome.more_left,
            seconds=round(outcome.seconds, 3),
            **_spent(stats.usage),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is held."""

    def _article(
        self,
        source: str,
        status: str,
        reason: str | None,
        kind: str | None,
        seconds: float,
        usage: Usage | None,
    ) -> None:
        """Write the end of one article."""
        self._write(
            "article",
            run=self._run_id,
            source=storable(source),
            status=status,
            reason=storable(reason),
            error_kind=kind,
            seconds=round(seconds, 4),
            **_spent(usage or Usage(cost_usd=0.0)),
        )

    def _write(self, event: str, **known: object) -> None:
        with suppress(OSError, ValueError):  # whoever read the log has gone; the run goes on
            sys.stderr.write(json_line(event, **known))
            sys.stderr.flush()


def _spent(usage: Usage) -> dict[str, Any]:
    return {
        "calls": usage.calls,
        "cache_hits": usage.cache_hits,
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "cost_usd": usage.cost_usd if usage.calls else 0.0,
    }


# --- for people ----------------------------------------------------------------------------------


class RateMeter:
    """Measures how fast the counts of articles have grown lately."""

    def __init__(self) -> None:
        self._samples: deque[tuple[float, int, int]] = deque(maxlen=_MOST_SAMPLES)

    def sample(self, now: float, worked: int, ended: int) -> None:
        """Note how many articles were worked on at `now` (seconds), and how many ended at all."""
        if not self._samples or now - self._samples[-1][0] >= _SAMPLED_EVERY:
            self._samples.append((now, worked, ended))

    def per_second(self, now: float, worked: int, ended: int) -> tuple[float, float]:
        """Return both per second, over the latest samples."""
        if not self._samples or now - self._samples[0][0] < _SAMPLED_EVERY:
            return 0.0, 0.0
        at, before, ended_before = self._samples[0]
        return (worked - before) / (now - at), (ended - ended_before) / (now - at)


class ProgressLine(PlainLines):
    """Draws the progress of a run on the last line of a terminal. Implements `ProgressDisplay`."""

    def __init__(
        self,
        error: Callable[[str], None],
        note: Callable[[str], None],
        *,
        asks_model: bool = False,
        limit: int | None = None,
        count: Callable[[], int | None] | None = None,
    ) -> None:
        super().__init__(error, note)
        self._asks_model, self._limit, self._count = asks_model, limit, count
        self._total: int | None = None
        self._stats = RunStats()
        self._rate = RateMeter()
        self._began = self._drawn = monotonic()
        self._live: Live | None = None
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []

    def run_began(self, run_id: int) -> None:  # noqa: ARG002 - of the protocol
        """Draw the line. No thread yet: the run forks its workers first."""
        from rich.console import Console
        from rich.live import Live

        self._began = monotonic()
        console = Console(stderr=True, force_terminal=True, highlight=False)
        self._live = Live(_Rendered(self), console=console, auto_refresh=False, transient=True)
        self._live.start()
        self._draw()

    def progressed(self, stats: RunStats, in_work: int) -> None:
        """Take the counts; draw them when the last drawing is old."""
        self._stats = stats
        if in_work and not self._threads:
            self._start(self._tick, "progress bar")
            if self._count is not None:
                self._start(self._count_sources, "count sources")
        if not self._threads and monotonic() - self._drawn >= _DRAWN_EVERY:
            self._draw()

    def __exit__(self, *_: object) -> None:
        """Take the line away, and leave the terminal as it was."""
        self._over.set()
        for thread in self._threads[:1]:  # nobody waits for the counting
            thread.join()
        if self._live is not None:
            self._live.stop()
            self._live = None

    def parts(self) -> tuple[float | None, list[tuple[str, int]]]:
        """Return the part done, 0 to 1 (None: unknown), and the words with their importance."""
        stats, now = self._stats, monotonic()
        worked = stats.done + stats.failed
        ended = worked + stats.skipped
        self._rate.sample(now, worked, ended)
        rate, ends = self._rate.per_second(now, worked, ended)
        total = self._known_total(ended)
        of = f" of {total:,}" if total is not None else ""
        words = [(f"{ended:,}{of}" if total is not None else f"{stats.done:,} done", 9)]
        if stats.failed:
            words.append((f"{stats.failed:,} failed", 8))
        if stats.skipped:
            words.append((f"{stats.skipped:,} skipped", 4))
        if rate:
            words.append((f"{rate:,.1f}/s" if rate < 100 else f"{rate:,.0f}/s", 6))
        if total is not None and ends and total > ended:
            words.append((f"{duration((total - ended) / ends, rough=True)} left", 7))
        else:
            words.append((duration(now - self._began, rough=True), 3))
        if self._asks_model:
            usage = stats.usage
            cost = "cost unknown" if usage.cost_usd is None else f"${usage.cost_usd:,.4f}"
            words.append((cost, 5))
            words.append((f"{usage.calls:,} calls", 2))
        return (ended / total if total else None), words

    def _known_total(self, ended: int) -> int | None:
        total = self._total
        if self._limit is not None:
            most = self._limit + self._stats.skipped
            total = most if total is None else min(total, most)
        return max(total, ended) if total is not None else None

    def _start(self, target: Callable[[], None], name: str) -> None:
        thread = threading.Thread(target=target, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _tick(self) -> None:
        while not self._over.wait(_DRAWN_EVERY):
            self._draw()

    def _count_sources(self) -> None:
        with suppress(Exception):  # only a number to display: the run itself reports errors
            self._total = self._count() if self._count is not None else None

    def _draw(self) -> None:
        self._drawn = monotonic()
        if self._live is not None:
            with suppress(OSError, ValueError):  # the terminal has gone
                self._live.refresh()


class _Rendered:
    """The bar and its words for rich, as many as the terminal has room for."""

    def __init__(self, bar: ProgressLine) -> None:
        self._bar = bar

    def __rich_console__(
        self, console: "Console", options: "ConsoleOptions"
    ) -> "Iterator[RenderableType | Segment]":
        from rich.progress_bar import ProgressBar
        from rich.text import Text

        part, words = self._bar.parts()
        width = max(options.max_width - 1, 1)
        least = 0 if part is None else _BAR[0] + 2
        while len(words) > 1 and least + len(", ".join(w for w, _ in words)) > width:
            words.remove(min(words, key=lambda word: word[1]))
        line = ", ".join(word for word, _ in words)
        room = min(_BAR[1], width - len(line) - 2)
        if part is not None and room >= _BAR[0]:
            bar = ProgressBar(total=1.0, completed=part, width=room)
            yield from (piece for piece in console.render(bar) if piece.text != "\n")
            yield Text("  ", end="")
        yield Text(line[:width], no_wrap=True, end="")
