"""Reads a web page's article, without menus and scripts (by trafilatura), and its metadata."""

import codecs
import re
from dataclasses import replace
from typing import Any, NamedTuple

from extractor.article import ParagraphKind, Remark
from extractor.errors import ArticleTooLarge, EmptyArticle, InputError, NotAnArticle
from extractor.read.text import decode, doubts
from extractor.read.turn_lines import divided

_OPENING = re.compile(  # atomic groups: a file of nothing but comments must not hang it
    rb"\s*(?:<\?xml[^>]*>\s*)?(?>(?:(?><!--.*?-->)\s*)*)<(?:!doctype\s+html|html|head|body)\b",
    re.I | re.S,
)
CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.I)
_XML_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_SPACE = re.compile(r"\s+")
_BLOCKS = frozenset({"p", "head", "quote", "item", "list", "row", "table", "code", "ab", "fw"})

_CUT = Remark(
    "page_truncated",
    "The page is nested too deeply, or has a piece that is too long: what follows was not read.",
)
LONGEST_MENU = 400  # characters
SENTENCE_STOPS = frozenset(".!?…。！？؟।")


class WebPage(NamedTuple):
    """What a page says: its text (paragraphs apart by a blank line) and what it knows of itself."""

    text: str
    title: str | None
    byline: str | None
    outlet: str | None
    date: str | None
    url: str | None
    kinds: dict[str, ParagraphKind]  # of the paragraphs whose tags say what they are
    warnings: tuple[Remark, ...]


def looks_like_html(data: bytes) -> bool:
    """Return whether bytes open as a web page, e.g. with "<!doctype html"; not text about tags."""
    head = data[:4096].removeprefix(codecs.BOM_UTF8)
    if b"\0" in head:  # UTF-16: enough to see the opening
        head = head.removeprefix(codecs.BOM_UTF16_LE).removeprefix(codecs.BOM_UTF16_BE)
        head = head.replace(b"\0", b"")
    return _OPENING.match(head) is not None


def read_page(data: bytes, source: str) -> WebPage:
    """Return the article of a page.

    Raises EmptyArticle when the page has no main text, ArticleTooLarge when it is more than is read
    of one (html_limits.py), NotAnArticle when it cannot be parsed.
    """
    from extractor.read.html_limits import WHAT_TO_DO

    html, remarks = _decoded(data, source)
    if not html.strip():
        raise EmptyArticle(f"{source}: the file is empty; give the page of one article.")
    document, captions, cut = _extract(html, source)
    blocks = _blocks(document.body, captions) if document is not None else []
    if not _is_story([block for block, _ in blocks]):
        if cut:
            raise ArticleTooLarge(
                f"{source}: the page is nested too deeply, or has a piece that is too long, and no "
                f"article was found before that; {WHAT_TO_DO}."
            )
        raise EmptyArticle(
            f"{source}: no article was found on the page (a menu, a list or a page built by "
            "scripts?); open it in a browser and save the article's text as .txt."
        )
    title = _line(document.title)
    if title and not any(_same(title, block) for block, _ in blocks[:3]):
        blocks.insert(0, (title, "heading"))
    text = "\n\n".join(block for block, _ in blocks)
    if cut:
        remarks = (*remarks, _CUT)
    return WebPage(
        text=text,
        title=title,
        byline=_line(document.author),
        outlet=_line(document.sitename),
        date=_line(document.date),
        url=_line(document.url),
        kinds={block: kind for block, kind in blocks if kind},
        warnings=(*remarks, *doubts(text)),
    )


def _is_story(blocks: list[str]) -> bool:
    """Return whether blocks of text hold at least one sentence, or are too long to be a menu."""
    return sum(map(len, blocks)) > LONGEST_MENU or any(
        len(block.split()) >= 5 and block.rstrip("\"'”’»)")[-1:] in SENTENCE_STOPS
        for block in blocks
    )


def _decoded(data: bytes, source: str) -> tuple[str, tuple[Remark, ...]]:
    """Return the page's source, decoded as it declares if that works, else by `text.decode`."""
    declared = CHARSET.search(data[:4096])
    if declared and not data.startswith(
        (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    ):
        try:
            return data.decode(declared[1].decode("ascii")), ()
        except (LookupError, UnicodeError):
            pass  # it declares what it is not
    html, remarks = decode(data, source)
    # Offsets in the page's source mean nothing in the article's text, which is judged by itself.
    return html, tuple(replace(r, where=None) for r in remarks if r.code != "mojibake")


def _extract(html: str, source: str) -> tuple[Any, frozenset[str], bool]:
    """Return trafilatura's document, None when it finds no article, and the pictures' captions.

    Returns also whether the parser stopped before the page's end. Raises ArticleTooLarge, and
    NotAnArticle when the page cannot be parsed.
    """
    from trafilatura import bare_extraction
    from trafilatura.utils import load_html

    from extractor.read import html_limits

    html_limits.check_source(html, source)
    try:
        declaration = _XML_DECLARATION.match(html)
        tree = load_html(html[declaration.end() :] if declaration else html)
        if tree is None:
            return None, frozenset(), False
        html_limits.check_tree(tree, source)
        html_limits.tame(tree)
        cut = html_limits.is_cut(tree, html)
        captions = _open_captions(tree)
        _keep_double_breaks(tree)
        document = bare_extraction(
            tree, with_metadata=True, include_comments=False, include_tables=True
        )
    except (InputError, MemoryError):
        raise
    except Exception as error:  # a parser fed with anything: whatever it raises, it is the page
        raise NotAnArticle(
            f"{source}: the page cannot be parsed ({type(error).__name__}); save the article's "
            "text as .txt."
        ) from error
    return document, captions, cut


def _open_captions(tree: Any) -> frozenset[str]:
    """Turn pictures' captions, which extraction drops, into paragraphs; return their texts."""
    texts = set()
    for caption in list(tree.iter("figcaption")):
        text = " ".join(" ".join(caption.itertext()).split())
        figure = caption.getparent()
        home = figure.getparent() if figure is not None and figure.tag == "figure" else None
        if not text or home is None:
            continue
        figure.remove(caption)
        paragraph = figure.makeelement("p", {})
        paragraph.text = text
        paragraph.tail, figure.tail = figure.tail, None
        figure.addnext(paragraph)
        texts.add(text)
    return frozenset(texts)


def _keep_double_breaks(tree: Any) -> None:
    """Turn a <p> with "<br><br>", old pages' end of a paragraph, into a <div>.

    Inside a <p> extraction would make one line break of the two.
    """
    for line_break in tree.iter("br"):
        after = line_break.getnext()
        parent = line_break.getparent()
        if (
            after is not None
            and after.tag == "br"
            and not (line_break.tail or "").strip()
            and parent is not None
            and parent.tag == "p"
        ):
            parent.tag = "div"


def _blocks(body: Any, captions: frozenset[str]) -> list[tuple[str, ParagraphKind | None]]:
    """Return the blocks of the extracted body, one line each, with the kind that a tag shows."""
    from lxml.etree import iterwalk

    blocks: list[tuple[str, ParagraphKind | None]] = []
    parts: list[str] = []

    def end_block(kind: ParagraphKind | None = None) -> None:
        """Add what has been gathered as a block; two line breaks in a row make two of it.

        So does one before a speaker's label, where several lines have one.
        """
        for piece in re.split(r"\n\s*\n", "".join(parts)):
            for line in filter(None, divided(piece)):
                blocks.append((line, "caption" if line in captions else kind))
        parts.clear()

    for event, element in iterwalk(body, events=("start", "end")):
        if not isinstance(element.tag, str):
            continue
        is_block = element.tag in _BLOCKS
        if event == "start":
            if is_block:
                end_block()
            if element.tag == "lb":
                parts.append("\n")
            elif element.tag == "cell":
                parts.append(" ")
            parts.append(_flat(element.text))
        else:
            if is_block:
                end_block("heading" if element.tag == "head" else None)
            parts.append(_flat(element.tail))
    end_block()
    return blocks


def _flat(text: str | None) -> str:
    """Return text between tags, in which a line break means a space."""
    return _SPACE.sub(" ", text) if text else ""


def _line(value: str | None) -> str | None:
    """Return a value of the metadata as one line, None when there is nothing in it."""
    return " ".join(value.split()) or None if value else None


def _same(a: str, b: str) -> bool:
    """Return whether two lines have the same letters and digits, whatever their case."""
    return re.sub(r"\W", "", a).lower() == re.sub(r"\W", "", b).lower()
