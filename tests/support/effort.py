"""How much work something takes, counted by the interpreter: the same on every machine."""

import cProfile
import sys
import tracemalloc
from collections.abc import Callable
from types import FrameType


def calls_of(work: Callable[[], object]) -> int:
    """Return how many calls, of Python and of C functions, `work` makes."""
    profile = cProfile.Profile()
    profile.enable()
    work()
    profile.disable()
    return sum(entry.callcount for entry in profile.getstats())


def steps_of(work: Callable[[], object]) -> int:
    """Return how many lines of Python `work` runs, each turn of a loop and each call counted.

    So a loop counts that calls nothing, which `calls_of` does not see. It takes four times as long.
    """
    steps = 0

    def count(frame: FrameType, event: str, argument: object) -> object:
        nonlocal steps
        steps += 1
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        work()
    finally:
        sys.settrace(before)
    return steps


def peak_of(work: Callable[[], object]) -> int:
    """Return how many bytes Python's objects take at most while `work` runs, over those before."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
