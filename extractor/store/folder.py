"""The folder of a run and its store as files: who may read them, and that none of them is a link.

A folder and a store that we make are their owner's alone (0700, 0600), unless `shared` was asked
for: then they get what the umask leaves. Later files of the run get the permissions of its store,
so whoever opens that to others (`chmod g+r`) opens what comes later.
"""

import os
import stat
from contextlib import suppress
from pathlib import Path

from extractor.errors import OutputError
from extractor.text.atomic_files import OwnFolder, refuse_link

FILE = "extract.sqlite"  # the store
_BESIDE = ("", "-wal", "-shm", "-journal")  # what SQLite opens with it
_OWNER_ONLY = 0o600
_EVERYBODY = 0o666  # but for the umask


def make_folder(folder: Path, *, shared: bool = False) -> None:
    """Make the folder of a run if it is not there. Raises OSError."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o777 if shared else 0o700, exist_ok=True)


def open_for_owner(path: Path, flags: int, *, shared: bool = False) -> int:
    """Open a file of a run, made if it is not there; return its handle. Raises OSError for a link.

    It is the owner's alone unless `shared`.
    """
    flags |= os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
    return os.open(path, flags, _EVERYBODY if shared else _OWNER_ONLY)


def make_store_file(folder: Path, *, shared: bool = False) -> None:
    """Make the store's empty file if there is none; SQLite gives its own the same permissions.

    Raises OSError, and OutputError when the store or a file beside it is a link.
    """
    refuse_linked_store(folder)
    with suppress(FileExistsError):
        os.close(open_for_owner(folder / FILE, os.O_RDWR | os.O_EXCL, shared=shared))


def refuse_linked_store(folder: Path) -> None:
    """Raise OutputError when the store, or a file that SQLite has beside it, is a link."""
    for ending in _BESIDE:
        refuse_link(folder / f"{FILE}{ending}")


def own_folder(folder: Path) -> OwnFolder:
    """Return a run's folder with the permissions of new files in it: those of its store."""
    try:
        mode = stat.S_IMODE((folder / FILE).lstat().st_mode) & _EVERYBODY
    except OSError:
        mode = _OWNER_ONLY
    return OwnFolder(folder, mode)


def is_open_to_all(folder: Path) -> bool:
    """Return whether every user of this machine may read the store in a folder."""
    try:
        return bool((folder / FILE).stat().st_mode & stat.S_IROTH) and bool(
            folder.stat().st_mode & stat.S_IXOTH
        )
    except OSError:
        return False


def unusable_folder(folder: Path, error: OSError) -> OutputError:
    """Return the error on a folder in which no run can be made."""
    reason = error.strerror or str(error)
    return OutputError(
        f"{folder}: the store cannot be written there ({reason}); name another --output"
    )
