"""Reads a text that came with a page's tags in it, as interfaces of newsrooms send the body.

All of it is the article's: only what points elsewhere, and what stands beside it as links, is not.
"""

import re
from html import unescape
from typing import NamedTuple

from extractor.article import ParagraphKind, Remark
from extractor.errors import InputError, NotAnArticle
from extractor.read.text import as_shown

_MOST_LINKED = 0.8  # of the letters of a line beside the article, which then points elsewhere
_BLOCK_TAG = re.compile(
    r"<(?:/(?:p|div|h[1-6]|ul|ol|li|blockquote|figure|section|article|table)|br ?/?)>", re.I
)
_READ = Remark(
    "tags_read",
    "The text has tags or entities of a page: it was read as its body, and places count what it "
    "shows.",
)


_ENTITY = re.compile(
    r"&(?:quot|apos|amp|nbsp|shy|[lr][sd]quo|[lr]aquo|[mn]dash|hellip|[a-z](?:acute|grave|uml|circ)"
    r"|#\d{2,5}|#x[0-9a-f]{2,4});",
    re.I,
)


class Fragment(NamedTuple):
    """What a body shows: its text (paragraphs apart by a blank line), and what its tags say."""

    text: str
    kinds: dict[str, ParagraphKind]
    warnings: tuple[Remark, ...]


def has_tags(text: str) -> bool:
    """Return whether a text is a page's body: it has tags that end paragraphs, two at least."""
    found = _BLOCK_TAG.search(text)
    return found is not None and (
        text.lstrip().startswith("<") or _BLOCK_TAG.search(text, found.end()) is not None
    )


def has_entities(text: str) -> bool:
    """Return whether characters of a text are written as a page writes them: "&quot;"."""
    return "&" in text and _ENTITY.search(text) is not None


def without_entities(text: str) -> Fragment:
    """Return a text without tags as a page shows it: with the characters that it means."""
    shown, told = as_shown(unescape(text))
    return Fragment(shown, {}, (_READ, *told))


def read_fragment(html: str, source: str) -> Fragment:
    """Return what a body shows; `source` names it in messages.

    Raises ArticleTooLarge when it is more than is read of a page, NotAnArticle when it cannot be
    parsed. The text may be empty.
    """
    from lxml.html import document_fromstring

    from extractor.read.html import limits
    from extractor.read.html.blocks import page_blocks
    from extractor.read.html.choosing import all_chosen
    from extractor.read.html.page_words import points_elsewhere

    page = f"<html><body><div>{html}</div></body></html>"
    limits.check_source(page, source)
    try:
        tree = document_fromstring(page)
        limits.check_tree(tree, source)
        cut = [limits.CUT] if limits.is_cut(tree, page) else []
        blocks = [
            block
            for block in page_blocks(tree)
            if not points_elsewhere(block)
            and not (
                block.links > _MOST_LINKED * len(block.text.replace(" ", ""))
                and next(block.element.iterancestors("aside", "nav", "footer"), None) is not None
            )
        ]
        choices = all_chosen(blocks)
    except (InputError, MemoryError):
        raise
    except Exception as error:  # a parser fed with anything
        raise NotAnArticle(
            f"{source}: the tags in its text cannot be parsed ({type(error).__name__}); "
            "give the text without them."
        ) from error
    cleaned = [(*as_shown(choice.block.text), choice.kind) for choice in choices]
    lines = [(text, kind) for text, _, kind in cleaned if text.strip()]
    told = next((remarks for _, remarks, _ in cleaned if remarks), ())
    return Fragment(
        "\n\n".join(text for text, _ in lines),
        {text: kind for text, kind in lines if kind},
        (_READ, *cut, *told),
    )
