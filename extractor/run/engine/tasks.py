"""The book of a run: which sources are in work, under which text, and how each has ended.

One text is worked on once: another source of it waits for the first and ends as that does. What
has ended but is not yet written is remembered, since the store does not know it yet.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from extractor.answer.endpoint.gates import Call
from extractor.read.source import Source
from extractor.record import Usage
from extractor.run.progress.watcher import Tally, Watcher
from extractor.run.workers.pool import Hand
from extractor.store.entries import CallFor, Done, Entry, Failed, Known, Skipped
from extractor.store.packing import Packed
from extractor.store.resume import Sieve


@dataclass(slots=True)
class Task:
    """A source that is being worked on."""

    number: int  # and position in the coverage
    source: Source
    hand: Hand | None = None
    article_sha256: str | None = None
    key: str | None = None
    asked: bool = False  # a request was let through: it has cost something
    paid: Usage = field(default_factory=lambda: Usage(cost_usd=0.0))  # by its requests till now
    deaths: int = 0  # processes that died while they had it
    followers: "list[Task]" = field(default_factory=list)  # other sources of the same text


class Book:
    """What is in work, and how it ends. Lives in the run's event loop."""

    def __init__(
        self,
        sieve: Sieve,
        watcher: Watcher,
        *,
        put: Callable[[Entry], None],
        changed: Callable[[], None],
    ) -> None:
        """Have every end `put` into the store; call `changed` when there is room for more work."""
        self.tally = Tally()
        self.tasks: dict[int, Task] = {}
        self.abandoned = 0  # sources that were taken up and left as they were
        self.aside: list[tuple[int, Source]] = []  # those that wait for answers in a batch
        self._sieve = sieve
        self._watcher = watcher
        self._put, self._changed = put, changed
        self._by_key: dict[str, Task] = {}
        self._closing: dict[str, Done | Failed] = {}  # ended, and about to be written
        self._failed: set[str] = set()  # sources whose last end in this run that was

    # --- taking up ---

    def is_work(self, source: Source) -> bool:
        """Tell whether there is anything to do for a source."""
        return self._sieve.of_source(source)[0] == "work"

    def needs_work(self, source: Source) -> bool:
        """Tell whether a source is to be worked on; count it as skipped when not."""
        fate, known = self._sieve.of_source(source)
        if fate == "work" or known is None:
            return True
        if fate == "done":
            self.tally.unchanged += 1
        else:
            self.tally.failed_before += 1
        self._watcher.passed(source.name, known)
        self._watcher.going(self.tally, len(self.tasks))
        return False

    def give(self, task: Task, hand: Hand) -> None:
        """Note that a process has a task."""
        self.tasks[task.number] = task
        task.hand = hand
        hand.jobs.add(task.number)
        self._watcher.going(self.tally, len(self.tasks))

    def goes_on(self, task: Task, article_sha256: str) -> bool:
        """Tell whether a task goes on, its text being known now; end it when not."""
        task.article_sha256 = article_sha256
        key = task.key = self._sieve.recipe.key(article_sha256)
        fate, known = self._sieve.of_key(key)
        if (other := self._by_key.get(key)) is not None:
            self._strike(task)
            other.followers.append(task)
        elif (ended := self._closing.get(key)) is not None:
            self._strike(task)
            self._end_as(task, ended)
        elif fate != "work" and known is not None:
            self._strike(task)
            self._end_as_before(task, known)
        else:
            self._by_key[key] = task
            return True
        return False

    # --- requests ---

    def granted(self, number: int) -> None:
        """Note that a request for a task was let through."""
        if (task := self.tasks.get(number)) is not None:
            task.asked = True

    def called(self, number: int, call: Call) -> None:
        """Note a request that is over, of a task or of one that has ended meanwhile."""
        task = self.tasks.get(number)
        self._put(CallFor((task.key if task else None) or "", call))
        if task is not None:
            cost = call.cost_usd if call.outcome == "answered" else 0.0
            task.paid.add(Usage(1, 0, 0, 0, call.input_tokens, call.output_tokens, cost))

    # --- ends ---

    def finish(self, task: Task, packed: Packed, seconds: float) -> None:
        """End a task that is done."""
        self.tally.spend(packed.usage)
        source, key = task.source, task.key or ""
        self._close(task, Done(task.number, source.name, source.stamp, key, packed, seconds))

    def fail(self, task: Task, kind: str, reason: str, usage: Usage | None, seconds: float) -> None:
        """End a task that is not to be had."""
        self.tally.spend(usage)
        failed = Failed(
            task.number,
            task.source.name,
            task.source.stamp,
            reason,
            kind,
            seconds,
            task.key,
            task.article_sha256,
            usage,
        )
        self._close(task, failed)

    def abandon(self, task: Task) -> None:
        """Leave a task, and those that wait for it, for another run."""
        self._leave_paid(task)
        self._strike(task)
        self.abandoned += 1 + len(task.followers)

    def put_aside(self, task: Task) -> None:
        """Leave a task, and those that wait for it, until its questions are answered."""
        self._strike(task)
        self.aside += [(one.number, one.source) for one in (task, *task.followers)]

    def take_aside(self) -> list[tuple[int, Source]]:
        """Return what was put aside, in the order of the coverage, to take it up again."""
        aside, self.aside = sorted(self.aside, key=lambda pair: pair[0]), []
        return aside

    def bereave(self, task: Task) -> None:
        """Take a task from a process that has died; it stays in work."""
        self._leave_paid(task)
        self._release(task)
        self._forget_key(task)
        task.deaths += 1

    def close(self) -> None:
        """Count what was paid for articles that are still under way."""
        for task in self.tasks.values():
            self._leave_paid(task)

    def _leave_paid(self, task: Task) -> None:
        """Count what was paid for a task beside what it will report itself."""
        self.tally.spend(task.paid)
        task.paid = Usage(cost_usd=0.0)

    def written(self, batch: Sequence[Entry]) -> None:
        """Take notice of what the store knows now."""
        for entry in batch:
            if isinstance(entry, Done | Failed) and entry.key is not None:
                self._closing.pop(entry.key, None)

    def unfinished(self) -> int:
        """Return how many sources were taken up and have not ended."""
        waiting = self.abandoned + len(self.aside)
        return waiting + sum(1 + len(task.followers) for task in self.tasks.values())

    def _close(self, task: Task, entry: Done | Failed) -> None:
        """End a task, and those that waited for it."""
        self._strike(task)
        if entry.key is not None:
            self._closing[entry.key] = entry
        self._end(entry)
        for follower in task.followers:
            self._end_as(follower, entry)

    def _end_as(self, task: Task, ended: Done | Failed) -> None:
        """End a task as another source of the same text has ended."""
        source, stamp, digest = task.source.name, task.source.stamp, task.article_sha256 or ""
        if isinstance(ended, Failed):
            same = Failed(task.number, source, stamp, ended.reason, ended.kind, 0.0, None, digest)
            self._end(same)
            return
        self.tally.same += 1
        reason = f"the same text as {ended.source}"
        self._end(Skipped(task.number, source, stamp, digest, reason))

    def _end_as_before(self, task: Task, known: Known) -> None:
        """End a task whose text the store knows, though not from this source as it is now."""
        if known.status == "failed":
            self.tally.failed_before += 1
            reason = f"failed in run {known.run_id}: {known.reason}"
        else:
            self.tally.same += 1
            reason = f"the same text was done in run {known.run_id}"
        digest = task.article_sha256 or ""
        self._end(Skipped(task.number, task.source.name, task.source.stamp, digest, reason))

    def _end(self, entry: Done | Failed | Skipped) -> None:
        """Count an end, and have it written."""
        if isinstance(entry, Done):
            self.tally.done += 1
        if isinstance(entry, Failed):
            self._failed.add(entry.source)
        else:  # of a file that changes while it is watched the last end counts
            self._failed.discard(entry.source)
        self.tally.failed = len(self._failed)
        self._put(entry)
        self._watcher.ended(entry)
        self._watcher.going(self.tally, len(self.tasks))

    def _strike(self, task: Task) -> None:
        """Strike a task off what is in work."""
        self._release(task)
        self.tasks.pop(task.number, None)
        self._forget_key(task)

    def _release(self, task: Task) -> None:
        if task.hand is not None:
            task.hand.jobs.discard(task.number)
            task.hand.alone = False
        self._changed()

    def _forget_key(self, task: Task) -> None:
        if task.key is not None and self._by_key.get(task.key) is task:
            del self._by_key[task.key]
