"""A witness of what was read of a web page: says when text that may be the article's was left out.

Two things are compared with what was chosen: the text beside it in the article's own containers,
and the body that the page's metadata tells (`articleBody` of JSON-LD). What differs becomes one
warning with the first words of it. Words within a paragraph cannot be lost: a block is all text
between two elements that begin a line.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from extractor.article import Remark
from extractor.read.html.blocks import Block
from extractor.read.html.features import PROSE, PageFacts, is_prose, is_said, letters

if TYPE_CHECKING:
    from extractor.read.html.choosing import Choice

LIKELY = 0.12  # probability of a block beside chosen ones that is missed
DOUBTFUL = 0.25  # the same of one elsewhere that trafilatura keeps
MUCH = 0.1  # of what was read: so much of short lines beside it
LEAST_TOLD = 0.1  # of `articleBody`, which is told when it was not read
SHORTEST_SENTENCE = 40  # characters
SHOWN = 60  # characters of what was left out, in the warning
_SENTENCE_END = re.compile(r"(?<=[.!?。！？])|\n")


def left_out(
    blocks: Sequence[Block],
    likely: Sequence[float],
    choices: "Sequence[Choice]",
    told: str,
    page: PageFacts,
) -> tuple[Remark, ...]:
    """Return a warning for what may be the article's and was not chosen, none for nothing."""
    read = "".join(letters(c.block.text) for c in choices)
    chosen = {c.block for c in choices}
    containers = {
        c.block.element.getparent()
        for c in choices
        if c.kind is None and len(c.block.text) >= PROSE
    }
    beside = {c.block.element.getparent() for c in choices if c.kind is None}
    missed = [
        b
        for b, p in zip(blocks, likely, strict=True)
        if p >= LIKELY and b not in chosen and is_prose(b)
        and (b.element.getparent() in containers
             or (p >= DOUBTFUL and page.keeps(letters(b.text))))
        and letters(b.text) not in read
    ]  # fmt: skip
    short = [
        b
        for b, p in zip(blocks, likely, strict=True)
        if p >= LIKELY and b not in chosen and is_said(b.text) and b.links < 0.3 * len(b.text)
        and b.element.getparent() in beside and letters(b.text) not in read
    ]  # fmt: skip
    if sum(len(b.text) for b in short) > MUCH * sum(len(c.block.text) for c in choices):
        missed = short
    if missed:
        what = "a paragraph" if len(missed) == 1 else f"{len(missed)} paragraphs"
        return (_remark(f"{what} beside the article's own", missed[0].text),)
    if told:
        sentences = [s.strip() for s in _SENTENCE_END.split(told) if len(s) > SHORTEST_SENTENCE]
        absent = [s for s in sentences if letters(s)[:80] not in read]
        size = sum(map(len, absent))
        if absent and size > LEAST_TOLD * len(told) and size > 2 * PROSE:
            return (
                _remark(f"{size} characters of the article that the page's data holds", absent[0]),
            )
    return ()


def _remark(what: str, words: str) -> Remark:
    start = words if len(words) <= SHOWN else words[:SHOWN].rsplit(" ", 1)[0] + "…"
    return Remark("text_left_out", f"not read, perhaps wrongly: {what}, beginning “{start}”")
