"""CPU time of two checkouts side by side: of the command's start, and of an article by the rules.

    python -m tests.benchmarks.speed.cost OLD NEW [--articles FILE] [--limit 60] [--repeats 5]

Both builds are run as commands, in turns, so that what else the machine does meets both alike. A
number is the smallest of its repeats: CPU milliseconds, user and system, of the process and of
those that it started. "An article" is what each article after the first adds to a command over all
of them: FILE's (JSON lines with a "text"), or the shipped two. Modules are compiled beforehand.
Prints a table with the ratio of NEW to OLD, which says more than the times do: they are the
machine's. `--bound 1.1` ends with status 1 when a ratio is over it.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.same_records import SHIPPED, command_of, write_texts
from tests.benchmarks.tables import markdown

SCHEMAS = ("quotes", "release_event")
HEADER = ("CPU, ms", "old", "new", "new / old")


def cpu_of(checkout: Path, words: list[str], work: Path) -> float:
    """Run the command of a checkout once; return the CPU milliseconds that it took."""
    # An empty folder and environment: an extract.toml of whoever measures must not count.
    kept = {"PATH": os.environ["PATH"], "HOME": str(work), "PYTHONPATH": str(checkout)}
    kept["PYTHONPYCACHEPREFIX"] = str(work / "compiled" / checkout.as_posix().lstrip("/"))
    process = subprocess.Popen(
        [*command_of(checkout), *words], cwd=work, env=kept, stdout=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{checkout}: extract {words[0]} … ended with status {process.returncode}")
    return 1000 * (used.ru_utime + used.ru_stime)


def least(
    builds: tuple[Path, Path], words: list[str], work: Path, repeats: int
) -> tuple[float, float]:
    """Return the least that a command takes in two builds, in turns, after one unmeasured run."""
    taken: tuple[list[float], list[float]] = ([], [])
    for number in range(repeats + 1):
        for build, times in zip(builds, taken, strict=True):
            times.append(cpu_of(build, words, work))
            if number == 0:
                times.clear()  # compiled its modules
    return min(taken[0]), min(taken[1])


def costs(
    builds: tuple[Path, Path], files: list[Path], work: Path, repeats: int
) -> dict[str, tuple[float, float]]:
    """Return what is measured, by its name: milliseconds of the old build and of the new."""
    found = {"extract --help": least(builds, ["--help"], work, repeats)}
    for schema in SCHEMAS:
        words = ["--schema", schema, "--format", "jsonl", "-q", "-o", str(work / "out.jsonl")]
        one = least(builds, [*words, str(files[0])], work, repeats)
        everything = least(builds, [*words, *map(str, files)], work, repeats)
        found[f"one article, {schema}, with the start"] = one
        more = len(files) - 1
        found[f"an article, {schema}"] = (
            (everything[0] - one[0]) / more,
            (everything[1] - one[1]) / more,
        )
    return found


def main() -> int:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    parser.add_argument("--articles", type=Path, help="JSON lines with the articles' texts")
    parser.add_argument("--limit", type=int, default=60, help="so many of the articles")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--bound", type=float, help="the largest ratio that is well")
    arguments = parser.parse_args()
    builds = (arguments.old.resolve(), arguments.new.resolve())
    with tempfile.TemporaryDirectory() as name:
        files = sorted(SHIPPED.glob("*.txt"))
        if arguments.articles:
            files += write_texts(arguments.articles, arguments.limit, Path(name))
        found = costs(builds, files, Path(name), arguments.repeats)
    rows = [(what, f"{a:.1f}", f"{b:.1f}", f"{b / a:.2f}") for what, (a, b) in found.items()]
    print(markdown(HEADER, rows))
    return int(
        arguments.bound is not None and any(b > arguments.bound * a for a, b in found.values())
    )


if __name__ == "__main__":
    sys.exit(main())
