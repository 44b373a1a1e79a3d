"""Fit the weight of a model's odds.

    python -m tests.benchmarks.training.who TRAIN.jsonl --weights F

Asks the model at OPENAI_BASE_URL that EXTRACT_MODEL names who said what the rules are unsure of, in
every --step-th article, and prints for each weight and floor (`_WEIGHT`, `_FLOOR` of
extractor/answer/model/who.py) how likely the right answers become and how many come first.

The rules' own odds would be too good on articles that their weights were fitted on: --weights is a
table fitted without these (`attribution.py TRAIN.jsonl --hold-out 5 --out F` leaves out what
--step 5, 10, … takes). Answers are cached in --cache, so that an interrupted run goes on.
"""

import argparse
import asyncio
import json
import math
from pathlib import Path
from typing import Any
from unittest.mock import patch

from extractor.answer.model import who as model_who
from extractor.answer.model.asker import ModelAsker
from extractor.errors import ModelError
from extractor.find.inventory import Inventory
from extractor.pipeline import extract_with
from extractor.read import article_from_text
from extractor.rules.attribution import possible_speakers as sources
from extractor.schema.catalogue import load_schema
from tests.benchmarks.quality.assist import settings
from tests.benchmarks.quality.polnear import find_scorer, load_scorer, read_gold

WEIGHTS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1.0)
FLOORS = (0.003, 0.01, 0.03)


class Heard:
    """What the model was asked and said, while it is listened to."""

    def __init__(self, scorer: Any) -> None:
        self.questions: list[tuple[list[bool], list[float], list[float]]] = []  # right, rules, odds
        self.left_out = 0  # on what the gold has no source of
        self._scorer = scorer
        self._record: dict[str, Any] = {}

    def about(self, record: dict[str, Any]) -> None:
        """Say which article is asked about from now on."""
        self._record = record

    def note(
        self, inventory: Inventory, id_: str, rivals: model_who.Rivals, odds: list[float]
    ) -> None:
        """Keep one answer."""
        outer = tuple(next(q.outer for q in inventory.quotations if q.id == id_))
        same = self._scorer.iou
        gold = next(
            (
                g
                for g in self._record["quotes"]
                if same((g["start"], g["end"]), outer) > 0.5
                or any(same(tuple(part), outer) > 0.5 for part in g["parts"])
            ),
            None,
        )
        if gold is None or not gold["source"]:
            self.left_out += 1
            return
        right = []
        for mention_id, _ in rivals:
            span = inventory.by_id[mention_id].span  # type: ignore[union-attr]
            said = {
                "mention": {"start": span.start, "end": span.end},
                "speaker": inventory.by_id[mention_id.partition(".")[0]].name,  # type: ignore[union-attr]
            }
            right.append(bool(self._scorer.speaker_right(gold["source"], gold["names"], said)))
        self.questions.append((right, [share for _, share in rivals], odds))


def listening(heard: Heard) -> Any:
    """Return a patch of the question that notes what is read of the model's answer."""
    asked = model_who.who_question

    def question(prompts: Any, judge: Any, quotation: Any, rivals: Any, rest: Any) -> Any:
        def noted(in_order: model_who.Rivals, odds: list[float]) -> tuple[str, float]:
            heard.note(judge.inventory, quotation.id, in_order, odds)
            return weighed(in_order, odds)

        made = asked(prompts, judge, quotation, rivals, rest)
        read, weighed = made.read, model_who.weighed

        def reading(text: str) -> Any:
            with patch.object(model_who, "weighed", noted):
                return read(text)

        made.read = reading
        return made

    return patch("extractor.answer.model.narrow.who_question", question)


async def listen(gold: list[dict[str, Any]], heard: Heard, cache: Path, threshold: float) -> None:
    """Ask about every article."""
    how = {"plan": "narrow", "assist": "unsure", "threshold": threshold}
    schema = load_schema("quotes")
    async with ModelAsker(settings(cache, **how)) as asker:
        for number, record in enumerate(gold, 1):
            heard.about(record)
            try:
                await extract_with(article_from_text(record["text"]), schema, asker)
            except ModelError as error:
                print(f"\n{error}")
            print(f"\r{number} of {len(gold)} articles", end="", flush=True)
    print()


def table(questions: list[tuple[list[bool], list[float], list[float]]]) -> str:
    """Return for each floor and weight the log-likelihood, and how often a right one is first."""
    lines = [f"{'floor':>6}{'weight':>8}{'log-likelihood':>16}{'right':>7} of {len(questions)}"]
    for floor in FLOORS:
        for weight in WEIGHTS:
            likelihood, first = 0.0, 0
            for right, rules, odds in questions:
                with (
                    patch.object(model_who, "_WEIGHT", weight),
                    patch.object(model_who, "_FLOOR", floor),
                ):
                    shares = model_who.pooled(rules, odds)
                likelihood += (
                    math.log(
                        max(
                            1e-9,
                            sum(s for s, is_right in zip(shares, right, strict=True) if is_right),
                        )
                    )
                    if any(right)
                    else 0.0
                )
                first += right[max(range(len(shares)), key=shares.__getitem__)]
            lines.append(f"{floor:>6}{weight:>8}{likelihood:>16.2f}{first:>7}")
    return "\n".join(lines)


def main() -> None:
    """Ask, and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("gold", type=Path)
    parser.add_argument(
        "--weights", type=Path, help="of attribution, fitted without these articles"
    )
    parser.add_argument("--step", type=int, default=10, help="take every N-th article")
    parser.add_argument("--threshold", type=float, default=0.8)
    parser.add_argument("--cache", type=Path, default=Path("assist-cache"))
    parser.add_argument("--scorer", type=Path)
    arguments = parser.parse_args()
    if arguments.weights:
        weights = sources.weights()
        weights.clear()
        weights.update(json.loads(arguments.weights.read_text(encoding="utf-8"))["weights"])
    heard = Heard(load_scorer(arguments.scorer or find_scorer(arguments.gold)))
    with listening(heard):
        gold = read_gold(arguments.gold)[:: arguments.step]
        asyncio.run(listen(gold, heard, arguments.cache, arguments.threshold))
    print(f"{heard.left_out} questions are about what the gold has no source of")
    print(table(heard.questions))


if __name__ == "__main__":
    main()
