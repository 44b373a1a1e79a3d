"""Reads the bytes of a large file, unpacked if it is gzipped, and goes on after damaged parts.

A crawl is thousands of gzip members one after the other. After a damaged one reading goes on at the
next that can be read; Python's own gzip reader ends at the first. A file that unpacks to very much
more than it holds (a bomb) ends where that shows.
"""

import zlib
from typing import Any, Protocol

_CHUNK = 1 << 16
_MAGIC = b"\x1f\x8b\x08"  # a gzip member, deflated
_GZIP = 16 + zlib.MAX_WBITS
_MOST_INFLATED = 16 * _CHUNK  # at once: a bomb grows no faster than it is read
MOST_TIMES = 200  # that a file may unpack to its size; articles come to 10, deflate to 1,032
FREE = 256_000_000  # bytes that any file may unpack to
_BLANKS = b" \t\r\n\v\f"


class Damaged(Exception):
    """Bytes are missing here; the next read goes on behind the gap, if there is anything."""


class CutShort(Damaged):
    """The file ends in the middle of its compression; nothing follows."""


class Bomb(CutShort):
    """The file unpacks to too much; nothing follows."""

    def __str__(self) -> str:
        return (
            f"the compressed file unpacks to more than {MOST_TIMES} times its size (a bomb?); what "
            "follows is not read, unless you unpack it yourself"
        )


class Bytes(Protocol):
    """What bytes are read from."""

    def read(self, count: int, /) -> bytes:
        """Return so many of the next bytes, fewer only at the end."""
        ...


class Stream:
    """A file of bytes, read forward. Memory: one chunk, its inflation, and what was asked for."""

    def __init__(self, file: Bytes) -> None:
        self._file = file
        self._raw = file.read(_CHUNK)
        self._zipped = self._raw.startswith(_MAGIC[:2])
        self._inflate = zlib.decompressobj(_GZIP) if self._zipped else None
        self._ready = bytearray()
        self._at = 0  # what of `_ready` is read
        self._problem: Damaged | None = None  # raised when `_ready` is used up
        self._packed = len(self._raw)  # bytes read of the file
        self._unpacked = 0
        self.put_back = 0  # bytes that were read again
        self.position = 0  # bytes read

    def read(self, count: int) -> bytes:
        """Return `count` bytes, fewer only at the end. Raises Damaged at a gap, once."""
        while len(self._ready) - self._at < count and self._more():
            pass
        return self._take(count)

    def readline(self, most: int) -> bytes:
        """Return bytes up to and with a line feed, `most` of them if there is none before."""
        searched = 0
        while True:
            found = self._ready.find(b"\n", self._at + searched, self._at + most)
            if found >= 0:
                return self._take(found + 1 - self._at)
            searched = len(self._ready) - self._at
            if searched >= most or not self._more():
                return self._take(most)

    def skip_blank_lines(self) -> int:
        """Read past lines in which nothing is but blanks; return how many there were."""
        count = 0
        while self._at == len(self._ready) or self._ready[self._at] in _BLANKS:
            while (end := self._blank_until()) > self._at:
                count += self._ready.count(b"\n", self._at, end)
                self.position += end - self._at
                self._at = end
            if self._at < len(self._ready) or not self._more():
                break
        return count

    def _blank_until(self) -> int:
        """Return the end of the last blank line from here on, as far as `_ready` shows."""
        window = bytes(self._ready[self._at : self._at + _CHUNK])
        blanks = len(window) - len(window.lstrip(_BLANKS))
        return self._at + window.rfind(b"\n", 0, blanks) + 1

    def unread(self, data: bytes) -> None:
        """Put bytes back: they are what is read next."""
        self._ready[: self._at] = data
        self._at = 0
        self.put_back += len(data)
        self.position -= len(data)

    def skip(self, count: int) -> int:
        """Read past `count` bytes without keeping them; return how many there were."""
        done = 0
        while done < count:
            part = len(self.read(min(_CHUNK, count - done)))
            if not part:
                break
            done += part
        return done

    def settle(self) -> None:
        """Where only the end of a gzip member is left, read it: its checksum may tell of damage.

        Raises Damaged when what was read of the member cannot be trusted.
        """
        while self._inflate is not None and self._at == len(self._ready) and self._more():
            pass
        if self._problem is not None and not isinstance(self._problem, CutShort):
            self._take(1 << 30)

    def _take(self, count: int) -> bytes:
        """Return the next `count` bytes of `_ready`; raise the problem where these run out."""
        if self._problem is not None and len(self._ready) - self._at < count:
            self._ready.clear()  # the piece before a gap belongs to what the gap has spoilt
            self._at = 0
            problem = self._problem
            if not isinstance(problem, CutShort):  # which is said again and again
                self._problem = None
            raise problem
        data = bytes(self._ready[self._at : self._at + count])
        self._at += len(data)
        self.position += len(data)
        return data

    def _more(self) -> bool:
        """Add to `_ready`; False when there is nothing more before the end or a gap."""
        if self._problem is not None:
            return False
        if self._at > _CHUNK:
            del self._ready[: self._at]
            self._at = 0
        if not self._zipped:
            self._ready += self._raw
            added = bool(self._raw)
            self._raw = self._read_raw() if added else b""
            return added
        return self._inflated()

    def _inflated(self) -> bool:
        """Unpack some more into `_ready`; False at the end or a gap."""
        if not self._raw:
            self._raw = self._read_raw()
        if self._inflate is None and not self._next_member():
            return False
        assert self._inflate is not None  # noqa: S101 - for the reader of types
        if not self._raw:
            self._inflate = None
            self._problem = CutShort()
            return False
        if self._unpacked > max(FREE, MOST_TIMES * self._packed):
            self._inflate = None
            self._problem = Bomb()
            return False
        before = self._inflate.copy()
        try:
            unpacked = self._inflate.decompress(self._raw, _MOST_INFLATED)
            self._ready += unpacked
            self._unpacked += len(unpacked)
        except zlib.error:
            unpacked = _until_error(before, self._raw)
            self._ready += unpacked
            self._unpacked += len(unpacked)
            self._inflate = None
            self._raw = self._raw[1:]
            self._seek_member()
            self._problem = Damaged()
            return False
        if self._inflate.eof:
            self._raw = self._inflate.unused_data
            self._inflate = None
        else:
            self._raw = self._inflate.unconsumed_tail
        return True

    def _next_member(self) -> bool:
        """Begin the member that follows; False at the end, or where none can begin."""
        self._raw = self._raw.lstrip(b"\0")  # some tools pad
        while len(self._raw) < len(_MAGIC):
            chunk = self._read_raw()
            if not chunk:
                break
            self._raw = (self._raw + chunk).lstrip(b"\0")
        if not self._raw:
            return False
        if not self._raw.startswith(_MAGIC):
            self._seek_member()
            self._problem = Damaged()
            return False
        self._inflate = zlib.decompressobj(_GZIP)
        return True

    def _read_raw(self) -> bytes:
        """Return the next bytes of the file, as they stand there."""
        data = self._file.read(_CHUNK)
        self._packed += len(data)
        return data

    def _seek_member(self) -> None:
        """Drop bytes up to what looks like the next member."""
        while True:
            start = self._raw.find(_MAGIC)
            if start >= 0:
                self._raw = self._raw[start:]
                return
            chunk = self._read_raw()
            if not chunk:
                self._raw = b""
                return
            self._raw = self._raw[-2:] + chunk


def _until_error(inflate: Any, data: bytes) -> bytes:
    """Return what damaged bytes hold before the damage, to within a few hundred of them."""
    unpacked = bytearray()
    for start in range(0, len(data), 256):
        try:
            unpacked += inflate.decompress(data[start : start + 256])
        except zlib.error:
            break
        if len(unpacked) > _MOST_INFLATED:
            break
    return bytes(unpacked)
