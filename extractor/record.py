"""The extraction of one article: its record, audit, warnings, usage and provenance; their JSON."""

from dataclasses import dataclass, field
from functools import lru_cache
from math import isfinite
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import to_jsonable_python

from extractor.article import Article, Remark
from extractor.fields import Grounded
from extractor.frozen import frozen
from extractor.kinds import field_kind
from extractor.schema.shape import Shape, lenient, shape_of
from extractor.text.spans import Span


@frozen
class AuditItem:
    """A candidate that no row uses, and why."""

    candidate: str  # "Q4"
    kind: str  # "quotation", "attribution", "figure", "sanction statement"
    text: str
    start: int
    end: int
    reason: str | None = None  # None: unaccounted
    origin: str = "rules"


@frozen
class Audit:
    """Every candidate of the kinds that the schema asks for is used, dismissed or unaccounted."""

    used: int = 0
    unaccounted: tuple[AuditItem, ...] = ()
    dismissed: tuple[AuditItem, ...] = ()
    filled_by_rules: tuple[str, ...] = ()  # paths of rows that the model left and the rules filled
    own_words: tuple[str, ...] = ()  # paths of plain text fields: the model's own words


@dataclass(slots=True)
class Usage:
    """What an article's questions cost; answers from the cache cost nothing, counted apart."""

    calls: int = 0  # requests that reached the endpoint, re-asks and retries included
    cache_hits: int = 0
    retries: int = 0
    reasks: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = None  # None: the model's prices are not known
    seconds: float = 0.0

    def add(self, other: "Usage") -> None:
        """Add another count to this one; an unknown cost makes the sum unknown."""
        self.calls += other.calls
        self.cache_hits += other.cache_hits
        self.retries += other.retries
        self.reasks += other.reasks
        self.input_tokens += other.input_tokens
        self.output_tokens += other.output_tokens
        self.seconds += other.seconds
        known = self.cost_usd is not None and other.cost_usd is not None
        self.cost_usd = (self.cost_usd or 0) + (other.cost_usd or 0) if known else None


@frozen
class Provenance:
    """Everything that decides what the record is: article, schema, prompt, model, program."""

    article_sha256: str
    schema: str
    schema_sha256: str
    prompt: str | None
    prompt_sha256: str | None
    model: str | None  # None: the rules answered
    plan: str | None  # "whole" or "narrow"
    engine: str  # "news-extract 0.1.0"


@frozen
class Extraction:
    """Everything that is known after one article: see the module."""

    schema: str
    article: Article
    record: BaseModel
    audit: Audit
    warnings: tuple[Remark, ...]
    provenance: Provenance
    usage: Usage = field(default_factory=Usage)
    confidence: dict[str, float] = field(default_factory=dict)  # row path "quotes[3]" -> 0…1

    def to_json(self) -> dict[str, Any]:
        """Return the extraction as JSON data, in the documented shape."""
        article = self.article
        return {
            "schema": self.schema,
            "article": {
                "id": article.sha256[:16],
                "source": article.source,
                "title": article.title,
                "byline": article.byline,
                "outlet": article.outlet,
                "date": article.date,
                "url": article.url,
                "language": article.language,
                "sha256": article.sha256,
                "characters": len(article.text),
            },
            "record": record_to_json(self.record),
            "confidence": self.confidence,
            "audit": _audit_to_json(self.audit),
            "warnings": [remark_to_json(remark) for remark in self.warnings],
            "usage": _values(self.usage),
            "provenance": _values(self.provenance),
        }


def _audit_to_json(audit: Audit) -> dict[str, Any]:
    data = _values(audit)
    for key in ("unaccounted", "dismissed"):
        data[key] = tuple(_values(item) for item in data[key])
    return data


def _values(of: AuditItem | Audit | Usage | Provenance) -> dict[str, Any]:
    """Return the fields of a flat dataclass with slots: `asdict` copies what cannot change."""
    return {name: getattr(of, name) for name in vars(type(of))["__slots__"]}


def remark_to_json(remark: Remark) -> dict[str, Any]:
    """Return a warning as JSON data; the place as start and end."""
    where: Span | None = remark.where
    return {
        "code": remark.code,
        "message": remark.message,
        "start": where.start if where else None,
        "end": where.end if where else None,
        "candidate": remark.candidate,
    }


_PLAIN = frozenset((str, int, bool))
_LISTS = (list, tuple, set, frozenset)


def record_to_json(value: Any) -> Any:
    """Return a schema's instance as JSON data, the anchor field of each row spread into the row.

    A row's `quotation: Quotation` becomes the row's own `text` and `spans`, a `figure: Figure` its
    `text`, `start`, `value`, …, unless the row has a field of that name itself. JSON has no number
    that is infinite or none (NaN): null stands for it.
    """
    kind = type(value)
    if value is None or kind in _PLAIN:
        return value
    if kind is float:
        return value if isfinite(value) else None
    if isinstance(value, Grounded):
        return value.to_json()
    if isinstance(value, BaseModel):
        return _row_to_json(value)
    if isinstance(value, _LISTS):
        return [record_to_json(item) for item in value]
    if isinstance(value, dict):
        return {key: record_to_json(item) for key, item in value.items()}
    if hasattr(value, "to_json"):
        return value.to_json()
    # Dates, decimals and enumerations of a user's schema.
    return value if isinstance(value, str | int | float) else to_jsonable_python(value)


def _row_to_json(row: BaseModel) -> dict[str, Any]:
    """Return an instance of a model as JSON data, its anchor spread where no key is in the way."""
    out: dict[str, Any] = {}
    keys = _keys_of(type(row))
    for name, key in keys.items():
        value = getattr(row, name)
        data = record_to_json(value)
        if _is_spread(name, value) and data.keys().isdisjoint(keys.values()):
            out.update(data)
        else:
            out[key] = data
    return out


def _is_spread(name: str, value: Any) -> bool:
    """Return whether a row takes the keys of a field's value for its own: a field named "figure".

    Only a field that is called as its type is, and only of the types that say so.
    """
    return isinstance(value, Grounded) and bool(value.spread) and field_kind(type(value)) == name


@lru_cache(maxsize=256)
def _keys_of(row: type[BaseModel]) -> dict[str, str]:
    """Return the key in JSON of every field of a model."""
    return {name: info.alias or name for name, info in row.model_fields.items()}


def record_from_json(schema: type[BaseModel], data: dict[str, Any]) -> BaseModel:
    """Rebuild a schema's instance from `record_to_json`'s output; needs no article.

    A sheet may hold null where the schema requires a value that was missing; then the instance
    is of a subclass that allows it (see `shape.lenient`). Raises pydantic.ValidationError.
    """
    gathered = _gather(data, shape_of(schema))
    try:
        return schema.model_validate(gathered)
    except ValidationError:
        return lenient(schema).model_validate(gathered)


def _gather(data: Any, shape: Shape) -> Any:
    """Return data with the keys of spread anchors put back into their fields."""
    if not isinstance(data, dict):
        return data
    row = dict(data)
    for wanted in shape.fields:
        value = row.get(wanted.key)
        if wanted.row is not None:
            inner = wanted.row
            if isinstance(value, list):
                row[wanted.key] = [_gather(item, inner) for item in value]
            elif value is not None:
                row[wanted.key] = _gather(value, inner)
        elif wanted.key not in row and wanted.name == wanted.kind and "text" in row:
            parts = wanted.value_type.spread if wanted.value_type is not None else ()
            row[wanted.key] = {key: row.pop(key) for key in parts if key in row}
    return row
