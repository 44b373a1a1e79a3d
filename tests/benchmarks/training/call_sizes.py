"""Measure recorded calls for estimates: writes extractor/run/estimate/call_sizes.json.

    python -m tests.benchmarks.training.call_sizes    # after the cassettes were recorded anew
    python -m tests.benchmarks.training.call_sizes --out F --without bbc-prisoners

For each kind of question and each round (asked, sent back once, twice): how many calls, characters
of the question and of all messages, tokens in and out; and how many tokens one answer for all rows
has, to those that the narrow plan's answers for these rows would have (`share`).
"""

import argparse
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from extractor.answer.from_rules import answer_by_rules
from extractor.find.inventory import take_inventory
from extractor.read import read_article
from extractor.schema.catalogue import load_schema
from extractor.schema.shape import shape_of
from tests.support import cassettes

ROOT = Path(__file__).resolve().parents[3]
OUT = ROOT / "extractor" / "run" / "estimate" / "call_sizes.json"
Rounds = dict[int, list[float]]


def measured(without: str = "") -> dict[str, Any]:
    """Return the sums of all cassettes but those of one article."""
    schema = load_schema("release_event")
    rests = {f.key: f.row.kind_name for f in shape_of(schema.model).fields if f.row}
    narrow: dict[str, Rounds] = defaultdict(dict)
    whole: Rounds = {}
    rows: dict[str, int] = defaultdict(int)
    for path in sorted((ROOT / "cassettes").glob("*.yaml")):
        article, _, plan = path.stem.rpartition("-")
        if plan not in ("narrow", "whole") or (without and article == without):
            continue
        recorded = cassettes.deserialize(path.read_text(encoding="utf-8"))
        for interaction in recorded["interactions"]:
            asked, answer = _json(interaction["request"]), _json(interaction["response"])
            if "response_format" not in asked:
                continue
            kind = asked["response_format"]["json_schema"]["name"]
            _count(narrow[rests[kind]] if plan == "narrow" else whole, asked, answer)
        if plan == "whole":
            text = read_article(ROOT / "tests" / "articles" / f"{article}.txt")
            by_rules = answer_by_rules(take_inventory(text), schema.model)
            for key, rests_on in rests.items():
                rows[rests_on] += len(by_rules.data.get(key) or [])
    lengths = {name: _mean_output(rounds) for name, rounds in narrow.items()}
    narrowly = sum(count * lengths[rests_on] for rests_on, count in rows.items())
    return {
        "narrow": {name: _listed(rounds) for name, rounds in sorted(narrow.items())},
        "whole": {"all": _listed(whole)},
        "share": round(whole[1][0] * _mean_output(whole) / narrowly, 4),
    }


def _json(message: dict[str, Any]) -> dict[str, Any]:
    body = message["body"]
    found: dict[str, Any] = json.loads(body["string"] if isinstance(body, dict) else body)
    return found


def _count(rounds: Rounds, asked: dict[str, Any], answer: dict[str, Any]) -> None:
    lengths = [len(message["content"]) for message in asked["messages"]]
    sums = rounds.setdefault(len(lengths) // 2, [0.0] * 5)
    used = answer["usage"]
    given, written = used["prompt_tokens"], used["completion_tokens"]
    for place, value in enumerate((1, sum(lengths[:2]), sum(lengths), given, written)):
        sums[place] += value


def _mean_output(rounds: Rounds) -> float:
    return sum(sums[4] for sums in rounds.values()) / sum(sums[0] for sums in rounds.values())


def _listed(rounds: Rounds) -> list[list[float]]:
    return [rounds.get(number, [0.0] * 5) for number in range(1, max(rounds) + 1)]


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--without", default="", help="an article whose calls are left out")
    given = parser.parse_args()
    given.out.write_text(json.dumps(measured(given.without), indent=1) + "\n", encoding="utf-8")
    print(f"wrote {given.out}")


if __name__ == "__main__":
    main()
