"""Deciding: what a reviewer does with a claim is appended to the log, and never changed.

Every function here is one transaction, which takes the write lock first and then checks that the
claim is still what the reviewer saw. If it is not, nothing is written and StaleDecision is raised,
with the claim as it is now and the decision that came between. What was confirmed is on the disk.
"""

import sqlite3
import time
from dataclasses import replace
from typing import TYPE_CHECKING, get_args

from extractor.errors import EditRefused, ReviewError, StaleDecision
from extractor.review.claims.claims import Claim, claim_by_id
from extractor.review.claims.json_rows import Json, packed, unpacked
from extractor.review.claims.recording import insert_added, refresh
from extractor.review.claims.standing import (
    Action,
    Decision,
    Reason,
    log_of,
    not_undone,
    read_decision,
)
from extractor.review.decide.editing import verify
from extractor.store.packing import anchor_of, storable
from extractor.text.carrying import CONTEXT
from extractor.text.dates import utc_for_people

if TYPE_CHECKING:
    from extractor.review.desk import Desk

REASONS: tuple[Reason, ...] = get_args(Reason)
_LONGEST_NAME = 100  # code points of a reviewer's name
_LONGEST_NOTE = 10_000


def decide(
    desk: "Desk",
    claim_id: str,
    *,
    reviewer: str,
    action: Action,
    seen: int,
    row: Json = None,
    reason: Reason | None = None,
    note: str | None = None,
    second: bool = False,
) -> Claim:
    """Take a decision: "accept", "correct" (with `row`), "reject", "later" or "settle".

    "settle" keeps what was decided although the machine says something else by now.
    `seen` is the `version` that the reviewer saw. `second`: a blind second review, which is kept
    and changes nothing. A correction to what the claim says already is an acceptance. Returns the
    claim as it is then. Raises StaleDecision, EditRefused, or ReviewError for what cannot be
    decided.
    """
    _check(reviewer, action, reason, note)
    if (row is not None) != (action == "correct"):
        raise EditRefused("a row is given to correct a claim, and only then")
    with desk.transaction() as connection:
        claim = claim_by_id(desk, claim_id)
        if claim.version != seen:
            raise _stale(connection, claim, seen)
        if second:  # the reviewer saw the machine's proposal, not the row that counts
            claim = replace(claim, row=claim.proposal)
        if action == "correct" and row == claim.row and row is not None:
            action, row = "accept", None
        if action == "accept" and claim.row is None:
            raise EditRefused(
                "its words are not in the article any more: select them anew, or reject the claim"
            )
        if action == "settle" and not claim.decision:
            raise ReviewError("nothing was decided that could be kept: accept or correct the claim")
        after = row if action == "correct" else claim.row
        if action in ("reject", "later") or (action == "settle" and claim.status == "rejected"):
            after = None
        if action == "correct":
            verify(desk, claim.article_sha256, claim.schema, claim.kind, row)
        _append(
            desk, connection, claim, reviewer, action, after, seen, reason=reason, note=note,
            second=second,
        )  # fmt: skip
        if not second:
            refresh(desk, connection, claim.number)
        return claim_by_id(desk, claim_id)


def add(
    desk: "Desk",
    article_sha256: str,
    schema: str,
    kind: str,
    row: Json,
    *,
    reviewer: str,
    note: str | None = None,
) -> Claim:
    """Add what the machine has missed, as accepted; return the new claim.

    Raises EditRefused, also when the queue has a claim on the same evidence that says the same.
    """
    _check(reviewer, "add", None, note)
    with desk.transaction() as connection:
        verify(desk, article_sha256, schema, kind, row)
        number, claim_id = insert_added(desk, connection, article_sha256, schema, kind, row)
        claim = claim_by_id(desk, claim_id)
        _append(desk, connection, claim, reviewer, "add", row, claim.version, note=note)
        refresh(desk, connection, number)
        return claim_by_id(desk, claim_id)


def undo(desk: "Desk", reviewer: str, claim_id: str | None = None) -> Claim:
    """Take back a reviewer's last decision, or the last one on a claim.

    The decision before it counts again. Only what still counts can be taken back, and only by who
    decided it. Raises ReviewError, StaleDecision when somebody has decided on the claim since.
    """
    _check(reviewer, "undo", None, None)
    with desk.transaction() as connection:
        last = _last_of(connection, reviewer, claim_id)
        claim = claim_by_id(desk, last.claim_id)
        standing = not_undone(log_of(connection, claim.id))[-1]
        if standing.id != last.id:
            raise StaleDecision(
                f"{standing.reviewer} has decided on this claim since; decide anew instead",
                claim,
                standing,
            )
        _append(desk, connection, claim, reviewer, "undo", None, claim.version, undoes=last.id)
        refresh(desk, connection, claim.number)
        return claim_by_id(desk, claim.id)


def history(desk: "Desk", claim_id: str) -> list[Decision]:
    """Return the whole log of a claim, second reviews too, oldest entry first."""
    return log_of(desk.connection, claim_id)


def save_draft(desk: "Desk", claim_id: str, reviewer: str, row: Json | None) -> None:
    """Save a reviewer's unfinished edit of a claim, whatever the form holds; None drops it.

    Neither runs nor decisions touch it, and the claim stays in the queue. Raises ReviewError.
    """
    _check(reviewer, "correct", None, None)
    with desk.transaction() as connection:
        claim = claim_by_id(desk, claim_id)
        if row is None:
            connection.execute(
                "delete from draft where claim_id = ? and reviewer = ?",
                (claim.id, storable(reviewer)),
            )
        else:
            connection.execute(
                "insert or replace into draft values (?, ?, ?, ?)",
                (claim.id, storable(reviewer), packed(row), time.time()),
            )
        refresh(desk, connection, claim.number, version=claim.version)


def draft_of(desk: "Desk", claim_id: str, reviewer: str) -> Json | None:
    """Return a reviewer's unfinished edit of a claim, or None."""
    rows = desk.select(
        'select "row" from draft where claim_id = ? and reviewer = ?',
        (storable(claim_id), storable(reviewer)),
    )
    return unpacked(rows[0][0]) if rows else None


def _check(reviewer: str, action: Action, reason: str | None, note: str | None) -> None:
    """Raise ReviewError for a name, action, reason or note that cannot be, whoever sends it."""
    if not reviewer.strip() or len(reviewer) > _LONGEST_NAME or not reviewer.isprintable():
        raise ReviewError(f"a reviewer has a printable name of 1 to {_LONGEST_NAME} characters")
    if action not in get_args(Action):
        raise ReviewError(f"{str(action)[:40]!r} is nothing that can be decided")
    if reason is not None and (reason not in REASONS or action != "reject"):
        raise ReviewError(f"the reason of a rejection is one of {', '.join(REASONS)}")
    if note is not None and len(note) > _LONGEST_NOTE:
        raise ReviewError(f"a note has at most {_LONGEST_NOTE} characters")


def _stale(connection: sqlite3.Connection, claim: Claim, seen: int) -> StaleDecision:
    """Return the error that says what happened since a version of a claim that was seen."""
    log = [
        decision
        for decision in log_of(connection, claim.id)
        if not decision.second and decision.seen >= seen
    ]
    if not log:
        return StaleDecision(
            "a run has found it anew meanwhile; look at it again and decide", claim, None
        )
    last = log[-1]
    when = utc_for_people(last.at)
    return StaleDecision(
        f"{last.reviewer} decided meanwhile ({last.action}, {when}); look at it again and decide",
        claim,
        last,
    )


def _last_of(connection: sqlite3.Connection, reviewer: str, claim_id: str | None) -> Decision:
    """Return the latest decision of a reviewer that was not taken back."""
    row = connection.execute(
        "select * from decision d where reviewer = :reviewer and pass = 1 and action <> 'undo'"
        " and (:claim is null or claim_id = :claim) and not exists (select 1 from decision u"
        " where u.claim_id = d.claim_id and u.undoes = d.id) order by id desc limit 1",
        {"reviewer": storable(reviewer), "claim": storable(claim_id)},
    ).fetchone()
    if row is None:
        raise ReviewError("there is no decision of yours to take back")
    return read_decision(row)


def _append(
    desk: "Desk",
    connection: sqlite3.Connection,
    claim: Claim,
    reviewer: str,
    action: Action,
    after: Json,
    seen: int,
    *,
    reason: Reason | None = None,
    note: str | None = None,
    second: bool = False,
    undoes: int | None = None,
) -> None:
    """Write one entry of the log."""
    start, end, _ = anchor_of(after if after is not None else claim.row)
    text = desk.article(claim.article_sha256).text if start is not None else ""
    exact = prefix = suffix = None
    if start is not None and end is not None:
        exact, prefix, suffix = (
            text[start:end], text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT],
        )  # fmt: skip
    connection.execute(
        "insert into decision (claim_id, at, reviewer, action, before, after, machine, reason,"
        ' note, seen, pass, undoes, article_sha256, start, "end", exact, prefix, suffix)'
        " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            claim.id,
            time.time(),
            storable(reviewer),
            action,
            None if claim.row is None else packed(claim.row),
            None if after is None else packed(after),
            None if claim.proposal is None else packed(claim.proposal),
            reason,
            storable(note),
            seen,
            2 if second else 1,
            undoes,
            claim.article_sha256,
            start,
            end,
            *map(storable, (exact, prefix, suffix)),
        ),
    )
