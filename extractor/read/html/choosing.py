"""Chooses which blocks of a web page are the article's, and says what kind each is of.

A block is chosen by the weights of its features (`features`), which were fitted on pages with gold
(`tests/benchmarks/training/pages.py`). Headings and captions are chosen by what they stand at, and
so are the heading, the time and the author of each post on a live page.
"""

import json
import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from extractor.article import ParagraphKind
from extractor.read.html.blocks import SOURCE, Block
from extractor.read.html.features import (
    HEADINGS,
    PageFacts,
    features,
    is_prose,
    letters,
)
from extractor.read.html.page_words import begins, markup_lists, points_elsewhere
from extractor.read.html.spoken import between, transcript

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MOST_COMPARED = 200_000  # letters of an article in which quotations shown once more are found
CHOSEN = 0.5  # probability of a block
MOST = 0.6  # of what was chosen: so much more that trafilatura keeps is the article's
LIKELY_LEAD = 0.08  # probability of a lead that trafilatura keeps
LEAD = 6  # blocks before the first one chosen that may be the lead
SET_APART = 0.02  # probability of a quotation that is set apart between blocks that were chosen
LONGEST_CREDIT = 250  # characters
LONGEST_LABEL = 100  # characters of a post's heading, time or author
_POST = re.compile(
    r"twitter-tweet|twitter-video|instagram-media|tiktok-embed|bluesky-embed|mastodon-embed|fb-post"
    r"|reddit-embed|telegram-post|threads-post|social-?embed|embed(?:ded)?-?(?:tweet|post|social)"
)
_PULL_QUOTE = re.compile(r"pull-?_?quote|quote-?highlight|highlight-?quote", re.I)
_CLOCK = re.compile(r"\b\d{1,2}[:.]\d{2}\b|\b\d{1,2} ?[ap]\.?m\b|\b20\d\d\b")


class Choice(NamedTuple):
    """A block that was chosen, and the kind that its elements show (None: the text decides)."""

    block: Block
    kind: ParagraphKind | None


def choose(blocks: Sequence[Block], page: PageFacts) -> tuple[list[Choice], list[float]]:
    """Return the blocks of the article, and how likely each block of the page is one."""
    likely = likelihoods(blocks, page)
    chosen = [
        p >= CHOSEN and not _is_label(b) and not points_elsewhere(b)
        for b, p in zip(blocks, likely, strict=True)
    ]
    _second_opinion(blocks, likely, chosen, page)
    for i in between(blocks, likely, chosen):
        chosen[i] = not _is_label(blocks[i])
    spoken = transcript(blocks, likely)
    for i in spoken:
        chosen[i] = True
    _once(blocks, chosen)
    first = next((i for i, c in enumerate(chosen) if c), None)
    if first is None:
        return [], likely
    last = max(i for i, c in enumerate(chosen) if c)
    for i in range(max(0, first - LEAD), first):  # what stands under the headline
        block = blocks[i]
        if likely[i] >= LIKELY_LEAD and is_prose(block) and page.keeps(letters(block.text)):
            chosen[i] = not points_elsewhere(block)
    title = letters(page.title)
    posts = _posts(blocks, chosen)
    for i, block in enumerate(blocks):
        if chosen[i] or not block.text:
            continue
        is_between = first < i <= last + 2 and likely[i] >= SET_APART
        if i in posts or (is_between and _quoting(block.element) and not points_elsewhere(block)):
            chosen[i] = True
        elif block.links > 0.5 * len(block.text):
            continue
        elif block.element.tag == "figcaption":
            figure = _figure(block)
            chosen[i] = (first - 3 <= i <= last and likely[i] >= 0.02) or (
                figure is not None
                and i > last
                and chosen[i - 1]
                and _figure(blocks[i - 1]) is figure
            )
        elif _is_label(block):
            heads = next(
                (j for j in range(i + 1, min(i + 4, len(blocks))) if not _is_label(blocks[j])), None
            )
            chosen[i] = heads is not None and chosen[heads] and letters(block.text) != title
    choices: list[Choice] = []
    whole = "\n".join(letters(b.text) for b, c in zip(blocks, chosen, strict=True) if c)
    whole = whole if len(whole) <= MOST_COMPARED else ""
    for i, (block, is_chosen) in enumerate(zip(blocks, chosen, strict=True)):
        if is_chosen:
            kind = _kind(block, whole)
            if i in spoken:
                kind = None if kind == "heading" else kind
            elif i in posts and kind is None:
                kind = "byline"
            choices.append(Choice(block, kind))
    return choices, likely


def all_chosen(blocks: Sequence[Block]) -> list[Choice]:
    """Return all blocks as an article's, with their kinds."""
    whole = "\n".join(letters(block.text) for block in blocks)
    whole = whole if len(whole) <= MOST_COMPARED else ""
    return [Choice(block, _kind(block, whole)) for block in blocks if block.text]


def likelihoods(blocks: Sequence[Block], page: PageFacts) -> list[float]:
    """Return for each block how likely it is one of the article, 0 to 1."""
    from math import exp

    weights, bias = _weights()
    return [
        1 / (1 + exp(-max(-30.0, min(30.0, bias + sum([weights.get(f, 0.0) for f in names])))))
        for names in features(blocks, page)
    ]


@cache
def _weights() -> tuple[dict[str, float], float]:
    table = json.loads((Path(__file__).parent / "page_weights.json").read_text(encoding="utf-8"))
    return table["weights"], table["bias"]


def _is_label(block: Block) -> bool:
    """Return whether a block heads or describes others, and is not of the body."""
    return block.heading or block.element.tag in HEADINGS or block.element.tag == "figcaption"


def _second_opinion(
    blocks: Sequence[Block], likely: Sequence[float], chosen: list[bool], page: PageFacts
) -> None:
    """Choose what trafilatura keeps too, where that is most of the article."""
    kept = [
        i
        for i, block in enumerate(blocks)
        if not chosen[i] and likely[i] >= SET_APART and not _is_label(block)
        and is_prose(block) and page.keeps(letters(block.text)) and not points_elsewhere(block)
    ]  # fmt: skip
    size = sum(len(b.text) for b, c in zip(blocks, chosen, strict=True) if c)
    if sum(len(blocks[i].text) for i in kept) > MOST * size:
        for i in kept:
            chosen[i] = True


def _once(blocks: Sequence[Block], chosen: list[bool]) -> None:
    """Leave out blocks whose words stand in a chosen block before: shown on phones alone."""
    seen: set[str] = set()
    for i, block in enumerate(blocks):
        if chosen[i] and len(block.text) >= 60 and not _quoting(block.element):
            words = letters(block.text)
            if words in seen:
                chosen[i] = False
            seen.add(words)


def _posts(blocks: Sequence[Block], chosen: list[bool]) -> set[int]:
    """Return the blocks that are headings, times and authors of the posts on a live page.

    Posts are three or more elements of one make (`<article>`, `<section>`, `<li>`) beside one
    another, two of them or more with text of their own that was chosen.
    """
    homes: dict[HtmlElement, list[int]] = {}
    known: dict[HtmlElement, bool] = {}
    for i, block in enumerate(blocks):
        post = _post_of(block.element, known)
        if post is not None:
            homes.setdefault(post, []).append(i)
    told = {e: [i for i in within if chosen[i]] for e, within in homes.items()}
    often = Counter(map(_make, told))
    read = Counter(_make(e) for e, within in told.items() if within)
    found: set[int] = set()
    for element, within in homes.items():
        if often[_make(element)] < 3 or read[_make(element)] < 2 or not told[element]:
            continue
        for i in within:
            block = blocks[i]
            if i > told[element][0] or len(block.text) > LONGEST_LABEL:
                continue
            lists = markup_lists(block.element)
            if (
                block.element.tag in HEADINGS
                or _CLOCK.search(block.text)
                or "author" in lists
                or block.element.find(".//time") is not None
            ):
                found.add(i)
    return found


def _post_of(element: "HtmlElement", known: "dict[HtmlElement, bool]") -> "HtmlElement | None":
    """Return the innermost `<article>`, `<section>` or `<li>` with a heading or a time in it.

    `known` holds which elements have one, as far as it was looked for.
    """
    at: HtmlElement | None = element
    while at is not None:
        if at.tag in ("article", "section", "li"):
            if at not in known:
                known[at] = any(True for _ in at.iter("h2", "h3", "h4", "time"))
            if known[at]:
                return at
        at = at.getparent()
    return None


def _make(element: "HtmlElement") -> tuple[object, ...]:
    """Return what elements of one make share: tag, parent, the first class."""
    classes = (element.get("class") or "").split()
    return element.tag, element.getparent(), classes[0] if classes else ""


def _quoting(element: "HtmlElement") -> "ParagraphKind | None":
    """Return the kind of quotation that an element stands in, None for none."""
    at: HtmlElement | None = element
    aside = False
    for _ in range(6):
        if at is None:
            break
        said = f"{at.get('class') or ''} {at.get('id') or ''}"
        if _POST.search(said):
            return "post"
        if _PULL_QUOTE.search(said):
            return "pull_quote"
        if at.tag == "blockquote":
            return "pull_quote" if _in_aside(at) else "block_quote"
        aside = aside or at.tag == "aside"
        at = at.getparent()
    return None


def _figure(block: Block) -> "HtmlElement | None":
    """Return the innermost `<figure>` that a block stands in."""
    return next(block.element.iterancestors("figure"), None)


def _in_aside(element: "HtmlElement") -> bool:
    return any(e.tag == "aside" for e in element.iterancestors())


def _kind(block: Block, whole: str) -> ParagraphKind | None:
    """Return the kind of a block that was chosen, as its elements show it; None: the text decides.

    `whole` holds the letters of all chosen blocks, a line each.
    """
    if block.element.tag == "figcaption":
        return "caption"
    if block.heading or block.element.tag in HEADINGS:
        return "heading"
    if begins(block.text) == "credits" and len(block.text) <= LONGEST_CREDIT:
        return "credit"
    kind = _quoting(block.element)
    if kind == "block_quote" and (
        block.element.tag in ("cite", "footer") or SOURCE.fullmatch(block.text) is not None
    ):
        return "caption"  # who is quoted
    if kind == "block_quote" or (
        kind is None and (block.element.tag == "aside" or _in_aside(block.element))
    ):
        words = letters(block.text)
        if len(words) >= 20 and whole.count(words) > 1:
            return "pull_quote"
    return kind
