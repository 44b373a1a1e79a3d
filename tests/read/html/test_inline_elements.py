"""Words in a paragraph are read as a browser shows them, whatever elements they stand in."""

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.html import fromstring

from extractor.read import read_bytes
from extractor.read.html.blocks import page_blocks

SENTENCE = (
    "“The boat will not sail before 1 May, and the fare is not four crowns,” said Ines Maro, the "
    "transport minister, on Monday."
)
AROUND = [
    "The night boat to Kestrel Island will sail again, the ministry said on Monday after a winter.",
    "The company that runs the boats has not sailed there since October, and the school is empty.",
]
TAGS = (
    "a abbr acronym b bdi bdo big button cite code data del dfn em font i ins kbd label mark math "
    "nobr object output s samp small span strike strong sub sup time tt u var x-glossary"
).split()
CLASSES = (
    "related share author caption newsletter button byline tooltip meta promo ad comment hl".split()
)


def page(paragraph: str) -> bytes:
    """Return a page with a paragraph, given as HTML, between two others."""
    body = f"<p>{AROUND[0]}</p><p>{paragraph}</p><p>{AROUND[1]}</p>"
    return (
        "<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'><title>Ferry returns</title>"
        f"</head><body><article><h1>Ferry returns</h1>{body}</article></body></html>"
    ).encode()


def paragraphs(data: bytes) -> list[str]:
    """Return the paragraphs of a page that are its story."""
    article = read_bytes(data, "page.html")
    return [p.span.of(article.text) for p in article.paragraphs if p.kind == "body"]


ELEMENT = st.tuples(st.sampled_from(TAGS), st.sampled_from(CLASSES) | st.none())


@st.composite
def marked_up(draw: st.DrawFn, text: str, depth: int = 3) -> str:
    """Return HTML in which stretches of a text stand in inline elements, these in others too."""
    if not depth or not text:
        return escape(text)
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=4)))
    out = []
    for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
        inner = text[start:end]
        if draw(st.booleans()):
            tag, class_ = draw(ELEMENT)
            written = f" class='{class_}'" if class_ else ""
            out.append(f"<{tag}{written}>{draw(marked_up(inner, depth - 1))}</{tag}>")
        else:
            out.append(
                escape(inner) + draw(st.sampled_from(["", "<!-- -->", "<wbr>", "<span></span>"]))
            )
    return "".join(out)


@given(marked_up(SENTENCE))
def test_random_inline_elements(paragraph: str) -> None:
    """A sentence in any inline elements, cut anywhere, is read as it is."""
    assert paragraphs(page(paragraph)) == [AROUND[0], SENTENCE, AROUND[1]]


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("class_", [None, "share", "related-link"])
def test_an_element_within_a_quotation(tag: str, class_: str | None) -> None:
    """No element and no class takes words out of a sentence."""
    word = f"<{tag} class='{class_}'>four</{tag}>" if class_ else f"<{tag}>four</{tag}>"
    assert SENTENCE in paragraphs(page(SENTENCE.replace("four", word)))


@pytest.mark.parametrize(
    "hidden",
    [
        "<span hidden>not </span>",
        "<span style='display: none'>not </span>",
        "<span style='visibility:hidden;'>not </span>",
        "<span class='visually-hidden'>not </span>",
        "<span class='a sr-only'>not </span>",
        "<template>not </template>",
        "<script>not </script>",
        "<noscript>not </noscript>",
        "<!-- not -->",
    ],
)
def test_hidden_words(hidden: str) -> None:
    """Words that a browser does not show are not read."""
    assert SENTENCE in paragraphs(page(SENTENCE.replace("sail", f"{hidden}sail")))


@pytest.mark.parametrize(
    "opening",
    ["<p hidden>", "<p style='display:none'>", "<div class='sr-only'>", "<div aria-hidden='true'>"],
)
def test_hidden_paragraphs(opening: str) -> None:
    """A paragraph that a browser does not show is not read."""
    tag = opening[1:].split(maxsplit=1)[0]
    data = page(
        f"{SENTENCE}</p>{opening}“The deal is a fraud,” said Ida Holt, the mayor.</{tag}><p>"
    )
    assert paragraphs(data) == [AROUND[0], SENTENCE, AROUND[1]]


@pytest.mark.parametrize(
    ("rule", "is_read"),
    [
        (".box{display:none}", False),
        ("/* x */ p, p.box { color: red; display : None }", False),
        ("#one{visibility:hidden}", False),
        ("@charset 'utf-8'; .box{display:none!important}", False),
        (".box{display:none} @media (min-width:9em){.a{color:red} .box{display:block}}", True),
        ("@media print{.box{display:none}}", True),
        (".menu .box{display:none} .box:before{display:none} .boxes{display:none}", True),
        (".box{display:none} .box{display:flex}", True),
        (".box{color:red", True),
    ],
)
def test_what_a_style_sheet_hides(rule: str, is_read: bool) -> None:
    """A class or an id that the page's own style sheet hides on every screen is not read."""
    more = SENTENCE.replace("four", "six")
    data = page(f"{SENTENCE}</p><p class='a box' id='one'>{more}")
    data = data.replace(b"<body>", f"<style>{rule}</style><body>".encode())
    assert (more in paragraphs(data)) is is_read


@pytest.mark.parametrize(
    "mark",
    [
        "<sup><a href='#note1'>1</a></sup>",
        "<sup id='r2' class='ref'><a href='/page#cite-2'><span>[</span>2<span>]</span></a></sup>",
        "<sup>[12]</sup>",
        "<a class='footnote-anchor' href='#footnote-1'>1</a>",
        "<sup><a href='#n'>*</a></sup>",
    ],
)
def test_marks_of_notes(mark: str) -> None:
    """The number of a note is no word of the sentence and no part of a name."""
    assert SENTENCE in paragraphs(page(SENTENCE.replace("sail", f"sail{mark}")))


def test_raised_letters_that_are_no_marks_of_notes() -> None:
    """Powers, ordinals and chapters' numbers that link elsewhere stay."""
    said = (
        "The 3<sup>rd</sup> boat has 20 m<sup>2</sup> and 5<sup>1</sup>, page <a href='/7'>7</a>."
    )
    assert "The 3rd boat has 20 m2 and 51, page 7." in paragraphs(page(said))


def test_how_a_word_is_read_is_no_part_of_it() -> None:
    """Ruby stands over the words, not among them."""
    ruby = "<ruby>sail<rp>(</rp><rt>say-l</rt><rp>)</rp></ruby>"
    assert SENTENCE in paragraphs(page(SENTENCE.replace("sail", ruby)))


def test_shown_on_wide_screens() -> None:
    """A class that hides on telephones alone hides nothing."""
    data = page(f"{SENTENCE}</p><p class='hidden md:block'>{SENTENCE.replace('four', 'six')}")
    assert SENTENCE.replace("four", "six") in paragraphs(data)


@pytest.mark.parametrize(
    ("language", "marks"),
    [("en", "“”"), ("de-AT", "„“"), ("fr", "«»"), ("ja", "「」"), ("tlh", "“”")],
)
def test_quoted_by_an_element(language: str, marks: str) -> None:
    """`<q>` gets the quotation marks of the page's language; inner ones others."""
    data = page("Ines Maro said: <q>We found the money at last.</q> She left by the door.")
    read = paragraphs(data.replace(b"lang='en'", f"lang='{language}'".encode()))
    said = f"{marks[0]}We found the money at last.{marks[1]}"
    assert f"Ines Maro said: {said} She left by the door." in read


def test_quoted_twice_over() -> None:
    """A `<q>` in a `<q>` has inner marks; one whose marks the page writes itself gets none."""
    data = page(
        "She said: <q>He said <q>no</q> to us all.</q> Then: “<q>I will not go.</q>” She left us."
    )
    assert "She said: “He said ‘no’ to us all.” Then: “I will not go.” She left us." in paragraphs(
        data
    )


def test_a_time_beside_a_name_stands_apart() -> None:
    """Where styles alone part them: "00:03" and "Ann Berg" are two words."""
    data = page(f"{SENTENCE}</p><div><span>00:03</span><span>Ann Berg: I said so.</span></div><p>")
    tree = fromstring(data.decode())
    assert "00:03 Ann Berg: I said so." in [block.text for block in page_blocks(tree)]
