"""Loaders of articles that do harm, for the tests of bounds: they can be sent to a worker.

None of them does anything but what it says; what a stranger's file makes a library do is played.
"""

import os
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

from extractor.article import Article
from extractor.read import article_from_text
from extractor.read.source import Source


def loops() -> Article:
    """Compute for ever, in Python."""
    while True:
        pass


def swallows() -> Article:
    """Compute for ever, and heed no interruption at all."""
    while True:
        with suppress(BaseException):
            loops()


def computes_in_c() -> Article:
    """Compute for hours without looking for signals."""
    return article_from_text(str(sum(range(10**13))), "sum")


def sleeps() -> Article:
    """Wait for ever, without computing."""
    while True:
        time.sleep(3600)


def grows() -> Article:
    """Take memory without end."""
    kept = []
    while True:
        kept.append(bytearray(1_000_000))


def takes(path: Path, seconds: float) -> Article:
    """Compute for some seconds of CPU, and then give an article after all; note each try."""
    with path.open("a") as tries:
        tries.write("x")
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass
    return article_from_text(f'"It took {seconds} s," Anna Berg said of {path.name}.\n', str(path))


HOSTILE = {load.__name__: Source(load.__name__, "", load) for load in (
    loops, swallows, computes_in_c, sleeps, grows
)}  # fmt: skip


def slow(path: Path, seconds: float) -> Source:
    """Return a source that takes some seconds of CPU; its tries are counted in a file."""
    return Source(path.name, "", partial(takes, path, seconds))


def holds(data: bytes | str, asked: dict[str, str], *_: object) -> bytes:
    """Write the process's number into the file that is named as the source, and wait for ever.

    In the place of `extracted`, for sources that begin with a slash.
    """
    if not asked["source"].startswith("/"):
        return b'"done"'
    Path(asked["source"]).write_text(str(os.getpid()))
    while True:
        time.sleep(3600)


def computes(*_: object) -> bytes:
    """Compute for ever, in the place of `extracted`."""
    loops()
    return b""
