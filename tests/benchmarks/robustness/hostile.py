"""A run of 200 articles of which 5 are hostile: how long the 195 take, beside a run of them alone.

    python -m tests.benchmarks.robustness.hostile [--articles FILE.jsonl] [--runs 5] [--seconds 5]

The articles are those of a .jsonl file with a field `text`, or made of the two in tests/articles.
The hostile ones compute for ever (in Python, in C, heeding no interruption) or take memory without
end (tests/support/hostile.py); `--seconds` is `article_seconds`. The runs take turns. What is told
is what had been taken when the last of the 195 was done, of the clock and of CPU; on a machine that
does something else only the latter says something, and the bound is on it. Linux only. Ends with
status 1 when the median ratio is over 1.3, or when an article is neither done nor failed by its
bound.
"""

import argparse
import json
import multiprocessing
import os
import statistics
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from time import monotonic

from extractor.read import article_from_text
from extractor.read.source import Source
from extractor.run.engine.engine import run
from extractor.run.engine.options import Options
from extractor.run.workers.pool import cores
from extractor.schema.catalogue import load_schema
from extractor.settings import Settings
from extractor.store.entries import Done, Failed, Skipped
from extractor.store.lock import locked
from extractor.store.store import Store
from extractor.store.work_key import recipe_for
from tests.benchmarks.speed.many import recombined
from tests.benchmarks.tables import markdown
from tests.support.hostile import HOSTILE
from tests.support.runs import Seen

_HOSTILE = ("loops", "computes_in_c", "grows", "swallows", "loops")
_COUNT = 200
_BOUND = 1.3
_ARTICLES = Path(__file__).parents[2] / "articles"


class _Timed(Seen):
    """An observer that keeps what was taken when so many articles were done."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self._left = count
        self.began, self._cpu_began = monotonic(), _cpu()
        self.seconds = self.cpu = 0.0

    def article_ended(self, entry: Done | Failed | Skipped) -> None:
        """Keep it, and the time."""
        super().article_ended(entry)
        self._left -= isinstance(entry, Done)
        if self._left == 0:
            self.seconds, self.cpu = monotonic() - self.began, _cpu() - self._cpu_began
            self._left = -1


def _cpu() -> float:
    """Return the seconds of CPU of this process and of all that it has started."""
    ticks = 0
    for child in multiprocessing.active_children():
        stat = Path(f"/proc/{child.pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(stat[11]) + int(stat[12])
    times = os.times()
    ended = times.children_user + times.children_system
    return times.user + times.system + ended + ticks / os.sysconf("SC_CLK_TCK")


def ordinary(path: Path | None, count: int) -> list[Source]:
    """Return so many articles of a file, or made."""
    if path is None:
        given = [file.read_text(encoding="utf-8") for file in sorted(_ARTICLES.glob("*.txt"))]
        texts = list(recombined(given, count))
    else:
        with path.open(encoding="utf-8") as lines:
            texts = list(dict.fromkeys(json.loads(line)["text"] for line in lines))[:count]
    return [
        Source(f"article {number}", "", partial(article_from_text, text, f"article {number}"))
        for number, text in enumerate(texts)
    ]


def with_hostile(sources: Sequence[Source]) -> list[Source]:
    """Return the articles with the hostile ones spread among them."""
    mixed = list(sources)
    for number, name in enumerate(_HOSTILE):
        place = number * len(mixed) // len(_HOSTILE)
        mixed.insert(place, Source(f"{name} {number}", "", HOSTILE[name].load))
    return mixed


def timed(sources: Sequence[Source], settings: Settings, count: int) -> tuple[_Timed, float]:
    """Run over the sources by the rules; return what was seen, and how long the whole run took."""
    schema = load_schema("quotes")
    seen = _Timed(count)
    with (
        tempfile.TemporaryDirectory() as name,
        locked(Path(name)) as handle,
        Store(Path(name)) as store,
    ):
        run(
            sources,
            store=store,
            schema=schema,
            settings=settings,
            recipe=recipe_for(settings, schema),
            options=Options(),
            observer=seen,
            inherited=[handle],
        )
    return seen, monotonic() - seen.began


def main() -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--articles", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5.0)
    options = parser.parse_args()
    settings = Settings(article_seconds=options.seconds, article_megabytes=500)
    alone = ordinary(options.articles, _COUNT - len(_HOSTILE))
    mixed = with_hostile(alone)
    lines, ratios, whole = [], [], True
    for number in range(options.runs):
        order = (alone, mixed) if number % 2 else (mixed, alone)
        seen = {id(sources): timed(sources, settings, len(alone)) for sources in order}
        (own, _), (beside, took) = seen[id(alone)], seen[id(mixed)]
        ratios.append(beside.cpu / own.cpu)
        whole = whole and _is_whole(beside, len(alone))
        figures = (own.seconds, beside.seconds, own.cpu, beside.cpu, ratios[-1], took)
        lines.append((f"{number + 1}", *(f"{figure:.2f}" for figure in figures)))
    print(f"{len(alone)} articles, alone and with {len(_HOSTILE)} hostile ones; {cores()} cores")
    head = (
        "run",
        "alone, s",
        "beside, s",
        "alone, CPU s",
        "beside, CPU s",
        "ratio",
        "to the end, s",
    )
    print(markdown(head, lines))
    median = statistics.median(ratios)
    print(f"median ratio {median:.2f}, at most {_BOUND}; every article is accounted for: {whole}")
    for name, reason in sorted(beside.failed.items()):
        print(f"  {name}: {reason}")
    return 0 if whole and median <= _BOUND else 1


def _is_whole(seen: _Timed, count: int) -> bool:
    """Return whether the ordinary articles are done, and the hostile ones failed by a bound."""
    done = sum(isinstance(entry, Done) for entry in seen.entries)
    named = all("EXTRACT_ARTICLE_" in reason for reason in seen.failed.values())
    return done == count and len(seen.failed) == len(_HOSTILE) and named


if __name__ == "__main__":
    sys.exit(main())
