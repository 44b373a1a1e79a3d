"""Where a model and the rules say different things about the same candidate."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from extractor.answers import Answer
from extractor.article import Remark
from extractor.check.resolve import Draft, resolve
from extractor.fields import Name
from extractor.find.inventory import Inventory
from extractor.kinds import all_kinds
from extractor.schema.shape import FieldShape, Shape
from extractor.text.phrases import quoted


def disagreements(
    inventory: Inventory, shape: Shape, rows: Iterable[Draft], answer: Answer, by_rules: Answer
) -> list[Remark]:
    """Return a warning for each name or choice that differs, and each candidate only one uses."""
    mine = _by_key(row for row in rows if row.origin == "model")
    root, _ = resolve(inventory, shape, _doubtful(shape, by_rules.data, mine))
    theirs = _by_key(root.rows())
    remarks = []
    for key, own in mine.items():
        other = theirs.get(key, [])
        # Several rows on one sentence: which is which is not known, so nothing is compared.
        if len(own) == len(other) == 1:
            remarks += _compare(own[0], other[0])
    return remarks + _left_out(inventory, mine, answer, by_rules)


def _doubtful(shape: Shape, data: dict[str, Any], mine: dict[str, list[Draft]]) -> dict[str, Any]:
    """Return the rules' data without the rows that plainly say what the model says: most do."""
    kept = dict(data)
    for listed in shape.fields:
        row, theirs = listed.row, data.get(listed.key)
        if row is None or row.anchor is None or row.nested or not listed.many or not theirs:
            continue
        anchor = row.anchor.key
        often = Counter(one.get(anchor) for one in theirs)
        compared = [f for f in row.fields if _is_compared(f, row)]
        kept[listed.key] = [
            one
            for one in theirs
            if often[id_ := one.get(anchor)] > 1
            or len(own := mine.get(f"{listed.key}:{id_}", [])) != 1
            or not all(_is_plainly(own[0].values.get(f.key), one.get(f.key)) for f in compared)
        ]
    return kept


def _is_compared(field: FieldShape, row: Shape) -> bool:
    return field.kind in ("name", "choice") and not field.many and field is not row.anchor


def _is_plainly(ours: Any, theirs: Any) -> bool:
    """Tell whether a value is what an id or a choice of the rules says; a mention is its name's."""
    if ours is None or theirs is None:
        return True  # which is no disagreement
    if not isinstance(theirs, str):
        return False
    return ours.id == theirs.partition(".")[0] if isinstance(ours, Name) else ours == theirs


def _by_key(rows: Iterable[Draft]) -> dict[str, list[Draft]]:
    found: dict[str, list[Draft]] = {}
    for row in rows:
        if row.anchor_id is not None:
            found.setdefault(row.key, []).append(row)
    return found


def _compare(own: Draft, other: Draft) -> list[Remark]:
    remarks = []
    for field in own.shape.fields:
        if not _is_compared(field, own.shape):
            continue
        ours, theirs = own.values.get(field.key), other.values.get(field.key)
        if ours is None or theirs is None or _same(ours, theirs):
            continue
        message = (
            f"{own.path}.{field.key}: the model says {_shown(ours)}, the rules {_shown(theirs)}"
        )
        remarks.append(Remark("disagreement", message, own.anchor_span, own.anchor_id))
    return remarks


def _same(ours: Any, theirs: Any) -> bool:
    if isinstance(ours, Name) and isinstance(theirs, Name):
        return ours.id == theirs.id if ours.id and theirs.id else ours.name == theirs.name
    return str(ours) == str(theirs)


def _shown(value: Any) -> str:
    return quoted(value.name if isinstance(value, Name) else str(value), 80)


def _left_out(
    inventory: Inventory, mine: dict[str, list[Draft]], answer: Answer, by_rules: Answer
) -> list[Remark]:
    """Name the quotations and attributions that one side uses and the other takes for none."""
    used = {key.rpartition(":")[2] for key in mine}
    ours = {d.candidate: d.reason for d in answer.dismissed if d.origin == "model"}
    theirs = {d.candidate: d.reason for d in by_rules.dismissed}
    remarks = []
    # Only where the rules can tell whose words something is.
    kinds = [kind for kind in all_kinds() if kind.source is not None] if ours or theirs else []
    doubtful = [(kind, c) for kind in reversed(kinds) for c in kind.candidates(inventory)]
    for kind, candidate in doubtful:
        id_ = candidate.id
        if id_ not in ours and id_ not in theirs:
            continue
        text, place = kind.cited(candidate, inventory)
        words = quoted(text, 60)
        if id_ in ours and id_ not in theirs and id_ not in used:
            message = (
                f"{words} is no {kind.name} for the model ({ours[id_]}), but one for the rules"
            )
        elif id_ in used and id_ in theirs:
            message = f"{words} is {kind.words} for the model, for the rules none ({theirs[id_]})"
        else:
            continue
        remarks.append(Remark("disagreement", quoted(message, 400)[1:-1], place, id_))
    return remarks
