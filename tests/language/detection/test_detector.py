"""Which language a text is in: right for many, never another one for English, None when unsure."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.language.detection.detector import language_of
from extractor.language.languages import has_rules, language_name
from tests.support.languages import ENGLISH, TEXTS

ARTICLES = sorted((Path(__file__).parents[2] / "articles").glob("*.txt"))
LINES = [
    line for article in ARTICLES for line in article.read_text("utf-8").splitlines() if line.strip()
]
WORDS = sorted({word for line in LINES for word in re.findall(r"[A-Za-z]+", line)})
NAMES = [word for word in WORDS if word[0].isupper() and word.lower() not in WORDS]


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_a_paragraph_of_news(code: str) -> None:
    """Of a paragraph the language is told, close ones apart."""
    assert language_of(TEXTS[code]) == code
    assert language_name(code) != code
    assert not has_rules(code)


@pytest.mark.parametrize("code", ["de", "ru", "pl", "sr", "ar"])
def test_a_long_text(code: str) -> None:
    """Of a text of megabytes stretches are looked at, and say the same."""
    assert language_of(f"{TEXTS[code]}\n" * 3000) == code


@pytest.mark.parametrize("article", ARTICLES, ids=lambda path: path.stem)
def test_an_english_article(article: Path) -> None:
    """An English article is English, in capitals too."""
    text = article.read_text("utf-8")
    assert language_of(text) == language_of(text.upper()) == "en"


ENGLISH_LINES = st.lists(st.sampled_from(LINES), min_size=1, max_size=6).map("\n".join)
ENGLISH_WORDS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=60).map(" ".join)
ENGLISH_NAMES = st.lists(st.sampled_from(NAMES), min_size=1, max_size=80).map(" ".join)
TURNS = st.lists(
    st.tuples(st.sampled_from(["Q:", "A:", "MR. REED:", "THE CHAIR:"]), st.sampled_from(LINES)),
    min_size=1,
    max_size=5,
).map(lambda turns: "\n".join(f"{label} {line}" for label, line in turns))
MADE_ENGLISH = st.one_of(ENGLISH_LINES, ENGLISH_WORDS, ENGLISH_NAMES, TURNS)
FORMS = st.sampled_from([str, str.upper, str.title, str.lower])


@given(text=MADE_ENGLISH, form=FORMS, most=st.integers(1, 3000))
@settings(deadline=None)
def test_english_is_never_taken_for_another_language(text: str, form: object, most: int) -> None:
    """Lines, loose words, names, turns; in capitals, as headlines, cut anywhere: English or unsure.

    Names in small letters are left out: nobody prints them.
    """
    assert callable(form)
    if form is str.lower and text.istitle():
        form = str
    assert language_of(form(text)[:most]) in (None, "en")


@pytest.mark.parametrize("code", ["de", "fr", "ru", "zh", "sr"])
def test_a_foreign_paragraph_in_an_english_article(code: str) -> None:
    """An article of several English paragraphs and one in another language is not that one's."""
    for paragraphs in ([ENGLISH, ENGLISH, TEXTS[code]], [TEXTS[code], ENGLISH, ENGLISH]):
        assert language_of("\n\n".join(paragraphs)) in (None, "en")


@pytest.mark.parametrize("code", ["de", "fr", "pl", "ru", "ja"])
def test_an_english_quotation_in_a_foreign_article(code: str) -> None:
    """A few English words do not make a foreign article English."""
    assert language_of(f"{TEXTS[code]}\n\n“Stop the war!”\n\n{TEXTS[code]}") == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n",
        "12 34 56",
        "Ja.",
        "Hafen öffnet im Mai",
        "Müller, Schröder, Weiß, Jäger, Köhler, Böhm, Krüger, Schäfer, Vögel, Bauer, Groß, Lange,"
        " Hofmann, Schäuble, Lindner, Özdemir, Söder, Günther, Haseloff, Kretschmer, Weil",
        "https://example.org/artikel/der-hafen-wird-nicht-geoeffnet-und-die-fischer-warten-weiter"
        " @hafen_heute #hafen",
        "Washington imposed sanctions on Reed Bank, " * 60,
        "They met the senior former foreign " + "senior former foreign " * 100,
        "الرئيس قال " * 100,
        "a" * 3000,
        "\ud800\x00\x01" * 50,
        "。！？" * 50,
    ],
)  # fmt: skip
def test_unsure(text: str) -> None:
    """Too little, a list of names, addresses, a refrain: nothing is said."""
    assert language_of(text) is None


@given(st.text(max_size=400))
@settings(deadline=None)
def test_any_text(text: str) -> None:
    """Any text has a language that can be named, or none; nothing is raised."""
    found = language_of(text)
    assert found is None or (len(found) == 2 and language_name(found) != found)


SHORT = (
    "Gradska luka je zatvorena, rekla je gradonačelnica novinarima, radovi traju do kraja godine, a"
    " troškovi su veliki"
)


@pytest.mark.parametrize(
    ("declared", "expected"), [("hr-HR", "hr"), ("sr-Latn-RS", "sr"), ("bs", "bs")]
)
def test_a_page_says_which_of_the_close_ones(declared: str, expected: str) -> None:
    """Where the words leave a doubt between close languages, the page's own word counts."""
    assert language_of(SHORT, declared) == expected


def test_a_page_may_lie() -> None:
    """What a page names decides nothing else: templates in English hold any articles."""
    assert language_of(TEXTS["de"], "en-US") == "de"
    assert language_of(TEXTS["hr"], "sr") == "hr"
    assert language_of(ENGLISH, "de") == "en"
    assert language_of("Hafen öffnet im Mai", "de") is None
    assert language_of(TEXTS["sr"], "x" * 5000) == "sr"


def test_belarusian_in_latin_letters() -> None:
    """Łacinka is told by its ŭ; Esperanto, which has it too, is not taken for it."""
    text = (
        "Haradskija ŭłady adkłali adkryćcio portu na miesiac. «My jašče nie ŭsio adnavili»,"
        " skazała ŭ paniadziełak merka. Rybakam daviadziecca čakać jašče doŭha, bo pracy šmat."
    )
    assert language_of(text) == "be"
    esperanto = (
        "La urbo prokrastis la malfermon de la haveno per unu monato, ĉar ankoraŭ ne ĉiuj"
        " damaĝoj estas riparitaj. Hieraŭ la urbestrino diris, ke la fiŝkaptistoj devas atendi."
    )
    assert language_of(esperanto) in (None, "eo")
