"""Fits the weights by which a page's blocks are known to be the article's, on pages with gold.

    python -m tests.benchmarks.training.pages FOLDER [--fold]

FOLDER as for `tests.benchmarks.quality.pages`. Only the pages that may be looked at are used (see
there). `--fold` fits nothing but shows how well weights that were fitted on four fifths of the
publishers do on the others. A block is right when it stands in the gold's paragraphs; blocks that
stand in its summary, headings and captions are left out of the fit. Long blocks weigh more than
short ones, and each page weighs as the root of its length. Logistic regression by gradient descent
over all blocks at once (Adam), the same numbers at every run.
"""

import argparse
import gzip
import json
import math
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from trafilatura.utils import load_html

from extractor.read.html.blocks import page_blocks
from extractor.read.html.body import kept_lines, told_body
from extractor.read.html.choosing import CHOSEN
from extractor.read.html.decoding import decode_page
from extractor.read.html.features import PageFacts, features
from extractor.read.html.limits import tame
from extractor.read.html.metadata import page_metadata
from tests.benchmarks.quality.pages import (
    GoldPage,
    best_share,
    compare,
    gold_pages,
    squeezed,
    tokens,
)

OUT = Path("extractor/read/html/page_weights.json")


class Case(NamedTuple):
    """A block: its features, whether it is right, how much it weighs."""

    names: list[str]
    right: bool
    weight: float


class Page(NamedTuple):
    """A page's blocks; `labels` are 1 right, 0 wrong, -1 neither."""

    gold: GoldPage
    texts: list[str]
    names: list[list[str]]
    labels: list[int]


def pages_of(folder: Path) -> Iterator[Page]:
    """Yield the pages of a folder with the features and labels of their blocks."""
    for gold in gold_pages(folder):
        tree = load_html(decode_page(gzip.decompress(gold.path.read_bytes()), gold.path.name)[0])
        if not gold.tuned or tree is None:
            continue
        title = page_metadata(tree).metadata.title
        tame(tree)
        told = told_body(tree)
        blocks = page_blocks(tree, tree.get("lang") or "")
        names = features(blocks, PageFacts.of(kept_lines(tree), told, title))
        yield Page(gold, [b.text for b in blocks], names, labels(gold, [b.text for b in blocks]))


def labels(gold: GoldPage, texts: list[str]) -> list[int]:
    """Return for each block whether it stands in the gold: 1, 0, or -1 for what is beside it."""
    paragraphs = [squeezed(p) for p in gold.paragraphs]
    counted = [Counter(tokens(p)) for p in gold.paragraphs]
    whole = " ".join(paragraphs)
    beside, beside_counted = (
        [squeezed(p) for p in gold.beside],
        [Counter(tokens(p)) for p in gold.beside],
    )
    found = []
    for text in texts:
        letters, mine = squeezed(text), Counter(tokens(text))
        size = sum(mine.values())
        near = bool(letters) and any(
            letters == b or (len(letters) > 25 and letters in b) for b in beside
        )
        right = bool(letters) and (
            letters in paragraphs
            or (len(letters) >= 25 and letters in whole)
            or (len(letters) >= 6 and not near and _is_edge(letters, paragraphs))
            or (size >= 8 and best_share(mine, counted) >= 0.8)
        )  # fmt: skip
        if right:
            found.append(1)
        else:
            found.append(
                -1 if near or (size >= 5 and best_share(mine, beside_counted) >= 0.8) else 0
            )
    return found


def _is_edge(letters: str, paragraphs: list[str]) -> bool:
    """Return whether a paragraph begins or ends with these letters."""
    return any(p.startswith(letters) or p.endswith(letters) for p in paragraphs)


def cases_of(pages: list[Page]) -> list[Case]:
    """Return the cases of pages."""
    cases = []
    for page in pages:
        weights = [min(4.0, 0.3 + len(t) / 100) for t in page.texts]
        total = sum(w for w, label in zip(weights, page.labels, strict=True) if label >= 0) or 1
        for names, label, weight in zip(page.names, page.labels, weights, strict=True):
            if label >= 0:
                cases.append(Case(sorted(set(names)), label > 0, weight / math.sqrt(total)))
    return cases


def fit(
    cases: list[Case],
    *,
    least: int = 5,
    rounds: int = 200,
    rate: float = 0.05,
    penalty: float = 5e-4,
) -> tuple[dict[str, float], float]:
    """Return the weights, and what is added to their sum."""
    often = Counter(n for c in cases for n in c.names)
    index = {n: i for i, n in enumerate(sorted(n for n in often if often[n] >= least))}
    rows = [[index[n] for n in c.names if n in index] for c in cases]
    mean = sum(c.weight for c in cases) / len(cases)
    weight = [0.0] * (len(index) + 1)
    first, second = [0.0] * len(weight), [0.0] * len(weight)
    for step in range(1, rounds + 1):
        slope = [penalty * w for w in weight[:-1]] + [0.0]
        for row, case in zip(rows, cases, strict=True):
            score = weight[-1] + sum([weight[i] for i in row])
            move = (
                (1 / (1 + math.exp(-max(-30.0, min(30.0, score)))) - case.right)
                * case.weight
                / mean
                / len(cases)
            )
            for i in row:
                slope[i] += move
            slope[-1] += move
        for i, g in enumerate(slope):
            first[i] = 0.9 * first[i] + 0.1 * g
            second[i] = 0.999 * second[i] + 0.001 * g * g
            weight[i] -= (
                rate
                * (first[i] / (1 - 0.9**step))
                / (math.sqrt(second[i] / (1 - 0.999**step)) + 1e-8)
            )
    return {n: weight[i] for n, i in index.items()}, weight[-1]


def fold(pages: list[Page], parts: int = 5) -> None:
    """Print how well weights do on publishers that they were not fitted on."""
    publishers = sorted({p.gold.publisher for p in pages})
    random.Random(1).shuffle(publishers)
    sums: dict[str, list[float]] = {}
    for k in range(parts):
        out = set(publishers[k::parts])
        weights, bias = fit(cases_of([p for p in pages if p.gold.publisher not in out]))
        for page in pages:
            if page.gold.publisher in out:
                read = [
                    t
                    for t, names in zip(page.texts, page.names, strict=True)
                    if 1 / (1 + math.exp(-bias - sum(weights.get(n, 0.0) for n in names))) >= CHOSEN
                ]
                measures, lost, foreign = compare(page.gold, read)
                for language in (page.gold.language, "all"):
                    row = [1, *measures, len(lost), len(foreign)]
                    sums[language] = [
                        a + b for a, b in zip(sums.get(language, [0.0] * 6), row, strict=True)
                    ]
    for language, (n, p, r, f, lost_, foreign_) in sorted(sums.items()):
        shares = f"P {100 * p / n:.1f}  R {100 * r / n:.1f}  F1 {100 * f / n:.1f}"
        print(f"{language:6} {n:4.0f} pages  {shares}  lost {lost_:.0f}  foreign {foreign_:.0f}")


def main() -> None:
    """Fit the weights and write them, or show how well they do."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--fold", action="store_true")
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    pages = list(pages_of(arguments.folder))
    if arguments.fold:
        fold(pages)
        return
    weights, bias = fit(cases_of(pages))
    table = {
        "note": "fitted by tests/benchmarks/training/pages.py on pages of many publishers",
        "bias": round(bias, 3),
        "weights": {n: round(w, 3) for n, w in sorted(weights.items()) if abs(w) >= 0.01},
    }
    arguments.out.write_text(
        json.dumps(table, indent=0, ensure_ascii=False) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
