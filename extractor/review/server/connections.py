"""Connections to the server: none waits for ever, and strangers cannot take everybody's places.

A connection is *known* once a request with the token came over it (the guard says so). Each, known
or not, has a limited time in which the head of its next request must be whole. Of the others only
so many are kept: a further one closes the one that has been open longest.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from extractor.review.server.guard import KNOWN

HEAD_SECONDS = (
    15.0  # from the connection, or the last answer, to the end of the next request's head
)
MOST_UNKNOWN = 64  # connections without the token that are open at a time


class Connection(H11Protocol):
    """A connection as uvicorn serves it by h11, with both limits."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._deadline: asyncio.TimerHandle | None = None
        self._opened = self.loop.time()
        self._known = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin; when too many are unknown, the longest open of them is closed."""
        super().connection_made(transport)
        unknown = [
            one
            for one in self.connections
            if isinstance(one, Connection) and not one.known and not one.transport.is_closing()
        ]
        if len(unknown) > MOST_UNKNOWN:
            min(unknown, key=lambda one: one._opened).transport.close()
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what has arrived; a part of a head alone wins no time."""
        before = self.cycle
        super().data_received(data)
        if self.cycle is not before:
            self._stop_waiting()

    def on_response_complete(self) -> None:
        """Wait for the next request, unless it has been sent already."""
        self._known = self.known
        super().on_response_complete()
        if self.cycle.response_complete:
            self._wait()

    @property
    def known(self) -> bool:
        """Whether a request with the token came over this connection."""
        return self._known or bool(self.scope and self.scope.get(KNOWN))

    def _wait(self) -> None:
        self._stop_waiting()
        self._deadline = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
