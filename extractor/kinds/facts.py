"""What the rules know of rows, before it takes any schema's shape.

A kind yields its rows as `RowFacts`: the id that the row rests on, and what is known under the
names that the kind's synonyms lead to ("speaker", "counts"). `extractor.answer.from_rules` puts
them into the fields of a schema.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from extractor.find.inventory import Inventory
from extractor.frozen import frozen
from extractor.language.languages import has_rules
from extractor.rules.attribution.dismissal import why_no_quotation
from extractor.rules.attribution.speakers import SpeakerAttribution, SpeakerRanking, attribute
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
    ranking: SpeakerRanking | None = None  # of a quotation: who else may have said it


class RowQuery(NamedTuple):
    """What a schema's rows ask of a kind; a kind need not find out anything else."""

    anchor: str  # the name of the anchor field, for comparing: "person"
    facts: frozenset[str]  # the canonical names of the others
    lists_quotations: bool  # rows hold a list of quotations


class LeftOut(NamedTuple):
    """A candidate that the rules leave out, and why."""

    candidate: str  # "Q4"
    reason: str  # "title", "nested"


@dataclass
class ArticleFacts:
    """What the rules know of one article; each part is computed once, when it is first needed."""

    inventory: Inventory

    @property
    def has_rules(self) -> bool:
        """Whether the rules know the article's language; else they only say what form shows."""
        return has_rules(self.inventory.article.language)

    @cached_property
    def attributions(self) -> dict[str, SpeakerAttribution]:
        """The attributions of all quotations, by their ids."""
        if self.has_rules:
            return attribute(self.inventory)
        from extractor.rules.attribution.unattributed import unattributed  # seldom needed

        return unattributed(self.inventory)

    @cached_property
    def left_out(self) -> tuple[LeftOut, ...]:
        """The quotations that become no rows, in order of the text."""
        return tuple(_no_quotations(self.inventory, self.attributions))

    def quotations(self) -> list[str]:
        """Return the ids of the quotations that are not left out."""
        left_out = {excluded.candidate for excluded in self.left_out}
        return [id_ for id_ in self.attributions if id_ not in left_out]


_COMPARED = 20  # letters by which a pull quote is looked for
_MOST_ALIKE = 8  # quotations with the same such letters


def _no_quotations(
    inventory: Inventory, attributions: dict[str, SpeakerAttribution]
) -> Iterator[LeftOut]:
    """Yield quotations to leave out: words only marked, and those inside another of one speaker."""
    repeated, ruled = _repeated(inventory), has_rules(inventory.article.language)
    for quotation in inventory.quotations:
        attribution = attributions[quotation.id]
        parent = attributions.get(quotation.parent or "")
        reason = repeated.get(quotation.id) or attribution.dismissed
        if (
            parent is not None and ruled
        ):  # attribution judges only what stands in no other quotation
            reason = reason or why_no_quotation(inventory, quotation)
        if reason is None and parent is not None:
            inner, outer = (entity_of(a.speaker) for a in (attribution, parent))
            reason = "nested" if inner in (None, outer) else None
        if reason is not None:
            yield LeftOut(quotation.id, reason)


def _repeated(inventory: Inventory) -> dict[str, str]:
    """Return the quotations that a page shows once more as a pull quote, each with "repeats Q4"."""
    paragraphs = inventory.article.paragraphs
    if all(p.kind != "pull_quote" for p in paragraphs):
        return {}
    text = inventory.article.text
    words = {q.id: _letters(q.text(text)) for q in inventory.quotations}
    pulled = {q.id for q in inventory.quotations if paragraphs[q.paragraph].kind == "pull_quote"}
    pulled -= {id_ for id_ in pulled if not words[id_]}
    begun: dict[str, list[str]] = {words[id_][:_COMPARED]: [] for id_ in pulled}
    sizes = sorted({len(beginning) for beginning in begun})
    for other, said in words.items():
        if other not in pulled:
            for at in range(len(said)):
                for size in sizes:
                    holding = begun.get(said[at : at + size])
                    if holding is not None and len(holding) < _MOST_ALIKE:
                        holding.append(other)
    found = {}
    for id_ in pulled:
        for other in begun[words[id_][:_COMPARED]]:
            if words[id_] in words[other]:
                found[id_] = f"repeats {other}"
                break
    return found


def _letters(words: str) -> str:
    """Return the letters and digits of words, in lower case."""
    return "".join(filter(str.isalnum, words)).lower()


def entity_of(mention: str | None) -> str | None:
    """Return the id of the entity that a mention's id belongs to: "P3" for "P3.2"."""
    return mention.partition(".")[0] if mention else None


def of_mention(mention: str | None) -> Fact:
    """Return the fact that is a name at one mention; an empty one for None."""
    return Fact((mention,)) if mention else Fact()


def of_span(span: Span | None) -> Fact:
    """Return the fact that is a stretch of words; an empty one for None."""
    return Fact((), (span,)) if span else Fact()


def of_sentence_at(offset: int, inventory: Inventory) -> Fact:
    """Return the fact that is the sentence around an offset, in code points of the article."""
    sentence = inventory.sentence_at(offset)
    return Fact((), (sentence.span,), (sentence.id,)) if sentence else Fact()
