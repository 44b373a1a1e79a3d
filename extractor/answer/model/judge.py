"""What a model's answers yield: good rows are kept, each fault becomes a complaint it can act on.

An answer is judged row by row, so one wrong id does not cost the other rows. What was good stays
when the model is asked again, and the model is asked for the rest only: shorter answers, and a
second attempt cannot make the first one worse.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Annotated, Any, NamedTuple

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import from_json

from extractor.answer.endpoint.messages import AskAgain, Question
from extractor.answers import Dismissal, row_key
from extractor.article import Remark
from extractor.check.resolve import Draft, Fault, data_of, fault_line, resolve
from extractor.fields import Grounded, Name
from extractor.find.candidates import Candidate
from extractor.find.inventory import Inventory
from extractor.kinds import accountable_kinds, kind_of_id, place_of
from extractor.schema.shape import FieldShape, Shape
from extractor.text.spans import Span

_FENCE = re.compile(r"(?s)\A\s*(?:<think>.*?</think>\s*)?(?:```(?:json)?\s*)?(.*?)(?:```)?\s*\Z")
_SHOWN = 30  # complaints in one message; more only confuse
_MAX_REASON = 80  # characters of a dismissal's reason

Key = tuple[str, str]  # field key of the list, and the id that the row rests on or ""


class Complaint(NamedTuple):
    """One thing that is wrong with an answer, and the row it is about."""

    line: str
    key: Key
    row: str = ""  # its path in the answer: "releases[3]"


def read_json(text: str) -> dict[str, Any]:
    """Return an answer's object, whatever code fences or thoughts are around it.

    Raises AskAgain.
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
    """Return what is whole in an answer that was cut: never the last thing begun."""
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
    """The good of one or more answers about a part of one article.

    `wanted` limits what is taken to rows on these candidates (None: all of the part).
    """

    inventory: Inventory
    shape: Shape
    part: Span
    wanted: frozenset[str] | None = None
    asks_all: bool = True  # complain of candidates that no row accounts for
    rows: dict[Key, list[Draft]] = field(default_factory=dict)
    reserve: dict[Key, list[Draft]] = field(default_factory=dict)  # wrong in part
    values: dict[str, Any] = field(default_factory=dict)  # root fields that are no rows
    dismissed: dict[str, Dismissal] = field(default_factory=dict)
    faults: list[Complaint] = field(default_factory=list)  # of the latest answer
    attempts: int = 0
    sent_back: list[str] = field(default_factory=list)  # the faults of all answers
    _told: list[str] = field(default_factory=list, repr=False)

    def take(self, data: dict[str, Any]) -> None:
        """Take what is good of an answer; raise AskAgain while something is wrong or missing."""
        self.attempts += 1
        self.faults = []
        if self.attempts > 1:  # only what was wrong is given again
            data = {f.key: [] for f in self.shape.fields if f.row and f.many} | data
        draft, faults = resolve(self.inventory, self.shape, data)
        self.faults += [
            Complaint(fault_line(f), (f.list_path, f.anchor or ""), _row_path(f.path))
            for f in faults
        ]
        self._take_rows(draft, faults)
        self._take_values(draft, data)
        self._take_dismissals(data)
        told = [complaint.line for complaint in self.faults] + self._gaps()
        again, self._told = told == self._told, told
        if told and not again:  # what was told once in vain is not told again
            self.sent_back += told
            raise AskAgain(_message(told))

    def take_quietly(self, data: dict[str, Any]) -> None:
        """Take what is good of an answer that will not be asked for again."""
        with suppress(AskAgain):
            self.take(data)

    def _take_rows(self, draft: Draft, faults: Sequence[Fault]) -> None:
        fresh: dict[Key, list[Draft]] = {}
        reserve: dict[Key, list[Draft]] = {}
        for listed in self.shape.fields:
            row = listed.row
            if row is None or not listed.many:
                continue
            for made in draft.values.get(listed.key) or ():
                key = listed.key, made.anchor_id or ""
                if not self._belongs(listed, row, made):
                    continue
                if self._is_unfounded(row, made, key):
                    continue
                refused = _refused(row, made)
                self.faults += [Complaint(line, key, made.path) for line in refused]
                if refused or made.path in {fault.row for fault in self.faults}:
                    made.faults = tuple(f for f in faults if _row_path(f.path) == made.path)
                    reserve.setdefault(key, []).append(made)
                else:
                    _keep(row, made, fresh.setdefault(key, []))
        self.rows.update(fresh)
        self.reserve.update(reserve)

    def _is_unfounded(self, row: Shape, made: Draft, key: Key) -> bool:
        """Tell whether a row on a sentence copies phrases of which not one stands in it.

        Such a sentence is no evidence for the row: its other values are not taken either, and
        the one complaint about the row replaces those about its fields.
        """
        if row.rests_on is None or not row.rests_on.on_sentence:
            return False
        phrases = [f.key for f in row.fields if f.kind == "verbatim"]
        given = any(made.given.get(phrase) not in (None, "", []) for phrase in phrases)
        if not given or any(made.values.get(phrase) not in (None, []) for phrase in phrases):
            return False
        self.faults = [fault for fault in self.faults if fault.row != made.path]
        line = (
            f"{made.path}: not one of its phrases stands in {key[1]}, so {key[1]} does not say it"
        )
        self.faults.append(Complaint(line, key, made.path))
        return True

    def _belongs(self, listed: FieldShape, row: Shape, made: Draft) -> bool:
        """Tell whether a row is about this part of the article, and was asked for."""
        anchor, kind = made.anchor_id, row.rests_on
        if anchor is None or self._candidate(anchor) is None:
            return True
        (start, end), (begins, ends) = place_of(self.inventory, anchor), self.part
        if start >= ends or end <= begins:
            told = f"{made.path}: {anchor} is not in this part of the article"
            self.faults.append(Complaint(told, (listed.key, anchor), made.path))
            return False
        if self.wanted is None or kind is None or not kind.rated:
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

    def _take_values(self, draft: Draft, data: dict[str, Any]) -> None:
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

    def _take_dismissals(self, data: dict[str, Any]) -> None:
        items = data.get("dismissed")
        for item in items if isinstance(items, list) else []:
            id_ = str(item.get("id", "")).strip("[]() ").upper() if isinstance(item, dict) else ""
            if self._candidate(id_) is None:
                told = f"dismissed: there is no {id_[:20]!r} in this article"
                self.faults.append(Complaint(told, ("dismissed", "")))
                continue
            reason = " ".join(str(item.get("reason") or "").split())[:_MAX_REASON]
            self.dismissed[id_] = Dismissal(id_, reason or "no reason given", "model")
        if self.dismissed:
            for used in self.used():
                self.dismissed.pop(used, None)  # a row says more than a dismissal

    def used(self) -> set[str]:
        """Return the candidates that the rows and lists gathered so far account for."""
        found = {anchor for _, anchor in self.rows}
        _add_ids(found, self.values.values())
        for rows in self.rows.values():
            for row in rows:
                _add_ids(found, row.values.values())
        for listed in self.shape.fields:
            kind = listed.row.rests_on if listed.row is not None else None
            if kind is None or not (kind.accountable and kind.on_sentence):
                continue
            # Rows rest on sentences: they account for the statements in these.
            evidence = {anchor for key, anchor in self.rows if key == listed.key}
            found |= {
                candidate.id
                for candidate in kind.candidates(self.inventory)
                if kind.anchor_id(candidate) in evidence
            }
        return found

    def candidates(self) -> list[str]:
        """Return the ids in this part that the schema wants a row or a dismissal for."""
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
        """Return the candidates that neither a row nor a dismissal accounts for."""
        done = self.used() | self.dismissed.keys() | {anchor for _, anchor in self.reserve}
        return [id_ for id_ in self.candidates() if id_ not in done]

    def _gaps(self) -> list[str]:
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

    def finish(self) -> list[Remark]:
        """Take the rows in reserve where nothing better came; return what was lost, as warnings.

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
        told = f"the model's answer, dropped: {complaint.line}"
        return Remark("answer_dropped", told, where, candidate)


def _message(told: list[str]) -> str:
    lines = [f"- {line}" for line in told[:_SHOWN]]
    if len(told) > _SHOWN:
        lines.append(f"- and {len(told) - _SHOWN} more")
    return (
        "Give only the rows that are named here, corrected or added; the others are kept, "
        "so leave them out.\n" + "\n".join(lines)
    )


def _row_path(path: str) -> str:
    """Return the path of the row that a path leads into: "releases[3]" of "releases[3].who[0]"."""
    return path[: path.index("]") + 1] if "]" in path else path


def _add_ids(found: set[str], values: Iterable[Any]) -> None:
    """Add the ids of candidates among values, in lists and models too; names count for nothing."""
    for value in values:
        if isinstance(value, Grounded):
            if not isinstance(value, Name) and (id_ := getattr(value, "id", None)):
                found.add(id_)
        elif isinstance(value, Draft):
            _add_ids(found, value.values.values())
        elif isinstance(value, list):
            _add_ids(found, value)


def _keep(row: Shape, made: Draft, kept: list[Draft]) -> None:
    """Add a row to those on the same candidate, unless it says nothing new."""
    kind = row.rests_on
    if kept and kind is not None and kind.once and kind.accountable:
        return  # one row a quotation: what is said twice is said once
    if not any(says_the_same(made, other) for other in kept):
        kept.append(made)


def says_the_same(one: Draft, other: Draft) -> bool:
    """Return whether two rows of a list have the same values."""
    return one.data() == other.data()


def _refused(row: Shape, made: Draft) -> list[str]:
    """Return what the model of a row or group refuses in its values, a line each."""
    try:
        row.model.model_validate(made.data())
    except ValidationError as error:
        return [f"{made.path}.{line}" for line in _lines(error)] or [made.path]
    return []


def _misfit(shape: Shape, asked: FieldShape, value: Any) -> str | None:
    """Return what is wrong with a field's value, or None."""
    try:
        _adapter(shape.model, asked.name).validate_python(data_of(value))
    except ValidationError as error:
        return f"{asked.key}: {'; '.join(_lines(error)[:3])}"
    return None


def _lines(error: ValidationError) -> list[str]:
    """Return one line for each thing that is wrong, without Pydantic's own decoration."""
    lines = []
    for one in error.errors(include_url=False, include_context=False, include_input=False):
        path = ".".join(str(part) for part in one["loc"] if not str(part).startswith("literal"))
        lines.append(f"{path}: {one['msg'].removeprefix('Value error, ')}".removeprefix(": "))
    return list(dict.fromkeys(lines))


_adapters: dict[tuple[type[BaseModel], str], TypeAdapter[Any]] = {}


def _adapter(model: type[BaseModel], name: str) -> TypeAdapter[Any]:
    key = (model, name)
    if key not in _adapters:
        info = model.model_fields[name]
        annotation: Any = info.annotation
        for constraint in info.metadata:
            annotation = Annotated[annotation, constraint]
        _adapters[key] = TypeAdapter(annotation)
    return _adapters[key]


@dataclass
class Asked:
    """One question with the judge that its answer goes into."""

    question: Question
    judge: Judge
    about: str  # for messages: "Q7", "part 2 of 3"
    read: Callable[[str], dict[str, Any]]  # the answer's text as data; or AskAgain
    read_cut: Callable[[str], dict[str, Any]]  # the same of an answer that was cut
    # By candidate: how sure the answer is, where reading it tells.
    confidence: dict[str, float] = field(default_factory=dict)
