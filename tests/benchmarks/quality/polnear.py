"""Score the rules on PolNeAR's gold.

    python -m tests.benchmarks.quality.polnear GOLD.jsonl [--out FILE]

Writes predictions in the scorer's format and prints the scorer's table, with the documents done in
a second of CPU. The corpus states no licence and is not part of this project: give its path. The
scorer is looked for beside the gold file (score.py), or give it with --scorer.
"""

import argparse
import gc
import importlib.util
import json
import math
import sys
import time
from functools import _lru_cache_wrapper
from pathlib import Path
from types import ModuleType
from typing import Any

from extractor.find.inventory import Inventory, take_inventory
from extractor.language.word_classes import WORD_CLASSES
from extractor.read import article_from_text
from extractor.rules.attribution.reported_speech import read_reports
from extractor.rules.attribution.speakers import SpeakerAttribution, attribute

PASSES = 5  # over the gold, to time it
BEFORE = 200  # articles of the other gold file that are read before each


def quoted(text: str) -> dict[str, Any]:
    """Return the rules' quotations with their speakers, in the scorer's format."""
    return {"quotes": quotes(take_inventory(article_from_text(text, source="polnear")))}


def predict(text: str) -> dict[str, Any]:
    """Return the same with every other attribution besides."""
    inventory = take_inventory(article_from_text(text, source="polnear"))
    said = attribute(inventory)
    return {"quotes": quotes(inventory, said), "attributions": reports(inventory, said)}


def timed(
    gold: list[dict[str, Any]], before: list[dict[str, Any]], passes: int = PASSES
) -> tuple[dict[str, dict[str, Any]], float, float]:
    """Return all predictions by document, and the articles a CPU second does.

    First for quotations and their speakers, which is what other programs find; then with every
    paraphrase besides. Each pass forgets what is remembered of words, and reads the articles
    `before`, which are others: so the gold is met as a run meets its next articles. Of each
    document the fastest time counts, as timeit's documentation advises: what makes it slower at
    another time is not the code.
    """
    gc.set_threshold(100_000, 20, 100)  # as the command does, see extractor/__main__.py
    predict(gold[0]["text"])  # loads the word lists
    predictions: dict[str, dict[str, Any]] = {}
    quoting, reporting = [math.inf] * len(gold), [math.inf] * len(gold)
    for _ in range(passes):
        forget_words()
        for record in before:
            predict(record["text"])
        for i, record in enumerate(gold):
            began = time.process_time()
            inventory = take_inventory(article_from_text(record["text"], source="polnear"))
            said = attribute(inventory)
            found = quotes(inventory, said)
            over = time.process_time()
            predictions[record["doc"]] = {"quotes": found, "attributions": reports(inventory, said)}
            quoting[i] = min(quoting[i], over - began)
            reporting[i] = min(reporting[i], time.process_time() - over)
    return predictions, len(gold) / sum(quoting), len(gold) / sum(quoting + reporting)


def forget_words() -> None:
    """Empty the caches that are bounded: those of words and texts, not those of lists loaded."""
    WORD_CLASSES.clear()
    for held in gc.get_objects():
        if isinstance(held, _lru_cache_wrapper) and held.cache_parameters()["maxsize"]:
            held.cache_clear()


def reports(
    inventory: Inventory, said: dict[str, SpeakerAttribution] | None = None
) -> list[dict[str, Any]]:
    """Return every attribution, of quotations or of paraphrase."""
    found = []
    for report in read_reports(inventory, said):
        mention: Any = inventory.by_id.get(report.source or "")
        entity: Any = inventory.by_id.get((report.source or "").partition(".")[0])
        found.append(
            {
                "content": [{"start": s.start, "end": s.end} for s in report.content],
                "mention": mention and {"start": mention.span.start, "end": mention.span.end},
                "speaker": entity and entity.name,
                "kind": report.kind,
            }
        )
    return found


def quotes(
    inventory: Inventory, said: dict[str, SpeakerAttribution] | None = None
) -> list[dict[str, Any]]:
    """Return predictions for the quotations that are not dismissed, by the gold's conventions.

    The gold knows double marks only, and cuts a quotation where another double mark opens in it:
    so single-marked ones are left out here, and a quotation ends at its first nested one.
    """
    found = []
    opens = {q.parent: q.outer.start for q in reversed(inventory.quotations) if _double(q.marks)}
    for attribution in (said or attribute(inventory)).values():
        quotation: Any = inventory.by_id[attribution.quotation]
        if attribution.dismissed or not _double(quotation.marks):
            continue
        mention: Any = inventory.by_id.get(attribution.speaker or "")
        entity: Any = inventory.by_id.get((attribution.speaker or "").partition(".")[0])
        for span in quotation.spans:
            end = opens.get(quotation.id, span.end)
            found.append(
                {
                    "quotation": quotation.id,
                    "start": span.start,
                    "end": end if span.start < end < span.end else span.end,
                    "mention": mention and {"start": mention.span.start, "end": mention.span.end},
                    "speaker": entity and entity.name,
                    "confidence": round(attribution.confidence, 4),
                    "pattern": attribution.pattern,
                }
            )
    return found


def _double(marks: str) -> bool:
    return marks not in ("'", "‘", "‹")


def find_scorer(gold: Path) -> Path:
    """Return the scorer beside the gold file, or else in the folder shared beside this project."""
    beside = gold.with_name("score.py")
    shared = Path(__file__).resolve().parents[4] / "shared" / "polnear" / "score.py"
    return beside if beside.is_file() or not shared.is_file() else shared


def load_scorer(path: Path) -> ModuleType:
    """Import the scorer from its file."""
    spec = importlib.util.spec_from_file_location("polnear_score", path)
    if spec is None or spec.loader is None or not path.is_file():
        sys.exit(f"{path}: no scorer there; give its path with --scorer")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read_gold(path: Path) -> list[dict[str, Any]]:
    """Read a gold file, a JSON object a line."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def read_before(gold: Path) -> list[dict[str, Any]]:
    """Return some articles of another gold file in the folder, if there is one."""
    others = [path for path in sorted(gold.parent.glob("*.jsonl")) if path.name != gold.name]
    return read_gold(others[-1])[:BEFORE] if others else []


def main() -> None:
    """Predict, time, score and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("gold", type=Path)
    parser.add_argument("--out", type=Path, help="write the predictions here")
    parser.add_argument("--scorer", type=Path, help="default: score.py beside the gold, or shared")
    parser.add_argument("--resamples", type=int, default=1000)
    parser.add_argument("--limit", type=int, help="only the first N documents")
    parser.add_argument(
        "--passes", type=int, default=PASSES, help="over the gold, to time it; default 5"
    )
    arguments = parser.parse_args()
    scorer = load_scorer(arguments.scorer or find_scorer(arguments.gold))
    gold = read_gold(arguments.gold)[: arguments.limit]
    predictions, quoting, all_of_it = timed(gold, read_before(arguments.gold), arguments.passes)
    if arguments.out:
        with arguments.out.open("w", encoding="utf-8") as sink:
            for doc, prediction in predictions.items():
                sink.write(json.dumps({"doc": doc, **prediction}, ensure_ascii=False) + "\n")
    point, interval, _ = scorer.score(gold, predictions, arguments.resamples)
    print(
        f"{len(gold)} documents: {quoting:.0f} a CPU second for quotations and speakers, "
        f"{all_of_it:.0f} with every paraphrase"
    )
    for name, value in point.items():
        low, high = interval.get(name, (value, value))
        print(f"  {name:32s} {100 * value:6.1f}   [{100 * low:.1f}, {100 * high:.1f}]")


if __name__ == "__main__":
    main()
