"""The store: what goes in comes out, in one file that stays whole."""

import json
import shutil
import sqlite3
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from extractor.answer.endpoint.gates import Call
from extractor.errors import OutputError, UsageError
from extractor.pipeline import extract
from extractor.read import article_from_text, read_article
from extractor.record import Extraction, Usage
from extractor.review.desk import Desk
from extractor.schema.catalogue import load_schema
from extractor.settings import Settings
from extractor.store.entries import CallFor, Done, Failed, Skipped
from extractor.store.folder import FILE
from extractor.store.lock import locked
from extractor.store.migrate import migration_files
from extractor.store.packing import article_from_row, pack, unpack, unpack_json
from extractor.store.store import Store
from extractor.store.work_key import Recipe, recipe_for

ARTICLES = sorted((Path(__file__).parents[1] / "articles").glob("*.txt"))
SCHEMA = load_schema("release_event")
RECIPE = recipe_for(Settings(), SCHEMA)


def done(extraction: Extraction, position: int = 0, recipe: Recipe = RECIPE) -> Done:
    """Return the entry of a finished article."""
    article = extraction.article
    key = recipe.key(article.sha256)
    return Done(position, article.source, "1:2:3", key, pack(extraction), 0.5)


@pytest.fixture
def store(tmp_path: Path):
    """Open a store with a run in it."""
    with Store(tmp_path / "out") as opened:
        opened.set_recipe(RECIPE)
        assert opened.begin_run(RECIPE, ["-s", "release_event"]) == 1
        yield opened


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
def test_an_extraction_comes_out_as_it_went_in(store: Store, path: Path) -> None:
    """Record, audit, warnings, provenance, places and paragraphs; rows one by one beside it."""
    extraction = extract(read_article(path), SCHEMA)
    store.write(1, [done(extraction)])
    (out,) = store.extractions(SCHEMA)
    assert out.to_json() == extraction.to_json()
    assert out.article == extraction.article
    kept = store._all('select kind, path, start, "end", text, row from record')
    assert len(kept) == sum(len(rows) for rows in extraction.to_json()["record"].values())
    for row in kept:
        assert json.loads(row["row"])
        if row["kind"] == "figures":
            assert extraction.article.text[row["start"] : row["end"]] == row["text"]


def test_a_text_that_is_no_valid_unicode_is_kept(tmp_path: Path, store: Store) -> None:
    """Lone surrogates and NULs survive: offsets must fit."""
    text = '"We \ud800 counted\0 forty," Anna Berg \udfff said.\n'
    extraction = extract(article_from_text(text, "odd\udcff.txt"), SCHEMA)
    store.write(1, [done(extraction)])
    row = store._one("select * from article where sha256 = ?", extraction.article.sha256)
    assert row is not None
    article = article_from_row(dict(row))
    assert article.text == text
    data = store._all("select data from extraction")[0]["data"]
    assert unpack(article, data, SCHEMA.model).to_json()["record"] == extraction.to_json()["record"]
    assert unpack_json(data)["record"] == extraction.to_json()["record"]


@pytest.mark.parametrize("name", ["release_event", "promises"])
def test_what_is_packed_is_what_format_json_prints(tmp_path: Path, name: str) -> None:
    """Byte for byte, whatever an article writes and a schema holds beside lists of rows."""
    schema = SCHEMA
    if name == "promises":
        path = tmp_path / "promises.py"
        path.write_text(PROMISES)
        schema = load_schema(path)
    text = 'The "record":null case\n\n"We freed 40 men, “record”:null," Anna Berg said.\n'
    extraction = extract(article_from_text(text), schema)
    printed = json.dumps(extraction.to_json(), ensure_ascii=False, separators=(",", ":"))
    assert zlib.decompress(pack(extraction).data).decode() == printed


PROMISES = """
from pydantic import BaseModel
from extractor.fields import Quotation

class Promise(BaseModel):
    quotation: Quotation

class Promises(BaseModel):
    title: str | None = None
    best: Promise | None = None
    stars: int = 3
    promises: list[Promise]
    others: list[Promise] = []
"""


def test_an_article_done_anew_replaces_its_rows(store: Store) -> None:
    """The same work twice: one extraction, its rows once; a failure does not replace it."""
    extraction = extract(read_article(ARTICLES[0]), SCHEMA)
    entry = done(extraction)
    store.write(1, [entry])
    before = store._all("select count(*) from record")[0][0]
    failed = Failed(0, "a", "", "no", "ModelError", 0.1, entry.key, extraction.article.sha256)
    store.write(1, [entry, failed])
    assert store._all("select count(*) from record")[0][0] == before
    known = store.earlier(entry.key)
    assert known is not None
    assert known.status == "done"


def test_sheets_show_present_texts_once_in_the_order_of_the_coverage(store: Store) -> None:
    """A changed source shows its new text, two sources of one text one article."""
    texts = {name: f'"We counted {name} ships," Anna Berg said.' for name in "abcd"}
    made = {k: extract(article_from_text(t, k), SCHEMA) for k, t in texts.items()}
    store.write(1, [done(made["b"], 1), done(made["a"], 0), done(made["c"], 2)])
    twin = Skipped(3, "twin", "s", made["a"].article.sha256, "the same text as a")
    store.write(1, [twin])
    assert [e.article.source for e in store.extractions(SCHEMA)] == ["a", "b", "c"]
    anew = extract(article_from_text(texts["d"], "b"), SCHEMA)
    store.write(2, [done(anew, 0)])
    shown = {e.article.source: e.article.text for e in store.extractions(SCHEMA)}
    assert list(shown) == ["a", "b", "c"]
    assert shown["b"] == texts["d"]


def test_what_goes_wrong_within_a_batch_leaves_nothing_of_it(store: Store) -> None:
    """A transaction is whole or not at all."""
    entry = done(extract(read_article(ARTICLES[0]), SCHEMA))
    broken = CallFor("k", Call("q", "r", 0.0, "answered", 1.0, 1, 1))
    object.__setattr__(broken.call, "seconds", None)
    with pytest.raises(OutputError):
        store.write(1, [entry, broken])
    assert store.earlier(entry.key) is None
    store.write(1, [entry])
    assert store.earlier(entry.key) is not None


def test_the_key_of_work_depends_on_what_changes_the_answer(monkeypatch) -> None:
    """Schema, prompt, model and how it is asked: another key; where and how fast: the same."""
    settings = Settings(model="m", base_url="http://127.0.0.1:1/v1")
    key = recipe_for(settings, SCHEMA).key("a" * 64)
    same = settings.model_copy(update={"base_url": "http://127.0.0.1:2/v1", "concurrency": 9})
    assert recipe_for(same, SCHEMA).key("a" * 64) == key
    others = [
        recipe_for(settings.model_copy(update=change), SCHEMA).key("a" * 64)
        for change in ({"model": "n"}, {"plan": "narrow"}, {"assist": "unsure"}, {"threshold": 0.5})
    ]
    others += [
        RECIPE.key("a" * 64),
        recipe_for(settings, SCHEMA).key("b" * 64),
        recipe_for(settings, load_schema("quotes")).key("a" * 64),
    ]
    assert len({key, *others}) == 8


def test_runs_are_numbered_and_a_killed_one_is_told(store: Store) -> None:
    """A run that never ended is 'broken' as soon as the next begins; counts are kept."""
    assert store.begin_run(RECIPE, []) == 2
    store.end_run(2, "finished", {"done": 3}, Usage(calls=2, cost_usd=0.5), None)
    first, second = store.runs()
    assert (first["status"], first["reason"]) == ("broken", "the process was killed")
    assert (second["status"], second["cost_usd"]) == ("finished", 0.5)
    with pytest.raises(UsageError, match="no run 9"):
        store.run(9)


def test_a_store_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    """Nothing is written into a file whose tables we do not know."""
    Store(tmp_path).close()
    with sqlite3.connect(tmp_path / FILE) as rows:
        rows.execute(f"pragma user_version = {len(migration_files()) + 1}")
    with pytest.raises(OutputError, match="newer version"):
        Store(tmp_path)


def test_what_is_no_store_is_said(tmp_path: Path) -> None:
    """A file of another kind, a folder without store, a path that cannot be a folder."""
    (tmp_path / FILE).write_bytes(b"this is no database" * 100)
    with pytest.raises(OutputError, match=r"extract\.sqlite"):
        Store(tmp_path)
    with pytest.raises(UsageError, match="no store"):
        Store(tmp_path / "none", make=False)
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="file"):
        Store(tmp_path / "file" / "out")
    with pytest.raises(OutputError, match="cannot be written"), locked(tmp_path / "file" / "out"):
        pass


def test_a_damaged_store_is_told_to_be_damaged(tmp_path: Path) -> None:
    """Whoever opens it, run or desk, however it is damaged: no word of room on the disk."""
    told = r"extract\.sqlite: the file is damaged, .*put a copy of it back, or move it, with"
    with Store(tmp_path) as store:
        store._connection.execute("pragma wal_checkpoint(truncate)")
    whole = (tmp_path / FILE).read_bytes()
    for damaged in (b"this is no database" * 100, whole[:100] + b"\xff" * (len(whole) - 100)):
        for rest in tmp_path.glob(f"{FILE}*"):
            rest.unlink()
        (tmp_path / FILE).write_bytes(damaged)
        for opened in (Store, Desk):
            with pytest.raises(OutputError, match=told) as caught:
                opened(tmp_path)
            assert "room" not in str(caught.value)


def test_two_runs_do_not_write_into_one_folder(tmp_path: Path, monkeypatch) -> None:
    """The second is told so, and may go when the first has ended."""
    monkeypatch.setattr("extractor.store.lock._PATIENCE", 0.1)
    with locked(tmp_path), pytest.raises(UsageError, match="another run"), locked(tmp_path):
        pass
    with locked(tmp_path):
        pass


def test_it_opens_by_plain_sql(store: Store) -> None:
    """Anyone's SQLite reads it: tables by name, the view of what is current, no own functions."""
    store.write(1, [done(extract(read_article(ARTICLES[0]), SCHEMA))])
    with sqlite3.connect(f"file:{store.path}?mode=ro", uri=True) as rows:
        assert rows.execute("select count(*) from current_extraction").fetchone() == (1,)
        names = {row[0] for row in rows.execute("select name from sqlite_master")}
    assert {"article", "extraction", "record", "run", "run_item", "call", "source_seen"} <= names


FILL = """
import resource, sys
from pathlib import Path
from extractor.errors import OutputError
from tests.support.runs import text_of
from tests.store.test_store import RECIPE, SCHEMA, done
from extractor.pipeline import extract
from extractor.read import article_from_text
from extractor.store.store import Store
folder, limit = Path(sys.argv[1]), int(sys.argv[2])
if limit:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
with Store(folder) as store:
    store.set_recipe(RECIPE)
    store.begin_run(RECIPE, [])
    for n in range(4000):
        extraction = extract(article_from_text(text_of(n) + "x" * 20000, str(n)), SCHEMA)
        try:
            store.write(1, [done(extraction, n)])
        except OutputError as error:
            print(n, error)
            break
"""


def filled(folder: Path, limit: int) -> tuple[int, str]:
    """Write into a store until it cannot be; return how many articles went in, and the message."""
    ran = subprocess.run(
        [sys.executable, "-c", FILL, str(folder), str(limit)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    count, _, said = ran.stdout.partition(" ")
    return int(count), said


@pytest.mark.process
def test_a_full_disk_is_told_and_leaves_the_store_whole(tmp_path: Path) -> None:
    """Where no file may grow any more: an OutputError; what was written before is there."""
    count, said = filled(tmp_path, 1_000_000)
    assert count > 3
    assert "extract.sqlite" in said
    assert "room on the disk" in said
    with Store(tmp_path) as store:
        assert store.is_whole()
        assert len(list(store.extractions(SCHEMA))) == count


@pytest.mark.process
def test_a_full_file_system_is_told_and_leaves_the_store_whole(tmp_path: Path) -> None:
    """The same on a real file system without room, where one may be mounted."""
    mount = shutil.which("mount")
    place = tmp_path / "small"
    place.mkdir()
    made = mount and subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)],
        capture_output=True,
        check=False,
    )
    if not made or made.returncode:
        pytest.skip("no file system may be mounted here")
    try:
        count, said = filled(place / "out", 0)
        assert "room on the disk" in said
        with Store(place / "out") as store:
            assert store.is_whole()
            assert len(list(store.extractions(SCHEMA))) == count
    finally:
        subprocess.run(["umount", str(place)], check=False)
