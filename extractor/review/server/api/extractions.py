"""Extractions for /v1: each in a child process, within an article's bounds, in a fair order.

A child neither holds up the page nor outlives its time. What it works on is given up when whoever
asked has gone.
"""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import anyio
from anyio import CapacityLimiter, to_thread

from extractor.bounded_process import BoundedProcess
from extractor.bounds import ArticleBounds
from extractor.review.server.api.process import extracted
from extractor.review.server.api.turns import Turns
from extractor.review.server.guard import Limits
from extractor.settings import Settings


class TookTooLong(Exception):
    """Raised when an extraction, or the wait for its turn, took longer than it may."""


class Extractions:
    """The child processes, and who is next."""

    def __init__(self, settings: Settings, limits: Limits, home: Path | None) -> None:
        """Extract with these settings; `home` is the folder with the user's `schemas/`."""
        self._settings, self._home = settings, home
        self.seconds = limits.extraction_timeout
        self._turns = Turns(limits.extractions, limits.waiting)
        self._threads = CapacityLimiter(limits.extractions)  # each waits for a child
        self._idle: list[BoundedProcess] = []

    async def extract(self, client: str, data: bytes | str, asked: Mapping[str, Any]) -> bytes:
        """Return the JSON of an extraction: see `process.extracted`.

        Cancelled, it ends the child. Raises ExtractError, NoRoom and TookTooLong.
        """
        bounds = ArticleBounds(self._settings, asked["source"])
        # A model is waited for as long as its own deadlines let it.
        patience = self.seconds if self._settings.asks_model else None
        work = partial(extracted, data, asked, self._settings, self._home)
        try:
            with anyio.fail_after(self.seconds):
                async with self._turns.turn(client):
                    return await self._in_child(work, bounds, patience)
        except TimeoutError:
            raise TookTooLong from None

    async def _in_child(
        self, work: "partial[bytes]", bounds: ArticleBounds, patience: float | None
    ) -> bytes:
        child = self._idle.pop() if self._idle else BoundedProcess()
        run = partial(child.run, work, bounds, stuck_after=patience)
        try:
            return await to_thread.run_sync(run, limiter=self._threads, abandon_on_cancel=True)
        except anyio.get_cancelled_exc_class():
            child.kill()  # the thread, which nobody waits for any more, ends with it
            child = BoundedProcess()
            raise
        finally:
            self._idle.append(child)

    def close(self) -> None:
        """End the children."""
        for child in self._idle:
            child.close()
