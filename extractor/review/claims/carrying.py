"""Rows carried into another text: all their places move, or the row is lost.

Where the words of one text stand in another is `text/carrying.py`'s to know; this module applies it
to every place in a row's JSON.
"""

from itertools import pairwise
from typing import Any

from extractor.review.claims.json_rows import Json
from extractor.text.carrying import Carrier, Offsets

Shift = tuple[int, int, int]  # start and end of a row's evidence, and how far it has moved


def carry_row(carrier: Carrier, row: Json) -> Json | None:
    """Return a row with all its places carried over, or None when its words are lost.

    A name keeps standing without its mention; anything else must be there word for word.
    """
    try:
        return _carried(carrier, row, None)
    except _LostError:
        return None


def _carried(carrier: Carrier, value: Json, evidence: Shift | None) -> Json:
    """Return a value of a row with its places carried over. Raises _LostError."""
    if isinstance(value, list):
        return [_carried(carrier, item, evidence) for item in value]
    if not isinstance(value, dict):
        return value
    carried = dict(value)
    if _is_place(value):
        carried["start"], carried["end"] = _moved(carrier, value["start"], value["end"], evidence)
        evidence = evidence or (value["start"], value["end"], carried["start"] - value["start"])
    spans = value.get("spans")
    if isinstance(spans, list) and spans and all(_is_place(span) for span in spans):
        moved = [_moved(carrier, span["start"], span["end"], evidence) for span in spans]
        if any(left[1] > right[0] for left, right in pairwise(moved)):
            raise _LostError
        carried["spans"] = [
            {**span, "start": start, "end": end}
            for span, (start, end) in zip(spans, moved, strict=True)
        ]
        evidence = evidence or (
            spans[0]["start"],
            spans[0]["end"],
            moved[0][0] - spans[0]["start"],
        )
    for key, item in value.items():
        if key == "mention" and "name" in value and item is not None:
            carried[key] = _mention(carrier, item, evidence)
        elif key != "spans" and isinstance(item, dict | list):
            carried[key] = _carried(carrier, item, evidence)
            if evidence is None and isinstance(item, dict) and _is_place(item):
                evidence = (item["start"], item["end"], carried[key]["start"] - item["start"])
    return carried


def _mention(carrier: Carrier, mention: Json, evidence: Shift | None) -> Json | None:
    try:
        return _carried(carrier, mention, evidence)
    except _LostError:
        return None


def _moved(carrier: Carrier, start: int, end: int, evidence: Shift | None) -> Offsets:
    """Return the new place of a part of a row: what lies in its evidence moves with it."""
    if evidence is not None and evidence[0] <= start and end <= evidence[1]:
        return start + evidence[2], end + evidence[2]
    place = carrier.place(start, end)
    if place is None:
        raise _LostError
    return place


class _LostError(Exception):
    """Words of a row do not stand in the new text."""


def _is_place(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("start"), int)
        and isinstance(value.get("end"), int)
    )
