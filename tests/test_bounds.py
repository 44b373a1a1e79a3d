"""Bounds on one article: what meets one ends with an error that names it; the rest is untouched."""

import asyncio
import gc
import re
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

import pytest

from extractor.article import Article
from extractor.bounds import ArticleBounds
from extractor.errors import ArticleTooHeavy, ArticleTooLarge, ArticleTooSlow
from extractor.pipeline import extract, extract_with
from extractor.read import article_from_text
from extractor.schema.catalogue import load_schema
from extractor.settings import Settings

T = TypeVar("T")
SHORT = Settings(article_seconds=0.05)


def loop() -> None:
    """Compute for ever."""
    while True:
        pass


def loop_and_swallow() -> None:
    """Compute for ever, and go on after any Exception, as a careless library does."""
    while True:
        with suppress(Exception):
            loop()


class LoopingAtItsEnd:
    """Something whose end takes for ever: Python swallows what is raised in there, once."""

    def __del__(self) -> None:
        """Compute for ever."""
        loop()


def two_rounds() -> None:
    """Loop in a `__del__`, where the first interruption gets lost, and then once more."""
    with_end = LoopingAtItsEnd()
    del with_end
    loop()


@pytest.mark.parametrize("work", [loop, loop_and_swallow])
def test_what_computes_for_ever_is_interrupted(work: Callable[[], None]) -> None:
    """It ends with an error that names the article, the limit and the setting to raise."""
    with pytest.raises(ArticleTooSlow) as caught:
        ArticleBounds(SHORT, "story.html").hold(work)
    assert "story.html" in str(caught.value)
    assert "0.05 seconds" in str(caught.value)
    assert "EXTRACT_ARTICLE_SECONDS" in str(caught.value)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_interruption_that_gets_lost_is_tried_again() -> None:
    """Python swallows an exception raised while an object ends; the next one ends the work."""
    with pytest.raises(ArticleTooSlow):
        ArticleBounds(SHORT, "story.html").hold(two_rounds)
    gc.collect()


def test_the_work_may_clean_up_when_it_is_interrupted() -> None:
    """Its `finally` runs, so files are closed and locks are given back."""
    cleaned = []

    def work() -> None:
        try:
            loop()
        finally:
            cleaned.append(True)

    with pytest.raises(ArticleTooSlow):
        ArticleBounds(SHORT, "a.txt").hold(work)
    assert cleaned == [True]


def test_all_work_on_an_article_has_one_time() -> None:
    """What one piece of work used up the next one lacks; another article has its own."""
    bounds = ArticleBounds(Settings(article_seconds=0.2), "a.txt")

    def work_in_pieces() -> None:
        for _ in range(1_000):
            bounds.hold(lambda: sum(range(100_000)))

    with pytest.raises(ArticleTooSlow):
        work_in_pieces()
    with pytest.raises(ArticleTooSlow):
        bounds.hold(loop)
    assert ArticleBounds(SHORT, "b.txt").hold(lambda: 1) == 1


def test_nothing_rings_after_the_work() -> None:
    """The timers stand still afterwards, and a signal that is late does nothing."""
    assert ArticleBounds(SHORT, "a.txt", may_die=True).hold(lambda: 7) == 7
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0.0, 0.0)
    signal.raise_signal(signal.SIGPROF)


def test_what_the_work_raises_is_raised() -> None:
    """An error of the work's own goes through, and the timers are stopped."""
    with pytest.raises(KeyError):
        ArticleBounds(SHORT, "a.txt").hold(lambda: {}["nothing"])
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)


def test_bounds_within_bounds_are_those_outside() -> None:
    """The outer time goes on; the inner one does not stop it."""
    inner = ArticleBounds(Settings(article_seconds=100), "inner.txt")
    with pytest.raises(ArticleTooSlow, match=r"outer\.txt"):
        ArticleBounds(SHORT, "outer.txt").hold(lambda: inner.hold(loop))


def test_in_a_thread_the_work_is_done_without_a_bound() -> None:
    """No signal arrives there; so nothing is armed that would hit the main thread."""
    got: list[object] = []
    bounds = ArticleBounds(SHORT, "a.txt")
    thread = threading.Thread(
        target=lambda: got.append(bounds.hold(lambda: signal.getitimer(signal.ITIMER_PROF)))
    )
    thread.start()
    thread.join()
    assert got == [(0.0, 0.0)]


# --- coroutines ---


def test_each_step_of_a_coroutine_is_held_and_its_waiting_is_not() -> None:
    """Between the steps no timer runs: what waits for a model may wait for ever."""
    timers = []

    async def work() -> str:
        timers.append(signal.getitimer(signal.ITIMER_PROF)[0])
        await asyncio.sleep(0)
        timers.append(signal.getitimer(signal.ITIMER_PROF)[0])
        return "done"

    async def both() -> str:
        bounds = ArticleBounds(Settings(), "a.txt")
        task = asyncio.ensure_future(bounds.hold_steps(work()))
        await asyncio.sleep(0)
        between = signal.getitimer(signal.ITIMER_PROF)[0]
        got = await task
        assert between == 0
        return got

    assert asyncio.run(both()) == "done"
    assert all(left > 59 for left in timers)


def test_a_step_that_computes_for_ever_is_interrupted() -> None:
    """The coroutine ends with the error, after its `finally`; other tasks go on."""
    cleaned = []

    async def work() -> None:
        try:
            await asyncio.sleep(0)
            loop()
        finally:
            cleaned.append(True)

    async def both() -> list[object]:
        bounds = ArticleBounds(SHORT, "a.txt")
        other = asyncio.sleep(0.01, "the other")
        return await asyncio.gather(bounds.hold_steps(work()), other, return_exceptions=True)

    first, second = asyncio.run(both())
    assert isinstance(first, ArticleTooSlow)
    assert second == "the other"
    assert cleaned == [True]


class ThirdStepIsOneTooMany(ArticleBounds):
    """Bounds whose time is up when the third step is over, before anybody sees its result."""

    steps = 0

    def hold(self, work: Callable[[], T]) -> T:
        """Do the work, and find that it took too long."""
        result = super().hold(work)
        self.steps += 1
        if self.steps == 3:
            raise self.too_slow()
        return result


def test_what_a_coroutine_awaits_as_it_ends_is_awaited() -> None:
    """One that waits when its time is up gets the error, and may end its own tasks first."""
    ended = []

    async def part() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            ended.append("part")

    async def work() -> None:
        async with asyncio.TaskGroup() as parts:
            parts.create_task(part())
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        raise AssertionError("it had no time for this")

    with pytest.raises(ArticleTooSlow):
        asyncio.run(ThirdStepIsOneTooMany(Settings(), "a.txt").hold_steps(work()))
    assert ended == ["part"]


def test_a_cancellation_reaches_the_coroutine() -> None:
    """It may clean up, and the task is cancelled as any other."""
    seen = []

    async def work() -> None:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            seen.append("cancelled")
            raise

    async def both() -> None:
        task = asyncio.ensure_future(ArticleBounds(SHORT, "a.txt").hold_steps(work()))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(both())
    assert seen == ["cancelled"]


# --- size ---


def article(text: str) -> Article:
    """Return a text as an article."""
    return article_from_text(text, "story.txt")


def test_a_text_that_is_too_long_is_refused() -> None:
    """One character more than the bound; the bound itself is allowed."""
    settings = Settings(article_characters=10)
    assert ArticleBounds(settings, "story.txt").read(lambda: article("ten chars.")).text
    with pytest.raises(ArticleTooLarge) as caught:
        ArticleBounds(settings, "story.txt").read(lambda: article("11 letters."))
    assert re.search(r"story\.txt: 11 characters.* 10.*article_characters", str(caught.value))


SPEECH = "".join(f'"We saw {number} ships," Anna Berg said on Monday.\n\n' for number in range(4))


def test_a_record_with_too_many_rows_is_refused_and_not_cut() -> None:
    """Four quotations are four rows: a bound of three ends the article, one of four does not."""
    schema = load_schema("quotes")
    four = ArticleBounds(Settings(article_rows=4), "story.txt")
    assert extract(article(SPEECH), schema, bounds=four) == extract(article(SPEECH), schema)
    three = ArticleBounds(Settings(article_rows=3), "story.txt")
    with pytest.raises(ArticleTooLarge) as caught:
        extract(article(SPEECH), schema, bounds=three)
    assert re.search(r"story\.txt: 4 rows.* 3.*article_rows", str(caught.value))


class Silent:
    """A model that says nothing, so that the rules fill everything."""

    model, plan = "silent", "whole"

    def prompt_of(self, schema: object) -> tuple[str, str]:  # noqa: ARG002
        """Return a name and a hash."""
        return "base", "0" * 64

    async def ask(self, inventory: object, schema: object, by_rules: object) -> object:  # noqa: ARG002
        """Return an empty answer, after a wait."""
        from extractor.answers import Answer
        from extractor.record import Usage

        await asyncio.sleep(0)
        return Answer({"quotes": []}), Usage()

    async def disconnect(self) -> None:
        """Do nothing."""


def test_with_a_model_the_rows_are_counted_too() -> None:
    """What the rules fill in beside a model counts as rows."""
    three = ArticleBounds(Settings(article_rows=3), "story.txt")
    asker, schema = Silent(), load_schema("quotes")
    with pytest.raises(ArticleTooLarge, match="4 rows"):
        asyncio.run(extract_with(article(SPEECH), schema, asker, bounds=three))  # type: ignore[arg-type]
    four = ArticleBounds(Settings(article_rows=4), "story.txt")
    assert extract(article(SPEECH), schema, asker=asker, bounds=four).record  # type: ignore[arg-type]


def test_standard_input_is_called_by_its_name() -> None:
    """Not by the hyphen that stands for it on the command line."""
    with pytest.raises(ArticleTooSlow, match=r"^standard input: "):
        ArticleBounds(SHORT, "-").hold(loop)


# --- memory, and processes that may die ---


def run_apart(code: str) -> "subprocess.CompletedProcess[str]":
    """Run Python code in a process of its own."""
    given = "from extractor.bounds import ArticleBounds\nfrom extractor.settings import Settings\n"
    return subprocess.run(
        [sys.executable, "-c", given + textwrap.dedent(code)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.process
@pytest.mark.skipif(sys.platform != "linux", reason="no limit of data there")
def test_what_takes_too_much_memory_ends_and_the_process_goes_on() -> None:
    """In one piece and in many; afterwards the process may take as much as before."""
    done = run_apart("""
        from extractor.errors import ArticleTooHeavy
        settings = Settings(article_megabytes=100)

        def grow():
            kept = []
            while True:
                kept.append(str(len(kept)))

        for work in (lambda: bytearray(150_000_000), grow):
            try:
                ArticleBounds(settings, "big.pdf").hold(work)
            except ArticleTooHeavy as error:
                print(error)
        print(ArticleBounds(settings, "big.pdf").hold(lambda: len(bytearray(50_000_000))))
        print(len(bytearray(300_000_000)))
    """)
    first, second, small, afterwards = done.stdout.splitlines()
    assert first == second
    assert re.search(r"big\.pdf: .*100 MB.*article_megabytes", first)
    assert (small, afterwards) == ("50000000", "300000000")


@pytest.mark.process
def test_work_that_heeds_no_signal_is_ended_by_the_kernel_if_the_process_may_die() -> None:
    """One long computation in C; its process is gone before it ends."""
    done = run_apart("""
        settings = Settings(article_seconds=0.05)
        ArticleBounds(settings, "a.pdf", may_die=True).hold(lambda: sum(range(10**12)))
    """)
    assert done.returncode == -signal.SIGVTALRM


def test_too_heavy_is_told_from_memory_that_python_lacks() -> None:
    """A MemoryError of the work becomes the article's error."""

    def work() -> None:
        raise MemoryError

    with pytest.raises(ArticleTooHeavy, match="2,048 MB"):
        ArticleBounds(Settings(), "a.pdf").hold(work)
