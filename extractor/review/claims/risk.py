"""Risk: how likely a claim is to be wrong, as a number to sort by, and why, as flags.

The number is 1 - (1 - doubt) × Π (1 - weight) over the flags: each adds what the others leave.
The weights order the queue and mean nothing else. What is decided needs nobody, unless something
has changed since.
"""

from collections.abc import Iterable

_UNKNOWN = 0.3  # doubt about a row without a confidence: between a sure one and one that is not
_SURE = 0.8  # below it a claim is flagged; of the rules' answers above it nine of ten are right
_OTHER = 0.35  # the weight of a warning that is not listed

# code: (weight, what it means to a reviewer)
_FLAGS = {
    "lost": (0.95, "the article has changed, and its words are not found in it any more"),
    "unaccounted": (0.85, "found in the article, and no row uses it"),
    "differs": (0.8, "the machine now says something else"),
    "not_found": (0.6, "the machine does not find it any more"),
    "disagreement": (0.6, "the model and the rules say different things"),
    "speaker_unresolved": (0.5, "who said it is not known"),
    "source_unresolved": (0.5, "whose words they are is not known"),
    "figure_conflict": (0.45, "the article gives another figure for the same"),
    "empty_required": (0.4, "a field that the schema requires is empty"),
    "value_dropped": (0.4, "a part of the answer was not in the article and was left out"),
    "low_confidence": (0.2, "the answer is not sure"),
    "by_rules": (0.25, "the model left it and the rules filled it"),
    "moved": (0.1, "the article has changed; its words stand elsewhere now"),
    "missed": (0.0, "added by a reviewer; the machine has not found it"),
}
FLAG_WORDS: dict[str, str] = {code: words for code, (_, words) in _FLAGS.items()}


def describe(flag: str) -> str:
    """Return what a flag means, in words."""
    return FLAG_WORDS.get(flag) or flag.replace("_", " ")


def assess(
    *,
    status: str,
    origin: str,
    confidence: float | None,
    by_rules: bool,
    warnings: Iterable[str],
    differs: bool,
    found: bool,
    moved: bool,
    lost: bool,
) -> tuple[float, list[str]]:
    """Return the risk, 0…1, and the flags of a claim, the gravest first."""
    open_ = status in ("open", "later")
    flags = set(warnings) if open_ else set()
    if open_:
        flags |= {name for name, is_so in (("by_rules", by_rules), ("moved", moved)) if is_so}
        if origin == "candidate":
            flags.add("unaccounted")
        if confidence is not None and confidence < _SURE:
            flags.add("low_confidence")
    if lost:
        flags.add("lost")
    if differs:
        flags.add("differs")
    if not found and origin == "analyst":
        flags.add("missed")
    elif not found and not lost and status != "rejected":
        flags.add("not_found")
    risk = 1 - (_UNKNOWN if confidence is None else min(max(1 - confidence, 0.0), 1.0))
    if not open_ or origin != "machine":
        risk = 1.0
    for flag in flags:
        risk *= 1 - weight(flag)
    return round(1 - risk, 4), sorted(flags, key=lambda flag: (-weight(flag), flag))


def weight(flag: str) -> float:
    """Return how much a flag adds, 0…1."""
    return _FLAGS[flag][0] if flag in _FLAGS else _OTHER
