"""Writes an article for a model: its text with the candidates' ids written in.

    [S4] The envoy [P3] said: [Q1: "We agreed on [N2: 40] names."]

The text is hostile: what looks like one of our marks or closes the article's frame is changed by
one character, so that an article cannot bring its own ids. What it says stays what it says: its
worst effect is a wrong id, which the closed lists and the check limit to candidates of the text.
"""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable
from typing import Any

from extractor.find.candidates import Entity, Mention
from extractor.find.inventory import Inventory
from extractor.frozen import frozen
from extractor.kinds import all_kinds
from extractor.kinds.kind import Kind
from extractor.text.spans import Span

_FAKE_MARK = re.compile(r"\[(?=\s*[A-Za-z]\s*\d)")
_OUR_MARK = re.compile(r"\s?\[P\d+\]|\[S\d+\]\s?|\[[A-Z]\d+(?: continued)?:\s?([^\[\]]*)\]?")
_ID = re.compile(r"\[?[A-Za-z]\d+(?:\.\d+)?\]?")
_FAKE_FRAME = re.compile(r"(?i)<(?=\s*/?\s*article)")
# Alternative names listed beside the main one; more of them cost tokens and do not help.
_ALIASES = 3
_BEYOND = 80  # characters behind a part that are looked at
_NAMES = 60  # in one question; beyond it the least mentioned are left out
# An offset, its rank among marks at that offset (less than 0: it ends something), and what is
# written: first what ends, the inner before the outer; then what begins, the outer first.
Mark = tuple[int, int, str]
_ID_BEHIND, _ENDS, _BEGINS = -4_000_000_000, -3_000_000_000, 3_000_000_000


@frozen
class ListedName:
    """A name as the model may choose it."""

    id: str
    name: str
    kind: str
    aliases: tuple[str, ...]

    @property
    def line(self) -> str:
        """One line of the list: "P3 Ruth Okafor (person; also Okafor)"."""
        return f"{self.id} {self.label}"

    @property
    def label(self) -> str:
        """The line without the id."""
        also = f"; also {', '.join(self.aliases)}" if self.aliases else ""
        return f"{self.name} ({self.kind}{also})"


def harmless(text: str) -> str:
    """Return `text`, as long as before, with nothing in it that looks like one of our marks."""
    if "[" in text:
        text = _FAKE_MARK.sub("(", text)
    return _FAKE_FRAME.sub("‹", text) if "<" in text else text


def one_line(text: str) -> str:
    """Return text for a list: harmless, without line breaks."""
    return " ".join(harmless(text).split())


def unmarked(value: Any) -> Any:
    """Return an answer without the marks that were copied along with words of the article."""
    if isinstance(value, str):
        if "[" not in value or _ID.fullmatch(value.strip()):
            return value
        return _OUR_MARK.sub(lambda mark: mark.group(1) or "", value)
    if isinstance(value, dict):
        return {key: unmarked(item) for key, item in value.items()}
    return [unmarked(item) for item in value] if isinstance(value, list) else value


def mark_up(inventory: Inventory, part: Span, marked: Collection[str]) -> str:
    """Return the text of `part` with the ids in `marked` written in.

    Sentences get their id in front, names behind; quotations, figures and attributions are framed,
    each piece of one that has several. Furniture paragraphs begin with their kind.
    """
    return written_in(inventory, part, marks_for(inventory, marked))


def marks_for(inventory: Inventory, marked: Collection[str]) -> list[Mark]:
    """Return the marks that write the ids in `marked` into the text, in order."""
    marks: list[Mark] = []
    letters = {id_[:1] for id_ in marked}
    for kind in all_kinds():
        # A kind with no marked id is left out: its candidates need not be found at all.
        if kind.letter in letters and kind.marking != "listed":
            marks += _marks_of(kind, inventory, marked)
    return sorted(marks)


def written_in(inventory: Inventory, part: Span, marks: list[Mark]) -> str:
    """Return the text of `part` with those of the marks in it that belong there; see `mark_up`."""
    start, end = part
    paragraphs = inventory.article.paragraphs
    first = bisect_left(paragraphs, start, key=lambda paragraph: paragraph.span[0])
    last = bisect_left(paragraphs, end, first, key=lambda paragraph: paragraph.span[0])
    inside = marks[bisect_left(marks, (start,)) : bisect_left(marks, (end + 1,))]
    for paragraph in paragraphs[first:last]:
        if paragraph.kind != "body":
            inside.append((paragraph.span[0], 0, f"({paragraph.kind}) "))
    # What makes a mark of ours may stand beyond the part's end.
    text = harmless(inventory.article.text[start : end + _BEYOND])
    out: list[str] = []
    position = start
    for at, rank, mark in sorted(inside):
        # What stands at an edge of the part belongs to it when it begins, or ends, inside.
        if start < at < end or at == (end if rank < 0 else start):
            out += (text[position - start : at - start], mark)
            position = at
    out.append(text[position - start : end - start])
    return "".join(out)


def _marks_of(kind: Kind, inventory: Inventory, marked: Collection[str]) -> list[Mark]:
    """Return the marks of a kind's candidates that are in `marked`, by the kind's `marking`."""
    marks: list[Mark] = []
    candidates: Iterable[Any] = kind.candidates(inventory)
    if len(marked) < len(kind.candidates(inventory)):  # few are: they are looked up
        known = (inventory.candidate(id_) for id_ in marked if id_[:1] == kind.letter)
        candidates = [candidate for candidate in known if candidate is not None]
    for candidate in candidates:
        id_ = candidate.id
        if id_ not in marked:
            continue
        if kind.marking == "before":
            marks.append((kind.span(candidate)[0], 0, f"[{id_}] "))
            continue
        label = id_
        for start, end in kind.pieces(candidate, inventory):
            if kind.marking == "behind":
                marks.append((end, _ID_BEHIND, f" [{id_}]"))
                continue
            marks.append((start, _BEGINS + start - end, f"[{label}: "))
            marks.append((end, _ENDS + end - start, "]"))
            label = f"{id_} continued"
    return marks


def has_turn(inventory: Inventory, part: Span) -> bool:
    """Return whether a speaker's turn stands in a part of the article, which a prompt explains."""
    turns = inventory.turns
    at = bisect_left(turns, part.end, key=lambda turn: turn.outer.start)
    return at > 0 and turns[at - 1].outer.overlaps(part)


def list_names(inventory: Inventory, within: Span) -> list[ListedName]:
    """Return the names mentioned inside a stretch, by id order; of too many the most mentioned."""
    if within == (0, len(inventory.article.text)):
        near = [entity for entity in inventory.names if entity.mentions]
    else:
        low = bisect_left(inventory.mentions, within.start, key=_start_of)
        high = bisect_left(inventory.mentions, within.end, low, key=_start_of)
        named = {entity.id: entity for _, entity in inventory.mentions[low:high]}
        near = sorted(named.values(), key=lambda entity: int(entity.id[1:]))
    if len(near) > _NAMES:
        by_use = sorted(near, key=lambda entity: -len(entity.mentions))
        chosen = {entity.id for entity in by_use[:_NAMES]}
        near = [entity for entity in near if entity.id in chosen]
    return [ListedName(e.id, one_line(e.name), e.kind, _other_forms(e)) for e in near]


def _start_of(pair: tuple[Mention, Entity]) -> int:
    return pair[0].span[0]


def _other_forms(entity: Entity) -> tuple[str, ...]:
    """Return the first aliases that are not part of the name itself."""
    if not entity.aliases:
        return ()
    shown = entity.name.lower()
    others = [alias for alias in entity.aliases if alias.lower() not in shown]
    return tuple(map(one_line, others[:_ALIASES]))


def parts_of(inventory: Inventory, limit: int) -> list[Span]:
    """Return spans of at most `limit` code points that together cover the article, in order.

    Cuts fall between paragraphs, or between sentences where one paragraph is too long; never
    inside a quotation, even if that makes a part longer. Parts of nothing but blanks are left out.
    """
    text = inventory.article.text
    paragraphs = [p.span for p in inventory.article.paragraphs]
    if len(text) <= limit or not paragraphs:
        return [Span(0, len(text))]
    starts = {span.start for span in paragraphs}
    for span in paragraphs:
        if span.end - span.start > limit:
            starts |= {s.span.start for s in inventory.sentences if span.contains(s.span)}
    cuts = sorted(starts - _inside_quotations(inventory, starts))
    parts, begin, last = [], 0, 0
    for cut in [*cuts, len(text)]:
        if cut - begin > limit and last > begin:
            parts.append(Span(begin, last))
            begin = last
        last = cut
    parts.append(Span(begin, len(text)))
    return [part for part in parts if part.of(text).strip()]


def _inside_quotations(inventory: Inventory, offsets: set[int]) -> set[int]:
    """Return those of the offsets that lie inside a quotation, its first offset excepted."""
    ordered, inside = sorted(offsets), set()
    for quotation in inventory.quotations:
        start, end = quotation.outer
        low, high = bisect_left(ordered, start + 1), bisect_left(ordered, end)
        inside.update(ordered[low:high])
    return inside
