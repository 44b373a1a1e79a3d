"""What killed processes leave is removed by the next that writes there, and nothing else is."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from extractor.text import leftovers
from extractor.text.atomic_files import OwnFolder, replacing_text, write_text
from extractor.text.leftovers import FolderHandle, remove_leftovers, temporary_file, working_folder

_WRITER = """
import sys, time
from pathlib import Path
from extractor.run.sheets.workbook import Workbook
from extractor.text.atomic_files import replacing_text
folder = Path(sys.argv[1])
with replacing_text(folder / "sheet.csv") as file, Workbook(folder / "book.xlsx"):
    file.write("half")
    file.flush()
    print("writing", flush=True)
    time.sleep(60)
"""


@pytest.fixture(autouse=True)
def nothing_cleaned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test is a process that has not cleaned any folder yet."""
    monkeypatch.setattr(leftovers, "_cleaned", set())


def clean(folder: Path) -> list[str]:
    """Remove the leftovers of a folder; return the names that are left."""
    with FolderHandle.opened(folder) as room:
        remove_leftovers(room)
    return sorted(path.name for path in folder.iterdir())


def aged(path: Path, seconds: float) -> None:
    """Make a file older."""
    moment = time.time() - seconds
    os.utime(path, (moment, moment))


@pytest.mark.process
def test_a_killed_process_leaves_nothing_for_long(tmp_path: Path) -> None:
    """While it lives its files are nobody else's to remove; the next write after its kill does."""
    (tmp_path / "sheet.csv").write_text("old")
    arguments = [sys.executable, "-c", _WRITER, str(tmp_path)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "writing\n"
        unfinished = [name for name in clean(tmp_path) if name.startswith(".extract-")]
        assert len(unfinished) == 3  # the CSV, the workbook, and the folder for its parts
        writer.send_signal(signal.SIGKILL)
        writer.wait(20)
    leftovers._cleaned.clear()
    write_text(tmp_path / "other.csv", "x")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other.csv", "sheet.csv"]
    assert (tmp_path / "sheet.csv").read_text() == "old"


def test_only_unfinished_files_of_ours_are_removed(tmp_path: Path) -> None:
    """Locks, manifests, batches, the user's own files, links and folders with other things stay."""
    part = ".extract-0123456789abcdef.part"
    kept = [
        ".extract.lock",
        ".extract-sheets.json",
        ".extract-batch-1.jsonl",
        ".extract-notes.part",
        "extract-0123456789abcdef.part",
        f"{part}.txt",
        ".extract-012345678_abcdef.part",
    ]
    for name in [*kept, part]:
        (tmp_path / name).write_text("x")
        aged(tmp_path / name, 10 * 86_400)
    (tmp_path / ".extract-aaaaaaaaaaaaaaaa.part").symlink_to(kept[0])
    (tmp_path / ".extract-bbbbbbbbbbbbbbbb.part").mkdir()
    thesis = tmp_path / ".extract-cccccccccccccccc.work"
    thesis.mkdir()
    (thesis / "lock").touch()
    (thesis / "thesis.txt").write_text("x")
    assert clean(tmp_path) == sorted(
        [
            *kept,
            ".extract-aaaaaaaaaaaaaaaa.part",
            ".extract-bbbbbbbbbbbbbbbb.part",
            ".extract-cccccccccccccccc.work",
        ]
    )
    assert sorted(path.name for path in thesis.iterdir()) == ["lock", "thesis.txt"]


def test_files_of_other_users_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder that several share each removes what is theirs."""
    (tmp_path / ".extract-0123456789abcdef.part").touch()
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    assert clean(tmp_path) == [".extract-0123456789abcdef.part"]


@pytest.mark.parametrize(("age", "left"), [(3_600, 2), (2 * 86_400, 0)])
def test_leftovers_of_earlier_versions_go_by_age(tmp_path: Path, age: int, left: int) -> None:
    """Those held no lock: what is older than a day is nobody's any more."""
    (tmp_path / ".extract-ab_1cd2e.part").touch()
    folder = tmp_path / ".extract-zyx98765"
    folder.mkdir()
    (folder / "sheets.xlsx").touch()
    (folder / "tmpabcd1234").touch()
    for path in (tmp_path / ".extract-ab_1cd2e.part", folder):
        aged(path, age)
    assert len(clean(tmp_path)) == left


@pytest.mark.parametrize(("age", "left"), [(3_600, 1), (2 * 86_400, 0)])
def test_where_there_are_no_locks_age_decides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, age: int, left: int
) -> None:
    """On a file system without locks nobody can tell who lives; a day is long enough."""
    (tmp_path / ".extract-0123456789abcdef.part").touch()
    aged(tmp_path / ".extract-0123456789abcdef.part", age)
    monkeypatch.setattr(leftovers, "_hold", lambda _: None)
    assert len(clean(tmp_path)) == left


def test_a_file_that_is_removed_before_it_is_held_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody cleans up in the moment between its making and its lock: it gets another name."""
    hold, taken = leftovers._hold, []

    def late(handle: int) -> bool | None:
        if not taken:
            taken.extend(tmp_path.iterdir())
            taken[0].unlink()
        return hold(handle)

    monkeypatch.setattr(leftovers, "_hold", late)
    with FolderHandle.opened(tmp_path) as room:
        file, name = temporary_file(room)
        file.close()
    assert [path.name for path in tmp_path.iterdir()] == [name] != [taken[0].name]


def test_a_process_looks_once_into_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundred thousand pages do not mean as many looks through the folder."""
    looks = []
    names = FolderHandle.names
    monkeypatch.setattr(FolderHandle, "names", lambda room: looks.append(1) or names(room))
    own = OwnFolder(tmp_path, 0o600)
    for number in range(5):
        write_text(tmp_path / "pages" / f"{number}.html", "x", own=own)
    assert len(looks) == 1


def test_a_working_folder_is_gone_at_the_end(tmp_path: Path) -> None:
    """What it held too; it is its owner's alone, and nobody removes it meanwhile."""
    with working_folder(tmp_path) as folder:
        (folder / "tmpabcd1234").touch()
        assert folder.lstat().st_mode & 0o777 == 0o700
        leftovers._cleaned.clear()
        assert clean(tmp_path) == [folder.name]
    assert clean(tmp_path) == []


def test_a_second_writer_of_the_same_file_leaves_the_first_alone(tmp_path: Path) -> None:
    """Two writers of one process: each has a file of its own, and the last to end is seen."""
    with replacing_text(tmp_path / "sheet.csv") as first:
        first.write("first")
        leftovers._cleaned.clear()
        write_text(tmp_path / "sheet.csv", "second")
        assert (tmp_path / "sheet.csv").read_text() == "second"
    assert (tmp_path / "sheet.csv").read_text() == "first"
