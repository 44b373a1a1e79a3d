"""Says where the noun phrases and clauses of a sentence begin and end, without a tagger.

By closed classes of words and capital letters:

* a noun phrase runs over "of", possessives, lists of names and "in" before a place ("top officials
  of X and Y"); a verb, another preposition, a mark or an adverb ends it;
* a clause ends at a mark stronger than a comma, at ", and he …" or ", he said", and begins after
  such a mark or a subordinating word.

The closed classes are those that the rules of sanction statements and releases share.
"""

from extractor.language.en.lists import word_set
from extractor.language.tokens import Token

DETERMINERS = word_set(
    "closed_classes.determiners", "articles", "demonstrative", "each", "some", "amount"
) | word_set("closed_classes.possessives")
PREPOSITIONS = word_set("closed_classes.prepositions", "common", "rare")
MODALS = word_set("closed_classes.auxiliaries", "will", "possible", "due", "will-not", "cannot") | {
    "'ll"
}
AUXILIARIES = word_set("closed_classes.auxiliaries")
NEGATIONS = word_set("closed_classes.negations") | word_set(
    "closed_classes.auxiliaries", "cannot", "is-not", "not", "will-not", "due-not"
)
SUBORDINATORS = word_set("closed_classes.conjunctions", "subordinating", "relative", "rare")
COORDINATORS = word_set("closed_classes.conjunctions", "coordinating")
PRONOUNS = (
    word_set("closed_classes.subject-pronouns")
    | word_set("closed_classes.object-pronouns", "personal") - {"her"}
    | word_set("closed_classes.reflexives")
    | word_set("closed_classes.determiners", "demonstrative")
)
COMMON_VERBS = word_set("clauses.common-verbs")
BREAKS = frozenset("; : — – “ ” ( ) [ ] « » „ ? ! ... … --".split()) | {'"'}
MONTHS = (
    word_set("calendar.months", "full")
    | word_set("calendar.weekdays", "full")
    | {f"{short}." for short in word_set("calendar.months", "short", "word-like")}
)
_ADVERB_LIKE = word_set("clauses.adverb-like")
_BEFORE_SHORT_VERBS = word_set("closed_classes.before-short-verbs")
_TRAILING = word_set("clauses.trailing")
_DONE_TO_RULES = word_set("clauses.done-to-rules")
_REACH = 60  # words that a clause is followed for: longer ones are lists or broken text
_SAID = word_set("speech_verbs.reporting", "said")


def is_adverb(token: Token) -> bool:
    """Return whether a word is an adverb by its form or a list, e.g. "openly", "also"."""
    return token.lower in _ADVERB_LIKE or (
        len(token.lower) > 4 and token.lower.endswith("ly") and token.text[:1].islower()
    )


def is_possessor(tokens: list[Token], i: int) -> bool:
    """Return whether the word at `i` is a possessor, e.g. "Ottawa" in "Ottawa's sanctions"."""
    return i + 1 < len(tokens) and tokens[i + 1].lower == "'s" and not is_short_verb(tokens, i + 1)


def is_short_verb(tokens: list[Token], i: int) -> bool:
    """Return whether token `i` is a shortened "is" or "has", e.g. the second of "it's over"."""
    return tokens[i].lower == "'s" and i > 0 and tokens[i - 1].lower in _BEFORE_SHORT_VERBS


def joins_number(tokens: list[Token], i: int) -> bool:
    """Return whether token `i` is the hyphen of a number and a word, e.g. of "15-nation"."""
    return (
        tokens[i].lower == "-"
        and 0 < i < len(tokens) - 1
        and tokens[i - 1].lower[0].isdigit()
        and tokens[i - 1].end == tokens[i].start
        and tokens[i].end == tokens[i + 1].start
    )


def phrase_end(tokens: list[Token], at: int, limit: int = 24) -> int:
    """Return the index after the noun phrase that begins at `at`: "top officials of X and Y".

    It runs over "of", possessives and lists of names; it stops at a verb, another preposition,
    a mark, or a comma that does not continue a list. Returns `at` when no phrase begins there.
    """
    i, stop, after_name = at, min(len(tokens), at + limit), False
    while i < stop:
        token = tokens[i]
        if token.lower == "," or token.lower in ("and", "or"):
            following = _list_continues(tokens, i, stop)
            if i == at or not following:
                break
            i, after_name = following, False
            continue
        if not _continues(tokens, i, at, after_name):
            break
        after_name = token.capitalised or (after_name and not token.capitalised)
        i += 1
    while i > at and tokens[i - 1].lower in DETERMINERS | {"of", "and", "or", ",", "in"}:
        i -= 1
    return i


def _continues(tokens: list[Token], i: int, at: int, after_name: bool) -> bool:
    """Return whether token `i` can belong to the noun phrase that begins at `at`.

    E.g. "'s" or "sanctioned" in "Ottawa's sanctioned banks". `after_name`: a name stands before.
    """
    token, first = tokens[i], i == at
    lower = token.lower
    if is_short_verb(tokens, i):
        return False
    if lower in ("of", "'s", "'", "’", "&", "%") and not first:
        return True
    if joins_number(tokens, i):
        return not first
    if lower == "in" and not first:  # "officials in Lagos", not "on Iran in May", "in talks"
        before, following = tokens[i - 1], tokens[i + 1] if i + 1 < len(tokens) else None
        return (
            not before.capitalised
            and before.is_word
            and following is not None
            and following.capitalised
            and following.lower not in MONTHS
        )
    if not token.is_word or lower in AUXILIARIES or (lower in SUBORDINATORS and lower != "that"):
        return False
    if lower in PREPOSITIONS or lower == "but" or (lower in NEGATIONS and not first):
        return False
    if lower in DETERMINERS:
        previous = tokens[i - 1].lower
        return (
            first
            or previous in ("of", "in", "and", "or", ",")
            or _stacked(tokens, i)
            or (previous[0].isdigit() or lower in ("other", "more", "such"))
        )
    if lower in PRONOUNS and token.text != "US":
        return first
    if token.capitalised:
        return not (lower in MONTHS and not first and lower != "may")
    if is_adverb(token):
        return first or tokens[i - 1].lower in DETERMINERS
    if lower in COMMON_VERBS or (lower in _TRAILING and not first and not _stacked(tokens, i)):
        return False
    if not lower.endswith("ed") or first:
        return True
    behind = tokens[i + 1].lower if i + 1 < len(tokens) else ""
    if behind in ("back", "up", "down", "over", "out", "off"):
        return False
    if behind in PREPOSITIONS or behind in AUXILIARIES or not behind[:1].isalnum():
        return False  # "two soldiers captured in May"
    return not after_name or _may_modify(tokens, i, at)


def _stacked(tokens: list[Token], i: int) -> bool:
    """Return whether the determiner at `i` follows another, e.g. "its" in "all its"."""
    return tokens[i - 1].lower in DETERMINERS


def _may_modify(tokens: list[Token], i: int, at: int) -> bool:
    """Return whether an "-ed" word is an adjective here, e.g. "the sanctioned banks"."""
    if i == at or "-" in tokens[i].lower or tokens[i - 1].lower in DETERMINERS | {"of", "and"}:
        return True
    following = tokens[i + 1] if i + 1 < len(tokens) else None  # "Russian liquefied gas"
    return (
        following is not None
        and following.text[0].islower()
        and following.lower not in DETERMINERS | PREPOSITIONS | AUXILIARIES | COORDINATORS
        and following.lower not in ("last", "next", "earlier")
        and not is_adverb(following)
        and tokens[i].lower not in _DONE_TO_RULES
    )


def _list_continues(tokens: list[Token], i: int, stop: int) -> int:
    """Return where a list goes on after the comma or "and" at `i`; 0 when it does not."""
    j = i + 1
    if j < stop and tokens[i].lower == "," and tokens[j].lower in ("and", "or"):
        j += 1
    if j >= stop or not tokens[j].is_word or tokens[j].lower in AUXILIARIES | PRONOUNS:
        return 0
    token = tokens[j]
    if tokens[i].lower == "," and j == i + 1:  # "Cuba, Russia and Iran", not ", a key …"
        return (
            j
            if token.capitalised and tokens[i - 1].capitalised and _comma_list(tokens, j, stop)
            else 0
        )
    if token.lower in PREPOSITIONS | SUBORDINATORS | COMMON_VERBS or is_adverb(token):
        return 0
    if not token.capitalised and token.lower.endswith(("ed", "ing")):
        return 0
    if token.lower in ("its", "their", "his", "her", "other", "several", "some", "individuals"):
        return j
    # "on X and Y": both names, or both plain words with no verb right behind
    if tokens[i - 1].capitalised != token.capitalised and token.lower not in DETERMINERS:
        return 0 if token.capitalised else j
    following = tokens[j + 1] if j + 1 < len(tokens) else None
    verb_next = following is not None and (
        following.lower in AUXILIARIES | COMMON_VERBS
        or (token.capitalised and following.lower.endswith("ed") and following.is_word)
    )
    return 0 if verb_next else j


def _comma_list(tokens: list[Token], j: int, stop: int) -> bool:
    """Return whether "and" or "or" follows within a few words, as at the end of a list of names."""
    for token in tokens[j : min(stop, j + 10)]:
        if token.lower in ("and", "or"):
            return True
        if not (token.capitalised or token.lower in (",", "of", "the", "'s")):
            return False
    return False


def subject_start(tokens: list[Token], end: int) -> int:
    """Return where the noun phrase that ends before token `end` begins; `end` without one."""
    start = end
    while start > 0 and end - start < 14:
        token = tokens[start - 1]
        lower = token.lower
        if not token.is_word and lower not in ("'", "’") and not joins_number(tokens, start - 1):
            break
        if (
            lower in AUXILIARIES
            or lower in SUBORDINATORS
            or is_adverb(token)
            or lower in COMMON_VERBS
        ):
            break
        if is_short_verb(tokens, start - 1):
            break
        if lower in PREPOSITIONS and lower not in ("in", "of"):
            break
        if lower in COORDINATORS and not _joins_subjects(tokens, start - 1):
            break
        if lower == "in" and start > 1 and not tokens[start - 2].lower.endswith("s"):
            break
        start -= 1
    while start < end and tokens[start].lower in ("and", "or", "of", "in"):
        start += 1
    return start


def _joins_subjects(tokens: list[Token], i: int) -> bool:
    """Return whether "and" at `i` joins two subjects, e.g. "X and Y were"; not two clauses."""
    for j in range(i - 1, max(-1, i - 8), -1):
        token = tokens[j]
        if not token.is_word or token.lower in SUBORDINATORS:
            return True
        if token.lower in COMMON_VERBS or (token.lower.endswith("ed") and not token.capitalised):
            return False
        if token.lower in AUXILIARIES or (token.lower in PREPOSITIONS and token.lower != "of"):
            return False
    return True


def clause_start(tokens: list[Token], at: int) -> int:
    """Return the index of the first token of the clause that token `at` stands in."""
    i = at
    while i > max(0, at - _REACH):
        before = tokens[i - 1]
        if before.lower in BREAKS or before.lower in SUBORDINATORS:
            break
        i -= 1
    return i


def clause_end(tokens: list[Token], at: int) -> int:
    """Return the index after the last token of the clause that token `at` stands in.

    It ends at a mark stronger than a comma, at ", and he …" or at ", he said".
    """
    i = at
    while i < min(len(tokens), at + _REACH):
        lower = tokens[i].lower
        if lower in BREAKS or (lower == "." and i + 1 >= len(tokens)):
            break
        if lower == "," and _clause_follows(tokens, i + 1):
            break
        i += 1
    return i


def _clause_follows(tokens: list[Token], i: int) -> bool:
    """Return whether a new clause begins at `i`, after a comma, e.g. "he said", "which"."""
    window = tokens[i : i + 12]
    if not window:
        return True
    if window[0].lower in (
        "according",
        "which",
        "who",
        "while",
        "but",
        "although",
        "though",
        "said",
    ):
        return True
    for k, token in enumerate(window):
        if token.lower in _SAID:
            return True
        if token.lower == "," or token.lower in BREAKS:
            return False
        if token.lower in AUXILIARIES or is_short_verb(window, k):
            return (
                window[0].lower in ("and", "or")
                or window[0].capitalised
                or window[0].lower in PRONOUNS
            )
    return False
