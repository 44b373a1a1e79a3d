"""Bodies of pages: all of the article, nothing else, each paragraph with its kind."""

import json

import pytest

from extractor.article import Article
from extractor.pipeline import extract
from extractor.read import read_bytes
from extractor.schema.catalogue import load_schema

FIRST = "The ferry line to the island was saved on Monday after a year of talks, the ministry said."
SAID = (
    "“The fare stays at four crowns for all who live here,” said Tomas Reed of the island council."
)
LAST = (
    "The boats will sail from the first of May, and the company has taken on twenty people for it."
)
MORE = [
    "The school of the island has lost half of its pupils since the boats stopped in the autumn.",
    "“Nobody asked us,” said Bo Lund, a fisherman who has lived at the harbour for forty years.",
    "The council is to vote on the plan in May, and both sides say that the result is open now.",
]


def read(body: str, title: str = "Ferry line saved") -> Article:
    """Return the article of a page with this body."""
    return read_bytes(
        f"<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'><title>{title}</title></head>"
        f"<body><nav><a href='/'>Home</a></nav>{body}</body></html>".encode(),
        "page.html",
    )


def story(inner: str) -> str:
    """Return an article with this between its first and last paragraphs."""
    before = f"<h1>Ferry line saved</h1><p>{FIRST}</p><p>{SAID}</p>"
    return f"<article>{before}{inner}<p>{LAST}</p></article>"


def lines(article: Article, kind: str = "body") -> list[str]:
    """Return the paragraphs of a kind."""
    return [p.span.of(article.text) for p in article.paragraphs if p.kind == kind]


def wrapped(tag: str, class_: str) -> str:
    """Return two containers of one make with three paragraphs each, an advertisement between."""
    first = "".join(f"<p>{p}</p>" for p in (FIRST, SAID, MORE[0]))
    second = "".join(f"<p>{p}</p>" for p in (*MORE[1:], LAST))
    return (
        f"<main><h1>Ferry line saved</h1>"
        f"<div class='row'><{tag} class='{class_}'>{first}</{tag}></div><aside class='ad'></aside>"
        f"<div class='row'><{tag} class='{class_}'>{second}</{tag}></div></main>"
    )


@pytest.mark.parametrize("tag", ["div", "section"])
@pytest.mark.parametrize("class_", ["article__content", "article-body", "text", "c-block", "x1"])
def test_several_containers(tag: str, class_: str) -> None:
    """Text that goes on in another container of one make is read to its end."""
    assert lines(read(wrapped(tag, class_))) == [FIRST, SAID, *MORE, LAST]


@pytest.mark.parametrize(
    "box",
    [
        "<div class='related'><h3>Read more</h3><a href='/a'>Pier talks fail again</a></div>",
        "<aside class='readmore'><a href='/a'>READ MORE: Pier talks fail again</a></aside>",
        "<p><strong>READ MORE: <a href='/a'>Pier talks fail again this year</a></strong></p>",
        "<ul class='links'><li><a href='/a'>Pier talks fail</a></li>"
        "<li><a href='/b'>Mayor out</a></li></ul>",
        "<div class='newsletter'><p>Sign up for our newsletter: the best stories each day.</p>"
        "<form><input><button>Subscribe</button></form></div>",
        "<div class='donate'><p>Support our journalism: donate today. Thank you.</p></div>",
        "<div class='gallery'><span>1/34</span></div>",
    ],
)
def test_boxes_within_an_article(box: str) -> None:
    """Links to others, letters and donations are not read, and the article goes on behind them."""
    more = "".join(f"<p>{p}</p>" for p in MORE)
    assert lines(read(story(box + more))) == [FIRST, SAID, *MORE, LAST]


def test_teasers_after_an_article() -> None:
    """Teasers with sentences of their own, each a link, are other articles'."""
    teasers = "".join(
        f"<div class='item'><a href='/{i}'><h3>{head}</h3><p>{text}</p></a></div>"
        for i, (head, text) in enumerate(
            [("Storm", MORE[0]), ("Harbour", MORE[1]), ("Vote", MORE[2])]
        )
    )
    article = read(story("") + f"<section class='more-stories'>{teasers}</section>")
    assert lines(article) == [FIRST, SAID, LAST]


@pytest.mark.parametrize("tag", ["b", "strong"])
def test_bold_heading_before_a_break(tag: str) -> None:
    """A bold line that a line break ends is a heading, not the beginning of the sentence."""
    article = read(story(f"<p><{tag}>Who pays for it</{tag}><br/>{MORE[1]}</p>"))
    assert "Who pays for it" in lines(article, "heading")
    assert MORE[1] in lines(article)


def test_bold_beginning_of_a_sentence() -> None:
    """Bold words that no line break ends stay in their sentence."""
    article = read(
        story(
            "<p><b>Nobody asked us</b> about it, said a fisherman at the harbour of the town.</p>"
        )
    )
    assert "Nobody asked us about it, said a fisherman at the harbour of the town." in lines(
        article
    )


@pytest.mark.parametrize("break_", ["<br><br>", "<br>", "<br/><span class='br'></span>"])
def test_paragraphs_that_breaks_divide(break_: str) -> None:
    """Sentences between line breaks, in one element, are paragraphs."""
    inner = break_.join((FIRST, SAID, *MORE, LAST))
    article = read(f"<article><h1>Ferry line saved</h1><div>{inner}</div></article>")
    assert lines(article) == [FIRST, SAID, *MORE, LAST]


def test_what_is_set_apart() -> None:
    """A block quotation, a pull quote, a post and a heading have kinds of their own."""
    article = read(
        story(
            "<h2>A year of talks</h2>"
            "<blockquote><p>We found the money at last, and we will not give it back.</p>"
            "<cite>Ines Maro, minister</cite></blockquote>"
            "<aside class='pull-quote'><p>“The fare stays at four crowns”</p></aside>"
            f"<p>{MORE[0]}</p>"
            "<blockquote class='twitter-tweet'><p>We are so happy today! The boat comes back.</p>"
            "— Island Council (@island) <a href='/x'>May 1, 2026</a></blockquote>"
        )
    )
    assert lines(article, "heading") == ["Ferry line saved", "A year of talks"]
    assert lines(article, "block_quote") == [
        "We found the money at last, and we will not give it back."
    ]
    assert lines(article, "caption") == ["Ines Maro, minister"]
    assert lines(article, "pull_quote") == ["“The fare stays at four crowns”"]
    assert lines(article, "post")[0] == "We are so happy today! The boat comes back."
    assert lines(article) == [FIRST, SAID, MORE[0], LAST]


def test_title_once() -> None:
    """The title stands once, although the page gives it twice."""
    article = read(story(""), title="Ferry line saved")
    assert article.text.count("Ferry line saved") == 1


def test_a_live_page_whose_posts_are_items_of_a_list() -> None:
    """They keep their times and headings, one whose text is hardly an article's among them."""
    posts = "".join(
        f"<li class='e'><span class='t'>{clock}</span><h3>{head}</h3><p>{text}</p></li>"
        for clock, head, text in [
            ("14:02", "Vote passed", MORE[0]),
            ("13:10", "Fishermen speak", MORE[1]),
            ("12:00", "Debate begins", LAST),
        ]
    )
    article = read(f"<main><h1>Ferry live</h1><ul>{posts}</ul></main>", "Ferry live")
    assert lines(article, "heading")[1:] == ["Vote passed", "Fishermen speak", "Debate begins"]
    assert lines(article, "byline") == ["14:02", "13:10", "12:00"]


def test_who_is_quoted_in_the_last_figure() -> None:
    """The caption of a figure with a block quotation that ends the article is read with it."""
    quoted = "<blockquote><p>The sea does not read council papers.</p></blockquote>"
    figure = f"<figure>{quoted}<figcaption>Ada Low, fisherwoman</figcaption></figure>"
    article = read(story("").replace("</article>", f"{figure}</article>"))
    (quote,) = [
        q
        for q in extract(article, load_schema("quotes")).to_json()["record"]["quotes"]
        if q["kind"] == "block"
    ]
    assert quote["speaker"]["name"] == "Ada Low"


@pytest.mark.parametrize("before", ["[", "→ ", "(", "• "])
def test_a_line_that_points_elsewhere_behind_a_sign(before: str) -> None:
    """A link to another article is none of this one's words, whatever sign stands before it."""
    more = (
        f"<p>{before}<a href='/x'>Read more: “We warned them,” says Ida Holt, an engineer</a></p>"
    )
    assert "We warned" not in read(story(more)).text


def test_a_page_that_scripts_build_has_the_paragraphs_of_its_data() -> None:
    """Where the article stands in JSON-LD alone, its lines are paragraphs."""
    told = json.dumps({"@type": "NewsArticle", "articleBody": "\n\n".join([FIRST, SAID, *MORE])})
    article = read(f"<div id='app'></div><script type='application/ld+json'>{told}</script>")
    assert lines(article) == [FIRST, SAID, *MORE]


def test_live_page() -> None:
    """Each post of a live page keeps its heading, its time and its author."""
    posts = "".join(
        f"<article><h2>{head}</h2><time>{clock}</time><span class='author'>{name}</span>"
        f"<p>{text}</p></article>"
        for head, clock, name, text in [
            ("Harbour shut", "14:32", "Ann Lee", MORE[0]),
            ("Fishermen speak", "13:10", "Bo Ek", MORE[1]),
            ("Vote in May", "12:05", "Ann Lee", MORE[2]),
            ("Boats in May", "11:45", "Bo Ek", LAST),
        ]
    )
    article = read(
        f"<main><h1>Ferry live</h1><p>{FIRST}</p><div>{posts}</div></main>", "Ferry live"
    )
    assert lines(article, "heading")[1:] == [
        "Harbour shut",
        "Fishermen speak",
        "Vote in May",
        "Boats in May",
    ]
    assert lines(article, "byline") == [
        "14:32 Ann Lee",
        "13:10 Bo Ek",
        "12:05 Ann Lee",
        "11:45 Bo Ek",
    ]
    assert lines(article) == [FIRST, *MORE, LAST]


@pytest.mark.parametrize("language", ["ja", "zh"])
def test_bodies_of_wide_letters(language: str) -> None:
    """Paragraphs of Japanese and Chinese are body, not headings."""
    texts = {
        "ja": [
            "島への定期船が十月から止まっていたが、来月から再び運航されると運輸省が月曜日に発表した。",
            "島の評議会の代表は「運賃は四クローネのまま変わらない」と述べ、多くの住民が喜んだ。",
        ],
        "zh": [
            "交通部星期一宣布，停航数月之久的海岛轮渡将于下月恢复通航，当地居民对此表示欢迎。",
            "岛上委员会的负责人说：“票价仍为四克朗。”他表示船只已经准备就绪，随时可以出发。",
        ],
    }[language]
    body = "".join(f"<p>{p}</p>" for p in texts)
    assert lines(read(f"<article><h1>渡船</h1>{body}</article>", "渡船")) == texts


def test_one_row_of_a_pull_quote() -> None:
    """Words that a page shows once more make no second row; the audit names the first."""
    article = read(
        story("<aside class='pull-quote'><p>“The fare stays at four crowns”</p></aside>")
    )
    extraction = extract(article, load_schema("quotes"))
    dismissed = [(item.text, item.reason) for item in extraction.audit.dismissed]
    assert dismissed == [("The fare stays at four crowns", "repeats Q1")]


@pytest.mark.parametrize("opening", ["<div style='display:none'>", "<div class='hidden'>"])
def test_behind_a_read_more_box(opening: str) -> None:
    """Text that a page hides until somebody reads more is the article's: much of it, that is."""
    more = "".join(f"<p>{p}</p>" for p in MORE)
    article = read(story(f"<button>Read more</button>{opening}{more}</div>"))
    assert lines(article) == [FIRST, SAID, *MORE, LAST]


def test_a_line_in_pieces_is_read_once() -> None:
    """On a page of which little is read, a part of a line does not stand before the line."""
    body = "".join(
        f"<div><span>00:0{n}</span><span>Ann Berg</span><div>{text}</div></div>"
        for n, text in enumerate(["Welcome back to the show.", "I am glad you came."])
    )
    text = read(f"<main><h1>Talk</h1><div>{body}</div></main>", "Talk").text
    assert text.count("00:01") <= 1
    assert "00:01 Ann Berg" in text
