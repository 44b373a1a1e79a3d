"""What a figure counts, and who gives it."""

import hashlib
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.article import Article, Paragraph
from extractor.find.candidates import Mention
from extractor.find.inventory import Inventory, take_inventory
from extractor.rules.figures.counted import Counted, count
from extractor.text.spans import Span


def article(text: str) -> Article:
    paragraphs = tuple(
        Paragraph(index, Span(*match.span()), "body")
        for index, match in enumerate(re.finditer(r"[^\n]+", text))
    )
    return Article(text, paragraphs, "-", hashlib.sha256(text.encode()).hexdigest())


def counted(text: str) -> tuple[Inventory, list[Counted]]:
    inventory = take_inventory(article(text))
    answers = count(inventory)
    return inventory, [answers[figure.id] for figure in inventory.figures]


def phrases(text: str) -> list[str | None]:
    return [c.counts.of(text) if c.counts else None for c in counted(text)[1]]


COUNTS = [
    ("The mine employs 412 miners today.", ["miners"]),
    ("Around 1,000 remaining railway workers in Kenya could be laid off.",
     ["remaining railway workers in Kenya"]),
    ("Nine of the rescued sailors left for home.", ["rescued sailors"]),
    ("Nine of the rescued sailors left for home and 114 were taken to a camp.",
     ["rescued sailors", "rescued sailors"]),
    ("He put the number of missing children at 1,227 on Friday.", ["missing children"]),
    ("The number of missing children rose to 1,227.", ["missing children"]),
    ("The death toll rose to 45.", ["death toll"]),
    ("He could free up to 1,500 or 1,600 miners by May.", ["miners"]),
    ("She slept in a hall with nearly 40 people and a dog.", ["people"]),
    ("Unemployment rose by 5% in May.", ["Unemployment"]),
    ("The price of oil in Europe fell 3 percent.", ["price of oil in Europe"]),
    ("The poverty rate is 14.8 percent.", ["poverty rate"]),
    ("The court imposed a $5 million fine on them.", ["fine"]),
    ("The court imposed a fine of $5 million on them.", ["fine"]),
    ("The bridge cost $3bn to build.", ["bridge"]),
    ("They received $85,000 in loans.", ["loans"]),
    ("About 40% of voters stayed home.", ["voters"]),
    ("It bought a 40% stake.", ["stake"]),
    ("Half of the crew fled.", ["crew"]),
    ("One in five homes lost power.", ["homes"]),
    ("Thousands of people marched.", ["people"]),
    ("A 12-member panel met.", ["member"]),
    ("It won 44 of the 50 seats.", ["seats", "seats"]),
    ("He got a five-year sentence.", ["sentence"]),
    ("He was jailed for five years in prison.", ["prison"]),
    ("He got a sentence of five years.", ["sentence"]),
    ("He stayed for five years.", ["years"]),
    ("He gave a three hour interview.", ["interview"]),
    ("It allocated $26 million in funds last week.", ["funds"]),
    ("It won eight of the last nine contests.", ["contests", "contests"]),
    ("Most see a turnout of around 50 percent.", ["turnout"]),
    ("The blast left 14 people dead and 20 wounded.", ["people", "wounded"]),
    ("A crowd of 1,300 cheered.", ["crowd"]),
    ("Three taxes were postponed.", ["taxes"]),
    ("She made two earlier films.", ["earlier films"]),
    ("About 46 detainees fall under it.", ["detainees"]),
    ("Only 10 percent selected it.", [None]),
    ("It spent $900 million before May.", [None]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), COUNTS)
def test_what_is_counted(text: str, expected: list[str | None]) -> None:
    """The noun phrase that a figure counts is found where the press puts it, or not at all."""
    assert phrases(text) == expected


def test_an_unsure_answer_says_so() -> None:
    """Without an answer the confidence is low; a direct noun is surer than an elliptical one."""
    _, answers = counted("It spent $900 million before May. It has 12 ships and sold 3.")
    assert [a.confidence < 0.5 for a in answers] == [True, False, False]
    assert answers[1].confidence > answers[2].confidence


SOURCES = [
    ("Around 900 miners could leave, officials said.", "officials"),
    ("Officials said on Monday that 900 miners could leave.", "Officials"),
    ("Anna Berg told reporters that around 900 miners could leave.", "Anna Berg"),
    ("According to Anna Berg, 900 miners left.", "Anna Berg"),
    ("Some 900 miners left, according to Anna Berg.", "Anna Berg"),
    ("Anna Berg put the number of missing miners at 900.", "Anna Berg"),
    ("Anna Berg, a mine inspector, said 900 miners left.", "Anna Berg"),
    ('"We have seen 900 miners leave," Anna Berg said.', "Anna Berg"),
    ("Anna Berg left with 900 miners.", None),
    ("Anna Berg said in her first speech in three years.", None),
]


@pytest.mark.parametrize(("text", "source"), SOURCES)
def test_who_gives_it(text: str, source: str | None) -> None:
    """The source is the mention that speaks the quotation or the sentence of a figure."""
    inventory, answers = counted(text)
    (answer,) = answers
    found = inventory.by_id[answer.source] if answer.source else None
    assert isinstance(found, Mention | None)
    assert (found.span.of(text) if found else None) == source


SEED = {
    "bbc": [
        ("123", 123, "prisoners"),
        ("two", 2, "countries"),
        ("113", 113, "other prisoners"),
        ("Thousands", None, "people"),
        ("Hundreds", None, "people"),
        ("113", 113, "other prisoners"),
        ("113", 113, "other prisoners"),
    ],
    "reuters": [
        ("123", 123, "prisoners"),
        ("1,000", 1000, "remaining political prisoners in Belarus"),
        ("Nine", 9, "released prisoners"),
        ("114", 114, "released prisoners"),
        ("40", 40, "people"),
        ("Thousands", None, "people"),
        ("three years", 3, "years"),
        ("five years", 5, "years"),
        ("five years", 5, "years"),
        ("1,300 or 1,400", None, "prisoners"),
        ("1,227", 1227, "political prisoners"),
    ],
}


@pytest.mark.parametrize("name", SEED)
def test_the_shipped_articles(name: str) -> None:
    """Every figure of the shipped articles comes out with value and what it counts."""
    path = Path(__file__).parents[1] / "articles" / f"{name}-prisoners.txt"
    inventory, answers = counted(path.read_text(encoding="utf-8"))
    rows = [
        (inventory.text_of(f.span), f.value, inventory.text_of(a.counts) if a.counts else None)
        for f, a in zip(inventory.figures, answers, strict=True)
    ]
    assert rows == SEED[name]


def test_those_who_are_counted_do_not_count() -> None:
    """The people counted are not the source of the figure."""
    _, answers = counted("About 28 percent of voters said they would stay home.")
    assert answers[0].source is None


WORDS = st.sampled_from(
    "9 1,000 two half $5 40% of the in at to said according number officials people who and , . "
    "rose cost were a five-year Kenya \n “ ” years worth prison more dozens".split(" ")
)


@settings(max_examples=80, deadline=None)
@given(st.one_of(st.lists(WORDS, max_size=30).map(" ".join), st.text(max_size=60)))
def test_answers_are_slices_of_the_article(text: str) -> None:
    """On any text: every figure is answered, spans are non-empty slices apart from the number."""
    inventory, answers = counted(text)
    assert [a.figure for a in answers] == [f.id for f in inventory.figures]
    for answer in answers:
        assert 0 <= answer.confidence <= 1
        if answer.counts is not None:
            assert 0 <= answer.counts.start < answer.counts.end <= len(text)
            assert answer.counts.of(text).strip() == answer.counts.of(text)
        if answer.source is not None:
            assert isinstance(inventory.by_id[answer.source], Mention)
