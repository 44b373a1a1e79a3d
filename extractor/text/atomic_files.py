"""Files that are written bit by bit and then put in their place in one step, or not at all."""

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TextIO

from extractor.errors import OutputError


@contextmanager
def replacing(target: Path, *, durable: bool = True) -> Iterator[Path]:
    """Give the path of a new file beside `target`, which it takes the place of at the end.

    Whatever goes wrong, the old file stays and the new one is dropped. `durable` waits until the
    disk has it. OSError of any kind becomes OutputError.
    """
    with telling(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".extract-", suffix=".part", dir=target.parent)
        os.close(handle)
        made = Path(name)
        try:
            yield made
            if durable:
                with made.open("rb+") as file:
                    os.fsync(file.fileno())
            made.chmod(_MODE)
            made.replace(target)
        except BaseException:  # an interrupt too leaves nothing behind
            with suppress(OSError):
                made.unlink(missing_ok=True)
            raise


@contextmanager
def replacing_text(target: Path) -> Iterator[TextIO]:
    """Give a text file (UTF-8, line feeds) that takes the place of `target` at the end."""
    with replacing(target) as made, made.open("w", encoding="utf-8", newline="") as file:
        file.reconfigure(errors="replace")
        yield file
        file.flush()


@contextmanager
def telling(target: Path) -> Iterator[None]:
    """Tell errors of the system as OutputError, with what to do."""
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"{target}: the sheet cannot be written ({error.strerror or error}); is there room on "
            "the disk, and may the folder be written to? The store has everything: run again"
        ) from error


def _mode() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


_MODE = _mode()  # once, when there is one thread: the mask is the process's


def write_whole(path: Path, text: str) -> None:
    """Write a file in one step: all of it or nothing. Raises OutputError.

    A link is followed; a device or a pipe, which cannot be replaced, is written to directly.
    """
    data = text.encode("utf-8", "replace")
    try:
        target = path.resolve()
        if path.exists() and not target.is_file():
            with path.open("wb") as file:
                file.write(data)
            return
        _replace(target, data)
    except BrokenPipeError:
        raise
    except (OSError, RuntimeError, ValueError) as error:  # a loop of links, a NUL in the name
        raise _not_written(path, error) from error


def _replace(target: Path, data: bytes) -> None:
    mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(prefix=".extract-", suffix=".part", dir=target.parent)
    made = Path(name)
    try:
        file: IO[bytes]
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        made.chmod(mode)
        made.replace(target)
    except BaseException:  # an interrupt too leaves nothing behind
        made.unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _not_written(path: Path, error: Exception) -> OutputError:
    reason = getattr(error, "strerror", None) or str(error)
    return OutputError(f"{path}: the sheet cannot be written ({reason}); name another --output")
