"""A kind of one's own goes the whole way: schema, rules, prompt, check, audit, table and JSON.

It is defined in `tests/kinds/deadline.py` and nowhere else.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel

from extractor.answer.from_rules import answer_by_rules
from extractor.answer.model.asker import ModelAsker
from extractor.answer.model.narrow import narrow_questions
from extractor.answer.model.prompt import Prompts
from extractor.answer.model.whole import whole_questions
from extractor.answers import Answer
from extractor.check.audit import check
from extractor.fields import Name, Sentence, Verbatim
from extractor.find.inventory import Inventory, take_inventory
from extractor.kinds import all_kinds, register, unregister, with_candidates
from extractor.pipeline import extract
from extractor.read import article_from_text
from extractor.record import Usage, record_from_json, record_to_json
from extractor.schema.catalogue import Schema
from extractor.schema.shape import shape_of
from extractor.settings import Settings
from extractor.sheet.csvout import to_csv
from extractor.sheet.tables import tables
from tests.kinds.deadline import DEADLINE, Deadline

TEXT = (
    "Vera Lund promised on Monday to open the ferry terminal by March 3.\n\n"
    "The harbour board opened its books by Friday. Paul Ekberg said the bridge was late.\n\n"
    "Paul Ekberg pledged new timetables before Tuesday, and repairs by the end of 2031."
)
DATES = ["March 3", "Tuesday", "2031"]


class Promise(BaseModel):
    """A promise with a date."""

    deadline: Deadline
    by: Name | None
    verb: Verbatim | None
    limit: Literal["by", "before", "until"] | None
    evidence: Sentence


class Promises(BaseModel):
    """What somebody promises to do by when."""

    promises: list[Promise]


@pytest.fixture(autouse=True)
def registered() -> Iterator[None]:
    """Make deadlines known while a test runs."""
    register(DEADLINE)
    yield
    unregister("deadline")
    shape_of.cache_clear()


@pytest.fixture
def schema(tmp_path: Path) -> Schema:
    """The schema, as if it had been loaded from a file."""
    return Schema("promises", Promises, tmp_path / "promises.py", "0" * 64)


@pytest.fixture
def inventory() -> Inventory:
    """The article with its deadlines."""
    return with_candidates(take_inventory(article_from_text(TEXT)), shape_of(Promises).kinds)


def test_a_row_with_the_type_is_of_the_kind() -> None:
    """The schema is recognised, the kinds before it are asked first, its letter is taken."""
    (listed,) = shape_of(Promises).fields
    assert listed.row is not None
    assert listed.row.rests_on is DEADLINE
    assert shape_of(Promises).asks_for(DEADLINE)
    names = [kind.name for kind in all_kinds()]
    assert names.index("quotation") < names.index("deadline") < names.index("sentence")
    with pytest.raises(ValueError, match="needs `id"):
        register(
            type("Bare", (type(DEADLINE),), {"name": "bare", "letter": "B", "field": Verbatim})()
        )
    with pytest.raises(ValueError, match="capital letter, or another kind's"):
        register(type("Other", (type(DEADLINE),), {"name": "other", "letter": "Q"})())


def test_the_rules_fill_its_rows(schema: Schema) -> None:
    """Each deadline is found with who promises it; a date without a promise is none."""
    extraction = extract(article_from_text(TEXT), schema)
    rows = extraction.to_json()["record"]["promises"]
    assert [row["text"] for row in rows] == DATES
    assert [row["by"]["name"] for row in rows] == ["Vera Lund", "Paul Ekberg", "Paul Ekberg"]
    assert [row["verb"]["text"] for row in rows] == ["promised", "pledged", "pledged"]
    assert [row["limit"] for row in rows] == [row["bound"] for row in rows]
    assert [row["bound"] for row in rows] == ["by", "before", "by"]
    assert [TEXT[row["start"] : row["end"]] for row in rows] == DATES
    assert extraction.audit.used == 3
    assert not extraction.audit.unaccounted
    assert set(extraction.confidence.values()) == {0.8}


def test_a_model_is_asked_about_it(schema: Schema, inventory: Inventory) -> None:
    """Both plans show the ids, explain them, and let them be dismissed with the kind's reasons."""
    prompts, by_rules = Prompts(schema), answer_by_rules(inventory, Promises)
    settings = Settings(model="m", plan="whole")
    (whole,) = whole_questions(prompts, settings, inventory, by_rules, None)
    assert "by [D1: March 3]." in whole.question.user
    assert "deadline: id of a deadline (D…)" in whole.question.user
    assert "each D… is in a row or in dismissed" in whole.question.user
    assert (
        "D"
        in whole.question.schema["properties"]["dismissed"]["items"]["properties"]["id"]["pattern"]
    )
    narrow = narrow_questions(prompts, settings, inventory, by_rules, None)
    assert [one.about for one in narrow] == ["D1", "D2", "D3"]
    assert "a date of the past" in json.dumps(narrow[0].question.schema)
    assert "is not a deadline of the kind asked for" in narrow[0].question.user


def test_an_answer_is_checked_and_accounted_for(inventory: Inventory) -> None:
    """Wrong ids are refused in words; what is left is unaccounted, what is dismissed says why."""
    rows = [_row("D1", "P1"), _row("D9", "P1"), _row("D1", "P1")]
    checked = check(inventory, Promises, Answer({"promises": rows}, origin="model"))
    messages = [remark.message for remark in checked.warnings]
    assert "promises[1].deadline: there is no deadline D9 in this article" in messages
    assert any("says the same as promises[0]" in message for message in messages)
    items = checked.audit.unaccounted
    assert [(i.candidate, i.kind, i.text) for i in items] == [
        ("D2", "deadline", "Tuesday"),
        ("D3", "deadline", "2031"),
    ]
    assert checked.audit.used == 1


def test_what_a_model_leaves_is_filled_by_the_rules(schema: Schema) -> None:
    """A model's rows stand, the rest is the rules', marked; as for any other kind."""

    class Asker(ModelAsker):
        """Answers about one deadline."""

        async def ask(self, *_: Any) -> tuple[Answer, Usage]:
            """Return the answer, without asking anybody."""
            return Answer({"promises": [_row("D2", "P2")]}, origin="model"), Usage()

    settings = Settings(model="m", base_url="http://127.0.0.1:9/v1")
    extraction = extract(article_from_text(TEXT), schema, asker=Asker(settings))
    assert extraction.audit.filled_by_rules == ("promises[0]", "promises[2]")
    assert [row.deadline.text for row in extraction.record.promises] == DATES  # type: ignore[attr-defined]


def test_tables_and_json_know_it(schema: Schema) -> None:
    """It is a column with its place, a row's anchor, a cell of the CSV; JSON reads back."""
    extraction = extract(article_from_text(TEXT), schema)
    (table,) = tables(extraction)
    assert [row.anchor.text for row in table.rows if row.anchor] == [
        row["evidence"]["text"] for row in extraction.to_json()["record"]["promises"]
    ]
    assert [row.cells[0].items[0].spans[0].of(TEXT) for row in table.rows] == DATES
    assert "March 3" in to_csv([extraction])
    data = record_to_json(extraction.record)
    assert data["promises"][0]["bound"] == "by"
    assert record_to_json(record_from_json(Promises, data)) == data


def _row(deadline: str, by: str) -> dict[str, Any]:
    return {"deadline": deadline, "by": by, "verb": None, "limit": "by", "evidence": "S1"}
