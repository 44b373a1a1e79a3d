"""Reads a web page's article, without menus and scripts (by trafilatura), and its metadata."""

import re
from typing import NamedTuple

from extractor.article import ParagraphKind, Remark
from extractor.errors import ArticleTooLarge, EmptyArticle, InputError, NotAnArticle
from extractor.read.html.body import Body, read_body
from extractor.read.html.decoding import CHARSET, decode_page, looks_like_html
from extractor.read.html.metadata import page_metadata
from extractor.read.text import doubts

__all__ = ["CHARSET", "WebPage", "looks_like_html", "read_page"]

_CUT = Remark(
    "page_truncated",
    "The page is nested too deeply, or has a piece that is too long: what follows was not read.",
)
_XML_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")

_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")  # of texts without blanks

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


def read_page(data: bytes, source: str) -> WebPage:
    """Return the article of a page.

    Raises EmptyArticle when the page has no main text, ArticleTooLarge when it is more than is read
    of one (html_limits.py), NotAnArticle when it cannot be parsed.
    """
    from trafilatura.utils import load_html

    from extractor.read import html_limits

    html, remarks = decode_page(data, source)
    if not html.strip():
        raise EmptyArticle(f"{source}: the file is empty; give the page of one article.")
    html_limits.check_source(html, source)
    cut = False
    try:
        declaration = _XML_DECLARATION.match(html)
        tree = load_html(html[declaration.end() :] if declaration else html)
        if tree is not None:
            html_limits.check_tree(tree, source)
            html_limits.tame(tree)
            cut = html_limits.is_cut(tree, html)
        said = page_metadata(tree) if tree is not None else None
        body = read_body(tree, said.title) if said is not None else Body([], ())
    except (InputError, MemoryError):
        raise
    except Exception as error:  # a parser fed with anything: whatever it raises, it is the page
        raise NotAnArticle(
            f"{source}: the page cannot be parsed ({type(error).__name__}); save the article's "
            "text as .txt."
        ) from error
    blocks = body.lines
    if said is None or not _is_story([block for block, _ in blocks]):
        if cut:
            raise ArticleTooLarge(
                f"{source}: the page is nested too deeply, or has a piece that is too long, and no "
                f"article was found before that; {html_limits.WHAT_TO_DO}."
            )
        raise EmptyArticle(
            f"{source}: no article was found on the page (a menu, a list or a page built by "
            "scripts?); open it in a browser and save the article's text as .txt."
        )
    title = said.title
    if title and not any(_same(title, block) for block, _ in blocks[:3]):
        blocks.insert(0, (title, "heading"))
    text = "\n\n".join(block for block, _ in blocks)
    return WebPage(
        text=text,
        kinds={block: kind for block, kind in blocks if kind},
        warnings=(*remarks, *([_CUT] if cut else []), *body.warnings, *doubts(text)),
        **said._asdict(),
    )


def _is_story(blocks: list[str]) -> bool:
    """Return whether blocks of text hold at least one sentence, or are too long to be a menu."""
    return sum(map(len, blocks)) > LONGEST_MENU or any(
        len(block.split()) + len(_WIDE.findall(block)) // 4 >= 5
        and block.rstrip("\"'”’»)」』")[-1:] in SENTENCE_STOPS
        for block in blocks
    )


def _same(a: str, b: str) -> bool:
    """Return whether two lines have the same letters and digits, whatever their case."""
    return re.sub(r"\W", "", a).lower() == re.sub(r"\W", "", b).lower()
