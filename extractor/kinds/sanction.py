"""Sanction terms: what happens to a sanction, by whom, on whom, on which condition.

A row rests on its sentence; a candidate is a statement in it, and one sentence may hold several.
"""

from collections.abc import Iterator, Sequence
from typing import get_args

from extractor.fields import Sentence
from extractor.find.candidates import Action, SanctionStatement
from extractor.kinds.facts import ArticleFacts, Fact, RowFacts, RowQuery, of_span
from extractor.kinds.kind import F, Field, Kind, only_one

_ACTIONS = frozenset(get_args(Action))


class SanctionKind(Kind):
    """Rows on a sentence that states what happens to a sanction."""

    name = "sanction"
    field = Sentence
    words = "a statement on a sanction"
    precedence = 40
    letter = "T"
    called = "sanction statement"
    marking = "listed"
    reasons = ("says nothing on a sanction",)
    synonyms = {
        "action": "action act move step change verb",
        "status": "status state stage",
        "sender": "sender senders imposer imposedby by who actor actors authority issuer from"
        " country imposers sanctioner",
        "target": "target targets on against whom targeted receiver sanctioned subject",
        "measure": "measure measures restriction restrictions sanction sanctions what instrument",
        "condition": "condition conditions if unless dependson conditionedon",
        "when": "when date time timing since until",
        "words": "statement phrase words wording text",
    }
    one_row_each = False

    def anchor(self, fields: Sequence[F]) -> F | None:
        """Return the sentence of a row with a Literal of two or more actions, e.g. "lift"."""
        single = [field for field in fields if not field.many]
        if any(len(_ACTIONS & {choice.lower() for choice in f.choices}) >= 2 for f in single):
            return only_one(fields, "sentence")
        return None

    def anchor_id(self, candidate: SanctionStatement) -> str:
        """Return the id of the statement's sentence."""
        return candidate.sentence

    def tells_apart(self, field: Field) -> bool:
        """Return whether it is the measure or one of the choices: action, status."""
        return field.kind == "choice" or self.canonical.get(field.word) == "measure"

    def rows(self, known: ArticleFacts, query: RowQuery) -> Iterator[RowFacts]:
        """Yield each term that the article states."""
        if not known.has_rules:
            return
        from extractor.rules.sanctions.terms import read_terms  # only who asks pays for its import

        for term in read_terms(known.inventory):
            statement = known.inventory.by_id.get(term.statement)
            words = statement.span if isinstance(statement, SanctionStatement) else None
            facts = {
                "action": Fact(word=term.action),
                "status": Fact(word=term.status),
                "sender": Fact(mentions=term.sender),
                "target": Fact(spans=term.target),
                "measure": of_span(term.measure),
                "condition": of_span(term.condition),
                "when": of_span(term.when),
                "words": of_span(words),
                "sentence": Fact(candidates=(term.evidence,)),
            }
            yield RowFacts(term.evidence, facts, term.confidence)


SANCTION = SanctionKind()
