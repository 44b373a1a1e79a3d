"""What the readers know, row by row, before it takes any schema's shape."""

from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass, field

from extractor.answer.attribution.dismissal import why_no_quotation
from extractor.answer.attribution.speakers import Attribution, Ranking, attribute
from extractor.answer.figures.counted import count
from extractor.answer.releases.statements import read_releases
from extractor.answer.sanctions.terms import read_terms
from extractor.answers import Dismissal
from extractor.find.candidates import Entity, FigureCandidate, QuotationCandidate, SanctionStatement
from extractor.find.inventory import Inventory
from extractor.frozen import frozen
from extractor.schema.synonyms import NAME_KINDS
from extractor.text.spans import Span


@frozen
class Fact:
    """One thing the rules know of a row; a field takes it in the form that its type wants."""

    mentions: tuple[str, ...] = ()  # "P3.2", or "P3" where no mention is meant
    spans: tuple[Span, ...] = ()
    candidates: tuple[str, ...] = ()  # "Q7", "N3", "S12"
    word: str | None = None  # for a Literal
    value: str | float | bool | None = None  # for a plain field


@frozen
class RowFacts:
    """Everything known of one row."""

    anchor: str  # the id of its candidate
    facts: dict[str, Fact]  # by canonical name: "speaker", "counts"
    confidence: float
    ranking: Ranking | None = None  # of a quotation: who else may have said it


@dataclass(slots=True)
class Facts:
    """The facts of one article; each reader runs once, and only if a schema asks for its rows."""

    inventory: Inventory
    dismissed: list[Dismissal] = field(default_factory=list)
    _said: dict[str, Attribution] | None = None

    @property
    def said(self) -> dict[str, Attribution]:
        """The attributions of all quotations; the first look also fills `dismissed`."""
        if self._said is None:
            self._said = attribute(self.inventory)
            self.dismissed += _no_quotations(self.inventory, self._said)
        return self._said

    def rows(
        self, rests_on: str | None, word: str, asked: Set[str], *, quoting: bool
    ) -> Iterator[RowFacts] | None:
        """Yield the rows of a kind, or return None where the rules know no such rows.

        `word` names the anchor field; `asked` the facts that the others want, by canonical name;
        `quoting`: rows of names hold their quotations.
        """
        if rests_on == "name":
            return self._names(word, quoting=quoting)
        if rests_on == "quotation":
            return _quotation_rows(self, asked)
        maker = _ROWS.get(rests_on or "")
        return maker(self) if maker else None

    def ids(self, kind: str, word: str) -> Iterable[str] | None:
        """Return the ids for a plain list of candidates; None for what is no candidate."""
        if kind == "quotation":
            return self.quotations()
        if kind == "attribution":
            return [said.id for said in self.inventory.attributions]
        if kind == "figure":
            return [figure.id for figure in self.inventory.figures]
        if kind == "sentence":
            return [sentence.id for sentence in self.inventory.sentences]
        return [entity.id for entity in self.entities(word)] if kind == "name" else None

    def quotations(self) -> list[str]:
        """Return the ids of the quotations that are not dismissed."""
        said = self.said
        left_out = {dismissal.candidate for dismissal in self.dismissed}
        return [id_ for id_ in said if id_ not in left_out]

    def entities(self, word: str) -> Iterator[Entity]:
        """Yield the entities that a field's name asks for: people, places, speakers; else all."""
        kinds = NAME_KINDS.get(word, ("person", "body", "place"))
        speakers = None
        if kinds == ("speaker",):
            speakers = {_entity_id(self.said[id_].speaker) for id_ in self.quotations()}
        for entity in self.inventory.names:
            if entity.id in speakers if speakers is not None else entity.kind in kinds:
                yield entity

    def _names(self, word: str, *, quoting: bool) -> Iterator[RowFacts]:
        """One row an entity; where rows hold quotations, only who said something."""
        quoted: dict[str | None, list[str]] = {}
        for id_ in self.quotations() if quoting else ():
            quoted.setdefault(_entity_id(self.said[id_].speaker), []).append(id_)
        for entity in self.entities(word):
            if quoting and entity.id not in quoted:
                continue
            forms = {
                m.span.of(self.inventory.article.text): m.span
                for m in entity.mentions[::-1]
                if m.kind == "name"
            }
            facts = {
                "role": Fact(value=entity.role),
                "kind": Fact(word=entity.kind),
                "gender": Fact(word=entity.gender),
                "aliases": Fact(spans=tuple(sorted(forms.values()))),
                "quotation": Fact(candidates=tuple(quoted.get(entity.id, ()))),
            }
            yield RowFacts(entity.id, facts, 1.0)


def _no_quotations(inventory: Inventory, said: dict[str, Attribution]) -> Iterator[Dismissal]:
    """Leave out what is no quotation, and what is quoted inside another by the same speaker."""
    for quotation in inventory.quotations:
        attribution = said[quotation.id]
        parent = said.get(quotation.parent or "")
        reason = attribution.dismissed
        if parent is not None:  # attribution judges only what stands in no other quotation
            reason = reason or why_no_quotation(inventory, quotation)
        if reason is None and parent is not None:
            inner, outer = (_entity_id(a.speaker) for a in (attribution, parent))
            reason = "nested" if inner in (None, outer) else None
        if reason is not None:
            yield Dismissal(quotation.id, reason)


def _entity_id(mention: str | None) -> str | None:
    return mention.partition(".")[0] if mention else None


_OF_QUOTATIONS = frozenset(("speaker", "via", "kind"))  # what most schemas ask, and no more


def _quotation_rows(known: Facts, asked: Set[str]) -> Iterator[RowFacts]:
    inventory = known.inventory
    more = not asked <= _OF_QUOTATIONS
    for id_ in known.quotations():
        quotation, said = inventory.by_id[id_], known.said[id_]
        assert isinstance(quotation, QuotationCandidate)  # noqa: S101 (that is what Q ids are)
        facts = {
            "speaker": _mention(said.speaker),
            "via": _mention(said.via),
            "kind": Fact(word=said.kind),
        }
        if more:
            facts |= {
                "cue": _span(said.cue),
                "words": Fact(spans=quotation.spans, value=quotation.text(inventory.article.text)),
                "sentence": _sentence(quotation.outer.start, inventory),
                "quotation": Fact(candidates=(id_,)),
            }
        yield RowFacts(id_, facts, said.confidence, said.ranking)


def _attribution_rows(known: Facts) -> Iterator[RowFacts]:
    for said in known.inventory.attributions:
        facts = {
            "source": _mention(said.source),
            "cue": _span(said.cue),
            "kind": Fact(word=said.kind),
            "words": Fact(spans=said.content, value=said.text(known.inventory.article.text)),
            "sentence": _sentence((said.cue or said.span).start, known.inventory),
            "quotation": Fact(candidates=said.quotations),
        }
        yield RowFacts(said.id, facts, said.confidence)


def _figure_rows(known: Facts) -> Iterator[RowFacts]:
    inventory = known.inventory
    counted = count(inventory, known.said)
    for figure in inventory.figures:
        reading = counted[figure.id]
        facts = {
            "counts": _span(reading.counts),
            "source": _mention(reading.source),
            "sentence": _sentence(figure.span.start, inventory),
            "words": Fact(spans=(figure.span,)),
            "kind": Fact(word=figure.kind),
            "value": Fact(value=figure.value, spans=(figure.span,)),
            "low": Fact(value=figure.low),
            "high": Fact(value=figure.high),
            "unit": Fact(word=figure.unit, value=figure.unit),
            "approximate": Fact(value=figure.approximate),
            "qualifier": _span(figure.qualifier),
        }
        yield RowFacts(figure.id, facts, reading.confidence)


def _sanction_rows(known: Facts) -> Iterator[RowFacts]:
    for term in read_terms(known.inventory):
        statement = known.inventory.by_id.get(term.statement)
        words = statement.span if isinstance(statement, SanctionStatement) else None
        facts = {
            "action": Fact(word=term.action),
            "status": Fact(word=term.status),
            "sender": Fact(mentions=term.sender),
            "target": Fact(spans=term.target),
            "measure": _span(term.measure),
            "condition": _span(term.condition),
            "when": _span(term.when),
            "words": _span(words),
            "sentence": Fact(candidates=(term.evidence,)),
        }
        yield RowFacts(term.evidence, facts, term.confidence)


def _release_rows(known: Facts) -> Iterator[RowFacts]:
    for release in read_releases(known.inventory):
        figure = known.inventory.by_id.get(release.count or "")
        counted = Fact()
        if isinstance(figure, FigureCandidate):
            counted = Fact((), (figure.span,), (figure.id,), value=figure.value)
        facts = {
            "who": Fact(spans=release.who),
            "count": counted,
            "by": _mention(release.by),
            "from": _span(release.origin),
            "to": Fact(spans=release.to),
            "when": _span(release.when),
            "inexchangefor": _span(release.in_exchange_for),
            "sentence": Fact(candidates=(release.evidence,)),
        }
        yield RowFacts(release.evidence, facts, release.confidence)


_ROWS: dict[str, Callable[[Facts], Iterator[RowFacts]]] = {
    "attribution": _attribution_rows,
    "figure": _figure_rows,
    "sanction": _sanction_rows,
    "release": _release_rows,
}


def _mention(mention: str | None) -> Fact:
    return Fact((mention,)) if mention else Fact()


def _span(span: Span | None) -> Fact:
    return Fact((), (span,)) if span else Fact()


def _sentence(offset: int, inventory: Inventory) -> Fact:
    sentence = inventory.sentence_at(offset)
    return Fact((), (sentence.span,), (sentence.id,)) if sentence else Fact()
