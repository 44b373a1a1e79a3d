"""The inventory of one article: every candidate under its id, and where each thing stands."""

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property

from extractor.article import Article
from extractor.find.candidates import (
    AttributionCandidate,
    Entity,
    FigureCandidate,
    Mention,
    NotAFigure,
    QuotationCandidate,
    SanctionStatement,
    SentenceCandidate,
)
from extractor.find.figures import find_figures
from extractor.find.names import find_names
from extractor.find.quotations import find_quotations
from extractor.find.reading import Reading, read
from extractor.find.sanctions import find_statements
from extractor.find.sentences import find_sentences
from extractor.spans import Span

Candidate = (
    QuotationCandidate
    | FigureCandidate
    | Entity
    | Mention
    | SentenceCandidate
    | SanctionStatement
    | AttributionCandidate
)


@dataclass(frozen=True)
class Inventory:
    """All candidates of one article. `take` makes one."""

    article: Article
    sentences: tuple[SentenceCandidate, ...]
    quotations: tuple[QuotationCandidate, ...]
    figures: tuple[FigureCandidate, ...]
    not_figures: tuple[NotAFigure, ...]
    names: tuple[Entity, ...]
    statements: tuple[SanctionStatement, ...]
    _reading: Reading | None = field(default=None, repr=False, compare=False)
    _starts: list[int] = field(default_factory=list, repr=False, compare=False)
    attributions: tuple[AttributionCandidate, ...] = ()  # see answer/reported.py

    @cached_property
    def reading(self) -> Reading:
        """The article's tokens, as the rules read them."""
        return self._reading or read(self.article, self.sentences, self.quotations)

    @cached_property
    def by_id(self) -> dict[str, Candidate]:
        """Every candidate under its id; mentions too ("P3.2")."""
        found: dict[str, Candidate] = {}
        for group in (self.sentences, self.quotations, self.figures, self.names, self.statements):
            for candidate in group:
                found[candidate.id] = candidate
        for entity in self.names:
            for mention in entity.mentions:
                found[mention.id] = mention
        found.update((attributed.id, attributed) for attributed in self.attributions)
        return found

    @cached_property
    def mentions(self) -> tuple[tuple[Mention, Entity], ...]:
        """All mentions with their entities, in order of the text."""
        pairs = [(m, e) for e in self.names for m in e.mentions]
        return tuple(sorted(pairs, key=lambda pair: pair[0].span))

    def sentence_at(self, offset: int) -> SentenceCandidate | None:
        """Return the sentence that holds `offset`, or else the last one before it."""
        if not self._starts:
            self._starts.extend(s.span.start for s in self.sentences)
        index = bisect_right(self._starts, offset) - 1
        return self.sentences[index] if index >= 0 else None

    def text_of(self, span: Span) -> str:
        """Return the article's text at `span`."""
        return self.article.text[span.start : span.end]


def take(article: Article) -> Inventory:
    """Find every candidate of `article`. Deterministic; no network; never raises on any text."""
    sentences = find_sentences(article)
    quotations = find_quotations(article)
    reading = read(article, sentences, quotations)
    names = find_names(reading)
    figures, not_figures = find_figures(article, sentences, names)
    statements = find_statements(article, sentences, quotations)
    return Inventory(
        article, sentences, quotations, figures, not_figures, names, statements, reading
    )
