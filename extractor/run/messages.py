"""What the process that runs and those that work say to one another, over a pair of sockets."""

import asyncio
import pickle
import struct
from dataclasses import dataclass
from typing import Any, NamedTuple

from extractor.answer.gate import Call
from extractor.answer.later import Sent
from extractor.record import Usage
from extractor.run.packing import Packed
from extractor.run.source import Source

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


def send(writer: asyncio.StreamWriter, message: Any) -> None:
    """Send a message; it goes out at once as far as the other side takes it."""
    data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    writer.write(_LENGTH.pack(len(data)) + data)


async def receive(reader: asyncio.StreamReader) -> Any:
    """Return the next message; None when the other side has gone."""
    try:
        (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
        return pickle.loads(await reader.readexactly(length))  # noqa: S301 - our own process
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
