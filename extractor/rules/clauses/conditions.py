"""Finds conditions and occasions in one sentence.

* conditions: "if …", "unless …", "provided that …", "until …" with a clause, "should Iran fail …";
  "even if" is no condition for the action;
* exchanges: "in exchange for …", "in return for …", and "in return" alone;
* "As relations improve, …", "When talks end, …" at the beginning of a clause;
* occasions: "after X did Y", "following the vote".

None: "as soon as possible", "until 2026", "asked if", "at once", "on condition of anonymity".
"""

from extractor.frozen import frozen
from extractor.language.en.lists import word_set, word_tuple
from extractor.language.sentence_words import (
    AUXILIARIES,
    BREAKS,
    MODALS,
    MONTHS,
    PREPOSITIONS,
    PRONOUNS,
    clause_end,
    is_adverb,
    phrase_end,
)
from extractor.language.tokens import Token
from extractor.text.spans import Span

_OPENERS: dict[str, list[tuple[str, ...]]] = {}  # by their first words
for _phrase in word_tuple("clauses.condition-openers"):
    _OPENERS.setdefault(_phrase.partition(" ")[0], []).append(tuple(_phrase.split()))
_FIRST_WORDS = frozenset(_OPENERS) | {"as", "when"}
_EXCHANGES = frozenset(tuple(phrase.split()) for phrase in word_tuple("clauses.exchange-openers"))
_OCCASIONS = word_set("clauses.occasions")
_IDENTIFIED = word_set("clauses.identified")
_UNSAID = word_set("clauses.unsaid")
_DECIDING = word_set("clauses.deciding")


@frozen
class Condition:
    """A condition's words, as tokens first:end of a sentence (half-open)."""

    first: int
    end: int
    # "if", "even" ("even if"), "exchange", "return" ("in return" alone), "as" ("As talks go on, …")
    kind: str


def conditions_in(tokens: list[Token]) -> list[Condition]:
    """Return the conditions of a sentence, in order."""
    conditions: list[Condition] = []
    for i, token in enumerate(tokens):
        if token.lower not in _FIRST_WORDS or (conditions and i < conditions[-1].end):
            continue
        condition = _condition_at(tokens, i, token.lower)
        if condition is not None and condition.end > condition.first + 1:
            conditions.append(condition)
    return conditions


def _condition_at(tokens: list[Token], i: int, lower: str) -> Condition | None:
    """Return the condition that token `i` opens, `lower` in lower case; None when it opens none."""
    for words in _OPENERS.get(lower, ()):
        if tuple(t.lower for t in tokens[i : i + len(words)]) != words:
            continue
        behind = i + len(words)
        if words in _EXCHANGES:
            return Condition(i, exchange_end(tokens, behind), "exchange")
        if words in (("in", "return"), ("in", "exchange")):
            return Condition(i, behind, "return")
        if lower == "as" and not _verb_soon(tokens, behind):
            continue  # "as soon as possible", "as long as five years"
        if not _opens(tokens, i, behind, lower) or _hides_the_source(tokens, behind):
            return None
        kind = "even" if i and tokens[i - 1].lower == "even" else "if"
        return Condition(i, _subclause_end(tokens, behind), kind)
    if lower in ("as", "when") and _begins_clause(tokens, i) and _has_verb_before_comma(tokens, i):
        return Condition(i, _subclause_end(tokens, i + 1), "as")
    return None


def _opens(tokens: list[Token], i: int, behind: int, lower: str) -> bool:
    """Return whether the word at `i` opens a condition, e.g. "until talks resume".

    Not so "until 2026", "once again", "as if". `behind` is the token after the opening words.
    """
    following = tokens[behind] if behind < len(tokens) else None
    previous = tokens[i - 1].lower if i else ""
    if following is None or not following.is_word:
        return False
    if lower in ("until", "till", "pending"):
        return not (
            following.lower[0].isdigit() or following.lower in MONTHS
            or following.lower.startswith(("mid-", "early-", "late-"))
            or (following.lower in ("now", "then", "recently", "the", "at", "next", "this", "last",
                                 "further", "early", "late", "mid", "tomorrow", "today")
            and not _verb_soon(tokens, behind))
        )  # fmt: skip
    if lower == "once":
        return previous not in ("at", "was", "were", "had", "who", "than") and _verb_soon(
            tokens, behind
        )
    if lower == "should":  # "should Iran fail to comply"
        return _begins_clause(tokens, i) and following.capitalised
    if lower == "subject":
        return following.lower in ("conditions", "approval", "progress", "a", "certain")
    if lower == "if" and any(t.lower in _DECIDING for t in tokens[max(0, i - 6) : i]):
        return False  # "must decide if", "asked on Monday if"
    return not (lower == "if" and previous in ("as", "what", "see", "know"))


def _hides_the_source(tokens: list[Token], behind: int) -> bool:
    """Return whether it is how a source agreed to speak, e.g. "on condition of anonymity"."""
    words = [token.lower for token in tokens[behind : behind + 9]]
    if "anonymity" in words[:4]:
        return True
    passive = [k for k, word in enumerate(words) if word in ("be", "being", "is", "was", "were")]
    return any(words[k + 1] in _IDENTIFIED for k in passive if k + 1 < len(words)) and bool(
        _UNSAID & set(words)
    )


def _verb_soon(tokens: list[Token], i: int) -> bool:
    """Return whether a finite verb seems to follow before a mark, e.g. in "until talks resume"."""
    for token in tokens[i : i + 12]:
        if token.lower in BREAKS or token.lower == ",":
            return False
        if token.lower in AUXILIARIES or (
            token.lower.endswith(("es", "ed", "s"))
            and not token.capitalised
            and token.is_word
            and token.lower != "'s"
        ):
            return True
    return False


def _begins_clause(tokens: list[Token], i: int) -> bool:
    """Return whether a clause begins at token `i`, e.g. after a comma or "that"."""
    return i == 0 or tokens[i - 1].lower in BREAKS or tokens[i - 1].lower in ("that", ",", "but")


def _has_verb_before_comma(tokens: list[Token], i: int) -> bool:
    """Return whether a clause runs from `i` to a comma, e.g. "As talks went on,"."""
    following = tokens[i + 1].lower if i + 1 < len(tokens) else ""
    if tokens[i].text[0].islower() or following in ("a", "an", "part", "well", "of", "for", "with"):
        return False
    for words, token in enumerate(tokens[i + 1 : i + 25]):
        if token.lower == ",":
            return words >= 3
        if token.lower in BREAKS:
            return False
    return False


def _subclause_end(tokens: list[Token], behind: int) -> int:
    """Return the end of a condition: the comma before the main clause, or the clause's end."""
    end = clause_end(tokens, behind)
    for i in range(behind, end):
        if tokens[i].lower == "," and _main_follows(tokens, i + 1, end):
            return i
        if tokens[i].lower in ("then",) and i > behind + 2:
            return i
    while end > behind and tokens[end - 1].lower in (".", ","):
        end -= 1
    return end


def _main_follows(tokens: list[Token], i: int, end: int) -> bool:
    """Return whether a main clause follows the comma before `i`, e.g. ", the EU will lift them"."""
    if i >= end:
        return True
    if tokens[i].lower in ("which", "who", "including", "such"):
        return False
    for token in tokens[i : min(end, i + 14)]:
        if token.lower == ",":
            return False
        if token.lower in MODALS or token.lower in AUXILIARIES:
            return True
    return tokens[i].lower in ("and", "but") or tokens[i].lower in PRONOUNS


def exchange_end(tokens: list[Token], behind: int) -> int:
    """Return the end of what follows "in exchange for": a phrase with its complements."""
    if behind < len(tokens) and tokens[behind].lower.endswith("ing") and tokens[behind].is_word:
        end = clause_end(tokens, behind)
        for i in range(behind, end):
            if tokens[i].lower == ",":
                return i
        while end > behind and tokens[end - 1].lower == ".":
            end -= 1
        return end
    end = phrase_end(tokens, behind)
    while end < len(tokens) and tokens[end].lower in PREPOSITIONS and tokens[end].lower not in (
        "after", "before", "since", "following", "as", "including",
    ):  # fmt: skip
        further = phrase_end(tokens, end + 1)
        timed = end + 1 < len(tokens) and (
            tokens[end + 1].lower in MONTHS or tokens[end + 1].lower[0].isdigit()
        )
        if further <= end + 1 or (timed and tokens[end].lower in ("in", "on", "by")):
            break
        end = further
    return end


def condition_for(conditions: list[Condition], trigger: int, first: int) -> Condition | None:
    """Return the condition that the action at token `trigger` depends on: the nearest.

    None without one; one that holds the action itself does not count. `first` is the first token of
    what is acted on.
    """
    fitting = [c for c in conditions if not c.first <= trigger < c.end and c.kind != "even"]
    if not fitting:
        return None
    return min(fitting, key=lambda c: c.first - trigger if c.first > trigger else first - c.end + 4)


def inside_condition(conditions: list[Condition], trigger: int) -> bool:
    """Return whether the action itself is the condition, e.g. "if sanctions are lifted, …"."""
    return any(c.first < trigger < c.end and c.kind in ("if", "even") for c in conditions)


def occasion_after(tokens: list[Token], i: int) -> Span | None:
    """Return the first "after X did Y", "following the vote in May" from token `i` on, if any."""
    end = clause_end(tokens, i)
    for j in range(i, end):
        following = tokens[j + 1] if j + 1 < end else None
        if following is None or following.lower[0].isdigit() or following.lower in MONTHS:
            continue  # "since 1973" is a time, no event
        if tokens[j].lower in _OCCASIONS and not is_adverb(following):
            stop = _occasion_end(tokens, j + 1, end)
            if stop > j + 1:
                return Span(tokens[j].start, tokens[stop - 1].end)
    return None


def _occasion_end(tokens: list[Token], i: int, end: int) -> int:
    """Return the end of an occasion that begins at `i`: its first comma, else the clause's."""
    for j in range(i, end):
        if tokens[j].lower == ",":
            return j
    while end > i and tokens[end - 1].lower == ".":
        end -= 1
    return end
