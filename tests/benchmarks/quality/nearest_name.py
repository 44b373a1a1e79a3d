"""The floor under every program: each stretch in double marks, said by the nearest name.

No list of verbs, no grammar, no pronouns: what comes of typography alone.
"""

import re
from typing import Any

_STRETCH = re.compile(r"[“\"][^“”\"\n]+[”\"]|''[^'\n]+''")
_NAME = re.compile(r"\b[A-Z][\w’'.-]*[a-z][\w’-]*(?:\s(?:[A-Z]\.\s)?[A-Z][\w’-]+){0,3}")
_NOT_NAMES = frozenset(
    "The A An In On At But And Or If It He She They We I You His Her Their Its This That These "
    "Those There When While After Before As For From With By To Of Not No So Then What Who Why How "
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May "
    "June July August September October November December".split()
)


def quotes(text: str) -> list[dict[str, Any]]:
    """Return every stretch in marks with the nearest name outside such stretches."""
    stretches = [match.span() for match in _STRETCH.finditer(text)]
    inside = bytearray(len(text) + 1)
    for start, end in stretches:
        inside[start:end] = b"\1" * (end - start)
    names = [
        match
        for match in _NAME.finditer(text)
        if not inside[match.start()] and match[0] not in _NOT_NAMES
    ]
    found = []
    for start, end in stretches:
        nearest = min(
            names,
            key=lambda name: start - name.end() if name.end() <= start else name.start() - end,
            default=None,
        )
        found.append(
            {
                "start": start,
                "end": end,
                "mention": nearest and {"start": nearest.start(), "end": nearest.end()},
                "speaker": nearest and nearest[0],
            }
        )
    return found
