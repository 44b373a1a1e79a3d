"""Blind second reviews: what is shown, what is counted, what is left to settle."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from extractor import cli
from extractor.errors import UsageError
from extractor.review.decide.decisions import decide, undo
from extractor.review.desk import Desk
from extractor.review.evaluate.agreement import (
    agreement,
    alpha,
    border,
    disagreements,
    pairs,
    to_review_again,
)
from extractor.review.queue import page
from extractor.review.sync.sync import sync

TEXT = """Port strike enters second week

"We will not go back on these terms," said Ada Moreno, the union's secretary.

"The terms are fair," said Ben Okri, who runs the port. He added: "Nobody has walked away."

"I have sold nothing for a week," said Carla Diaz, a trader.
"""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """The desk of a run over one article with four quotations."""
    (tmp_path / "strike.txt").write_text(TEXT, encoding="utf-8")
    command = ["--schema", "quotes", str(tmp_path / "strike.txt"), "-o", f"{tmp_path}/out/", "-q"]
    assert cli.main([*command, "--format", "jsonl"]) == 0
    with Desk(tmp_path / "out") as desk:
        sync(desk)
        yield desk


def _ids(desk: Desk) -> list[str]:
    return sorted(claim.id for claim in page(desk).claims)


def _decide(desk: Desk, claim_id: str, reviewer: str, action: str, **more: object) -> None:
    seen = next(claim.version for claim in page(desk).claims if claim.id == claim_id)
    decide(desk, claim_id, reviewer=reviewer, action=action, seen=seen, **more)  # type: ignore[arg-type]


def test_a_sample_holds_the_smaller_ones() -> None:
    """The same claims are drawn for everybody; about as many as asked for."""
    ids = [f"{number * 0x9E3779B97F4A7C15 % 2**64:016x}" for number in range(5_000)]
    tenth = {one for one in ids if one < border(0.1)}
    assert tenth < {one for one in ids if one < border(0.5)}
    assert 450 < len(tenth) < 550
    assert all(one < border(1) for one in ids)
    with pytest.raises(UsageError):
        border(0)


def test_the_second_reviewer_sees_nothing_of_the_first_decision(desk: Desk) -> None:
    """Only what others decided on comes, as the machine proposed it, and once."""
    first, second, *_ = _ids(desk)
    _decide(desk, first, "ada", "reject", reason="wrong_span", note="cut short")
    corrected = next(claim for claim in page(desk).claims if claim.id == second)
    _decide(desk, second, "ada", "correct", row={**corrected.row, "speaker": None})
    assert to_review_again(desk, "ada", 1) == []
    shown = to_review_again(desk, "ben", 1)
    assert [claim.id for claim in shown] == [first, second]
    assert all(claim.status == "open" and claim.reviewer is None for claim in shown)
    assert shown[1].row == corrected.row
    assert shown[1].row["speaker"] is not None
    assert "differs" not in " ".join(shown[1].flags)
    _decide(desk, first, "ben", "accept", second=True)
    assert [claim.id for claim in to_review_again(desk, "ben", 1)] == [second]
    assert [claim.id for claim in to_review_again(desk, "cleo", 1)] == [second]


def test_a_second_decision_changes_nothing_until_somebody_settles(desk: Desk) -> None:
    """Where both differ the first stands, the claim is to be settled, and then is not."""
    first, second, *_ = _ids(desk)
    _decide(desk, first, "ada", "reject", reason="not_a_quotation")
    _decide(desk, second, "ada", "accept")
    _decide(desk, first, "ben", "accept", second=True)
    _decide(desk, second, "ben", "accept", second=True)
    by_id = {claim.id: claim for claim in page(desk).claims}
    assert (by_id[first].status, by_id[first].reviewer) == ("rejected", "ada")
    assert [pair.claim.id for pair in disagreements(desk)] == [first]
    found = agreement(list(pairs(desk)))
    assert (found.claims, found.same_verdict, found.same_row, found.open) == (2, 1, 1, 1)
    _decide(desk, first, "cleo", "settle")
    assert disagreements(desk) == []
    undo(desk, "cleo")
    assert [pair.claim.id for pair in disagreements(desk)] == [first]
    _decide(desk, first, "cleo", "accept")
    assert disagreements(desk) == []
    assert agreement(list(pairs(desk))).same_verdict == 1  # what both said is history


def test_two_corrections_agree_only_when_they_say_the_same(desk: Desk) -> None:
    """The same verdict with different rows is a disagreement about the row."""
    first = _ids(desk)[0]
    row = next(claim for claim in page(desk).claims if claim.id == first).row
    other = "fragment" if row["kind"] == "direct" else "direct"
    _decide(desk, first, "ada", "correct", row={**row, "speaker": None})
    _decide(desk, first, "ben", "correct", row={**row, "kind": other}, second=True)
    found = agreement(list(pairs(desk)))
    assert (found.same_verdict, found.same_row, found.open) == (1, 0, 1)
    assert found.alpha is None  # one verdict only: chance cannot be told from agreement


def test_alpha_is_krippendorffs() -> None:
    """Of ten pairs four differ, six of twenty answers are 1: 1 - 19 * 4 / (14 * 6) by hand."""
    one, other = "0100000000", "1110010010"
    assert alpha(list(zip(one, other, strict=True))) == pytest.approx(1 - 19 * 4 / (14 * 6))
    assert alpha([("kept", "kept"), ("rejected", "rejected")]) == 1
    assert alpha([("kept", "kept")]) is None
    assert alpha([]) is None


def test_the_command_prints_the_figures(
    desk: Desk, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """`extract agreement` says how far two agree; before anything is decided twice, what to do."""
    folder = str(tmp_path / "out")
    assert cli.main(["agreement", folder]) == 0
    told = capsys.readouterr()
    assert "nothing was decided on twice" in told.err
    assert told.out == ""
    first, second, *_ = _ids(desk)
    for claim_id, actions in ((first, ("reject", "accept")), (second, ("accept", "accept"))):
        _decide(desk, claim_id, "ada", actions[0])
        _decide(desk, claim_id, "ben", actions[1], second=True)
    assert cli.main(["agreement", folder]) == 0
    printed = capsys.readouterr().out
    assert "quotes: 2 claims decided on twice" in printed
    assert "the same verdict   50.0%" in printed
    assert "to be settled      1" in printed
