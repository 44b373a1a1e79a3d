"""A child process that works within an article's bounds, and can be ended in the middle of it.

A library in C may compute where no interruption reaches it; what runs in a child can be ended all
the same. The child is started with the first work, and does all that follows; in its place a new
one is started when it died or was ended.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self, TypeVar

from extractor.bounds import ArticleBounds
from extractor.errors import ArticleTooHeavy, ExtractError, InputError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

T = TypeVar("T")


class BoundedProcess:
    """Does one piece of work after another in a child. A context, which ends the child."""

    def __init__(self) -> None:
        self._child: tuple[BaseProcess, Connection] | None = None
        self._killed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def run(
        self, work: Callable[[], T], bounds: ArticleBounds, *, stuck_after: float | None = None
    ) -> T:
        """Return what `work`, which can be pickled, returns in the child.

        `stuck_after`: seconds of the clock after which it is ended; by default those of the bounds,
        which do not foresee that it waits for something. Raises what it raises, and InputError when
        it does not come to an end within the bounds.
        """
        patience = bounds.stuck_after if stuck_after is None else stuck_after
        process, connection = self._child = self._child or self._start()
        try:
            if self._killed:  # while it was started
                process.kill()
            connection.send((work, bounds.elsewhere()))
            # Polls are counted, not seconds: both processes may be suspended in between.
            for _ in range(int(patience) + 1):
                if connection.poll(1.0):
                    answer, used = connection.recv()
                    break
            else:
                raise bounds.too_slow()
        except (EOFError, OSError):
            raise self._reason(process, bounds) from None
        except BaseException:
            self.close()
            raise
        bounds.spend(used)
        if isinstance(answer, ArticleTooHeavy):
            self.close()
        if isinstance(answer, Exception):
            raise answer
        result: T = answer
        return result

    def kill(self) -> None:
        """End the child from another thread, for good: `run` raises InputError there."""
        self._killed = True
        if (child := self._child) is not None:
            child[0].kill()

    def close(self) -> None:
        """End the child, if there is one."""
        if self._child is not None:
            process, connection = self._child
            self._child = None
            connection.close()
            process.kill()
            process.join()

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

    def _reason(self, process: "BaseProcess", bounds: ArticleBounds) -> InputError:
        """Return why the child died."""
        import signal

        process.join()
        self.close()
        if process.exitcode == -signal.SIGVTALRM:
            return bounds.too_slow()
        # What a library in C does when it gets no memory, and seldom anything else.
        of_memory = process.exitcode in {-signal.SIGABRT, -signal.SIGTRAP, -signal.SIGILL}
        perhaps = ", perhaps for lack of memory" if of_memory else ""
        more = ", or raise article_megabytes in extract.toml" if of_memory else ""
        return InputError(
            f"{bounds.source}: the process that worked on it died ({process.exitcode}){perhaps}; "
            f"leave it out{more}."
        )


def _serve(connection: "Connection", parents: "Connection | None") -> None:
    """Work until the parent is gone. The life of the child.

    `parents` is the other end of the connection, which a fork has brought along.
    """
    import signal
    from traceback import format_exc

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches us too; the parent ends us
    if parents is not None:
        parents.close()
    with suppress(EOFError, OSError):
        while True:
            work, bounds = connection.recv()
            answer: Any
            try:
                answer = bounds.hold(work)
            except ExtractError as error:  # it is raised by the parent
                answer = error
            except Exception as error:  # not all of these can be pickled
                answer = RuntimeError(f"{type(error).__name__}: {error}")
                answer.add_note(format_exc())
            connection.send((answer, bounds.used))
