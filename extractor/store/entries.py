"""What is written into the store: how articles and requests have ended."""

from dataclasses import dataclass

from extractor.answer.endpoint.gates import Call
from extractor.record import Usage
from extractor.store.packing import Packed


@dataclass(frozen=True, slots=True)
class Done:
    """An article that is finished."""

    position: int
    source: str
    stamp: str
    key: str
    packed: Packed
    seconds: float


@dataclass(frozen=True, slots=True)
class Failed:
    """An article that failed; without a `key` it could not even be read."""

    position: int
    source: str
    stamp: str
    reason: str
    kind: str  # of the error: "EndpointFailing"
    seconds: float
    key: str | None = None
    article_sha256: str | None = None
    usage: Usage | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """An article that there was nothing to do for, other than being unchanged."""

    position: int
    source: str
    stamp: str
    article_sha256: str
    reason: str


@dataclass(frozen=True, slots=True)
class CallFor:
    """One request that reached an endpoint, and the work that it was for."""

    key: str
    call: Call


Entry = Done | Failed | Skipped | CallFor


@dataclass(frozen=True, slots=True)
class Earlier:
    """How the work with a key ended in an earlier run, or earlier in this one."""

    status: str  # "done", "failed"
    reason: str | None
    run_id: int


@dataclass(frozen=True, slots=True)
class FailureGroup:
    """The articles of a run that failed with one kind of error."""

    kind: str  # of the error: "EndpointFailing"
    count: int
    read: int  # how many of these had been read, so that only the answering failed
    source: str  # the first of them
