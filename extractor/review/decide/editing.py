"""Editing rows: every edit is checked against the schema and the words of the article.

`edited` makes a row from what a reviewer changed, in exactly the form that `record_to_json` writes;
`verify` checks a row, wherever it comes from. Whatever a page or a spreadsheet sends goes through
one of them.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import BaseModel, TypeAdapter, ValidationError

from extractor.errors import EditRefused
from extractor.find.candidates import GAP
from extractor.frozen import frozen
from extractor.record import record_from_json, record_to_json
from extractor.review.claims.claims import Claim
from extractor.review.claims.empty_rows import empty_row, field_json
from extractor.review.claims.json_rows import Json
from extractor.review.decide import selecting
from extractor.schema.shape import FieldShape, Shape, shape_of
from extractor.store.packing import storable
from extractor.text.pydantic_messages import plain_message

if TYPE_CHECKING:
    from extractor.review.desk import Desk

VALUE = "value"  # the key of a row that is one value, not fields
_LONGEST_TEXT = 20_000
_DEEPEST = 20  # of a row's JSON


class NewRow(NamedTuple):
    """What a row that a reviewer adds is about, before there is a claim."""

    article_sha256: str
    schema: str
    kind: str


@frozen
class NameChoice:
    """A name of the article, for a form: {"entity": id} chooses it."""

    id: str  # "P3"
    name: str
    kind: str
    role: str | None
    aliases: tuple[str, ...]
    mentions: tuple[tuple[int, int], ...]  # code points


def row_field(desk: "Desk", schema: str, kind: str) -> FieldShape:
    """Return the field of a schema that holds the rows of a kind. Raises EditRefused."""
    loaded = desk.schema(schema)
    if loaded is None:
        raise EditRefused(f"edits cannot be checked: {desk.why_no_schema(schema)}")
    for field in shape_of(loaded.model).fields:
        if field.key == kind:
            return field
    raise EditRefused(f"the schema {schema!r} has no {kind!r} any more")


def fields_of(desk: "Desk", schema: str, kind: str) -> tuple[FieldShape, ...]:
    """Return the fields that a row of a kind has. Raises EditRefused."""
    field = row_field(desk, schema, kind)
    return field.row.fields if field.row is not None else (field,)


def name_choices(desk: "Desk", claim: Claim | NewRow) -> list[NameChoice]:
    """Return the names of a claim's article, those nearest to its evidence first."""
    at = (claim.start or 0) if isinstance(claim, Claim) else 0
    names = [
        NameChoice(
            entity.id,
            entity.name,
            entity.kind,
            entity.role,
            entity.aliases,
            tuple((mention.span.start, mention.span.end) for mention in entity.mentions),
        )
        for entity in desk.inventory(claim.article_sha256).names
    ]
    return sorted(names, key=lambda name: min((abs(s - at) for s, _ in name.mentions), default=at))


def edited_row(desk: "Desk", claim: Claim | NewRow, changes: dict[str, Json]) -> Json:
    """Return a claim's row, or a new one, with changes made to it.

    By field key: a quotation or attribution is {"spans": [[s, e], …]}, a figure, verbatim or
    sentence {"start", "end"}, a name {"entity": "P3"} | {"mention": [s, e]} | {"name": "typed"};
    anything else its value; null where the field is empty; a list where it holds many. The key of
    a row that is one value is "value". Raises EditRefused with the field.
    """
    sha256, schema, kind = _about(claim)
    field = row_field(desk, schema, kind)
    row = claim.row if isinstance(claim, Claim) else None
    if field.row is None:
        if set(changes) != {VALUE}:
            raise EditRefused(f"this row is one value; give it as {VALUE!r}")
        single = _single(field)
        new_row = _valued(desk, sha256, single, changes[VALUE], None)
    else:
        new_row = _fields(desk, sha256, field.row, row, changes)
    verify(desk, sha256, schema, kind, new_row)
    return new_row


def _about(claim: Claim | NewRow) -> NewRow:
    if isinstance(claim, Claim):
        return NewRow(claim.article_sha256, claim.schema, claim.kind)
    return claim


def _single(field: FieldShape) -> FieldShape:
    """Return the field of one value of a list."""
    return FieldShape(field.name, VALUE, field.kind, False, True, False, field.choices, field.row)


def _fields(
    desk: "Desk", sha256: str, shape: Shape, row: Json, changes: dict[str, Json]
) -> dict[str, Any]:
    """Return a row with some fields changed; what is not named stays as it is."""
    by_key = {field.key: field for field in shape.fields}
    if odd := set(changes) - set(by_key):
        key = str(min(odd))[:60]
        raise EditRefused(f"the schema has no field {key!r} here", key)
    new_row: dict[str, Any] = {**empty_row(shape, None), **(row if isinstance(row, dict) else {})}
    for key, value in changes.items():
        field = by_key[key]
        new = _valued(desk, sha256, field, value, (row or {}).get(key))
        if field is shape.anchor and new is None:
            raise EditRefused(f"{key}: a row cannot do without it; reject the claim instead", key)
        new_row.pop(key, None)
        new_row |= {key: new} if new is None or field.many else field_json(shape, field, new)
    return _canonical(shape.model, new_row)


def _valued(desk: "Desk", sha256: str, field: FieldShape, value: Json, was: Json) -> Json:
    """Return the value of one field."""
    try:
        if field.many:
            if not isinstance(value, list) or len(value) > 1000:
                raise EditRefused("give a list")
            kept = was if isinstance(was, list) else []
            return [item if item in kept else _one(desk, sha256, field, item) for item in value]
        if value is None or value == was:
            return value
        return _kept(value, was, _one(desk, sha256, field, value))
    except EditRefused as error:
        raise EditRefused(f"{field.key}: {error}", field.key) from None


def _kept(change: Json, was: Json, new: Json) -> Json:
    """Return the former name when the same one was chosen again: it keeps its mention."""
    chosen = isinstance(change, dict) and set(change) <= {"entity", "name"}
    if not (chosen and isinstance(was, dict) and was.get("mention")):
        return new
    same = all(was.get(key) == new.get(key) for key in ("name", "kind"))
    return was if same and not new.get("typed") else new


def _one(desk: "Desk", sha256: str, field: FieldShape, value: Json) -> Json:
    """Return one value of a field, made by the finders where it must be the article's words."""
    article, kind = desk.article(sha256), field.kind
    if kind in ("quotation", "attribution"):
        spans = value.get("spans") if isinstance(value, dict) else None
        make = selecting.quotation if kind == "quotation" else selecting.attribution
        return make(article, spans)
    if kind == "verbatim":
        return selecting.verbatim(article, value)
    grounded: dict[str, Callable[..., Json]] = {
        "figure": selecting.figure,
        "sentence": selecting.sentence,
        "name": selecting.name,
    }
    if kind in grounded:
        return grounded[kind](desk.inventory(sha256), value)
    if kind == "choice" and value not in field.choices:
        raise EditRefused(f"choose one of {', '.join(field.choices)}")
    if kind == "text" and (not isinstance(value, str) or len(value) > _LONGEST_TEXT):
        raise EditRefused(f"give a text of at most {_LONGEST_TEXT} characters")
    return storable(value) if isinstance(value, str) else value


# --- checking a row -------------------------------------------------------------------------------


def verify(desk: "Desk", article_sha256: str, schema: str, kind: str, row: Json) -> None:
    """Raise EditRefused unless a row fits its article, word for word, and its schema."""
    if row is None:
        raise EditRefused("there is no row")
    _places(row, desk.article(article_sha256).text, None, 0)
    field = row_field(desk, schema, kind)
    if field.row is None:
        _check_value(_single(field), row)
        return
    if not isinstance(row, dict):
        raise EditRefused("the row has fields, and none are given")
    anchor = field.row.anchor
    if _canonical(field.row.model, row) != row:
        raise EditRefused("the row is not as the schema writes it")
    if anchor is not None:
        spread = anchor.key not in row and "text" in row
        if not spread and row.get(anchor.key) is None:
            raise EditRefused(f"{anchor.key}: a row cannot do without it", anchor.key)
    for field_shape in field.row.fields:
        value = row.get(field_shape.key)
        if field_shape.kind == "choice" and not field_shape.many and value is not None:
            _check_value(field_shape, value)


def _check_value(field: FieldShape, value: Json) -> None:
    """Raise EditRefused unless a value without a place is one that its field may hold."""
    if field.kind == "choice" and value not in field.choices:
        raise EditRefused(f"{field.key}: choose one of {', '.join(field.choices)}", field.key)
    if field.kind == "text" and not isinstance(value, str):
        raise EditRefused(f"{field.key}: give a text", field.key)
    if field.kind == "scalar":
        try:
            TypeAdapter(int | float | bool | str).validate_python(value, strict=True)
        except ValidationError:
            raise EditRefused(f"{field.key}: give a number or a word", field.key) from None


def _canonical(model: type[BaseModel], row: dict[str, Any]) -> dict[str, Any]:
    """Return a row as the schema writes it; names that were typed stay marked."""
    try:
        instance = record_from_json(model, row)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        key = str(first["loc"][0]) if first["loc"] else None
        raise EditRefused(f"{key or 'the row'}: {plain_message(first['msg'])}", key) from None
    except Exception as error:  # a validator of the user's schema may raise anything
        raise EditRefused(f"the schema's own check fails: {type(error).__name__}") from error
    canonical: dict[str, Any] = record_to_json(instance)
    return {key: _marked(value, row.get(key)) for key, value in canonical.items()}


def _marked(value: Json, given: Json) -> Json:
    """Return a value with its typed names marked as they are in `given`."""
    if isinstance(value, list) and isinstance(given, list) and len(value) == len(given):
        return [_marked(item, given_item) for item, given_item in zip(value, given, strict=True)]
    if isinstance(value, dict) and isinstance(given, dict):
        if "mention" in value and given.get("typed") is True and value["mention"] is None:
            return {**value, "typed": True}
        if "mention" not in value:
            return {key: _marked(item, given.get(key)) for key, item in value.items()}
    return value


def _places(value: Json, text: str, field: str | None, depth: int) -> None:
    """Raise EditRefused unless every place in a row holds the words given with it."""
    if depth > _DEEPEST:
        raise EditRefused("the row is too deep")
    if isinstance(value, list):
        for item in value:
            _places(item, text, field, depth + 1)
    if not isinstance(value, dict):
        return
    if value.get("start") is not None or value.get("end") is not None:
        words = _slice(text, value, field)
        if "text" in value and words != value["text"]:
            raise _not_there(field)
    spans = value.get("spans")
    if isinstance(spans, list) and "text" in value:
        words_of = [_slice(text, span, field) for span in spans]
        ends = [span["start"] for span in spans] + [len(text)]
        ordered = all(s["end"] <= end for s, end in zip(spans, ends[1:], strict=True))
        if not (
            words_of and ordered and value["text"] in ("\n\n".join(words_of), GAP.join(words_of))
        ):
            raise _not_there(field)
    for key, item in value.items():
        _places(item, text, key, depth + 1)


def _slice(text: str, place: Json, field: str | None) -> str:
    start = place.get("start") if isinstance(place, dict) else None
    end = place.get("end") if isinstance(place, dict) else None
    if not (isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= len(text)):
        raise _not_there(field)
    return text[start:end]


def _not_there(field: str | None) -> EditRefused:
    what = field or "the row"
    return EditRefused(f"{what}: these are not the article's words; select them there", field)
