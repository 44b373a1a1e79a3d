"""Lists who may have said a quotation, each with features that speak for or against it.

Candidates are up to six mentions on each side of the quotation and the speaker of the quotation
before it. The features name

* the zone that a mention stands in: "left" or "right" of the quotation in its sentence, "up" or
  "down" in its paragraph, "above" in the paragraph before, "carry" for the speaker before;
* what stands before and after the mention, which verb of speech it is the subject of, how that
  stands to the verb nearest to the quotation;
* the quotation's shape; the mention's kind; how often its entity was named, and has spoken before.

After O'Keefe et al. (2012), "A sequence labelling approach to quote attribution", and Elson and
McKeown (2010), "Automatic attribution of quoted speech": no parser, the shape of the words between.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from extractor.find.candidates import Entity, Mention
from extractor.frozen import frozen
from extractor.language.en.lexicon import FINITE_SPEECH, PREPOSITIONS
from extractor.language.log_linear import Features, weighed
from extractor.rules.attribution.context import (
    ADDRESSED,
    AttributionContext,
    NearbyMention,
    QuotationSetting,
)
from extractor.rules.attribution.nearby import ROLE, nearby

MAX_EACH_SIDE = 6  # mentions; farther ones are the source of fewer than 1 in 200 in PolNeAR train


@cache
def weights() -> dict[str, float]:
    """Return the fitted weights, feature -> weight."""
    path = Path(__file__).with_name("speaker_weights.json")
    table: dict[str, float] = json.loads(path.read_text(encoding="utf-8"))["weights"]
    return table


@frozen
class SpeakerCandidate:
    """A mention that may be the speaker of a quotation."""

    mention: Mention
    entity: Entity
    first: int  # its tokens first:last, half-open
    last: int
    zone: str  # where it stands to the quotation: "left", "right", "carry same", …
    verb: int | None  # the token of the verb it is likely the subject of
    features: tuple[Features, ...]


# What all features of a candidate are worth, and its fields: a `SpeakerCandidate` is made only of
# the best.
RatedCandidate = tuple[float, Mention, Entity, int, int, str, int | None, tuple[Features, ...]]
# Where a mention stands to a quotation: the zone, what follows it (`AttributionContext.follows`),
# its verb, and the features of standing there.
_Stance = tuple[str, str, int | None, Features]


@dataclass(slots=True)
class Surroundings:
    """What stands around a quotation: the same for all its candidates."""

    setting: QuotationSetting
    verbs: str  # on which sides of it verbs of speech stand in its sentence
    nearest: int | None  # the last verb of speech before it in its sentence
    tail: int | None  # see AttributionContext.tail
    sides: str  # what follows it
    last_word: str  # the class of the word before it
    previous: str  # the id of the entity that said the quotation before it, or ""


def rated_candidates(
    around: Surroundings, previous: SpeakerCandidate | None
) -> list[RatedCandidate]:
    """Return the candidates for one quotation, rated.

    `previous` is the speaker of the quotation before it, a candidate itself.
    """
    setting, context = around.setting, around.setting.context
    rated: list[RatedCandidate] = []
    at = context.mention_from(setting.first)
    least = context.mention_from(context.back_limit(setting))
    if at - least > MAX_EACH_SIDE:
        least = at - MAX_EACH_SIDE
    for place in range(at - 1, least - 1, -1):
        near = nearby(context, place)
        if near is not None:
            stance = _before(around, near)
            if stance[:2] != ("left", ADDRESSED):
                rated.append(_rated(around, near, at - 1 - place, stance))
    at = context.mention_from(setting.last)
    most = context.mention_from(setting.paragraph_end)
    if most - at > MAX_EACH_SIDE:
        most = at + MAX_EACH_SIDE
    for place in range(at, most):
        near = nearby(context, place)
        if near is not None:
            stance = _after(around, near, place - at)
            rated.append(_rated(around, near, place - at, stance))
    if previous:
        rated.append(_carry(around, previous))
    return rated


def _rated(around: Surroundings, near: NearbyMention, rank: int, stance: _Stance) -> RatedCandidate:
    """Return a mention with its features, or the person whom it describes.

    In "EU chief Ann Berg said" what speaks for "EU" speaks for Ann Berg. `rank` counts the mentions
    between it and the quotation.
    """
    setting, context = around.setting, around.setting.context
    zone, follows, verb, placed = stance
    first, last, mention, entity = near.placed
    standing = _standing(zone, rank, follows, near.preceded)
    shaped = _shaped(zone, setting.shape)
    id_ = entity.id
    known = _known(
        zone, near.kind, around.verbs, id_ == around.previous,
        context.said_before.get(id_, 0), near.often,
    )  # fmt: skip
    if near.described is not None:
        first, last, mention, entity = near.described
        verb = context.verb_after(last, last + ROLE) if verb is None else verb
    worth = standing.worth + shaped.worth + placed.worth + known.worth
    features = standing, shaped, placed, known
    return worth, mention, entity, first, last, zone, verb, features


def _carry(around: Surroundings, previous: SpeakerCandidate) -> RatedCandidate:
    """Return the speaker of the quotation before as a candidate."""
    setting = around.setting
    same = previous.first >= setting.paragraph or setting.earlier
    zone = "carry same" if same else "carry other"
    gap = setting.context.paragraphs_between(previous.first, setting.first)
    carried, shaped = _carried(zone, min(gap, 3), around.verbs), _shaped(zone, setting.shape)
    return (
        carried.worth + shaped.worth, previous.mention, previous.entity,
        previous.first, previous.last, zone, previous.verb, (carried, shaped),
    )  # fmt: skip


def surroundings(setting: QuotationSetting, previous: SpeakerCandidate | None) -> Surroundings:
    """Return what stands around a quotation, for the features of all its candidates.

    `previous` is the speaker of the quotation before it.
    """
    context = setting.context
    left = context.nearest_verb(setting.sentence, setting.first)
    right = context.first_verb(setting.last, setting.sentence_end)
    tail = context.tail(setting)
    verbs = (
        f"verbs={'L' if left is not None else ''}{'R' if right is not None else ''}"
        f"{'T' if tail is not None else ''}"
    )
    last_word = _last_word(context, setting.first - 1)
    said = previous.entity.id if previous else ""
    return Surroundings(setting, verbs, left, tail, _sides(setting), last_word, said)


def cue_of(setting: QuotationSetting, source: SpeakerCandidate) -> int | None:
    """Return the token of the verb that attributes, the nearest between speaker and quotation."""
    if setting.sentence <= source.first < setting.first:
        return setting.context.nearest_verb(source.last, setting.first) or source.verb
    return source.verb


@weighed(weights)
def none_features(verbs: str, shape: tuple[str, ...], earlier: bool) -> tuple[str, ...]:
    """Return the features of the answer that the article does not say who spoke."""
    return ("none", f"none {verbs}", *[f"none {x}" for x in shape], f"none earlier={earlier}")


# --- features ----------------------------------------------------------------------


@weighed(weights)
def _standing(zone: str, rank: int, follows: str, preceded: str) -> tuple[str, ...]:
    """Return the features of how far off a mention is, and of what stands beside it."""
    rank = min(rank, 4)
    return (zone, f"{zone} rank={rank}", f"{zone} follows={follows}", f"{zone} preceded={preceded}")


@weighed(weights)
def _shaped(zone: str, shape: tuple[str, ...]) -> tuple[str, ...]:
    """Return the quotation's shape as features of the candidates in a zone."""
    return tuple([f"{zone} {x}" for x in shape])


@weighed(weights)
def _carried(zone: str, gap: int, verbs: str) -> tuple[str, ...]:
    """Return the features of being the speaker of the quotation before, `gap` paragraphs back."""
    return (zone, f"{zone} gap={gap}", f"{zone} {verbs}")


@weighed(weights)
def _known(
    zone: str, kind: str, verbs: str, again: bool, said: int, many: int
) -> tuple[str, ...]:  # fmt: skip
    """Return the features of a mention's kind, and of how often its entity was named and spoke."""
    counts = f"said={min(said, 3)}", f"many={min(many, 5)}"
    features = (f"{zone} {kind}", f"{zone} {verbs}", kind, *counts)
    return (*features, f"{zone} again") if again else features


def _before(around: Surroundings, near: NearbyMention) -> _Stance:
    """Return how a mention before the quotation stands to it."""
    setting, context = around.setting, around.setting.context
    first, last, _, _ = near.placed
    if first >= setting.sentence:
        follows, verb = context.follows(last, setting.first)
        between = setting.first - last
        placed = _left(
            (between if between < 12 else 12) // 2,
            _to_verb(around, first, last, verb),
            around.last_word, follows, first - setting.sentence <= 1, around.sides,
        )  # fmt: skip
        return "left", follows, verb, placed
    if first >= setting.paragraph:
        follows, verb = context.follows(last, setting.sentence)
        away = context.document.sentence_of[setting.first] - context.document.sentence_of[first]
        return "up", follows, verb, _up(away if away < 3 else 3, setting.earlier)
    follows, verb = context.follows(last, setting.paragraph)
    opens, ends = first in context.document.opens, context.tokens.text[setting.paragraph - 1]
    return "above", follows, verb, _above(opens, ends)


def _to_verb(around: Surroundings, first: int, last: int, verb: int | None) -> str:
    """Return how a mention in the quotation's sentence stands to the verb of speech nearest to it.

    "" without such a verb.
    """
    nearest = around.nearest
    if nearest is None:
        return ""
    if verb == nearest:
        away = around.setting.first - verb
        return f"owns the nearest verb, {(away if away < 8 else 8) // 2}"
    if nearest > last:
        joined = around.setting.context.tokens.lower[nearest - 1] if nearest else ""
        known = joined in ("and", "but", "who", "to", ",", "that")
        return f"nearest verb after, joined by {joined if known else 'other'}"
    if nearest < first:
        return f"nearest verb before, {'at' if nearest == first - 1 else ''}"
    return ""


@weighed(weights)
def _left(
    between: int, to_verb: str, last_word: str, follows: str, opens: bool, sides: str
) -> tuple[str, ...]:
    """Return the features of a mention before the quotation in its sentence."""
    features = [f"left between={between}"]
    if to_verb:
        features.append(f"left {to_verb}")
    features.append(f"left last word={last_word}, {follows}")
    if opens:
        features.append("left opens the sentence")
    features.append(f"left others={sides}")
    return tuple(features)


@weighed(weights)
def _up(away: int, earlier: bool) -> tuple[str, ...]:
    """Return the features of a mention in an earlier sentence of the quotation's paragraph."""
    features = (f"up away={away}",)
    return (*features, "up, quotation between") if earlier else features


@weighed(weights)
def _above(opens: bool, ends: str) -> tuple[str, ...]:
    """Return the features of a mention in the paragraph before, whose last token is `ends`."""
    return (f"above {'opens' if opens else 'inside'}", f"above ends={ends}")


def _sides(setting: QuotationSetting) -> str:
    """Return what follows the quotation: after an attribution what precedes counts less."""
    context, tokens = setting.context, setting.context.tokens
    k = setting.last
    if k >= setting.sentence_end:
        return "nothing after"
    word = tokens.lower[k]
    if word == ",":
        k += 1
        word = tokens.lower[k] if k < setting.sentence_end else "."
    if word in FINITE_SPEECH:
        return "verb after"
    if context.named_at(k):
        nearest = context.first_verb(k, min(k + 8, setting.sentence_end))
        return "source after" if nearest is not None else "name after"
    return "words after"


def _last_word(context: AttributionContext, k: int) -> str:
    """Return the class of the word right before the quotation, at token `k`."""
    if k < 0:
        return "start"
    word = context.tokens.lower[k]
    if word in FINITE_SPEECH:
        return "verb"
    if word in (",", ":", "that", "as", "a", "the", "is", "was", "to", "of", "and", "his"):
        return word
    if word in PREPOSITIONS:
        return "preposition"
    return "mark" if not word[0].isalnum() else "word"


def _after(around: Surroundings, near: NearbyMention, rank: int) -> _Stance:
    """Return how a mention after the quotation stands to it."""
    setting, context = around.setting, around.setting.context
    first, last, _, _ = near.placed
    if first < setting.sentence_end:
        follows, verb = context.follows(last, setting.sentence_end)
        placed, verb = _on_the_right(around, first, rank, follows, verb)
        return "right", follows, verb, placed
    follows, verb = context.follows(last, setting.paragraph_end)
    placed = _down(any(context.document.quoted[setting.last : first]))
    return "down", follows, verb, placed


def _on_the_right(
    around: Surroundings, first: int, rank: int, follows: str, verb: int | None
) -> tuple[Features, int | None]:
    """Return the features of a mention after the quotation in its sentence, and its verb."""
    context, tail = around.setting.context, around.tail
    lower, text = context.tokens.lower, context.tokens.text
    to_tail = joined = ""
    if tail is not None:
        place = "at" if tail <= first <= tail + 2 else "past" if first > tail else "before"
        to_tail = f"{place} the tail, {'verb' if verb else 'no verb'}"
    k = around.setting.last
    while k < first and not text[k][0].isalnum():
        k += 1
    gap = lower[k:first]
    if not gap:
        joined = f"at once, {follows}"
    elif gap[0] in FINITE_SPEECH:
        inverted = PREPOSITIONS.isdisjoint(gap[1:])
        joined, verb = f"inverted={inverted} {min(len(gap), 4)} rank={min(rank, 2)}", k
    elif gap[:2] == ["according", "to"]:
        joined = f"according rank={min(rank, 2)}"
    elif rank == 0 and verb is not None:
        joined = f"role and verb, {min(len(gap), 6)}"
    quoted = any(context.document.quoted[k:first])
    return _right(to_tail, min(len(gap), 8), joined, quoted), verb


@weighed(weights)
def _right(to_tail: str, gap: int, joined: str, quoted: bool) -> tuple[str, ...]:
    """Return the features of a mention after the quotation in its sentence."""
    features = [f"right {to_tail}"] if to_tail else []
    features.append(f"right gap={gap}")
    if joined:
        features.append(f"right {joined}")
    if quoted:
        features.append("right, quotation between")
    return tuple(features)


@weighed(weights)
def _down(quoted: bool) -> tuple[str, ...]:
    """Return the features of a mention in a later sentence of the quotation's paragraph."""
    return ("down, quotation between",) if quoted else ()
