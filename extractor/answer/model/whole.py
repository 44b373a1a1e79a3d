"""The plan "whole": one question an article, or one for each part of a long one."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

from extractor.answer.endpoint.messages import Question
from extractor.answer.model.judge import Asked, Judge, read_cut_json, read_json
from extractor.answer.model.markup import list_names, mark_up, one_line, parts_of, unmarked
from extractor.answer.model.prompt import Prompts, described
from extractor.answers import Answer, row_key
from extractor.find.inventory import Inventory
from extractor.kinds import accountable_kinds, all_kinds
from extractor.schema.shape import FieldShape, Shape, shape_of
from extractor.schema.wire import Shared, schema_of, strict
from extractor.settings import Settings
from extractor.text.spans import Span

Reader = Callable[[str], dict[str, Any]]


def whole_questions(
    prompts: Prompts,
    settings: Settings,
    inventory: Inventory,
    by_rules: Answer,
    wanted: frozenset[str] | None,
) -> list[Asked]:
    """Return the questions about one article; none when `wanted` leaves nothing to ask."""
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
) -> list[Asked]:
    """Return one question for each part of the article, on the root fields in `keys`.

    What is a matter of form is not asked, but taken from `by_rules` where that is given.
    """
    form = _form_of(prompts.schema.name, prompts.schema.model, tuple(keys), by_rules is None)
    read = _reader(form.asked, by_rules or Answer({}))
    parts = parts_of(inventory, settings.part_characters)
    asked = []
    for number, part in enumerate(parts, start=1):
        judge = Judge(inventory, form.asked, part, wanted)
        user = prompts.render(
            "whole",
            schema=form.described,
            wanted=_shown(wanted, judge, form.asked) if wanted is not None else None,
            **_context(inventory, form, part),
        )
        question = Question(prompts.system, user, prompts.schema.name, form.wire, form.is_strict)
        about = f"part {number} of {len(parts)}" if len(parts) > 1 else "the article"
        asked.append(Asked(question, judge, about, read(read_json), read(read_cut_json)))
    return asked


def _reader(shape: Shape, by_rules: Answer) -> Callable[[Reader], Reader]:
    """Return what makes a reader of answers one that puts in what was not asked."""
    forms = {
        listed.key: (listed.row.anchor.key, settled)
        for listed in shape.fields
        if listed.row and listed.row.anchor and (settled := form_of_rows(listed, by_rules))
    }

    def make(read: Reader) -> Reader:
        def read_whole(text: str) -> dict[str, Any]:
            data = dict(unmarked(read(text)))
            for key, (anchor, settled) in forms.items():
                for row in data[key] if isinstance(data.get(key), list) else ():
                    if isinstance(row, dict):
                        id_ = str(row.get(anchor)).strip("[]() \t\n").upper()
                        row.update(settled.get(id_, {}))
            return data

        return read_whole

    return make


def matters_of_form(row: Shape) -> frozenset[str]:
    """Return the keys of the fields that no model is asked: what the candidate itself shows.

    An attribution's cue, kind and quotations are as certain as a figure's value is; whose it is,
    and whether it is one, is what a model can tell.
    """
    kind = row.rests_on
    if kind is None or not kind.shown:
        return frozenset()
    others = [f for f in row.fields if f is not row.anchor]
    return frozenset(f.key for f in others if kind.canonical.get(f.word) in kind.shown)


def form_of_rows(listed: FieldShape, by_rules: Answer) -> dict[str, dict[str, Any]]:
    """Return the matters of form of the rules' rows, by the ids that the rows rest on."""
    formal = matters_of_form(listed.row) if listed.row else frozenset()
    if not formal or listed.row is None or listed.row.anchor is None:
        return {}
    anchor = listed.row.anchor.key
    rows = by_rules.data.get(listed.key) or []
    return {row[anchor]: {key: row[key] for key in formal & row.keys()} for row in rows}


def _without_form(shape: Shape) -> Shape:
    """Return a shape without what is not asked."""
    fields = []
    for listed in shape.fields:
        row = listed.row
        if row is not None and (formal := matters_of_form(row)):
            row = replace(row, fields=tuple(f for f in row.fields if f.key not in formal))
        fields.append(replace(listed, row=row))
    return replace(shape, fields=tuple(fields))


def _is_open(asked: FieldShape, by_rules: Answer, wanted: frozenset[str]) -> bool:
    """Tell whether a root field still has something to ask when the rules have answered."""
    if asked.row is None or not asked.many:
        return by_rules.data.get(asked.key) in (None, "", [])
    if asked.row.anchor is None:
        return True
    anchor = asked.row.anchor.key
    rows = by_rules.data.get(asked.key) or []
    return any(row_key(asked, str(row.get(anchor))) in wanted for row in rows)


@dataclass(frozen=True, slots=True)
class _Form:
    """What all questions on some fields of a schema share; nobody may change it."""

    asked: Shape  # the fields
    told: Shape  # the same without matters of form
    described: dict[str, Any]  # `told` as templates see it
    wire: Shared  # the JSON schema of an answer
    is_strict: bool
    dismisses: bool  # whether ids can be dismissed


@lru_cache(maxsize=64)
def _form_of(name: str, model: type[BaseModel], keys: tuple[str, ...], whole: bool) -> _Form:
    """Return the form of questions on the root fields `keys`; `whole`: matters of form as well."""
    shape = shape_of(model)
    asked = Shape(model, tuple(f for f in shape.fields if f.key in keys), None, None)
    told = asked if whole else _without_form(asked)
    wire, is_strict = strict(_wire(shape, told))
    return _Form(asked, told, described(name, told), Shared(wire), is_strict, _dismisses(told))


def _wire(shape: Shape, asked: Shape) -> dict[str, Any]:
    schema = schema_of(shape.model)
    keys = {field.key for field in asked.fields}
    schema["properties"] = {k: v for k, v in schema["properties"].items() if k in keys}
    for listed in asked.fields:
        if listed.row is not None and listed.row.rests_on and listed.row.rests_on.shown:
            reference = schema["properties"][listed.key].get("items", {}).get("$ref", "")
            row = schema.get("$defs", {}).get(reference.rpartition("/")[2], {})
            told = {field.key for field in listed.row.fields}
            row["properties"] = {k: v for k, v in row.get("properties", {}).items() if k in told}
    if _dismisses(asked):
        schema["properties"]["dismissed"] = _dismissed(asked)
    return schema


def _dismissed(asked: Shape) -> dict[str, Any]:
    kinds = [kind for kind in accountable_kinds() if kind.is_everywhere or asked.asks_for(kind)]
    letters = "".join(kind.letter for kind in kinds)
    properties = {
        "id": {"type": "string", "pattern": f"^[{letters}][0-9]+$"},
        "reason": {"type": "string"},
    }
    return {"type": "array", "items": {"type": "object", "properties": properties}}


def _dismisses(asked: Shape) -> bool:
    audited = any(asked.asks_for(kind) for kind in accountable_kinds())
    return audited and all(field.key != "dismissed" for field in asked.fields)


def _context(inventory: Inventory, form: _Form, part: Span) -> dict[str, Any]:
    """Return what the template needs of one part of the article."""
    kinds = form.described["kinds"]
    marked: set[str] = set()
    for kind in all_kinds():
        if kind.name in kinds:
            marked |= {candidate.id for candidate in kind.candidates(inventory)}
    statements = [
        {
            "id": candidate.id,
            "sentence": kind.anchor_id(candidate),
            "text": one_line(inventory.text_of(kind.span(candidate))),
        }
        for kind in accountable_kinds()
        if kind.marking == "listed" and form.told.asks_for(kind)
        for candidate in kind.candidates(inventory)
        if part.contains(kind.span(candidate))
    ]
    title = inventory.article.title
    return {
        "title": one_line(title) if title else None,
        "article": mark_up(inventory, part, marked).strip(),
        "names": list_names(inventory, part) if "name" in kinds else [],
        "statements": statements,
        "dismisses": form.dismisses,
    }


def _shown(wanted: frozenset[str], judge: Judge, asked: Shape) -> list[str]:
    """Return the wanted ids of this part, as the model reads them."""
    shown = list(judge.candidates())
    for field in asked.fields:
        kind = field.row.rests_on if field.row is not None else None
        if kind is not None and kind.rated and not kind.accountable:
            ids = [key.partition(":")[2] for key in sorted(wanted) if key.startswith(field.key)]
            shown += [f"{id_} ({field.key})" for id_ in ids]
    return shown
