"""Reading: a file, a page or plain text becomes an `Article`, whose text never changes again."""

from hashlib import sha256

from extractor.article import Article, Paragraph, Remark
from extractor.read.bylines import byline_names, copyright_owner, date_in
from extractor.read.furniture import Piece, label
from extractor.read.paragraphs import paragraph_spans


def article_from_text(
    text: str,
    source: str = "-",
    *,
    title: str | None = None,
    byline: str | None = None,
    outlet: str | None = None,
    date: str | None = None,
    url: str | None = None,
    warnings: tuple[Remark, ...] = (),
) -> Article:
    """Return `text`, unchanged, as an article; offsets count its code points.

    What is given (`title`, `date` in ISO 8601, …) wins over what the furniture says. Never raises
    on any text, an empty one included (it has no paragraphs).
    """
    pieces = label(text, paragraph_spans(text))
    said = _said_by_furniture(text, pieces)
    return Article(
        text=text,
        paragraphs=tuple(Paragraph(i, p.span, p.kind) for i, p in enumerate(pieces)),
        source=source,
        sha256=sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        title=title or said.get("title"),
        byline=byline or said.get("byline"),
        outlet=outlet or said.get("outlet"),
        date=date or said.get("date"),
        url=url,
        warnings=warnings,
    )


def _said_by_furniture(text: str, pieces: list[Piece]) -> dict[str, str]:
    """Return title, byline, outlet and date as far as the text's own furniture is sure of them."""
    said: dict[str, str] = {}
    for i, piece in enumerate(pieces):
        if piece.kind == "body":
            continue
        string = piece.span.of(text)
        if piece.kind == "heading":
            if not any(p.kind == "body" for p in pieces[:i]):
                said.setdefault("title", " ".join(string.rstrip(" ;.").split()))
        elif piece.kind == "byline":
            if names := byline_names(string):
                said.setdefault("byline", names)
            if date := date_in(string):
                said.setdefault("date", date)
        elif piece.kind == "credit" and (owner := copyright_owner(string)):
            said["outlet"] = owner  # the last one: the page's, after those of its pictures
    return said
