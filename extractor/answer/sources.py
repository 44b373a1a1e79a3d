"""Who could have said a quotation, and what speaks for each: the evidence as named features.

Candidates are the mentions around the quotation and the speaker of the quotation before it; the
features say where a mention stands, which words lie between, and which verb it is the subject of.
After O'Keefe et al. (2012), "A sequence labelling approach to quote attribution", and Elson and
McKeown (2010), "Automatic attribution of quoted speech": no parser, the shape of the words between.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from extractor.find.candidates import Entity, Mention, QuotationCandidate
from extractor.find.inventory import Inventory
from extractor.find.vocabulary import (
    AUXILIARIES,
    CONJUNCTIONS,
    CORE_SPEECH,
    DETERMINERS,
    FINITE_SPEECH,
    OBJECT_PRONOUNS,
    POSSESSIVES,
    PREPOSITIONS,
    SPEECH_VERBS,
)

_ADVERBS = frozenset(
    "also then later recently previously once again now still just even reportedly repeatedly "
    "consistently already not never always often famously himself herself themselves itself".split()
)
_OBJECTS = OBJECT_PRONOUNS | {"his", "its", "their"}
MAX_EACH_SIDE = 6  # mentions; farther ones are the source of fewer than 1 in 200 in PolNeAR train


@dataclass(frozen=True, slots=True)
class Source:
    """A mention that may be the source of a quotation."""

    mention: Mention
    entity: Entity
    first: int  # its tokens, half-open
    last: int
    features: tuple[str, ...]
    verb: int | None = None  # the token of the verb it is likely the subject of


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a quotation stands: token ranges of the reporter's words around it."""

    quotation: QuotationCandidate
    first: int  # first token of the quotation, marks included
    last: int  # after its last token
    sentence: int  # first token of the sentence that it begins in
    sentence_end: int  # after the last token of the sentence that it ends in
    paragraph: int  # first token of the paragraph that it begins in
    paragraph_end: int  # after the last token of the paragraph that it ends in
    shape: tuple[str, ...]  # what kind of quotation it is
    earlier: bool  # another quotation stands before it in its paragraph


def last_mark(quotation: QuotationCandidate, text: str) -> str:
    """Return the last character before the closing mark: the comma that the words leave out too."""
    end = quotation.spans[-1].end
    after = text[end : quotation.outer.end].strip()[:1]
    return "," if after == "," else text[end - 1]


class Evidence:
    """The article as attribution reads it: token arrays and the mentions outside quotations."""

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        self.reading = inventory.reading
        self.tokens = inventory.reading.tokens
        tokens = self.tokens
        self.mentions: list[tuple[int, int, Mention, Entity]] = []
        for mention, entity in inventory.mentions:
            first = tokens.first_from(mention.span.start)
            if first < len(tokens) and not self.reading.quoted[first]:
                last = max(tokens.first_from(mention.span.end), first + 1)
                self.mentions.append((first, last, mention, entity))
        self._at = [first for first, *_ in self.mentions]
        self._within = [False] * len(tokens)  # inside any mention
        for first, last, _, _ in self.mentions:
            self._within[first:last] = [True] * (last - first)
        self.paragraphs = [
            (tokens.first_from(p.span.start), tokens.first_from(p.span.end), p.kind)
            for p in inventory.article.paragraphs
        ]
        self._paragraph_starts = [first for first, _, _ in self.paragraphs]
        self._sentence_ends = [tokens.first_from(s.span.end) for s in inventory.sentences]
        self.said_before: dict[str, int] = {}  # entity id -> quotations given to it so far

    def between(self, first: int, last: int) -> list[tuple[int, int, Mention, Entity]]:
        """Return the mentions that begin at tokens first:last."""
        return self.mentions[bisect_left(self._at, first) : bisect_left(self._at, last)]

    # --- where a quotation stands -----------------------------------------------------------

    def setting(self, quotation: QuotationCandidate) -> Setting:
        """Find the reporter's words around a quotation."""
        tokens, text = self.tokens, self.inventory.article.text
        first = tokens.first_from(quotation.outer.start)
        last = max(tokens.first_from(quotation.outer.end), first + 1)
        first = min(first, len(tokens) - 1)
        sentence = self._sentence_start(first)
        para_first, _, _ = self.paragraphs[quotation.paragraph]
        para_last = quotation.paragraph
        while para_last + 1 < len(self.paragraphs) and self.paragraphs[para_last + 1][0] < last:
            para_last += 1
        para_end = self.paragraphs[para_last][1]
        end = self._sentence_end(last - 1)
        if end <= last < para_end:  # '"Why?" he asked': the sentence goes on after the mark
            word = tokens.text[last]
            inner = last_mark(quotation, text)
            if word[0].islower() or inner in ",-–—" or (inner in "?!" and not word[0].isdigit()):
                end = self._sentence_end(last)
        earlier = any(self.reading.quoted[k] for k in range(para_first, first))
        return Setting(
            quotation, first, last, max(sentence, para_first), min(end, para_end), para_first,
            para_end, self._shape(quotation, first, last, sentence, end, para_first, para_end),
            earlier,
        )  # fmt: skip

    def _sentence_start(self, k: int) -> int:
        span = self.inventory.sentences[self.reading.sentence[k]].span
        return self.tokens.first_from(span.start)

    def _sentence_end(self, k: int) -> int:
        return self._sentence_ends[self.reading.sentence[k]]

    def _shape(
        self, quotation: QuotationCandidate, first: int, last: int, sentence: int, end: int,
        para_first: int, para_end: int,
    ) -> tuple[str, ...]:  # fmt: skip
        tokens, text = self.tokens, self.inventory.article.text
        inner = last_mark(quotation, text)
        opener = text[quotation.spans[0].start]
        words = last - first
        opens = first <= sentence
        closes = last >= end
        before = tokens.text[first - 1] if first > para_first else "¶"
        shape = [
            f"size={'1' if words < 5 else '2' if words < 9 else '3' if words < 20 else '4'}",
            f"cap={opener.isupper()}",
            f"inner={inner if inner in ',.?!' else 'w'}",
            f"fill={'opens' if opens else 'inside'}{'closes' if closes else 'goes on'}",
            f"before={before if before in ',:¶.' else 'that' if before == 'that' else 'w'}",
        ]
        if first == para_first and last >= para_end:
            shape.append("whole paragraph")
        return tuple(shape)

    # --- who stands around it ----------------------------------------------------------------

    def sources(self, setting: Setting, previous: Source | None) -> list[Source]:
        """Return the candidates for one quotation, with their features.

        `previous` is the source of the quotation before it, a candidate itself.
        """
        found: list[Source] = []
        left = bisect_left(self._at, setting.first)
        right = bisect_left(self._at, setting.last)
        previous_entity = previous.entity.id if previous else ""
        common = self.background(setting)
        lowest = self._back_limit(setting)
        before = reversed(self.mentions[max(left - MAX_EACH_SIDE, 0) : left])
        for rank, (first, last, mention, entity) in enumerate(before):
            if first < lowest:
                break
            features, verb = self._before(setting, first, last, rank)
            found.append(
                self._source(mention, entity, first, last, features, verb, common, previous_entity)
            )
        after = self.mentions[right : right + MAX_EACH_SIDE]
        for rank, (first, last, mention, entity) in enumerate(after):
            if first >= setting.paragraph_end:
                break
            features, verb = self._after(setting, first, last, rank)
            found.append(
                self._source(mention, entity, first, last, features, verb, common, previous_entity)
            )
        if previous:
            zone = "same" if previous.first >= setting.paragraph or setting.earlier else "other"
            gap = self._paragraphs_between(previous, setting)
            features = [f"carry {zone}", f"carry {zone} gap={min(gap, 3)}"]
            features += [f"carry {zone} {x}" for x in setting.shape]
            features.append(f"carry {zone} {common}")
            found.append(
                Source(previous.mention, previous.entity, previous.first, previous.last,
                       tuple(features), previous.verb)
            )  # fmt: skip
        return found

    def _paragraphs_between(self, previous: Source, setting: Setting) -> int:
        starts = self._paragraph_starts
        return bisect_left(starts, setting.first + 1) - bisect_left(starts, previous.first + 1)

    def _back_limit(self, setting: Setting) -> int:
        """Return the first token that sources may stand at: one paragraph back."""
        index = setting.quotation.paragraph
        return self.paragraphs[index - 1][0] if index else 0

    def background(self, setting: Setting) -> str:
        """Say in a word what speaks in the sentence at all, as background to every candidate."""
        left = self._nearest_verb(setting.sentence, setting.first)
        right = self._first_verb(setting.last, setting.sentence_end)
        tail = self._tail(setting)
        return (
            f"verbs={'L' if left is not None else ''}{'R' if right is not None else ''}"
            f"{'T' if tail is not None else ''}"
        )

    def _tail(self, setting: Setting) -> int | None:
        """Return the token at which an attribution after a comma begins: ", Smith said"."""
        tokens = self.tokens
        for k in range(setting.last - 1, setting.sentence_end - 1):
            if k >= setting.last and (tokens.text[k] != "," or self.reading.quoted[k]):
                continue
            following = tokens.lower[k + 1]
            if following in FINITE_SPEECH and self.named_at(k + 2):
                return k + 1
            if self.named_at(k + 1) and self.verb_after(self._ends_at(k + 1), setting.sentence_end):
                return k + 1
        return None

    def named_at(self, k: int) -> bool:
        """Tell whether a mention, or the words of a role before one, begins at token `k`."""
        return k < len(self._within) and self._within[k]

    def _ends_at(self, k: int) -> int:
        """Return the end of the mentions that cover token `k` onwards."""
        while k < len(self._within) and self._within[k]:
            k += 1
        return k

    def cue(self, setting: Setting, source: Source) -> int | None:
        """Return the verb that attributes: between source and quotation the one nearest to it."""
        if setting.sentence <= source.first < setting.first:
            return self._nearest_verb(source.last, setting.first) or source.verb
        return source.verb

    def _nearest_verb(self, first: int, last: int) -> int | None:
        """Return the last verb of speech among tokens first:last outside quotations."""
        lower, quoted = self.tokens.lower, self.reading.quoted
        for k in range(last - 1, first - 1, -1):
            if lower[k] in FINITE_SPEECH and not quoted[k]:
                return k
        return None

    def _first_verb(self, first: int, last: int) -> int | None:
        lower, quoted = self.tokens.lower, self.reading.quoted
        for k in range(first, last):
            if lower[k] in FINITE_SPEECH and not quoted[k]:
                return k
        return None

    # --- features ----------------------------------------------------------------------------

    def _source(
        self, mention: Mention, entity: Entity, first: int, last: int, features: list[str],
        verb: int | None, common: str, previous_entity: str,
    ) -> Source:  # fmt: skip
        zone = features[0]
        kind = self._kind(mention, entity, first)
        features.append(f"{zone} {kind}")
        features.append(f"{zone} {common}")
        features.append(f"{kind}")
        if entity.id == previous_entity:
            features.append(f"{zone} again")
        said = self.said_before.get(entity.id, 0)
        features.append(f"said={min(said, 3)}")
        features.append(f"many={min(len(entity.mentions).bit_length(), 5)}")
        return Source(mention, entity, first, last, tuple(features), verb)

    def _kind(self, mention: Mention, entity: Entity, first: int) -> str:
        if mention.kind == "pronoun":
            word = self.tokens.lower[first]
            case = "object" if word in _OBJECTS else "subject"
            group = word if word in ("it", "who", "they", "his", "her") else "person"
            return f"pronoun-{group}-{case}"
        return f"{mention.kind}-{entity.kind}{'-plural' if entity.plural else ''}"

    def _follows(self, last: int, stop: int) -> tuple[str, int | None]:
        """Say what follows a mention, and the verb of speech it is likely the subject of."""
        lower, text = self.tokens.lower, self.tokens.text
        k, passed = last, ""
        if k < stop and text[k] in ("'s", "’s", "'", "’"):
            return "possessive", None
        for _ in range(6):
            if k >= stop:
                return (passed or "end"), None
            word = lower[k]
            if word in FINITE_SPEECH:
                return (passed or "direct ") + ("core" if word in CORE_SPEECH else "verb"), k
            if word in AUXILIARIES:
                passed = "aux "
            elif word in _ADVERBS or (word.endswith("ly") and len(word) > 4):
                passed = passed or "adverb "
            elif word == "," and not passed:
                return self._past_apposition(k, stop)
            elif word in SPEECH_VERBS:
                return (passed or "direct ") + "weak", k
            elif word.endswith("ed") and word.isalpha():
                return (passed or "direct ") + "ed", k
            elif word == "(":
                while k < stop and text[k] != ")":
                    k += 1
            elif passed:
                return passed + "other", None
            elif word in PREPOSITIONS or word == "who":
                return f"then {'who' if word == 'who' else 'preposition'}", None
            elif word in CONJUNCTIONS:
                return "conjunction", None
            elif not word[0].isalnum():
                return f"mark {word}" if word in ",.:;—–-" else "mark", None
            elif word.endswith("ing"):
                return "ing", k
            else:
                return "word", None
            k += 1
        return "far", None

    def verb_after(self, last: int, stop: int) -> int | None:
        """Return the verb of speech that a mention ending at token `last` is the subject of."""
        _, verb = self._follows(last, stop)
        return verb if verb is not None and self.tokens.lower[verb] in FINITE_SPEECH else None

    def subject_of(self, last: int, stop: int) -> int | None:
        """Return the token, a verb it seems, that a mention ending at token `last` governs."""
        verb = self._follows(last, stop)[1]
        k, lower = last, self.tokens.lower
        if verb is not None or k >= stop or not lower[k][0].isalpha():
            return verb
        while k < stop and (lower[k] in AUXILIARIES or lower[k] in _ADVERBS):
            k += 1
        plain = k < stop and lower[k].isalpha() and not self.reading.quoted[k]
        outside = plain and lower[k] not in PREPOSITIONS and lower[k] not in CONJUNCTIONS
        return k if outside and lower[k] not in DETERMINERS else None

    def _past_apposition(self, k: int, stop: int) -> tuple[str, int | None]:
        """Look for the verb after ", a former adviser to the campaign,"."""
        text, lower = self.tokens.text, self.tokens.lower
        for j in range(k + 1, min(k + 25, stop)):
            if self.reading.quoted[j] or text[j] in '"“;:.':
                break
            if text[j] == "," and j + 1 < stop:
                if lower[j + 1] in FINITE_SPEECH:
                    return "apposition verb", j + 1
                passing = lower[j + 1] in AUXILIARIES or lower[j + 1].endswith("ly")
                if passing and j + 2 < stop and lower[j + 2] in FINITE_SPEECH:
                    return "apposition verb", j + 2
        following = lower[k + 1] if k + 1 < stop else "."
        if following.endswith("ing"):
            return "comma ing", k + 1
        if following in FINITE_SPEECH:
            return "comma verb", k + 1
        return "comma who" if following == "who" else "comma", None

    def _preceded(self, first: int) -> str:
        """Say what stands before a mention."""
        lower = self.tokens.lower
        k = first - 1
        while k >= 0 and (lower[k] in DETERMINERS or lower[k] in POSSESSIVES):
            k -= 1
        if k < 0:
            return "start"
        word = lower[k]
        if self.reading.quoted[k] or word in '"“”':
            return "quotation"
        if first in self.reading.opens:
            return "opens"
        if word in ("to", "according") and lower[max(k - 1, 0)] == "according":
            return "according"
        if word in SPEECH_VERBS:
            return "verb" if word in FINITE_SPEECH else "weak verb"
        if word.endswith(("ed", "ing")):
            return word[-2:]
        if word in ("as", "that", "when", "and", "but", "by", "from", "of", "to"):
            return word
        if word in PREPOSITIONS:
            return "preposition"
        if word in CONJUNCTIONS:
            return "conjunction"
        if not word[0].isalnum():
            return f"mark {word}" if word in ",.:;—–-" else "mark"
        return "word"

    def _before(
        self, setting: Setting, first: int, last: int, rank: int
    ) -> tuple[list[str], int | None]:
        """Features of a mention before the quotation."""
        lower = self.tokens.lower
        if first >= setting.sentence:
            zone, stop = "left", setting.first
        elif first >= setting.paragraph:
            zone, stop = "up", setting.sentence
        else:
            zone, stop = "above", setting.paragraph
        follows, verb = self._follows(last, stop)
        features = [zone, f"{zone} rank={min(rank, 4)}", f"{zone} follows={follows}",
                    f"{zone} preceded={self._preceded(first)}"]  # fmt: skip
        features += [f"{zone} {x}" for x in setting.shape]
        if zone == "left":
            between = setting.first - last
            features.append(f"left between={min(between, 12) // 2}")
            nearest = self._nearest_verb(setting.sentence, setting.first)
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
            features.append(f"left last word={self._last_word(setting.first - 1)}, {follows}")
            if first - setting.sentence <= 1:
                features.append("left opens the sentence")
            features.append(f"left others={self._sides(setting)}")
        elif zone == "up":
            away = self.reading.sentence[setting.first] - self.reading.sentence[first]
            features.append(f"up away={min(away, 3)}")
            if setting.earlier:
                features.append("up, quotation between")
        else:
            features.append(f"above {'opens' if first in self.reading.opens else 'inside'}")
            features.append(f"above ends={self.tokens.text[setting.paragraph - 1]}")
        return features, verb

    def _sides(self, setting: Setting) -> str:
        """Say whether an attribution follows the quotation: then what precedes counts less."""
        tokens = self.tokens
        k = setting.last
        if k >= setting.sentence_end:
            return "nothing after"
        word = tokens.lower[k]
        if word == ",":
            k += 1
            word = tokens.lower[k] if k < setting.sentence_end else "."
        if word in FINITE_SPEECH:
            return "verb after"
        if self._within[min(k, len(tokens) - 1)]:
            nearest = self._first_verb(k, min(k + 8, setting.sentence_end))
            return "source after" if nearest is not None else "name after"
        return "words after"

    def _last_word(self, k: int) -> str:
        """Class the word right before the quotation."""
        if k < 0:
            return "start"
        word = self.tokens.lower[k]
        if word in FINITE_SPEECH:
            return "verb"
        if word in (",", ":", "that", "as", "a", "the", "is", "was", "to", "of", "and", "his"):
            return word
        if word in PREPOSITIONS:
            return "preposition"
        return "mark" if not word[0].isalnum() else "word"

    def _after(
        self, setting: Setting, first: int, last: int, rank: int
    ) -> tuple[list[str], int | None]:
        """Features of a mention after the quotation."""
        lower, text = self.tokens.lower, self.tokens.text
        zone = "right" if first < setting.sentence_end else "down"
        stop = setting.sentence_end if zone == "right" else setting.paragraph_end
        follows, verb = self._follows(last, stop)
        features = [zone, f"{zone} rank={min(rank, 4)}", f"{zone} follows={follows}",
                    f"{zone} preceded={self._preceded(first)}"]  # fmt: skip
        features += [f"{zone} {x}" for x in setting.shape]
        if zone == "right":
            tail = self._tail(setting)
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
            if any(self.reading.quoted[j] for j in range(k, first)):
                features.append("right, quotation between")
        elif any(self.reading.quoted[j] for j in range(setting.last, first)):
            features.append("down, quotation between")
        return features, verb


NONE_FEATURES = "none"


def none_features(setting: Setting, common: str) -> tuple[str, ...]:
    """Features of the answer that the article does not say who."""
    return (
        NONE_FEATURES, f"none {common}",
        *(f"none {x}" for x in setting.shape),
        f"none earlier={setting.earlier}",
    )  # fmt: skip


def iterate(evidence: Evidence) -> Iterator[Setting]:
    """Yield the settings of the article's top-level quotations, in order."""
    for quotation in evidence.inventory.quotations:
        if quotation.parent is None:
            yield evidence.setting(quotation)
