"""Reads a PDF: its text in reading order as paragraphs, and what about it is doubtful.

    glyphs.py     the letters of the pages and where they stand, from PDFium
    running.py    heads, feet and page numbers are taken off
    order.py      columns, bands, boxes: the order in which the lines are read
    joining.py    lines become paragraphs, cut words are whole again

PDFium computes in C, where no interruption reaches it. A file that keeps it busy is ended with its
process: PDFs are read in processes that somebody watches (bounds.py, bounded_process.py). What a
file holds is bounded here: its pages, and its letters as they are found.
"""

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from extractor.article import Remark
from extractor.errors import ArticleTooLarge, EmptyArticle, InputError, NotAnArticle
from extractor.read.text import as_shown
from extractor.text.spans import Span

if TYPE_CHECKING:
    from extractor.read.pdf.glyphs import PageText
    from extractor.read.pdf.joining import JoinedParagraph

MOST_PAGES = 500
MOST_LETTERS = 5_000_000  # blanks included; the bound on an article's characters is lower
_END, _TAIL = b"%%EOF", 2048  # a whole file ends with it, in its last bytes
_PASSWORD, _SECURITY = 4, 5  # PDFium's numbers of errors
_WHAT_TO_DO = "print the pages of the article to a new PDF, or save its text as .txt"
_MOST_NAMED = 5  # pages that a warning names

_one_at_a_time = threading.Lock()  # PDFium is not made for threads


class PdfText(NamedTuple):
    """What was read of a PDF."""

    text: str  # paragraphs, apart by a blank line
    title: str | None
    warnings: tuple[Remark, ...]


class _Pages(NamedTuple):
    title: str
    pages: "list[PageText | None]"  # None: it cannot be read
    fonts_left_out: list[str]


def looks_like_pdf(data: bytes) -> bool:
    """Return whether bytes are a PDF; some writers put a few bytes before the signature."""
    return b"%PDF-" in data[:1024]


def read_document(data: bytes, source: str) -> PdfText:
    """Return the text of a PDF, its title and warnings.

    Raises NotAnArticle when it is encrypted or damaged, ArticleTooLarge when it is more than is
    read of one, EmptyArticle when its pages are pictures.
    """
    from extractor.read.pdf.glyphs import PageText
    from extractor.read.pdf.joining import paragraphs_of
    from extractor.read.pdf.order import Line, lines_in_order
    from extractor.read.pdf.running import without_running_lines

    try:
        with _one_at_a_time:
            title, pages, fonts_left_out = _pages(data, source)
        read = [page or PageText([], [], [], 0) for page in pages]
        lines: list[Line] = []
        doubts: dict[int, str] = {}  # by page, why its order is doubtful
        for number, page in enumerate(without_running_lines(read)):
            ordered = lines_in_order(page, number, lines[-1].part + 1 if lines else 0)
            lines += ordered.lines
            if ordered.doubt:
                doubts[number] = ordered.doubt
        cleaned = [(one, *as_shown(one.text)) for one in paragraphs_of(lines)]
    except (InputError, MemoryError):
        raise
    except Exception as error:  # a parser fed with anything: whatever it raises, it is the file
        raise _damaged(source, type(error).__name__) from error
    paragraphs = [one._replace(text=text) for one, text, _ in cleaned if text.strip()]
    text = "\n\n".join(paragraph.text for paragraph in paragraphs)
    if not any(character.isalnum() for character in text):
        raise EmptyArticle(
            f"{source}: the PDF has no text in it (a scan?); run it through text recognition "
            "(OCR) or give the article as .txt."
        )
    warnings = (
        *next((repaired for _, _, repaired in cleaned if repaired), ()),
        *_incomplete(data, pages, fonts_left_out),
        *_unnamed(paragraphs),
        *_doubtful(paragraphs, doubts),
    )
    # Writers leave "Microsoft Word - draft.doc" there; a true title is on the page too.
    shown = title and _squeezed(title) in _squeezed(text[:1000])
    return PdfText(text, title if shown else None, warnings)


def _damaged(source: str, reason: str) -> NotAnArticle:
    return NotAnArticle(
        f"{source}: the PDF is damaged ({reason}); print it to a new PDF, or save its text as .txt."
    )


def _pages(data: bytes, source: str) -> _Pages:
    """Return what PDFium says of all pages. Raises the errors of `read_document`, and others."""
    from pypdfium2 import PdfDocument, PdfiumError

    from extractor.read.pdf.glyphs import FontUse, page_text

    try:
        document = PdfDocument(data)
    except PdfiumError as error:
        if error.err_code in {_PASSWORD, _SECURITY}:
            raise NotAnArticle(
                f"{source}: the PDF is encrypted; save a copy without a password, or give the "
                "article as .txt."
            ) from error
        raise _damaged(source, "it cannot be opened") from error
    fonts, left = FontUse(), MOST_LETTERS
    pages: list[PageText | None] = []
    with document:
        count = len(document)
        if count > MOST_PAGES:
            raise ArticleTooLarge(
                f"{source}: the PDF has {count} pages, and one article may have "
                f"{MOST_PAGES}; {_WHAT_TO_DO}."
            )
        title = " ".join(document.get_metadata_value("Title").split())
        for number in range(count):
            try:
                page = page_text(document, number, fonts, left)
            except OverflowError:
                raise ArticleTooLarge(
                    f"{source}: the PDF has more than {MOST_LETTERS:,} letters, with what its "
                    f"pages repeat; {_WHAT_TO_DO}."
                ) from None
            left -= page.letters if page else 0
            pages.append(page)
    if pages and not any(pages):
        raise _damaged(source, "no page can be read")
    return _Pages(title, pages, fonts.losing)


# --- warnings ------------------------------------------------------------------------------------


def _incomplete(
    data: bytes, pages: "list[PageText | None]", fonts_left_out: list[str]
) -> Iterator[Remark]:
    """Yield what is missing of the article, as far as it can be seen."""
    if _END not in data[-_TAIL:]:
        yield Remark(
            "pdf_incomplete",
            "The file has no end: it was cut off, and pages may be missing. Get it again.",
        )
    if unread := [number for number, page in enumerate(pages) if page is None]:
        yield Remark(
            "pdf_incomplete",
            f"{_named(unread)} cannot be read. Print the PDF to a new one.",
        )
    if fonts_left_out:
        yield Remark(
            "pdf_incomplete",
            f"Text is missing that is set in a font which is not in the file "
            f"({', '.join(fonts_left_out[:3])}). Print the PDF to a new one where it can be read.",
        )


def _unnamed(paragraphs: "list[JoinedParagraph]") -> Iterator[Remark]:
    """Yield the warning that letters may be wrong, with the first paragraph of those."""
    if count := sum(paragraph.unnamed for paragraph in paragraphs):
        first = next(n for n, paragraph in enumerate(paragraphs) if paragraph.unnamed)
        yield Remark(
            "pdf_glyphs_unnamed",
            f"The file does not say which letters {count:,} of its glyphs are; they were guessed, "
            "or replaced by U+FFFD. Check quotations with the PDF before you.",
            _span(paragraphs, first),
        )


def _doubtful(paragraphs: "list[JoinedParagraph]", doubts: dict[int, str]) -> Iterator[Remark]:
    """Yield the warning that the order may be another one, with the first paragraph in question."""
    for number in sorted(doubts)[:1]:
        first = next(
            (n for n, one in enumerate(paragraphs) if any(x.page == number for x in one.lines)), 0
        )
        yield Remark(
            "pdf_order_doubtful",
            f"{_named(sorted(doubts))}: the text may have been read in the wrong order "
            f"({doubts[number]}). Check quotations with the PDF before you.",
            _span(paragraphs, first),
        )


def _named(numbers: list[int]) -> str:
    """Return pages, counted from 0, as they are called: "Page 2", "Pages 2, 3 and 6 others"."""
    shown = [str(number + 1) for number in numbers[:_MOST_NAMED]]
    if len(numbers) > _MOST_NAMED:
        shown.append(f"{len(numbers) - _MOST_NAMED} others")
    *most, last = shown
    return f"Pages {', '.join(most)} and {last}" if most else f"Page {last}"


def _span(paragraphs: "list[JoinedParagraph]", number: int) -> Span:
    """Return where a paragraph stands in the text."""
    start = sum(len(paragraph.text) + 2 for paragraph in paragraphs[:number])
    return Span(start, start + len(paragraphs[number].text))


def _squeezed(text: str) -> str:
    return "".join(character for character in text.lower() if character.isalnum())
