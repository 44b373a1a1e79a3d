"""Pages of what is set apart take work that grows with the page: from its bytes to the rows."""

import pytest

from extractor.pipeline import extract
from extractor.read import read_bytes
from extractor.schema.catalogue import load_schema
from tests.support.effort import calls_of
from tests.support.shapes import word

LINE = "The boats to the island will sail again from the first of May, the {} office said on {}."


def _pull_quotes(k: int) -> str:
    said = f"We found the money for {word(k)} and {word(k + 1)} at last"
    return (
        f"<p>“{said},” Ines {word(k).title()} said.</p><aside class='pullquote'>“{said}”</aside>"
        f"<p>{LINE.format(word(k), word(k + 2))}</p>"
    )


def _block_quotes(k: int) -> str:
    cite = f"<cite>Ines {word(k).title()}</cite>" if k % 2 else ""
    return (
        f"<p>Ines {word(k).title()} wrote to the council on Monday:</p><blockquote><p>We found the "
        f"money for {word(k)} at last, and nobody on the council of {word(k + 1)} has thanked us "
        f"for it, nor asked us what we did.</p>{cite}</blockquote>"
    )


def _turns(k: int) -> str:
    name = "MR VIK" if k % 2 else "MS OKAFOR"
    return f"<div class='turn'><div>{name}:</div><div>And the {word(k)} annex?</div></div>"


def _posts(k: int) -> str:
    return (
        f"<article class='post'><h3>The {word(k)} boat</h3><time>{k % 24}:10</time>"
        f"<p>{LINE.format(word(k), word(k + 2))}</p></article>"
    )


MAKES = {
    "pull quotes": _pull_quotes,
    "block quotations": _block_quotes,
    "turns": _turns,
    "posts": _posts,
}


def _page(make: str, count: int) -> bytes:
    body = f"<h1>Boats</h1><p>{LINE}</p>{''.join(map(MAKES[make], range(count)))}"
    head = "<head><title>Boats</title></head>"
    return f"<!DOCTYPE html><html lang='en'>{head}<body><main>{body}</main></body></html>".encode()


def _work(make: str, count: int) -> int:
    page, schema = _page(make, count), load_schema("quotes")
    return calls_of(lambda: extract(read_bytes(page, "page.html"), schema))


@pytest.mark.parametrize("make", MAKES)
def test_four_times_the_page_takes_four_times_the_work(make: str) -> None:
    """Neither reading nor attributing what is set apart takes the square of the page."""
    assert read_bytes(_page(make, 40), "page.html").text.count("\n\n") >= 80  # it is all read
    _work(make, 4)  # what is loaded once
    small, large = _work(make, 40), _work(make, 160)
    assert large < 4 * 1.3 * small
