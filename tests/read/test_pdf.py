"""PDFs: paragraphs whole again, running lines gone; encrypted, scanned and damaged ones refused."""

import io
import textwrap

import pytest
from pypdf import PdfReader, PdfWriter

from extractor.errors import EmptyArticle, NotAnArticle
from extractor.read import read_bytes

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
