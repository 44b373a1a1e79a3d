"""Finds what an article reports, in quotation marks or not: source, cue and content.

* A cue is a verb with a mention as its subject ("[Smith] fears that …", "…," said [Smith]), one
  joined to an earlier subject (", saying", "and added"), "according to [Smith]", "[Smith]: …".
* Its content is the rest of the clause, or what stands before it where it closes the sentence.
* Quotations that no content holds are reports too; one speaker's that go on are one report.
* Of two verbs with nearly the same content the likelier is kept.

How likely a verb reports anything and where its content ends is decided in
reported_speech_model.py. Follows Pareti (2012), "A database of attribution relations": source, cue
and content, nested or not, direct, mixed or indirect.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from extractor.find.candidates import (
    AttributionCandidate,
    AttributionKind,
    Entity,
    Mention,
    QuotationCandidate,
)
from extractor.find.inventory import Inventory
from extractor.frozen import frozen
from extractor.language.en.lexicon import DETERMINERS, POSSESSIVES, PREPOSITIONS
from extractor.language.en.lists import word_set
from extractor.language.log_linear import Features
from extractor.rules.attribution.context import AttributionContext
from extractor.rules.attribution.reported_speech_model import (
    LONGEST,
    chance,
    content_end,
    cue_features,
    shape_features,
    worth_of,
)
from extractor.rules.attribution.speakers import SpeakerAttribution, attribute
from extractor.text.spans import Span

# On held-out articles F1 is best between 0.35 and 0.4; the lower one finds more.
_LEAST = 0.35
_SOURCED = 0.9  # of the contents found right, so many have the right source
_HOPELESS = 0.2  # before the content is read; hardly any that is less likely comes to _LEAST
_NEAR = 8  # reports of one sentence after one that may double it
_ADDRESSED = word_set("speech_verbs.addressed")
_JOINS = word_set("attribution.joining")


@frozen
class ReportingVerb:
    """A verb that may report something, and the mention that is or may be its subject."""

    cue: int  # token
    way: str  # how they stand to each other: "subject", "inverted", "according", ", -", "- ing"
    mention: Mention
    entity: Entity
    start: int  # tokens of the subject; in another clause the cue's own
    end: int


def read_reports(
    inventory: Inventory, attributions: dict[str, SpeakerAttribution] | None = None
) -> tuple[AttributionCandidate, ...]:
    """Return the attributions of the article, ids A1…, in order of their content.

    `attributions` are the quotations' (see `attribute`), made here when not given.
    """
    known = attributions if attributions is not None else attribute(inventory)
    reader = ReportReader(inventory, known)
    reports = reader.quotations(reader.statements())
    reports.sort(key=lambda report: (report.content, report.cue or report.span))
    return tuple(
        AttributionCandidate(
            f"A{n}", r.source, r.cue, r.content, r.kind, r.quotations, r.confidence
        )
        for n, r in enumerate(reports, start=1)
    )


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))


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
    """Return a quotation's spans, the first and the last with their quotation marks."""
    spans = list(quotation.spans)
    spans[0] = Span(quotation.outer.start, spans[0].end)
    spans[-1] = Span(spans[-1].start, quotation.outer.end)
    return spans


def _without_doubles(reports: list[AttributionCandidate]) -> list[AttributionCandidate]:
    """Return the reports without those that have the content of a likelier one."""
    ordered = sorted(reports, key=lambda report: (report.content, report.cue or report.span))
    doubled: set[int] = set()
    for i, report in enumerate(ordered):
        for j in range(i + 1, min(i + 1 + _NEAR, len(ordered))):
            if i not in doubled and j not in doubled and _doubles(report, ordered[j]):
                doubled.add(i if report.confidence < ordered[j].confidence else j)
    return [report for i, report in enumerate(ordered) if i not in doubled]


def _doubles(report: AttributionCandidate, other: AttributionCandidate) -> bool:
    """Return whether two reports share half of their content or more.

    Not where one's content holds the other's cue, e.g. "A says that B says …".
    """
    for holder, held in ((report, other), (other, report)):
        if held.cue and any(span.contains(held.cue) for span in holder.content):
            return False
    shared = sum(
        max(0, min(a.end, b.end) - max(a.start, b.start))
        for a in report.content
        for b in other.content
    )
    every = sum(s.end - s.start for s in (*report.content, *other.content)) - shared
    return 2 * shared >= every


class ReportReader:
    """Reads what one article reports. `known` are the attributions of its quotations."""

    def __init__(self, inventory: Inventory, known: dict[str, SpeakerAttribution]) -> None:
        self.inventory = inventory
        self.known = known
        self.context = AttributionContext(inventory)
        self.tokens = self.context.tokens
        self.quoted = self.context.document.quoted
        self.turns = {q.id: q for q in inventory.quotations if q.turn is not None}
        self.top = [
            q for q in inventory.quotations
            if q.turn is None and (q.parent is None or q.parent in self.turns)
        ]  # fmt: skip
        self._ends = [q.outer.end for q in self.top]
        turns = (q.turn for q in self.turns.values() if q.turn is not None)
        self._labels = sorted(turn.label for turn in turns if turn.label is not None)

    # --- verbs with a subject ---------------------------------------------------------------

    def statements(self) -> list[AttributionCandidate]:
        """Return what the verbs of the article's sentences report."""
        reports: list[AttributionCandidate] = []
        for first, last in self.sentences():
            likely: list[AttributionCandidate] = []
            for verb in self.reporting_verbs(first, last):
                worth = worth_of(self.features(verb, last))
                if chance(worth) < _HOPELESS:
                    continue
                content = self.content(verb, first, last)
                chances = chance(worth + worth_of(self.shape(verb, content))) if content else 0.0
                if chances >= _LEAST:
                    likely.append(self.report(verb, content, chances))
            reports += _without_doubles(likely)
        return reports

    def sentences(self) -> Iterator[tuple[int, int]]:
        """Yield the tokens first:last of each sentence outside bylines and credits."""
        paragraphs = self.inventory.article.paragraphs
        for sentence in self.inventory.sentences:
            if paragraphs[sentence.paragraph].kind not in ("byline", "credit"):
                first = self.tokens.first_from(sentence.span.start)
                yield first, self.tokens.first_from(sentence.span.end)

    def reporting_verbs(self, first: int, last: int) -> list[ReportingVerb]:
        """Return the verbs at tokens first:last that may report something, with their subjects."""
        verbs: dict[int, ReportingVerb] = {}
        subjects: list[tuple[int, Mention, Entity]] = []  # of any verb, in order
        for start, end, mention, entity in self.context.between(first, last):
            verb = self.context.subject_of(end, last)
            if verb is not None:
                subjects.append((end, mention, entity))
            cue = self._cue_of(start, end, verb, first, last)
            if cue is not None:
                verbs.setdefault(cue[0], ReportingVerb(*cue, mention, entity, start, end))
        if not subjects:
            return list(verbs.values())
        lower, at = self.tokens.lower, 0
        for k in range(max(first + 1, subjects[0][0]), last - 1):
            if lower[k - 1] not in _JOINS and not lower[k].endswith("ing"):
                continue
            way = self._joined_by(k) if k not in verbs and not self.quoted[k] else None
            if way:
                while at < len(subjects) and subjects[at][0] <= k:
                    at += 1
                _, mention, entity = subjects[at - 1]
                verbs[k] = ReportingVerb(k, way, mention, entity, k, k + 1)
        return list(verbs.values())

    def features(self, verb: ReportingVerb, last: int) -> tuple[Features, ...]:
        """Return the features of a verb that do not depend on its content."""
        far = verb.start == verb.cue
        who = None if far else (verb.mention, verb.entity)
        return cue_features(self.context, verb.cue, verb.way, who, last)

    def shape(self, verb: ReportingVerb, content: tuple[Span, ...]) -> tuple[Features, ...]:
        """Return the features of a verb that its content gives."""
        tokens = self.tokens
        place = "both" if len(content) > 1 else "before"
        if content[0].start >= tokens.start[verb.cue]:
            place = "after"
        at, end = tokens.first_from(content[0].start), tokens.first_from(content[-1].end)
        return shape_features(self.context, verb.cue, verb.way, place, at, end)

    def _joined_by(self, k: int) -> str | None:
        """Return how token `k` is joined to an earlier subject: ", -" for ", saying", "- ing"."""
        before, word = self.tokens.lower[k - 1], self.tokens.lower[k]
        if not word.isalpha() or len(word) < 3 or self.tokens.text[k][0].isupper():
            return None
        if before in _JOINS:
            return f"{before} -"
        return "- ing" if word.endswith("ing") else None

    def _cue_of(
        self, start: int, end: int, verb: int | None, first: int, last: int
    ) -> tuple[int, str] | None:
        """Return the cue that the mention start:end is the subject of, and how; None without one.

        `verb` is the verb after the mention, if any; the sentence is first:last.
        """
        lower = self.tokens.lower
        k = start - 1
        while k > first and lower[k] in ("the", "a", "an", "his", "her", "their", "its"):
            k -= 1
        if k > first and lower[k - 1] == "according" and lower[k] == "to":
            return k - 1, "according"
        if verb is not None:
            return verb, "subject"
        if start == first and end < last and self.tokens.text[end] == ":":
            return end, "colon"
        k = start - 1
        if k >= first and self.tokens.text[k][0].islower() and not self.quoted[k]:
            before = self.tokens.text[k - 1] if k else "¶"
            if before in ',"”’' or self.quoted[k - 1] or k == first:
                return k, "inverted"  # '…," said Smith'
        return None

    def _cue_span(self, k: int) -> Span:
        """Return the span of a cue, "according to" in both its words."""
        last = k + 1 if self.tokens.lower[k] != "according" else k + 2
        return Span(self.tokens.start[k], self.tokens.end[last - 1])

    # --- what they report --------------------------------------------------------------------

    def content(self, verb: ReportingVerb, first: int, last: int) -> tuple[Span, ...]:
        """Return what a verb in the sentence first:last reports; () for nothing."""
        cue, edge = verb.cue, self.edge(verb, last)
        stop = min(last, edge + LONGEST)
        if verb.start == cue:  # joined to an earlier subject
            after = self._span(edge, content_end(self.context, cue, edge, stop)[0])
            return (after,) if after else ()
        opening = min(verb.start, cue)
        begins = max(first, opening - LONGEST)
        while opening > begins and self.tokens.text[opening - 1] not in ',"”':
            opening -= 1
        before = self._span(begins, opening)
        after_quotation = any(self.quoted[max(opening - 3, first) : opening])
        closed = self._closed(edge, last) and opening > first
        if closed or (after_quotation and not self._quotes_at(edge, last)):
            return (before,) if before and opening > first else ()
        after = self._span(edge, content_end(self.context, cue, edge, stop)[0])
        if opening > first and self.tokens.text[edge] == "," and before:
            return (before, after) if after else (before,)
        return (after,) if after else ()

    def edge(self, verb: ReportingVerb, last: int) -> int:
        """Return the token at which the content may begin: after subject, cue and addressee."""
        lower, cue = self.tokens.lower, verb.cue
        edge = max(verb.end, cue + 1)
        if lower[cue] == "according":
            edge = verb.end
            while edge < min(last, verb.end + LONGEST) and self.tokens.text[edge] not in ",.":
                edge += 1
        if lower[cue] in _ADDRESSED and (cue >= verb.end or verb.start == cue):
            edge = self._past_addressee(edge, last)
        if verb.start != cue and "that" in lower[edge : min(edge + 5, last)]:
            edge = lower.index("that", edge)  # "said on Sunday that"
        return edge

    def _quotes_at(self, k: int, last: int) -> bool:
        """Return whether a quotation follows soon, e.g. the second half of a split one."""
        return any(self.quoted[k : min(k + 6, last)])

    def _past_addressee(self, k: int, last: int) -> int:
        """Return the token after whom it is told: "told reporters that …", "told her: …"."""
        lower = self.tokens.lower
        begins = k
        while begins < last and (lower[begins] in DETERMINERS or lower[begins] in POSSESSIVES):
            begins += 1
        named = self.context.between(begins, begins + 1)
        if named:
            k = named[0][1]
            if k < last and lower[k] not in PREPOSITIONS:
                return k  # "told Reuters he would go"
        for j in range(k, min(k + 8, last)):
            if lower[j] in ("that", "if", "whether", "to", ",", ":") or self.quoted[j]:
                return j
        return k

    def _closed(self, k: int, last: int) -> bool:
        """Return whether at most two words follow in the sentence, e.g. "on Monday."."""
        words = 0
        for word in self.tokens.text[k : min(last, k + 20)]:
            words += word[0].isalnum()
            if words > 2:
                return self.tokens.text[k] == "."
        return True

    def _span(self, first: int, last: int) -> Span | None:
        """Return the span of tokens first:last without marks at its ends; None when it is empty."""
        while first < last and self.tokens.text[first] in ',.;:—–-"“”':
            first += 1
        while last > first and self.tokens.text[last - 1] in ',.;:—–-"“”':
            last -= 1
        return Span(self.tokens.start[first], self.tokens.end[last - 1]) if first < last else None

    # --- quotations --------------------------------------------------------------------------

    def report(
        self, verb: ReportingVerb, content: tuple[Span, ...], likely: float
    ) -> AttributionCandidate:
        """Return what a verb reports as an attribution, with the quotations in its content.

        `likely` is the probability that the verb reports it. The id is still empty.
        """
        inside = list(dict.fromkeys(q for span in content for q in self._quotations_in(span)))
        kind: AttributionKind = "indirect"
        if inside and self._is_quoted(content, inside):
            kind, content = "direct", tuple(s for q in inside for s in q.spans)
        elif inside:  # a quotation that goes on past the sentence does so in the content
            kind = "mixed"
            content = _union([*content, *(s for q in inside for s in _with_marks(q))])
        ids = tuple(q.id for q in inside)
        cue = self._cue_span(verb.cue)
        # Who said a quotation is weighed by more than who is the subject of a verb beside it.
        source = (self.known[ids[0]].speaker if ids else None) or verb.mention.id
        sure = likely if kind == "direct" else likely * _SOURCED
        return AttributionCandidate("", source, cue, content, kind, ids, sure)

    def _is_quoted(self, content: tuple[Span, ...], inside: list[QuotationCandidate]) -> bool:
        """Return whether nearly all letters of a content stand in quotations."""
        text = self.inventory.article.text
        quoted = sum(
            _letters(text[max(q.outer.start, s.start) : min(q.outer.end, s.end)])
            for q in inside
            for s in content
            if s.overlaps(q.outer)
        )
        return sum(_letters(s.of(text)) for s in content) - quoted <= 0.1 * quoted

    def _quotations_in(self, span: Span) -> Iterator[QuotationCandidate]:
        """Yield the outermost quotations that share a character with the span, in order."""
        at = bisect_right(self._ends, span.start)
        while at < len(self.top) and self.top[at].outer.start < span.end:
            yield self.top[at]
            at += 1

    def quotations(self, statements: list[AttributionCandidate]) -> list[AttributionCandidate]:
        """Return the statements, and as further reports the quotations that none of them holds.

        A quotation that goes on with an utterance joins the report that holds the utterance.
        """
        reports = dict(enumerate(statements))
        held = {name: number for number, report in reports.items() for name in report.quotations}
        for before, quotation in pairwise(self.top):
            number = held.get(before.id)
            if number is None or quotation.id in held:
                continue
            if self._same_utterance(before, quotation):
                report = reports[number]
                reports[number] = replace(
                    report,
                    content=(*report.content, *quotation.spans),
                    quotations=(*report.quotations, quotation.id),
                )
                held[quotation.id] = number
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
        out = [report for report in reports.values() if not self._is_label(report.cue)]
        out += [
            AttributionCandidate(
                "", turn.speaker, label, quotation.spans, "direct", (id_,), turn.confidence
            )
            for id_, quotation in self.turns.items()
            if (turn := quotation.turn) is not None and turn.speaker is not None
            for label in (turn.label,)
        ]
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

    def _is_label(self, cue: Span | None) -> bool:
        """Return whether a cue is the colon of a turn's label: the turn is reported whole."""
        if cue is None or not self._labels:
            return False
        at = bisect_left(self._labels, cue.end, key=lambda label: label.start)
        return at > 0 and self._labels[at - 1].overlaps(cue)

    def _same_utterance(self, last: QuotationCandidate, quotation: QuotationCandidate) -> bool:
        """Return whether a quotation goes on with the last one, e.g. `"A," he said, "b."`."""
        a, b = self.known[last.id], self.known[quotation.id]
        entity = (a.speaker or "").partition(".")[0]
        return (
            entity == (b.speaker or "").partition(".")[0]
            and quotation.paragraph == last.paragraph
            and (quotation.half_of == last.id or b.pattern == "carry")
        )
