"""Turns an extraction into what the store keeps, and back.

The whole JSON, as `--format json` prints it, is kept compressed: from it the sheets are made. The
rows of the record are kept a second time, each as a readable row of a table, for SQL.
"""

import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel
from pydantic_core import PydanticSerializationError, to_json

from extractor.article import Article, Paragraph, Remark
from extractor.record import (
    Audit,
    AuditItem,
    Extraction,
    Provenance,
    Usage,
    record_from_json,
    remark_to_json,
)
from extractor.text.spans import Span

T = TypeVar("T")
_LEVEL = 1  # of zlib: 6 packs a tenth smaller and takes three times as long


class RecordRow(NamedTuple):
    """One row of a record with its evidence, as the table `record` has it.

    `start` and `end` are code points of the article's text, half-open; None without evidence.
    """

    kind: str  # "quotes"
    path: str  # "quotes[3]"
    start: int | None
    end: int | None
    text: str | None
    confidence: float | None
    by_rules: bool
    row: str  # JSON


class Packed(NamedTuple):
    """An extraction as columns of the store's tables. Can be pickled."""

    article_sha256: str
    article: tuple[Any, ...]  # the columns of the table `article`, without `first_seen`
    data: bytes
    counts: str
    rows: tuple[tuple[Any, ...], ...]  # plain: a class costs as much to send as what is in it
    usage: Usage


def pack(extraction: Extraction) -> Packed:
    """Return an extraction as it is stored."""
    data = extraction.to_json()
    return Packed(
        extraction.article.sha256,
        _article_columns(extraction.article),
        zlib.compress(_dumps(data).encode("utf-8", "surrogatepass"), _LEVEL),
        _dumps(counts_of(data)),
        tuple(map(tuple, rows_of(data))),
        extraction.usage,
    )


def unpack(article: Article, data: bytes, schema: type[BaseModel]) -> Extraction:
    """Return the extraction that was packed; `schema` is the root model of its schema."""
    kept = json.loads(zlib.decompress(data))
    audit = dict(kept["audit"])
    for key in ("unaccounted", "dismissed"):
        audit[key] = tuple(_known(AuditItem, item) for item in audit.get(key, ()))
    for key in ("filled_by_rules", "own_words"):
        audit[key] = tuple(audit.get(key, ()))
    return Extraction(
        schema=kept["schema"],
        article=article,
        record=record_from_json(schema, kept["record"]),
        audit=_known(Audit, audit),
        warnings=tuple(_remark(item) for item in kept["warnings"]),
        provenance=_known(Provenance, kept["provenance"]),
        usage=_known(Usage, kept["usage"]),
        confidence=kept["confidence"],
    )


def unpack_json(data: bytes) -> dict[str, Any]:
    """Return the JSON of an extraction as `--format json` prints it."""
    kept: dict[str, Any] = json.loads(zlib.decompress(data))
    return kept


def article_from_row(row: Mapping[str, Any], source: str | None = None) -> Article:
    """Return the article in a row of the table `article`, with `source` as its name where given."""
    meta = json.loads(row["meta"])
    text = row["text"]
    return Article(
        text=text.decode("utf-8", "surrogatepass") if isinstance(text, bytes) else text,
        paragraphs=tuple(
            Paragraph(index, Span(start, end), kind)
            for index, (start, end, kind) in enumerate(meta["paragraphs"])
        ),
        source=row["source"] if source is None else source,
        sha256=row["sha256"],
        title=row["title"],
        byline=row["byline"],
        outlet=row["outlet"],
        date=row["published"],
        url=row["url"],
        language=row["language"],
        warnings=tuple(_remark(item) for item in meta["warnings"]),
    )


def _article_columns(article: Article) -> tuple[Any, ...]:
    """Return (sha256, source, title, outlet, byline, published, url, language, …, text, meta)."""
    meta = {
        "paragraphs": [(*p.span, p.kind) for p in article.paragraphs],
        "warnings": [remark_to_json(remark) for remark in article.warnings],
    }
    names = (article.source, article.title, article.outlet, article.byline, article.date)
    return (
        article.sha256,
        *(storable(value) for value in (*names, article.url)),
        article.language,
        len(article.text),
        _text_column(article.text),
        storable(_dumps(meta)),
    )


def storable(text: str | None) -> str | None:
    """Return a text that SQLite can hold: lone surrogates are written as escapes."""
    if text is None or text.isascii():
        return text
    return text.encode("utf-8", "backslashreplace").decode()


def _text_column(text: str) -> str | bytes:
    """Return an article's text exactly as it is, as bytes where it is no valid Unicode."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
    return text


def counts_of(data: dict[str, Any]) -> dict[str, int]:
    """Return how many rows of each kind the JSON of an extraction holds, and how many warnings."""
    rows: dict[str, int] = {}
    for kind, value in data["record"].items():
        count = sum(row is not None for row in (value if isinstance(value, list) else [value]))
        if count:
            rows[kind] = count
    left = len(data["audit"]["unaccounted"])
    return {**rows, "warnings": len(data["warnings"]), "unaccounted": left}


def rows_of(data: dict[str, Any]) -> Iterator[RecordRow]:
    """Yield the rows of an extraction's JSON, each with its evidence."""
    filled = set(data["audit"]["filled_by_rules"])
    for kind, value in data["record"].items():
        listed = isinstance(value, list)
        for index, row in enumerate(value if listed else [value]):
            if row is None:
                continue
            path = f"{kind}[{index}]" if listed else kind
            start, end, text = anchor_of(row)
            yield RecordRow(
                kind,
                path,
                start,
                end,
                storable(text),
                data["confidence"].get(path),
                path in filled,
                storable(_dumps(row)) or "",
            )


def anchor_of(row: Any) -> tuple[int | None, int | None, str | None]:
    """Return start, end and text of a row's evidence: its own, or its first grounded field's."""
    if not isinstance(row, dict):
        return None, None, row if isinstance(row, str) else None
    if (place := _place(row)) is not None:
        return place
    for value in row.values():
        if isinstance(value, dict) and (place := _place(value)) is not None:
            return place
    return None, None, None


def _place(value: dict[str, Any]) -> tuple[int, int, str] | None:
    text, spans = value.get("text"), value.get("spans")
    if not isinstance(text, str):
        return None
    if isinstance(spans, list) and spans:
        return spans[0]["start"], spans[-1]["end"], text
    start, end = value.get("start"), value.get("end")
    return (start, end, text) if isinstance(start, int) and isinstance(end, int) else None


def _remark(item: dict[str, Any]) -> Remark:
    start, end = item["start"], item["end"]
    where = Span(start, end) if start is not None and end is not None else None
    return Remark(item["code"], item["message"], where, item["candidate"])


def _known(kind: type[T], data: Mapping[str, Any]) -> T:
    """Build a dataclass from JSON; fields that only another version of it had are left out."""
    names = {one.name for one in fields(kind)}  # type: ignore[arg-type]
    return kind(**{key: value for key, value in data.items() if key in names})


def _dumps(value: Any) -> str:
    """Return JSON without blanks; lone surrogates, which UTF-8 cannot hold, stay as they are."""
    try:
        return to_json(value).decode()
    except PydanticSerializationError:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
