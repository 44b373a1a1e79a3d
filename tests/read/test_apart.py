"""Pages and PDFs are read in a child process: with the same outcome, and it can be ended."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from extractor import bounds as bounds_module
from extractor.bounds import ArticleBounds
from extractor.errors import (
    ArticleTooHeavy,
    ArticleTooLarge,
    ArticleTooSlow,
    EmptyArticle,
    InputError,
)
from extractor.read import read_article
from extractor.read.apart import ReadingProcess
from extractor.settings import Settings
from tests.support.hostile import HOSTILE, takes

pytestmark = pytest.mark.process

PAGE = '<html><body><p>"We counted ships," Anna Berg said.</p></body></html>'
QUICK = Settings(article_seconds=0.3, article_megabytes=200)
PATIENT = Settings(article_seconds=20, article_megabytes=200)  # taking memory may take its time


def of(source: str = "page.html", settings: Settings = QUICK) -> ArticleBounds:
    """Return bounds on an article."""
    return ArticleBounds(settings, source)


@pytest.fixture
def reading() -> Iterator[ReadingProcess]:
    """A reading process, of which nothing is left afterwards."""
    with ReadingProcess() as opened:
        yield opened
    assert multiprocessing.active_children() == []


@pytest.fixture
def page(tmp_path: Path) -> str:
    """A page with an article."""
    (tmp_path / "page.html").write_text(PAGE)
    return str(tmp_path / "page.html")


def test_what_is_read_is_what_reading_here_gives(reading: ReadingProcess, page: str) -> None:
    """The article is the same in all it has, and one child reads all of them."""
    for _ in range(2):
        assert reading.read(page, of(settings=Settings())) == read_article(page)
        assert len(multiprocessing.active_children()) == 1


def test_plain_text_needs_no_child(reading: ReadingProcess, tmp_path: Path) -> None:
    """So the command with a text is as quick as ever."""
    (tmp_path / "a.txt").write_text('"We counted ships," Anna Berg said.')
    assert reading.read(str(tmp_path / "a.txt"), of()) == read_article(tmp_path / "a.txt")
    assert multiprocessing.active_children() == []


def test_errors_are_those_of_reading_here(reading: ReadingProcess, tmp_path: Path) -> None:
    """A page without text, a file that is not there, a page that is too long."""
    (tmp_path / "empty.html").write_text("<html><body></body></html>")
    with pytest.raises(EmptyArticle, match=r"empty\.html"):
        reading.read(str(tmp_path / "empty.html"), of("empty.html"))
    with pytest.raises(InputError, match="no such file"):
        reading.read(str(tmp_path / "none.html"), of("none.html"))
    (tmp_path / "page.html").write_text(PAGE)
    with pytest.raises(ArticleTooLarge, match="article_characters"):
        reading.read(str(tmp_path / "page.html"), of("page.html", Settings(article_characters=5)))


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("loops", ArticleTooSlow),
        ("swallows", ArticleTooSlow),
        ("computes_in_c", ArticleTooSlow),
        ("sleeps", ArticleTooSlow),
        ("grows", ArticleTooHeavy),
    ],
)
def test_a_hostile_article_fails_and_the_next_one_is_read(
    reading: ReadingProcess,
    page: str,
    name: str,
    error: type[InputError],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The error names it, the bound and the setting."""
    monkeypatch.setattr(bounds_module, "_STUCK_SECONDS", 2.0)
    with pytest.raises(error, match=rf"^{name}: .*EXTRACT_ARTICLE_"):
        reading.load(HOSTILE[name].load, of(name, PATIENT if name == "grows" else QUICK))
    assert reading.read(page, of(settings=Settings())) == read_article(page)


def test_a_child_that_dies_costs_one_article(reading: ReadingProcess, page: str) -> None:
    """It is named with the signal that ended its process."""
    with pytest.raises(InputError, match=r"^bad\.pdf: .*died.*-9"):
        reading.load(_dies, of("bad.pdf"))
    assert reading.read(page, of(settings=Settings())) == read_article(page)


def test_a_child_that_is_killed_while_it_starts_does_no_work(
    reading: ReadingProcess, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever wanted the work may have gone before there was a child to end."""
    start = reading._start

    def leaving() -> object:
        child = start()
        reading.kill()
        return child

    monkeypatch.setattr(reading, "_start", leaving)
    with pytest.raises(InputError, match="died"):
        reading.read(page, of(settings=Settings()))


def _dies() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _errs() -> None:
    raise UnicodeDecodeError("utf-8", b"x", 0, 1, "made up")


def test_an_error_nobody_expected_is_told_with_its_place(reading: ReadingProcess) -> None:
    """As an error of ours, with the traceback of the child for --verbose."""
    with pytest.raises(RuntimeError, match=r"UnicodeDecodeError.*made up") as caught:
        reading.load(_errs, of())
    assert "in _errs" in "".join(caught.value.__notes__)


def test_the_time_of_the_child_counts(reading: ReadingProcess, tmp_path: Path) -> None:
    """What reading took is gone for the rules: the bound is one for the article."""
    bounds = of("a.pdf", Settings(article_seconds=20))
    reading.load(partial(takes, tmp_path / "tries", 0.3), bounds)
    assert bounds.used >= 0.3


def test_beside_another_thread_the_child_is_not_forked(page: str) -> None:
    """A fork would take over locks that nobody gives back; it reads the same."""
    done = threading.Event()
    other = threading.Thread(target=done.wait)
    other.start()
    try:
        with ReadingProcess() as reading:
            assert reading.read(page, of(settings=Settings())) == read_article(page)
    finally:
        done.set()
        other.join()
