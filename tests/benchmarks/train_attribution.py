"""Fit the weights of attribution: `python tests/benchmarks/train_attribution.py TRAIN.jsonl`.

Maximises the likelihood of the right sources (any mention of the right one counts) by AdaGrad with
an L2 penalty, in plain Python, the same numbers at every run. Writes
extractor/answer/attribution_weights.json: features and weights, no word of an article.
"""

import argparse
import json
import math
import random
from collections import Counter
from pathlib import Path
from typing import Any

from polnear import load_scorer, read_gold

from extractor.answer.dismissal import why_no_quotation
from extractor.answer.evidence import Evidence
from extractor.answer.sources import none_features, sources_of, surroundings
from extractor.find.inventory import take
from extractor.read import article_from_text

OUT = Path(__file__).parents[2] / "extractor" / "answer" / "attribution_weights.json"
Example = tuple[list[tuple[str, ...]], list[int]]  # features a candidate, the right ones


def examples(record: dict[str, Any], scorer: Any) -> tuple[list[Example], Counter[str]]:
    """Turn one article into ranking problems; the source before is the gold one, where known."""
    inventory = take(article_from_text(record["text"], source="train"))
    evidence, found, counts = Evidence(inventory), [], Counter[str]()
    previous = None
    for quotation in inventory.quotations:
        if quotation.parent is not None or why_no_quotation(inventory, quotation):
            continue
        gold = next(
            (
                g
                for g in record["quotes"]
                if scorer.iou((g["start"], g["end"]), tuple(quotation.outer)) > 0.5
                or any(scorer.iou(tuple(p), tuple(quotation.outer)) > 0.5 for p in g["parts"])
            ),
            None,
        )
        setting = evidence.setting(quotation)
        around = surroundings(evidence, setting)
        sources = sources_of(evidence, setting, around, previous)
        if gold is None:
            counts["not in gold"] += 1
            previous = None
            continue
        nobody = none_features(around.verbs, setting.shape, setting.earlier).names
        right = [
            i
            for i, s in enumerate(sources)
            if gold["source"]
            and scorer.speaker_right(
                gold["source"],
                gold["names"],
                {
                    "mention": {"start": s.mention.span.start, "end": s.mention.span.end},
                    "speaker": s.entity.name,
                },
            )
        ]
        if not gold["source"]:
            right = [len(sources)]
        counts["reachable" if right else "out of reach"] += 1
        if right:
            named = [tuple(name for group in s.features for name in group.names) for s in sources]
            found.append(([*named, nobody], right))
        previous = next((sources[i] for i in right if i < len(sources)), None)
        if previous:
            said = evidence.said_before
            said[previous.entity.id] = said.get(previous.entity.id, 0) + 1
    return found, counts


def fit(data: list[Example], epochs: int, rate: float, penalty: float) -> dict[str, float]:
    """Fit a log-linear ranking by AdaGrad."""
    weights: dict[str, float] = {}
    squares: dict[str, float] = {}
    order, rng = list(range(len(data))), random.Random(0)
    for epoch in range(epochs):
        rng.shuffle(order)
        loss = 0.0
        for index in order:
            candidates, right = data[index]
            scores = [sum(weights.get(f, 0.0) for f in c) for c in candidates]
            top = max(scores)
            chances = [math.exp(s - top) for s in scores]
            total = sum(chances)
            good = sum(chances[i] for i in right)
            loss -= math.log(good / total)
            for i, features in enumerate(candidates):
                slope = chances[i] / total - (chances[i] / good if i in right else 0.0)
                if abs(slope) < 1e-4:
                    continue
                for f in features:
                    weight = weights.get(f, 0.0)
                    step = slope + penalty * weight
                    squares[f] = squares.get(f, 1e-6) + step * step
                    weights[f] = weight - rate * step / math.sqrt(squares[f])
        print(f"epoch {epoch + 1}: mean loss {loss / len(data):.4f}")
    return weights


def main() -> None:
    """Fit on the gold given and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--rate", type=float, default=0.1)
    parser.add_argument("--penalty", type=float, default=0.005)
    parser.add_argument("--least", type=int, default=5, help="drop features seen less often")
    parser.add_argument("--hold-out", type=int, default=0, help="leave out every N-th document")
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    scorer = load_scorer(arguments.gold.with_name("score.py"))
    gold = read_gold(arguments.gold)
    if arguments.hold_out:
        gold = [r for i, r in enumerate(gold) if i % arguments.hold_out]
    data, counts = [], Counter[str]()
    for record in gold:
        found, seen = examples(record, scorer)
        data += found
        counts += seen
    print(len(gold), "documents,", len(data), "quotations;", dict(counts))
    often = Counter(f for candidates, _ in data for c in candidates for f in c)
    data = [
        ([tuple(f for f in c if often[f] >= arguments.least) for c in candidates], right)
        for candidates, right in data
    ]
    table = fit(data, arguments.epochs, arguments.rate, arguments.penalty)
    kept = {f: round(w, 3) for f, w in sorted(table.items()) if abs(w) >= 0.005}
    note = "fitted by tests/benchmarks/train_attribution.py on PolNeAR's training articles"
    arguments.out.write_text(
        json.dumps({"note": note, "weights": kept}, indent=0, ensure_ascii=False) + "\n",
        encoding="utf-8",
    )
    print(len(kept), "weights written to", arguments.out.name)


if __name__ == "__main__":
    main()
