"""The body of a web page's article: its paragraphs with their kinds, and what was left out.

visible     what a browser shows
blocks      every line of text that it shows
features    what speaks for a block being the article's
choosing    the blocks of the article, and their kinds
witness     what else of the page may be the article's, and was left out
"""

import json
import re
from html import unescape
from typing import TYPE_CHECKING, Any, NamedTuple

from extractor.article import ParagraphKind, Remark
from extractor.read.html.blocks import Block, page_blocks
from extractor.read.html.choosing import choose
from extractor.read.html.features import PageFacts, letters
from extractor.read.html.witness import left_out

if TYPE_CHECKING:
    from lxml.html import HtmlElement

FARTHEST = 60  # blocks ahead in which a line that trafilatura keeps is looked for
FEWEST_CHOSEN = 250  # characters; a page of which fewer were chosen is read by trafilatura alone
MOST_TOLD = 0.9  # of such a page, so much that its data holds is read from there, with paragraphs
_PARAGRAPH_ENDS = re.compile(r"\s*\n\s*|</?(?:p|div|br|h[1-6]|li|blockquote)\b[^<>]{0,2000}>", re.I)
_TAGS = re.compile(r"<[^<>]{0,2000}>")
_LONGEST_TOLD = 100_000  # characters of `articleBody` that are compared

Line = tuple[str, ParagraphKind | None]  # a paragraph, one line, and the kind that its tags show


class Body(NamedTuple):
    """What was read of a page."""

    lines: list[Line]
    warnings: tuple[Remark, ...]


def read_body(tree: "HtmlElement", title: str | None) -> Body:
    """Return the article's paragraphs, none when there is no article. The tree may be changed."""
    told = told_body(tree)
    blocks = page_blocks(tree, tree.get("lang") or "")
    kept = kept_lines(tree)
    page = PageFacts.of(kept, told, title)
    choices, likely = choose(blocks, page)
    lines: list[Line] = [(c.block.text, c.kind) for c in choices]
    size = sum(len(text) for text, _ in lines)
    if size < FEWEST_CHOSEN and sum(map(len, kept)) > 2 * size:
        # scripts build the page, or it is hardly an article: what stands in its data, or at all
        shown = _whole(kept, blocks)
        parts = told.splitlines()
        if len(parts) > len(shown) and len(letters(told)) >= MOST_TOLD * len(
            letters("".join(kept))
        ):
            shown = parts
        return Body([(line, None) for line in map(_flat, shown) if line], ())
    return Body(lines, left_out(blocks, likely, choices, told, page))


def kept_lines(tree: "HtmlElement") -> list[str]:
    """Return the lines that trafilatura takes for the article's, without its second opinions."""
    from trafilatura import bare_extraction

    found: Any = bare_extraction(tree, include_comments=False, include_tables=True, fast=True)
    return found.text.splitlines() if found is not None and found.text else []


def _whole(kept: list[str], blocks: list[Block]) -> list[str]:
    """Return the lines that trafilatura keeps, each as the page's block that holds it.

    Trafilatura drops words within a line; the order of both is the page's.
    """
    words = [letters(block.text) for block in blocks]
    whole, at = list[str](), 0
    parts = 0  # lines at the end that no block holds
    for line in kept:
        inside = letters(line)
        ahead = range(at, min(at + FARTHEST, len(blocks)))
        found = next((i for i in ahead if _is_most(inside, words[i])), None)
        if found is None:
            parts += 1
            whole.append(line)
        else:
            while parts and letters(whole[-1]) in words[found]:
                whole.pop()  # a part of the same line
                parts -= 1
            parts = 0
            whole.append(blocks[found].text)
        at = at if found is None else found + 1
    return whole


def _is_most(inside: str, words: str) -> bool:
    """Return whether a line holds another and little more, given the letters of both."""
    return 0 < len(words) <= 2 * len(inside) and inside in words


def told_body(tree: "HtmlElement") -> str:
    """Return the article's body as the page's JSON-LD gives it (`articleBody`), "" without one.

    A line a paragraph.
    """
    bodies: list[str] = []
    for script in tree.iterfind('.//script[@type="application/ld+json"]'):
        if "articleBody" in (script.text or ""):
            try:
                _gather(json.loads(script.text, strict=False), bodies, 0)
            except (ValueError, RecursionError):
                continue
    told = max(bodies, key=len, default="")[:_LONGEST_TOLD]
    parts = _PARAGRAPH_ENDS.split(unescape(told))
    return "\n".join(line for part in parts if (line := " ".join(_TAGS.sub(" ", part).split())))


def _gather(node: object, bodies: list[str], depth: int) -> None:
    """Gather the texts named `articleBody` in what a script holds."""
    if depth > 8:
        return
    if isinstance(node, list):
        for item in node:
            _gather(item, bodies, depth + 1)
    elif isinstance(node, dict):
        for name, value in node.items():
            if name == "articleBody" and isinstance(value, str):
                bodies.append(value)
            elif isinstance(value, (list, dict)):
                _gather(value, bodies, depth + 1)


def _flat(line: str) -> str:
    return " ".join(line.removeprefix("- ").split())
