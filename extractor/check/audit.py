"""The audit: what an answer says stands in the article, and every candidate is accounted for.

`check` takes an answer in any state, keeps what is grounded in the article and reports the rest:
rows that rest on nothing are dropped, duplicates are merged, and each candidate of the kinds that
the schema asks for ends as used, dismissed with a reason, or unaccounted. It never raises.
"""

from collections.abc import Collection, Iterable, Iterator, Set
from dataclasses import dataclass, replace
from itertools import groupby, pairwise, repeat
from operator import attrgetter
from typing import Any

from pydantic import BaseModel

from extractor.answers import Answer, Dismissal, Origin
from extractor.article import Remark
from extractor.check.build import build
from extractor.check.conflicts import figure_conflicts
from extractor.check.disagreement import disagreements
from extractor.check.resolve import DraftRow, Fault, fault_line, resolve
from extractor.fields import Grounded, Name, Verbatim
from extractor.find.inventory import Inventory
from extractor.find.sentences import LONGEST
from extractor.frozen import frozen
from extractor.kinds import accountable_kinds
from extractor.kinds.kind import Kind
from extractor.language.languages import has_rules
from extractor.record import Audit, AuditItem
from extractor.schema.shape import FieldShape, Shape, shape_of
from extractor.text.phrases import quoted
from extractor.text.spans import Span


@frozen
class GroundedAnswer:
    """What can be kept of an answer: its grounded values, and the record made of them."""

    root: DraftRow
    record: BaseModel
    faults: tuple[Fault, ...]  # what was left out of the answer
    # The faults as warnings, and one for each row that was merged into another; but none for what
    # merely had no value, which `report` says of each field once.
    reported: tuple[Remark, ...]
    used: Set[str]  # the ids of the candidates that it accounts for

    @property
    def is_whole(self) -> bool:
        """Whether the whole answer was kept, with nothing taken out and nothing merged."""
        return not (self.faults or self.reported)


@frozen
class Checked:
    """A record whose values all stand in the article, with its audit and warnings."""

    record: BaseModel
    audit: Audit
    warnings: tuple[Remark, ...]
    rows: tuple[DraftRow, ...]  # those that rest on something, with their paths and origins


def check(
    inventory: Inventory,
    model: type[BaseModel],
    answer: Answer,
    by_rules: Answer | None = None,
    filled: Collection[str] = (),
) -> Checked:
    """Check an answer against the article: `ground`, then `report`."""
    return report(inventory, model, answer, ground(inventory, model, answer), by_rules, filled)


def ground(inventory: Inventory, model: type[BaseModel], answer: Answer) -> GroundedAnswer:
    """Ground an answer in the article and build the record from what stands; never raises."""
    shape = shape_of(model)
    root, faults = resolve(inventory, shape, answer.data)
    merged = _merge_and_sort(root)
    record, refused = build(root)
    _set_paths(root, answer)
    reported = (
        *map(_fault_remark, faults),
        *merged,
        *(_fault_remark(fault) for fault in refused if not fault.empty),
    )
    return GroundedAnswer(
        root, record, (*faults, *refused), reported, _used(inventory, shape, root)
    )


def unaccounted(
    inventory: Inventory, model: type[BaseModel], answer: Answer, grounded: GroundedAnswer
) -> list[str]:
    """Return the ids of the candidates that are neither used in what stands nor dismissed."""
    dismissed = {dismissal.candidate for dismissal in answer.dismissed}
    return [
        candidate.id
        for kind, candidate in _asked_for(inventory, shape_of(model))
        if candidate.id not in grounded.used
        and not {candidate.id, kind.anchor_id(candidate)} & dismissed
    ]


def report(
    inventory: Inventory,
    model: type[BaseModel],
    answer: Answer,
    grounded: GroundedAnswer,
    by_rules: Answer | None = None,
    filled: Collection[str] = (),
) -> Checked:
    """Return the record with its audit and all warnings: the answer's own, and what the check saw.

    `by_rules`: the rules' answer to the same question, to report where a model disagrees with it.
    `filled`: what a model left and the rules filled: "quotes:Q7" a row, "quotes:Q9.speaker" a
    value (see filling.py).
    """
    shape, root = shape_of(model), grounded.root
    rows = [row for row in root.rows() if row.anchor is not None]
    items = _account(inventory, shape, answer.dismissed, grounded.used)
    audit = Audit(
        used=items.used,
        unaccounted=tuple(items.unaccounted),
        dismissed=tuple(items.dismissed),
        filled_by_rules=tuple(_filled_paths(root, filled)),
        own_words=tuple(_own_words(root, answer.origin, by_rules.data if by_rules else {})),
    )
    warnings = [
        *answer.warnings,
        *grounded.reported,
        *_unresolved(rows if has_rules(inventory.article.language) else _by_model(rows)),
        *_empty_required(root),
    ]
    if by_rules is not None:
        reported = {remark.candidate for remark in warnings if remark.code == "disagreement"}
        remarks = disagreements(inventory, shape, rows, answer, by_rules)
        warnings += [remark for remark in remarks if remark.candidate not in reported]
    warnings += figure_conflicts(inventory, rows)
    warnings += _cut_sentences(inventory)
    warnings = [_printable(remark) for remark in warnings]
    return Checked(grounded.record, audit, tuple(warnings), tuple(rows))


def _merge_and_sort(draft: DraftRow) -> list[Remark]:
    """Merge rows that say the same, and put rows in the order of the article; return warnings."""
    remarks: list[Remark] = []
    for key in draft.shape.container_keys:
        value = draft.values.get(key)
        if isinstance(value, DraftRow):
            remarks += _merge_and_sort(value)
        if not isinstance(value, list) or not value:
            continue
        if all(_is_placed(item) for item in value):
            value.sort(key=lambda item: item.place() or Span(0, 0))
        if not all(isinstance(item, DraftRow) for item in value):
            continue
        kept: dict[object, list[DraftRow]] = {}
        for row in value:
            remarks += _merge_and_sort(row)
            alike = kept.setdefault(_identity(row), [])
            alike.append(row)
            if len(alike) > 1:
                message = f"{row.path} says the same as {alike[0].path}; they are one row now"
                remarks.append(Remark("duplicate_row", message, row.anchor_span, row.anchor_id))
        draft.values[key] = _in_order([_merged(alike) for alike in kept.values()])
    return remarks


def _is_placed(item: object) -> bool:
    """Return whether a list's value is sorted by its place; names and phrases keep their order."""
    return isinstance(item, Grounded) and not isinstance(item, Name | Verbatim)


def _in_order(rows: list[DraftRow]) -> list[DraftRow]:
    """Return rows by where they stand, unless one has no place, or they are names."""
    places = [place for row in rows if (place := row.anchor_span) is not None]
    kind = rows[0].shape.rests_on
    if (kind is not None and kind.keeps_order) or len(places) < len(rows):
        return rows
    return [rows[at] for at in sorted(range(len(rows)), key=places.__getitem__)]


def _identity(row: DraftRow) -> object:
    """Return what two rows that say the same have in common: equal for these, else different.

    It is the candidate; on a sentence also the values of the fields that tell rows on it apart.
    """
    if row.anchor is None:
        return id(row)
    anchor, kind = row.anchor_id or row.anchor_span, row.shape.rests_on
    if kind is None or kind.one_row_each:
        return anchor
    identity: list[object] = [anchor]
    for field in row.shape.fields:
        if kind.tells_apart(field):
            value = row.values.get(field.key)
            words = kind.accountable and isinstance(value, Verbatim)
            identity.append(value.text.lower() if words and value is not None else repr(value))
    return tuple(identity)


def _merged(rows: list[DraftRow]) -> DraftRow:
    """Return the first of rows that say the same, its empty fields filled and its lists joined."""
    first = rows[0]
    if len(rows) == 1:
        return first
    joined: dict[str, tuple[list[Any], set[object]]] = {}  # lists, and what is in them
    for row in rows[1:]:
        for key, value in row.values.items():
            kept = first.values.get(key)
            if isinstance(kept, list) and isinstance(value, list):
                if key not in joined:
                    joined[key] = (list(kept), set(map(_compared, kept)))
                items, known = joined[key]
                new = [item for item in value if _compared(item) not in known]
                items += new
                known.update(map(_compared, new))
            elif kept in (None, ""):
                first.values[key] = value
    first.values |= {key: items for key, (items, _) in joined.items()}
    return first


def _compared(item: object) -> object:
    """Return what an item of a list is known by: itself where it can be in a set."""
    try:
        hash(item)
    except TypeError:
        return id(item) if isinstance(item, DraftRow) else repr(item)
    return item


def _set_paths(draft: DraftRow, answer: Answer) -> None:
    """Give every row its final path and its origin."""
    origins = answer.origins
    for key in draft.shape.row_keys:
        value = draft.values.get(key)
        base = f"{draft.path}.{key}" if draft.path else key
        items = value if isinstance(value, list) else [value]
        for index, item in enumerate(items):
            if isinstance(item, DraftRow):
                item.path = f"{base}[{index}]" if items is value else base
                by_id = origins.get(item.anchor_id or "", answer.origin)
                item.origin = origins.get(item.key, by_id)
                if item.shape.row_keys:
                    _set_paths(item, answer)


def _filled_paths(root: DraftRow, filled: Collection[str]) -> Iterator[str]:
    """Yield the paths of the rows and values in `filled`: "quotes[3]", "quotes[3].speaker"."""
    if not filled:
        return
    for draft in (root, *root.rows()):
        if draft.path and draft.key in filled:
            yield draft.path
        prefix = f"{draft.key}." if draft.anchor is not None else f"{draft.list_path}."
        for field in draft.shape.fields:
            if f"{prefix}{field.key}".removeprefix(".") in filled:
                yield f"{draft.path}.{field.key}".removeprefix(".")


@dataclass(slots=True)
class _Accounts:
    """The candidates that a schema asks for, by how an answer accounts for them."""

    used: int
    unaccounted: list[AuditItem]
    dismissed: list[AuditItem]


def _used(inventory: Inventory, shape: Shape, root: DraftRow) -> Set[str]:
    """Return the ids of what is grounded, and of the statements whose sentence rows rest on."""
    used = root.grounded_ids()
    for kind in accountable_kinds():
        if kind.on_sentence and shape.asks_for(kind):
            stated = {row.anchor_id for row in root.rows() if row.shape.rests_on is kind}
            used |= {c.id for c in kind.candidates(inventory) if kind.anchor_id(c) in stated}
    return used


def _account(
    inventory: Inventory, shape: Shape, dismissals: Iterable[Dismissal], used: Set[str]
) -> _Accounts:
    """Return how the answer accounts for every candidate that the schema asks for.

    What is recognised as something else (dates among numbers) is listed as dismissed.
    """
    reasons: dict[str, Dismissal] = {}
    for dismissal in dismissals:
        reasons.setdefault(dismissal.candidate, dismissal)
    items = _Accounts(0, [], [])
    for kind, candidate in _asked_for(inventory, shape):
        if candidate.id in used:
            items.used += 1
            continue
        given = reasons.get(candidate.id) or reasons.get(kind.anchor_id(candidate))
        text, span = kind.cited(candidate, inventory)
        reason = quoted(given.reason)[1:-1] if given else None
        origin = given.origin if given else "rules"
        item = AuditItem(candidate.id, kind.audit_name, text, *span, reason, origin)
        (items.dismissed if given else items.unaccounted).append(item)
    for kind in accountable_kinds():
        if shape.asks_for(kind):
            items.dismissed += [
                AuditItem("", kind.excluded_as, inventory.text_of(no.span), *no.span, no.reason)
                for no in kind.excluded(inventory)
            ]
    return items


def _asked_for(inventory: Inventory, shape: Shape) -> Iterator[tuple[Kind, Any]]:
    """Yield every candidate that the schema wants accounted for, with its kind."""
    for kind in accountable_kinds():
        if shape.asks_for(kind):
            yield from zip(repeat(kind), kind.candidates(inventory))


def _own_words(draft: DraftRow, origin: Origin, known: dict[str, Any]) -> Iterator[str]:
    """Yield the paths of plain text that a model wrote, but for what the rules say in equal words.

    `origin` is who filled the row or root, `known` the rules' data at the same level.
    """
    if not draft.shape.holds("text"):
        return
    for field in draft.shape.fields:
        value = draft.values.get(field.key)
        if field.kind == "text" and value and origin == "model" and value != known.get(field.key):
            yield f"{draft.path}.{field.key}" if draft.path else field.key
        if field.row is not None:
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, DraftRow):
                    yield from _own_words(item, item.origin, {})


def _fault_remark(fault: Fault) -> Remark:
    code = "value_dropped" if fault.field is not None else "row_dropped"
    return Remark(code, fault_line(fault), fault.where, fault.anchor)


def _printable(remark: Remark) -> Remark:
    """Return a warning on one printable line: an answer may have put control characters in."""
    if remark.message.isprintable():
        return remark
    return replace(remark, message=quoted(remark.message, 600)[1:-1])


def _by_model(rows: Iterable[DraftRow]) -> list[DraftRow]:
    """Return the rows of a model's answer; the article's own warning speaks for the rules'."""
    return [row for row in rows if row.origin == "model"]


def _unresolved(rows: Iterable[DraftRow]) -> Iterator[Remark]:
    """Yield a warning for each quotation without speaker, and each attribution without source."""
    for shape, alike in groupby(rows, attrgetter("shape")):
        who, field = _source_of(shape)
        for row in alike:
            if field is not None and row.values.get(field.key) is None:
                words = quoted(getattr(row.anchor, "text", ""), 60)
                message = f"{row.path}: the {who} of {words} is not known"
                yield Remark(f"{who}_unresolved", message, row.anchor_span, row.anchor_id)


def _source_of(shape: Shape) -> tuple[str, FieldShape | None]:
    """Return what the row's kind calls the source of its words ("speaker"), and its field.

    ("", None) for a kind whose rows have none.
    """
    kind = shape.rests_on
    if kind is None or kind.source is None:
        return "", None
    names = [field for field in shape.fields if field.kind == "name" and not field.many]
    sources = [field for field in names if kind.canonical.get(field.word) == kind.source]
    return kind.source, next(iter(sources or names), None)


def _empty_required(root: DraftRow) -> Iterator[Remark]:
    """Yield a warning for each required field that is empty, one a field, naming the rows."""
    empty: dict[str, list[str]] = {}
    for draft in (root, *root.rows()):
        for field in draft.shape.mandatory:
            value = draft.values.get(field.key)
            if value is None or value == "":
                name = f"{draft.list_path}[].{field.key}" if draft.path else field.key
                empty.setdefault(name, []).append(draft.path)
    for name, paths in empty.items():
        where = f" in {', '.join(paths[:8])}{' …' if len(paths) > 8 else ''}" if paths[0] else ""
        yield Remark("empty_required", f"{name} is required and empty{where}")


def _cut_sentences(inventory: Inventory) -> Iterator[Remark]:
    """Yield a warning where sentences are too long to be evidence as a whole."""
    cut = [
        Span(sentence.span.start, part.span.end)
        for sentence, part in pairwise(inventory.sentences)
        if part.goes_on and not sentence.goes_on
    ]
    if cut:
        what = "1 sentence is" if len(cut) == 1 else f"{len(cut):,} sentences are"
        message = f"{what} longer than {LONGEST:,} characters: read in parts, each its own evidence"
        yield Remark("long_sentence", message, cut[0])
