"""Files of many articles that unpack, repeat or nest very much end where that shows."""

import gzip
import io
import json
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.errors import ArticleTooLarge, InputError, NotAnArticle
from extractor.read.source import Source, failing
from extractor.run.inputs import gzip_stream, jsonl, prefetch, warc
from extractor.run.inputs.gzip_stream import Bomb, Stream
from extractor.run.inputs.prefetch import NumberedSource, Prefetcher
from extractor.run.inputs.sources import sources_in
from tests.support.effort import calls_of
from tests.support.runs import PATIENCE, wait_until

WORDS = "The harbour office said on Friday that 31 sailors were free."
LINE = json.dumps({"text": WORDS}).encode() + b"\n"
PAGE = f"<!doctype html><title>Free</title><p>{WORDS}</p>".encode()


def read(path: Path) -> tuple[int, list[InputError]]:
    """Return how many articles a file gives, and the errors of those that it does not."""
    count, errors = 0, []
    for source in sources_in([str(path)]):
        try:
            count += WORDS in source.load().text
        except InputError as error:
            errors.append(error)
    return count, errors


@pytest.fixture
def small_bombs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits that a test can meet quickly."""
    monkeypatch.setattr(gzip_stream, "FREE", 100_000)
    monkeypatch.setattr(gzip_stream, "MOST_TIMES", 50)
    monkeypatch.setattr(gzip_stream, "_MOST_INFLATED", 10_000)


BOMBS = {
    "blank lines": b"\n" * 3_000_000,
    "blanks in lines": b" \t\r\n" * 800_000,
    "one blank line": b" " * 3_000_000,
    "equal lines": b"{}\n" * 1_000_000,
    "zeros": b"\0" * 3_000_000,
}


@pytest.mark.usefixtures("small_bombs")
@pytest.mark.parametrize("name", BOMBS)
@pytest.mark.parametrize("members", [1, 20])
def test_a_bomb_of_lines_is_one_failed_item(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, members: int
) -> None:
    """What stands before it is read; then one error says what it is, with file, line and advice."""
    monkeypatch.setattr(jsonl, "_MOST_WRONG", 10**9)
    path = tmp_path / "a.jsonl.gz"
    part = len(BOMBS[name]) // members
    path.write_bytes(gzip.compress(LINE) + gzip.compress(BOMBS[name][:part], 9) * members)
    count, errors = read(path)
    assert count == 1
    assert isinstance(errors[-1], ArticleTooLarge)
    assert "a.jsonl.gz:" in str(errors[-1])
    assert "unpacks to more than 50 times its size (a bomb?)" in str(errors[-1])
    assert "what follows is not read, unless you unpack it yourself" in str(errors[-1])
    assert sum(isinstance(error, ArticleTooLarge) for error in errors) == 1


@pytest.mark.usefixtures("small_bombs")
@pytest.mark.parametrize("content", [b"\r\n", b"x\n", b"WARC/1.0\r\nWARC-Type: x\r\n", b"\0"])
def test_a_bomb_of_records_is_one_failed_item(tmp_path: Path, content: bytes) -> None:
    """A crawl too: its pages before it are read."""
    path = tmp_path / "a.warc.gz"
    record = response(PAGE)
    path.write_bytes(gzip.compress(record) + gzip.compress(content * 1_000_000, 9))
    count, errors = read(path)
    assert count == 1
    assert "unpacks to more than 50 times its size" in str(errors[-1])
    assert len(errors) <= 2


@pytest.mark.usefixtures("small_bombs")
def test_a_bomb_is_not_unpacked_to_its_end() -> None:
    """Of a stream that unpacks to gigabytes a little more than is allowed is looked at."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = b"".join(packer.compress(bytes(1 << 20)) for _ in range(50)) + packer.flush()
    stream = Stream(io.BytesIO(packed))
    parts: list[bytes] = []
    with pytest.raises(Bomb):
        parts.extend(iter(lambda: stream.read(10_000), b""))
    done = sum(map(len, parts))
    assert done <= max(100_000, 50 * len(packed)) + 10_000


def test_usual_files_are_no_bombs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Articles unpack to ten times their size; a file may do twenty times better."""
    monkeypatch.setattr(gzip_stream, "FREE", 0)
    stream = Stream(io.BytesIO(gzip.compress((LINE * 20) * 5, 9)))
    assert stream.read(1 << 20) == LINE * 100


# --- lines ---


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from([b"\n", b" \n", b"\t\r\n", b"x\n", b" x \n", b"x", b"  "])),
    st.booleans(),
)
def test_blank_lines_are_counted_as_lines(parts: list[bytes], packed: bool) -> None:
    """Skipping blank lines and reading the others gives every line, in order, at its number."""
    data = b"".join(parts)
    stream = Stream(io.BytesIO(gzip.compress(data) if packed else data))
    found, number = {}, 0
    while True:
        number += stream.skip_blank_lines() + 1
        if not (line := stream.readline(1_000)):
            break
        if line.strip():
            found[number] = line
    assert found == {n: line for n, line in enumerate(io.BytesIO(data), 1) if line.strip()}


def test_many_blank_lines_take_few_steps() -> None:
    """A thousand times as many are skipped with less than twenty times the calls."""
    few, many = (
        calls_of(Stream(io.BytesIO(b"\n" * count + LINE)).skip_blank_lines)
        for count in (2_000, 2_000_000)
    )
    assert many < 20 * few + 400


@pytest.mark.parametrize("good", [0, 3])
def test_a_file_of_other_lines_ends_soon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, good: int
) -> None:
    """So many lines in a row that are no objects: it is no file of articles; said once."""
    monkeypatch.setattr(jsonl, "_MOST_WRONG", 5)
    path = tmp_path / "a.jsonl"
    path.write_bytes((LINE + b"no\n" * 4) * good + b"no\n[1]\n" * 1_000 + LINE)
    count, errors = read(path)
    assert count == good
    assert len(errors) == 4 * good + 5 - (4 if good else 0)
    assert "5 lines in a row are no JSON objects; what follows is not read" in str(errors[-1])
    assert str(errors[-1]).startswith(f"{path}:{5 * good + (1 if good else 5)}: ")


def test_a_line_of_very_many_values_is_refused_unparsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In memory they would take fifty times what the line does; long texts with commas are read."""
    monkeypatch.setattr(jsonl, "_LARGE_LINE", 1_000)
    monkeypatch.setattr(jsonl, "_MOST_VALUES", 500)
    path = tmp_path / "a.jsonl"
    nested = b'{"x": [' + b"[{}]," * 600 + b"0]}\n"
    long = json.dumps({"text": WORDS * 100, "x": "a, b" * 50}).encode() + b"\n"
    path.write_bytes(nested + long)
    count, errors = read(path)
    assert count == 1
    assert [type(error) for error in errors] == [ArticleTooLarge]
    assert "a.jsonl:1: the line holds more than 500 values" in str(errors[0])


# --- crawls ---


def response(page: bytes, headers: str = "Content-Type: text/html", length: int = 0) -> bytes:
    """Return a record of a page; its length is wrong by `length`."""
    block = f"HTTP/1.1 200 OK\r\n{headers}\r\n\r\n".encode() + page
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://example.org/\r\n"
        "Content-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(block) + length}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def test_records_of_wrong_lengths_are_not_read_over_and_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each that claims too much has what follows it read again: not without end."""
    monkeypatch.setattr(warc, "_MOST_AGAIN", 50_000)
    path = tmp_path / "a.warc"
    path.write_bytes(response(PAGE, length=20_000) * 300 + b"x" * 30_000)
    _, errors = read(path)
    assert "too many records here say a wrong length; what follows is not read" in str(errors[-1])
    assert len(errors) < 100


def test_a_crawl_of_slightly_wrong_lengths_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is read again is no more than what there is: that may go on for ever."""
    monkeypatch.setattr(warc, "_MOST_AGAIN", 0)
    path = tmp_path / "a.warc"
    path.write_bytes((response(PAGE, length=20) + response(PAGE)) * 50)
    count, errors = read(path)
    assert count == 50
    assert not any("what follows is not read" in str(error) for error in errors)


class Measured(bytes):
    """Bytes that count how often their length is asked for."""

    asked = 0

    def __len__(self) -> int:
        Measured.asked += 1
        return super().__len__()


def test_headers_are_measured_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines before a record's body are not added up anew for each of them."""
    readline = Stream.readline
    monkeypatch.setattr(Stream, "readline", lambda *given: Measured(readline(*given)))
    data = b"WARC/1.0\r\n" + b"a: b\r\n" * 1_000 + b"Content-Length: 0\r\n\r\n\r\n\r\n"
    assert len(list(warc._records(Stream(io.BytesIO(data))))) == 1
    assert 0 < Measured.asked < 5_000


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (response(PAGE, "Content-Type: text/html\r\n" + "a: b\r\n" * 400), "headers of the answer"),
        (
            response(b"1\r\nx\r\n" * 300 + b"0\r\n\r\n", "Transfer-Encoding: chunked"),
            "damaged (ValueError)",
        ),
    ],
    ids=["headers", "chunks"],
)
def test_what_takes_long_to_parse_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: bytes, reason: str
) -> None:
    """Headers without an end and very many short chunks cost their record; the next is read."""
    monkeypatch.setattr(warc, "_MOST_HEADERS", 1_500)
    monkeypatch.setattr(warc, "_MOST_LINES", 200)
    path = tmp_path / "a.warc"
    path.write_bytes(made + response(PAGE))
    count, errors = read(path)
    assert count == 1
    assert [reason in str(error) for error in errors] == [True]


def test_other_records_may_have_no_headers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture, say, has none, and is left out without an error."""
    monkeypatch.setattr(warc, "_MOST_HEADERS", 300)
    path = tmp_path / "a.warc"
    picture = (
        b"WARC/1.0\r\nWARC-Type: resource\r\nWARC-Target-URI: http://example.org/a.jpg\r\n"
        b"Content-Type: image/jpeg\r\nContent-Length: 5000\r\n\r\n" + b"\xff" * 5_000 + b"\r\n\r\n"
    )
    path.write_bytes(picture + response(PAGE))
    assert read(path) == (1, [])


# --- found ahead ---


def test_sources_that_hold_much_are_not_found_far_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines and pages are held in memory until they are taken: so many bytes at the most."""
    monkeypatch.setattr(prefetch, "_MOST_HELD", 1_000)
    made = []

    def large() -> Iterator[NumberedSource]:
        for number in range(50):
            made.append(number)
            yield number, Source(str(number), "", failing("x", NotAnArticle("x")).load, 300)

    arrived = threading.Event()
    prefetcher = Prefetcher(large(), arrived.set)
    wait_until(lambda: prefetcher.buffered >= 4)
    taken = []
    while not prefetcher.is_exhausted:
        assert len(made) - len(taken) <= 5
        if (found := prefetcher.take()) is not None:
            taken.append(found[0])
        else:
            assert arrived.wait(PATIENCE)
            arrived.clear()
    assert taken == list(range(50))
