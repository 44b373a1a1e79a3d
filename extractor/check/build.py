"""Builds instances of the schema's model from grounded values.

What Pydantic refuses is taken out and reported, and the rest is tried again. A required value
that is missing becomes null, in an instance of a subclass that allows it (`shape.lenient`); a row
is dropped only for its anchor, or for a validator of the schema that refuses it as a whole.
"""

from typing import Any

from pydantic import BaseModel, ValidationError

from extractor.check.resolve import DraftRow, Fault
from extractor.schema.shape import FieldShape, lenient

# A value or two is taken out at a time; a schema that still refuses then refuses for good.
_ATTEMPTS = 4


def build(root: DraftRow) -> tuple[BaseModel, list[Fault]]:
    """Return the record and what was refused; refused rows are taken out of `root` too.

    Never raises.
    """
    faults: list[Fault] = []
    record = _build(root, faults)
    if record is None:
        # A validator of the root model refuses it: the values stand, as nothing in them is false.
        model = lenient(root.shape.model)
        values = {f.key: _built(root.values.get(f.key), faults) for f in root.shape.fields}
        record = model.model_construct(**values)
    return record, faults


def _build(draft: DraftRow, faults: list[Fault]) -> BaseModel | None:
    """Return one instance; None, with the reason in `faults`, when the model refuses it."""
    model = draft.shape.model
    values = dict(draft.values)
    for key in draft.shape.container_keys:
        if key in values:
            value = values[key]
            values[key] = _built(value, faults)
            draft.values[key] = _without_dropped(value)
    for _ in range(_ATTEMPTS):
        try:
            return model.model_validate(values)
        except ValidationError as error:
            problems = error.errors(include_url=False, include_input=False, include_context=False)
        except Exception as error:  # a validator of the user's schema may raise anything
            problems = [{"loc": (), "msg": f"its validator fails: {type(error).__name__}: {error}"}]  # type: ignore[typeddict-item]
        by_key = {field.key: field for field in draft.shape.fields}
        refused = {key: [p for p in problems if p["loc"][:1] == (key,)] for key in by_key}
        refused = {key: of_field for key, of_field in refused.items() if of_field}
        anchor = draft.shape.anchor
        if not refused or (draft.path and anchor is not None and anchor.key in refused):
            path = draft.path
            faults += [_fault(draft, path, p["msg"], None) for p in problems[:1]]
            draft.dropped = True
            return None
        for key, of_field in refused.items():
            field = by_key[key]
            empty = values.get(key) is None and field.required
            for problem in of_field[:3]:
                path = f"{draft.path}.{key}" if draft.path else key
                message = f"{key} is required" if empty else problem["msg"]
                faults.append(_fault(draft, path, message, key, empty=empty))
            where = [p["loc"] for p in of_field]
            _remove_refused(draft.values, field, where)
            if _remove_refused(values, field, where):
                model = lenient(draft.shape.model)
    draft.dropped = True
    return None


def _built(value: Any, faults: list[Fault]) -> Any:
    """Return a draft's value with instances in place of drafts; refused rows of a list go."""
    if isinstance(value, DraftRow):
        return _build(value, faults)
    if isinstance(value, list):
        built = [(item, _built(item, faults)) for item in value]
        return [
            instance
            for item, instance in built
            if not (isinstance(item, DraftRow) and item.dropped)
        ]
    return value


def _without_dropped(value: Any) -> Any:
    """Return a draft's value without the rows that were dropped; None for a dropped group."""
    if isinstance(value, list):
        return [item for item in value if not (isinstance(item, DraftRow) and item.dropped)]
    return None if isinstance(value, DraftRow) and value.dropped else value


def _remove_refused(
    values: dict[str, Any], field: FieldShape, where: list[tuple[Any, ...]]
) -> bool:
    """Remove the refused value, or items of a list; return whether a required value is now null.

    `where`: the locations of what was refused, as Pydantic gives them: (key,) or (key, index, …).
    """
    indices = {loc[1] for loc in where if len(loc) > 1 and isinstance(loc[1], int)}
    listed = values.get(field.key)
    if field.many and indices and isinstance(listed, list):
        values[field.key] = [item for i, item in enumerate(listed) if i not in indices]
        return False
    if field.many and field.required:
        values[field.key] = []
        return False
    if not field.required:
        values.pop(field.key, None)
        return False
    values[field.key] = None
    return True


def _fault(
    draft: DraftRow, path: str, message: str, key: str | None, *, empty: bool = False
) -> Fault:
    """Return the fault at a path of a draft; `key` None: the draft itself is left out."""
    message = message.removeprefix("Value error, ")
    return Fault(
        path, message, draft.list_path, draft.anchor_id, key, draft.anchor_span, empty=empty
    )
