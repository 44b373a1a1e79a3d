"""Turns: places for extractions, shared out so that no client keeps the others waiting.

Clients that wait take turns, one place each. As long as there is more than one place no client
holds them all.
"""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class NoRoom(Exception):
    """Raised when a client has as many requests waiting as it may."""


class Turns:
    """A number of places, and the clients that wait for one."""

    def __init__(self, places: int, most_waiting: int) -> None:
        """Share out `places`; of a client at most `most_waiting` requests wait."""
        self._free = places
        self._most_held = max(1, places - 1)
        self._most_waiting = most_waiting
        self._held: Counter[str] = Counter()
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}  # whose turn it is, first

    @asynccontextmanager
    async def turn(self, client: str) -> AsyncIterator[None]:
        """Wait for a place, and hold it for the block. Raises NoRoom."""
        queue = self._waiting.setdefault(client, deque())
        if len(queue) >= self._most_waiting:
            raise NoRoom
        place = asyncio.get_running_loop().create_future()
        queue.append(place)
        self._share_out()
        try:
            await place
            yield
        finally:
            if place.done() and not place.cancelled():
                self._free += 1
                self._held -= Counter([client])
            self._share_out()

    def _share_out(self) -> None:
        """Give free places to those that wait, in turn."""
        for client in list(self._waiting):
            queue = self._waiting[client]
            for left in [place for place in queue if place.cancelled()]:
                queue.remove(left)
            if self._free and queue and self._held[client] < self._most_held:
                self._free -= 1
                self._held[client] += 1
                queue.popleft().set_result(None)
                self._waiting[client] = self._waiting.pop(client)  # the last one now
            if not queue:
                del self._waiting[client]
