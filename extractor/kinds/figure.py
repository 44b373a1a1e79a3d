"""Figures: numbers that count or measure something, what that is, and who gives them."""

from collections.abc import Iterator, Sequence

from extractor.fields import Figure
from extractor.find.inventory import Inventory
from extractor.kinds.facts import (
    ArticleFacts,
    Fact,
    RowFacts,
    RowQuery,
    of_mention,
    of_sentence_at,
    of_span,
)
from extractor.kinds.kind import Excluded, F, Kind, only_one

_NAMES = frozenset("figure number amount value quantity total sum".split())


class FigureKind(Kind):
    """Rows on a figure."""

    name = "figure"
    field = Figure
    words = "a figure"
    precedence = 30
    letter = "N"
    excluded_as = "number"
    reasons = ("date", "rank", "part of a name", "counts nothing")
    synonyms = {
        "counts": "counts what of counted thing subject describes description meaning label noun"
        " measures refersto whatitcounts",
        "source": "source sources speaker who accordingto givenby by saidby",
        "sentence": "sentence evidence context",
        "words": "text words printed astext verbatim",
        "kind": "kind type figurekind",
        "value": "value number amount quantity count",
        "low": "low minimum min atleast lower",
        "high": "high maximum max atmost upto upper",
        "unit": "unit units currency",
        "approximate": "approximate approx approximately rounded estimated isapproximate",
        "qualifier": "qualifier hedge",
    }
    sole_of_type = {"verbatim": "counts", "name": "source"}

    def anchor(self, fields: Sequence[F]) -> F | None:
        """Return the figure that by its name is what the row is about.

        Without one, a required figure of a row that has no sentence as its evidence.
        """
        figures = [field for field in fields if field.kind == self.name and not field.many]
        named = [field for field in figures if field.word in _NAMES]
        if not named and only_one(fields, "sentence") is None:
            named = [field for field in figures if field.required]
        return next(iter(named), None)

    def excluded(self, inventory: Inventory) -> Sequence[Excluded]:
        """Return the numbers that are dates, ages, parts of names and the like."""
        return inventory.not_figures

    def rows(self, known: ArticleFacts, query: RowQuery) -> Iterator[RowFacts]:
        """Yield each figure with what it counts; in a language without rules, without that."""
        if not known.has_rules:
            yield from _printed(known.inventory)
            return
        from extractor.rules.figures.counted import count  # only who asks pays for its import

        inventory = known.inventory
        counted = count(inventory, known.attributions)
        for figure in inventory.figures:
            reading = counted[figure.id]
            facts = {
                "counts": of_span(reading.counts),
                "source": of_mention(reading.source),
                "sentence": of_sentence_at(figure.span.start, inventory),
                "words": Fact(spans=(figure.span,)),
                "kind": Fact(word=figure.kind),
                "value": Fact(value=figure.value, spans=(figure.span,)),
                "low": Fact(value=figure.low),
                "high": Fact(value=figure.high),
                "unit": Fact(word=figure.unit, value=figure.unit),
                "approximate": Fact(value=figure.approximate),
                "qualifier": of_span(figure.qualifier),
            }
            yield RowFacts(figure.id, facts, reading.confidence)


def _printed(inventory: Inventory) -> Iterator[RowFacts]:
    """Yield each figure as it is printed, with nothing that takes rules of its language."""
    for figure in inventory.figures:
        facts = {
            "sentence": of_sentence_at(figure.span.start, inventory),
            "words": Fact(spans=(figure.span,)),
            "kind": Fact(word=figure.kind),
            "approximate": Fact(value=figure.approximate),
        }
        yield RowFacts(figure.id, facts, 0.0)


FIGURE = FigureKind()
