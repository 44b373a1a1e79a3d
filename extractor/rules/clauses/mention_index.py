"""Looks up the mentions of an article by place: in a phrase, at a word, as subject of a verb.

The subject of a verb is the nearest mention before it in its clause that no preposition governs,
with those coordinated to it ("The U.S. and the European Union"). Passed over:

* what cannot act: things, possessives ("his"), a name that only modifies ("the Doe cabinet");
* who only speaks aside ("the aim, officials said, is to"), and the names of laws ("the Doe Act");
* asides: "X, named after Y, would lift".
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from extractor.find.candidates import Entity, Mention
from extractor.find.inventory import Inventory
from extractor.language.en.lists import word_set
from extractor.language.sentence_words import DETERMINERS, MONTHS, SUBORDINATORS
from extractor.language.tokens import Token
from extractor.text.spans import Span

Pair = tuple[Mention, Entity]

_LOCATIVE = word_set("clauses.locative")
_RELATIVES = word_set("clauses.relatives")
_FINITE = word_set("clauses.finite")
_POSSESSIVES = word_set("closed_classes.possessives", "personal")
_LOOK_BACK = 12  # mentions before a verb that may be its subject: more stand in lists only
# "MINSK, Dec 13 (Reuters) - ", "GENEVA (Reuters) – ": place and agency, which do not act.
_DATELINE = re.compile(
    r"^[A-Z][A-Z./, -]{2,40}(?:, [A-Z][a-z]{2,8}\.? \d{1,2})? ?"
    r"(?:\([\w. ]{2,24}\))? ?(?:[-–—]|--) ?",
    re.MULTILINE,
)
_LAWS = word_set("clauses.laws")
_SPEAKS = word_set("speech_verbs.reporting", "said")
_ASIDES = word_set("clauses.asides")


class Mentions:
    """The mentions of one article in order, those in datelines left out."""

    def __init__(self, inventory: Inventory) -> None:
        self.text = inventory.article.text
        self.pairs: tuple[Pair, ...] = _without_datelines(self.text, inventory.mentions)
        self._starts = [mention.span.start for mention, _ in self.pairs]
        self.by_id: dict[str, Pair] = {mention.id: (mention, e) for mention, e in self.pairs}

    def starting_before(self, offset: int) -> Iterator[Pair]:
        """Yield the mentions that start before `offset`, the nearest first."""
        for k in range(bisect_left(self._starts, offset) - 1, -1, -1):
            yield self.pairs[k]

    def inside(self, span: Span, most: int = 12) -> list[Pair]:
        """Return the mentions within `span`, at most `most`; those inside a wider one left out."""
        k = bisect_left(self._starts, span.start)
        within: list[Pair] = []
        while k < len(self.pairs) and self._starts[k] < span.end and len(within) < most:
            mention = self.pairs[k][0]
            nested = within and within[-1][0].span.contains(mention.span)
            if mention.span.end <= span.end and not nested:
                within.append(self.pairs[k])
            k += 1
        return within

    def starting_in(self, span: Span) -> list[Pair]:
        """Return the mentions that start in `span`, at most eight."""
        k = bisect_left(self._starts, span.start)
        starting: list[Pair] = []
        while k < len(self.pairs) and self._starts[k] < span.end and len(starting) < 8:
            starting.append(self.pairs[k])
            k += 1
        return starting

    def at(self, span: Span) -> Pair | None:
        """Return the widest mention that overlaps a word, pronouns left out; None without any."""
        best: Pair | None = None
        k = bisect_left(self._starts, span.end) - 1
        for pair in self.pairs[max(0, k - 7) : k + 1]:
            mention = pair[0]
            if mention.kind != "pronoun" and mention.span.overlaps(span):
                size = mention.span.end - mention.span.start
                if best is None or size > best[0].span.end - best[0].span.start:
                    best = pair
        return best

    def subject(self, tokens: list[Token], i: int) -> tuple[str, ...]:
        """Return the ids of the mentions that are the subject of the verb group beginning at `i`.

        None of them where the clause names no subject (see the module's docstring).
        """
        i = _before_aside(tokens, i)
        if i <= 0:
            return ()
        left, right = tokens[0].start, tokens[min(i, len(tokens)) - 1].end
        spare: tuple[str, ...] = ()
        k = bisect_left(self._starts, right) - 1
        for steps in range(_LOOK_BACK):
            j = k - steps
            if j < 0 or self._starts[j] < left:
                break
            mention, entity = self.pairs[j]
            if mention.span.end > right or not can_act(entity, mention):
                continue
            if self.is_possessive(mention) or self._only_modifies(j):
                continue
            if _speaks_aside(tokens, mention.span.end, i) or _names_a_law(tokens, mention.span.end):
                continue
            previous = _word_before(tokens, mention.span.start)
            opener = _opener_between(tokens, mention.span.end, right)
            if opener in _RELATIVES:
                ruled = _instrument_after(tokens, mention.span.end)  # "a U.S. law which imposes"
                ruled = ruled or (opener == "which" and entity.kind == "body")
                if previous not in _LOCATIVE and opener in ("which", "who"):
                    return self._with_equals(tokens, j, left)
                return (mention.id,) if previous != "of" or ruled else ()
            if opener:
                break
            absolute = previous == "with" and i < len(tokens) and tokens[i].lower.endswith("ing")
            if absolute:  # "with Washington announcing sanctions"
                return (mention.id,)
            if tokens[i - 1].lower == "'s" and mention.span.end >= tokens[i - 1].start:
                # "by Ottawa's refusal to lift"
                return (mention.id,)
            if previous in _LOCATIVE and not _is_to_act(tokens, mention.span.end, i):
                spare = spare or ((mention.id,) if previous == "of" else ())
            else:
                return self._with_equals(tokens, j, left)
        return spare

    def is_possessive(self, mention: Mention) -> bool:
        """Return whether a mention is a possessive pronoun and nobody who acts, e.g. "his"."""
        return mention.span.of(self.text).lower() in _POSSESSIVES

    def _only_modifies(self, k: int) -> bool:
        """Return whether mention `k` only is part of a wider one, e.g. "Doe" in "the Doe cabinet".

        Or is its noun alone: "leaders" in "Western leaders".
        """
        inner, kind = self.pairs[k][0].span, self.pairs[k][1].kind
        named = self.pairs[k][0].kind == "name"
        for wider, entity in self.pairs[max(0, k - 2) : k]:
            if not wider.span.contains(inner) or not can_act(entity, wider):
                continue
            if wider.span.start < inner.start and wider.span.end == inner.end and not named:
                return True
            if kind in ("person", "other") and wider.span.end > inner.end:
                return True
        return False

    def acting_before(self, tokens: list[Token], i: int) -> str | None:
        """Return the last mention before `i` that an auxiliary follows: X in "X has sent Y and"."""
        if i <= 0:
            return None
        k = bisect_left(self._starts, tokens[i].start) - 1
        for j in range(k, max(-1, k - _LOOK_BACK), -1):
            mention, entity = self.pairs[j]
            if mention.span.start < tokens[0].start:
                break
            if not can_act(entity, mention) or self.is_possessive(mention):
                continue
            behind = _index_behind(tokens, mention.span.end)
            if behind >= i or tokens[behind].lower not in _FINITE:
                continue
            previous = _word_before(tokens, mention.span.start)
            if previous not in _LOCATIVE and previous not in SUBORDINATORS:
                return mention.id
        return None

    def _with_equals(self, tokens: list[Token], k: int, left: int) -> tuple[str, ...]:
        """Return the ids of mention `k` and those coordinated before it, from offset `left` on."""
        alone, listed = (self.pairs[k][0].id,), True
        equals, entities = [self.pairs[k][0]], {self.pairs[k][1].id}
        while k > 0 and self._starts[k - 1] >= left and len(equals) < 5:
            k -= 1
            before = self.pairs[k][0]
            if before.span.end > equals[-1].span.start:
                continue
            gap = self.text[before.span.end : equals[-1].span.start].lower().split()
            if not gap or set(gap) - {",", "and", "the", "as", "well"}:
                break
            if len(equals) == 1:
                listed = "and" in gap
            if self.pairs[k][1].id not in entities:
                equals.append(before)
                entities.add(self.pairs[k][1].id)
        if not listed and _word_before(tokens, equals[-1].span.start) in _LOCATIVE:
            return alone  # "after talks with X and Y, the Council lifted"
        return tuple(mention.id for mention in reversed(equals))


def _without_datelines(text: str, pairs: tuple[Pair, ...]) -> tuple[Pair, ...]:
    """Leave out the mentions in datelines."""
    lines = [match.span() for match in _DATELINE.finditer(text)]
    if not lines:
        return pairs
    starts = [first for first, _ in lines]

    def inside(offset: int) -> bool:
        k = bisect_right(starts, offset) - 1
        return k >= 0 and offset < lines[k][1]

    return tuple(pair for pair in pairs if not inside(pair[0].span.start))


def can_act(entity: Entity, mention: Mention) -> bool:
    """Return whether a mention may act, e.g. "the council", not "the report" or "which"."""
    if entity.kind == "other" and mention.kind != "name":
        return False
    return mention.kind != "pronoun" or entity.name.lower() not in ("which", "that", "what", "it")


def _word_before(tokens: list[Token], offset: int) -> str:
    """Return the word before `offset`, determiners and names left out; "" where none is."""
    k = bisect_left(tokens, offset + 1, key=lambda token: token.end) - 1
    skipped = 0
    if k > 0 and tokens[k].lower == "'s" and tokens[k - 1].capitalised:
        k -= 1
    while (
        k > 0
        and skipped < 3
        and (
            tokens[k].lower in DETERMINERS
            or (tokens[k].capitalised and tokens[k].lower not in MONTHS)
        )
        and tokens[k].lower not in ("that", "which")
    ):
        if tokens[k - 1].lower in MONTHS:
            return tokens[k].lower  # "In September the Council …": "in" governs the month
        k -= 1
        skipped += 1
    return tokens[k].lower if k >= 0 else ""


def _index_behind(tokens: list[Token], offset: int) -> int:
    """Return the first token behind a mention that ends at `offset`, its "'s" passed over."""
    k = bisect_left(tokens, offset, key=lambda token: token.start)
    return k + 1 if k < len(tokens) and tokens[k].lower == "'s" else k


def _instrument_after(tokens: list[Token], offset: int) -> bool:
    """Return whether a mention only says whose law it is, e.g. "a U.S. law"."""
    k = _index_behind(tokens, offset)
    return any(token.lower in _LAWS for token in tokens[k : k + 3])


def _speaks_aside(tokens: list[Token], offset: int, verb: int) -> bool:
    """Return whether a mention only speaks, e.g. "the aim, officials said, is to tighten"."""
    k = _index_behind(tokens, offset)
    return k + 1 < verb and tokens[k].lower in _SPEAKS and tokens[k + 1].lower == ","


def _before_aside(tokens: list[Token], i: int) -> int:
    """Return where the subject ends in "X, named after Y, would lift"; `i` without an aside."""
    if i < 4 or i >= len(tokens) or tokens[i - 1].lower != "," or tokens[i].lower not in _FINITE:
        return i
    for k in range(i - 2, max(0, i - 26), -1):
        if tokens[k].lower == ",":
            opens = tokens[k + 2 if tokens[k + 1].lower in ("”", '"') else k + 1].lower
            return k if opens.endswith(("ed", "ing")) or opens in _ASIDES else i
    return i


def _is_to_act(tokens: list[Token], offset: int, verb: int) -> bool:
    """Return whether "to draft" follows a mention, e.g. "called on the council to draft a text"."""
    k = _index_behind(tokens, offset)
    if k + 1 >= verb or tokens[k].lower != "to":
        return False
    act = tokens[k + 1]
    return act.is_word and not act.capitalised and act.lower not in DETERMINERS


def _names_a_law(tokens: list[Token], offset: int) -> bool:
    """Return whether a name opens a longer one, of a law, e.g. "the John Doe Banking Act"."""
    k = _index_behind(tokens, offset)
    for token in tokens[k : k + 9]:
        if token.text in ("Act", "Law", "Bill", "Resolution"):
            return True
        if not token.capitalised and token.lower not in (
            "of",
            "and",
            "in",
            "the",
            "for",
            "on",
            "(",
        ):
            return False
    return False


def _opener_between(tokens: list[Token], start: int, end: int) -> str:
    """Return the last word between two offsets that opens another clause; "" without any."""
    k = bisect_left(tokens, start, key=lambda token: token.start)
    opener = ""
    while k < len(tokens) and tokens[k].start < end:
        lower = tokens[k].lower
        following = tokens[k + 1].lower if k + 1 < len(tokens) else ""
        shared = (lower, following) in (
            ("so", "far"),
            ("whether", "to"),
        )  # "is debating whether to"
        if lower == ";" or (
            lower in SUBORDINATORS and lower not in ("after", "since") and not shared
        ):
            opener = lower
        k += 1
    return opener
