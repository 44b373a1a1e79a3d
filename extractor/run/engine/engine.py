"""A run: every source of a coverage ends done, failed with its reason, or skipped.

    coverage ──► sieve ──► processes: read, find, answer, check ──► store ──► sheets
                 (store)   (a window that slides; no batches)      (a thread)

What is done already is not even read (sifting.py). The rest goes to processes (crew.py, worker.py),
which ask here before they go on and before each request (turns.py). Whatever they bring is
written as it comes (writer.py); a failure costs one article. Ctrl-C, a budget or an endpoint that
only fails stop the feeding; what is under way is finished within a short patience.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import chain
from time import monotonic
from typing import TYPE_CHECKING, Any

from extractor.errors import ExtractError, ModelError
from extractor.read.source import Source
from extractor.run.batch.upload_files import Line
from extractor.run.engine.interrupts import Interrupts
from extractor.run.engine.outcome import Options
from extractor.run.engine.scheduler import Window
from extractor.run.engine.tasks import Book, Task
from extractor.run.inputs.prefetch import Feeder, Numbered, count_left
from extractor.run.inputs.watch import Endless
from extractor.run.progress.watcher import Outcome, Watcher
from extractor.run.requests.admission import Purse, Turns
from extractor.run.requests.rate_limits import Limits
from extractor.run.workers.messages import (
    Asks,
    Broke,
    Dropped,
    Finished,
    Leaves,
    Puts,
    Read,
    Verdict,
    Waits,
)
from extractor.run.workers.pool import Crew, Hand, cores
from extractor.run.workers.worker import Setup
from extractor.schema.catalogue import Schema
from extractor.settings import Settings
from extractor.store.entries import Entry
from extractor.store.resume import Sieve
from extractor.store.store import Store
from extractor.store.work_key import Recipe
from extractor.store.writer import Writer

if TYPE_CHECKING:
    from extractor.run.batch.batches import Batches

# Articles finished but not yet in the store; more would only fill the memory.
_UNWRITTEN = 500
# So many articles in a row that fail for a reason not their own: the next would fail as well.
_IN_A_ROW = 10
_COUNTING = 1.0  # seconds to count what is left
_DEATHS = 5  # processes that may die without having had anything to do


def run(
    sources: Iterable[Source],
    *,
    store: Store,
    schema: Schema,
    settings: Settings,
    recipe: Recipe,
    options: Options,
    watcher: Watcher,
    command: Sequence[str] = (),
    purse: Purse | None = None,
    inherited: Sequence[int] = (),
    endless: Endless | None = None,
) -> Outcome:
    """Take every source through. Raises OutputError when the store cannot be written any more.

    `endless` are sources that go on until they are told to end, which is what Ctrl-C does then.
    `inherited` are open files that the worker processes must not hold. To be called in the main
    thread, before there are others.
    """
    began = monotonic()
    run_id = store.begin_run(recipe, command)
    watcher.began(run_id)
    going = _Going(store, run_id, recipe, settings, schema, options, watcher, purse, endless)
    status = "broken"
    reason: str | None = "an error"
    try:
        try:
            going.all(sources, inherited)
            going.in_batches(inherited)
        finally:
            going.end_batches()
        status, reason = ("stopped", going.stopped) if going.stopped else ("finished", None)
    except KeyboardInterrupt:
        going.interrupted, going.stopped = True, "interrupted"
        status, reason = "stopped", going.stopped
    except ExtractError as error:
        reason = str(error)
        raise
    finally:
        going.book.close()
        with suppress(ExtractError):  # a full disk: the error that ended the run says more
            store.end_run(run_id, status, going.book.tally.counts(), going.book.tally.usage, reason)
    left, more = going.left()
    return Outcome(
        run_id,
        going.book.tally,
        going.stopped,
        going.interrupted and going.stopped is not None,
        left,
        more,
        monotonic() - began,
    )


class _Going:
    """The state of a run, all of it in one thread but for finding and writing."""

    _crew: Crew
    _writer: Writer
    _feeder: Feeder
    _window: Window
    _turns: Turns
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
        watcher: Watcher,
        purse: Purse | None,
        endless: Endless | None,
    ) -> None:
        self._endless = endless
        self.store, self.run_id, self.recipe, self.settings = store, run_id, recipe, settings
        self.options, self.watcher, self.purse = options, watcher, purse
        self.setup = Setup(settings, schema.path, options.batch_api)
        self._batches = self._open_batches() if options.batch_api else None
        self._limit = options.limit
        sieve = Sieve(store, recipe, run_id, settings.refresh, options.retry_failed)
        self.book = Book(sieve, watcher, put=self._put, changed=self._wake)
        self.stopped: str | None = None
        self.interrupted = False
        self._sources: Iterator[Numbered] = iter(())
        self._unwritten = 0
        self._in_a_row = 0  # failures of the endpoint or the settings, without another end between
        self._idle_deaths = 0
        self._ending = False
        self._fatal: ExtractError | None = None
        self._listening: list[asyncio.Future[None]] = []

    # --- from the first source to the last ---

    def all(self, sources: Iterable[Source], inherited: Sequence[int]) -> None:
        """Take every source through; what needs no work needs no processes either."""
        self._sources = enumerate(sources)
        if self.options.limit == 0:
            return
        if self._endless is None:
            first = next((pair for pair in self._sources if self.book.needs_work(pair[1])), None)
            if first is None:
                return
            self._sources = chain([first], self._sources)
        if self.settings.asks_model:
            import extractor.answer.model.asker  # noqa: F401 - 2 s, which the processes then share
            from extractor.answer.endpoint.client import certificates

            certificates()
        self._work(inherited)

    def _open_batches(self) -> "Batches":
        from extractor.run.batch.batches import Batches  # 2 s

        return Batches(
            self.store, self.run_id, self.settings, note=self.watcher.note, purse=self.purse
        )

    def in_batches(self, inherited: Sequence[int]) -> None:
        """Have what was put aside answered, and go on with those articles, until all have ended."""
        batches = self._batches
        if batches is None or not self.book.aside:
            return
        feeder, rest, self._limit = self._feeder, self._sources, None  # all here are counted
        feeder.halted(_COUNTING)
        while self.stopped is None and self.book.aside:
            if not batches.has_work:
                self.stop(batches.spent or "questions are left that were not submitted")
                break
            self._deliver(batches)
            if self.stopped is None:
                self._sources = iter(self.book.take_aside())
                self._work(inherited)
                self._feeder.halted(_COUNTING)
                while (pair := self._feeder.take()) is not None:  # it was stopped
                    self.book.aside.append(pair)
                self.book.aside += self._sources
        self._feeder, self._sources = feeder, rest

    def end_batches(self) -> None:
        """Leave nothing of what was not submitted."""
        if self._batches is not None:
            self._batches.close()

    def _deliver(self, batches: "Batches") -> None:
        """Submit what was put aside and wait for it. Ctrl-C leaves that to another run."""

        async def deliver() -> None:
            task = asyncio.ensure_future(batches.deliver())
            with Interrupts(asyncio.get_running_loop(), task.cancel):
                await task

        try:
            asyncio.run(deliver())
        except asyncio.CancelledError:
            self.interrupted = True
            self.stop("interrupted")
            self.watcher.note("stopping: what was submitted goes on without us")
        except ModelError as error:
            self.stop(str(error))

    def _work(self, inherited: Sequence[int]) -> None:
        """Take the sources through that there are."""
        self._ending, self._listening = False, []
        self._crew = Crew(self._processes(), self.setup, list(inherited))
        try:
            asyncio.run(self._go())
            self._crew.end()
        finally:
            self._crew.kill()

    def left(self) -> tuple[int, bool]:
        """Return how many sources are not finished, and whether there may be more than that."""
        if self.stopped is None and self.options.limit is None:
            return 0, False
        feeder = getattr(self, "_feeder", None)
        count, more = count_left(feeder, self._sources, self.book.is_work, _COUNTING)
        return self.book.unfinished() + count, more

    def _processes(self) -> int:
        count = self.options.jobs or cores()
        if self.options.limit is not None:
            count = min(count, self.options.limit)
        return count

    async def _go(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._changed = asyncio.Event()
        self._turns = Turns(
            Limits(
                self.settings.concurrency,
                self.options.requests_a_minute,
                self.options.tokens_a_minute,
            ),
            may=self._may_ask,
            granted=self.book.granted,
            over=self.book.called,
            purse=self.purse,
            spent=self.stop,
        )
        self._writer = Writer(
            self.store,
            self.run_id,
            self.recipe,
            written=lambda batch: self._soon(self._written, batch),
            broken=lambda error: self._soon(self._give_up, error),
        )
        self._feeder = Feeder(self._sources, lambda: self._soon(self._wake))
        self._window = Window(
            self._crew,
            self.book,
            self._feeder,
            self.settings,
            limit=self._limit,
            has_room=lambda: self._unwritten < _UNWRITTEN,
        )
        for hand in self._crew.hands:
            self._listen(hand)
        with Interrupts(self._loop, self._interrupt):
            try:
                await self._feed()
            finally:
                self._ending = True
                self._feeder.halt()
                if self._endless is not None:
                    self._endless.end()
                self._crew.dismiss()
                for listening in self._listening:
                    listening.cancel()
                await asyncio.gather(*self._listening, return_exceptions=True)
                await asyncio.to_thread(self._writer.close)
                await asyncio.sleep(0)  # what the writer had to say
        if self._fatal is not None:
            raise self._fatal

    def _wake(self) -> None:
        """Have the feeding look again."""
        self._changed.set()

    def _soon(self, call: Callable[..., None], *arguments: Any) -> None:
        """Have something done in the run's own thread."""
        with suppress(RuntimeError):  # the loop is closed: nobody waits for it any more
            self._loop.call_soon_threadsafe(call, *arguments)

    async def _feed(self) -> None:
        """Hand out work until there is none, or the run is stopped and what is under way ended."""
        ends: float | None = None
        while self._fatal is None:
            if self.stopped is None:
                self._window.hand_out()
            elif ends is None:
                ends = monotonic() + self.options.patience
                self._let_go()
            if not self.book.tasks and (self.stopped or self._window.over):
                return
            if ends is not None and monotonic() >= ends:
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(None if ends is None else ends - monotonic()):
                    await self._changed.wait()
            self._changed.clear()

    # --- what the processes say ---

    def _listen(self, hand: Hand) -> None:
        self._listening.append(asyncio.ensure_future(self._crew.listen(hand, self._hear)))

    def _hear(self, hand: Hand, message: Any) -> None:
        if isinstance(message, Asks):
            self._turns.ask(hand, message)
        elif isinstance(message, Leaves):
            self._turns.leave(hand, message)
        elif message is None:
            self._died(hand)
        elif (task := self.book.tasks.get(message.number)) is None:
            pass  # somebody else has ended it
        elif isinstance(message, Read):
            self._read(task, message)
        elif isinstance(message, Finished):
            self._in_a_row = 0
            self.book.finish(task, message.packed, message.seconds)
        elif isinstance(message, Broke):
            self._broke(task, message)
        elif isinstance(message, Dropped):
            self.book.abandon(task)
        elif isinstance(message, Puts):
            self._put_aside(task, message)
        elif isinstance(message, Waits):
            self.book.put_aside(task)

    def _read(self, task: Task, message: Read) -> None:
        """Decide on an article whose text is known now."""
        hand = task.hand
        go = self.stopped is None and self.book.goes_on(task, message.article_sha256)
        if hand is not None:
            sent = self._batches.sent(task.key or "") if self._batches and go else None
            hand.tell(Verdict(task.number, go, sent))

    def _put_aside(self, task: Task, message: Puts) -> None:
        """Take a question for a batch."""
        if self._batches is None or self.stopped is not None:
            return
        line = Line(message.request_key, task.key or "", message.kind)
        try:
            self._batches.add(line, message.request)
        except ExtractError as error:  # no room on the disk
            self._give_up(error)

    def _broke(self, task: Task, message: Broke) -> None:
        self._in_a_row = self._in_a_row + 1 if message.of_run else 0
        self.book.fail(task, message.kind, message.reason, message.usage, message.seconds)
        if self._in_a_row >= max(_IN_A_ROW, 2 * self.settings.concurrency):
            self.stop(f"{self._in_a_row} articles failed one after the other: {message.reason}")

    def _died(self, hand: Hand) -> None:
        """Replace a process that has died; what it had is tried once more, alone."""
        if self._ending:
            return
        self._turns.gone(hand)
        if not hand.jobs:
            self._idle_deaths += 1
        if self._idle_deaths > _DEATHS:
            self._give_up(ExtractError("the processes that do the work end as soon as they begin"))
            return
        self._window.take_back(hand)
        if self.stopped is not None:
            self._window.let_go()
        self._listen(self._crew.replace(hand))
        self._wake()

    # --- writing ---

    def _put(self, entry: Entry) -> None:
        self._unwritten += 1
        self._writer.put(entry)

    def _written(self, batch: Sequence[Entry]) -> None:
        self._unwritten -= len(batch)
        self.book.written(batch)
        self._wake()

    # --- requests ---

    def _may_ask(self, number: int) -> bool:
        """Tell whether a request may be sent: for an article not yet asked about until we stop."""
        task = self.book.tasks.get(number)
        return task is not None and (self.stopped is None or task.asked)

    # --- stopping ---

    def stop(self, reason: str) -> None:
        """Feed no more; what has been asked for is finished."""
        if self.stopped is None:
            self.stopped = reason
            self._wake()

    def _let_go(self) -> None:
        """Let go what is in work but has not cost anything yet."""
        self._window.let_go()
        for task in self.book.tasks.values():
            if not task.asked:
                self._turns.refuse(task.number)

    def _interrupt(self) -> None:
        """Take a Ctrl-C: the first one stops cleanly, the second one at once."""
        if self.interrupted:
            self._crew.kill()
            raise KeyboardInterrupt
        self.interrupted = True
        if self._endless is not None:
            self._endless.end()
            if self._endless.idle and not self.book.tasks and not self._feeder.found:
                return  # nothing is left: that is how such a run ends
        self.stop("interrupted")
        self.watcher.note(
            f"stopping: {len(self.book.tasks)} articles are under way and have "
            f"{self.options.patience:g} seconds to be finished; Ctrl-C again stops at once"
        )

    def _give_up(self, error: ExtractError) -> None:
        """End because the run cannot go on."""
        self._fatal = error
        self._wake()
