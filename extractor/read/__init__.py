"""Reads a file, a page or plain text into an `Article`, whose text never changes afterwards."""

import re
import sys
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import BinaryIO, Literal

from extractor.article import Article, Paragraph, ParagraphKind, Remark
from extractor.errors import ArticleTooLarge, EmptyArticle, InputError, NotAnArticle
from extractor.language.detection.detector import language_of
from extractor.read.bylines import bare_names, byline_names, copyright_owner, date_in
from extractor.read.files import ending_of, not_fetched, printable_name
from extractor.read.furniture import ParagraphPiece, label
from extractor.read.paragraphs import BLANKS, paragraph_spans

__all__ = [
    "MAX_BYTES",
    "FileKind",
    "article_from_text",
    "bytes_in",
    "kind_of",
    "prepare",
    "read_article",
    "read_bytes",
]

FileKind = Literal["txt", "html", "pdf", "message", "docx", "odt", "rtf"]
MAX_BYTES = 20_000_000  # a year of one author's articles is smaller; a mistaken path is larger
_MOST_HAVE = 1 << 16  # bytes that most files have less of
# Characters of a title, byline, outlet or date, and of an address: every row of a sheet has them.
_MOST_SAID, _MOST_OF_URL = 500, 2_000
_HASHES = re.compile(r"\A#{1,6}\s+|\s+#{1,6}\Z")  # of a heading in Markdown
_HTML_ENDINGS = frozenset({".html", ".htm", ".xhtml"})
# What takes long to import (up to 0.3 s each) of what reads a file, by its ending.
_IMPORTED_FOR = {
    **dict.fromkeys((*_HTML_ENDINGS, ".mhtml", ".mht", ".eml"), ("trafilatura",)),
    ".pdf": ("pypdfium2",),
    ".docx": ("docx",),
    ".odt": ("odfdo",),
    ".rtf": ("striprtf.striprtf",),
}


def read_article(path: str | Path, *, max_bytes: int = MAX_BYTES) -> Article:
    """Return the article in a file of any kind in `FileKind`, or on standard input ("-").

    The bytes decide on the format, and only then the file's name. Raises InputError when the file
    cannot be opened, EmptyArticle, NotAnArticle or ArticleTooLarge (more than `max_bytes`); each
    message names the file and what to do.
    """
    return read_bytes(bytes_in(path, max_bytes=max_bytes), printable_name(str(path)))


def bytes_in(path: str | Path, *, max_bytes: int = MAX_BYTES) -> bytes:
    """Return the bytes of a file, or of standard input ("-").

    Raises InputError when the file cannot be opened, NotAnArticle for a folder, ArticleTooLarge.
    """
    source = printable_name(str(path))
    if source == "-":
        return _standard_input(max_bytes)
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - there may be a million
            return _limited(file, source, max_bytes)
    except IsADirectoryError as error:
        raise NotAnArticle(f"{source}: this is a folder; name the article files in it.") from error
    except FileNotFoundError as error:
        if address := not_fetched(str(path)):
            raise InputError(address) from error
        raise InputError(f"{source}: there is no such file; check the path.") from error
    except PermissionError as error:
        raise InputError(f"{source}: no permission to read it; change its mode.") from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"{source}: it cannot be read ({reason}); check the path.") from error


def read_bytes(
    data: bytes, source: str, kind: FileKind | None = None, *, charset: str | None = None
) -> Article:
    """Return the article that `data` holds.

    `source` names it in messages; `kind` None: the bytes decide, then the ending of `source`;
    `charset` is the encoding that a server named with it.
    Raises EmptyArticle or NotAnArticle.
    """
    from extractor.read import documents, html, messages, pdf, text
    from extractor.read.html import fragment

    name = "standard input" if source == "-" else source
    if not data.strip():
        raise EmptyArticle(f"{name}: the file is empty; give one that holds an article.")
    kind = kind or kind_of(data, source)
    if kind == "pdf":
        content, title, remarks = pdf.read_document(data, name)
        remarks += text.doubts(content)
        return article_from_text(content, source, title=title, warnings=remarks)
    if kind == "html":
        from extractor.read.html.declared_language import declared_language

        page = html.read_page(data, name, charset)
        known = page._asdict()
        return _assemble(
            known.pop("text"), source, known.pop("kinds"), declared=declared_language(data), **known
        )
    if kind == "message":
        part = messages.article_part(data, name)
        kind = "html" if part.is_page else "txt"
        inner = read_bytes(part.data, source, kind, charset=part.charset)
        return replace(
            inner,
            title=inner.title or part.title,
            date=inner.date or part.date,
            url=part.url or inner.url,
        )
    if kind in ("docx", "odt", "rtf"):
        document = documents.read_document(data, name, kind)
        return _assemble(
            document.text,
            source,
            document.kinds,
            title=document.title,
            warnings=(*document.warnings, *text.doubts(document.text)),
        )
    content, remarks = text.decode(data, name, [charset] if charset else [])
    kinds: Mapping[str, ParagraphKind] | None = None
    if content.lstrip(BLANKS).startswith("<") and fragment.has_tags(content):
        content, kinds, told = fragment.read_fragment(content, name)
        remarks = (*remarks, *told)
    if not content.strip(BLANKS):
        raise EmptyArticle(f"{name}: there is nothing but blanks in it; give one with an article.")
    return article_from_text(content, source, warnings=remarks, kinds=kinds)


def prepare(source: str) -> None:
    """Import what reading a file of this name takes, so that its own time does not go into it."""
    for module in _IMPORTED_FOR.get(ending_of(source), ()):
        import_module(module)


def kind_of(data: bytes, source: str) -> FileKind:
    """Return what kind of file `data` is: the bytes decide, then the ending of `source`."""
    from extractor.read import documents, html, messages, pdf

    if data.startswith((b"PK", b"{\\rtf")) and (kind := documents.document_kind(data)):
        return kind
    if pdf.looks_like_pdf(data):
        return "pdf"
    if messages.looks_like_message(data, source):
        return "message"
    if html.looks_like_html(data) or ending_of(source) in _HTML_ENDINGS:
        return "html"
    return "txt"


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
    kinds: Mapping[str, ParagraphKind] | None = None,
) -> Article:
    """Return `text`, unchanged, as an article; offsets count its code points.

    What is given (`title`, `date` in ISO 8601, …) has precedence over the text's own headline,
    byline and copyright line; so have `kinds`, of paragraphs by their text. Never raises on any
    text; an empty one has no paragraphs.
    """
    return _assemble(
        text,
        source,
        kinds,
        title=title,
        byline=byline,
        outlet=outlet,
        date=date,
        url=url,
        warnings=warnings,
    )


def _assemble(
    text: str,
    source: str,
    kinds: Mapping[str, ParagraphKind] | None,
    *,
    title: str | None = None,
    byline: str | None = None,
    outlet: str | None = None,
    date: str | None = None,
    url: str | None = None,
    warnings: tuple[Remark, ...] = (),
    organisation: str | None = None,
    declared: str | None = None,
) -> Article:
    """Return the article; `kinds` are those that a page's tags show, by the paragraph's text.

    `organisation` is the byline where neither page nor text names a person, `declared` the language
    that a page names, as a tag ("de-AT").
    """
    pieces = label(text, paragraph_spans(text), kinds)
    said = _metadata_in(pieces)
    given = {"title": title, "byline": byline, "outlet": outlet, "date": date}
    said |= {name: value for name, value in given.items() if value}
    if organisation:
        said.setdefault("byline", organisation)
    long = [name for name, value in said.items() if len(value) > _MOST_SAID]
    said |= {name: said[name][:_MOST_SAID].rsplit(" ", 1)[0] + " …" for name in long}
    if long:
        message = f"Longer than {_MOST_SAID} characters, and cut: {', '.join(long)}."
        warnings = (*warnings, Remark("metadata_cut", message))
    if url is not None and len(url) > _MOST_OF_URL:
        message = f"The address is longer than {_MOST_OF_URL:,} characters, and left out."
        warnings, url = (*warnings, Remark("metadata_cut", message)), None
    return Article(
        text=text,
        paragraphs=tuple([Paragraph(i, p.span, p.kind or "body") for i, p in enumerate(pieces)]),
        source=source,
        sha256=sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        title=said.get("title"),
        byline=said.get("byline"),
        outlet=said.get("outlet"),
        date=said.get("date"),
        url=url,
        language=language_of(text, declared),
        warnings=warnings,
    )


def _metadata_in(pieces: list[ParagraphPiece]) -> dict[str, str]:
    """Return title, byline, outlet and date, as far as the text's own furniture gives them."""
    said: dict[str, str] = {}
    story = False  # whether the story has begun
    for piece in pieces:
        string = piece.string
        if piece.kind is None or piece.kind == "body":
            story = True
        elif piece.kind == "heading":
            if not story:
                said.setdefault("title", " ".join(_HASHES.sub("", string).rstrip(" ;.").split()))
        elif piece.kind == "byline":
            if names := byline_names(string) or bare_names(string):
                said.setdefault("byline", names)
            if date := date_in(string):
                said.setdefault("date", date)
        elif piece.kind == "credit" and (owner := copyright_owner(string)):
            said["outlet"] = owner  # the last one: the page's, after those of its pictures
    return said


def _standard_input(max_bytes: int) -> bytes:
    """Return what is on standard input. Raises InputError."""
    name = "standard input"
    if sys.stdin is None:
        raise InputError(f"{name}: it is closed; name a file, or give it one.")
    try:
        return _limited(sys.stdin.buffer, name, max_bytes)
    except IsADirectoryError as error:
        raise NotAnArticle(f"{name}: this is a folder; give it one article.") from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(f"{name}: it cannot be read ({reason}); name a file.") from error


def _limited(file: BinaryIO, source: str, max_bytes: int) -> bytes:
    """Return the bytes of an open file, reading no more than the limit; raise ArticleTooLarge."""
    data = file.read(min(_MOST_HAVE, max_bytes + 1))
    if len(data) == _MOST_HAVE:  # asking for the limit at once would take memory for it
        data += file.read(max_bytes + 1 - _MOST_HAVE)
    if len(data) > max_bytes:
        raise ArticleTooLarge(
            f"{source}: larger than the limit of {max_bytes:,} bytes for one article; "
            "split it, or raise the limit."
        )
    return data
