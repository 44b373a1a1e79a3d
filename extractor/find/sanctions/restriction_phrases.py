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
_OPENING = DETERMINERS | word_set("sanctions.opening")
_NEVER_QUALIFY = word_set("sanctions.never-qualify")
_MANNERS = word_set("sanctions.manners")


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
    while core < len(tokens) and tokens[core].lower in _OWN_COMPOUNDS:
        kind = "list" if tokens[core].lower in ("list", "lists", "blacklist") else kind
        core += 1
    first, determined = _phrase_start(tokens, i)
    return Restriction(first, i, core, _complement_end(tokens, core), kind, weak, determined)


def _phrase_start(tokens: list[Token], i: int) -> tuple[int, bool]:
    """Return where the phrase named at `i` begins, and whether "the", "its" … stand before it."""
    first = i
    while first > 0 and i - first < 8 and _qualifies(tokens, first - 1, i):
        first -= 1
    determined = False
    while first < i and (tokens[first].lower in _OPENING or tokens[first].lower == "'s"):
        determined = determined or tokens[first].lower in (
            "the", "these", "those", "its", "their", "his", "all", "our", "this", "that",
        )  # fmt: skip
        if tokens[first].lower in ("all", "most", "some", "many", "more", "part", "several"):
            break
        first += 1
    return first, determined


def _qualifies(tokens: list[Token], j: int, head: int) -> bool:
    """Return whether token `j` modifies the name at `head`, as its right neighbour does."""
    token = tokens[j]
    lower = token.lower
    right = tokens[j + 1].lower
    if lower == "'s" or right == "'s":  # "the country's", but no "it's"
        return not is_short_verb(tokens, j if lower == "'s" else j + 1)
    if joins_number(tokens, j) or (j > 0 and joins_number(tokens, j - 1)):
        return True  # "a 15-month embargo"
    if lower == "of":
        return right in DETERMINERS and j > 0 and tokens[j - 1].lower in DETERMINERS
    if lower in ("and", ",") and j > 0 and j + 1 < head:
        left = tokens[j - 2] if tokens[j - 1].lower == "'s" and j > 1 else tokens[j - 1]
        if lower == "and" and right == left.lower == "more":
            return True
        if lower == "," and right in DETERMINERS:
            return False
        return left.is_word and (
            (left.capitalised and tokens[j + 1].capitalised and lower == "and")
            or (left.capitalised and right == "other")
            or (_adjective(left) and _adjective(tokens[j + 1]))
        )
    if lower in ("that", "which", "what", "whose"):
        return False
    if lower in DETERMINERS:
        return True
    if lower in PREPOSITIONS or lower in SUBORDINATORS:
        return False
    if token.capitalised:  # a verb too, in a headline: "Senate Panel Backs New Sanctions"
        verb = lower in ACTIONS or lower in SOFT or lower in LEAVING
        return not verb or (lower == "order" and tokens[j - 1].lower == "executive")
    if not token.is_word or lower in PREPOSITIONS | AUXILIARIES | SUBORDINATORS | PRONOUNS:
        return False
    if (
        lower in _NEVER_QUALIFY
        or lower in COMMON_VERBS
        or lower in ACTIONS
        or lower in SOFT
        or lower in LEAVING
        or is_adverb(token)
        or lower == "and"
    ):
        return False
    if lower.endswith(("ed", "ing")):
        has = j > 0 and tokens[j - 1].lower in ("has", "have", "had", "who", "it", "he", "they")
        has = has or right in ("a", "an", "the", "its", "their")  # "threatened an embargo"
        return "-" in lower or (lower in _BLENDERS and not has)
    return not lower.endswith("s") or lower in _S_WORDS or lower.endswith(("ous", "ss"))


def _adjective(token: Token) -> bool:
    """Return whether a word has an adjective's form, e.g. "economic and financial sanctions"."""
    return token.lower.endswith(
        ("ic", "al", "ful", "ous", "ive", "ary", "ng", "ed", "er", "gh", "sh", "id", "rm", "ry")
    ) or token.lower in ("export", "import", "trade", "arms", "oil", "visa", "travel", "un", "eu")


def _complement_end(tokens: list[Token], core: int) -> int:
    """Return the end of "on …", "against …", "targeting …", "related to …" behind the name."""
    if core >= len(tokens):
        return core
    lower = tokens[core].lower
    following = tokens[core + 1].lower if core + 1 < len(tokens) else ""
    if {following, tokens[core + 2].lower if core + 2 < len(tokens) else ""} & _MANNERS:
        return core  # "eased sanctions on condition that …"
    if following in MONTHS:
        return core  # "imposed sanctions on Monday afternoon"
    if lower in ("on", "against", "targeting", "upon", "vs", "vs."):
        begin = core + 1
    elif (lower, following) in (("aimed", "at"), ("related", "to"), ("in", "place"), ("of", "all")):
        begin = core + 2
        if lower == "in":
            if core + 2 >= len(tokens) or tokens[core + 2].lower not in ("on", "against"):
                return core
            begin = core + 3
    elif lower == "of" and following in GOODS:
        begin = core + 1
    else:
        return core
    end = phrase_end(tokens, begin)
    return end if end > begin else core
