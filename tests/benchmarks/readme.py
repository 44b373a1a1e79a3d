"""Regenerate what the READMEs show: every README.md that holds a block.

    python -m tests.benchmarks.readme [--polnear FOLDER]

A block runs from a mark, `<!-- NAME -->`, to `<!-- end -->`:

    output: COMMAND         what the command prints, cut where the mark says "first N lines"
    output, measured: …     the same, but it depends on the machine: only with --polnear
    polnear, calibration,   tables of the rules on PolNeAR's gold: only with --polnear, which names
    errors, speed           a folder with dev.jsonl, train.jsonl and score.py
    figures                 figures and sanction terms: with --polnear, and --texts with the files
                            of foreign news that tests/benchmarks/gold/README.md names
    peers                   the rules beside other programs: with --polnear and --peers, which
                            installs them into an environment of their own
    throughput              a run that asks a stub, beside other programs: with --peers
    assist                  what quality/assist.py --report prints of its last results
    many                    what speed/many.py --out many.md last wrote there
    recorded                what quality/recorded.py prints of the recorded answers
    layers, modules, …      what listing.py reads off the code

A block that is not asked for stays as it is. `--check` writes nothing, says which blocks are stale
and ends with 1 when there are any; what depends on the machine's speed is not held stale.
"""

import argparse
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.benchmarks import listing
from tests.benchmarks.tables import markdown, percent, ratio

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("extractor", "schemas", "prompts", "cassettes", "tests")  # where READMEs may be
ASSIST = Path(__file__).with_name("quality") / "assist.json"
MANY = Path(__file__).with_name("speed") / "many.md"
_BLOCK = re.compile(r"(<!-- (?P<name>\w[^\n]*?) -->\n)(?P<body>.*?)(<!-- end -->)", re.S)
_OUTPUT = re.compile(
    r"output(?P<measured>, measured)?(?:, first (?P<lines>\d+) lines)?: (?P<command>.+)"
)

# What others reach on the same development articles with the same scorer: the best of six
# programs a line (their names are in README.md here), and one annotator against another.
_METRICS = [
    ("quote F1", "quotation F1", 95.1, 98.4),
    ("long F1", "quotation F1, five words or more", 97.7, 99.3),
    ("speaker, all gold", "speaker right, of all", 65.9, 96.6),
    ("pronouns resolved to a name", "pronoun resolved to the right name", 46.0, 93.8),
    ("end-to-end F1", "quotation and speaker right, F1", 74.2, 96.5),
    ("all attributions F1", "all attributions, paraphrase too, F1", 50.1, 79.4),
]


def readmes() -> list[Path]:
    """Return every README.md of the project, the one at the top first."""
    below = sorted(path for name in FOLDERS for path in (ROOT / name).rglob("README.md"))
    return [ROOT / "README.md", *below]


def output_of(command: str, lines: str | None = None) -> str:
    """Run a shell command with this interpreter's `extract` first and return what it prints."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("EXTRACT_", "OPENAI_"))}
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=ROOT,
        env=kept | {"PATH": path, "COLUMNS": "100", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{command}\nended with status {done.returncode}:\n{done.stderr}")
    printed = done.stdout.splitlines()
    if lines and len(printed) > int(lines):
        printed = [*printed[: int(lines)], "…"]
    return "\n".join(line.rstrip() for line in printed)


class Rules:
    """The rules on PolNeAR's gold, run once for all tables of them."""

    NAMES = ("dev", "train")

    def __init__(self, folder: Path) -> None:
        from tests.benchmarks.quality.polnear import load_scorer, read_gold

        self.scorer: ModuleType = load_scorer(folder / "score.py")
        self.gold = {name: read_gold(folder / f"{name}.jsonl") for name in self.NAMES}
        self.speeds: dict[str, tuple[float, float]] = {}

    @cached_property
    def predictions(self) -> dict[str, dict[str, Any]]:
        """The rules' answers by gold file and document; times them on the way."""
        from tests.benchmarks.quality.polnear import BEFORE, timed

        found = {}
        for name, other, passes in (("dev", "train", 8), ("train", "dev", 1)):
            found[name], *speeds = timed(self.gold[name], self.gold[other][:BEFORE], passes)
            self.speeds[name] = (speeds[0], speeds[1])
        return found

    @cached_property
    def outcomes(self) -> dict[str, Any]:
        """What became of every quotation, by gold file."""
        from tests.benchmarks.quality.outcomes import scored

        return {n: scored(self.scorer, self.gold[n], self.predictions[n]) for n in self.NAMES}

    def scores(self) -> str:
        """Return the table of scores beside other programs' and people's."""
        columns = {
            name: self.scorer.score(self.gold[name], self.predictions[name], resamples=1)[0]
            for name in self.NAMES
        }
        rows = []
        for metric, label, peer, human in _METRICS:
            dev, train = (percent(columns[name][metric]) for name in self.NAMES)
            rows.append([label, f"**{dev}**", train, peer, human])
        header = ["PolNeAR, %", "rules, dev", "rules, train", "best of six others, dev"]
        return markdown([*header, "annotators, dev"], rows)

    def calibration(self) -> str:
        """Return the table of confidence."""
        from tests.benchmarks.quality.calibration import table

        return table(self.outcomes)

    def errors(self) -> str:
        """Return the table of failures, by class of source on the larger file."""
        from tests.benchmarks.quality.error_analysis import table

        return table(self.outcomes, totals_only=("dev",))

    def speed(self) -> str:
        """Return a sentence with the articles that a CPU second does."""
        from tests.benchmarks.quality.polnear import BEFORE

        quoting, all_of_it = self.speeds["dev"] if self.predictions else (0.0, 0.0)
        return (
            f"On dev, after {BEFORE} other articles, the rules do {quoting:.0f} articles in a CPU "
            f"second for quotations and\nspeakers, finding included, and {all_of_it:.0f} with "
            "every paraphrase besides (each article's fastest of\neight passes)."
        )


def figures(texts: list[Path]) -> str | None:
    """Return the table of figures and sanction terms, or None when texts are missing."""
    from extractor.find.inventory import take_inventory
    from extractor.read import article_from_text
    from tests.benchmarks.quality import figures_and_sanctions as fs

    gold = {name: fs.read_gold(fs.GOLD / f"{name}.jsonl") for name in ("figures", "sanctions")}
    known = fs.read_texts(texts, {r["sha256"] for records in gold.values() for r in records})
    tasks: list[Any] = [("figures, value right", gold["figures"], fs.score_figures, "value")]
    for part in fs.PARTS:
        title = "sanction terms, action and sender right" if len(tasks) == 1 else "the same"
        records = [record for record in gold["sanctions"] if fs.part_of(record) == part]
        tasks.append((f"{title}, {part}", records, fs.score_terms, "all"))
    rows = []
    for label, records, score, right in tasks:
        if any(record["sha256"] not in known for record in records):
            print("figures: kept as it is, as texts are missing: give --texts", file=sys.stderr)
            return None
        tally = fs.Tally()
        for record in records:
            score(
                record,
                take_inventory(article_from_text(known[record["sha256"]], source="gold")),
                tally,
            )
        count, annotated, found = (tally.counts[key] for key in (right, "gold", "found"))
        shares = [percent(ratio(count, annotated)), percent(ratio(count, found))]
        rows.append([label, len(records), annotated, found, *shares])
    return markdown(["", "articles", "annotated", "found", "recall, %", "precision, %"], rows)


class Blocks:
    """Makes blocks by their names; None keeps one as it is."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self.stale: list[str] = []
        self._tables: dict[str, Callable[[], str | None]] = {
            "assist": self._assist,
            "many": lambda: MANY.read_text(encoding="utf-8") if MANY.is_file() else None,
            "throughput": self._throughput,
            "recorded": lambda: output_of("python -m tests.benchmarks.quality.recorded"),
            "layers": lambda: f"```text\n{listing.layers()}\n```",
            "modules": lambda: f"```text\n{listing.modules()}\n```",
            "settings": listing.settings,
            "kinds": listing.kinds,
            "field names": listing.field_names,
        }
        for name in ("polnear", "calibration", "errors", "speed", "figures", "peers"):
            self._tables[name] = lambda: None
        if options.polnear:
            rules = Rules(options.polnear)
            self._tables |= {
                "polnear": rules.scores,
                "calibration": rules.calibration,
                "errors": rules.errors,
                "speed": lambda: None if options.check else rules.speed(),
                "figures": lambda: figures([options.polnear / "train.jsonl", *options.texts]),
                "peers": self._peers,
            }

    def replace(self, match: re.Match[str]) -> str:
        """Return the block made anew, and remember whether it was stale."""
        made = self._made(match["name"])
        if made is None or f"{made}\n" == match["body"]:
            return match[0]
        self.stale.append(match["name"])
        return f"{match[1]}{made}\n{match[4]}"

    def _made(self, name: str) -> str | None:
        output = _OUTPUT.fullmatch(name)
        if output is None:
            if name not in self._tables:
                sys.exit(f"nothing makes the block <!-- {name} --> of a README.md")
            return self._tables[name]()
        if output["measured"] and (self._options.check or not self._options.polnear):
            return None
        return f"```text\n{output_of(output['command'], output['lines'])}\n```"

    def _peers(self) -> str | None:
        if not self._options.peers or self._options.check:
            return None
        from tests.benchmarks.quality.peers import compare

        folder = self._options.polnear
        return compare(folder / "dev.jsonl", self._options.peers, also=folder / "train.jsonl")

    def _throughput(self) -> str | None:
        if not self._options.peers or self._options.check:
            return None
        beside = shlex.quote(str(self._options.peers.with_name("langextract")))
        return output_of(f"python -m tests.benchmarks.speed.throughput --peers {beside}")

    def _assist(self) -> str | None:
        if not ASSIST.is_file():
            return None
        return output_of("python -m tests.benchmarks.quality.assist --report")


def options() -> argparse.Namespace:
    """Read the command line."""
    from tests.benchmarks.quality.peers import default_venv

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--polnear", type=Path, help="folder of the gold and its scorer")
    parser.add_argument("--texts", type=Path, nargs="+", default=[], help="foreign news, annotated")
    parser.add_argument(
        "--peers", type=Path, nargs="?", const=default_venv(), metavar="VENV",
        help="measure other programs too, installed into this folder",
    )  # fmt: skip
    parser.add_argument("--check", action="store_true", help="only say what is stale")
    return parser.parse_args()


def main() -> None:
    """Regenerate the blocks, or check them."""
    chosen = options()
    blocks = Blocks(chosen)
    for readme in readmes():
        text = readme.read_text(encoding="utf-8")
        new = _BLOCK.sub(blocks.replace, text)
        if not chosen.check and new != text:
            readme.write_text(new, encoding="utf-8")
    if chosen.check and blocks.stale:
        stale = "".join(f"\n    {name}" for name in blocks.stale)
        sys.exit(f"out of date: run python -m tests.benchmarks.readme for{stale}")


if __name__ == "__main__":
    main()
