"""Runs of 1,000 to 100,000 articles by the rules: speed, memory, the run after, the store's health.

    python -m tests.benchmarks.speed.many [--sizes 1000 10000] [--texts PATH…] [--check]

The articles are recombined from real paragraphs: each has a headline and as many paragraphs as one
of the texts, drawn in an order of its own. Memory is taken from all processes of the command, five
times a second: the sum of their resident sets (what they share counts more than once), the same
without counting twice (PSS), and the largest process alone. "Sheets" are the seconds that remain
when the run in the store has ended. CPU is that of all processes, sheets included: unlike seconds
it says on a busy machine, too, whether the work grows no faster than the number of articles.
`--check` ends with status 1 when a bar is missed: 400 MB, an article's CPU a third over that of the
smallest size, 2,000 unchanged articles a second over 10,000 or more.
"""

import argparse
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from extractor.read import article_from_text, read_article
from tests.benchmarks.tables import markdown

ROOT = Path(__file__).resolve().parents[3]
_TICK = 0.2  # seconds between two looks at the memory
_IN_A_FOLDER = 1_000
_MOST_MEMORY = 400  # MB
_LEAST_UNCHANGED = 2_000  # articles a second
HEADER = (
    "articles",
    "seconds",
    "a second",
    "CPU an article, ms",
    "sheets, s",
    "RSS sum, MB",
    "PSS sum, MB",
    "largest, MB",
    "unchanged, s",
    "a second",
    "store, MB",
    "integrity",
)


@dataclass
class Memory:
    """The most that the processes of a command held, in bytes."""

    together: int = 0  # sum of the resident sets
    shared_once: int = 0
    largest: int = 0

    def look(self, first: int) -> None:
        """Take notice of what a process and its descendants hold now."""
        held = [_held(number) for number in _family(first)]
        self.together = max(self.together, sum(rss for rss, _ in held))
        self.shared_once = max(self.shared_once, sum(pss for _, pss in held))
        self.largest = max([self.largest, *(rss for rss, _ in held)])


@dataclass
class Measured:
    """One size: seconds of the whole command, start of the process included."""

    articles: int
    seconds: float
    cpu: float
    sheets: float
    memory: Memory
    unchanged: float
    store: int  # bytes
    whole: str  # what SQLite says

    def row(self) -> tuple[object, ...]:
        """Return a line of the table."""
        megabytes = [
            f"{size / 1e6:,.0f}"
            for size in (self.memory.together, self.memory.shared_once, self.memory.largest)
        ]
        return (
            f"{self.articles:,}",
            f"{self.seconds:.1f}",
            f"{self.articles / self.seconds:,.0f}",
            f"{1000 * self.cpu / self.articles:.1f}",
            f"{self.sheets:.1f}",
            *megabytes,
            f"{self.unchanged:.2f}",
            f"{self.articles / self.unchanged:,.0f}",
            f"{self.store / 1e6:,.0f}",
            self.whole,
        )


def recombined(texts: Sequence[str], count: int, seed: int = 1) -> Iterator[str]:
    """Yield so many articles, no two alike, made of the headings and paragraphs of `texts`."""
    heads: list[str] = []
    bodies: list[str] = []
    lengths: list[int] = []
    for text in texts:
        article = article_from_text(text)
        body = [p.span.of(text) for p in article.paragraphs if p.kind == "body"]
        heads.append(article.title or "Untitled")
        bodies += body
        lengths.append(len(body))
    chance = random.Random(seed)
    for number in range(count):
        drawn = chance.sample(bodies, min(chance.choice(lengths), len(bodies)))
        yield "\n\n".join((f"{chance.choice(heads)} ({number})", *drawn)) + "\n"


def make(folder: Path, texts: Sequence[str], count: int) -> Path:
    """Write so many articles as files into folders of a thousand; return where they are."""
    for number, text in enumerate(recombined(texts, count)):
        inside = folder / f"{number // _IN_A_FOLDER:04}"
        if number % _IN_A_FOLDER == 0:
            inside.mkdir(parents=True)
        (inside / f"{number:06}.txt").write_text(text, encoding="utf-8")
    return folder


def measure(count: int, texts: Sequence[str], form: str | None, schema: str) -> Measured:
    """Run over so many articles, and once more over the same; leave nothing behind."""
    with tempfile.TemporaryDirectory(prefix="many-") as name:
        folder = Path(name)
        coverage = make(folder / "in", texts, count)
        out = folder / "out"
        arguments = ["-s", schema, "-q", "-o", f"{out}/", str(coverage)]
        if form is not None:
            arguments += ["-f", form]
        memory = Memory()
        began, before = time.time(), cpu_seconds()
        seconds = run(arguments, memory)
        cpu = cpu_seconds() - before
        store = out / "extract.sqlite"
        with sqlite3.connect(store) as rows:
            ended, done = rows.execute(
                "select ended_at, (select count(*) from extraction where status = 'done') from run"
            ).fetchone()
        if done != count:
            raise SystemExit(f"{done:,} of {count:,} articles are done")
        unchanged = run(arguments, memory)
        with sqlite3.connect(store) as rows:
            whole = rows.execute("pragma integrity_check").fetchone()[0]
        size = store.stat().st_size
        sheets = began + seconds - ended
        return Measured(count, seconds, cpu, sheets, memory, unchanged, size, whole)


def run(arguments: Sequence[str], memory: Memory) -> float:
    """Run the command, watch its memory, and return its seconds. Raises CalledProcessError."""
    command = [sys.executable, "-m", "extractor", *arguments]
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("EXTRACT_", "OPENAI_"))}
    began = time.perf_counter()
    with subprocess.Popen(command, cwd=ROOT, env=kept) as process:
        while True:
            memory.look(process.pid)
            with suppress(subprocess.TimeoutExpired):
                if process.wait(_TICK):
                    raise subprocess.CalledProcessError(process.returncode, command)
                return time.perf_counter() - began


def cpu_seconds() -> float:
    """Return the CPU seconds of all processes that this one has started and that have ended."""
    times = os.times()
    return times.children_user + times.children_system


def _family(first: int) -> Iterator[int]:
    """Yield a process and those that it has started, as Linux lists them."""
    yield first
    for path in Path(f"/proc/{first}/task").glob("*/children"):
        with suppress(OSError):
            for child in path.read_text().split():
                yield from _family(int(child))


def _held(number: int) -> tuple[int, int]:
    """Return a process's resident and proportional set in bytes; nothing when it has gone."""
    try:
        lines = Path(f"/proc/{number}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0, 0
    sizes = {line.split()[0]: int(line.split()[1]) * 1024 for line in lines[1:]}
    return sizes.get("Rss:", 0), sizes.get("Pss:", 0)


def misses(measured: Sequence[Measured]) -> list[str]:
    """Return in words every bar that is missed."""
    found = []
    first = measured[0]
    for one in measured:
        if one.memory.together > _MOST_MEMORY * 1e6:
            found.append(f"{one.articles:,}: memory over {_MOST_MEMORY} MB")
        if one.cpu / one.articles > 4 / 3 * first.cpu / first.articles:
            found.append(f"{one.articles:,}: CPU grows faster than the number of articles")
        if one.articles >= 10_000 and one.articles / one.unchanged < _LEAST_UNCHANGED:
            found.append(f"{one.articles:,}: unchanged, under {_LEAST_UNCHANGED:,} a second")
        if one.whole != "ok":
            found.append(f"{one.articles:,}: the store is not whole: {one.whole}")
    return found


def texts_of(paths: Sequence[Path]) -> list[str]:
    """Return the texts of files, and of the .txt files of folders."""
    files = [f for p in paths for f in (sorted(p.glob("**/*.txt")) if p.is_dir() else [p])]
    return [read_article(file).text for file in files]


def main() -> int:
    """Measure each size, printing as it comes."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--texts", type=Path, nargs="+", default=[ROOT / "tests" / "articles"])
    parser.add_argument("--format", choices=["jsonl", "csv", "xlsx", "html"])
    parser.add_argument("--schema", default="release_event")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--out", type=Path, help="write the table here too: many.md is README's")
    given = parser.parse_args()
    texts = texts_of(given.texts)
    measured = []
    for count in given.sizes:
        measured.append(measure(count, texts, given.format, given.schema))
        print(f"measured {count:,}", file=sys.stderr, flush=True)
    table = markdown(HEADER, [one.row() for one in measured])
    print(table)
    if given.out is not None:
        given.out.write_text(f"{table}\n", encoding="utf-8")
    missed = misses(measured)
    print("".join(f"missed: {words}\n" for words in missed), end="")
    return 1 if given.check and missed else 0


if __name__ == "__main__":
    sys.exit(main())
