"""Decides which article goes to which worker, and how many are in work at a time.

There are no rounds: as soon as one article ends the next is started, however long others take.
"""

from collections import deque
from collections.abc import Callable

from extractor.run.engine.tasks import Task, TaskTracker
from extractor.run.inputs.prefetch import Prefetcher
from extractor.run.workers.messages import Job
from extractor.run.workers.pool import Worker, WorkerPool
from extractor.settings import Settings

# Articles that a worker has at a time by the rules: one in work, the others read ahead.
_PER_WORKER = 3
# Articles that wait to be asked about, at the most, while others are asked about.
_MOST_WAITING = 100


def most_in_work(settings: Settings, workers: int) -> int:
    """Return how many articles may be in work: enough that no slot for a request stays free.

    Answers come in bursts; so besides those being asked about as many wait to be.
    """
    if settings.asks_model:
        slots = settings.concurrency
        return slots + max(2 * workers, min(slots, _MOST_WAITING))
    return _PER_WORKER * workers


class Scheduler:
    """Gives articles to the workers of a run. Lives in the run's event loop."""

    def __init__(
        self,
        pool: WorkerPool,
        tracker: TaskTracker,
        prefetcher: Prefetcher,
        settings: Settings,
        *,
        limit: int | None,
        has_room: Callable[[], bool],
    ) -> None:
        """Start `limit` articles at most; and none while the store `has_room` for no more ends."""
        self._pool, self._tracker, self._prefetcher = pool, tracker, prefetcher
        self._settings, self._limit, self._has_room = settings, limit, has_room
        self._started = 0
        self._suspects: deque[Task] = deque()  # tasks whose worker died

    @property
    def is_exhausted(self) -> bool:
        """Whether there is nothing more to start. Raises what ended the search for sources."""
        return self._limit_reached or self._prefetcher.is_exhausted

    @property
    def _limit_reached(self) -> bool:
        return self._limit is not None and self._started >= self._limit

    def dispatch(self) -> None:
        """Give work to the workers until as many articles are in work as may be."""
        for worker in self._pool.workers:
            if self._suspects and not worker.jobs:
                worker.isolated = True
                self._give(self._suspects.popleft(), worker)
        while (
            len(self._tracker.active) < most_in_work(self._settings, len(self._pool.workers))
            and self._has_room()
            and not self._limit_reached
            and (free := [worker for worker in self._pool.workers if not worker.isolated])
            and (numbered := self._prefetcher.take()) is not None
        ):
            if self._tracker.accept(numbered[1]):
                self._started += 1
                self._give(Task(*numbered), min(free, key=lambda worker: len(worker.jobs)))

    def take_back(self, worker: Worker) -> None:
        """Take the tasks of a worker that died; each is tried once more, alone in a worker."""
        for number in tuple(worker.jobs):
            task = self._tracker.active[number]
            self._tracker.detach(task)
            if task.deaths > 1:
                reason = "the process that worked on it died twice; is there enough memory?"
                self._tracker.fail(task, "ProcessDied", reason, None, 0.0)
            else:
                self._suspects.append(task)

    def drop_suspects(self) -> None:
        """Leave the tasks that were taken back to another run."""
        while self._suspects:
            self._tracker.abandon(self._suspects.popleft())

    def _give(self, task: Task, worker: Worker) -> None:
        self._tracker.assign(task, worker)
        worker.send(Job(task.number, task.source))
