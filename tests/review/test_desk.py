"""A store may come from a stranger: opening it runs no schema that the user has not named."""

from pathlib import Path

import pytest

from extractor import cli
from extractor.article import Article
from extractor.pipeline import extract
from extractor.read import article_from_text
from extractor.review.desk import Desk
from extractor.review.publish.publish import publish
from extractor.review.queue import Filter, all_claims
from extractor.review.sync.sync import sync
from extractor.schema.catalogue import load_schema
from tests.support.review.server import client
from tests.support.runs import text_of
from tests.support.stores import fill
from tests.support.trusting import trusting

SOURCE = """\
from pathlib import Path
from pydantic import BaseModel
from extractor.fields import Name, Quotation

Path({marker!r}).touch()


class Saying(BaseModel):
    quotation: Quotation
    speaker: Name | None = None


class Sayings(BaseModel):
    sayings: list[Saying]
"""


class Stranger:
    """A folder with a store, whose run names a schema that says when it runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.marker = folder / "it-ran"
        self.file = folder / "schemas" / "sayings.py"
        self.file.parent.mkdir(parents=True)
        self.file.write_text(SOURCE.format(marker=str(self.marker)))
        schema = load_schema(self.file)
        article: Article = article_from_text(text_of(1), "1.txt")
        command = ["-s", str(self.file), "-o", "sheets/"]
        fill(folder / "sheets", [extract(article, schema)], schema=schema, command=command)
        self.marker.unlink()

    @property
    def store(self) -> Path:
        """The folder of the store."""
        return self.folder / "sheets"


@pytest.fixture
def stranger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stranger:
    """A stranger's folder; we work in it, and trust nothing."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    made = Stranger(tmp_path / "theirs")
    monkeypatch.chdir(made.folder)
    return made


def test_a_schema_that_a_store_names_does_not_run(stranger: Stranger) -> None:
    """Neither by its path nor by its name; the rows are there, and it is told what to do."""
    with Desk(stranger.store) as desk:
        sync(desk)
        assert desk.schema("sayings") is None
        why = desk.why_no_schema("sayings")
        assert len(list(all_claims(desk))) == 1
    assert "sayings.py: a schema is a program, and it was not run" in why
    assert "type `extract trust .` once" in why
    assert f"or name it with --schema {stranger.file}" in why
    assert not stranger.marker.exists()


def test_a_trusted_folders_schema_runs_wherever_one_works(
    stranger: Stranger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it was when it was trusted."""
    trusting(stranger.folder)
    monkeypatch.chdir(tmp_path)
    with Desk(stranger.store) as desk:
        assert desk.schema("sayings") is not None
    assert stranger.marker.exists()
    stranger.marker.unlink()
    stranger.file.write_text(SOURCE.format(marker=str(stranger.marker)) + "# changed\n")
    with Desk(stranger.store) as desk:
        assert desk.schema("sayings") is None
        assert "schemas/sayings.py has changed since" in desk.why_no_schema("sayings")
    assert not stranger.marker.exists()


def test_a_schema_that_the_user_names_runs(stranger: Stranger) -> None:
    """The one of that name, and no other."""
    with Desk(stranger.store, schemas=[stranger.file]) as desk:
        assert desk.schema("sayings") is not None
        assert desk.why_no_schema("sayings") == ""
    assert stranger.marker.exists()


def test_the_page_shows_a_strangers_store_and_runs_nothing(stranger: Stranger) -> None:
    """The queue, a claim and its form answer; an edit is refused with what to do."""
    with Desk(stranger.store) as desk:
        sync(desk)
        (claim,) = all_claims(desk)
    with client(stranger.store) as page:
        assert "We counted 1 ships" in page.get("/").text
        assert page.get(f"/claims/{claim.id}").status_code == 200
        form = page.get(f"/claims/{claim.id}/form")
        assert (form.status_code // 100, "extract trust" in form.text) == (4, True)
    assert not stranger.marker.exists()


def test_a_path_in_the_place_of_a_name_does_not_run(stranger: Stranger) -> None:
    """Neither a request's nor a store's: it would choose the program."""
    with Desk(stranger.store) as desk:
        sync(desk)
        (claim,) = all_claims(desk)
    article = f"/articles/{claim.article_sha256}"
    with client(stranger.store) as page:
        for name in (str(stranger.file), "schemas/sayings.py", "sayings.py", "x" * 2_000):
            asked = {"schema": name, "kind": "sayings"}
            assert page.get(article, params={"schema": name}).status_code == 200
            assert page.get(f"{article}/form", params=asked).status_code == 422
            told = page.post(f"{article}/claims", json={**asked, "changes": {}})
            assert (told.status_code, "is not the name of a schema" in told.text) == (422, True)
    with Desk(stranger.store) as desk:
        with desk.transaction():
            desk.connection.execute("update claim set schema = ?", (str(stranger.file),))
        assert desk.schema_names() == [str(stranger.file)]
        assert "is not the name of a schema" in desk.why_no_schema(str(stranger.file))
    assert not stranger.marker.exists()


def test_other_programs_get_no_strangers_schema(stranger: Stranger) -> None:
    """/v1/schemas does not list it, /v1/extract refuses it, by name and by path."""
    with client(stranger.store) as page:
        names = [entry["name"] for entry in page.get("/v1/schemas").json()]
        assert "sayings" not in names
        assert "quotes" in names
        for name in ("sayings", str(stranger.file), "schemas/sayings.py"):
            told = page.post("/v1/extract", json={"text": text_of(1), "schema": name})
            assert told.status_code == 404
            assert ("extract trust" in told.text) == (name == "sayings")
    assert not stranger.marker.exists()


@pytest.mark.process
def test_other_programs_get_a_trusted_one(stranger: Stranger) -> None:
    """After trust it is listed and answers; after a change it does not."""
    trusting(stranger.folder)
    asked = {"text": text_of(1), "schema": "sayings"}
    with client(stranger.store) as page:
        assert "sayings" in [entry["name"] for entry in page.get("/v1/schemas").json()]
        told = page.post("/v1/extract", json=asked)
        assert told.status_code == 200
        assert len(told.json()["record"]["sayings"]) == 1
        assert stranger.marker.exists()
        stranger.marker.unlink()
        stranger.file.write_text(SOURCE.format(marker=str(stranger.marker)) + "# changed\n")
        assert page.post("/v1/extract", json=asked).status_code == 404
    assert not stranger.marker.exists()


def test_publishing_says_how_to_name_the_schema(
    stranger: Stranger, capsys: pytest.CaptureFixture[str]
) -> None:
    """Refused without it; with --schema FILE the rows go out."""
    words = ["publish", "sheets", "--with-open", "-o", "rows.csv"]
    assert cli.main(words) == 2
    assert f"--schema {stranger.file}" in capsys.readouterr().err
    assert not stranger.marker.exists()
    assert cli.main([*words, "--schema", "schemas/sayings.py"]) == 0
    assert "We counted 1 ships" in (stranger.folder / "rows.csv").read_text()
    assert cli.main([*words, "--schema", "nowhere/sayings.py"]) == 2
    assert "there is no such file" in capsys.readouterr().err


def test_a_store_by_a_shipped_schema_needs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ours run wherever one works and whatever is trusted."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    schema = load_schema("quotes")
    made = extract(article_from_text(text_of(1), "1.txt"), schema)
    fill(tmp_path / "sheets", [made], schema=schema)
    with Desk(tmp_path / "sheets") as desk:
        sync(desk)
        done = publish(desk, Filter(), "csv", tmp_path / "rows.csv", with_open=True)
    assert done.rows == 1
