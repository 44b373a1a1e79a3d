"""Finds sources ahead of the work, in a thread, so that a slow disk or pipe holds up nobody."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from time import monotonic

from extractor.read.source import Source

_MOST_BUFFERED = 256  # sources found ahead of the work
_MOST_HELD = 64_000_000  # bytes that they hold
NumberedSource = tuple[int, Source]  # with its position among the inputs


class Prefetcher:
    """Iterates over the sources in a thread of its own, a little ahead of the work.

    It goes on when half of its buffer is taken, not for each source: waking a thread costs the
    others more than finding a file.
    """

    def __init__(self, sources: Iterator[NumberedSource], on_available: Callable[[], None]) -> None:
        """Start. `on_available` is called, in the prefetcher's thread, once sources are available
        after `take` returned None, and at the end."""
        self._sources = sources
        self._on_available = on_available
        self._buffer: deque[NumberedSource] = deque()
        self._put = self._taken = 0  # bytes that sources held; each counted by one thread only
        self._room = threading.Event()
        self._room.set()
        self._missed = False  # `take` found nothing
        self._stopping = False
        self._ended = False
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._fill, name="prefetch", daemon=True)
        self._thread.start()

    @property
    def has_ended(self) -> bool:
        """Whether `take` returns nothing any more, every source being taken or not."""
        return self._ended and not self._buffer

    @property
    def is_exhausted(self) -> bool:
        """Whether every source has been taken. Raises the error that ended the search, if any."""
        if not self.has_ended:
            return False
        if self._error is not None:
            raise self._error
        return True

    @property
    def buffered(self) -> int:
        """How many sources are found and not taken."""
        return len(self._buffer)

    def take(self) -> NumberedSource | None:
        """Return the next source, None when there is none at present."""
        if not self._buffer:
            self._missed = True
            if not self._buffer:  # still none; `on_available` is called for the next
                return None
        numbered = self._buffer.popleft()
        self._taken += numbered[1].held
        self._make_room()
        return numbered

    def _make_room(self) -> None:
        half_empty = len(self._buffer) <= _MOST_BUFFERED // 2
        if half_empty and self._put - self._taken <= _MOST_HELD // 2 and not self._room.is_set():
            self._room.set()

    def stop(self) -> None:
        """Look for no more sources; what is buffered may still be taken."""
        self._stopping = True
        self._room.set()

    def join(self, timeout: float) -> bool:
        """Wait at most `timeout` seconds for the thread to end; return whether it has.

        Then the sources are no longer in use, and may be iterated over from where it stopped.
        """
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _fill(self) -> None:
        """Fill the buffer until the sources end. The life of the thread."""
        try:
            while True:
                self._room.wait()
                if self._stopping:
                    return
                numbered = next(self._sources, None)
                if numbered is None:
                    return
                self._put += numbered[1].held
                self._buffer.append(numbered)
                if len(self._buffer) >= _MOST_BUFFERED or self._put - self._taken >= _MOST_HELD:
                    self._room.clear()
                    self._make_room()  # for what was taken meanwhile
                if self._missed:
                    self._missed = False
                    self._on_available()
        except BaseException as error:  # raised by `is_exhausted`, where the run waits
            self._error = error
        finally:
            self._ended = True
            self._on_available()


def count_left(
    prefetcher: Prefetcher | None,
    rest: Iterator[NumberedSource],
    needs_work: Callable[[Source], bool],
    seconds: float,
) -> tuple[int, bool]:
    """Return how many sources that need work nobody has taken, and whether there may be more.

    Counts what `prefetcher`, which was told to stop, has buffered and the `rest` that it has not
    come to, for `seconds` at most, even if the sources block; both are used up.
    """
    ends, count = monotonic() + seconds, 0
    if prefetcher is not None:
        if not prefetcher.join(seconds):
            return count, True
        while (numbered := prefetcher.take()) is not None:
            count += needs_work(numbered[1])
    available = threading.Event()
    further = Prefetcher(rest, available.set)
    try:
        while not further.is_exhausted:
            if (numbered := further.take()) is not None:
                count += needs_work(numbered[1])
            else:
                available.wait(max(0.0, ends - monotonic()))
                available.clear()
            if monotonic() > ends:
                return count, True
    finally:
        further.stop()
    return count, False
