"""Turns a record into tables, whatever its schema: one table for each row kind.

A list of models in the root model is a row kind (`quotes`), and so is a single model; a list of
anything else is a kind with one column. What is left at the root makes a last kind, `record`,
with one row. Models inside a row are columns with dotted names.

Nothing is cleaned or escaped in the cells: they hold the article's words as they are, with
their places.
"""

import types
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from extractor.article import STORY, Article
from extractor.fields import Figure, Grounded, Name, Passage, Stretches
from extractor.frozen import frozen
from extractor.language.languages import has_rules, language_name
from extractor.record import Extraction
from extractor.text.printable import one_line
from extractor.text.spans import Span

UNSURE = 0.5  # a confidence below it: as likely wrong as right
# What a cell looks like: the `role` of its type ("attribution", "quotation", "sentence", "figure",
# "phrase", "name", or another of a kind of one's own), or "plain".
Role = str
# What a row rests on, the most exact first; other roles come after these.
_ANCHORS = ("attribution", "quotation", "sentence", "figure", "phrase", "name")


@frozen
class Item:
    """One value in a cell: its words, and where they stand."""

    text: str
    spans: tuple[Span, ...] = ()
    role: Role = "plain"
    mention: str | None = None  # of a name, when it is printed otherwise: "she"
    value: Any = None  # the number, boolean or Figure behind the words

    @property
    def worth(self) -> str:
        """What a figure amounts to, where its words do not say the same; else nothing."""
        if not isinstance(self.value, Figure):
            return ""
        worth = one_line(amount(self.value))
        return worth if worth != one_line(self.text) else ""


@frozen
class Cell:
    """What one row has under one column."""

    items: tuple[Item, ...] = ()
    own_words: bool = False  # not the article's: the model's own

    @property
    def text(self) -> str:
        """The items, several with a semicolon between them."""
        return "; ".join(item.text for item in self.items)


_EMPTY = Cell()


@frozen
class Column:
    """A field of a row kind."""

    name: str  # "in_exchange_for"; "person.age" for a field of a model inside the row
    role: Role
    description: str | None = None
    many: bool = False  # a list

    @property
    def label(self) -> str:
        """The name for people."""
        return self.name.replace("_", " ").replace(".", ", ").strip()


@frozen
class Row:
    """One row of a record."""

    kind: str  # "quotes"
    number: int  # from 1
    path: str  # "quotes[3]", as in the audit
    cells: tuple[Cell, ...]  # one a column
    anchor: Item | None  # what the row rests on: its quotation, sentence, figure, …
    confidence: float | None
    by_rules: bool  # filled by the rules where a model left it

    @property
    def unsure(self) -> bool:
        """Whether the row is as likely wrong as right."""
        return self.confidence is not None and self.confidence < UNSURE


@frozen
class Table:
    """All rows of one kind."""

    kind: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    description: str | None = None

    @property
    def label(self) -> str:
        """The name for people."""
        return self.kind.replace("_", " ").strip().capitalize()

    def filled_columns(self) -> list[int]:
        """Return the positions of the columns that have anything in any row."""
        return [i for i in range(len(self.columns)) if any(row.cells[i].items for row in self.rows)]


def tables(extraction: Extraction) -> tuple[Table, ...]:
    """Return one table for each row kind, in the order of the schema's fields."""
    return tuple(_tables(extraction))


def known_of(article: Article) -> list[str]:
    """Return what a sheet says of an article below its title; its language where it is foreign."""
    foreign = article.language is not None and not has_rules(article.language)
    language = language_name(article.language) if foreign and article.language else None
    known = (article.outlet, article.date, article.byline, language, article.source)
    return [part for part in known if part]


def heading(article: Article, most: int = 100) -> str:
    """Return an article's title on one line, or where it has none the beginning of its story.

    The beginning has `most` characters at most.
    """
    if article.title:
        return one_line(article.title)
    story = [
        p for p in article.paragraphs if p.kind == "heading" or p.kind in STORY
    ] or article.paragraphs
    words = one_line(story[0].span.of(article.text)[: 20 * most]) if story else ""
    words = words or one_line(article.source)
    return words if len(words) <= most else words[:most].rsplit(" ", 1)[0] + " …"


@lru_cache(maxsize=64)
def row_kinds(model: type[BaseModel]) -> Mapping[str, tuple[Column, ...]]:
    """Return the columns of every row kind that a schema's root model has, by kind.

    Rows of a list that takes several models have the columns of all of them.
    """
    kinds: dict[str, tuple[Column, ...]] = {}
    loose: list[Column] = []
    for name, info in model.model_fields.items():
        shown = info.alias or name
        inner, is_list = _core_type(info.annotation)
        if models := _models(inner):
            merged = {column.name: column for m in reversed(models) for column in _columns(m)}
            kinds[shown] = tuple(merged.values())
        elif is_list:
            kinds[shown] = (_column(shown, inner, info, False),)
        else:
            loose.append(_column(shown, inner, info, False))
    if loose:
        kinds[_loose_kind(model)] = tuple(loose)
    return MappingProxyType(kinds)


def _loose_kind(model: type[BaseModel]) -> str:
    """Return the name of the kind for the root's own fields."""
    return "record" if "record" not in model.model_fields else "record's own fields"


def _tables(extraction: Extraction) -> Iterator[Table]:
    record = extraction.record
    model = type(record)
    columns, descriptions = row_kinds(model), _descriptions(model)
    audit = extraction.audit
    filled, own_words = frozenset(audit.filled_by_rules), frozenset(audit.own_words)
    loose: list[Any] = []
    for name, info in model.model_fields.items():
        kind, value = info.alias or name, getattr(record, name)
        if kind not in columns:
            loose.append(value)
            continue
        listed = isinstance(value, list | tuple | set | frozenset)
        values = list(value) if listed else [] if value is None else [value]
        rows = []
        for i, item in enumerate(values):
            path = f"{kind}[{i}]" if listed else kind
            cells = cells_of(item, columns[kind], path, own_words)
            confidence = extraction.confidence.get(path)
            anchor = _anchor(cells, columns[kind])
            rows.append(Row(kind, i + 1, path, cells, anchor, confidence, path in filled))
        yield Table(kind, columns[kind], tuple(rows), descriptions[kind])
    if loose:
        kind = _loose_kind(model)
        cells = tuple(
            _cell(column, value, column.name in own_words)
            for column, value in zip(columns[kind], loose, strict=True)
        )
        row = Row(kind, 1, kind, cells, _anchor(cells, columns[kind]), None, False)
        yield Table(kind, columns[kind], (row,), _sentence(model))


@lru_cache(maxsize=64)
def _descriptions(model: type[BaseModel]) -> Mapping[str, str | None]:
    """Return what a schema says of the row kinds that are fields of its root model."""
    described = {}
    for name, info in model.model_fields.items():
        models = _models(_core_type(info.annotation)[0])
        own = _sentence(models[0]) if len(models) == 1 else None
        described[info.alias or name] = info.description or own
    return described


def cells_of(
    value: Any, columns: tuple[Column, ...], path: str = "", own_words: Collection[str] = ()
) -> tuple[Cell, ...]:
    """Return the cells of one row, one for each column; `value` is a model or a single value.

    `path` is the row's ("quotes[3]"), `own_words` the paths of all values that are in the words of
    the language model, not of the article.
    """
    if not isinstance(value, BaseModel):
        return (_cell(columns[0], value, path in own_words),)
    flat = dict(_flatten(value, "", {column.name for column in columns}))
    return tuple(
        _cell(
            column,
            flat.get(column.name),
            bool(own_words) and f"{path}.{column.name}" in own_words,
        )
        for column in columns
    )


def _cell(column: Column, value: Any, own: bool) -> Cell:
    if value is None and not own:
        return _EMPTY
    values = value if isinstance(value, list | tuple | set | frozenset) else (value,)
    items = tuple(_item(v) for v in values if v is not None and v != "")
    return Cell(items, column.role == "plain" and own)


def _item(value: Any) -> Item:
    """Return one value with its words and places."""
    if isinstance(value, Stretches):
        return Item(value.text, value.spans, value.role)
    if isinstance(value, Name):
        place = value.mention
        if place is None:
            return Item(value.name, (), "name")
        other = place.text if place.text != value.name else None
        return Item(value.name, (Span(place.start, place.end),), "name", other)
    if isinstance(value, Passage):
        number_of = value if isinstance(value, Figure) else None
        return Item(value.text, (value.place(),), value.role, value=number_of)
    if isinstance(value, BaseModel):
        parts = ((k, _plain(v)) for k, v in _flatten(value, "", set()))
        return Item(", ".join(f"{key}: {text}" for key, text in parts if text))
    return Item(_plain(value), value=value)


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return number(value)
    if isinstance(value, list | tuple | set | frozenset):
        return "; ".join(_plain(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_plain(item)}" for key, item in value.items())
    if isinstance(value, Grounded | BaseModel):
        return _item(value).text
    return str(getattr(value, "value", value))


def anchor_column(columns: tuple[Column, ...]) -> int | None:
    """Return the position of the column that rows of a kind rest on, the most exact kind first."""
    grounded = [i for i, column in enumerate(columns) if column.role != "plain" and not column.many]
    return min(grounded, key=lambda position: _exactness(columns[position].role), default=None)


def _anchor(cells: tuple[Cell, ...], columns: tuple[Column, ...]) -> Item | None:
    """Return the value that a row rests on; where its column is empty, the next best."""
    position = anchor_column(columns)
    if position is not None and cells[position].items and cells[position].items[0].spans:
        return cells[position].items[0]
    items = [item for cell in cells for item in cell.items if item.spans]
    return min(items, key=lambda item: _exactness(item.role), default=None)


def _exactness(role: Role) -> int:
    """Return the place of a role in `_ANCHORS`: less is more exact."""
    return _ANCHORS.index(role) if role in _ANCHORS else len(_ANCHORS)


def _flatten(row: BaseModel, prefix: str, whole: set[str]) -> Iterator[tuple[str, Any]]:
    """Yield a row's fields; those of a model inside it with dotted names, unless it is `whole`."""
    for name, info in type(row).model_fields.items():
        shown, value = prefix + (info.alias or name), getattr(row, name)
        if isinstance(value, BaseModel) and shown not in whole:
            yield from _flatten(value, f"{shown}.", whole)
        else:
            yield shown, value


def _columns(
    model: type[BaseModel], prefix: str = "", above: tuple[type[BaseModel], ...] = ()
) -> Iterator[Column]:
    for name, info in model.model_fields.items():
        shown = prefix + (info.alias or name)
        inner, is_list = _core_type(info.annotation)
        if _is_model(inner) and not is_list and inner not in (*above, model):
            yield from _columns(inner, f"{shown}.", (*above, model))
        else:
            yield _column(shown, inner, info, is_list)


def _column(name: str, inner: Any, info: FieldInfo, many: bool) -> Column:
    role = inner.role if isinstance(inner, type) and issubclass(inner, Grounded) else "plain"
    return Column(name, role, info.description, many)


def _core_type(annotation: Any) -> tuple[Any, bool]:
    """Return what an annotation is about without `| None` and `list[…]`, and whether it listed."""
    listed = False
    while True:
        origin, arguments = get_origin(annotation), get_args(annotation)
        if origin is Annotated:
            annotation = arguments[0]
        elif origin in (Union, types.UnionType):
            rest = [a for a in arguments if a is not type(None)]
            if len(rest) != 1:
                return annotation, listed
            annotation = rest[0]
        elif origin in (list, tuple, set, frozenset) and arguments:
            annotation, listed = arguments[0], True
        else:
            return annotation, listed


def _is_model(inner: Any) -> bool:
    return isinstance(inner, type) and issubclass(inner, BaseModel)


def _models(inner: Any) -> tuple[type[BaseModel], ...]:
    """Return the models that a type is, one or a union of them; none for anything else."""
    members = get_args(inner) if get_origin(inner) in (Union, types.UnionType) else (inner,)
    return tuple(members) if all(_is_model(member) for member in members) else ()


def _sentence(model: type[BaseModel]) -> str | None:
    """Return the first paragraph of a model's own docstring."""
    text = model.__doc__
    if not text or text == BaseModel.__doc__:
        return None
    return " ".join(text.strip().split("\n\n")[0].split())


def number(value: float) -> str:
    """Return a number for people: 1234.0 as "1,234", 0.5 as "0.5"."""
    if value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124 - not a number
        return str(value)
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:,.10g}"


def amount(figure: Figure) -> str:
    """Return what a figure amounts to: "1,234", "≈ 40", "20–30", "≤ 50 km"."""
    if figure.value is not None:
        words = f"≈ {number(figure.value)}" if figure.approximate else number(figure.value)
    elif figure.low is not None and figure.high is not None:
        words = f"{number(figure.low)}–{number(figure.high)}"
    elif figure.low is not None:
        words = f"≥ {number(figure.low)}"
    elif figure.high is not None:
        words = f"≤ {number(figure.high)}"
    else:
        return ""
    return f"{words} {figure.unit}" if figure.unit else words
