"""Turns Ctrl-C and SIGTERM into calls in an event loop, instead of exceptions."""

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress


class Interrupts:
    """A context: while it lasts, Ctrl-C (SIGINT) and SIGTERM call a function in the loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, call: Callable[[], object]) -> None:
        self._loop, self._call = loop, call
        self._signals: list[int] = []

    def __enter__(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            # Not in the main thread, or not on this system: Ctrl-C raises as ever.
            with suppress(NotImplementedError, ValueError, RuntimeError):
                self._loop.add_signal_handler(number, self._call)
                self._signals.append(number)

    def __exit__(self, *_: object) -> None:
        for number in self._signals:
            self._loop.remove_signal_handler(number)
