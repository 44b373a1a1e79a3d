"""What an edited cell means for a field: words found in the article, names, choices, values.

What a field holds already is kept as it is; what is new is looked for in the article, near the
evidence. Nothing here decides: the change goes through editing.py like one made on the page.
"""

from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from extractor.find.candidates import GAP
from extractor.find.quotations.marks import MARK_CHARACTERS
from extractor.review.bring_back.returned_file import text_of
from extractor.review.claims.claims import Claim
from extractor.review.claims.json_rows import Json
from extractor.schema.shape import FieldShape
from extractor.text.folding import fold
from extractor.text.phrases import MAX_PHRASE, ground_phrase, quoted
from extractor.text.spans import Span

if TYPE_CHECKING:
    from extractor.review.desk import Desk

_BETWEEN = "; "  # several values in one cell


def change_of(desk: "Desk", claim: Claim, field: FieldShape, cell: Any, was: Json) -> Json:
    """Return a change as `editing.edited_row` takes it.

    `was` is the field's value in the published row. Raises ValueError, saying what to do.
    """
    text = text_of(cell)
    if text.startswith("="):
        raise ValueError("the cell holds a formula; put its result there instead")
    if not field.many:
        return _one(desk, claim, field, cell, was) if text else None
    if not text:
        return []
    known = {_shown(item): item for item in was} if isinstance(was, list) else {}
    return [
        known[part] if part in known else _one(desk, claim, field, part, None)
        for part in _parts(text, known)
    ]


def _parts(text: str, known: dict[str, Json]) -> list[str]:
    """Return the values of a cell; a known one may hold a semicolon itself."""
    pieces = [piece.strip() for piece in text.replace("\n", _BETWEEN).split(";")]
    parts: list[str] = []
    while pieces:
        length = next(
            (n for n in range(len(pieces), 1, -1) if _BETWEEN.join(pieces[:n]) in known), 1
        )
        parts.append(_BETWEEN.join(pieces[:length]))
        del pieces[:length]
    return [part for part in parts if part]


def _shown(item: Json) -> str:
    """Return a value as the sheet shows it."""
    if isinstance(item, dict):
        return str(item.get("name") or item.get("text") or "")
    return text_of(item)


def _one(desk: "Desk", claim: Claim, field: FieldShape, cell: Any, was: Json) -> Json:
    """Return the change that one value of a cell means for a field. Raises ValueError."""
    text = text_of(cell)
    if field.kind == "name":
        return _name(desk, claim, text)
    if field.kind in ("quotation", "attribution"):
        spans = _stretches(desk, claim, text, was, GAP if field.kind == "attribution" else None)
        return {"spans": [list(span) for span in spans]}
    if field.kind in ("figure", "sentence", "verbatim"):
        near = was.get("start") if isinstance(was, dict) else claim.start
        span = _found(desk, claim, text, near, number=cell if field.kind == "figure" else None)
        return {"start": span.start, "end": span.end}
    if field.kind == "choice":
        return _choice(text, field.choices)
    if field.kind == "scalar":
        return _scalar(cell)
    return text


def _found(desk: "Desk", claim: Claim, text: str, near: int | None, number: Any = None) -> Span:
    """Return the span of words in the article, the one nearest to `near`. Raises ValueError."""
    article = desk.article(claim.article_sha256).text
    if len(text) > MAX_PHRASE:  # too long to look for in any other wording
        start = min(_every(text, article), key=lambda at: abs(at - (near or 0)), default=None)
        if start is None:
            raise ValueError(f"{quoted(text)} is not in the article word for word")
        return Span(start, start + len(text))
    try:
        return ground_phrase(text, article, near=near)
    except ValueError:
        whole = text.isdigit() or isinstance(number, int | float)
        grouped = f"{int(text):,}" if whole and text.isdigit() else text
        if grouped != text:  # a spreadsheet leaves the commas of a number out
            return ground_phrase(grouped, article, near=near)
        bare = text.strip("".join(MARK_CHARACTERS) + " \n")
        if bare and bare != text:  # the marks around a quotation are not its words
            return ground_phrase(bare, article, near=near)
        raise


def _every(words: str, text: str) -> list[int]:
    starts, start = [], text.find(words)
    while start >= 0:
        starts.append(start)
        start = text.find(words, start + len(words))
    return starts


def _stretches(desk: "Desk", claim: Claim, text: str, was: Json, gap: str | None) -> list[Span]:
    """Return the spans of the parts of a quotation, in order. Raises ValueError."""
    old = was.get("spans", []) if isinstance(was, dict) else []
    near = [span["start"] for span in old] or [claim.start or 0]
    pieces = [piece.strip() for piece in text.split("\n\n") if piece.strip()]
    if gap is not None:
        try:
            return [_found(desk, claim, text, near[0])]
        except ValueError:
            pieces = [piece.strip() for piece in text.split(gap.strip()) if piece.strip()]
    spans: list[Span] = []
    for number, piece in enumerate(pieces):
        at = near[min(number, len(near) - 1)]
        spans.append(_found(desk, claim, piece, max(at, spans[-1].end) if spans else at))
    if any(second.start < first.end for first, second in pairwise(spans)):
        raise ValueError("the pieces do not stand in this order in the article")
    return spans


def _name(desk: "Desk", claim: Claim, text: str) -> Json:
    """Return the change for a name: an entity of the article, a mention, or else a typed name."""
    for level in _spellings(desk, claim.article_sha256):
        entities = level.get(_folded(text), ())
        if len(entities) > 1:
            names = ", ".join(quoted(name) for _, name in entities)
            raise ValueError(f"{quoted(text)} may be {names}; write the full name")
        if entities:
            return {"entity": entities[0][0]}
    try:
        return {"mention": list(ground_phrase(text, desk.article(claim.article_sha256).text,
                                              near=claim.start))}  # fmt: skip
    except ValueError:
        return {"name": text}


Spellings = tuple[dict[str, tuple[tuple[str, str], ...]], ...]


@lru_cache(maxsize=4)  # the rows of an article follow one another in a sheet
def _spellings(desk: "Desk", article_sha256: str) -> Spellings:
    """Return (id, name) of an article's entities by their full names, and by their other forms."""
    full: dict[str, dict[str, str]] = {}
    other: dict[str, dict[str, str]] = {}
    for entity in desk.inventory(article_sha256).names:
        full.setdefault(_folded(entity.name), {})[entity.id] = entity.name
        for form in entity.aliases:
            other.setdefault(_folded(form), {})[entity.id] = entity.name
    return tuple(
        {word: tuple(entities.items()) for word, entities in level.items()}
        for level in (full, other)
    )


def _folded(text: str) -> str:
    return " ".join(fold(text).text.split())


def _choice(text: str, choices: tuple[str, ...]) -> str:
    plain = {choice.casefold().replace("_", " "): choice for choice in choices}
    choice = plain.get(text.casefold().replace("_", " "))
    if choice is None:
        raise ValueError(f"{quoted(text)} is none of {', '.join(choices)}")
    return choice


def _scalar(cell: Any) -> Json:
    """Return a number or a truth value; another text is for the schema to judge."""
    if isinstance(cell, bool | int | float):
        return cell
    text = text_of(cell)
    if text.casefold() in ("yes", "true", "no", "false"):
        return text.casefold() in ("yes", "true")
    try:
        return int(text.replace(",", ""))
    except ValueError:
        try:
            return float(text.replace(",", ""))
        except ValueError:
            return text
