"""Sources are found ahead of the work, in a thread."""

import threading
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.errors import InputError
from extractor.read.source import failing
from extractor.run.inputs.prefetch import NumberedSource, Prefetcher, count_left
from tests.support.runs import PATIENCE


def numbered(count: int) -> Iterator[NumberedSource]:
    """Yield so many sources."""
    error = InputError("not to be read here")
    return ((number, failing(f"{number}.txt", error)) for number in range(count))


def taken_by(prefetcher: Prefetcher, arrived: threading.Event, at_once: int) -> list[int]:
    """Take everything, so many at a time, and wait only when there is nothing to take."""
    found: list[int] = []
    while True:
        for _ in range(at_once):
            if (pair := prefetcher.take()) is None:
                break
            found.append(pair[0])
        else:
            continue
        if prefetcher.is_exhausted:
            return found
        assert arrived.wait(PATIENCE), "nobody was told of what is there"
        arrived.clear()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1500), st.integers(1, 400))
def test_every_source_is_taken_once_and_in_order(count: int, at_once: int) -> None:
    """However many there are and at whatever pace: nobody waits for what has been found."""
    arrived = threading.Event()
    prefetcher = Prefetcher(numbered(count), arrived.set)
    assert taken_by(prefetcher, arrived, at_once) == list(range(count))


def test_what_ends_the_search_is_raised_after_what_was_found() -> None:
    """A folder that goes away in between costs nothing that stood before it."""

    def broken() -> Iterator[NumberedSource]:
        yield from numbered(3)
        raise OSError("gone")

    arrived = threading.Event()
    prefetcher, found = Prefetcher(broken(), arrived.set), []
    with pytest.raises(OSError, match="gone"):
        found += taken_by(prefetcher, arrived, 1)
    assert prefetcher.join(PATIENCE)


def test_a_prefetcher_that_is_stopped_finds_no_more_than_it_had() -> None:
    """What it has found may still be taken; the rest stays with the sources."""
    arrived = threading.Event()
    sources = numbered(5000)
    prefetcher = Prefetcher(sources, arrived.set)
    assert prefetcher.take() is not None or arrived.wait(PATIENCE)
    prefetcher.stop()
    assert prefetcher.join(PATIENCE)
    while prefetcher.take() is not None:
        pass
    left = [number for number, _ in sources]
    assert left == list(range(5000 - len(left), 5000))
    assert len(left) > 4000


def test_what_is_left_is_counted_as_far_as_it_is_there() -> None:
    """What was found, and the rest: all of it, or what came in time from sources that block."""
    every = numbered(700)
    prefetcher = Prefetcher(every, lambda: None)
    prefetcher.stop()
    assert count_left(prefetcher, every, lambda _: True, PATIENCE) == (700, False)
    assert count_left(None, numbered(3), lambda source: source.name != "1.txt", PATIENCE) == (
        2,
        False,
    )
    over = threading.Event()

    def blocking() -> Iterator[NumberedSource]:
        yield from numbered(3)
        over.wait(PATIENCE)

    count, more = count_left(None, blocking(), lambda _: True, 0.5)
    over.set()
    assert more
    assert count <= 3
