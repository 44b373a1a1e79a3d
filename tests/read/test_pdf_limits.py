"""What a PDF costs to read is known before it is read, and bounded; a limit is no damage."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PageObject

from extractor.errors import ArticleTooLarge, EmptyArticle, NotAnArticle
from extractor.read import pdf_limits, read_bytes
from extractor.read.pdf_limits import BoundedReader, PageWork
from tests.support.effort import calls_of
from tests.support.pdfs import (
    CATALOG,
    FONT,
    RESOURCES,
    document,
    form,
    page,
    stream,
    with_object_stream,
)

LINE = "(The council of Norvik voted on Tuesday to reopen the ferry line.) Tj T*\n"


def lines(count: int) -> bytes:
    """Return the content of a page with so many lines."""
    return f"BT /F1 11 Tf 14 TL 72 700 Td\n{LINE * count}ET\n".encode()


def drawing(number: int, times: int = 1) -> tuple[bytes, str]:
    """Return content that draws the form of that number, and the resources that name it."""
    return b"/X Do\n" * times, f"{RESOURCES} /XObject << /X {number} 0 R >>"


@pytest.fixture
def low(monkeypatch: pytest.MonkeyPatch) -> None:
    """A low limit, and a pypdf that must not be asked for any text."""

    def unwanted(*_: object, **__: object) -> str:
        raise AssertionError("its text was asked for")

    monkeypatch.setattr(pdf_limits, "MOST_WORK", 20_000)
    monkeypatch.setattr(PageObject, "extract_text", unwanted)


def shared(pages: int) -> bytes:
    """Return pages that share one stream."""
    return document([stream(lines(20), packed=True)], [page(4)] * pages)


def forms(times: int, content: bytes = b"/X Do\n") -> bytes:
    """Return one page that draws a form so many times."""
    _, resources = drawing(5)
    return document([stream(content * times), form(lines(20))], [page(4, resources)])


def nested_forms(depth: int, times: int) -> bytes:
    """Return a page that draws a form that draws a form …, each so many times."""
    others = [stream(drawing(5, times)[0])]
    others += [form(*drawing(6 + number, times)) for number in range(depth)]
    return document([*others, form(lines(5))], [page(4, drawing(5)[1])])


def fonts(count: int, mapping: bytes, more: str = "") -> bytes:
    """Return a page with so many fonts, each with a map of its characters."""
    each = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 5 0 R" + more + " >>"
    named = " ".join(f"/F{number} {each}" for number in range(count))
    return document([stream(lines(1)), stream(mapping)], [page(4, f"/Font << {named} >>")])


RANGE = b"1 beginbfrange\n<0000> <0FFF> <0000>\nendbfrange\n"
BARE_RANGE = b"1 beginbfrange\n0 0fff 0\nendbfrange\n"
COSTLY = {
    "pages that share a stream": shared(20),
    "blanks that unpack": document([stream(b" " * 30_000, packed=True)], [page(4)]),
    "one form, often": forms(20),
    "its name hidden from a look": forms(20, b"/X%\nDo\n"),
    "its name escaped": forms(20, b"/#58 Do\n"),
    "a number before it": forms(20, b"/X 5Do\n"),
    "a name of other letters": document(
        [stream("/é Do\n".encode() * 20), form(lines(20))],
        [page(4, f"{RESOURCES} /XObject << /é 5 0 R >>")],
    ),
    "forms in forms": nested_forms(5, 4),
    "a form that holds itself": document(
        [stream(b"/X Do"), form(*drawing(5))], [page(4, drawing(5)[1])]
    ),
    "very deep forms": nested_forms(40, 1),
    "fonts": fonts(80, b"1 beginbfchar\n<41> <0041>\nendbfchar\n"),
    "fonts with ranges": fonts(8, RANGE),
    "ranges without brackets": fonts(8, BARE_RANGE),
    "a font of fonts": fonts(1, b"", " /DescendantFonts [" + "<< /W [0 1000 500] >> " * 30 + "]"),
}


@pytest.mark.usefixtures("low")
@pytest.mark.parametrize("name", COSTLY)
def test_what_costs_too_much_is_refused_before_it_is_read(name: str) -> None:
    """The message says that it is too much, names the file and what to do; nothing is damaged."""
    with pytest.raises(ArticleTooLarge, match=r"^a\.pdf: the PDF (unpacks to|goes beyond)") as told:
        read_bytes(COSTLY[name], "a.pdf")
    assert "damaged" not in str(told.value)
    assert "print the pages of the article to a new PDF" in str(told.value)


@pytest.mark.usefixtures("low")
def test_objects_in_streams_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small packed stream of objects may hold very much: it is counted when it is unpacked."""
    inside = {1: CATALOG, 2: b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>", 3: FONT, 4: page(6)}
    inside[5] = b"[" + b"0 " * 15_000 + b"]"
    data = with_object_stream(inside, {6: stream(lines(1))})
    assert len(data) < 2_000
    with pytest.raises(ArticleTooLarge, match="unpacks to more than the limit of 20,000 bytes"):
        read_bytes(data, "a.pdf")
    monkeypatch.undo()
    assert "Norvik" in read_bytes(data, "a.pdf").text


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (document([stream(lines(1))], [page(4)] * 6), "the PDF has 6 pages, and one article may"),
        (document([stream(b"[" * 30_000 + b"]" * 30_000)], [page(4)]), "nested too deeply"),
        (document([stream(b" " * 60_000, packed=True)], [page(4)]), "goes beyond what is read"),
        (document([stream(b"[" + b"0 " * 120_000 + b"] f")], [page(4)]), "goes beyond what is"),
    ],
    ids=["pages", "nesting", "one stream", "one array"],
)
def test_limits_are_no_damage(monkeypatch: pytest.MonkeyPatch, data: bytes, reason: str) -> None:
    """Ours and pypdf's own: the PDF is too large, and the message says in what."""
    monkeypatch.setattr(pdf_limits, "MOST_PAGES", 5)
    monkeypatch.setattr(pdf_limits, "MOST_IN_A_STREAM", 50_000 if "goes" in reason else 10**6)
    with pytest.raises(ArticleTooLarge, match=rf"^a\.pdf: .*{reason}") as told:
        read_bytes(data, "a.pdf")
    assert "damaged" not in str(told.value)


def test_whatever_a_parser_raises_it_is_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """No error of pypdf's is an error inside; memory is the bounds' affair (bounds.py)."""

    def raises(error: Exception) -> Callable[..., Any]:
        def extract_text(*_: object, **__: object) -> str:
            raise error

        return extract_text

    for error in (ZeroDivisionError(), OverflowError(), NotImplementedError(), AssertionError()):
        monkeypatch.setattr(PageObject, "extract_text", raises(error))
        with pytest.raises(NotAnArticle, match=rf"damaged \({type(error).__name__}\)"):
            read_bytes(shared(1), "a.pdf")
    monkeypatch.setattr(PageObject, "extract_text", raises(MemoryError()))
    with pytest.raises(MemoryError):
        read_bytes(shared(1), "a.pdf")


def test_a_usual_document_is_far_from_the_limit() -> None:
    """A hundred full pages take a fortieth of it."""
    work = PageWork("a.pdf")
    for one in BoundedReader(document([stream(lines(50))], [page(4)] * 100), work).pages:
        work.add_page(one)
    assert work.spent < pdf_limits.MOST_WORK / 40


SEPARATORS = [b" ", b"\n", b"%\n", b" %Do\n"]


@st.composite
def drawn_forms(draw: Callable[..., Any]) -> bytes:
    """Return a PDF whose pages draw forms that draw forms, named in several ways."""
    count = draw(st.integers(1, 5))

    def content(first: int) -> bytes:
        out = b"0 0 m\n" * draw(st.integers(0, 5))
        for _ in range(draw(st.integers(0, 3)) if first < count else 0):
            number = draw(st.integers(first, count - 1))
            name = draw(st.sampled_from([b"/X%d" % number, b"/#58%d" % number]))
            out += name + draw(st.sampled_from(SEPARATORS)) + b"Do\n"
        return out + b"BT /F1 9 Tf (Do not) Tj ET\n"

    names = " ".join(f"/X{number} {5 + number} 0 R" for number in range(count))
    resources = f"{RESOURCES} /XObject << {names} >>"
    others = [stream(content(0))] + [form(content(n + 1), resources) for n in range(count)]
    return document(others, [page(4, resources)] * draw(st.integers(1, 3)))


@settings(max_examples=60, deadline=None)
@given(drawn_forms())
def test_no_more_is_done_than_was_counted(data: bytes) -> None:
    """Every operator that pypdf carries out, in forms too, was counted with at least a byte."""
    work, done = PageWork("a.pdf"), [0]

    def count(*_: object) -> None:
        done[0] += 1

    reader = BoundedReader(data, work)
    for one in reader.pages:
        work.add_page(one)
    for one in reader.pages:
        one.extract_text(visitor_operand_before=count)
    assert 0 < done[0] <= work.spent


@pytest.mark.parametrize(
    "made",
    [
        lambda n: document([stream(lines(20 * n))], [page(4)]),
        lambda n: document([stream(lines(20), packed=True)], [page(4)] * n),
        forms,
        lambda n: forms(n, b"/X%\nDo\n"),
        lambda n: fonts(n, RANGE),
        lambda n: document([stream(b"(a) Tj\n" * 100 * n)], [page(4)]),
        lambda n: document([stream(b"BT " + b"0 -1 Td (ab) Tj\n" * 50 * n + b"ET")], [page(4)]),
        lambda n: document([stream(b"[" + b"(a) -9 " * 100 * n + b"] TJ")], [page(4)]),
        lambda n: document([stream(b"1 0 0 1 0 0 cm q Q\n" * 50 * n)], [page(4)]),
    ],
)
def test_twice_as_much_takes_twice_the_work(made: Callable[[int], bytes]) -> None:
    """Of a document twice as large, at most 1.3 times that is done, counted in calls."""
    some, more = (calls_of(lambda: _read(made(size))) for size in (8, 16))  # noqa: B023
    assert more <= 2 * 1.3 * some


def _read(data: bytes) -> Sequence[object]:
    try:
        return read_bytes(data, "a.pdf").paragraphs
    except EmptyArticle:  # a drawing
        return ()
