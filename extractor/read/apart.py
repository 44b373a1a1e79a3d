"""Reads pages and PDFs in a child process, which can be ended while a library is busy in it.

For whoever reads articles in the process that a person started. Plain text is read here, by our own
code. Files are opened here too: one that is a pipe may take as long as it likes to fill.
"""

from collections.abc import Callable
from functools import partial

from extractor.article import Article
from extractor.bounded_process import BoundedProcess
from extractor.bounds import ArticleBounds
from extractor.read import bytes_in, kind_of, read_bytes
from extractor.read.files import printable_name


class ReadingProcess(BoundedProcess):
    """Reads articles within their bounds. A context, which ends the child process."""

    def read(self, path: str, bounds: ArticleBounds) -> Article:
        """Return the article in a file, or on standard input ("-"). Raises InputError."""
        source = printable_name(path)
        data = bytes_in(path)
        kind = kind_of(data, source)
        load = partial(read_bytes, data, source, kind)
        return bounds.read(load) if kind == "txt" else self.load(load, bounds)

    def load(self, load: Callable[[], Article], bounds: ArticleBounds) -> Article:
        """Return the article that `load`, which can be pickled, returns in the child.

        Raises what it raises, and InputError when it does not come to an end within the bounds.
        """
        article = self.run(load, bounds)
        bounds.check_characters(article)
        return article
