"""The HTML page in a real browser: links both ways, by mouse and keyboard, on a phone, in the dark.

Needs a Chromium: see conftest.py.
"""

import json
from pathlib import Path

import pytest

from extractor.sheet.html import to_html
from tests.support.browser import Browser
from tests.support.extractions import TEXT, release

pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
ENTER, ESCAPE, DOWN = ("Enter", 13), ("Escape", 27), ("ArrowDown", 40)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of one article."""
    path = tmp_path_factory.mktemp("page") / "sheet.html"
    path.write_text(to_html([release()]), encoding="utf-8")
    return path


def _visible(browser: Browser, selector: str) -> bool:
    """Tell whether the first box of an element is inside the window and its scrolling pane."""
    return bool(
        browser.evaluate(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)});"
            "const b = e.getClientRects()[0], x = b.x + Math.min(b.width, 9) / 2;"
            "const y = b.y + b.height / 2;"
            "if (y < 0 || y > innerHeight || x < 0 || x > innerWidth) return false;"
            "const seen = document.elementFromPoint(x, y); return e.contains(seen); })()"
        )
    )


def _count(browser: Browser, selector: str) -> int:
    return int(browser.evaluate(f"document.querySelectorAll({json.dumps(selector)}).length"))


def test_the_page_asks_for_nothing_and_complains_of_nothing(browser: Browser, page: Path) -> None:
    """Only the file itself is loaded; the policy lets our style and script work."""
    browser.events.clear()
    browser.open(page)
    assert set(browser.requests()) - {"about:blank"} == {page.as_uri()}
    assert browser.complaints() == []
    assert browser.evaluate("getComputedStyle(document.querySelector('.pair')).display") == "grid"


@pytest.mark.parametrize("row", ["a1-k2-r4", "a1-k4-r2", "a1-k3-r2", "a1-dismissed1", "a1-remark1"])
def test_a_click_on_a_row_shows_its_evidence(browser: Browser, page: Path, row: str) -> None:
    """The evidence scrolls into view and stands out, with every piece of the row."""
    browser.open(page, height=420)
    browser.click(f"#{row} td" if "-k" in row else f"#{row}")
    assert _visible(browser, f"#at-{row} ~ .hl")
    assert browser.evaluate("document.querySelector('.row.active').id") == row
    assert _count(browser, ".hl.on") == _count(browser, f'.hl[data-rows~="{row}"]') > 0


def test_a_click_on_evidence_shows_its_row_and_again_the_next(browser: Browser, page: Path) -> None:
    """A place that serves several rows leads to each of them in turn."""
    browser.open(page, height=420)
    browser.click('.hl[title^="Quotes 4: quotation"]')
    assert browser.evaluate("document.querySelector('.row.active').id") == "a1-k2-r4"
    assert _visible(browser, "#a1-k2-r4 td")
    shared = '.hl.name[data-rows="a1-k2-r3 a1-k2-r4 a1-k3-r2"]'
    seen = []
    for _ in range(4):
        browser.click(shared)
        seen.append(browser.evaluate("document.querySelector('.row.active').id"))
    assert sorted(set(seen)) == ["a1-k2-r3", "a1-k2-r4", "a1-k3-r2"]
    assert seen[0] == seen[3]


def test_the_keyboard_reaches_everything(browser: Browser, page: Path) -> None:
    """Enter goes to the evidence and back to the row, arrows to the next row, Escape lets go."""
    browser.open(page)
    browser.evaluate("document.querySelector('#a1-k2-r2 a').focus()")
    browser.press(*DOWN)
    assert browser.evaluate("document.activeElement.closest('.row').id") == "a1-k2-r3"
    browser.press(*ENTER)
    focused = "document.activeElement.textContent"
    assert browser.evaluate(focused) == "The crew was never charged,"
    browser.press(*ENTER)
    assert browser.evaluate("document.activeElement.closest('.row').id") == "a1-k2-r3"
    browser.press(*ESCAPE)
    assert _count(browser, ".active, .on") == 0
    stops = _count(browser, ".text .hl:not([tabindex])")
    assert 0 < stops < _count(browser, ".text .hl")


def test_a_highlight_can_be_switched_off(browser: Browser, page: Path) -> None:
    """The legend's boxes take a kind's look away and give it back."""
    browser.open(page)
    before = _count(browser, ".text .quotation")
    assert before > 0
    browser.click('.bar input[value="quotation"]')
    assert _count(browser, ".text .quotation") == 0
    browser.click('.bar input[value="quotation"]')
    assert _count(browser, ".text .quotation") == before


def test_the_browser_sees_the_same_words(browser: Browser, page: Path) -> None:
    """What is highlighted is what the record says, as the browser reads it, after an emoji too."""
    browser.open(page)
    script = (
        "[...document.querySelectorAll('.hl[data-rows~=\"a1-k2-r1\"].quotation')]"
        ".map(e => e.textContent).join('')"
    )
    assert browser.evaluate(script) == "We are home. “At last”, my son said,"
    shown = browser.evaluate("document.querySelector('.text').textContent")
    assert shown.split() == TEXT.split()


def test_without_a_script_the_links_still_jump(browser: Browser, page: Path) -> None:
    """Scripts off: a row's link leads to the evidence, the evidence's link to the row."""
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.open(page, height=420)
        browser.click("#a1-k4-r2 th a")
        assert browser.evaluate("location.hash") == "#at-a1-k4-r2"
        browser.click('.hl[title^="Quotes 1: quotation"]')
        assert browser.evaluate("location.hash") == "#a1-k2-r1"
    finally:
        browser.call("Emulation.setScriptExecutionDisabled", value=False)


@pytest.mark.parametrize("width", [360, 390, 768, 1280, 1920])
def test_nothing_sticks_out_at_any_width(browser: Browser, page: Path, width: int) -> None:
    """Phone, tablet, desk: no sideways scrolling of the page, and the words keep their size."""
    browser.open(page, width=width)
    assert browser.evaluate("document.documentElement.scrollWidth") <= width
    size = browser.evaluate(
        "parseFloat(getComputedStyle(document.querySelector('.text')).fontSize)"
    )
    assert size >= 15
    beside = browser.evaluate(
        "document.querySelector('.sheet').getBoundingClientRect().left >= "
        "document.querySelector('.text').getBoundingClientRect().right"
    )
    assert beside == (width > 960)


_CONTRASTS = """
(() => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true});
  const rgb = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const light = (c) => {
    const part = (v) => (v <= 0.04045 * 255 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * part(c[0]) + 0.7152 * part(c[1]) + 0.0722 * part(c[2]);
  };
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const c = rgb(getComputedStyle(e).backgroundColor);
      if (c[3] === 255) return c;
    }
    return [255, 255, 255, 255];
  };
  const out = {};
  const all = ".text, .hl, .of, .meta, td, th, small, .badge, dd, .para, .swatch, .none";
  for (const e of document.querySelectorAll(all)) {
    const a = light(rgb(getComputedStyle(e).color)), b = light(ground(e));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const key = e.tagName + "." + e.className;
    out[key] = Math.min(out[key] ?? 99, ratio);
  }
  return out;
})()
"""


@pytest.mark.parametrize("dark", [False, True])
def test_every_text_has_enough_contrast(browser: Browser, page: Path, dark: bool) -> None:
    """At least 4.5 to 1 (WCAG AA) for words on every ground, in the light and in the dark."""
    browser.open(page, dark=dark)
    found = browser.evaluate(_CONTRASTS)
    assert len(found) > 10
    assert {key: ratio for key, ratio in found.items() if ratio < 4.5} == {}
    paper = browser.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == ("rgb(20, 23, 27)" if dark else "rgb(251, 250, 247)")


def test_it_prints_in_one_column_without_the_switches(browser: Browser, page: Path) -> None:
    """On paper the article comes first, then the tables, and no controls."""
    browser.open(page)
    browser.call("Emulation.setEmulatedMedia", media="print")
    assert browser.evaluate("getComputedStyle(document.querySelector('.bar')).display") == "none"
    assert browser.evaluate("getComputedStyle(document.querySelector('.pair')).display") == "block"
    browser.call("Emulation.setEmulatedMedia", media="")
