"""What may be the article's and was not read is told, with its first words; nothing else is."""

import json

import pytest
from lxml.html import fromstring

from extractor.article import Article
from extractor.read import read_bytes
from extractor.read.html.blocks import page_blocks
from extractor.read.html.choosing import Choice
from extractor.read.html.features import PageFacts
from extractor.read.html.witness import left_out

STORY = [
    "The ferry line to the island was saved on Monday after a year of talks, the ministry said.",
    "“The fare stays at four crowns for all who live here,” said Tomas Reed of the island council.",
    "The boats will sail from the first of May, and the company has taken on twenty people for it.",
]
MORE = (
    "The council asked for a second boat in March, and it was told that there was no money for one."
)
PAGE = PageFacts.of([], "", None)
LONG = " ".join(
    f"In its {n}th year the line carried {n} hundred people to the island." for n in range(4, 30)
)


def page(told: str | None) -> Article:
    """Return the article of a page whose metadata tells a body."""
    data = {"@type": "NewsArticle", "headline": "Ferry line saved", "articleBody": told}
    script = f"<script type='application/ld+json'>{json.dumps(data)}</script>" if told else ""
    body = "".join(f"<p>{p}</p>" for p in STORY)
    return read_bytes(
        f"<!DOCTYPE html><html><head><title>Ferry line saved</title>{script}</head>"
        f"<body><article><h1>Ferry line saved</h1>{body}</article></body></html>".encode(),
        "page.html",
    )


def test_longer_body_in_the_metadata() -> None:
    """A page whose data holds more of the article than was read says so, and how that begins."""
    (remark,) = page(" ".join([*STORY, LONG])).warnings
    assert remark.code == "text_left_out"
    assert "In its 4th year the line carried" in remark.message


@pytest.mark.parametrize(
    "told", [None, " ".join(STORY), "<p>" + "</p><p>".join(STORY) + "</p>", STORY[0], "short"]
)
def test_the_same_body_in_the_metadata(told: str | None) -> None:
    """Data that hold what was read, or less, raise no warning."""
    assert page(told).warnings == ()


@pytest.mark.parametrize(("likely", "told"), [(0.3, 1), (0.01, 0)])
def test_a_paragraph_beside_those_that_were_read(likely: float, told: int) -> None:
    """A paragraph in the article's own container is missed, unless it is hardly the article's."""
    html = "".join(f"<p>{p}</p>" for p in [*STORY, MORE])
    blocks = page_blocks(fromstring(f"<html><body><div>{html}</div></body></html>"))
    choices = [Choice(block, None) for block in blocks[:-1]]
    remarks = left_out(blocks, [0.9] * len(STORY) + [likely], choices, "", PAGE)
    assert len(remarks) == told
    assert all(MORE[:30] in remark.message for remark in remarks)


@pytest.mark.parametrize(("count", "told"), [(20, 1), (1, 0)])
def test_many_short_lines_beside_those_that_were_read(count: int, told: int) -> None:
    """Short lines in the article's own container are missed where they are much of it."""
    html = "".join(f"<p>{p}</p>" for p in [*STORY, *(["And the annex?"] * count)])
    blocks = page_blocks(fromstring(f"<html><body><div>{html}</div></body></html>"))
    choices = [Choice(block, None) for block in blocks[: len(STORY)]]
    likely = [0.9] * len(STORY) + [0.3] * count
    assert len(left_out(blocks, likely, choices, "", PAGE)) == told


def test_links_that_were_left_out() -> None:
    """Links beside the article's paragraphs are not missed."""
    html = "".join(f"<p>{p}</p>" for p in STORY) + f"<p><a href='/a'>{MORE}</a></p>"
    blocks = page_blocks(fromstring(f"<html><body><div>{html}</div></body></html>"))
    choices = [Choice(block, None) for block in blocks[:-1]]
    assert left_out(blocks, [0.9] * len(STORY) + [0.3], choices, "", PAGE) == ()
