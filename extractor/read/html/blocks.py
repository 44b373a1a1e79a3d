"""The blocks of a web page: each line of text that a browser shows, in order, and where it is.

All text between two elements that begin a line is one block, whatever inline elements it is made
of. Two line breaks in a row end a block; so does one after a line that is all bold, which is a
heading. `<q>` gets the quotation marks of the page's language, as a browser shows them.
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from extractor.read.html.visible import (
    BLOCKS,
    SKIPPED,
    hidden_by_sheets,
    is_break,
    is_footnote_mark,
    is_hidden,
    is_in,
)
from extractor.read.turn_lines import begin_turns

if TYPE_CHECKING:
    from lxml.html import HtmlElement

LONGEST_BOLD_HEADING = 120  # characters
FEWEST_HIDDEN, MUCH = 3, 0.25  # paragraphs that a script will show; their share of the page's
SHORTEST_PARAGRAPH = 60  # characters, of a paragraph that a single line break ends
STOPS = frozenset(".!?…。！？؟।")
_CLOSING = "\"'”’“»«)]」』‹› "
_SPACE = re.compile(r"[ \t\n\r\f\v]+")
_MARKS = {  # by the first letters of the language: outer and inner marks
    "de": "„“‚‘", "cs": "„“‚‘", "sk": "„“‚‘", "sl": "„“‚‘", "bg": "„“‚‘", "is": "„“‚‘",
    "lt": "„“‚‘", "pl": "„”«»", "ro": "„”«»", "hu": "„”»«", "hr": "„”‚’", "sr": "„”’’",
    "fr": "«»‹›", "es": "«»“”", "it": "«»“”", "pt": "«»“”", "ru": "«»„“", "uk": "«»„“",
    "be": "«»„“", "el": "«»“”", "no": "«»‘’", "nb": "«»‘’", "nn": "«»‘’", "da": "”“’‘",
    "sv": "””’’", "fi": "””’’", "ja": "「」『』", "zh-tw": "「」『』", "zh-hk": "「」『』",
}  # fmt: skip

_OPENING_MARKS = frozenset('"“„«‹‘‚「『”»')
_STAMP = re.compile(r"\s*[\[(]?\d{1,2}:\d{2}(?::\d{2})?[\])]?\s*$")
_CLOCK = re.compile(r"\s*\D{0,12}\d{1,2}[:. ]\d{2}\b|.*\d")
_INLINE = {
    "a": "link",
    "button": "link",
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
}
_Piece = tuple[str, bool, bool, bool]  # text, and whether it is of a link, bold, italic
_BREAK: _Piece = ("\n", False, False, False)
SOURCE = re.compile(r"[—–―]\s?\S.{1,90}|-- ?\S.{1,90}")  # "— Ada Low, teacher"


@dataclass(slots=True, eq=False)
class Block:
    """A line of text of a page."""

    text: str  # without line breaks, one blank between words
    element: "HtmlElement"  # the innermost element around it that begins a line
    links: int = 0  # characters of links and buttons
    bold: int = 0  # characters in bold
    italic: int = 0
    heading: bool = False  # a bold line before a line break


def page_blocks(root: "HtmlElement", language: str = "") -> list[Block]:
    """Return the blocks of what a browser shows of `root`, in order."""
    from lxml.etree import iterwalk

    walk = iterwalk(root, events=("start", "end"))
    lines = _Gathering(root, language)
    skipped: HtmlElement | None = None
    hidden = hidden_by_sheets(root)
    for event, element in walk:
        if event == "start":
            tag = element.tag
            if (
                tag in SKIPPED
                or (tag in ("a", "sup") and is_footnote_mark(element))
                or (
                    (is_hidden(element) or (hidden and is_in(element, hidden)))
                    and not _is_most(element, root)
                )
            ):
                if tag in BLOCKS:
                    lines.end_block()
                walk.skip_subtree()
                skipped = element  # its end is the next event
                continue
            lines.open(element)
            lines.add(element.text)
        else:
            if element is skipped:
                skipped = None
            else:
                lines.close(element)
            if element is not root:
                lines.add(element.tail)
    lines.end_block()
    return lines.blocks


class _Gathering:
    """The blocks so far, and the pieces of the one that is open."""

    def __init__(self, root: "HtmlElement", language: str) -> None:
        self.blocks: list[Block] = []
        self._pieces: list[_Piece] = []
        self._around = [root]  # the elements that begin a line, from the outermost
        self._within = dict.fromkeys(("link", "bold", "italic"), 0)  # how many are open
        self._quotes: list[int] = []  # of each `<q>` that is open, the piece that is its mark
        self._language = language

    def add(self, text: str | None) -> None:
        """Add a piece of text, in which a line break is a blank; a line begins with no blank."""
        if text and (self._pieces or not text.isspace()):
            within = self._within
            kinds = within["link"] > 0, within["bold"] > 0, within["italic"] > 0
            self._pieces.append((_SPACE.sub(" ", text), *kinds))

    def open(self, element: "HtmlElement") -> None:
        """Enter an element."""
        tag = element.tag
        if tag in BLOCKS or (tag == "cite" and _is_source(element)):
            self.end_block()
            self._around.append(element)
        elif tag == "br" or (tag == "span" and is_break(element)):
            self._pieces.append(_BREAK)
        elif tag in ("td", "th"):
            self.add(" ")
        elif tag == "q":
            self._quotes.append(len(self._pieces))
            self.add(_mark(self._language, len(self._quotes), closing=False))
        elif tag in ("time", "span") and self._is_stamp(element):
            self.add(" ")
        elif kind := _INLINE.get(tag):
            self._within[kind] += 1

    def close(self, element: "HtmlElement") -> None:
        """Leave an element."""
        tag = element.tag
        if element is self._around[-1]:
            self.end_block()
            if len(self._around) > 1:
                self._around.pop()
        elif tag == "q":
            self._close_quotation()
        elif tag in ("time", "span") and self._is_stamp(element):
            self.add(" ")
        elif kind := _INLINE.get(tag):
            self._within[kind] -= 1

    def _is_stamp(self, element: "HtmlElement") -> bool:
        """Return whether an element is a time that stands beside a name, as in live blogs."""
        form = _CLOCK if element.tag == "time" else _STAMP
        return self._around[-1].tag != "p" and form.match(element.text or "") is not None

    def _close_quotation(self) -> None:
        """Add the mark that closes a `<q>`; take back the one before if the page has its own."""
        mark = _mark(self._language, len(self._quotes), closing=True)
        at = self._quotes.pop()
        inner = "".join([text for text, *_ in self._pieces[at + 1 :]]).strip()
        before = self._pieces[at - 1][0][-1:] if 0 < at <= len(self._pieces) else ""
        if (
            at < len(self._pieces)
            and (inner[:1] in _OPENING_MARKS or before in _OPENING_MARKS)
            and inner
        ):
            del self._pieces[at]
        else:
            self.add(mark)

    def end_block(self) -> None:
        """End the block that is open, if one is."""
        _end(self.blocks, self._pieces, self._around[-1])


def _is_source(element: "HtmlElement") -> bool:
    """Return whether a `<cite>` names the source of a block quotation, on a line of its own."""
    parent = element.getparent()
    first = element.getprevious() is None and not (parent.text or "").strip()
    return _is_quoting(element) and parent.tag != "p" and (first or parent.tag == "blockquote")


def _is_quoting(element: "HtmlElement") -> bool:
    """Return whether an element is a block quotation or stands in one."""
    return (
        element.tag == "blockquote" or next(element.iterancestors("blockquote"), None) is not None
    )


def _end(blocks: list[Block], pieces: list[_Piece], element: "HtmlElement") -> None:
    """Add what has been gathered as a block, or several where line breaks part them."""
    if not pieces:
        return
    lines = _lines(pieces, element)
    pieces.clear()
    open_ = False  # whether the next line goes on with the last block
    turns = begin_turns([line.text for line in lines])
    for i, line in enumerate(lines):
        if turns[i]:
            open_ = False
        if not line.text:
            open_ = False
            continue
        if SOURCE.fullmatch(line.text) and _is_quoting(element):
            open_ = False
        if i and _is_paragraph(lines[i - 1].text) and _is_paragraph(line.text):
            open_ = False
        if _is_bold_heading(line) and i + 1 < len(lines) and not _is_bold(lines[i + 1]):
            line.heading = True
            blocks.append(line)
            open_ = False
        elif open_:
            last = blocks[-1]
            last.text = f"{last.text} {line.text}"
            last.links += line.links
            last.bold += line.bold
            last.italic += line.italic
        else:
            blocks.append(line)
            open_ = True


def _is_most(element: "HtmlElement", root: "HtmlElement") -> bool:
    """Return whether an element that is hidden holds much of the page's text.

    Then a script shows it, at once or behind "read more".
    """
    within = _paragraphs(element)
    return len(within) >= FEWEST_HIDDEN and sum(within) >= MUCH * sum(_paragraphs(root))


def _paragraphs(element: "HtmlElement") -> list[int]:
    """Return the lengths of the paragraphs in an element, as far as they are marked so and long."""
    sizes = [len(p.text_content()) for p in element.iter("p")]
    return [size for size in sizes if size >= SHORTEST_PARAGRAPH]


def _lines(pieces: list[_Piece], element: "HtmlElement") -> list[Block]:
    """Return the lines of what has been gathered, as line breaks divide it; some are empty."""
    lines = [Block("", element)]
    parts: list[str] = []
    for text, link, bold, italic in pieces:
        line = lines[-1]
        if text == "\n":
            line.text = " ".join("".join(parts).split())
            parts.clear()
            lines.append(Block("", element))
            continue
        parts.append(text)
        if link or bold or italic:
            size = len(text.strip())
            line.links += link * size
            line.bold += bold * size
            line.italic += italic * size
    lines[-1].text = " ".join("".join(parts).split())
    return lines


def _is_paragraph(line: str) -> bool:
    """Return whether a line between line breaks is a paragraph: long, and ends as a sentence."""
    return len(line) >= SHORTEST_PARAGRAPH and line.rstrip(_CLOSING)[-1:] in STOPS


def _is_bold(line: Block) -> bool:
    """Return whether a line is bold from its beginning to its end."""
    return line.bold >= len(line.text.replace(" ", "")) > 0


def _is_bold_heading(line: Block) -> bool:
    """Return whether a bold line has the form of a heading."""
    return len(line.text) <= LONGEST_BOLD_HEADING and _is_bold(line) and line.text[-1] not in ":,"


def _mark(language: str, depth: int, closing: bool) -> str:
    """Return a quotation mark of the language; inner quotations have others than outer ones."""
    marks = _MARKS.get(language.lower()) or _MARKS.get(language[:2].lower(), "“”‘’")
    return marks[(0 if depth % 2 else 2) + closing]
