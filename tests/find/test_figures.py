"""Figures: what is one, its value and unit; what is none, and why."""

import re
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from extractor.article import Article, Paragraph
from extractor.find.candidates import Entity, FigureCandidate, Mention, NotAFigure
from extractor.find.figures.finder import find_figures
from extractor.language.tokens import tokenize
from extractor.language.word_classes import NUMBER
from extractor.text.spans import Span
from tests.support.effort import calls_of


def read(
    text: str, names: tuple[Entity, ...] = ()
) -> tuple[tuple[FigureCandidate, ...], tuple[NotAFigure, ...]]:
    article = Article(text, (Paragraph(0, Span(0, len(text)), "body"),), "-", "")
    tokens = tokenize(article.text)
    return find_figures(article, tokens, tokens.all_of(NUMBER), names)


def only(text: str) -> FigureCandidate:
    figures, _ = read(text)
    assert len(figures) == 1, [f.span.of(text) for f in figures]
    return figures[0]


VALUES = [
    # the sentence, the printed figure, its value, unit, kind
    ("The mine employs 412 miners.", "412", 412, None, "count"),
    ("The lake holds 1,227 species.", "1,227", 1227, None, "count"),
    ("It has 12 345 678 inhabitants.".replace(" ", "\u00a0"), "12\u00a0345\u00a0678", 12345678,
     None, "count"),
    ("The plan costs $100 billion.", "$100 billion", 1e11, "USD", "money"),
    ("A loan of €3.2bn was agreed.", "€3.2bn", 3.2e9, "EUR", "money"),
    ("It paid £40m for the yard.", "£40m", 4e7, "GBP", "money"),
    ("He was fined 5,000 rubles.", "5,000 rubles", 5000, "RUB", "money"),
    ("Aid of 100 million US dollars came.", "100 million US dollars", 1e8, "USD", "money"),
    ("A fund of US$5m opened.", "US$5m", 5e6, "USD", "money"),
    ("The dam cost Rs 500 crore.", "Rs 500 crore", 5e9, "INR", "money"),
    ("A ton costs 10 Canadian dollars.", "10 Canadian dollars", 10, "CAD", "money"),
    ("It lost 300 million Egyptian pounds.", "300 million Egyptian pounds", 3e8, "EGP", "money"),
    ("She lost 20 pounds on the march.", "20 pounds", 20, "lb", "measure"),
    ("The tower cost half a billion euros.", "half a billion euros", 5e8, "EUR", "money"),
    ("He wired millions of dollars abroad.", "millions of dollars", None, "USD", "money"),
    ("Turnout was 40%.", "40%", 40, "%", "percent"),
    ("Turnout was 40 percent.", "40 percent", 40, "%", "percent"),
    ("Turnout was 40.5 per cent.", "40.5 per cent", 40.5, "%", "percent"),
    ("It fell 3.5 percentage points.", "3.5 percentage points", 3.5, "percentage points",
     "percent"),
    ("Output fell -2.5% then.", "-2.5%", -2.5, "%", "percent"),
    ("It gained one-half of 1 percent.", "one-half of 1 percent", 0.5, "%", "percent"),
    ("The road runs 300 km north.", "300 km", 300, "km", "measure"),
    ("They shipped 25 tonnes.", "25 tonnes", 25, "tonnes", "measure"),
    ("It covers 40 square miles.", "40 square miles", 40, "square miles", "measure"),
    ("It was 38 degrees Celsius.", "38 degrees Celsius", 38, "°C", "measure"),
    ("He served for five years.", "five years", 5, "years", "duration"),
    ("A three-month truce began.", "three-month", 3, "months", "duration"),
    ("They waited half an hour.", "half an hour", 0.5, "hours", "duration"),
    ("They waited two and a half hours.", "two and a half hours", 2.5, "hours", "duration"),
    ("Nine of the released miners left.", "Nine", 9, None, "count"),
    ("Some crates held twenty-one rifles.", "twenty-one", 21, None, "count"),
    ("It took one hundred and twenty votes.", "one hundred and twenty", 120, None, "count"),
    ("It bought a dozen trucks.", "a dozen", 12, None, "count"),
    ("It bought two dozen trucks.", "two dozen", 24, None, "count"),
    ("It sold 2.5 million copies.", "2.5 million", 2.5e6, None, "count"),
    ("It sold two and a half million copies.", "two and a half million", 2.5e6, None, "count"),
    ("Half of the crew fled.", "Half", 0.5, "share", "percent"),
    ("Two-thirds of voters agreed.", "Two-thirds", 2 / 3, "share", "percent"),
    ("One in five homes lost power.", "One in five", 0.2, "share", "percent"),
    ("Two out of three homes lost power.", "Two out of three", 2 / 3, "share", "percent"),
    ("A third of the houses burned.", "A third", 1 / 3, "share", "percent"),
    ("A 12-member panel met.", "12", 12, None, "count"),
    ("One person was killed.", "One", 1, None, "count"),
    ("Officials counted 2000 people there.", "2000", 2000, None, "count"),
    ("In Kenya 300 people fled.", "300", 300, None, "count"),
    ("On Tuesday 40 people fled.", "40", 40, None, "count"),
    ("Kenya Frees 123 Prisoners", "123", 123, None, "count"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "printed", "value", "unit", "kind"), VALUES)
def test_value_unit_and_kind(
    text: str, printed: str, value: float | None, unit: str | None, kind: str
) -> None:
    """A figure's span is what is printed with its unit; value, unit and kind are read from it."""
    figure = only(text)
    assert figure.span.of(text) == printed
    assert figure.value == (pytest.approx(value) if value is not None else None)
    assert (figure.unit, figure.kind) == (unit, kind)


RANGES = [
    ("He could free up to 1,500 or 1,600 miners.", "1,500 or 1,600", 1500, 1600, None, True),
    ("It has between 20 and 30 ships.", "20 and 30", 20, 30, None, False),
    ("It needs 20-30 ships.", "20-30", 20, 30, None, False),
    ("It needs 20–30 ships.", "20–30", 20, 30, None, False),
    ("It will take two to three years.", "two to three years", 2, 3, "years", False),
    ("It will cost $2-3bn.", "$2-3bn", 2e9, 3e9, "USD", False),
    ("It will cost $2 million to $3 million.", "$2 million to $3 million", 2e6, 3e6, "USD", False),
    ("It costs $500,000 to $1 million.", "$500,000 to $1 million", 5e5, 1e6, "USD", False),
    ("It lost 17 or 18 percent.", "17 or 18 percent", 17, 18, "%", True),
    ("About four or five people stayed.", "four or five", 4, 5, None, True),
]


@pytest.mark.parametrize(("text", "printed", "low", "high", "unit", "approximate"), RANGES)
def test_a_range_is_one_figure(
    text: str, printed: str, low: float, high: float, unit: str | None, approximate: bool
) -> None:
    """A range has bounds and no value; the scale and unit of its end hold for both."""
    figure = only(text)
    assert figure.span.of(text) == printed
    assert (figure.value, figure.low, figure.high) == (None, low, high)
    assert (figure.unit, figure.approximate) == (unit, approximate)


@pytest.mark.parametrize(
    "text",
    [
        "The rate rose from 5% to 7%.",
        "He killed 5 soldiers and 6 guards.",
        "A fine of $500 or 30 days in jail.",
        "She lost the state, 36 percent to 51 percent.",
    ],
)
def test_two_figures_are_no_range(text: str) -> None:
    """A change, a list, an alternative of another kind and a result are two figures."""
    assert [f.value is not None for f in read(text)[0]] == [True, True]


QUALIFIED = [
    ("Around 1,000 miners stayed.", "Around", 1000, None, None),
    ("He slept beside nearly 40 people.", "nearly", 40, None, None),
    ("Some 300 people came.", "Some", 300, None, None),
    ("At least 12 people died.", "At least", 12, 12, None),
    ("More than 12 people died.", "More than", 12, 12, None),
    ("It seats up to 90 guests.", "up to", 90, None, 90),
    ("Fewer than 90 guests came.", "Fewer than", 90, None, 90),
    ("At least another 20 people came.", "At least", 20, 20, None),
    ("It holds 50 or so guests.", "or so", 50, None, None),
    ("It costs $5 or more.", "or more", 5, 5, None),
    ("Nearly 100-plus guests came.", "Nearly", 100, None, None),
    ("It holds 100-plus guests.", "plus", 100, 100, None),
]


@pytest.mark.parametrize(("text", "qualifier", "value", "low", "high"), QUALIFIED)
def test_qualifiers_loosen_and_bound(
    text: str, qualifier: str, value: float, low: float | None, high: float | None
) -> None:
    """Qualifying words make a figure approximate and bound it where they say so."""
    figure = only(text)
    assert figure.qualifier is not None
    assert figure.qualifier.of(text) == qualifier
    assert (figure.value, figure.low, figure.high, figure.approximate) == (value, low, high, True)


@pytest.mark.parametrize(
    ("text", "printed", "low"),
    [
        ("Dozens of people fled.", "Dozens", 24),
        ("Hundreds of thousands of people fled.", "Hundreds of thousands", 200_000),
        ("Several hundred people fled.", "Several hundred", 300),
        ("A few thousand people fled.", "A few thousand", 2000),
        ("Tens of thousands fled.", "Tens of thousands", 20_000),
        ("Scores of people fled.", "Scores", 40),
    ],
)
def test_vague_numbers_have_a_low_bound(text: str, printed: str, low: float) -> None:
    """A vague number has no value, only the least that its plural says."""
    figure = only(text)
    assert figure.span.of(text) == printed
    assert (figure.value, figure.low, figure.approximate) == (None, low, True)


@pytest.mark.parametrize(
    "text",
    ["They were arrested over two thefts.", "He asked about two thefts.", "Mine, not 3 of 4."],
)
def test_prepositions_do_not_qualify(text: str) -> None:
    """ "over" and "about" before a small count in words are prepositions."""
    assert all(not figure.approximate for figure in read(text)[0])


NOT_FIGURES = [
    ("It opened on 13 December 2025.", "13 December 2025", "date"),
    ("It opened on December 13, 2025, in rain.", "December 13, 2025", "date"),
    ("It opened on Dec. 13 in rain.", "Dec. 13", "date"),
    ("The 9/11 attacks changed it.", "9/11", "date"),
    ("It opened on 2025-12-13 in rain.", "2025-12-13", "date"),
    ("By Anna BergPostedFebruary 6, in rain.", "6", "date"),
    ("It opened five years ago.", "five years", "date"),
    ("It closed three days later.", "three days", "date"),
    ("It has stood since 2020.", "2020", "year"),
    ("The 2016 vote failed.", "2016", "year"),
    ("In the 1980s it rained.", "1980s", "year"),
    ("The 2014-15 season ended.", "2014-15", "year"),
    ("They met at 10:30 there.", "10:30", "time"),
    ("They met at 5 p.m. there.", "5 p.m.", "time"),
    ("They met at five o'clock.", "five o'clock", "time"),
    ("In the 21st century it rained.", "21st", "ordinal"),
    ("She came second there.", "second", "ordinal"),
    ("The third-largest bank failed.", "third", "ordinal"),
    ("It is the No. 1 bank.", "1", "ordinal"),
    ("A 43-year-old baker fled.", "43-year-old", "age"),
    ("Anna Berg, 58, fled.", "58", "age"),
    ("Anna Berg (58) fled.", "58", "age"),
    ("A boy aged 12 fled.", "12", "age"),
    ("Voters under 30 stayed home.", "30", "age"),
    ("She died at 92.", "92", "age"),
    ("The G-20 met.", "20", "name"),
    ("A Boeing 737 landed.", "737", "name"),
    ("It ran on Channel 4 then.", "4", "name"),
    ("Two years after COVID-19 struck.", "19", "name"),
    ("An F-16 crashed.", "16", "name"),
    ("He drove down Highway 61 alone.", "61", "name"),
    ("After World War II it rained.", "II", "name"),
    ("The Group of 20 meeting ended.", "20", "name"),
    ("They read Article 21 aloud.", "21", "section"),
    ("Section 230 protects sites.", "230", "section"),
    ("They cited Title IX today.", "IX", "section"),
    ("Call 555-010-1234 now.", "555-010-1234", "telephone"),
    ("She called 911 at once.", "911", "telephone"),
    ("Call 555-0142 for details.", "555-0142", "telephone"),
    ("Ring +44 20 7946 0018 by noon.", "44 20 7946 0018", "telephone"),
    ("Ring 020 7946 0018 by noon.", "020 7946 0018", "telephone"),
    ("Ring +33 1 42 68 53 00 by noon.", "33 1 42 68 53 00", "telephone"),
    ("Ring +1 (212) 555-0142 by noon.", "1 (212) 555-0142", "telephone"),
    ("It was a 3-2 win.", "3-2", "score"),
    ("They voted 52 to 48.", "52 to 48", "score"),
    ("It is open 24/7 there.", "24/7", "idiom"),
    ("It is one of the best.", "one", "idiom"),
    ("No one came.", "one", "idiom"),
    ("They helped one another.", "one", "idiom"),
    ("At one point it rained.", "one", "idiom"),
    ("It is a zero-sum game.", "zero", "idiom"),
    ("She lives at 10 Downing Street now.", "10", "name"),
    ("1. Wash the pan.", "1", "section"),
]


@pytest.mark.parametrize(("text", "printed", "reason"), NOT_FIGURES)
def test_numbers_that_count_nothing(text: str, printed: str, reason: str) -> None:
    """A number that is no figure is recorded with its reason."""
    _, others = read(text)
    assert (printed, reason) in [(o.span.of(text), o.reason) for o in others]
    assert not any(f.span.of(text) == printed for f in read(text)[0])


def test_a_number_inside_a_name_is_no_figure() -> None:
    """A mention of a name that holds a plain number makes it part of the name."""
    text = "The band Blink 182 fans came in 40 buses."
    start = text.index("Blink")
    mention = Mention("P1.1", Span(start, start + 14), "name")
    names = (Entity("P1", "Blink 182 fans", "other", (mention,)),)
    figures, others = read(text, names)
    assert [f.span.of(text) for f in figures] == ["40"]
    assert [(o.span.of(text), o.reason) for o in others] == [("182", "name")]


def test_figures_in_quotations_and_captions_count() -> None:
    """A figure is one wherever it stands."""
    text = 'She said: "We lost 40 houses." \n\nImage caption,\n\nThe 12 survivors at sea'
    assert [f.value for f in read(text)[0]] == [40, 12]


WORDS = st.sampled_from(
    "one two twenty hundred million dozen dozens half third of in and a between from to or ago $ € "
    "% percent km years - – , . : ( ) \n 5 12 1,000 3.5 2016 May Dec. 43-year-old people about up "
    "least at more than Boeing No. €3bn 3-2 9/11 II tens thousands ½ + −".split(" ")
)
JUNK = st.one_of(
    st.text(max_size=60),
    st.lists(WORDS, max_size=25).map(" ".join),
    st.lists(WORDS, max_size=25).map("".join),
)


@settings(max_examples=150, deadline=None)
@given(JUNK)
@example("²³ ١٢ ½½ 1" + "0" * 6000)
def test_spans_are_slices_in_order_and_apart(text: str) -> None:
    """On any text: no error; spans are non-empty slices, in order, and no two overlap."""
    figures, others = read(text)
    spans = sorted([f.span for f in figures] + [o.span for o in others])
    assert all(0 <= s.start < s.end <= len(text) for s in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert [f.span for f in figures] == sorted(f.span for f in figures)
    assert [f.id for f in figures] == [f"N{i + 1}" for i in range(len(figures))]
    for figure in figures:
        if figure.qualifier is not None:
            assert not figure.qualifier.overlaps(figure.span)
        if figure.low is not None and figure.high is not None:
            assert figure.low < figure.high


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 10**12), st.sampled_from(["", "$", "€"]), st.booleans())
def test_a_printed_number_reads_back(number: int, sign: str, grouped: bool) -> None:
    """A number printed with a currency or thousands marks is read as the same value."""
    printed = f"{number:,}" if grouped or not sign else str(number)
    text = f"The council spent {sign}{printed} tokens there."
    if not sign and not re.search(",", printed) and 1500 <= number <= 2100:
        return
    figure = only(text)
    assert figure.value == number
    assert figure.span.of(text) == sign + printed


def test_a_long_text_is_read_in_linear_time() -> None:
    """Eight times the text takes about eight times the calls: nothing looks back over all of it."""

    def calls(size: int) -> int:
        return calls_of(lambda: read("3 to 4 or one of 5-6 half a " * size))

    assert calls(1600) < 10 * calls(200)
