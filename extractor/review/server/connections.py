"""Connections to the server: none waits for ever, and nobody can take everybody's places.

A connection has a limited time in which the head of its next request must be whole, and another in
which an answer must be read on. It belongs to the holder of the token that a request brought over
it (the guard says whose), to a stranger until then. Of each holder, and of all strangers together,
only so many are kept: a further one closes the one that has been open longest.
"""

import asyncio
from typing import Any

from h11 import LocalProtocolError
from uvicorn.protocols.http.h11_impl import H11Protocol

from extractor.review.server.guard import HOLDER

HEAD_SECONDS = 15.0  # from the beginning, or the last answer, to the end of the next head
ANSWER_SECONDS = 30.0  # that an answer, or what is left of it, waits for whoever reads it
MOST_OF_STRANGERS = 200  # connections that are open at a time
AT_ONCE = 64  # that are taken before the first of them is read: few, or they close each other
MOST_OF_ONE = 100  # and of one holder; a browser has six


class Connection(H11Protocol):
    """A connection as uvicorn serves it by h11, within these limits."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._opened = self.loop.time()
        self._holder: str | None = None
        self._head: asyncio.TimerHandle | None = None
        self._answer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin, as a stranger's."""
        super().connection_made(transport)
        self._make_room(MOST_OF_STRANGERS)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._stop_head()
        self._stop_answer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what has arrived; a part of a head alone wins no time."""
        before = self.cycle
        super().data_received(data)
        if self.cycle is not before:
            self._stop_head()

    def on_response_complete(self) -> None:
        """Wait for the next request, unless it has been sent already."""
        if self._holder != (holder := self.holder):
            self._holder = holder
            self._make_room(MOST_OF_ONE)
        super().on_response_complete()
        if self.cycle.response_complete:
            self._await_head()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP, or close when it comes behind an answer."""
        try:
            super().send_400_response(msg)
        except LocalProtocolError:
            self.transport.close()

    def pause_writing(self) -> None:
        """Wait for the reader of an answer that has filled what the system keeps of it."""
        super().pause_writing()
        self._await_reader()

    def resume_writing(self) -> None:
        """Go on with an answer."""
        super().resume_writing()
        self._stop_answer()

    @property
    def holder(self) -> str | None:
        """Whose token came over this connection; None as long as none has."""
        now = self.scope.get(HOLDER) if self.scope else None
        return now if isinstance(now, str) else self._holder

    def _make_room(self, most: int) -> None:
        """Close one of the holder's connections if there are more, rather one that is idle."""
        own = [
            one
            for one in self.connections
            if isinstance(one, Connection) and one.holder == self.holder
        ]
        if len(own) > most:
            last = min(own, key=lambda one: (one._head is None, one._opened))
            self.connections.discard(last)  # it is lost a little later
            last.transport.abort()

    def _await_head(self) -> None:
        self._stop_head()
        self._head = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _give_up(self) -> None:
        """Close; what is left of an answer is still sent, if it is read."""
        self.transport.close()
        self._await_reader()

    def _await_reader(self) -> None:
        if self._answer is None:
            # Not `close`, which would wait for the reader.
            self._answer = self.loop.call_later(ANSWER_SECONDS, self.transport.abort)

    def _stop_head(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None

    def _stop_answer(self) -> None:
        if self._answer is not None:
            self._answer.cancel()
            self._answer = None
