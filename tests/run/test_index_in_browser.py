"""The index of a run in a real browser: sorted, searched, on a phone, in the dark, offline.

Needs a Chromium: see conftest.py.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from extractor.record import Extraction
from extractor.run.sheets.sheets import write_sheets
from extractor.schema.catalogue import load_schema
from tests.support.browser import Browser
from tests.support.stores import SCHEMA, fill, named

pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
HOSTILE = "<script>document.title='run'</script><img src=x onerror=\"document.title='run'\">"


def _article(number: int) -> Extraction:
    found = named(
        number,
        title=f"Talks {number} in a harbour with a title that is long enough to go over a line",
        outlet=None if number == 4 else ("Norvia Post", "Estland Daily")[number % 2],
        date=f"2025-12-{10 + number}",
    )
    return replace(found, warnings=found.warnings * (number + 8))


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index of twelve articles, one of which would like to run a script, and two failures."""
    folder = tmp_path_factory.mktemp("run")
    extractions = [*(_article(n) for n in range(11)), named(20, title=HOSTILE, outlet=HOSTILE)]
    fill(folder, extractions, [("coverage/no.pdf", f"coverage/no.pdf: {HOSTILE}"), ("x", "empty")])
    write_sheets(folder, load_schema(SCHEMA))
    return folder / "index.html"


def _column(browser: Browser, position: int) -> list[Any]:
    """Return what the rows that are shown have in a column."""
    found: list[Any] = browser.evaluate(
        "[...document.querySelectorAll('table.articles tbody tr')].filter((r) => !r.hidden)"
        f".map((r) => r.cells[{position}].querySelector('a, bdi')?.textContent"
        f" ?? r.cells[{position}].textContent)"
    )
    return found


def test_it_asks_for_nothing_and_runs_nothing_of_an_article(browser: Browser, index: Path) -> None:
    """No request but the page, no complaint, and a title with a script is a title."""
    before, asked = len(browser.complaints()), len(browser.requests())
    browser.open(index)
    assert browser.complaints()[before:] == []
    wanted = [url for url in browser.requests()[asked:] if not url.startswith(("about:", "data:"))]
    assert wanted == [index.as_uri()]
    assert browser.evaluate("document.title") == f"12 articles – {SCHEMA}"
    assert _column(browser, 0)[-1] == HOSTILE


def test_columns_sort_by_what_they_hold(browser: Browser, index: Path) -> None:
    """Numbers as numbers, the most first; words by the alphabet; a third click: as it was."""
    browser.open(index)
    first = _column(browser, 0)
    warnings = "table.articles th:nth-child(8) button"
    browser.click(warnings)
    assert [int(count) for count in _column(browser, 7)] == [*range(18, 7, -1), 1]
    assert browser.evaluate("document.querySelector('th[aria-sort]').textContent") == "Warnings"
    browser.click(warnings)
    assert [int(count) for count in _column(browser, 7)] == [1, *range(8, 19)]
    browser.click(warnings)
    assert _column(browser, 0) == first
    browser.click("table.articles th:nth-child(2) button")
    outlets = _column(browser, 1)
    assert outlets[-1] == ""  # what is not known stays at the end
    assert outlets[1:6] == ["Estland Daily"] * 5
    assert browser.evaluate("document.querySelector('.tools select').value") == "1+"


def test_the_search_leaves_what_has_every_word(browser: Browser, index: Path) -> None:
    """Words in any order, in titles, outlets and files; how many is said."""
    browser.open(index)
    browser.evaluate(
        "(() => { const e = document.querySelector('.tools input');"
        "e.value = '2025-12-13 ESTLAND talks'; e.dispatchEvent(new Event('input')); })()"
    )
    assert [title[:7] for title in _column(browser, 0)] == ["Talks 3"]
    assert browser.evaluate("document.querySelector('.tools [role=status]').textContent") == (
        "1 of 12"
    )


def test_a_title_leads_to_the_page_of_its_article(browser: Browser, index: Path) -> None:
    """By a click, in the same folder."""
    browser.open(index)
    target = browser.evaluate("document.querySelector('tbody a').href")
    page = Path(target.removeprefix("file://"))
    browser.open(page)
    assert browser.evaluate("document.querySelector('h1').textContent").startswith("Talks 0")


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [390, 820, 1280])
def test_it_fits_every_width_in_both_schemes(
    browser: Browser, index: Path, width: int, dark: bool
) -> None:
    """No sideways scrolling; on a phone every number says what it counts."""
    browser.open(index, width=width, height=844, dark=dark)
    assert browser.evaluate("document.documentElement.scrollWidth") <= width
    paper = browser.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == ("rgb(20, 23, 27)" if dark else "rgb(251, 250, 247)")
    label = browser.evaluate(
        "getComputedStyle(document.querySelector('tbody td.warn'), '::before').content"
    )
    assert label == ('"Warnings "' if width < 1000 else "none")
    overlaps = browser.evaluate(
        "[...document.querySelectorAll('tbody tr')].some((row) => {"
        " const boxes = [...row.cells].map((c) => c.getBoundingClientRect())"
        "  .filter((b) => b.width > 0);"
        " return boxes.some((a, i) => boxes.some((b, k) => i < k && a.left < b.right - 1"
        "  && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1)); })"
    )
    assert overlaps is False
