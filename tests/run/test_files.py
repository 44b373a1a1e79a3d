"""Files of a run: who reads them, links are not followed, leftovers go, errors name them."""

import errno
import os
import sqlite3
import stat
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from extractor.cli import main
from extractor.errors import OutputError
from extractor.review.desk import Desk
from extractor.run.batch.upload_files import BatchLine, UploadFiles, new_file
from extractor.run.sheets.sheets import write_sheets
from extractor.run.sheets.workbook import Workbook
from extractor.schema.catalogue import load_schema
from extractor.store.folder import FILE, own_folder
from extractor.store.lock import locked
from extractor.store.store import Store
from extractor.text import leftovers
from tests.support.extractions import release
from tests.support.runs import command, environment, make_coverage
from tests.support.stores import SCHEMA, fill

SHEETS = [
    f"{SCHEMA}.jsonl",
    f"{SCHEMA}.csv",
    f"{SCHEMA}.xlsx",
    "index.html",
    ".extract-sheets.json",
]


def mode(path: Path) -> int:
    """Return the permissions of a file or folder."""
    return stat.S_IMODE(path.lstat().st_mode)


def modes(folder: Path) -> set[tuple[bool, int]]:
    """Return what there is in a folder, itself included: pairs of (is a folder, permissions)."""
    return {(path.is_dir(), mode(path)) for path in [folder, *folder.rglob("*")]}


@pytest.fixture(autouse=True)
def usual_umask() -> Any:
    """What most systems have: others may read."""
    before = os.umask(0o022)
    yield
    os.umask(before)


# --- permissions ---


def test_a_run_is_its_owners_alone(tmp_path: Path) -> None:
    """The folder that it makes, the store with what SQLite keeps beside it, sheets and pages."""
    folder = tmp_path / "deep" / "sheets"
    fill(folder, [release()])
    write_sheets(folder, load_schema(SCHEMA))
    assert modes(folder) == {(True, 0o700), (False, 0o600)}
    with Store(folder), locked(folder), Desk(folder) as desk, desk.transaction() as connection:
        connection.execute("update run set reason = 'x'")
        assert {path.name for path in folder.glob(f"{FILE}-*")} == {
            f"{FILE}-wal",
            f"{FILE}-shm",
        }
        assert modes(folder) == {(True, 0o700), (False, 0o600)}
    assert mode(folder.parent) == 0o755  # what was made on the way is no part of the run


def test_a_folder_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    """Whoever made it has decided who may enter; what the run makes in it is its owner's alone."""
    folder = tmp_path / "sheets"
    folder.mkdir(mode=0o755)
    fill(folder, [release()])
    write_sheets(folder, load_schema(SCHEMA))
    assert mode(folder) == 0o755
    assert {mode(path) for path in folder.iterdir()} == {0o600, 0o700}


@pytest.mark.parametrize(
    ("store", "files", "folders"), [(0o640, 0o640, 0o750), (0o644, 0o644, 0o755)]
)
def test_later_files_get_what_the_store_has(
    tmp_path: Path, store: int, files: int, folders: int
) -> None:
    """Whoever opens the store to others opens what is written later, and need not say so again."""
    fill(tmp_path / "run", [release()])
    (tmp_path / "run" / FILE).chmod(store)
    write_sheets(tmp_path / "run", load_schema(SCHEMA))
    made = [path for path in (tmp_path / "run").rglob("*") if path.name != FILE]
    assert {(path.is_dir(), mode(path)) for path in made} == {(True, folders), (False, files)}


def test_files_that_are_replaced_keep_their_permissions(tmp_path: Path) -> None:
    """A sheet that was opened to others, or that an earlier version made, stays as it is."""
    fill(tmp_path / "run", [release()])
    write_sheets(tmp_path / "run", load_schema(SCHEMA))
    (tmp_path / "run" / f"{SCHEMA}.csv").chmod(0o644)
    (tmp_path / "run" / f"{SCHEMA}.csv").write_text("changed")
    write_sheets(tmp_path / "run", load_schema(SCHEMA))
    assert mode(tmp_path / "run" / f"{SCHEMA}.csv") == 0o644
    assert (tmp_path / "run" / f"{SCHEMA}.csv").read_text() != "changed"


def test_published_files(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """In the run's folder they are its owner's alone; a file that the user names gets the umask."""
    fill(tmp_path / "run", [release()])
    for more in ([], ["-o", str(tmp_path / "named.xlsx")], ["-f", "label-studio"]):
        assert main(["publish", str(tmp_path / "run"), "--with-open", *more]) == 0
    published = list((tmp_path / "run").glob("published*"))
    assert len(published) == 3
    assert {mode(path) for path in published} == {0o600}
    assert mode(tmp_path / "named.xlsx") == 0o644
    capfd.readouterr()


@pytest.mark.process
def test_a_whole_run_and_one_that_is_shared(tmp_path: Path) -> None:
    """Nothing that the command makes is anybody else's, unless that was asked for."""
    coverage = make_coverage(tmp_path / "coverage", 3)
    environ = environment(tmp_path / "cache")

    def run(folder: str, *more: str) -> str:
        arguments = command("-s", "quotes", coverage, "-o", f"{tmp_path / folder}/", *more)
        done = subprocess.run(arguments, env=environ, capture_output=True, text=True, check=True)
        return done.stderr

    assert "every user of this machine" not in run("own")
    assert modes(tmp_path / "own") == {(True, 0o700), (False, 0o600)}
    assert "every user of this machine" not in run("shared", "--shared")
    assert modes(tmp_path / "shared") == {(True, 0o755), (False, 0o644)}
    told = run("shared")
    assert f"shared: every user of this machine can read it; chmod -R go= {tmp_path}/shared" in told
    assert "--shared leaves it" in told


# --- links ---


@pytest.mark.parametrize("name", ["pages", f"pages/{SCHEMA}", *SHEETS])
def test_sheets_follow_no_link(tmp_path: Path, name: str) -> None:
    """A link among the sheets is told with where it leads, and nothing is written there."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_text("mine")
    fill(tmp_path / "run", [release()])
    link = tmp_path / "run" / name
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(outside if name.startswith("pages") else outside / "file")
    with pytest.raises(OutputError, match=f"{name}: this is a symbolic link to {outside}"):
        write_sheets(tmp_path / "run", load_schema(SCHEMA))
    assert [path.name for path in outside.iterdir()] == ["file"]
    assert (outside / "file").read_text() == "mine"


@pytest.mark.parametrize("name", [FILE, f"{FILE}-wal", f"{FILE}-shm", f"{FILE}-journal"])
def test_the_store_is_no_link(tmp_path: Path, name: str) -> None:
    """Neither the store nor what SQLite keeps beside it is opened through a link."""
    if name != FILE:
        fill(tmp_path / "run", [release()])
    (tmp_path / "run").mkdir(exist_ok=True)
    (tmp_path / "outside").write_bytes(b"mine")
    for left in (tmp_path / "run").glob(f"{FILE}-*"):
        left.unlink()
    (tmp_path / "run" / name).symlink_to(tmp_path / "outside")
    for opened in (lambda: Store(tmp_path / "run"), lambda: Desk(tmp_path / "run")):
        with pytest.raises(
            OutputError, match=rf"{name}: this is a symbolic link to {tmp_path}/out"
        ):
            opened()
    assert (tmp_path / "outside").read_bytes() == b"mine"


@pytest.mark.parametrize("ending", ["-wal", "-journal"])
def test_sqlite_itself_follows_no_link_beside_the_store(tmp_path: Path, ending: str) -> None:
    """A link that appears after our look is refused by SQLite: what stands there is not touched."""
    fill(tmp_path, [release()])
    (tmp_path / "outside").write_bytes(b"mine")
    for left in tmp_path.glob(f"{FILE}-*"):
        left.unlink()
    (tmp_path / f"{FILE}{ending}").symlink_to("outside")

    def write() -> None:
        rows.execute(f"pragma journal_mode = {'wal' if ending == '-wal' else 'delete'}").fetchall()
        rows.execute("update run set reason = 'x'")
        rows.commit()

    with closing(sqlite3.connect(tmp_path / FILE)) as rows, pytest.raises(sqlite3.Error):
        write()
    assert (tmp_path / "outside").read_bytes() == b"mine"


def test_the_lock_is_no_link(tmp_path: Path) -> None:
    """Nothing is made where a link in the folder leads."""
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / ".extract.lock").symlink_to(tmp_path / "outside")
    with pytest.raises(OutputError, match=r"\.extract\.lock: this is a symbolic link"):
        locked(tmp_path / "run").__enter__()
    assert not (tmp_path / "outside").exists()


def test_the_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    """The user named it: a run into a link goes where it leads."""
    (tmp_path / "disk").mkdir()
    (tmp_path / "run").symlink_to("disk")
    with locked(tmp_path / "run"):
        fill(tmp_path / "run", [release()])
    write_sheets(tmp_path / "run", load_schema(SCHEMA))
    assert set(SHEETS) < {path.name for path in (tmp_path / "disk").iterdir()}


def test_requests_and_answers_of_a_batch_follow_no_link(tmp_path: Path) -> None:
    """A link under their names is removed, and what it led to stays."""
    (tmp_path / "run").mkdir()
    (tmp_path / "outside").write_text("mine")
    for name in (".extract-batch-1.jsonl", ".extract-batch-answers.jsonl"):
        (tmp_path / "run" / name).symlink_to(tmp_path / "outside")
    files = UploadFiles(tmp_path / "run")
    (tmp_path / "run" / ".extract-batch-1.jsonl").symlink_to(tmp_path / "outside")
    files.add(BatchLine("0" * 64, "1" * 64, "quotes"), {"model": "m"})
    with new_file(tmp_path / "run" / ".extract-batch-answers.jsonl") as file:
        file.write(b"{}")
    made = list((tmp_path / "run").iterdir())
    assert len(made) == 2
    assert {(path.is_symlink(), mode(path)) for path in made} == {(False, 0o600)}
    assert (tmp_path / "outside").read_text() == "mine"


def test_single_files_that_are_links_are_refused_before_anything_is_read(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """`-o FILE` and `publish -o FILE` say where the link leads; it stays, and so does its goal."""
    fill(tmp_path / "run", [release()])
    (tmp_path / "outside").write_text("mine")
    (tmp_path / "link.csv").symlink_to(tmp_path / "outside")
    for arguments in (
        ["-s", "quotes", str(tmp_path / "no such article.txt"), "-o"],
        ["publish", str(tmp_path / "run"), "--with-open", "-o"],
    ):
        assert main([*arguments, str(tmp_path / "link.csv")]) == 1
        said = capfd.readouterr().err
        assert f"link.csv: this is a symbolic link to {tmp_path}/outside" in said
        assert "no such" not in said
    assert (tmp_path / "outside").read_text() == "mine"


# --- leftovers ---


def test_a_run_removes_what_killed_runs_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unfinished sheets and pages, and folders of workbooks: all are in the run's folder."""
    monkeypatch.setattr(leftovers, "_cleaned", set())
    fill(tmp_path, [release()])
    write_sheets(tmp_path, load_schema(SCHEMA))
    known = sorted(tmp_path.rglob("*"))
    monkeypatch.setattr(leftovers, "_cleaned", set())
    (tmp_path / ".extract-0123456789abcdef.part").write_text("half")
    (tmp_path / ".extract-fedcba9876543210.work").mkdir()
    (tmp_path / ".extract-fedcba9876543210.work" / "tmpabcd1234").write_text("half")
    write_sheets(tmp_path, load_schema(SCHEMA))
    assert sorted(tmp_path.rglob("*")) != known  # all is current: nothing was written
    (tmp_path / f"{SCHEMA}.csv").unlink()
    write_sheets(tmp_path, load_schema(SCHEMA))
    assert sorted(tmp_path.rglob("*")) == known


# --- errors of the system ---


def _fail(number: int) -> Callable[..., Any]:
    def fails(*_: object, **__: object) -> Any:
        raise OSError(number, os.strerror(number))

    return fails


@pytest.mark.parametrize("step", ["fsync", "write", "close"])
def test_a_workbook_that_does_not_fit_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], step: str
) -> None:
    """The file, the reason and what to do; not standard output, which has nothing to do with it."""
    from xlsxwriter.worksheet import Worksheet

    fill(tmp_path / "run", [release()])
    (tmp_path / "sheet.xlsx").write_bytes(b"old")
    broken = {
        "fsync": (os, "fsync"),
        "write": (Worksheet, "_write_row"),
        "close": (Worksheet, "_opt_close"),
    }
    monkeypatch.setattr(*broken[step], _fail(errno.ENOSPC))
    assert (
        main(["publish", str(tmp_path / "run"), "--with-open", "-o", f"{tmp_path}/sheet.xlsx"]) == 1
    )
    said = capfd.readouterr().err
    assert f"{tmp_path}/sheet.xlsx: it cannot be written (No space left on device)" in said
    assert "make room on the disk" in said
    assert "standard output" not in said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run", "sheet.xlsx"]
    assert (tmp_path / "sheet.xlsx").read_bytes() == b"old"


def test_another_error_in_a_workbook_stays_what_it_is(tmp_path: Path) -> None:
    """Only errors of the system are about the file; nothing is left of it."""
    with pytest.raises(ValueError, match="of ours"), Workbook(tmp_path / "sheet.xlsx"):
        raise ValueError("of ours")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EROFS, errno.ENAMETOOLONG])
def test_a_folder_for_a_run_that_cannot_be_made_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """The folder, the reason and what to do."""
    monkeypatch.setattr(os, "mkdir", _fail(number))
    for opened in (lambda: Store(tmp_path / "run"), lambda: locked(tmp_path / "run").__enter__()):
        with pytest.raises(OutputError, match=rf"run.*\({os.strerror(number)}\)[;,] .*"):
            opened()


def test_errors_of_files_are_not_told_as_standard_output(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """An error of the system that nobody expected names its file if it has one."""

    def fails(*_: object, **__: object) -> Any:
        raise OSError(errno.EIO, "Input/output error", "/data/cities.txt")

    monkeypatch.setattr("extractor.schema.catalogue.list_schemas", fails)
    assert main(["schemas"]) == 1
    assert "/data/cities.txt: it cannot be used (Input/output error)" in capfd.readouterr().err


def test_permissions_of_new_files_are_known_without_a_store(tmp_path: Path) -> None:
    """Before there is one, and for what is not ours to look at: the owner's alone."""
    assert own_folder(tmp_path / "gone").mode == 0o600
