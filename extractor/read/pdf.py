"""Reads the text of a PDF: joins lines into paragraphs, leaves out running heads and page numbers.

A paragraph ends where the page shows it (a wider gap, an indent, another size of type) or the text
does (a short line that ends as a sentence). Two columns come in the order in which the file draws
them, which is nearly always the reading order.
"""

import logging
import re
from collections import Counter
from itertools import pairwise
from typing import Any, NamedTuple

from extractor.errors import ArticleTooLarge, EmptyArticle, InputError, NotAnArticle

_PAGE_NUMBER = re.compile(r"(?:page\s*)?[-–—\s]*\d{1,3}(?:\s*(?:/|of)\s*\d{1,3})?[-–—\s]*", re.I)
_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "\0": None, "\u2010": "-"}
)
_CUT = re.compile(r"([^\W\d_]+)(-|\xad)$")
_LETTERS = re.compile(r"[^\W\d_]*")
LONGEST_WORD = 60  # characters, German compounds included
_CLOSERS = "\"'”’»)]"
_BULLETS = "•◦▪‣·-–—*"


class _PdfLine(NamedTuple):
    """One line of a page; x and y of its first letter in points, from the lower left."""

    text: str
    x: float
    y: float
    size: float
    page: int

    @property
    def ends_sentence(self) -> bool:
        """Whether it ends with a stop or a colon, also inside closing marks, e.g. 'it is."'."""
        return self.text.rstrip(_CLOSERS)[-1:] in {".", "!", "?", ":"}


def looks_like_pdf(data: bytes) -> bool:
    """Return whether bytes are a PDF; some writers put a few bytes before the signature."""
    return b"%PDF-" in data[:1024]


def read_document(data: bytes, source: str) -> tuple[str, str | None]:
    """Return the text of a PDF (paragraphs apart by a blank line) and its title, if it has one.

    Raises NotAnArticle when it is encrypted or damaged, ArticleTooLarge when it is more than is
    read of one (pdf_limits.py), EmptyArticle when its pages are pictures.
    """
    from extractor.read.pdf_limits import reading_limits

    # pypdf logs what is wrong with a file; our error says it, once
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)

    try:
        with reading_limits(source):
            lines, title = _read(data, source)
    except (InputError, MemoryError):
        raise
    except Exception as error:  # a parser fed with anything: whatever it raises, it is the file
        raise NotAnArticle(
            f"{source}: the PDF is damaged ({type(error).__name__}); print it to a new PDF, or "
            "save its text as .txt."
        ) from error
    paragraphs = _paragraphs(_without_running_lines(lines))
    text = "\n\n".join(paragraphs)
    if not text.strip():
        raise EmptyArticle(
            f"{source}: the PDF has no text in it (a scan?); run it through text recognition "
            "(OCR) or give the article as .txt."
        )
    # Writers leave "Microsoft Word - draft.doc" there; a true title is on the page too.
    shown = title is not None and _squeezed(title) in _squeezed(text[:1000])
    return text, title if shown else None


def _read(data: bytes, source: str) -> tuple[list[_PdfLine], str | None]:
    """Return the lines of all pages and the document's title.

    Raises NotAnArticle when it is encrypted, ArticleTooLarge, and pypdf's own errors.
    """
    from pypdf import PasswordType
    from pypdf.errors import DependencyError

    from extractor.read.pdf_limits import MOST_PAGES, WHAT_TO_DO, BoundedReader, PageWork

    work = PageWork(source)
    reader = BoundedReader(data, work)
    if reader.is_encrypted:
        try:
            opened = reader.decrypt("") != PasswordType.NOT_DECRYPTED
        except (DependencyError, NotImplementedError):
            opened = False
        if not opened:
            raise NotAnArticle(
                f"{source}: the PDF is encrypted; save a copy without a password, or give the "
                "article as .txt."
            )
    if len(reader.pages) > MOST_PAGES:
        raise ArticleTooLarge(
            f"{source}: the PDF has {len(reader.pages)} pages, and one article may have "
            f"{MOST_PAGES}; {WHAT_TO_DO}."
        )
    for page in reader.pages:
        work.add_page(page)
    lines = [line for number, page in enumerate(reader.pages) for line in _lines(page, number)]
    title = reader.metadata.title if reader.metadata else None
    return lines, " ".join(str(title).split()) or None if title else None


def _lines(page: Any, number: int) -> list[_PdfLine]:
    """Return the lines of a page in the order of the file, with where they stand."""
    lines: list[_PdfLine] = []
    parts: list[str] = []
    place: tuple[float, float] | None = None
    sizes: Counter[float] = (
        Counter()
    )  # letters a size: a bullet's or a footnote's is not the line's

    def end_line() -> None:
        """Add what has been gathered as a line."""
        nonlocal place
        text = " ".join("".join(parts).translate(_LIGATURES).split())
        if text and place is not None:
            lines.append(_PdfLine(text, *place, sizes.most_common(1)[0][0], number))
        parts.clear()
        sizes.clear()
        place = None

    def visit(text: str, cm: list[float], tm: list[float], _font: Any, size: float) -> None:
        """Gather a piece of text, as pypdf gives it with its matrices and its size of type."""
        nonlocal place
        for i, piece in enumerate(text.split("\n")):
            if i:
                end_line()
            if piece.strip():
                sizes[round(abs(size * (tm[3] or 1) * (cm[3] or 1)), 1)] += len(piece)
                if place is None:
                    x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
                    place = (x, tm[4] * cm[1] + tm[5] * cm[3] + cm[5])
            parts.append(piece)

    page.extract_text(visitor_text=visit)
    end_line()
    return lines


def _without_running_lines(lines: list[_PdfLine]) -> list[_PdfLine]:
    """Return the lines without page numbers and what stands at the edge of most pages."""
    pages: dict[int, list[_PdfLine]] = {}
    for line in lines:
        pages.setdefault(line.page, []).append(line)
    edges = {id(x): x for page in pages.values() for x in (*page[:2], *page[-2:])}
    seen = Counter(key for key, _ in {(_running(x), x.page) for x in edges.values()})
    often = max(2.0, 0.6 * len(pages))

    def is_running(line: _PdfLine) -> bool:
        """Return whether a line is a page number, or stands at the edge of most pages."""
        if id(line) not in edges:
            return False
        if _PAGE_NUMBER.fullmatch(line.text):
            return True
        return seen[_running(line)] >= often and sum(c.isalpha() for c in line.text) >= 5

    return [line for line in lines if not is_running(line)]


def _running(line: _PdfLine) -> tuple[str, int]:
    """Return what stays the same of a running line from page to page."""
    return re.sub(r"\d+", "#", line.text), round(line.size)


def _paragraphs(lines: list[_PdfLine]) -> list[str]:
    """Return the lines joined into paragraphs."""
    if not lines:
        return []
    gaps = Counter(
        round(a.y - b.y) for a, b in pairwise(lines) if a.page == b.page and 0 < a.y - b.y < 60
    )
    leading = gaps.most_common(1)[0][0] if gaps else 0
    lengths = sorted(len(line.text) for line in lines)
    width = lengths[int(0.9 * (len(lengths) - 1))]
    whole = " ".join(line.text for line in lines)
    paragraphs = [[lines[0].text]]
    for above, below in pairwise(lines):
        if _breaks(above, below, leading, width):
            paragraphs.append([below.text])
        else:
            paragraphs[-1].append(below.text)
    words = frozenset(re.findall(r"[\w-]+", whole.lower()))
    return [_joined(parts, words) for parts in paragraphs]


def _breaks(above: _PdfLine, below: _PdfLine, leading: int, width: int) -> bool:
    """Return whether a paragraph ends between two lines.

    `leading` is the usual distance of two lines in points, 0 if there is none; `width` the usual
    length of a full line in characters.
    """
    gap = above.y - below.y
    same_column = above.page == below.page and gap > 0
    if abs(above.size - below.size) > 1.2 and same_column:
        return True
    if below.text[0] in _BULLETS[:5]:
        return True
    first = len(below.text.split(" ", 1)[0])
    short = len(above.text) + 1 + first < 0.8 * width
    if short and above.ends_sentence:
        return True
    if not same_column:  # the next page or column: the sentence decides
        return above.ends_sentence or (short and not below.text[0].islower())
    if leading and gap > 1.3 * leading:
        return not (above.text[-1] in "-,\xad" and below.text[0].islower())
    return 3 < below.x - above.x < 60 and above.text[0] not in _BULLETS and not short


def _joined(parts: list[str], words: frozenset[str]) -> str:
    """Return the lines of one paragraph as one; a word cut at a line's end is whole again.

    The hyphen stays where the article elsewhere writes the word with it ("long-term").
    """
    done: list[str] = []
    last = parts[0]
    for part in parts[1:]:
        cut = _CUT.search(last, max(0, len(last) - LONGEST_WORD))
        if cut and (cut[2] == "\xad" or part[:1].islower()):
            rest = _LETTERS.match(part)
            whole = f"{cut[1]}-{rest[0] if rest else ''}".lower()
            done.append(last if cut[2] == "-" and whole in words else last[: cut.start(2)])
        else:
            done += [last, " "]
        last = part
    return "".join(done) + last


def _squeezed(text: str) -> str:
    return re.sub(r"\W", "", text).lower()
