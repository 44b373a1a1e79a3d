"""Who could have said a quotation, and what speaks for each: the evidence as named features.

Candidates are the mentions around the quotation and the speaker of the quotation before it; the
features say where a mention stands, which words lie between, and which verb it is the subject of.
After O'Keefe et al. (2012), "A sequence labelling approach to quote attribution", and Elson and
McKeown (2010), "Automatic attribution of quoted speech": no parser, the shape of the words between.
"""

from functools import lru_cache
from typing import NamedTuple

from extractor.answer.evidence import Evidence, Setting
from extractor.find.candidates import Entity, Mention
from extractor.find.vocabulary import (
    FINITE_SPEECH,
    OBJECT_PRONOUNS,
    POSSESSIVES,
    PREPOSITIONS,
)
from extractor.find.word_classes import kind_of_word

_OBJECTS = OBJECT_PRONOUNS | {"his", "its", "their"}
MAX_EACH_SIDE = 6  # mentions; farther ones are the source of fewer than 1 in 200 in PolNeAR train


class Source(NamedTuple):
    """A mention that may be the source of a quotation."""

    mention: Mention
    entity: Entity
    first: int  # its tokens, half-open
    last: int
    features: tuple[str, ...]
    verb: int | None = None  # the token of the verb it is likely the subject of


def sources_of(evidence: Evidence, setting: Setting, previous: Source | None) -> list[Source]:
    """Return the candidates for one quotation, with their features.

    `previous` is the source of the quotation before it, a candidate itevidence.
    """
    found: list[Source] = []
    previous_entity = previous.entity.id if previous else ""
    common = background(evidence, setting)
    lowest = evidence.back_limit(setting)
    before = evidence.mentions_before(setting.first, MAX_EACH_SIDE)
    for rank, (first, last, mention, entity) in enumerate(reversed(before)):
        if first < lowest:
            break
        if _owns_somebody(evidence, mention, first):
            continue
        features, verb = _before(evidence, setting, first, last, rank)
        found.append(
            _source(evidence, mention, entity, first, last, features, verb, common, previous_entity)
        )
    after = evidence.mentions_from(setting.last, MAX_EACH_SIDE)
    for rank, (first, last, mention, entity) in enumerate(after):
        if first >= setting.paragraph_end:
            break
        if _owns_somebody(evidence, mention, first):
            continue
        features, verb = _after(evidence, setting, first, last, rank)
        found.append(
            _source(evidence, mention, entity, first, last, features, verb, common, previous_entity)
        )
    if previous:
        zone = "same" if previous.first >= setting.paragraph or setting.earlier else "other"
        gap = evidence.paragraphs_between(previous.first, setting.first)
        features = [f"carry {zone}", f"carry {zone} gap={min(gap, 3)}"]
        features += _zoned(f"carry {zone}", setting.shape)
        features.append(f"carry {zone} {common}")
        found.append(
            Source(previous.mention, previous.entity, previous.first, previous.last,
                   tuple(features), previous.verb)
        )  # fmt: skip
    return found


def _owns_somebody(evidence: Evidence, mention: Mention, first: int) -> bool:
    """Tell whether "his" opens the description of somebody else: "His wife Ann Berg said"."""
    lower = evidence.tokens.lower
    if mention.kind != "pronoun" or lower[first] not in POSSESSIVES:
        return False
    for word in lower[first + 1 : first + 5]:
        if not word[0].isalpha() or word in PREPOSITIONS or word in FINITE_SPEECH:
            return False
        if kind_of_word(word) in ("person", "body"):
            return True
    return False


def background(evidence: Evidence, setting: Setting) -> str:
    """Say in a word what speaks in the sentence at all, as background to every candidate."""
    left = evidence.nearest_verb(setting.sentence, setting.first)
    right = evidence.first_verb(setting.last, setting.sentence_end)
    tail = evidence.tail(setting)
    return (
        f"verbs={'L' if left is not None else ''}{'R' if right is not None else ''}"
        f"{'T' if tail is not None else ''}"
    )


def cue_of(evidence: Evidence, setting: Setting, source: Source) -> int | None:
    """Return the verb that attributes: between source and quotation the one nearest to it."""
    if setting.sentence <= source.first < setting.first:
        return evidence.nearest_verb(source.last, setting.first) or source.verb
    return source.verb


NONE_FEATURES = "none"


def none_features(setting: Setting, common: str) -> tuple[str, ...]:
    """Features of the answer that the article does not say who."""
    return (
        NONE_FEATURES, f"none {common}",
        *(f"none {x}" for x in setting.shape),
        f"none earlier={setting.earlier}",
    )  # fmt: skip


# --- features ----------------------------------------------------------------------


def _source(
    evidence: Evidence, mention: Mention, entity: Entity, first: int, last: int,
    features: list[str], verb: int | None, common: str, previous_entity: str,
) -> Source:  # fmt: skip
    zone = features[0]
    kind = _kind(evidence, mention, entity, first)
    features.append(f"{zone} {kind}")
    features.append(f"{zone} {common}")
    features.append(f"{kind}")
    if entity.id == previous_entity:
        features.append(f"{zone} again")
    said = evidence.said_before.get(entity.id, 0)
    features.append(f"said={min(said, 3)}")
    features.append(f"many={min(len(entity.mentions).bit_length(), 5)}")
    return Source(mention, entity, first, last, tuple(features), verb)


@lru_cache(maxsize=5_000)
def _zoned(zone: str, shape: tuple[str, ...]) -> tuple[str, ...]:
    """Return the quotation's features as those of candidates in a zone."""
    return tuple([f"{zone} {x}" for x in shape])


def _kind(evidence: Evidence, mention: Mention, entity: Entity, first: int) -> str:
    if mention.kind == "pronoun":
        word = evidence.tokens.lower[first]
        case = "object" if word in _OBJECTS else "subject"
        group = word if word in ("it", "who", "they", "his", "her") else "person"
        return f"pronoun-{group}-{case}"
    return f"{mention.kind}-{entity.kind}{'-plural' if entity.plural else ''}"


def _before(
    evidence: Evidence, setting: Setting, first: int, last: int, rank: int
) -> tuple[list[str], int | None]:
    """Features of a mention before the quotation."""
    lower = evidence.tokens.lower
    if first >= setting.sentence:
        zone, stop = "left", setting.first
    elif first >= setting.paragraph:
        zone, stop = "up", setting.sentence
    else:
        zone, stop = "above", setting.paragraph
    follows, verb = evidence.follows(last, stop)
    features = [zone, f"{zone} rank={min(rank, 4)}", f"{zone} follows={follows}",
                f"{zone} preceded={evidence.preceded(first)}"]  # fmt: skip
    features += _zoned(zone, setting.shape)
    if zone == "left":
        between = setting.first - last
        features.append(f"left between={min(between, 12) // 2}")
        nearest = evidence.nearest_verb(setting.sentence, setting.first)
        if verb is not None and verb == nearest:
            features.append(f"left owns the nearest verb, {min(setting.first - verb, 8) // 2}")
        elif nearest is not None and nearest > last:
            joined = lower[nearest - 1] if nearest else ""
            features.append(
                f"left nearest verb after, joined by "
                f"{joined if joined in ('and', 'but', 'who', 'to', ',', 'that') else 'other'}"
            )
        elif nearest is not None and nearest < first:
            features.append(f"left nearest verb before, {'at' if nearest == first - 1 else ''}")
        features.append(f"left last word={_last_word(evidence, setting.first - 1)}, {follows}")
        if first - setting.sentence <= 1:
            features.append("left opens the sentence")
        features.append(f"left others={_sides(evidence, setting)}")
    elif zone == "up":
        away = evidence.reading.sentence[setting.first] - evidence.reading.sentence[first]
        features.append(f"up away={min(away, 3)}")
        if setting.earlier:
            features.append("up, quotation between")
    else:
        features.append(f"above {'opens' if first in evidence.reading.opens else 'inside'}")
        features.append(f"above ends={evidence.tokens.text[setting.paragraph - 1]}")
    return features, verb


def _sides(evidence: Evidence, setting: Setting) -> str:
    """Say whether an attribution follows the quotation: then what precedes counts less."""
    tokens = evidence.tokens
    k = setting.last
    if k >= setting.sentence_end:
        return "nothing after"
    word = tokens.lower[k]
    if word == ",":
        k += 1
        word = tokens.lower[k] if k < setting.sentence_end else "."
    if word in FINITE_SPEECH:
        return "verb after"
    if evidence.named_at(k):
        nearest = evidence.first_verb(k, min(k + 8, setting.sentence_end))
        return "source after" if nearest is not None else "name after"
    return "words after"


def _last_word(evidence: Evidence, k: int) -> str:
    """Class the word right before the quotation."""
    if k < 0:
        return "start"
    word = evidence.tokens.lower[k]
    if word in FINITE_SPEECH:
        return "verb"
    if word in (",", ":", "that", "as", "a", "the", "is", "was", "to", "of", "and", "his"):
        return word
    if word in PREPOSITIONS:
        return "preposition"
    return "mark" if not word[0].isalnum() else "word"


def _after(
    evidence: Evidence, setting: Setting, first: int, last: int, rank: int
) -> tuple[list[str], int | None]:
    """Features of a mention after the quotation."""
    lower, text = evidence.tokens.lower, evidence.tokens.text
    zone = "right" if first < setting.sentence_end else "down"
    stop = setting.sentence_end if zone == "right" else setting.paragraph_end
    follows, verb = evidence.follows(last, stop)
    features = [zone, f"{zone} rank={min(rank, 4)}", f"{zone} follows={follows}",
                f"{zone} preceded={evidence.preceded(first)}"]  # fmt: skip
    features += _zoned(zone, setting.shape)
    if zone == "right":
        tail = evidence.tail(setting)
        if tail is not None:
            place = "at" if tail <= first <= tail + 2 else "past" if first > tail else "before"
            features.append(f"right {place} the tail, {'verb' if verb else 'no verb'}")
        k = setting.last
        while k < first and not text[k][0].isalnum():
            k += 1
        gap = lower[k:first]
        features.append(f"right gap={min(len(gap), 8)}")
        if not gap:
            features.append(f"right at once, {follows}")
        elif gap[0] in FINITE_SPEECH:
            inverted = len(gap) == 1 or all(w not in PREPOSITIONS for w in gap[1:])
            features.append(f"right inverted={inverted} {min(len(gap), 4)} rank={min(rank, 2)}")
            verb = k
        elif gap[:2] == ["according", "to"]:
            features.append(f"right according rank={min(rank, 2)}")
        elif rank == 0 and verb is not None:
            features.append(f"right role and verb, {min(len(gap), 6)}")
        if any(evidence.reading.quoted[k:first]):
            features.append("right, quotation between")
    elif any(evidence.reading.quoted[setting.last : first]):
        features.append("down, quotation between")
    return features, verb
