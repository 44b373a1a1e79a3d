"""No request, however odd, makes the review server fail: no 5xx but 503 with Retry-After."""

import subprocess
import sys
from pathlib import Path

import pytest
from starlette.types import ASGIApp

from extractor.review.desk import Desk
from extractor.review.queue import all_claims
from extractor.review.server.app import make_app
from extractor.review.sync.sync import sync
from tests.support.review.mutated import BOUNDARY, Asked, form, send_mutated
from tests.support.review.server import HERE, OWN, TOKEN, Served, config, fill_desk

ARTICLE = """Harbour talks

"We are home," Ada Brandt told reporters on the quay. "The crew of 31 was \
never charged," she said.

The United States lifted sanctions on timber exports of Veldavia on Monday."""
KNOWN = {"host": HERE[7:], "cookie": f"extract-review={TOKEN}", **OWN}
JSON = {**KNOWN, "content-type": "application/json"}
PROGRAM = {"host": HERE[7:], "authorization": f"Bearer {TOKEN}"}
FORM = {**PROGRAM, "content-type": f"multipart/form-data; boundary={BOUNDARY}"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store of one article."""
    return fill_desk(tmp_path / "sheets", [ARTICLE])


def _requests_of_the_page(folder: Path) -> list[Asked]:
    """Return what the page asks for and sends, for claims that are there."""
    with Desk(folder) as desk:
        sync(desk)
        claims = list(all_claims(desk))
    asked = [
        Asked("GET", "/", f"token={TOKEN}", {"host": HERE[7:]}),
        Asked("GET", "/", "status=open", KNOWN),
        Asked("GET", "/rows", "kind=quotes&sort=risk", KNOWN),
        Asked("GET", "/filter", "full=1", KNOWN),
        Asked("GET", "/static/review.js", "", KNOWN),
        Asked("GET", "/openapi.json", "", KNOWN),
        Asked("GET", "/export", "form=csv&undecided=1", KNOWN),
        Asked("PUT", "/reviewer", "", JSON, {"name": "Ada"}),
        Asked("POST", "/views", "", JSON, {"name": "mine", "query": "kind=quotes"}),
        Asked("DELETE", "/views", "name=mine", KNOWN),
        Asked("POST", "/undo", "", KNOWN),
        Asked("GET", "/v1/schemas", "", PROGRAM),
    ]
    for claim in claims[:4]:
        place, article = f"/claims/{claim.id}", f"/articles/{claim.article_sha256}"
        seen = claim.version
        changes = {"speaker": {"name": "Ada Brandt"}, "text": "home", "start": 3}
        correct = {"action": "correct", "seen": seen, "changes": changes, "note": "x"}
        reject = {"action": "reject", "seen": seen, "reason": "other"}
        missed = {"schema": "release_event", "kind": "quotes", "changes": changes}
        asked += [
            Asked("GET", place, "view=second", KNOWN),
            Asked("GET", f"{place}/form", "", KNOWN),
            Asked("PUT", f"{place}/draft", "", JSON, {"values": changes}),
            Asked("DELETE", f"{place}/draft", "", KNOWN),
            Asked("POST", f"{place}/decision", "", JSON, correct),
            Asked("POST", f"{place}/decision", "", JSON, reject),
            Asked("POST", f"{place}/decision", "", JSON, {"action": "accept", "seen": seen}),
            Asked("GET", article, "schema=release_event", KNOWN),
            Asked("GET", f"{article}/form", "schema=release_event&kind=quotes", KNOWN),
            Asked("POST", f"{article}/claims", "", JSON, missed),
            Asked("GET", "/next-article", f"article={claim.article_sha256}&step=1", KNOWN),
        ]
    return asked


def _requests_of_programs() -> list[Asked]:
    body = {"text": ARTICLE, "schema": "quotes", "source": "desk", "date": "2025-12-13"}
    parts: dict[str, str | bytes] = {"schema": "quotes", "file": ARTICLE.encode()}
    json = {**PROGRAM, "content-type": "application/json"}
    return [
        Asked("POST", "/v1/extract", "", json, body),
        Asked("POST", "/v1/extract", "", FORM, form(parts)),
    ]


def _app_and_faults(folder: Path) -> tuple[ASGIApp, list[str]]:
    faults: list[str] = []
    app = make_app(config(folder), lambda error, path: faults.append(f"{path}: {error!r}"))
    return app, faults


def test_mutated_requests_of_the_page_do_no_harm(folder: Path) -> None:
    """Each is answered once, and none is an error inside."""
    app, faults = _app_and_faults(folder)
    statuses = send_mutated(app, _requests_of_the_page(folder), 600, seed=1)
    assert faults == []
    assert {200, 401, 404, 422} <= set(statuses)


@pytest.mark.slow
@pytest.mark.process
def test_ten_thousand_mutated_requests_do_no_harm(folder: Path) -> None:
    """Over all routes, those for programs among them."""
    app, faults = _app_and_faults(folder)
    asked = [*_requests_of_the_page(folder), *_requests_of_programs(), *_requests_of_programs()]
    statuses = send_mutated(app, asked, 10_000, seed=2)
    print(sorted(statuses.items()))
    assert faults == []
    assert statuses.total() == 10_000


@pytest.mark.slow
@pytest.mark.process
def test_schemathesis_finds_no_fault(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What OpenAPI describes is what is answered, to valid and invalid requests of every kind."""
    with Served(monkeypatch, str(folder), "--port", "0", "--no-browser"):
        address, _, token = capsys.readouterr().out.split()[-1].partition("?token=")
        asks = [sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()"]
        asks += ["run", f"{address}openapi.json", "--header", f"Authorization: Bearer {token}"]
        asks += ["--max-examples", "150", "--seed", "1"]
        # Bytes that are no article are refused, which no schema can say.
        asks += ["--exclude-checks", "positive_data_acceptance"]
        done = subprocess.run(asks, capture_output=True, text=True, cwd=folder, check=False)
    assert done.returncode == 0, done.stdout
    assert "No issues found" in done.stdout
    assert "Tested: 2" in done.stdout
