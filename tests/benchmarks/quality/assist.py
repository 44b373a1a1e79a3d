"""What a model adds to the rules, at which cost.

    python -m tests.benchmarks.quality.assist GOLD.jsonl

Asks the model at OPENAI_BASE_URL that EXTRACT_MODEL names (the local one: see the README) about
the quotations of the first --docs articles whose speaker the rules are unsure of, at every one of
a row of thresholds, and about everything by the plan `whole` in the first --whole of them. The
scores go to assist.json beside this file, which `--report` prints as the README's table; no word
of an article is in it. Answers are cached in --cache, so that an interrupted run goes on.
"""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from extractor.errors import ModelError
from extractor.find.inventory import take_inventory
from extractor.pipeline import extract_with
from extractor.read import article_from_text
from extractor.record import Extraction, Usage
from extractor.schema.catalogue import load_schema
from extractor.settings import Settings
from tests.benchmarks.quality.polnear import find_scorer, load_scorer, quotes, read_gold

RESULTS = Path(__file__).with_name("assist.json")
THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.9)


def settings(cache: Path, **more: Any) -> Settings:
    """Return the settings of a run against a slow endpoint that takes one request at a time."""
    return Settings(
        model=os.environ.get("EXTRACT_MODEL"),
        base_url=os.environ.get("OPENAI_BASE_URL", "http://127.0.0.1:8091/v1"),
        api_key=SecretStr(os.environ.get("OPENAI_API_KEY", "local")),
        cache_dir=cache,
        timeout=3600,
        deadline=7200,
        concurrency=1,
        retries=0,
        **more,
    )


def by_rules(record: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rules' own predictions for one article."""
    found: list[dict[str, Any]] = quotes(
        take_inventory(article_from_text(record["text"], source="polnear"))
    )
    return found


def with_answers(record: dict[str, Any], extraction: Extraction) -> list[dict[str, Any]]:
    """Return the rules' predictions with the speakers that the sheet names instead.

    What the sheet leaves out because the model dismissed it is left out here.
    """
    rows = {row.quotation.id: row for row in extraction.record.quotes}  # type: ignore[attr-defined]
    left_out = {d.candidate for d in extraction.audit.dismissed if d.origin == "model"}
    found = []
    for prediction in by_rules(record):
        row = rows.get(prediction["quotation"])
        if prediction["quotation"] in left_out:
            continue
        if row is not None:
            name = row.speaker
            place = name.mention if name else None
            prediction["speaker"] = name.name if name else None
            prediction["mention"] = place and {"start": place.start, "end": place.end}
        found.append(prediction)
    return found


class Measured:
    """The predictions and the bill of one way of asking."""

    def __init__(self, gold: list[dict[str, Any]], scorer: Any) -> None:
        self.gold = gold
        self._scorer = scorer
        self.predictions: dict[str, Any] = {}
        self.usage = Usage(cost_usd=0.0)
        self.questions = 0
        self.failed = 0

    def row(self) -> dict[str, float]:
        """Return the numbers of a row of the table; calls are those that an empty cache needs."""
        done = [record for record in self.gold if record["doc"] in self.predictions]
        point, interval, _ = self._scorer.score(done, self.predictions, 500)
        low, high = interval["end-to-end F1"]
        return {
            "articles": len(done),
            "end to end": point["end-to-end F1"],
            "low": low,
            "high": high,
            "speaker": point["speaker, found"],
            "pronouns": point["pronouns resolved to a name"],
            "calls": (self.usage.calls + self.usage.cache_hits) / len(done),
            "failed": self.failed,
        }


async def ask(
    gold: list[dict[str, Any]], scorer: Any, cache: Path, tokens: dict[str, Any], **more: Any
) -> Measured:
    """Ask about every article in one way; a failed article is answered by the rules."""
    from extractor.answer.model.asker import ModelAsker

    measured, schema = Measured(gold, scorer), load_schema("quotes")
    async with ModelAsker(settings(cache, **more)) as asker:
        for number, record in enumerate(gold, 1):
            article = article_from_text(record["text"], source="polnear")
            try:
                extraction = await extract_with(article, schema, asker)
                measured.predictions[record["doc"]] = {"quotes": with_answers(record, extraction)}
                usage = extraction.usage
            except ModelError as error:
                measured.failed += 1
                measured.predictions[record["doc"]] = {"quotes": by_rules(record)}
                usage = error.spent if isinstance(error.spent, Usage) else Usage()
            measured.usage.add(usage)
            if usage.calls:  # asked for the first time: what it took
                key = f"{more['plan']} {record['doc']}"
                known = tokens.setdefault(key, {"calls": 0, "in": 0, "out": 0, "seconds": 0.0})
                known["calls"] += usage.calls
                known["in"] += usage.input_tokens
                known["out"] += usage.output_tokens
                known["seconds"] += usage.seconds
            print(f"\r{more} {number} of {len(gold)}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return measured


def bill(tokens: dict[str, Any], plan: str) -> dict[str, float]:
    """Return tokens and seconds a call, over all calls of a plan that were really made."""
    spent = [known for key, known in tokens.items() if key.startswith(f"{plan} ")]
    calls = sum(known["calls"] for known in spent) or 1
    return {name: sum(k[name] for k in spent) / calls for name in ("in", "out", "seconds")}


def report(results: dict[str, Any]) -> str:
    """Return the table in Markdown."""
    lines = [
        f"| {results['docs']} articles, % | end to end F1 | speaker right | pronouns | calls an "
        "article | tokens in / out an article | seconds an article |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in results["rows"]:
        calls = row["calls"]
        spent = (
            f"{calls:.1f} | {calls * row['in']:,.0f} / {calls * row['out']:,.0f}"
            f" | {calls * row['seconds']:.0f}"
            if calls
            else "0 | 0 | 0.01"
        )
        end_to_end = (
            f"{100 * row['end to end']:.1f} [{100 * row['low']:.1f}, {100 * row['high']:.1f}]"
        )
        shares = f"{100 * row['speaker']:.1f} | {100 * row['pronouns']:.1f}"
        lines.append(f"| {row['name']} | {end_to_end} | {shares} | {spent} |")
    return "\n".join(lines)


def rows_of(
    measured: Iterable[tuple[str, str, Measured]], tokens: dict[str, Any]
) -> list[dict[str, Any]]:
    """Return the table's rows."""
    return [{"name": name, **one.row(), **bill(tokens, plan)} for name, plan, one in measured]


def main() -> None:
    """Ask, score, save and print; or print what was saved."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("gold", type=Path, nargs="?")
    parser.add_argument("--report", action="store_true", help="print the table of the last run")
    parser.add_argument("--docs", type=int, default=82)
    parser.add_argument("--whole", type=int, default=0, help="of these, by `whole` as well")
    parser.add_argument("--cache", type=Path, default=Path("assist-cache"))
    parser.add_argument("--scorer", type=Path)
    parser.add_argument("--out", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    if arguments.report:
        print(report(json.loads(RESULTS.read_text(encoding="utf-8"))))
        return
    if arguments.gold is None or not os.environ.get("EXTRACT_MODEL"):
        parser.error("name a gold file, and a model in EXTRACT_MODEL")
    scorer = load_scorer(arguments.scorer or find_scorer(arguments.gold))
    gold = read_gold(arguments.gold)[: arguments.docs]
    arguments.cache.mkdir(parents=True, exist_ok=True)
    bills = arguments.cache / "bills.json"
    tokens = json.loads(bills.read_text(encoding="utf-8")) if bills.is_file() else {}
    rules = Measured(gold, scorer)
    rules.predictions = {record["doc"]: {"quotes": by_rules(record)} for record in gold}
    found = [("rules alone", "none", rules)]
    for threshold in THRESHOLDS:
        narrow: dict[str, Any] = {"plan": "narrow", "assist": "unsure", "threshold": threshold}
        one = asyncio.run(ask(gold, scorer, arguments.cache, tokens, **narrow))
        bills.write_text(json.dumps(tokens), encoding="utf-8")
        found.append((f"unsure below {threshold}", "narrow", one))
    if arguments.whole:
        part = gold[: arguments.whole]
        alone = Measured(part, scorer)
        alone.predictions = {r["doc"]: rules.predictions[r["doc"]] for r in part}
        whole = {"plan": "whole", "max_output_tokens": 2500, "reasks": 0}
        one = asyncio.run(ask(part, scorer, arguments.cache, tokens, **whole))
        bills.write_text(json.dumps(tokens), encoding="utf-8")
        found.append((f"rules alone, first {len(part)}", "none", alone))
        found.append((f"everything by whole, first {len(part)}", "whole", one))
    results = {
        "model": os.environ["EXTRACT_MODEL"],
        "docs": len(gold),
        "rows": rows_of(found, tokens),
    }
    arguments.out.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(report(results))


if __name__ == "__main__":
    main()
