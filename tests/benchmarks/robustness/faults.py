"""Each fault of an endpoint on one of a hundred articles, once and for good: what it costs.

    python -m tests.benchmarks.robustness.faults [--articles 100]

The faults are those of tests/run/test_run.py, where each is a test. Ends with status 1 when another
article is missing from the sheets, when the one has neither rows nor a reason, or when a call is
not counted.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from extractor.schema.catalogue import load_schema
from extractor.store.store import Store
from tests.benchmarks.tables import markdown
from tests.run.test_run import FAULTS, FOR_GOOD
from tests.support.asking import settings_for
from tests.support.runs import go, make_coverage, number_in, right, rows
from tests.support.stubs.server import Play, serving

HEADER = ("fault", "comes", "sheets", "failed", "calls", "what is told of the one")
_THE_ONE = "a00007.txt"
_TOLD = 90  # characters


def measure(fault: str, play: Play, articles: int, *, once: bool) -> tuple[str, ...]:
    """Run over the articles; return a line of the table. Exits when something is lost."""
    met: list[int] = []

    def script(body: dict[str, object], number: int) -> Play:
        if number_in(body) != int(_THE_ONE[1:6]) or (met and once):
            return right()
        met.append(number)
        return play

    with tempfile.TemporaryDirectory() as name, serving(script) as stub:
        folder = Path(name)
        coverage = make_coverage(folder / "in", articles)
        settings = settings_for(stub.base_url, concurrency=10, timeout=1.0, retries=2)
        outcome, seen = go([coverage], folder / "out", settings)
        calls = len(stub.requests)
        counted = rows(folder / "out", "select count(*) from call") == [(calls,)]
        with Store(folder / "out", make=False) as store:
            made = {
                Path(e.article.source).name: e for e in store.extractions(load_schema("quotes"))
            }
    comes = "once" if once else "for good"
    told = seen.failed.get(_THE_ONE, "")
    expected = {f"a{number:05}.txt" for number in range(articles)}
    whole = expected - set(made) == ({_THE_ONE} if told else set())
    if not whole or not counted or outcome.stats.usage.calls != calls:
        sys.exit(f"{fault}, {comes}: {len(made)} sheets, {calls} calls, failed: {seen.failed}")
    if not told:
        remarks = [r for r in made[_THE_ONE].warnings if r.code != "speaker_unresolved"]
        told = f"(a warning) {remarks[0].message}" if remarks else "–"
    told = told if len(told) <= _TOLD else f"{told[:_TOLD]}…"
    return (fault, comes, f"{len(made)}", f"{outcome.stats.failed}", f"{calls}", told)


def main() -> int:
    """Measure each fault, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--articles", type=int, default=100)
    given = parser.parse_args()
    faults = {**FAULTS, **FOR_GOOD}
    lines = [
        measure(fault, play, given.articles, once=once)
        for fault, play in faults.items()
        for once in (True, False)
    ]
    print(markdown(HEADER, lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
