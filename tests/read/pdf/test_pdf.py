"""PDFs: read in order, paragraphs whole again, running lines gone, doubts told; others refused."""

import io
import textwrap
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from extractor.article import Article, Remark
from extractor.errors import EmptyArticle, NotAnArticle
from extractor.read import read_bytes
from extractor.read.pdf import glyphs
from extractor.read.pdf.glyphs import FontUse, PageText, Piece
from extractor.read.pdf.joining import _joined
from extractor.read.pdf.order import lines_in_order
from tests.support.pdf_pages import HEAD, HEADLINE, SAMPLES, Set, Sheet, column, printed
from tests.support.pdf_pages import STORY as PRINTED

TITLE = "Norvik gets its ferry back"
STORY = [
    "The council of Norvik voted late on Tuesday to reopen the ferry line that it had closed in "
    "spring, after residents of both islands had asked for it in three petitions.",
    '"It was never about money," the mayor, Ada Holm, told the meeting. "It was about who decides, '
    'and tonight the islands have decided for themselves."',
    "The first boat leaves on Friday morning with room for forty cars, and a second one follows "
    "in June when the yard has finished the repairs that were ordered last year.",
    "Nobody spoke against it.",
]


def pdf(pages: list[list[tuple[float, float, float, str]]], info: str = "") -> bytes:
    """Return a PDF by hand: a page is a list of (x, y, size, text), in points."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", ""]
    objects[2] = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    kids = []
    for page in pages:
        drawn = "".join(
            f"BT /F1 {size} Tf 1 0 0 1 {x} {y} Tm ({escaped(text)}) Tj ET\n"
            for x, y, size, text in page
        )
        objects.append(f"<< /Length {len(drawn)} >>\nstream\n{drawn}endstream")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {len(objects)} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    objects.append(f"<< {info} >>")
    out, places = "%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    return (
        f"{out}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n"
        f"<< /Size {len(objects) + 1} /Root 1 0 R /Info {len(objects)} 0 R >>\n"
        f"startxref\n{len(out)}\n%%EOF\n"
    ).encode("latin-1")


def escaped(text: str) -> str:
    """Return the text as it stands between the brackets of a PDF string."""
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def typeset(
    paragraphs: list[str], *, gap: float = 8, indent: float = 0, start: float = 700
) -> list[tuple[float, float, float, str]]:
    """Return the lines of the paragraphs, wrapped, with a gap between or an indent before them."""
    lines, y = [], start
    for paragraph in paragraphs:
        for i, line in enumerate(textwrap.wrap(paragraph, 70, break_on_hyphens=False)):
            lines.append((72 + (indent if i == 0 else 0), y, 11, line))
            y -= 14
        y -= gap
    return lines


def bodies(data: bytes) -> list[str]:
    """Return the body paragraphs of a PDF."""
    article = read_bytes(data, "story.pdf")
    return [p.span.of(article.text) for p in article.paragraphs if p.kind == "body"]


@pytest.mark.parametrize(("gap", "indent"), [(8, 0), (0, 18), (0, 0)])
def test_lines_are_paragraphs_again(gap: float, indent: float) -> None:
    """Paragraphs set apart by a gap, by an indent or by a short last line come out whole."""
    assert bodies(pdf([typeset(STORY, gap=gap, indent=indent)])) == STORY


def test_paragraphs_of_few_lines_stay_apart() -> None:
    """As a text file is printed: most gaps are those between paragraphs, all in one type."""
    paragraphs = [TITLE, "By Lena Ruiz", *STORY]
    sheet = Sheet(column(paragraphs, indent=0, letters=110, size=8, lead=10, gap=10))
    assert read_bytes(printed(sheet), "a.pdf").text.split("\n\n") == paragraphs


def test_title_in_larger_type() -> None:
    """A line in larger type above the story is the title, with or without metadata."""
    page = [(72, 740, 20, TITLE), *typeset(STORY)]
    for info in ("", f"/Title ({TITLE})", "/Title (Microsoft Word - draft_7.doc)"):
        article = read_bytes(pdf([page], info), "story.pdf")
        assert article.title == TITLE
        assert article.paragraphs[0].kind == "heading"


def test_words_cut_at_line_ends() -> None:
    """A word cut by a hyphen is whole again; one that the article writes with it keeps it."""
    page = [
        (72, 700, 11, "The islands have a long-term plan, the mayor said, and the coun-"),
        (72, 686, 11, "cil will vote on it in June, when the ships are back. The long-"),
        (72, 672, 11, "term plan costs nothing."),
    ]
    assert bodies(pdf([page])) == [
        "The islands have a long-term plan, the mayor said, and the council will vote on it in "
        "June, when the ships are back. The long-term plan costs nothing."
    ]


@pytest.mark.parametrize(
    ("above", "below", "joined"),
    [
        ("He wrote it in an e-", "mail to them", "an e-mail to"),
        ("He is a 20-", "year-old sailor", "a 20-year-old sailor"),
        ("There are two-", "and three-year terms", "two- and three-year"),
        ("They met Marie-", "Claire Dubois", "met Marie-Claire Dubois"),
        ("He caught Covid-", "19 in spring", "caught Covid-19 in"),
        ("This is a coun-", "cil of elders", "a council of"),
        ("This is a coun\xad", "cil of elders", "a council of"),
        ("They came\u2014", "and they left", "came\u2014and they"),
        ("He had come -", "and he left", "come - and he"),
        ("Of the North-", "“East”, he said", "North- “East”"),
    ],
)
def test_hyphens_at_line_ends(above: str, below: str, joined: str) -> None:
    """A hyphen goes where it only cuts a word, and stays where it belongs to one."""
    assert joined in _joined([above, below], frozenset())


def test_running_heads_and_page_numbers_go() -> None:
    """What stands at the edge of every page goes; a sentence goes on over the page's end."""
    lines = typeset(STORY)
    pages = [
        [(72, 760, 9, f"The Norvik Post, page {i + 1}"), *part, (300, 40, 9, f"{i + 1} / 3")]
        for i, part in enumerate((lines[:4], lines[4:7], lines[7:]))
    ]
    assert bodies(pdf(pages)) == STORY


def test_repeated_sentences_inside_pages_stay() -> None:
    """Only the edges of pages are looked at for running lines."""
    inner = [(72, 700 - 14 * i, 11, text) for i, text in enumerate(["One.", "Two.", "Same words."])]
    pages = [
        [*inner, (72, 600, 11, f"Unlike the {w} page."), (72, 580, 11, f"{w}.")] for w in "abc"
    ]
    assert bodies(pdf(pages)).count("Same words.") == 3


def test_known_by_content() -> None:
    """A PDF is known by its bytes, and text in a file called .pdf is text."""
    assert read_bytes(pdf([typeset(STORY)]), "story.txt").paragraphs
    assert read_bytes(STORY[0].encode(), "story.pdf").text == STORY[0]


def protected(password: str) -> bytes:
    """Return a PDF encrypted for readers with this password."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf([typeset(STORY)]))))
    writer.encrypt(password, "owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_encrypted() -> None:
    """A PDF that asks for a password is refused; one that only forbids printing is read."""
    with pytest.raises(NotAnArticle, match=r"story\.pdf: the PDF is encrypted; save"):
        read_bytes(protected("secret"), "story.pdf")
    assert bodies(protected("")) == STORY


def test_scan() -> None:
    """A PDF without text says so and names the remedy."""
    with pytest.raises(EmptyArticle, match=r"story\.pdf: the PDF has no text .*OCR"):
        read_bytes(pdf([[], []]), "story.pdf")


@pytest.mark.parametrize("cut", [20, 200, 900])
def test_damaged(cut: int) -> None:
    """A PDF cut short is refused or read as far as it goes; never anything but our errors."""
    data = pdf([typeset(STORY)])[:cut]
    with pytest.raises((NotAnArticle, EmptyArticle), match=r"story\.pdf: the PDF "):
        read_bytes(data, "story.pdf")


def warnings_of(article: Article) -> dict[str, Remark]:
    """Return an article's warnings by their codes."""
    return {remark.code: remark for remark in article.warnings}


# What cannot be known is told; of all the others nothing is.
DOUBTFUL = {"unnamed_glyphs": ["pdf_glyphs_unnamed"], "caption_across": ["pdf_order_doubtful"]}


@pytest.mark.parametrize("name", SAMPLES)
def test_pages_of_every_make(name: str) -> None:
    """The paragraphs are those that were set, in their order, whatever order the file has."""
    sample = SAMPLES[name]()
    article = read_bytes(sample.data, "story.pdf")
    assert article.text.split("\n\n") == sample.paragraphs
    assert [remark.code for remark in article.warnings] == DOUBTFUL.get(name, [])


@settings(max_examples=60)
@given(st.data())
def test_no_order_of_drawing_matters(data: st.DataObject) -> None:
    """A page in three columns reads the same in whatever order its lines are drawn."""
    make = SAMPLES[data.draw(st.sampled_from(["one_column", "two_columns", "narrow_gutter"]))]
    document = make().data
    pieces = _pieces(document)
    shuffled = data.draw(st.permutations(pieces))
    read = [line.text for line in _in_order(pieces)]
    assert [line.text for line in _in_order(shuffled)] == read


def _pieces(document: bytes) -> list[Piece]:
    from pypdfium2 import PdfDocument

    with PdfDocument(document) as opened:
        page = glyphs.page_text(opened, 0, FontUse(), 10_000)
    assert page is not None
    return page.pieces


def _in_order(pieces: list[Piece]) -> list[Any]:
    return lines_in_order(PageText(pieces, [], [], 10_000), 0, 0).lines


PIECES = st.builds(
    lambda text, left, y, size: Piece(text, left, left + len(text) * size / 2, y, size, "F"),
    st.text("abc ", min_size=1, max_size=30).filter(str.strip),
    st.floats(0, 600),
    st.floats(0, 800),
    st.sampled_from([7.0, 10.0, 10.0, 18.0]),
)
BOXES = st.builds(
    lambda x, y, wide, high: glyphs.Place(x, y, x + wide, y + high),
    *[st.floats(0, 400)] * 4,
)


@settings(max_examples=150)
@given(st.lists(PIECES, max_size=40), st.lists(BOXES, max_size=4))
def test_no_letter_is_lost_or_read_twice(pieces: list[Piece], boxes: list[glyphs.Place]) -> None:
    """However pieces stand on a page, each letter of them comes once."""
    lines = lines_in_order(PageText(pieces, [pieces[:3]], boxes, 5_000), 0, 0).lines
    read = Counter("".join(line.text for line in lines).replace(" ", ""))
    assert read == Counter("".join(p.text for p in [*pieces, *pieces[:3]]).replace(" ", ""))


def test_columns_by_row_are_two_quotations() -> None:
    """Of two columns that a file draws row by row no sentence is made of both."""
    left = [
        "“We found the money at last and",
        "we will not give it back,” said",
        "Ines Maro, the minister.",
    ]
    right = [
        "“Nobody believed it until the",
        "ink was dry on the page,” said",
        "Tomas Reed of the council.",
    ]
    rows = [
        Set(x, 700 - 12 * n, 10, text)
        for n, pair in enumerate(zip(left, right, strict=True))
        for x, text in zip((60, 320), pair, strict=True)
    ]
    article = read_bytes(printed(Sheet(rows)), "story.pdf")
    assert article.text == f"{' '.join(left)}\n\n{' '.join(right)}"


@pytest.mark.parametrize(
    "sheet",
    [
        # Two lines beside two lines, close to one another: columns, or a line with a gap?
        Sheet(
            [
                HEAD,
                *column(PRINTED[:2]),
                *(
                    Set(x, 500 - 12 * n, 10, "Words that stand here beside others")
                    for n in range(2)
                    for x in (60 + 9 * n, 300)
                ),
                *column(PRINTED[2:], y=470),
            ]
        ),
        # A column that begins within a sentence, after one that ends with a stop.
        Sheet(
            [
                *column(PRINTED[3:5], letters=38),
                *column(["and nobody knew what it was for, they said."], 320, letters=38, indent=0),
                *column(PRINTED[:1], 320, y=640, letters=38),
            ]
        ),
    ],
    ids=["side by side", "within a sentence"],
)
def test_a_doubtful_order_is_told(sheet: Sheet) -> None:
    """With the page and its first paragraph."""
    first = Sheet(column(["The first page is one column, and nothing about it is doubtful."]))
    article = read_bytes(printed(first, sheet), "story.pdf")
    told = warnings_of(article)["pdf_order_doubtful"]
    assert told.message.startswith("Page 2: ")
    assert told.where is not None
    assert told.where.of(article.text).startswith((HEADLINE, PRINTED[3][:20]))


def test_unnamed_glyphs_are_told_with_their_place() -> None:
    """A font that does not say which letters it draws gives a warning, and where."""
    sample = SAMPLES["unnamed_glyphs"]()
    article = read_bytes(sample.data, "story.pdf")
    told = warnings_of(article)["pdf_glyphs_unnamed"]
    assert told.where is not None
    assert told.where.of(article.text) == sample.paragraphs[-1]
    assert told.message.startswith("The file does not say which letters 17 of its glyphs are")


def test_text_that_no_font_can_draw_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """PDFium leaves out text in a font that is neither in the file nor on the machine."""
    story = printed(Sheet(column(PRINTED)))
    monkeypatch.setattr(FontUse, "losing", property(lambda _: ["SimSun"]))
    told = warnings_of(read_bytes(story, "story.pdf"))["pdf_incomplete"]
    assert "a font which is not in the file (SimSun)" in told.message


def test_fonts_that_draw_nothing_but_nothing_lose_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """A font loses text when most of what it draws has no extent; words have blanks between."""
    names = {1: "SimSun", 2: "Garamond"}
    wide = glyphs.Place(0, 0, 9, 9)
    monkeypatch.setattr(glyphs.pdfium, "FPDFTextObj_GetFont", lambda text: _Font(text[0]))
    monkeypatch.setattr(glyphs.ctypes, "addressof", lambda contents: contents)
    monkeypatch.setattr(FontUse, "_name", staticmethod(lambda font: names[font.contents]))
    monkeypatch.setattr(
        glyphs, "_bounds", lambda text: wide if text[1] else glyphs.Place(0, 0, 0, 0)
    )
    use = FontUse()
    for drawn in [(1, 0)] * 9 + [(1, 1)] + [(2, 1), (2, 0)] * 9:
        use.add(drawn)
    assert use.losing == ["SimSun"]


class _Font:
    def __init__(self, number: int) -> None:
        self.contents = number


def test_a_file_without_an_end_is_told() -> None:
    """What was cut off after the text was read is told; a whole file says nothing."""
    whole = printed(Sheet([HEAD, *column(PRINTED)]))
    cut = whole[: whole.rindex(b"%%EOF")]
    article = read_bytes(cut, "story.pdf")
    assert article.text.startswith(HEADLINE)
    assert "cut off" in warnings_of(article)["pdf_incomplete"].message
    assert read_bytes(whole, "story.pdf").warnings == ()


def test_a_page_that_cannot_be_read_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other pages are read; when it is all of them, the file is damaged."""
    read = glyphs.page_text
    two = printed(Sheet(column(PRINTED[:1])), Sheet(column(PRINTED[1:2])))

    def failing(bad: set[int]) -> Callable[..., PageText | None]:
        return lambda document, number, *rest: (
            None if number in bad else read(document, number, *rest)
        )

    monkeypatch.setattr(glyphs, "page_text", failing({1}))
    article = read_bytes(two, "story.pdf")
    assert article.text == PRINTED[0]
    assert warnings_of(article)["pdf_incomplete"].message.startswith("Page 2 cannot be read")
    monkeypatch.setattr(glyphs, "page_text", failing({0, 1}))
    with pytest.raises(NotAnArticle, match=r"story\.pdf: the PDF is damaged \(no page can"):
        read_bytes(two, "story.pdf")


def test_what_is_outside_of_the_page_is_not_read() -> None:
    """Text that nobody sees, since it stands beside the page."""
    lines = [
        *column(PRINTED[:2]),
        Set(700, 600, 10, "Not for print."),
        Set(60, -50, 10, "Nor this."),
    ]
    assert read_bytes(printed(Sheet(lines)), "story.pdf").text.split("\n\n") == PRINTED[:2]


def test_line_numbers_of_a_transcript_go() -> None:
    """Numbers in the margin, one a line, are no part of what was said; other numbers stay."""
    said = column(["They sold 12 boats", *PRINTED[:3]], 100, lead=20, letters=60)
    numbers = [Set(60, line.y, 10, f"{n}") for n, line in enumerate(said, 1)]
    lines = [line for pair in zip(numbers, said, strict=True) for line in pair]
    article = read_bytes(printed(Sheet(lines)), "story.pdf")
    assert " ".join(article.text.split()) == " ".join(["They sold 12 boats", *PRINTED[:3]])


def test_a_table_of_numbers_at_the_foot_stays() -> None:
    """Only a number that stands alone in its row is a page's."""
    table = [Set(60 + 80 * n, 60, 10, f"{7 * n}") for n in range(4)]
    article = read_bytes(printed(Sheet([*column(PRINTED[:2]), *table])), "story.pdf")
    assert article.text.endswith("0 7 14 21")
