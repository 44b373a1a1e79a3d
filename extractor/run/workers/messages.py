"""What the process that runs and those that work say to one another, over a pair of sockets."""

import asyncio
import pickle
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

from extractor.answer.endpoint.gates import Call, Sent
from extractor.read.source import Source
from extractor.record import Usage
from extractor.store.packing import Packed

_LENGTH = struct.Struct("!I")

# --- to a worker


class Job(NamedTuple):
    """Read this, and say what it is."""

    number: int
    source: Source


class Verdict(NamedTuple):
    """Whether to go on with an article that was read."""

    number: int
    go: bool
    sent: dict[str, Sent] | None = None  # what became of its questions; None: nothing is put aside


class Turn(NamedTuple):
    """A request may be sent; or not, and never."""

    ticket: int
    granted: bool


@dataclass(frozen=True, slots=True)
class Bye:
    """There is no more work."""


# --- from a worker


class Read(NamedTuple):
    """An article was read."""

    number: int
    article_sha256: str


class Asks(NamedTuple):
    """A request wants its turn."""

    ticket: int
    number: int
    tokens: int


class Leaves(NamedTuple):
    """A request is over; without a call it was given up before it was sent."""

    ticket: int
    number: int
    call: Call | None


class Puts(NamedTuple):
    """A question of an article is put aside."""

    number: int
    request_key: str
    kind: str  # the question: "quotes"
    request: dict[str, Any]


class Waits(NamedTuple):
    """An article cannot be finished before the questions put aside are answered."""

    number: int


class Finished(NamedTuple):
    """An article is done."""

    number: int
    packed: Packed
    seconds: float


class Broke(NamedTuple):
    """An article failed."""

    number: int
    kind: str  # of the error
    reason: str
    usage: Usage | None
    seconds: float
    of_run: bool  # the endpoint's or the settings' fault: the next article may meet it as well


class Dropped(NamedTuple):
    """An article was left as it is, because nothing more is to be asked."""

    number: int


class Exchange(asyncio.Protocol):
    """One side of a pair of sockets: says messages, and hears those of the other side.

    No task waits for them: an article costs a dozen, and waking a task for each costs more.
    """

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._early: list[Any] = []  # said before the line was open
        self._got = bytearray()  # the beginning of a message
        self._room = asyncio.Event()  # not set while the other side is slow to take what we said
        self._room.set()

    async def open(self, line: socket.socket, hear: Callable[[Any], None]) -> None:
        """Call `hear` with every message, and with None when the other side has gone."""
        self._hear = hear
        await asyncio.get_running_loop().create_connection(lambda: self, sock=line)

    def say(self, message: Any) -> None:
        """Send a message; it goes out at once as far as the other side takes it."""
        if self._transport is None:
            self._early.append(message)
        elif not self._transport.is_closing():
            data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
            self._transport.write(_LENGTH.pack(len(data)) + data)

    async def drain(self) -> None:
        """Wait until the other side has taken most of what was said."""
        await self._room.wait()

    def close(self) -> None:
        """Say no more."""
        if self._transport is not None:
            self._transport.close()

    # --- what the event loop calls ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say what was to be said before."""
        self._transport = cast(asyncio.Transport, transport)
        for message in self._early:
            self.say(message)
        self._early.clear()

    def data_received(self, data: bytes) -> None:
        """Hear the messages that are whole."""
        got = self._got
        got += data
        while len(got) >= _LENGTH.size:
            end = _LENGTH.size + _LENGTH.unpack_from(got)[0]
            if len(got) < end:
                break
            message = pickle.loads(got[_LENGTH.size : end])  # noqa: S301 - our own process
            del got[:end]
            self._hear(message)

    def pause_writing(self) -> None:
        """Have `drain` wait."""
        self._room.clear()

    def resume_writing(self) -> None:
        """Have `drain` go on."""
        self._room.set()

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002 - gone is gone
        """Tell that the other side has gone."""
        self._room.set()
        self._hear(None)
