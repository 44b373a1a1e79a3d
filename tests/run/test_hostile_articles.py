"""Articles that take all they can get: each fails by itself, and holds up none of the others."""

import multiprocessing
import sys
from pathlib import Path

import pytest

from extractor import bounds
from extractor.read.source import Source
from extractor.run.engine import first_tries
from extractor.run.inputs.sources import sources_in
from extractor.settings import Settings
from tests.support.hostile import HOSTILE, slow
from tests.support.runs import go, make_coverage, sheet

pytestmark = pytest.mark.process

QUICK = Settings(article_seconds=1, article_megabytes=200)
WORDS = {
    "loops": "1 seconds of computing",
    "swallows": "1 seconds of computing",
    "computes_in_c": "1 seconds of computing",
    "sleeps": "1 seconds of computing",
    "grows": "200 MB",
}
NAMES = [name for name in WORDS if name != "grows" or sys.platform == "linux"]


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not compute is found to be stuck after two seconds, not thirty and more."""
    monkeypatch.setattr(bounds, "_STUCK_SECONDS", 2.0)
    monkeypatch.setattr(bounds, "_STUCK_TIMES", 0)


def mixed(folder: Path, ordinary: int, hostile: list[Source]) -> list[Source]:
    """Return ordinary articles with hostile ones spread among them."""
    found = list(sources_in([str(make_coverage(folder, ordinary))]))
    for place, source in enumerate(hostile):
        found.insert(place * len(found) // len(hostile), source)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_article_fails_with_its_reason_and_the_others_are_done(
    name: str, tmp_path: Path
) -> None:
    """The reason names the article, the bound and the setting; it is no death of a process."""
    outcome, seen = go(
        [], tmp_path / "out", QUICK, sources=mixed(tmp_path / "in", 30, [HOSTILE[name]])
    )
    assert (outcome.stats.done, outcome.stats.failed) == (30, 1)
    assert outcome.stopped is None
    reason = seen.failed[name]
    assert reason.startswith(f"{name}: ")
    assert WORDS[name] in reason
    assert "EXTRACT_ARTICLE_" in reason
    assert multiprocessing.active_children() == []


def test_five_hostile_articles_in_two_hundred(tmp_path: Path) -> None:
    """195 are done, 5 fail with their reasons, and no worker is left."""
    hostile = [HOSTILE[name] for name in NAMES]
    sources = mixed(tmp_path / "in", 200 - len(hostile), hostile)
    outcome, seen = go([], tmp_path / "out", QUICK, sources=sources)
    assert outcome.stats.done == 200 - len(hostile)
    assert sorted(seen.failed) == sorted(NAMES)
    for name, reason in seen.failed.items():
        assert WORDS[name] in reason
    assert len(sheet(tmp_path / "out")) == 200 - len(hostile)
    assert multiprocessing.active_children() == []


def test_ordinary_articles_end_before_the_hostile_ones(tmp_path: Path) -> None:
    """However early a hostile one begins: it is postponed, and fails when all others are done."""
    loops = [Source(f"loops {number}", "", HOSTILE["loops"].load) for number in range(4)]
    _, seen = go([], tmp_path / "out", QUICK, sources=mixed(tmp_path / "in", 60, loops))
    ends = [type(entry).__name__ for entry in seen.entries]
    assert ends == ["Done"] * 60 + ["Failed"] * 4


def test_an_article_that_only_takes_long_is_done_at_its_second_try(tmp_path: Path) -> None:
    """The first try is short, the second has all the time; it costs nobody a failure."""
    long = slow(tmp_path / "tries", 0.8)
    sources = mixed(tmp_path / "in", 10, [long])
    outcome, _ = go([], tmp_path / "out", Settings(article_seconds=20), sources=sources)
    assert (outcome.stats.done, outcome.stats.failed) == (11, 0)
    assert (tmp_path / "tries").read_text() == "xx"


def test_many_that_take_long_are_not_all_begun_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """First tries may lose a share of the time; after that every article has all of it at once."""
    monkeypatch.setattr(first_tries, "_READING", 0)
    monkeypatch.setattr(first_tries, "_LEAST_READING", 0.1)
    monkeypatch.setattr(first_tries, "_MAY_LOSE", 0.3)
    sources = [slow(tmp_path / f"long {number}", 0.15) for number in range(30)]
    outcome, _ = go([], tmp_path / "out", sources=sources)
    assert outcome.stats.done == 30
    tries = sum(len((tmp_path / f"long {number}").read_text()) for number in range(30))
    # each loses 0.1 s of the 0.3 s and a fifth of 4.5 s; six are in work when these are used up
    assert 30 < tries <= 30 + 12 + 6


def test_a_run_of_nothing_but_hostile_articles_ends(tmp_path: Path) -> None:
    """More of them than there are workers; each fails, none is left."""
    sources = [
        Source(f"{name} {number}", "", HOSTILE[name].load)
        for number in range(2)
        for name in ("loops", "computes_in_c")
    ]
    outcome, seen = go([], tmp_path / "out", QUICK, sources=sources)
    assert (outcome.stats.done, outcome.stats.failed) == (0, 4)
    assert all("1 seconds" in reason for reason in seen.failed.values())
    assert outcome.stopped is None


def test_the_limit_counts_a_postponed_article_once(tmp_path: Path) -> None:
    """`--limit 3` with a slow one among them starts three articles."""
    sources = mixed(tmp_path / "in", 10, [slow(tmp_path / "tries", 0.8)])
    outcome, _ = go([], tmp_path / "out", sources=sources, limit=3)
    assert outcome.stats.done == 3
    assert (tmp_path / "tries").read_text() == "xx"
