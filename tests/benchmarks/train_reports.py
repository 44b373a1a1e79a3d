"""Fit what reports and where it ends: `python tests/benchmarks/train_reports.py TRAIN.jsonl`.

Two logistic models by AdaGrad with an L2 penalty, in plain Python, the same numbers at every run.
First where contents end, on the cues that the gold marks; then, with contents that end so, which
verbs are worth reading: those whose content is a gold one's by more than half. Writes
extractor/answer/report_weights.json: features and weights, no sentence of an article.
"""

import argparse
import json
import math
import random
from collections import Counter
from pathlib import Path
from typing import Any

from polnear import read_gold

from extractor.answer import reporting
from extractor.answer.attribution import attribute
from extractor.answer.reported import Lead, Reader
from extractor.answer.reporting import LONGEST, end_features
from extractor.find.inventory import take
from extractor.read import article_from_text

OUT = Path(reporting.__file__).with_name("report_weights.json")
Example = tuple[list[str], bool]


def reader_of(record: dict[str, Any]) -> Reader:
    """Read one article."""
    inventory = take(article_from_text(record["text"], source="train"))
    return Reader(inventory, attribute(inventory))


def cues_of(record: dict[str, Any]) -> dict[int, list[dict[str, Any]]]:
    """Return the attributions by every offset of their cues."""
    found: dict[int, list[dict[str, Any]]] = {}
    for attribution in record["attributions"]:
        for cue in attribution["cue"]:
            for place in range(cue["start"], cue["end"]):
                found.setdefault(place, []).append(attribution)
    return found


def ends(record: dict[str, Any], reader: Reader) -> list[Example]:
    """Return the borders of the contents of the cues that the gold marks."""
    found: list[Example] = []
    tokens, cues = reader.tokens, cues_of(record)
    for first, last in reader.sentences():
        for lead in reader.leads(first, last):
            gold = cues.get(tokens.start[lead.cue])
            edge = reader.edge(lead, last)
            stop = min(last, edge + LONGEST)
            if not gold or edge >= stop:
                continue
            begins, closes = tokens.start[edge], tokens.end[stop - 1]
            after = [
                s["end"] for s in gold[0]["content"] if begins - 30 < s["start"] < closes
                and s["end"] > begins
            ]  # fmt: skip
            for j, features in end_features(reader.evidence, lead.cue, edge, stop):
                if not after:
                    break
                found.append((features, tokens.start[j] >= max(after)))
                if found[-1][1]:
                    break
    return found


def cues(record: dict[str, Any], reader: Reader) -> list[Example]:
    """Return every verb with a subject, and whether what it would report is in the gold."""
    text, found = record["text"], []
    letters = [c.isalnum() for c in text]
    marked = cues_of(record)
    gold = [
        (frozenset(c for s in a["content"] for c in range(s["start"], s["end"]) if letters[c]), a)
        for a in record["attributions"]
    ]
    led: list[tuple[Lead, list[str], frozenset[int]]] = []
    for first, last in reader.sentences():
        for lead in reader.leads(first, last):
            content = reader.content(lead, first, last)
            if content:
                spans = reader.report(lead, content, 1.0).content
                chars = frozenset(c for s in spans for c in range(*s) if letters[c])
                features = reader.features(lead, last) + reader.shape(lead, content)
                led.append((lead, features, chars))
    theirs = {id(a) for lead, _, _ in led for a in marked.get(reader.tokens.start[lead.cue], ())}
    for lead, features, chars in led:
        mine = {id(a) for a in marked.get(reader.tokens.start[lead.cue], ())}
        right = any(
            chars and 2 * len(chars & g) >= len(chars | g)
            for g, a in gold
            if id(a) in mine or id(a) not in theirs
        )
        found.append((features, right))
    return found


def fit(
    data: list[Example], least: int, epochs: int, rate: float, penalty: float
) -> dict[str, float]:
    """Fit one logistic model; features seen less often than `least` are left out."""
    often = Counter(f for features, _ in data for f in features)
    data = [([f for f in features if often[f] >= least], right) for features, right in data]
    weights: dict[str, float] = {}
    squares: dict[str, float] = {}
    rng = random.Random(0)
    for epoch in range(epochs):
        rng.shuffle(data)
        loss = 0.0
        for features, right in data:
            score = sum(weights.get(f, 0.0) for f in features)
            likely = 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))
            loss -= math.log(max(1e-9, likely if right else 1 - likely))
            slope = likely - right
            if abs(slope) < 1e-3:
                continue
            for f in features:
                weight = weights.get(f, 0.0)
                step = slope + penalty * weight
                squares[f] = squares.get(f, 1e-6) + step * step
                weights[f] = weight - rate * step / math.sqrt(squares[f])
        print(f"  epoch {epoch + 1}: mean loss {loss / len(data):.4f}")
    return {f: round(w, 2) for f, w in sorted(weights.items()) if abs(w) >= 0.1}


def main() -> None:
    """Fit on the gold given and write the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("gold", type=Path)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--rate", type=float, default=0.05)
    parser.add_argument("--penalty", type=float, default=0.1)
    parser.add_argument("--least", type=int, default=15, help="drop features seen less often")
    parser.add_argument("--hold-out", type=int, default=0, help="leave out every N-th document")
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    gold = read_gold(arguments.gold)
    if arguments.hold_out:
        gold = [r for i, r in enumerate(gold) if i % arguments.hold_out]
    tables: dict[str, dict[str, float]] = {"cue": {}, "end": {}}
    reporting.weights = tables.__getitem__  # type: ignore[assignment]
    readers = [reader_of(record) for record in gold]
    settings = (arguments.least, arguments.epochs, arguments.rate, arguments.penalty)
    for name, examples in (("end", ends), ("cue", cues)):
        data = [e for r, reader in zip(gold, readers, strict=True) for e in examples(r, reader)]
        print(name, len(data), "examples,", sum(right for _, right in data), "of them right")
        tables[name] = fit(data, *settings)
    note = "fitted by tests/benchmarks/train_reports.py on PolNeAR's training articles"
    table = json.dumps({"note": note, "weights": tables}, indent=0, ensure_ascii=False)
    arguments.out.write_text(table + "\n", encoding="utf-8")
    print({name: len(table) for name, table in tables.items()}, "written to", arguments.out.name)


if __name__ == "__main__":
    main()
