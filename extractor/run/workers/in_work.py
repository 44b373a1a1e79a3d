"""Which article a worker computes on, in memory that the run's process reads even when it died."""

from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.sharedctypes import RawArray


class InWork:
    """One worker's mark. It is shared by handing it to the process as it is started."""

    def __init__(self) -> None:
        # The task's number, -1 for none; and how often there was a new one.
        self._mark = RawArray("q", (-1, 0))

    @contextmanager
    def on(self, number: int) -> Iterator[None]:
        """Show that this process computes on a task for as long as the context lasts."""
        mark = self._mark
        mark[1] += 1
        mark[0] = number
        try:
            yield
        finally:
            mark[0] = -1

    @property
    def number(self) -> int | None:
        """The number of the task that is computed on, or was when the process died."""
        number = self._mark[0]
        return None if number < 0 else number

    @property
    def count(self) -> int:
        """How many computations there were, with the present one: unchanged, it is the same."""
        return int(self._mark[1])
