"""Fills from the rules' answer what a model's answer leaves open, and marks it.

Filled are: candidates that are unaccounted for, values that the check took out of a row, and lists
without candidates of their own (releases) that lost rows in the check. What the model answered and
the check kept is never touched.
"""

from collections.abc import Iterable, Set
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from extractor.answers import Answer
from extractor.check.audit import GroundedAnswer
from extractor.check.resolve import DraftRow, Fault
from extractor.find.inventory import Inventory
from extractor.kinds import kind_named, kind_of_id
from extractor.schema.shape import FieldShape, Shape

_EMPTY: tuple[object, ...] = (None, "", [])


class _RowPlace(NamedTuple):
    """Which row is meant: the list that it stands in, and the id that it rests on."""

    list_path: str  # "quotes"
    anchor: str  # "Q9"


@dataclass(slots=True)
class _Filling:
    """What is open in a model's answer, and what has been filled so far."""

    by_rules: Answer
    # The ids of unaccounted candidates, and those that rows on them rest on: {"Q7", "T2", "S14"}.
    open: set[str]
    # The paths of the lists that lost rows in the check: {"releases"}.
    lost: set[str]
    # The keys of the values that the check took out: {("quotes", "Q9"): ["speaker"]}.
    emptied: dict[_RowPlace, list[str]]
    # What the rules filled: {"quotes:Q7", "quotes:Q9.speaker", "topic"}; and the new rows' origins.
    filled: set[str] = field(default_factory=set)
    origins: dict[str, Any] = field(default_factory=dict)


def fill(
    inventory: Inventory,
    grounded: GroundedAnswer,
    answer: Answer,
    by_rules: Answer,
    unaccounted: Iterable[str],
) -> tuple[Answer, set[str]]:
    """Return the answer completed, and what was filled: "quotes:Q7", "quotes:Q9.speaker".

    `grounded` is what the check kept of `answer`, `unaccounted` the ids of the candidates that
    neither a row nor a dismissal accounts for. The completed answer keeps the warnings.
    """
    ids = set(unaccounted)
    anchors = {
        kind.anchor_id(inventory.by_id[id_])
        for id_ in ids
        if (kind := kind_of_id(id_)) is not None and id_ in inventory.by_id
    }
    filling = _Filling(by_rules, ids | anchors, _lost(grounded.faults), _emptied(grounded.faults))
    data = grounded.root.handed_on()
    _fill_group(grounded.root.shape, data, by_rules.data, "", filling)
    completed = Answer(
        data,
        [*answer.dismissed, *(d for d in by_rules.dismissed if d.candidate in filling.open)],
        {
            **{k: v for k, v in by_rules.confidence.items() if k in filling.origins},
            **answer.confidence,
        },
        {**answer.origins, **filling.origins},
        [*answer.warnings, *grounded.reported],
        origin=answer.origin,
    )
    return completed, filling.filled


def _lost(faults: tuple[Fault, ...]) -> set[str]:
    """Return the paths of the lists that lost rows, or that were missing: "releases"."""
    lost = set()
    for fault in faults:
        if fault.field is None:
            lost.add(fault.list_path)
        elif fault.anchor is None:
            lost.add(f"{fault.list_path}.{fault.field}".removeprefix("."))
    return lost


def _emptied(faults: tuple[Fault, ...]) -> dict[_RowPlace, list[str]]:
    """Return the keys of the values that were taken out of rows."""
    emptied: dict[_RowPlace, list[str]] = {}
    for fault in faults:
        if fault.field is not None and fault.anchor is not None:
            emptied.setdefault(_RowPlace(fault.list_path, fault.anchor), []).append(fault.field)
    return emptied


def _fill_group(
    shape: Shape, data: dict[str, Any], rules: dict[str, Any], path: str, filling: _Filling
) -> None:
    """Fill a model that is no row from the rules' data: the root (path ""), or one nested in it."""
    for wanted in shape.fields:
        by_rules: Any = rules.get(wanted.key)
        here = f"{path}.{wanted.key}" if path else wanted.key
        if by_rules in _EMPTY:
            continue
        if wanted.row is not None and wanted.many:
            listed = data.setdefault(wanted.key, [])
            if isinstance(listed, list):
                _fill_rows(wanted.row, listed, by_rules, here, filling)
        elif wanted.row is not None:
            group = data.get(wanted.key)
            if isinstance(group, dict) and isinstance(by_rules, dict):
                _fill_group(wanted.row, group, by_rules, here, filling)
        elif wanted.many:
            data[wanted.key] = _fill_list(wanted, data.get(wanted.key), by_rules, here, filling)
        elif data.get(wanted.key) in _EMPTY:
            data[wanted.key] = by_rules
            filling.filled.add(here)


def _fill_list(
    wanted: FieldShape, by_model: Any, by_rules: list[Any], here: str, filling: _Filling
) -> list[Any]:
    """Return a list completed: with the open candidates, or with all values where it was lost."""
    listed = list(by_model) if isinstance(by_model, list | tuple) else []
    kind = kind_named(wanted.kind)
    if kind is not None and kind.accountable:
        missing = [id_ for id_ in by_rules if id_ in filling.open]
    else:
        missing = [] if listed or here not in filling.lost else by_rules
    if missing:
        filling.filled.add(here)
    return listed + missing


def _fill_rows(
    row: Shape, listed: list[Any], rules_rows: list[Any], here: str, filling: _Filling
) -> None:
    """Add the rules' rows on what is open, and their values where the check took one out."""
    if row.anchor is None:
        return
    anchor = row.anchor.key
    by_anchor: dict[str | None, list[DraftRow]] = {}
    for model_row in listed:
        by_anchor.setdefault(model_row.anchor_id, []).append(model_row)
    for rules_row in rules_rows:
        id_ = rules_row.get(anchor)
        if _is_open(row, rules_row, id_, here, filling, by_anchor.keys()):
            listed.append(rules_row)
            filling.filled.add(f"{here}:{id_}")
            filling.origins[f"{here}:{id_}"] = "rules"
            filling.origins.setdefault(id_, "rules")
        for key in filling.emptied.get(_RowPlace(here, id_), ()):
            same = by_anchor.get(id_, ())
            value = rules_row.get(key)
            if len(same) != 1 or value in _EMPTY:
                continue
            kept = same[0].added.get(key, same[0].values.get(key))
            if kept in _EMPTY:
                same[0].added[key] = value
                filling.filled.add(f"{here}:{id_}.{key}")


def _is_open(
    row: Shape,
    rules_row: dict[str, Any],
    id_: str,
    here: str,
    filling: _Filling,
    kept: Set[str | None],
) -> bool:
    """Return whether a row of the rules is to be added to the list at the path `here`.

    `id_` is the id that it rests on, `kept` those of the model's rows that are kept.
    """
    if row.rests_on is not None and row.rests_on.accountable:
        return id_ in filling.open
    quoted = [f.key for f in row.fields if f.kind == "quotation" and f.many]
    if quoted:
        return any(q in filling.open for key in quoted for q in rules_row.get(key) or ())
    return here in filling.lost and id_ not in kept
