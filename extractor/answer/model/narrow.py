"""The plan "narrow": one short question a candidate, answered from closed lists.

The model reads the passage around one candidate and answers the fields of one row. Where a field
wants a name or a figure, its JSON schema lists those near by and null, so an endpoint that holds
to the schema cannot answer anything else. Fields that rest on no candidate are asked as in the
plan "whole", together, in one question.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from extractor.answer.endpoint.messages import AskAgain, Question
from extractor.answer.model.judge import Asked, Judge, read_json
from extractor.answer.model.markup import list_names, mark_up, one_line, unmarked
from extractor.answer.model.prompt import Prompts, field_line
from extractor.answer.model.who import Rivals, rivals_to_ask, who_question
from extractor.answer.model.whole import form_of_rows, part_questions
from extractor.answers import Answer, row_key
from extractor.find.candidates import Mention, QuotationCandidate
from extractor.find.inventory import Inventory
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
_MOST = 250  # values in one enum that strict endpoints take
_ITEMS = 6  # of a list in one row; without a bound a small model may go on for ever


Values = dict[str, Any]  # of a row: field key -> an id, words, or a value


@dataclass(frozen=True)
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
) -> list[Asked]:
    """Return one question a candidate, and one for the fields that rest on none."""
    shape = shape_of(prompts.schema.model)
    asked, others = [], []
    for listed in shape.fields:
        if listed.row is None or not listed.many or listed.row.anchor is None:
            if wanted is None or not by_rules.data.get(listed.key):
                others.append(listed.key)
            continue
        for target in _targets(listed, listed.row, inventory, by_rules):
            if wanted is None or _is_wanted(target, by_rules, wanted):
                settled = _settled(target, by_rules, unsure=wanted is not None)
                ranking = None if wanted is None else by_rules.rankings.get(target.candidate)
                rivals = rivals_to_ask(ranking.rivals) if ranking is not None else ()
                if rivals and (who := _only_who(target, settled)):
                    asked.append(_who(prompts, inventory, target, rivals, (who, settled)))
                else:
                    asked.append(_question(prompts, inventory, target, settled))
    if others:
        asked += part_questions(prompts, settings, inventory, others, wanted)
    return asked


def _targets(
    listed: FieldShape, row: Shape, inventory: Inventory, by_rules: Answer
) -> Iterator[_Target]:
    """Yield the candidates that a list's rows can rest on, in order of the text."""
    kind, anchor = row.rests_on, row.anchor
    if kind is None or anchor is None:
        return
    known = [str(one.get(anchor.key)) for one in by_rules.data.get(listed.key) or []]
    for anchor_id, about in kind.targets(inventory, known):
        yield _Target(listed, row, kind, anchor_id, about, place_of(inventory, about))


def _is_wanted(target: _Target, by_rules: Answer, wanted: frozenset[str]) -> bool:
    key = row_key(target.listed, target.anchor)
    if {key, target.candidate} & wanted:
        return True
    return not target.kind.rated and key not in by_rules.confidence


def _question(prompts: Prompts, inventory: Inventory, target: _Target, settled: Values) -> Asked:
    """Return the question for one row; what is `settled` is not asked."""
    passage = _passage(inventory, target.place)
    options = _options(inventory, passage)
    left = [f for f in target.row.fields if f is not target.row.anchor and f.key not in settled]
    schema, is_strict = strict(_schema(target.row, target.kind, left, options))
    judge = _judge(prompts, inventory, target)
    names = list_names(inventory, passage)
    user = prompts.render(
        "narrow",
        title=None,
        article=mark_up(inventory, passage, _marked(inventory, target, passage)).strip(),
        names=names if any(f.kind == "name" for f in target.row.fields) else [],
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
    reader = _reader(target, options, settled)
    return Asked(question, judge, target.candidate, reader, lambda _: {})


def _reader(
    target: _Target, options: dict[str, dict[str, str]], settled: Values
) -> Callable[[str], dict[str, Any]]:
    """Return what turns the answer on one row into the shape of a whole answer."""
    labels = {label: id_ for kind in options.values() for label, id_ in kind.items()}

    def read(text: str) -> dict[str, Any]:
        data = dict(unmarked(read_json(text)))
        reason = data.pop("dismiss", None)
        if reason:
            return {"dismissed": [{"id": target.candidate, "reason": str(reason)}]}
        known = {field.key for field in target.row.fields}
        if not data.keys() & known:
            raise AskAgain("none of the fields asked for is in the answer")
        row = {key: _unlabel(value, labels) for key, value in data.items() if key in known}
        return {target.listed.key: [row | settled | {_anchor(target): target.anchor}]}

    return read


def _unlabel(value: Any, labels: dict[str, str]) -> Any:
    """Return ids for the labels that the closed lists show."""
    if isinstance(value, list):
        return [_unlabel(item, labels) for item in value]
    return labels.get(value, value) if isinstance(value, str) else value


def _passage(inventory: Inventory, place: Span) -> Span:
    """Return the candidate's paragraphs and those around them; furniture does not count."""
    bodies = [p for p in inventory.article.paragraphs if p.kind == "body"]
    own = [i for i, p in enumerate(bodies) if p.span.overlaps(place)]
    if not own:  # a caption: the paragraph itself
        holding = [p.span for p in inventory.article.paragraphs if p.span.overlaps(place)]
        return holding[0] if holding else place
    home = Span(bodies[own[0]].span.start, bodies[own[-1]].span.end)
    named = any(
        home.contains(m.span) and not place.contains(m.span)
        for m in _mentions_around(inventory, home)
    )
    before, after = (_BEFORE, _AFTER) if named else (_FAR_BEFORE, _FAR_AFTER)
    first, last = max(0, own[0] - before), min(len(bodies) - 1, own[-1] + after)
    return Span(bodies[first].span.start, bodies[last].span.end)


def _mentions_around(inventory: Inventory, span: Span) -> list[Mention]:
    low = bisect_left(inventory.mentions, span.start, key=lambda pair: pair[0].span.start)
    high = bisect_left(inventory.mentions, span.end, key=lambda pair: pair[0].span.start)
    return [mention for mention, _ in inventory.mentions[low:high]]


def _settled(target: _Target, by_rules: Answer, *, unsure: bool) -> Values:
    """Return the fields of a quotation's row that are not asked: matters of form.

    Whether the words are a whole utterance, and whether somebody relays them, the rules see in
    the form of the sentence; a small model asked for it beside the speaker answers both worse.
    Where it is asked for what they are `unsure` of, all that they know but the speaker stands.
    """
    if target.kind.shown:
        return form_of_rows(target.listed, by_rules).get(target.anchor, {})
    if not target.kind.asks_for_source_only or target.row.anchor is None:
        return {}
    anchor = target.row.anchor.key
    known = by_rules.data.get(target.listed.key) or []
    theirs = next((row for row in known if row.get(anchor) == target.anchor), None)
    if theirs is None:
        return {}
    names = [f.key for f in target.row.fields if f.kind == "name"]
    formal = {f.key for f in target.row.fields if f.kind == "choice" and f.key in theirs}
    if unsure:
        formal |= theirs.keys() - {anchor, *names}
    return {key: theirs.get(key) for key in formal.union(names[1:])}


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
) -> Asked:
    """Return the question who said a quotation; `row` is the speaker's field and the rest."""
    speaker, settled = row
    quotation = inventory.by_id[target.candidate]
    assert isinstance(quotation, QuotationCandidate)  # noqa: S101 (that is what the row rests on)

    def row_of(mention: str) -> dict[str, Any]:
        entity = mention.partition(".")[0]
        others = {  # nobody relays himself
            key: None if isinstance(value, str) and value.partition(".")[0] == entity else value
            for key, value in settled.items()
        }
        return {
            target.listed.key: [others | {speaker.key: mention, _anchor(target): target.anchor}]
        }

    return who_question(prompts, _judge(prompts, inventory, target), quotation, rivals, row_of)


def _judge(prompts: Prompts, inventory: Inventory, target: _Target) -> Judge:
    """Return where the answer on one row goes."""
    shape = Shape(prompts.schema.model, (target.listed,), None, None)
    return Judge(inventory, shape, Span(0, len(inventory.article.text)), asks_all=False)


def _anchor(target: _Target) -> str:
    return target.row.anchor.key if target.row.anchor else ""


def _marked(inventory: Inventory, target: _Target, passage: Span) -> set[str]:
    """Return the ids to write into the passage: the candidate, and what its fields may name."""
    held = {field.kind for field in target.row.fields if field is not target.row.anchor}
    marked = {target.candidate, target.anchor}
    for kind in all_kinds():
        if kind.name in held and kind.marking != "behind":  # names are listed
            marked.update(_near(kind, inventory, passage))
    return marked


def _near(kind: Kind, inventory: Inventory, passage: Span) -> list[str]:
    """Return the ids of a kind's candidates within a passage, in order."""
    return [
        candidate.id
        for candidate in kind.candidates(inventory)
        if passage.contains(kind.span(candidate))
    ]


def _options(inventory: Inventory, passage: Span) -> dict[str, dict[str, str]]:
    """Return what can be chosen near by, by the first letter of the ids: label -> id."""
    near = {"P": [(name.id, name.name) for name in list_names(inventory, passage)]}
    for kind in all_kinds():
        if kind.letter and kind.marking in ("around", "before"):
            near[kind.letter] = [(id_, "") for id_ in _near(kind, inventory, passage)]
    return {letter: _labels(found[:_MOST]) for letter, found in near.items()}


def _labels(found: list[tuple[str, str]]) -> dict[str, str]:
    """Return label -> id: the name itself where only one has it, the id where there is none."""
    often = Counter(name.lower() for _, name in found)
    return {
        (f"{name} ({id_})" if often[name.lower()] > 1 else name) if name else id_: id_
        for id_, name in found
    }


def _schema(
    row: Shape, kind: Kind, left: list[FieldShape], options: dict[str, dict[str, str]]
) -> dict[str, Any]:
    """Return the JSON schema of a row's fields, with ids as closed lists, and `dismiss`."""
    schema = schema_of(row.model)
    schema["properties"] = {f.key: schema["properties"][f.key] for f in left}
    schema = dict(_closed(schema, options))
    schema["properties"]["dismiss"] = {
        "anyOf": [
            {"type": "string", "enum": list(kind.reasons)},
            {"type": "null"},
        ]
    }
    return schema


def _closed(node: Any, options: dict[str, dict[str, str]]) -> Any:
    """Replace every "^P[0-9]+$" by the list of what is near; by null where nothing is."""
    if isinstance(node, list):
        return [_closed(item, options) for item in node]
    if not isinstance(node, dict):
        return node
    pattern = node.get("pattern")
    if isinstance(pattern, str) and pattern[1:2] in options and pattern[2:] == "[0-9]+$":
        labels = list(options[pattern[1]])
        return {"type": "string", "enum": labels} if labels else {"type": "null"}
    made = {key: _closed(value, options) for key, value in node.items()}
    if made.get("type") == "array":
        made["maxItems"] = min(_ITEMS, made.get("maxItems", _ITEMS))
    return made


def _about(row: Shape) -> str:
    return " ".join((row.model.__dict__.get("__doc__") or "").split())


def _text(inventory: Inventory, target: _Target) -> str:
    """Return the words that a question is about, shortened."""
    text = target.kind.text(inventory.by_id[target.candidate], inventory)
    return text if len(text) <= 300 else f"{text[:200]} … {text[-80:]}"
