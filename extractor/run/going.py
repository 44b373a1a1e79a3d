"""A run: every source of a coverage ends done, failed with its reason, or skipped.

    coverage ──► sieve ──► processes: read, find, answer, check ──► store ──► sheets
                 (store)   (a window that slides; no batches)      (a thread)

What is done already is not even read (sifting.py). The rest goes to processes (crew.py, worker.py),
which ask here before they go on and before each request (turns.py). Whatever they bring is
written as it comes (writer.py); a failure costs one article. Ctrl-C, a budget or an endpoint that
only fails stop the feeding; what is under way is finished within a short patience.
"""

import asyncio
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from time import monotonic
from typing import Any

from extractor.answer import gate
from extractor.catalogue import Schema
from extractor.errors import ExtractError
from extractor.record import Usage
from extractor.run.crew import Crew, Hand, cores
from extractor.run.feeding import Feeder, Numbered
from extractor.run.limits import Limits
from extractor.run.messages import Asks, Broke, Dropped, Finished, Job, Leaves, Read, Verdict
from extractor.run.sifting import Sieve
from extractor.run.source import Source
from extractor.run.store import Call, Done, Entry, Failed, Known, Skipped, Store
from extractor.run.tally import Options, Outcome, Purse, Tally, Watcher
from extractor.run.turns import Turns
from extractor.run.work import Recipe
from extractor.run.worker import Setup
from extractor.run.writer import Writer
from extractor.settings import Settings

# Articles that a process has at a time by the rules: one in work, the others read ahead.
_AHEAD = 3
# Articles ready to be asked about, at the most, while others are.
_READY = 100
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
) -> Outcome:
    """Take every source through. Raises OutputError when the store cannot be written any more.

    `inherited` are open files that the worker processes must not hold. To be called in the main
    thread, before there are others.
    """
    began = monotonic()
    run_id = store.begin_run(recipe, command)
    going = _Going(store, run_id, recipe, settings, schema, options, watcher, purse)
    status = "broken"
    reason: str | None = "an error"
    try:
        going.all(sources, inherited)
        status, reason = ("stopped", going.stopped) if going.stopped else ("finished", None)
    except KeyboardInterrupt:
        going.interrupted, going.stopped = True, "interrupted"
        status, reason = "stopped", going.stopped
    except ExtractError as error:
        reason = str(error)
        raise
    finally:
        with suppress(ExtractError):  # a full disk: the error that ended the run says more
            store.end_run(run_id, status, going.tally.counts(), going.tally.usage, reason)
    left, more = going.left()
    return Outcome(
        run_id, going.tally, going.stopped, going.interrupted, left, more, monotonic() - began
    )


@dataclass(slots=True)
class _Task:
    """A source that is being worked on."""

    number: int  # and position in the coverage
    source: Source
    hand: Hand | None = None
    article_sha256: str | None = None
    key: str | None = None
    asked: bool = False  # a request was let through: it has cost something
    deaths: int = 0  # processes that died while they had it
    followers: "list[_Task]" = field(default_factory=list)  # other sources of the same text


class _Going:
    """The state of a run, all of it in one thread but for finding and writing."""

    _crew: Crew
    _writer: Writer
    _feeder: Feeder
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
    ) -> None:
        self.store, self.run_id, self.recipe, self.settings = store, run_id, recipe, settings
        self.options, self.watcher, self.purse = options, watcher, purse
        self.setup = Setup(settings, schema.path)
        self.sieve = Sieve(store, recipe, run_id, settings.refresh, options.retry_failed)
        self.tally = Tally()
        self.stopped: str | None = None
        self.interrupted = False
        self._sources: Iterator[Numbered] = iter(())
        self._tasks: dict[int, _Task] = {}  # in work
        self._by_key: dict[str, _Task] = {}  # the same, as soon as their texts are known
        self._closing: dict[str, Done | Failed] = {}  # ended, and about to be written
        self._suspects: deque[_Task] = deque()  # had by a process that died
        self._abandoned = 0  # sources left as they were
        self._unwritten = 0
        self._in_a_row = 0  # failures of the endpoint or the settings, without another end between
        self._begun = 0
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
        first = next((pair for pair in self._sources if self._needs_work(pair[1])), None)
        if first is None:
            return
        self._sources = chain([first], self._sources)
        if self.settings.asks_model:
            import extractor.answer.model  # noqa: F401 - 2 s, which the processes then share
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
        count = self._abandoned + sum(1 + len(task.followers) for task in self._tasks.values())
        ends = monotonic() + _COUNTING
        feeder = getattr(self, "_feeder", None)
        if feeder is not None:
            if not feeder.halted(_COUNTING):
                return count, True
            while (pair := feeder.take()) is not None:
                count += self._is_work(pair[1])
        for _, source in self._sources:
            count += self._is_work(source)
            if monotonic() > ends:
                return count, True
        return count, False

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
            granted=self._asked,
            over=self._called,
        )
        self._writer = Writer(
            self.store,
            self.run_id,
            self.recipe,
            written=lambda batch: self._soon(self._written, batch),
            broken=lambda error: self._soon(self._give_up, error),
        )
        self._feeder = Feeder(self._sources, lambda: self._soon(self._changed.set))
        for hand in self._crew.hands:
            self._listen(hand)
        with _Interrupts(self._loop, self._interrupt):
            try:
                await self._feed()
            finally:
                self._ending = True
                self._feeder.halt()
                self._crew.dismiss()
                for listening in self._listening:
                    listening.cancel()
                await asyncio.gather(*self._listening, return_exceptions=True)
                await asyncio.to_thread(self._writer.close)
                await asyncio.sleep(0)  # what the writer had to say
        if self._fatal is not None:
            raise self._fatal

    def _soon(self, call: Callable[..., None], *arguments: Any) -> None:
        """Have something done in the run's own thread."""
        with suppress(RuntimeError):  # the loop is closed: nobody waits for it any more
            self._loop.call_soon_threadsafe(call, *arguments)

    async def _feed(self) -> None:
        """Hand out work until there is none, or the run is stopped and what is under way ended."""
        ends: float | None = None
        while self._fatal is None:
            if self.stopped is None:
                self._hand_out()
            elif ends is None:
                ends = monotonic() + self.options.patience
                self._let_go()
            if not self._tasks and (self.stopped or self._spent_limit() or self._feeder.over):
                return
            if ends is not None and monotonic() >= ends:
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(None if ends is None else ends - monotonic()):
                    await self._changed.wait()
            self._changed.clear()

    # --- work is given ---

    def _window(self) -> int:
        """Return how many articles may be in work: enough that no place for a request is empty.

        Answers come in bursts, so that beside those being asked about as many stand ready.
        """
        hands = len(self._crew.hands)
        if self.settings.asks_model:
            places = self.settings.concurrency
            return places + max(2 * hands, min(places, _READY))
        return _AHEAD * hands

    def _spent_limit(self) -> bool:
        return self.options.limit is not None and self._begun >= self.options.limit

    def _hand_out(self) -> None:
        """Give work to the processes as far as the window goes."""
        for hand in self._crew.hands:
            if self._suspects and not hand.jobs:
                hand.alone = True
                self._give(self._suspects.popleft(), hand)
        while (
            len(self._tasks) < self._window()
            and self._unwritten < _UNWRITTEN
            and not self._spent_limit()
            and (free := [hand for hand in self._crew.hands if not hand.alone])
            and (pair := self._feeder.take()) is not None
        ):
            if self._needs_work(pair[1]):
                self._begun += 1
                self._give(_Task(*pair), min(free, key=lambda hand: len(hand.jobs)))

    def _give(self, task: _Task, hand: Hand) -> None:
        self._tasks[task.number] = task
        task.hand = hand
        hand.jobs.add(task.number)
        hand.tell(Job(task.number, task.source))

    def _is_work(self, source: Source) -> bool:
        return self.sieve.of_source(source)[0] == "work"

    def _needs_work(self, source: Source) -> bool:
        """Tell whether a source is to be worked on; count it as skipped when not."""
        fate, _ = self.sieve.of_source(source)
        if fate == "done":
            self.tally.unchanged += 1
        elif fate == "failed":
            self.tally.failed_before += 1
        return fate == "work"

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
        elif (task := self._tasks.get(message.number)) is None:
            pass  # somebody else has ended it
        elif isinstance(message, Read):
            self._read(task, message)
        elif isinstance(message, Finished):
            self._finished(task, message)
        elif isinstance(message, Broke):
            self._broke(task, message)
        elif isinstance(message, Dropped):
            self._strike(task)
            self._abandoned += 1 + len(task.followers)

    def _read(self, task: _Task, message: Read) -> None:
        """Decide on an article whose text is known now."""
        task.article_sha256 = message.article_sha256
        key = task.key = self.recipe.key(message.article_sha256)
        go = False
        if self.stopped is None:
            other = self._by_key.get(key)
            fate, known = self.sieve.of_key(key)
            if other is not None:
                self._strike(task)
                other.followers.append(task)
            elif (ended := self._closing.get(key)) is not None:
                self._strike(task)
                self._same_as(task, ended)
            elif fate != "work" and known is not None:
                self._strike(task)
                self._known_before(task, known)
            else:
                self._by_key[key] = task
                go = True
        hand = task.hand
        if hand is not None:
            hand.tell(Verdict(task.number, go))

    def _finished(self, task: _Task, message: Finished) -> None:
        self._in_a_row = 0
        self.tally.spend(message.packed.usage)
        source, key = task.source, task.key or ""
        done = Done(task.number, source.name, source.stamp, key, message.packed, message.seconds)
        self._close(task, done)

    def _broke(self, task: _Task, message: Broke) -> None:
        self._in_a_row = self._in_a_row + 1 if message.of_run else 0
        self._fail(task, message.kind, message.reason, message.usage, message.seconds)
        if self._in_a_row >= max(_IN_A_ROW, 2 * self.settings.concurrency):
            self.stop(f"{self._in_a_row} articles failed one after the other: {message.reason}")

    def _fail(
        self, task: _Task, kind: str, reason: str, usage: Usage | None, seconds: float
    ) -> None:
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
        for number in tuple(hand.jobs):
            task = self._tasks[number]
            self._release(task)
            if task.key is not None and self._by_key.get(task.key) is task:
                del self._by_key[task.key]
            task.deaths += 1
            if task.deaths > 1:
                reason = "the process that worked on it died twice; is there enough memory?"
                self._fail(task, "ProcessDied", reason, None, 0.0)
            elif self.stopped is None:
                self._suspects.append(task)
            else:
                self._strike(task)
                self._abandoned += 1 + len(task.followers)
        self._listen(self._crew.replace(hand))
        self._changed.set()

    # --- ends ---

    def _release(self, task: _Task) -> None:
        """Take a task from its process."""
        if task.hand is not None:
            task.hand.jobs.discard(task.number)
            task.hand.alone = False
        self._changed.set()

    def _strike(self, task: _Task) -> None:
        """Strike a task off what is in work."""
        self._release(task)
        self._tasks.pop(task.number, None)
        if task.key is not None and self._by_key.get(task.key) is task:
            del self._by_key[task.key]

    def _close(self, task: _Task, entry: Done | Failed) -> None:
        """End a task, and those that waited for it."""
        self._strike(task)
        if entry.key is not None:
            self._closing[entry.key] = entry
        self._end(entry)
        for follower in task.followers:
            self._same_as(follower, entry)

    def _same_as(self, task: _Task, ended: Done | Failed) -> None:
        """End a task as another source of the same text has ended."""
        source, stamp, digest = task.source.name, task.source.stamp, task.article_sha256 or ""
        if isinstance(ended, Failed):
            self._end(
                Failed(task.number, source, stamp, ended.reason, ended.kind, 0.0, None, digest)
            )
            return
        self.tally.same += 1
        reason = f"the same text as {ended.source}"
        self._end(Skipped(task.number, source, stamp, digest, reason))

    def _known_before(self, task: _Task, known: Known) -> None:
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
        elif isinstance(entry, Failed):
            self.tally.failed += 1
        self._put(entry)
        self.watcher.ended(entry)
        self.watcher.going(self.tally, len(self._tasks))

    def _put(self, entry: Entry) -> None:
        self._unwritten += 1
        self._writer.put(entry)

    def _written(self, batch: Sequence[Entry]) -> None:
        self._unwritten -= len(batch)
        for entry in batch:
            if isinstance(entry, Done | Failed) and entry.key is not None:
                self._closing.pop(entry.key, None)
        self._changed.set()

    # --- requests ---

    def _may_ask(self, number: int, tokens: int) -> bool:
        """Tell whether a request may be sent: not when the money is spent or the run stops."""
        task = self._tasks.get(number)
        if task is None:
            return False
        if self.purse is not None and (reason := self.purse.may_ask(tokens)) is not None:
            self.stop(reason)
            return False
        return self.stopped is None or task.asked

    def _asked(self, number: int) -> None:
        if (task := self._tasks.get(number)) is not None:
            task.asked = True

    def _called(self, number: int, call: gate.Call) -> None:
        """Note a request that is over."""
        task = self._tasks.get(number)
        record = Call(
            (task.key if task else None) or "",
            call.request_key,
            call.at,
            call.kind,
            call.outcome,
            call.input_tokens,
            call.output_tokens,
            call.cost_usd,
            call.seconds,
        )
        self._put(record)
        if self.purse is not None:
            self.purse.spent(record)

    # --- stopping ---

    def stop(self, reason: str) -> None:
        """Feed no more; what has been asked for is finished."""
        if self.stopped is None:
            self.stopped = reason
            self._changed.set()

    def _let_go(self) -> None:
        """Let go what is in work but has not cost anything yet."""
        while self._suspects:
            task = self._suspects.popleft()
            self._strike(task)
            self._abandoned += 1 + len(task.followers)
        for task in self._tasks.values():
            if not task.asked:
                self._turns.refuse(task.number)

    def _interrupt(self) -> None:
        """Take a Ctrl-C: the first one stops cleanly, the second one at once."""
        if self.interrupted:
            self._crew.kill()
            raise KeyboardInterrupt
        self.interrupted = True
        self.stop("interrupted")
        self.watcher.note(
            f"stopping: {len(self._tasks)} articles are under way and have "
            f"{self.options.patience:g} seconds to be finished; Ctrl-C again stops at once"
        )

    def _give_up(self, error: ExtractError) -> None:
        """End because the run cannot go on."""
        self._fatal = error
        self._changed.set()


class _Interrupts:
    """While it lasts, Ctrl-C and a polite request to end call a function in the loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
        self._loop, self._call = loop, call
        self._signals: list[int] = []

    def __enter__(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            # Not in the main thread, or not on this system: Ctrl-C raises as ever.
            with suppress(NotImplementedError, ValueError, RuntimeError):
                self._loop.add_signal_handler(number, self._call)
                self._signals.append(number)

    def __exit__(self, *_: object) -> None:
        for number in self._signals:
            self._loop.remove_signal_handler(number)
