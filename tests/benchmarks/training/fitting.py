"""Fitting of log-linear models in plain Python, the same numbers at every run; their tables.

What is fitted are weights of named features, by AdaGrad (Duchi, Hazan and Singer, 2011) with an L2
penalty: `fit_ranking` learns which of several candidates is right, `fit_classes` whether one is.
"""

import argparse
import json
import math
import random
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Ranking = tuple[list[tuple[str, ...]], list[int]]  # features a candidate, the right ones
Case = tuple[list[str], bool]  # features, and whether it is right


class AdaGrad:
    """Weights, moved against the slope; a feature that has moved much moves less."""

    def __init__(self, rate: float, penalty: float) -> None:
        self.weights: dict[str, float] = {}
        self._squares: dict[str, float] = {}
        self._rate, self._penalty = rate, penalty

    def score(self, features: Iterable[str]) -> float:
        """Return the sum of the features' weights."""
        return sum(self.weights.get(f, 0.0) for f in features)

    def move(self, features: Iterable[str], slope: float) -> None:
        """Move the features' weights by the slope of the loss."""
        for f in features:
            weight = self.weights.get(f, 0.0)
            step = slope + self._penalty * weight
            self._squares[f] = self._squares.get(f, 1e-6) + step * step
            self.weights[f] = weight - self._rate * step / math.sqrt(self._squares[f])


def fit_ranking(
    data: list[Ranking], *, least: int, epochs: int, rate: float, penalty: float
) -> dict[str, float]:
    """Return weights by which the right candidates rank first; any right one counts.

    Features that fewer than `least` candidates have are left out.
    """
    often = Counter(f for candidates, _ in data for c in candidates for f in c)
    data = [
        ([tuple(f for f in c if often[f] >= least) for c in candidates], right)
        for candidates, right in data
    ]
    model = AdaGrad(rate, penalty)
    order, rng = list(range(len(data))), random.Random(0)
    for epoch in range(epochs):
        rng.shuffle(order)
        loss = 0.0
        for index in order:
            candidates, right = data[index]
            scores = [model.score(c) for c in candidates]
            top = max(scores)
            odds = [math.exp(s - top) for s in scores]
            total = sum(odds)
            good = sum(odds[i] for i in right)
            loss -= math.log(good / total)
            for i, features in enumerate(candidates):
                slope = odds[i] / total - (odds[i] / good if i in right else 0.0)
                if abs(slope) >= 1e-4:
                    model.move(features, slope)
        print(f"epoch {epoch + 1}: mean loss {loss / len(data):.4f}")
    return model.weights


def fit_classes(
    data: list[Case], *, least: int, epochs: int, rate: float, penalty: float
) -> dict[str, float]:
    """Return weights of a logistic model; features of fewer than `least` cases are left out."""
    often = Counter(f for features, _ in data for f in features)
    data = [([f for f in features if often[f] >= least], right) for features, right in data]
    model = AdaGrad(rate, penalty)
    rng = random.Random(0)
    for epoch in range(epochs):
        rng.shuffle(data)
        loss = 0.0
        for features, right in data:
            likely = chance(model.score(features))
            loss -= math.log(max(1e-9, likely if right else 1 - likely))
            slope = likely - right
            if abs(slope) >= 1e-3:
                model.move(features, slope)
        print(f"epoch {epoch + 1}: mean loss {loss / len(data):.4f}")
    return model.weights


def chance(score: float) -> float:
    """Return the logistic function, for scores of any size."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))


def rounded(weights: dict[str, float], digits: int, least: float) -> dict[str, float]:
    """Return the weights by name, rounded, without those smaller than `least`."""
    return {f: round(w, digits) for f, w in sorted(weights.items()) if abs(w) >= least}


def options(
    description: str | None,
    out: Path,
    *,
    epochs: int,
    rate: float,
    penalty: float,
    least: int,
    hold_out: str = "leave out every N-th document",
) -> argparse.ArgumentParser:
    """Return a parser of the options that every fit by AdaGrad has, with these defaults."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--epochs", type=int, default=epochs)
    parser.add_argument("--rate", type=float, default=rate)
    parser.add_argument("--penalty", type=float, default=penalty)
    parser.add_argument("--least", type=int, default=least, help="drop features seen less often")
    parser.add_argument("--hold-out", type=int, default=0, help=hold_out)
    parser.add_argument("--out", type=Path, default=out)
    return parser


def settings_of(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return what `fit_ranking` and `fit_classes` take of these options."""
    return {name: getattr(arguments, name) for name in ("least", "epochs", "rate", "penalty")}


def write_table(out: Path, script: str, weights: Any, **more: Any) -> None:
    """Write what was fitted, with the script that did it."""
    note = f"fitted by tests/benchmarks/training/{Path(script).name} on PolNeAR's training articles"
    table = {"note": note, "weights": weights} | more
    out.write_text(json.dumps(table, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")
