"""On whom or what a restriction falls, as its sentence says it."""

from extractor.answer.parties import (
    GOODS_MODIFIERS,
    bare,
    imposes_by_name,
    on_later,
    span_of,
    split_list,
)
from extractor.find.actions import Reading
from extractor.find.clauses import PREPOSITIONS, Token, phrase_end
from extractor.find.countries import lookup
from extractor.spans import Span


def target_of(tokens: list[Token], reading: Reading) -> tuple[tuple[Span, ...], float]:
    """Return on whom or what it falls, as the sentence says it."""
    r = reading.restriction
    if r.has_complement and r.kind == "noun":
        begin = r.core + 1
        while begin < r.end and tokens[begin].low in ("at", "to", "place", "on", "against"):
            begin += 1
        parts = split_list(tokens, begin, r.end)
        if parts:
            return parts, 1.0
    if reading.on is not None:
        first, end = reading.on
        while first < end and tokens[first].low in (*PREPOSITIONS, ","):
            first += 1
        stop = phrase_end(tokens, first)
        parts = split_list(tokens, first, min(end, stop) if stop > first else end)
        if parts:
            return parts, 1.0
    later = on_later(tokens, max(reading.trigger[1], r.core))
    if later is None and reading.trigger[0] > r.head:  # "imposed on X" before "remain"
        later = on_later(tokens, r.core)
    listed = any(t.low == "including" for t in tokens[reading.trigger[1] : r.first])
    if listed:  # "sanctions on X, including an arms embargo": on X too
        return (), 0.0
    before = _target_before(tokens, reading)
    far = later is not None and any(t.low == "," for t in tokens[r.core : later[0]])
    imposed = later is not None and _imposed_there(tokens, r.core, later[0])
    if later and (reading.how != "noun" or imposed) and not (far and before[0]):
        return split_list(tokens, *later), 0.9
    return before


def _imposed_there(tokens: list[Token], core: int, later: int) -> bool:
    """Tell whether the restriction was "imposed … on": "the removal of sanctions imposed on X"."""
    return core < len(tokens) and core < later and tokens[core].low in _IMPOSED


_IMPOSED = frozenset("imposed placed slapped levied introduced".split())


def _target_before(tokens: list[Token], reading: Reading) -> tuple[tuple[Span, ...], float]:
    """Return the target in "Syria sanctions", "the oil embargo"."""
    r = reading.restriction
    for i in range(r.first, r.head):
        token = tokens[i]
        own = token.low.endswith(("'s", "s'"))
        if not token.capital or own or lookup(bare(token)) is None:
            continue
        if not imposes_by_name(bare(token)):
            goods = i + 1 < r.head and tokens[i + 1].low in GOODS_MODIFIERS
            return (span_of(tokens, i, i + 1 + goods),), 0.8
    return (), 0.0
