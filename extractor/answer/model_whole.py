"""The plan "whole": one question an article, or one for each part of a long one."""

from typing import Any

from extractor.answer.answers import Answer
from extractor.answer.harvest import Harvest, read_cut_json, read_json, row_key
from extractor.answer.markup import list_names, mark_up, one_line, parts_of, unmarked
from extractor.answer.prompt import Prompts, described
from extractor.answer.questions import Asked
from extractor.answer.transport import Question
from extractor.answer.wire import strict
from extractor.find.inventory import Inventory
from extractor.settings import Settings
from extractor.shapes import FieldShape, Shape, shape_of
from extractor.spans import Span

DISMISSED = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "id": {"type": "string", "pattern": "^[QNT][0-9]+$"},
            "reason": {"type": "string"},
        },
    },
}


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
    return part_questions(prompts, settings, inventory, keys, wanted) if keys else []


def part_questions(
    prompts: Prompts,
    settings: Settings,
    inventory: Inventory,
    keys: list[str],
    wanted: frozenset[str] | None,
) -> list[Asked]:
    """Return one question for each part of the article, on the root fields in `keys`."""
    shape = shape_of(prompts.schema.model)
    asked_shape = Shape(shape.model, tuple(f for f in shape.fields if f.key in keys), None, None)
    schema, is_strict = strict(_wire(shape, asked_shape))
    parts = parts_of(inventory, settings.part_characters)
    asked = []
    for number, part in enumerate(parts, start=1):
        harvest = Harvest(inventory, asked_shape, part, wanted)
        user = prompts.render(
            "whole",
            schema=described(prompts.schema.name, asked_shape),
            wanted=_shown(wanted, harvest, asked_shape) if wanted is not None else None,
            **_context(inventory, asked_shape, part),
        )
        question = Question(prompts.render("system"), user, prompts.schema.name, schema, is_strict)
        about = f"part {number} of {len(parts)}" if len(parts) > 1 else "the article"
        asked.append(Asked(question, harvest, about, _read, _read_cut))
    return asked


def _read(text: str) -> dict[str, Any]:
    return dict(unmarked(read_json(text)))


def _read_cut(text: str) -> dict[str, Any]:
    return dict(unmarked(read_cut_json(text)))


def _is_open(asked: FieldShape, by_rules: Answer, wanted: frozenset[str]) -> bool:
    """Tell whether a root field still has something to ask when the rules have answered."""
    if asked.row is None or not asked.many:
        return by_rules.data.get(asked.key) in (None, "", [])
    if asked.row.anchor is None:
        return True
    anchor = asked.row.anchor.key
    rows = by_rules.data.get(asked.key) or []
    return any(row_key(asked, str(row.get(anchor))) in wanted for row in rows)


def _wire(shape: Shape, asked: Shape) -> dict[str, Any]:
    schema = shape.model.model_json_schema()
    keys = {field.key for field in asked.fields}
    schema["properties"] = {k: v for k, v in schema["properties"].items() if k in keys}
    if _dismisses(asked):
        schema["properties"]["dismissed"] = DISMISSED
    return schema


def _dismisses(asked: Shape) -> bool:
    audited = any(asked.asks_for(kind) for kind in ("quotation", "figure", "sanction"))
    return audited and all(field.key != "dismissed" for field in asked.fields)


def _context(inventory: Inventory, asked: Shape, part: Span) -> dict[str, Any]:
    """Return what the template needs of one part of the article."""
    kinds = set(described("", asked)["kinds"])
    marked: set[str] = set()
    if "sentence" in kinds:
        marked |= {s.id for s in inventory.sentences}
    if "quotation" in kinds:
        marked |= {q.id for q in inventory.quotations}
    if "figure" in kinds:
        marked |= {n.id for n in inventory.figures}
    if "name" in kinds:
        marked |= {e.id for e in inventory.names}
    statements = [
        {"id": t.id, "sentence": t.sentence, "text": one_line(inventory.text_of(t.span))}
        for t in inventory.statements
        if asked.asks_for("sanction") and part.contains(t.span)
    ]
    title = inventory.article.title
    return {
        "title": one_line(title) if title else None,
        "article": mark_up(inventory, part, marked).strip(),
        "names": list_names(inventory, [part]) if "name" in kinds else [],
        "statements": statements,
        "dismisses": _dismisses(asked),
    }


def _shown(wanted: frozenset[str], harvest: Harvest, asked: Shape) -> list[str]:
    """Return the wanted ids of this part, as the model reads them."""
    shown = list(harvest.candidates())
    for field in asked.fields:
        if field.row and field.row.rests_on == "release":
            ids = [key.partition(":")[2] for key in sorted(wanted) if key.startswith(field.key)]
            shown += [f"{id_} ({field.key})" for id_ in ids]
    return shown
