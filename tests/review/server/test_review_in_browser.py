"""The review page in a real browser: two articles by keyboard alone, the mouse, a phone, the dark.

AXE_CORE names axe-core's axe.min.js (`npm pack axe-core`); without it those tests are skipped.
"""

import json
import os
import random
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from extractor.review.claims.claims import Claim, claims_of_article
from extractor.review.decide.decisions import decide, history
from extractor.review.desk import Desk
from extractor.review.queue import all_claims
from extractor.review.server.app import make_app
from tests.support.browser import Browser
from tests.support.review.server import TOKEN, config, fill_desk

pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
ARTICLES = Path(__file__).parents[2] / "articles"
ENTER, ESCAPE, DOWN = ("Enter", 13), ("Escape", 27), ("ArrowDown", 40)
LEFT, RIGHT, TAB, SPACE = ("ArrowLeft", 37), ("ArrowRight", 39), ("Tab", 9), (" ", 32)
SHOWN = "document.querySelector('#text, .nothing') && !document.querySelector('html.waiting')"
TALKS = """Harbour talks 🎉

🎉🎉 "We are 🎉 home at last," Ada Brandt told reporters 👩‍👩‍👧. \
The \u202ecrew\u202c of 31\u0000 was free.\r\n"Not before \
the 40 sailors are free," the minister, Ole Krag, said on Friday.

"It was a long winter," Brandt said. "And nobody wrote," she added."""
HOSTILE = """Talks <script>document.title='run'</script>

"We <img src=x onerror="document.title='run'"> are home," Ada Brandt said on the quay today.

"Another <svg onload=alert(1)> thing," Bo Lind said.</script></article><h1>Out</h1>"""


@contextmanager
def serving(folder: Path, **known: Any) -> Iterator[str]:
    """Serve a folder on a free port; give the page's address with its token."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        app = make_app(config(folder, **known))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/?token={TOKEN}"
        finally:
            server.should_exit = True
            thread.join(20)


class Page:
    """The page of one server, used as a person would."""

    def __init__(self, browser: Browser, link: str) -> None:
        self.browser = browser
        self.link = link
        self.before = len(browser.complaints())

    def open(self, query: str = "", *, first: bool = True) -> None:
        """Open the page; the first time by the link with the token."""
        address = self.link + ("&" if query else "") + query
        if not first:
            address = self.link.partition("?")[0] + ("?" if query else "") + query
        self.browser.visit(address, SHOWN)

    def press(self, *keys: tuple[str, int] | str, held: tuple[str, ...] = ()) -> None:
        """Press keys one after the other, each when the page has done what the last one asked."""
        for key in keys:
            named = key if isinstance(key, tuple) else (key,)
            self.browser.press(*named, *(() if len(named) == 2 else (None,)), *held)
            self.browser.wait_for(SHOWN)

    def ask(self, script: str) -> Any:
        """Return the value of an expression in the page."""
        return self.browser.evaluate(script)

    @property
    def claim(self) -> str:
        """The id of the claim that is shown."""
        return str(self.ask("document.querySelector('[aria-current]').dataset.claim"))

    @property
    def said(self) -> str:
        """What a screen reader was told last."""
        return str(self.ask("document.getElementById('said').textContent"))

    def where(self, name: str) -> str | None:
        """Return a parameter of the page's address."""
        found: str | None = self.ask(f"new URLSearchParams(location.search).get('{name}')")
        return found

    @property
    def words(self) -> str:
        """What the claim rests on, as its panel shows it."""
        return str(
            self.ask(
                "(document.querySelector('.stretch') ??"
                " document.querySelector('.fields dd.long')).textContent"
            )
        )

    def complaints(self) -> list[str]:
        """Return what the console was told since the page was made."""
        return self.browser.complaints()[self.before :]


@pytest.fixture
def review(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """Make the page of some texts; it may not complain by the end of the test."""
    made: list[Page] = []
    open_servers: list[Any] = []

    def make(*texts: str, schema: str = "quotes", **known: Any) -> Page:
        browser.look()
        context = serving(fill_desk(tmp_path / "sheets", texts, schema), **known)
        page = Page(browser, context.__enter__())
        open_servers.append(context)
        made.append(page)
        return page

    yield make
    for context in open_servers:
        context.__exit__(None, None, None)
    for page in made:
        assert page.complaints() == []


def _claims(tmp_path: Path) -> dict[str, Claim]:
    with Desk(tmp_path / "sheets") as desk:
        return {claim.id: claim for claim in all_claims(desk)}


def test_twenty_quotes_by_keyboard_alone(  # noqa: PLR0915 - one sitting
    review: Callable[..., Page], tmp_path: Path
) -> None:
    """Accept, correct, reject, put off, undo, add a missed one, export: without a mouse."""
    texts = [
        (ARTICLES / name).read_text() for name in ("reuters-prisoners.txt", "bbc-prisoners.txt")
    ]
    page = review(*texts)
    page.open()
    page.browser.call(
        "Browser.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path / "down")
    )
    assert page.ask("document.querySelectorAll('.entry').length") == 20

    accepted = page.claim
    page.press("a")
    undone = page.claim
    page.press("a", "u")
    assert (page.claim, page.said) == (undone, "Taken back")
    page.press(SPACE)
    assert page.said == "Put off"

    corrected, whole = page.claim, page.words.split()
    page.press("e", ENTER, held=())
    page.press(LEFT, held=("Shift",))
    page.press(ENTER)
    assert page.words.split()[: len(whole) - 1] == whole[:-1]
    page.press(ENTER, held=("Control",))
    assert page.said == "Corrected"

    rejected = page.claim
    page.press("x", "2")
    assert page.said == "Rejected"
    for _ in range(16):
        page.press("a")
    assert "last row" in page.said

    page.press("m", DOWN, RIGHT, RIGHT)
    page.press(RIGHT, RIGHT, held=("Shift",))
    page.press(ENTER)
    assert page.ask("document.activeElement.tagName") == "SELECT"
    page.press(DOWN)
    missed = page.words
    page.press(ENTER, held=("Control",))
    assert page.said == "Added"
    added = page.claim

    page.press("/")
    assert page.ask("document.activeElement.id") == "words"
    page.press(ESCAPE, "k", "j", "[", "0")
    page.press("p", TAB, TAB, TAB, TAB)
    assert page.ask("document.activeElement.value") == "jsonl"
    page.press(ENTER)
    page.browser.wait_for("!document.querySelector('dialog[open]')")
    found = _claims(tmp_path)
    assert {one.status for one in found.values()} == {"accepted", "corrected", "rejected", "later"}
    assert found[accepted].status == found[added].status == "accepted"
    assert found[corrected].status == "corrected"
    assert len(found[corrected].text.split()) == len(whole) - 1  # type: ignore[union-attr]
    assert found[rejected].status == "rejected"
    assert (found[undone].status, len(found)) == ("later", 21)
    assert (found[added].origin, found[added].text) == ("analyst", missed)
    assert found[added].row["kind"] == "direct"
    with Desk(tmp_path / "sheets") as desk:
        assert [one.action for one in history(desk, undone)] == ["accept", "undo", "later"]
        assert history(desk, rejected)[0].reason == "wrong_speaker"
        assert {one.reviewer for one in history(desk, undone)} == {"Ada"}
    file = tmp_path / "down" / "sheets.jsonl"
    _wait_for(lambda: file.is_file() and file.read_text().count("\n") == 19)


def _wait_for(true: Callable[[], bool]) -> None:
    import time

    for _ in range(2400):
        if true():
            return
        time.sleep(0.05)
    raise TimeoutError


def test_the_page_counts_as_the_text_does(review: Callable[..., Page], tmp_path: Path) -> None:
    """Every place leads to its words and back: after emoji, controls, overrides, line ends."""
    page = review(TALKS, schema="release_event")
    page.open()
    with Desk(tmp_path / "sheets") as desk:
        claim = next(iter(all_claims(desk)))
        article = desk.article(claim.article_sha256)
        claims = claims_of_article(desk, claim.article_sha256)
    text = article.text
    spans = [[one.start, one.end] for one in claims if one.start is not None]
    chance = random.Random(5)
    for paragraph in article.paragraphs:
        start, end = paragraph.span
        for _ in range(40):
            a, b = sorted(chance.sample(range(start, end + 1), 2))
            if text[a:b].strip() and not text[a].isspace() and not text[b - 1].isspace():
                spans.append([a, b])
    found = page.ask(
        "import('/static/places.js').then((p) => { const root = document.getElementById('text');"
        f" return {json.dumps(spans)}.map((s) => [p.words(root, [s]),"
        " p.spansOf(root, p.rangeOf(root, s))]); })"
    )
    shown = str.maketrans(dict.fromkeys("\u202e\u202c\u0000", "\ufffd"))
    assert len(found) > 100
    for span, (words, back) in zip(spans, found, strict=True):
        assert words == text[span[0] : span[1]].translate(shown)
        assert back == [span]


def test_words_are_chosen_with_the_mouse(review: Callable[..., Page], tmp_path: Path) -> None:
    """What is selected becomes the quotation, over marks and after emoji; the speaker is a name."""
    page = review(TALKS)
    page.open()
    page.ask("document.querySelector('[data-act=edit]').click()")
    page.browser.wait_for("document.querySelector('#edit')")
    box = page.ask(
        "(() => { const e = [...document.querySelectorAll('.hl.quotation')].find((e) =>"
        " e.textContent.startsWith('We are')); const r = document.createRange();"
        " r.setStart(e.firstChild, 7); r.setEnd(e.firstChild, 14);"
        " const b = r.getBoundingClientRect(); return [b.left, b.right, b.y + b.height / 2]; })()"
    )
    for kind, x in (("mousePressed", box[0] + 1), ("mouseMoved", box[1] - 1)):
        page.browser.call(
            "Input.dispatchMouseEvent", type=kind, x=x, y=box[2], button="left", clickCount=1
        )
    page.browser.call(
        "Input.dispatchMouseEvent",
        type="mouseReleased",
        x=box[1] - 1,
        y=box[2],
        button="left",
        clickCount=1,
    )
    page.browser.wait_for("document.querySelector('.stretch').textContent.startsWith('🎉')")
    page.ask(
        "(() => { const s = document.querySelector('[data-key=speaker] select');"
        " s.value = [...s.options].find((o) => o.text.startsWith('Ole Krag')).value;"
        " s.dispatchEvent(new Event('change', {bubbles: true}));"
        " document.querySelector('#edit').requestSubmit(); })()"
    )
    page.browser.wait_for("document.getElementById('said').textContent.startsWith('Corrected')")
    found = [one for one in _claims(tmp_path).values() if one.status == "corrected"]
    assert [(one.text, one.speaker) for one in found] == [("🎉 home", "Ole Krag")]
    with Desk(tmp_path / "sheets") as desk:
        text = desk.article(found[0].article_sha256).text
    span = found[0].row["spans"][0]
    assert text[span["start"] : span["end"]] == "🎉 home"


def test_an_edit_begun_is_offered_again(review: Callable[..., Page], tmp_path: Path) -> None:
    """Left with Escape, or by closing the page: the next visit goes on where it was."""
    page = review(TALKS)
    page.open()
    claim = page.claim
    page.press("e", ENTER)
    page.press(LEFT, held=("Shift",))
    page.press(ENTER)
    chosen = page.words
    page.press(ESCAPE)
    page.open(f"claim={claim}", first=False)
    assert page.claim == claim
    assert page.ask("document.querySelector('.notice strong').textContent") == "You began an edit"
    page.ask("document.querySelector('[data-act=resume]').click()")
    page.browser.wait_for("document.querySelector('#edit')")
    assert page.words == chosen
    page.press(ENTER, held=("Control",))
    assert _claims(tmp_path)[claim].text == chosen


def test_who_decided_meanwhile_is_shown(review: Callable[..., Page], tmp_path: Path) -> None:
    """The key does nothing to somebody else's decision: the page says who, and shows the claim."""
    page = review(TALKS)
    page.open()
    claim = page.claim
    with Desk(tmp_path / "sheets") as desk:
        decide(desk, claim, reviewer="Bo", action="reject", seen=0, reason="other")
    before = len(page.browser.complaints())
    page.press("a")
    told = page.ask("document.querySelector('.notice.bad').textContent")
    assert "Not saved" in told
    assert "Bo" in told
    assert page.ask("document.querySelector('.claim .state').textContent") == "Rejected"
    assert _claims(tmp_path)[claim].status == "rejected"
    # The browser itself notes the answer 409.
    assert all("409" in one for one in page.browser.complaints()[before:])
    page.before = len(page.browser.complaints())
    page.press("a")
    assert _claims(tmp_path)[claim].status == "accepted"


def test_rows_come_as_one_goes_on(review: Callable[..., Page]) -> None:
    """The next page of the queue is there before its first row is wanted; search narrows it."""
    texts = [
        f'Port {n}\n\n"Ship {n} is late," Ada Brandt said. "Yes, {n}," she said.' for n in range(45)
    ]
    page = review(*texts)
    page.open()
    assert page.ask("document.querySelectorAll('.entry').length") == 40
    for _ in range(44):
        page.press("j")
    assert page.ask("document.querySelectorAll('.entry').length") == 80
    assert (
        page.ask("[...document.querySelectorAll('.entry a')].findIndex((a) => a.ariaCurrent)") == 44
    )
    page.press("/", *"late", ENTER)
    page.browser.wait_for("document.getElementById('count').textContent.startsWith('45')")
    page.press("]")
    assert page.where("article")
    page.press("0")
    assert page.where("article") is None


def test_filters_and_views(review: Callable[..., Page]) -> None:
    """Values to choose from come when the filter is opened; a filter is saved, and chosen again."""
    page = review((ARTICLES / "bbc-prisoners.txt").read_text(), schema="release_event")
    page.open()
    kinds = "[...new Set([...document.querySelectorAll('.entry .kind')].map((e) => e.textContent))]"
    assert len(page.ask(kinds)) > 2
    page.ask("document.querySelector('#more summary').click()")
    page.browser.wait_for("document.querySelector('#more select[name=kind] option[value=figures]')")
    page.ask(
        "(() => { const s = document.querySelector('#more select[name=kind]');"
        " s.value = 'figures'; s.dispatchEvent(new Event('change', {bubbles: true})); })()"
    )
    page.browser.wait_for(f"{kinds}.join() === 'Figure' && {SHOWN}")
    assert page.ask("document.getElementById('more').open")
    assert "1 in use" in page.ask("document.querySelector('#more summary').textContent")
    page.ask("document.querySelector('[data-open=view]').click()")
    page.press(*"Numbers", ENTER)
    page.browser.wait_for("document.getElementById('said').textContent === 'View saved'")
    page.open(first=False)
    assert len(page.ask(kinds)) > 2
    page.ask("document.querySelector('#more summary').click()")
    page.browser.wait_for("document.querySelector('#more[data-full]')")
    page.ask(
        "(() => { const s = document.getElementById('views'); s.selectedIndex = 1;"
        " s.dispatchEvent(new Event('change', {bubbles: true})); })()"
    )
    page.browser.wait_for(f"{kinds}.join() === 'Figure' && {SHOWN}")


def test_two_reviewers_from_end_to_end(review: Callable[..., Page], tmp_path: Path) -> None:
    """After emoji: one corrects and rejects, one accepts unseen; what differs is settled, all."""
    text = f"Crowd cheers 🎉👩‍👩‍👧\n\n🎉 {(ARTICLES / 'bbc-prisoners.txt').read_text()}"
    page = review(text)
    page.open()
    corrected, whole = page.claim, page.words
    page.press("e", ENTER)
    page.press(LEFT, held=("Shift",))
    page.press(ENTER)
    page.press(ENTER, held=("Control",))
    assert page.said == "Corrected"
    same = page.claim
    page.press("e")
    page.press(ENTER, held=("Control",))
    assert page.said == "Accepted"  # nothing was changed
    rejected = page.claim
    page.press("x", "3")
    found = _claims(tmp_path)
    assert found[corrected].text == whole.rsplit(maxsplit=1)[0]
    assert [found[one].status for one in (same, rejected)] == ["accepted", "rejected"]
    with Desk(tmp_path / "sheets") as desk:
        assert history(desk, rejected)[0].reason == "wrong_span"
    page.ask(
        "fetch('/reviewer', {method: 'PUT', headers: {'content-type': 'application/json'},"
        " body: JSON.stringify({name: 'Bo'})}).then((r) => r.status)"
    )
    page.open("view=second&share=1", first=False)
    assert page.ask("document.querySelectorAll('.entry').length") == 3
    assert page.ask("document.getElementById('reviewer').textContent") == "Bo"
    page.press("a", "a", "a")
    assert {one.status for one in _claims(tmp_path).values()} == {
        "corrected", "accepted", "rejected", "open",
    }  # fmt: skip
    page.open("view=differ", first=False)
    assert page.ask("document.querySelectorAll('.entry').length") == 2
    for act in ("settle", "take"):
        here = page.claim
        version = _claims(tmp_path)[here].version
        page.ask(f"document.querySelector('[data-act={act}]').click()")
        _wait_for(lambda: _claims(tmp_path)[here].version > version)  # noqa: B023 - called here
        page.browser.wait_for(f"!document.querySelector('.claim [data-act={act}]') || {SHOWN}")
        page.open("view=differ", first=False)
    assert page.ask("document.querySelectorAll('.entry').length") == 0
    for where in (".tail", "#claim"):
        assert "in this view" in page.ask(f"document.querySelector('{where}').textContent")
    assert page.ask("document.querySelector('.tail a').getAttribute('href')") == "/?status=all"


def test_an_address_that_means_nothing_is_told(review: Callable[..., Page]) -> None:
    """In the page, at any width; another filter takes the message away."""
    page = review(TALKS)
    for width, dark in ((1280, False), (390, True)):
        page.browser.look(width, 844, dark)
        page.open("status=zzz&kind=nothing")
        told = page.ask("document.getElementById('unknown').textContent")
        assert "no status “zzz” and no kind “nothing”" in told
        assert page.ask("document.querySelectorAll('.entry').length") > 0
        assert page.ask("document.documentElement.scrollWidth") <= width
        accept = "document.querySelector('[data-act=accept]').getBoundingClientRect()"
        assert page.ask(f"{accept}.bottom <= innerHeight && {accept}.top > 0")
    page.browser.look()
    page.open("view=zzz")
    page.press("/", *"home", ENTER)
    page.browser.wait_for("!document.getElementById('unknown')")


def test_a_second_reviewer_works_blind(review: Callable[..., Page], tmp_path: Path) -> None:
    """By the same keys; what the first did is nowhere; the disagreement is shown and settled."""
    page = review(TALKS)
    page.open()
    first = page.claim
    with Desk(tmp_path / "sheets") as desk:
        for claim in list(all_claims(desk)):
            decide(desk, claim.id, reviewer="Quirin", action="reject", seen=0, reason="other")
    page.open("view=second&share=1", first=False)
    assert "Quirin" not in page.ask("document.body.textContent")
    assert page.ask("document.querySelector('.claim .state').textContent") == "Open"
    blind = page.claim
    page.press("u")
    assert page.said == "A second review is not taken back"
    page.press("a")
    assert _claims(tmp_path)[blind].status == _claims(tmp_path)[first].status == "rejected"
    page.open("view=differ", first=False)
    told = page.ask("document.querySelector('.notice').textContent")
    assert "Quirin" in told
    assert "Ada" in told
    page.ask("document.querySelector('[data-act=take]').click()")
    page.browser.wait_for("document.getElementById('said').textContent.startsWith('Kept')")
    assert _claims(tmp_path)[blind].status == "accepted"  # the row as it stood


def test_keys_can_be_switched_off(review: Callable[..., Page], tmp_path: Path) -> None:
    """For screen readers and dictation, which send letters; buttons still decide."""
    page = review(TALKS)
    page.open()
    page.press("?")
    page.ask("document.getElementById('shortcuts').click()")
    page.press(ESCAPE)
    page.press("a", "x", SPACE)
    assert {one.status for one in _claims(tmp_path).values()} == {"open"}
    page.ask("document.querySelector('[data-act=accept]').click()")
    page.browser.wait_for("document.getElementById('said').textContent.startsWith('Accepted')")
    page.ask("localStorage.clear()")


def test_a_hostile_article_runs_nothing(review: Callable[..., Page]) -> None:
    """Scripts and handlers of an article are words; the policy had nothing to refuse."""
    page = review(HOSTILE)
    page.open()
    page.press("j", "e", ESCAPE)
    assert page.ask("document.title").startswith("Review")
    assert page.ask("document.querySelectorAll('#reading img, #reading script, h1').length") == 1
    assert "<img src=x onerror=" in page.ask("document.getElementById('text').textContent")


@pytest.mark.parametrize("width", [360, 390, 768, 1024, 1280, 1920])
def test_nothing_sticks_out_at_any_width(review: Callable[..., Page], width: int) -> None:
    """Phone, tablet, desk: no sideways scrolling, the evidence in sight, buttons large enough."""
    page = review((ARTICLES / "reuters-prisoners.txt").read_text(), schema="release_event")
    page.browser.look(width, 844 if width < 600 else 900)
    page.open("kind=quotes")
    page.press("j", "j", "j")
    assert page.ask("document.documentElement.scrollWidth") <= width
    seen = page.ask(
        "(() => { const b = document.querySelector('.hl.on.lead').getClientRects()[0];"
        " const e = document.elementFromPoint(b.x + 3, b.y + b.height / 2);"
        " return e.classList.contains('on'); })()"
    )
    assert seen
    for selector in ("#claim", "#queue", "#reading"):
        inside = f"document.querySelector('{selector}')"
        assert page.ask(f"{inside}.scrollWidth - {inside}.clientWidth") <= 0, selector
    low = page.ask("document.querySelector('[data-act=accept]').getBoundingClientRect().height")
    assert low >= (44 if width < 600 else 32)


def _axe() -> str:
    path = os.environ.get("AXE_CORE")
    if not path:
        pytest.skip("AXE_CORE does not name axe.min.js (npm pack axe-core)")
    return Path(path).read_text()


@pytest.mark.parametrize(
    ("width", "dark"), [(1280, False), (1280, True), (390, False), (390, True)]
)
def test_axe_finds_no_serious_violation(
    review: Callable[..., Page], width: int, dark: bool
) -> None:
    """Roles, names, labels, contrast: in the queue, a decided claim, the form, menus, dialogs."""
    axe = _axe()
    page = review((ARTICLES / "bbc-prisoners.txt").read_text(), schema="release_event")
    page.browser.look(width, 844 if width < 600 else 900, dark)
    page.open("kind=quotes")
    page.ask(axe)

    def violations() -> list[Any]:
        found: list[Any] = page.ask(
            "axe.run(document, {resultTypes: ['violations']}).then((r) => r.violations"
            ".filter((v) => ['serious', 'critical'].includes(v.impact))"
            ".map((v) => [v.id, v.nodes.slice(0, 3).map((n) => n.html.slice(0, 200)"
            " + n.failureSummary.slice(0, 300))]))"
        )
        return found

    assert violations() == []
    page.press("x")
    assert violations() == []
    page.press("2", "k")
    assert violations() == []
    page.press("e")
    assert violations() == []
    page.press(ENTER)
    assert violations() == []
    page.press(ESCAPE, ESCAPE, "?")
    assert violations() == []
    page.press(ESCAPE)
    page.press("p")
    assert violations() == []
    page.press(ESCAPE)
    page.ask("document.body.classList.add('shows-queue')")
    page.ask("document.querySelector('#more summary').click()")
    page.browser.wait_for("document.querySelector('#more[data-full]')")
    assert violations() == []
