"""Rows as JSON: written to the store and read back, and what a row says without its places."""

import json
from typing import Any

from extractor.store.packing import storable

Json = Any  # what json.loads gives; a row of most schemas is a dict


def packed(value: Json) -> str:
    """Return JSON as the store keeps it: without blanks, and valid Unicode."""
    return storable(json.dumps(value, ensure_ascii=False, separators=(",", ":"))) or ""


def unpacked(value: str | None) -> Json:
    """Return the JSON value of a column that `packed` has written; None for null."""
    return None if value is None else json.loads(value)


def speaker_of(row: Json) -> str | None:
    """Return the first name that a row gives: whose words, figure or restriction it is."""
    if not isinstance(row, dict):
        return None
    for value in row.values():
        for item in value if isinstance(value, list) else (value,):
            if isinstance(item, dict) and "mention" in item and isinstance(item.get("name"), str):
                name: str = item["name"]
                return name
    return None


def essence(value: Json) -> Json:
    """Return a row without its places: what it says, and not where the article says it.

    Two rows of the same essence say the same to a reader: a name is its name, whichever mention it
    rests on, and a phrase its words.
    """
    if isinstance(value, dict):
        if "mention" in value and "name" in value:
            return value["name"]
        return {
            key: essence(item)
            for key, item in value.items()
            if key not in ("start", "end", "spans")
        }
    return [essence(item) for item in value] if isinstance(value, list) else value
