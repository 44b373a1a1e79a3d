"""An entity while the passes over an article still add to it."""

from dataclasses import dataclass, field

from extractor.find.candidates import EntityKind, MentionKind


@dataclass(slots=True, eq=False)
class Draft:
    """An entity while the passes still add to it."""

    words: tuple[str, ...]  # the name's words without titles; () for unnamed sources
    kind: EntityKind
    name: str
    gender: str | None = None
    plural: bool = False
    role: str | None = None
    heads: set[str] = field(default_factory=set)  # "president", "envoy": what it is described as
    countries: set[str] = field(default_factory=set)  # of the descriptions: "BY"
    mentions: list[tuple[int, int, MentionKind]] = field(default_factory=list)  # tokens, half-open
    traits: set[str] = field(default_factory=set)  # names within its descriptions: "ohio"
    described: bool = False  # by a noun for people: "a senior official"
    likely: dict[int, float] = field(default_factory=dict)  # pronoun -> that it means this one
    named: list[int] = field(default_factory=list)  # first tokens of its names so far, in order
    first: int = 0  # first token of the first mention
