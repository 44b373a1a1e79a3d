"""What a browser prints of a page is read as it was written, in whatever columns it is set."""

import base64
from pathlib import Path

import pytest

from extractor.read import read_bytes
from tests.support.browser import Browser
from tests.support.pdf_pages import CAPTION, HEADLINE, MORE, RELATED, STORY

COLUMNS = "div { columns: %d; column-gap: %dpx } p { margin: 0; text-indent: 1em }"
JUSTIFIED = "p { text-align: justify; hyphens: auto; font-size: 9pt }"
FIGURE = (
    "<figure style='float: right; width: 200px; font-size: 8pt'><div style='height: 90px; "
    f"background: #ccc'></div><figcaption>{CAPTION}</figcaption></figure>"
)
BOX = (
    "<section style='border: 1px solid; background: #eee; padding: 6px; font: 9pt sans-serif; "
    "break-inside: avoid; margin: 6px 0'>%s</section>"
)


def _said(paragraphs: list[str]) -> str:
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)


ALL = [*STORY, *MORE]
PAGES = {
    "one column": ("", _said(ALL), ALL),
    "two columns": (COLUMNS % (2, 20), f"<div>{_said(ALL)}</div>", ALL),
    "three justified columns": (COLUMNS % (3, 14) + JUSTIFIED, f"<div>{_said(ALL)}</div>", ALL),
    "drop cap": (
        COLUMNS % (2, 20) + "p:first-child::first-letter { font-size: 40pt; float: left; "
        "line-height: 0.8; padding-right: 4px }",
        f"<div>{_said(ALL)}</div>",
        ALL,
    ),
    "picture": (
        "",
        _said(STORY[:2]) + FIGURE + _said([*STORY[2:], *MORE]),
        [*STORY[:2], CAPTION, *STORY[2:], *MORE],
    ),
    "box": (
        "div { columns: 2; column-gap: 24px } p { margin: 0 0 6px }",
        f"<div>{_said(STORY[:4])}{BOX % _said(RELATED)}{_said([*STORY[4:], *MORE])}</div>",
        [*STORY[:4], *RELATED, *STORY[4:], *MORE],
    ),
    "side column": (
        "main { display: grid; grid-template-columns: 1fr 180px; gap: 20px } "
        "aside { font: 9pt sans-serif }",
        f"<main><div>{_said(ALL)}</div><aside>{_said(RELATED)}</aside></main>",
        [*ALL, *RELATED],
    ),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_printed_page_is_read_as_it_was_written(
    name: str, browser: Browser, tmp_path: Path
) -> None:
    """Paragraph by paragraph, without what the browser prints above and below."""
    style, body, said = PAGES[name]
    (tmp_path / "page.html").write_text(
        f"<html lang='en'><meta charset='utf-8'><title>{HEADLINE}</title>"
        f"<style>body {{ font: 11pt serif }} {style}</style><h1>{HEADLINE}</h1>{body}</html>"
    )
    browser.open(tmp_path / "page.html")
    printed = browser.call("Page.printToPDF", displayHeaderFooter=True)
    article = read_bytes(base64.b64decode(printed["data"]), "page.pdf")
    assert article.text.split("\n\n") == [HEADLINE, *said]
    assert article.title == HEADLINE
    assert article.warnings == ()
