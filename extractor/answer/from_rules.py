"""Fills any schema by the rules: each row from what its anchor is, each field by type and name.

What the rules know of a row its kind says (`extractor.kinds`): who said a quotation, what a figure
counts, what a sanction or release statement says. Here that is put into the schema's shape. A
field is recognised by its name or a usual synonym (`Kind.synonyms`) and takes the value in its
own type: a `Name` the mention, a `Verbatim` the words with their place, a `str` the words, a
`Literal` one of its allowed values.

What the rules cannot know they leave empty: null, an empty list, "" for a required `str`; the
row stays, because a quotation is not lost for want of a topic. One warning names these fields.
"""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from extractor.answers import Answer, Dismissal, row_key
from extractor.article import Remark
from extractor.fields import Verbatim
from extractor.find.candidates import Entity, Mention, QuotationCandidate
from extractor.find.inventory import Inventory
from extractor.find.sentences import LONGEST
from extractor.kinds import accountable_kinds, kind_named, kind_of_id
from extractor.kinds.facts import ArticleFacts, Fact, RowFacts, RowQuery
from extractor.kinds.kind import Kind
from extractor.rules.attribution.speakers import SpeakerRanking
from extractor.schema.shape import FieldShape, Shape, shape_of
from extractor.schema.synonyms import ARTICLE_WORDS, choose, may_be_taken
from extractor.text.spans import Span


@dataclass(slots=True)
class _AnswerState:
    """What is known and noted while one answer is filled."""

    known: ArticleFacts
    # As in `Answer`.
    confidence: dict[str, float] = field(default_factory=dict)
    rankings: dict[str, SpeakerRanking] = field(default_factory=dict)
    # The paths of the fields that the rules cannot fill, in order: "quotes[].topic".
    unknown: dict[str, None] = field(default_factory=dict)

    @property
    def inventory(self) -> Inventory:
        """The article's inventory."""
        return self.known.inventory


def answer_by_rules(inventory: Inventory, model: type[BaseModel]) -> Answer:
    """Return the rules' answer to the schema `model`; one warning names the fields left empty."""
    state = _AnswerState(ArticleFacts(inventory))
    shape = shape_of(model)
    data = _fill_group(shape, state, "")
    warnings = []
    if state.unknown:
        names = ", ".join(state.unknown)
        message = f"the rules do not know how to fill {names}: left empty; a model can (--model)"
        warnings.append(Remark("left_empty", message))
    dismissed = [
        Dismissal(id_, reason)
        for kind in accountable_kinds()
        if shape.asks_for(kind)
        for id_, reason in kind.left_out(state.known)
    ]
    return Answer(data, dismissed, state.confidence, {}, warnings, state.rankings)


def _fill_group(shape: Shape, state: _AnswerState, path: str) -> dict[str, Any]:
    """Return the data of a model that is no row: the root (path ""), or one nested in it."""
    data: dict[str, Any] = {}
    for wanted in shape.fields:
        here = f"{path}{wanted.key}"
        if wanted.row is not None and wanted.many:
            data[wanted.key] = _fill_rows(wanted, wanted.row, state, here)
            continue
        if wanted.row is not None and wanted.row.rests_on is None:
            data[wanted.key] = _fill_group(wanted.row, state, f"{here}.")
            continue
        kind = kind_named(wanted.kind) if wanted.many else None
        if kind is not None:
            data[wanted.key] = kind.ids(state.known, wanted.word)
            continue
        fact = _article_fact(wanted, state.inventory)
        if fact is None:
            state.unknown[here] = None
        _put(data, wanted, _formed(fact, wanted, state.inventory))
    return data


def _fill_rows(
    listed: FieldShape, row: Shape, state: _AnswerState, path: str
) -> list[dict[str, Any]]:
    """Return the rows of a list from what its kind knows; [] where the rules know none of it."""
    anchor, kind = row.anchor, row.rests_on
    names = _meanings(row, kind, anchor) if kind and anchor else {}
    known_rows = None
    if kind is not None and anchor is not None:
        quoting = any(f.kind == "quotation" and f.many for f in row.fields)
        query = RowQuery(anchor.word, frozenset(filter(None, names.values())), quoting)
        known_rows = kind.rows(state.known, query)
    if known_rows is None or anchor is None:
        state.unknown[f"{path}[]"] = None
        return []
    for wanted in row.fields:
        if wanted is not anchor and names[wanted.name] is None:
            state.unknown[f"{path}[].{wanted.key}"] = None
    rows = []
    for known in known_rows:
        data: dict[str, Any] = {}
        for wanted in row.fields:
            if wanted is anchor:
                data[wanted.key] = known.anchor
            else:
                fact = known.facts.get(names[wanted.name] or "")
                _put(data, wanted, _formed(fact, wanted, state.inventory))
        rows.append(data)
        _note_confidence(state, listed, known)
    return rows


def _meanings(row: Shape, kind: Kind, anchor: FieldShape) -> dict[str, str | None]:
    """Return by field name what each field of a row means to its kind: {"said_by": "speaker"}.

    None for what the rules cannot know. A field is recognised by its name, by its type where that
    is enough, or as the only one of its type.
    """
    names: dict[str, str | None] = {}
    for wanted in row.fields:
        name = kind.canonical.get(wanted.word)
        held = kind_named(wanted.kind)
        if held is not None and held.type_says_meaning and wanted is not anchor:
            name = name or held.name
        names[wanted.name] = name if wanted.row is None else None
    for type_, name in kind.sole_of_type.items():
        same = [f for f in row.fields if f.kind == type_ and f is not anchor]
        open_ones = [f for f in same if names[f.name] is None and may_be_taken(f.word)]
        if len(same) == len(open_ones) == 1 and name not in names.values():
            names[open_ones[0].name] = name
    return names


def _note_confidence(state: _AnswerState, listed: FieldShape, known: RowFacts) -> None:
    """Note how sure a row is; of several rows on one candidate, the least sure counts."""
    key = row_key(listed, known.anchor)
    state.confidence[key] = min(known.confidence, state.confidence.get(key, 1.0))
    if known.ranking is not None:
        state.rankings[known.anchor] = known.ranking


def _put(data: dict[str, Any], wanted: FieldShape, value: Any) -> None:
    """Set a field to a value; None leaves it to its default, or sets what is empty for its type."""
    if value is not None:
        data[wanted.key] = value
    elif wanted.required and wanted.many:
        data[wanted.key] = []
    elif wanted.required:
        data[wanted.key] = "" if wanted.kind == "text" and not wanted.nullable else None


def _article_fact(wanted: FieldShape, inventory: Inventory) -> Fact | None:
    """Return what is known of the article as a whole: its title, byline, outlet, date, url."""
    known = ARTICLE_WORDS.get(wanted.word)
    if known is None or wanted.kind not in ("text", "verbatim"):
        return None
    return Fact(value=getattr(inventory.article, known))


def _formed(fact: Fact | None, wanted: FieldShape, inventory: Inventory) -> Any:
    """Return the fact as a value for a field; None where there is none in that form."""
    if wanted.kind == "choice":
        return choose(fact.word if fact else None, wanted.choices)
    if fact is None:
        return None
    if wanted.kind == "scalar":
        return fact.value if isinstance(fact.value, int | float) else None
    values = _values(fact, wanted.kind, inventory)
    if wanted.many:
        return values or None
    return values[0] if values else None


def _as_names(fact: Fact, inventory: Inventory) -> list[str]:
    """Return the ids of a fact's mentions, or of those inside its spans."""
    if fact.mentions:
        return list(fact.mentions)
    return [id_ for span in fact.spans if (id_ := _mention_in(span, inventory))]


def _as_verbatim(fact: Fact, inventory: Inventory) -> list[Verbatim]:
    """Return a fact's words with their places: of its spans, candidates, or plain value."""
    spans = fact.spans
    if not spans:
        ids = fact.mentions or fact.candidates
        spans = tuple(span for id_ in ids if (span := _span_of(id_, inventory)))
    if not spans and isinstance(fact.value, str) and fact.value:
        start = inventory.article.text.find(fact.value)
        spans = (Span(start, start + len(fact.value)),) if start >= 0 else ()
    return [Verbatim(inventory.text_of(span), *span) for span in map(_shortened, spans)]


def _shortened(span: Span) -> Span:
    """Return the beginning of a phrase whose words have no end: it may stand in many rows."""
    start, end = span
    return span if end - start <= LONGEST else Span(start, start + LONGEST)


def _as_text(fact: Fact, inventory: Inventory) -> list[str]:
    """Return a fact as plain text: its value, its names, its word, or the words of its spans."""
    if isinstance(fact.value, str):
        return [fact.value]
    if fact.mentions:
        entities = (inventory.by_id.get(id_.partition(".")[0]) for id_ in fact.mentions)
        return [entity.name for entity in entities if isinstance(entity, Entity)]
    if fact.word is not None:
        return [fact.word]
    return [words.text for words in _as_verbatim(fact, inventory)]


def _values(fact: Fact, held: str, inventory: Inventory) -> list[Any]:
    """Return a fact's values for a field that holds names, words, plain text, or ids of a kind."""
    make = _FORMS.get(held)
    if make is not None:
        return make(fact, inventory)
    kind = kind_named(held)
    return [id_ for id_ in fact.candidates if kind is not None and id_[:1] == kind.letter]


_FORMS: dict[str, Callable[[Fact, Inventory], list[Any]]] = {
    "name": _as_names,
    "verbatim": _as_verbatim,
    "text": _as_text,
}


def _span_of(id_: str, inventory: Inventory) -> Span | None:
    """Return the span of a candidate's words; of a name the first mention. None if it has none."""
    candidate = inventory.by_id.get(id_)
    if candidate is None or (isinstance(candidate, Entity) and not candidate.mentions):
        return None
    if isinstance(candidate, Mention):
        return candidate.span
    if isinstance(candidate, QuotationCandidate):
        return candidate.spans[0]
    kind = kind_of_id(id_)
    return kind.span(candidate) if kind is not None else None


def _mention_in(span: Span, inventory: Inventory) -> str | None:
    """Return the id of the widest mention of a name inside a span; None if there is none."""
    mentions = inventory.mentions
    low = bisect_left(mentions, span.start, key=_start_of)
    high = bisect_left(mentions, span.end, low, key=_start_of)
    inside = [mention for mention, _ in mentions[low:high] if mention.span.end <= span.end]
    widest = max(inside, key=lambda mention: mention.span.end - mention.span.start, default=None)
    return widest.id if widest else None


def _start_of(pair: tuple[Mention, Entity]) -> int:
    return pair[0].span.start
