"""`extract eval`: machines scored against what reviewers decided."""

import json
from pathlib import Path

import pytest

from extractor import cli
from extractor.review.claims.claims import claims_of_article
from extractor.review.decide.decisions import decide
from extractor.review.desk import Desk
from extractor.review.evaluate.evaluate import reviewed, stored_reports
from extractor.review.queue import page
from extractor.review.sync.sync import sync
from tests.support.stubs.server import answers, serving

ARTICLES = {
    "strike.txt": 'Strike goes on\n\n"We will not go back," said Ada Moreno, the secretary.\n\n'
    '"The terms are fair," said Ben Okri, who runs the port.\n',
    "harvest.txt": 'Poor harvest feared\n\n"It has not rained," said Carla Diaz, a farmer.\n',
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A run over two articles by the rules."""
    for name, text in ARTICLES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    _run(tmp_path)
    return tmp_path / "out"


def _run(tmp_path: Path, *more: str) -> None:
    files = [str(tmp_path / name) for name in ARTICLES]
    into = ["-o", f"{tmp_path}/out/", "--format", "jsonl", "-q"]
    assert cli.main(["--schema", "quotes", *files, *into, *more]) == 0


def _accept_all(desk: Desk) -> None:
    for claim in page(desk).claims:
        decide(desk, claim.id, reviewer="ada", action="accept", seen=claim.version)


def test_only_articles_reviewed_to_the_end_count(folder: Path) -> None:
    """One open row, or one put off, keeps its article out."""
    with Desk(folder) as desk:
        sync(desk)
        assert reviewed(desk, "quotes") == []
        harvest = next(c for c in page(desk).claims if c.source and "harvest" in c.source)
        decide(desk, harvest.id, reviewer="ada", action="accept", seen=harvest.version)
        assert [one.sha256 for one in reviewed(desk, "quotes")] == [harvest.article_sha256]
        for claim in page(desk).claims:
            if claim.status == "open":
                decide(desk, claim.id, reviewer="ada", action="later", seen=claim.version)
        assert len(reviewed(desk, "quotes")) == 1


def test_what_was_corrected_or_rejected_counts_against_the_machine(folder: Path) -> None:
    """A rejected row costs precision, a corrected speaker its field, an accepted row nothing."""
    with Desk(folder) as desk:
        sync(desk)
        strike = next(c for c in page(desk).claims if c.source and "strike" in c.source)
        one, other = claims_of_article(desk, strike.article_sha256)
        decide(desk, one.id, reviewer="ada", action="reject", seen=one.version)
        speaker = {"name": "Ada Moreno", "kind": "person", "mention": None}
        decide(
            desk,
            other.id,
            reviewer="ada",
            action="correct",
            seen=other.version,
            row={**other.row, "speaker": speaker},
        )
        (report,) = stored_reports(desk, "quotes", reviewed(desk, "quotes"))
    rows, named = report.total()["quotes", ""], report.total()["quotes", "speaker"]
    assert (rows.right, rows.given, rows.wanted) == (1, 2, 1)
    assert (named.right, named.given, named.wanted) == (0, 2, 1)


def test_the_command_compares_machines(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Stored extractions are scored by machine, and a model asked anew beside them."""
    with Desk(folder) as desk:
        sync(desk)
        _accept_all(desk)
    assert cli.main(["eval", str(folder), "--by-outlet"]) == 0
    printed = capsys.readouterr().out
    assert printed.lstrip().startswith("rules, news-extract")
    assert "2 articles" in printed
    assert "no outlet" in printed
    nobody = {"quotes": [{"quotation": "Q1", "speaker": None, "via": None, "kind": "direct"}]}
    with serving(answers(nobody)) as stub:
        asked = ["--model", "stub", "--base-url", stub.base_url, "--plan", "whole", "--no-cache"]
        assert cli.main(["eval", str(folder), "--format", "json", *asked]) == 0
    rules, model = json.loads(capsys.readouterr().out)
    speakers = [
        next(s for s in one["scores"] if (s["kind"], s["field"]) == ("quotes", "speaker"))
        for one in (rules, model)
    ]
    assert speakers[0]["recall"] == 1
    assert (speakers[1]["wanted"], speakers[1]["right"]) == (3, 1)
    assert (rules["anew"], model["anew"]) == (False, True)
    with Desk(folder) as desk:  # what was asked anew is not kept
        assert len(stored_reports(desk, "quotes", reviewed(desk, "quotes"))) == 1


def test_nothing_reviewed_is_said_with_what_to_do(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without reviewed articles there is nothing to score by; an unknown schema is named."""
    assert cli.main(["eval", str(folder)]) == 2
    assert "no article is reviewed to its end" in capsys.readouterr().err
    assert cli.main(["eval", str(folder), "--schema", "figures"]) == 2
    assert "it has quotes" in capsys.readouterr().err
