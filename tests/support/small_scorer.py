"""A small scorer of quotations and speakers, for tests where PolNeAR's own is not at hand.

It has the names that tests/benchmarks/quality/outcomes.py asks a scorer for, and counts by the same
rules, but knows a name only by its last word: enough for the made-up article of the tests. Nothing
is measured with it.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

STRICT, LENIENT = 0.9, 0.5
_EDGES = " \t\n\r\xa0\"“”'‘’,."
_PRONOUNS = {"he", "she", "they", "it", "we", "i", "you"}

Span = tuple[int, int]  # half-open, code points


def trim(text: str, start: int, end: int) -> Span:
    """Return a span without the marks, blanks, commas and full stops at its ends."""
    inside = text[start:end]
    start += len(inside) - len(inside.lstrip(_EDGES))
    return start, start + len(inside.strip(_EDGES))


def pieces(text: str, start: int, end: int) -> list[Span]:
    """Return a span's parts, one a paragraph, trimmed; those left empty are none."""
    parts = (
        trim(text, start + line.start(), start + line.end())
        for line in re.finditer(r"[^\n]+", text[start:end])
    )
    return [part for part in parts if part[0] < part[1]]


def overlap(one: Span, other: Span) -> int:
    """Return how many characters two spans share."""
    return max(0, min(one[1], other[1]) - max(one[0], other[0]))


def iou(one: Span, other: Span) -> float:
    """Return the share of two spans' characters that both have: 0 to 1."""
    both = overlap(one, other)
    return both / (one[1] - one[0] + other[1] - other[0] - both) if both else 0.0


def match(
    gold: Sequence[Any],
    predicted: Sequence[Any],
    least: float,
    similarity: Callable[[Any, Any], float],
) -> dict[int, int]:
    """Pair gold and predictions, the most similar first, each once; return indexes by gold's."""
    similar = [
        (similarity(g, p), i, j) for i, g in enumerate(gold) for j, p in enumerate(predicted)
    ]
    matched: dict[int, int] = {}
    for value, i, j in sorted(similar, key=lambda s: (-s[0], s[1], s[2])):
        if value >= least and i not in matched and j not in matched.values():
            matched[i] = j
    return matched


def source_class(source: list[dict[str, Any]]) -> str:
    """Return whether a source is a pronoun, named or nominal."""
    if all(span["text"].lower() in _PRONOUNS for span in source):
        return "pronoun"
    return "named" if _last(source[0]["text"])[:1].isupper() else "nominal"


def speaker_right(
    source: list[dict[str, Any]], names: Sequence[str], prediction: dict[str, Any]
) -> bool:
    """Return whether the mention overlaps the source, or the name ends as the source's does."""
    mention = prediction.get("mention")
    if mention and any(
        overlap((mention["start"], mention["end"]), (span["start"], span["end"])) for span in source
    ):
        return True
    known = names if source_class(source) == "pronoun" else [span["text"] for span in source]
    return _last(prediction.get("speaker") or "").lower() in {_last(n).lower() for n in known}


def count_quotes(record: dict[str, Any], predictions: list[dict[str, Any]]) -> Counter[str]:
    """Return the counts that the outcomes are held against."""
    text = record["text"]
    gold = [
        (piece, quote)
        for quote in record["quotes"]
        for part in quote["parts"]
        for piece in pieces(text, *part)
    ]
    answers: dict[Span, dict[str, Any]] = {}
    for answer in predictions:
        for piece in pieces(text, answer["start"], answer["end"]):
            answers.setdefault(piece, answer)
    predicted = list(answers.items())
    strict = match(gold, predicted, STRICT, lambda g, p: iou(g[0], p[0]))
    lenient = match(gold, predicted, LENIENT, lambda g, p: iou(g[0], p[0]))
    met = {*strict.values(), *lenient.values()}
    undecided = [(one["start"], one["end"]) for one in record["ignore"]]
    counts = Counter[str]()
    counts["predicted"] = sum(
        j in met or not any(2 * overlap(span, u) >= span[1] - span[0] for u in undecided)
        for j, (span, _) in enumerate(predicted)
    )
    for i, (_, quote) in enumerate(gold):
        if not quote["source"]:
            counts["predicted, no source"] += i in strict
            continue
        counts["sourced"] += 1
        counts["both right"] += i in strict and speaker_right(
            quote["source"], quote["names"], predicted[strict[i]][1]
        )
    return counts


def _last(name: str) -> str:
    """Return a phrase's last word: "Okafor" of "Ruth Okafor"."""
    return name.rsplit(maxsplit=1)[-1] if name.split() else ""
