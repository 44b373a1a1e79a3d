"""`extract scale` beside a run on this machine: start-up, articles a second, memory, same records.

    python -m tests.benchmarks.speed.scale [--articles 1000] [--schema NAME] [--texts PATH…]

The same recombined articles (see many.py) as files, as lines of .jsonl and as a column of Parquet,
each in a process of its own, start included; seconds depend on what else the machine does, CPU does
less. Ends with status 1 when an article is missing or a record differs from the run's.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.speed.many import ROOT, Memory, cpu_seconds, make, run, texts_of
from tests.benchmarks.tables import markdown

HEADER = ("what", "articles", "seconds", "a second", "CPU, s", "RSS sum, MB", "records differ")


def measure(arguments: Sequence[str]) -> tuple[float, float, float]:
    """Run the command; return its seconds, its CPU seconds and the most memory in MB."""
    memory, before = Memory(), cpu_seconds()
    seconds = run(arguments, memory)
    return seconds, cpu_seconds() - before, memory.together / 1e6


def records_of_run(folder: Path) -> dict[str, Any]:
    """Return the record of each text in a run's JSONL, by the text's hash."""
    return dict(_records(line for f in folder.glob("*.jsonl") for line in f.open()))


def records_of_scale(folder: Path) -> dict[str, Any]:
    """Return the same from a folder of Parquet."""
    import daft

    frame = daft.read_parquet(f"{folder}/*.parquet").where(daft.col("status") == "done")
    return dict(_records(frame.select("extraction").to_pydict()["extraction"]))


def _records(lines: Iterator[str] | list[str]) -> Iterator[tuple[str, Any]]:
    for line in lines:
        data = json.loads(line)
        yield data["article"]["sha256"], (data["record"], data["audit"], data["confidence"])


def tables_of(coverage: Path, folder: Path) -> tuple[Path, Path]:
    """Write the articles as lines and as a table; return both."""
    import daft

    given = [
        {"id": path.stem, "text": path.read_text(encoding="utf-8")}
        for path in sorted(coverage.glob("*/*.txt"))
    ]
    lines, table = folder / "lines.jsonl", folder / "table.parquet"
    lines.write_text("".join(json.dumps(one) + "\n" for one in given), encoding="utf-8")
    daft.from_pylist(given).write_parquet(str(table))
    return lines, table


def main() -> int:
    """Measure, compare, and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--articles", type=int, default=1_000)
    parser.add_argument("--schema", default="release_event")
    parser.add_argument("--texts", type=Path, nargs="+", default=[ROOT / "tests" / "articles"])
    given = parser.parse_args()
    os.environ["DO_NOT_TRACK"] = "true"
    rows: list[Sequence[object]] = []
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="scale-") as name:
        folder = Path(name)
        coverage = make(folder / "in", texts_of(given.texts), given.articles)
        lines, table = tables_of(coverage, folder)
        importing = [sys.executable, "-c", "import daft"]
        before = cpu_seconds()
        subprocess.run(importing, check=True)
        rows.append(("importing Daft", "", "", "", f"{cpu_seconds() - before:.1f}", "", ""))
        local = folder / "local"
        chosen = ("-s", given.schema, "-q")
        first = str(coverage / "0000" / "000000.txt")
        cases = [
            ("a run of one file", [*chosen, "-f", "jsonl", "-o", f"{folder}/one/", first], 1),
            ("scale, one file", ["scale", *chosen, "-o", f"{folder}/s0", first], 1),
            ("a run", [*chosen, "-f", "jsonl", "-o", f"{local}/", str(coverage)], given.articles),
        ]
        for number, (what, source) in enumerate(
            (("files", coverage), ("lines of .jsonl", lines), ("rows of Parquet", table)), 1
        ):
            arguments = ["scale", *chosen, "-o", f"{folder}/s{number}", str(source)]
            cases.append((f"scale, {what}", arguments, given.articles))
        for what, arguments, count in cases:
            seconds, cpu, memory = measure(arguments)
            differ: object = ""
            output = Path(arguments[arguments.index("-o") + 1])
            if output.name.startswith("s") and count > 1:
                expected, found = records_of_run(local), records_of_scale(output)
                differ = len(
                    {key for key in {*expected, *found} if expected.get(key) != found.get(key)}
                )
                wrong += differ + (len(found) != count)
            rows.append(
                (what, f"{count:,}", f"{seconds:.1f}", f"{count / seconds:,.1f}",
                 f"{cpu:.1f}", f"{memory:,.0f}", differ)
            )  # fmt: skip
    print(markdown(HEADER, rows))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
