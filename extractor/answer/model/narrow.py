"""Makes the questions of the plan "narrow": one short one a candidate, answered from closed lists.

The model reads the passage around one candidate and answers the fields of one row. Where a field
wants a name or a figure, its JSON schema lists those near by and null, so an endpoint that holds
to the schema cannot answer anything else. Fields that rest on no candidate are asked as in the
plan "whole", together, in one question.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Any

from extractor.answer.endpoint.messages import AskAgain, Question
from extractor.answer.model.choices import offer, row_without_shown
from extractor.answer.model.judge import Judge, PendingQuestion, read_json
from extractor.answer.model.markup import has_turn, list_names, mark_up, one_line, unmarked
from extractor.answer.model.prompt import Prompts, field_line
from extractor.answer.model.who import Rivals, rivals_to_ask, who_question
from extractor.answer.model.whole import evident_values, part_questions
from extractor.answers import Answer, row_key
from extractor.article import STORY, Paragraph
from extractor.find.candidates import Mention, QuotationCandidate
from extractor.find.inventory import Inventory
from extractor.frozen import frozen
from extractor.kinds import all_kinds, place_of
from extractor.kinds.kind import Kind
from extractor.schema.shape import FieldShape, Shape, shape_of
from extractor.schema.wire import schema_of, strict
from extractor.settings import Settings
from extractor.text.spans import Span

# Paragraphs before and after the candidate's own. More of them make a small model answer with a
# name that is merely near: of 20 quotations it gave 16 to the right speaker with one paragraph
# before, 13 with two before and one after.
_BEFORE, _AFTER = 1, 0
# Where no name and no pronoun stands beside the candidate, look further.
_FAR_BEFORE, _FAR_AFTER = 2, 1
_LONGEST = 4_000  # characters before a candidate, and half as many behind it
_MOST = 250  # values in one enum that strict endpoints take
_ITEMS = 6  # of a list in one row; without a bound a small model may go on for ever


Values = dict[str, Any]  # of a row: field key -> an id, words, or a value


@frozen
class _Target:
    """One row to ask for."""

    listed: FieldShape
    row: Shape
    kind: Kind
    anchor: str  # the id that the row rests on
    candidate: str  # the id that the question is about: the anchor, or a statement in it
    place: Span


def narrow_questions(
    prompts: Prompts,
    settings: Settings,
    inventory: Inventory,
    by_rules: Answer,
    wanted: frozenset[str] | None,
) -> list[PendingQuestion]:
    """Return one question a candidate, and one for the fields that rest on none.

    `wanted`: the keys of rows and ids of candidates to ask about; None for all.
    """
    shape = shape_of(prompts.schema.model)
    pending, others = [], []
    for listed in shape.fields:
        if listed.row is None or not listed.many or listed.row.anchor is None:
            if wanted is None or not by_rules.data.get(listed.key):
                others.append(listed.key)
            continue
        rules_rows = _rules_rows(listed, listed.row, by_rules)
        evident = evident_values(listed, by_rules)
        for target in _targets(listed, listed.row, inventory, by_rules):
            if wanted is None or _is_wanted(target, by_rules, wanted):
                rules_row = rules_rows.get(target.anchor)
                settled = evident.get(target.anchor, {})
                if not target.kind.evident:
                    settled = _settled(target, rules_row, unsure=wanted is not None)
                ranking = None if wanted is None else by_rules.rankings.get(target.candidate)
                rivals = rivals_to_ask(ranking.rivals) if ranking is not None else ()
                if rivals and (who := _only_who(target, settled)):
                    pending.append(_who(prompts, inventory, target, rivals, (who, settled)))
                else:
                    pending.append(_question(prompts, inventory, target, settled))
    if others:
        pending += part_questions(prompts, settings, inventory, others, wanted)
    return pending


def _targets(
    listed: FieldShape, row: Shape, inventory: Inventory, by_rules: Answer
) -> Iterator[_Target]:
    """Yield the rows of a list to ask for, in the order that their kind gives (`Kind.targets`)."""
    kind, anchor = row.rests_on, row.anchor
    if kind is None or anchor is None:
        return
    known = [str(rules_row.get(anchor.key)) for rules_row in by_rules.data.get(listed.key) or []]
    for anchor_id, about in kind.targets(inventory, known):
        yield _Target(listed, row, kind, anchor_id, about, place_of(inventory, about))


def _is_wanted(target: _Target, by_rules: Answer, wanted: frozenset[str]) -> bool:
    """Return whether a row is to be asked for: it is wanted, or the rules know nothing of it."""
    key = row_key(target.listed, target.anchor)
    if {key, target.candidate} & wanted:
        return True
    return not target.kind.has_confidence and key not in by_rules.confidence


def _question(
    prompts: Prompts, inventory: Inventory, target: _Target, settled: Values
) -> PendingQuestion:
    """Return the question for one row; what is `settled` is not asked."""
    passage = _passage(inventory, target.place)
    options = _options(inventory, passage)
    anchor = target.row.anchor
    asked = row_without_shown(target.row).fields
    left = [f for f in asked if f != anchor and f.key not in settled]
    schema, is_strict = strict(_schema(target.row, target.kind, left, options))
    judge = _judge(prompts, inventory, target)
    names = list_names(inventory, passage)
    user = prompts.render(
        "narrow",
        title=None,
        article=mark_up(inventory, passage, _marked(inventory, target, passage)).strip(),
        names=names if any(f.kind == "name" for f in target.row.fields) else [],
        turns=has_turn(inventory, passage),
        row={"name": target.listed.key, "about": _about(target.row)},
        candidate={
            "id": target.candidate,
            "kind": target.kind.name,
            "words": target.kind.words,
            "text": one_line(_text(inventory, target)),
        },
        fields="\n".join(
            field_line(f, target.row.model.model_fields[f.name].description or "") for f in left
        ),
    )
    question = Question(prompts.system, user, target.listed.key, schema, is_strict)
    labels = {label: id_ for by_label in options.values() for label, id_ in by_label.items()}
    reader = partial(_read, target, labels, settled)
    return PendingQuestion(question, judge, target.candidate, reader, lambda _: {})


def _read(target: _Target, labels: dict[str, str], settled: Values, text: str) -> dict[str, Any]:
    """Return the answer on one row in the shape of a whole answer; `labels`: label -> id.

    Raises AskAgain: it is no JSON object, or has none of the row's fields.
    """
    data = dict(unmarked(read_json(text)))
    reason = data.pop("dismiss", None)
    if reason:
        return {"dismissed": [{"id": target.candidate, "reason": str(reason)}]}
    known = {field.key for field in target.row.fields}
    if not data.keys() & known:
        raise AskAgain("none of the fields asked for is in the answer")
    row = {key: _unlabel(value, labels) for key, value in data.items() if key in known}
    return {target.listed.key: [row | settled | {_anchor(target): target.anchor}]}


def _unlabel(value: Any, labels: dict[str, str]) -> Any:
    """Return ids for the labels that the closed lists show."""
    if isinstance(value, list):
        return [_unlabel(item, labels) for item in value]
    return labels.get(value, value) if isinstance(value, str) else value


def _passage(inventory: Inventory, place: Span) -> Span:
    """Return the candidate's paragraphs and those around them; furniture does not count.

    Where no other mention stands in the candidate's own paragraphs, more are taken. Of very long
    paragraphs only the sentences around the candidate: every question has its passage.
    """
    start, end = _paragraphs_around(inventory, place)
    if place.start - start > _LONGEST:
        first = inventory.sentence_at(place.start - _LONGEST)
        start = max(start, first.span.start) if first is not None else start
    if end - place.end > _LONGEST // 2:
        last = inventory.sentence_at(place.end + _LONGEST // 2)
        end = min(end, max(place.end, last.span.end)) if last is not None else end
    return Span(start, end)


def _paragraphs_around(inventory: Inventory, place: Span) -> Span:
    """Return the span of the candidate's paragraphs, with those before and after them."""
    paragraphs = inventory.article.paragraphs
    at = max(0, bisect_right(paragraphs, place.start, key=lambda p: p.span.start) - 1)
    behind = bisect_left(paragraphs, place.end, at, key=lambda p: p.span.start)
    own = [p for p in paragraphs[at:behind] if p.span.overlaps(place)]
    holding = [p for p in own if p.kind in STORY]
    if not holding:  # a caption: the paragraph itself
        return own[0].span if own else place
    near = Span(holding[0].span.start, holding[-1].span.end)
    is_named = any(
        near.contains(m.span) and not place.contains(m.span)
        for m in _mentions_around(inventory, near)
    )
    before, after = (_BEFORE, _AFTER) if is_named else (_FAR_BEFORE, _FAR_AFTER)
    indices = range(len(paragraphs))
    above = _bodies(paragraphs, indices[: holding[0].index][::-1], before)
    below = _bodies(paragraphs, indices[holding[-1].index + 1 :], after)
    return Span(above[-1].start if above else near.start, below[-1].end if below else near.end)


def _bodies(paragraphs: Sequence[Paragraph], indices: range, most: int) -> list[Span]:
    """Return the first paragraphs of the story among these, at most so many."""
    found = (paragraphs[at].span for at in indices if paragraphs[at].kind in STORY)
    return list(islice(found, most))


def _mentions_around(inventory: Inventory, span: Span) -> Iterator[Mention]:
    """Yield the mentions that begin inside a span, in order."""
    low = bisect_left(inventory.mentions, span.start, key=lambda pair: pair[0].span.start)
    high = bisect_left(inventory.mentions, span.end, key=lambda pair: pair[0].span.start)
    yield from (inventory.mentions[at][0] for at in range(low, high))


def _rules_rows(listed: FieldShape, row: Shape, by_rules: Answer) -> dict[str | None, Values]:
    """Return the rules' rows of a list by the ids that they rest on; of several the first."""
    if row.anchor is None:
        return {}
    known = by_rules.data.get(listed.key) or []
    return {rules_row.get(row.anchor.key): rules_row for rules_row in reversed(known)}


def _settled(target: _Target, rules_row: Values | None, *, unsure: bool) -> Values:
    """Return the values of a row that are not asked but taken from the rules' row.

    Whether quoted words are a whole utterance, and whether somebody relays them, the rules see in
    the form of the sentence; a small model asked for it beside the speaker answers both worse.
    Where only rows that the rules are `unsure` of are asked for, all their values but the speaker
    are kept.
    """
    if not target.kind.asks_for_source_only or target.row.anchor is None or rules_row is None:
        return {}
    anchor = target.row.anchor.key
    names = [f.key for f in target.row.fields if f.kind == "name"]
    kept = {f.key for f in target.row.fields if f.kind == "choice" and f.key in rules_row}
    if unsure:
        kept |= rules_row.keys() - {anchor, *names}
    return {key: rules_row.get(key) for key in kept.union(names[1:])}


def _only_who(target: _Target, settled: Values) -> FieldShape | None:
    """Return the speaker's field when it is all that is left to ask of a quotation's row."""
    left = [f for f in target.row.fields if f is not target.row.anchor and f.key not in settled]
    speaks = len(left) == 1 and left[0].kind == "name" and not left[0].many
    known = target.kind.canonical
    return left[0] if speaks and known.get(left[0].word) == target.kind.source else None


def _who(
    prompts: Prompts,
    inventory: Inventory,
    target: _Target,
    rivals: Rivals,
    row: tuple[FieldShape, Values],
) -> PendingQuestion:
    """Return the question who said a quotation; `row`: the speaker's field and the rest."""
    speaker, settled = row
    quotation = inventory.by_id[target.candidate]
    assert isinstance(quotation, QuotationCandidate)  # noqa: S101 (that is what the row rests on)

    def answer_naming(mention: str) -> dict[str, Any]:
        """Return a whole answer that gives the quotation to a mention's entity."""
        entity = mention.partition(".")[0]
        others = {  # nobody relays himself
            key: None if isinstance(value, str) and value.partition(".")[0] == entity else value
            for key, value in settled.items()
        }
        return {
            target.listed.key: [others | {speaker.key: mention, _anchor(target): target.anchor}]
        }

    return who_question(
        prompts, _judge(prompts, inventory, target), quotation, rivals, answer_naming
    )


def _judge(prompts: Prompts, inventory: Inventory, target: _Target) -> Judge:
    """Return a judge of the answer on one row."""
    shape = Shape(prompts.schema.model, (target.listed,), None, None)
    return Judge(inventory, shape, Span(0, len(inventory.article.text)), asks_all=False)


def _anchor(target: _Target) -> str:
    return target.row.anchor.key if target.row.anchor else ""


def _marked(inventory: Inventory, target: _Target, passage: Span) -> set[str]:
    """Return the ids to write into the passage: the candidate, and what its fields may name."""
    held = {field.kind for field in target.row.fields if field is not target.row.anchor}
    marked = {target.candidate, target.anchor}
    for kind in all_kinds():
        if kind.name in held and kind.marking in ("around", "before"):  # names are listed
            marked.update(_near(kind, inventory, passage))
    return marked


def _near(kind: Kind, inventory: Inventory, passage: Span) -> list[str]:
    """Return the ids of a kind's candidates within a passage, in order."""
    candidates = kind.candidates(inventory)
    first = bisect_left(candidates, passage.start, key=lambda c: kind.span(c).start)
    last = bisect_left(candidates, passage.end, first, key=lambda c: kind.span(c).start)
    return [c.id for c in candidates[first:last] if passage.contains(kind.span(c))]


def _options(inventory: Inventory, passage: Span) -> dict[str, dict[str, str]]:
    """Return what can be chosen in a passage, by the letter of the ids: {"P": {label: id}}."""
    near = {"P": [(name.id, name.name) for name in list_names(inventory, passage)]}
    for kind in all_kinds():
        if kind.letter and kind.marking in ("around", "before"):
            near[kind.letter] = [(id_, "") for id_ in _near(kind, inventory, passage)]
    return {letter: _labels(named_ids[:_MOST]) for letter, named_ids in near.items()}


def _labels(named_ids: list[tuple[str, str]]) -> dict[str, str]:
    """Return label -> id for pairs of (id, name).

    The label is the name, with the id where several have it; the id where the name is "".
    """
    often = Counter(name.lower() for _, name in named_ids)
    return {
        (f"{name} ({id_})" if often[name.lower()] > 1 else name) if name else id_: id_
        for id_, name in named_ids
    }


def _schema(
    row: Shape, kind: Kind, left: list[FieldShape], options: dict[str, dict[str, str]]
) -> dict[str, Any]:
    """Return the JSON schema of a row's fields, with ids as closed lists, and `dismiss`."""
    schema = schema_of(row.model)
    schema["properties"] = {f.key: schema["properties"][f.key] for f in left}
    offer(schema["properties"], replace(row, fields=tuple(left)))
    schema = dict(_closed(schema, options))
    schema["properties"]["dismiss"] = {
        "anyOf": [
            {"type": "string", "enum": list(kind.reasons)},
            {"type": "null"},
        ]
    }
    return schema


def _closed(node: Any, options: dict[str, dict[str, str]]) -> Any:
    """Return a JSON schema with every pattern of ids ("^P[0-9]+$") replaced by a closed list.

    The list holds the labels in `options`; null where there are none. Lists get a bound.
    """
    if isinstance(node, list):
        return [_closed(item, options) for item in node]
    if not isinstance(node, dict):
        return node
    pattern = node.get("pattern")
    if isinstance(pattern, str) and pattern[1:2] in options and pattern[2:] == "[0-9]+$":
        labels = list(options[pattern[1]])
        return {"type": "string", "enum": labels} if labels else {"type": "null"}
    closed = {key: _closed(value, options) for key, value in node.items()}
    if closed.get("type") == "array":
        closed["maxItems"] = min(_ITEMS, closed.get("maxItems", _ITEMS))
    return closed


def _about(row: Shape) -> str:
    return " ".join((row.model.__dict__.get("__doc__") or "").split())


def _text(inventory: Inventory, target: _Target) -> str:
    """Return the words that a question is about, shortened."""
    text = target.kind.text(inventory.by_id[target.candidate], inventory)
    return text if len(text) <= 300 else f"{text[:200]} … {text[-80:]}"
