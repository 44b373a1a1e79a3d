"""Bounds the work of reading a PDF before pypdf begins it: what its pages unpack and repeat.

pypdf bounds each stream of a file, but not all of them together: pages may share a stream, a form
may be drawn thousands of times, and each time it is parsed anew. So the work is added up over all
pages before any text is asked for. Its unit is a byte of page content, which costs pypdf one to two
microseconds; what is no content (fonts, objects in streams) is reckoned in the same unit.

    with reading_limits(name): ...        pypdf's own limits on one stream; beyond them: an error
    reader = BoundedReader(data, work)    counts the streams of objects that pypdf unpacks
    work.add_page(page)                   counts what the text of a page will cost
"""

import io
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pypdf import PdfReader, apply_configuration
from pypdf.errors import LimitReachedError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from extractor.errors import ArticleTooLarge

MOST_WORK = 25_000_000  # bytes of content: 40 seconds of pypdf at the most
MOST_IN_A_STREAM = 25_000_000  # bytes that one stream may unpack to
MOST_PAGES = 500
_MOST_NODES = 5_000  # of the page tree
_DEEPEST = 30  # forms within forms; more than a few are drawn by nobody
_FONT = 300  # what a font costs on every page that it is named for
_BROKEN = 500_000  # what a form costs that cannot be unpacked
_MOST_MAPPED = 100_000  # entries of a font's map, where pypdf gives up

# The operator that draws a form, and with the form's name before it.
_DRAWS = re.compile(rb"(?<![A-Za-z_])Do(?![^\s()<>\[\]{}/%])")
_DRAWS_NAMED = re.compile(rb"/([^\s()<>\[\]{}/%]+)\s+Do(?![^\s()<>\[\]{}/%])")
_TEXT_OR_REMARK = re.compile(
    rb"\((?:[^()\\]++|\\.|\((?:[^()\\]++|\\.)*+\))*+\)|%[^\r\n]*+", re.DOTALL
)
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")  # a character of a name

WHAT_TO_DO = "print the pages of the article to a new PDF, or save its text as .txt"


@contextmanager
def reading_limits(source: str) -> Iterator[None]:
    """A context: pypdf's limits are ours, and to meet one is ArticleTooLarge, which names `source`.

    So is a nesting that is too deep for Python.
    """
    try:
        with apply_configuration(
            array_based_stream_maximum_output_length=MOST_IN_A_STREAM,
            lzw_maximum_output_length=MOST_IN_A_STREAM,
            page_tree_maximum_entries=_MOST_NODES,
            run_length_maximum_output_length=MOST_IN_A_STREAM,
            stream_decoding_work_maximum_length=4 * MOST_IN_A_STREAM,
            zlib_maximum_output_length=MOST_IN_A_STREAM,
            zlib_maximum_recovery_input_length=1_000_000,
        ):
            yield
    except LimitReachedError as error:
        reason = " ".join(str(error).split()).rstrip(".")[:200]
        raise ArticleTooLarge(
            f"{source}: the PDF goes beyond what is read of one ({reason}); {WHAT_TO_DO}."
        ) from error
    except RecursionError as error:
        raise ArticleTooLarge(
            f"{source}: the PDF is nested too deeply to be read; {WHAT_TO_DO}."
        ) from error


class PageWork:
    """Adds up what the pages of one PDF cost to read."""

    def __init__(self, source: str) -> None:
        """Begin with nothing; `source` names the PDF in messages."""
        self._source = source
        self.spent = 0  # bytes of content, or what costs as much
        self._known: dict[int, tuple[Any, int]] = {}  # what fonts and forms cost, by identity
        self._above: list[int] = []  # the forms that the present one is drawn in

    def add_page(self, page: DictionaryObject) -> None:
        """Count what the text of a page will cost. Raises ArticleTooLarge."""
        contents = _resolved(page.get("/Contents"))
        parts = contents if isinstance(contents, ArrayObject) else [contents]
        data = b"\n".join(_data(_resolved(part)) or b"" for part in parts)
        # As pypdf does: a page may have them from the nodes above it.
        self.add(self._drawn(data, _resolved(page.get_inherited("/Resources"))))

    def add(self, work: int) -> None:
        """Count work. Raises ArticleTooLarge when it is too much."""
        self.spent += work
        if self.spent > MOST_WORK:
            raise ArticleTooLarge(
                f"{self._source}: the PDF unpacks to more than the limit of {MOST_WORK:,} bytes, "
                f"with what its pages repeat; {WHAT_TO_DO}."
            )

    def _drawn(self, data: bytes, resources: object) -> int:
        """Return the cost of content that is drawn with these resources, forms in it included."""
        work = len(data)
        if not isinstance(resources, DictionaryObject):
            return work
        fonts = _resolved(resources.get("/Font"))
        if isinstance(fonts, DictionaryObject):
            work += sum(self._font(_resolved(font)) for font in fonts.values())
        forms = _resolved(resources.get("/XObject"))
        if not isinstance(forms, DictionaryObject):
            return work
        names, unknown = _drawn_in(data)
        for name, count in names.items():
            if name in forms:
                work += count * self._form(_resolved(forms.get(name)))
            else:
                unknown += count
        if unknown:  # it may be any of them
            work += unknown * max(
                (self._form(_resolved(form)) for form in forms.values()), default=0
            )
        return work

    def _form(self, form: object) -> int:
        """Return the cost of drawing a form once; a picture costs nothing, it is not read."""
        if not isinstance(form, StreamObject) or form.get("/Subtype") == "/Image":
            return 0
        if id(form) in self._known:
            return self._known[id(form)][1]
        if id(form) in self._above or len(self._above) >= _DEEPEST:
            raise LimitReachedError("forms that are drawn within each other too often")
        self._above.append(id(form))
        data = _data(form)
        if data is None:  # pypdf will try to unpack it each time
            cost = _BROKEN
        else:
            cost = self._drawn(data, _resolved(form.get_inherited("/Resources")))
        self._above.pop()
        self._known[id(form)] = form, cost
        return cost

    def _font(self, font: object) -> int:
        """Return the cost of a font on one page: pypdf reads its map and widths for each."""
        if not isinstance(font, DictionaryObject):
            return 0
        if id(font) in self._known:
            return self._known[id(font)][1]
        mapping = _data(_resolved(font.get("/ToUnicode"))) or b""
        cost = _FONT + len(mapping) + _mapped(mapping)
        described = _resolved(font.get("/FontDescriptor"))
        if not mapping and isinstance(described, DictionaryObject):
            file = _data(_resolved(described.get("/FontFile"))) or b""
            self.add(len(file))  # for unpacking it
            cost += len(file) // 10
        encoding = _resolved(font.get("/Encoding"))
        if isinstance(encoding, DictionaryObject):
            cost += _length(encoding.get("/Differences"))
        cost += _length(font.get("/Widths")) + _length(font.get("/CharProcs"))
        descendants = _resolved(font.get("/DescendantFonts"))
        if isinstance(descendants, ArrayObject):
            cost += sum(_FONT + _widths(_resolved(one)) for one in descendants)
        self._known[id(font)] = font, cost
        return cost


class BoundedReader(PdfReader):
    """A reader that counts the streams of objects that it unpacks and parses."""

    def __init__(self, data: bytes, work: PageWork) -> None:
        """Open a PDF. Raises pypdf's errors."""
        self._work = work
        self._counted: set[int] = set()
        super().__init__(io.BytesIO(data))

    def get_object(self, indirect_reference: int | IndirectObject) -> Any:
        """Return an object of the file, as PdfReader does. Raises ArticleTooLarge."""
        reference = indirect_reference
        number = reference if isinstance(reference, int) else reference.idnum
        place = self.xref_objStm.get(number)
        if place is not None and place[0] not in self._counted:
            self._counted.add(place[0])
            packed = super().get_object(IndirectObject(place[0], 0, self))
            self._work.add(len(_data(packed) or b""))
        return super().get_object(indirect_reference)


def _drawn_in(data: bytes) -> tuple[Counter[str], int]:
    """Return how often content draws which forms, by name, and how often one without a name."""
    count, names = len(_DRAWS.findall(data)), _DRAWS_NAMED.findall(data)
    if count > len(names):  # it may be a word of a text, or have a remark before it
        data = _TEXT_OR_REMARK.sub(b" ", data)
        count, names = len(_DRAWS.findall(data)), _DRAWS_NAMED.findall(data)
    return Counter(map(_name, names)), count - len(names)


def _name(name: bytes) -> str:
    return _ESCAPED.sub(lambda hex_: bytes([int(hex_[1], 16)]), b"/" + name).decode("latin-1")


def _resolved(value: Any) -> Any:
    """Return the object that a value of a dictionary stands for."""
    return value.get_object() if hasattr(value, "get_object") else value


def _data(value: object) -> bytes | None:
    """Return what a stream unpacks to; None when it cannot be unpacked, or is no stream.

    Raises LimitReachedError. What else is wrong with it pypdf will say where it needs it.
    """
    if not isinstance(value, StreamObject):
        return None
    try:
        return value.get_data()
    except (LimitReachedError, MemoryError, RecursionError):
        raise
    except Exception:  # a parser fed with anything
        return None


def _length(value: object) -> int:
    array = _resolved(value)
    return len(array) if isinstance(array, ArrayObject | DictionaryObject) else 0


def _mapped(mapping: bytes) -> int:
    """Return how many entries the ranges of a font's map make, at the most."""
    entries = 0
    for section in mapping.split(b"beginbfrange")[1:]:
        for line in section.partition(b"endbfrange")[0].translate(None, b"<>").splitlines():
            ends = line.split(None, 2)[:2]
            try:
                entries += max(0, int(ends[1], 16) - int(ends[0], 16))
            except (ValueError, IndexError):
                continue
    return min(entries, _MOST_MAPPED)


def _widths(font: object) -> int:
    """Return how many widths a font of many characters lists, ranges (first, last, width) too."""
    if not isinstance(font, DictionaryObject):
        return 0
    listed = _resolved(font.get("/W"))
    if not isinstance(listed, ArrayObject):
        return 0
    count, before = len(listed), None
    for one in listed:
        value = _resolved(one)
        if isinstance(value, ArrayObject):
            count += len(value)
        elif isinstance(value, int | float):
            if before is not None:
                count += max(0, int(value) - int(before))
            before = value
            continue
        before = None
    return min(count, _MOST_MAPPED)
