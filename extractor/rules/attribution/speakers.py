"""Says who said each quotation, with a confidence that is a probability.

* A log-linear ranking over the mentions around the quotation (`candidates`) gives each a
  probability, and so it does the answer that nobody is named. An entity's is the sum of its
  mentions'; the largest wins.
* Both halves of a split utterance have one speaker, the surer answer of the two.
* Where a sentence holds who said it and who relays it, the latter is `via`: "A said the first thing
  B said was "…"".
* Nested quotations get no speaker: whose words they repeat is seldom said. But what somebody quotes
  in a turn is attributed as in a report, unless it is his own ("I told them …") or his hearer's.
* A heading's quotation is of whoever says the same words in the story.
* A turn's speaker is known from its label (`find/turns/`), a block quotation's source from the line
  behind it; one that a paragraph introduces is attributed as any quotation.

The weights are fitted on annotated news (tests/benchmarks/training/attribution.py) and kept in
speaker_weights.json: features of the shape of reporting sentences, no word of an article.
"""

import re
from dataclasses import replace
from math import exp
from operator import attrgetter, itemgetter
from typing import Literal

from extractor.find.candidates import QuotationCandidate, Turn
from extractor.find.inventory import Inventory
from extractor.frozen import frozen
from extractor.language.en.lexicon import CORE_SPEECH
from extractor.language.en.lists import word_set
from extractor.rules.attribution.context import AttributionContext, QuotationSetting
from extractor.rules.attribution.dismissal import judge
from extractor.rules.attribution.possible_speakers import (
    RatedCandidate,
    SpeakerCandidate,
    cue_of,
    none_features,
    rated_candidates,
    surroundings,
)
from extractor.text.spans import Span

NO_SOURCE = "no source"  # why a block quotation is dismissed
_RIVALS = 6
_FEW = 2  # blanks around and between the words of a phrase that two people may have said: "likely"
_MOST_HEADINGS = 40  # quotations of headings that are looked for in the story
_WELL_ATTRIBUTED = 0.9
_WORD = re.compile(r"\w+")
_CHANCE = itemgetter(0)  # of a pair
_COPULAS = word_set("closed_classes.auxiliaries", "is")
_WHEN = word_set("closed_classes.adverbial-openers", "temporal")


@frozen
class SpeakerRanking:
    """The possible speakers of a quotation, by entity, with the chance of each mention."""

    by_entity: dict[str, list[tuple[float, RatedCandidate]]]
    total: float  # of all chances, that nobody is named included

    @property
    def rivals(self) -> tuple[tuple[str, float], ...]:
        """The six likeliest entities with their shares, each by the id of its likeliest mention.

        The shares count in that a pronoun may mean somebody else, without changing their sum; the
        first is the one that is chosen, unless nobody is.
        """
        ranked = [(_chance_of_entity(mentions), mentions) for mentions in self.by_entity.values()]
        ranked.sort(key=_CHANCE, reverse=True)
        del ranked[_RIVALS:]
        shares = sum([chance for _, mentions in ranked for chance, _ in mentions])
        scale = shares / (sum([surely for surely, _ in ranked]) or 1.0) / self.total
        likeliest = [(surely, source) for surely, [(_, source), *_] in ranked]
        return tuple([(mention.id, surely * scale) for surely, (_, mention, *_) in likeliest])


@frozen
class SpeakerAttribution:
    """Who said one quotation, on what evidence."""

    quotation: str  # "Q7"
    speaker: str | None  # a mention's id, "P3.2"
    via: str | None  # the mention of who relays it
    cue: Span | None  # the words that attribute: "said", "according to"
    kind: Literal["direct", "fragment", "turn", "block"]
    confidence: float  # 0…1 that it is a quotation, and the speaker is right
    pattern: str  # where the source stands: "right", "left", "carry", …, for error analysis
    dismissed: str | None = None  # not a quotation, because: "title", "nickname", "scare quote", …
    ranking: SpeakerRanking | None = None  # who else it may be


def attribute(inventory: Inventory) -> dict[str, SpeakerAttribution]:
    """Return the attribution of every quotation of the inventory, by the quotation's id."""
    context = AttributionContext(inventory)
    attributions: dict[str, SpeakerAttribution] = {}
    previous: SpeakerCandidate | None = None
    turns: dict[str, QuotationCandidate] = {}
    for quotation in inventory.quotations:
        if quotation.turn is not None:
            attributions[quotation.id] = _turn(quotation, quotation.turn, context)
            turns[quotation.id], previous = quotation, None
            continue
        if quotation.parent is not None and quotation.parent not in turns:
            attributions[quotation.id] = _nested(quotation)
            continue
        dismissed, is_quotation = judge(inventory, quotation)
        setting = context.setting(quotation)
        if quotation.parent is not None and context.is_of_speaker(setting):
            attributions[quotation.id] = _nested(quotation)
            continue
        source, confidence, others = best_source(setting, previous)
        if dismissed is None:
            confidence *= is_quotation
        attributions[quotation.id] = _attribution(setting, source, confidence, dismissed, others)
        if dismissed is None:
            if source:
                said = context.said_before
                said[source.entity.id] = said.get(source.entity.id, 0) + 1
            previous = source
    _join_halves(inventory, attributions)
    _repeat_in_headings(inventory, attributions)
    return attributions


def best_source(
    setting: QuotationSetting, previous: SpeakerCandidate | None
) -> tuple[SpeakerCandidate | None, float, SpeakerRanking | None]:
    """Return the likeliest entity's likeliest mention, the entity's probability, and the ranking.

    No mention where nobody is likelier than all. An entity's probability is that of all its
    mentions. Which entity is the likeliest is decided with the doubt whom a pronoun means: its
    chance counts for the entity's other mentions only as far as it likely means the entity.
    """
    around = surroundings(setting, previous)
    sources = rated_candidates(around, previous)
    nobody = none_features(around.verbs, setting.shape, setting.earlier).worth
    if not sources:
        return None, 1.0, None
    top = nobody
    for source in sources:
        if source[0] > top:
            top = source[0]
    said = 0.0
    by_entity: dict[str, list[tuple[float, RatedCandidate]]] = {}  # its sources with their chances
    for source in sources:
        chance = exp(source[0] - top)
        said += chance
        id_ = source[2].id
        if id_ in by_entity:
            by_entity[id_].append((chance, source))
        else:
            by_entity[id_] = [(chance, source)]
    surely, best = 0.0, None
    for mentions in by_entity.values():
        likely = _chance_of_entity(mentions)
        if best is None or likely > surely:
            surely, best = likely, mentions
    assert best is not None  # noqa: S101 (there are sources)
    unsaid = exp(nobody - top)
    total = unsaid + said
    ranking = SpeakerRanking(by_entity, total)
    if unsaid >= surely:
        return None, unsaid / total, ranking
    _, chosen = best[0]
    return SpeakerCandidate(*chosen[1:]), sum([chance for chance, _ in best]) / total, ranking


def _chance_of_entity(mentions: list[tuple[float, RatedCandidate]]) -> float:
    """Return the best sum of one mention's chance and the others', as far as they mean the same.

    Sorts an entity's mentions, the likeliest first.
    """
    if len(mentions) == 1:
        return mentions[0][0]
    mentions.sort(key=_CHANCE, reverse=True)
    total = 0.0
    for chance, source in mentions:
        total += chance * source[1].likely
    best = 0.0
    for chance, source in mentions:
        likely = source[1].likely
        meant = chance * (1.0 - likely**2) + likely * total
        if meant > best:
            best = meant
    return best


def _attribution(
    setting: QuotationSetting,
    source: SpeakerCandidate | None,
    confidence: float,
    dismissed: str | None,
    ranking: SpeakerRanking | None,
) -> SpeakerAttribution:
    """Return the attribution of a quotation to `source`, or to nobody."""
    quotation = setting.quotation
    kind = kind_of(setting)
    if source is None:
        return SpeakerAttribution(
            quotation.id, None, None, None, kind, confidence, "none", dismissed, ranking
        )
    tokens, cue = setting.context.tokens, None
    verb = cue_of(setting, source)
    if verb is not None:
        cue = Span(tokens.start[verb], tokens.end[verb])
    speaker, via = _relay(setting, source)
    return SpeakerAttribution(
        quotation.id, speaker, via, cue, kind, confidence,
        source.zone.split()[0], dismissed, ranking,
    )  # fmt: skip


def kind_of(setting: QuotationSetting) -> Literal["direct", "fragment"]:
    """Return "direct" for a whole utterance, "fragment" for words in the reporter's sentence.

    Direct: it begins with a capital after a comma, a colon or nothing, or fills its sentence.
    """
    context = setting.context
    text = context.inventory.article.text
    opener = text[setting.quotation.spans[0].start]
    before = context.tokens.text[setting.first - 1] if setting.first > setting.paragraph else "¶"
    begins = before in ",:¶.—–-" or setting.first <= setting.sentence
    whole = not opener.isalpha() or opener.isupper() or opener in "'’.…"
    return "direct" if begins and whole else "fragment"


def _relay(setting: QuotationSetting, source: SpeakerCandidate) -> tuple[str, str | None]:
    """Return the mention ids of who said it and of who relays it, when the sentence holds both.

    "A said the first thing B said … was "…"": B said it, via A.
    """
    context, lower = setting.context, setting.context.tokens.lower
    if source.first < setting.sentence or source.first >= setting.first:
        return source.mention.id, None
    placed = context.between(setting.sentence, setting.first)
    if len(placed) < 2:
        return source.mention.id, None
    outer = None
    inside = [
        (first, last, mention, entity, context.verb_after(last, setting.first))
        for first, last, mention, entity in placed
    ]
    by_verb = {entry[4]: entry for entry in reversed(inside) if entry[4] is not None}
    speaking = sorted(by_verb.values(), key=lambda entry: entry[0])  # a verb has one subject
    if lower[setting.first - 1] in _COPULAS:  # "… B said … was": the last who spoke, said it
        saying = [
            entry
            for entry in speaking
            if lower[entry[4] or 0] in CORE_SPEECH and lower[entry[0] - 1] not in _WHEN
        ]
        if len(saying) > 1 and saying[0][3].id != saying[-1][3].id:
            return saying[-1][2].id, saying[0][2].id
    for earlier in speaking:
        if earlier[0] < source.first and earlier[3].id != source.entity.id:
            if source.verb is not None and lower[earlier[4] or 0] in CORE_SPEECH:
                outer = earlier[2].id
            break
    return source.mention.id, outer


def _nested(quotation: QuotationCandidate) -> SpeakerAttribution:
    """Return the attribution of a quotation within another, to nobody."""
    return SpeakerAttribution(quotation.id, None, None, None, "fragment", 0.0, "nested")


def _turn(
    quotation: QuotationCandidate, turn: Turn, context: AttributionContext
) -> SpeakerAttribution:
    """Return the attribution of a turn, or of a block quotation: its label tells whose it is.

    Whose a block quotation is that a paragraph introduces, is found as of any quotation; one that
    nothing introduces is dismissed.
    """
    kind: Literal["turn", "block"] = "block" if turn.block else "turn"
    if turn.block and turn.speaker is None and turn.label is not None:
        setting = context.setting(quotation)
        source, confidence, others = best_source(setting, None)
        return replace(_attribution(setting, source, confidence, None, others), kind=kind)
    dismissed = NO_SOURCE if turn.block and turn.speaker is None else None
    return SpeakerAttribution(
        quotation.id, turn.speaker, None, turn.label, kind, turn.confidence, kind, dismissed
    )


def _join_halves(inventory: Inventory, attributions: dict[str, SpeakerAttribution]) -> None:
    """Give both halves of a split utterance to one speaker, the surer answer of the two."""
    for quotation in inventory.quotations:
        first = attributions.get(quotation.half_of or "")
        if first is None:
            continue
        second = attributions[quotation.id]
        surer = first if first.confidence >= second.confidence else second
        for half in (first, second):
            attributions[half.quotation] = SpeakerAttribution(
                half.quotation, surer.speaker, surer.via, surer.cue, first.kind,
                surer.confidence, surer.pattern, half.dismissed, surer.ranking,
            )  # fmt: skip


def _repeat_in_headings(inventory: Inventory, attributions: dict[str, SpeakerAttribution]) -> None:
    """Give quotations of headings to whoever says the same words in the story, if anybody does.

    Of several who do, to the surest, unless it is one word only. A heading that attributes its
    words well keeps its speaker.
    """
    paragraphs, text = inventory.article.paragraphs, inventory.article.text
    heads, story = [], []
    for quotation in inventory.quotations:
        said = attributions[quotation.id]
        if said.dismissed or said.pattern == "nested":
            continue
        if paragraphs[quotation.paragraph].kind != "heading":
            story.append((quotation, said))
        elif said.speaker is None or said.confidence < _WELL_ATTRIBUTED:
            heads.append((quotation, said))
    if not heads:
        return
    words = [(_letters(quotation.text(text)), said) for quotation, said in story if said.speaker]
    for quotation, said in heads[:_MOST_HEADINGS]:
        repeated = _letters(quotation.text(text))
        same = [other for printed, other in words if repeated in printed]
        speakers = {(other.speaker or "").partition(".")[0] for other in same}
        if same and (len(speakers) == 1 or repeated.count(" ") > _FEW):
            surest = max(same, key=attrgetter("confidence"))
            attributions[quotation.id] = replace(
                surest, quotation=quotation.id, cue=None, kind=said.kind, pattern="repeated"
            )


def _letters(words: str) -> str:
    """Return the letters and digits of words in lower case, with blanks around each word."""
    return f" {' '.join(_WORD.findall(words.lower()))} "
