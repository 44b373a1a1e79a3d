"""What a page sets apart as a block quotation, and whose it names, is a quotation without marks."""

import pytest

from extractor.pipeline import extract
from extractor.read import read_bytes
from extractor.record import Extraction
from extractor.schema.catalogue import load_schema

WORDS = "We found the money at last, and we will not give it back to anybody."
FIRST = "The ferry line to the island was saved on Monday after a year of talks, the ministry said."
LAST = (
    "The boats will sail from the first of May, and the company has taken on twenty people for it."
)


def extracted(inner: str) -> Extraction:
    """Return what is extracted of an article with this in it."""
    page = (
        "<!DOCTYPE html><html lang='en'><head><title>Ferry line saved</title></head><body><article>"
        f"<h1>Ferry line saved</h1><p>{FIRST}</p>{inner}<p>{LAST}</p></article></body></html>"
    )
    return extract(read_bytes(page.encode(), "page.html"), load_schema("quotes"))


def rows(extraction: Extraction) -> list[tuple[str, str | None, str]]:
    """Return the words, the speaker and the kind of each row."""
    return [
        (row.quotation.text, row.speaker.name if row.speaker else None, row.kind)
        for row in extraction.record.quotes  # type: ignore[attr-defined]
    ]


@pytest.mark.parametrize(
    "inner",
    [
        f"<blockquote><p>{WORDS}</p><cite>Ines Maro, transport minister</cite></blockquote>",
        f"<blockquote><p>{WORDS}</p><footer>— <cite>Ines Maro</cite></footer></blockquote>",
        f"<figure><blockquote>{WORDS}</blockquote><figcaption>Ines Maro</figcaption></figure>",
        f"<blockquote>{WORDS}<br>— Ines Maro, transport minister</blockquote>",
        f"<blockquote><p>{WORDS}</p><p>― Ines Maro</p></blockquote>",
    ],
)
def test_block_quotation_with_a_source(inner: str) -> None:
    """The source that the page names speaks, and the row says that it is a block quotation."""
    assert rows(extracted(inner)) == [(WORDS, "Ines Maro", "block")]


def test_paragraphs_of_one_block_quotation() -> None:
    """A block quotation of several paragraphs is one; what it quotes in marks is nested in it."""
    more = "Nobody said “thank you” to us."
    inner = f"<blockquote><p>{WORDS}</p><p>{more}</p><cite>Ines Maro</cite></blockquote>"
    extraction = extracted(inner)
    assert rows(extraction) == [
        (f"{WORDS}\n\nNobody said “thank you” to us.", "Ines Maro", "block")
    ]
    assert [item.reason for item in extraction.audit.dismissed] == ["nested"]


@pytest.mark.parametrize(
    ("introduction", "speaker"),
    [
        ("In a letter to the council, Ines Maro wrote:", "Ines Maro"),
        ("Ines Maro, the transport minister, said in a statement:", "Ines Maro"),
        ("This was the text in full:", None),
    ],
)
def test_block_quotation_that_a_paragraph_introduces(
    introduction: str, speaker: str | None
) -> None:
    """The paragraph before a block quotation tells whose it is, or a row without a speaker does."""
    found = rows(extracted(f"<p>{introduction}</p><blockquote><p>{WORDS}</p></blockquote>"))
    assert found == [(WORDS, speaker, "block")]


@pytest.mark.parametrize(
    "behind", ["", "<figure><img><figcaption>A boat at sea.</figcaption></figure>"]
)
def test_no_source_no_row(behind: str) -> None:
    """A block quotation that nobody is named for is no row, and the audit says so."""
    extraction = extracted(f"<blockquote><p>{WORDS}</p></blockquote>{behind}")
    assert rows(extraction) == []
    assert [(item.reason, item.text) for item in extraction.audit.dismissed] == [
        ("no source", WORDS)
    ]


def test_a_block_without_a_source_keeps_its_quotations() -> None:
    """Pages set whole articles as a block quotation: what stands in marks there stays a row."""
    inner = f"<blockquote><p>“{WORDS}” Ines Maro said on Monday.</p><p>{LAST}</p></blockquote>"
    assert rows(extracted(inner)) == [(WORDS, "Ines Maro", "direct")]


def test_words_outside_of_a_block_are_no_quotation() -> None:
    """A paragraph that is no block quotation is none, whatever it says."""
    assert rows(extracted(f"<p>{WORDS}</p>")) == []


def test_block_quotation_in_marks() -> None:
    """A block quotation in quotation marks is the quotation that it is, once."""
    found = rows(extracted(f"<blockquote><p>“{WORDS}”</p><cite>Ines Maro</cite></blockquote>"))
    assert [(text, kind) for text, _, kind in found] == [(WORDS, "direct")]
