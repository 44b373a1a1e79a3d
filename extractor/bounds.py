"""Bounds on one article: the time and memory that it may take, its characters, its rows.

    bounds = ArticleBounds(settings, "story.html")
    article = bounds.read(load)                             # load() -> Article
    extraction = extract(article, schema, bounds=bounds)    # or `await extract_with(…)`

An article that meets one ends with ArticleTooSlow, ArticleTooHeavy or ArticleTooLarge, whose
message names the article, the bound and the setting to raise. Each article has its own object.

* **Seconds** are seconds of CPU, of reading and extracting together, so other work on the machine
  changes nothing; waiting for a model or a disk does not count. When they are used up the work is
  interrupted by an exception that no `except Exception` in a library can swallow. That needs a
  system with interval timers (all but Windows) and the main thread; elsewhere time is not bounded.
  What runs in C without looking for signals is not interrupted. With `may_die` the kernel ends such
  a process instead, somewhat later (by SIGVTALRM): only for a process that somebody watches.
* **Megabytes** are what the process may take while it works on the article, beyond what it had
  before: Python then raises MemoryError. Linux only. A process that has met this bound should be
  replaced, since what it was doing was broken off anywhere.
* **Characters** are those of the text as read, **rows** those of the record: more is an error, and
  nothing is cut off.
"""

import inspect
import os
import signal
import threading
import types
from collections.abc import Callable, Coroutine, Generator
from copy import copy
from functools import partial
from time import process_time
from typing import Any, Self, TypeVar, cast

from extractor.article import Article
from extractor.errors import ArticleTooHeavy, ArticleTooLarge, ArticleTooSlow, InputError
from extractor.settings import Settings

T = TypeVar("T")
_AGAIN = 0.1  # seconds until an interruption that was swallowed (in a __del__) is tried again
# A process that may die does when the interruption was not heeded for half as long again, and this.
_GRACE = 0.02  # seconds
_STUCK_SECONDS, _STUCK_TIMES = 30.0, 4
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 0


class _OutOfTime(BaseException):
    """Raised in the middle of the work when its seconds are used up; never leaves this module."""


def stuck_after(seconds: float) -> float:
    """Return after which time on the clock work that may take so much CPU must be stuck.

    It is far longer, for a busy machine or a slow disk.
    """
    return _STUCK_SECONDS + _STUCK_TIMES * seconds


class ArticleBounds:
    """The bounds on one article, as the settings say, and how much of its time is left."""

    def __init__(
        self,
        settings: Settings,
        source: str,
        *,
        seconds: float | None = None,
        may_die: bool = False,
    ) -> None:
        """Bound work on the article named `source`.

        `seconds`: another bound than `settings.article_seconds`. `may_die`: the kernel may end this
        process when the work does not heed the interruption.
        """
        self.source = "standard input" if source == "-" else source
        self._may_die = may_die
        self._most_characters, self._most_rows = settings.article_characters, settings.article_rows
        self._most_megabytes = settings.article_megabytes
        self.seconds = seconds if seconds is not None else settings.article_seconds
        self._left = self.seconds
        self._began: float | None = None  # the process's CPU when the time began to run
        self._used_before: int | None = None  # bytes of this process, before the first work

    # --- work within the bounds ---

    def read(self, load: Callable[[], Article]) -> Article:
        """Return the article that `load` returns. Raises what it raises, and the errors above."""
        article = self.hold(load)
        self.check_characters(article)
        return article

    def hold(self, work: Callable[[], T]) -> T:
        """Return what `work` returns. Raises what it raises, ArticleTooSlow or ArticleTooHeavy."""
        if not _timer.is_free:
            return work()  # within another's bounds, or in a thread that has no timer
        if self._left <= 0:
            raise self.too_slow()
        failure: InputError
        memory = self._limit_memory()
        try:
            self._start()
            try:
                return work()
            finally:
                self._stop()
        except _OutOfTime:
            failure = self.too_slow()
        except MemoryError:
            failure = self.too_heavy()
        finally:
            self._stop()
            _set_memory_limit(memory)
        raise failure  # out here, where it holds none of the frames that were interrupted

    async def hold_steps(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Return what a coroutine returns; each of its steps is held, its waiting is not.

        Tasks that it starts are not held.
        """
        return await _in_steps(self.hold, coroutine)

    def allow(self, seconds: float) -> None:
        """Allow so many seconds, of which those used already count."""
        self._left += seconds - self.seconds
        self.seconds = seconds
        if self._began is not None:
            self._stop()
            self._start()

    def spend(self, seconds: float) -> None:
        """Count seconds of CPU that another process used for the article."""
        self._left -= seconds

    def elsewhere(self) -> Self:
        """Return the bounds for work on the same article in a process that may die."""
        bounds = copy(self)
        bounds._may_die, bounds._used_before = True, None
        return bounds

    @property
    def stuck_after(self) -> float:
        """Seconds of the clock after which work in another process is stuck, and to be ended."""
        return stuck_after(self._left)

    @property
    def used(self) -> float:
        """Seconds of CPU that were used so far."""
        return self.seconds - self._left

    def _start(self) -> None:
        """Let the time run."""
        self._began, left = process_time(), max(0.001, self._left)
        _timer.start(left, left + _GRACE + left / 2 if self._may_die else None)

    def _stop(self) -> None:
        """Let the time stand, and count it. From the first line on nothing is interrupted."""
        _timer.stop()
        if self._began is not None:  # the timer's own count leaves out short work
            self._left -= process_time() - self._began
            self._began = None

    # --- the bounds as errors ---

    def check_characters(self, article: Article) -> None:
        """Raise ArticleTooLarge when the text is longer than the bound."""
        count, most = len(article.text), self._most_characters
        if count > most:
            raise ArticleTooLarge(
                f"{self.source}: {count:,} characters, and one article may have {most:,}; "
                f"split it, or {_raise('article_characters')}."
            )

    def check_rows(self, count: int) -> None:
        """Raise ArticleTooLarge when a record has more rows than the bound."""
        most = self._most_rows
        if count > most:
            raise ArticleTooLarge(
                f"{self.source}: {count:,} rows, and one article may have {most:,}; "
                f"split it, or {_raise('article_rows')}."
            )

    def too_slow(self) -> ArticleTooSlow:
        """Return the error of an article whose time is used up."""
        return ArticleTooSlow(
            f"{self.source}: not done after {self.seconds:g} seconds of computing, the limit for "
            f"one article; leave it out, or {_raise('article_seconds')}."
        )

    def too_heavy(self) -> ArticleTooHeavy:
        """Return the error of an article whose memory is used up."""
        return ArticleTooHeavy(
            f"{self.source}: it needs more memory than the {self._most_megabytes:,} MB "
            f"that one article may take; leave it out, or {_raise('article_megabytes')}."
        )

    # --- memory ---

    def _limit_memory(self) -> int | None:
        """Limit what the process may take; return the limit before, None when nothing was done."""
        if self._used_before is None:
            self._used_before = _memory_used()
        if self._used_before is None:
            return None
        return _set_memory_limit(self._used_before + self._most_megabytes * 1_000_000)


def _raise(setting: str) -> str:
    return f"raise {setting} in extract.toml (or EXTRACT_{setting.upper()})"


class _Timer:
    """The CPU timers of this process."""

    def __init__(self) -> None:
        self._armed = False
        self._die_after: float | None = None
        self._process = 0  # whose signals are taken; a fork takes over what was set

    @property
    def is_free(self) -> bool:
        """Whether it can be started: not while it runs, and only where signals arrive."""
        return (
            not self._armed
            and hasattr(signal, "setitimer")
            and threading.current_thread() is threading.main_thread()
        )

    def start(self, seconds: float, die_after: float | None) -> None:
        """Raise _OutOfTime in this thread after so many seconds of CPU, unless stopped.

        After `die_after` seconds of CPU the kernel ends the process.
        """
        if self._process != os.getpid():
            self._process = os.getpid()
            # Never taken back: a signal that is late would end the process.
            signal.signal(signal.SIGPROF, self._ring)
        if die_after is not None:
            signal.signal(signal.SIGVTALRM, signal.SIG_DFL)
            signal.setitimer(signal.ITIMER_VIRTUAL, die_after)
        self._armed, self._die_after = True, die_after
        signal.setitimer(signal.ITIMER_PROF, seconds, _AGAIN)

    def stop(self) -> None:
        """Stop; from the first line on nothing is raised."""
        self._armed = False
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.setitimer(signal.ITIMER_PROF, 0)

    def _ring(self, _: int, frame: types.FrameType | None) -> None:
        if not self._armed:
            return  # the signal is late
        if _imports(frame):
            if self._die_after is not None:
                signal.setitimer(signal.ITIMER_VIRTUAL, self._die_after)
            return  # until it rings again
        raise _OutOfTime


def _imports(frame: types.FrameType | None) -> bool:
    """Return whether the work is importing a module, which cannot be imported by halves."""
    while frame is not None and frame.f_code is not ArticleBounds.hold.__code__:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


_timer = _Timer()  # signals and timers belong to the process: there is one of it


@types.coroutine
def _in_steps(
    hold: Callable[[Callable[[], Any]], Any], coroutine: Coroutine[Any, Any, T]
) -> Generator[Any, Any, T]:
    """Await a coroutine, with each of its steps under `hold`."""
    step: Callable[[], Any] = partial(coroutine.send, None)
    failure: BaseException | None = None  # its time was up; what is left of it only cleans up
    while True:
        try:
            waits_for = hold(step) if failure is None else step()
        except StopIteration as end:
            if failure is not None:
                raise failure from None
            return cast(T, end.value)
        except BaseException as error:
            if inspect.getcoroutinestate(coroutine) == inspect.CORO_CLOSED:
                if failure is None:
                    raise
                raise failure from None
            # The step was over when its time was: what waits within it may end its own tasks.
            failure = failure or error
            step = partial(coroutine.throw, error)
            continue
        try:
            step = partial(coroutine.send, (yield waits_for))
        except GeneratorExit:
            coroutine.close()
            raise
        except BaseException as error:  # a cancellation, say: the coroutine's own affair
            step = partial(coroutine.throw, error)


def _memory_used() -> int | None:
    """Return the bytes of data that this process has; None where the system does not say."""
    try:
        with open("/proc/self/statm", "rb") as file:  # noqa: PTH123 - for every article
            return int(file.read().split()[5]) * _PAGE
    except (OSError, ValueError, IndexError):
        return None


def _set_memory_limit(limit: int | None) -> int | None:
    """Set the limit of data in bytes, -1 for none; return what it was. None: do nothing."""
    if limit is None:
        return None
    import resource  # not on Windows, where there is no /proc either

    before, most = resource.getrlimit(resource.RLIMIT_DATA)
    if most != resource.RLIM_INFINITY:
        limit = most if limit < 0 else min(limit, most)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, most))
    return before
