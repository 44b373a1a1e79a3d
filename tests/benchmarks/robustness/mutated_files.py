"""10,000 mutated files of all kinds: each is read, or refused by an error of ours, within bounds.

    python -m tests.benchmarks.robustness.mutated_files [--count 10000] [--seed 1] [--kinds pdf …]
        [--seconds 30] [--megabytes 600] [--read-only] [--list]

The files are made of a small article in each kind (tests/support/seeds.py) by chance: cut off, bits
flipped, parts overwritten, removed or repeated thousands of times, brackets and elements opened and
not closed, attributes and words of half a megabyte, impossible numbers; packed kinds inside too
(tests/support/mutations.py). Each is found, read and extracted from by the rules, as a run does it,
in a child process that is bounded by `--seconds` of CPU and `--megabytes` (the bounds of a run are
for each article, and a crawl or a file of lines may hold thousands).

read          files of which at least one article was read
refused       files of which none was, with an error that says why
slow, heavy   files that met one of the two bounds, and were ended by it
died          files that a library died of: the process is replaced, and the file named
faults        anything else: an error that is none of ours. There is none, or the status is 1

`--list` names every file that met a bound, died or was a fault, with what was done to it. No such
file is kept: `--kinds K --only NUMBER` makes it again.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from random import Random
from typing import Any

from extractor.bounded_process import BoundedProcess
from extractor.bounds import ArticleBounds
from extractor.errors import ArticleTooHeavy, ArticleTooSlow, ExtractError, InputError
from extractor.pipeline import extract
from extractor.run.inputs.sources import sources_in
from extractor.schema.catalogue import Schema, load_schema
from extractor.settings import Settings
from tests.benchmarks.tables import markdown
from tests.support.mutations import mutated
from tests.support.seeds import KINDS, seeds_of


@dataclass
class Tally:
    """What became of the files of one kind."""

    files: int = 0
    became: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0  # seconds of CPU for one file
    seconds: float = 0.0  # of all
    megabytes: float = 0.0  # the most that the child had when it was done with one


@cache
def _schema() -> Schema:
    return load_schema("quotes")


@cache
def _seeds(kind: str) -> list[tuple[str, bytes]]:
    return sorted(seeds_of(kind).items())


def made(kind: str, number: int, seed: int = 1) -> tuple[str, str, bytes]:
    """Return a mutated file: the name of what it was made from, what was done, its bytes."""
    return mutated(Random(f"{seed} {kind} {number}"), _seeds(kind), kind)


def taken_through(path: str, settings: Settings, read_only: bool) -> tuple[Counter[str], float]:
    """Take all articles of a file through; return what became of them, and MB at the peak.

    Raises whatever is no error of ours.
    """
    _forget_peak()
    became: Counter[str] = Counter()
    for source in sources_in([path]):
        bounds = ArticleBounds(settings, source.name)
        try:
            article = bounds.read(source.load)
            if not read_only:
                extract(article, _schema(), bounds=bounds)
            became["read"] += 1
        except InputError as error:
            became[type(error).__name__] += 1
    return became, _peak()


def _forget_peak() -> None:
    """Let the peak of this process's memory be what it has now, where the system can (Linux)."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def _peak() -> float:
    """Return the peak of this process's memory, in MB; 0 where the system does not say."""
    with suppress(OSError):
        status = Path("/proc/self/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024
    return 0.0


class Mill:
    """Takes files through, in a child process."""

    def __init__(self, settings: Settings, folder: Path, read_only: bool) -> None:
        self._settings, self._folder, self._read_only = settings, folder, read_only
        self._process = BoundedProcess()

    def outcome(self, name: str, data: bytes, tally: Tally) -> str:
        """Return what became of a file, and enter it."""
        path = self._folder / name
        path.write_bytes(data)
        bounds = ArticleBounds(self._settings, name)
        work = partial(taken_through, str(path), self._settings, self._read_only)
        try:
            became, megabytes = self._process.run(work, bounds)
        except ArticleTooSlow:
            outcome = "slow"
        except ArticleTooHeavy:
            outcome = "heavy"
        except ExtractError as error:
            outcome = "died" if "died" in str(error) else "refused"
            tally.errors[type(error).__name__] += outcome == "refused"
        except Exception as error:
            outcome = f"fault: {error!r}"
        else:
            outcome = "read" if became.pop("read", 0) else "refused"
            tally.errors.update(became)
            tally.megabytes = max(tally.megabytes, megabytes)
        tally.files += 1
        tally.became[outcome.partition(":")[0]] += 1
        tally.slowest = max(tally.slowest, bounds.used)
        tally.seconds += bounds.used
        path.unlink()
        return outcome

    def close(self) -> None:
        """End the child."""
        self._process.close()


def table(tallies: dict[str, Tally]) -> str:
    """Return what became of all files, by kind."""
    header = ["kind", "files", "read", "refused", "slow", "heavy", "died", "faults"]
    header += ["slowest, CPU s", "in the mean", "MB at the peak", "errors"]
    rows: list[list[Any]] = []
    for kind, tally in tallies.items():
        counts = [tally.became[name] for name in ("read", "refused", "slow", "heavy", "died")]
        errors = ", ".join(f"{name} {count}" for name, count in tally.errors.most_common())
        mean = tally.seconds / max(1, tally.files)
        row = [kind, f"{tally.files:,}", *counts, tally.became["fault"]]
        rows.append([*row, f"{tally.slowest:.2f}", f"{mean:.3f}", f"{tally.megabytes:.0f}", errors])
    return markdown(header, rows)


def numbers(count: int, kinds: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Yield the kinds in turns, so that a run that is broken off has looked at all of them."""
    for number in range(count):
        yield kinds[number % len(kinds)], number // len(kinds)


def main() -> int:
    """Make the files, take them through, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--only", type=int, metavar="NUMBER")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--megabytes", type=int, default=600)
    parser.add_argument("--read-only", action="store_true", help="extract nothing")
    parser.add_argument("--list", action="store_true")
    asked = parser.parse_args()
    settings = Settings(article_seconds=asked.seconds, article_megabytes=asked.megabytes)
    chosen = numbers(asked.count, asked.kinds)
    if asked.only is not None:
        chosen = iter([(kind, asked.only) for kind in asked.kinds])
    tallies = {kind: Tally() for kind in asked.kinds}
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        # One for each kind: a process keeps memory that it once had.
        mills = {kind: Mill(settings, Path(folder), asked.read_only) for kind in asked.kinds}
        for kind, number in chosen:
            name, done, data = made(kind, number, asked.seed)
            outcome = mills[kind].outcome(name, data, tallies[kind])
            bad = outcome not in ("read", "refused")
            if outcome.startswith("fault") or (asked.list and bad) or asked.only is not None:
                print(
                    f"{kind} {number} ({name}, {done}, {len(data):,} bytes): {outcome}", flush=True
                )
        for mill in mills.values():
            mill.close()
    print(table(tallies))
    count = sum(tally.files for tally in tallies.values())
    print(f"{count:,} files, {time.monotonic() - began:.0f} seconds")
    return int(any(tally.became["fault"] for tally in tallies.values()))


if __name__ == "__main__":
    sys.exit(main())
