"""The kinds of things that rows rest on, one object each; see `kind.Kind` for what one knows.

    attribution   what somebody is reported to say       A1…   attribution.py
    quotation     words between quotation marks          Q1…   quotation.py
    figure        a number that counts or measures       N1…   figure.py
    sanction      a statement on a sanction              T1…   sanction.py   rests on its sentence
    release       a statement on a release               –     release.py    rests on its sentence
    sentence      any statement of one sentence          S1…   sentence.py
    name          a person, body, place, unnamed source  P1…   name.py

A kind of your own is put beside them with `register`, by the module that defines it.
"""

import re
from collections.abc import Collection
from dataclasses import replace

from extractor.fields import Grounded, Verbatim
from extractor.find.candidates import Mention
from extractor.find.inventory import Inventory
from extractor.kinds.attribution import ATTRIBUTION
from extractor.kinds.figure import FIGURE
from extractor.kinds.kind import Kind
from extractor.kinds.name import NAME
from extractor.kinds.quotation import QUOTATION
from extractor.kinds.release import RELEASE
from extractor.kinds.sanction import SANCTION
from extractor.kinds.sentence import SENTENCE
from extractor.text.spans import Span

_KINDS: dict[str, Kind] = {}  # by name, the most exact first
# The type of a field that holds an id or words of the article -> what `FieldShape.kind` calls it.
_FIELD_KINDS: dict[type[Grounded], str] = {Verbatim: "verbatim"}


def register(kind: Kind) -> None:
    """Make a kind known; one of the same name is replaced. Raises ValueError.

    To be called when the module that defines it is imported, before a schema that uses it is read.
    """
    others = {other.letter for other in _KINDS.values() if other.name != kind.name}
    if kind.letter and (not re.fullmatch("[A-Z]", kind.letter) or kind.letter in others):
        raise ValueError(f"{kind.name}: {kind.letter!r} is no capital letter, or another kind's")
    if kind.letter and "id" not in getattr(kind.field, "__dataclass_fields__", ()):
        raise ValueError(f"{kind.name}: its field type needs `id: str | None`, of the candidate")
    unregister(kind.name)
    known = sorted([*_KINDS.values(), kind], key=lambda other: other.precedence)
    _KINDS.clear()
    _KINDS.update((other.name, other) for other in known)
    if kind.name not in _FIELD_KINDS.values() and kind.field not in _FIELD_KINDS:
        _FIELD_KINDS[kind.field] = kind.name


def unregister(name: str) -> None:
    """Forget a kind and its field type; nothing happens when there is none of this name."""
    if _KINDS.pop(name, None) is not None:
        for field in [field for field, of in _FIELD_KINDS.items() if of == name]:
            del _FIELD_KINDS[field]


def all_kinds() -> tuple[Kind, ...]:
    """Return every kind, the most exact first: the first that fits a row is the row's."""
    return tuple(_KINDS.values())


def accountable_kinds() -> tuple[Kind, ...]:
    """Return the kinds whose candidates must all be accounted for."""
    return tuple(kind for kind in _KINDS.values() if kind.accountable)


def kind_named(name: str) -> Kind | None:
    """Return the kind of a name, e.g. "quotation"; None where there is none."""
    return _KINDS.get(name)


def kind_in_audit(name: str) -> Kind | None:
    """Return the kind whose candidates the audit calls by a name, e.g. "sanction statement"."""
    return next((kind for kind in _KINDS.values() if kind.audit_name == name), None)


def kind_of_id(id_: str) -> Kind | None:
    """Return the kind that a candidate's id belongs to: of quotations for "Q7"."""
    return next((kind for kind in _KINDS.values() if id_[:1] == kind.letter != ""), None)


def place_of(inventory: Inventory, id_: str) -> Span:
    """Return the span of the candidate of an id, with its marks; of a name its first mention.

    Raises KeyError: the article has no such candidate.
    """
    candidate, kind = inventory.by_id[id_], kind_of_id(id_)
    if isinstance(candidate, Mention):
        return candidate.span
    if kind is None:
        raise KeyError(id_)
    return kind.span(candidate)


def field_kind(type_: object) -> str | None:
    """Return what a field of a type holds ("quotation", "verbatim"); None if nothing grounded."""
    return _FIELD_KINDS.get(type_) if isinstance(type_, type) else None


def with_candidates(inventory: Inventory, wanted: Collection[str]) -> Inventory:
    """Return the inventory with the candidates of those kinds that are not always looked for.

    `wanted` are the names of the kinds of a schema's fields: only these are looked for.
    """
    more = {
        kind.letter: kind.find(inventory)
        for kind in _KINDS.values()
        if kind.name in wanted and not kind.is_everywhere
    }
    return replace(inventory, more=more) if more else inventory


for _kind in (ATTRIBUTION, QUOTATION, FIGURE, SENTENCE, SANCTION, RELEASE, NAME):
    register(_kind)
