"""A worker process: it reads articles and extracts from them, as the run's process tells it.

It decides nothing. After reading an article it asks whether to go on (the run knows what is done
already), and before each request it asks for permission (the run knows the limits and the budget).
When the run's process is gone, whatever the reason, the worker ends at once.
"""

import asyncio
import gc
import os
import select
import signal
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from itertools import count
from time import perf_counter
from typing import TYPE_CHECKING, Any, TypeVar

from extractor.answer.endpoint.gates import Call, Deferred, DeferredQuestion
from extractor.bounds import ArticleBounds
from extractor.errors import (
    ArticleTooSlow,
    EndpointFailing,
    EndpointRefused,
    EndpointUnreachable,
    ExtractError,
    UsageError,
)
from extractor.frozen import frozen
from extractor.pipeline import extract, extract_with
from extractor.read import article_from_text, prepare
from extractor.record import Usage
from extractor.run.workers.in_work import InWork
from extractor.run.workers.messages import (
    ArticleDeferred,
    ArticleDone,
    ArticleDropped,
    ArticleFailed,
    ArticlePostponed,
    ArticleRead,
    Channel,
    Decision,
    Job,
    Permission,
    QuestionDeferred,
    Ready,
    RequestOver,
    RequestWaiting,
    Stop,
)
from extractor.schema.catalogue import Schema, reload
from extractor.schema.loading import SchemaSource
from extractor.settings import Settings
from extractor.store.packing import pack

if TYPE_CHECKING:
    from extractor.answer.model.asker import ModelAsker

T = TypeVar("T")
# Errors that say nothing about the article: the next one will probably meet them as well.
_OF_RUN = (EndpointUnreachable, EndpointFailing, EndpointRefused, UsageError)


class Refused(ExtractError):
    """Nothing more is to be asked in this run."""


class Postponed(Exception):
    """The first try of an article took too long."""


@frozen
class WorkerSetup:
    """What a worker needs to know. Can be pickled."""

    settings: Settings
    schema: SchemaSource
    batches: bool = False  # questions are deferred to a batch, and nothing is sent


def work(
    sock: socket.socket,
    setup: WorkerSetup,
    inherited: Sequence[int],
    in_work: InWork,
    waits: bool,
) -> None:
    """Work until the run says stop or is gone. The whole life of the process.

    `inherited` are open files of the parent that a fork brought along: as long as this process
    holds them nobody can see that the parent has gone. `in_work` is to show what it computes on.
    `waits`: it may never be needed, so nothing is made before the first job.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches us too; the run decides
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for handle in inherited:
        os.close(handle)
    if waits:
        select.select([sock], [], [])
    gc.freeze()  # what is here now stays; collecting would only copy the parent's pages
    gc.set_threshold(100_000, 20, 100)  # as the command does: an article leaves hardly a circle
    asyncio.run(_JobRunner(setup, in_work).serve(sock))
    os._exit(0)


def warm_up(schema: Schema) -> None:
    """Have the rules load what they load with their first article; worker processes share it."""
    text = '"We saw 12 ships," Anna Berg said on Monday. She praised "the port" of Riga.\n'
    with suppress(Exception):  # of a schema of the user's: each article will meet it as well
        extract(article_from_text(text), schema)


class _JobRunner:
    """Runs the jobs that arrive, each in a task of its own."""

    def __init__(self, setup: WorkerSetup, in_work: InWork) -> None:
        self._settings, self._in_work = setup.settings, in_work
        self._schema: Schema = reload(setup.schema)
        self._batches = setup.batches
        self._decisions: dict[int, asyncio.Future[Decision]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._extracting = asyncio.Lock()
        self._channel = Channel()
        self._permissions = Permissions(self._channel)

    async def serve(self, sock: socket.socket) -> None:
        """Do as the run says until it says stop or is gone."""
        self._stopped = asyncio.get_running_loop().create_future()
        asker = self._asker = self._open_asker()
        self._channel.send(Ready())
        await self._channel.open(sock, self._receive)
        await self._stopped
        if asker is not None:
            await asker.aclose()

    def _receive(self, message: Any) -> None:
        """Take a message of the run; None: the run is gone."""
        if isinstance(message, Job):
            task = asyncio.ensure_future(self._run(message))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        elif isinstance(message, Decision):
            if (waiting := self._decisions.get(message.number)) and not waiting.done():
                waiting.set_result(message)
        elif isinstance(message, Permission):
            self._permissions.receive(message)
        elif isinstance(message, Stop):
            self._stopped.set_result(None)
        elif not self._stopped.done():
            os._exit(1)  # the run is gone; what is under way will be done anew

    def _open_asker(self) -> "ModelAsker | None":
        if not self._settings.asks_model:
            return None
        from extractor.answer.endpoint.cache import open_cache
        from extractor.answer.endpoint.client import Endpoint
        from extractor.answer.model.asker import ModelAsker

        endpoint = Endpoint(self._settings, open_cache(self._settings))
        endpoint.connect()  # now, so that it does not count as an article's time
        return ModelAsker(self._settings, endpoint)

    async def _run(self, job: Job) -> None:
        """Take one article through, and report how it went whatever happens."""
        began = perf_counter()
        bounds = _JobBounds(self._settings, job, self._in_work)
        message: Any
        try:
            message = await self._extract(job, bounds, began)
        except Postponed:
            message = ArticlePostponed(job.number, bounds.used)
        except Refused:
            message = ArticleDropped(job.number)
        except Deferred:
            message = ArticleDeferred(job.number)
        except Exception as error:  # whatever it is, the other articles go on
            spent = getattr(error, "spent", None)
            message = ArticleFailed(
                job.number,
                type(error).__name__,
                reason_for(error),
                spent if isinstance(spent, Usage) else None,
                perf_counter() - began,
                isinstance(error, _OF_RUN),
            )
        self._channel.send(message)
        await self._channel.drain()

    async def _extract(self, job: Job, bounds: "_JobBounds", began: float) -> Any:
        """Read, ask whether to go on, and extract; return the message that ends the job."""
        prepare(job.source.name)
        article = bounds.read(job.source.load)
        bounds.begin_extracting(len(article.text))
        decision = await self._decision_on(job.number, article.sha256)
        if not decision.go:
            return ArticleDropped(job.number)
        # One article's rules at a time, and between two a turn of the event loop: what has
        # arrived is received, and requests that have their permission are sent.
        await self._extracting.acquire()
        asyncio.get_running_loop().call_soon(self._extracting.release)
        if self._asker is None:
            extraction = extract(article, self._schema, bounds=bounds)
        else:
            asker = self._asker.for_article(
                ArticleGate(self._permissions, job.number, bounds.allow_all),
                ArticleQuestions(self._channel, job.number, decision.deferred or {})
                if self._batches
                else None,
            )
            extraction = await extract_with(article, self._schema, asker, bounds=bounds)
        packed = bounds.hold(partial(pack, extraction))
        seconds, characters = perf_counter() - began, len(article.text)
        return ArticleDone(job.number, packed, seconds, bounds.used, characters)

    async def _decision_on(self, number: int, article_sha256: str) -> Decision:
        """Report that an article was read; return whether to go on with it."""
        waiting = self._decisions[number] = asyncio.get_running_loop().create_future()
        self._channel.send(ArticleRead(number, article_sha256))
        try:
            decision: Decision = await waiting
        finally:
            del self._decisions[number]
        return decision


class _JobBounds(ArticleBounds):
    """The bounds on a job's article; they show what this process computes on."""

    def __init__(self, settings: Settings, job: Job, in_work: InWork) -> None:
        first = job.first_try
        seconds = first.reading if first is not None else None
        super().__init__(settings, job.source.name, seconds=seconds, may_die=True)
        self._number, self._in_work = job.number, in_work
        self._first_try = first
        self._all_seconds = settings.article_seconds

    def hold(self, work: Callable[[], T]) -> T:
        """Return what `work` returns; also raise Postponed."""
        try:
            with self._in_work.on(self._number):
                return super().hold(work)
        except ArticleTooSlow:
            if self._first_try is not None:
                raise Postponed from None
            raise

    def begin_extracting(self, characters: int) -> None:
        """Allow the time for a text of this length. Raises Postponed for one that is very long."""
        if (first := self._first_try) is not None:
            if characters > first.characters:
                raise Postponed
            self.allow(self.used + first.extracting + characters * first.a_character)

    def allow_all(self) -> None:
        """Allow all the time that an article may take, as something is spent on it now."""
        if self._first_try is not None:
            self._first_try = None
            self.allow(self._all_seconds)


def reason_for(error: Exception) -> str:
    """Return the words for people about an error that an article failed with."""
    if isinstance(error, ExtractError):
        return str(error)
    words = " ".join(str(error).split())[:200]
    return f"an error inside news-extract, please report it: {type(error).__name__}: {words}"


@frozen
class ArticleQuestions:
    """Sends the questions about one article to the run. Implements `DeferredQuestions`."""

    channel: Channel
    number: int  # of the article's task
    known: dict[str, DeferredQuestion]  # by request key

    def status(self, key: str) -> DeferredQuestion | None:
        """Return how a question that was deferred before stands."""
        return self.known.get(key)

    def defer(self, key: str, kind: str, request: dict[str, Any]) -> None:
        """Give a question to the run."""
        self.channel.send(QuestionDeferred(self.number, key, kind, request))


class Permissions:
    """Asks the run for permission to send requests, for all articles of this process."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._tickets = count()
        self._waiting: dict[int, asyncio.Future[bool]] = {}

    async def wait(self, number: int, tokens: int) -> int:
        """Wait until a request of a task may be sent; return its ticket. Raises Refused."""
        ticket = next(self._tickets)
        permission = self._waiting[ticket] = asyncio.get_running_loop().create_future()
        try:
            self._channel.send(RequestWaiting(ticket, number, tokens))
            granted = await permission
        except BaseException:  # it is cancelled, or the article's time is up: it is not sent
            self._channel.send(RequestOver(ticket, number, None))
            raise
        finally:
            del self._waiting[ticket]
        if not granted:
            raise Refused("nothing more is asked in this run")
        return ticket

    def finish(self, number: int, ticket: int, call: Call) -> None:
        """Report that a request is over, and how it went."""
        self._channel.send(RequestOver(ticket, number, call))

    def receive(self, message: Permission) -> None:
        """Take the run's decision on a request that waits."""
        waiting = self._waiting.get(message.ticket)
        if waiting is not None and not waiting.done():
            waiting.set_result(message.granted)


@frozen
class ArticleGate:
    """The gate for the requests about one article. Implements `Gate`."""

    permissions: Permissions
    number: int  # of the article's task
    on_enter: Callable[[], None]  # called when a request may be sent

    async def enter(self, tokens: int) -> int:
        """Wait for the run's permission. Raises Refused when there will be none."""
        ticket = await self.permissions.wait(self.number, tokens)
        self.on_enter()
        return ticket

    def leave(self, ticket: int, call: Call) -> None:
        """Report that a request is over."""
        self.permissions.finish(self.number, ticket, call)
