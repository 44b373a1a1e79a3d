"""Fit the weights of attribution.

    python -m tests.benchmarks.training.attribution TRAIN.jsonl [--outlets OPEN.jsonl] [--folds 5]

TRAIN.jsonl is gold of PolNeAR; OPEN.jsonl gold of today's outlets, in the form that is described
beside it. Each has its scorer beside it. Maximises the likelihood of the right sources,
of which any mention counts. With `--folds` nothing is written: the outlets are left out in turn,
and how often the likeliest source is right is printed for those that were left out. Writes
extractor/rules/attribution/speaker_weights.json: features and weights, no word of an article.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable
from hashlib import sha256
from math import exp
from pathlib import Path
from typing import Any

from extractor.find.candidates import QuotationCandidate
from extractor.find.inventory import take_inventory
from extractor.read import article_from_text
from extractor.rules.attribution import possible_speakers
from extractor.rules.attribution.context import AttributionContext
from extractor.rules.attribution.dismissal import why_no_quotation
from extractor.rules.attribution.possible_speakers import (
    SpeakerCandidate,
    none_features,
    rated_candidates,
    surroundings,
)
from tests.benchmarks.quality.polnear import load_scorer, read_gold
from tests.benchmarks.training.fitting import (
    Ranking,
    fit_ranking,
    options,
    rounded,
    settings_of,
    write_table,
)

OUT = Path(possible_speakers.__file__).with_name("speaker_weights.json")
Gold = dict[str, Any]  # one annotated quotation
IsRight = Callable[[Gold, SpeakerCandidate], bool]
_COPIES = 3  # of each quotation of the outlets: there are a tenth as many as in PolNeAR


def examples(
    record: dict[str, Any], gold_of: Callable[[QuotationCandidate], Gold | None], is_right: IsRight
) -> tuple[list[Ranking], list[list[str]], Counter[str]]:
    """Turn one article into ranking problems; the source before is the gold one, where known.

    Also returns the ids of each problem's candidates' entities, and what became of the quotations.
    """
    inventory = take_inventory(article_from_text(record["text"], source="train"))
    context, counts = AttributionContext(inventory), Counter[str]()
    found: list[Ranking] = []
    entities: list[list[str]] = []
    previous = None
    for quotation in inventory.quotations:
        if quotation.turn is not None or quotation.parent is not None:
            continue
        if why_no_quotation(inventory, quotation):
            continue
        gold = gold_of(quotation)
        setting = context.setting(quotation)
        around = surroundings(setting, previous)
        sources = [SpeakerCandidate(*rated[1:]) for rated in rated_candidates(around, previous)]
        if gold is None:
            counts["not in gold"] += 1
            previous = None
            continue
        nobody = none_features(around.verbs, setting.shape, setting.earlier).names
        is_named = bool(gold.get("source") or gold.get("speakers"))
        right = [i for i, s in enumerate(sources) if is_named and is_right(gold, s)]
        if not is_named:
            right = [len(sources)]
        counts["reachable" if right else "out of reach"] += 1
        if right:
            named = [tuple(name for group in s.features for name in group.names) for s in sources]
            found.append(([*named, nobody], right))
            entities.append([*(source.entity.id for source in sources), ""])
        previous = next((sources[i] for i in right if i < len(sources)), None)
        if previous:
            said = context.said_before
            said[previous.entity.id] = said.get(previous.entity.id, 0) + 1
    return found, entities, counts


def of_polnear(record: dict[str, Any], scorer: Any) -> tuple[list[Ranking], Counter[str]]:
    """Return the ranking problems of an article of PolNeAR."""

    def gold_of(quotation: QuotationCandidate) -> Gold | None:
        outer = tuple(quotation.outer)
        for gold in record["quotes"]:
            places = [(gold["start"], gold["end"]), *map(tuple, gold["parts"])]
            if any(scorer.iou(place, outer) > 0.5 for place in places):
                return dict(gold)
        return None

    def is_right(gold: Gold, source: SpeakerCandidate) -> bool:
        span = source.mention.span
        said = {"mention": {"start": span.start, "end": span.end}, "speaker": source.entity.name}
        return bool(scorer.speaker_right(gold["source"], gold["names"], said))

    found, _, counts = examples(record, gold_of, is_right)
    return found, counts


def of_outlet(record: dict[str, Any], scorer: Any) -> tuple[list[Ranking], list[list[str]]]:
    """Return the ranking problems of an article of today's outlets, and their entities."""

    def gold_of(quotation: QuotationCandidate) -> Gold | None:
        start, end = quotation.outer
        for gold in record["quotes"]:
            shared = min(end, gold["end"]) - max(start, gold["start"])
            if shared > 0.5 * (max(end, gold["end"]) - min(start, gold["start"])):
                return dict(gold)
            if gold["start"] <= start + 1 and end - 1 <= gold["end"]:  # a paragraph of a long one
                return dict(gold)
        return None

    def is_right(gold: Gold, source: SpeakerCandidate) -> bool:
        return bool(scorer.is_speaker(source.entity.name, gold))

    found, entities, _ = examples(record, gold_of, is_right)
    return found, entities


def _right(weights: dict[str, float], problem: Ranking, entities: list[str]) -> bool:
    """Return whether the likeliest entity is the right one."""
    candidates, right = problem
    scores = [sum(weights.get(f, 0.0) for f in features) for features in candidates]
    top, chances = max(scores), defaultdict[str, float](float)
    for entity, score in zip(entities, scores, strict=True):
        chances[entity] += exp(score - top)
    return max(chances, key=chances.__getitem__) in {entities[i] for i in right}


def main() -> None:
    """Fit on the gold given and write the table, or print how often what was left out is right."""
    parser = options(__doc__, OUT, epochs=12, rate=0.1, penalty=0.005, least=5)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--outlets", type=Path, help="gold of today's outlets")
    parser.add_argument("--folds", type=int, default=0, help="leave out the outlets in turn")
    arguments = parser.parse_args()
    scorer = load_scorer(arguments.gold.with_name("score.py"))
    gold = read_gold(arguments.gold)
    if arguments.hold_out:
        gold = [r for i, r in enumerate(gold) if i % arguments.hold_out]
    data, counts = [], Counter[str]()
    for record in gold:
        found, seen = of_polnear(record, scorer)
        data += found
        counts += seen
    print(len(gold), "documents,", len(data), "quotations;", dict(counts))
    outlets: list[tuple[int, Ranking, list[str]]] = []  # each with its fold
    if arguments.outlets:
        scorer = load_scorer(arguments.outlets.with_name("score_quotes.py"))
        folds = max(arguments.folds, 1)
        for line in arguments.outlets.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            fold = int(sha256(record["outlet"].encode()).hexdigest(), 16) % folds
            outlets += [(fold, *one) for one in zip(*of_outlet(record, scorer), strict=True)]
        print(len(outlets), "quotations of today's outlets")
    if not arguments.folds:
        data += [problem for _, problem, _ in outlets] * _COPIES
        kept = rounded(fit_ranking(data, **settings_of(arguments)), 3, 0.005)
        write_table(arguments.out, __file__, kept)
        print(len(kept), "weights written to", arguments.out.name)
        return
    alone = together = 0
    weights = fit_ranking(data, **settings_of(arguments))
    for left_out in range(arguments.folds):
        more = [problem for fold, problem, _ in outlets if fold != left_out] * _COPIES
        fitted = fit_ranking(data + more, **settings_of(arguments))
        for fold, problem, entities in outlets:
            if fold == left_out:
                alone += _right(weights, problem, entities)
                together += _right(fitted, problem, entities)
    print(f"right of {len(outlets)}: {alone} fitted on {arguments.gold.name} alone,", end=" ")
    print(f"{together} with the other outlets")


if __name__ == "__main__":
    main()
