"""The tasks of a run: which sources are in work, under which text, and how each has ended.

One text is worked on once: another source of it waits for the first and ends as that does. What
has ended but is not written yet is remembered, since the store does not know it yet.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from extractor.answer.endpoint.gates import Call
from extractor.read.source import Source
from extractor.record import Usage
from extractor.run.progress.observer import RunObserver, RunStats
from extractor.run.workers.messages import FirstTry
from extractor.run.workers.pool import Worker
from extractor.store.entries import CallFor, Done, Earlier, Entry, Failed, Skipped
from extractor.store.packing import Packed
from extractor.store.resume import ResumeFilter


@dataclass(slots=True)
class Task:
    """A source that is being worked on."""

    number: int  # the position among the inputs
    source: Source
    worker: Worker | None = None
    article_sha256: str | None = None
    key: str | None = None  # of the work on this text: see store/work_key.py
    asked: bool = False  # a request was let through: it has cost something
    paid: Usage = field(default_factory=lambda: Usage(cost_usd=0.0))  # by its requests so far
    tries: int = 0  # how often it was given to a worker
    first_try: FirstTry | None = None  # how long it may take now, if this is its first try
    deaths: int = 0  # workers that died of it, or perhaps of it
    followers: "list[Task]" = field(default_factory=list)  # other sources of the same text


class TaskTracker:
    """Keeps the tasks in work and records how each ends. Lives in the run's event loop."""

    def __init__(
        self,
        resume: ResumeFilter,
        observer: RunObserver,
        *,
        write: Callable[[Entry], None],
        on_room: Callable[[], None],
    ) -> None:
        """Have the store `write` every end; call `on_room` when there is room for more work."""
        self.stats = RunStats()
        self.active: dict[int, Task] = {}  # by number
        self.abandoned = 0  # sources that were started and left to another run
        self.deferred: list[tuple[int, Source]] = []  # those that wait for answers in a batch
        self._resume = resume
        self._observer = observer
        self._write, self._on_room = write, on_room
        self._by_key: dict[str, Task] = {}
        self._unwritten: dict[str, Done | Failed] = {}  # by key: ended, and not in the store yet
        self._failed: set[str] = set()  # names of sources whose last end in this run was a failure

    # --- starting ---

    def needs_work(self, source: Source) -> bool:
        """Return whether there is anything to do for a source."""
        return self._resume.check_source(source)[0] == "work"

    def accept(self, source: Source) -> bool:
        """Return whether to work on a source; count it as skipped when not."""
        status, earlier = self._resume.check_source(source)
        if status == "work" or earlier is None:
            return True
        if status == "done":
            self.stats.unchanged += 1
        else:
            self.stats.failed_before += 1
        self._observer.source_skipped(source.name, earlier)
        self._observer.progressed(self.stats, len(self.active))
        return False

    def assign(self, task: Task, worker: Worker) -> None:
        """Note that a worker has a task."""
        self.active[task.number] = task
        task.worker = worker
        worker.jobs.add(task.number)
        self._observer.progressed(self.stats, len(self.active))

    def identify(self, task: Task, article_sha256: str) -> bool:
        """Note which text a task is about; return whether to go on with it, end it when not."""
        task.article_sha256 = article_sha256
        key = task.key = self._resume.recipe.key(article_sha256)
        status, earlier = self._resume.check_key(key)
        if (first := self._by_key.get(key)) is not None:
            self._remove(task)
            first.followers.append(task)
        elif (ended := self._unwritten.get(key)) is not None:
            self._remove(task)
            self._end_like(task, ended)
        elif status != "work" and earlier is not None:
            self._remove(task)
            self._end_as_earlier(task, earlier)
        else:
            self._by_key[key] = task
            return True
        return False

    # --- requests ---

    def mark_asked(self, number: int) -> None:
        """Note that a request of a task was let through."""
        if (task := self.active.get(number)) is not None:
            task.asked = True

    def record_call(self, number: int, call: Call) -> None:
        """Record a request that is over, of a task or of one that has ended meanwhile."""
        task = self.active.get(number)
        self._write(CallFor((task.key if task else None) or "", call))
        if task is not None:
            cost = call.cost_usd if call.outcome == "answered" else 0.0
            task.paid.add(Usage(1, 0, 0, 0, call.input_tokens, call.output_tokens, cost))

    # --- ends ---

    def finish(self, task: Task, packed: Packed, seconds: float) -> None:
        """End a task that is done."""
        self.stats.add_usage(packed.usage)
        source, key = task.source, task.key or ""
        done = Done(task.number, source.name, source.stamp, key, packed, seconds)
        self._end_with_followers(task, done)

    def fail(self, task: Task, kind: str, reason: str, usage: Usage | None, seconds: float) -> None:
        """End a task that failed; `kind` is the name of the error.

        `usage` None: what is known to be paid for it.
        """
        usage = usage or (task.paid if task.asked else None)
        self.stats.add_usage(usage)
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
        self._end_with_followers(task, failed)

    def abandon(self, task: Task) -> None:
        """Leave a task, and those that follow it, to another run."""
        self._count_paid(task)
        self._remove(task)
        self.abandoned += 1 + len(task.followers)

    def defer(self, task: Task) -> None:
        """Leave a task, and those that follow it, until its questions are answered."""
        self._remove(task)
        self.deferred += [(one.number, one.source) for one in (task, *task.followers)]

    def take_deferred(self) -> list[tuple[int, Source]]:
        """Return what was deferred, in the order of the inputs, to start it again."""
        deferred, self.deferred = sorted(self.deferred, key=lambda pair: pair[0]), []
        return deferred

    def detach(self, task: Task) -> None:
        """Take a task from its worker, which is done with it; it stays in work."""
        self._count_paid(task)
        self._release(task)
        self._forget_key(task)

    def mark_written(self, entries: Sequence[Entry]) -> None:
        """Note what the store knows now."""
        for entry in entries:
            if isinstance(entry, Done | Failed) and entry.key is not None:
                self._unwritten.pop(entry.key, None)

    def count_unfinished(self) -> int:
        """Return how many sources were started and have not ended."""
        waiting = self.abandoned + len(self.deferred)
        return waiting + sum(1 + len(task.followers) for task in self.active.values())

    def close(self) -> None:
        """Count what was paid for articles that are still in work."""
        for task in self.active.values():
            self._count_paid(task)

    def _count_paid(self, task: Task) -> None:
        """Count what was paid for a task that will not report its usage itself."""
        self.stats.add_usage(task.paid)
        task.paid = Usage(cost_usd=0.0)

    def _end_with_followers(self, task: Task, entry: Done | Failed) -> None:
        self._remove(task)
        if entry.key is not None:
            self._unwritten[entry.key] = entry
        self._record_end(entry)
        for follower in task.followers:
            self._end_like(follower, entry)

    def _end_like(self, task: Task, ended: Done | Failed) -> None:
        """End a task as another source of the same text has ended in this run."""
        source, stamp, digest = task.source.name, task.source.stamp, task.article_sha256 or ""
        if isinstance(ended, Failed):
            same = Failed(task.number, source, stamp, ended.reason, ended.kind, 0.0, None, digest)
            self._record_end(same)
            return
        self.stats.same += 1
        reason = f"the same text as {ended.source}"
        self._record_end(Skipped(task.number, source, stamp, digest, reason))

    def _end_as_earlier(self, task: Task, earlier: Earlier) -> None:
        """End a task whose text ended in an earlier run, though not from this unchanged source."""
        if earlier.status == "failed":
            self.stats.failed_before += 1
            reason = f"failed in run {earlier.run_id}: {earlier.reason}"
        else:
            self.stats.same += 1
            reason = f"the same text was done in run {earlier.run_id}"
        digest = task.article_sha256 or ""
        self._record_end(Skipped(task.number, task.source.name, task.source.stamp, digest, reason))

    def _record_end(self, entry: Done | Failed | Skipped) -> None:
        """Count an end, and have it written."""
        if isinstance(entry, Done):
            self.stats.done += 1
        if isinstance(entry, Failed):
            self._failed.add(entry.source)
        else:  # of a file that changes while it is watched the last end counts
            self._failed.discard(entry.source)
        self.stats.failed = len(self._failed)
        self._write(entry)
        self._observer.article_ended(entry)
        self._observer.progressed(self.stats, len(self.active))

    def _remove(self, task: Task) -> None:
        """Take a task out of work."""
        self._release(task)
        self.active.pop(task.number, None)
        self._forget_key(task)

    def _release(self, task: Task) -> None:
        if task.worker is not None:
            task.worker.jobs.discard(task.number)
            task.worker.isolated = False
        self._on_room()

    def _forget_key(self, task: Task) -> None:
        if task.key is not None and self._by_key.get(task.key) is task:
            del self._by_key[task.key]
