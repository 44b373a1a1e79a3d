"""Reads the noun phrase that names a restriction: "all [new U.S. sanctions on Chad's banks]".

From the name it grows to the left over adjectives, capitalised words, possessives and determiners,
and to the right over a compound ("sanctions package") and "on …", "against …", "targeting …".
Verbs, adverbs and times ("on Monday") end it.
"""

from extractor.find.sanctions.lexicon import ACTIONS, LEAVING, SOFT
from extractor.frozen import frozen
from extractor.language.en.lists import word_set
from extractor.language.sentence_words import (
    AUXILIARIES,
    COMMON_VERBS,
    DETERMINERS,
    MONTHS,
    PREPOSITIONS,
    PRONOUNS,
    SUBORDINATORS,
    is_adverb,
    is_short_verb,
    joins_number,
    phrase_end,
)
from extractor.language.tokens import Token

GOODS = word_set("sanctions.goods")
_OWN_COMPOUNDS = word_set("sanctions.own-compounds")
_BLENDERS = word_set("sanctions.blenders")
_S_WORDS = word_set("sanctions.s-words")


@frozen
class Restriction:
    """A restriction's phrase, as indices of a sentence's tokens (half-open)."""

    first: int  # the first word, determiners left out
    head: int  # the word that names it: "sanctions", "ban", "freeze"
    core: int  # after the name and its compound: "sanctions package"
    end: int  # after its complement: "on oil"
    kind: str  # "noun", "verb" or "list"
    weak: bool  # counts only in an article that speaks of sanctions elsewhere
    determined: bool = False  # "the", "these", "its" stand before it
    on: tuple[int, int] | None = None  # of an entry ban: who is kept out

    @property
    def has_complement(self) -> bool:
        """Return whether "on …" or "against …" belongs to the phrase."""
        return self.end > self.core


def noun_phrase(tokens: list[Token], i: int, *, weak: bool, kind: str = "noun") -> Restriction:
    """Return the phrase around the name at token `i`: modifiers before it, "on …" behind it."""
    core = i + 1
    while core < len(tokens) and tokens[core].low in _OWN_COMPOUNDS:
        kind = "list" if tokens[core].low in ("list", "lists", "blacklist") else kind
        core += 1
    first, determined = _phrase_start(tokens, i)
    return Restriction(first, i, core, _complement_end(tokens, core), kind, weak, determined)


_OPENING = DETERMINERS | word_set("sanctions.opening")


def _phrase_start(tokens: list[Token], i: int) -> tuple[int, bool]:
    """Return where the phrase named at `i` begins, and whether "the", "its" … stand before it."""
    first = i
    while first > 0 and i - first < 8 and _qualifies(tokens, first - 1, i):
        first -= 1
    determined = False
    while first < i and (tokens[first].low in _OPENING or tokens[first].low == "'s"):
        determined = determined or tokens[first].low in (
            "the", "these", "those", "its", "their", "his", "all", "our", "this", "that",
        )  # fmt: skip
        if tokens[first].low in ("all", "most", "some", "many", "more", "part", "several"):
            break
        first += 1
    return first, determined


_NEVER_QUALIFY = word_set("sanctions.never-qualify")


def _qualifies(tokens: list[Token], j: int, head: int) -> bool:
    """Return whether token `j` modifies the name at `head`, as its right neighbour does."""
    token = tokens[j]
    low = token.low
    right = tokens[j + 1].low
    if low == "'s" or right == "'s":  # "the country's", but no "it's"
        return not is_short_verb(tokens, j if low == "'s" else j + 1)
    if joins_number(tokens, j) or (j > 0 and joins_number(tokens, j - 1)):
        return True  # "a 15-month embargo"
    if low == "of":
        return right in DETERMINERS and j > 0 and tokens[j - 1].low in DETERMINERS
    if low in ("and", ",") and j > 0 and j + 1 < head:
        left = tokens[j - 2] if tokens[j - 1].low == "'s" and j > 1 else tokens[j - 1]
        if low == "and" and right == left.low == "more":
            return True
        if low == "," and right in DETERMINERS:
            return False
        return left.word and (
            (left.capital and tokens[j + 1].capital and low == "and")
            or (left.capital and right == "other")
            or (_adjective(left) and _adjective(tokens[j + 1]))
        )
    if low in ("that", "which", "what", "whose"):
        return False
    if low in DETERMINERS:
        return True
    if low in PREPOSITIONS or low in SUBORDINATORS:
        return False
    if token.capital:  # a verb too, in a headline: "Senate Panel Backs New Sanctions"
        verb = low in ACTIONS or low in SOFT or low in LEAVING
        return not verb or (low == "order" and tokens[j - 1].low == "executive")
    if not token.word or low in PREPOSITIONS | AUXILIARIES | SUBORDINATORS | PRONOUNS:
        return False
    if (
        low in _NEVER_QUALIFY
        or low in COMMON_VERBS
        or low in ACTIONS
        or low in SOFT
        or low in LEAVING
        or is_adverb(token)
        or low == "and"
    ):
        return False
    if low.endswith(("ed", "ing")):
        has = j > 0 and tokens[j - 1].low in ("has", "have", "had", "who", "it", "he", "they")
        has = has or right in ("a", "an", "the", "its", "their")  # "threatened an embargo"
        return "-" in low or (low in _BLENDERS and not has)
    return not low.endswith("s") or low in _S_WORDS or low.endswith(("ous", "ss"))


def _adjective(token: Token) -> bool:
    """Return whether a word has an adjective's form, e.g. "economic and financial sanctions"."""
    return token.low.endswith(
        ("ic", "al", "ful", "ous", "ive", "ary", "ng", "ed", "er", "gh", "sh", "id", "rm", "ry")
    ) or token.low in ("export", "import", "trade", "arms", "oil", "visa", "travel", "un", "eu")


_MANNERS = word_set("sanctions.manners")


def _complement_end(tokens: list[Token], core: int) -> int:
    """Return the end of "on …", "against …", "targeting …", "related to …" behind the name."""
    if core >= len(tokens):
        return core
    low = tokens[core].low
    following = tokens[core + 1].low if core + 1 < len(tokens) else ""
    if {following, tokens[core + 2].low if core + 2 < len(tokens) else ""} & _MANNERS:
        return core  # "eased sanctions on condition that …"
    if following in MONTHS:
        return core  # "imposed sanctions on Monday afternoon"
    if low in ("on", "against", "targeting", "upon", "vs", "vs."):
        begin = core + 1
    elif (low, following) in (("aimed", "at"), ("related", "to"), ("in", "place"), ("of", "all")):
        begin = core + 2
        if low == "in":
            if core + 2 >= len(tokens) or tokens[core + 2].low not in ("on", "against"):
                return core
            begin = core + 3
    elif low == "of" and following in GOODS:
        begin = core + 1
    else:
        return core
    end = phrase_end(tokens, begin)
    return end if end > begin else core
