"""Reads a web page's article, without menus and scripts (by trafilatura), and its metadata."""

import re
from typing import TYPE_CHECKING, NamedTuple

from extractor.article import ParagraphKind, Remark
from extractor.errors import ArticleTooLarge, EmptyArticle, InputError, NotAnArticle
from extractor.read.html.decoding import decode_page, looks_like_html
from extractor.read.text import as_shown, doubts

if TYPE_CHECKING:
    from extractor.read.html.body import Line

__all__ = ["WebPage", "looks_like_html", "read_page"]

_XML_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")

_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")  # of texts without blanks

_HEAD = 3  # blocks at the most before the article's heading, with itself
LONGEST_MENU = 400  # characters
SENTENCE_STOPS = frozenset(".!?…。！？؟।")


class WebPage(NamedTuple):
    """What a page says: its text (paragraphs apart by a blank line) and what it knows of itself."""

    text: str
    title: str | None
    byline: str | None
    organisation: str | None  # named as the author, where neither page nor text names a person
    outlet: str | None
    date: str | None
    url: str | None
    kinds: dict[str, ParagraphKind]  # of the paragraphs whose tags say what they are
    warnings: tuple[Remark, ...]


def read_page(data: bytes, source: str, charset: str | None = None) -> WebPage:
    """Return the article of a page; `charset` is the encoding that the server's answer named.

    Raises EmptyArticle when the page has no main text, ArticleTooLarge when it is more than is read
    of one (limits.py), NotAnArticle when it cannot be parsed.
    """
    from trafilatura.utils import load_html

    # Here, as a text file needs none of them.
    from extractor.read.html import limits
    from extractor.read.html.body import Body, read_body
    from extractor.read.html.metadata import PageMetadata, page_metadata, teaser_remark

    html, remarks = decode_page(data, source, charset)
    if not html.strip():
        raise EmptyArticle(f"{source}: the file is empty; give the page of one article.")
    limits.check_source(html, source)
    says, body, cut = None, Body([], ()), False
    try:
        declaration = _XML_DECLARATION.match(html)
        tree = load_html(html[declaration.end() :] if declaration else html)
        if tree is not None:
            limits.check_tree(tree, source)
            cut = limits.is_cut(tree, html)
            says = page_metadata(tree)
            limits.tame(tree)
            body = read_body(tree, says.metadata.title)
    except (InputError, MemoryError):
        raise
    except Exception as error:  # a parser fed with anything: whatever it raises, it is the page
        raise NotAnArticle(
            f"{source}: the page cannot be parsed ({type(error).__name__}); save the article's "
            "text as .txt."
        ) from error
    blocks = body.lines
    if says is None or not _is_story([block for block, _ in blocks]):
        if cut:
            raise ArticleTooLarge(
                f"{source}: the page is nested too deeply, or has a piece that is too long, and no "
                f"article was found before that; {limits.WHAT_TO_DO}."
            )
        raise EmptyArticle(
            f"{source}: no article was found on the page (a menu, a list or a page built by "
            "scripts?); open it in a browser and save the article's text as .txt."
        )
    said = PageMetadata(*[value and as_shown(value)[0] for value in says.metadata])
    if said.title and not _is_headed([said.title, *says.headings], blocks):
        blocks.insert(0, (said.title, "heading"))
    # Once more: what stood there as an entity ("&shy;", "&#147;") was not seen in the source.
    cleaned = [(*as_shown(block), kind) for block, kind in blocks]
    blocks = [(block, kind) for block, _, kind in cleaned if block.strip()]
    repaired = next((remarks for _, remarks, _ in cleaned if remarks), ())
    text = "\n\n".join(block for block, _ in blocks)
    return WebPage(
        text=text,
        kinds={block: kind for block, kind in blocks if kind},
        warnings=(
            *(remarks or repaired),
            *([limits.CUT] if cut else []),
            *says.remarks,
            *teaser_remark(says, html, text, len(text.split()) + len(_WIDE.findall(text))),
            *body.warnings,
            *doubts(text),
        ),
        **said._asdict(),
    )


def _is_story(blocks: list[str]) -> bool:
    """Return whether blocks of text hold at least one sentence, or are too long to be a menu."""
    return sum(map(len, blocks)) > LONGEST_MENU or any(
        len(block.split()) + len(_WIDE.findall(block)) // 4 >= 5
        and block.rstrip("\"'”’»)」』")[-1:] in SENTENCE_STOPS
        for block in blocks
    )


def _is_headed(titles: list[str], blocks: "list[Line]") -> bool:
    """Return whether one of the titles stands over the blocks: the page's own, or a heading."""
    from extractor.read.html.metadata.titles import squeezed

    wanted = {squeezed(title) for title in titles}
    return any(squeezed(block) in wanted for block, _ in blocks[:_HEAD])
