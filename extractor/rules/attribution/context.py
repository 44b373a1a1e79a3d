"""The article as attribution reads it, without a parser.

`AttributionContext` says where a quotation stands among the reporter's words, what stands around it
(verbs of speech, an attribution after a comma), and which verb a mention is the subject of:

    [Smith] said · [Smith] has repeatedly said · [Smith], an adviser, said · [Smith] (left) said

What is known of one mention that may be a speaker, whatever the quotation: nearby.py.
"""

from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from operator import itemgetter

from extractor.find.candidates import Placed, QuotationCandidate
from extractor.find.inventory import Inventory
from extractor.frozen import frozen
from extractor.language.en.lexicon import (
    AUXILIARIES,
    CONJUNCTIONS,
    CORE_SPEECH,
    DETERMINERS,
    FINITE_SPEECH,
    POSSESSIVES,
    PREPOSITIONS,
    SPEECH_VERBS,
)
from extractor.language.en.lists import word_set
from extractor.language.word_classes import PERSON, SPEECH

_ADVERBS = word_set("attribution.adverbs-before-verbs")
_VERBAL = frozenset("core verb weak ed".split())
_DETERMINING = DETERMINERS | POSSESSIVES
_POSSESSIVE = word_set("closed_classes.possessive-endings")
_DOUBLE_MARKS = frozenset('"“”')
ENDS_APPOSITION = frozenset('"“;:.')
_TELLING = frozenset((",", ":", "¶", ".", "that"))  # before a quotation
_FIRST, _LAST = itemgetter(0), itemgetter(1)  # the tokens that a mention covers
_WIDEST = 300  # tokens of a sentence that are read on each side of a quotation
_IN_TALK = frozenset(("i", "we", "you"))
ADDRESSED = "addressed"  # what follows a mention that somebody speaks to: "was asked"
_BE = word_set("closed_classes.auxiliaries", "is") | word_set("closed_classes.auxiliaries", "be")
_ADDRESSED = word_set("attribution.addressed")


@frozen
class QuotationSetting:
    """Where a quotation stands among the reporter's words, as indices of the article's tokens."""

    context: "AttributionContext"  # the article that it stands in
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
    """Return the last character before the closing mark, with the comma that spans leave out."""
    end = quotation.spans[-1].end
    after = text[end : quotation.outer.end].strip()[:1]
    return "," if after == "," else text[end - 1]


class AttributionContext:
    """An article's tokens and its mentions outside quotations, as attribution reads them."""

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        self.document = inventory.document
        self.tokens = inventory.document.tokens
        first_from = self.tokens.first_from
        self.mentions = inventory.placed
        self.heads = self.tokens.all_of(PERSON)  # nouns for people
        quoted = self.document.quoted
        # Verbs of speech outside quotations.
        self._speech = [k for k in self.tokens.all_of(SPEECH) if not quoted[k]]
        self._at: list[int] = list(map(_FIRST, self.mentions))
        covered = map(range, self._at, map(_LAST, self.mentions))
        self._within = set[int]().union(*covered)  # tokens inside any mention
        self._paragraph_starts = [first_from(p.span.start) for p in inventory.article.paragraphs]
        self._follows: dict[tuple[int, int], tuple[str, int | None]] = {}  # by mention's end, stop
        self.nearby: dict[int, NearbyMention | None] = {}  # by index in `mentions`, see `nearby`
        self.said_before: dict[str, int] = {}  # entity id -> quotations given to it so far

    def between(self, first: int, last: int) -> Sequence[Placed]:
        """Return the mentions that begin at tokens first:last."""
        return self.mentions[bisect_left(self._at, first) : bisect_left(self._at, last)]

    def mention_from(self, k: int) -> int:
        """Return the index in `mentions` of the first that begins at token `k` or later."""
        return bisect_left(self._at, k)

    # --- where a quotation stands -----------------------------------------------------------

    def setting(self, quotation: QuotationCandidate) -> QuotationSetting:
        """Return where a quotation stands, with its sentence and paragraph around it."""
        tokens, text = self.tokens, self.inventory.article.text
        first = tokens.first_from(quotation.outer.start)
        last = tokens.first_from(quotation.outer.end)
        if last <= first:
            last = first + 1
        if first == len(tokens):
            first -= 1
        para_last, starts = quotation.paragraph, self._paragraph_starts
        para_first = starts[para_last]
        while para_last + 1 < len(starts) and starts[para_last + 1] < last:
            para_last += 1
        para_end = tokens.first_from(self.inventory.article.paragraphs[para_last].span.end)
        sentence, end = self._sentence_start(first), self._sentence_end(last - 1)
        inner = last_mark(quotation, text)
        if end <= last < para_end:  # '"Why?" he asked': the sentence goes on after the mark
            word = tokens.text[last]
            if word[0].islower() or inner in ",-–—" or (inner in "?!" and not word[0].isdigit()):
                end = self._sentence_end(last)
        before = tokens.text[first - 1] if first > para_first else "¶"
        shape = _shape_of(
            min(last - first, 20), text[quotation.spans[0].start].isupper(), inner,
            first <= sentence, last >= end, before if before in _TELLING else "w",
            first == para_first and last >= para_end,
        )  # fmt: skip
        lowest = first - _WIDEST if first - _WIDEST > para_first else para_first
        highest = last + _WIDEST if last + _WIDEST < para_end else para_end
        return QuotationSetting(
            self, quotation, first, last,
            sentence if sentence > lowest else lowest, end if end < highest else highest,
            para_first, para_end, shape, any(self.document.quoted[lowest:first]),
        )  # fmt: skip

    def _sentence_start(self, k: int) -> int:
        """Return the first token of the sentence that token `k` stands in."""
        span = self.inventory.sentences[self.document.sentence_of[k]].span
        return self.tokens.first_from(span.start)

    def _sentence_end(self, k: int) -> int:
        """Return the token after the sentence that token `k` stands in."""
        span = self.inventory.sentences[self.document.sentence_of[k]].span
        return self.tokens.first_from(span.end)

    # --- what stands around it ------------------------------------------------------------

    def paragraphs_between(self, earlier: int, later: int) -> int:
        """Return how many paragraphs lie from one token to a later one."""
        starts = self._paragraph_starts
        return bisect_left(starts, later + 1) - bisect_left(starts, earlier + 1)

    def back_limit(self, setting: QuotationSetting) -> int:
        """Return the first token of the paragraph before: speakers are not looked for above it."""
        index = setting.quotation.paragraph
        return self._paragraph_starts[index - 1] if index else 0

    def tail(self, setting: QuotationSetting) -> int | None:
        """Return the token at which an attribution after a comma begins: ", Smith said"."""
        tokens, quoted, last = self.tokens, self.document.quoted, setting.last
        for k in range(setting.last - 1, setting.sentence_end - 1):
            if k >= last and (tokens.text[k] != "," or quoted[k]):
                continue
            following = tokens.lower[k + 1]
            if following in FINITE_SPEECH and self.named_at(k + 2):
                return k + 1
            if self.named_at(k + 1) and self.verb_after(self.ends_at(k + 1), setting.sentence_end):
                return k + 1
        return None

    def is_of_speaker(self, setting: QuotationSetting) -> bool:
        """Return whether a quotation in a turn is the speaker's own or his hearer's.

        E.g. `I told them "no"`, `You said, "No."`: the sentence's last verb of speech before it
        has "I", "we" or "you" as its subject.
        """
        verb = self.nearest_verb(setting.sentence, setting.first)
        if verb is None:
            return False
        k, lower = verb - 1, self.tokens.lower
        while k > setting.sentence and (lower[k] in AUXILIARIES or lower[k] in _ADVERBS):
            k -= 1
        return lower[k] in _IN_TALK

    def named_at(self, k: int) -> bool:
        """Return whether a mention, or the words of a role before one, begins at token `k`."""
        return k in self._within

    def ends_at(self, k: int) -> int:
        """Return the first token from `k` on that no mention covers."""
        while k in self._within:
            k += 1
        return k

    def nearest_verb(self, first: int, last: int) -> int | None:
        """Return the last verb of speech among tokens first:last outside quotations."""
        at = bisect_left(self._speech, last)
        return self._speech[at - 1] if at and self._speech[at - 1] >= first else None

    def first_verb(self, first: int, last: int) -> int | None:
        """Return the first verb of speech among tokens first:last outside quotations."""
        at = bisect_left(self._speech, first)
        verb = self._speech[at : at + 1]
        return verb[0] if verb and verb[0] < last else None

    # --- what a mention governs ------------------------------------------------------------

    def follows(self, last: int, stop: int) -> tuple[str, int | None]:
        """Return what follows a mention, and the verb of speech that it is likely the subject of.

        The mention ends before token `last`; nothing from token `stop` on is read. What follows is
        named as a feature: "direct core", "aux verb", "apposition verb", "possessive", …
        """
        known = self._follows.get((last, stop))  # a mention may be the source of many quotations
        if known is None:
            known = self._follows[last, stop] = self._find_following(last, stop)
        return known

    def _find_following(self, last: int, stop: int) -> tuple[str, int | None]:
        """Return the same as `follows`: reads past auxiliaries, adverbs, brackets, appositions."""
        lower, k, passed, being = self.tokens.lower, last, "", False
        if k < stop and self.tokens.text[k] in _POSSESSIVE:
            return "possessive", None
        for _ in range(6):
            if k >= stop:
                return (passed or "end"), None
            kind = _kind_after(lower[k])
            if kind in _VERBAL:
                if being and lower[k] in _ADDRESSED:
                    return ADDRESSED, None
                return (passed or "direct ") + kind, k
            if kind == "aux":
                passed, being = "aux ", lower[k] in _BE
            elif kind == "adverb":
                passed = passed or "adverb "
            elif kind == "(":
                while k < stop and lower[k] != ")":
                    k += 1
            elif passed:
                return passed + "other", None
            elif kind == ",":
                return self._past_apposition(k, stop)
            else:
                return kind, k if kind == "ing" else None
            k += 1
        return "far", None

    def verb_after(self, last: int, stop: int) -> int | None:
        """Return the verb of speech that a mention ending at token `last` is the subject of.

        Only tokens before `stop` are looked at, which may lie beyond the end of the article.
        """
        _, verb = self.follows(last, min(stop, len(self.tokens.lower)))
        return verb if verb is not None and self.tokens.lower[verb] in FINITE_SPEECH else None

    def subject_of(self, last: int, stop: int) -> int | None:
        """Return the token, likely a verb, that a mention ending before `last` is subject of."""
        verb = self.follows(last, stop)[1]
        k, lower = last, self.tokens.lower
        if verb is not None or k >= stop or not lower[k][0].isalpha():
            return verb
        while k < stop and (lower[k] in AUXILIARIES or lower[k] in _ADVERBS):
            k += 1
        plain = k < stop and lower[k].isalpha() and not self.document.quoted[k]
        outside = plain and lower[k] not in PREPOSITIONS and lower[k] not in CONJUNCTIONS
        return k if outside and lower[k] not in DETERMINERS else None

    def _past_apposition(self, k: int, stop: int) -> tuple[str, int | None]:
        """Return what follows an apposition that the comma at `k` opens, and the verb of speech."""
        lower, quoted = self.tokens.lower, self.document.quoted
        for j in range(k + 1, min(k + 25, stop)):
            word = lower[j]
            if quoted[j] or word in ENDS_APPOSITION:
                break
            if word == "," and j + 1 < stop:
                following = lower[j + 1]
                if following in FINITE_SPEECH:
                    return "apposition verb", j + 1
                passing = following in AUXILIARIES or following.endswith("ly")
                if passing and j + 2 < stop and lower[j + 2] in FINITE_SPEECH:
                    return "apposition verb", j + 2
        following = lower[k + 1] if k + 1 < stop else "."
        if following.endswith("ing"):
            return "comma ing", k + 1
        if following in FINITE_SPEECH:
            return "comma verb", k + 1
        return "comma who" if following == "who" else "comma", None

    def preceded(self, first: int) -> str:
        """Return what stands before the mention that begins at token `first`, as a feature."""
        lower = self.tokens.lower
        k = first - 1
        while k >= 0 and lower[k] in _DETERMINING:
            k -= 1
        if k < 0:
            return "start"
        word = lower[k]
        if self.document.quoted[k] or word in _DOUBLE_MARKS:
            return "quotation"
        if first in self.document.opens:
            return "opens"
        if word in ("to", "according") and lower[k - 1 if k else 0] == "according":
            return "according"
        return _kind_before(word)


@lru_cache(maxsize=20_000)
def _kind_after(word: str) -> str:
    """Return the class of a word after a mention, or after an auxiliary or adverb behind one."""
    if word in FINITE_SPEECH:
        return "core" if word in CORE_SPEECH else "verb"
    if word in AUXILIARIES:
        return "aux"
    if word in _ADVERBS or (word.endswith("ly") and len(word) > 4):
        return "adverb"
    if word in (",", "("):
        return word
    if word in SPEECH_VERBS:
        return "weak"
    if word.endswith("ed") and word.isalpha():
        return "ed"
    if word in PREPOSITIONS or word == "who":
        return f"then {'who' if word == 'who' else 'preposition'}"
    if word in CONJUNCTIONS:
        return "conjunction"
    if not word[0].isalnum():
        return _mark(word)
    return "ing" if word.endswith("ing") else "word"


@lru_cache(maxsize=20_000)
def _kind_before(word: str) -> str:
    """Return the class of a word before a mention."""
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
    return "word" if word[0].isalnum() else _mark(word)


def _mark(word: str) -> str:
    return f"mark {word}" if word in ",.:;—–-" else "mark"


@lru_cache(maxsize=2_000)
def _shape_of(
    words: int, upper: bool, inner: str, opens: bool, closes: bool, before: str, whole: bool
) -> tuple[str, ...]:
    """Return a quotation's shape as features: length, capital, marks, place in its sentence.

    `whole`: it fills its paragraph.
    """
    shape = (
        f"size={'1' if words < 5 else '2' if words < 9 else '3' if words < 20 else '4'}",
        f"cap={upper}",
        f"inner={inner if inner in ',.?!' else 'w'}",
        f"fill={'opens' if opens else 'inside'}{'closes' if closes else 'goes on'}",
        f"before={before}",
    )
    return (*shape, "whole paragraph") if whole else shape


@frozen
class NearbyMention:
    """A mention that may be the speaker of quotations near it."""

    placed: Placed
    kind: str  # "name-person", "pronoun-they-subject"
    often: int  # how often its entity is mentioned, as a power of two
    preceded: str  # see AttributionContext.preceded
    described: Placed | None  # the person named beside it in whose description it stands
