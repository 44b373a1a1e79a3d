"""Web pages: the article without what surrounds it, and what the page knows of itself."""

import pytest

from extractor.article import Article
from extractor.errors import EmptyArticle
from extractor.read import read_bytes

PARAGRAPHS = [
    "NORVIK — The council freed the ferry line on Tuesday after two days of talks, officials said.",
    "“We are glad that they can go home,” the mayor, Ada Holm, told reporters. She said that the "
    "union had asked for nothing in return.",
    "“Nobody should have to wait that long,” the union wrote in a statement.",
    "The talks began in April. They had been broken off twice, and neither side would say on "
    "Friday what had changed since then.",
]
PAGE = f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<title>Norvik gets its ferry back | The Norvik Post</title>
<meta property="og:site_name" content="The Norvik Post">
<meta property="og:title" content="Norvik gets its ferry back">
<meta name="author" content="Ann Lee">
<meta property="article:published_time" content="2024-05-03T09:12:00Z">
<link rel="canonical" href="https://norvikpost.example/2024/05/03/ferry">
<script>var tracking = "<p>He said never.</p>";</script><style>p {{ color: red }}</style></head>
<body><nav><ul><li><a href="/">Home</a></li><li><a href="/w">World news</a></li></ul></nav>
<header><h1>Norvik gets its ferry back</h1><p class="byline">By Ann Lee</p>
<time datetime="2024-05-03">3 May 2024</time></header>
<article>
<p>{PARAGRAPHS[0]}</p>
<figure><img src="a.jpg" alt="Boats"><figcaption>Boats leave the harbour on Friday.
 Photo: Bo Ek/Nordpress</figcaption></figure>
<p>{PARAGRAPHS[1].replace("nothing", '<a href="/x"><b>nothing</b></a>')}</p>
<h2>What comes next</h2>
<blockquote><p>{PARAGRAPHS[2]}</p></blockquote>
<ul><li>The first ship leaves on Monday with forty cars.</li>
<li>The second leaves a week later with the rest.</li></ul>
<p>{PARAGRAPHS[3]}</p>
<p>A spokesman said &lt;script&gt;alert(1)&lt;/script&gt; stood on the old page by mistake.</p>
</article>
<aside><h3>Most read</h3><ul><li><a href="/1">Ten harbours to see</a></li></ul></aside>
<footer><p>© 2024 The Norvik Post. All rights reserved.</p><a href="/p">Privacy</a></footer>
<script>alert("tracked")</script></body></html>"""


def lines(article: Article, kind: str) -> list[str]:
    """Return the article's paragraphs of one kind."""
    return [p.span.of(article.text) for p in article.paragraphs if p.kind == kind]


def test_article_of_a_page() -> None:
    """Paragraphs, quotations and lists of the article stay; menus, scripts and footers go."""
    article = read_bytes(PAGE.encode(), "page.html")
    body = lines(article, "body")
    assert body[:2] == PARAGRAPHS[:2]
    assert lines(article, "block_quote") == [PARAGRAPHS[2]]
    assert PARAGRAPHS[3] in body
    assert "The second leaves a week later with the rest." in body
    for gone in ("Home", "Most read", "harbours to see", "tracking", "color", "Privacy", "never"):
        assert gone not in article.text
    assert "<script>alert(1)</script>" in article.text  # the words of the article, not its code


def test_furniture_of_a_page() -> None:
    """Headings are those that the page tags so; a picture's caption and credit keep their kinds."""
    article = read_bytes(PAGE.encode(), "page.html")
    assert lines(article, "heading") == ["Norvik gets its ferry back", "What comes next"]
    assert lines(article, "caption") == ["Boats leave the harbour on Friday."]
    assert lines(article, "credit") == ["Photo: Bo Ek/Nordpress"]


def test_metadata_of_a_page() -> None:
    """Title, byline, outlet, date and address come from the page's metadata."""
    article = read_bytes(PAGE.encode(), "page.html")
    assert article.title == "Norvik gets its ferry back"
    assert article.byline == "Ann Lee"
    assert article.outlet == "The Norvik Post"
    assert article.date == "2024-05-03T09:12:00+00:00"
    assert article.url == "https://norvikpost.example/2024/05/03/ferry"
    assert article.warnings == ()


@pytest.mark.parametrize("source", ["page.html", "page.txt", "-"])
def test_pages_are_known_by_content(source: str) -> None:
    """A page is read as one whatever its name is."""
    assert read_bytes(PAGE.encode(), source).outlet == "The Norvik Post"


@pytest.mark.parametrize("declared", ["windows-1252", "iso-8859-1"])
def test_declared_encoding(declared: str) -> None:
    """The encoding that a page declares is used without a doubt."""
    page = PAGE.replace("utf-8", declared).replace("—", "-").replace("“", "«").replace("”", "»")
    article = read_bytes(page.encode(declared), "page.html")
    assert "«Nobody should have to wait that long,»" in article.text
    assert article.warnings == ()


def test_wrongly_declared_encoding() -> None:
    """A page that declares an encoding which it has not is read by its bytes, and that is said."""
    article = read_bytes(PAGE.encode("cp1252"), "page.html")
    assert PARAGRAPHS[1] in article.text
    assert [remark.code for remark in article.warnings] == ["encoding_guessed"]
    assert (
        read_bytes(PAGE.encode("utf-16"), "page.html").text
        == read_bytes(PAGE.encode(), "page.html").text
    )


def test_mojibake_in_a_page_points_into_the_article() -> None:
    """A remark on a page's letters has offsets in the article's text."""
    page = PAGE.replace("“We are glad", "â€œWe are glad")
    article = read_bytes(page.encode(), "page.html")
    assert [remark.code for remark in article.warnings] == ["mojibake"]
    assert article.warnings[0].where is not None
    assert article.warnings[0].where.of(article.text).startswith("â€")


@pytest.mark.parametrize(
    "page",
    [
        "<html><body></body></html>",
        "<!doctype html><html><head><title>Norvik Post</title></head><body><nav><a>Home</a></nav>"
        "<script>load()</script><div id='app'></div></body></html>",
        "<html>",
        "<!doctype html>" + "<div>" * 200,
    ],
)
def test_page_without_an_article(page: str) -> None:
    """A page that holds no article is refused with what to do about it."""
    with pytest.raises(EmptyArticle, match=r"page\.html: no article was found .*save"):
        read_bytes(page.encode(), "page.html")


@pytest.mark.parametrize("tag", ["p", "div"])
def test_paragraphs_by_line_breaks(tag: str) -> None:
    """Two line breaks in a row end a paragraph; one is a blank."""
    broken = "<br><br>".join(PARAGRAPHS).replace("She said", "<br>She said")
    page = f"<html><body><article><{tag}>{broken}</{tag}></article></body></html>"
    assert lines(read_bytes(page.encode(), "page.html"), "body") == PARAGRAPHS


@pytest.mark.parametrize("name", ["Image source, Nordpress", "Image source, The Boat Club"])
def test_credit_and_caption_in_one_caption(name: str) -> None:
    """A figure whose credit and caption are labelled is both, apart."""
    page = PAGE.replace(
        "<figcaption>Boats leave the harbour on Friday.\n Photo: Bo Ek/Nordpress",
        f"<figcaption><span>{name}</span><span>Image caption, Boats leave the harbour</span>",
    )
    article = read_bytes(page.encode(), "page.html")
    assert lines(article, "credit") == [name]
    assert lines(article, "caption") == ["Image caption, Boats leave the harbour"]


@pytest.mark.parametrize("opening", ["<p>", "<div class='body'><p>", "\n<h2>Ferry</h2><p>"])
def test_a_part_of_a_page_is_read_as_one(opening: str) -> None:
    """A body without "<html>" around it; a text that opens with a tag and never ends it is text."""
    said = "“We are home,” said Ada&nbsp;Low of the council.</p>"
    assert "said Ada Low of" in read_bytes(f"{opening}{said}".encode(), "a.txt").text
    text = "<p> opens a paragraph, said Ada Low of the council."
    assert read_bytes(text.encode(), "a.txt").text == text
