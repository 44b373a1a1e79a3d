"""Sources found ahead of the work, in a thread: a slow disk or pipe holds nobody up."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from time import monotonic

from extractor.read.source import Source

_BUFFERED = 256  # sources found ahead of the work
Numbered = tuple[int, Source]  # with its position in the coverage


class Feeder:
    """Goes through the sources in a thread of its own, a little ahead of the work.

    It goes on when half of what it found is taken, not for each: waking a thread costs the others
    more than finding a file.
    """

    def __init__(self, sources: Iterator[Numbered], arrived: Callable[[], None]) -> None:
        """Begin; `arrived` is called in the feeder's thread when there is what `take` had not."""
        self._sources = sources
        self._arrived = arrived
        self._found: deque[Numbered] = deque()
        self._room = threading.Event()
        self._room.set()
        self._missed = False  # there was nothing to take
        self._halting = False
        self._ended = False
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._go, name="coverage", daemon=True)
        self._thread.start()

    @property
    def over(self) -> bool:
        """Whether every source has been taken. Raises what ended the search, if it was an error."""
        if not self._ended or self._found:
            return False
        if self._error is not None:
            raise self._error
        return True

    @property
    def found(self) -> int:
        """How many sources are found and not taken."""
        return len(self._found)

    def take(self) -> Numbered | None:
        """Return the next source, None when there is none at present."""
        if not self._found:
            self._missed = True
            if not self._found:  # still; what is found from now on is told
                return None
        pair = self._found.popleft()
        self._make_room()
        return pair

    def _make_room(self) -> None:
        if len(self._found) <= _BUFFERED // 2 and not self._room.is_set():
            self._room.set()

    def halt(self) -> None:
        """Look for no more."""
        self._halting = True
        self._room.set()

    def halted(self, patience: float) -> bool:
        """Wait for the end; tell whether it has come, so that the sources may be gone on with."""
        self._thread.join(patience)
        return not self._thread.is_alive()

    def _go(self) -> None:
        try:
            while True:
                self._room.wait()
                if self._halting:
                    return
                pair = next(self._sources, None)
                if pair is None:
                    return
                self._found.append(pair)
                if len(self._found) >= _BUFFERED:
                    self._room.clear()
                    self._make_room()  # for what was taken meanwhile
                if self._missed:
                    self._missed = False
                    self._arrived()
        except BaseException as error:  # it is raised where the run waits
            self._error = error
        finally:
            self._ended = True
            self._arrived()


def count_left(
    feeder: Feeder | None,
    rest: Iterator[Numbered],
    is_work: Callable[[Source], bool],
    patience: float,
) -> tuple[int, bool]:
    """Return how many sources that are work nobody has taken, and whether there may be more.

    Both `feeder`, which has been told to halt, and the `rest` that it has not come to are gone
    through for `patience` seconds at most, and used up.
    """
    ends, count = monotonic() + patience, 0
    if feeder is not None:
        if not feeder.halted(patience):
            return count, True
        while (pair := feeder.take()) is not None:
            count += is_work(pair[1])
    for _, source in rest:
        count += is_work(source)
        if monotonic() > ends:
            return count, True
    return count, False
