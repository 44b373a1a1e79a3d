"""Files are written whole or not at all, and errors name the file."""

import os
import stat
import threading
from pathlib import Path

import pytest

from extractor.errors import OutputError
from extractor.text.atomic_files import output_errors, replacing, replacing_text, write_text


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


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """The file that it leads to is replaced."""
    (tmp_path / "real.csv").write_text("old")
    (tmp_path / "link.csv").symlink_to("real.csv")
    write_text(tmp_path / "link.csv", "new")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_text() == "new"


def test_missing_folders_are_made_only_when_asked_for(tmp_path: Path) -> None:
    """A mistyped folder is an error; the pages of a run make theirs."""
    target = tmp_path / "a" / "b" / "page.html"
    with pytest.raises(OutputError, match=r"page\.html: it cannot be written \(No such file"):
        write_text(target, "x")
    with replacing(target, parents=True, durable=False) as made:
        made.write_text("x")
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


def test_a_closed_pipe_is_no_error_of_ours(tmp_path: Path) -> None:
    """Whoever reads decides when it is enough: the command ends silently."""
    with pytest.raises(BrokenPipeError), output_errors(tmp_path):
        raise BrokenPipeError
