"""Files are written whole or not at all, and errors name the file."""

import errno
import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from extractor.errors import OutputError
from extractor.text import atomic_files
from extractor.text.atomic_files import (
    OwnFolder,
    output_errors,
    refuse_link,
    replacing,
    replacing_text,
    write_text,
)


def mode(path: Path) -> int:
    """Return the permissions of a file or folder."""
    return stat.S_IMODE(path.lstat().st_mode)


def test_a_file_is_replaced_at_the_end_and_keeps_its_permissions(tmp_path: Path) -> None:
    """Until the block ends the old words are there; a new file gets what the umask leaves."""
    target = tmp_path / "sheet.csv"
    target.write_text("old")
    target.chmod(0o640)
    with replacing_text(target) as file:
        file.write("new \ud800\n")
        assert target.read_text() == "old"
    assert target.read_bytes() == b"new ?\n"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    write_text(tmp_path / "second.csv", "x")
    (tmp_path / "plain").touch()
    assert (tmp_path / "second.csv").stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.parametrize("error", [OSError(28, "No space left"), KeyboardInterrupt(), ValueError()])
def test_whatever_goes_wrong_the_old_file_stays(tmp_path: Path, error: BaseException) -> None:
    """Nothing is left beside it; only errors of the system become OutputError."""
    target = tmp_path / "sheet.csv"
    target.write_text("old")
    wanted = OutputError if isinstance(error, OSError) else type(error)

    def write() -> None:
        with replacing_text(target) as file:
            file.write("half")
            raise error

    with pytest.raises(wanted):
        write()
    assert [path.name for path in tmp_path.iterdir()] == ["sheet.csv"]
    assert target.read_text() == "old"


@pytest.mark.parametrize("leads_to", ["real.csv", "gone.csv", "folder"])
@pytest.mark.parametrize("own", [True, False])
def test_nothing_is_written_through_a_link(tmp_path: Path, leads_to: str, own: bool) -> None:
    """A file that is a link is refused, with where it leads; neither it nor that changes."""
    (tmp_path / "real.csv").write_text("old")
    (tmp_path / "folder").mkdir()
    link = tmp_path / "link.csv"
    link.symlink_to(leads_to)
    with pytest.raises(OutputError, match=rf"link\.csv: .* symbolic link to {leads_to}, .* name"):
        write_text(link, "new", own=OwnFolder(tmp_path) if own else None)
    with pytest.raises(OutputError, match=r"link\.csv: .* symbolic link to"):
        refuse_link(link)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "link.csv", "real.csv"]
    assert link.is_symlink()
    assert (tmp_path / "real.csv").read_text() == "old"


@pytest.mark.parametrize("deep", ["pages", "pages/a", "pages/a/b"])
def test_no_link_inside_a_folder_of_ours_is_followed(tmp_path: Path, deep: str) -> None:
    """A folder that is a link is refused, however deep; the folder of ours itself may be one."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "real").mkdir()
    (tmp_path / "run").symlink_to("real")
    link = tmp_path / "real" / deep
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(tmp_path / "elsewhere")
    own = OwnFolder(tmp_path / "run", 0o600)
    with pytest.raises(OutputError, match=rf"run/{deep}: this is a symbolic link"):
        write_text(own.path / "pages" / "a" / "b" / "page.html", "x", own=own)
    assert not list((tmp_path / "elsewhere").iterdir())
    link.unlink()
    write_text(own.path / "pages" / "a" / "b" / "page.html", "x", own=own)
    assert (tmp_path / "real" / "pages" / "a" / "b" / "page.html").read_text() == "x"


def test_a_link_that_appears_while_a_folder_is_entered_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look at a folder and its use it may become a link: the system refuses it then."""
    (tmp_path / "run" / "pages").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    look = atomic_files.FolderHandle.status

    def status(folder: atomic_files.FolderHandle, name: str) -> os.stat_result | None:
        found = look(folder, name)
        if name == "pages":
            (tmp_path / "run" / "pages").rmdir()
            (tmp_path / "run" / "pages").symlink_to(tmp_path / "elsewhere")
        return found

    monkeypatch.setattr(atomic_files.FolderHandle, "status", status)
    own = OwnFolder(tmp_path / "run", 0o600)
    with pytest.raises(OutputError, match="cannot be written"):
        write_text(own.path / "pages" / "page.html", "x", own=own)
    assert not list((tmp_path / "elsewhere").iterdir())


@pytest.mark.parametrize(("given", "folders"), [(0o600, 0o700), (0o640, 0o750), (0o644, 0o755)])
def test_permissions_in_a_folder_of_ours(tmp_path: Path, given: int, folders: int) -> None:
    """New files get the folder's permissions, new folders what suits; old files keep theirs."""
    own = OwnFolder(tmp_path, given)
    page = tmp_path / "pages" / "a" / "page.html"
    write_text(page, "x", own=own)
    assert [mode(path) for path in (page, page.parent, page.parent.parent)] == [
        given,
        folders,
        folders,
    ]
    page.chmod(0o604)
    write_text(page, "y", own=own)
    assert mode(page) == 0o604


def test_an_unfinished_file_is_its_owners_alone(tmp_path: Path) -> None:
    """Whatever the file will be, nobody else reads along while it is written."""
    with replacing_text(tmp_path / "sheet.csv") as file:
        file.write("x")
        assert [mode(path) for path in tmp_path.iterdir()] == [0o600]


def test_missing_folders_are_made_only_when_asked_for(tmp_path: Path) -> None:
    """A mistyped folder is an error; the pages of a run make theirs."""
    target = tmp_path / "a" / "b" / "page.html"
    with pytest.raises(OutputError, match=r"page\.html: it cannot be written \(No such file.*make"):
        write_text(target, "x")
    with replacing(target, parents=True, durable=False) as made:
        made.write(b"x")
    assert target.read_text() == "x"


@pytest.mark.parametrize("name", ["folder", "nul\0", "n" * 300])
def test_a_place_for_no_file_is_named(tmp_path: Path, name: str) -> None:
    """A folder, names that no system takes: one OutputError."""
    (tmp_path / "folder").mkdir()
    with pytest.raises(OutputError, match="cannot be written"):
        write_text(tmp_path / name, "x")


def test_a_pipe_is_written_to_directly(tmp_path: Path) -> None:
    """What cannot be replaced stays what it is, and its reader gets the words."""
    os.mkfifo(tmp_path / "pipe")
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append((tmp_path / "pipe").read_text()))
    reader.start()
    write_text(tmp_path / "pipe", "words")
    reader.join(10)
    assert read == ["words"]
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


def test_what_the_shell_opened_is_written_to(tmp_path: Path) -> None:
    """/dev/stdout and /dev/fd/N are links of the system's own: they are written through."""
    handle = os.open(tmp_path / "redirected", os.O_WRONLY | os.O_CREAT)
    try:
        write_text(Path(f"/dev/fd/{handle}"), "words")
    finally:
        os.close(handle)
    assert (tmp_path / "redirected").read_text() == "words"
    write_text(Path(os.devnull), "words")
    assert not Path(os.devnull).is_file()


def test_a_full_device_is_named() -> None:
    """What a device does not take is told as its error, not as one of standard output."""
    with pytest.raises(OutputError, match=r"/dev/full: .*No space left.*make room"):
        write_text(Path("/dev/full"), "words")


def _fail(number: int) -> Callable[..., int]:
    def fails(*_: object, **__: object) -> int:
        raise OSError(number, os.strerror(number))

    return fails


@pytest.mark.parametrize("step", ["open", "fsync", "replace", "mkdir", "scandir"])
@pytest.mark.parametrize(
    ("number", "advice"),
    [
        (errno.ENOSPC, "make room on the disk"),
        (errno.EDQUOT, "make room"),
        (errno.EROFS, "name a place that can be written to"),
        (errno.EACCES, "change the permissions"),
        (errno.EPERM, "change the permissions"),
        (errno.EISDIR, "name a file"),
        (errno.ENAMETOOLONG, "give it a shorter name"),
        (errno.ELOOP, "without links"),
        (errno.EIO, "is there room on the disk"),
    ],
)
def test_errors_of_the_system_name_the_file_and_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, number: int, advice: str
) -> None:
    """Whichever step fails, the message has the file, the reason and advice; the old file stays."""
    own = OwnFolder(tmp_path, 0o600)
    write_text(tmp_path / "sheet.csv", "old", own=own)
    target = tmp_path / ("new" if step == "mkdir" else "") / "sheet.csv"
    with monkeypatch.context() as patched:
        patched.setattr(os, step, _fail(number))
        if step == "scandir":  # no leftovers are found then, and that is all
            write_text(target, "new", own=own)
            return
        with pytest.raises(OutputError) as caught:
            write_text(target, "new", own=own)
    said = str(caught.value)
    assert said.startswith(f"{target}: it cannot be written ({os.strerror(number)}); ")
    assert advice in said
    assert (tmp_path / "sheet.csv").read_text() == "old"
    if step != "open":
        assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["sheet.csv"]


def test_a_closed_pipe_is_no_error_of_ours(tmp_path: Path) -> None:
    """Whoever reads decides when it is enough: the command ends silently."""
    with pytest.raises(BrokenPipeError), output_errors(tmp_path):
        raise BrokenPipeError
