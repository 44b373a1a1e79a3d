"""Finds where a model and the rules say different things about the same candidate."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from extractor.answers import Answer
from extractor.article import Remark
from extractor.check.resolve import DraftRow, resolve
from extractor.fields import Name
from extractor.find.inventory import Inventory
from extractor.kinds import all_kinds
from extractor.schema.shape import FieldShape, Shape
from extractor.text.phrases import quoted


def disagreements(
    inventory: Inventory, shape: Shape, rows: Iterable[DraftRow], answer: Answer, by_rules: Answer
) -> list[Remark]:
    """Return a warning for each name or choice that differs, and each candidate only one uses."""
    by_model = _by_key(row for row in rows if row.origin == "model")
    root, _ = resolve(inventory, shape, _to_compare(shape, by_rules.data, by_model))
    rules_rows = _by_key(root.rows())
    remarks = []
    for key, model_rows in by_model.items():
        others = rules_rows.get(key, [])
        # Several rows on one sentence: which is which is not known, so nothing is compared.
        if len(model_rows) == len(others) == 1:
            remarks += _compare(model_rows[0], others[0])
    return remarks + _dismissed_by_one(inventory, by_model, answer, by_rules)


def _to_compare(
    shape: Shape, data: dict[str, Any], by_model: dict[str, list[DraftRow]]
) -> dict[str, Any]:
    """Return the rules' data without the rows that say what the model's row says: most do.

    They are compared by their ids, before anything is grounded, as that is quicker.
    """
    kept = dict(data)
    for listed in shape.fields:
        row, rules_rows = listed.row, data.get(listed.key)
        if row is None or row.anchor is None or row.row_keys or not listed.many or not rules_rows:
            continue
        anchor = row.anchor.key
        often = Counter(rules_row.get(anchor) for rules_row in rules_rows)
        compared = [f for f in row.fields if _is_compared(f, row)]
        kept[listed.key] = [
            rules_row
            for rules_row in rules_rows
            if often[id_ := rules_row.get(anchor)] > 1
            or len(same := by_model.get(f"{listed.key}:{id_}", [])) != 1
            or not all(_agrees(same[0].values.get(f.key), rules_row.get(f.key)) for f in compared)
        ]
    return kept


def _is_compared(field: FieldShape, row: Shape) -> bool:
    """Return whether a field's value is compared: single names and choices, but the anchor."""
    return field.kind in ("name", "choice") and not field.many and field is not row.anchor


def _agrees(by_model: Any, by_rules: Any) -> bool:
    """Return whether a grounded value is what the rules say, an id or a choice.

    A mention's id agrees with its entity: "P3.2" with the name P3. A missing value agrees.
    """
    if by_model is None or by_rules is None:
        return True
    if not isinstance(by_rules, str):
        return False
    if isinstance(by_model, Name):
        return by_model.id == by_rules.partition(".")[0]
    return bool(by_model == by_rules)


def _by_key(rows: Iterable[DraftRow]) -> dict[str, list[DraftRow]]:
    """Return the rows that rest on a candidate by their keys: "quotes:Q7"."""
    by_key: dict[str, list[DraftRow]] = {}
    for row in rows:
        if row.anchor_id is not None:
            by_key.setdefault(row.key, []).append(row)
    return by_key


def _compare(row: DraftRow, rules_row: DraftRow) -> list[Remark]:
    """Return a warning for each name or choice in which a model's row and the rules' differ."""
    remarks = []
    for field in row.shape.fields:
        if not _is_compared(field, row.shape):
            continue
        by_model, by_rules = row.values.get(field.key), rules_row.values.get(field.key)
        if by_model is None or by_rules is None or _same(by_model, by_rules):
            continue
        message = (
            f"{row.path}.{field.key}: the model says {_shown(by_model)}, "
            f"the rules {_shown(by_rules)}"
        )
        remarks.append(Remark("disagreement", message, row.anchor_span, row.anchor_id))
    return remarks


def _same(by_model: Any, by_rules: Any) -> bool:
    """Return whether two grounded values are the same; names by their ids where both have one."""
    if isinstance(by_model, Name) and isinstance(by_rules, Name):
        if by_model.id and by_rules.id:
            return by_model.id == by_rules.id
        return by_model.name == by_rules.name
    return str(by_model) == str(by_rules)


def _shown(value: Any) -> str:
    return quoted(value.name if isinstance(value, Name) else str(value), 80)


def _dismissed_by_one(
    inventory: Inventory, by_model: dict[str, list[DraftRow]], answer: Answer, by_rules: Answer
) -> list[Remark]:
    """Return warnings on the quotations and attributions that only one of the two dismisses."""
    used = {key.rpartition(":")[2] for key in by_model}
    model_says = {d.candidate: d.reason for d in answer.dismissed if d.origin == "model"}
    rules_say = {d.candidate: d.reason for d in by_rules.dismissed}
    if not model_says and not rules_say:
        return []
    remarks = []
    # Only kinds whose rows say whose words something is.
    kinds = [kind for kind in reversed(all_kinds()) if kind.source is not None]
    candidates = [(kind, c) for kind in kinds for c in kind.candidates(inventory)]
    for kind, candidate in candidates:
        id_ = candidate.id
        if id_ not in model_says and id_ not in rules_say:
            continue
        text, place = kind.cited(candidate, inventory)
        words = quoted(text, 60)
        if id_ in model_says and id_ not in rules_say and id_ not in used:
            reason = model_says[id_]
            message = f"{words} is no {kind.name} for the model ({reason}), but one for the rules"
        elif id_ in used and id_ in rules_say:
            reason = rules_say[id_]
            message = f"{words} is {kind.words} for the model, for the rules none ({reason})"
        else:
            continue
        remarks.append(Remark("disagreement", quoted(message, 400)[1:-1], place, id_))
    return remarks
