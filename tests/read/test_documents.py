"""Documents of word processors are read as a reader of the printed page sees them."""

import re
import zipfile
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import docx
import odfdo
import pytest
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given
from hypothesis import strategies as st

from extractor.errors import ArticleTooLarge, EmptyArticle, InputError, NotAnArticle
from extractor.pipeline import extract
from extractor.read import documents, read_bytes
from extractor.read.rtf import rtf_paragraphs
from extractor.schema.catalogue import load_schema

_RTF_PIECES = [
    *"{}\\*a\n’",
    "\\'",
    "\\'9",
    "\\'93",
    "\\u",
    "\\u-9",
    "\\u99999999",
    "\\uc",
    "\\uc-1",
    "\\bin9",
]
_RTF_PIECES += [
    "\\f",
    "\\f1 ",
    "\\fcharset9",
    "\\ansicpg9",
    "\\par ",
    "\\v",
    "\\shptxt ",
    "\\fonttbl",
    "}}",
]
HEAD, SAID = "Harbour talks go on", "“We are home,” Ada Brandt told reporters on Friday."
MORE = "The crew of 31 was never charged, the ministry said."


def _docx(fill: object = None) -> bytes:
    """Return a .docx with a heading and two paragraphs; `fill` may do more to it."""
    document = docx.Document()
    document.add_heading(HEAD, 1)
    document.add_paragraph(SAID)
    paragraph = document.add_paragraph(MORE)
    if callable(fill):
        fill(document, paragraph)
    packed = BytesIO()
    document.save(packed)
    return packed.getvalue()


def _odt(*more: str) -> bytes:
    document = odfdo.Document("text")
    body = document.body
    body.clear()
    body.append(odfdo.Header(1, HEAD))
    body.append(odfdo.Paragraph(SAID))
    for element in more or (f"<text:p>{MORE}</text:p>",):
        body.append(odfdo.Element.from_tag(element))
    packed = BytesIO()
    document.save(packed)
    return packed.getvalue()


def _rtf(more: str = MORE) -> bytes:
    said = SAID.replace("“", r"\ldblquote ").replace("”", r"\rdblquote ")
    return (
        r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\info{\author Secret}}"
        rf"\b {HEAD}\b0\par {said}\par {more}\par}}"
    ).encode("ascii")


def _with_styles(data: bytes, styles: str) -> bytes:
    """Return an .odt with styles of its own."""
    packed, changed = zipfile.ZipFile(BytesIO(data)), BytesIO()
    with zipfile.ZipFile(changed, "w") as out:
        for info in packed.infolist():
            part = packed.read(info)
            if info.filename == "content.xml":
                begun = b"<office:body>"
                own = f"<office:automatic-styles>{styles}</office:automatic-styles>".encode()
                part = re.sub(rb"<office:automatic-styles>.*</office:automatic-styles>", b"", part)
                part = part.replace(b"<office:automatic-styles/>", b"").replace(begun, own + begun)
            out.writestr(info, part)
    return changed.getvalue()


@pytest.mark.parametrize("data", [_docx(), _odt(), _rtf()], ids=["docx", "odt", "rtf"])
def test_what_is_read_is_what_was_written(data: bytes) -> None:
    """The paragraphs in their order, the quotation with its speaker; the bytes tell the kind."""
    article = read_bytes(data, "letter.txt")
    assert article.text.split("\n\n") == [HEAD, SAID, MORE]
    (quote,) = extract(article, load_schema("quotes")).to_json()["record"]["quotes"]
    assert quote["text"] == "We are home"
    assert quote["speaker"]["name"] == "Ada Brandt"


@pytest.mark.parametrize("data", [_docx(), _odt()], ids=["docx", "odt"])
def test_headings_are_headings(data: bytes) -> None:
    """As the document's styles say."""
    assert [p.kind for p in read_bytes(data, "a").paragraphs] == ["heading", "body", "body"]


def test_inserted_words_stay_and_deleted_ones_go() -> None:
    """Tracked changes are read as if they were accepted; hidden words and fields' code are not."""

    def fill(_: object, paragraph: docx.text.paragraph.Paragraph) -> None:
        for xml in (
            f"<w:ins {nsdecls('w')}><w:r><w:t> Added.</w:t></w:r></w:ins>",
            f"<w:del {nsdecls('w')}><w:r><w:delText> Struck.</w:delText></w:r></w:del>",
            f"<w:r {nsdecls('w')}><w:instrText> PAGE </w:instrText></w:r>",
            f"<w:r {nsdecls('w')}><w:rPr><w:vanish/></w:rPr><w:t> Hidden.</w:t></w:r>",
            f'<w:r {nsdecls("w")}><w:rPr><w:vanish w:val="0"/></w:rPr><w:t> Shown.</w:t></w:r>',
        ):
            paragraph._p.append(parse_xml(xml))

    assert read_bytes(_docx(fill), "a").text.endswith(f"{MORE} Added. Shown.")


def test_tables_and_breaks_of_a_document_are_read() -> None:
    """Cells are paragraphs, a line break is a blank, two end a paragraph."""

    def fill(document: docx.document.Document, paragraph: docx.text.paragraph.Paragraph) -> None:
        paragraph._p.append(OxmlElement("w:r"))
        run = paragraph.add_run("one")
        run.add_break()
        run.add_text("two")
        run.add_break()
        run.add_break()
        run.add_text("three")
        document.add_table(1, 2).cell(0, 1).text = "in a cell"

    assert read_bytes(_docx(fill), "a").text.endswith(f"{MORE}one two\n\nthree\n\nin a cell")


def test_an_odt_is_read_without_notes_and_comments() -> None:
    """Blanks that are written as elements stay, lists are paragraphs."""
    data = _odt(
        "<text:p>One<text:s/>two<text:line-break/>three"
        "<text:note><text:note-body><text:p>Note.</text:p></text:note-body></text:note>"
        "<office:annotation><text:p>Comment.</text:p></office:annotation> <text:span>four"
        "</text:span> five.</text:p>",
        "<text:list><text:list-item><text:p>Item.</text:p></text:list-item></text:list>",
    )
    assert read_bytes(data, "a").text.split("\n\n")[2:] == ["One two three four five.", "Item."]


def test_characters_of_an_rtf_are_read() -> None:
    """By code page and as Unicode; what is hidden or about the document is not."""
    article = read_bytes(_rtf(r"caf\'e9 \u8220?na\u239?ve\u8221? 5\'80."), "a.rtf")
    assert article.text.endswith("café “naïve” 5€.")
    assert "Secret" not in article.text


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (r"a{\v b\par}{\deleted c}\v d\v0 e", ["ae"]),
        (r"{\header no\par}{\*\unknown no}{\footnote no}a", ["a"]),
        (r'a {\field{\*\fldinst{HYPERLINK "http://x"}}{\fldrslt{\ul link}}} b', ["a link b"]),
        (r"\trowd a\cell b\cell\row c", ["a", "b", "c"]),
        (r"{\f1 \'a3\'f3d\'9f} {\f0 \'a3} {\f2 \'82\'a0}", ["Łódź £ あ"]),
        (r"a{\shp{\*\shpinst{\sp{\sn x}}{\shptxt b\par}}{\shprslt b}}c\par d", ["ac", "b", "d"]),
        (r"\u-10179?\u-8703?\uc2 \u8220\'93\'93a\uc0\u8221 b", ["😁“a”b"]),
        (r"{\pict\bin3 }}}}a", ["a"]),
        (r"a\-b\~c\_d\line e\line\line f", ["ab c-d e", "f"]),
        (r"Q: a?\line A: b.\line Q: c?", ["Q: a?", "A: b.", "Q: c?"]),
    ],
)
def test_an_rtf_is_read_as_it_is_printed(source: str, expected: list[str]) -> None:
    """Nothing hidden, no address of a link, each font by its own code page, text boxes behind."""
    fonts = r"{\fonttbl{\f0 A;}{\f1\fcharset238 B;}{\f2\fnil\fcharset128 C;}}"
    article = read_bytes(rf"{{\rtf1\ansi\ansicpg1252{fonts}{source}}}".encode("latin-1"), "a.rtf")
    assert article.text.split("\n\n") == expected


def test_an_rtf_of_a_mac_has_its_code_page() -> None:
    """Python has no code page 10000 of that name."""
    data = rb"{\rtf1\mac\ansicpg10000 \'d2Ren\'8e,\'d3 he said.}"
    assert read_bytes(data, "a.rtf").text == "“René,” he said."


@given(st.lists(st.sampled_from(_RTF_PIECES)))
def test_anything_in_an_rtf_is_read_without_an_error(pieces: list[str]) -> None:
    """Whatever stands where, it is text or nothing."""
    assert all(isinstance(p, str) for p in rtf_paragraphs(("{\\rtf1" + "".join(pieces)).encode()))


def test_a_deleted_end_of_a_paragraph_joins_it_with_the_next() -> None:
    """As in the document when its tracked changes are accepted: a quotation is not cut in two."""

    def fill(_: object, paragraph: docx.text.paragraph.Paragraph) -> None:
        mark = f"<w:pPr {nsdecls('w')}><w:rPr><w:del w:id='1' w:author='x'/></w:rPr></w:pPr>"
        paragraph._p.insert(0, parse_xml(mark))
        behind = f"<w:p {nsdecls('w')}><w:r><w:t> It was said.</w:t></w:r></w:p>"
        paragraph._p.addnext(parse_xml(behind))

    assert read_bytes(_docx(fill), "a").text.split("\n\n") == [HEAD, SAID, f"{MORE} It was said."]


def test_the_small_letters_over_a_word_are_left_out() -> None:
    """Ruby tells how the word is read: it is no word of the text."""
    ruby = f"<w:r {nsdecls('w')}><w:ruby><w:rt><w:r><w:t>no</w:t></w:r></w:rt><w:rubyBase><w:r>"
    ruby += "<w:t>港</w:t></w:r></w:rubyBase></w:ruby></w:r>"
    data = _docx(lambda _, paragraph: paragraph._p.append(parse_xml(ruby)))
    assert read_bytes(data, "a").text.endswith(f"{MORE}港")
    inside = "<text:ruby-base>町</text:ruby-base><text:ruby-text>no</text:ruby-text>"
    odt = f"<text:p>港<text:ruby>{inside}</text:ruby></text:p>"
    assert read_bytes(_odt(odt), "a").text.endswith("港町")


def test_what_a_style_of_an_odt_hides_is_not_read() -> None:
    """Words, paragraphs and sections that the document does not show."""
    data = _odt(
        '<text:p>Shown <text:span text:style-name="Gone">hidden </text:span>words.</text:p>',
        '<text:p text:style-name="Gone">Hidden.</text:p>',
        '<text:section text:display="none"><text:p>Hidden too.</text:p></text:section>',
    )
    style = '<style:style style:name="Gone" style:family="text"><style:text-properties text:display'
    styled = _with_styles(data, f'{style}="none"/></style:style>')
    assert read_bytes(styled, "a").text.split("\n\n")[2:] == ["Shown words."]


def test_a_title_is_one_that_the_document_shows(tmp_path: Path) -> None:
    """A template's or another article's title is none."""
    for title, expected in ((HEAD, HEAD), ("Template 7", HEAD)):

        def fill(document: docx.document.Document, _: object, title: str = title) -> None:
            document.core_properties.title = title

        assert read_bytes(_docx(fill), "a").title == expected


@pytest.mark.parametrize("data", [_docx(), _odt()], ids=["docx", "odt"])
def test_a_damaged_document_is_told(data: bytes) -> None:
    """In one sentence that says what to do, wherever it is cut or altered."""
    for cut in range(0, len(data), max(1, len(data) // 60)):
        with pytest.raises(NotAnArticle, match=r"save|give"):
            read_bytes(data[: max(cut, 30)], "a.docx")
        broken = data[:cut] + bytes(255 - byte for byte in data[cut : cut + 40]) + data[cut + 40 :]
        with suppress(InputError):  # or it is read: what was altered may be a picture
            read_bytes(broken, "a.docx")


def test_what_would_unpack_to_too_much_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sizes of the parts are added up before one is read."""
    monkeypatch.setattr(documents, "MOST_UNPACKED", 10_000)
    with pytest.raises(ArticleTooLarge, match="unpacked it has"):
        read_bytes(_docx(), "a.docx")


def test_other_packed_files_are_refused() -> None:
    """A workbook is a ZIP file too."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("xl/workbook.xml", "<x/>")
    with pytest.raises(NotAnArticle, match="ZIP"):
        read_bytes(packed.getvalue(), "a.xlsx")


@pytest.mark.parametrize("data", [b"{\\rtf1\\ansi}", b"{\\rtf1 \\par \\par}", _odt("<text:p/>")])
def test_a_document_without_any_paragraph_says_so(data: bytes) -> None:
    """It is empty, not damaged and no fault inside."""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(data)) as packed:
            files = {name: packed.read(name) for name in packed.namelist()}
        files["content.xml"] = re.sub(rb"<text:h.*</text:p>", b"", files["content.xml"], flags=re.S)
        out = BytesIO()
        with zipfile.ZipFile(out, "w") as packed:
            for name, content in files.items():
                packed.writestr(name, content)
        data = out.getvalue()
    with pytest.raises(EmptyArticle, match="there is no text in it"):
        read_bytes(data, "a")
