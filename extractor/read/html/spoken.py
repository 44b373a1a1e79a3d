"""Chooses the turns of a transcript or an interview on a page, which are often short.

Where two labels or more come again ("Q:", "A:", "MR VIK:") and what stands behind them reads as
sentences, everything from the first label to the end of the last turn is the article's, labels on
lines of their own too; not so what points elsewhere or has hardly a chance. Elsewhere a short line
is chosen when it stands between two chosen ones in the same element: "And the annex?".
"""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from extractor.read.html.blocks import Block
from extractor.read.html.features import HEADINGS, is_said
from extractor.read.html.page_words import points_elsewhere
from extractor.read.turn_lines import label_of

if TYPE_CHECKING:
    from lxml.html import HtmlElement

FEWEST_LABELS = 4
HARDLY = 0.02  # probability below which a line within a transcript is not the article's
LIKELY_NAME = 0.25  # probability of a bold line, the name above what somebody says
LIKELY_BETWEEN, NEAR = 0.1, 4  # probability of a block between chosen ones; blocks to those
MOST_LINKED = 0.3  # of a line's characters


def transcript(blocks: Sequence[Block], likely: Sequence[float]) -> set[int]:
    """Return the indices of the blocks that are turns of a transcript and their labels."""
    labels = {i: label for i, block in enumerate(blocks) if (label := _label(block)) is not None}
    often = Counter(labels.values())
    again = [i for i, label in labels.items() if often[label] > 1]
    if len(again) < FEWEST_LABELS or len({labels[i] for i in again}) < 2:
        return set()
    if 2 * sum(_speaks(blocks, i, labels[i]) for i in again) < len(again):
        return set()
    home = _common([blocks[i].element for i in again])
    first, last = again[0], again[-1]
    for i in reversed(range(max(0, first - NEAR), first)):  # a label may come once: "Evening Lamp:"
        first = i if i in labels else first
    for i in range(last + 1, min(len(blocks), last + 1 + NEAR)):
        last = i if i in labels else last
    if _is_alone(blocks[last], labels[last]):
        last += 1  # what is said stands in the block behind
    found: set[int] = set()
    for i in range(first, min(last + 1, len(blocks))):
        block = blocks[i]
        is_turn = i in labels or (i - 1 in labels and _is_alone(blocks[i - 1], labels[i - 1]))
        is_possible = likely[i] >= HARDLY and (is_turn or is_said(block.text))
        if is_possible and not _is_linked(block) and not points_elsewhere(block):
            found.add(i)
    return {i for i in found if _stands_in(blocks[i].element, home)}


def between(blocks: Sequence[Block], likely: Sequence[float], chosen: Sequence[bool]) -> list[int]:
    """Return the indices of short blocks beside chosen ones, before and behind.

    They stand in the same element, or in a list in it.
    """
    found = []
    for i, block in enumerate(blocks):
        if chosen[i] or likely[i] < LIKELY_BETWEEN or points_elsewhere(block):
            continue
        if _is_linked(block) or not (is_said(block.text) or _is_name(block, likely[i])):
            continue
        before = next((j for j in range(i - 1, max(-1, i - NEAR), -1) if chosen[j]), None)
        behind = next((j for j in range(i + 1, min(len(blocks), i + NEAR)) if chosen[j]), None)
        if before is None or (behind is None and block.element.tag not in ("dt", "dd")):
            continue
        beside = {_home_of(blocks[j].element) for j in (before, behind) if j is not None}
        if beside == {_home_of(block.element)}:
            found.append(i)
    return found


def _label(block: Block) -> str | None:
    """Return the label that a block begins with, None for none: "Ferries: fares rise" is none."""
    label = label_of(block.text)
    if label is None or _is_linked(block):
        return None
    is_heading = block.heading or block.element.tag in HEADINGS
    is_asked = label.rstrip(":.)") in ("Q", "A")
    return label if not is_heading or is_asked or _is_alone(block, label) else None


def _speaks(blocks: Sequence[Block], i: int, label: str) -> bool:
    """Return whether what stands behind a label, there or in the next block, ends as a sentence."""
    if not _is_alone(blocks[i], label):
        return is_said(blocks[i].text)
    return i + 1 < len(blocks) and is_said(blocks[i + 1].text)


def _is_alone(block: Block, label: str) -> bool:
    """Return whether nothing stands behind the label of a block, marks of emphasis left aside."""
    return block.text.strip(" *_").endswith(label)


def _is_linked(block: Block) -> bool:
    return block.links > MOST_LINKED * len(block.text)


def _common(elements: "Sequence[HtmlElement]") -> "HtmlElement":
    """Return the innermost element that all of the elements stand in."""
    path = [*reversed(list(elements[0].iterancestors())), elements[0]]
    for element in elements[1:]:
        above = {*element.iterancestors(), element}
        while path[-1] not in above:
            path.pop()
    return path[-1]


def _stands_in(element: "HtmlElement", home: "HtmlElement") -> bool:
    return element is home or any(above is home for above in element.iterancestors())


def _is_name(block: Block, likely: float) -> bool:
    return likely >= LIKELY_NAME and block.bold >= len(block.text.replace(" ", ""))


def _home_of(element: "HtmlElement") -> "HtmlElement | None":
    """Return the element that a paragraph, or the list that an item is of, stands in."""
    at = element.getparent() if element.tag in ("li", "dt", "dd") else element
    return at.getparent() if at is not None else None
