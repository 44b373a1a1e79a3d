"""A source of a run: the name of one article, a stamp that shows changes, and how to load it."""

from collections.abc import Callable
from functools import partial
from typing import NoReturn

from extractor.article import Article
from extractor.errors import InputError
from extractor.frozen import frozen


@frozen
class Source:
    """An article that may be there. What cannot be read is a source too, whose `load` says why.

    Sources can be pickled. One that stands in a file of many holds its bytes; a file does not.
    """

    name: str  # as it is reported and stored; printable, unique within a run
    stamp: str  # the same as last time: unchanged, need not be loaded again; "" is never the same
    load: Callable[[], Article]  # raises InputError, which names the file and line or record
    held: int = 0  # bytes that it holds, about


def failing(name: str, error: InputError) -> Source:
    """Return a source that cannot be loaded: its `load` raises `error`."""
    return Source(name, "", partial(_fail, error))


def _fail(error: InputError) -> NoReturn:
    raise error
