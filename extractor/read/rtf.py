"""Reads the text of an .rtf document, as a reader of the printed document sees it.

Control words, destinations and the character sets of fonts are those of striprtf. Its own reading
shows hidden and deleted words, adds the addresses of links and bars between cells, drops text boxes
and mistakes the code pages of fonts beside one without a character set and of Macs.
"""

import codecs
import re
from dataclasses import dataclass, replace

_DEFAULT_CODEC = "cp1252"
_SHAPE = frozenset({"shp", "shpinst"})  # around a text box, whose text is shown
_BOXED = frozenset({"shptxt", "dptxbxtext"})
_ENDS = frozenset({"par", "sect", "page", "cell", "row", "nestcell", "nestrow"})  # of a paragraph
_RUN = re.compile(r"[^\\{}\r\n\x80-\xff]*")  # text without anything special
_MARKS = {"~": " ", "_": "-", "-": "", "{": "{", "}": "}", "\\": "\\"}


@dataclass(slots=True)
class _Group:
    """What holds within braces, and is as before behind them."""

    unseen: bool = False  # of a destination that is no text: fonts, headers, notes, pictures
    shape: bool = False  # within a shape, but not in its text
    boxed: bool = False  # text of a shape
    starred: bool = False  # a destination that may be unknown follows
    vanished: bool = False
    deleted: bool = False
    font: str = ""
    fallback: int = 1  # characters that stand in for one behind "\\u"


def rtf_paragraphs(data: bytes) -> list[str]:
    """Return the paragraphs of a document, a line break within one as "\\n"; some are empty.

    Never raises on any bytes that begin as a document does; what no code page explains is U+FFFD.
    """
    return _Reader(data.decode("latin-1")).paragraphs()


class _Reader:
    """Reads a document from its beginning to its end."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._codec = _DEFAULT_CODEC
        self._fonts: dict[str, str] = {}  # codecs
        self._default_font = ""
        self._described = ""  # the font that the font table is at
        self._group = _Group()
        self._around: list[_Group] = []
        self._bytes = bytearray()  # characters not decoded yet: some take two bytes
        self._skip = 0  # characters that stand in for one that was read
        self._open: list[str] = []  # of the paragraph
        self._box: list[str] = []  # of a text box in it
        self._boxes: list[str] = []
        self._done: list[str] = []

    def paragraphs(self) -> list[str]:
        from striprtf.striprtf import PATTERN

        at = 0
        while found := PATTERN.search(self._source, at):
            at = found.end()
            word, argument, byte, mark, brace, plain = found.groups()
            if byte or (plain and plain > "\x7f"):
                self._add_byte(int(byte, 16) if byte else ord(plain))
                continue
            self._decode()
            if brace == "{":
                self._around.append(self._group)
                self._group = replace(self._group)
            elif brace:
                self._group = self._around.pop() if self._around else _Group(unseen=True)
                if not self._around:
                    break
            elif word:
                number = int(argument) if argument else None
                if word == "bin":
                    at += max(0, number or 0)
                self._word(word, number)
            elif mark == "*":
                self._group.starred = True
            elif mark and mark in "\r\n":
                self._end()
            elif mark:
                self._add(_MARKS.get(mark, ""))
            elif plain and self._skip:
                self._skip -= 1
            elif plain:
                at = _RUN.match(self._source, at).end()  # type: ignore[union-attr] # or nothing
                self._add(self._source[found.start() : at])
            if brace:
                self._skip = 0
        self._decode()
        self._end()
        self._end_box()
        return [*self._done, *self._boxes]

    # --- control words --------------------------------------------------------------------------

    def _word(self, word: str, number: int | None) -> None:
        from striprtf.striprtf import destinations, specialchars

        group = self._group
        starred, group.starred = group.starred, False
        is_on = number != 0
        if word == "u":
            self._add(chr((number or 0) & 0xFFFF))
            self._skip = group.fallback
            return
        self._skip = 0
        if word in _SHAPE:
            group.shape = True
        elif word in _BOXED:
            group.shape, group.boxed = False, True
        elif starred or word in destinations:
            group.unseen = True
        elif word in _ENDS:
            self._end_box() if group.boxed else self._end()
        elif word == "line":
            self._add("\n")
        elif word in specialchars:
            self._add(specialchars[word])
        elif word == "uc":
            group.fallback = max(0, number or 0)
        elif word == "v":
            group.vanished = is_on
        elif word == "deleted":
            group.deleted = is_on
        elif word == "plain":
            group.vanished, group.font = False, self._default_font
        elif word == "f":
            group.font = self._described = str(number)
        elif word == "fcharset":
            self._charset(number or 0)
        elif word == "deff":
            self._default_font = group.font = str(number)
        elif word == "ansicpg":
            self._codec = _known(f"cp{number}")
        elif word == "mac":
            self._codec = "mac_roman"
        elif word in ("pc", "pca"):
            self._codec = "cp437" if word == "pc" else "cp850"

    def _charset(self, charset: int) -> None:
        from striprtf.striprtf import charset_map

        if charset in charset_map:
            self._fonts[self._described] = _known(charset_map[charset])

    # --- text -----------------------------------------------------------------------------------

    def _add_byte(self, byte: int) -> None:
        if self._skip:
            self._skip -= 1
        else:
            self._bytes.append(byte)

    def _decode(self) -> None:
        if self._bytes:
            codec = self._fonts.get(self._group.font, self._codec)
            self._add(self._bytes.decode(codec, "replace"))
            self._bytes.clear()

    def _add(self, text: str) -> None:
        group = self._group
        if not (group.unseen or group.shape or group.vanished or group.deleted):
            (self._box if group.boxed else self._open).append(text)

    def _end(self) -> None:
        """End a paragraph, whose text boxes follow it."""
        if self._group.unseen or self._group.vanished or self._group.deleted:
            return  # it goes on behind what is not seen
        self._done += [_joined(self._open), *self._boxes]
        self._open.clear()
        self._boxes.clear()

    def _end_box(self) -> None:
        if self._box:
            self._boxes.append(_joined(self._box))
            self._box.clear()


def _known(codec: str) -> str:
    """Return the codec, or another where Python has none of the name."""
    try:
        codecs.lookup(codec)
    except LookupError:
        return {"cp10000": "mac_roman", "cp65001": "utf-8"}.get(codec, _DEFAULT_CODEC)
    return codec


def _joined(pieces: list[str]) -> str:
    """Return pieces as one text, in which halves of surrogate pairs are characters."""
    text = "".join(pieces)
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
