"""A run: every source among the inputs ends done, failed with its reason, or skipped.

    inputs ──► resume filter ──► workers: read, find, answer, check ──► store ──► sheets
               (store)           (as one ends the next starts)         (a thread)

What is done already is not even read (store/resume.py). The rest goes to worker processes
(workers/), which ask here before they go on with an article and before each request
(requests/admission.py). Whatever they report is written as it comes (store/writer.py); a failure
costs one article. Ctrl-C, a spent budget or an endpoint that only fails stop the run: nothing
further is started, and what is under way has a few seconds to be finished.

Articles whose questions are for a batch are deferred; when all others have ended the batches are
submitted and waited for, and the deferred articles are extracted from the cached answers
(batch/batches.py).
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from itertools import chain
from time import monotonic
from typing import TYPE_CHECKING, Any

from extractor.errors import ArticleTooHeavy, ExtractError, ModelError
from extractor.read import prepare
from extractor.read.source import Source
from extractor.run.batch.upload_files import BatchLine
from extractor.run.engine.interrupts import Interrupts
from extractor.run.engine.lost_workers import LOOK_EVERY, LostWorkers
from extractor.run.engine.one_pass import OnePass
from extractor.run.engine.options import Options
from extractor.run.engine.scheduler import Scheduler
from extractor.run.engine.tasks import Task, TaskTracker
from extractor.run.inputs.prefetch import Prefetcher, count_left
from extractor.run.inputs.watch import EndlessSources
from extractor.run.progress.observer import Outcome, RunObserver
from extractor.run.requests.admission import Admission
from extractor.run.requests.budget import Budget
from extractor.run.requests.rate_limits import RateLimits
from extractor.run.workers.messages import (
    ArticleDeferred,
    ArticleDone,
    ArticleDropped,
    ArticleFailed,
    ArticlePostponed,
    ArticleRead,
    Decision,
    QuestionDeferred,
    Ready,
    RequestOver,
    RequestWaiting,
)
from extractor.run.workers.pool import Worker, WorkerPool, cores
from extractor.run.workers.worker import WorkerSetup, warm_up
from extractor.schema.catalogue import Schema
from extractor.settings import Settings
from extractor.store.entries import Entry
from extractor.store.resume import ResumeFilter
from extractor.store.store import Store
from extractor.store.work_key import Recipe
from extractor.store.writer import StoreWriter

if TYPE_CHECKING:
    from extractor.run.batch.batches import Batches

# Articles ended but not yet in the store; more would only fill the memory.
_MOST_UNWRITTEN = 500
# So many articles in a row that fail for a reason not their own: the next would fail as well.
_MOST_FAILURES_IN_A_ROW = 10
_COUNTING = 1.0  # seconds to count what is left


def run(
    sources: Iterable[Source],
    *,
    store: Store,
    schema: Schema,
    settings: Settings,
    recipe: Recipe,
    options: Options,
    observer: RunObserver,
    command: Sequence[str] = (),
    budget: Budget | None = None,
    inherited: Sequence[int] = (),
    endless: EndlessSources | None = None,
    announce: Callable[[], None] = lambda: None,
) -> Outcome:
    """Take every source through. Raises OutputError when the store cannot be written any more.

    `endless` are sources that go on until they are told to end, which is what Ctrl-C does then.
    `inherited` are open files that the worker processes must not hold. `announce` is called once,
    before the first request to a model may be sent. To be called in the main
    thread, before there are others.
    """
    began = monotonic()
    run_id = store.begin_run(recipe, command)
    observer.run_began(run_id)
    engine = _Engine(
        store, run_id, recipe, settings, schema, options, observer, budget, endless, announce
    )
    tracker = engine.tracker
    status = "broken"
    reason: str | None = "an error"
    try:
        try:
            engine.run_all(sources, inherited)
            engine.run_batches(inherited)
        finally:
            engine.close_batches()
        status, reason = ("stopped", engine.stopped) if engine.stopped else ("finished", None)
    except KeyboardInterrupt:
        engine.interrupted, engine.stopped = True, "interrupted"
        status, reason = "stopped", engine.stopped
    except ExtractError as error:
        reason = str(error)
        raise
    finally:
        tracker.close()
        with suppress(ExtractError):  # a full disk: the error that ended the run says more
            store.end_run(run_id, status, tracker.stats.counts(), tracker.stats.usage, reason)
    left, more = engine.count_left()
    return Outcome(
        run_id,
        tracker.stats,
        engine.stopped,
        engine.interrupted and engine.stopped is not None,
        left,
        more,
        monotonic() - began,
    )


class _Engine:
    """The state of a run. All of it belongs to one thread; prefetcher and writer have their own.

    How a run goes on or ends:

    * `stopped` is None: sources are started.
    * `stopped` is a reason: nothing further is started, what is under way has some seconds to be
      finished (`options.patience`).
    * `interrupted`: Ctrl-C was pressed. It is why the run stops, unless `--watch` had nothing left:
      so such a run finishes. A second Ctrl-C raises KeyboardInterrupt at once.
    * `_fatal` is an error: the run cannot go on, e.g. as the store cannot be written. It ends at
      once and raises the error.

    `_workers_may_end`, at the end of each pass: a worker that ends has not died.
    """

    _pass: OnePass  # the present one
    _pool: WorkerPool
    _writer: StoreWriter
    _scheduler: Scheduler
    _lost: LostWorkers
    _admission: Admission
    _loop: asyncio.AbstractEventLoop
    _changed: asyncio.Event

    def __init__(
        self,
        store: Store,
        run_id: int,
        recipe: Recipe,
        settings: Settings,
        schema: Schema,
        options: Options,
        observer: RunObserver,
        budget: Budget | None,
        endless: EndlessSources | None,
        announce: Callable[[], None],
    ) -> None:
        self._announce: Callable[[], None] | None = announce
        self._endless = endless
        self.store, self.run_id, self.recipe, self.settings = store, run_id, recipe, settings
        self.options, self.observer, self.budget = options, observer, budget
        self._schema = schema
        self.setup = WorkerSetup(settings, schema.source, options.batch_api)
        self._batches = self._open_batches() if options.batch_api else None
        self._inputs = OnePass(iter(()), options.limit)  # the first pass, see `run_all`
        resume = ResumeFilter(store, recipe, run_id, settings.refresh, options.retry_failed)
        self.tracker = TaskTracker(resume, observer, write=self._write, on_room=self._wake)
        self.stopped: str | None = None  # the reason
        self.interrupted = False
        self._fatal: ExtractError | None = None
        self._workers_may_end = False
        self._unwritten = 0
        self._failures_in_a_row = 0  # of the endpoint or the settings, without another end between
        self._listening: list[asyncio.Future[None]] = []

    # --- from the first source to the last ---

    def run_all(self, sources: Iterable[Source], inherited: Sequence[int]) -> None:
        """Take every source through; what needs no work needs no processes either."""
        numbered = self._inputs.sources = enumerate(sources)
        if self.options.limit == 0:
            return
        if self._endless is None:
            first = next((pair for pair in numbered if self.tracker.accept(pair[1])), None)
            if first is None:
                return
            self._inputs.sources = chain([first], numbered)
            prepare(first[1].name)
        warm_up(self._schema)
        if self.settings.asks_model:
            import extractor.answer.model.asker  # noqa: F401 - 2 s, which the workers then share
            from extractor.answer.endpoint.connection import certificates

            certificates()
        self._work(self._inputs, inherited)

    def _open_batches(self) -> "Batches":
        from extractor.run.batch.batches import Batches  # 2 s

        return Batches(
            self.store, self.run_id, self.settings, note=self.observer.note, budget=self.budget
        )

    def run_batches(self, inherited: Sequence[int]) -> None:
        """Have the deferred questions answered, and go on with their articles, until all end."""
        batches = self._batches
        if batches is None or not self.tracker.deferred:
            return
        if self._inputs.prefetcher is not None:
            self._inputs.prefetcher.join(_COUNTING)  # no other thread while workers are forked
        while self.stopped is None and self.tracker.deferred:
            if not batches.has_work:
                self.stop(batches.spent or "questions are left that were not submitted")
                break
            self._deliver(batches)
            if self.stopped is None:
                # No limit: it has counted these articles before.
                deferred = OnePass(iter(self.tracker.take_deferred()), limit=None)
                self._work(deferred, inherited)
                self.tracker.deferred += deferred.left()  # some, if it was stopped

    def close_batches(self) -> None:
        """Remove the files of questions that were not submitted."""
        if self._batches is not None:
            self._batches.close()

    def _deliver(self, batches: "Batches") -> None:
        """Submit the deferred questions and wait for the answers. Ctrl-C ends the waiting only."""

        self._announce_once()

        async def deliver() -> None:
            task = asyncio.ensure_future(batches.deliver())
            with Interrupts(asyncio.get_running_loop(), task.cancel):
                await task

        try:
            asyncio.run(deliver())
        except asyncio.CancelledError:
            self.interrupted = True
            self.stop("interrupted")
            self.observer.note("stopping: what was submitted goes on without us")
        except ModelError as error:
            self.stop(str(error))

    def _work(self, pass_: OnePass, inherited: Sequence[int]) -> None:
        """Take the sources of a pass through, with worker processes."""
        self._pass, self._workers_may_end, self._listening = pass_, False, []
        self._pool = WorkerPool(self._count_workers(), self.setup, list(inherited))
        try:
            asyncio.run(self._run_loop())
            self._pool.join()
        finally:
            self._pool.kill()

    def count_left(self) -> tuple[int, bool]:
        """Return how many sources are not finished, and whether there may be more than that."""
        if self.stopped is None and self.options.limit is None:
            return 0, False
        count, more = count_left(
            self._inputs.prefetcher, self._inputs.sources, self.tracker.needs_work, _COUNTING
        )
        return self.tracker.count_unfinished() + count, more

    def _count_workers(self) -> int:
        count = self.options.jobs or cores()
        if self.options.limit is not None:
            count = min(count, self.options.limit)
        return count

    async def _run_loop(self) -> None:
        """Make what works for the run, dispatch until the end, and end all of it in order."""
        self._loop = asyncio.get_running_loop()
        self._changed = asyncio.Event()
        self._admission = Admission(
            RateLimits(
                self.settings.concurrency,
                self.options.requests_a_minute,
                self.options.tokens_a_minute,
            ),
            may_ask=self._may_ask,
            on_admitted=self._admitted,
            on_over=self.tracker.record_call,
            budget=self.budget,
            on_spent=self.stop,
        )
        self._writer = StoreWriter(
            self.store,
            self.run_id,
            self.recipe,
            on_written=lambda entries: self._call_soon(self._written, entries),
            on_broken=lambda error: self._call_soon(self._give_up, error),
        )
        prefetcher = Prefetcher(self._pass.sources, lambda: self._call_soon(self._wake))
        self._pass.prefetcher = prefetcher
        self._scheduler = Scheduler(
            self._pool,
            self.tracker,
            prefetcher,
            self.settings,
            limit=self._pass.limit,
            has_room=lambda: self._unwritten < _MOST_UNWRITTEN,
        )
        self._lost = LostWorkers(self._pool, self.tracker, self._scheduler, self.settings)
        for worker in self._pool.workers:
            self._listen(worker)
        watch = asyncio.ensure_future(self._watch())
        with Interrupts(self._loop, self._interrupt):
            try:
                await self._dispatch()
            finally:
                self._workers_may_end = True
                watch.cancel()
                prefetcher.stop()
                if self._endless is not None:
                    self._endless.end()
                self._pool.send_stop()
                for listening in self._listening:
                    listening.cancel()
                await asyncio.gather(*self._listening, return_exceptions=True)
                await asyncio.to_thread(self._writer.close)
                await asyncio.sleep(0)  # the writer's last calls
        if self._fatal is not None:
            raise self._fatal

    def _wake(self) -> None:
        """Have `_dispatch` look again."""
        self._changed.set()

    def _call_soon(self, call: Callable[..., None], *arguments: Any) -> None:
        """Call a function in the run's own thread."""
        with suppress(RuntimeError):  # the loop is closed: nobody waits for it any more
            self._loop.call_soon_threadsafe(call, *arguments)

    async def _dispatch(self) -> None:
        """Start work until there is none, or the run is stopped and what is under way ended."""
        ends: float | None = None
        while self._fatal is None:
            if self.stopped is None:
                self._scheduler.dispatch()
            elif ends is None:
                ends = monotonic() + self.options.patience
                self._drop_unasked()
            if not self.tracker.active and (self.stopped or self._scheduler.is_exhausted):
                return
            if ends is not None and monotonic() >= ends:
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(None if ends is None else ends - monotonic()):
                    await self._changed.wait()
            self._changed.clear()

    async def _watch(self) -> None:
        """Look for workers that are stuck, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            self._lost.look()

    # --- what the workers report ---

    def _listen(self, worker: Worker) -> None:
        self._listening.append(asyncio.ensure_future(self._pool.listen(worker, self._receive)))

    def _receive(self, worker: Worker, message: Any) -> None:
        """Take a message of a worker; None: the worker is gone."""
        if isinstance(message, RequestWaiting):
            self._admission.request(worker, message)
        elif isinstance(message, RequestOver):
            self._admission.finish(worker, message)
        elif message is None:
            self._worker_died(worker)
        elif isinstance(message, Ready):
            worker.ready = True
            self._wake()
        elif (task := self.tracker.active.get(message.number)) is None:
            pass  # it was ended otherwise meanwhile
        elif isinstance(message, ArticleRead):
            self._article_read(task, message)
        elif isinstance(message, ArticleDone):
            self._failures_in_a_row = 0
            self._scheduler.count_done(message)
            self.tracker.finish(task, message.packed, message.seconds)
        elif isinstance(message, ArticleFailed):
            self._article_failed(task, message)
            if message.kind == ArticleTooHeavy.__name__:
                self._lost.retire(worker)
        elif isinstance(message, ArticlePostponed):
            self._scheduler.postpone(task, message.computed)
            self._drop_waiting_if_stopped()
        elif isinstance(message, ArticleDropped):
            self.tracker.abandon(task)
        elif isinstance(message, QuestionDeferred):
            self._question_deferred(task, message)
        elif isinstance(message, ArticleDeferred):
            self.tracker.defer(task)
        self._lost.end_retired(worker)

    def _article_read(self, task: Task, message: ArticleRead) -> None:
        """Decide whether to go on with an article whose text is known now."""
        worker = task.worker
        go = self.stopped is None and self.tracker.identify(task, message.article_sha256)
        if worker is not None:
            deferred = self._batches.questions_of(task.key or "") if self._batches and go else None
            worker.send(Decision(task.number, go, deferred))

    def _question_deferred(self, task: Task, message: QuestionDeferred) -> None:
        """Take a question for a batch."""
        if self._batches is None or self.stopped is not None:
            return
        line = BatchLine(message.request_key, task.key or "", message.kind)
        try:
            self._batches.add(line, message.request)
        except ExtractError as error:  # no room on the disk
            self._give_up(error)

    def _article_failed(self, task: Task, message: ArticleFailed) -> None:
        self._failures_in_a_row = self._failures_in_a_row + 1 if message.of_run else 0
        self.tracker.fail(task, message.kind, message.reason, message.usage, message.seconds)
        if self._failures_in_a_row >= max(_MOST_FAILURES_IN_A_ROW, 2 * self.settings.concurrency):
            self.stop(
                f"{self._failures_in_a_row} articles failed one after the other: {message.reason}"
            )

    def _worker_died(self, worker: Worker) -> None:
        """Replace a worker that has gone, and see to the tasks that it had."""
        if self._workers_may_end:
            return
        self._admission.forget_worker(worker)
        try:
            self._listen(self._lost.replace(worker))
        except ExtractError as error:
            self._give_up(error)
        self._drop_waiting_if_stopped()
        self._wake()

    # --- writing ---

    def _write(self, entry: Entry) -> None:
        self._unwritten += 1
        self._writer.put(entry)

    def _written(self, entries: Sequence[Entry]) -> None:
        self._unwritten -= len(entries)
        self.tracker.mark_written(entries)
        self._wake()

    # --- requests ---

    def _admitted(self, number: int) -> None:
        """Note that a request for a task may be sent now."""
        self._announce_once()
        self.tracker.mark_asked(number)

    def _announce_once(self) -> None:
        if self._announce is not None:
            announce, self._announce = self._announce, None
            announce()

    def _may_ask(self, number: int) -> bool:
        """Return whether a task's request may be sent; once stopped, of articles begun only."""
        task = self.tracker.active.get(number)
        return task is not None and (self.stopped is None or task.asked)

    # --- stopping ---

    def stop(self, reason: str) -> None:
        """Start nothing further; what has been asked for is finished."""
        if self.stopped is None:
            self.stopped = reason
            self._wake()

    def _drop_unasked(self) -> None:
        """Leave to another run what is in work but has not cost anything yet."""
        self._scheduler.drop_waiting()
        for task in self.tracker.active.values():
            if not task.asked:
                self._admission.refuse_task(task.number)

    def _drop_waiting_if_stopped(self) -> None:
        """Leave to another run what was just taken back, if nothing further is started."""
        if self.stopped is not None:
            self._scheduler.drop_waiting()

    def _interrupt(self) -> None:
        """Take a Ctrl-C: the first one stops cleanly, the second one at once."""
        if self.interrupted:
            self._pool.kill()
            raise KeyboardInterrupt
        self.interrupted = True
        if self._endless is not None:
            self._endless.end()
            prefetcher = self._pass.prefetcher
            buffered = prefetcher.buffered if prefetcher is not None else 0
            if self._endless.idle and not self.tracker.active and not buffered:
                return  # nothing is left: that is how such a run ends
        self.stop("interrupted")
        self.observer.note(
            f"stopping: {len(self.tracker.active)} articles are under way and have "
            f"{self.options.patience:g} seconds to be finished; Ctrl-C again stops at once"
        )

    def _give_up(self, error: ExtractError) -> None:
        """End with an error, because the run cannot go on."""
        self._fatal = error
        self._wake()
