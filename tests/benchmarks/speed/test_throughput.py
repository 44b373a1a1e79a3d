"""The benchmark of throughput asks every program the same, and sees a bar that is missed."""

import json
from pathlib import Path

import pytest

from extractor.schema.catalogue import load_schema
from tests.benchmarks.speed.many import recombined, texts_of
from tests.benchmarks.speed.throughput import Line, misses, of_run, prepared

ARTICLES = Path(__file__).parents[2] / "articles"


def line(what: str, delay: float, at_once: int, speed: float, cpu: float) -> Line:
    """Return a line with so many articles a second, at so many milliseconds of CPU."""
    return Line(what, delay, at_once, 100, 100 / speed, cpu / 10)


def test_every_program_is_answered_in_full() -> None:
    """Each quotation of the article once, by its id for us and by its words for who copies."""
    (asked,) = prepared(list(recombined(texts_of([ARTICLES]), 1)), load_schema("quotes"))
    ids, words = (
        json.loads(json.loads(body)["choices"][0]["message"]["content"])
        for body in (asked.ids, asked.words)
    )
    assert len(ids["quotes"]) == len(words["extractions"]) >= 5
    for row, copied in zip(ids["quotes"], words["extractions"], strict=True):
        assert f"[{row['quotation']}: " in asked.messages[1]["content"]
        assert copied["quotation"] in asked.text


@pytest.mark.process
def test_a_run_asks_once_an_article() -> None:
    """The answers stand the check: nothing goes back, all is done."""
    texts = list(recombined(texts_of([ARTICLES]), 4))
    measured = of_run("a run", 0.0, 4, prepared(texts, load_schema("quotes")), jobs=1)
    assert measured.articles == 4
    assert measured.cpu > 0


def test_every_bar_that_is_missed_is_named() -> None:
    """Speed, CPU, and what the CPU alone allows; others have no bar."""
    kept = [
        line("a run, notes", 0.2, 10, 47, 6),
        line("a run, notes", 0.5, 100, 90, 6),
        line("a run, notes", 0.0, 100, 100, 6),
    ]
    assert misses(kept) == []
    assert misses([line("instructor alone, notes", 0.2, 10, 20, 90)]) == []
    for place, changed, words in (
        (0, line("a run, notes", 0.2, 10, 44, 6), "under 45"),
        (0, line("a run, notes", 0.2, 10, 47, 11), "ms CPU"),
        (1, line("a run, notes", 0.5, 100, 70, 6), "of what the CPU allows"),
    ):
        (found,) = misses([changed if k == place else one for k, one in enumerate(kept)])
        assert words in found
