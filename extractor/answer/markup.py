"""An article as a model reads it: its text with the candidates' ids written in.

    [S4] The envoy [P3] said: [Q1: "We agreed on [N2: 40] names."]

The text is hostile: what looks like one of our marks or closes the article's frame is changed by
one character, so that an article cannot bring its own ids. What it says stays what it says: its
worst effect is a wrong id, which the closed lists and the check limit to candidates of the text.
"""

import re
from bisect import bisect_left
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from extractor.find.candidates import Entity, Mention
from extractor.find.inventory import Inventory
from extractor.spans import Span

_FAKE_MARK = re.compile(r"\[(?=\s*[A-Za-z]\s*\d)")
_OUR_MARK = re.compile(r"\s?\[P\d+\]|\[S\d+\]\s?|\[[QNA]\d+(?: continued)?:\s?([^\[\]]*)\]?")
_ID = re.compile(r"\[?[A-Za-z]\d+(?:\.\d+)?\]?")
_FAKE_FRAME = re.compile(r"(?i)<(?=\s*/?\s*article)")
# Alternative names listed beside the main one; more help nobody and cost tokens.
_ALIASES = 3
_NAMES = 60  # in one question; beyond it the least mentioned are left out


@dataclass(frozen=True, slots=True)
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
    if isinstance(value, list):
        return [unmarked(item) for item in value]
    if isinstance(value, dict):
        return {key: unmarked(item) for key, item in value.items()}
    if not isinstance(value, str) or "[" not in value or _ID.fullmatch(value.strip()):
        return value
    return _OUR_MARK.sub(lambda mark: mark.group(1) or "", value)


def mark_up(inventory: Inventory, part: Span, marked: Collection[str]) -> str:
    """Return the text of `part` with the ids in `marked` written in.

    Sentences get their id in front, names behind; quotations, figures and attributions are framed,
    each piece of one that has several. Furniture paragraphs begin with their kind.
    """
    opening, closing = _frames(inventory, marked)
    for paragraph in inventory.article.paragraphs:
        if paragraph.kind != "body":
            opening.append((paragraph.span.start, -1, f"({paragraph.kind}) "))
    # At one place: first what ends, the inner before the outer; then what begins, the outer first.
    start, end = part
    places = [(at, 0, -length, mark) for at, length, mark in closing if start < at <= end]
    places += [(at, 1, length, mark) for at, length, mark in opening if start <= at < end]
    text, out, position = harmless(inventory.article.text), [], start
    for at, _, _, mark in sorted(places):
        out += [text[position:at], mark]
        position = at
    out.append(text[position:end])
    return "".join(out)


_Frames = tuple[list[tuple[int, int, str]], list[tuple[int, int, str]]]


def _frames(inventory: Inventory, marked: Collection[str]) -> _Frames:
    """Return what to write at which offset; the number between orders marks at one place."""
    opening = [(s.span.start, -1, f"[{s.id}] ") for s in inventory.sentences if s.id in marked]
    closing = [
        (mention.span.end, 2_000_000_000, f" [{entity.id}]")
        for mention, entity in inventory.mentions
        if entity.id in marked and mention.kind == "name"
    ]
    # Figures are looked for where they are asked for.
    figures = inventory.figures if any(id_.startswith("N") for id_ in marked) else ()
    framed = [(n.id, n.span) for n in figures if n.id in marked]
    for quotation in inventory.quotations:
        if quotation.id not in marked:
            continue
        last = len(quotation.spans) - 1
        for number, span in enumerate(quotation.spans):
            start = quotation.outer.start if number == 0 else _before_mark(inventory, span.start)
            end = quotation.outer.end if number == last else span.end
            label = quotation.id if number == 0 else f"{quotation.id} continued"
            framed.append((label, Span(start, end)))
    for said in inventory.attributions:
        if said.id in marked:
            labels = [said.id, *[f"{said.id} continued"] * (len(said.content) - 1)]
            framed += zip(labels, said.content, strict=True)
    for label, span in framed:
        length = span.end - span.start
        opening.append((span.start, 1_000_000_000 - length, f"[{label}: "))
        closing.append((span.end, 1_000_000_000 - length, "]"))
    return opening, closing


def _before_mark(inventory: Inventory, start: int) -> int:
    """Return where the opening mark begins that a continuing paragraph repeats."""
    text = inventory.article.text
    while start > 0 and not text[start - 1].isspace() and not text[start - 1].isalnum():
        start -= 1
    return start


def list_names(
    inventory: Inventory, within: list[Span], extra: Collection[str] = ()
) -> list[ListedName]:
    """Return the names mentioned inside the given stretches, and those in `extra`, by id order."""
    near = [e for e in inventory.names if e.id in extra or _is_in(e, within)]
    if len(near) > _NAMES:
        by_use = sorted(near, key=lambda e: (e.id not in extra, -len(e.mentions)))
        chosen = {e.id for e in by_use[:_NAMES]}
        near = [e for e in near if e.id in chosen]
    return [
        ListedName(e.id, one_line(e.name), e.kind, tuple(map(one_line, _other_forms(e))))
        for e in near
    ]


def _is_in(entity: Entity, within: list[Span]) -> bool:
    mentions = entity.mentions
    for start, end in within:
        at = bisect_left(mentions, start, key=_start_of)
        if at < len(mentions) and mentions[at].span.start < end:
            return True
    return False


def _start_of(mention: Mention) -> int:
    return mention.span.start


def _other_forms(entity: Entity) -> list[str]:
    """Return the aliases that the name itself does not show."""
    if not entity.aliases:
        return []
    shown = entity.name.lower()
    return [alias for alias in entity.aliases if alias.lower() not in shown][:_ALIASES]


def parts_of(inventory: Inventory, limit: int) -> list[Span]:
    """Cut the article into stretches of at most `limit` characters, in order, without loss.

    Cuts fall between paragraphs, or between sentences where one paragraph is too long; never
    inside a quotation, even if that makes a part longer.
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
    ordered, inside = sorted(offsets), set()
    for quotation in inventory.quotations:
        start, end = quotation.outer
        low, high = bisect_left(ordered, start + 1), bisect_left(ordered, end)
        inside.update(ordered[low:high])
    return inside
