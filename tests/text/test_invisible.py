"""Characters without a width: they cut no word, no name and no quotation."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.find.inventory import take_inventory
from extractor.language.tokens import tokenize, tokens_as_seen
from extractor.read import article_from_text, read_bytes
from extractor.text.invisible import seen_through, without_invisible

INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u202a\u202c\u2066\u2069\u180e\u034f"
STORY = (
    "The boat to Kestrel Island will sail again, the ministry said on Monday.\n\n"
    "“We found the money at last,” said Ines Marowitz, the minister.\n\n"
    "“It stays for ten years,” Marowitz told the paper on Tuesday.\n"
)
PAGE = "<!doctype html><html><head><meta charset=utf-8></head><body><main>{}</main></body></html>"
dirt = st.lists(
    st.tuples(st.integers(0, len(STORY)), st.sampled_from(INVISIBLE)), min_size=1, max_size=40
)


def dirtied(places: list[tuple[int, str]]) -> str:
    """Return the story with invisible characters at these places between two letters."""
    text = STORY
    for at, character in sorted(places, reverse=True):
        if text[max(0, at - 1) : at].isalpha() and text[at : at + 1].isalpha():
            text = text[:at] + character + text[at:]
    return text


@settings(max_examples=60, deadline=None)
@given(dirt)
def test_invisible_characters_in_words_change_nothing_of_a_page(
    places: list[tuple[int, str]],
) -> None:
    """A page is read as if they were not there."""
    paragraphs = [f"<p>{p}</p>" for p in dirtied(places).strip().split("\n\n")]
    assert read_bytes(PAGE.format("".join(paragraphs)).encode(), "a.html").text == STORY.strip()


@settings(max_examples=60, deadline=None)
@given(dirt)
def test_a_given_text_is_kept_and_seen_through(places: list[tuple[int, str]]) -> None:
    """A text that is given is not changed; its words, names and quotations are as without them."""
    text = dirtied(places)
    article = article_from_text(text)
    assert article.text == text
    assert read_bytes(text.encode(), "story.txt").text == text
    plain = take_inventory(article_from_text(STORY))
    found = take_inventory(article)
    quoted = [without_invisible(q.text(text)) for q in found.quotations]
    assert quoted == [q.text(STORY) for q in plain.quotations]
    sentences = [without_invisible(s.span.of(text)) for s in found.sentences]
    assert sentences == [s.span.of(STORY) for s in plain.sentences]
    names = [without_invisible(e.name).removeprefix("the ") for e in found.names]
    assert names == [e.name for e in plain.names]


@given(st.text(alphabet=st.sampled_from("abc .,“”éü\u0301\u0308" + INVISIBLE), max_size=60))
def test_tokens_are_those_of_the_text_that_is_seen(text: str) -> None:
    """Each token stands where its letters stand, whatever is between them."""
    through = seen_through(text)
    plain = through.text if through else text
    tokens, expected = tokens_as_seen(text), tokenize(plain)
    assert tokens.text == expected.text
    for word, start, end in zip(tokens.text, tokens.start, tokens.end, strict=True):
        inside = text[start:end]
        seen = seen_through(inside)
        assert (seen.text if seen else inside) in (word, inside)


@pytest.mark.parametrize(
    "name", ["José Müller", "Ọláyínká Adébáyọ̀", "Ẹ́bùn Ṣọlá", "Jānis Bērziņš", "Nguyễn Văn Lộc"]
)
def test_accents_of_a_given_text_cut_no_name(name: str) -> None:
    """Letters whose accents are characters of their own, in whatever order, are letters."""
    for form in ("NFC", "NFD"):
        text = unicodedata.normalize(form, f"“We found it,” said {name}, the minister, on Monday.")
        article = article_from_text(text)
        assert article.text == text
        assert unicodedata.normalize(form, name) in [e.name for e in take_inventory(article).names]


@pytest.mark.parametrize(
    "text",
    [
        "می‌خواهم به خانه بروم",  # Persian: the non-joiner divides a prefix from its verb
        "क्‍ष और क्‌ष",  # Hindi: joiners choose the form of the letters
        "👩‍👧 and 🏴‍☠️",  # emoji that are joined
        "l’été, 100 %, 5 km",  # a no-break space has a width
        "הוא אמר", "x̄ is a mean",  # no letter with that accent
    ],
)  # fmt: skip
def test_what_is_a_letter_stays(text: str) -> None:
    """Joiners stay where they change letters, and so does everything that is seen."""
    assert without_invisible(text) == text


def test_accents_apart_from_their_letters_are_put_on_them() -> None:
    """On a page, a name whose accents are characters of their own is the same name."""
    name = unicodedata.normalize("NFD", "José Müllér")
    assert without_invisible(name) == "José Müllér"
    page = PAGE.format(f"<p>“We are ready,” said {name}, who was there on Monday.</p>")
    article = read_bytes(page.encode(), "a.html")
    assert "José Müllér" in article.text


def test_entities_of_a_page_are_seen_through() -> None:
    """What a page writes as an entity is taken out as the character would be."""
    page = PAGE.format(
        "<h1>Mar&shy;o&shy;witz finds mo&#8203;ney</h1><p>“We found the mo&shy;ney at last,” said "
        "Ines Mar&shy;o&zwnj;witz, the minister, on a cold Monday.</p>"
    )
    article = read_bytes(page.encode(), "page.html")
    assert article.title == "Marowitz finds money"
    assert "said Ines Marowitz, the minister" in article.text
