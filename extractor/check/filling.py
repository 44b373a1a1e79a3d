"""What a model left open, filled from the rules' answer and marked.

Filled are: candidates that are unaccounted for, values that the check took out of a row, and lists
without candidates of their own (releases) that lost rows in the check. What the model answered and
what stood the check is never touched.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from extractor.answers import Answer
from extractor.check.audit import Standing
from extractor.check.resolve import Draft, Fault
from extractor.find.inventory import Inventory
from extractor.kinds import kind_named, kind_of_id
from extractor.schema.shape import FieldShape, Shape

_EMPTY: tuple[object, ...] = (None, "", [])


@dataclass(slots=True)
class _Filling:
    by_rules: Answer
    open: set[str]  # ids of unaccounted candidates, and of the sentences of statements
    lost: set[str]  # list paths that lost rows
    emptied: dict[tuple[str, str], list[str]]  # (list path, anchor id) -> field keys
    filled: set[str] = field(default_factory=set)
    origins: dict[str, Any] = field(default_factory=dict)


def fill(
    inventory: Inventory,
    standing: Standing,
    answer: Answer,
    by_rules: Answer,
    unaccounted: Iterable[str],
) -> tuple[Answer, set[str]]:
    """Return the answer completed, and what was filled: "quotes:Q7", "quotes:Q9.speaker".

    `standing` is what stands of the answer, `unaccounted` the ids of the candidates that it
    leaves; the completed answer carries the warnings on.
    """
    ids = set(unaccounted)
    anchors = {
        kind.anchor_id(inventory.by_id[id_])
        for id_ in ids
        if (kind := kind_of_id(id_)) is not None and id_ in inventory.by_id
    }
    filling = _Filling(by_rules, ids | anchors, _lost(standing.faults), _emptied(standing.faults))
    data = standing.root.handed_on()
    _fill_group(standing.root.shape, data, by_rules.data, "", filling)
    completed = Answer(
        data,
        [*answer.dismissed, *(d for d in by_rules.dismissed if d.candidate in filling.open)],
        {
            **{k: v for k, v in by_rules.confidence.items() if k in filling.origins},
            **answer.confidence,
        },
        {**answer.origins, **filling.origins},
        [*answer.warnings, *standing.reported],
        origin=answer.origin,
    )
    return completed, filling.filled


def _lost(faults: tuple[Fault, ...]) -> set[str]:
    """Return the lists that lost rows, or that were not there at all."""
    lost = set()
    for fault in faults:
        if fault.field is None:
            lost.add(fault.list_path)
        elif fault.anchor is None:
            lost.add(f"{fault.list_path}.{fault.field}".removeprefix("."))
    return lost


def _emptied(faults: tuple[Fault, ...]) -> dict[tuple[str, str], list[str]]:
    emptied: dict[tuple[str, str], list[str]] = {}
    for fault in faults:
        if fault.field is not None and fault.anchor is not None:
            emptied.setdefault((fault.list_path, fault.anchor), []).append(fault.field)
    return emptied


def _fill_group(
    shape: Shape, data: dict[str, Any], rules: dict[str, Any], path: str, filling: _Filling
) -> None:
    for wanted in shape.fields:
        theirs: Any = rules.get(wanted.key)
        here = f"{path}.{wanted.key}" if path else wanted.key
        if theirs in _EMPTY:
            continue
        if wanted.row is not None and wanted.many:
            listed = data.setdefault(wanted.key, [])
            if isinstance(listed, list):
                _fill_rows(wanted.row, listed, theirs, here, filling)
        elif wanted.row is not None:
            group = data.get(wanted.key)
            if isinstance(group, dict) and isinstance(theirs, dict):
                _fill_group(wanted.row, group, theirs, here, filling)
        elif wanted.many:
            data[wanted.key] = _fill_list(wanted, data.get(wanted.key), theirs, here, filling)
        elif data.get(wanted.key) in _EMPTY:
            data[wanted.key] = theirs
            filling.filled.add(here)


def _fill_list(
    wanted: FieldShape, mine: Any, theirs: list[Any], here: str, filling: _Filling
) -> list[Any]:
    listed = list(mine) if isinstance(mine, list | tuple) else []
    kind = kind_named(wanted.kind)
    if kind is not None and kind.accountable:
        missing = [id_ for id_ in theirs if id_ in filling.open]
    else:
        missing = [] if listed or here not in filling.lost else theirs
    if missing:
        filling.filled.add(here)
    return listed + missing


def _fill_rows(
    row: Shape, listed: list[Any], theirs: list[Any], here: str, filling: _Filling
) -> None:
    """Add the rules' rows on what is open, and their values where the check took one out."""
    if row.anchor is None:
        return
    anchor = row.anchor.key
    mine: dict[str | None, list[Draft]] = {}
    for made in listed:
        mine.setdefault(made.anchor_id, []).append(made)
    for their_row in theirs:
        id_ = their_row.get(anchor)
        if _is_open(row, their_row, id_, here, filling, mine.keys()):
            listed.append(their_row)
            filling.filled.add(f"{here}:{id_}")
            filling.origins[f"{here}:{id_}"] = "rules"
            filling.origins.setdefault(id_, "rules")
        for key in filling.emptied.get((here, id_), ()):
            same = mine.get(id_, ())
            value = their_row.get(key)
            if len(same) != 1 or value in _EMPTY:
                continue
            kept = same[0].added.get(key, same[0].values.get(key))
            if kept in _EMPTY:
                same[0].added[key] = value
                filling.filled.add(f"{here}:{id_}.{key}")


def _is_open(
    row: Shape,
    their_row: dict[str, Any],
    id_: str,
    here: str,
    filling: _Filling,
    mine: Any,
) -> bool:
    if row.rests_on is not None and row.rests_on.accountable:
        return id_ in filling.open
    quoted = [f.key for f in row.fields if f.kind == "quotation" and f.many]
    if quoted:
        return any(q in filling.open for key in quoted for q in their_row.get(key) or ())
    return here in filling.lost and id_ not in mine
