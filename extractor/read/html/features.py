"""What speaks for and against a block of a page being the article's: the names of its features.

A feature is a word like "size=3" or "in:related"; `choosing` adds up their weights. Everything is
taken from the block's own words, the elements around it and the blocks beside it, in one pass.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from extractor.read.html.blocks import Block
from extractor.read.html.page_words import begins, marked

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_SIZES = (8, 20, 40, 70, 110, 170, 260, 420)
_FAR = (1, 2, 3, 5, 8, 15)  # blocks
_STOPS = frozenset(".!?…。！？؟।")
_AFTER_STOPS = "\"'”’“»«)]」』‹› "
_QUOTES = re.compile('["“”„«»「」‘]')
_CONTAINERS = frozenset(
    "article main aside nav footer header form figure table ul ol blockquote section dl "
    "details".split()
)
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
START = 25  # letters
PROSE = 80  # characters, of which a block of prose has at least so many outside of links


@dataclass(slots=True)
class _Place:
    """What is known of an element that blocks stand in."""

    tags: frozenset[str]  # of it and the elements around it, of `_CONTAINERS` and "a"
    words: tuple[tuple[str, int], ...]  # the lists that its markup is in, with how far out
    signature: str  # of its tag and classes, and its parent's
    prose: int = 0  # characters of prose within
    size: int = 0  # characters within
    links: int = 0  # characters of links within
    depth: int = 0
    parent: "HtmlElement | None" = None
    own: tuple[str, ...] = ()


@dataclass(slots=True)
class PageFacts:
    """What is known of a page beside its blocks."""

    kept: frozenset[str]  # the letters of the lines that trafilatura keeps
    starts: frozenset[str]  # how those begin and end: it drops words within a line
    told: str  # the letters of the article's body in the page's metadata, "" when it has none
    title: str

    @classmethod
    def of(cls, kept: Sequence[str], told: str, title: str | None) -> "PageFacts":
        """Return what is known: the lines that trafilatura keeps, `articleBody`, the title."""
        lines = [letters(line) for line in kept]
        starts = [
            x for line in lines if len(line) > 2 * START for x in (line[:START], line[-START:])
        ]
        return cls(frozenset(filter(None, lines)), frozenset(starts), letters(told), title or "")

    def keeps(self, line: str) -> bool:
        """Return whether trafilatura keeps a block, given its letters."""
        if line in self.kept:
            return True
        return len(line) > 2 * START and (
            line[:START] in self.starts or line[-START:] in self.starts
        )


def letters(text: str) -> str:
    """Return the letters and digits of a text, by which two forms of it are compared."""
    return "".join(filter(str.isalnum, text)).lower()


def features(blocks: Sequence[Block], page: PageFacts) -> list[list[str]]:
    """Return the names of each block's features."""
    return _Reading(blocks, page).rows() if blocks else []


class _Reading:
    """All that is asked of a page's blocks together."""

    def __init__(self, blocks: Sequence[Block], page: PageFacts) -> None:
        self.blocks, self.page = blocks, page
        self.places: dict[HtmlElement, _Place] = {}
        for block in blocks:
            _place(block.element, self.places)
        self.prose = [_prose(block) for block in blocks]
        self.total = sum(self.prose) or 1
        self.alike: Counter[str] = Counter()  # characters of prose by the make of their element
        for block, prose in zip(blocks, self.prose, strict=True):
            self._weigh(block, prose)
        self.home = self._home()
        self.within = [self._is_within(block.element) for block in blocks]
        inside = [i for i, p in enumerate(self.prose) if p and self.within[i]]
        self.first, self.last = (inside[0], inside[-1]) if inside else (0, len(blocks))
        self.words = [letters(block.text) for block in blocks]
        self.often = Counter(self.words)
        self.title = letters(page.title)
        self.headline = self._headline(bool(inside))
        at = blocks[self.headline].element if self.headline >= 0 else self.home
        self.article = _article(at)

    def rows(self) -> list[list[str]]:
        """Return the names of each block's features."""
        rows = []
        seen: Counter[str] = Counter()
        sections = self._sections()
        for i, words in enumerate(self.words):
            own_row = _own(self.blocks[i], self.places[self.blocks[i].element])
            row = own_row + self._standing(i, own_row) + sections[i]
            if self.often[words] > 1:
                row.append("repeated" if seen[words] else "comes again")
            seen[words] += 1
            row.append(f"{row[0]}&{row[1]}")
            rows.append(row)
        own = [(row[0], row[1], b.element.tag) for row, b in zip(rows, self.blocks, strict=True)]
        for i, row in enumerate(rows):
            row.extend(self._beside("before", i, i - 1, own))
            row.extend(self._beside("after", i, i + 1, own))
        return rows

    def _weigh(self, block: Block, prose: int) -> None:
        """Add a block to what is known of the elements around it."""
        if prose:
            self.alike[self.places[block.element].signature] += prose
        size, links = len(block.text), block.links
        element: HtmlElement | None = block.element
        while element is not None:
            place = self.places[element]
            place.prose += prose
            place.size += size
            place.links += links
            element = place.parent

    def _home(self) -> "HtmlElement":
        """Return the innermost element that holds most of the prose."""
        best = max(
            (item for item in self.places.items() if item[1].prose >= 0.6 * self.total),
            key=lambda item: item[1].depth,
            default=None,
        )
        return best[0] if best else self.blocks[0].element.getroottree().getroot()

    def _is_within(self, element: "HtmlElement") -> bool:
        """Return whether an element is `home` or stands in it."""
        at: HtmlElement | None = element
        while at is not None:
            if at is self.home:
                return True
            at = self.places[at].parent
        return False

    def _headline(self, has_prose: bool) -> int:
        """Return the block that is the headline, before the end of the prose; -1 without one."""
        for i, block in enumerate(self.blocks):
            if block.element.tag == "h1" or (self.title and self.words[i] == self.title):
                return i if not has_prose or i <= self.last else -1
        return -1

    def _branch(self, element: "HtmlElement") -> _Place | None:
        """Return the child of `home` that an element stands in, None for `home` itself."""
        at, below = element, None
        while at is not self.home:
            below, above = at, self.places[at].parent
            if above is None:
                return None
            at = above
        return self.places[below] if below is not None else None

    def _standing(self, i: int, own: list[str]) -> list[str]:
        """Return the features of where a block stands; `own` are those of the block by itself."""
        block, within = self.blocks[i], self.within[i]
        place = self.places[block.element]
        parent = self.places[place.parent] if place.parent is not None else place
        distance = min(6, place.depth - self.places[self.home].depth) if within else "out"
        row = [
            f"share={_step(place.prose / self.total)}",
            f"parent={_step(parent.prose / self.total)}",
            f"like={_step(self.alike[place.signature] / self.total)}",
            f"home={within}",
            f"distance={distance}",
            "at=" + ("before" if i < self.first else "after" if i > self.last else "within"),
            "title=" + self._from_headline(i),
            f"home={within}&{own[4]}",
            f"home={within}&{own[5]}",
        ]
        if self.article is not None:
            article = _article(block.element)
            which = "own" if article is self.article else "none" if article is None else "other"
            row.append(f"article={which}")
        branch = self._branch(block.element) if within else None
        for name, where in (("parent", parent), ("branch", branch)):
            if where is not None and where.size:
                linked = _step(where.links / where.size)
                row.append(f"{name} links={linked}")
                row.append(f"{name} prose={_step(where.prose / where.size)}")
                row.append(f"{name} links={linked}&{own[1]}")
        if branch is not None:
            row.append(f"branch={_step(branch.prose / self.total)}")
            row.append(f"branch={_step(branch.prose / self.total)}&{own[4]}")
        return row + self._witnessed(self.words[i], own[0], within)

    def _sections(self) -> list[list[str]]:
        """Return for each block under which heading it stands, and behind how many headlines."""
        sections: list[list[str]] = []
        headlines: set[str] = set()
        name, far = "none", 0
        for block, words in zip(self.blocks, self.words, strict=True):
            is_heading = block.heading or block.element.tag in HEADINGS
            if block.element.tag == "h1":
                headlines.add(words)
            row = [f"headlines={min(3, len(headlines))}"]
            if is_heading:
                name, far = begins(block.text) or "other", 0
            else:
                far += 1
                row += [f"under={name}", f"under={name}&far={sum(far >= n for n in _FAR)}"]
            sections.append(row)
        return sections

    def _from_headline(self, i: int) -> str:
        if self.headline < 0:
            return "none"
        return "is" if i == self.headline else "before" if i < self.headline else "after"

    def _witnessed(self, words: str, size: str, within: bool) -> list[str]:
        """Return what trafilatura, the page's metadata and its title say of a block."""
        row = []
        if self.page.kept or self.page.told:
            kept = self.page.keeps(words)
            row += [f"kept={kept}", f"kept={kept}&{size}", f"kept={kept}&home={within}"]
        if self.page.told and words:
            told = words in self.page.told
            row += [f"told={told}", f"told={told}&{size}"]
        if self.title and words == self.title:
            row.append("is title")
        return row

    def _beside(self, name: str, i: int, j: int, own: list[tuple[str, str, str]]) -> list[str]:
        """Return the features of the block before or after a block."""
        if not 0 <= j < len(self.blocks):
            return [f"{name}:none"]
        element, other = self.blocks[i].element, self.blocks[j].element
        same = element.getparent() is other.getparent()
        like = self.places[element].signature == self.places[other].signature
        return [*(f"{name}:{f}" for f in own[j]), f"{name}:same={same}", f"{name}:like={like}"]


def _article(element: "HtmlElement") -> "HtmlElement | None":
    """Return the outermost `<article>` that an element stands in."""
    found: HtmlElement | None = None
    at: HtmlElement | None = element
    while at is not None:
        if at.tag == "article":
            found = at
        at = at.getparent()
    return found


def _own(block: Block, place: _Place) -> list[str]:
    """Return the features of a block by itself; the first two are its size and its links."""
    text = block.text
    size = len(text) + 2 * len(_WIDE.findall(text))
    step = sum(size >= s for s in _SIZES)
    solid = max(1, len(text.replace(" ", "")))
    linked = min(1.0, block.links / solid)
    links = 0 if not linked else 1 if linked < 0.3 else 2 if linked < 0.8 else 3
    tag = block.element.tag
    end = text.rstrip(_AFTER_STOPS)[-1:] or text[-1]
    stop = (
        "stop" if end in _STOPS else "colon" if end == ":" else "comma" if end in ",;-–" else "none"
    )
    row = [
        f"size={step}",
        f"links={links}",
        f"tag={tag}",
        f"end={stop}",
        f"size={step}&end={stop}",
        f"links={links}&end={stop}",
        f"tag={tag}&size={step}",
        f"tag={tag}&links={links}",
    ]
    bold, italic = block.bold >= 0.95 * solid, block.italic >= 0.95 * solid
    if bold or italic:
        row.append(f"bold={bold}&italic={italic}")
        row.append(f"bold={bold}&italic={italic}&end={stop}")
    if block.heading:
        row.append("heading")
    if _QUOTES.search(text):
        row.append("quotes")
    if sum(map(str.isdigit, text)) > 0.2 * len(text):
        row.append("digits")
    if text.isupper():
        row.append("upper")
    if text[0] in "•»›>-–→▶*|+":
        row.append("bullet")
    if "@" in text or "http" in text or "www." in text:
        row.append("address")
    if "|" in text:
        row.append("bar")
    if text[0].islower():
        row.append("lower")
    if name := begins(text):
        row.append(f"begins={name}")
        row.append(f"begins={name}&links={links}")
    row += [f"in={t}" for t in place.tags]
    nearest: dict[str, int] = {}
    for name, far in place.words:
        nearest.setdefault(name, far)
    row += [f"marked={name}&far={min(far, 3)}" for name, far in nearest.items()]
    row += [f"marked={name}" for name in nearest]
    return row


def _place(element: "HtmlElement", places: "dict[HtmlElement, _Place]") -> None:
    """Enter what is known of an element and of those around it."""
    chain = []
    at: HtmlElement | None = element
    while at is not None and at not in places:
        chain.append(at)
        at = at.getparent()
    for node in reversed(chain):
        parent = node.getparent()
        above = places[parent] if parent is not None else None
        tags = above.tags if above else frozenset()
        if node.tag in _CONTAINERS or node.tag == "a":
            tags |= {node.tag}
        own = marked(node)
        words = tuple((n, 0) for n in own)
        if above:
            words += tuple((n, f + 1) for n, f in above.words if f < 9)
        signature = f"{node.tag}.{node.get('class')}"
        places[node] = _Place(
            tags=tags,
            words=words,
            signature=signature + "<" + (above.signature.split("<")[0] if above else ""),
            depth=above.depth + 1 if above else 0,
            parent=parent,
            own=own,
        )


def is_prose(block: Block) -> bool:
    """Return whether a block reads as prose: long, hardly linked, ended as a sentence."""
    return (
        len(block.text) >= PROSE
        and block.links < 0.3 * len(block.text)
        and block.text.rstrip(_AFTER_STOPS)[-1:] in _STOPS
    )


def is_said(text: str) -> bool:
    """Return whether a line ends as what somebody says, or whose turn it is: ". ! ? :"."""
    return (text.rstrip(_AFTER_STOPS)[-1:] or " ") in _STOPS | {":"}


def _prose(block: Block) -> int:
    """Return the characters of prose in a block: 0 for short ones and for links."""
    size = len(block.text) + len(_WIDE.findall(block.text)) - block.links
    if (
        size < PROSE
        or block.links > 0.5 * len(block.text)
        or block.element.tag in ("h1", "h2", "h3", "figcaption")
    ):
        return 0
    return size


def _step(share: float) -> int:
    """Return a share, 0 to 1, as a step."""
    return sum(share > s for s in (0, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9))
