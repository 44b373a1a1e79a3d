"""Unfinished files: how they are named and held, and how those of dead processes are removed.

A process holds a lock (`flock`) on every file that it has not finished. Whoever can take the lock
of such a file knows that nobody is writing it any more. Only files of our names and of our own user
are removed, and only in folders that something is being written to.
"""

import os
import re
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, Self

_PART = re.compile(r"\.extract-[0-9a-f]{16}\.part")  # a file
_WORK = re.compile(r"\.extract-[0-9a-f]{16}\.work")  # a folder with a file `lock` in it
_EARLIER = re.compile(r"\.extract-[a-z0-9_]{8}(?:\.part)?")  # of versions that held no lock
# What our folders hold.
_IN_WORK = re.compile(r"lock|export\.[a-z]+|sheets\.xlsx|tmp[a-z0-9_]{8}")
_LOCK = "lock"
_LONG_AGO = 86_400.0  # seconds after which a file that cannot be locked is nobody's
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_HOLDS_FOLDERS = os.open in os.supports_dir_fd and os.scandir in os.supports_fd  # not on Windows

_cleaned: set[tuple[int, int]] = set()  # folders (device, inode) that this process has cleaned


class FolderHandle:
    """A folder that is held open: its files are named in it, whatever happens to its path."""

    def __init__(self, path: Path, handle: int | None) -> None:
        self._path, self._handle = path, handle

    @classmethod
    def opened(cls, path: Path) -> "FolderHandle":
        """Open a folder; links on the way to it are followed. Raises OSError."""
        if not _HOLDS_FOLDERS:
            return cls(path, None)
        flags = os.O_DIRECTORY | os.O_CLOEXEC
        try:
            return cls(path, os.open(path, os.O_RDONLY | flags))
        except PermissionError:  # it may be written to and not be listed
            return cls(path, os.open(path, getattr(os, "O_PATH", os.O_RDONLY) | flags))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of it. May be called twice."""
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)

    def enter(self, name: str) -> "FolderHandle":
        """Open a folder in it, which is no link. Raises OSError."""
        if self._handle is None:
            return FolderHandle(self._path / name, None)
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | _NO_FOLLOW
        return FolderHandle(self._path / name, os.open(name, flags, dir_fd=self._handle))

    def status(self, name: str) -> os.stat_result | None:
        """Return what is there under a name, a link as itself; None when nothing is."""
        try:
            return os.stat(self._at(name), dir_fd=self._handle, follow_symlinks=False)
        except FileNotFoundError:
            return None

    def open(self, name: str, flags: int) -> int:
        """Open a file in it, which is no link. Raises OSError."""
        flags |= _NO_FOLLOW | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
        return os.open(self._at(name), flags, 0o600, dir_fd=self._handle)

    def set_mode(self, mode: int) -> None:
        """Set its own permissions. Raises OSError."""
        if self._handle is not None:
            os.fchmod(self._handle, mode)

    def mkdir(self, name: str, mode: int) -> None:
        """Make a folder in it. Raises OSError."""
        os.mkdir(self._at(name), mode, dir_fd=self._handle)

    def move(self, name: str, other: "FolderHandle", new_name: str) -> None:
        """Move a file to another folder, in place of what is there. Raises OSError."""
        os.replace(
            self._at(name),
            other._at(new_name),
            src_dir_fd=self._handle,
            dst_dir_fd=other._handle,
        )

    def unlink(self, name: str) -> None:
        """Remove a file. Raises OSError."""
        os.unlink(self._at(name), dir_fd=self._handle)

    def rmdir(self, name: str) -> None:
        """Remove an empty folder. Raises OSError."""
        os.rmdir(self._at(name), dir_fd=self._handle)

    def names(self) -> list[str]:
        """Return the names of all files and folders in it. Raises OSError."""
        with os.scandir(self._path if self._handle is None else self._handle) as entries:
            return [entry.name for entry in entries]

    def identity(self) -> tuple[int, int]:
        """Return what tells it from every other folder."""
        status = os.stat(self._path if self._handle is None else self._handle)  # noqa: PTH116
        return status.st_dev, status.st_ino

    def _at(self, name: str) -> str:
        return str(self._path / name) if self._handle is None else name


# --- made ---


def temporary_file(room: FolderHandle) -> tuple[BinaryIO, str]:
    """Make a file for its owner only and hold it; return it and its name. Raises OSError."""
    while True:
        name = f".extract-{os.urandom(8).hex()}.part"
        handle = room.open(name, os.O_RDWR | os.O_CREAT | os.O_EXCL)
        if _hold(handle) is not False and os.fstat(handle).st_nlink:
            return os.fdopen(handle, "w+b"), name
        os.close(handle)  # somebody cleaned up in that moment


@contextmanager
def working_folder(parent: Path) -> Iterator[Path]:
    """Give a new folder for files of the moment, in `parent`; it is removed at the end.

    What a killed process leaves of one is removed by the next. Raises OSError.
    """
    import shutil

    with FolderHandle.opened(parent) as room:
        remove_leftovers(room)
        while True:
            name = f".extract-{os.urandom(8).hex()}.work"
            room.mkdir(name, 0o700)
            with suppress(FileNotFoundError), room.enter(name) as made:
                handle = made.open(_LOCK, os.O_RDWR | os.O_CREAT | os.O_EXCL)
                if _hold(handle) is not False and os.fstat(handle).st_nlink:
                    break
                os.close(handle)
    try:
        yield parent / name
    finally:
        shutil.rmtree(parent / name, ignore_errors=True)
        os.close(handle)


# --- and removed ---


def remove_leftovers(room: FolderHandle) -> None:
    """Remove what dead processes left in a folder; each process looks there once."""
    with suppress(OSError):
        identity = room.identity()
        if identity in _cleaned:
            return
        _cleaned.add(identity)
        for name in room.names():
            if name.startswith(".extract-"):
                with suppress(OSError):
                    _remove(room, name)


def _remove(room: FolderHandle, name: str) -> None:
    """Remove a leftover, if it is one. Raises OSError when it is not, or cannot be removed."""
    status = room.status(name)
    if status is None or (hasattr(os, "geteuid") and status.st_uid != os.geteuid()):
        return
    age = time.time() - status.st_mtime
    if stat.S_ISREG(status.st_mode):
        if _PART.fullmatch(name):
            _remove_if_free(room, name, age)
        elif _EARLIER.fullmatch(name) and name.endswith(".part") and age > _LONG_AGO:
            room.unlink(name)
    elif stat.S_ISDIR(status.st_mode):
        with room.enter(name) as folder:
            remove_leftovers(folder)  # one may have another in it
            held = folder.names()
            if not all(_IN_WORK.fullmatch(one) for one in held):
                return
            if _WORK.fullmatch(name):
                if _LOCK in held and not _remove_if_free(folder, _LOCK, age):
                    return
            elif not (_EARLIER.fullmatch(name) and age > _LONG_AGO):
                return
            for one in held:
                with suppress(FileNotFoundError):
                    folder.unlink(one)
        room.rmdir(name)


def _remove_if_free(room: FolderHandle, name: str, age: float) -> bool:
    """Remove a file that no process holds; return whether it was. Raises OSError."""
    handle = room.open(name, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    try:
        free = _hold(handle)
        if free or (free is None and age > _LONG_AGO):
            room.unlink(name)
            return True
        return False
    finally:
        os.close(handle)


def _hold(handle: int) -> bool | None:
    """Lock an open file for this process; False when another holds it, None without locks here."""
    try:
        import fcntl
    except ImportError:  # Windows
        return None
    lock: Any = fcntl.flock
    try:
        lock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return None
    return True
