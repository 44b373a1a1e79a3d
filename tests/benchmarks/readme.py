"""Regenerate what README.md shows: `python tests/benchmarks/readme.py [--polnear FOLDER]`.

A block between `<!-- output: COMMAND -->` and `<!-- end -->` is what the command prints, cut where
it is marked "first N lines"; one marked "measured" depends on the machine and is only made anew
with --polnear, as is the table of attribution on PolNeAR's gold, for which --polnear names a folder
with dev.jsonl, train.jsonl and score.py. `--check` writes nothing and ends with 1 when an output
block is out of date.
"""

import argparse
import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
_OUTPUT = re.compile(
    r"(<!-- output(?P<measured>, measured)?(?:, first (?P<lines>\d+) lines)?: "
    r"(?P<command>[^\n]+?) -->\n).*?(<!-- end -->)",
    re.S,
)
_TABLE = re.compile(r"(<!-- polnear -->\n).*?(<!-- end -->)", re.S)

# What others reach on the same development articles with the same scorer: the best of six
# programs a line (their names are in the README), and one annotator against another.
_METRICS = [
    ("quote F1", "quotation F1", 95.1, 98.4),
    ("long F1", "quotation F1, five words or more", 97.7, 99.3),
    ("speaker, all gold", "speaker right, of all", 65.9, 96.6),
    ("pronouns resolved to a name", "pronoun resolved to the right name", 46.0, 93.8),
    ("end-to-end F1", "quotation and speaker right, F1", 74.2, 96.5),
]


def output_of(command: str, lines: str | None) -> str:
    """Run a shell command with this interpreter's `extract` first and return what it prints."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("EXTRACT_", "OPENAI_"))}
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=ROOT,
        env=kept | {"PATH": path, "COLUMNS": "100", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    printed = done.stdout.splitlines()
    if lines and len(printed) > int(lines):
        printed = [*printed[: int(lines)], "…"]
    return "\n".join(line.rstrip() for line in printed)


def with_outputs(text: str, measure: bool) -> str:
    """Return the README's text with every output block made anew, the measured ones if asked."""

    def block(match: re.Match[str]) -> str:
        if match["measured"] and not measure:
            return match[0]
        printed = output_of(match["command"], match["lines"])
        return f"{match[1]}```text\n{printed}\n```\n{match[5]}"

    return _OUTPUT.sub(block, text)


def table(folder: Path) -> str:
    """Score the rules on the development and training articles and return the table."""
    from polnear import load_scorer, predict, read_gold

    scorer = load_scorer(folder / "score.py")
    columns, speed = {}, ""
    for name in ("dev", "train"):
        gold = read_gold(folder / f"{name}.jsonl")
        predict(gold[0]["text"])
        began = time.process_time()
        predictions = {record["doc"]: predict(record["text"]) for record in gold}
        if name == "train":
            speed = f"{len(gold) / (time.process_time() - began):.0f}"
        columns[name], _, _ = scorer.score(gold, predictions, resamples=1)

    def cell(name: str, metric: str) -> str:
        value = columns[name][metric]
        return "–" if value != value else f"{100 * value:.1f}"  # noqa: PLR0124  not a number

    rows = [
        "| PolNeAR, % | rules, dev | rules, train | best of six others, dev | annotators, dev |",
        "|---|---|---|---|---|",
    ]
    for metric, label, peer, human in _METRICS:
        rows.append(
            f"| {label} | **{cell('dev', metric)}** | {cell('train', metric)} | {peer} | {human} |"
        )
    rows.append(f"| documents a CPU second, finding included | {speed} | | 4–6 | |")
    return "\n".join(rows)


def main() -> None:
    """Regenerate the blocks, or check them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--polnear", type=Path, help="folder of the gold and its scorer")
    parser.add_argument("--check", action="store_true", help="only say whether it is up to date")
    arguments = parser.parse_args()
    text = README.read_text(encoding="utf-8")
    new = with_outputs(text, measure=bool(arguments.polnear))
    if arguments.check:
        sys.exit(0 if new == text else "README.md is out of date: run tests/benchmarks/readme.py")
    if arguments.polnear:
        made = table(arguments.polnear)
        new = _TABLE.sub(lambda match: f"{match[1]}{made}\n{match[2]}", new)
    README.write_text(new, encoding="utf-8")


if __name__ == "__main__":
    main()
