"""What is read of a PDF is bounded: pages, letters, work; a limit is no damage."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from extractor.bounds import ArticleBounds
from extractor.errors import ArticleTooLarge, ArticleTooSlow, EmptyArticle, NotAnArticle
from extractor.read import pdf, read_article, read_bytes
from extractor.read.apart import ReadingProcess
from extractor.read.pdf import glyphs
from extractor.settings import Settings
from tests.support.effort import calls_of
from tests.support.pdf_pages import STORY, Set, Sheet, column, printed
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


def shared(pages: int) -> bytes:
    """Return pages that share one stream."""
    return document([stream(lines(20), packed=True)], [page(4)] * pages)


def forms(times: int) -> bytes:
    """Return one page that draws a form so many times, each time somewhat lower."""
    resources = f"{RESOURCES} /XObject << /X 5 0 R >>"
    content = b"1 0 0 1 0 -9 cm /X Do\n" * times
    return document([stream(content), form(lines(1))], [page(4, resources)])


@pytest.mark.parametrize("made", [shared(20), forms(40)], ids=["pages", "forms"])
def test_more_letters_than_are_read_are_too_much(
    monkeypatch: pytest.MonkeyPatch, made: bytes
) -> None:
    """However few bytes they are drawn with; the message names the file and what to do."""
    assert "Norvik" in read_bytes(made, "a.pdf").text
    monkeypatch.setattr(pdf, "MOST_LETTERS", 2_000)
    with pytest.raises(
        ArticleTooLarge, match=r"^a\.pdf: the PDF has more than 2,000 letters"
    ) as told:
        read_bytes(made, "a.pdf")
    assert "damaged" not in str(told.value)
    assert "print the pages of the article to a new PDF" in str(told.value)


def test_more_pages_than_are_read_are_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of them is read then."""
    monkeypatch.setattr(pdf, "MOST_PAGES", 5)
    assert read_bytes(shared(5), "a.pdf").text
    monkeypatch.setattr(glyphs, "page_text", None)
    with pytest.raises(ArticleTooLarge, match=r"^a\.pdf: the PDF has 6 pages, and one article may"):
        read_bytes(shared(6), "a.pdf")


def test_objects_in_streams_are_read() -> None:
    """As most PDFs have them."""
    inside = {1: CATALOG, 2: b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>", 3: FONT, 4: page(5)}
    data = with_object_stream(inside, {5: stream(lines(1))})
    assert read_bytes(data, "a.pdf").text.startswith("The council of Norvik")


def test_whatever_a_parser_raises_it_is_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """No error of a library is an error inside; memory is the bounds' affair (bounds.py)."""

    def raises(error: Exception) -> Callable[..., Any]:
        def page_text(*_: object) -> None:
            raise error

        return page_text

    for error in (ZeroDivisionError(), OSError(), NotImplementedError(), AssertionError()):
        monkeypatch.setattr(glyphs, "page_text", raises(error))
        with pytest.raises(NotAnArticle, match=rf"damaged \({type(error).__name__}\)"):
            read_bytes(shared(1), "a.pdf")
    monkeypatch.setattr(glyphs, "page_text", raises(MemoryError()))
    with pytest.raises(MemoryError):
        read_bytes(shared(1), "a.pdf")


def test_a_page_of_very_many_pieces_is_read_as_it_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """And told: columns are looked for among some thousands at the most."""
    from extractor.read.pdf import order

    data = printed(Sheet([*column(STORY), Set(400, 40, 10, "elsewhere")]))
    monkeypatch.setattr(order, "_MOST_PIECES", 10)
    article = read_bytes(data, "a.pdf")
    assert [remark.code for remark in article.warnings] == ["pdf_order_doubtful"]
    assert "in the order of the file" in article.warnings[0].message


def _busy(*_: object) -> None:
    """Compute for hours without looking for signals, as PDFium may."""
    sum(range(10**13))


def _dying(*_: object) -> None:
    """End the process, as PDFium does when it gets no memory."""
    os._exit(70)


@pytest.mark.process
@pytest.mark.parametrize(
    ("does", "error", "reason"),
    [
        (_busy, ArticleTooSlow, r"a\.pdf: not done after 0.3 seconds.*EXTRACT_ARTICLE_SECONDS"),
        (_dying, Exception, r"a\.pdf: the process that worked on it died"),
    ],
)
def test_native_code_is_ended_with_its_process(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    does: Callable[..., None],
    error: type[Exception],
    reason: str,
) -> None:
    """A PDF on which the library computes for ever, or dies, costs one article and no more."""
    for name in ("a.pdf", "b.pdf"):
        (tmp_path / name).write_bytes(shared(1))
    quick = Settings(article_seconds=0.3)
    with ReadingProcess() as reading:
        with monkeypatch.context() as patched:
            patched.setattr(glyphs, "page_text", does)  # the child, a fork, has it too
            with pytest.raises(error, match=reason):
                reading.read(str(tmp_path / "a.pdf"), ArticleBounds(quick, "a.pdf"))
        after = reading.read(str(tmp_path / "b.pdf"), ArticleBounds(Settings(), "b.pdf"))
        assert after == read_article(tmp_path / "b.pdf")


@pytest.mark.parametrize(
    "made",
    [
        lambda n: document([stream(lines(4 * n))], [page(4)]),
        lambda n: document([stream(lines(20), packed=True)], [page(4)] * n),
        forms,
        lambda n: document([stream(b"(a) Tj\n" * 100 * n)], [page(4)]),
        lambda n: document(
            [stream(b"BT /F1 9 Tf 60 700 Td " + b"0 -1 Td (ab) Tj\n" * 20 * n + b"ET")], [page(4)]
        ),
        lambda n: printed(
            Sheet([Set(60 + 13 * (k % 40), 740 - 9 * (k // 40), 4, "ab") for k in range(40 * n)])
        ),
        lambda n: printed(
            Sheet([Set(60 + k % 7, 740 - 2 * k, 2, "words in no column") for k in range(20 * n)])
        ),
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
