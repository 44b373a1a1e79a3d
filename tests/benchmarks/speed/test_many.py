"""The benchmark of large runs makes what it says, and sees a bar that is missed."""

import sys
from pathlib import Path

import pytest

from extractor.read import article_from_text
from tests.benchmarks.speed.many import (
    HEADER,
    Measured,
    Memory,
    measure,
    misses,
    recombined,
    texts_of,
)

ARTICLES = Path(__file__).parents[2] / "articles"


def measured(articles: int = 10_000, **changes: object) -> Measured:
    """Return what keeps every bar, with changes."""
    kept = {
        "seconds": articles / 100,
        "cpu": articles / 50,
        "sheets": 1.0,
        "memory": Memory(200_000_000, 150_000_000, 90_000_000),
        "unchanged": articles / 3_000,
        "store": 1,
        "whole": "ok",
    }
    return Measured(articles, **{**kept, **changes})  # type: ignore[arg-type]


def test_recombined_articles_differ_and_hold_real_paragraphs() -> None:
    """No two alike, the same for the same seed, every paragraph one of the texts'."""
    texts = texts_of([ARTICLES])
    made = list(recombined(texts, 200))
    assert len(set(made)) == 200
    assert made == list(recombined(texts, 200))
    for text in made[:20]:
        body = [p.span.of(text) for p in article_from_text(text).paragraphs if p.kind == "body"]
        assert len(body) >= 5
        assert sum(any(words in given for given in texts) for words in body) >= len(body) - 1


def test_every_bar_that_is_missed_is_named() -> None:
    """Memory, CPU that grows, a slow second run, a store that is not whole; else nothing."""
    first = measured(1_000)
    assert misses([first, measured()]) == []
    for change, words in (
        ({"memory": Memory(500_000_000, 0, 0)}, "memory"),
        ({"cpu": 300.0}, "CPU grows"),
        ({"unchanged": 6.0}, "unchanged"),
        ({"whole": "row 3 missing"}, "row 3 missing"),
    ):
        (found,) = misses([first, measured(**change)])
        assert words in found


@pytest.mark.process
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is read from /proc")
def test_a_small_run_is_measured() -> None:
    """Through the command: seconds, memory, the run after, a whole store."""
    found = measure(20, texts_of([ARTICLES]), "jsonl", "quotes")
    assert (found.articles, found.whole) == (20, "ok")
    assert found.memory.together >= found.memory.largest > 10_000_000
    assert found.unchanged > 0
    assert found.cpu > 0
    assert len(found.row()) == len(HEADER)
