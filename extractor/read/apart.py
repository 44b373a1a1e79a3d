"""Reads pages and PDFs in a child process, which can be ended while a library is busy in it.

For whoever reads articles in the process that a person started: a page may keep a library in C
computing, where no interruption reaches it. Plain text is read here, by our own code. Files are
opened here too: one that is a pipe may take as long as it likes to fill.

The child is started with the first article that needs it, and reads all others too; in its place a
new one is started when it died or was ended.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from extractor.article import Article
from extractor.bounds import ArticleBounds
from extractor.errors import ArticleTooHeavy, ExtractError, InputError
from extractor.read import bytes_in, kind_of, read_bytes
from extractor.read.files import printable_name

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess


class ReadingProcess:
    """Reads articles within their bounds. A context, which ends the child process."""

    def __init__(self) -> None:
        self._child: tuple[BaseProcess, Connection] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def read(self, path: str, bounds: ArticleBounds) -> Article:
        """Return the article in a file, or on standard input ("-"). Raises InputError."""
        source = printable_name(path)
        data = bytes_in(path)
        kind = kind_of(data, source)
        load = partial(read_bytes, data, source, kind)
        return bounds.read(load) if kind == "txt" else self.load(load, bounds)

    def load(self, load: Callable[[], Article], bounds: ArticleBounds) -> Article:
        """Return the article that `load` returns in the child. `load` can be pickled.

        Raises what it raises, and InputError when it does not come to an end within the bounds.
        """
        process, connection = self._child = self._child or self._start()
        try:
            connection.send((load, bounds.elsewhere()))
            # Polls are counted, not seconds: both processes may be suspended in between.
            for _ in range(int(bounds.stuck_after) + 1):
                if connection.poll(1.0):
                    answer, used = connection.recv()
                    break
            else:
                raise bounds.too_slow()
        except (EOFError, OSError):
            raise self._reason(process, bounds) from None
        except BaseException:
            self._end()
            raise
        bounds.spend(used)
        if isinstance(answer, ArticleTooHeavy):
            self._end()
        if isinstance(answer, Exception):
            raise answer
        bounds.check_characters(answer)
        article: Article = answer
        return article

    def _start(self) -> "tuple[BaseProcess, Connection]":
        """Start a child: forked, where that is safe."""
        import multiprocessing

        forks = "fork" in multiprocessing.get_all_start_methods() and threading.active_count() == 1
        context = multiprocessing.get_context("fork" if forks else "spawn")
        ours, theirs = context.Pipe()
        process = context.Process(  # type: ignore[attr-defined]
            target=_serve, args=(theirs, ours if forks else None), daemon=True
        )
        process.start()
        theirs.close()
        return process, ours

    def _end(self) -> None:
        """End the child, if there is one."""
        if self._child is not None:
            process, connection = self._child
            self._child = None
            connection.close()
            process.kill()
            process.join()

    def _reason(self, process: "BaseProcess", bounds: ArticleBounds) -> InputError:
        """Return why the child died."""
        import signal

        process.join()
        self._end()
        if process.exitcode == -signal.SIGVTALRM:
            return bounds.too_slow()
        return InputError(
            f"{bounds.source}: the process that read it died ({process.exitcode}); leave it out."
        )


def _serve(connection: "Connection", parents: "Connection | None") -> None:
    """Read articles until the parent is gone. The life of the child.

    `parents` is the other end of the connection, which a fork has brought along.
    """
    import signal
    from traceback import format_exc

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches us too; the parent ends us
    if parents is not None:
        parents.close()
    with suppress(EOFError, OSError):
        while True:
            load, bounds = connection.recv()
            answer: Any
            try:
                answer = bounds.hold(load)
            except ExtractError as error:  # it is raised by the parent
                answer = error
            except Exception as error:  # not all of these can be pickled
                answer = RuntimeError(f"{type(error).__name__}: {error}")
                answer.add_note(format_exc())
            connection.send((answer, bounds.used))
