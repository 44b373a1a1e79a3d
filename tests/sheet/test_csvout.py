"""The CSV form: right, and harmless in a spreadsheet."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from extractor.fields import Figure, Name, Place, Quotation
from extractor.sheet.csvout import harmless, to_csv
from extractor.text.spans import Span
from tests.support.extractions import TEXT, make_article, make_extraction, release


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_record_row_is_a_row_and_its_offsets_are_the_articles() -> None:
    """Every row's place holds its text in the article, spans of a continued quotation too."""
    rows = _rows(to_csv([release()]))
    kinds = [row["kind"] for row in rows]
    assert kinds == ["releases"] + ["quotes"] * 4 + ["figures"] * 2 + ["sanction_terms"] * 2
    for row in rows:
        spans = [tuple(map(int, part.split(".."))) for part in row["spans"].split("; ")]
        assert "\n\n".join(TEXT[start:end] for start, end in spans) == row["text"]
        assert (int(row["start"]), int(row["end"])) == (spans[0][0], spans[-1][1])


def test_fields_stand_under_their_names() -> None:
    """Speakers with their mention, values as numbers, a figure inside a release under its field."""
    rows = _rows(to_csv([release()]))
    she = rows[3]
    assert (she["speaker"], she["speaker_mention"], she["speaker_at"]) == (
        "Ada Brandt",
        "she",
        "285..288",
    )
    assert rows[6]["value"] == "40"
    assert rows[6]["approximate"] == "yes"
    assert rows[6]["source"] == "Ada Brandt"
    assert (rows[0]["count"], rows[0]["count_value"]) == ("31", "31")
    assert rows[2]["quotes_kind"] == "fragment"
    assert rows[2]["confidence"] == "0.30"
    assert rows[7]["condition"] == ""
    assert rows[8]["condition"] == "until all were free"


def test_several_articles_share_one_header() -> None:
    """The second article brings rows, not another header, together or one after the other."""
    together = to_csv([release(), release()])
    apart = to_csv([release()]) + to_csv([release()], with_header=False)
    assert together == apart
    assert len(_rows(together)) == 18


class _Row(BaseModel):
    said: Quotation
    text: str
    kind: str
    speaker: Name
    figure: Figure


class _Rows(BaseModel):
    rows: list[_Row]


_NASTY = st.text(alphabet="=+-@\t\r\n\x00'\" ,;a1(＝−\u200b") | st.text()


@given(_NASTY)
def test_no_cell_is_a_formula(text: str) -> None:
    """Whatever an article says, no cell begins as a formula, and the file parses back to it."""
    row = _Row(
        said=Quotation(text, (Span(0, 1),)),
        text=text,
        kind=text,
        speaker=Name(text, "person", Place(text, 0, 1)),
        figure=Figure(text, 0, 1, -5.0),
    )
    extraction = make_extraction(make_article("x", title=text, source=text), _Rows(rows=[row]))
    (parsed,) = _rows(to_csv([extraction]))
    for name, cell in parsed.items():
        assert cell is not None
        bare = cell.lstrip(" \n\u00a0\u3000")
        number = cell.removeprefix("-").replace(".", "", 1)
        assert bare[:1] not in tuple("=+@＝＋－＠−"), name
        assert bare[:1] != "-" or (number.isascii() and number.isdecimal()), name
        assert not set(cell) & set(map(chr, [*range(10), 11, 12, 13, *range(14, 32), 127]))
    assert parsed["value"] == "-5"
    assert parsed["rows_text"] == harmless(text) or parsed["rows_text"].lstrip("-").isdecimal()


def test_words_are_left_alone_where_they_are_harmless() -> None:
    """An apostrophe is added only where a spreadsheet would compute."""
    assert harmless("We said = nothing") == "We said = nothing"
    assert harmless("=HYPERLINK()") == "'=HYPERLINK()"
    assert harmless("  @cmd") == "'  @cmd"
    assert harmless("- he said") == "'- he said"
    assert harmless("\t=1") == "' =1"
    assert harmless("\x00=1") == "'=1"
    assert harmless("'quoted'") == "'quoted'"
