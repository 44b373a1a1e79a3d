"""How far confidence can be believed.

    python -m tests.benchmarks.quality.calibration GOLD.jsonl …

For bands of confidence, how many answers name a speaker and how many of them are right. Counted
hard: an answer on a stretch that the gold says is no quotation is wrong too. `--found` counts only
answers to gold quotations, which is what the weights are fitted to. A pronoun is right when it is
the gold source, whoever it is resolved to.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.quality.outcomes import Outcome, of_rules
from tests.benchmarks.tables import markdown, percent, ratio

# (least, below); the last line repeats the first two, as the bound that is promised
BANDS = [
    (0.95, 1.01),
    (0.9, 0.95),
    (0.8, 0.9),
    (0.7, 0.8),
    (0.5, 0.7),
    (0.0, 0.5),
    (0.9, 1.01),
]


def name(least: float, below: float) -> str:
    """Name a band: "0.8 – 0.9", "0.9 and more"."""
    return f"{least:g} – {below:g}" if below <= 1 else f"{least:g} and more"


def table(columns: dict[str, Sequence[Outcome]], found_only: bool = False) -> str:
    """Return the bands' table, with the answers and the right ones of each gold file."""
    header = ["confidence"]
    rows = [[name(*band)] for band in BANDS]
    for title, outcomes in columns.items():
        header += [f"{title}: answers", "right, %"]
        answers = [o for o in outcomes if o.named and (o.source or not found_only)]
        for row, (least, below) in zip(rows, BANDS, strict=True):
            band = [o for o in answers if least <= (o.confidence or 0.0) < below]
            row += [str(len(band)), percent(ratio(sum(o.speaker_right for o in band), len(band)))]
    return markdown(header, rows)


def main() -> None:
    """Score the rules on the gold files given and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("gold", type=Path, nargs="+")
    parser.add_argument("--found", action="store_true", help="only answers to gold quotations")
    parser.add_argument("--limit", type=int, help="only the first N documents of each")
    arguments = parser.parse_args()
    columns = {path.stem: of_rules(path, arguments.limit) for path in arguments.gold}
    print(table(columns, arguments.found))


if __name__ == "__main__":
    main()
