"""The field types that schema authors use: an id on the wire, a grounded value afterwards.

A schema says `speaker: Name | None`; the answerer says `"P3"`; after validation the field holds
the name with its place in the article; as JSON it is text with offsets, which validates again.

    on the wire             after validation                   as JSON
    "Q7"                    Quotation(text, spans)             {"text", "spans": [{"start", "end"}]}
    "A4"                    Attribution(text, spans)           {"text", "spans": [{"start", "end"}]}
    "N3"                    Figure(text, start, end, value…)   {"text", "start", "end", "value", …}
    "P3" or "P3.2"          Name(name, kind, mention)          {"name", "kind", "mention": {…}|null}
    "S12"                   Sentence(text, start, end)         {"text", "start", "end"}
    "the EU's export ban"   Verbatim(text, start, end)         {"text", "start", "end"}

Ids need an inventory to resolve in: validation happens inside `grounded_in(inventory)`. Outside
of it only values and their JSON validate, so a sheet can be read back without its article.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar, Self, TypeVar

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import core_schema

from extractor.find.candidates import (
    AttributionCandidate,
    Entity,
    FigureCandidate,
    Mention,
    QuotationCandidate,
    SentenceCandidate,
)
from extractor.find.inventory import Inventory
from extractor.frozen import frozen
from extractor.text.phrases import ground_phrase
from extractor.text.spans import Span

T = TypeVar("T")

_inventory: ContextVar[Inventory | None] = ContextVar("inventory", default=None)


@contextmanager
def grounded_in(inventory: Inventory) -> Iterator[None]:
    """Resolve ids and phrases against `inventory` while the block runs (one task, one thread)."""
    token = _inventory.set(inventory)
    try:
        yield
    finally:
        _inventory.reset(token)


class _Grounded:
    """What the field types share: Pydantic's hooks. Subclasses say how an id is resolved."""

    __slots__ = ()

    wire_description: ClassVar[str]
    wire_pattern: ClassVar[str | None] = None

    @classmethod
    def from_wire(cls, answer: str, inventory: Inventory) -> Self:
        """Resolve an answer; raise ValueError with a complaint that the answerer can act on."""
        raise NotImplementedError

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Rebuild the value from its JSON form."""
        return cls(**data)

    def to_json(self) -> dict[str, Any]:
        """Return the value as JSON data."""
        raise NotImplementedError

    @classmethod
    def _validate(cls, answer: object) -> Self:
        if isinstance(answer, cls):
            return answer
        inventory = _inventory.get()
        # With an article at hand only ids and phrases count: a value given whole could be invented.
        if isinstance(answer, dict) and inventory is None:
            try:
                return cls.from_json(answer)
            except (TypeError, KeyError) as error:
                raise ValueError(f"not a {cls.__name__.lower()} as JSON: {error}") from None
        if not isinstance(answer, str):
            raise ValueError(f"expected {cls.wire_description}")
        if inventory is None:
            raise ValueError(f"{answer!r} needs an article to resolve in; see grounded_in")
        return cls.from_wire(answer.strip(), inventory)

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: type[Any], handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls._validate,
            serialization=core_schema.plain_serializer_function_ser_schema(cls.to_json),
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        wire: dict[str, Any] = {"type": "string", "description": cls.wire_description}
        return wire | ({"pattern": cls.wire_pattern} if cls.wire_pattern else {})


def _lookup(answer: str, inventory: Inventory, kind: type[T], letter: str, what: str) -> T:
    """Return the candidate under an id, tolerating brackets around it and a lower-case letter."""
    candidate = inventory.candidate(answer)
    if isinstance(candidate, kind):
        return candidate
    key = answer.strip("[]() \t\n").upper()
    candidate = inventory.candidate(key)
    if isinstance(candidate, kind):
        return candidate
    if re.fullmatch(rf"{letter}\d+(\.\d+)?", key):
        raise ValueError(f"there is no {what} {key} in this article")
    raise ValueError(f"expected the id of a {what}, such as {letter}1, not {answer[:80]!r}")


def name_under(answer: str, inventory: Inventory) -> tuple[Entity, Mention | None]:
    """Return the entity under an id ("P3"), and the mention where the id is one's ("P3.2")."""
    found = inventory.candidate(answer)
    if isinstance(found, Entity):
        return found, None
    key = answer.strip("[]() \t\n").upper()
    entity = _lookup(key.partition(".")[0], inventory, Entity, "P", "name")
    return entity, _lookup(key, inventory, Mention, "P", "mention") if "." in key else None


@frozen
class Place:
    """A stretch of the article: its text and half-open offsets in code points."""

    text: str
    start: int
    end: int

    def to_json(self) -> dict[str, Any]:
        """Return the place as JSON data."""
        return {"text": self.text, "start": self.start, "end": self.end}


@frozen
class _Stretches(_Grounded):
    """Words that may stand in several places, one after the other."""

    text: str
    spans: tuple[Span, ...]
    id: str | None = None  # of the candidate; not part of the JSON

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(data["text"], tuple(Span(s["start"], s["end"]) for s in data["spans"]))

    def to_json(self) -> dict[str, Any]:
        return {"text": self.text, "spans": [{"start": s.start, "end": s.end} for s in self.spans]}


@frozen
class Quotation(_Stretches):
    """Words between quotation marks, without the marks; several spans when continued."""

    wire_description: ClassVar[str] = "the id of a quotation, for example Q7"
    wire_pattern: ClassVar[str | None] = "^Q[0-9]+$"

    @classmethod
    def from_wire(cls, answer: str, inventory: Inventory) -> Self:
        found = _lookup(answer, inventory, QuotationCandidate, "Q", "quotation")
        return cls(found.text(inventory.article.text), found.spans, found.id)


@frozen
class Attribution(_Stretches):
    """What somebody is reported to say or think, quoted or not: the content, span by span.

    The text has " … " between the words of two spans.
    """

    wire_description: ClassVar[str] = "the id of an attribution, for example A4"
    wire_pattern: ClassVar[str | None] = "^A[0-9]+$"

    @classmethod
    def from_wire(cls, answer: str, inventory: Inventory) -> Self:
        found = _lookup(answer, inventory, AttributionCandidate, "A", "attribution")
        return cls(found.text(inventory.article.text), found.content, found.id)


@frozen
class Figure(_Grounded):
    """A number of the article: what is printed, and its value or bounds."""

    text: str
    start: int
    end: int
    value: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str | None = None
    approximate: bool = False
    id: str | None = None  # of the candidate; not part of the JSON

    wire_description: ClassVar[str] = "the id of a figure, for example N3"
    wire_pattern: ClassVar[str | None] = "^N[0-9]+$"

    @classmethod
    def from_wire(cls, answer: str, inventory: Inventory) -> Self:
        found = _lookup(answer, inventory, FigureCandidate, "N", "figure")
        return cls(
            inventory.text_of(found.span),
            *found.span,
            found.value,
            found.low,
            found.high,
            found.unit,
            found.approximate,
            found.id,
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "start": self.start,
            "end": self.end,
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "unit": self.unit,
            "approximate": self.approximate,
        }


@frozen
class Name(_Grounded):
    """A person, body or place, or an unnamed source, with the mention that the answer rests on."""

    name: str
    kind: str = "other"
    mention: Place | None = None
    id: str | None = None  # of the entity; not part of the JSON

    wire_description: ClassVar[str] = "the id of a name, for example P3"
    wire_pattern: ClassVar[str | None] = "^P[0-9]+$"

    @classmethod
    def from_wire(cls, answer: str, inventory: Inventory) -> Self:
        entity, mention = name_under(answer, inventory)
        return cls.of(entity, mention, inventory.article.text)

    @classmethod
    def of(cls, entity: Entity, mention: Mention | None, text: str) -> Self:
        """Return the name of an entity, with one of its mentions in the article's text."""
        if mention is None:
            return cls(entity.name, entity.kind, None, entity.id)
        start, end = mention.span
        return cls(entity.name, entity.kind, Place(text[start:end], start, end), entity.id)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        mention = data.get("mention")
        return cls(data["name"], data.get("kind", "other"), Place(**mention) if mention else None)

    def to_json(self) -> dict[str, Any]:
        mention = self.mention.to_json() if self.mention else None
        return {"name": self.name, "kind": self.kind, "mention": mention}


@frozen
class Sentence(_Grounded):
    """A sentence of the article, as evidence."""

    text: str
    start: int
    end: int
    id: str | None = None  # of the candidate; not part of the JSON

    wire_description: ClassVar[str] = "the id of a sentence, for example S12"
    wire_pattern: ClassVar[str | None] = "^S[0-9]+$"

    @classmethod
    def from_wire(cls, answer: str, inventory: Inventory) -> Self:
        found = _lookup(answer, inventory, SentenceCandidate, "S", "sentence")
        return cls(inventory.text_of(found.span), *found.span, found.id)

    def to_json(self) -> dict[str, Any]:
        return {"text": self.text, "start": self.start, "end": self.end}


@frozen
class Verbatim(_Grounded):
    """A phrase that the article holds word for word."""

    text: str
    start: int
    end: int

    wire_description: ClassVar[str] = "words copied exactly from the article"

    @classmethod
    def from_wire(cls, answer: str, inventory: Inventory) -> Self:
        span = ground_phrase(answer, inventory.article.text)
        return cls(inventory.text_of(span), *span)

    def to_json(self) -> dict[str, Any]:
        return {"text": self.text, "start": self.start, "end": self.end}


GROUNDED_TYPES: tuple[type[_Grounded], ...] = (
    Attribution,
    Quotation,
    Figure,
    Name,
    Sentence,
    Verbatim,
)
