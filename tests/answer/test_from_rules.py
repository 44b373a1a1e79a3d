"""The rules fill any schema by its field types and names, and say what they leave empty."""

from enum import Enum
from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field

from extractor.answer.from_rules import answer_by_rules
from extractor.answers import Answer
from extractor.check.audit import check
from extractor.fields import Figure, Name, Quotation, Sentence, Verbatim
from extractor.find.inventory import Inventory
from extractor.kinds import facts
from extractor.record import record_to_json
from extractor.rules.attribution.speakers import SpeakerAttribution
from extractor.rules.figures import counted as counted_module
from extractor.rules.figures.counted import Counted
from extractor.rules.releases import statements as statements_module
from extractor.rules.releases.statements import ReleaseStatement
from extractor.rules.sanctions import terms as terms_module
from extractor.rules.sanctions.terms import Term
from extractor.schema.catalogue import load_schema
from extractor.schema.synonyms import choose
from tests.support.inventory import TEXT, at, inventory


@pytest.fixture
def handmade(monkeypatch: pytest.MonkeyPatch) -> Inventory:
    """The article made by hand, with readers that know it by heart."""
    said = {
        "Q1": SpeakerAttribution("Q1", "P1.1", None, at("said"), "direct", 0.9, "x"),
        "Q2": SpeakerAttribution("Q2", "P1.2", "P3.1", at("added"), "fragment", 0.7, "x"),
        "Q3": SpeakerAttribution("Q3", None, None, None, "fragment", 0.1, "x", "title"),
    }
    counted = {
        "N1": Counted("N1", at("prisoners"), "P1.1", 0.8),
        "N2": Counted("N2", at("political prisoners"), "P1.3", 0.8),
        "N3": Counted("N3", at("political prisoners", 1), None, 0.5),
        "N4": Counted("N4", at("monks"), None, 0.6),
    }
    terms = [
        Term(
            "T2",
            "S3",
            "lift",
            "agreed",
            ("P2.1",),
            (at("timber", 1),),
            at("export ban on timber"),
            at("if the prisoners are freed"),
            None,
            0.8,
        ),
    ]
    releases = [
        ReleaseStatement("S7", (at("nine monks"),), "N4", "P2.3", None, (), None, None, 0.6)
    ]
    monkeypatch.setattr(facts, "attribute", lambda *_: said)
    monkeypatch.setattr(facts, "why_no_quotation", lambda *_: None)
    monkeypatch.setattr(counted_module, "count", lambda *_: counted)
    monkeypatch.setattr(terms_module, "read_terms", lambda *_: terms)
    monkeypatch.setattr(statements_module, "read_releases", lambda *_: releases)
    return inventory()


def filled(handmade: Inventory, model: type[BaseModel]) -> tuple[Any, Answer]:
    """Return the checked record as JSON data, and the answer."""
    answer = answer_by_rules(handmade, model)
    return record_to_json(check(handmade, model, answer).record), answer


def test_the_shipped_schemas_are_filled_whole(handmade: Inventory) -> None:
    """Every field of the event schema that the readers know is there, and nothing is left out."""
    data, answer = filled(handmade, load_schema("release_event").model)
    assert answer.warnings == []
    assert [(d.candidate, d.reason) for d in answer.dismissed] == [("Q3", "title")]
    first, second = data["quotes"]
    assert (first["speaker"]["name"], first["via"], first["kind"]) == ("Ana Ruiz", None, "direct")
    assert second["speaker"]["mention"]["text"] == "she"
    assert second["via"]["name"] == "Ben Okoro"
    assert [row["counts"]["text"] for row in data["figures"]] == [
        "prisoners",
        "political prisoners",
        "political prisoners",
        "monks",
    ]
    (term,) = data["sanction_terms"]
    assert (term["action"], term["status"], term["sender"][0]["name"]) == (
        "lift",
        "agreed",
        "Veldavia",
    )
    assert term["condition"]["text"] == "if the prisoners are freed"
    (release,) = data["releases"]
    assert release["count"]["value"] == 9.0
    assert (release["by"]["name"], release["from"], release["to"]) == ("Veldavia", None, [])


def test_confidence_is_known_by_candidate(handmade: Inventory) -> None:
    """Rows on sentences are told apart by their list."""
    answer = answer_by_rules(handmade, load_schema("release_event").model)
    assert answer.confidence == {
        "Q1": 0.9,
        "Q2": 0.7,
        "N1": 0.8,
        "N2": 0.8,
        "N3": 0.5,
        "N4": 0.6,
        "sanction_terms:S3": 0.8,
        "releases:S7": 0.6,
    }


def test_plain_text_fields_take_the_articles_words(handmade: Inventory) -> None:
    """A schema of `str` fields gets names and words; what is unknown is "" and named once."""

    class Row(BaseModel):
        quote: Quotation
        said_by: str
        wording: str
        topic: str
        note: str | None = None

    class Sheet(BaseModel):
        headline: str
        published: str | None
        url: str
        verdict: str
        rows: list[Row]
        ideas: list[str]

    data, answer = filled(handmade, Sheet)
    assert (data["headline"], data["published"], data["url"]) == ("Timber", "2025-03-04", "")
    assert [(r["said_by"], r["topic"], r["note"]) for r in data["rows"]] == [
        ("Ana Ruiz", "", None)
    ] * 2
    assert data["rows"][0]["wording"] == "We will not lift the sanctions on timber,"
    (warning,) = answer.warnings
    assert warning.code == "left_empty"
    for path in ("verdict", "ideas", "rows[].topic", "rows[].note"):
        assert path in warning.message
    assert "said_by" not in warning.message


def test_synonyms_and_types_decide(handmade: Inventory) -> None:
    """Names of fields differ, their types too: the value comes in the type that is asked for."""

    class Kind(Enum):
        full = "full"
        partial = "partial"

    class Said(BaseModel):
        words: Quotation
        voice: Name | None = None
        addressee: Name | None = None
        form: Kind
        context: Sentence | None = None
        tone: Literal["calm", "angry", "unknown"]

    class Number(BaseModel):
        amount: Figure
        thing: str | None = None
        according_to: list[Name] = []
        value: float | None = None
        rounded: bool = False
        evidence: Sentence

    class Restriction(BaseModel):
        where: Sentence
        act: Literal["impose", "remove", "keep"]
        imposed_by: list[str]
        restriction: str
        unless: Verbatim | None = None

    class Sheet(BaseModel):
        class Part(BaseModel):
            said: list[Said]
            numbers: list[Number]

        part: Part
        restrictions: list[Restriction]

    data, answer = filled(handmade, Sheet)
    said = data["part"]["said"]
    assert [row["form"] for row in said] == ["full", "partial"]
    assert [row["voice"]["name"] for row in said] == ["Ana Ruiz"] * 2
    assert {row["tone"] for row in said} == {"unknown"}
    assert said[0]["addressee"] is None
    assert said[0]["context"]["start"] == 0
    number = data["part"]["numbers"][1]
    assert (number["thing"], number["value"], number["rounded"]) == (
        "political prisoners",
        40,
        True,
    )
    assert number["according_to"][0]["mention"]["text"] == "Ruiz"
    assert number["evidence"]["text"].startswith("Around 40")
    (term,) = data["restrictions"]
    assert (term["act"], term["imposed_by"], term["restriction"]) == (
        "remove",
        ["Veldavia"],
        "export ban on timber",
    )
    assert "part.said[].addressee" in answer.warnings[0].message


def test_plain_lists_get_everything(handmade: Inventory) -> None:
    """A list of quotations, figures, names or sentences holds all of them; kinds by name."""

    class Sheet(BaseModel):
        quotations: list[Quotation]
        figures: list[Figure]
        people: list[Name]
        places: list[Name]
        speakers: list[Name]
        everyone: list[Name]
        sentences: list[Sentence]

    answer = answer_by_rules(handmade, Sheet).data
    assert answer == {
        "quotations": ["Q1", "Q2"],
        "figures": ["N1", "N2", "N3", "N4"],
        "people": ["P1", "P3"],
        "places": ["P2"],
        "speakers": ["P1"],
        "everyone": ["P1", "P2", "P3"],
        "sentences": [f"S{n}" for n in range(1, 8)],
    }


def test_rows_of_names_hold_their_quotations(handmade: Inventory) -> None:
    """A row on a name gets its role, and the quotations of that speaker."""

    class Voice(BaseModel):
        name: Name
        title: str | None = None
        quotes: list[Quotation]

    class Voices(BaseModel):
        voices: list[Voice]

    answer = answer_by_rules(handmade, Voices)
    assert answer.data["voices"] == [{"name": "P1", "title": "Minister", "quotes": ["Q1", "Q2"]}]
    audit = check(handmade, Voices, answer).audit
    assert (audit.used, len(audit.dismissed), audit.unaccounted) == (2, 1, ())


def test_only_what_the_schema_asks_for_is_dismissed(handmade: Inventory) -> None:
    """Who gives a figure needs the attributions; the title among the quotations is nobody's row."""

    class Count(BaseModel):
        figure: Figure
        source: Name | None

    class Counts(BaseModel):
        counts: list[Count]

    class CountsAndQuotes(BaseModel):
        counts: list[Count]
        quotes: list[Quotation]

    assert answer_by_rules(handmade, Counts).dismissed == []
    dismissed = answer_by_rules(handmade, CountsAndQuotes).dismissed
    assert [d.candidate for d in dismissed] == ["Q3"]


def test_required_values_that_are_not_known_stay_empty(handmade: Inventory) -> None:
    """No value is guessed: a required choice or name is null, its row stays, and it is said."""

    class Row(BaseModel):
        quotation: Quotation
        kind: Literal["direct", "fragment"]
        mood: Literal["good", "bad"]
        target: Name
        stars: int = Field(ge=1)

    class Sheet(BaseModel):
        rows: list[Row]

    data, answer = filled(handmade, Sheet)
    assert [(r["mood"], r["target"], r["stars"]) for r in data["rows"]] == [(None, None, None)] * 2
    assert data["rows"][0]["kind"] == "direct"
    checked = check(handmade, Sheet, answer)
    told = [r.message for r in checked.warnings if r.code == "empty_required"]
    assert told[0] == "rows[].mood is required and empty in rows[0], rows[1]"
    assert len(told) == 3


def test_rows_that_rest_on_nothing_known_are_left_empty(handmade: Inventory) -> None:
    """Rows of plain text, or on sentences of another subject, are for a model."""

    class Event(BaseModel):
        evidence: Sentence
        mood: str

    class Idea(BaseModel):
        text: str

    class Sheet(BaseModel):
        events: list[Event]
        ideas: list[Idea]

    data, answer = filled(handmade, Sheet)
    assert data == {"events": [], "ideas": []}
    assert "events[], ideas[]" in answer.warnings[0].message


def test_nested_quotations_of_the_same_speaker_are_dismissed(
    handmade: Inventory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Words quoted inside a quotation are a row only if somebody else said them."""
    from dataclasses import replace

    inner = replace(handmade.quotations[1], parent="Q1", half_of=None)
    nested = replace(handmade, quotations=(handmade.quotations[0], inner))
    said = facts.attribute(handmade)
    quotes = load_schema("quotes").model
    for speaker, reasons in (("P1.3", ["nested"]), (None, ["nested"]), ("P3.1", [])):
        table = {"Q1": said["Q1"], "Q2": replace(said["Q2"], speaker=speaker)}
        monkeypatch.setattr(facts, "attribute", lambda *_, table=table: table)
        answer = answer_by_rules(nested, quotes)
        assert [d.reason for d in answer.dismissed] == reasons
        assert len(answer.data["quotes"]) == 2 - len(reasons)


def test_a_model_inside_itself_does_not_hang(handmade: Inventory) -> None:
    """A recursive schema is filled as far as its first level."""
    assert answer_by_rules(handmade, Tree).data["rows"][0]["quotation"] == "Q1"


class Tree(BaseModel):
    """A schema that holds itself."""

    class Row(BaseModel):
        quotation: Quotation
        speaker: Name | None = None

    rows: list[Row]
    children: list["Tree"] = []


@pytest.mark.parametrize(
    ("word", "choices", "chosen"),
    [
        ("direct", ["direct", "fragment"], "direct"),
        ("fragment", ["full", "partial"], "partial"),
        ("body", ["PERSON", "ORG"], "ORG"),
        ("in_force", ["in-force", "past"], "in-force"),
        ("lift", ["impose", "end"], "end"),
        ("lift", ["impose", "keep"], None),
        ("lift", ["impose", "unknown"], "unknown"),
        (None, ["a", "b"], None),
        (None, ["a", "unclear"], "unclear"),
    ],
)
def test_choices_are_allowed_ones_or_none(
    word: str | None, choices: list[str], chosen: str | None
) -> None:
    """A choice is taken by meaning, never made up."""
    assert choose(word, choices) == chosen


def test_words_stand_where_they_are_said_to(handmade: Inventory) -> None:
    """Every phrase of the rules carries its true place."""
    for rows in answer_by_rules(handmade, load_schema("release_event").model).data.values():
        for row in rows:
            for value in row.values():
                for item in value if isinstance(value, list) else [value]:
                    if isinstance(item, Verbatim):
                        assert TEXT[item.start : item.end] == item.text
