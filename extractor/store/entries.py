"""What is written into the store: how articles and requests have ended."""

from extractor.answer.endpoint.gates import Call
from extractor.frozen import frozen
from extractor.record import Usage
from extractor.store.packing import Packed


@frozen
class Done:
    """An article that is finished."""

    position: int
    source: str
    stamp: str
    key: str
    packed: Packed
    seconds: float


@frozen
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


@frozen
class Skipped:
    """An article that there was nothing to do for, other than being unchanged."""

    position: int
    source: str
    stamp: str
    article_sha256: str
    reason: str


@frozen
class CallFor:
    """One request that reached an endpoint, and the work that it was for."""

    key: str
    call: Call


Entry = Done | Failed | Skipped | CallFor


@frozen
class Earlier:
    """How the work with a key ended in an earlier run, or earlier in this one."""

    status: str  # "done", "failed"
    reason: str | None
    run_id: int


@frozen
class FailureGroup:
    """The articles of a run that failed with one kind of error."""

    kind: str  # of the error: "EndpointFailing"
    count: int
    read: int  # how many of these had been read, so that only the answering failed
    source: str  # the first of them
