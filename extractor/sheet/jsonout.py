"""Writes an extraction as one JSON object, indented or on one line (JSONL)."""

import json
import re
from io import StringIO

from extractor.record import Extraction

# What JSON lets stand in a string but a terminal obeys or a reader cannot see. Escaped it is the
# same string to every parser.
_UNSEEN = re.compile(
    "[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)


def to_json(extraction: Extraction, indent: int | None = 2) -> str:
    """Return one JSON object that ends with a line end; `indent=None` gives one line (JSONL)."""
    encoder = json.JSONEncoder(ensure_ascii=False, indent=indent, allow_nan=False)
    data = extraction.to_json()
    if indent is None:
        return escape_unseen(encoder.encode(data)) + "\n"
    out = StringIO()  # indented, it comes in millions of pieces
    out.writelines(encoder.iterencode(data))
    return escape_unseen(out.getvalue()) + "\n"


def escape_unseen(text: str) -> str:
    """Return JSON with what a reader cannot see written as escapes: the same data."""
    return text if text.isprintable() else _UNSEEN.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    return json.dumps(found.group(), ensure_ascii=True)[1:-1]
