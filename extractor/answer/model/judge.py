"""Checks a model's answers row by row: keeps the good rows, and says what is wrong with the others.

One wrong id does not cost the other rows. What was good stays when the model is asked again, and
the model is asked for the rest only: shorter answers, and a second attempt cannot make the first
one worse. What the model still gets wrong is left to the check and the rules.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic_core import from_json

from extractor.answer.endpoint.messages import AskAgain, Question
from extractor.answers import Dismissal, row_key
from extractor.article import Remark
from extractor.check.resolve import DraftRow, Fault, data_of, fault_line, resolve
from extractor.fields import Grounded, Name
from extractor.find.candidates import Candidate
from extractor.find.inventory import Inventory
from extractor.kinds import accountable_kinds, kind_of_id, place_of
from extractor.schema.shape import FieldShape, Shape, validator_of
from extractor.text.spans import Span

_FENCE = re.compile(r"(?s)\A\s*(?:<think>.*?</think>\s*)?(?:```(?:json)?\s*)?(.*?)(?:```)?\s*\Z")
_MOST_SHOWN = 30  # complaints in one message; more only confuse
_MAX_REASON = 80  # characters of a dismissal's reason

Key = tuple[str, str]  # field key of the list, and the id that the row rests on or ""


class Complaint(NamedTuple):
    """One thing that is wrong with an answer, and the row it is about."""

    line: str
    key: Key
    row: str = ""  # its path in the answer: "releases[3]"


def read_json(text: str) -> dict[str, Any]:
    """Return an answer's JSON object, without the code fences or thoughts around it.

    Raises AskAgain with a message for the model: the answer is empty, no JSON or no object.
    """
    body = _body_of(text)
    if not body.strip():
        raise AskAgain("the answer is empty; answer with one JSON object")
    try:
        data = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise AskAgain(f"the answer is not JSON ({error}); answer with one JSON object") from None
    if not isinstance(data, dict):
        raise AskAgain("the answer is not a JSON object")
    return data


def _body_of(text: str) -> str:
    """Return an answer without fences and thoughts; most have none."""
    bare = text.strip()
    if bare.startswith("{") and bare.endswith("}"):
        return bare
    match = _FENCE.match(text)
    return match.group(1) if match else text


def read_cut_json(text: str) -> dict[str, Any]:
    """Return the complete items of an answer that was cut off, without the last one begun."""
    try:
        data = from_json(_body_of(text), allow_partial="trailing-strings")
    except ValueError:
        return {}
    if not isinstance(data, dict) or not data:
        return {}
    last = next(reversed(data))
    if isinstance(data[last], list):
        data[last] = data[last][:-1]
    else:
        del data[last]
    return data


@dataclass
class Judge:
    """Gathers the good rows of one or more answers to one question about a part of an article.

    `part` is the span that the question shows. `wanted` limits the rows that are accepted to those
    on these candidates (None: all of the part).
    """

    inventory: Inventory
    shape: Shape
    part: Span
    wanted: frozenset[str] | None = None
    asks_all: bool = True  # complain of candidates that no row accounts for
    rows: dict[Key, list[DraftRow]] = field(default_factory=dict)
    # Rows that are wrong in part: used by `accept_reserve` where no better ones came.
    reserve: dict[Key, list[DraftRow]] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)  # root fields that are no rows
    dismissed: dict[str, Dismissal] = field(default_factory=dict)
    faults: list[Complaint] = field(default_factory=list)  # of the latest answer
    attempts: int = 0  # answers judged so far
    sent_back: list[str] = field(default_factory=list)  # the complaints about all answers
    _last_complaints: list[str] = field(default_factory=list, repr=False)

    def accept(self, data: dict[str, Any]) -> None:
        """Keep what is good of an answer's object; raise AskAgain when something is wrong with it.

        The message lists the complaints. The same ones are not made twice in a row: a model that
        repeats its answer has no better one.
        """
        self.attempts += 1
        self.faults = []
        if self.attempts > 1:  # only what was wrong is given again
            data = {f.key: [] for f in self.shape.fields if f.row and f.many} | data
        draft, faults = resolve(self.inventory, self.shape, data)
        self.faults += [
            Complaint(fault_line(f), (f.list_path, f.anchor or ""), _row_path(f.path))
            for f in faults
        ]
        self._accept_rows(draft, faults)
        self._accept_values(draft, data)
        self._accept_dismissals(data)
        complaints = [complaint.line for complaint in self.faults] + self._gaps()
        is_repeated = complaints == self._last_complaints
        self._last_complaints = complaints
        if complaints and not is_repeated:
            self.sent_back += complaints
            raise AskAgain(_message(complaints))

    def accept_finally(self, data: dict[str, Any]) -> None:
        """Keep what is good of an answer that will not be asked for again."""
        with suppress(AskAgain):
            self.accept(data)

    def _accept_rows(self, draft: DraftRow, faults: Sequence[Fault]) -> None:
        """Keep the rows of an answer that are good, and put those wrong in part into the reserve.

        A new answer's rows on a candidate replace those of the answers before.
        """
        fresh: dict[Key, list[DraftRow]] = {}
        reserve: dict[Key, list[DraftRow]] = {}
        for listed in self.shape.fields:
            row = listed.row
            if row is None or not listed.many:
                continue
            for draft_row in draft.values.get(listed.key) or ():
                key = listed.key, draft_row.anchor_id or ""
                if not self._belongs(listed, row, draft_row):
                    continue
                if self._is_unfounded(row, draft_row, key):
                    continue
                refused = _refused(row, draft_row)
                path = draft_row.path
                self.faults += [Complaint(line, key, path) for line in refused]
                if refused or path in {fault.row for fault in self.faults}:
                    draft_row.faults = tuple(f for f in faults if _row_path(f.path) == path)
                    reserve.setdefault(key, []).append(draft_row)
                else:
                    _keep(row, draft_row, fresh.setdefault(key, []))
        self.rows.update(fresh)
        self.reserve.update(reserve)

    def _is_unfounded(self, row: Shape, draft_row: DraftRow, key: Key) -> bool:
        """Return whether a row on a sentence copies phrases of which not one stands in it.

        Such a sentence is no evidence for the row: its other values are not kept either, and
        the one complaint about the row replaces those about its fields.
        """
        if row.rests_on is None or not row.rests_on.on_sentence:
            return False
        phrases = [f.key for f in row.fields if f.kind == "verbatim"]
        given, values, path = draft_row.given, draft_row.values, draft_row.path
        if all(given.get(phrase) in (None, "", []) for phrase in phrases):
            return False
        if any(values.get(phrase) not in (None, []) for phrase in phrases):
            return False
        self.faults = [fault for fault in self.faults if fault.row != path]
        line = f"{path}: not one of its phrases stands in {key[1]}, so {key[1]} does not say it"
        self.faults.append(Complaint(line, key, path))
        return True

    def _belongs(self, listed: FieldShape, row: Shape, draft_row: DraftRow) -> bool:
        """Return whether a row is about this part of the article, and was asked for."""
        anchor, kind = draft_row.anchor_id, row.rests_on
        if anchor is None or self._candidate(anchor) is None:
            return True
        (start, end), (begins, ends) = place_of(self.inventory, anchor), self.part
        if start >= ends or end <= begins:
            line = f"{draft_row.path}: {anchor} is not in this part of the article"
            self.faults.append(Complaint(line, (listed.key, anchor), draft_row.path))
            return False
        if self.wanted is None or kind is None or not kind.has_confidence:
            return True
        if {anchor, row_key(listed, anchor)} & self.wanted:
            return True
        return kind.accountable and any(
            kind.anchor_id(candidate) == anchor
            for candidate in kind.candidates(self.inventory)
            if candidate.id in self.wanted
        )

    def _candidate(self, id_: str) -> Candidate | None:
        return self.inventory.candidate(id_)

    def _accept_values(self, draft: DraftRow, data: dict[str, Any]) -> None:
        """Keep the values of the root fields that hold no rows, where the model allows them."""
        for asked in self.shape.fields:
            if (asked.row is not None and asked.many) or asked.key not in data:
                continue
            value = draft.values.get(asked.key)
            if asked.row is not None:
                refused = _refused(asked.row, value) if value else []
                self.faults += [Complaint(line, (asked.key, "")) for line in refused]
                if value and not refused:
                    self.values[asked.key] = value
            elif line := _misfit(self.shape, asked, value):
                self.faults.append(Complaint(line, (asked.key, "")))
            else:
                self.values[asked.key] = value

    def _accept_dismissals(self, data: dict[str, Any]) -> None:
        """Keep the dismissals of candidates that exist, unless a row uses the candidate."""
        items = data.get("dismissed")
        for item in items if isinstance(items, list) else []:
            id_ = str(item.get("id", "")).strip("[]() ").upper() if isinstance(item, dict) else ""
            if self._candidate(id_) is None:
                line = f"dismissed: there is no {id_[:20]!r} in this article"
                self.faults.append(Complaint(line, ("dismissed", "")))
                continue
            reason = " ".join(str(item.get("reason") or "").split())[:_MAX_REASON]
            self.dismissed[id_] = Dismissal(id_, reason or "no reason given", "model")
        if self.dismissed:
            for used in self.used():
                self.dismissed.pop(used, None)  # a row says more than a dismissal

    def used(self) -> set[str]:
        """Return the ids of the candidates that the rows and lists gathered so far account for."""
        ids = {anchor for _, anchor in self.rows}
        _add_ids(ids, self.values.values())
        for rows in self.rows.values():
            for row in rows:
                _add_ids(ids, row.values.values())
        for listed in self.shape.fields:
            kind = listed.row.rests_on if listed.row is not None else None
            if kind is None or not (kind.accountable and kind.on_sentence):
                continue
            # Rows rest on sentences: they account for the statements in these.
            evidence = {anchor for key, anchor in self.rows if key == listed.key}
            ids |= {
                candidate.id
                for candidate in kind.candidates(self.inventory)
                if kind.anchor_id(candidate) in evidence
            }
        return ids

    def candidates(self) -> list[str]:
        """Return the ids in this part that the schema wants a row or a dismissal for, by kind."""
        placed = [
            (candidate.id, *kind.span(candidate))
            for kind in accountable_kinds()
            if self.shape.asks_for(kind)
            for candidate in kind.candidates(self.inventory)
            if kind.is_asked_about(candidate)
        ]
        begins, ends = self.part
        wanted = self.wanted
        return [
            id_
            for id_, start, end in placed
            if begins <= start and end <= ends and (wanted is None or id_ in wanted)
        ]

    def missing(self) -> list[str]:
        """Return the ids of the candidates that neither a row nor a dismissal accounts for."""
        done = self.used() | self.dismissed.keys() | {anchor for _, anchor in self.reserve}
        return [id_ for id_ in self.candidates() if id_ not in done]

    def _gaps(self) -> list[str]:
        """Return the complaint about candidates that are not accounted for; [] if there is none."""
        missing = self.missing() if self.asks_all else []
        if not missing:
            return []
        shown = [self._with_anchor(id_) for id_ in missing]
        return [f"{', '.join(shown)}: in no row and not in dismissed"]

    def _with_anchor(self, id_: str) -> str:
        """Return an id for a message, with the one that a row about it would rest on."""
        kind, candidate = kind_of_id(id_), self._candidate(id_)
        anchor = kind.anchor_id(candidate) if kind is not None else id_
        return id_ if anchor == id_ else f"{id_} (in {anchor})"

    def accept_reserve(self) -> list[Remark]:
        """Keep the rows in reserve where no better ones came; return warnings of what is dropped.

        The check drops what is wrong in a row of the reserve, reports it, and lets the rules
        fill in; so here only rows are reported that rest on nothing.
        """
        for key, rows in self.reserve.items():
            if key[1] and key not in self.rows:
                self.rows[key] = rows
                self.dismissed.pop(key[1], None)
        self.reserve = {}
        return [self._remark(fault) for fault in self.faults if fault.key not in self.rows]

    def _remark(self, complaint: Complaint) -> Remark:
        candidate = complaint.key[1] or None
        known = candidate is not None and self._candidate(candidate) is not None
        where = place_of(self.inventory, candidate) if candidate and known else None
        message = f"the model's answer, dropped: {complaint.line}"
        return Remark("answer_dropped", message, where, candidate)


def _message(complaints: list[str]) -> str:
    """Return the message that asks a model for what is wrong or missing, one line each."""
    lines = [f"- {line}" for line in complaints[:_MOST_SHOWN]]
    if len(complaints) > _MOST_SHOWN:
        lines.append(f"- and {len(complaints) - _MOST_SHOWN} more")
    return (
        "Give only the rows that are named here, corrected or added; the others are kept, "
        "so leave them out.\n" + "\n".join(lines)
    )


def _row_path(path: str) -> str:
    """Return the path of the row that a path leads into: "releases[3]" of "releases[3].who[0]"."""
    return path[: path.index("]") + 1] if "]" in path else path


def _add_ids(ids: set[str], values: Iterable[Any]) -> None:
    """Add to `ids` those of candidates among values, in lists and rows too, but not of names."""
    for value in values:
        if isinstance(value, Grounded):
            if not isinstance(value, Name) and (id_ := getattr(value, "id", None)):
                ids.add(id_)
        elif isinstance(value, DraftRow):
            _add_ids(ids, value.values.values())
        elif isinstance(value, list):
            _add_ids(ids, value)


def _keep(row: Shape, draft_row: DraftRow, kept: list[DraftRow]) -> None:
    """Add a row to those on the same candidate, unless it says nothing new."""
    kind = row.rests_on
    if kept and kind is not None and kind.one_row_each and kind.accountable:
        return  # one row a quotation: the first counts
    if not any(says_the_same(draft_row, other) for other in kept):
        kept.append(draft_row)


def says_the_same(row: DraftRow, other: DraftRow) -> bool:
    """Return whether two rows of a list have the same values."""
    return row.data() == other.data()


def _refused(row: Shape, draft_row: DraftRow) -> list[str]:
    """Return what the schema's model of a row or group refuses in its values, a line each."""
    try:
        row.model.model_validate(draft_row.data())
    except ValidationError as error:
        path = draft_row.path
        return [f"{path}.{line}" for line in _lines(error)] or [path]
    return []


def _misfit(shape: Shape, asked: FieldShape, value: Any) -> str | None:
    """Return what is wrong with a field's value, or None."""
    try:
        validator_of(shape.model, asked.name).validate_python(data_of(value))
    except ValidationError as error:
        return f"{asked.key}: {'; '.join(_lines(error)[:3])}"
    return None


def _lines(error: ValidationError) -> list[str]:
    """Return one line for each thing that is wrong, without Pydantic's own decoration."""
    lines = []
    for detail in error.errors(include_url=False, include_context=False, include_input=False):
        path = ".".join(str(part) for part in detail["loc"] if not str(part).startswith("literal"))
        lines.append(f"{path}: {detail['msg'].removeprefix('Value error, ')}".removeprefix(": "))
    return list(dict.fromkeys(lines))


@dataclass
class PendingQuestion:
    """A question to a model, how its answer is read, and the judge that the answer goes to."""

    question: Question
    judge: Judge
    about: str  # for messages: "Q7", "part 2 of 3"
    read: Callable[[str], dict[str, Any]]  # the answer's text as data; raises AskAgain
    read_cut: Callable[[str], dict[str, Any]]  # the same for an answer that was cut off
    # By candidate: how sure the answer is, 0…1; filled by `read` where the answer shows it.
    confidence: dict[str, float] = field(default_factory=dict)
