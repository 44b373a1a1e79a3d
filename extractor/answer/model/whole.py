"""Makes the questions of the plan "whole": one an article, or one for each part of a long one."""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

from pydantic import BaseModel

from extractor.answer.endpoint.messages import Question
from extractor.answer.model.choices import offer, shown_values, without_shown
from extractor.answer.model.judge import Judge, PendingQuestion, read_cut_json, read_json
from extractor.answer.model.markup import (
    Mark,
    has_turn,
    list_names,
    marks_for,
    one_line,
    parts_of,
    unmarked,
    written_in,
)
from extractor.answer.model.prompt import Prompts, described
from extractor.answers import Answer, row_key
from extractor.find.inventory import Inventory
from extractor.frozen import frozen
from extractor.kinds import accountable_kinds, all_kinds
from extractor.schema.shape import FieldShape, Shape, shape_of
from extractor.schema.wire import Shared, schema_of, strict
from extractor.settings import Settings
from extractor.text.spans import Span

Parser = Callable[[str], dict[str, Any]]
# By the key of a list: the key of its rows' anchor, and by the anchor's id the evident fields.
EvidentValues = dict[str, tuple[str, dict[str, dict[str, Any]]]]


def whole_questions(
    prompts: Prompts,
    settings: Settings,
    inventory: Inventory,
    by_rules: Answer,
    wanted: frozenset[str] | None,
) -> list[PendingQuestion]:
    """Return the questions about one article; none when `wanted` leaves nothing to ask.

    `wanted`: the keys of rows and ids of candidates to ask about; None for all.
    """
    shape = shape_of(prompts.schema.model)
    keys = [f.key for f in shape.fields if wanted is None or _is_open(f, by_rules, wanted)]
    if not keys:
        return []
    return part_questions(prompts, settings, inventory, keys, wanted, by_rules)


def part_questions(
    prompts: Prompts,
    settings: Settings,
    inventory: Inventory,
    keys: list[str],
    wanted: frozenset[str] | None,
    by_rules: Answer | None = None,
) -> list[PendingQuestion]:
    """Return one question for each part of the article, on the root fields in `keys`.

    Fields that the candidates themselves show are not asked, but filled from `by_rules` where
    that is given.
    """
    setup = _setup_of(prompts.schema.name, prompts.schema.model, tuple(keys), by_rules is None)
    evident = {
        listed.key: (listed.row.anchor.key, values)
        for listed in setup.accepted.fields
        if listed.row and listed.row.anchor and (values := evident_values(listed, by_rules))
    }
    parts = parts_of(inventory, settings.part_characters)
    marks = marks_for(inventory, _marked(inventory, setup))
    pending = []
    for number, part in enumerate(parts, start=1):
        judge = Judge(inventory, setup.accepted, part, wanted)
        user = prompts.render(
            "whole",
            schema=setup.described,
            wanted=_shown(wanted, judge, setup.accepted) if wanted is not None else None,
            **_context(inventory, setup, part, marks),
        )
        question = Question(prompts.system, user, prompts.schema.name, setup.wire, setup.is_strict)
        about = f"part {number} of {len(parts)}" if len(parts) > 1 else "the article"
        reader = partial(_read, read_json, evident)
        cut_reader = partial(_read, read_cut_json, evident)
        pending.append(PendingQuestion(question, judge, about, reader, cut_reader))
    return pending


def _read(parse: Parser, evident: EvidentValues, text: str) -> dict[str, Any]:
    """Return an answer's object without copied marks, and with what was not asked put in."""
    data = dict(unmarked(parse(text)))
    for key, (anchor, values) in evident.items():
        for row in data[key] if isinstance(data.get(key), list) else ():
            if isinstance(row, dict):
                id_ = str(row.get(anchor)).strip("[]() \t\n").upper()
                row.update(values.get(id_, {}))
    return data


def evident_fields(row: Shape) -> frozenset[str]:
    """Return the keys of the fields that no model is asked: what the candidate itself shows.

    An attribution's cue, kind and quotations are as certain as a figure's value is; whose it is,
    and whether it is one, is what a model can tell.
    """
    kind = row.rests_on
    if kind is None or not kind.evident:
        return frozenset()
    others = [f for f in row.fields if f is not row.anchor]
    return frozenset(f.key for f in others if kind.canonical.get(f.word) in kind.evident)


def evident_values(listed: FieldShape, by_rules: Answer | None) -> dict[str, dict[str, Any]]:
    """Return the evident fields of the rules' rows, by the ids that the rows rest on."""
    if by_rules is None or listed.row is None or listed.row.anchor is None:
        return {}
    evident, shown = evident_fields(listed.row), shown_values(listed.row)
    if not evident and not shown:
        return {}
    anchor = listed.row.anchor.key
    values: dict[str, dict[str, Any]] = {}
    for row in by_rules.data.get(listed.key) or []:
        kept = {key: row[key] for key in evident & row.keys()}
        kept |= {key: row[key] for key, known in shown.items() if row.get(key) in known}
        if kept or evident:
            values[row[anchor]] = kept
    return values


def _without_evident_fields(shape: Shape) -> Shape:
    """Return a shape without the fields that no model is asked."""
    fields = []
    for listed in shape.fields:
        row = listed.row
        if row is not None and (evident := evident_fields(row)):
            row = replace(row, fields=tuple(f for f in row.fields if f.key not in evident))
        fields.append(replace(listed, row=row))
    return replace(shape, fields=tuple(fields))


def _is_open(asked: FieldShape, by_rules: Answer, wanted: frozenset[str]) -> bool:
    """Return whether a root field still has something to ask when the rules have answered."""
    if asked.row is None or not asked.many:
        return by_rules.data.get(asked.key) in (None, "", [])
    if asked.row.anchor is None:
        return True
    anchor = asked.row.anchor.key
    rows = by_rules.data.get(asked.key) or []
    return any(row_key(asked, str(row.get(anchor))) in wanted for row in rows)


@frozen
class _Setup:
    """What all questions on some fields of a schema share."""

    accepted: Shape  # the fields that an answer fills in the end
    asked: Shape  # the same without evident fields
    described: dict[str, Any]  # `asked` as templates see it
    wire: Shared  # the JSON schema of an answer
    is_strict: bool
    dismisses: bool  # whether ids can be dismissed


@lru_cache(maxsize=64)
def _setup_of(name: str, model: type[BaseModel], keys: tuple[str, ...], asks_all: bool) -> _Setup:
    """Return what questions on the root fields `keys` share; `asks_all`: on evident fields too."""
    shape = shape_of(model)
    accepted = Shape(model, tuple(f for f in shape.fields if f.key in keys), None, None)
    asked = without_shown(accepted if asks_all else _without_evident_fields(accepted))
    wire, is_strict = strict(_wire(shape, asked))
    return _Setup(
        accepted, asked, described(name, asked), Shared(wire), is_strict, _dismisses(asked)
    )


def _wire(shape: Shape, asked: Shape) -> dict[str, Any]:
    """Return the JSON schema of an answer on the fields of `asked`, with `dismissed`."""
    schema = schema_of(shape.model)
    keys = {field.key for field in asked.fields}
    schema["properties"] = {k: v for k, v in schema["properties"].items() if k in keys}
    for listed in asked.fields:
        kind = listed.row.rests_on if listed.row is not None else None
        if listed.row is not None and kind is not None and (kind.evident or kind.shown):
            reference = schema["properties"][listed.key].get("items", {}).get("$ref", "")
            row = schema.get("$defs", {}).get(reference.rpartition("/")[2], {})
            if kind.evident:
                kept = {field.key for field in listed.row.fields}
                every = row.get("properties", {}).items()
                row["properties"] = {key: value for key, value in every if key in kept}
            offer(row.get("properties", {}), listed.row)
    if _dismisses(asked):
        schema["properties"]["dismissed"] = _dismissed(asked)
    return schema


def _dismissed(asked: Shape) -> dict[str, Any]:
    """Return the JSON schema of the list of dismissals: an id and a reason each."""
    kinds = [kind for kind in accountable_kinds() if kind.is_everywhere or asked.asks_for(kind)]
    letters = "".join(kind.letter for kind in kinds)
    properties = {
        "id": {"type": "string", "pattern": f"^[{letters}][0-9]+$"},
        "reason": {"type": "string"},
    }
    return {"type": "array", "items": {"type": "object", "properties": properties}}


def _dismisses(asked: Shape) -> bool:
    """Return whether an answer may dismiss ids; not where the schema has such a field itself."""
    audited = any(asked.asks_for(kind) for kind in accountable_kinds())
    return audited and all(field.key != "dismissed" for field in asked.fields)


def _marked(inventory: Inventory, setup: _Setup) -> set[str]:
    """Return the ids of all candidates that the fields may hold."""
    marked: set[str] = set()
    for kind in all_kinds():
        if kind.name in setup.described["kinds"]:
            marked |= {candidate.id for candidate in kind.candidates(inventory)}
    return marked


def _context(inventory: Inventory, setup: _Setup, part: Span, marks: list[Mark]) -> dict[str, Any]:
    """Return the template's variables on one part of the article; `marks` are of all of it."""
    kinds = setup.described["kinds"]
    statements = [
        {
            "id": candidate.id,
            "sentence": kind.anchor_id(candidate),
            "text": one_line(inventory.text_of(kind.span(candidate))),
        }
        for kind in accountable_kinds()
        if kind.marking == "listed" and setup.asked.asks_for(kind)
        for candidate in kind.candidates(inventory)
        if part.contains(kind.span(candidate))
    ]
    title = inventory.article.title
    return {
        "title": one_line(title) if title else None,
        "article": written_in(inventory, part, marks).strip(),
        "names": list_names(inventory, part) if "name" in kinds else [],
        "statements": statements,
        "dismisses": setup.dismisses,
        "turns": has_turn(inventory, part),
    }


def _shown(wanted: frozenset[str], judge: Judge, asked: Shape) -> list[str]:
    """Return the wanted ids of the judge's part, as the model reads them."""
    shown = list(judge.candidates())
    for field in asked.fields:
        kind = field.row.rests_on if field.row is not None else None
        if kind is not None and kind.has_confidence and not kind.accountable:
            ids = [key.partition(":")[2] for key in sorted(wanted) if key.startswith(field.key)]
            shown += [f"{id_} ({field.key})" for id_ in ids]
    return shown
