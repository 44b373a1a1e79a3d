"""What became of every gold quotation and of every answer, by the scorer's own rules.

The scorer counts; this says which quotation failed and how, one outcome each, so that the counts of
the error table and of the calibration add up to the scorer's (`check` holds them against it).
"""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

from tests.benchmarks.quality.polnear import find_scorer, load_scorer, predict, read_gold

Place = tuple[int, int]  # half-open, code points of the article's text
Piece = tuple[Place, dict[str, Any]]  # a stretch, cut at paragraph ends, and whose it is
Result = Literal[
    "right",
    "speaker wrong",
    "no speaker",  # found, nobody named
    "stretch wrong",  # found, its bounds more than a tenth off
    "not found",
    "trap",  # an answer on a stretch in marks that the gold says is no quotation
    "beside the gold",  # an answer that meets nothing in the gold
]
# what the answers can be, and what the gold quotations can be: both end-to-end scores' wholes
ANSWERED: tuple[Result, ...] = ("right", "speaker wrong", "no speaker", "stretch wrong")
GOLD: tuple[Result, ...] = (*ANSWERED, "not found")
SPURIOUS: tuple[Result, ...] = ("trap", "beside the gold")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One gold quotation with our answer to it, or one answer that meets no gold."""

    doc: str
    place: Place
    result: Result
    source: str | None  # the gold source: "named", "pronoun", "nominal"; None where it has none
    pattern: str | None  # where our answer stands: "right", "left", "carry", …; None: no answer
    confidence: float | None  # of our answer
    named: bool  # our answer names a speaker
    speaker_right: bool  # and the right one, whatever the stretch's bounds
    asked: tuple[Place, ...] = ()  # where the gold source stands
    given: Place | None = None  # the mention that we answered with


def outcomes(
    scorer: ModuleType, record: dict[str, Any], predictions: list[dict[str, Any]]
) -> Iterator[Outcome]:
    """Yield an outcome for every gold piece with a source and every answer that meets none."""
    text = record["text"]
    gold: list[Piece] = [
        (piece, quote)
        for quote in record["quotes"]
        for part in quote["parts"]
        for piece in scorer.pieces(text, *part)
    ]
    found: dict[Place, dict[str, Any]] = {}
    for answer in predictions:
        for piece in scorer.pieces(text, answer["start"], answer["end"]):
            found.setdefault(piece, answer)
    answers = list(found.items())
    strict = _match(scorer, gold, answers, scorer.STRICT)
    lenient = _match(scorer, gold, answers, scorer.LENIENT)
    for i, (place, quote) in enumerate(gold):
        met = answers[lenient[i]][1] if i in lenient else None
        if quote["source"]:
            yield _of_gold(scorer, record["doc"], place, quote, met, i in strict)
        elif met is not None and i not in strict:  # the scorer leaves it out when the bounds fit
            yield _answer(record["doc"], place, "stretch wrong", met)
    traps = [scorer.trim(text, n["start"], n["end"]) for n in record["not_quotes"]]
    undecided = [(i["start"], i["end"]) for i in record["ignore"]]
    for j, (place, answer) in enumerate(answers):
        half = 0.5 * (place[1] - place[0])
        if j in lenient.values() or any(scorer.overlap(place, u) >= half for u in undecided):
            continue
        trap = any(scorer.iou(t, place) >= scorer.LENIENT for t in traps)
        yield _answer(record["doc"], place, "trap" if trap else "beside the gold", answer)


def _match(
    scorer: ModuleType, gold: list[Piece], answers: list[Piece], least: float
) -> dict[int, int]:
    def similar(one: Piece, other: Piece) -> float:
        return float(scorer.iou(one[0], other[0]))

    matched: dict[int, int] = scorer.match(gold, answers, least, similar)
    return matched


def _of_gold(
    scorer: ModuleType,
    doc: str,
    place: Place,
    quote: dict[str, Any],
    met: dict[str, Any] | None,
    bounds_fit: bool,
) -> Outcome:
    source = scorer.source_class(quote["source"])
    asked = tuple((s["start"], s["end"]) for s in quote["source"])
    if met is None:
        return Outcome(doc, place, "not found", source, None, None, False, False, asked)
    right = scorer.speaker_right(quote["source"], quote["names"], met)
    named = bool(met.get("speaker") or met.get("mention"))
    result: Result = "speaker wrong" if named else "no speaker"
    if not bounds_fit:
        result = "stretch wrong"
    elif right:
        result = "right"
    return replace(
        _answer(doc, place, result, met), source=source, speaker_right=right, asked=asked
    )


def _answer(doc: str, place: Place, result: Result, answer: dict[str, Any]) -> Outcome:
    mention = answer.get("mention")
    given = (mention["start"], mention["end"]) if mention else None
    named = bool(answer.get("speaker") or mention)
    pattern, confidence = answer.get("pattern"), answer.get("confidence")
    return Outcome(doc, place, result, None, pattern, confidence, named, False, (), given)


def check(found: Iterable[Outcome], totals: Counter[str]) -> None:
    """Stop unless the outcomes add up to the scorer's totals."""
    results = Counter[str]()
    for outcome in found:
        results[outcome.result] += 1
        results["sourced"] += outcome.source is not None
    scored = sum(results[r] for r in (*ANSWERED, *SPURIOUS))
    ours = (results["right"], results["sourced"], scored)
    theirs = (
        totals["both right"],
        totals["sourced"],
        totals["predicted"] - totals["predicted, no source"],
    )
    if ours != theirs:
        sys.exit(f"the outcomes {ours} are not the scorer's {theirs}: right, gold, answers")


def of_rules(path: Path, limit: int | None = None) -> list[Outcome]:
    """Return the outcomes of the rules on a gold file, checked against the scorer's totals."""
    scorer, gold = load_scorer(find_scorer(path)), read_gold(path)[:limit]
    predictions = {record["doc"]: predict(record["text"]) for record in gold}
    return scored(scorer, gold, predictions)


def scored(
    scorer: ModuleType, gold: list[dict[str, Any]], predictions: dict[str, dict[str, Any]]
) -> list[Outcome]:
    """Return the outcomes of predictions, checked against the scorer's totals."""
    found = [o for r in gold for o in outcomes(scorer, r, predictions[r["doc"]]["quotes"])]
    counts = (scorer.count_quotes(r, predictions[r["doc"]]["quotes"]) for r in gold)
    check(found, sum(counts, Counter[str]()))
    return found
