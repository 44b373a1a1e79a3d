"""The benchmark of the review measures what it says, on a small store."""

from pathlib import Path

from extractor.review.desk import Desk
from extractor.review.queue import page
from extractor.review.sync.sync import sync
from tests.benchmarks.speed import review as benchmark


def test_the_benchmark_fills_decides_and_measures(tmp_path: Path) -> None:
    """A store of at least so many claims, a part decided, every look counted and timed."""
    rows = benchmark.fill(tmp_path, 120)
    assert rows >= 120
    with Desk(tmp_path) as desk:
        assert sync(desk) == rows == page(desk).total
        decided = benchmark.decide_some(desk)
        assert 0 < decided < rows
        table, worst = benchmark.measure(desk)
        counts = {name: count for name, count, *_ in table}
        assert counts["first page"] == str(rows)
        assert counts["an outlet that is none"] == counts["search, none found"] == "0"
        assert worst > 0
        changed, seconds = benchmark.again(tmp_path, desk, 2)
        assert changed > 0
        assert seconds > 0
        assert not [plan for _, plan in benchmark.plans(desk) if "TEMP B-TREE" in plan]
