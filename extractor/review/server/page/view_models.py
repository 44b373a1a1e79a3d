"""View models: a claim's fields, flags, history and marks in the article, in words for people."""

from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, Literal

from extractor.errors import ReviewError
from extractor.frozen import frozen
from extractor.language.en.morphology import singular
from extractor.record import record_from_json
from extractor.review.claims.claims import UNDECIDED, Claim
from extractor.review.claims.json_rows import Json
from extractor.review.claims.risk import describe, weight
from extractor.review.claims.standing import Decision
from extractor.review.decide.editing import row_field
from extractor.sheet.highlights import Mark
from extractor.sheet.tables import Cell, Column, Item, amount, anchor_column, cells_of, row_kinds
from extractor.text.dates import here_in_words
from extractor.text.printable import one_line
from extractor.text.spans import Span

if TYPE_CHECKING:
    from extractor.review.desk import Desk

STATUS_LABELS = {
    "open": "Open",
    "accepted": "Accepted",
    "corrected": "Corrected",
    "rejected": "Rejected",
    "later": "Later",
}
REASON_LABELS = {
    "not_a_quotation": "Not a quotation",
    "wrong_speaker": "Wrong speaker",
    "wrong_span": "Wrong span",
    "duplicate": "Duplicate",
    "out_of_scope": "Out of scope",
    "other": "Other",
}
_NO_NOUNS = frozenset(("by", "for", "from", "in", "of", "on", "to", "who", "whom", "with"))
_ACTION_LABELS = {
    "accept": "accepted it",
    "correct": "corrected it",
    "reject": "rejected it",
    "later": "put it off",
    "undo": "took the last decision back",
    "add": "added it as missed",
    "settle": "kept it as decided",
}
DiffKind = Literal["same", "gone", "new"]
_GRAVE = 0.6  # flags of this weight and more are shown in red
_LONG = 2_000  # code points of a value shown beside the article; the article has them all
_COMPARED = 400  # words of a value that are compared one by one
_BESIDE = 25  # code points shown before and after a figure
_AROUND = 4  # words shown before and after what has changed


@frozen
class FieldView:
    """One field of a row as the page shows it."""

    column: Column
    items: tuple[Item, ...]
    is_anchor: bool  # whether the row rests on it

    @property
    def text(self) -> str:
        """The items on one line."""
        return "; ".join(item_text(item) for item in self.items)


@frozen
class FieldChange:
    """A field in which two rows differ."""

    label: str
    parts: tuple[tuple[DiffKind, str], ...]  # in order: kept, removed and added words


@frozen
class HistoryEntry:
    """An entry of a claim's history."""

    decision: Decision
    done: str
    reason: str | None
    changes: tuple[FieldChange, ...]
    taken_back: bool


def kind_label(kind: str) -> str:
    """Return a row kind's name for one row: "sanction_terms" as "Sanction term"."""
    return singular(kind.replace("_", " ").strip()).capitalize()


def reasons_of(desk: "Desk", schema: str, kind: str) -> dict[str, str]:
    """Return the reasons to reject a row of a kind, by code, in words that fit the kind.

    A kind that names nobody has no wrong name.
    """
    columns = columns_of(desk, schema, kind)
    number = anchor_column(columns)
    names = [one_line(column.label) for column in columns if column.role == "name"]
    reasons = dict(REASON_LABELS)
    if number is None or columns[number].role not in ("quotation", "attribution"):
        label = kind_label(kind).lower()
        reasons["not_a_quotation"] = f"Not {'an' if label[:1] in 'aeiou' else 'a'} {label}"
    elif columns[number].role == "attribution":
        reasons["not_a_quotation"] = "Not an attribution"
    if names:
        called = names[0].lower()
        reasons["wrong_speaker"] = f"Wrong {'name' if called in _NO_NOUNS else called}"
    else:
        del reasons["wrong_speaker"]
    return reasons


def flags_of(claim: Claim) -> list[tuple[str, bool]]:
    """Return a claim's flags in words, each with whether it is grave."""
    return [(describe(flag), weight(flag) >= _GRAVE) for flag in claim.flags]


def fields_of(desk: "Desk", schema: str, kind: str, row: Json) -> list[FieldView]:
    """Return every field of a row, empty ones too, the anchor first."""
    if row is None:
        return []
    columns = columns_of(desk, schema, kind)
    cells = _cells(desk, schema, kind, row, columns)
    anchor = anchor_column(columns)
    shown = [
        FieldView(column, cell.items, number == anchor)
        for number, (column, cell) in enumerate(zip(columns, cells, strict=True))
    ]
    return sorted(shown, key=lambda field: not field.is_anchor)


def columns_of(desk: "Desk", schema: str, kind: str) -> tuple[Column, ...]:
    """Return the columns of a row kind; a single one when its schema is gone."""
    loaded = desk.schema(schema)
    columns_by_kind = row_kinds(loaded.model) if loaded else {}
    return columns_by_kind.get(kind, (Column(kind, "plain"),))


def _cells(
    desk: "Desk", schema: str, kind: str, row: Json, columns: tuple[Column, ...]
) -> tuple[Cell, ...]:
    """Return a row's cells; of a row that does not fit its schema any more, its words alone."""
    try:
        return cells_of(_value(desk, schema, kind, row), columns)
    except (
        ReviewError,
        ValueError,
        TypeError,
        KeyError,
    ):  # of a schema that is gone or has changed
        words = row.get("text") if isinstance(row, dict) else row
        shown = Cell((Item(str(words if words is not None else row)),))
        return (shown, *[Cell()] * (len(columns) - 1))


def _value(desk: "Desk", schema: str, kind: str, row: Json) -> Any:
    """Return what the JSON of a row stands for: an instance of its model, or a single value."""
    field = row_field(desk, schema, kind)
    if field.row is not None:
        return record_from_json(field.row.model, row)
    grounded = field.value_type
    return grounded.from_json(row) if grounded and isinstance(row, dict) else row


def item_text(item: Item) -> str:
    """Return a value for people, on one line: a figure with what it amounts to."""
    words = clipped(one_line(item.text))
    if item.role == "figure" and item.value is not None:
        worth = one_line(amount(item.value))
        if worth and worth != item.text:
            return f"{words} ({worth})"
    if item.mention is not None:
        return f"{words} (“{one_line(item.mention)[:80]}”)"
    return words


def clipped(text: str, most: int = _LONG) -> str:
    """Return a text, cut after `most` code points, with its length."""
    return text if len(text) <= most else f"{text[:most]} … ({len(text):,} characters)"


def summary(fields: Sequence[FieldView]) -> list[tuple[str, bool]]:
    """Return a row's further values in a few words each, and whether each is a name.

    Of words that somebody said, that nobody is known to have said them is told as well.
    """
    values = []
    lead = next((field for field in fields if field.is_anchor and field.items), None)
    if lead and lead.items[0].role == "figure" and lead.items[0].value is not None:
        worth = amount(lead.items[0].value)
        if worth and worth.replace(",", "") != lead.items[0].text.replace(",", ""):
            values.append((worth, False))
    quoted = lead is not None and lead.column.role in ("quotation", "attribution")
    names = [field for field in fields if field.column.role == "name"]
    if quoted and names and not names[0].items:
        values.append((f"no {one_line(names[0].column.label)}", False))
    for field in fields:
        if not field.is_anchor and field.items:
            words = "; ".join(one_line(item.text)[:80] for item in field.items[:3])
            values.append((words[:120], field.column.role == "name"))
    return values[:4]


def words_around(desk: "Desk", claim: Claim, fields: Sequence[FieldView]) -> list[tuple[str, bool]]:
    """Return the words around a figure, for a row that says not even what it counts."""
    lead = next((field for field in fields if field.is_anchor and field.items), None)
    if lead is None or lead.items[0].role != "figure" or claim.start is None or claim.end is None:
        return []
    text = desk.article(claim.article_sha256).text
    line = text.rfind("\n", 0, claim.start) + 1
    before = text[max(line, claim.start - _BESIDE) : claim.start]
    if claim.start - _BESIDE > line:
        before = f"…{before.partition(' ')[2]}"
    after = text[claim.end : claim.end + _BESIDE].partition("\n")[0]
    if len(after) == _BESIDE:
        after = f"{after.rpartition(' ')[0]}…"
    return [(one_line(f"{before}{text[claim.start : claim.end]}{after}"), False)]


def changed_fields(
    before: Sequence[FieldView], after: Sequence[FieldView]
) -> tuple[FieldChange, ...]:
    """Return the fields in which two rows differ, in words or only in their places."""
    old = {field.column.name: field for field in before}
    changes = []
    for field in after:
        was = old.get(field.column.name)
        label = one_line(field.column.label)
        if was is None or was.text != field.text:
            changes.append(FieldChange(label, word_diff(was.text if was else "", field.text)))
        elif [item.spans for item in was.items] != [item.spans for item in field.items]:
            changes.append(
                FieldChange(label, (("same", clipped(field.text, 80)), ("new", "elsewhere")))
            )
    return tuple(changes)


def word_diff(before: str, after: str) -> tuple[tuple[DiffKind, str], ...]:
    """Return the difference of two texts word by word; long unchanged stretches are shortened."""
    old, new = before.split(), after.split()
    if not old or not new or max(len(old), len(new)) > _COMPARED:
        return ("gone", clipped(before, 300) or "nothing"), (
            "new",
            clipped(after, 300) or "nothing",
        )
    parts: list[tuple[DiffKind, str]] = []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for what, a, b, c, d in matcher.get_opcodes():
        if what == "equal":
            words = old[a:b]
            if len(words) > 2 * _AROUND + 1:
                first = words[:_AROUND] if a else []
                last = words[-_AROUND:] if b < len(old) or d < len(new) else []
                words = [*first, "…", *last]
            parts.append(("same", " ".join(words)))
            continue
        if b > a:
            parts.append(("gone", " ".join(old[a:b])))
        if d > c:
            parts.append(("new", " ".join(new[c:d])))
    return tuple(parts)


def history_entries(desk: "Desk", claim: Claim, log: Sequence[Decision]) -> list[HistoryEntry]:
    """Return a claim's history for people, the latest entry first."""
    undone = {decision.undoes for decision in log}
    reasons = REASON_LABELS | reasons_of(desk, claim.schema, claim.kind)

    def fields(row: Json) -> list[FieldView]:
        return fields_of(desk, claim.schema, claim.kind, row)

    entries = []
    for decision in log:
        if decision.second:
            continue
        changed = decision.action == "correct"
        entries.append(
            HistoryEntry(
                decision,
                _ACTION_LABELS.get(decision.action, decision.action),
                reasons.get(decision.reason) if decision.reason else None,
                changed_fields(fields(decision.before), fields(decision.after)) if changed else (),
                decision.id in undone,
            )
        )
    return entries[::-1]


def when(at: float | None) -> str:
    """Return a time for people, in this machine's zone."""
    return "" if at is None else here_in_words(at)


# --- marks in the article ----------------------------------------------------------------------

LEGEND = {
    "quotation": "Quotation",
    "attribution": "Attribution",
    "name": "Speaker, name",
    "cue": "Cue",
    "figure": "Figure",
    "unaccounted": "In no row",
    "phrase": "Detail",
    "dismissed": "Rejected",
}


def dom_id(claim: Claim) -> str:
    """Return the id that a claim's marks carry in the page."""
    return f"c-{claim.id}"


def marks(desk: "Desk", claims: Iterable[Claim]) -> tuple[list[Mark], dict[str, str]]:
    """Return a mark for every place in the claims' rows, and the legend: look -> name."""
    lines: dict[str, str] = {}  # row kinds that rest on sentences, each with a line of its own
    all_marks = [mark for claim in claims for mark in _marks(desk, claim, lines)]
    present = {mark.look.split()[0] for mark in all_marks}
    names = LEGEND | {look: kind_label(kind) for kind, look in lines.items()}
    return all_marks, {look: name for look, name in names.items() if look in present}


def _marks(desk: "Desk", claim: Claim, lines: dict[str, str]) -> Iterator[Mark]:
    """Yield the marks of one claim; `lines` names the looks of kinds that rest on sentences."""
    led = False
    for field in fields_of(desk, claim.schema, claim.kind, claim.row):
        look: str = field.column.role
        if look == "sentence":
            look = lines.setdefault(claim.kind, f"e{len(lines) % 4 + 1}")
        elif field.column.name.rpartition(".")[2] == "cue":
            look = "cue"
        if field.is_anchor and claim.status == "rejected":
            look = "dismissed"
        elif field.is_anchor and claim.origin == "candidate" and claim.status in UNDECIDED:
            look = "unaccounted"
        if field.is_anchor:
            look += " lead"
        tip = f"{kind_label(claim.kind)}: {one_line(field.column.label)}"
        for item in field.items:
            for span in item.spans:
                is_anchor = field.is_anchor and not led
                led = led or is_anchor
                yield Mark(span, look, dom_id(claim), tip, is_anchor)
    if not led and claim.start is not None and claim.end is not None:
        yield Mark(Span(claim.start, claim.end), "phrase", dom_id(claim), "evidence", True)
