"""Workers that are ended or die, and what becomes of the articles that they had.

A worker shows which article it computes on (workers/in_work.py). If the kernel ended it because the
article's time was used up, or `look` found it stuck, that article failed, or is postponed when this
was its first try. If it died of anything else, the article is tried once more, alone in a worker.
The other articles that it had are begun anew in any case. Only when it died between two articles
is each of them suspected.
"""

import signal

from extractor.bounds import ArticleBounds, stuck_after
from extractor.errors import ExtractError
from extractor.run.engine.scheduler import Scheduler
from extractor.run.engine.tasks import Task, TaskTracker
from extractor.run.workers.pool import Worker, WorkerPool
from extractor.settings import Settings

LOOK_EVERY = 1.0  # seconds
_MOST_IDLE_DEATHS = 5  # workers that may die without having had anything to do


class LostWorkers:
    """Finds workers that are stuck, and takes care of the articles of those that are gone."""

    def __init__(
        self, pool: WorkerPool, tracker: TaskTracker, scheduler: Scheduler, settings: Settings
    ) -> None:
        self._pool, self._tracker, self._scheduler = pool, tracker, scheduler
        self._settings = settings
        self._idle_deaths = 0
        # By worker: what it was on at the last looks, and at how many of them.
        self._seen: dict[Worker, tuple[int, int]] = {}

    def look(self) -> None:
        """Kill the workers that are stuck. To be called every `LOOK_EVERY` seconds.

        Looks are counted, not seconds: this process too may have been suspended in between.
        """
        seen = {}
        for worker in self._pool.workers:
            task = self._task_in_work(worker)
            if task is None:
                continue
            count, looks = self._seen.get(worker, (-1, 0))
            now = worker.in_work.count
            looks = looks + 1 if count == now else 0
            seen[worker] = now, looks
            if looks * LOOK_EVERY > stuck_after(self._seconds(task)):
                worker.stuck_on = task.number
                worker.process.kill()
        self._seen = seen

    def retire(self, worker: Worker) -> None:
        """Give a worker no further tasks, and end it when it has none left."""
        worker.retired = True
        self.end_retired(worker)

    def end_retired(self, worker: Worker) -> None:
        """End a worker that was retired and has no task left."""
        if worker.retired and not worker.jobs:
            worker.process.kill()

    def replace(self, worker: Worker) -> Worker:
        """Decide on the tasks of a worker that is gone, and return another in its place.

        Raises ExtractError when one after the other goes without having had a task.
        """
        self._idle_deaths += not worker.jobs and not worker.retired
        if self._idle_deaths > _MOST_IDLE_DEATHS:
            raise ExtractError("the processes that do the work end as soon as they begin")
        self._take_back(worker)
        return self._pool.replace(worker)

    def _take_back(self, worker: Worker) -> None:
        """Decide on the tasks of a worker that is gone."""
        guilty = self._task_in_work(worker)
        out_of_time = self._pool.ended_by(worker) == signal.SIGVTALRM
        stuck = guilty is not None and worker.stuck_on == guilty.number
        for task in [self._tracker.active[number] for number in sorted(worker.jobs)]:
            if task is guilty and (out_of_time or stuck):
                self._out_of_time(task)
            elif task is guilty or (guilty is None and not worker.retired):
                self._scheduler.suspect(task)
            else:
                self._scheduler.repeat(task)

    def _out_of_time(self, task: Task) -> None:
        if task.first_try is not None and not task.asked:
            self._scheduler.postpone(task, self._seconds(task))
            return
        error = ArticleBounds(self._settings, task.source.name).too_slow()
        self._tracker.fail(task, type(error).__name__, str(error), None, self._seconds(task))

    def _seconds(self, task: Task) -> float:
        """Return about how many seconds of CPU a task may take now."""
        if task.first_try is None or task.asked:
            return self._settings.article_seconds
        return task.first_try.reading + task.first_try.extracting

    def _task_in_work(self, worker: Worker) -> Task | None:
        """Return the task that a worker computes on, or computed on when it died."""
        number = worker.in_work.number
        if number is None or number not in worker.jobs:
            return None
        return self._tracker.active[number]
