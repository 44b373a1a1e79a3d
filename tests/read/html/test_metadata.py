"""What a web page says of its article: from where it is said most plainly, and nothing guessed."""

import json
from html import escape
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml.html import document_fromstring

from extractor.article import Article
from extractor.read import read_bytes
from extractor.read.html.metadata import PageSays, page_metadata

STORY = (
    "<p>The boat to Kestrel Island will sail again in the spring, the ministry said on Monday "
    "after a long winter of talks with the islanders.</p>"
    "<p>“We found the money at last,” said Ines Maro, the minister, as she left the meeting.</p>"
    "<p>The company that runs the boats has not sailed there since October of last year.</p>"
)
HEAD = "<article><h1>Boat sails</h1>"
ARTICLE = {
    "@type": "NewsArticle",
    "headline": "Boat to Kestrel sails again",
    "author": [{"@type": "Person", "name": "Nora Quill"}, {"@type": "Person", "name": "Sam Ode"}],
    "datePublished": "2026-04-20T10:15:00+02:00",
    "publisher": {"@type": "Organization", "name": "Example Post"},
}


def ld(value: Any) -> str:
    """Return JSON-LD as a page has it."""
    text = value if isinstance(value, str) else json.dumps(value)
    return f'<script type="application/ld+json">{text}</script>'


def meta(**tags: str) -> str:
    """Return meta tags; "_" in a name stands for ":"."""
    return "".join(
        f'<meta property="{name.replace("_", ":", 1)}" content="{escape(value)}">'
        for name, value in tags.items()
    )


def page(head: str = "", *, title: str = "", body: str = STORY, lang: str = "en") -> str:
    """Return a page."""
    named = f"<title>{title}</title>" if title else ""
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">{named}{head}</head>'
        f"<body>{body}</body></html>"
    )


def says(source: str) -> PageSays:
    """Return what a page says."""
    return page_metadata(document_fromstring(source))


def read(source: str) -> Article:
    """Return the article of a page."""
    return read_bytes(source.encode(), "page.html")


def codes(article: Article) -> list[str]:
    """Return the codes of an article's warnings on its metadata."""
    known = {"teaser", "date_unreadable", "date_ambiguous", "metadata_unreadable"}
    return [w.code for w in article.warnings if w.code in known]


# --- JSON-LD ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "block",
    [
        ARTICLE,
        [ARTICLE],
        {"@context": "https://schema.org", "@graph": [{"@type": "WebSite", "name": "X"}, ARTICLE]},
        [{"@type": "BreadcrumbList", "itemListElement": []}, ARTICLE],
        {**ARTICLE, "@type": ["Article", "NewsArticle"]},
        {**ARTICLE, "@type": "https://schema.org/ReportageNewsArticle"},
        {"@type": "WebPage", "name": "Boat | X", "mainEntity": ARTICLE},
        {**ARTICLE, "author": ["Nora Quill", "Sam Ode"]},
        {**ARTICLE, "author": "Nora Quill and Sam Ode"},
        {**ARTICLE, "author": {"@type": "Person", "name": ["Nora Quill", "Sam Ode"]}},
        {**ARTICLE, "author": [{"name": "By Nora Quill"}, {"name": "Sam Ode, Political editor"}]},
        {**ARTICLE, "author": [*ARTICLE["author"], {"name": "Nora Quill"}]},
        {"@graph": [{**ARTICLE, "author": [{"@id": "#n"}, {"@id": "#s"}]},
                    {"@id": "#n", "@type": "Person", "name": "Nora Quill"},
                    {"@id": "#s", "@type": "Person", "name": "Sam Ode"}]},
        {**ARTICLE, "publisher": {"name": "Example Post &amp; Sons"}},
        {**ARTICLE, "headline": "Boat to <em>Kestrel</em> sails again"},
    ],
)  # fmt: skip
def test_json_ld_in_all_its_shapes(block: Any) -> None:
    """An object, a list or a graph; names as texts, objects or references: they say the same."""
    said = says(page(ld(block), body=f"<h1>Boat to Kestrel sails again</h1>{STORY}")).metadata
    assert said.title == "Boat to Kestrel sails again"
    assert said.byline == "Nora Quill; Sam Ode"
    assert said.date == "2026-04-20T10:15:00+02:00"
    assert said.outlet is not None
    assert said.outlet.startswith("Example Post")


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("}", ",}", 1),
        lambda text: text + ";",
        lambda text: f"//<![CDATA[\n{text}\n//]]>",
        lambda text: f"<!-- {text} -->",
        lambda text: f"/* the article */ {text}",
        lambda text: text.replace("{", "{ // by hand\n", 1),
        lambda text: text.replace("Boat to", "Boat\nto"),
        lambda text: text.replace('"', "&quot;"),
        lambda text: "\ufeff" + text,
        lambda text: text + '{"@type": "WebSite", "name": "Example Post"}',
    ],
)
def test_json_ld_that_is_none_is_mended(change: Any) -> None:
    """What templates and hands make of JSON is read as search engines read it."""
    said = says(page(ld(change(json.dumps(ARTICLE, indent=1))))).metadata
    assert said.title == "Boat to Kestrel sails again"
    assert said.byline == "Nora Quill; Sam Ode"


def test_an_address_or_a_stop_in_a_string_is_no_comment() -> None:
    """Mending touches no string: "https://…" and "[a,]" stay."""
    block = {**ARTICLE, "headline": "See https://example.org /* or */ [a,] now"}
    said = says(page(ld(json.dumps(block).replace("}", ",}", 1)))).metadata
    assert said.title == "See https://example.org /* or */ [a,] now"


def test_json_ld_that_is_beyond_mending_is_told() -> None:
    """The metadata is then taken from elsewhere, and a remark says why."""
    article = read(page(ld('{"headline": "Boat'), title="Boat sails"))
    assert article.title == "Boat sails"
    assert codes(article) == ["metadata_unreadable"]


def test_the_page_s_own_article_among_several() -> None:
    """Of several articles the one is taken whose headline the page has, not a related one."""
    other = {
        **ARTICLE,
        "headline": "Ten harbours to see",
        "author": "Bo Ek",
        "datePublished": "2020-01-01",
    }
    video = {"@type": "VideoObject", "name": "Boat", "uploadDate": "2019-01-01", "author": "Al Fo"}
    lists = {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": other}]}
    blocks = ld(lists) + ld(video) + ld(other) + ld(ARTICLE)
    said = says(page(blocks, body=f"<h1>Boat to Kestrel sails again</h1>{STORY}")).metadata
    assert said.byline == "Nora Quill; Sam Ode"
    assert said.date is not None
    assert said.date.startswith("2026-04-20")


@settings(max_examples=200, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["@type", "@id", "@graph", "author", "name", "headline", "datePublished", "hasPart",
                 "publisher", "isAccessibleForFree", "cssSelector", "wordCount", "mainEntity",
                 "url"]
            ),
            inner | st.sampled_from(["NewsArticle", "WebPage", "Person", "#a"]),
            max_size=5,
        ),
        max_leaves=12,
    )
)  # fmt: skip
def test_any_json_ld_is_borne(value: Any) -> None:
    """Whatever JSON a page holds, its article is read."""
    block = json.dumps(value).replace("<", "\\u003c")
    assert "We found the money" in read(page(ld(block), title="Boat sails")).text


# --- titles ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "head"),
    [
        ("Boat sails again | Example Post", meta(og_site_name="Example Post")),
        ("Boat sails again - Example Post", meta(og_site_name="Example Post")),
        ("Boat sails again – The Example Post", meta(og_site_name="Example Post")),
        ("Boat sails again — World | Example Post",
         meta(og_site_name="Example Post", article_section="World")),
        ("Example Post: home | Boat sails again", ""),
        ("Boat sails again :: example.org", '<link rel="canonical" href="https://www.example.org/a">'),
        ("Boat sails again | Example", '<link rel="canonical" href="https://www.example.org/a">'),
        ("Boat sails again • EXAMPLE POST", ld({"@type": "WebSite", "name": "Example Post"})),
        ("Example Post | Boat sails again", meta(og_site_name="Example Post")),
    ],
)  # fmt: skip
def test_the_site_s_name_is_no_part_of_a_title(title: str, head: str) -> None:
    """A site's name, host or section before or behind the title goes."""
    if not head:
        head = meta(og_title="Boat sails again")
    assert says(page(head, title=title)).metadata.title == "Boat sails again"


@pytest.mark.parametrize(
    "title",
    ["Reed - a life in letters", "Mayor: “I will not quit” – and stays", "Covid-19 | What we know"],
)
def test_a_dash_within_a_title_stays(title: str) -> None:
    """What stands behind a dash and is not the site is the title."""
    head = meta(og_title=f"{title} | Example Post", og_site_name="Example Post")
    assert says(page(head, title=f"{title} | Example Post")).metadata.title == title


@pytest.mark.parametrize(
    ("heading", "opening"),
    [
        ("Boat to Kestrel sails again", "Boat to Kestrel sails again"),
        ("Boat to Kestrel Sails Again!", "Boat to Kestrel sails again"),
        ("At last: the boat sails", "At last: the boat sails"),
        ("", "Boat to Kestrel sails again"),
    ],
)
def test_a_title_and_its_heading_stand_once(heading: str, opening: str) -> None:
    """The text opens with the title, or with a heading of the page that says something else."""
    body = f"<article>{f'<h1>{heading}</h1>' if heading else ''}{STORY}</article>"
    article = read(page(ld(ARTICLE), body=body))
    headings = [p.span.of(article.text) for p in article.paragraphs if p.kind == "heading"]
    assert headings == [opening]
    assert article.text.startswith(opening)
    assert article.title == "Boat to Kestrel sails again"


def test_a_title_cut_for_search_engines_is_whole_again() -> None:
    """A headline that ends with "…" is taken from where it is whole."""
    block = {**ARTICLE, "headline": "Boat to Kestrel sails…"}
    said = says(page(ld(block), body=f"<h1>Boat to Kestrel sails again</h1>{STORY}"))
    assert said.metadata.title == "Boat to Kestrel sails again"


# --- authors ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "shown", "byline"),
    [
        ('<meta name="author" content="Nora Quill">', "", "Nora Quill"),
        ('<meta name="author" content="By Nora Quill, Political editor">', "", "Nora Quill"),
        ('<meta name="author" content="Von Nora Quill und Sam Ode">', "", "Nora Quill; Sam Ode"),
        ('<meta name="author" content="nora@example.org (Nora Quill)">', "", "Nora Quill"),
        ('<meta name="dc.creator" content="Quill, Nora"><meta name="dc.creator" content="Ode, Ed">',
         "", "Nora Quill; Ed Ode"),
        ('<meta name="parsely-author" content="Nora Quill">', "", "Nora Quill"),
        (meta(article_author="https://www.facebook.com/nora"), "", None),
        (meta(article_author="https://www.facebook.com/nora"), "By Nora Quill", "Nora Quill"),
        ('<meta name="author" content="Example Post">', "By Nora Quill", "Nora Quill"),
        ('<meta name="author" content="Example Post">', "", None),
        ('<meta name="author" content="The Example Post https://www.example.org">', "", None),
        ('<meta name="author" content="example.org">', "", None),
        ('<meta name="author" content="admin">', "By Nora Quill", "Nora Quill"),
        ('<meta name="author" content="Web Desk Ltd">', "By Nora Quill and Sam Ode",
         "Nora Quill and Sam Ode"),
        ('<meta name="author" content="Reuters">', "", "Reuters"),
        ("", "By Nora Quill | 20 April 2026", "Nora Quill"),
        ("", "Von Nora Quill, Berlin", "Nora Quill"),
    ],
)  # fmt: skip
def test_authors_are_people_and_agencies(head: str, shown: str, byline: str | None) -> None:
    """Roles, addresses and the site's own name are no authors; a byline on the page counts then."""
    head += meta(og_site_name="Example Post")
    body = f'<h1>Boat sails again</h1><div class="byline">{shown}</div>{STORY}'
    assert says(page(head, body=body)).metadata.byline == byline


def test_an_author_elsewhere_on_the_page_is_no_author() -> None:
    """Who wrote another story, a comment or an embedded post did not write this one."""
    body = (
        f"<article><h1>Boat sails again</h1>{STORY}"
        '<blockquote class="twitter-tweet">Well. <a rel="author" href="/t">Tim Ott</a></blockquote>'
        '<aside class="related"><a rel="author" href="/x">Xena Other</a></aside>'
        '<div class="comments"><span class="author">Cora Menter</span></div></article>'
    )
    assert says(page(body=body)).metadata.byline is None


def test_an_organisation_is_the_author_where_no_person_is_named() -> None:
    """The site, author by JSON-LD, counts where neither the page nor the text names a person."""
    block = {**ARTICLE, "author": {"@type": "Organization", "name": "Example Post"}}
    assert read(page(ld(block), body=f"<h1>Boat sails</h1>{STORY}")).byline == "Example Post"
    shown = f'<h1>Boat sails</h1><p class="byline">By Nora Quill</p>{STORY}'
    assert read(page(ld(block), body=shown)).byline == "Nora Quill"


# --- dates -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "head",
    [
        meta(article_published_time="2026-04-20T08:00:00Z"),
        '<meta name="date" content="20 April 2026">',
        '<meta name="DC.date.issued" content="2026-04-20">',
        '<meta itemprop="datePublished" content="2026-04-20">',
        '<meta name="parsely-pub-date" content="2026-04-20T08:00:00Z">',
        '<meta name="sailthru.date" content="Mon, 20 Apr 2026 08:00:00 +0000">',
        '<meta name="pubdate" content="20260420">',
        '<meta name="publish-date" content="1776672000000">',
        ld({**ARTICLE, "datePublished": "April 20, 2026 8:00 AM"}),
        ld({**ARTICLE, "datePublished": "", "dateCreated": "2026-04-20"}),
        '<link rel="canonical" href="https://example.org/2026/04/20/boat">',
    ],
)
def test_dates_that_a_page_states(head: str) -> None:
    """A date in JSON-LD, a tag or the address is the article's; when it was changed is not."""
    head = meta(article_modified_time="2026-05-30T08:00:00Z") + head
    date = says(page(head)).metadata.date
    assert date is not None
    assert date[:10] == "2026-04-20"


@pytest.mark.parametrize(
    "shown",
    [
        '<time datetime="2026-04-20T08:00:00Z">yesterday</time>',
        "<div class='meta'><span class='date'>20 April 2026</span></div>",
        "<p>Updated <time datetime='2026-05-02'>2 May</time></p>"
        "<time datetime='2026-04-20'>20 April</time>",
        "<span itemprop='datePublished' content='2026-04-20'>20/4</span>",
        "<p class='published-date'>Published: 20/04/2026 10:15</p>",
    ],
)  # fmt: skip
def test_dates_at_the_head_of_an_article(shown: str) -> None:
    """What the page shows between its heading and the story is its date; an update is not."""
    date = says(
        page(body=f"<article><h1>Boat sails again</h1>{shown}{STORY}</article>")
    ).metadata.date
    assert date is not None
    assert date[:10] == "2026-04-20"


@pytest.mark.parametrize(
    "body",
    [
        f"<article><h1>Boat sails</h1>{STORY}</article><footer>© Example Post 2026</footer>",
        f"{HEAD}{STORY.replace('the spring', '<time datetime=2026-05-01>May</time>')}</article>",
        f"<article><h1>Boat sails</h1>{STORY}<blockquote class='twitter-tweet'><a>May 1, 2026</a>"
        "<time datetime='2026-05-01'>May 1</time></blockquote></article>",
        f"{HEAD}{STORY}</article><aside><time datetime='2026-05-01'>1 May</time></aside>",
        f"{HEAD}{STORY}<ul class='related'><li><time datetime='2026-05-01'>1 May</time>"
        " Ten harbours</li></ul></article>",
        f"<nav><span class='date'>1 May 2026</span></nav>{HEAD}{STORY}</article>",
    ],
)  # fmt: skip
def test_dates_that_are_not_the_article_s(body: str) -> None:
    """No date comes from a footer, the story's own words, an embedded post or another story."""
    assert read(page(body=body)).date is None


def test_a_date_that_cannot_be_read_is_told() -> None:
    """A page that states a date in a way that nobody can read gets a remark, and no date."""
    article = read(page(ld({**ARTICLE, "datePublished": "soon"})))
    assert article.date is None
    assert codes(article) == ["date_unreadable"]
    article = read(page(ld({**ARTICLE, "datePublished": "03/04/2026"})))
    assert codes(article) == ["date_ambiguous"]
    assert (
        read(page(ld({**ARTICLE, "datePublished": "03/04/2026"}), lang="en-GB")).date
        == "2026-04-03"
    )


# --- outlet ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "outlet"),
    [
        (meta(og_site_name="Example Post"), "Example Post"),
        (meta(og_site_name="Example Post - News, sport and weather for all"), "Example Post"),
        (meta(og_site_name="Example Post | All the news that you need every day"), "Example Post"),
        (meta(og_site_name="News that you can trust from the valley since 1890"), None),
        ('<meta name="copyright" content="© 2026 Example Post">', "Example Post"),
        (meta(article_publisher="https://www.facebook.com/examplepost"), None),
        (ld({"@type": "NewsMediaOrganization", "name": "Example Post"}), "Example Post"),
    ],
)  # fmt: skip
def test_an_outlet_is_a_name(head: str, outlet: str | None) -> None:
    """The outlet is the site's name without its tag line, and no address."""
    assert says(page(head)).metadata.outlet == outlet


def test_a_company_is_no_outlet_where_the_site_is_named() -> None:
    """The publisher's company counts only where nothing names the site."""
    block = ld({**ARTICLE, "publisher": {"@type": "Organization", "name": "Example Media GmbH"}})
    named = page(block + meta(og_site_name="Example Post"))
    assert says(named).metadata.outlet == "Example Post"
    assert says(page(block)).metadata.outlet == "Example Media GmbH"


# --- teasers ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "head",
    [
        ld({**ARTICLE, "isAccessibleForFree": False}),
        ld({**ARTICLE, "isAccessibleForFree": "False"}),
        ld({**ARTICLE, "hasPart": {"@type": "WebPageElement", "isAccessibleForFree": "http://schema.org/False",
                                   "cssSelector": ".paywall"}}),
        meta(article_content_tier="locked"),
        ld({**ARTICLE, "wordCount": 900}),
        ld({**ARTICLE, "wordCount": "900"}),
    ],
)  # fmt: skip
def test_a_teaser_is_told(head: str) -> None:
    """A page that says that it is not free, or much longer, is warned of: it may be a part."""
    assert codes(read(page(head))) == ["teaser"]


def test_a_text_that_breaks_off_before_a_paywall_is_told() -> None:
    """A short text that ends with "…" where the page has a paywall may be only a beginning."""
    cut = STORY.replace("of last year.</p>", "of …</p>")
    assert codes(read(page(body=f"<main>{cut}</main><div id='paywall-box'></div>"))) == ["teaser"]
    assert codes(read(page(body=f"<main>{STORY}</main><div id='paywall-box'></div>"))) == []


@pytest.mark.parametrize(
    "head",
    [ld(ARTICLE), ld({**ARTICLE, "isAccessibleForFree": True}), meta(article_content_tier="free"),
     ld({**ARTICLE, "wordCount": 60}),
     ld({**ARTICLE, "wordCount": 45, "isAccessibleForFree": False})],
)  # fmt: skip
def test_a_whole_article_is_not_doubted(head: str) -> None:
    """A page that says that it is free, or nothing, or has the length that it names, is whole."""
    assert codes(read(page(head))) == []
