"""Writes a file whole or not at all: it is made beside its place and put there in one step.

    with replacing_text(Path("quotes.csv")) as file:        a file that the user named
    with replacing(page, own=OwnFolder(folder, 0o600)) …    a file of ours, in a folder of ours

Whatever goes wrong, an interrupt too, the file that was there stays and the new one is dropped;
what a killed process leaves is removed later (leftovers.py). Nothing is written through a symbolic
link: neither a file that is one, nor a folder of ours that is one. What leads to a file or folder
that the user named may go over links. Errors of the system become one OutputError that names the
file and says what to do.
"""

import errno
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO, NoReturn, TextIO

from extractor.errors import OutputError
from extractor.frozen import frozen
from extractor.text.leftovers import FolderHandle, remove_leftovers, temporary_file

# What the shell and the system call so: links to what is open already, made by nobody else.
_OPEN_ALREADY = re.compile(r"/dev/[^/]+|/dev/fd/\d+|/proc/[^/]+/fd/\d+")
_WHAT_TO_DO = {
    errno.ENOSPC: "make room on the disk",
    errno.EDQUOT: "make room: your share of the disk is used up",
    errno.EROFS: "name a place that can be written to",
    errno.EACCES: "change the permissions of its folder, or name another place",
    errno.EPERM: "change the permissions of its folder, or name another place",
    errno.ENOENT: "make its folder, or check the path",
    errno.ENOTDIR: "check the path: a part of it is no folder",
    errno.EISDIR: "name a file, this is a folder",
    errno.ENAMETOOLONG: "give it a shorter name",
    errno.ELOOP: "name a path without links that lead in a circle",
    errno.EXDEV: "a folder in it is on another disk; name a place that is all on one",
}
_OTHERWISE = "is its folder there, may it be written to, and is there room on the disk?"


@frozen
class OwnFolder:
    """A folder in which we alone name the files, such as a run's.

    No link in it is followed; `path` itself may be one. `mode` are the permissions of new files in
    it, None: what the umask leaves; new folders get the same, and the same people can enter them.
    """

    path: Path
    mode: int | None = None


@contextmanager
def replacing(
    target: Path, *, own: OwnFolder | None = None, parents: bool = False, durable: bool = True
) -> Iterator[BinaryIO]:
    """Give a new file, which takes the place of `target` at the end.

    It has the permissions of the file that it replaces; a new one those that `own` says, or what
    the umask leaves. With `own`, in which `target` lies, missing folders in it are made; with
    `parents` those of any other target. `durable` waits until the disk has the file. Raises
    OutputError.
    """
    with output_errors(target), _home(target, own, parents) as home:
        before = _status(target, home)
        if before is not None and not stat.S_ISREG(before.st_mode):
            _refuse(target, before)
        with _room_for_parts(own, home) as room:
            remove_leftovers(room)
            file, name = temporary_file(room)
            try:
                yield file
                file.flush()
                if durable:
                    os.fsync(file.fileno())
                mode = stat.S_IMODE(before.st_mode) if before else own.mode if own else None
                if hasattr(os, "fchmod"):  # not on Windows
                    os.fchmod(file.fileno(), _MODE_OF_NEW_FILES if mode is None else mode)
                room.move(name, home, target.name)
            except BaseException:
                with suppress(OSError):
                    room.unlink(name)
                raise
            finally:
                with suppress(OSError):  # a full disk has been told
                    file.close()


@contextmanager
def replacing_text(
    target: Path, *, own: OwnFolder | None = None, parents: bool = False
) -> Iterator[TextIO]:
    """Give a text file (UTF-8, line feeds) that takes the place of `target` at the end.

    A device or a pipe cannot be replaced: it is written to directly. What UTF-8 cannot hold, lone
    surrogates, is written as "?". See `replacing` for the rest. Raises OutputError.
    """
    if own is None and (device := _device(target)) is not None:
        with output_errors(target), device, _as_text(device) as text:
            yield text
        return
    with replacing(target, own=own, parents=parents) as file, _as_text(file) as text:
        yield text


def write_text(target: Path, text: str, *, own: OwnFolder | None = None) -> None:
    """Write a text file whole, as `replacing_text` does. Raises OutputError."""
    with replacing_text(target, own=own) as file:
        file.write(text)


def refuse_link(target: Path) -> None:
    """Raise OutputError when a file that will be written is a link; to say so in good time."""
    with output_errors(target):
        status = None if _OPEN_ALREADY.fullmatch(str(target)) else _status(target)
        if status is not None and stat.S_ISLNK(status.st_mode):
            _refuse(target, status)


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
        raise not_written(target, error) from error


def not_written(target: Path | str, error: OSError) -> OutputError:
    """Return the error on a file or folder that the system does not write: why, and what to do."""
    what_to_do = _WHAT_TO_DO.get(error.errno or 0, _OTHERWISE)
    return OutputError(f"{target}: it cannot be written ({error.strerror or error}); {what_to_do}")


# --- the folder of a file ---


@contextmanager
def _home(target: Path, own: OwnFolder | None, parents: bool) -> Iterator[FolderHandle]:
    """Give the folder that `target` is in, held open. Raises OSError, or OutputError for a link."""
    if "\0" in str(target):
        raise OSError(errno.EINVAL, "a NUL in its name")
    if own is None:
        if parents:
            target.parent.mkdir(parents=True, exist_ok=True)
        with FolderHandle.opened(target.parent) as home:
            yield home
        return
    place = own.path
    home = FolderHandle.opened(place)
    try:
        for part in target.relative_to(own.path).parts[:-1]:
            place /= part
            with home as above:
                home = _entered(above, place, own.mode)
        with home:
            yield home
    finally:
        home.close()


def _entered(above: FolderHandle, place: Path, mode: int | None) -> FolderHandle:
    """Open a folder of ours, or make it, with permissions to suit those of its files."""
    status = above.status(place.name)
    if status is not None and stat.S_ISLNK(status.st_mode):
        _refuse(place, status)
    if status is not None:
        return above.enter(place.name)
    enter = 0o777 if mode is None else mode | (mode & 0o444) >> 2
    try:
        above.mkdir(place.name, enter)
    except FileExistsError:  # another process was faster
        return above.enter(place.name)
    made = above.enter(place.name)
    if mode is not None:
        made.set_mode(enter)  # the umask may have taken some away
    return made


@contextmanager
def _room_for_parts(own: OwnFolder | None, home: FolderHandle) -> Iterator[FolderHandle]:
    """Give the folder for unfinished files: the top one of ours, so that there is one to clean."""
    if own is None:
        yield home
    else:
        with FolderHandle.opened(own.path) as room:
            yield room


def _status(target: Path, home: FolderHandle | None = None) -> os.stat_result | None:
    """Return what stands at a path, a link as itself; None when there is nothing."""
    try:
        return home.status(target.name) if home else target.lstat()
    except FileNotFoundError:
        return None
    except ValueError as error:  # a NUL in its name
        raise OSError(errno.EINVAL, str(error)) from error


def _refuse(target: Path, status: os.stat_result) -> NoReturn:
    """Raise OutputError, or OSError for a folder, on something that is not replaced."""
    if stat.S_ISLNK(status.st_mode):
        try:
            leads_to = str(target.readlink())
        except OSError:
            leads_to = "elsewhere"
        raise OutputError(
            f"{target}: this is a symbolic link to {leads_to}, and nothing is written through a "
            "link; name that path itself, or remove the link"
        )
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    raise OutputError(f"{target}: this is a device or a pipe, not a file; name a file")


# --- text ---


def _device(target: Path) -> BinaryIO | None:
    """Open a device or a pipe for writing; None when `target` is none."""
    if _OPEN_ALREADY.fullmatch(str(target)):
        with output_errors(target):
            return target.open("wb")
    with output_errors(target):
        status = _status(target)
        if status is None or stat.S_IFMT(status.st_mode) in (
            stat.S_IFREG,
            stat.S_IFDIR,
            stat.S_IFLNK,
        ):
            return None
        return os.fdopen(os.open(target, os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0)), "wb")


@contextmanager
def _as_text(file: BinaryIO) -> Iterator[TextIO]:
    """Give a binary file as text; it stays open."""
    text = TextIOWrapper(file, encoding="utf-8", errors="replace", newline="")
    try:
        yield text
        text.flush()
    finally:
        with suppress(OSError):
            text.detach()


def _mode_of_new_files() -> int:
    mask = os.umask(0)  # there is no other way to read it
    os.umask(mask)
    return 0o666 & ~mask


_MODE_OF_NEW_FILES = _mode_of_new_files()  # once, before there are threads: the mask is shared
