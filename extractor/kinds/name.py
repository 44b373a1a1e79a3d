"""Names: people, bodies, places and unnamed sources, with their roles and what they said."""

from collections.abc import Iterator, Sequence

from extractor.fields import Name
from extractor.find.candidates import Entity
from extractor.find.inventory import Inventory
from extractor.kinds.facts import ArticleFacts, Fact, RowFacts, RowQuery, entity_of
from extractor.kinds.kind import F, Kind, only_one
from extractor.text.spans import Span

_PEOPLE, _BODIES, _PLACES = ("person",), ("body",), ("place",)
# The kinds of names that a field asks for by its own name.
_ASKED_FOR: dict[str, tuple[str, ...]] = {
    **dict.fromkeys("person people persons individual individuals".split(), _PEOPLE),
    **dict.fromkeys(
        "body bodies organisation organisations organization organizations institution"
        " institutions company companies group groups agency agencies".split(),
        _BODIES,
    ),
    **dict.fromkeys("place places location locations city cities".split(), _PLACES),
    **dict.fromkeys("speaker speakers source sources quoted".split(), ("speaker",)),
}


class NameKind(Kind):
    """Rows on a name."""

    name = "name"
    field = Name
    words = "a name"
    precedence = 60
    letter = "P"
    accountable = False
    marking = "behind"
    reasons = ("not of the kind asked for",)
    synonyms = {
        "role": "role title position job office function",
        "kind": "kind type entitykind",
        "gender": "gender sex",
        "aliases": "aliases alias alsoknownas aka othernames forms",
        "quotation": "quotations quotes quotation quote said statements words",
    }
    sole_of_type = {"quotation": "quotation"}
    keeps_order = True
    has_confidence = False

    def span(self, candidate: Entity) -> Span:
        """Return the first mention."""
        return candidate.mentions[0].span if candidate.mentions else Span(0, 0)

    def anchor(self, fields: Sequence[F]) -> F | None:
        """Return the first name of the row if it is required."""
        first = only_one(fields, self.name)
        return first if first is not None and first.required else None

    def is_asked_about(self, candidate: Entity) -> bool:
        """Return whether it is a name proper and stands in the article."""
        return bool(candidate.mentions) and candidate.kind != "unnamed"

    def rows(self, known: ArticleFacts, query: RowQuery) -> Iterator[RowFacts]:
        """Yield the names asked for; where rows hold quotations, only who said something."""
        quoting = query.lists_quotations
        quoted: dict[str | None, list[str]] = {}
        for id_ in known.quotations() if quoting else ():
            quoted.setdefault(entity_of(known.attributions[id_].speaker), []).append(id_)
        for entity in _entities(known, query.anchor):
            if quoting and entity.id not in quoted:
                continue
            forms = {
                m.span.of(known.inventory.article.text): m.span
                for m in entity.mentions[::-1]
                if m.kind == "name"
            }
            facts = {
                "role": Fact(value=entity.role),
                "kind": Fact(word=entity.kind),
                "gender": Fact(word=entity.gender),
                "aliases": Fact(spans=tuple(sorted(forms.values()))),
                "quotation": Fact(candidates=tuple(quoted.get(entity.id, ()))),
            }
            yield RowFacts(entity.id, facts, 1.0)

    def ids(self, known: ArticleFacts, word: str) -> list[str]:
        """Return the names that a list's own name asks for: people, places, speakers; else all."""
        return [entity.id for entity in _entities(known, word)]

    def pieces(self, candidate: Entity, inventory: Inventory) -> Sequence[tuple[int, int]]:
        """Return the mentions by name, behind which the id stands."""
        return [mention.span for mention in candidate.mentions if mention.kind == "name"]


def _entities(known: ArticleFacts, word: str) -> Iterator[Entity]:
    """Yield the names that a field's own name asks for ("people"); all for any other word."""
    kinds = _ASKED_FOR.get(word, ("person", "body", "place"))
    speakers = None
    if kinds == ("speaker",):
        speakers = {entity_of(known.attributions[id_].speaker) for id_ in known.quotations()}
    # Names are found by rules of English; in another language a model may choose among them.
    for entity in known.inventory.names if known.has_rules else ():
        if entity.id in speakers if speakers is not None else entity.kind in kinds:
            yield entity


NAME = NameKind()
