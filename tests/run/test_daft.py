"""`extract scale`: Daft gives the records of a run, and a row for each fault."""

import asyncio
import importlib.util
import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from extractor.errors import NotAnArticle, UsageError
from extractor.read.source import Source, failing
from extractor.run.daft.article import (
    COLUMNS,
    JobSettings,
    asked_row_of,
    make_source,
    record_rows_of,
    row_of,
    source_in_table,
)
from extractor.run.daft.job import DaftArguments, scale
from extractor.run.inputs.jsonl import Fields
from extractor.schema.catalogue import load_schema
from extractor.settings import Settings
from extractor.store.packing import unpack_json
from tests.benchmarks.speed.many import recombined, texts_of
from tests.support.asking import settings_for
from tests.support.hostile import HOSTILE
from tests.support.runs import (
    PATIENCE,
    command,
    environment,
    go,
    make_coverage,
    number_in,
    right,
    rows,
    text_of,
)
from tests.support.stubs.objects import serving_objects
from tests.support.stubs.server import Play, fails, serving

ARTICLES = Path(__file__).parents[1] / "articles"
needs_daft = pytest.mark.skipif(
    importlib.util.find_spec("daft") is None,
    reason="daft is not installed: pip install -e '.[daft]'",
)


def run(
    *names: object, output: Path, settings: Settings | None = None, **more: Any
) -> tuple[int, list[str]]:
    """Run `extract scale` by the schema `quotes`; return its exit status and what it said."""
    said: list[str] = []
    order = DaftArguments([str(name) for name in names], str(output), **more)
    schema = "quotes"
    status = scale(order, settings or Settings(), schema, error=said.append, note=said.append)
    return status, said


def read(folder: Path) -> list[dict[str, Any]]:
    """Return the rows of the Parquet files in a folder."""
    import daft

    found: list[dict[str, Any]] = daft.read_parquet(f"{folder}/*.parquet").to_pylist()
    return found


def timeless(extraction: dict[str, Any]) -> dict[str, Any]:
    """Return an extraction's JSON without the seconds that it took."""
    return {**extraction, "usage": {**extraction["usage"], "seconds": 0}}


# --- one row -------------------------------------------------------------------------------------


def work_of(schema: str = "quotes", settings: Settings | None = None) -> JobSettings:
    """Return the work that a process is given."""
    loaded = load_schema(schema)
    return JobSettings(settings or Settings(), loaded.source, loaded.sha256)


def test_what_goes_wrong_with_an_article_is_its_row() -> None:
    """Not readable, broken inside or made with another schema: every column, status and reason."""
    broken = Source("b.txt", "", lambda: 1 / 0)  # type: ignore[arg-type, return-value]
    bad = failing("a.txt", NotAnArticle("a.txt: no article; drop it"))
    fine = source_in_table(Fields(), ("text", "id"), ("Some words.", 5), "t.parquet")
    stale = JobSettings(Settings(), load_schema("figures").source, "0" * 64)
    found = [row_of(work_of(), bad), row_of(work_of(), broken), row_of(stale, fine)]
    assert all(list(row) == list(COLUMNS) for row in found)
    assert [row["status"] for row in found] == ["failed"] * 3
    assert [row["error_kind"] for row in found] == [
        "NotAnArticle",
        "ZeroDivisionError",
        "SchemaError",
    ]
    assert "not the schema" in found[2]["reason"]
    row = row_of(work_of(), fine)
    assert (row["status"], row["source"], row["text"]) == (
        "done",
        "t.parquet#5",
        "Some words.",
    )


def test_an_article_that_meets_a_bound_is_its_row() -> None:
    """Too slow to read, too long, too many rows; the next article is not affected."""
    long = source_in_table(Fields(), ("text",), (text_of(3),), "t.parquet")
    found = [
        row_of(work_of(settings=Settings(article_seconds=0.05)), HOSTILE["loops"]),
        row_of(work_of(settings=Settings(article_characters=20)), long),
        row_of(work_of(settings=Settings()), long),
    ]
    assert [row["error_kind"] for row in found] == ["ArticleTooSlow", "ArticleTooLarge", None]
    assert "0.05 seconds" in found[0]["reason"]


def test_a_row_that_no_source_can_be_made_of_fails_alone() -> None:
    """Whatever stands in a table, the job goes on."""
    source = make_source(lambda *_: 1 / 0, (3, "file://t.parquet"))  # type: ignore[arg-type, return-value]
    row = row_of(work_of(), source)
    assert (row["source"], row["error_kind"]) == ("t.parquet", "NotAnArticle")


def test_records_are_the_rows_of_the_extraction() -> None:
    """One for each row of the record, with the words at its place in the text."""
    source = source_in_table(Fields(), ("text",), (text_of(3),), "t.parquet")
    row = row_of(work_of(), source)
    (record,) = record_rows_of(row["source"], row["article_sha256"], row["extraction"])
    assert row["text"][record["start"] : record["end"]] == record["text"]
    assert (record["kind"], record["path"]) == ("quotes", "quotes[0]")
    assert json.loads(row["counts"])["quotes"] == 1


def test_a_model_is_asked_by_the_same_asker(tmp_path: Path) -> None:
    """Its answer is in the row, with what it cost; an endpoint that refuses costs one article."""

    def play(body: dict[str, Any], _: int) -> Play:
        return fails(400) if number_in(body) == 2 else right()

    async def ask(work: JobSettings) -> list[dict[str, Any]]:
        sources = [
            source_in_table(Fields(), ("text", "id"), (text_of(n), n), "t") for n in range(4)
        ]
        return list(await asyncio.gather(*(asked_row_of(work, source) for source in sources)))

    with serving(play) as stub:
        settings = settings_for(stub.base_url, no_cache=True)
        found = asyncio.run(ask(work_of(settings=settings)))
    assert [row["status"] for row in found] == ["done", "done", "failed", "done"]
    assert found[2]["error_kind"] == "EndpointRefused"
    assert [row["calls"] for row in found] == [1, 1, 1, 1]
    assert json.loads(found[0]["extraction"])["provenance"]["model"] == settings.model


# --- the command ---------------------------------------------------------------------------------


def test_without_daft_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrong use, said in one line, before anything is read."""
    monkeypatch.setitem(sys.modules, "daft", None)
    with pytest.raises(UsageError, match=r"pip install 'news-extract\[daft\]'"):
        run(ARTICLES, output=tmp_path / "out.parquet")


@pytest.mark.process
@needs_daft
def test_files_give_the_records_of_a_run(tmp_path: Path) -> None:
    """Every article of a folder once, its JSON that of the local run; faults are rows."""
    coverage = tmp_path / "in"
    for number, text in enumerate(recombined(texts_of([ARTICLES]), 60)):
        place = coverage / f"{number % 3}" / f"a b%20[ {number:02}.txt"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    (coverage / "1" / "empty.txt").write_bytes(b"")
    (coverage / "1" / "notes.md").write_text("no article")
    (coverage / "1" / ".hidden.txt").write_text("no article")
    output, records = tmp_path / "out.parquet", tmp_path / "records.parquet"
    status, said = run(coverage, output=output, records=str(records))
    assert status == 1
    assert any("empty.txt: the file is empty" in line for line in said)
    assert any("60 done, 1 failed" in line for line in said)

    go([coverage], tmp_path / "local")
    local = {
        data["article"]["source"]: timeless(data)
        for (packed,) in rows(tmp_path / "local", "select data from extraction")
        for data in [unpack_json(packed)]
    }
    found = {row["source"]: row for row in read(output)}
    assert {name: row["status"] for name, row in found.items()} == {
        **dict.fromkeys(local, "done"),
        str(coverage / "1" / "empty.txt"): "failed",
    }
    for name, data in local.items():
        assert timeless(json.loads(found[name]["extraction"])) == data
    assert len(read(records)) == len(rows(tmp_path / "local", "select 1 from record"))
    for record in read(records):
        text = found[record["source"]]["text"]
        if record["kind"] == "quotes" and '"spans":[{' in record["row"]:
            assert text[record["start"]] == record["text"][0]


@pytest.mark.process
@needs_daft
def test_lines_and_tables_give_the_same_as_files(tmp_path: Path) -> None:
    """A .jsonl line and a row of Parquet are articles, by the fields named; bad ones are rows."""
    import daft

    given = [{"uid": n, "body": text_of(n), "date": "2025-03-04"} for n in range(5)]
    lines = tmp_path / "lines.jsonl"
    lines.write_text("\n".join([*map(json.dumps, given), "{broken", '{"uid": 9}']) + "\n")
    table = [*given, {"uid": 9, "body": None, "date": None}]
    daft.from_pylist(table).write_parquet(str(tmp_path / "table.parquet"))
    fields = Fields.named({"text": "body", "id": "uid"})
    status, _ = run(lines, tmp_path / "table.parquet", output=tmp_path / "out", fields=fields)
    assert status == 1
    found = read(tmp_path / "out")
    done = [row for row in found if row["status"] == "done"]
    assert sorted(row["source"].rpartition("#")[2] for row in done) == sorted("0123401234")
    assert len({row["article_sha256"] for row in done}) == 5
    assert {json.loads(row["extraction"])["article"]["date"] for row in done} == {"2025-03-04"}
    failed = [row for row in found if row["status"] == "failed"]
    assert sorted(row["error_kind"] for row in failed) == [
        "EmptyArticle",
        "NotAnArticle",
        "NotAnArticle",
    ]
    with pytest.raises(UsageError, match=r"there is no column 'text' .*uid, body"):
        run(tmp_path / "table.parquet", output=tmp_path / "other")


@pytest.mark.process
@needs_daft
def test_a_model_is_asked_through_daft(tmp_path: Path) -> None:
    """Asynchronously, some at a time; what fails is a row."""
    coverage = make_coverage(tmp_path / "in", 30)

    together = threading.Event()

    def play(body: dict[str, Any], number: int) -> Play:
        if number == 4:
            together.set()
        if number < 5:
            together.wait(PATIENCE)  # for five that are under way at the same time
        return fails(400) if number_in(body) == 7 else right()

    with serving(play) as stub:
        settings = settings_for(stub.base_url, no_cache=True, concurrency=10)
        status, said = run(coverage, output=tmp_path / "out", settings=settings)
        assert len(stub.requests) == 30
        assert stub.most_at_once <= 10
        assert together.is_set()
    assert status == 1, said
    found = {Path(row["source"]).name: row["status"] for row in read(tmp_path / "out")}
    assert [name for name, ended in found.items() if ended == "failed"] == ["a00007.txt"]
    assert len(found) == 30


@pytest.mark.process
@needs_daft
def test_what_stands_in_the_output_is_kept_or_replaced(tmp_path: Path) -> None:
    """Never two runs in one folder: refused, or replaced when that is asked for."""
    article = ARTICLES / "bbc-prisoners.txt"
    output = tmp_path / "out"
    assert run(article, output=output)[0] == 0
    with pytest.raises(UsageError, match="--overwrite replaces it"):
        run(article, output=output)
    assert run(ARTICLES, output=output, overwrite=True)[0] == 0
    assert len(read(output)) == 2
    for name in ("missing.txt", "none-*.txt", "missing.jsonl", "missing.parquet"):
        with pytest.raises(UsageError, match="check the pa"):
            run(tmp_path / name, output=tmp_path / "new")


@pytest.mark.process
@needs_daft
def test_an_object_store_is_read_and_written(tmp_path: Path) -> None:
    """Listed, read and written as s3://; what may not be read is a row; nothing there is told."""
    objects = {f"in/{n % 2}/{n}.txt": text_of(n).encode() for n in range(6)}
    objects |= {"in/notes.md": b"no article", "in/shut.txt": b"", "in/empty.txt": b""}
    with serving_objects(objects) as bucket:
        bucket.refused = frozenset({"in/shut.txt"})
        env = environment(tmp_path) | bucket.environment

        def scaled(*arguments: str) -> "subprocess.CompletedProcess[str]":
            line = command("scale", "-s", "quotes", *arguments)
            return subprocess.run(
                line, env=env, capture_output=True, text=True, timeout=300, check=False
            )

        missing = scaled("s3://b/none/", "s3://b/in/", "-o", "s3://b/out/")
        assert (missing.returncode, "s3://b/none/: there is no" in missing.stderr) == (2, True)
        done = scaled("s3://b/in/", "-o", "s3://b/out/", "--records", "s3://b/records/")
        assert done.returncode == 1, done.stderr
        assert "s3://b/in/shut.txt: it cannot be read" in done.stderr
        again = scaled("s3://b/in/", "-o", "s3://b/out/")
        assert (again.returncode, "--overwrite" in again.stderr) == (2, True)
    for name, data in bucket.objects.items():
        if name.endswith(".parquet"):
            place = tmp_path / name
            place.parent.mkdir(exist_ok=True)
            place.write_bytes(data)
    found = {row["source"]: row["status"] for row in read(tmp_path / "out")}
    assert found == {
        **{f"s3://b/in/{n % 2}/{n}.txt": "done" for n in range(6)},
        "s3://b/in/shut.txt": "failed",
        "s3://b/in/empty.txt": "failed",
    }
    assert len(read(tmp_path / "records")) == 6
