"""Turns in the review: each is a claim that can be changed, published and brought back."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from extractor.pipeline import extract
from extractor.read import article_from_text
from extractor.review.bring_back.bring_back import bring_back
from extractor.review.decide.decisions import decide
from extractor.review.desk import Desk
from extractor.review.publish.publish import Form, publish
from extractor.review.queue import Filter, all_claims
from extractor.review.sync.sync import sync
from extractor.schema.catalogue import load_schema
from tests.support.stores import fill
from tests.support.transcripts import TRANSCRIPTS

EVERY = Filter(status=("open", "accepted", "corrected", "rejected", "later"))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A store with one interview, extracted by the rules; nothing is decided."""
    text = (TRANSCRIPTS / "interview.txt").read_text(encoding="utf-8")
    schema = load_schema("quotes")
    fill(tmp_path / "run", [extract(article_from_text(text, "interview.txt"), schema)],
         schema=schema)  # fmt: skip
    with Desk(tmp_path / "run") as found:
        sync(found)
        yield found


def test_every_turn_is_a_claim(desk: Desk) -> None:
    """Turns are claims of the list `quotes`, with their kind and what was said."""
    turns = [claim for claim in all_claims(desk) if claim.row["kind"] == "turn"]
    assert len(turns) == 6
    assert turns[1].row["text"].startswith("I have been called worse.")
    assert turns[1].row["speaker"]["name"] == "Amina Diallo"
    assert len(turns[1].row["spans"]) == 2


def test_a_published_turn_comes_back_unchanged(desk: Desk, tmp_path: Path) -> None:
    """A sheet with turns that nobody has edited changes nothing; an edited speaker does."""
    path = tmp_path / "sheet.csv"
    publish(desk, EVERY, "csv", path, with_open=True)
    assert "turn" in path.read_text(encoding="utf-8")
    assert bring_back(desk, path, "ana").decisions == 0
    with path.open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.reader(opened))
    speaker = rows[0].index("speaker")
    at = next(n for n, row in enumerate(rows) if "The dockers say" in "".join(row))
    rows[at][speaker] = "Amina Diallo"
    with path.open("w", encoding="utf-8-sig", newline="") as opened:
        csv.writer(opened).writerows(rows)
    assert bring_back(desk, path, "ana").decisions == 1


@pytest.mark.parametrize("form", ["html", "jsonl", "w3c", "label-studio"])
def test_turns_are_published_in_every_form(desk: Desk, tmp_path: Path, form: Form) -> None:
    """An accepted turn is in the file, with its words."""
    for claim in all_claims(desk):
        decide(desk, claim.id, reviewer="ana", action="accept", seen=claim.version)
    path = tmp_path / "out"
    publish(desk, EVERY, form, path, with_open=True)
    assert "Then the ships wait." in path.read_text(encoding="utf-8")
