"""Why quotations fail end to end.

    python -m tests.benchmarks.quality.error_analysis GOLD.jsonl …

A table of what became of every gold quotation that has a source, by the class of that source and by
where our wrong answer stands; then the answers that meet no gold quotation. Both wholes are the
scorer's. `--list` prints every failure with its offsets and the words around it, on the training
articles only: the development ones are not for reading.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.benchmarks.quality.outcomes import ANSWERED, GOLD, SPURIOUS, Outcome, of_rules
from tests.benchmarks.tables import markdown

CLASSES = ("named", "pronoun", "nominal")
Test = Callable[[Outcome], bool]


def _wrong(*patterns: str) -> Test:
    return lambda o: o.result == "speaker wrong" and o.pattern in patterns


def _is(*results: str) -> Test:
    return lambda o: o.result in results


def _unsourced(o: Outcome) -> bool:
    """Tell an answer of wrong bounds to a gold quotation without a source, counted nowhere else."""
    return o.result == "stretch wrong" and o.source is None


NEAR = ("left", "right", "carry")
# what each row counts; the totals follow the rows that they are the sums of
OF_GOLD: list[tuple[str, Test]] = [
    ("right", _is("right")),
    ("wrong: a name before it in its sentence", _wrong("left")),
    ("wrong: a name after it", _wrong("right")),
    ("wrong: the speaker before", _wrong("carry")),
    (
        "wrong: a name in another sentence",
        lambda o: o.result == "speaker wrong" and o.pattern not in NEAR,
    ),
    ("nobody named", _is("no speaker")),
    ("bounds wrong", _is("stretch wrong")),
    ("not found, or dismissed", _is("not found")),
]
OF_ANSWERS: list[tuple[str, Test]] = [
    ("answer on what is no quotation", _is("trap")),
    ("answer beside the gold", lambda o: o.result == "beside the gold" or _unsourced(o)),
]


def table(columns: dict[str, Sequence[Outcome]], totals_only: Sequence[str] = ()) -> str:
    """Return the table for one or more gold files; every column adds up.

    The files named in `totals_only` are not split by the class of source.
    """
    header = ["what became of them"]
    rows = [[label] for label, _ in OF_GOLD]
    rows += [["**all gold quotations**"]]
    rows += [[label] for label, _ in OF_ANSWERS]
    rows += [["**all answers**"]]
    for title, outcomes in columns.items():
        kept = slice(3, 4) if title in totals_only else slice(0, 4)
        header += [f"{title}: named", "pronoun", "nominal", f"{title}: all"][kept]
        gold = [o for o in outcomes if o.source and o.result in GOLD]
        answers = [o for o in outcomes if o.result in (*ANSWERED, *SPURIOUS)]
        cells = []
        for _, test in OF_GOLD:
            counts = [sum(test(o) for o in gold if o.source == c) for c in CLASSES]
            cells.append([*counts, sum(counts)])
        cells.append([sum(column) for column in zip(*cells, strict=True)])
        if cells[-1][-1] != len(gold):
            sys.exit(f"{title}: {cells[-1][-1]} outcomes in the table, {len(gold)} quotations")
        extra = [sum(test(o) for o in answers) for _, test in OF_ANSWERS]
        met = sum(o.result != "not found" for o in gold)
        if met + sum(extra) != len(answers):
            sys.exit(f"{title}: {met} answers met, {sum(extra)} not, {len(answers)} in all")
        cells += [["", "", "", count] for count in (*extra, len(answers))]
        for row, counts in zip(rows, cells, strict=True):
            row += [str(count) for count in counts[kept]]
    return markdown(header, rows)


def failures(path: Path, outcomes: Sequence[Outcome]) -> str:
    """Return every failure with its place, the gold source, our answer and the words around."""
    with path.open(encoding="utf-8") as lines:
        texts = {r["doc"]: r["text"] for r in map(json.loads, lines)}
    printed = []
    for o in sorted(outcomes, key=lambda o: (o.result, o.pattern or "", o.source or "")):
        if o.result == "right":
            continue
        (start, end), text = o.place, texts[o.doc]
        asked = " + ".join(text[slice(*place)] for place in o.asked) or "–"
        given = text[slice(*o.given)] if o.given else "–"
        sure = "" if o.confidence is None else f" {o.confidence:.2f}"
        around = f"{text[max(0, start - 160) : start]}[[{text[start:end]}]]{text[end : end + 160]}"
        printed += [
            f"{o.result}, {o.pattern}, {o.source}{sure}: {o.doc} {start}-{end}",
            f"    gold {asked!r}, ours {given!r}",
            f"    {around!r}",
        ]
    return "\n".join(printed)


def main() -> None:
    """Score the rules on the gold files given and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("gold", type=Path, nargs="+")
    parser.add_argument("--limit", type=int, help="only the first N documents of each")
    parser.add_argument("--list", action="store_true", help="every failure in training articles")
    arguments = parser.parse_args()
    columns = {path.stem: of_rules(path, arguments.limit) for path in arguments.gold}
    print(table(columns))
    if arguments.list and "train" in columns:
        train = next(path for path in arguments.gold if path.stem == "train")
        print(failures(train, columns["train"]))


if __name__ == "__main__":
    main()
