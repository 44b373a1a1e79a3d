"""Reads the text of documents of word processors: .docx, .odt and .rtf.

Paragraphs, headings, lists and tables in their order. What a reader of the printed document does
not see is left out: deleted text, hidden text, comments; so are footnotes, headers and footers.
"""

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any, Literal, NamedTuple

from extractor.article import ParagraphKind, Remark
from extractor.errors import ArticleTooLarge, EmptyArticle, NotAnArticle
from extractor.read.text import as_shown
from extractor.read.turn_lines import begin_turns

DocumentKind = Literal["docx", "odt", "rtf"]
MOST_UNPACKED = 100_000_000  # bytes of all files in a .docx or .odt, pictures included

_ODT = b"application/vnd.oasis.opendocument.text"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
# Whose content is not read.
_UNSEEN_DOCX = {
    f"{_W}{name}" for name in ("del", "moveFrom", "instrText", "delText", "rPr", "pPr", "rt")
}
_UNSEEN_DOCX.add(_FALLBACK)  # the same again, for older programs
_UNSEEN_ODT = {f"{_TEXT}{name}" for name in ("note", "tracked-changes", "hidden-text", "ruby-text")}
_UNSEEN_ODT |= {f"{_OFFICE}annotation", f"{_OFFICE}annotation-end", f"{_TEXT}hidden-paragraph"}
_HEADING_STYLE = re.compile(r"(heading|title|überschrift|titre|nagłówek)", re.I)


class Document(NamedTuple):
    """What a document says: its text (paragraphs apart by a blank line), and what it knows."""

    text: str
    title: str | None
    kinds: dict[str, ParagraphKind]  # of the paragraphs that are marked as headings
    warnings: tuple[Remark, ...]


def document_kind(data: bytes) -> DocumentKind | None:
    """Return what sort of document bytes are, None if none. Raises nothing."""
    if data.startswith(rb"{\rtf"):
        return "rtf"
    if not data.startswith(b"PK\x03\x04"):
        return None
    try:
        with zipfile.ZipFile(BytesIO(data)) as packed:
            names = set(packed.namelist())
            if "word/document.xml" in names:
                return "docx"
            if "mimetype" in names and packed.getinfo("mimetype").file_size < 100:
                return "odt" if packed.read("mimetype").startswith(_ODT) else None
    except (zipfile.BadZipFile, OSError, RuntimeError, ValueError, NotImplementedError):
        pass
    return None


def read_document(data: bytes, source: str, kind: DocumentKind) -> Document:
    """Return the text of a document.

    Raises NotAnArticle when it is damaged or encrypted, ArticleTooLarge when it holds more than
    MOST_UNPACKED, EmptyArticle when there is no text in it.
    """
    if kind != "rtf":
        _refuse_bomb(data, source)
    read = {"docx": _docx, "odt": _odt, "rtf": _rtf}[kind]
    try:
        blocks, title = read(data)
    except Exception as error:  # a parser fed with anything
        raise NotAnArticle(
            f"{source}: the .{kind} is damaged or encrypted ({type(error).__name__}); save it "
            "anew, or save its text as .txt."
        ) from error
    # All at once, as there is to be one remark.
    shown, remarks = as_shown("\n".join(" ".join(text.split()) for text, _ in blocks))
    blocks = [
        (text, heading)
        for text, (_, heading) in zip(shown.split("\n") if blocks else [], blocks, strict=True)
        if text
    ]
    text = "\n\n".join(block for block, _ in blocks)
    if not text:
        raise EmptyArticle(f"{source}: there is no text in it; give one that holds an article.")
    kinds: dict[str, ParagraphKind] = {block: "heading" for block, heading in blocks if heading}
    title = " ".join((title or "").split())
    return Document(text, title if title in dict(blocks[:3]) else None, kinds, remarks)


def _refuse_bomb(data: bytes, source: str) -> None:
    with zipfile.ZipFile(BytesIO(data)) as packed:
        size = sum(info.file_size for info in packed.infolist())
    if size > MOST_UNPACKED:
        raise ArticleTooLarge(
            f"{source}: unpacked it has {size:,} bytes, more than {MOST_UNPACKED:,}; save its text "
            "as .txt."
        )


Blocks = list[tuple[str, bool]]  # text, and whether it is a heading


def _docx(data: bytes) -> tuple[Blocks, str | None]:
    """Return the blocks of a .docx, and its title."""
    import docx

    document = docx.Document(BytesIO(data))
    styles = {style.style_id: style.name or "" for style in document.styles}
    blocks: Blocks = []
    before = ""  # of a paragraph whose end was deleted: the next one goes on with it
    for paragraph in document.element.body.iter(f"{_W}p"):
        if any(above.tag in _UNSEEN_DOCX for above in paragraph.iterancestors()):
            continue
        words = before + "".join(_words_docx(paragraph))
        before = words if paragraph.find(f"{_W}pPr/{_W}rPr/{_W}del") is not None else ""
        if before:
            continue
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        name = styles.get(style.get(f"{_W}val"), "") if style is not None else ""
        heading = bool(_HEADING_STYLE.match(name))
        blocks += [(part, heading) for part in _lines(words)]
    blocks += [(part, False) for part in _lines(before)]
    return blocks, document.core_properties.title


def _words_docx(element: Any) -> Iterator[str]:
    """Yield the words in a paragraph, but for those in a paragraph within it (a text box)."""
    for child in element:
        if child.tag in _UNSEEN_DOCX or child.tag == f"{_W}p" or not isinstance(child.tag, str):
            continue
        if child.tag == f"{_W}r" and _is_on(child.find(f"{_W}rPr/{_W}vanish")):
            continue
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag in (f"{_W}br", f"{_W}cr"):
            yield "\n"
        elif child.tag == f"{_W}tab":
            yield "\t"
        elif child.tag == f"{_W}noBreakHyphen":
            yield "-"
        else:
            yield from _words_docx(child)


def _is_on(switch: Any) -> bool:
    """Return whether a property such as `w:vanish` is there and not switched off."""
    return switch is not None and switch.get(f"{_W}val", "1") not in ("0", "false", "off")


def _odt(data: bytes) -> tuple[Blocks, str | None]:
    """Return the blocks of an .odt, and its title."""
    import odfdo
    from lxml import etree

    document = odfdo.Document(BytesIO(data))
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    content = etree.fromstring(document.content.serialize(), parser)
    hidden = _hidden_styles(content)
    blocks: Blocks = []
    for paragraph in content.find(f".//{_OFFICE}text").iter(f"{_TEXT}p", f"{_TEXT}h"):
        if any(_is_unseen_odt(e, hidden) for e in (paragraph, *paragraph.iterancestors())):
            continue
        heading = paragraph.tag == f"{_TEXT}h"
        blocks += [(part, heading) for part in _lines("".join(_words_odt(paragraph, hidden)))]
    return blocks, document.meta.title


def _hidden_styles(content: Any) -> frozenset[str]:
    """Return the names of the document's own styles whose text is not shown."""
    return frozenset(
        style.get(f"{_STYLE}name", "")
        for style in content.iter(f"{_STYLE}style")
        for properties in style.iter(f"{_STYLE}text-properties")
        if properties.get(f"{_TEXT}display") == "none"
    )


def _is_unseen_odt(element: Any, hidden: frozenset[str]) -> bool:
    """Return whether an element is not shown: by what it is, by its style or as a section."""
    return (
        element.tag in _UNSEEN_ODT
        or element.get(f"{_TEXT}style-name") in hidden
        or (element.tag == f"{_TEXT}section" and element.get(f"{_TEXT}display") == "none")
    )


def _words_odt(element: Any, hidden: frozenset[str]) -> Iterator[str]:
    """Yield the words in a paragraph, but for those in a paragraph within it (a frame)."""
    yield element.text or ""
    for child in element:
        if child.tag == f"{_TEXT}s":
            yield " "
        elif child.tag == f"{_TEXT}tab":
            yield "\t"
        elif child.tag == f"{_TEXT}line-break":
            yield "\n"
        elif (
            isinstance(child.tag, str)
            and child.tag != f"{_TEXT}p"
            and not _is_unseen_odt(child, hidden)
        ):
            yield from _words_odt(child, hidden)
        yield child.tail or ""


def _rtf(data: bytes) -> tuple[Blocks, str | None]:
    """Return the blocks of an .rtf; it knows no title."""
    from extractor.read.rtf import rtf_paragraphs

    return [(part, False) for text in rtf_paragraphs(data) for part in _lines(text)], None


def _lines(text: str) -> list[str]:
    """Return the paragraphs in one: two line breaks in a row part them, or one before a label."""
    paragraphs: list[str] = []
    for part in re.split(r"\n\s*\n", text):
        lines = part.split("\n")
        begun = begin_turns(lines)
        for i, line in enumerate(lines):
            if i and not begun[i]:
                paragraphs[-1] += f"\n{line}"
            else:
                paragraphs.append(line)
    return paragraphs
