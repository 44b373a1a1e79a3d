"""The rows of any schema's record as tables."""

import io
from enum import Enum

from pydantic import BaseModel, Field

from extractor.fields import Figure, Name, Place, Verbatim
from extractor.record import Audit
from extractor.sheet.csvout import to_csv
from extractor.sheet.html import to_html
from extractor.sheet.tables import amount, number, row_kinds, tables
from extractor.sheet.terminal import console_for, sheet_text
from tests.support.extractions import make_article, make_extraction, release


class Mood(Enum):
    """A choice."""

    CALM = "calm"


class Person(BaseModel):
    """Somebody."""

    name: str
    age: int | None = None


class Event(BaseModel):
    """Something that happened."""

    what: Verbatim
    person: Person | None = None
    people: list[Person] = []
    mood: Mood | None = None
    sure: bool = False


class Strike(BaseModel):
    """Another thing that happened."""

    what: Verbatim
    days: float


class Everything(BaseModel):
    """A schema of the user's own, with all that a schema may have."""

    events: list[Event | Strike]
    places: list[Name] = []
    main: Event | None = None
    topic: str = ""
    from_: str = Field("", alias="from")


def _everything() -> BaseModel:
    return Everything.model_validate(
        {
            "events": [
                Event(
                    what=Verbatim("fire", 0, 4),
                    person=Person(name="Ann", age=3),
                    people=[Person(name="Bo"), Person(name="Cy", age=9)],
                    mood=Mood.CALM,
                    sure=True,
                ),
                Strike(what=Verbatim("ice", 5, 8), days=2.5),
            ],
            "places": [Name("Norvia", "place", Place("it", 1, 3))],
            "topic": "weather",
            "from": "here",
        }
    )


def test_every_row_kind_is_a_table_in_the_order_of_the_schema() -> None:
    """The shipped schema's four kinds come out with all their rows."""
    found = {table.kind: len(table.rows) for table in tables(release())}
    assert found == {"releases": 1, "quotes": 4, "figures": 2, "sanction_terms": 2}


def test_a_users_schema_loses_nothing() -> None:
    """Unions, nested models, lists of values, aliases and loose fields each have their cell."""
    extraction = make_extraction(
        make_article("fire ice"), _everything(), audit=Audit(own_words=("record.topic",))
    )
    found = {table.kind: table for table in tables(extraction)}
    assert list(found) == ["events", "places", "main", "record"]
    cells = [
        {
            column.name: cell.text
            for column, cell in zip(found["events"].columns, row.cells, strict=True)
        }
        for row in found["events"].rows
    ]
    assert cells[0] == {
        "what": "fire",
        "days": "",
        "person.name": "Ann",
        "person.age": "3",
        "people": "name: Bo; name: Cy, age: 9",
        "mood": "calm",
        "sure": "yes",
    }
    assert (cells[1]["what"], cells[1]["days"]) == ("ice", "2.5")
    assert found["places"].rows[0].cells[0].items[0].mention == "it"
    assert found["main"].rows == ()
    assert [cell.text for cell in found["record"].rows[0].cells] == ["weather", "here"]


def test_rows_carry_their_paths_so_that_audit_and_confidence_find_them() -> None:
    """The row that is unsure by path is the one that is marked."""
    quotes = tables(release())[1]
    assert [row.confidence for row in quotes.rows] == [None, 0.3, None, None]
    assert quotes.rows[1].path == "quotes[1]"


def test_own_words_are_marked_by_path() -> None:
    """A plain text field that the audit calls the model's own words says so in its cell."""
    extraction = make_extraction(
        make_article("fire ice"), _everything(), audit=Audit(own_words=("events[0].person.name",))
    )
    events = tables(extraction)[0]
    marked = [
        column.name
        for column, cell in zip(events.columns, events.rows[0].cells, strict=True)
        if cell.own_words
    ]
    assert marked == ["person.name"]


def test_a_row_rests_on_its_most_exact_value() -> None:
    """Quotations before names, evidence before phrases, whatever the order of the fields."""
    roles = {t.kind: {r.anchor.role for r in t.rows if r.anchor} for t in tables(release())}
    assert roles == {
        "releases": {"sentence"},
        "quotes": {"quotation"},
        "figures": {"figure"},
        "sanction_terms": {"sentence"},
    }


class _Promise(Verbatim):
    """A type of field of one's own, with a role that no form knows."""

    role = "promise"


class _Made(BaseModel):
    note: str
    promise: _Promise


class _AllMade(BaseModel):
    made: list[_Made]


def test_a_role_that_no_form_knows_is_shown_everywhere() -> None:
    """Rows rest on it, and every form shows its words."""
    record = _AllMade(made=[_Made(note="n", promise=_Promise("fire", 0, 4))])
    extraction = make_extraction(make_article("fire ice"), record)
    (table,) = tables(extraction)
    assert table.rows[0].anchor == table.rows[0].cells[1].items[0]
    assert table.rows[0].anchor.role == "promise"
    assert ",fire,0,4," in to_csv([extraction])
    assert "fire" in sheet_text(extraction, console_for(io.StringIO(), 60))
    assert '<a class="hl promise" href="#a1-k1-r1"' in to_html([extraction])


def test_columns_follow_a_recursive_model_once() -> None:
    """A model that holds itself does not send the columns into a loop."""

    class Node(BaseModel):
        name: str
        child: "Node | None" = None

    class Tree(BaseModel):
        nodes: list[Node]

    Node.model_rebuild(_types_namespace={"Node": Node})
    assert [column.name for column in row_kinds(Tree)["nodes"]] == ["name", "child"]
    record = Tree(nodes=[Node(name="a", child=Node(name="b"))])
    (table,) = tables(make_extraction(make_article("text"), record))
    assert [cell.text for cell in table.rows[0].cells] == ["a", "name: b"]


def test_amounts_read_as_people_write_them() -> None:
    """Values, ranges, bounds and approximations are told apart."""
    assert amount(Figure("1,227", 0, 5, 1227.0)) == "1,227"
    assert amount(Figure("x", 0, 1, None, 1300.0, 1400.0)) == "1,300–1,400"
    assert amount(Figure("x", 0, 1, None, None, 50.0, "km")) == "≤ 50 km"
    assert amount(Figure("x", 0, 1, None, 50.0)) == "≥ 50"
    assert amount(Figure("x", 0, 1, 40.0, approximate=True)) == "≈ 40"
    assert amount(Figure("x", 0, 1)) == ""
    assert number(0.1) == "0.1"
    assert number(float("inf")) == "inf"
