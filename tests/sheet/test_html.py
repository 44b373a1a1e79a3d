"""The HTML page: right words in the right marks, nothing that runs, nothing fetched."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from extractor.article import Remark
from extractor.fields import Quotation, Sentence, Verbatim
from extractor.record import Audit, AuditItem, Extraction
from extractor.sheet.highlights import Mark, marked_paragraphs
from extractor.sheet.html import to_html
from extractor.text.spans import Span
from tests.support.extractions import TEXT, make_article, make_extraction, release


class _Page(HTMLParser):
    """The elements of a page with their attributes and text, and which pieces are marked how."""

    void = frozenset({"meta", "link", "input", "br"})

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, dict[str, str]]] = []
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.pieces: list[tuple[dict[str, str], str]] = []
        self.article = ""
        self.scripts: list[str] = []
        self.feed(page)
        self.close()
        assert not self.open, f"not closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        self.seen.append((tag, known))
        if tag not in self.void:
            self.open.append((tag, known))

    def handle_endtag(self, tag: str) -> None:
        opened, _ = self.open.pop()
        assert opened == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1][0] == "script":
            self.scripts.append(data)
        if any(tag == "article" for tag, _ in self.open):
            self.article += data
            tag, known = self.open[-1]
            if tag == "a" and "hl" in known.get("class", ""):
                self.pieces.append((known, data))

    def marked(self, look: str, row: str = "", tip: str = "") -> str:
        """Return the words that are marked in a way, for a row, as what."""
        return "".join(
            words
            for known, words in self.pieces
            if look in known["class"].split()
            and (not row or row in known["data-rows"].split())
            and (not tip or tip in known["title"].split("; "))
        )


def test_marks_hold_exactly_the_words_after_an_emoji() -> None:
    """Offsets are code points: what follows an emoji is marked right, over paragraphs too."""
    page = _Page(to_html([release()]))
    assert page.marked("quotation", "a1-k2-r1") == "We are home. “At last”, my son said,"
    assert page.marked("quotation", "a1-k2-r2", "Quotes 2: quotation") == "At last"
    continued = "And about 40 others are still held.We will not forget them."
    assert page.marked("quotation", "a1-k2-r4") == continued
    assert page.marked("figure", "a1-k3-r2") == "40"
    assert page.marked("name", "a1-k2-r3") == "she"
    assert page.marked("e1", "a1-k1-r1") == TEXT.split("\n\n")[1]
    assert page.marked("e2", "a1-k4-r2") == TEXT.rsplit("\n\n", maxsplit=1)[-1]
    assert page.marked("dismissed") == "the admiral"
    assert page.marked("unaccounted") == "would stay"
    assert page.marked("remark") == "my son"


def test_rows_and_evidence_lead_to_each_other() -> None:
    """Every link of the page has its target; every row has evidence and evidence its row."""
    page = _Page(to_html([release(), release()]))
    ids = [known["id"] for _, known in page.seen if "id" in known]
    assert len(ids) == len(set(ids))
    links = {known["href"] for tag, known in page.seen if tag == "a"}
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)
    rows = {known["id"] for _, known in page.seen if known.get("class") == "row"}
    assert len(rows) == 2 * (9 + 2 + 1)
    assert {f"at-{row}" for row in rows} <= set(ids)
    marked = {row for known, _ in page.pieces for row in known["data-rows"].split()}
    assert marked == rows


def test_the_article_is_all_there() -> None:
    """Marking loses no word and adds none."""
    page = _Page(to_html([release()]))
    assert page.article.split() == TEXT.split()


def test_text_between_paragraphs_is_shown_too() -> None:
    """A reader that leaves words out of its paragraphs loses nothing on the page."""
    article = make_article("first\n\nsecond\n\nthird")
    kept = make_article("first\n\nsecond\n\nthird").paragraphs[1:2]
    shown = marked_paragraphs(type(article)(article.text, kept, "x", "0"), [])
    assert [word for word in ("first", "second", "third") if word in shown] == [
        "first",
        "second",
        "third",
    ]


class _Fact(BaseModel):
    said: Quotation
    evidence: Sentence
    detail: Verbatim
    note: str


class _Facts(BaseModel):
    facts: list[_Fact]


_EVIL = (
    '<script>alert(1)</script> "onload=alert(1) x=" \'><img src=x onerror=alert(1)> '
    "</script></style></title></textarea><!-- {{7*7}} ${7*7} &amp; \x1b[31m \u202egnp.exe\u202c "
    "javascript:alert(1) ]]> \x00 🎉"
)


def _hostile(evil: str) -> Extraction:
    span = Span(0, len(evil))
    fact = _Fact(
        said=Quotation(evil, (span,)),
        evidence=Sentence(evil, *span),
        detail=Verbatim(evil, 2, 20),
        note=evil,
    )
    item = AuditItem("Q1", evil, evil, 1, 9, reason=evil)
    return make_extraction(
        make_article(evil, title=evil, source=evil, outlet=evil, byline=evil, url=evil, date=evil),
        _Facts(facts=[fact]),
        name=evil,
        audit=Audit(dismissed=(item,), unaccounted=(item,), own_words=("facts[0].note",)),
        warnings=(Remark(evil, evil, Span(3, 8)),),
    )


def _check_harmless(page: _Page) -> None:
    allowed = {
        "html head meta title link style body a nav ol li section header h1 h2 h3 p div label "
        "input span article table thead tr th tbody td bdi small em ul dl dt dd script i"
    }
    tags = {tag for tag, _ in page.seen}
    assert tags <= set(next(iter(allowed)).split()), tags
    assert len(page.scripts) == 1
    for tag, known in page.seen:
        assert not [name for name in known if name.startswith("on") or name == "style"]
        for name in ("href", "src"):
            value = known.get(name, "#")
            assert value.startswith(("#", "data:,")) or (tag == "a" and value.startswith("http"))


def test_a_hostile_article_stays_words() -> None:
    """Tags, attributes, templates and schemes of an article are text wherever they come up."""
    text = to_html([_hostile(_EVIL)])
    page = _Page(text)
    _check_harmless(page)
    assert "{{7*7}}" in page.article
    assert "<script>alert(1)</script>" in page.article
    assert not set(text) & set("\x1b\x00\u202e\u202c")
    assert 'data-code="U+202E"' in text


@given(st.text(alphabet="<>\"'&=/ axo`\x00\u202e\ud800-!{}🎉\n", max_size=60))
@settings(max_examples=60)
def test_no_text_breaks_out(text: str) -> None:
    """The page has the same elements whatever the article says, and is closed properly."""
    _check_harmless(_Page(to_html([_hostile(f"x{text}y" * 2)])))


def test_policy_allows_only_what_the_page_holds() -> None:
    """The hashes in the policy are those of the page's style and script; nothing else loads."""
    text = to_html([release()])
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', text)
    assert found
    policy = found.group(1)
    for tag in ("style", "script"):
        content = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        assert len(content) == 1
        digest = base64.b64encode(hashlib.sha256(content[0].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert not re.findall(r"(?:src|url|@import)\s*[=(]\s*[\"']?(?:https?:)?//", text)


_SPANS = st.tuples(st.integers(-3, 40), st.integers(-3, 40)).map(lambda p: Span(min(p), max(p)))


@given(
    text=st.text(alphabet="ab \n🎉", max_size=36),
    spans=st.lists(_SPANS, max_size=8),
)
@settings(max_examples=150)
def test_any_overlap_is_cut_into_pieces_that_say_who_covers_them(
    text: str, spans: list[Span]
) -> None:
    """Nested, crossing, empty, outside: every character is marked for exactly its rows."""
    article = make_article(text)
    marks = [Mark(span, "name", f"r{i}", "tip", True) for i, span in enumerate(spans)]
    page = _Page(f"<article>{marked_paragraphs(article, marks)}</article>")
    assert page.article.split() == text.split()
    for i, span in enumerate(spans):
        inside = text[max(0, span.start) : max(0, span.end)]
        shown = page.marked("name", f"r{i}")
        assert "".join(shown.split()) == "".join(inside.split())


def test_many_marks_and_one_that_covers_all_take_no_more_than_a_moment() -> None:
    """The work grows with text and marks, not with their product."""
    text = "\n\n".join(f"Paragraph {i} says a word." for i in range(4_000))
    marks: list[Any] = [
        Mark(Span(i, i + 5), "figure", f"r{i}", "tip") for i in range(0, len(text), 25)
    ]
    marks.append(Mark(Span(0, len(text)), "e1", "all", "tip", True))
    shown = marked_paragraphs(make_article(text), marks)
    assert shown.count("<p ") == 4_000
