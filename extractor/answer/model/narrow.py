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

from extractor.answer.endpoint.messages import Fault, Question
from extractor.answer.model.judge import Asked, Harvest, Row, read_json, row_key
from extractor.answer.model.markup import list_names, mark_up, one_line, unmarked
from extractor.answer.model.prompt import Prompts, field_line
from extractor.answer.model.who import Rivals, rivals_to_ask, who_question
from extractor.answer.model.whole import form_of_rows, part_questions
from extractor.answers import Answer
from extractor.find.candidates import AttributionCandidate, Mention, QuotationCandidate
from extractor.find.inventory import Inventory
from extractor.schema.shape import FieldShape, Shape, shape_of
from extractor.schema.synonyms import canonical
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

_REASONS = {
    "attribution": ["nobody says or thinks it", "the reporter's own words"],
    "quotation": ["title", "nickname", "scare quote", "slogan", "not said by anyone"],
    "figure": ["date", "rank", "part of a name", "counts nothing"],
    "sanction": ["says nothing on a sanction"],
    "release": ["says nothing on a release"],
    "sentence": ["says nothing of the kind"],
    "name": ["not of the kind asked for"],
}
_WORDS = {
    "attribution": "an attribution",
    "quotation": "a quotation",
    "figure": "a figure",
    "sanction": "a statement on a sanction",
    "release": "a statement on a release",
    "sentence": "a statement",
    "name": "a name",
}


@dataclass(frozen=True)
class _Target:
    """One row to ask for."""

    listed: FieldShape
    row: Shape
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
    harvest = Harvest(inventory, row, Span(0, 0))

    def target(anchor: str, candidate: str | None = None) -> _Target:
        about = candidate or anchor
        return _Target(listed, row, anchor, about, harvest.place_of(about))

    if row.rests_on == "attribution":
        yield from (target(said.id) for said in inventory.attributions)
    elif row.rests_on == "quotation":
        yield from (target(q.id) for q in inventory.quotations if q.parent is None)
    elif row.rests_on == "figure":
        yield from (target(n.id) for n in inventory.figures)
    elif row.rests_on == "sanction":
        yield from (target(t.sentence, t.id) for t in inventory.statements)
    elif row.rests_on == "release":
        anchor = row.anchor.key if row.anchor else ""
        known = dict.fromkeys(str(r.get(anchor)) for r in by_rules.data.get(listed.key) or [])
        yield from (target(id_) for id_ in known if id_ in inventory.by_id)
    elif row.rests_on == "sentence":
        bodies = {p.index for p in inventory.article.paragraphs if p.kind == "body"}
        yield from (target(s.id) for s in inventory.sentences if s.paragraph in bodies)
    elif row.rests_on == "name":
        yield from (target(e.id) for e in inventory.names if e.mentions and e.kind != "unnamed")


def _is_wanted(target: _Target, by_rules: Answer, wanted: frozenset[str]) -> bool:
    key = row_key(target.listed, target.anchor)
    if {key, target.candidate} & wanted:
        return True
    return target.row.rests_on in ("sentence", "name") and key not in by_rules.confidence


def _question(prompts: Prompts, inventory: Inventory, target: _Target, settled: Row) -> Asked:
    """Return the question for one row; what is `settled` is not asked."""
    passage = _passage(inventory, target.place)
    options = _options(inventory, passage)
    left = [f for f in target.row.fields if f is not target.row.anchor and f.key not in settled]
    schema, is_strict = strict(_schema(target.row, left, options))
    harvest = _harvest(prompts, inventory, target)
    names = list_names(inventory, passage)
    user = prompts.render(
        "narrow",
        title=None,
        article=mark_up(inventory, passage, _marked(inventory, target, passage)).strip(),
        names=names if any(f.kind == "name" for f in target.row.fields) else [],
        row={"name": target.listed.key, "about": _about(target.row)},
        candidate={
            "id": target.candidate,
            "kind": target.row.rests_on,
            "words": _WORDS[target.row.rests_on or "sentence"],
            "text": one_line(_text(inventory, target)),
        },
        fields="\n".join(
            field_line(f, target.row.model.model_fields[f.name].description or "") for f in left
        ),
    )
    question = Question(prompts.system, user, target.listed.key, schema, is_strict)
    reader = _reader(target, options, settled)
    return Asked(question, harvest, target.candidate, reader, lambda _: {})


def _reader(
    target: _Target, options: dict[str, dict[str, str]], settled: Row
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
            raise Fault("none of the fields asked for is in the answer")
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


def _settled(target: _Target, by_rules: Answer, *, unsure: bool) -> Row:
    """Return the fields of a quotation's row that are not asked: matters of form.

    Whether the words are a whole utterance, and whether somebody relays them, the rules see in
    the form of the sentence; a small model asked for it beside the speaker answers both worse.
    Where it is asked for what they are `unsure` of, all that they know but the speaker stands.
    """
    if target.row.rests_on == "attribution":
        return form_of_rows(target.listed, by_rules).get(target.anchor, {})
    if target.row.rests_on != "quotation" or target.row.anchor is None:
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


def _only_who(target: _Target, settled: Row) -> FieldShape | None:
    """Return the speaker's field when it is all that is left to ask of a quotation's row."""
    left = [f for f in target.row.fields if f is not target.row.anchor and f.key not in settled]
    speaks = len(left) == 1 and left[0].kind == "name" and not left[0].many
    return left[0] if speaks and canonical("quotation", left[0].word) == "speaker" else None


def _who(
    prompts: Prompts,
    inventory: Inventory,
    target: _Target,
    rivals: Rivals,
    row: tuple[FieldShape, Row],
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

    return who_question(prompts, _harvest(prompts, inventory, target), quotation, rivals, row_of)


def _harvest(prompts: Prompts, inventory: Inventory, target: _Target) -> Harvest:
    """Return where the answer on one row goes."""
    shape = Shape(prompts.schema.model, (target.listed,), None, None)
    return Harvest(inventory, shape, Span(0, len(inventory.article.text)), asks_all=False)


def _anchor(target: _Target) -> str:
    return target.row.anchor.key if target.row.anchor else ""


def _marked(inventory: Inventory, target: _Target, passage: Span) -> set[str]:
    """Return the ids to write into the passage: the candidate, and what its fields may name."""
    kinds = {field.kind for field in target.row.fields if field is not target.row.anchor}
    marked = {target.candidate, target.anchor}
    if "figure" in kinds:
        marked |= {n.id for n in inventory.figures if passage.contains(n.span)}
    if "quotation" in kinds:
        marked |= {q.id for q in inventory.quotations if passage.contains(q.outer)}
    if "sentence" in kinds:
        marked |= {s.id for s in inventory.sentences if passage.contains(s.span)}
    return marked


def _options(inventory: Inventory, passage: Span) -> dict[str, dict[str, str]]:
    """Return what can be chosen near by, by the first letter of the ids: label -> id."""
    near = {
        "P": [(n.id, n.name) for n in list_names(inventory, passage)],
        "N": [(n.id, "") for n in inventory.figures if passage.contains(n.span)],
        "Q": [(q.id, "") for q in inventory.quotations if passage.contains(q.outer)],
        "S": [(s.id, "") for s in inventory.sentences if passage.contains(s.span)],
    }
    return {letter: _labels(found[:_MOST]) for letter, found in near.items()}


def _labels(found: list[tuple[str, str]]) -> dict[str, str]:
    """Return label -> id: the name itself where only one has it, the id where there is none."""
    often = Counter(name.lower() for _, name in found)
    return {
        (f"{name} ({id_})" if often[name.lower()] > 1 else name) if name else id_: id_
        for id_, name in found
    }


def _schema(
    row: Shape, left: list[FieldShape], options: dict[str, dict[str, str]]
) -> dict[str, Any]:
    """Return the JSON schema of a row's fields, with ids as closed lists, and `dismiss`."""
    schema = schema_of(row.model)
    schema["properties"] = {f.key: schema["properties"][f.key] for f in left}
    schema = dict(_closed(schema, options))
    schema["properties"]["dismiss"] = {
        "anyOf": [
            {"type": "string", "enum": _REASONS[row.rests_on or "sentence"]},
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
    found = inventory.by_id[target.candidate]
    text = inventory.text_of(target.place)
    if isinstance(found, AttributionCandidate):
        text = found.text(inventory.article.text)
    return text if len(text) <= 300 else f"{text[:200]} … {text[-80:]}"
