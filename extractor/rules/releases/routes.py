"""Finds from where, where to and in exchange for what people were set free.

* destinations: "flown to X and Y", "left X for Y"; not "to safety", "to five years";
* origin: "freed from X", "left prison"; a place by name, or a word for captivity;
* exchange: "in exchange for …", "swapped for …", "after the EU lifted …", and "In return, …" in the
  next sentence.
"""

from extractor.find.document import Document, SentenceTokens
from extractor.language.en.lists import word_set
from extractor.language.sentence_words import (
    AUXILIARIES,
    MONTHS,
    SUBORDINATORS,
    clause_end,
    phrase_end,
)
from extractor.language.tokens import Token
from extractor.rules.clauses.conditions import exchange_end
from extractor.rules.releases.lexicon import CAPTIVITY
from extractor.rules.releases.phrases import members
from extractor.text.spans import Span

_CONCEDED = word_set("releases.conceded")


def destinations(tokens: list[Token], begin: int, verb: str) -> list[Span]:
    """Return where people went: "to X and Y", "X for Y", "into X", up to the clause's end."""
    marks = {"to", "into"}
    if verb in ("left", "returned"):
        marks = {"for", "to"}
    if verb in ("arrived", "arrive", "arrives", "landed"):
        marks = {"in", "at"}
    if verb == "reached":
        return _place(tokens, begin)
    end = clause_end(tokens, begin) if begin < len(tokens) else begin
    for i in range(begin, min(end, begin + 24)):
        lower = tokens[i].lower
        if (
            lower in ("who", "which", "after", "since", "and", "but", "that", "before")
            and i > begin
        ):
            goes_on = lower == "and" and i + 1 < end and tokens[i + 1].capitalised
            if not goes_on or _clause_verb(tokens, i, end):
                return []
        if lower in marks and i + 1 < end:
            found = _place(tokens, i + 1)
            if found:
                return found
    return []


def _clause_verb(tokens: list[Token], i: int, end: int) -> bool:
    """Return whether an auxiliary follows soon, e.g. in "and X was freed"."""
    return any(t.lower in AUXILIARIES for t in tokens[i : min(end, i + 6)])


def _place(tokens: list[Token], i: int) -> list[Span]:
    """Return the places that a phrase names; none for "to safety", "to lift", "to five years"."""
    end = phrase_end(tokens, i)
    if end <= i or not any(t.capitalised for t in tokens[i:end]):
        return []
    if tokens[i].lower in MONTHS or tokens[i].lower[0].isdigit():
        return []
    parts = []
    for a, b in members(tokens, i, end):
        if any(t.capitalised for t in tokens[a:b]):
            parts.append(Span(tokens[a].start, tokens[b - 1].end))
    return parts


def origin(tokens: list[Token], verb: int, behind: int, end: int) -> Span | None:
    """Return where people were set free or left: "from X", "left X for Y"."""
    if tokens[verb].lower == "left" and verb + 1 < len(tokens):
        stop = phrase_end(tokens, verb + 1)
        if stop > verb + 1 and (
            tokens[verb + 1].capitalised or tokens[stop - 1].lower in CAPTIVITY
            or {t.lower for t in tokens[verb + 1 : stop]} & CAPTIVITY
        ):  # fmt: skip
            return Span(tokens[verb + 1].start, tokens[stop - 1].end)
    for i in range(behind, min(end, behind + 14)):
        lower = tokens[i].lower
        if lower in SUBORDINATORS:
            return None
        if lower == "from" and i + 1 < len(tokens):
            stop = phrase_end(tokens, i + 1)
            words = {t.lower for t in tokens[i + 1 : stop]}
            if stop > i + 1 and tokens[i + 1].lower not in MONTHS and (
                any(t.capitalised for t in tokens[i + 1 : stop]) or words & CAPTIVITY
                or words & {"prisons", "jails", "colony", "camp", "detention"}
            ):  # fmt: skip
                return Span(tokens[i + 1].start, tokens[stop - 1].end)
    return None


def exchange(document: Document, sentence: SentenceTokens, verb: int) -> Span | None:
    """Return what was given for the release: in this sentence, or "In return, …" in the next."""
    tokens = sentence.tokens
    for i in range(max(0, verb - 40), min(len(tokens) - 2, verb + 60)):
        lower, following = tokens[i].lower, tokens[i + 1].lower
        if lower == "in" and following in ("exchange", "return") and tokens[i + 2].lower == "for":
            return _stretch(tokens, i + 3, exchange_end(tokens, i + 3))
        if lower in ("swapped", "exchanged", "traded") and i >= verb - 3:
            for j in range(i + 1, min(len(tokens) - 1, i + 10)):
                if tokens[j].lower == "for" and i <= verb + 6:
                    return _stretch(tokens, j + 1, exchange_end(tokens, j + 1))
        if lower == "after" and i > verb and not following.endswith("ing"):
            end = clause_end(tokens, i + 1)
            words = [t.lower for t in tokens[i + 1 : end]]
            if set(words) & _CONCEDED and not set(words[:2]) & {"being", "he", "she", "they"}:
                return _stretch(tokens, i + 1, _trim(tokens, i + 1, end))
    return _next_sentence(document, sentence.index + 1)


def _trim(tokens: list[Token], start: int, end: int) -> int:
    """Return the end of a stretch before its first comma and without marks at its end."""
    for i in range(start, end):
        if tokens[i].lower == "," and i > start + 3:
            return i
    while end > start and not tokens[end - 1].is_word:
        end -= 1
    return end


def _stretch(tokens: list[Token], first: int, end: int) -> Span | None:
    return Span(tokens[first].start, tokens[end - 1].end) if end > first else None


def _next_sentence(document: Document, index: int) -> Span | None:
    """Return the main clause of a next sentence that begins "In return," or "In exchange,"."""
    if index >= len(document.sentences):
        return None
    span = document.sentences[index].span
    text = span.of(document.article.text)
    for opening in ("In return", "In exchange"):
        if text.startswith((opening + ",", opening + " the", opening + " for the release")):
            inner = len(opening) + 1
            while inner < len(text) and text[inner] in ", ":
                inner += 1
            tail = len(text.rstrip(' ."”'))
            if tail > inner and not text.startswith(opening + " for"):
                return Span(span.start + inner, span.start + tail)
    return None
