"""What is reported, in quotation marks or not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.find.candidates import AttributionCandidate
from extractor.find.inventory import Inventory, take_inventory
from extractor.read import article_from_text
from extractor.rules.attribution.reported_speech import read_reports

CAST = "Finance Minister Ruth Okafor met union leader Tom Brandt in Lagos on Monday.\n\n"


def read(text: str) -> tuple[Inventory, tuple[AttributionCandidate, ...]]:
    inventory = take_inventory(article_from_text(text, source="test"))
    return inventory, read_reports(inventory)


def shown(inventory: Inventory, report: AttributionCandidate) -> tuple[str | None, str, list[str]]:
    source = inventory.by_id[report.source.partition(".")[0]] if report.source else None
    content = [inventory.text_of(span) for span in report.content]
    return getattr(source, "name", None), report.kind, content


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "Okafor said that wages would not rise this year.",
            ("Ruth Okafor", "indirect", ["that wages would not rise this year"]),
        ),
        (
            "Wages would not rise this year, Okafor said.",
            ("Ruth Okafor", "indirect", ["Wages would not rise this year"]),
        ),
        (
            "According to Brandt, nobody in the union was asked.",
            ("Tom Brandt", "indirect", ["nobody in the union was asked"]),
        ),
        (
            "Brandt told reporters that the strike would go on.",
            ("Tom Brandt", "indirect", ["that the strike would go on"]),
        ),
        (
            'Brandt called the plan "a bad joke" on Monday.',
            ("Tom Brandt", "mixed", ['the plan "a bad joke" on Monday']),
        ),
        (
            '"Nobody was asked," Brandt said. "We will strike."',
            ("Tom Brandt", "direct", ["Nobody was asked", "We will strike."]),
        ),
    ],
)
def test_source_kind_and_content_of_a_report(sentence: str, expected: tuple[str, str, list[str]]):
    """Paraphrase and quotation alike: who, and exactly which words."""
    inventory, reports = read(CAST + sentence)
    assert expected in [shown(inventory, report) for report in reports]


def test_a_sentence_without_a_cue_reports_nothing():
    """What the reporter writes in his own words is nobody's statement."""
    _, reports = read("The harbour was closed for two days. Three ships waited outside it.")
    assert reports == ()


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["Ann Lee", "said", "that", "it rained", ",", ".", '"No,"', "according to", "\n\n"]
        ),
        max_size=30,
    ).map(" ".join)
)
def test_every_report_is_a_slice_with_a_source_that_exists(text: str):
    """Contents are never empty, in the text, in order; sources and quotations have ids."""
    inventory, reports = read(text)
    for report in reports:
        assert report.content
        assert list(report.content) == sorted(report.content)
        for span in report.content:
            assert 0 <= span.start < span.end <= len(text)
        assert report.source is None or report.source in inventory.by_id
        assert all(name in inventory.by_id for name in report.quotations)
