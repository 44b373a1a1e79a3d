"""Puts quotations without marks, turns and block quotations, among those in marks: ids, nesting."""

from collections.abc import Sequence
from dataclasses import replace

from extractor.find.candidates import QuotationCandidate


def numbered_anew(
    quotations: Sequence[QuotationCandidate], found: Sequence[QuotationCandidate]
) -> tuple[QuotationCandidate, ...]:
    """Return all in the order of the text, with the ids Q1… anew.

    `found` have no ids yet. What stands in one of them, and in no other quotation, is nested in it;
    in a block quotation only if that has a source or an introduction.
    """
    ordered = sorted((*quotations, *found), key=lambda q: (q.outer.start, -q.outer.end))
    ids = {q.id: f"Q{n}" for n, q in enumerate(ordered, start=1) if q.id}
    numbered: list[QuotationCandidate] = []
    around: QuotationCandidate | None = None  # the turn or block quotation before
    for n, quotation in enumerate(ordered, start=1):
        changed = replace(
            quotation,
            id=f"Q{n}",
            parent=ids.get(quotation.parent or ""),
            half_of=ids.get(quotation.half_of or ""),
        )
        turn = quotation.turn
        if turn is not None:
            around = None if turn.block and turn.label is None else changed
        elif around is not None and not changed.parent and around.outer.contains(changed.outer):
            changed = replace(changed, parent=around.id)
        numbered.append(changed)
    return tuple(numbered)
