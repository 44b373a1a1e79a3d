"""The processes that work for a run: started, told, listened to, replaced when one dies."""

import multiprocessing
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from typing import Any

from extractor.run.workers.messages import Bye, Exchange
from extractor.run.workers.worker import Setup, work

_FAREWELL = 5.0  # seconds that a process may take to end


@dataclass(eq=False)
class Hand:
    """One process, and the numbers of the jobs that it has."""

    process: BaseProcess
    line: socket.socket
    jobs: set[int] = field(default_factory=set)
    alone: bool = False  # it has a job that may have killed another process: no second one
    exchange: Exchange = field(default_factory=Exchange)

    def tell(self, message: Any) -> None:
        """Send it a message, as soon as it can be told."""
        self.exchange.say(message)


class Crew:
    """All processes of a run. Made before there are threads or an event loop."""

    def __init__(self, count: int, setup: Setup, inherited: list[int]) -> None:
        """Start the processes. `inherited` are the parent's open files that they must not hold."""
        self._setup = setup
        self._inherited = inherited
        self.hands: list[Hand] = []
        # A fork shares what is imported (2 s with a model's library); it is safe only as long as
        # there is one thread, which is why a replacement is started in the other way.
        forks = "fork" in multiprocessing.get_all_start_methods() and os.name == "posix"
        context = multiprocessing.get_context("fork" if forks else "spawn")
        for _ in range(count):
            self.hands.append(self._start(context, forks=forks))

    def _start(self, context: BaseContext, *, forks: bool) -> Hand:
        ours, theirs = socket.socketpair()
        theirs.setblocking(False)
        held = [*self._inherited, ours.fileno(), *(hand.line.fileno() for hand in self.hands)]
        process = context.Process(  # type: ignore[attr-defined]
            target=work, args=(theirs, self._setup, held if forks else []), daemon=True
        )
        process.start()
        theirs.close()
        ours.setblocking(False)
        return Hand(process, ours)

    async def listen(self, hand: Hand, hear: Callable[[Hand, Any], None]) -> None:
        """Call `hear` with every message of a process, and with None when it has gone."""
        await hand.exchange.open(hand.line, partial(hear, hand))

    def replace(self, hand: Hand) -> Hand:
        """Start a process in the place of one that has gone."""
        self.hands.remove(hand)
        hand.process.join(_FAREWELL)
        hand.exchange.close()
        started = self._start(multiprocessing.get_context("spawn"), forks=False)
        self.hands.append(started)
        return started

    def dismiss(self) -> None:
        """Tell every process that there is no more work."""
        for hand in self.hands:
            hand.tell(Bye())

    def end(self) -> None:
        """Wait a little for the processes to end, then end them."""
        for hand in self.hands:
            hand.process.join(_FAREWELL)
        self.kill()

    def kill(self) -> None:
        """End every process at once."""
        for hand in self.hands:
            if hand.process.is_alive():
                hand.process.kill()
        for hand in self.hands:
            hand.process.join(_FAREWELL)
            with suppress(OSError, RuntimeError):
                hand.line.close()


def cores() -> int:
    """Return how many processes can work at the same time."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1
