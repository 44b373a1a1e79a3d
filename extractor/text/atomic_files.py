"""Writes a file whole or not at all: it is made beside its place and put there in one step.

Whatever goes wrong, an interrupt too, the file that was there stays and the new one is dropped.
Errors of the system become one OutputError that names the file and says what to look at.
"""

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from extractor.errors import OutputError


@contextmanager
def replacing(target: Path, *, parents: bool = False, durable: bool = True) -> Iterator[Path]:
    """Give the path of a new file, which takes the place of `target` at the end.

    A link is followed, and the file keeps the permissions of the one it replaces. `parents` makes
    missing folders; `durable` waits until the disk has the file. Raises OutputError.
    """
    with output_errors(target):
        target = _resolved(target)
        if parents:
            target.parent.mkdir(parents=True, exist_ok=True)
        mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else _MODE_OF_NEW_FILES
        handle, name = tempfile.mkstemp(prefix=".extract-", suffix=".part", dir=target.parent)
        os.close(handle)
        part = Path(name)
        try:
            yield part
            if durable:
                with part.open("rb+") as file:
                    os.fsync(file.fileno())
            part.chmod(mode)
            part.replace(target)
        except BaseException:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            raise


@contextmanager
def replacing_text(target: Path, *, parents: bool = False) -> Iterator[TextIO]:
    """Give a text file (UTF-8, line feeds) that takes the place of `target` at the end.

    A device or a pipe cannot be replaced: it is written to directly. What UTF-8 cannot hold, lone
    surrogates, is written as "?". Raises OutputError.
    """
    with output_errors(target):
        if target.exists() and not target.is_file():
            with _open(target) as file:
                yield file
            return
        with replacing(target, parents=parents) as part, _open(part) as file:
            yield file


def write_text(target: Path, text: str) -> None:
    """Write a text file whole, as `replacing_text` does. Raises OutputError."""
    with replacing_text(target) as file:
        file.write(text)


@contextmanager
def output_errors(target: Path) -> Iterator[None]:
    """Turn any OSError in the block into an OutputError on `target`.

    A closed pipe stays a BrokenPipeError: its reader has stopped reading, which is no error.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _not_written(target, error.strerror or str(error)) from error


def _open(path: Path) -> TextIO:
    return path.open("w", encoding="utf-8", errors="replace", newline="")


def _resolved(target: Path) -> Path:
    """Return the file that a path leads to. Raises OutputError where it leads nowhere."""
    try:
        return target.resolve()
    except (RuntimeError, ValueError) as error:  # a loop of links, a NUL in the name
        raise _not_written(target, str(error)) from error


def _not_written(target: Path, reason: str) -> OutputError:
    return OutputError(
        f"{target}: it cannot be written ({reason}); is its folder there and may it be written "
        "to, and is there room on the disk?"
    )


def _mode_of_new_files() -> int:
    mask = os.umask(0)  # there is no other way to read it
    os.umask(mask)
    return 0o666 & ~mask


_MODE_OF_NEW_FILES = _mode_of_new_files()  # once, before there are threads: the mask is shared
