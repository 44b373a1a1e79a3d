"""Answers to a schema as the rules or a model give them, before the check: ids, dismissals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from extractor.article import Remark
from extractor.frozen import frozen

if TYPE_CHECKING:
    from extractor.find.inventory import Inventory
    from extractor.record import Usage
    from extractor.schema.catalogue import Schema
    from extractor.schema.shape import FieldShape

Origin = Literal["rules", "model"]


class Ranking(Protocol):
    """The possible speakers of a quotation, e.g. a `rules.attribution.speakers.SpeakerRanking`."""

    @property
    def rivals(self) -> tuple[tuple[str, float], ...]:
        """The likeliest sources, each the id of a mention with its share of the chances, 0…1."""
        ...


@frozen
class Dismissal:
    """A candidate that an answerer looked at and left out, with the reason."""

    candidate: str  # "Q4"
    reason: str  # "title", "nickname", "scare quote", "slogan", "furniture", or free words
    origin: Origin = "rules"


@dataclass(slots=True)
class Answer:
    """An answer in a schema's shape, before it is checked.

    `data` has the fields of the schema's model, with ids ("Q7") or grounded values in them. A row
    that rests on a candidate has that candidate's id in its anchor field, so `confidence` and
    `origins` are keyed by the candidate's id. As several lists may rest on one sentence, a key
    may also name the list: "releases:S12" has precedence over "S12".
    """

    data: dict[str, Any]
    dismissed: list[Dismissal] = field(default_factory=list)
    confidence: dict[str, float] = field(default_factory=dict)  # candidate id -> 0…1
    origins: dict[str, Origin] = field(default_factory=dict)  # candidate id -> who filled it
    warnings: list[Remark] = field(default_factory=list)
    rankings: Mapping[str, Ranking] = field(default_factory=dict)  # by a quotation's id
    origin: Origin = "rules"  # who filled whatever `origins` does not name

    def copy(self) -> Answer:
        """Return an independent copy: a change of one does not reach the other."""
        return Answer(
            _copied(self.data),
            list(self.dismissed),
            dict(self.confidence),
            dict(self.origins),
            list(self.warnings),
            dict(self.rankings),
            self.origin,
        )


def _copied(value: Any) -> Any:
    """Return a copy of what can be changed; ids and grounded values cannot."""
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    return [_copied(item) for item in value] if isinstance(value, list) else value


class Asker(Protocol):
    """A language model that can be asked: what the pipeline needs to know of one.

    `ask` returns the model's rows (origin "model") and, where `--assist unsure` left a candidate
    to the rules, theirs (origin "rules"). Rows that the model failed to give are simply missing:
    the pipeline fills them from `by_rules` and marks them. What was wrong with the model's answer
    stands in `warnings`. Raises ModelError when the endpoint gave nothing usable at all.
    """

    @property
    def model(self) -> str:
        """The model's name, for the provenance."""
        ...

    @property
    def plan(self) -> str:
        """How it is asked: "whole" or "narrow"."""
        ...

    def prompt_of(self, schema: Schema) -> tuple[str, str]:
        """Return the name and the content hash of the prompt that `schema` is asked with."""
        ...

    async def ask(
        self, inventory: Inventory, schema: Schema, by_rules: Answer
    ) -> tuple[Answer, Usage]:
        """Ask about one article; `by_rules` is the rules' answer to the same question."""
        ...

    async def disconnect(self) -> None:
        """Close the connections of the event loop that is running; it can be asked again."""
        ...


def row_key(listed: FieldShape, anchor: str) -> str:
    """Return the key of a row in `Answer.confidence` and `origins`: "Q7", "releases:S12".

    `listed` is the field that holds the rows, `anchor` the id that the row rests on.
    """
    kind = listed.row.rests_on if listed.row is not None else None
    return f"{listed.key}:{anchor}" if kind is not None and kind.is_keyed_by_list else anchor


def encodable(text: str) -> str:
    """Return a text without halves of surrogate pairs, which no file or request can carry."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
