"""Edited sheets brought back: each changed row becomes a decision in the name of a reviewer.

A row says by its claim and version what it was published as, so that only what somebody changed
in it counts. A row is taken whole or refused whole, and a refused one does not stop the others. One
that was decided meanwhile is reported, not merged; what is there already is not done again. Rows
that are missing from a sheet decide nothing.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import ValidationError

from extractor.errors import EditRefused, StaleDecision
from extractor.frozen import frozen
from extractor.review.bring_back.cells import change_of
from extractor.review.bring_back.returned_file import SheetRow, is_as_written, sheet_rows, text_of
from extractor.review.claims.claims import Claim, claims_by_id
from extractor.review.claims.json_rows import Json, unpacked
from extractor.review.decide.decisions import REASONS, decide, history
from extractor.review.decide.editing import edited_row
from extractor.review.desk import Desk
from extractor.review.publish.columns import (
    DECISIONS,
    EditableField,
    PublishedKind,
    digest,
    kinds_of,
    moment,
    read_id,
    read_version,
    typed_names,
)
from extractor.text.phrases import quoted

_BATCH = 500  # rows looked up at a time
_STATUS = {"accept": "accepted", "correct": "corrected", "reject": "rejected", "later": "later"}
_ACTIONS = {
    **{action: action for action in DECISIONS},
    **{status: action for action, status in _STATUS.items()},
}


Edits = dict[str, tuple[EditableField, str]]  # by the field's key, with the column's name


@frozen
class Problem:
    """Why a row or one of its cells was not taken, and where it is."""

    where: str  # "Quotes!D7"
    why: str

    def __str__(self) -> str:
        return f"{self.where}: {self.why}"


@dataclass(slots=True)
class BringBackResult:
    """How many rows of a file were taken, and what is wrong with the others."""

    decisions: int = 0  # taken, or with `dry_run` those that would be
    unchanged: int = 0
    refused: int = 0  # rows; each has a problem or several
    stale: int = 0  # rows that somebody has decided on since
    typed: int = 0  # names that the article does not hold
    problems: list[Problem] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether everything that was asked for is done."""
        return not (self.refused or self.stale)


class _RowRefused(Exception):
    """A row cannot be taken."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__()
        self.problems = problems


class _RowStale(Exception):
    """A row was decided on since it was published."""


def bring_back(desk: Desk, path: Path, reviewer: str, *, dry_run: bool = False) -> BringBackResult:
    """Take the decisions that an edited sheet holds. The desk is to be synced before.

    Raises UsageError when the file is none of ours, ReviewError for a name that is none.
    """
    importer = _Importer(desk, reviewer, dry_run)
    rows = sheet_rows(path)
    while batch := list(islice(rows, _BATCH)):
        importer.take(batch)
    return importer.result


class _Importer:
    """Takes the rows of one file, and counts what became of them."""

    def __init__(self, desk: Desk, reviewer: str, dry_run: bool) -> None:
        self._desk = desk
        self._reviewer = reviewer
        self._dry_run = dry_run
        self._kinds: dict[str, dict[str, PublishedKind]] = {}
        self._seen: dict[str, str] = {}  # claim id -> address of its row in the file
        self.result = BringBackResult()

    def take(self, batch: Sequence[SheetRow]) -> None:
        """Take some rows."""
        ids = {read_id(sheet_row.text("claim")) for sheet_row in batch} - {None}
        claims = {claim.id: claim for claim in claims_by_id(self._desk, (i for i in ids if i))}
        for sheet_row in batch:
            if sheet_row.is_blank():
                continue
            try:
                self._take_row(sheet_row, claims)
            except _RowRefused as refused:
                self.result.refused += 1
                self.result.problems += refused.problems
            except _RowStale as stale:
                self.result.stale += 1
                self.result.problems.append(Problem(sheet_row.address(), str(stale)))

    def _take_row(self, sheet_row: SheetRow, claims: dict[str, Claim]) -> None:
        """Take one row: find its claim, its edits and its decision.

        Raises _RowRefused and _RowStale.
        """
        claim, version, row_hash = self._identified(sheet_row, claims)
        kind = self._kind(claim, sheet_row)
        former = self._published(claim, row_hash)
        published = former if former is not None else claim.row
        edits = self._edits(sheet_row, kind, published) if published is not None else {}
        request = _read_decision(sheet_row)
        if not edits and request == (None, None, ""):
            self.result.unchanged += 1
            return
        action, reason, note = _consistent(sheet_row, request, edits)
        if claim.version != version or digest(claim.row) != row_hash:
            if self._is_done(sheet_row, claim, published, edits, action, note):
                self.result.unchanged += 1
                return
            raise _RowStale(self._since(claim))
        row = self._row(sheet_row, claim, published, edits)
        if action == "correct" and row == published:  # other marks or blanks: the article's words
            action = None if request.action is None else "accept"
        if action is None or (_STATUS[action] == claim.status and not note and not reason):
            self.result.unchanged += 1
            return
        self._decide(sheet_row, claim, action, row if action == "correct" else None, reason, note)
        self.result.decisions += 1
        if action == "correct":
            before = set(typed_names(published))
            self.result.typed += sum(name not in before for name in typed_names(row))

    # --- which row it is -----------------------------------------------------------------------

    def _identified(self, sheet_row: SheetRow, claims: dict[str, Claim]) -> tuple[Claim, int, str]:
        """Return a row's claim, with the version and the hash that it was published as."""
        shown_id = sheet_row.text("claim")
        claim_id = read_id(shown_id)
        if not shown_id:
            raise _refusal(
                sheet_row,
                "claim",
                "the row has no claim; what was missed is added on the review page",
            )
        claim = claims.get(claim_id) if claim_id else None
        if claim is None or claim_id is None:
            raise _refusal(
                sheet_row,
                "claim",
                f"there is no claim {quoted(shown_id, 40)} in {self._desk.folder}; leave this "
                "column as it was published",
            )
        if claim_id in self._seen:
            raise _refusal(sheet_row, "claim", f"the claim stood in {self._seen[claim_id]} already")
        self._seen[claim_id] = sheet_row.address()
        version = read_version(sheet_row.text("version"))
        if version is None:
            raise _refusal(
                sheet_row,
                "version",
                f"{quoted(sheet_row.text('version'), 40)} is no version; leave this column as it "
                "was published, or publish the sheet again",
            )
        return claim, *version

    def _kind(self, claim: Claim, sheet_row: SheetRow) -> PublishedKind:
        """Return the published kind of a claim. Raises _RowRefused when its schema is gone."""
        if claim.schema not in self._kinds:
            schema = self._desk.schema(claim.schema)
            self._kinds[claim.schema] = kinds_of(schema) if schema is not None else {}
        kind = self._kinds[claim.schema].get(claim.kind)
        if kind is None:
            why = self._desk.why_no_schema(claim.schema)
            raise _refusal(
                sheet_row,
                "claim",
                why or f"the schema {claim.schema!r} has no {claim.kind!r} any more",
            )
        return kind

    def _published(self, claim: Claim, row_hash: str) -> Json | None:
        """Return the row as it was published; None when no row of the claim has this hash."""
        if digest(claim.row) == row_hash:
            return claim.row
        before = (
            row
            for decision in history(self._desk, claim.id)
            for row in (decision.before, decision.after)
        )
        proposed = self._desk.select(
            'select "row" from proposal where claim_id = ? order by id desc', (claim.id,)
        )
        rows = (*before, *(unpacked(row[0]) for row in proposed))
        return next((row for row in rows if row is not None and digest(row) == row_hash), None)

    # --- what was changed in it ----------------------------------------------------------------

    def _edits(self, sheet_row: SheetRow, kind: PublishedKind, row: Json) -> Edits:
        """Return the fields whose cells say something else than was published, by key."""
        form: Literal["xlsx", "csv"] = "csv" if sheet_row.sheet is None else "xlsx"
        try:
            published = kind.written(kind.cells(row), form)
        except ValidationError:
            raise _refusal(
                sheet_row, "claim", "the row does not fit its schema any more; edit it on the page"
            ) from None
        editable = {field.name if form == "csv" else field.title: field for field in kind.editable}
        edits: Edits = {}
        fixed = []
        for column, value in published.items():
            if column not in sheet_row or is_as_written(
                value, sheet_row.get(column), sheet_row.lossy
            ):
                continue
            if column in editable:
                edits[editable[column].key] = (editable[column], column)
            else:
                fixed.append(column)
        if fixed:
            why = "this column follows from the others, or cannot be edited in a sheet"
            raise _RowRefused(
                *(Problem(sheet_row.address(column), f"{column}: {why}") for column in fixed)
            )
        return edits

    def _row(self, sheet_row: SheetRow, claim: Claim, row: Json, edits: Edits) -> Json:
        """Return the row with its edits. Raises _RowRefused with the address of every bad cell."""
        changes: dict[str, Json] = {}
        problems = []
        for key, (edited_field, column) in edits.items():
            try:
                cell = sheet_row.get(column)
                changes[key] = change_of(
                    self._desk, claim, edited_field.shape, cell, _value(row, edited_field)
                )
            except ValueError as error:
                problems.append(Problem(sheet_row.address(column), f"{column}: {error}"))
        if problems:
            raise _RowRefused(*problems)
        if not changes:
            return row
        try:
            return edited_row(self._desk, replace(claim, row=row), changes)
        except EditRefused as error:
            column = (
                edits[error.field][1] if error.field in edits else next(iter(edits.values()))[1]
            )
            raise _RowRefused(Problem(sheet_row.address(column), str(error))) from None

    # --- what becomes of it --------------------------------------------------------------------

    def _is_done(
        self,
        sheet_row: SheetRow,
        claim: Claim,
        row: Json,
        edits: Edits,
        action: str | None,
        note: str,
    ) -> bool:
        """Return whether the claim is already as the row asks: the file was brought back before."""
        if action is None or _STATUS[action] != claim.status:
            return False
        if edits:
            try:
                if self._row(sheet_row, claim, row, edits) != claim.row:
                    return False
            except _RowRefused:
                return False
        standing = [
            decision for decision in history(self._desk, claim.id) if decision.id == claim.decision
        ]
        return not note or any(decision.note == note for decision in standing)

    def _since(self, claim: Claim) -> str:
        """Return what happened to a claim since it was published, as a sentence."""
        log = [decision for decision in history(self._desk, claim.id) if not decision.second]
        if log and claim.version:
            last = log[-1]
            return (
                f"{last.reviewer} decided on it meanwhile ({last.action}, {moment(last.at)}); what "
                "this row says was not taken: publish it anew and look again"
            )
        return "a run has found it anew meanwhile; publish it anew and look again"

    def _decide(
        self, sheet_row: SheetRow, claim: Claim, action: Any, row: Json, reason: Any, note: str
    ) -> None:
        """Decide, unless this is a dry run. Raises _RowRefused, _RowStale."""
        if self._dry_run:
            return
        try:
            decide(
                self._desk,
                claim.id,
                reviewer=self._reviewer,
                action=action,
                seen=claim.version,
                row=row,
                reason=reason,
                note=note or None,
            )
        except StaleDecision as stale:
            raise _RowStale(str(stale)) from None
        except EditRefused as error:
            raise _refusal(sheet_row, "decision", str(error)) from None


class _Decision(NamedTuple):
    """What the first columns of a row say."""

    action: str | None
    reason: str | None
    note: str


def _read_decision(sheet_row: SheetRow) -> _Decision:
    """Return the decision in the first columns of a row. Raises _RowRefused."""
    word = sheet_row.text("decision")
    action = _ACTIONS.get(word.casefold()) if word else None
    if word and action is None:
        raise _refusal(
            sheet_row, "decision", f"{quoted(word, 40)} is none of {', '.join(DECISIONS)}"
        )
    words = sheet_row.text("reason")
    reason = re.sub(r"[\s-]+", "_", words.casefold()) or None
    if reason is not None and reason not in REASONS:
        raise _refusal(sheet_row, "reason", f"{quoted(words, 40)} is none of {', '.join(REASONS)}")
    return _Decision(action, reason, sheet_row.text("note"))


def _consistent(sheet_row: SheetRow, request: _Decision, edits: Edits) -> _Decision:
    """Return the decision that a row means, an edit making it a correction.

    Raises _RowRefused where its cells contradict one another.
    """
    action, reason, note = request
    if edits and action in ("reject", "later"):
        column = next(iter(edits.values()))[1]
        cell = text_of(sheet_row.get(column))
        raise _refusal(
            sheet_row,
            column,
            f"the cell was changed to {quoted(cell, 60)}, but the decision is {action}; undo one "
            "of them",
        )
    if edits:
        action = "correct"
    elif action == "correct":
        raise _refusal(sheet_row, "decision", "nothing in the row was corrected; accept it instead")
    if reason is not None and action != "reject":
        raise _refusal(sheet_row, "reason", "a reason is of a rejection; choose reject as decision")
    if note and action is None:
        raise _refusal(sheet_row, "note", "a note goes with a decision; choose one")
    return _Decision(action, reason, note)


def _value(row: Json, field: EditableField) -> Json:
    """Return what a row holds in a field; an anchor that is spread into the row is the row."""
    if not isinstance(row, dict):
        return row
    return row.get(field.shape.key, row)


def _refusal(sheet_row: SheetRow, column: str, why: str) -> _RowRefused:
    return _RowRefused(Problem(sheet_row.address(column), why))


def result_lines(result: BringBackResult, dry_run: bool) -> Iterator[str]:
    """Yield a result for people: a line a problem, then the counts."""
    yield from map(str, result.problems)
    would = " would be taken" if dry_run else ""
    parts = [
        f"{result.decisions} decision{'' if result.decisions == 1 else 's'}{would}",
        f"{result.unchanged} unchanged",
        f"{result.refused} refused",
        f"{result.stale} stale",
    ]
    if result.typed:
        parts.append(f"{result.typed} names typed that their article does not hold")
    yield ", ".join(parts)
