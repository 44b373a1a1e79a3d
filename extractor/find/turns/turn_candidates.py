"""Makes the turns of speakers quotations: without marks, with a speaker.

A turn is a `QuotationCandidate` with a `turn`. Quotations in its words keep their marks and are
nested in it. The labels become mentions of the names that they mean.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace

from extractor.article import Article
from extractor.find.candidates import Entity, Mention, QuotationCandidate, Turn
from extractor.find.quotations.numbering import numbered_anew
from extractor.find.turns.extents import Extents, Said
from extractor.find.turns.labels import Label
from extractor.find.turns.speakers import UNLABELLED, Cast, Speaker, folded_words
from extractor.find.turns.transcripts import IsPerson, find_labels, find_questions
from extractor.frozen import frozen
from extractor.language.kinds import EntityKind
from extractor.text.spans import Span


@frozen
class Turns:
    """The candidates of an article with turns: all quotations, turns among them, and all names."""

    quotations: tuple[QuotationCandidate, ...]
    names: tuple[Entity, ...]


def turn_candidates(
    article: Article, quotations: tuple[QuotationCandidate, ...], names: tuple[Entity, ...]
) -> Turns | None:
    """Return the article's quotations with its turns, and its names with the labels; None
    where it has no turns. Never raises, and takes time linear in the text.
    """

    known: list[Cast] = []  # made at the first need: most articles have no labels

    def cast() -> Cast:
        if not known:
            known.append(Cast(article, names))
        return known[0]

    def is_person() -> IsPerson:
        return cast().is_person

    labels = find_labels(article, is_person)
    questions = [] if labels else find_questions(article)
    if not labels and not questions:
        return None
    quoted = [quotation.outer for quotation in quotations if quotation.parent is None]
    labels = _outside(labels, quoted)
    if labels:
        said = Extents(article, labels, quoted, _last_names(article, labels)).of_labels()
        said = [turn for turn in said if not _is_quotation(turn, quoted)]
        speakers = _speakers(cast(), labels, said)
        return _with_turns(article, quotations, names, said, speakers) if said else None
    if not questions:
        return None
    first = article.paragraphs[questions[0]].span.start
    interviewee, sure = cast().interviewee(first)
    if interviewee is None:
        return None
    answering = next(entity for entity in names if entity.id == interviewee)
    last_name = set(folded_words(answering.name)[-1:])
    pairs = Extents(article, [], quoted, last_name).of_questions(questions)
    asker = Speaker(cast().asker(first), False, min(sure, UNLABELLED))
    answerer = Speaker(interviewee, False, min(sure, UNLABELLED))
    said, speakers = [], []
    for question, answer in pairs:
        if answer is not None:
            said += [question, answer]
            speakers += [asker, answerer]
    return _with_turns(article, quotations, names, said, speakers) if said else None


def _outside(labels: list[Label], quoted: Sequence[Span]) -> list[Label]:
    """Return the labels that stand in no quotation."""
    return [label for label in labels if not _is_quoted(label.name, quoted)]


def _is_quoted(span: Span, quoted: Sequence[Span]) -> bool:
    """Return whether a span overlaps one of the outermost quotations, which are in order."""
    at = bisect_left(quoted, Span(span.end, 0))
    return at > 0 and quoted[at - 1].overlaps(span)


def _last_names(article: Article, labels: list[Label]) -> set[str]:
    """Return the last names in the labels, in lower case."""
    named = [label for label in labels if label.form in ("name", "capitals")]
    return {words[-1] for label in named if (words := folded_words(label.name.of(article.text)))}


def _is_quotation(turn: Said, quoted: Sequence[Span]) -> bool:
    """Return whether all of a turn's words stand in quotation marks: then it is a quotation."""
    span = turn.spans[0]
    at = bisect_right(quoted, Span(span.start, span.end))
    return len(turn.spans) == 1 and at > 0 and quoted[at - 1].contains(span)


def _speakers(cast: Cast, labels: list[Label], said: list[Said]) -> list[Speaker]:
    """Return who speaks in each turn: turns with labels of one key have one speaker."""
    by_key: dict[str, list[Label]] = {}
    for label in labels:
        by_key.setdefault(label.key, []).append(label)
    first = labels[0].span.start
    speakers = {key: _with_key(cast.speaker_of(same, first), key) for key, same in by_key.items()}
    return [speakers[turn.label.key] for turn in said if turn.label is not None]


def _with_key(speaker: Speaker, key: str) -> Speaker:
    """Return a speaker with a key of its own where the label names somebody new."""
    new = speaker.entity is None and speaker.named
    return replace(speaker, entity=f"new {key}") if new else speaker


# --- quotations and names with the turns --------------------------------------------------------


def _with_turns(
    article: Article,
    quotations: tuple[QuotationCandidate, ...],
    names: tuple[Entity, ...],
    said: list[Said],
    speakers: list[Speaker],
) -> Turns:
    """Return the quotations and turns with their ids, and the names with labels as mentions."""
    cast, at_label = _renamed(article, names, said, speakers)
    turns = []
    for turn, speaker in zip(said, speakers, strict=True):
        label = turn.label
        who = at_label.get(label.name) if label is not None else None
        who = who or (cast.ids.get(speaker.entity) if speaker.entity else None)
        kept = Turn(label.span if label is not None else None, who, speaker.confidence)
        outer = Span(turn.spans[0].start, turn.spans[-1].end)
        turns.append(QuotationCandidate("", turn.spans, outer, turn.paragraph, "", True, turn=kept))
    return Turns(numbered_anew(quotations, turns), cast.names)


@frozen
class _Renamed:
    """Names with the labels among their mentions, numbered anew."""

    names: tuple[Entity, ...]
    ids: dict[str, str]  # the id that an entity had, or its key -> a mention's id or its own


def _renamed(
    article: Article, names: tuple[Entity, ...], said: list[Said], speakers: list[Speaker]
) -> tuple[_Renamed, dict[Span, str]]:
    """Return the names with labels as mentions, and the mention's id by a label's name."""
    text = article.text
    labelled = {
        turn.label.name: speaker.entity
        for turn, speaker in zip(said, speakers, strict=True)
        if turn.label is not None and speaker.named and speaker.entity is not None
    }
    forms = {turn.label.name: turn.label.form for turn in said if turn.label is not None}
    notes = {turn.label.note for turn in said if turn.label is not None and turn.label.note}
    entities: dict[str, Entity] = {entity.id: entity for entity in names}
    mentions = {entity.id: list(entity.mentions) for entity in names}
    by_start = sorted(labelled)
    within: dict[str, set[Span]] = {}  # labels in which an entity has a mention, by its id
    for entity in names:
        kept = []
        for mention in entity.mentions:
            name = _overlapping(by_start, mention.span)
            if name is not None and labelled[name] != entity.id and mention.span not in notes:
                continue  # another's: the label names who speaks
            if name is not None:
                within.setdefault(entity.id, set()).add(name)
            kept.append(mention)
        mentions[entity.id] = kept
    for name, key in labelled.items():
        if key not in entities:
            kind: EntityKind = "person" if forms[name] in ("name", "capitals") else "unnamed"
            entities[key] = Entity(key, name.of(text), kind, ())
            mentions[key] = []
        if name not in within.get(key, ()):
            mentions[key].append(Mention("", name, "name"))
    own: dict[str, list[Span]] = {}
    for turn, speaker in zip(said, speakers, strict=True):
        if speaker.entity is not None:
            own.setdefault(speaker.entity, []).extend(turn.spans)
    for key, spans in own.items():  # nobody is "he" in his own words
        mentions[key] = [
            m for m in mentions.get(key, ())
            if m.kind != "pronoun" or _overlapping(spans, m.span) is None
        ]  # fmt: skip
    left = sorted(
        (
            (sorted(found, key=lambda mention: mention.span), key)
            for key, found in mentions.items()
            if found
        ),
        key=lambda pair: pair[0][0].span,
    )
    renamed, ids, at_label = [], dict[str, str](), dict[Span, str]()
    for n, (found, key) in enumerate(left, start=1):
        numbered = tuple(
            replace(mention, id=f"P{n}.{k}") for k, mention in enumerate(found, start=1)
        )
        renamed.append(replace(entities[key], id=f"P{n}", mentions=numbered))
        ids[key] = next((m.id for m in numbered if m.kind == "name"), f"P{n}")
        for mention in numbered:
            if (name := _overlapping(by_start, mention.span)) and labelled[name] == key:
                at_label[name] = mention.id
    return _Renamed(tuple(renamed), ids), at_label


def _overlapping(spans: list[Span], span: Span) -> Span | None:
    """Return which of the spans, in order and apart, shares a character with another."""
    at = bisect_left(spans, span)
    return next((s for s in spans[max(0, at - 1) : at + 1] if s.overlaps(span)), None)
