"""Features that speak for or against a stretch in quotation marks being somebody's words.

* how many words it has and how they are capitalised;
* what stands right before and after the marks: "the film", "a host of", a comma;
* whether a cue in its sentence attributes words to anyone, how surely, how near.

Words count by their class: no word of an article is a feature, only function words and marks are.
"""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from extractor.find.candidates import QuotationCandidate
from extractor.find.inventory import Inventory
from extractor.language.en.lexicon import (
    AUXILIARIES,
    CORE_SPEECH,
    DETERMINERS,
    DOCUMENT_NOUNS,
    FINITE_SPEECH,
    MONTHS_AND_DAYS,
    PERSON_NOUNS,
    POSSESSIVES,
    PREPOSITIONS,
    SPEECH_VERBS,
)
from extractor.language.en.lists import word_groups, word_set
from extractor.language.en.morphology import singular

_WIDEST = 60  # tokens of a sentence that are read on each side
_TAIL = 4  # tokens from a verb of speech to the end of a sentence that it closes: ", Smith said."

_THEMSELVES = word_set("attribution.words-kept-as-features")
WORKS = word_set("attribution.works")
PEOPLE_OF_WORKS = word_set("attribution.people-of-works")
GOODS = word_set("attribution.goods")
# words that say what something is called, and what is said of someone
_VERBS = {kind: frozenset(verbs) for kind, verbs in word_groups("attribution.naming-verbs").items()}
# what a name or a phrase in marks may be that nobody says
_KINDS = {
    kind: frozenset(nouns) for kind, nouns in word_groups("attribution.kinds-of-marked").items()
} | {"document": DOCUMENT_NOUNS}
_KINDS["work"] |= WORKS
_KINDS["people of works"] |= PEOPLE_OF_WORKS
_KINDS["goods"] |= GOODS
_TELLING = frozenset(_KINDS) | {"titled", "called", "known"}
_NO_VERB_AFTER = DETERMINERS | POSSESSIVES | PREPOSITIONS
_SUBJECTS = word_set("attribution.personal-subjects")
_TURNS = word_set("attribution.turns")
_JOINING = word_set("attribution.joining")
_NEAREST = (1, 3, 7, 15)  # tokens

# The last word of a cue -> the cue (see `cue_key`) -> how surely it attributes, 1 to 3.
CueTable = Mapping[str, Mapping[str, int]]


@lru_cache(maxsize=20_000)
def class_of(word: str, lower: str) -> str:
    """Return a token's class: itself for a function word or a mark, else its kind of word."""
    if lower in _THEMSELVES or not word[0].isalnum():
        return lower
    for name, words in _VERBS.items():
        if lower in words:
            return name
    noun = singular(lower)
    for name, words in _KINDS.items():
        if noun in words:
            return name
    if lower in CORE_SPEECH:
        return "core"
    if lower in FINITE_SPEECH:
        return "speech"
    if lower in SPEECH_VERBS:
        return "weak"
    if lower in PREPOSITIONS:
        return "preposition"
    if lower in AUXILIARIES:
        return "auxiliary"
    if lower in MONTHS_AND_DAYS:
        return "day"
    if not word[0].islower():
        return "capital" if word[0].isalpha() else "number"
    if noun in PERSON_NOUNS:
        return "person"
    if lower.endswith(("ly", "ed", "ing")):
        return lower[-2:]
    return "s" if lower.endswith("s") else "word"


@dataclass(slots=True)
class _StretchTokens:
    """Where a stretch stands, as token ranges: with its marks, its words, sentence, paragraph."""

    first: int
    last: int
    words_first: int
    words_last: int
    sentence: int
    sentence_end: int
    paragraph: int
    paragraph_end: int


def features_of(
    inventory: Inventory, quotation: QuotationCandidate, written: str, cues: CueTable
) -> list[str]:
    """Return the features of a closed stretch of one span.

    `written` says how its words are: "title", "lower", "first", "mixed" or "none" capitals;
    `cues` how surely a word attributes, 1 to 3 (see `by_last_word`).
    """
    words = inventory.text_of(quotation.spans[0])
    inner = mark_within(inventory, quotation)
    place = _place(inventory, quotation, inner)
    count = words.count(" ") + 1
    features = [
        "bias", f"words={min(count, 8)}", f"words={min(count, 4)} {written}",
        f"written={written}", f"inner={inner} {written}",
    ]  # fmt: skip
    features += _beside(inventory, place, written)
    features += _attributed(inventory, place, written, cues)
    return features


def mark_within(inventory: Inventory, quotation: QuotationCandidate) -> str:
    """Return the mark before the closing mark, "w" when a word stands there.

    A last comma counts, though the quotation's words leave it out.
    """
    text, end = inventory.article.text, quotation.spans[-1].end
    if "," in text[end : min(quotation.outer.end, end + 3)]:
        return ","
    return text[end - 1] if text[end - 1] in ",.?!;:" else "w"


def _place(inventory: Inventory, quotation: QuotationCandidate, inner: str) -> _StretchTokens:
    """Return where a stretch stands; its sentence goes on after `"Why?" he asked`."""
    tokens, span = inventory.document.tokens, quotation.spans[0]
    first = tokens.first_from(quotation.outer.start)
    last = tokens.first_from(quotation.outer.end)
    if last <= first:
        last = first + 1
    paragraph = inventory.article.paragraphs[quotation.paragraph].span
    start, end = tokens.first_from(paragraph.start), tokens.first_from(paragraph.end)
    opening = inventory.sentence_at(quotation.outer.start)
    closing = inventory.sentence_at(quotation.outer.end - 1)
    sentence = tokens.first_from(opening.span.start) if opening else start
    sentence_end = tokens.first_from(closing.span.end) if closing else end
    if inner in ",?!" and sentence_end <= last < end:  # '"Why?" he asked': it goes on
        going_on = inventory.sentence_at(tokens.start[last])
        sentence_end = tokens.first_from(going_on.span.end) if going_on else last
    lowest = first - _WIDEST if first - _WIDEST > start else start
    highest = last + _WIDEST if last + _WIDEST < end else end
    if sentence_end > highest:
        sentence_end = highest
    return _StretchTokens(
        first, last, tokens.first_from(span.start), tokens.first_from(span.end),
        sentence if sentence > lowest else lowest, sentence_end if sentence_end > last else last,
        start, end,
    )  # fmt: skip


def _beside(inventory: Inventory, place: _StretchTokens, written: str) -> list[str]:
    """Return features of the first word and of what stands right beside the marks."""
    tokens, quoted = inventory.document.tokens, inventory.document.quoted
    text, lower = tokens.text, tokens.lower

    def classed(k: int, marks: str) -> str:
        if not place.paragraph <= k < place.paragraph_end:
            return "¶"
        if quoted[k] or text[k] in marks:
            return "quotation"
        return class_of(text[k], lower[k])

    first = place.words_first
    opener = class_of(text[first], lower[first]) if first < place.words_last else ""
    before, after = classed(place.first - 1, '"“”'), classed(place.last, '"“')
    earlier = classed(place.first - 2, '"“”') if before != "¶" else "¶"
    later = classed(place.last + 1, '"“') if after != "¶" else "¶"
    features = [
        f"first={opener}",
        f"before={before}", f"before={before} {written}", f"before={earlier} {before}",
        f"after={after}", f"after={after} {written}", f"after={after} {later}",
        f"around={before} {after}",
    ]  # fmt: skip
    for k in range(place.first - 1, max(place.first - 5, place.sentence - 1), -1):
        if quoted[k] or text[k] in ".;:":
            break
        kind = class_of(text[k], lower[k])
        if kind in _TELLING:
            features += [f"near={kind}", f"near={kind} {written}"]
            break
    return features


def _attributed(
    inventory: Inventory, place: _StretchTokens, written: str, cues: CueTable
) -> list[str]:
    """Return features of the sentence: cues before and after, their subjects, what lies between."""
    tokens, quoted = inventory.document.tokens, inventory.document.quoted
    text, lower = tokens.text, tokens.lower
    cue = verb = after = verb_after = None
    sure = sure_after = 0
    begins, telling = place.sentence, range(place.sentence, place.first)
    for k in reversed([k for k in telling if lower[k] in cues and not quoted[k]]):
        if verb is None and lower[k] in FINITE_SPEECH:
            verb = k
        if cue is None and (sure := _sureness(lower, k, cues)):
            cue = k
        if cue is not None and verb is not None:
            begins = k  # what stands before it is not looked at
            break
    for k in range(place.last, place.sentence_end):
        if lower[k] not in cues or quoted[k]:
            continue
        if verb_after is None and lower[k] in FINITE_SPEECH:
            verb_after = k
        if after is None and (sure_after := _sureness(lower, k, cues)):
            after = k
    others = any(quoted[begins : place.first]) or any(quoted[place.last : place.sentence_end])
    features = [
        f"cue before={sure}", f"cue after={sure_after}",
        f"cues={bool(sure)}{bool(sure_after)} {written}", f"alone={not others}",
    ]  # fmt: skip
    within = False
    if cue is not None:
        between = lower[cue + 1 : place.first]
        broken = not _TURNS.isdisjoint(between)
        turned = "that" in lower[place.last : min(place.last + 6, place.sentence_end)]
        features.append(f"cue={sure} at {bisect_left(_NEAREST, place.first - cue)}")
        within = not broken and (not turned or "that" in between)
    if after is not None:
        within = within or place.sentence_end - after <= _TAIL
    features.append(f"within={within} {written}")
    tail = (
        verb_after is not None
        and place.sentence_end - verb_after <= _TAIL
        and "," in text[max(place.last - 2, 0) : verb_after]
    )
    features.append(f"tail={tail} {written}")
    if verb is not None:
        opens = any(
            text[k][0].isupper() or lower[k] in _SUBJECTS
            for k in range(place.sentence, min(place.sentence + 3, verb))
        )
        features.append(f"reporter={opens} {lower[verb] in CORE_SPEECH} {written}")
        breaks = sum(text[k] in ",;—–-" and not quoted[k] for k in range(verb, place.first))
        features.append(f"breaks={min(breaks, 3)}")
    named = any(
        text[k][0].isupper() and not quoted[k] for k in range(place.sentence + 1, place.first)
    )
    features.append(f"named before={named}")
    return features


def by_last_word(cues: Mapping[str, int]) -> CueTable:
    """Return the table of cues by their last words, all finite verbs of speech among these.

    `cues`: what `cue_key` returns -> how surely it attributes, 1 to 3.
    """
    table: dict[str, dict[str, int]] = {word: {} for word in FINITE_SPEECH}
    for key, sure in cues.items():
        table.setdefault(key.rpartition(" ")[2], {})[key] = sure
    return table


def _sureness(lower: list[str], k: int, cues: CueTable) -> int:
    """Return how surely token `k` attributes, 0 to 3."""
    keys = cues[lower[k]]
    return keys.get(cue_key(lower, k) or "", 0) if keys and lower[k].isalpha() else 0


def cue_key(lower: list[str], k: int) -> str | None:
    """Return the cue that a token is: its form, with the word that joins it to an earlier subject.

    E.g. "said", ", saying", "to tell"; None where no verb with a subject can stand.
    """
    before, word = lower[k - 1] if k else "", lower[k]
    if before in _JOINING:
        return f"{before} {word}"
    if word == "according":
        return word
    if word.endswith("ing"):
        return f"- {word}"
    return None if before in _NO_VERB_AFTER else word
