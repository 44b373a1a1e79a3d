"""A process that works: it reads articles and extracts from them, as the run tells it.

It decides nothing: after reading an article it asks whether to go on (the run knows what is done
already), and before each request it asks for a turn (the run knows the limits). When the run's
process is gone, whatever the reason, it ends at once.
"""

import asyncio
import gc
import os
import signal
import socket
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from extractor.answer.endpoint.gates import Call, PutAside, Sent
from extractor.errors import (
    EndpointFailing,
    EndpointRefused,
    EndpointUnreachable,
    ExtractError,
    UsageError,
)
from extractor.pipeline import extract, extract_with
from extractor.record import Usage
from extractor.run.workers.messages import (
    Asks,
    Broke,
    Bye,
    Dropped,
    Exchange,
    Finished,
    Job,
    Leaves,
    Puts,
    Read,
    Turn,
    Verdict,
    Waits,
)
from extractor.schema.catalogue import Schema, load_schema
from extractor.settings import Settings
from extractor.store.packing import pack

if TYPE_CHECKING:
    from extractor.answer.model.asker import ModelAsker

# Errors that say nothing of the article: the next one will probably meet them as well.
_OF_RUN = (EndpointUnreachable, EndpointFailing, EndpointRefused, UsageError)
_of_job: ContextVar[int] = ContextVar("_of_job")
_sent: ContextVar[dict[str, Sent]] = ContextVar("_sent")


class Halted(ExtractError):
    """Nothing more is to be asked in this run."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What a worker needs to know. Can be pickled."""

    settings: Settings
    schema: Path
    batches: bool = False  # questions are put aside, and nothing is sent


def work(line: socket.socket, setup: Setup, inherited: Sequence[int]) -> None:
    """Work until there is nothing more to do. The whole life of the process.

    `inherited` are open files of the parent that a fork brought along: as long as we hold them
    nobody can see that the parent has gone.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches us too; the run decides
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for handle in inherited:
        os.close(handle)
    gc.freeze()  # what is here now stays; collecting would only copy the parent's pages
    gc.set_threshold(100_000, 20, 100)  # as the command does: an article leaves hardly a circle
    asyncio.run(_Worker(setup).serve(line))
    os._exit(0)


class _Worker:
    def __init__(self, setup: Setup) -> None:
        self._settings = setup.settings
        self._schema: Schema = load_schema(setup.schema)
        self._batches = setup.batches
        self._verdicts: dict[int, asyncio.Future[Verdict]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._finding = asyncio.Lock()
        self._run = Exchange()
        self._turnstile = Turnstile(self._run)

    async def serve(self, line: socket.socket) -> None:
        """Do as the run says until it says goodbye or is gone."""
        self._over = asyncio.get_running_loop().create_future()
        asker = self._asker = self._open_asker()
        await self._run.open(line, self._hear)
        await self._over
        if asker is not None:
            await asker.aclose()

    def _hear(self, message: Any) -> None:
        if isinstance(message, Job):
            task = asyncio.ensure_future(self._do(message))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        elif isinstance(message, Verdict):
            if (verdict := self._verdicts.get(message.number)) and not verdict.done():
                verdict.set_result(message)
        elif isinstance(message, Turn):
            self._turnstile.turn(message)
        elif isinstance(message, Bye):
            self._over.set_result(None)
        elif not self._over.done():
            os._exit(1)  # the run is gone; what is under way will be done anew

    def _open_asker(self) -> "ModelAsker | None":
        if not self._settings.asks_model:
            return None
        from extractor.answer.endpoint.cache import open_cache
        from extractor.answer.endpoint.client import Endpoint
        from extractor.answer.model.asker import ModelAsker

        later = PuttingAside(self._run) if self._batches else None
        endpoint = Endpoint(self._settings, open_cache(self._settings), self._turnstile, later)
        return ModelAsker(self._settings, endpoint)

    async def _do(self, job: Job) -> None:
        """Take one article through, and say how it went whatever happens."""
        _of_job.set(job.number)
        began = perf_counter()
        try:
            message = await self._extract(job, began)
        except Halted:
            message = Dropped(job.number)
        except PutAside:
            message = Waits(job.number)
        except Exception as error:  # whatever it is, the other articles go on
            spent = getattr(error, "spent", None)
            message = Broke(
                job.number,
                type(error).__name__,
                told(error),
                spent if isinstance(spent, Usage) else None,
                perf_counter() - began,
                isinstance(error, _OF_RUN),
            )
        self._run.say(message)
        await self._run.drain()

    async def _extract(self, job: Job, began: float) -> Any:
        article = job.source.load()
        verdict = self._verdicts[job.number] = asyncio.get_running_loop().create_future()
        self._run.say(Read(job.number, article.sha256))
        try:
            told = await verdict
            if not told.go:
                return Dropped(job.number)
            _sent.set(told.sent or {})
        finally:
            del self._verdicts[job.number]
        # Between two articles we hear the run and the endpoint, and send what has its turn.
        await self._finding.acquire()
        asyncio.get_running_loop().call_soon(self._finding.release)
        if self._asker is None:
            extraction = extract(article, self._schema)
        else:
            extraction = await extract_with(article, self._schema, self._asker)
        return Finished(job.number, pack(extraction), perf_counter() - began)


def told(error: Exception) -> str:
    """Return what people are told of an error that cost an article."""
    if isinstance(error, ExtractError):
        return str(error)
    words = " ".join(str(error).split())[:200]
    return f"an error inside news-extract, please report it: {type(error).__name__}: {words}"


class PuttingAside:
    """Gives questions to the run. Implements `extractor.answer.later.Later`."""

    def __init__(self, run: Exchange) -> None:
        self._run = run

    def sent(self, key: str) -> Sent | None:
        """Return what the run knows of a question about the article in work."""
        return _sent.get().get(key)

    def put_aside(self, key: str, kind: str, request: dict[str, Any]) -> None:
        """Give a question to the run."""
        self._run.say(Puts(_of_job.get(), key, kind, request))


class Turnstile:
    """The gate of one worker: the run gives the turns. Implements `extractor.answer.gate.Gate`."""

    def __init__(self, run: Exchange) -> None:
        self._run = run
        self._numbers = count()
        self._waiting: dict[int, asyncio.Future[bool]] = {}
        self._held: dict[Any, int] = {}  # by the task, which asks one thing at a time

    async def enter(self, tokens: int) -> None:
        """Wait for a turn; raise Halted when there will be none."""
        ticket = next(self._numbers)
        turn = self._waiting[ticket] = asyncio.get_running_loop().create_future()
        self._run.say(Asks(ticket, _of_job.get(), tokens))
        try:
            granted = await turn
        except asyncio.CancelledError:
            self._run.say(Leaves(ticket, _of_job.get(), None))
            raise
        finally:
            del self._waiting[ticket]
        if not granted:
            raise Halted("nothing more is asked in this run")
        self._held[asyncio.current_task()] = ticket

    def leave(self, call: Call) -> None:
        """Tell the run that a request is over, and how it went."""
        ticket = self._held.pop(asyncio.current_task())
        self._run.say(Leaves(ticket, _of_job.get(), call))

    def turn(self, message: Turn) -> None:
        """Take the run's answer to who waits."""
        waiting = self._waiting.get(message.ticket)
        if waiting is not None and not waiting.done():
            waiting.set_result(message.granted)
