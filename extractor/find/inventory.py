"""Takes the inventory of an article: all its candidates, by id and by place.

`take_inventory` is where finding begins. Sentences, quotations and names are found at once, figures
and sanction statements only when somebody asks for them.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter
from typing import Any

from extractor.article import Article
from extractor.find.candidates import (
    AttributionCandidate,
    Candidate,
    Entity,
    FigureCandidate,
    Mention,
    NotAFigure,
    Placed,
    QuotationCandidate,
    SanctionStatement,
    SentenceCandidate,
)
from extractor.find.document import Document, read_document
from extractor.find.names.finder import find_names
from extractor.find.names.state_groups import find_collectives
from extractor.find.quotations.block_quotes import with_block_quotes
from extractor.find.quotations.pairing import find_quotations
from extractor.find.sanctions.readings import StatementReading
from extractor.find.sentences import find_sentences
from extractor.find.turns.finder import find_turns
from extractor.language.languages import has_rules
from extractor.language.word_classes import NUMBER, STATES
from extractor.text.phrases import PhraseFinder
from extractor.text.spans import Span

# Where the candidates that `take_inventory` can find are kept, by the letter of their ids.
_GROUPS = {"S": "sentences", "Q": "quotations", "N": "figures", "T": "statements", "P": "names"}

_LONGEST_NUMBER = 10  # digits of an id that is looked up: an answer may hold any


@dataclass(frozen=True)
class Inventory:
    """All candidates of one article, made by `take_inventory`.

    Figures and sanction statements are found when they are first read: not every schema asks.
    """

    article: Article
    sentences: tuple[SentenceCandidate, ...]
    quotations: tuple[QuotationCandidate, ...]
    names: tuple[Entity, ...]
    # By the letter of their ids, the candidates that only some schemas ask for and pay for; see
    # `extractor.kinds.with_candidates`.
    more: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    _numbers: tuple[tuple[FigureCandidate, ...], tuple[NotAFigure, ...]] | None = None
    _statements: tuple[SanctionStatement, ...] | None = None
    _document: Document | None = field(default=None, repr=False, compare=False)
    # The names and their mentions with their tokens, where the finders give these.
    _placed_names: tuple[tuple[Entity, ...], list[Placed]] | None = field(
        default=None, repr=False, compare=False
    )
    _starts: list[int] = field(default_factory=list, repr=False, compare=False)
    _by_letter: dict[str, dict[str, Candidate]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @cached_property
    def document(self) -> Document:
        """The article's tokens and sentences, as the rules read them."""
        return self._document or read_document(self.article, self.sentences, self.quotations)

    @cached_property
    def phrases(self) -> PhraseFinder:
        """Finds phrases in the article's text, which is folded once, at the first that needs it."""
        return PhraseFinder(self.article.text)

    @cached_property
    def numbers(self) -> tuple[tuple[FigureCandidate, ...], tuple[NotAFigure, ...]]:
        """The figures, and the numbers that are none."""
        if self._numbers is not None:
            return self._numbers
        if not has_rules(self.article.language):
            from extractor.find.figures.printed import find_printed_numbers  # seldom needed

            return find_printed_numbers(self.article)
        from extractor.find.figures.finder import find_figures  # only who asks pays for its import

        tokens = self.document.tokens
        return find_figures(self.article, tokens, tokens.all_of(NUMBER), self.names)

    @property
    def figures(self) -> tuple[FigureCandidate, ...]:
        """The numbers that count or measure something, in order of the text."""
        return self.numbers[0]

    @property
    def not_figures(self) -> tuple[NotAFigure, ...]:
        """The numbers that are recognised as something else."""
        return self.numbers[1]

    @cached_property
    def statements(self) -> tuple[SanctionStatement, ...]:
        """What the article says of sanctions, in order of the text."""
        if self._statements is not None:
            return self._statements
        return tuple(read.statement for read in self.statement_readings)

    @cached_property
    def statement_readings(self) -> tuple[StatementReading, ...]:
        """The statements with what the finder read for each, for `rules.sanctions`.

        None in a language without rules.
        """
        if not has_rules(self.article.language):
            return ()
        from extractor.find.sanctions.finder import find_statements  # see above

        return find_statements(self.document)

    @cached_property
    def turns(self) -> tuple[QuotationCandidate, ...]:
        """The quotations that are speakers' turns, in order of the text; no two overlap."""
        return tuple([q for q in self.quotations if q.turn is not None and not q.turn.block])

    @property
    def attributions(self) -> tuple[AttributionCandidate, ...]:
        """What the article reports somebody to say or think, where a schema asks for it."""
        return self.more.get("A", ())

    @property
    def by_id(self) -> Mapping[str, Candidate]:
        """Every candidate under its id; mentions too ("P3.2")."""
        return _ById(self)

    def candidate(self, id_: str) -> Candidate | None:
        """Return the candidate of an id, a mention too ("P3.2"); None when there is none."""
        whole, dot, number = id_.partition(".")
        candidate = self._lettered(id_[:1]).get(whole)
        if dot:
            mentions = candidate.mentions if isinstance(candidate, Entity) else ()
            at = int(number) if len(number) < _LONGEST_NUMBER and number.isdecimal() else 0
            mention = mentions[at - 1] if 0 < at <= len(mentions) else None  # numbered in order
            return mention if mention is not None and mention.id == id_ else None
        return candidate

    def _lettered(self, letter: str) -> dict[str, Candidate]:
        """Return the candidates whose ids begin with a letter, by id; mentions left out."""
        if letter not in self._by_letter:
            self._by_letter[letter] = {c.id: c for c in self.of_letter(letter)}
        return self._by_letter[letter]

    def of_letter(self, letter: str) -> Sequence[Candidate]:
        """Return the candidates whose ids begin with a letter, in order of their numbers."""
        more: Sequence[Candidate] = self.more.get(letter, ())
        return getattr(self, _GROUPS[letter]) if letter in _GROUPS else more

    @cached_property
    def _mentions(self) -> list[Placed]:
        """All mentions with the tokens first:last they cover, in order of the text."""
        if self._placed_names and self._placed_names[0] is self.names:
            return self._placed_names[1]
        return _placed(self.document, self.names)

    @cached_property
    def mentions(self) -> tuple[tuple[Mention, Entity], ...]:
        """All mentions with their entities, in order of the text."""
        return tuple([(mention, entity) for _, _, mention, entity in self._mentions])

    @cached_property
    def placed(self) -> list[Placed]:
        """The mentions outside quotations with the tokens first:last they cover, in order."""
        quoted, count = self.document.quoted, len(self.document.quoted)
        return [place for place in self._mentions if place[0] < count and not quoted[place[0]]]

    def sentence_at(self, offset: int) -> SentenceCandidate | None:
        """Return the sentence that holds `offset`, or else the last one before it."""
        if not self._starts:
            self._starts.extend(s.span.start for s in self.sentences)
        index = bisect_right(self._starts, offset) - 1
        return self.sentences[index] if index >= 0 else None

    def text_of(self, span: Span) -> str:
        """Return the article's text at `span`."""
        return self.article.text[span.start : span.end]


class _ById(Mapping[str, Candidate]):
    """The candidates by their ids: a view, made anew each time so that no reference cycle stays."""

    __slots__ = ("_inventory",)

    def __init__(self, inventory: Inventory) -> None:
        self._inventory = inventory

    def __getitem__(self, id_: str) -> Candidate:
        candidate = self._inventory.candidate(id_)
        if candidate is None:
            raise KeyError(id_)
        return candidate

    def __iter__(self) -> Iterator[str]:
        for letter in (*_GROUPS, *self._inventory.more):
            for candidate in self._inventory.of_letter(letter):
                yield candidate.id
        for mention, _ in self._inventory.mentions:
            yield mention.id

    def __len__(self) -> int:
        return sum(1 for _ in self)


def take_inventory(article: Article) -> Inventory:
    """Find the candidates of `article`. Deterministic; no network; never raises on any text."""
    sentences = find_sentences(article)
    quotations = find_quotations(article)
    document = read_document(article, sentences, quotations)
    names, placed = find_names(document)
    tokens = document.tokens
    bodies = find_collectives(article.text, tokens, tokens.all_of(STATES), names)
    if bodies:
        names += bodies
        placed = sorted((*placed, *_placed(document, bodies)), key=itemgetter(0, 1))
    quotations, with_labels = find_turns(article, quotations, names)
    if with_labels is not names:
        names, placed = with_labels, _placed(document, with_labels)
    quotations = with_block_quotes(article, quotations, names)
    return Inventory(
        article, sentences, quotations, names, _document=document, _placed_names=(names, placed)
    )


def _placed(document: Document, entities: tuple[Entity, ...]) -> list[Placed]:
    """Return the mentions of entities with the tokens that they cover, in order of the text."""
    first_from = document.tokens.first_from
    placed: list[Placed] = []
    for entity in entities:
        for mention in entity.mentions:
            start, end = mention.span
            first = first_from(start)
            placed.append((first, max(first_from(end), first + 1), mention, entity))
    return sorted(placed, key=lambda place: place[2].span)
