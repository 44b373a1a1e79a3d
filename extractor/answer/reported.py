"""What is reported, in quotation marks or not: source, cue and content of every attribution.

A cue is a verb of speech or attitude with a mention as its subject, or "according to" with one;
what it reports is the rest of its clause, or, where it closes the sentence, what stands before it.
Follows Pareti (2012), "A database of attribution relations": source, cue and content, nested or
not, direct, mixed or indirect.
"""

import json
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

from pydantic import BaseModel

from extractor.answer.attribution import Attribution, attribute
from extractor.answer.evidence import Evidence
from extractor.find.candidates import AttributionCandidate, AttributionKind, QuotationCandidate
from extractor.find.inventory import Inventory
from extractor.find.tokens import Tokens
from extractor.shapes import shape_of
from extractor.spans import Span

_LEAST = 0.4  # share of a verb's uses, with a mention as subject, that are cues in annotated news
_CUTS = frozenset("but though although while whereas adding saying noting according".split())
_ADDRESSED = frozenset(
    "told tells tell telling asked asks urged urges warned reminded assured".split()
)


def joined_key(tokens: Tokens, k: int) -> str | None:
    """Return the key of a verb without a subject of its own, with how it is joined: ", saying"."""
    before, word = tokens.lower[k - 1], tokens.lower[k]
    if not word.isalpha():
        return None
    if before in (",", "and", "but", "to", "by", "while", "who", "that"):
        return f"{before} {word}"
    return f"- {word}" if word.endswith("ing") else None


@cache
def cue_shares() -> dict[str, float]:
    """Return how often a verb form with a subject is a cue, as counted in annotated news."""
    path = Path(__file__).with_name("cue_shares.json")
    table: dict[str, float] = json.loads(path.read_text(encoding="utf-8"))["shares"]
    return table


def with_attributions(inventory: Inventory, model: type[BaseModel]) -> Inventory:
    """Return the inventory with the attributions as candidates, if the schema asks for them.

    They are the one kind of candidate that `find.inventory.take` cannot find: whose words
    something is takes the rules of attribution, and no other schema has to pay for them.
    """
    if not shape_of(model).holds("attribution"):
        return inventory
    return replace(inventory, attributions=read_reports(inventory))


def read_reports(
    inventory: Inventory, attributions: dict[str, Attribution] | None = None
) -> tuple[AttributionCandidate, ...]:
    """Return the attributions of the article in order of their content."""
    known = attributions if attributions is not None else attribute(inventory)
    reader = _Reader(inventory, known)
    found = reader.statements()
    found += reader.quotations(found)
    found.sort(key=lambda report: (report.content, report.cue or report.span))
    return tuple(replace(report, id=f"A{n}") for n, report in enumerate(found, start=1))


def _letters(text: str) -> int:
    return sum(c.isalnum() for c in text)


def _union(spans: list[Span]) -> tuple[Span, ...]:
    """Return the spans in order, overlapping ones as one."""
    out: list[Span] = []
    for span in sorted(spans):
        if out and span.start <= out[-1].end + 1:
            out[-1] = Span(out[-1].start, max(out[-1].end, span.end))
        else:
            out.append(span)
    return tuple(out)


def _with_marks(quotation: QuotationCandidate) -> list[Span]:
    """Return a quotation's spans, the first with its opening mark, the last with its closing."""
    spans = list(quotation.spans)
    spans[0] = Span(quotation.outer.start, spans[0].end)
    spans[-1] = Span(spans[-1].start, quotation.outer.end)
    return spans


class _Reader:
    def __init__(self, inventory: Inventory, known: dict[str, Attribution]) -> None:
        self.inventory = inventory
        self.known = known
        self.evidence = Evidence(inventory)
        self.tokens = self.evidence.tokens
        self.quoted = self.evidence.reading.quoted
        self.subjects: set[int] = set()  # first tokens of the sentence's subjects with a cue
        self.top = [q for q in inventory.quotations if q.parent is None]

    # --- statements around a cue ------------------------------------------------------------

    def statements(self) -> list[AttributionCandidate]:
        """Read every sentence of the story once."""
        found: list[AttributionCandidate] = []
        paragraphs = self.inventory.article.paragraphs
        for sentence in self.inventory.sentences:
            if paragraphs[sentence.paragraph].kind in ("byline", "credit"):
                continue
            first = self.tokens.first_from(sentence.span.start)
            last = self.tokens.first_from(sentence.span.end)
            found += self._sentence(first, last)
        return found

    def _sentence(self, first: int, last: int) -> list[AttributionCandidate]:
        found: list[AttributionCandidate] = []
        cues: dict[int, tuple[int, int, str]] = {}  # cue -> its subject's tokens and mention
        for start, end, mention, _ in self.evidence.between(first, last):
            cue = self._cue_of(start, end, first, last)
            if cue is not None:
                cues.setdefault(cue, (start, end, mention.id))
        self.subjects = {start for start, _, _ in cues.values()}
        for cue, (start, end, mention_id) in cues.items():
            span, share = self._cue_span(cue), self._share(cue)
            content = self._content(start, end, cue, first, last)
            if content:
                found.append(self._report(mention_id, span, content, share))
        return found + self._joined(set(cues), first, last)

    def _joined(self, taken: set[int], first: int, last: int) -> list[AttributionCandidate]:
        """Read cues whose subject stands earlier: "Smith resigned, saying …", "… and said …"."""
        found: list[AttributionCandidate] = []
        for k in range(first + 1, last - 1):
            key = joined_key(self.tokens, k)
            if key is None or k in taken or self.quoted[k]:
                continue
            share = cue_shares().get(key, 0.0)
            if share < _LEAST:
                continue
            source = next(
                (
                    mention
                    for start, end, mention, _ in self.evidence.between(first, k)
                    if self.evidence.subject_of(end, k) is not None
                ),
                None,
            )
            content = self._span(
                self._past_addressee(k + 1, last) if self.tokens.lower[k] in _ADDRESSED else k + 1,
                self._clause_end(k + 1, last),
            )
            if source and content:
                found.append(self._report(source.id, self._cue_span(k), (content,), share))
        return found

    def _share(self, k: int) -> float:
        if self.tokens.lower[k] == "according":
            return 1.0
        return cue_shares().get(self.tokens.lower[k], 0.0)

    def _cue_span(self, k: int) -> Span:
        last = k + 1 if self.tokens.lower[k] != "according" else k + 2
        return Span(self.tokens.start[k], self.tokens.end[last - 1])

    def _cue_of(self, start: int, end: int, first: int, last: int) -> int | None:
        """Return the cue that the mention at tokens start:end is the subject of."""
        lower = self.tokens.lower
        if start - 2 >= first and lower[start - 1] == "to" and lower[start - 2] == "according":
            return start - 2
        k = start - 1
        while k > first and lower[k] in ("the", "a", "an", "his", "her", "their", "its"):
            k -= 1
        if k > first and lower[k - 1] == "according" and lower[k] == "to":
            return k - 1
        verb = self.evidence.subject_of(end, last)
        if verb is not None and self._share(verb) >= _LEAST:
            return verb
        if k >= first and self._share(k) >= _LEAST and not self.quoted[k]:
            before = self.tokens.text[k - 1] if k else "¶"
            if before in ',"”’' or self.quoted[k - 1] or k == first:
                return k  # inverted: '…," said Smith'
        return None

    def _content(self, start: int, end: int, cue: int, first: int, last: int) -> tuple[Span, ...]:
        """Return what the cue reports, as spans of the sentence."""
        edge = max(end, cue + 1)  # after subject and cue
        if self.tokens.lower[cue] == "according":
            edge = end
            while edge < last and self.tokens.text[edge] not in ",.":
                edge += 1
        if self.tokens.lower[cue] in _ADDRESSED and cue >= end:
            edge = self._past_addressee(edge, last)
        if "that" in self.tokens.lower[edge : min(edge + 5, last)]:  # "said on Sunday that"
            edge = self.tokens.lower.index("that", edge)
        opening = min(start, cue)
        while opening > first and self.tokens.text[opening - 1] not in ',"”':
            opening -= 1
        before = self._span(first, opening)
        after_quotation = any(self.quoted[max(opening - 3, first) : opening])
        if self._closed(edge, last) or (after_quotation and not self._quotes_at(edge, last)):
            return (before,) if before and opening > first else ()
        after = self._span(edge, self._clause_end(edge, last))
        if opening > first and self.tokens.text[edge] == "," and before:
            return (before, after) if after else (before,)
        return (after,) if after else ()

    def _quotes_at(self, k: int, last: int) -> bool:
        """Tell whether a quotation follows soon: the second half of a split one."""
        return any(self.quoted[k : min(k + 6, last)])

    def _past_addressee(self, k: int, last: int) -> int:
        """Step over whom it is told: "told reporters that …"."""
        lower = self.tokens.lower
        for j in range(k, min(k + 8, last)):
            if lower[j] in ("that", "if", "whether", "to", ",", ":") or self.quoted[j]:
                return j
        within = k
        while within < last and self.evidence.named_at(within):
            within += 1
        return within if within > k else k

    def _closed(self, k: int, last: int) -> bool:
        """Tell whether nothing of weight follows in the sentence: a day, a place, a full stop."""
        words = [w for w in self.tokens.text[k:last] if w[0].isalnum()]
        return len(words) <= 2 or self.tokens.text[k] == "."

    def _clause_end(self, k: int, last: int) -> int:
        for j in range(k + 1, last - 1):
            if self.quoted[j]:
                continue
            mark = self.tokens.text[j] in (",", ";", "—", "–")
            joined = mark or self.tokens.lower[j] in ("and", "but")
            if mark and self.tokens.lower[j + 1] in _CUTS:
                return j
            if joined and not self.subjects.isdisjoint((j + 1, j + 2, j + 3)[: 3 if mark else 1]):
                return j
        return last

    def _span(self, first: int, last: int) -> Span | None:
        """Return the span of tokens first:last without marks at its ends."""
        while first < last and self.tokens.text[first] in ',.;:—–-"“”':
            first += 1
        while last > first and self.tokens.text[last - 1] in ',.;:—–-"“”':
            last -= 1
        return Span(self.tokens.start[first], self.tokens.end[last - 1]) if first < last else None

    # --- quotations --------------------------------------------------------------------------

    def _report(
        self, source: str, cue: Span, content: tuple[Span, ...], share: float
    ) -> AttributionCandidate:
        inside = [q for q in self.top if any(s.overlaps(q.outer) for s in content)]
        covered = [(max(q.outer.start, s.start), min(q.outer.end, s.end))
                   for q in inside for s in content if s.overlaps(q.outer)]  # fmt: skip
        letters = self.inventory.article.text
        paraphrase = sum(_letters(letters[s.start : s.end]) for s in content)
        paraphrase -= sum(_letters(letters[a:b]) for a, b in covered)
        kind: AttributionKind = "mixed" if inside else "indirect"
        if inside and paraphrase <= 0.1 * sum(_letters(letters[a:b]) for a, b in covered):
            kind, content = "direct", tuple(s for q in inside for s in q.spans)
        elif inside:  # a quotation that goes on past the sentence does so in the content
            content = _union([*content, *(s for q in inside for s in _with_marks(q))])
        ids = tuple(q.id for q in inside)
        return AttributionCandidate("", source, cue, content, kind, ids, share)

    def quotations(self, found: list[AttributionCandidate]) -> list[AttributionCandidate]:
        """Return the quotations that no statement holds, those of one speaker in a row together.

        What goes on with an utterance that a statement holds joins it there.
        """
        held = {name: report for report in found for name in report.quotations}
        for before, quotation in pairwise(self.top):
            report = held.get(before.id)
            if report and quotation.id not in held and self._same_utterance(before, quotation):
                found.remove(report)
                longer = replace(
                    report,
                    content=(*report.content, *quotation.spans),
                    quotations=(*report.quotations, quotation.id),
                )
                found.append(longer)
                held |= dict.fromkeys(longer.quotations, longer)
        groups: list[list[QuotationCandidate]] = []
        for quotation in self.top:
            answer = self.known[quotation.id]
            if quotation.id in held or answer.dismissed or answer.speaker is None:
                continue
            last = groups[-1][-1] if groups else None
            same = last is not None and self._same_utterance(last, quotation)
            if same:
                groups[-1].append(quotation)
            else:
                groups.append([quotation])
        out = []
        for group in groups:
            answer = self.known[group[0].id]
            out.append(
                AttributionCandidate(
                    "",
                    answer.speaker,
                    answer.cue,
                    tuple(s for q in group for s in q.spans),
                    "direct",
                    tuple(q.id for q in group),
                    answer.confidence,
                )
            )
        return out

    def _same_utterance(self, last: QuotationCandidate, quotation: QuotationCandidate) -> bool:
        a, b = self.known[last.id], self.known[quotation.id]
        entity = (a.speaker or "").partition(".")[0]
        return (
            entity == (b.speaker or "").partition(".")[0]
            and quotation.paragraph == last.paragraph
            and (quotation.half_of == last.id or b.pattern == "carry")
        )
