"""Reads articles from a web crawl: the pages of a WARC file (.warc, .warc.gz).

Only responses with status 200 that are HTML count; requests, metadata, pictures and moved pages
are left out and counted. Where a record begins and ends is found here, so that reading goes on
after a damaged one; its content (headers, chunks and compression) is parsed by warcio.

The format: ISO 28500, https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/
"""

import logging
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from hashlib import blake2b
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from extractor.article import Article, Remark
from extractor.errors import ArticleTooLarge, InputError, NotAnArticle
from extractor.read import MAX_BYTES, read_bytes
from extractor.read.files import printable_name
from extractor.read.source import Source, failing
from extractor.run.inputs.gzip_stream import Bomb, CutShort, Damaged, Stream

# It logs what is wrong with an address, the address included; our errors say it, once.
logging.getLogger("warcio").setLevel(logging.CRITICAL)

_OPENING = b"WARC/"
_NEXT = re.compile(rb"\r?\n\r?\nWARC/\d\.\d+\r?\n(?=[A-Za-z-]+:)")  # another record inside this one
_LONGEST_LINE = 1 << 16
_MOST_HEADERS = 1 << 18  # bytes; an address alone may be long
_MOST_KEPT = MAX_BYTES + (1 << 16)  # of one record: an article and the headers of the answer
_MOST_LINES, _SHORTEST_CHUNK = 200_000, 20  # of an answer in chunks: more, and shorter, are refused
# Bytes read again, where records say a wrong length: so many, and this share of what is read.
_MOST_AGAIN, _SHARE_AGAIN = 200_000_000, 4
_RESPONSE = re.compile(rb"(?im)^warc-type:\s*response\s*$")
_HEADERS_END = re.compile(rb"\n\r?\n")
_HTML_TYPES = ("text/html", "application/xhtml+xml")
_CHARSET_OF_ANSWER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.I)


class _Record(NamedTuple):
    """One record as it stands in the file."""

    head: bytes  # the lines up to the empty one, with it
    body: bytes  # at most _MOST_KEPT of it
    whole: bool  # whether all of the body is here


class _Gap(NamedTuple):
    """A place where no record could be read."""

    words: str


def sources_in_crawl(
    path: Path, name: str, unique: Callable[[str, str], str], tell: Callable[[str], None]
) -> Iterator[Source]:
    """Yield a source for each page of a crawl, named by its address; a bad record fails alone.

    `tell` is called at the end with what was left out. Raises OSError when the file cannot be
    opened or read.
    """
    left_out: Counter[str] = Counter()
    pages = number = 0
    with path.open("rb") as file:
        for number, found in enumerate(_records(Stream(file)), 1):
            place = f"{name}:{number}"
            if isinstance(found, _Gap):
                message = f"{place}: {found.words}; get the file again. What is whole is read."
                yield failing(place, NotAnArticle(message))
                continue
            page = _page(found, place)
            if isinstance(page, str):
                left_out[page] += 1
                continue
            pages += 1
            if isinstance(page, InputError):
                yield failing(place, page)
            else:
                yield _source(page, place, unique)
    if number == 0:
        error = NotAnArticle(f"{name}: there is no record in it; give a WARC file, or drop it.")
        yield failing(name, error)
    elif left_out:
        words = ", ".join(f"{count:,} {what}" for what, count in left_out.most_common())
        tell(f"{name}: {pages:,} pages; left out: {words}")


class _Page(NamedTuple):
    """A page that a server sent."""

    url: str
    data: bytes
    charset: str | None  # as the server said
    truncated: str | None  # why the crawler stopped early, if it did


def _source(page: _Page, place: str, unique: Callable[[str, str], str]) -> Source:
    shown = printable_name(page.url)
    named = unique(shown, f"{shown} ({place})")
    stamp = blake2b(page.data, digest_size=16).hexdigest()
    return Source(named, stamp, partial(_article, page, named, place), len(page.data))


def _article(page: _Page, named: str, place: str) -> Article:
    """Return the article of a page. Raises InputError, which names the file and the record."""
    try:
        article = read_bytes(page.data, named, "html", charset=page.charset)
    except InputError as error:
        raise type(error)(f"{place}: {error}") from error
    url = page.url if page.url.startswith(("http://", "https://")) else article.url
    remarks = article.warnings
    if page.truncated:
        message = f"The crawler kept only the beginning of the page ({page.truncated})."
        remarks = (*remarks, Remark("page_truncated", message))
    return replace(article, url=printable_name(url) if url else None, warnings=remarks)


def _page(record: _Record, place: str) -> _Page | InputError | str:
    """Return a record's page, what is wrong with it, or why it is left out."""
    from warcio.archiveiterator import ArchiveIterator  # 0.03 s

    if (
        len(record.body) > _MOST_HEADERS
        and _RESPONSE.search(record.head)
        and not _HEADERS_END.search(record.body, 0, _MOST_HEADERS)
    ):
        return NotAnArticle(f"{place}: the headers of the answer do not end; it is left out.")
    try:
        parsed = next(iter(ArchiveIterator(BytesIO(record.head + record.body))))
        if parsed.rec_type != "response":
            return f"{_word(parsed.rec_type)} records"
        answer = parsed.http_headers
        if answer is None or not (parsed.content_type or "").startswith("application/http"):
            return "of other protocols"
        status = answer.get_statuscode()
        if status != "200":
            return "not found or moved"
        kind = (answer.get_header("content-type") or "").lower()
        if kind and not kind.startswith(_HTML_TYPES):
            return "not HTML"
        truncated = parsed.rec_headers.get_header("WARC-Truncated")
        if not record.whole:
            return _too_large(place)
        encoding = (answer.get_header("content-encoding") or "").strip().lower()
        data = _unpacked(parsed, answer, encoding, record.body)
    except Exception as error:  # a parser fed with anything
        return NotAnArticle(
            f"{place}: the record is damaged ({type(error).__name__}); it is left out."
        )
    if data is None:
        return NotAnArticle(
            f"{place}: the page is compressed as {_word(encoding)}, which is not read"
            + ("; install news-extract[crawls]." if encoding in ("br", "zstd") else ".")
        )
    if len(data) > MAX_BYTES:
        return _too_large(place)
    url = (parsed.rec_headers.get_header("WARC-Target-URI") or "").strip("<> ") or place
    charset = _CHARSET_OF_ANSWER.search(kind)
    return _Page(
        url, data, charset[1] if charset else None, _word(truncated) if truncated else None
    )


def _unpacked(parsed: Any, answer: Any, encoding: str, body: bytes) -> bytes | None:
    """Return the page out of its chunks and its compression; None for one that is not known.

    `body` is the whole answer. Many crawlers unpack pages and keep the headers of the packed ones.
    Raises zlib.error when the compression is damaged, ValueError for very many short chunks.
    """
    from warcio.bufferedreaders import ChunkedDataReader

    stream = parsed.raw_stream
    if (answer.get_header("transfer-encoding") or "").strip().lower() == "chunked":
        if body.count(b"\n") > _MOST_LINES and len(body) < _SHORTEST_CHUNK * body.count(b"\n"):
            raise ValueError("very many very short chunks")
        stream = ChunkedDataReader(stream)
    data: bytes = stream.read(MAX_BYTES + 1)
    if encoding in ("gzip", "x-gzip") and data.startswith(b"\x1f\x8b"):
        return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(data, MAX_BYTES + 1)
    if encoding == "deflate" and not data.lstrip().startswith(b"<"):
        wrapped = data[:1] == b"\x78"
        unwrap = zlib.decompressobj(zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)
        return unwrap.decompress(data, MAX_BYTES + 1)
    if encoding in ("", "identity", "none", "gzip", "x-gzip", "deflate"):
        return data
    if b"<" in data[:1024] and b"\0" not in data[:1024]:
        return data
    return _unpacked_by_library(data, encoding)


def _unpacked_by_library(data: bytes, encoding: str) -> bytes | None:
    """Return a page out of brotli or zstd, None without the library (extra `crawls`)."""
    try:
        if encoding == "br":
            import brotli

            unpacked: bytes = brotli.Decompressor().process(data, output_buffer_limit=MAX_BYTES + 1)
            return unpacked
        if encoding == "zstd":
            import zstandard

            return zstandard.ZstdDecompressor().stream_reader(BytesIO(data)).read(MAX_BYTES + 1)
    except ImportError:
        pass
    return None


def _too_large(place: str) -> ArticleTooLarge:
    return ArticleTooLarge(
        f"{place}: the page is larger than the limit of {MAX_BYTES:,} bytes for one article; it "
        "is left out."
    )


def _word(text: str | None) -> str:
    return printable_name(text or "unknown")[:40]


def _records(stream: Stream) -> Iterator[_Record | _Gap]:
    """Yield the records of a file; a gap for every stretch that holds none."""
    gap = ""
    while True:
        if stream.put_back > _MOST_AGAIN + _SHARE_AGAIN * stream.position:
            yield _Gap("too many records here say a wrong length; what follows is not read")
            return
        try:
            record = _record(stream)
        except Bomb as bomb:
            yield _Gap(str(bomb))
            return
        except CutShort:
            yield _Gap("the compressed file ends here before its end (a broken download?)")
            return
        except Damaged:
            record = "the compressed file is damaged here"
        if record is None:
            if gap:
                yield _Gap(gap)
            return
        if isinstance(record, str):
            gap = gap or record  # one a stretch
            continue
        if gap:
            yield _Gap(gap)
            gap = ""
        yield record


def _record(stream: Stream) -> _Record | str | None:
    """Return the next record, what is wrong where one should be, or None at the end.

    Raises Damaged when the file is damaged within the record.
    """
    stream.skip_blank_lines()
    line = stream.readline(_LONGEST_LINE)
    if not line:
        return None
    if not line.startswith(_OPENING):
        return _skipped(stream, "what stands here is no record of a crawl")
    head, size = [line], len(line)
    while head[-1].strip():
        head.append(stream.readline(_LONGEST_LINE))
        size += len(head[-1])
        if not head[-1]:
            return "the file ends here in the middle of a record (a broken download?)"
        if size > _MOST_HEADERS:
            return _skipped(stream, "the record's headers do not end")
    length = _length(head)
    if length is None:
        return _skipped(stream, "the record does not say how long it is")
    body = stream.read(min(length, _MOST_KEPT))
    kept = len(body)
    if kept == _MOST_KEPT < length:
        kept += stream.skip(length - kept)
    end = b""
    if kept == length:
        end = stream.readline(2) + stream.readline(2)
    if end.strip() and _opens_record(stream, end):
        end = b""  # records that follow each other at once, or one line end apart
    if kept < length or end.strip():
        return _wrong_length(stream, body, end, kept < length)
    stream.settle()
    return _Record(b"".join(head), body, len(body) == length)


def _opens_record(stream: Stream, end: bytes) -> bool:
    """Return whether a record opens in what was read behind one; if so, it is read next."""
    start = end.lstrip(b"\r\n")
    line = start if start.endswith(b"\n") else start + stream.readline(_LONGEST_LINE)
    if not re.match(rb"WARC/\d\.\d+\r?\n", line):
        stream.unread(line[len(start) :])
        return False
    stream.unread(line)
    return True


def _length(head: list[bytes]) -> int | None:
    for line in head:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            value = value.strip()
            return int(value) if value.isdigit() and len(value) < 19 else None
    return None


def _wrong_length(stream: Stream, body: bytes, end: bytes, cut: bool) -> str:
    """Find where the next record begins when this one's length is wrong."""
    following = _NEXT.search(body + end)
    if following:
        rest = (body + end)[following.start() :].lstrip()
        stream.unread(rest)
        return "the record says that it is longer than it is"
    if cut:
        return "the file ends here in the middle of a record (a broken download?)"
    stream.unread(end.lstrip())
    return _skipped(stream, "the record says that it is shorter than it is")


def _skipped(stream: Stream, words: str) -> str:
    """Read up to the line that opens the next record; return `words`."""
    start = True
    while line := stream.readline(_LONGEST_LINE):
        if start and re.match(rb"WARC/\d\.\d", line):
            stream.unread(line)
            break
        start = line.endswith(b"\n")
    return words
