"""Matching: which claim a row of a new extraction is.

The identity of a claim is its kind and the place of its evidence. Several rows may rest on one
sentence; then equal rows match first, then the most alike, then the order decides. Rows that rest
on nothing are the same when they say the same.
"""

from collections import defaultdict, deque
from collections.abc import Hashable, Sequence
from typing import TypeVar

from extractor.review.claims.json_rows import Json, essence

C = TypeVar("C")
P = TypeVar("P")
_MOST = 40  # rows on one evidence that are compared each with each; beyond, order decides

Key = tuple[Hashable, ...]


def pair(
    claims: Sequence[tuple[Key, Json, C]], proposals: Sequence[tuple[Key, Json, P]]
) -> tuple[list[tuple[C, P]], list[C], list[P]]:
    """Pair claims with proposals; return the pairs, and what is left of either, in order.

    Each comes as (key, row, item); the claims that matter most come first. Only equal keys
    match, and every claim and every proposal at most once.
    """
    waiting: dict[Key, list[int]] = defaultdict(list)
    for index, (key, _, _) in enumerate(proposals):
        waiting[key].append(index)
    mine: dict[Key, list[int]] = defaultdict(list)
    for index, (key, _, _) in enumerate(claims):
        if key in waiting:
            mine[key].append(index)
    partner_of: dict[int, int] = {}
    for key, indices in mine.items():
        partner_of |= _pair_group(
            [(index, claims[index][1]) for index in indices],
            [(index, proposals[index][1]) for index in waiting[key]],
        )
    taken = set(partner_of.values())
    pairs = [(claims[index][2], proposals[other][2]) for index, other in sorted(partner_of.items())]
    rest = [claim for index, (_, _, claim) in enumerate(claims) if index not in partner_of]
    new = [proposal for index, (_, _, proposal) in enumerate(proposals) if index not in taken]
    return pairs, rest, new


def _pair_group(mine: list[tuple[int, Json]], theirs: list[tuple[int, Json]]) -> dict[int, int]:
    """Pair claims and proposals of one key, each as (index, row); return claim -> proposal."""
    if len(mine) == len(theirs) == 1:
        return {mine[0][0]: theirs[0][0]}
    partner_of: dict[int, int] = {}
    left = {index: essence(row) for index, row in theirs}
    equal: dict[str, deque[int]] = defaultdict(deque)
    for index, essence_of_row in left.items():
        equal[repr(essence_of_row)].append(index)
    essences = {index: essence(row) for index, row in mine}
    for index, essence_of_row in essences.items():
        if same := equal.get(repr(essence_of_row)):
            partner_of[index] = same.popleft()
            del left[partner_of[index]]
    rest = [index for index in essences if index not in partner_of]
    if len(rest) * len(left) <= _MOST * _MOST:
        scored = [
            (-_equal_fields(essences[index], essence_of_row), index, other)
            for index in rest
            for other, essence_of_row in left.items()
        ]
        for score, index, other in sorted(scored):
            if score < 0 and index not in partner_of and other in left:
                partner_of[index] = other
                del left[other]
    for index, other in zip([i for i in rest if i not in partner_of], list(left), strict=False):
        partner_of[index] = other
    return partner_of


def _equal_fields(left: Json, right: Json) -> int:
    """Return how many fields two rows have equal, not counting those that are empty in both."""
    if not (isinstance(left, dict) and isinstance(right, dict)):
        return 0
    return sum(
        value == right[key] and value not in (None, [], "")
        for key, value in left.items()
        if key in right
    )
