"""Words a run for people: plain lines while it goes, a summary at its end, and past runs."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Self

from extractor.answer.endpoint.prices import dollars
from extractor.record import Usage
from extractor.run.progress.observer import Outcome, RunStats
from extractor.store.entries import Done, Earlier, Failed, FailureGroup, Skipped
from extractor.store.store import Store
from extractor.text.dates import here

_MOST_SHOWN = 20  # failures shown as they happen; all of them are in the store


class PlainLines:
    """Writes a line for each failure as it happens, and the end. Implements `ProgressDisplay`."""

    def __init__(self, error: Callable[[str], None], note: Callable[[str], None]) -> None:
        self._error, self._note = error, note
        self._failures = 0

    def run_began(self, run_id: int) -> None:
        """Write nothing: a run that goes well is reported at its end."""

    def article_ended(self, entry: Done | Failed | Skipped) -> None:
        """Write a failure, the first ones."""
        if not isinstance(entry, Failed):
            return
        self._failures += 1
        if self._failures <= _MOST_SHOWN:
            named = entry.source == "-" or entry.source in entry.reason
            self._error(entry.reason if named else f"{entry.source}: {entry.reason}")
        elif self._failures == _MOST_SHOWN + 1:
            self._error("further failures are not told here; see `extract runs show`")

    def source_skipped(self, source: str, earlier: Earlier) -> None:
        """Write nothing: they are counted."""

    def progressed(self, stats: RunStats, in_work: int) -> None:
        """Write nothing: lines do not move."""

    def note(self, message: str) -> None:
        """Write what is good to know."""
        self._note(message)

    def error(self, message: str) -> None:
        """Write what went wrong."""
        self._error(message)

    def run_ended(self, outcome: Outcome, summary: list[str]) -> None:
        """Write the summary, and as an error why the run did not take every source through."""
        for line in summary:
            self._note(line)
        if left := left_line(outcome):
            (self._error if outcome.stopped else self._note)(left)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is held."""


def summary_lines(outcome: Outcome, store: Store) -> list[str]:
    """Return how a run ended, in words: the numbers, then what failed, by kind of error."""
    lines = [summary_line(outcome)]
    kinds = store.failure_groups(outcome.run_id)
    if kinds:
        lines.append(f"failed: {_by_reason(kinds)}")
        lines.append(
            f"`extract runs show {outcome.run_id} -o {store.folder}` names each with its reason"
        )
        lines += _remedies(kinds)
    return lines


def _by_reason(kinds: Sequence[FailureGroup]) -> str:
    return "; ".join(
        f"{group.count:,} {_KINDS.get(group.kind, group.kind)}"
        f" ({'' if group.count == 1 else 'such as '}{group.source})"
        for group in kinds
    )


def _remedies(kinds: Sequence[FailureGroup]) -> Iterator[str]:
    """Yield what to do about failures. What could not be read is tried again by itself."""
    if any(group.read for group in kinds):
        yield "--retry-failed with the same command tries again what failed after it was read"
    if any(group.read < group.count for group in kinds):
        yield "what could not be read is tried whenever the command is given: mend it or remove it"


_KINDS = {
    "EmptyArticle": "without text",
    "NotAnArticle": "no article",
    "ArticleTooLarge": "too large",
    "InputError": "not to be read",
    "EndpointUnreachable": "with the endpoint out of reach",
    "EndpointRefused": "refused by the endpoint",
    "EndpointFailing": "with the endpoint failing",
    "AnswerCut": "with the answer cut at the token limit",
    "AnswerInvalid": "without a valid answer",
    "ProcessDied": "whose process died",
}


def summary_line(outcome: Outcome) -> str:
    """Return one line on how a run ended."""
    stats = outcome.stats
    parts = [f"{stats.done:,} done"]
    for count, words in (
        (stats.failed, "failed"),
        (stats.unchanged, "unchanged"),
        (stats.same, "with the text of another"),
        (stats.failed_before, "failed before (--retry-failed tries again)"),
    ):
        if count:
            parts.append(f"{count:,} {words}")
    rate = f", {stats.done / outcome.seconds:,.1f} a second" if stats.done > 1 else ""
    line = f"run {outcome.run_id}: {', '.join(parts)}, in {duration(outcome.seconds)}{rate}"
    if spent := _spent(stats.usage):
        line += f"; {spent}{_each(stats.usage.cost_usd, stats.done)}"
    return line


def left_line(outcome: Outcome) -> str | None:
    """Return the line on what a run left to do, None when it took every source through."""
    if outcome.stopped is None and not outcome.left:
        return None
    count = f"{'more than ' if outcome.more_left else ''}{outcome.left:,} left"
    why = f"stopped ({outcome.stopped}): " if outcome.stopped else ""
    return f"{why}{count}; the same command goes on from here"


def list_lines(store: Store, width: int = 100) -> Iterator[str]:
    """Yield a line for each run: in columns, or in words below 90 characters of width."""
    if width < 90:
        yield from _list_narrow(store)
        return
    yield "run  began             status    done  failed  skipped  calls  cost       what"
    for row in store.runs():
        counts = json.loads(row["counts"])
        done, failed, skipped = (counts.get(k, 0) for k in ("done", "failed", "skipped"))
        cost = "unknown" if row["cost_usd"] is None else f"${row['cost_usd']:.4f}"
        what = f"{row['schema']}, {row['model'] or 'rules'}"
        yield (
            f"{row['id']:>3}  {here(row['started_at'])}  {row['status']:<8}{done:>6,}{failed:>8,}"
            f"{skipped:>9,}{row['calls']:>7,}  {cost:<9}  {what}"
        )


def _list_narrow(store: Store) -> Iterator[str]:
    for row in store.runs():
        spent = f"; {_spent_row(row)}" if row["calls"] or row["cache_hits"] else ""
        ends = _ends(json.loads(row["counts"]))
        yield (
            f"{row['id']:<10}{here(row['started_at'])}, {row['schema']},"
            f" {row['model'] or 'rules'}, {row['status']}: {ends}{spent}"
        )


def _ends(counts: dict[str, int]) -> str:
    """Return how many articles ended how; the skipped ones by their reasons."""
    known = {name: count for name, count in counts.items() if count and name != "skipped"}
    return ", ".join(
        f"{count:,} {name.replace('_', ' ')}" for name, count in ({"done": 0} | known).items()
    )


def show_lines(store: Store, number: int) -> Iterator[str]:
    """Yield the details of one run: how it ended, what it cost, what failed and why."""
    row = store.run(number)
    counts = json.loads(row["counts"])
    model = f"{row['model']}, plan {row['plan']}" if row["model"] else "rules"
    lasted = row["ended_at"] - row["started_at"] if row["ended_at"] else None
    yield f"run       {number}, {row['status']}" + (f": {row['reason']}" if row["reason"] else "")
    yield f"began     {here(row['started_at'])}" + (
        f", took {duration(lasted)}" if lasted is not None else ""
    )
    yield f"command   extract {' '.join(json.loads(row['command']))}"
    yield f"schema    {row['schema']}, answered by {model}, {row['engine']}"
    yield f"articles  {_ends(counts)}"
    if row["calls"] or row["cache_hits"]:
        each = _each(row["cost_usd"], counts.get("done", 0))
        yield f"spent     {_spent_row(row)}{each}"
    for number_of, item in enumerate(store.most_expensive(number)):
        name = "dearest" if not number_of else ""
        yield f"{name:<10}{dollars(item['cost_usd'])}, {item['calls']:,} calls: {item['source']}"
    failed = store.items(number, "failed")
    if failed:
        kinds = store.failure_groups(number)
        yield ""
        yield f"failed    {_by_reason(kinds)}"
        for remedy in _remedies(kinds):
            yield f"          {remedy}"
    for item in failed:
        yield f"  {item['source']}"
        reason = (item["reason"] or "").removeprefix(f"{item['source']}: ")
        yield f"    {item['error_kind']}: {reason}"


def _spent(usage: Usage) -> str:
    if not usage.calls and not usage.cache_hits:
        return ""
    cost = "cost unknown" if usage.cost_usd is None else f"${usage.cost_usd:.4f}"
    cached = f", {usage.cache_hits:,} answers from the cache" if usage.cache_hits else ""
    tokens = f"{usage.input_tokens:,} tokens in, {usage.output_tokens:,} out"
    return f"{usage.calls:,} calls{cached}, {tokens}, {cost}"


def _each(cost: float | None, articles: int) -> str:
    return f", {dollars(cost / articles)} an article" if cost and articles > 1 else ""


def _spent_row(row: sqlite3.Row) -> str:
    known: dict[str, Any] = {
        key: row[key]
        for key in ("calls", "cache_hits", "input_tokens", "output_tokens", "cost_usd")
    }
    return _spent(Usage(**known))


def duration(seconds: float, *, rough: bool = False) -> str:
    """Return seconds in words; `rough`: without the digits that change all the time."""
    if rough and seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 120:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s"
