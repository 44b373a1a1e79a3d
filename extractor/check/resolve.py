"""Grounds an answer: its ids and phrases become values with their places in the article.

The schema's shape is followed through whatever data the answer has, however wrong. A row's anchor
is grounded first, because its other fields depend on it: a phrase is looked for in the evidence
sentence, or else nearest to the anchor; a name without a mention gets the mention nearest to it.
A value that cannot be grounded is left out and reported, with a message that whoever answered can
act on; a row without its anchor is dropped and reported.
"""

from bisect import bisect_left
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import Any

from extractor.answers import Origin, encodable
from extractor.fields import Grounded, Name, Sentence, Stretches, Verbatim, name_under
from extractor.find.candidates import Entity, Mention, QuotationCandidate
from extractor.find.inventory import Inventory
from extractor.frozen import frozen
from extractor.schema.shape import FieldShape, Shape
from extractor.text.phrases import quoted
from extractor.text.spans import Span

_NO_ANSWER = frozenset({"", "null", "none", "n/a"})
_MISSING = object()
_AROUND = 40  # mentions looked at on either side
# Mentions of one entity are ranked by their distance from the row's anchor in code points, the
# lowest first; to it is added what puts a mention behind all that stand better, however near it is.
_BEFORE_SENTENCES = 1 << 40  # it stands before the sentences that hold the anchor
_AFTER_SENTENCES = 1 << 41  # it stands after them
_INSIDE_QUOTATION = 1 << 42  # it is among the quoted words themselves
_WORST = 1 << 43  # above every rank


@frozen
class Fault:
    """Something in an answer that is left out, and why."""

    path: str  # as the answer counts: "quotes[3].speaker"
    message: str  # for whoever answered
    list_path: str = ""  # "quotes", when it lies in a row
    anchor: str | None = None  # the id of the row's candidate, if it has one
    field: str | None = None  # the key of the value left out; None: the row is dropped
    where: Span | None = None
    empty: bool = False  # no value was given for a required field


@dataclass(slots=True)
class DraftRow:
    """A row, or a group or the root, with its values grounded; not yet an instance."""

    shape: Shape
    path: str  # "quotes[3]"; "" for the root
    list_path: str  # the same without indices: "quotes"
    given: dict[Any, Any] = field(repr=False, compare=False)  # the answer's object
    values: dict[str, Any] = field(default_factory=dict)  # by field key; nested rows as DraftRows
    anchor: Grounded | None = None
    origin: Origin = "rules"
    dropped: bool = False  # refused by the schema: there is no instance of it
    # Of a row that is handed on to another `resolve`: faults to report there under its new path,
    # and values still to be grounded.
    faults: tuple[Fault, ...] = ()
    added: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The row's key in an answer: its list and the id that it rests on, "quotes:Q7"."""
        return f"{self.list_path}:{self.anchor_id}"

    @property
    def anchor_id(self) -> str | None:
        """The id of the candidate that the row rests on."""
        return getattr(self.anchor, "id", None)

    @property
    def anchor_span(self) -> Span | None:
        """The span of the anchor, from its first place to its last; None without one."""
        return self.anchor.place() if self.anchor is not None else None

    def rows(self) -> Iterator["DraftRow"]:
        """Yield every row below this one, in order."""
        for key in self.shape.row_keys:
            value = self.values.get(key)
            for item in value if isinstance(value, list) else (value,):
                if isinstance(item, DraftRow):
                    yield item
                    if item.shape.row_keys:
                        yield from item.rows()

    def data(self) -> dict[str, Any]:
        """Return the grounded values, nested rows too, as data that can be checked again."""
        values = dict(self.values)
        for key in self.shape.container_keys:
            if key in values:
                values[key] = data_of(values[key])
        return values

    def handed_on(self) -> dict[str, Any]:
        """Return the values for another `resolve`, which keeps the grounded rows in lists."""
        values = dict(self.values)
        for key in self.shape.row_keys:
            value = values.get(key)
            if isinstance(value, list):
                values[key] = list(value)
            elif isinstance(value, DraftRow):
                values[key] = value.handed_on()
        return values

    def grounded_ids(self) -> set[str]:
        """Return the ids of all grounded values below this one, nested rows included."""
        ids: set[str] = set()
        for draft in (self, *self.rows()):
            for value in draft.values.values():
                for item in value if isinstance(value, list) else (value,):
                    if isinstance(item, Grounded) and (id_ := getattr(item, "id", None)):
                        ids.add(id_)
        return ids


def data_of(value: Any) -> Any:
    """Return a draft's value, or an answer with drafts in it, as data that can be checked again."""
    if isinstance(value, DraftRow):
        return value.data()
    if isinstance(value, dict):
        return {key: data_of(item) for key, item in value.items()}
    return [data_of(item) for item in value] if isinstance(value, list) else value


def resolve(inventory: Inventory, shape: Shape, data: object) -> tuple[DraftRow, list[Fault]]:
    """Return an answer's data grounded as a root, and its faults in order of the answer.

    Never raises, whatever `data` is. A row that is a `DraftRow` of the same model already keeps
    its grounded values.
    """
    resolver = _Resolver(inventory)
    if not isinstance(data, dict):
        resolver.faults.append(Fault("", "expected an object with the schema's fields"))
        data = {}
    draft = DraftRow(shape, "", "", data)
    resolver.ground(draft)
    return draft, resolver.faults


@dataclass(slots=True)
class _Resolver:
    """Grounds the rows of one answer and collects its faults."""

    inventory: Inventory
    faults: list[Fault] = field(default_factory=list)

    def ground(self, draft: DraftRow) -> None:
        """Ground the values of a draft from its object; what the schema does not ask is ignored."""
        shape, data = draft.shape, draft.given
        sentence: Sentence | None = None
        values = draft.values
        for wanted in shape.grounding_order:
            raw = data.get(wanted.key, _MISSING)
            if raw is _MISSING:
                raw = data.get(wanted.name, _MISSING)
            value = self._value(raw, wanted, draft, sentence)
            if value is not _MISSING:
                values[wanted.key] = value
            if wanted is shape.anchor and draft.path:
                draft.anchor = value if isinstance(value, Grounded) else None
            if sentence is None and type(value) is Sentence:
                sentence = value
        if not shape.is_in_order:  # values keep the schema's order
            draft.values = {f.key: values[f.key] for f in shape.fields if f.key in values}

    def _value(
        self, raw: object, wanted: FieldShape, draft: DraftRow, sentence: Sentence | None
    ) -> Any:
        """Return a field's grounded value, a list of these, or rows; _MISSING to leave it out.

        `sentence` is the row's evidence, where it has one.
        """
        if raw is _MISSING or raw is None:
            return self._absent(raw, wanted, draft)
        if wanted.row is not None:
            ground = self._rows if wanted.many else self._group
            return ground(raw, wanted, wanted.row, draft)
        if wanted.value_type is None:
            if not _is_finite(raw, wanted):
                self._fault(draft, wanted, "expected a finite number")
                return self._absent(None, wanted, draft)
            return _encodable(raw)  # left to pydantic
        if not wanted.many:
            if wanted.nullable and isinstance(raw, str) and raw.strip().lower() in _NO_ANSWER:
                return None
            return self._grounded(raw, wanted, draft, sentence)
        items = raw if isinstance(raw, list | tuple) else [raw]
        values: list[Grounded] = []
        for index, item in enumerate(items):
            if item is None or item == "":
                continue
            value = self._grounded(item, wanted, draft, sentence, index)
            if value is not None and value not in values[-50:]:
                values.append(value)
        return values

    def _absent(self, raw: object, wanted: FieldShape, draft: DraftRow) -> Any:
        """Return the value of a field that the answer leaves out or gives as null."""
        if not wanted.required:
            return None if raw is None and wanted.nullable else _MISSING
        if wanted.many:
            if wanted.row is not None:
                self._fault(draft, wanted, "the list is missing; give [] if there is none")
            return []
        if wanted.kind == "row" and not wanted.nullable and wanted.row is not None:
            return self._nested(wanted.row, {}, draft, wanted)
        return "" if wanted.kind == "text" and not wanted.nullable else None

    def _group(self, raw: object, wanted: FieldShape, shape: Shape, draft: DraftRow) -> Any:
        """Return the grounded object of a field that holds one model; None without its anchor."""
        if isinstance(raw, DraftRow):
            if raw.shape.model is shape.model:
                return self._take_over(raw, _path(draft, wanted))
            raw = raw.data()
        if not isinstance(raw, dict):
            self._fault(draft, wanted, "expected an object")
            raw = {}
        return self._nested(shape, raw, draft, wanted)

    def _rows(self, raw: object, wanted: FieldShape, shape: Shape, draft: DraftRow) -> Any:
        """Return the grounded rows of a list; what is no row, or has no anchor, is reported."""
        if not isinstance(raw, list | tuple):
            self._fault(draft, wanted, "expected a list of objects")
            return []
        list_path = f"{draft.list_path}.{wanted.key}" if draft.list_path else wanted.key
        path, rows = _path(draft, wanted), []
        for index, item in enumerate(raw):
            if isinstance(item, DraftRow):
                if item.shape.model is shape.model:
                    rows.append(self._take_over(item, f"{path}[{index}]"))
                    continue
                item = item.data()  # noqa: PLW2901 - of the same schema, loaded another time
            if not isinstance(item, dict):
                message = f"expected an object with the fields of {shape.model.__name__}"
                self.faults.append(Fault(f"{path}[{index}]", message, list_path))
                continue
            row = DraftRow(shape, f"{path}[{index}]", list_path, item)
            before = len(self.faults)
            self.ground(row)
            if shape.anchor is not None and row.anchor is None:
                self._drop(row, shape.anchor, before)
            else:
                rows.append(row)
        return rows

    def _take_over(self, row: DraftRow, path: str) -> DraftRow:
        """Give a row that is grounded already its new path, and report its faults there.

        What was added to it since is grounded, and what it lacks becomes null or empty.
        """
        begins = len(row.path)
        for inner in row.rows():
            inner.path = path + inner.path[begins:]
        self.faults += [replace(fault, path=path + fault.path[begins:]) for fault in row.faults]
        row.path, row.faults = path, ()
        sentence = next((v for v in row.values.values() if type(v) is Sentence), None)
        values = row.values
        for wanted in row.shape.fields:
            if wanted.key in row.added:
                value = self._value(row.added[wanted.key], wanted, row, sentence)
            elif values.get(wanted.key) is None:
                raw = None if wanted.key in values else _MISSING
                value = self._absent(raw, wanted, row)
            else:
                continue
            if value is not _MISSING:
                values[wanted.key] = value
        row.values = {f.key: values[f.key] for f in row.shape.fields if f.key in values}
        row.added = {}
        return row

    def _nested(
        self, shape: Shape, data: dict[Any, Any], draft: DraftRow, wanted: FieldShape
    ) -> DraftRow | None:
        """Ground one object in another; without its anchor there is none."""
        list_path = f"{draft.list_path}.{wanted.key}" if draft.list_path else wanted.key
        inner = DraftRow(shape, _path(draft, wanted), list_path, data)
        self.ground(inner)
        return None if shape.anchor is not None and inner.anchor is None else inner

    def _drop(self, row: DraftRow, anchor: FieldShape, before: int) -> None:
        """Report a row without its anchor: once, with the fault of the anchor itself.

        `before` counts the faults that were there before the row's; those of the row are dropped.
        """
        path = f"{row.path}.{anchor.key}"
        of_anchor = [fault for fault in self.faults[before:] if fault.path == path]
        message = of_anchor[0].message if of_anchor else f"{anchor.key} is missing"
        raw = row.given.get(anchor.key)
        if of_anchor and isinstance(raw, str) and anchor.kind == "quotation" and len(raw) > 12:
            message = f"{message} (a quotation is answered by its id, never copied)"
        del self.faults[before:]
        self.faults.append(Fault(path, message, row.list_path))

    def _grounded(
        self,
        raw: object,
        wanted: FieldShape,
        draft: DraftRow,
        sentence: Sentence | None,
        index: int | None = None,
    ) -> Grounded | None:
        """Return the grounded value; None after noting the fault (`index`: its own in a list)."""
        value_type = wanted.value_type
        assert value_type is not None  # noqa: S101 (else there is nothing to ground)
        try:
            if type(raw) is value_type:
                value: Grounded = raw
                if not value.stands_in(self.inventory.article.text):
                    raise ValueError("the words do not stand at the place given for them")
            elif not isinstance(raw, str):
                raise ValueError(f"expected {value_type.wire_description}")
            elif value_type is Name:
                return self._name(*name_under(raw, self.inventory), draft)
            elif value_type is Verbatim:
                value = self._phrase(raw, draft, sentence)
            else:
                value = value_type.from_wire(raw, self.inventory)
        except ValueError as error:
            self._fault(draft, wanted, str(error), index)
            return None
        if isinstance(value, Name) and value.mention is None:
            entity = self.inventory.candidate(value.id or "")
            return self._name(entity, None, draft) if isinstance(entity, Entity) else value
        return value

    def _phrase(self, raw: str, draft: DraftRow, sentence: Sentence | None) -> Verbatim:
        """Ground a phrase in the evidence sentence, or else nearest to the row's anchor."""
        within = Span(sentence.start, sentence.end) if sentence else None
        anchor = draft.anchor_span
        near = anchor.start if anchor and not within else None
        span = self.inventory.phrases.find(raw, within, near)
        return Verbatim(self.inventory.text_of(span), *span)

    def _name(self, entity: Entity, mention: Mention | None, draft: DraftRow) -> Name:
        """Return a name with its mention; where none is given, the nearest to the row's anchor."""
        if mention is None and entity.mentions:
            mention = nearest_mention(self.inventory, entity, draft.anchor)
        return Name.of(entity, mention, self.inventory.article.text)

    def _fault(
        self, draft: DraftRow, wanted: FieldShape, message: str, index: int | None = None
    ) -> None:
        """Note what is wrong with a field's value, or with one of its items (`index`)."""
        path = _path(draft, wanted) if index is None else f"{_path(draft, wanted)}[{index}]"
        self.faults.append(
            Fault(path, message, draft.list_path, draft.anchor_id, wanted.key, draft.anchor_span)
        )


def _path(draft: DraftRow, wanted: FieldShape) -> str:
    return f"{draft.path}.{wanted.key}" if draft.path else wanted.key


def _encodable(raw: object) -> object:
    """Replace half surrogate pairs in a model's own words: no file could hold them."""
    if isinstance(raw, str):
        return encodable(raw)
    return [_encodable(item) for item in raw] if isinstance(raw, list) else raw


def _is_finite(raw: object, wanted: FieldShape) -> bool:
    """Return whether a value can be written as JSON, which has no infinite number and no NaN.

    A number field takes the words for them, too: "inf", "1e999".
    """
    if isinstance(raw, float):
        return isfinite(raw)
    if isinstance(raw, str) and wanted.kind == "scalar":
        with suppress(ValueError):
            return isfinite(float(raw))
    return not isinstance(raw, list) or all(_is_finite(item, wanted) for item in raw)


def nearest_mention(inventory: Inventory, entity: Entity, anchor: Grounded | None) -> Mention:
    """Return the mention that an answer most likely rests on.

    In the anchor's own sentences the nearest one; else the last before it; else the first after.
    Mentions inside the quoted words come last: they do not name the speaker. Without an anchor, the
    first mention.
    """
    mentions = entity.mentions
    if len(mentions) == 1 or anchor is None:
        return mentions[0]
    inside: tuple[Span, ...] = ()
    span: Span | None = None
    if isinstance(anchor, Stretches):
        inside = anchor.spans
        quotation = inventory.candidate(anchor.id or "")
        span = quotation.outer if isinstance(quotation, QuotationCandidate) else None
    span = span or anchor.place()
    if span is None:
        return mentions[0]
    begins, ends = span
    opens, closes = _sentences_around(inventory, begins, ends)
    # Of an entity that is everywhere in a long article, only the mentions around the anchor.
    if len(mentions) > _AROUND:
        middle = bisect_left(mentions, begins, key=lambda mention: mention.span[0])
        mentions = mentions[max(0, middle - _AROUND) : middle + _AROUND]
    nearest, best = mentions[0], _WORST
    for mention in mentions:
        start, end = mention.span
        if start < opens:
            rank = _BEFORE_SENTENCES + (begins - end if begins > end else 0)
        else:
            rank = start - ends if start > ends else begins - end if begins > end else 0
            if end > closes:
                rank += _BEFORE_SENTENCES if start < begins else _AFTER_SENTENCES
            for left, right in inside:
                if left <= start and end <= right:
                    rank += _INSIDE_QUOTATION
                    break
        if rank < best:
            nearest, best = mention, rank
        if start > closes:
            break  # those after it are farther off
    return nearest


def _sentences_around(inventory: Inventory, begins: int, ends: int) -> tuple[int, int]:
    """Return the offsets where the sentences that hold a stretch begin and end.

    Where the stretch sticks out of them, or there is none, its own offsets count.
    """
    first = inventory.sentence_at(begins)
    fits = first is not None and ends <= first.span[1]
    last = first if fits else inventory.sentence_at(ends - 1)
    opens = first.span[0] if first is not None and first.span[0] < begins else begins
    closes = last.span[1] if last is not None and last.span[1] > ends else ends
    return opens, closes


def fault_line(fault: Fault) -> str:
    """Return a fault as one printable line: "quotes[3].speaker: there is no name P99 …"."""
    line = f"{fault.path}: {fault.message}" if fault.path else fault.message
    return quoted(line, 600)[1:-1]
