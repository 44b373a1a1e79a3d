"""CPU seconds of the command, start of the process included, beside the bounds they must keep.

    python -m tests.benchmarks.speed.startup [--runs N] [--check]

`--check` ends with status 1 when a median is over its bound. CPU seconds, not seconds on the
clock: they do not depend on what else the machine does as much, and they are what a batch costs.
Modules are compiled beforehand, as installing does, into a folder of the benchmark's own.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
ARTICLE = ROOT / "tests" / "articles" / "reuters-prisoners.txt"
EXTRACT = [sys.executable, "-m", "extractor"]
CASES = [
    ("extract --help", ["--help"], 0.2),
    ("one article, table", ["--schema", "release_event", str(ARTICLE)], 0.6),
    ("one article, JSON", ["--schema", "release_event", "-f", "json", str(ARTICLE)], 0.6),
    ("one article, HTML", ["--schema", "release_event", "-f", "html", str(ARTICLE)], 0.6),
]


def environment(compiled: str) -> dict[str, str]:
    """Return the environment of the command: nobody's settings, modules compiled once."""
    ours = {"PYTHONDONTWRITEBYTECODE", "NO_COLOR", "COLUMNS"}
    kept = {k: v for k, v in os.environ.items() if not k.startswith("EXTRACT_") and k not in ours}
    return kept | {"PYTHONPYCACHEPREFIX": compiled}


def cpu_seconds(arguments: list[str], env: dict[str, str]) -> float:
    """Run the command once and return the CPU seconds, user and system, that it took."""
    before = os.times()
    subprocess.run(
        [*EXTRACT, *arguments],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        check=True,
        env=env,
    )
    after = os.times()
    children = after.children_user + after.children_system
    return children - before.children_user - before.children_system


def main() -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=11)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as compiled:
        return _measure(options, environment(compiled))


def _measure(options: argparse.Namespace, env: dict[str, str]) -> int:
    over = False
    print(f"{'CPU seconds, ' + str(options.runs) + ' runs':26} median    min    max  bound")
    for name, arguments, bound in CASES:
        cpu_seconds(arguments, env)  # compiles
        times = [cpu_seconds(arguments, env) for _ in range(options.runs)]
        median = statistics.median(times)
        over = over or median > bound
        mark = "  over" if median > bound else ""
        print(f"{name:26} {median:6.3f} {min(times):6.3f} {max(times):6.3f} {bound:6.1f}{mark}")
    return 1 if options.check and over else 0


if __name__ == "__main__":
    sys.exit(main())
