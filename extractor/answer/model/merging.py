"""Merges the answers to several questions, with the rules' rows for what was not asked."""

from collections.abc import Sequence
from typing import Any

from extractor.answer.model.judge import Judge, says_the_same
from extractor.answers import Answer, Dismissal, row_key
from extractor.check.resolve import DraftRow
from extractor.kinds import place_of
from extractor.schema.shape import FieldShape, Shape


def merge(
    shape: Shape,
    judges: Sequence[Judge],
    by_rules: Answer,
    wanted: frozenset[str] | None,
) -> Answer:
    """Return one answer from what the judges of all questions about an article kept.

    `wanted` holds the keys of rows and ids of candidates that were asked about; the rules' rows
    on everything else are added. None: everything was asked about.
    """
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
        answer.dismissed = _last_of_each([d for d in answer.dismissed if d.candidate not in used])
    if wanted is not None:
        _keep_rules(shape, answer, by_rules, wanted)
    return answer


def _merged_rows(listed: FieldShape, judges: Sequence[Judge], answer: Answer) -> list[DraftRow]:
    """Return a list's rows from all judges, in order of the article; notes their origin."""
    by_anchor: dict[str, list[DraftRow]] = {}
    for judge in judges:
        for (key, anchor), rows in judge.rows.items():
            if key == listed.key:
                kept = by_anchor.setdefault(anchor, [])
                kept += [row for row in rows if not any(says_the_same(row, k) for k in kept)]
    inventory = judges[0].inventory if judges else None
    ordered = sorted(
        by_anchor, key=lambda id_: place_of(inventory, id_).start if inventory and id_ else 0
    )
    for anchor in ordered:
        if anchor:
            answer.origins[row_key(listed, anchor)] = "model"
    return [row for anchor in ordered for row in by_anchor[anchor]]


def _merge_value(asked: FieldShape, judges: Sequence[Judge], answer: Answer) -> None:
    """Put the first value that is not empty into the answer; of a list, the items of all parts."""
    values = [judge.values[asked.key] for judge in judges if asked.key in judge.values]
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


def _last_of_each(dismissals: list[Dismissal]) -> list[Dismissal]:
    """Return one dismissal a candidate, the last one given."""
    return list({dismissal.candidate: dismissal for dismissal in dismissals}.values())


def _keep_rules(shape: Shape, answer: Answer, by_rules: Answer, wanted: frozenset[str]) -> None:
    """Add the rules' rows, values and dismissals on what the model was not asked about."""
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
