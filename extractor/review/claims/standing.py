"""Standing: the state of a claim, computed from the log of its decisions.

The log is what counts. The columns of `claim` repeat what `fold` computes from it, so that pages
can be filtered in SQL; `refold` in recording.py computes them anew at any time.

* The latest decision that was not undone stands; blind second reviews change nothing.
* `settle`: the machine says something else now, and the reviewer keeps the decision. The status
  stays, and the row; what the machine says now is noted, so that the claim no longer differs. E.g.
  accepted with the speaker A, the next run says B, settled: accepted with A.
* A decision on another text than the claim's present one is carried over word by word
  (carrying.py). When its words are lost it lapses: the claim is open again, and says which decision
  it was.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from typing import Any, Literal

from extractor.frozen import frozen
from extractor.review.claims.claims import DECIDED, Status
from extractor.review.claims.json_rows import Json, essence, packed, speaker_of, unpacked
from extractor.review.claims.risk import assess
from extractor.store.packing import anchor_of, storable

Action = Literal["accept", "correct", "reject", "later", "undo", "add", "settle"]
Reason = Literal[
    "not_a_quotation", "wrong_speaker", "wrong_span", "duplicate", "out_of_scope", "other"
]
# (row, its text's hash) -> the row in the claim's text, None: lost
Carry = Callable[[Json, str], Json | None]
_STATUS: dict[str, Status] = {
    "accept": "accepted",
    "add": "accepted",
    "correct": "corrected",
    "reject": "rejected",
    "later": "later",
}


@frozen
class Decision:
    """One entry of the log. Places count code points of the text `article_sha256`."""

    id: int
    claim_id: str
    at: float  # seconds since 1970, UTC
    reviewer: str
    action: Action
    before: Json  # the row that counted before
    after: Json  # the row that counts by it; None: rejected, put off or undone
    machine: Json  # what the machine said at that moment
    reason: Reason | None
    note: str | None
    seen: int  # the version that the reviewer saw
    second: bool  # a blind second review
    undoes: int | None
    article_sha256: str
    start: int | None
    end: int | None
    exact: str | None
    prefix: str | None
    suffix: str | None


_NAMES = tuple(field.name for field in fields(Decision) if field.name != "second")


def read_decision(row: sqlite3.Row) -> Decision:
    """Return the decision that a row of the table holds."""
    data: dict[str, Any] = {name: row[name] for name in _NAMES}
    for name in ("before", "after", "machine"):
        data[name] = unpacked(data[name])
    return Decision(second=row["pass"] == 2, **data)


@frozen
class Standing:
    """What follows from a claim's log: its status, and the row that counts now."""

    status: Status = "open"
    decision_id: int = 0  # the decision that stands; 0: none
    lapsed_id: int = 0  # the decision that lapsed, because its words are not in the new text; or 0
    reviewer: str | None = None
    decided_at: float | None = None
    row: Json = None
    machine: Json = None  # what the machine said when it was decided


def fold(
    decisions: Iterable[Decision], proposal: Json, article_sha256: str, carry: Carry
) -> Standing:
    """Return the standing of a claim.

    `decisions` is its log, oldest first; `proposal` the row that the machine says now, None when it
    says none; `article_sha256` the text that the claim is in now, into which `carry` brings rows of
    decisions on former texts.
    """
    effective = not_undone(decisions)
    if not effective:
        return Standing(row=proposal)
    last = effective[-1]
    deciding = next(
        (decision for decision in reversed(effective) if decision.action != "settle"), last
    )
    row = last.after if last.after is not None else last.before
    if deciding.action == "later":
        row = proposal
    elif row is not None and last.article_sha256 != article_sha256:
        row = carry(row, last.article_sha256)
        if row is None:
            return Standing(lapsed_id=last.id, row=proposal)
    return Standing(
        status=_STATUS[deciding.action],
        decision_id=last.id,
        reviewer=last.reviewer,
        decided_at=last.at,
        row=row,
        machine=last.machine,
    )


def not_undone(decisions: Iterable[Decision]) -> list[Decision]:
    """Return the decisions of a log that were not taken back, without blind second reviews."""
    kept: dict[int, Decision] = {}
    for decision in decisions:
        if decision.second:
            continue
        if decision.action == "undo":
            kept.pop(decision.undoes or 0, None)
        else:
            kept[decision.id] = decision
    return list(kept.values())


def log_of(connection: sqlite3.Connection, claim_id: str) -> list[Decision]:
    """Return the log of a claim, oldest entry first."""
    query = "select * from decision where claim_id = ? order by id"
    return [read_decision(row) for row in connection.execute(query, (claim_id,))]


def differs(standing: Standing, proposal: Json) -> bool:
    """Return whether the machine says now what it did not say when the claim was decided.

    It does not differ either when it says now what the decision made of the row.
    """
    if proposal is None or standing.status not in DECIDED:
        return False
    now = essence(proposal)
    if standing.machine is not None and now == essence(standing.machine):
        return False
    return standing.status == "rejected" or now != essence(standing.row)


DERIVED = (
    "start", "end", "status", "decision", "lapsed", "reviewer", "decided_at", "differs", "queued",
    "risk", "flags", "speaker", "text", "row",
)  # fmt: skip
_SET = ", ".join(f'"{name}" = :{name}' for name in DERIVED)
UPDATE = f"update claim set {_SET}"  # noqa: S608


def derive(
    facts: dict[str, Any], decisions: Sequence[Decision], carry: Carry, *, drafted: bool = False
) -> dict[str, Any]:
    """Return the derived columns of a claim.

    `facts` are its other columns, as stored: article_sha256, origin, proposal, found, anchored,
    confidence, by_rules, warnings, text.
    """
    proposal = unpacked(facts["proposal"])
    standing = fold(decisions, proposal, facts["article_sha256"], carry)
    differing = differs(standing, proposal)
    has_lapsed = standing.lapsed_id != 0
    queued = bool(facts["found"]) or standing.status != "open" or has_lapsed or drafted
    risk, flags = assess(
        status=standing.status,
        origin=facts["origin"],
        confidence=facts["confidence"],
        by_rules=bool(facts["by_rules"]),
        warnings=[code for code, _ in json.loads(facts["warnings"])],
        differs=differing,
        found=bool(facts["found"]),
        moved=facts["anchored"] == "moved",
        lost=has_lapsed or (standing.status == "open" and facts["anchored"] == "lost"),
    )
    start, end, text = anchor_of(standing.row)
    if facts["anchored"] != "lost" and facts["origin"] != "analyst":  # as the machine has it
        start, end = facts["start"], facts["end"]
    return {
        "start": start,
        "end": end,
        "status": standing.status,
        "decision": standing.decision_id,
        "lapsed": standing.lapsed_id,
        "reviewer": standing.reviewer,
        "decided_at": standing.decided_at,
        "differs": int(differing),
        "queued": int(queued),
        "risk": risk,
        "flags": f" {' '.join(flags)} " if flags else "",
        "speaker": storable(speaker_of(standing.row)),
        "text": storable(text) if text is not None else facts["text"],
        "row": None if standing.row is None else packed(standing.row),
    }
