"""Entities while they are found: each pass of `names.finder` adds to their drafts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from extractor.find.candidates import MentionKind
from extractor.language.kinds import EntityKind

# Code points of a mention: what is longer is no name, and would stand in every row that names it.
LONGEST_MENTION = 400


@dataclass(slots=True, eq=False)
class Draft:
    """An entity while the passes still add to it."""

    words: tuple[str, ...]  # the name's words without titles; () for unnamed sources
    kind: EntityKind
    name: str
    mentions: list[tuple[int, int, MentionKind]]  # tokens, half-open
    named: list[int]  # first tokens of its names so far, in order; of a description its first
    gender: str | None = None
    plural: bool = False
    role: str | None = None
    heads: frozenset[str] = frozenset()  # "president", "envoy": what it is described as
    countries: frozenset[str] = frozenset()  # of the descriptions: "BY"
    traits: frozenset[str] = frozenset()  # names within its descriptions: "ohio"
    described: bool = False  # by a noun for people: "a senior official"


class Description(NamedTuple):
    """A description: tokens first:last, of which `head` is the noun."""

    first: int
    last: int
    head: int
