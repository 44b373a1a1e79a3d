"""Publishing 100,000 rows and bringing them back: seconds, CPU, the size of the file, memory.

    python -m tests.benchmarks.speed.publishing [--claims 100000] [--folder KEPT] [--check]

The store is that of review.py. Each step is a process of its own, so that the memory is its own:
the largest resident set. "Edited" is the published CSV with every hundredth row rejected. `--check`
ends with status 1 when a step takes more than 400 MB, or an unedited sheet makes a decision.
"""

import argparse
import csv
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from extractor.review.bring_back.bring_back import bring_back
from extractor.review.desk import Desk
from extractor.review.publish.publish import ENDINGS, FORMS, publish
from extractor.review.queue import Filter
from extractor.review.sync.sync import sync
from tests.benchmarks.speed.review import fill
from tests.benchmarks.tables import markdown

ROOT = Path(__file__).resolve().parents[3]
_MOST_MEMORY = 400  # MB
HEADER = ("step", "rows", "seconds", "CPU", "rows/s", "file, MB", "memory, MB")


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--claims", type=int, default=100_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--step", nargs=2, metavar=("NAME", "FILE"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.step:
        print(json.dumps(_step(asked.folder, asked.step[0], Path(asked.step[1]))))
        return 0
    with tempfile.TemporaryDirectory() as made:
        folder = asked.folder or Path(made) / "store"
        if not (folder / "extract.sqlite").is_file():
            fill(folder, asked.claims)
            with Desk(folder) as desk:
                sync(desk)
        return _report(folder, Path(made), check=asked.check)


def _report(folder: Path, made: Path, *, check: bool) -> int:
    steps = [(f"publish {form}", made / f"out{ENDINGS[form]}") for form in FORMS]
    steps += [("bring back unedited", made / f"out{ENDINGS[form]}") for form in ("xlsx", "csv")]
    steps += [("bring back edited", made / "edited.csv"), ("again", made / "edited.csv")]
    rows, well = [], True
    for name, path in steps:
        if name == "bring back edited":
            _edit(made / "out.csv", path)
        found = _measured(folder, name, path)
        well = well and found["memory"] <= _MOST_MEMORY
        if name in ("bring back unedited", "again"):
            well = well and not found["decisions"]
        size = path.stat().st_size / 1e6
        label = f"{name} ({path.suffix})" if name.startswith("bring") else name
        label += f", {found['decisions']} decisions" if "decisions" in found else ""
        rows.append(
            (label, f"{found['rows']:,}", f"{found['seconds']:.1f}", f"{found['cpu']:.1f}",
             f"{found['rows'] / found['seconds']:,.0f}", f"{size:.0f}", f"{found['memory']:.0f}")
        )  # fmt: skip
    print(markdown(HEADER, rows))
    return 0 if well or not check else 1


def _measured(folder: Path, name: str, path: Path) -> dict[str, float]:
    """Return what a step took, in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.speed.publishing"]
    words = [*command, "--folder", str(folder), "--step", name, str(path)]
    done = subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _step(folder: Path, name: str, path: Path) -> dict[str, float]:
    began = time.perf_counter()
    found: dict[str, float] = {}
    with Desk(folder) as desk:
        if name.startswith("publish"):
            form = name.partition(" ")[2]
            found["rows"] = publish(desk, Filter(), form, path, with_open=True).rows  # type: ignore[arg-type]
        else:
            brought = bring_back(desk, path, "benchmark")
            found["decisions"] = brought.decisions
            found["rows"] = brought.decisions + brought.unchanged + brought.refused + brought.stale
    found["seconds"] = time.perf_counter() - began
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {**found, "cpu": used.ru_utime + used.ru_stime, "memory": used.ru_maxrss / 1024}


def _edit(source: Path, target: Path) -> None:
    """Copy a published CSV file with every hundredth row rejected."""
    with (
        source.open(encoding="utf-8-sig", newline="") as file,
        target.open("w", encoding="utf-8", newline="") as out,
    ):
        rows = csv.DictReader(file)
        writer = csv.DictWriter(out, rows.fieldnames or ())
        writer.writeheader()
        for number, row in enumerate(rows):
            if number % 100 == 0:
                row["decision"] = "accept" if row["review_status"] == "rejected" else "reject"
            writer.writerow(row)


if __name__ == "__main__":
    sys.exit(main())
