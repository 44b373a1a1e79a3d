"""The annotated gold is sound and holds no text of the corpus."""

import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest

from schemas.sanction_terms import SanctionTerm

GOLD = Path(__file__).parent
FIELDS = SanctionTerm.model_fields
ACTIONS = set(get_args(FIELDS["action"].annotation))
STATUSES = set(get_args(FIELDS["status"].annotation))
KINDS = {"sample", "differed", "unsure", "agreed"}
DOC = re.compile(r"[a-z]+(?:-[a-z]+)*_\d{4}-\d\d-\d\d_[a-z0-9-]{1,40}")
UNITS_LONGEST = len("percentage points")


def records(name: str) -> list[dict[str, Any]]:
    """Read one file of the gold."""
    lines = (GOLD / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize("name", ["figures.jsonl", "sanctions.jsonl"])
def test_every_article_is_named_once_by_its_checksum(name: str) -> None:
    """Each article stands in a file once, with a whole checksum and a part that is not empty."""
    found = records(name)
    assert len({r["doc"] for r in found}) == len(found) >= 20
    for record in found:
        assert len(bytes.fromhex(record["sha256"])) == 32
        assert 0 <= record.get("from", 0) < record["until"]


def test_figures_are_ordered_and_hold_numbers_and_units_only() -> None:
    """Figures do not overlap, lie in the annotated part, and say a value or a bound."""
    for record in records("figures.jsonl"):
        end = record.get("from", 0)
        for figure in record["figures"]:
            assert end <= figure["start"] < figure["end"] <= record["until"]
            end = figure["end"]
            if figure.get("optional"):
                assert set(figure) == {"start", "end", "optional"}
                continue
            assert set(figure) == {"start", "end", "value", "low", "high", "unit"}
            numbers = [figure[key] for key in ("value", "low", "high")]
            assert any(n is not None for n in numbers)
            assert all(n is None or isinstance(n, float) for n in numbers)
            assert len(figure["unit"] or "") <= UNITS_LONGEST


def test_terms_hold_offsets_and_the_schemas_labels_only() -> None:
    """A term's trigger lies in its span and in the annotated part; labels are the schema's."""
    for record in records("sanctions.jsonl"):
        for term in record["terms"]:
            (first, last), (start, end) = term["span"], term["trigger"]
            assert record.get("from", 0) <= first <= start < end <= last <= record["until"]
            if term.get("optional"):
                continue
            assert set(term) == {"trigger", "span", "action", "status", "sender"}
            assert term["action"] in ACTIONS
            assert term["status"] in STATUSES
            assert term["sender"] == "none" or all(a < b for a, b in term["sender"])


def test_pronouns_hold_names_of_documents_numbers_and_kinds_only() -> None:
    """No label of a pronoun has a word of text in it: places, and one of four kinds."""
    docs = set()
    for record in records("pronouns.jsonl"):
        assert set(record) == {"doc", "sha256", "pronouns"}
        assert DOC.fullmatch(record["doc"])
        assert re.fullmatch("[0-9a-f]{64}", record["sha256"])
        docs.add(record["doc"])
        before = -1
        for label in record["pronouns"]:
            assert set(label) == {"at", "name", "kind"}
            assert label["kind"] in KINDS
            start, end = label["name"]
            assert {type(label["at"]), type(start), type(end)} == {int}
            assert before < label["at"]  # each pronoun once
            assert 0 <= start < end <= label["at"]
            assert end - start < 30  # a name, not a passage
            before = label["at"]
    assert len(docs) == len(records("pronouns.jsonl")) >= 400
