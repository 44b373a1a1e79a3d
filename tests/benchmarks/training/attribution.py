"""Fit the weights of attribution.

    python -m tests.benchmarks.training.attribution TRAIN.jsonl

Maximises the likelihood of the right sources, of which any mention counts. Writes
extractor/rules/attribution/speaker_weights.json: features and weights, no word of an article.
"""

from collections import Counter
from pathlib import Path
from typing import Any

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


def examples(record: dict[str, Any], scorer: Any) -> tuple[list[Ranking], Counter[str]]:
    """Turn one article into ranking problems; the source before is the gold one, where known."""
    inventory = take_inventory(article_from_text(record["text"], source="train"))
    context, found, counts = AttributionContext(inventory), [], Counter[str]()
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
        setting = context.setting(quotation)
        around = surroundings(setting, previous)
        sources = [SpeakerCandidate(*rated[1:]) for rated in rated_candidates(around, previous)]
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
            said = context.said_before
            said[previous.entity.id] = said.get(previous.entity.id, 0) + 1
    return found, counts


def main() -> None:
    """Fit on the gold given and write the table."""
    parser = options(__doc__, OUT, epochs=12, rate=0.1, penalty=0.005, least=5)
    parser.add_argument("gold", type=Path)
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
    kept = rounded(fit_ranking(data, **settings_of(arguments)), 3, 0.005)
    write_table(arguments.out, __file__, kept)
    print(len(kept), "weights written to", arguments.out.name)


if __name__ == "__main__":
    main()
