"""Reading an extraction for sync: its rows as proposals, each with the warnings about it."""

import json
import re
import sqlite3
import zlib
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from extractor.review.claims.json_rows import unpacked
from extractor.review.sync.missed import missed_proposals
from extractor.review.sync.proposal import Proposal
from extractor.store.packing import unpack_json

if TYPE_CHECKING:
    from extractor.review.desk import Desk

_PATH = re.compile(r"[A-Za-z_]\w*\[\d+\]")  # of a row, in a warning: "quotes[3]"
_NAMED = 20  # paths read in one message; it lists no more

Warnings = tuple[tuple[str, str], ...]  # (code, sentence)


def read_proposals(
    desk: "Desk", connection: sqlite3.Connection, extraction: sqlite3.Row
) -> Iterator[Proposal]:
    """Yield the rows of an extraction, then the candidates that none of them uses.

    `extraction` is a row of the table `extraction`.
    """
    counts = json.loads(extraction["counts"] or "{}")
    any_remark = counts.get("warnings") or counts.get("unaccounted")
    warnings = _row_warnings(extraction["data"]) if any_remark else None
    for row in connection.execute(
        'select kind, path, start, "end", text, confidence, by_rules, row from record'
        " where extraction_id = ? order by id",
        (extraction["id"],),
    ):
        yield Proposal(
            row["kind"],
            row["path"],
            row["start"],
            row["end"],
            row["text"],
            row["confidence"],
            bool(row["by_rules"]),
            row["row"],
            unpacked(row["row"]),
            warnings.about(row["path"], row["start"], row["end"]) if warnings else (),
        )
    if warnings and warnings.unaccounted:
        article_sha256, schema = extraction["article_sha256"], extraction["schema"]
        yield from missed_proposals(desk, article_sha256, schema, warnings.unaccounted)


def _row_warnings(data: bytes) -> "_RowWarnings | None":
    """Return the warnings in an extraction's packed JSON; None when it is damaged."""
    try:
        return _RowWarnings(unpack_json(data))
    except (zlib.error, ValueError, KeyError, TypeError):  # its rows are there all the same
        return None


class _RowWarnings:
    """The warnings of one extraction, by the rows that they are about."""

    def __init__(self, data: dict[str, Any]) -> None:
        self._by_path: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._by_place: dict[tuple[int, int], list[tuple[str, str]]] = defaultdict(list)
        self.unaccounted: list[dict[str, Any]] = data["audit"].get("unaccounted", [])
        for item in data["warnings"]:
            warning = (item["code"], item["message"])
            named = list(dict.fromkeys(_PATH.findall(item["message"])))[:_NAMED]
            if item["code"] == "row_dropped":  # its path is of the answer, not of the record
                continue
            for path in named:
                self._by_path[path].append(warning)
            if not named and item["start"] is not None:
                self._by_place[item["start"], item["end"]].append(warning)

    def about(self, path: str, start: int | None, end: int | None) -> Warnings:
        """Return (code, sentence) of every warning about a row."""
        warnings = list(self._by_path.get(path, ()))
        if start is not None and end is not None:
            warnings += self._by_place.get((start, end), ())
        return tuple(dict.fromkeys(warnings))
