"""Files that are written bit by bit and then put in their place in one step, or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

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
