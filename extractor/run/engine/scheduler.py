"""Decides which article goes to which worker, and how many are in work at a time.

There are no rounds: as soon as one article ends the next is started, however long others take.
An article that is not done within a short first try (first_tries.py) is postponed until there is
nothing else to start.
"""

from collections import deque
from collections.abc import Callable, Iterable

from extractor.run.engine.first_tries import FirstTries
from extractor.run.engine.tasks import Task, TaskTracker
from extractor.run.inputs.prefetch import Prefetcher
from extractor.run.workers.messages import ArticleDone, Job
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
        self._again: deque[Task] = deque()  # taken from workers that ended for another's sake
        self._suspects: deque[Task] = deque()  # whose worker died; each is to be alone in one
        self._postponed: deque[Task] = deque()  # not done within the first try; alone as well
        self._first_tries = FirstTries(settings)

    @property
    def is_exhausted(self) -> bool:
        """Whether there is nothing more to start. Raises what ended the search for sources."""
        return self._limit_reached or self._prefetcher.is_exhausted

    @property
    def _limit_reached(self) -> bool:
        return self._limit is not None and self._started >= self._limit

    # --- giving ---

    def dispatch(self) -> None:
        """Give work to the workers until as many articles are in work as may be."""
        self._give_alone(self._suspects, self._idle())
        most = most_in_work(self._settings, len(self._pool.workers))
        while (
            len(self._tracker.active) - len(self._postponed) - len(self._again) < most
            and (free := [worker for worker in self._pool.workers if worker.is_free])
            and (task := self._next()) is not None
        ):
            self._give(task, min(free, key=lambda worker: len(worker.jobs)))
        idle = self._idle()
        if idle and not (self._limit_reached or self._prefetcher.has_ended):
            idle.pop()  # for what may still come
        self._give_alone(self._postponed, idle)

    def _next(self) -> Task | None:
        """Return the next article to start, None when there is none at present."""
        if self._again:
            return self._again.popleft()
        while self._has_room() and not self._limit_reached:
            if (numbered := self._prefetcher.take()) is None:
                break
            if self._tracker.accept(numbered[1]):
                self._started += 1
                return Task(*numbered)
        return None

    def _idle(self) -> list[Worker]:
        return [worker for worker in self._pool.workers if worker.is_idle]

    def _give_alone(self, tasks: deque[Task], workers: Iterable[Worker]) -> None:
        """Give each of these workers one of the tasks, and no other one beside it."""
        for worker in workers:
            if tasks:
                worker.isolated = True
                self._give(tasks.popleft(), worker)

    def _give(self, task: Task, worker: Worker) -> None:
        task.first_try = self._first_tries.next(task.source.name) if task.tries == 0 else None
        task.tries += 1
        self._tracker.assign(task, worker)
        worker.send(Job(task.number, task.source, task.first_try))

    def count_done(self, message: ArticleDone) -> None:
        """Note what an article that is done took."""
        self._first_tries.count_done(message.computed, message.characters)

    # --- taking back ---

    def postpone(self, task: Task, computed: float) -> None:
        """Take back a task that was not done within its first try, which took so many seconds."""
        self._first_tries.count_lost(computed)
        self._tracker.detach(task)
        self._postponed.append(task)

    def repeat(self, task: Task) -> None:
        """Take back a task whose worker ended for another's sake; it is begun anew."""
        self._tracker.detach(task)
        task.tries -= 1
        self._again.append(task)

    def suspect(self, task: Task) -> None:
        """Take back a task whose worker died; it is tried once more, alone in a worker."""
        self._tracker.detach(task)
        task.deaths += 1
        if task.deaths > 1:
            reason = "the process that worked on it died twice; is there enough memory?"
            self._tracker.fail(task, "ProcessDied", reason, None, 0.0)
        else:
            self._suspects.append(task)

    def drop_waiting(self) -> None:
        """Leave the tasks that were taken back to another run."""
        for tasks in (self._again, self._suspects, self._postponed):
            while tasks:
                self._tracker.abandon(tasks.popleft())
