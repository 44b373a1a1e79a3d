"""Pages that would cost the libraries too much are refused first, or their metadata is cut."""

import json
from collections.abc import Callable
from typing import Any

import lxml.html
import pytest
import trafilatura
from lxml.etree import tostring

from extractor.bounds import ArticleBounds
from extractor.errors import ArticleTooLarge
from extractor.read import html, read_bytes
from extractor.read.html import limits as html_limits
from extractor.settings import Settings
from tests.read.test_pages import PAGE, PARAGRAPHS
from tests.support.effort import calls_of

STORY = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)


def page(body: str, head: str = "") -> bytes:
    """Return a page with an article, and this in its body and its head."""
    return (
        f"<!doctype html><html><head><title>Norvik gets its ferry back</title>{head}</head>"
        f"<body><article>{STORY}{body}</article></body></html>"
    ).encode()


@pytest.fixture
def untouched(monkeypatch: pytest.MonkeyPatch) -> None:
    """A library that must not be given the page."""

    def unwanted(*_: object, **__: object) -> None:
        raise AssertionError("the page was given to the library")

    monkeypatch.setattr(trafilatura, "bare_extraction", unwanted)


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("kind", ["p", "br", "li", "time", "unknown-tag"])
def test_too_many_elements(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """The message names the page, how many it has and may have, and what to do."""
    monkeypatch.setattr(html_limits, "MOST_ELEMENTS", 100)
    with pytest.raises(ArticleTooLarge) as told:
        read_bytes(page(f"<{kind}>" * 120), "a.html")
    said = str(told.value)
    assert said.startswith("a.html: the page has 12")
    assert "elements, and one may have 100; save the article's text as .txt" in said


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize(
    "crowd",
    [
        "<p>" + "<em>word</em> " * 60 + "</p>",
        "<div>" + "He said so. <b>x</b> " * 60 + "</div>",
        "<p>" + ("<span>" + "<a href='/x'>word</a> " * 9 + "</span>") * 6 + "</p>",
        "<blockquote>" + "<i><b><u>word</u></b></i>" * 20 + "</blockquote>",
    ],
)
def test_too_many_elements_in_a_paragraph(monkeypatch: pytest.MonkeyPatch, crowd: str) -> None:
    """Elements within its lines count, however they are nested."""
    monkeypatch.setattr(html_limits, "MOST_IN_A_PARAGRAPH", 50)
    with pytest.raises(ArticleTooLarge, match=r"a paragraph of the page has 60 elements.*have 50"):
        read_bytes(page(crowd), "a.html")


def test_many_paragraphs_may_have_elements(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only those within one paragraph count together."""
    monkeypatch.setattr(html_limits, "MOST_IN_A_PARAGRAPH", 50)
    many = "".join(f"<p>The <em>council</em> of town {n} met.</p>" for n in range(60))
    assert "town 59" in read_bytes(page(many), "a.html").text


ATTRIBUTES = {
    "valued": "".join(f' a{n}="x"' for n in range(2_100)),
    "bare": "".join(f" a{n}" for n in range(2_100)),
    "glued": "".join(f'a{n}="x"' for n in range(2_100)),
    "by slashes": "".join(f"/a{n}" for n in range(2_100)),
    "with tags in values": "".join(f" a{n}='<b >'" for n in range(2_100)),
    "on lines": "".join(f"\na{n}=x" for n in range(2_100)),
}


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("large", [True, False])
@pytest.mark.parametrize("name", ATTRIBUTES)
def test_too_many_attributes(monkeypatch: pytest.MonkeyPatch, name: str, large: bool) -> None:
    """A large page with such a tag is not even parsed; a small one is refused once it is."""
    monkeypatch.setattr(html_limits, "_MANY_ATTRIBUTES", 2_000)
    if large:
        monkeypatch.setattr(html_limits, "_LARGE", 1_000)
        monkeypatch.setattr("trafilatura.utils.load_html", None)
    with pytest.raises(ArticleTooLarge, match="a tag of the page has more than 2,000 attributes"):
        read_bytes(page(f"<p{' ' if name == 'glued' else ''}{ATTRIBUTES[name]}>x</p>"), "a.html")


@pytest.mark.parametrize(
    "source",
    [
        PAGE,
        "<p class='a'>" * 3_000,
        "".join(f"<p data-x='{n}' {'b ' * 500}>x</p>" for n in range(20)),
        "a < b <3 <<>> <!-- <p " + "a " * 3_000 + "--> <" + "x" * 9_000,
        f'<img src="data:image/png;base64,{"iVBORw0K/" * 3_000}">',
        '<a title="' + "a " * 5_000 + '">',
        "",
    ],
)
def test_usual_tags_are_within_bounds(monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    """Many tags, long values, and what only looks like tags are no tag with many attributes."""
    monkeypatch.setattr(html_limits, "_LARGE", 0)
    html_limits.check_source(source, "a.html")


@pytest.mark.parametrize("tag", ["div", "b", "span"])
def test_a_page_that_the_parser_does_not_read_to_its_end(tag: str) -> None:
    """What was read is kept, and that it is not all is said; without an article it is refused."""
    deep = f"<{tag}>" * 300 + "Somebody said so." + f"</{tag}>" * 300
    article = read_bytes(page(deep + "<p>“Never,” she said.</p>"), "a.html")
    assert PARAGRAPHS[0] in article.text
    assert "Never" not in article.text
    assert [remark.code for remark in article.warnings] == ["page_truncated"]
    with pytest.raises(ArticleTooLarge, match=r"a\.html: the page is nested too deeply"):
        read_bytes(f"<!doctype html><body>{deep}".encode(), "a.html")


def test_a_piece_that_is_too_long_for_the_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    """libxml2 stops at ten million characters in one piece: that is said too."""
    long = page("<p>" + "word " * 2_100_000 + "</p>")
    monkeypatch.setattr(html_limits, "_DEEPEST", 50)  # not what tells it
    assert [r.code for r in read_bytes(long, "a.html").warnings] == ["page_truncated"]


@pytest.mark.parametrize("blank", [" ", "\n", "\t \n", "\xa0", "&nbsp;", "<br>\n", " \xa0"])
def test_very_many_blanks(blank: str) -> None:
    """A page of very many blanks is read as fast as any; once it took the square of them."""
    count = 300_000 if "<" not in blank else 30_000
    bounds = ArticleBounds(Settings(), "a.html", seconds=30)  # it takes 0.3
    article = bounds.read(lambda: read_bytes(page(f"<p>It ended.{blank * count}</p>"), "a.html"))
    assert "It ended." in article.text


# --- metadata ---


def tamed(head: str) -> Any:
    """Return a page with this in its head, as it is given to the libraries."""
    tree = lxml.html.fromstring(page("", head))
    html_limits.tame(tree)
    return tree


def script(content: str) -> str:
    """Return a script with metadata."""
    return f'<script type="application/ld+json">{content}</script>'


NEWS = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": "Norvik gets its ferry back",
    "author": [{"@type": "Person", "name": "Ann Lee"}, {"@type": "Person", "name": "Bo Ek"}],
    "publisher": {"@type": "Organization", "name": "The Norvik Post"},
    "articleBody": "“Never,” she said. \\ <b>&amp;</b> " * 500,
}


def test_a_usual_page_is_not_changed() -> None:
    """Metadata of any usual length, long texts in it, and scripts stay as they are."""
    usual = PAGE.replace("</head>", script(json.dumps(NEWS)) + "<script>a < b</script></head>")
    tree = lxml.html.fromstring(usual)
    before = tostring(tree)
    html_limits.tame(tree)
    assert tostring(tree) == before


COSTLY_JSON: dict[str, Callable[[], str]] = {
    "what opens tags": lambda: json.dumps({**NEWS, "x": "<" * 50_000}),
    "what opens remarks": lambda: json.dumps({**NEWS, "x": "<!--x>" * 20_000}),
    "what opens tags, written": lambda: json.dumps({**NEWS, "x": "&lt;" * 30_000}),
    "very much": lambda: json.dumps({**NEWS, "x": "a " * 600_000}),
}
ODD_JSON: dict[str, Callable[[], str]] = {
    "a long name": lambda: json.dumps({"@type": "Article", "author": "Ann ( " * 300}),
    "a long name in a list": lambda: json.dumps({"@graph": [{"name": ["a" * 1_100]}]}),
    "an escaped key": lambda: '{"n\\u0061me": "' + "a" * 1_100 + '"}',
    "many names": lambda: json.dumps([{"name": f"Ann Lee {n}"} for n in range(700)]),
    "what is no JSON": lambda: '"author" ' * 1_000,
    "many values": lambda: "1 " * 100_000,
    "depth": lambda: "[" * 50_000 + "]" * 50_000,
}


@pytest.mark.parametrize("name", COSTLY_JSON)
def test_json_that_would_cost_too_much_is_dropped(name: str) -> None:
    """The script is empty for the libraries; those before it, and the article, are read."""
    tree = tamed(script(json.dumps(NEWS)) + script(COSTLY_JSON[name]()))
    first, second = tree.iter("script")
    assert json.loads(first.text) == NEWS
    assert not second.text
    article = read_bytes(page("", script(COSTLY_JSON[name]())), "a.html")
    assert PARAGRAPHS[0] in article.text


@pytest.mark.parametrize("name", ODD_JSON)
def test_odd_json_is_borne(name: str) -> None:
    """The article and the metadata in another script are read."""
    head = script(ODD_JSON[name]()) + script(json.dumps(NEWS))
    article = read_bytes(page("", head), "a.html")
    assert PARAGRAPHS[0] in article.text
    assert article.byline == "Ann Lee; Bo Ek"


def test_broken_json_is_mended_or_told() -> None:
    """A script that is no JSON hides nothing: the page is read, and that is said."""
    broken = json.dumps(NEWS).replace('"Bo Ek"', '"Bo "Ek""')
    article = read_bytes(page("", script(broken)), "a.html")
    assert PARAGRAPHS[0] in article.text
    assert "metadata_unreadable" in [w.code for w in article.warnings]


# --- the doubling ---

SHAPES: dict[str, Callable[[int], bytes]] = {
    "paragraphs": lambda n: page("".join(f"<p>Town {i} met.</p>" for i in range(40 * n))),
    "equal paragraphs": lambda n: page("<p>The town met.</p>" * 40 * n),
    "line breaks": lambda n: page("The town met.<br><br>" * 40 * n),
    "inline": lambda n: page("<p>" + "<em>town</em> <a href='/x'>met</a> " * 20 * n + "</p>"),
    "lists": lambda n: page("<ul>" + "<li>The town met.</li>" * 40 * n + "</ul>"),
    "tables": lambda n: page("<table>" + "<tr><td>a</td><td>b</td></tr>" * 20 * n + "</table>"),
    "figures": lambda n: page("<figure><figcaption>A boat</figcaption></figure>" * 20 * n),
    "headings": lambda n: page("<h2>The town met</h2>" * 40 * n),
    "empty": lambda n: page("<p></p><div></div><br>" * 20 * n),
    "quotations": lambda n: page("<blockquote>The town met.</blockquote>" * 20 * n),
    "metadata": lambda n: page("", "<meta name='author' content='Ann Lee'>" * 20 * n),
    "many headings": lambda n: page("<h1>The town</h1>" * 40 * n),
    "nested headings": lambda n: page("<h1><div>" * 20 * n),
    "bylines": lambda n: page("<span class='byline'>By Ann Lee</span>" * 40 * n),
    "authors": lambda n: page("<a rel='author' href='/a'>Ann Lee</a>" * 40 * n),
    "times": lambda n: page("<time datetime='2024-05-03'>3 May</time>" * 40 * n),
    "footers": lambda n: page("<footer>© 2026 The Post</footer>" * 40 * n),
    "titles": lambda n: page("", f"<meta property='og:title' content='{'a | ' * 50 * n}'>"),
    "JSON-LD": lambda n: page("", script(json.dumps([NEWS | {"articleBody": ""}] * 5 * n))),
    "text": lambda n: page("<p>" + "The town met on Tuesday. " * 100 * n + "</p>"),
    "links": lambda n: page("".join(f"<p><a href='/{i}'>Town</a></p>" for i in range(40 * n))),
    "dates": lambda n: page("<div>3 May 2024</div>" * 20 * n),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_twice_as_much_takes_twice_the_work(shape: str) -> None:
    """Of a page twice as large, at most 1.3 times that is done, counted in calls."""
    read_bytes(SHAPES[shape](1), "a.html")
    some, more = (calls_of(lambda: read_bytes(SHAPES[shape](n), "a.html")) for n in (10, 20))  # noqa: B023
    assert more <= 2 * 1.3 * some
    assert html.LONGEST_MENU  # the module under test
