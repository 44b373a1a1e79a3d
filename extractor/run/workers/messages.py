"""What the run's process and its workers send to one another, over a pair of sockets."""

import asyncio
import pickle
import socket
import struct
from collections.abc import Callable
from typing import Any, NamedTuple, cast

from extractor.answer.endpoint.gates import Call, DeferredQuestion
from extractor.frozen import frozen
from extractor.read.source import Source
from extractor.record import Usage
from extractor.store.packing import Packed

_LENGTH = struct.Struct("!I")  # before each message: its length in bytes

# In all of them `number` is the task's: the position of its source among the inputs.

# --- to a worker


class FirstTry(NamedTuple):
    """How long the first try of an article may take; then it is postponed."""

    reading: float  # seconds of CPU
    extracting: float  # further ones, after reading
    a_character: float  # further ones, for each character of the text
    characters: int  # a longer text is postponed at once


class Job(NamedTuple):
    """Read this source, and extract from it."""

    number: int
    source: Source
    first_try: FirstTry | None  # None: it may take all that an article may take


class Decision(NamedTuple):
    """Whether to go on with an article that was read."""

    number: int
    go: bool
    deferred: dict[str, DeferredQuestion] | None = None  # by request key; None: not in batches


class Permission(NamedTuple):
    """A request may be sent now; or, not granted, never."""

    ticket: int
    granted: bool


@frozen
class Stop:
    """There is no more work."""


# --- from a worker


@frozen
class Ready:
    """The worker has started, and takes jobs."""


class ArticleRead(NamedTuple):
    """An article was read; the worker waits for a Decision."""

    number: int
    article_sha256: str


class RequestWaiting(NamedTuple):
    """A request waits for its Permission."""

    ticket: int  # the worker's own number of the request
    number: int
    tokens: int  # a guess at the request's size


class RequestOver(NamedTuple):
    """A request is over; without a call it was given up before it was sent."""

    ticket: int
    number: int
    call: Call | None


class QuestionDeferred(NamedTuple):
    """A question about an article is for the next batch."""

    number: int
    request_key: str
    kind: str  # the question: "quotes"
    request: dict[str, Any]


class ArticleDeferred(NamedTuple):
    """An article cannot be finished before its deferred questions are answered."""

    number: int


class ArticleDone(NamedTuple):
    """An article is done."""

    number: int
    packed: Packed
    seconds: float
    computed: float  # seconds of CPU
    characters: int  # of the text


class ArticleFailed(NamedTuple):
    """An article failed."""

    number: int
    kind: str  # of the error: "EndpointFailing"
    reason: str
    usage: Usage | None
    seconds: float
    of_run: bool  # the endpoint's or the settings' fault: the next article may meet it as well


class ArticlePostponed(NamedTuple):
    """An article was not done within its first try."""

    number: int
    computed: float  # seconds of CPU


class ArticleDropped(NamedTuple):
    """An article was left as it is, because nothing more is to be asked."""

    number: int


class Channel(asyncio.Protocol):
    """One end of a pair of sockets: sends messages, and receives those of the other end.

    Received messages go to a callback, not to a task that waits for them: an article costs a dozen
    messages, and waking a task for each costs more than all else about them.
    """

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._early: list[Any] = []  # sent before the channel was open
        self._received = bytearray()  # the beginning of a message
        self._has_room = asyncio.Event()  # cleared while the other end reads slower than we send
        self._has_room.set()

    async def open(self, sock: socket.socket, receive: Callable[[Any], None]) -> None:
        """Call `receive` with every message, and with None when the other end has gone."""
        self._receive = receive
        await asyncio.get_running_loop().create_connection(lambda: self, sock=sock)

    def send(self, message: Any) -> None:
        """Send a message, without waiting for the other end to read it."""
        if self._transport is None:
            self._early.append(message)
        elif not self._transport.is_closing():
            data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
            self._transport.write(_LENGTH.pack(len(data)) + data)

    async def drain(self) -> None:
        """Wait until the other end has read most of what was sent."""
        await self._has_room.wait()

    def close(self) -> None:
        """Send no more."""
        if self._transport is not None:
            self._transport.close()

    # --- called by the event loop: see asyncio.Protocol ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send what was to be sent before."""
        self._transport = cast(asyncio.Transport, transport)
        for message in self._early:
            self.send(message)
        self._early.clear()

    def data_received(self, data: bytes) -> None:
        """Hand on the messages that are complete."""
        received = self._received
        received += data
        while len(received) >= _LENGTH.size:
            end = _LENGTH.size + _LENGTH.unpack_from(received)[0]
            if len(received) < end:
                break
            message = pickle.loads(received[_LENGTH.size : end])  # noqa: S301 - our own process
            del received[:end]
            self._receive(message)

    def pause_writing(self) -> None:
        """Have `drain` wait."""
        self._has_room.clear()

    def resume_writing(self) -> None:
        """Have `drain` go on."""
        self._has_room.set()

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002 - gone is gone
        """Report that the other end has gone."""
        self._has_room.set()
        self._receive(None)
