"""A small article with its candidates made by hand, so that checks do not hang on the finders."""

from collections.abc import Iterator

from extractor.answers import Answer
from extractor.article import Article, Paragraph
from extractor.find.candidates import (
    Entity,
    FigureCandidate,
    Mention,
    NotAFigure,
    QuotationCandidate,
    SanctionStatement,
    SentenceCandidate,
)
from extractor.find.inventory import Inventory
from extractor.record import Usage
from extractor.schema.catalogue import Schema
from extractor.text.spans import Span

TEXT = (
    "“We will not lift the sanctions on timber,” Ana Ruiz said on Monday. "
    "“Not before the 40 prisoners are free,” she added.\n\n"
    "Veldavia agreed to lift the export ban on timber if the prisoners are freed, Ben Okoro "
    "told reporters in the “Blue Room”.\n\n"
    "Around 40 political prisoners remain in Veldavia, Ruiz said. The opposition counts "
    "65 political prisoners since 2021. Timber is dear. Veldavia freed nine monks."
)


def at(words: str, nth: int = 0) -> Span:
    """Return the span of the nth occurrence of `words` in the text."""
    start = -1
    for _ in range(nth + 1):
        start = TEXT.index(words, start + 1)
    return Span(start, start + len(words))


def inventory() -> Inventory:
    """Return the article with its candidates."""
    paragraphs = tuple(_paragraphs())
    article = Article(TEXT, paragraphs, "made.txt", "0" * 64, title="Timber", date="2025-03-04")
    return Inventory(
        article, _sentences(), _quotations(), _names(),
        _numbers=(_figures(), _not_figures()), _statements=_statements(),
    )  # fmt: skip


def _paragraphs() -> Iterator[Paragraph]:
    start = 0
    for index, words in enumerate(TEXT.split("\n\n")):
        yield Paragraph(index, Span(start, start + len(words)), "body")
        start += len(words) + 2


def _sentences() -> tuple[SentenceCandidate, ...]:
    pieces = [
        ("“We will not lift the sanctions on timber,” Ana Ruiz said on Monday.", 0),
        ("“Not before the 40 prisoners are free,” she added.", 0),
        (
            "Veldavia agreed to lift the export ban on timber if the prisoners are freed, Ben Okoro"
            " told reporters in the “Blue Room”.",
            1,
        ),
        ("Around 40 political prisoners remain in Veldavia, Ruiz said.", 2),
        ("The opposition counts 65 political prisoners since 2021.", 2),
        ("Timber is dear.", 2),
        ("Veldavia freed nine monks.", 2),
    ]
    return tuple(
        SentenceCandidate(f"S{n}", at(words), paragraph)
        for n, (words, paragraph) in enumerate(pieces, 1)
    )


def _quotations() -> tuple[QuotationCandidate, ...]:
    found = []
    for n, words in enumerate(
        (
            "We will not lift the sanctions on timber,",
            "Not before the 40 prisoners are free,",
            "Blue Room",
        ),
        1,
    ):
        span = at(words)
        outer = Span(span.start - 1, span.end + 1)
        half = "Q1" if n == 2 else None
        found.append(QuotationCandidate(f"Q{n}", (span,), outer, n // 3, "“", True, None, half))
    return tuple(found)


def _figures() -> tuple[FigureCandidate, ...]:
    return (
        FigureCandidate("N1", at("40"), "count", 40.0, None, None, None, False),
        FigureCandidate("N2", at("40", 1), "count", 40.0, None, None, None, True, at("Around")),
        FigureCandidate("N3", at("65"), "count", 65.0, None, None, None, False),
        FigureCandidate("N4", at("nine"), "count", 9.0, None, None, None, False),
    )


def _not_figures() -> tuple[NotAFigure, ...]:
    return (NotAFigure(at("2021"), "year"),)


def _names() -> tuple[Entity, ...]:
    ruiz = (
        Mention("P1.1", at("Ana Ruiz"), "name"),
        Mention("P1.2", at("she"), "pronoun"),
        Mention("P1.3", at("Ruiz", 1), "name"),
    )
    places = tuple(Mention(f"P2.{n}", at("Veldavia", n - 1), "name") for n in (1, 2, 3))
    return (
        Entity("P1", "Ana Ruiz", "person", ruiz, ("Ruiz",), "f", role="Minister"),
        Entity("P2", "Veldavia", "place", places),
        Entity("P3", "Ben Okoro", "person", (Mention("P3.1", at("Ben Okoro"), "name"),)),
    )


def _statements() -> tuple[SanctionStatement, ...]:
    return (
        SanctionStatement(
            "T1",
            "S1",
            at("lift the sanctions on timber"),
            at("lift"),
            at("the sanctions on timber"),
            "keep",
        ),
        SanctionStatement(
            "T2",
            "S3",
            at("lift the export ban on timber"),
            at("lift", 1),
            at("the export ban on timber"),
            "lift",
        ),
    )


class Parrot:
    """An asker that answers what it was given."""

    model = "parrot"
    plan = "whole"

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def prompt_of(self, schema: Schema) -> tuple[str, str]:
        """Name no real prompt."""
        return schema.name, "0" * 64

    async def disconnect(self) -> None:
        """There is nothing to close."""

    async def ask(
        self, inventory: Inventory, schema: Schema, by_rules: Answer
    ) -> tuple[Answer, Usage]:
        """Answer."""
        del inventory, schema, by_rules
        return self.answer, Usage(calls=1)
