"""Kind: everything that depends on what the rows of a schema rest on, as one class.

Everything that depends on the kind of a row asks its object: the finder and the letter of its
ids, the type that schema authors write, how a row of it is recognised, what the rules know of it
and under which names, what a model is asked, and what the audit wants accounted for. (The JSON of
a value belongs to the field's type: `to_json` and `from_json` in `extractor.fields`.)
A new kind is one module with a field type, a candidate and a subclass, and `register`; see
`tests/kinds/test_new_kind.py` for one that goes all the way.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar, Literal, Protocol, TypeVar

from extractor.fields import Grounded, Sentence
from extractor.find.candidates import Candidate
from extractor.find.inventory import Inventory
from extractor.kinds.facts import ArticleFacts, LeftOut, RowFacts, RowQuery
from extractor.text.spans import Span


class Field(Protocol):
    """A field of a schema's model, as far as kinds look at it; see `schema.shape.FieldShape`."""

    @property
    def kind(self) -> str:
        """What the field holds: the name of a kind whose type it has, "verbatim", "text", …"""
        ...

    @property
    def word(self) -> str:
        """Its name without underscores, in lower case."""
        ...

    @property
    def many(self) -> bool:
        """Whether it is a list."""
        ...

    @property
    def required(self) -> bool:
        """Whether the schema requires it."""
        ...

    @property
    def choices(self) -> tuple[str, ...]:
        """The values that a Literal allows."""
        ...


F = TypeVar("F", bound=Field)


class Excluded(Protocol):
    """Something that looks like a candidate and is recognised as none; the audit lists it."""

    @property
    def span(self) -> Span:
        """Where it stands."""
        ...

    @property
    def reason(self) -> str:
        """What it is instead: "date"."""
        ...


class Kind:
    """One kind. The defaults are those of a kind whose rows each rest on a candidate of its own.

    What it is called, and where that is shown:

    | attribute | of sanctions              | shown by                                           |
    |-----------|---------------------------|----------------------------------------------------|
    | `name`    | sanction                  | code and prompts compare it; a warning, "no …"     |
    | `words`   | a statement on a sanction | questions to a model; warnings                     |
    | `id_of`   | "" (as `words`)           | `extract schemas NAME`, of a field of its type     |
    | `called`  | sanction statement        | the audit, in sheets and JSON; `kind_in_audit`     |

    `id_of` and `called` are given only where they differ: a sentence is "a statement" in questions
    and "a sentence" as a field's type. `id_words` and `audit_name` have what counts.
    """

    name: ClassVar[str]  # "quotation"
    field: ClassVar[type[Grounded]]  # the type of a row's anchor field
    words: ClassVar[str]  # "a quotation"
    id_of: ClassVar[str] = ""  # what an id of its type stands for, if not `words`: "a sentence"
    # Of several kinds that fit a row, the one with the lowest number is taken: the most exact.
    precedence: ClassVar[int] = 35

    # --- candidates ----------------------------------------------------------------------------
    letter: ClassVar[str]  # of its candidates' ids: "Q"
    # Whether every candidate must end in a row, dismissed with a reason, or as unaccounted.
    accountable: ClassVar[bool] = True
    # What the audit calls a candidate, if not `name`. Stored audits are read by it: a rename
    # orphans what they say (`review/sync/missed.py`).
    called: ClassVar[str] = ""
    excluded_as: ClassVar[str] = ""  # what the audit calls what `excluded` returns: "number"
    # Reasons for a dismissal that a model may choose from.
    reasons: ClassVar[tuple[str, ...]] = ("says nothing of the kind",)
    # How a candidate's id stands in the text that a model reads: "[Q1: …]" around it, "[S4] "
    # before it, " [P3]" behind its mentions; or not at all, but in a list beside the text.
    marking: ClassVar[Literal["around", "before", "behind", "listed"]] = "around"
    # What a prompt has to say of the ids, where base.j2 does not explain them.
    note: ClassVar[str] = ""

    # --- rows ----------------------------------------------------------------------------------
    # What a row may be asked for, and the usual names of fields that mean it, without underscores.
    synonyms: ClassVar[Mapping[str, str]] = {}
    # By type of field, what the only field of that type in a row may be taken for. With
    # {"name": "speaker"} a row of `quote: Quotation` and `minister: Name` has its speaker in
    # `minister`; where a second field is a Name, neither is taken for one.
    sole_of_type: ClassVar[Mapping[str, str]] = {}
    # Whether a field of this kind's type in a row of any kind needs no telling name: `basis:
    # Sentence` is the sentence of a figure's row, but `basis: Name` may be anybody.
    type_says_meaning: ClassVar[bool] = False
    # The fact that tells whose words they are; a row without it is reported.
    source: ClassVar[str | None] = None
    # Facts that the candidate itself shows, so that no model is asked for them.
    evident: ClassVar[frozenset[str]] = frozenset()
    # By a fact, its values that the candidate itself shows. A model may not choose them: where the
    # rules' row has one, it stands. {"kind": {"turn"}} of quotations, since a label shows a turn.
    shown: ClassVar[Mapping[str, frozenset[str]]] = {}
    # In the plan "narrow" a model is asked for the first name only; the rules give the rest.
    asks_for_source_only: ClassVar[bool] = False
    # Whether two rows on one candidate are the same row. A sentence may say several things.
    one_row_each: ClassVar[bool] = True
    # Whether rows of one list keep the order of the answer, instead of the article's.
    keeps_order: ClassVar[bool] = False
    # Whether the rules say how sure they are of a row.
    has_confidence: ClassVar[bool] = True

    @cached_property
    def audit_name(self) -> str:
        """What the audit calls a candidate."""
        return self.called or self.name

    @cached_property
    def id_words(self) -> str:
        """What a field of its type asks for: "a quotation", "a sentence"."""
        return self.id_of or self.words

    @cached_property
    def on_sentence(self) -> bool:
        """Whether rows rest on a whole sentence, not on the candidate itself.

        Rows of several lists may share the sentence.
        """
        return issubclass(self.field, Sentence)

    @cached_property
    def is_keyed_by_list(self) -> bool:
        """Whether an answer's confidence in a row needs the list's name beside the anchor's id."""
        return self.on_sentence and self.has_confidence

    @cached_property
    def canonical(self) -> dict[str, str]:
        """The name of a field, for comparing -> what it asks for."""
        return {word: name for name, words in self.synonyms.items() for word in words.split()}

    @cached_property
    def is_everywhere(self) -> bool:
        """Whether its candidates are in every inventory, not only where a schema asks for them."""
        return type(self).find is Kind.find

    # --- finding -------------------------------------------------------------------------------

    def find(self, inventory: Inventory) -> tuple[Candidate, ...]:
        """Return the candidates, of a kind that is looked for only where a schema asks for it.

        The candidates of other kinds are in every inventory; `take_inventory` finds them.
        """
        return ()

    def candidates(self, inventory: Inventory) -> Sequence[Any]:
        """Return all candidates of the kind, in order of the text."""
        return inventory.of_letter(self.letter)

    def span(self, candidate: Any) -> Span:
        """Return where a candidate stands, with its marks."""
        span: Span = candidate.span
        return span

    def cited(self, candidate: Any, inventory: Inventory) -> tuple[str, Span]:
        """Return a candidate's words and where they stand, as the audit shows them."""
        span = self.span(candidate)
        return inventory.text_of(span), span

    def text(self, candidate: Any, inventory: Inventory) -> str:
        """Return a candidate's words as a question about it shows them, with their marks."""
        return inventory.text_of(self.span(candidate))

    def pieces(self, candidate: Any, inventory: Inventory) -> Sequence[tuple[int, int]]:
        """Return the stretches to frame in the text that a model reads, in order."""
        return (self.span(candidate),)

    def anchor_id(self, candidate: Any) -> str:
        """Return the id that a row about the candidate rests on: its own, or its sentence's."""
        id_: str = candidate.id
        return id_

    def is_asked_about(self, candidate: Any) -> bool:
        """Return whether a model is asked about the candidate by itself."""
        return True

    def targets(
        self, inventory: Inventory, anchors_known: Sequence[str]
    ) -> Iterator[tuple[str, str]]:
        """Yield (anchor id, candidate id) of each row to ask a model for, one by one.

        `anchors_known`: what the rules' rows rest on.
        """
        for candidate in self.candidates(inventory):
            if self.is_asked_about(candidate):
                yield self.anchor_id(candidate), candidate.id

    def excluded(self, inventory: Inventory) -> Sequence[Excluded]:
        """Return what looks like a candidate and is recognised as something else."""
        return ()

    # --- rows ----------------------------------------------------------------------------------

    def anchor(self, fields: Sequence[F]) -> F | None:
        """Return the field that a row with these fields rests on; None when it is of no such kind.

        `fields` are all of the row's, the required ones first.
        """
        return only_one(fields, self.name)

    def rows(self, known: ArticleFacts, query: RowQuery) -> Iterator[RowFacts] | None:
        """Yield the rows that the rules know; None where they know none of the kind."""
        return None

    def ids(self, known: ArticleFacts, word: str) -> list[str]:
        """Return the ids for a plain list of the kind; `word` is the list's name."""
        return [candidate.id for candidate in self.candidates(known.inventory)]

    def left_out(self, known: ArticleFacts) -> Sequence[LeftOut]:
        """Return the candidates that the rules dismiss: they are no such thing."""
        return ()

    def tells_apart(self, field: Field) -> bool:
        """Return whether two rows on one candidate differ when they differ in this field."""
        return True


def only_one(fields: Sequence[F], kind: str) -> F | None:
    """Return the first of a row's fields that is of a kind and no list."""
    return next((field for field in fields if field.kind == kind and not field.many), None)
