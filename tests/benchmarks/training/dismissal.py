"""Fit what tells quotations from other marks.

    python -m tests.benchmarks.training.dismissal TRAIN

A log-linear classifier over the stretches that could be dismissed (dismissal_features.py in
extractor/rules/attribution says what speaks for it): the gold's quotations against its
`not_quotes`; what the gold leaves undecided is left out. Minimises the penalised log loss by L-BFGS
in plain Python, the same numbers at every run. Writes
extractor/rules/attribution/dismissal_weights.json: features and weights, and how surely a verb form
attributes; no word that fewer than three articles use as a cue. With --folds N it fits on the rest
and judges each N-th document instead, and prints what thresholds would give.
"""

import argparse
import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extractor.find.inventory import Inventory, take_inventory
from extractor.read import article_from_text
from extractor.rules.attribution import dismissal
from extractor.rules.attribution.dismissal import evidence_of
from extractor.rules.attribution.dismissal_features import by_last_word, cue_key
from extractor.text.spans import Span
from tests.benchmarks.quality.polnear import find_scorer, load_scorer, read_gold
from tests.benchmarks.training.fitting import chance, rounded, write_table

OUT = Path(dismissal.__file__).with_name("dismissal_weights.json")
SURENESS = (0.3, 0.6, 0.85)  # shares of a word's uses that are cues, for 1, 2 and 3
LEAST_ARTICLES = 3
LEAST_SEEN = 5  # stretches that show a feature
MEMORY = 8  # steps that L-BFGS remembers


@dataclass
class Example:
    """One stretch in marks."""

    document: int
    label: str  # "quotation", "trap", "undecided" or "other"
    features: list[str] | None  # None: it is never dismissed


# --- cues --------------------------------------------------------------------------------


def count_cues(record: dict[str, Any], inventory: Inventory) -> tuple[Counter[str], Counter[str]]:
    """Count the words outside marks, and those of them that the gold marks as cues."""
    gold = [c for a in record["attributions"] for c in a["cue"]]
    marked = {place for cue in gold for place in range(cue["start"], cue["end"])}
    tokens, quoted = inventory.document.tokens, inventory.document.quoted
    seen, cues = Counter[str](), Counter[str]()
    for k, word in enumerate(tokens.lower):
        if quoted[k] or not word.isalpha() or len(word) < 3:
            continue
        key = cue_key(tokens.lower, k)
        if key is not None:
            seen[key] += 1
            cues[key] += tokens.start[k] in marked
    return seen, cues


def _used(cues: Counter[str]) -> Counter[str]:
    return Counter(word for word, n in cues.items() if n)


def sureness(
    seen: Counter[str], cues: Counter[str], articles: Counter[str], words: Iterable[str]
) -> dict[str, int]:
    """Return how surely each of the words is a cue, 1 to 3; the others are left out."""
    table = {}
    for word in words:
        n = articles[word]
        share = (cues[word] + 0.3) / (seen[word] + 2)  # shrunk: a word seen seldom proves little
        sure = sum(share >= least for least in SURENESS)
        if n >= LEAST_ARTICLES and sure:
            table[word] = sure
    return table


# --- examples ----------------------------------------------------------------------------


def label_of(record: dict[str, Any], span: Span, scorer: Any) -> str:
    """Tell what the gold says of a stretch."""
    text = record["text"]
    stretch = scorer.trim(text, *span)
    parts = [p for q in record["quotes"] for part in q["parts"] for p in scorer.pieces(text, *part)]
    if any(scorer.iou(stretch, part) >= scorer.STRICT for part in parts):
        return "quotation"
    ignored = ((i["start"], i["end"]) for i in record["ignore"])
    if any(scorer.overlap(stretch, i) >= 0.5 * (stretch[1] - stretch[0]) for i in ignored):
        return "undecided"
    traps = (scorer.trim(text, n["start"], n["end"]) for n in record["not_quotes"])
    return "trap" if any(scorer.iou(stretch, t) >= scorer.LENIENT for t in traps) else "other"


def read_examples(gold: list[dict[str, Any]], scorer: Any) -> tuple[list[Example], dict[str, int]]:
    """Read every stretch; each article is judged by the cues of the others. Also all cues."""
    inventories = [take_inventory(article_from_text(r["text"], source="train")) for r in gold]
    counted = [count_cues(r, i) for r, i in zip(gold, inventories, strict=True)]
    seen, cues, articles = Counter[str](), Counter[str](), Counter[str]()
    for in_one, of_them in counted:
        seen.update(in_one)
        cues.update(of_them)
        articles.update(_used(of_them))
    found = []
    for index, (record, inventory) in enumerate(zip(gold, inventories, strict=True)):
        own = [counted[index][0], counted[index][1], _used(counted[index][1])]
        for counter, one in zip((seen, cues, articles), own, strict=True):
            counter.subtract(one)
        table = by_last_word(sureness(seen, cues, articles, own[0]))
        for counter, one in zip((seen, cues, articles), own, strict=True):
            counter.update(one)
        for quotation in inventory.quotations:
            if quotation.parent is None and quotation.marks not in ("'", "‘", "‹"):
                evidence = evidence_of(inventory, quotation, table)
                label = label_of(record, quotation.spans[0], scorer)
                found.append(Example(index, label, evidence.features if evidence else None))
    return found, sureness(seen, cues, articles, sorted(seen))


# --- fitting -----------------------------------------------------------------------------


def dot(a: list[float], b: list[float]) -> float:
    """Return the inner product."""
    return sum(x * y for x, y in zip(a, b, strict=True))


def fit(examples: list[Example], penalty: float) -> dict[str, float]:
    """Fit the weights: positive speaks for dismissing."""
    data = [e for e in examples if e.features and e.label in ("quotation", "trap")]
    often = Counter(f for e in data for f in e.features or ())
    names = [f for f, n in often.items() if n >= LEAST_SEEN]
    index = {f: i for i, f in enumerate(names)}
    rows = [[index[f] for f in e.features or () if f in index] for e in data]
    right = [float(e.label == "trap") for e in data]

    def loss(w: list[float]) -> tuple[float, list[float]]:
        total, slope = 0.5 * penalty * dot(w, w), [penalty * x for x in w]
        for row, y in zip(rows, right, strict=True):
            p = chance(sum(w[i] for i in row))
            total -= math.log(p if y else 1 - p)
            for i in row:
                slope[i] += p - y
        return total, slope

    w = [0.0] * len(names)
    value, slope = loss(w)
    steps: list[tuple[list[float], list[float]]] = []
    for _ in range(100):
        direction = _direction(slope, steps)
        size, downhill = 1.0, dot(slope, direction)
        while True:
            moved = [x - size * d for x, d in zip(w, direction, strict=True)]
            new_value, new_slope = loss(moved)
            if new_value <= value - 1e-4 * size * downhill or size < 1e-6:
                break
            size /= 2
        step = [a - b for a, b in zip(moved, w, strict=True)]
        change = [a - b for a, b in zip(new_slope, slope, strict=True)]
        if dot(step, change) > 1e-10:
            steps = [*steps[-MEMORY + 1 :], (step, change)]
        done = value - new_value < 1e-4
        w, value, slope = moved, new_value, new_slope
        if done:
            break
    return dict(zip(names, w, strict=True))


def _direction(slope: list[float], steps: list[tuple[list[float], list[float]]]) -> list[float]:
    """Return the quasi-Newton direction (Nocedal, 1980)."""
    q, factors = slope[:], []
    for step, change in reversed(steps):
        rho = 1 / dot(step, change)
        alpha = rho * dot(step, q)
        factors.append((rho, alpha))
        q = [a - alpha * b for a, b in zip(q, change, strict=True)]
    scale = dot(*steps[-1]) / dot(steps[-1][1], steps[-1][1]) if steps else 1e-3
    q = [scale * a for a in q]
    for (step, change), (rho, alpha) in zip(steps, reversed(factors), strict=True):
        beta = rho * dot(change, q)
        q = [a + (alpha - beta) * b for a, b in zip(q, step, strict=True)]
    return q


def chances(examples: list[Example], table: dict[str, float]) -> list[float]:
    """Return for each stretch the probability that it is nobody's words."""
    return [
        chance(sum(table.get(f, 0.0) for f in e.features)) if e.features else 0.0 for e in examples
    ]


# --- judging -----------------------------------------------------------------------------


def cross_validate(examples: list[Example], folds: int, penalty: float) -> None:
    """Print precision, recall and F1 of quotations by threshold, each document judged by a fit
    on other folds.
    """
    judged: list[tuple[Example, float]] = []
    for fold in range(folds):
        table = fit([e for e in examples if e.document % folds != fold], penalty)
        held = [e for e in examples if e.document % folds == fold]
        judged += zip(held, chances(held, table), strict=True)
    sides = [(e, p) for e, p in judged if e.features and e.label in ("quotation", "trap")]
    lost = -sum(math.log(p if e.label == "trap" else 1 - p) for e, p in sides)
    print(f"log loss {lost:.1f} over {len(sides)}")
    everything = Counter(e.label for e in examples)
    now = chance(dismissal.THRESHOLD)
    for threshold in sorted((0.3, 0.35, 0.4, now, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 1.1)):
        kept = Counter(e.label for e, p in judged if p < threshold)
        precision = kept["quotation"] / (kept["quotation"] + kept["trap"] + kept["other"])
        recall = kept["quotation"] / everything["quotation"]
        f1 = 2 * precision * recall / (precision + recall)
        print(
            f"{threshold:4.2f}: quotation P {precision:.4f} R {recall:.4f} F1 {f1:.4f}, "
            f"lost {everything['quotation'] - kept['quotation']}, "
            f"traps taken {kept['trap'] / everything['trap']:.3f}"
        )


def main() -> None:
    """Fit on the gold given and write the table, or cross-validate."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("gold", type=Path)
    parser.add_argument("--penalty", type=float, default=8.0)
    parser.add_argument("--folds", type=int, default=0)
    parser.add_argument("--fold", type=int, help="with --folds: write a table that leaves it out")
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    scorer = load_scorer(find_scorer(arguments.gold))
    gold = read_gold(arguments.gold)
    if arguments.fold is not None:
        gold = [r for i, r in enumerate(gold) if i % arguments.folds != arguments.fold]
    examples, cues = read_examples(gold, scorer)
    if arguments.folds and arguments.fold is None:
        cross_validate(examples, arguments.folds, arguments.penalty)
        return
    weights = fit(examples, arguments.penalty)
    kept = rounded(weights, 3, 0.005)
    write_table(arguments.out, __file__, kept, cues=dict(sorted(cues.items())))
    print(len(kept), "weights and", len(cues), "cues written to", arguments.out.name)


if __name__ == "__main__":
    main()
