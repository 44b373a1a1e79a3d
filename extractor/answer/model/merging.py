"""Merges the answers to several questions, with the rules' rows for what was not asked."""

from collections.abc import Sequence
from typing import Any

from extractor.answer.model.judge import Judge, says_the_same
from extractor.answers import Answer, Dismissal, row_key
from extractor.check.resolve import Draft
from extractor.kinds import place_of
from extractor.schema.shape import FieldShape, Shape


def merge(
    shape: Shape,
    judges: Sequence[Judge],
    by_rules: Answer,
    wanted: frozenset[str] | None,
) -> Answer:
    """Put what the judges took together, and with `wanted` the rules' rows for everything else."""
    answer = Answer({}, origin="model")
    for asked in shape.fields:
        if asked.row is not None and asked.many:
            answer.data[asked.key] = _merged_rows(asked, judges, answer)
        else:
            _merge_value(asked, judges, answer)
    for judge in judges:
        answer.dismissed += judge.dismissed.values()
    if answer.dismissed:
        used = {id_ for judge in judges for id_ in judge.used()}
        answer.dismissed = _once([d for d in answer.dismissed if d.candidate not in used])
    if wanted is not None:
        _keep_rules(shape, answer, by_rules, wanted)
    return answer


def _merged_rows(listed: FieldShape, judges: Sequence[Judge], answer: Answer) -> list[Draft]:
    found: dict[str, list[Draft]] = {}
    for judge in judges:
        for (key, anchor), rows in judge.rows.items():
            if key == listed.key:
                kept = found.setdefault(anchor, [])
                kept += [row for row in rows if not any(says_the_same(row, k) for k in kept)]
    inventory = judges[0].inventory if judges else None
    ordered = sorted(
        found, key=lambda id_: place_of(inventory, id_).start if inventory and id_ else 0
    )
    for anchor in ordered:
        if anchor:
            answer.origins[row_key(listed, anchor)] = "model"
    return [row for anchor in ordered for row in found[anchor]]


def _merge_value(asked: FieldShape, judges: Sequence[Judge], answer: Answer) -> None:
    """Take the first value given; lists of all parts together."""
    values = [h.values[asked.key] for h in judges if asked.key in h.values]
    if asked.many:
        merged: list[Any] = []
        for value in values:
            merged += [item for item in value if item not in merged]
        if values:
            answer.data[asked.key] = merged
        return
    given = [value for value in values if value not in (None, "")]
    if values:
        answer.data[asked.key] = given[0] if given else values[0]


def _once(dismissals: list[Dismissal]) -> list[Dismissal]:
    return list({dismissal.candidate: dismissal for dismissal in dismissals}.values())


def _keep_rules(shape: Shape, answer: Answer, by_rules: Answer, wanted: frozenset[str]) -> None:
    """Add the rules' rows on everything that the model was not asked about."""
    dismissed = {dismissal.candidate for dismissal in answer.dismissed}
    for asked in shape.fields:
        if asked.key not in by_rules.data:
            continue
        if asked.row is None or not asked.many or asked.row.anchor is None:
            answer.data.setdefault(asked.key, by_rules.data[asked.key])
            continue
        anchor = asked.row.anchor.key
        for row in by_rules.data[asked.key]:
            key = row_key(asked, str(row[anchor]))
            if key not in wanted and answer.origins.get(key) != "model":
                answer.data[asked.key].append(row)
                answer.origins[key] = "rules"
                if key in by_rules.confidence:
                    answer.confidence[key] = by_rules.confidence[key]
    known = dismissed | answer.origins.keys()
    answer.dismissed += [d for d in by_rules.dismissed if d.candidate not in known]
