"""The field types that schema authors use: an id on the wire, a grounded value afterwards.

A schema says `speaker: Name | None`; the answerer says `"P3"`; after the check the field holds the
name with its place in the article; as JSON it is text with offsets, which validates again.

    on the wire             after the check                    as JSON
    "Q7"                    Quotation(text, spans)             {"text", "spans": [{"start", "end"}]}
    "A4"                    Attribution(text, spans)           {"text", "spans": [{"start", "end"}]}
    "N3"                    Figure(text, start, end, value…)   {"text", "start", "end", "value", …}
    "P3" or "P3.2"          Name(name, kind, mention)          {"name", "kind", "mention": {…}|null}
    "S12"                   Sentence(text, start, end)         {"text", "start", "end"}
    "the EU's export ban"   Verbatim(text, start, end)         {"text", "start", "end"}

Ids are resolved in an article's inventory by `from_wire`, which the check calls
(`extractor.check.resolve`). Pydantic itself takes values and their JSON only, so a sheet can be
read back without its article. A type of your own subclasses `Grounded` or `Passage`, see
`extractor/kinds/`.
"""

import re
from typing import Any, ClassVar, Self, TypeVar

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import core_schema

from extractor.find.candidates import (
    GAP,
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


class Grounded:
    """The base of all field types: how a value is made from an answer's id, and from JSON."""

    __slots__ = ()

    wire_description: ClassVar[str]
    wire_pattern: ClassVar[str | None] = None
    # The keys of its JSON, for a type whose value is spread into its row: a row's field
    # `quotation: Quotation` becomes the row's own "text" and "spans". Empty: it stays a field.
    spread: ClassVar[tuple[str, ...]] = ()
    # How a cell with it is formatted in a sheet; see `extractor.sheet.tables.Role`.
    role: ClassVar[str] = "phrase"

    @classmethod
    def from_wire(cls, answer: str, inventory: Inventory) -> Self:
        """Return the value that an answer means; raise ValueError with a message to act on."""
        raise NotImplementedError

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Rebuild the value from its JSON form."""
        return cls(**data)

    def to_json(self) -> dict[str, Any]:
        """Return the value as JSON data."""
        raise NotImplementedError

    def place(self) -> Span | None:
        """Return the stretch of the article that it covers, from its first place to its last."""
        raise NotImplementedError

    def stands_in(self, text: str) -> bool:
        """Return whether the article's text has the value's words at the value's place."""
        raise NotImplementedError

    @classmethod
    def _validate(cls, answer: object) -> Self:
        """Return a value, or the one that JSON data holds, as Pydantic wants it; or ValueError."""
        if isinstance(answer, cls):
            return answer
        if isinstance(answer, dict):
            try:
                return cls.from_json(answer)
            except (TypeError, KeyError) as error:
                raise ValueError(f"not a {cls.__name__.lower()} as JSON: {error}") from None
        if not isinstance(answer, str):
            raise ValueError(f"expected {cls.wire_description}")
        raise ValueError(f"{answer!r} needs an article to resolve in")

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


def candidate_under(answer: str, inventory: Inventory, kind: type[T], letter: str, what: str) -> T:
    """Return the candidate of the class `kind` under an id: "Q7", also "[q7]".

    `letter` begins the ids of the class, and `what` is its name in messages. Raises ValueError:
    there is none of this class, or the answer is no such id.
    """
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
    """Return the entity under an id ("P3"), and the mention where the id is one's ("P3.2").

    Raises ValueError as `candidate_under` does.
    """
    candidate = inventory.candidate(answer)
    if isinstance(candidate, Entity):
        return candidate, None
    key = answer.strip("[]() \t\n").upper()
    entity = candidate_under(key.partition(".")[0], inventory, Entity, "P", "name")
    return entity, candidate_under(key, inventory, Mention, "P", "mention") if "." in key else None


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
class Passage(Grounded):
    """Words that stand in one place: the base of a type with a text and half-open offsets."""

    text: str
    start: int
    end: int

    def to_json(self) -> dict[str, Any]:
        """Return the text and its offsets."""
        return {"text": self.text, "start": self.start, "end": self.end}

    def place(self) -> Span:
        """Return the span of the words."""
        return Span(self.start, self.end)

    def stands_in(self, text: str) -> bool:
        """Return whether the words stand at their offsets in the article's text."""
        return self.start >= 0 and text[self.start : self.end] == self.text


@frozen
class Stretches(Grounded):
    """Words that may stand in several places, one after the other."""

    text: str
    spans: tuple[Span, ...]
    id: str | None = None  # of the candidate; not part of the JSON

    spread: ClassVar[tuple[str, ...]] = ("text", "spans")
    between: ClassVar[str] = "\n\n"  # what stands in the text between the words of two spans

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Rebuild the value from its JSON form; raise KeyError where a key is missing."""
        return cls(data["text"], tuple(Span(s["start"], s["end"]) for s in data["spans"]))

    def to_json(self) -> dict[str, Any]:
        """Return the text and the offsets of each span."""
        return {"text": self.text, "spans": [{"start": s.start, "end": s.end} for s in self.spans]}

    def place(self) -> Span | None:
        """Return the stretch from the first span to the last; None when there is no span."""
        return Span(self.spans[0].start, self.spans[-1].end) if self.spans else None

    def stands_in(self, text: str) -> bool:
        """Return whether the words of all spans, joined, are the text."""
        words = self.between.join([text[start:end] for start, end in self.spans])
        return bool(self.text) and words == self.text and min(map(min, self.spans)) >= 0


@frozen
class Quotation(Stretches):
    """Words between quotation marks, without the marks; several spans when continued."""

    role: ClassVar[str] = "quotation"
    wire_description: ClassVar[str] = "the id of a quotation, for example Q7"
    wire_pattern: ClassVar[str | None] = "^Q[0-9]+$"

    @classmethod
    def from_wire(cls, answer: str, inventory: Inventory) -> Self:
        """Return the quotation under an id ("Q7"); raise ValueError as `candidate_under` does."""
        candidate = candidate_under(answer, inventory, QuotationCandidate, "Q", "quotation")
        return cls(candidate.text(inventory.article.text), candidate.spans, candidate.id)


@frozen
class Attribution(Stretches):
    """What somebody is reported to say or think, quoted or not: the content, span by span.

    The text has " … " between the words of two spans.
    """

    role: ClassVar[str] = "attribution"
    between: ClassVar[str] = GAP
    wire_description: ClassVar[str] = "the id of an attribution, for example A4"
    wire_pattern: ClassVar[str | None] = "^A[0-9]+$"

    @classmethod
    def from_wire(cls, answer: str, inventory: Inventory) -> Self:
        """Return the attribution under an id ("A4"); raise ValueError as `candidate_under` does."""
        candidate = candidate_under(answer, inventory, AttributionCandidate, "A", "attribution")
        return cls(candidate.text(inventory.article.text), candidate.content, candidate.id)


@frozen
class Figure(Passage):
    """A number of the article: what is printed, and its value or bounds."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str | None = None
    approximate: bool = False
    id: str | None = None  # of the candidate; not part of the JSON

    role: ClassVar[str] = "figure"
    spread: ClassVar[tuple[str, ...]] = (
        "text", "start", "end", "value", "low", "high", "unit", "approximate",
    )  # fmt: skip
    wire_description: ClassVar[str] = "the id of a figure, for example N3"
    wire_pattern: ClassVar[str | None] = "^N[0-9]+$"

    @classmethod
    def from_wire(cls, answer: str, inventory: Inventory) -> Self:
        """Return the figure under an id ("N3"); raise ValueError as `candidate_under` does."""
        candidate = candidate_under(answer, inventory, FigureCandidate, "N", "figure")
        return cls(
            inventory.text_of(candidate.span),
            *candidate.span,
            candidate.value,
            candidate.low,
            candidate.high,
            candidate.unit,
            candidate.approximate,
            candidate.id,
        )

    def to_json(self) -> dict[str, Any]:
        """Return the text with its offsets, and what the number is worth."""
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
class Name(Grounded):
    """A person, body or place, or an unnamed source, with the mention that the answer rests on."""

    name: str
    kind: str = "other"
    mention: Place | None = None
    id: str | None = None  # of the entity; not part of the JSON

    role: ClassVar[str] = "name"
    wire_description: ClassVar[str] = "the id of a name, for example P3"
    wire_pattern: ClassVar[str | None] = "^P[0-9]+$"

    @classmethod
    def from_wire(cls, answer: str, inventory: Inventory) -> Self:
        """Return the name under an id ("P3", "P3.2"); raise ValueError as `name_under` does."""
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
        """Rebuild the name from its JSON form; raise KeyError where a key is missing."""
        mention = data.get("mention")
        return cls(data["name"], data.get("kind", "other"), Place(**mention) if mention else None)

    def to_json(self) -> dict[str, Any]:
        """Return the name, its kind, and the mention's text and offsets or None."""
        mention = self.mention.to_json() if self.mention else None
        return {"name": self.name, "kind": self.kind, "mention": mention}

    def place(self) -> Span | None:
        """Return where its mention stands; None for a name without one."""
        return Span(self.mention.start, self.mention.end) if self.mention else None

    def stands_in(self, text: str) -> bool:
        """Return whether the mention's words stand at its offsets; True without a mention."""
        place = self.mention
        return place is None or text[place.start : place.end] == place.text


@frozen
class Sentence(Passage):
    """A sentence of the article, as evidence."""

    id: str | None = None  # of the candidate; not part of the JSON

    role: ClassVar[str] = "sentence"
    wire_description: ClassVar[str] = "the id of a sentence, for example S12"
    wire_pattern: ClassVar[str | None] = "^S[0-9]+$"

    @classmethod
    def from_wire(cls, answer: str, inventory: Inventory) -> Self:
        """Return the sentence under an id ("S12"); raise ValueError as `candidate_under` does."""
        candidate = candidate_under(answer, inventory, SentenceCandidate, "S", "sentence")
        return cls(inventory.text_of(candidate.span), *candidate.span, candidate.id)


@frozen
class Verbatim(Passage):
    """A phrase that the article holds word for word."""

    wire_description: ClassVar[str] = "words copied exactly from the article"

    @classmethod
    def from_wire(cls, answer: str, inventory: Inventory) -> Self:
        """Return the first place of the words; raise ValueError as `ground_phrase` does."""
        span = ground_phrase(answer, inventory.article.text)
        return cls(inventory.text_of(span), *span)
