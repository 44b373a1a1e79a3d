"""Locks an output folder: one run at a time writes there."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from extractor.errors import UsageError
from extractor.store.folder import make_folder, open_for_owner, unusable_folder
from extractor.text.atomic_files import refuse_link

_LOCK = ".extract.lock"
_PATIENCE = 3.0  # seconds to wait for a lock: the processes of a killed run take a moment to end


@contextmanager
def locked(folder: Path, *, shared: bool = False) -> Iterator[int]:
    """A context: keep other runs out of a folder, which is made if need be (see folder.py).

    Gives the descriptor of the file that the lock is on. No child process may keep it open: when
    this process ends, however it does, the lock is gone. Raises OutputError, or UsageError when
    another run holds the lock.
    """
    try:
        make_folder(folder, shared=shared)
        refuse_link(folder / _LOCK)
        handle = open_for_owner(folder / _LOCK, os.O_RDWR, shared=shared)
    except OSError as error:
        raise unusable_folder(folder, error) from error
    try:
        _lock(handle, folder)
        yield handle
    finally:
        os.close(handle)


def _lock(handle: int, folder: Path) -> None:
    """Lock an open file; wait a little for it. Raises UsageError when another run has it."""
    try:
        import fcntl
    except ImportError:  # not on this system; SQLite's own locks keep the file whole
        return
    ends = time.monotonic() + _PATIENCE
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > ends:
                raise UsageError(
                    f"{folder}: another run is writing there; wait for it, or name another --output"
                ) from None
            time.sleep(0.05)
        except OSError:  # a file system without locks
            return
        else:
            return
