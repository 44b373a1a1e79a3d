"""What an extraction says about its own rows: warnings by row, and candidates that no row uses."""

import re
from collections import defaultdict
from typing import Any

_PATH = re.compile(r"[A-Za-z_]\w*\[\d+\]")
_NAMED = 20  # paths read in one message; it lists no more


class Remarks:
    """The warnings of one extraction, by the rows that they are about."""

    def __init__(self, data: dict[str, Any]) -> None:
        self._by_path: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._by_place: dict[tuple[int, int], list[tuple[str, str]]] = defaultdict(list)
        self.unaccounted: list[dict[str, Any]] = data["audit"].get("unaccounted", [])
        for item in data["warnings"]:
            told = (item["code"], item["message"])
            named = list(dict.fromkeys(_PATH.findall(item["message"])))[:_NAMED]
            if item["code"] == "row_dropped":  # its path is of the answer, not of the record
                continue
            for path in named:
                self._by_path[path].append(told)
            if not named and item["start"] is not None:
                self._by_place[item["start"], item["end"]].append(told)

    def about(self, path: str, start: int | None, end: int | None) -> tuple[tuple[str, str], ...]:
        """Return (code, sentence) of every warning about a row."""
        found = list(self._by_path.get(path, ()))
        if start is not None and end is not None:
            found += self._by_place.get((start, end), ())
        return tuple(dict.fromkeys(found))
