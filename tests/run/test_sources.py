"""What a run reads: everything that is named, once, in order; what cannot be read says why."""

import gzip
import io
import json
import os
import pickle
import tracemalloc
import zlib
from collections.abc import Iterable
from pathlib import Path

import brotli
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.errors import ArticleTooLarge, EmptyArticle, InputError, UsageError
from extractor.run.inputs.gzip_stream import CutShort, Damaged, Stream
from extractor.run.inputs.sources import Fields, Source, count_sources, sources_in

WORDS = "The harbour office said on Friday that 31 sailors were free."


def _make(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{WORDS} {name}")


def _names(sources: Iterable[Source], folder: Path) -> list[str]:
    return [source.name.removeprefix(f"{folder}/") for source in sources]


def _why(source: Source) -> str:
    with pytest.raises(InputError) as caught:
        source.load()
    return str(caught.value)


def test_a_folder_stands_for_its_articles_at_any_depth(tmp_path: Path) -> None:
    """Recursive, sorted; hidden files and folders, other kinds and the output folder left out."""
    _make(tmp_path, "b.txt", "a/2.html", "a/1.txt", "a/c/x.pdf", "a.TXT", ".git/c.txt", ".d.txt")
    _make(tmp_path, "photo.jpg", "sheets/page.html", "z.md")
    told: list[str] = []
    found = sources_in([str(tmp_path)], output=tmp_path / "sheets", tell=told.append)
    assert _names(found, tmp_path) == ["a/1.txt", "a/2.html", "a/c/x.pdf", "a.TXT", "b.txt"]
    assert told == [f"{tmp_path}: 2 of another kind left out (.jpg 1, .md 1)"]


def test_the_same_file_is_read_once_however_it_is_named(tmp_path: Path) -> None:
    """Twice by name, by its folder, by a link and by another spelling: one source."""
    _make(tmp_path, "a.txt", "b.txt")
    (tmp_path / "link.txt").symlink_to(tmp_path / "a.txt")
    (tmp_path / "loop").symlink_to(tmp_path)
    named = [str(tmp_path / "b.txt"), str(tmp_path), f"{tmp_path}/../{tmp_path.name}/a.txt"]
    assert _names(sources_in(named), tmp_path) == ["b.txt", "a.txt"]


def test_a_pattern_that_no_shell_expanded_is_expanded(tmp_path: Path) -> None:
    """`*` and `**` find files; without a match that is said; a file with brackets is a file."""
    _make(tmp_path, "x/a.txt", "x/y/b.txt", "x/y/c.html", "[1].txt", "out/p.txt")
    found = sources_in([f"{tmp_path}/**/*.txt"], output=tmp_path / "out")
    assert _names(found, tmp_path) == ["[1].txt", "x/a.txt", "x/y/b.txt"]
    assert _names(sources_in([f"{tmp_path}/[1].txt"]), tmp_path) == ["[1].txt"]
    (missing,) = sources_in([f"{tmp_path}/*.nothing"])
    assert "no file matches" in _why(missing)


def test_what_cannot_be_read_is_a_source_that_says_why(tmp_path: Path) -> None:
    """A missing file, an empty folder and a name that is none: each one source, each named."""
    (tmp_path / "empty").mkdir()
    names = [
        f"{tmp_path}/no.txt",
        f"{tmp_path}/empty",
        "nul\0.txt",
        f"{tmp_path}/\udcff\x1b[2J.txt",
    ]
    sources = list(sources_in(names))
    assert len(sources) == 4
    for source in sources:
        assert source.name.isprintable()
        assert source.name in _why(source)
    assert "no such file" in _why(sources[0])
    assert "no article in it" in _why(sources[1])


def test_a_folder_without_permission_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that may not be listed is reported, and the walk goes on."""
    _make(tmp_path, "a.txt", "shut/b.txt", "z.txt")
    scan = os.scandir

    def shut(path: Path) -> object:
        if path.name == "shut":
            raise PermissionError(13, "Permission denied")
        return scan(path)

    monkeypatch.setattr(os, "scandir", shut)  # root may read everything
    found = list(sources_in([str(tmp_path)]))
    assert [source.name.rpartition("/")[2] for source in found] == ["a.txt", "shut", "z.txt"]
    assert "no permission" in _why(found[1])


def test_a_list_names_paths_a_line_or_apart_by_nul(tmp_path: Path) -> None:
    """Paths are taken as they are; a bad one names its line, and the others are read."""
    _make(tmp_path, "a.txt", "b*.txt", "new\nline.txt")
    listed = tmp_path / "list"
    listed.write_text(f"{tmp_path}/a.txt\n\n{tmp_path}/no*.txt\r\n{tmp_path}/b*.txt\n")
    found = list(sources_in([], files_from=str(listed)))
    assert _names(found, tmp_path) == ["a.txt", "no*.txt", "b*.txt"]
    assert f"{listed}:3: {tmp_path}/no*.txt: there is no such file" in _why(found[1])
    listed.write_text(f"{tmp_path}/new\nline.txt\0{tmp_path}/a.txt\0")
    found = list(sources_in([], files_from=str(listed)))
    assert [source.load().text for source in found] == [f"{WORDS} new\nline.txt", f"{WORDS} a.txt"]
    (missing,) = sources_in([], files_from=f"{tmp_path}/nowhere")
    assert "no such file" in _why(missing)


def test_a_list_comes_on_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--files-from -` reads paths there, lazily; an article there as well is wrong use."""
    _make(tmp_path, "a.txt")
    data = io.BytesIO(f"{tmp_path}/a.txt\n".encode())
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BufferedReader(data)))
    assert _names(sources_in([], files_from="-"), tmp_path) == ["a.txt"]
    with pytest.raises(UsageError):
        sources_in(["-"], files_from="-")
    with pytest.raises(UsageError):
        sources_in([str(tmp_path)], output=tmp_path)


def test_a_stamp_changes_with_the_file(tmp_path: Path) -> None:
    """An unchanged file has the same stamp; a changed one, or its replacement, another."""
    _make(tmp_path, "a.txt")
    path = tmp_path / "a.txt"

    def stamp() -> str:
        (source,) = sources_in([str(path)])
        return source.stamp

    first = stamp()
    assert first == stamp() != ""
    path.write_text(path.read_text() + "!")
    assert stamp() != first


# --- lines ---------------------------------------------------------------------------------------


def test_lines_are_articles_with_what_is_known_of_them(tmp_path: Path) -> None:
    """Text, id, address, title, date and outlet are taken; sources survive pickling."""
    path = tmp_path / "day.jsonl"
    row = {
        "id": 7,
        "text": WORDS,
        "url": "https://example.org/7",
        "title": "Free\n at last",
        "date": "13 December 2025",
        "outlet": "Norvia Post",
    }
    path.write_bytes(
        b"\xef\xbb\xbf" + json.dumps(row).encode() + b"\r\n\n" + b'{"text": "Second one."}'
    )
    first, second = pickle.loads(pickle.dumps(list(sources_in([str(path)]))))
    assert (first.name, second.name) == (f"{path}#7", f"{path}:3")
    article = first.load()
    assert article.text == WORDS
    assert article.source == first.name
    assert (article.url, article.title) == ("https://example.org/7", "Free at last")
    assert (article.date, article.outlet) == ("2025-12-13", "Norvia Post")
    assert second.load().text == "Second one."


def test_a_bad_line_costs_itself(tmp_path: Path) -> None:
    """Not JSON, not an object, not UTF-8, no text: each named with its line; the rest is read."""
    path = tmp_path / "day.jsonl"
    bad = [
        b'{"text": "cut',
        b'["text"]',
        b'{"text": "caf\xe9"}',
        b'{"body": "x"}',
        b'{"text": 7}',
        b'{"text": "  "}',
        b"[" * 100_000,
    ]
    good = json.dumps({"text": WORDS}).encode()
    path.write_bytes(b"\n".join(line for one in bad for line in (one, good)))
    sources = list(sources_in([str(path)]))
    assert len(sources) == 2 * len(bad)
    for number, source in enumerate(sources, 1):
        if number % 2:
            assert f"{path}:{number}: the line" in _why(source)
        else:
            assert source.load().text == WORDS
    assert "--fields text=NAME" in _why(sources[6])
    assert "body" in _why(sources[6])


@pytest.mark.parametrize(
    ("date", "iso", "told"),
    [
        ("20/04/2026", "2026-04-20", None),
        (1776680100, "2026-04-20T10:15:00+00:00", None),
        ("1776680100000", "2026-04-20T10:15:00+00:00", None),
        ("Mon, 20 Apr 2026 10:15:00 +0200", "2026-04-20T10:15:00+02:00", None),
        ("2026-04-20T10:15:00Z", "2026-04-20T10:15:00Z", None),
        (None, None, None),
        ("None", None, None),
        ("last Tuesday", None, "date_unreadable"),
        ("03/04/2026", None, "date_ambiguous"),
    ],
)
def test_the_date_of_a_line_is_read_or_told(
    tmp_path: Path, date: object, iso: str | None, told: str | None
) -> None:
    """A date in any usual form is in ISO 8601; one that cannot be read is a warning, and none."""
    path = tmp_path / "day.jsonl"
    path.write_text(json.dumps({"text": WORDS, "when": date}))
    (source,) = sources_in([str(path)], fields=Fields.named({"date": "when"}))
    article = source.load()
    assert article.date == iso
    assert [w.code for w in article.warnings] == ([told] if told else [])


def test_a_line_keeps_its_characters_but_for_mistaken_marks(tmp_path: Path) -> None:
    """Soft hyphens of a line stay, as offsets count them; C1 controls are marks, one for one."""
    path = tmp_path / "day.jsonl"
    path.write_text(json.dumps({"text": "\x93We are ready,\x94 said Ines Mar\u00adowitz."}))
    article = next(iter(sources_in([str(path)]))).load()
    assert article.text == "“We are ready,” said Ines Mar\u00adowitz."
    assert [w.code for w in article.warnings] == ["c1_controls"]


def test_fields_can_be_named_otherwise(tmp_path: Path) -> None:
    """`--fields text=body` reads another field; a name that we do not know is wrong use."""
    path = tmp_path / "day.ndjson"
    path.write_text(json.dumps({"body": WORDS, "key": "k"}))
    (source,) = sources_in([str(path)], fields=Fields.named({"text": "body", "id": "key"}))
    assert source.name.endswith("#k")
    assert source.load().text == WORDS
    with pytest.raises(UsageError, match="byline"):
        Fields.named({"author": "x"})


def test_an_id_twice_is_two_sources(tmp_path: Path) -> None:
    """Names stay unique: the second is named by its line. Half characters do no harm."""
    path = tmp_path / "day.jsonl"
    path.write_text('{"id": "x", "text": "One."}\n{"id": "x", "text": "\\ud83d Two."}\n')
    one, two = sources_in([str(path)])
    assert (one.name, two.name) == (f"{path}#x", f"{path}:2")
    article = two.load()
    assert article.text == "\ufffd Two."
    assert [remark.code for remark in article.warnings] == ["undecodable"]


def test_a_line_longer_than_the_limit_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It costs itself; the next line is read from its beginning."""
    monkeypatch.setattr("extractor.run.inputs.jsonl.MAX_BYTES", 100)
    path = tmp_path / "day.jsonl"
    path.write_text(json.dumps({"text": "x" * 300_000}) + "\n" + json.dumps({"text": "Short."}))
    long, short = sources_in([str(path)])
    with pytest.raises(ArticleTooLarge, match=r"jsonl:1: the line"):
        long.load()
    assert short.load().text == "Short."


@pytest.mark.slow
def test_memory_does_not_grow_with_the_lines(tmp_path: Path) -> None:
    """Twenty megabytes of lines, plain and gzipped, pass through less than four."""
    path = tmp_path / "day.jsonl"
    row = {"text": WORDS * 110}
    with path.open("w") as plain, gzip.open(f"{path}.gz", "wt", compresslevel=1) as packed:
        for _ in range(3_000):
            plain.write(json.dumps(row) + "\n")
            packed.write(json.dumps(row) + "\n")
    for name in (path, f"{path}.gz"):
        next(sources_in([str(name)]))  # what is imported once
        tracemalloc.start()
        count = sum(1 for _ in sources_in([str(name)]))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert count == 3_000
        assert peak < 4_000_000


def test_a_truncated_gzip_ends_with_what_is_missing(tmp_path: Path) -> None:
    """The lines before the cut are read, and the last source says that the file ends too early."""
    path = tmp_path / "day.jsonl.gz"
    rows = "".join(
        json.dumps({"text": f"{WORDS} {os.urandom(40).hex()}"}) + "\n" for _ in range(500)
    )
    path.write_bytes(gzip.compress(rows.encode())[:-9_000])
    *kept, last = sources_in([str(path)])
    assert len(kept) > 200
    assert [source.load().text for source in kept] == [
        json.loads(row)["text"] for row in rows.split("\n")[: len(kept)]
    ]
    assert "before its end" in _why(last)


# --- crawls --------------------------------------------------------------------------------------

_LONG = "Norvia freed 31 sailors on Friday after talks in the harbour, the office said. " * 4
PAGE = f"<html><head><title>T</title></head><body><p>{_LONG}</p><p>{{}}</p></body></html>"


def _record(
    url: str,
    body: bytes,
    *,
    kind: str = "response",
    status: str = "200 OK",
    headers: str = "Content-Type: text/html\r\n",
    length: int = 0,
) -> bytes:
    block = f"HTTP/1.1 {status}\r\n{headers}\r\n".encode() + body
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\n"
        "WARC-Date: 2025-12-13T10:00:00Z\r\nContent-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(block) + length}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def _crawl(*extra: bytes) -> list[bytes]:
    pages = [
        _record(f"https://example.org/{n}", PAGE.format(f"Page {n} has words.").encode())
        for n in range(4)
    ]
    return [*pages, *extra]


def _read(path: Path) -> tuple[list[str], list[str]]:
    """Return the addresses of the pages that can be read, and what the others say."""
    read, said = [], []
    for source in sources_in([str(path)]):
        try:
            article = source.load()
        except InputError as error:
            said.append(str(error))
        else:
            assert article.source == source.name
            assert article.url == source.name.partition(" ")[0]
            assert "sailors" in article.text
            read.append(source.name)
    return read, said


ADDRESSES = [f"https://example.org/{n}" for n in range(4)]


@pytest.mark.parametrize("how", ["plain", "members", "one member"])
def test_a_crawl_gives_its_pages_and_says_what_it_leaves_out(tmp_path: Path, how: str) -> None:
    """Only HTML responses with status 200, by their address, however the file is compressed."""
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(PAGE), PAGE.encode())
    text = "Content-Type: text/html; charset=utf-8\r\n"
    records = _crawl(
        _record("https://example.org/request", b"", kind="request"),
        _record("https://example.org/moved", b"<html>", status="301 Moved"),
        _record("https://example.org/p.png", b"\x89PNG", headers="Content-Type: image/png\r\n"),
        _record("https://example.org/0", PAGE.format("Again.").encode()),
        _record(
            "https://a.example/z",
            gzip.compress(PAGE.encode()),
            headers=f"{text}Content-Encoding: gzip\r\n",
        ),
        _record(
            "https://a.example/d",
            zlib.compress(PAGE.encode()),
            headers=f"{text}Content-Encoding: deflate\r\n",
        ),
        _record("https://a.example/u", PAGE.encode(), headers=f"{text}Content-Encoding: br\r\n"),
        _record("https://a.example/c", chunked, headers=f"{text}Transfer-Encoding: chunked\r\n"),
    )
    path = tmp_path / ("news.warc" if how == "plain" else "news.warc.gz")
    if how == "members":
        path.write_bytes(b"".join(map(gzip.compress, records)))
    else:
        data = b"".join(records)
        path.write_bytes(data if how == "plain" else gzip.compress(data))
    told: list[str] = []
    names = [source.name for source in sources_in([str(path)], tell=told.append)]
    other = [f"https://a.example/{c}" for c in "zduc"]
    assert names == [*ADDRESSES, f"https://example.org/0 ({path}:8)", *other]
    assert _read(path) == (names, [])
    assert told == [
        f"{path}: 9 pages; left out: 1 request records, 1 not found or moved, 1 not HTML"
    ]


@pytest.mark.parametrize("length", [-20, 300])
@pytest.mark.parametrize("packed", [False, True])
def test_a_record_with_a_wrong_length_costs_itself(
    tmp_path: Path, length: int, packed: bool
) -> None:
    """Whether it says too much or too little, the records behind it are read."""
    records = _crawl()
    records.insert(2, _record("https://example.org/bad", PAGE.encode(), length=length))
    path = tmp_path / "news.warc"
    path.write_bytes(b"".join(map(gzip.compress, records) if packed else records))
    read, said = _read(path)
    assert read == ADDRESSES
    assert len(said) == 1
    assert f"{path}:3: " in said[0]


def test_a_damaged_member_costs_itself(tmp_path: Path) -> None:
    """Flipped bits anywhere in one gzip member lose that record; the others stand as they are."""
    members = [gzip.compress(record) for record in _crawl()]
    good = b"".join(members)
    start, end = len(members[0]), len(members[0]) + len(members[1])
    path = tmp_path / "news.warc.gz"
    for place in range(start, end, 7):
        data = bytearray(good)
        data[place] ^= 0x5A
        path.write_bytes(data)
        read, said = _read(path)
        if place - start in (4, 5, 6, 7, 8, 9):  # time and system: nothing is lost by them
            assert read == ADDRESSES
        else:
            assert read in (ADDRESSES, [ADDRESSES[0], *ADDRESSES[2:]]), place
            assert (len(said) == 1) == (read != ADDRESSES), (place, said)


def test_a_cut_crawl_keeps_what_came_before(tmp_path: Path) -> None:
    """Wherever the file is cut, whole records are read and the cut is reported, once."""
    members = [gzip.compress(record) for record in _crawl()]
    data = b"".join(members)
    borders = [sum(map(len, members[:n])) for n in range(5)]
    path = tmp_path / "news.warc.gz"
    for cut in [*range(3, len(data), 41), len(data) - 1, len(data) - 8]:
        path.write_bytes(data[:cut])
        read, said = _read(path)
        whole = sum(cut >= border for border in borders[1:])
        assert read[:whole] == ADDRESSES[:whole]
        assert len(read) <= whole + 1
        assert len(said) == (cut not in borders), (cut, said)


def test_no_crawl_at_all_is_said(tmp_path: Path) -> None:
    """A file that only has the name of one fails as one, and so does an empty one."""
    path = tmp_path / "x.warc"
    path.write_text("something else\n" * 1000)
    assert len(_read(path)[1]) == 1
    path.write_bytes(b"")
    assert "no record" in _read(path)[1][0]


def test_the_answer_says_the_encoding_where_the_page_does_not(tmp_path: Path) -> None:
    """A page in cp1251 without a declaration is read by the server's charset."""
    words = "Моряки вернулись домой в пятницу, сообщила служба порта после переговоров. " * 4
    page = f"<html><body><article><p>{words}</p></article></body></html>"
    headers = "Content-Type: text/html; charset=windows-1251\r\n"
    path = tmp_path / "x.warc"
    path.write_bytes(_record("http://example.org/ru", page.encode("cp1251"), headers=headers))
    (source,) = sources_in([str(path)])
    assert words.strip() in source.load().text


def test_a_menu_in_a_crawl_is_no_article(tmp_path: Path) -> None:
    """The reader's own refusals name the file and the record."""
    path = tmp_path / "x.warc"
    path.write_bytes(_record("http://example.org/", b"<html><body><a>Home</a></body></html>"))
    (source,) = sources_in([str(path)])
    with pytest.raises(EmptyArticle, match=r"x\.warc:1: http://example\.org/"):
        source.load()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=300), max_size=6), st.integers(0, 400), st.integers(0, 255))
def test_streams_are_read_whole_or_tell(parts: list[bytes], place: int, value: int) -> None:
    """Whatever a byte of a gzip file is changed to, what is read is a part of what was written."""
    whole = b"".join(parts)
    data = bytearray(b"".join(map(gzip.compress, parts)))
    stream = Stream(io.BytesIO(bytes(data)))
    lines = list(iter(lambda: stream.readline(64), b""))
    assert b"".join(lines) == whole
    if not data:
        return
    data[place % len(data)] = value
    stream = Stream(io.BytesIO(bytes(data)))
    for _ in range(len(data) + 10):
        try:
            if not stream.read(50):
                break
        except CutShort:
            break
        except Damaged:
            continue
    else:
        raise AssertionError("it does not end")


@pytest.mark.parametrize("how", ["plain", "members", "one member"])
@pytest.mark.parametrize("apart", [b"", b"\n", b"\r\n"], ids=["nothing", "LF", "CRLF"])
def test_records_that_follow_each_other_at_once_are_read(
    tmp_path: Path, how: str, apart: bytes
) -> None:
    """Their lengths are right; only the two line ends of the standard are not there."""
    records = [record.removesuffix(b"\r\n\r\n") + apart for record in _crawl()]
    path = tmp_path / ("news.warc" if how == "plain" else "news.warc.gz")
    if how == "members":
        path.write_bytes(b"".join(map(gzip.compress, records)))
    else:
        whole = b"".join(records)
        path.write_bytes(whole if how == "plain" else gzip.compress(whole))
    assert _read(path) == (ADDRESSES, [])


def test_pages_in_newer_compressions_are_read(tmp_path: Path) -> None:
    """By brotli and zstd, as browsers ask for them; a damaged one is told."""
    packed = {"br": brotli.compress(PAGE.encode())}
    packed["zstd"] = zstandard.ZstdCompressor().compress(PAGE.encode())
    records = [
        _record(
            f"https://example.org/{kind}{n}",
            data[: len(data) // (n + 1)],
            headers=f"Content-Type: text/html\r\nContent-Encoding: {kind}\r\n",
        )
        for kind, data in packed.items()
        for n in (0, 9)
    ]
    (tmp_path / "a.warc").write_bytes(b"".join(records))
    read, said = _read(tmp_path / "a.warc")
    assert read == ["https://example.org/br0", "https://example.org/zstd0"]
    assert len(said) == 2


# --- JSON ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "names"),
    [
        ([{"text": WORDS, "id": "a"}, {"text": WORDS}], ["#a", ":2"]),
        ({"text": WORDS, "title": "T"}, [":1"]),
        ({"status": "ok", "articles": [{"text": WORDS}], "tags": ["x"]}, [":1"]),
    ],
)
def test_a_json_file_stands_for_its_articles(
    tmp_path: Path, data: object, names: list[str]
) -> None:
    """A list, one article, or the list in an answer of some service."""
    path = tmp_path / "a.json"
    path.write_text(json.dumps(data))
    found = list(sources_in([str(path)]))
    assert [source.name.removeprefix(str(path)) for source in found] == names
    assert all(source.load().text == WORDS for source in found)
    assert count_sources([str(path)]) == len(names)


@pytest.mark.parametrize(
    ("data", "named"),
    [
        ({"response": {"ok": True, "results": [{"fields": {"body": WORDS}, "t": "T"}]}},
         {"text": "fields.body", "title": "t"}),
        ([{"content": {"rendered": WORDS}, "title": {"rendered": "T &amp; T"}}],
         {"text": "content.rendered", "title": "title.rendered"}),
        ({"content": {"rendered": WORDS}, "title.x": "T", "title": {"x": "no"}},
         {"text": "content.rendered", "title": "title.x"}),
    ],
)  # fmt: skip
def test_fields_within_fields_are_named_with_a_dot(
    tmp_path: Path, data: object, named: dict[str, str]
) -> None:
    """As the interfaces of newspapers nest them; a field of that very name goes first."""
    path = tmp_path / "a.json"
    path.write_text(json.dumps(data))
    (source,) = sources_in([str(path)], fields=Fields.named(named))
    assert source.load().text == WORDS
    assert source.load().title in ("T", "T & T")


def test_a_body_with_tags_is_read_as_a_page_shows_it(tmp_path: Path) -> None:
    """Its paragraphs with their kinds, no tag and no entity among the words, and it is told."""
    body = (
        "<p>The ferry was saved, the ministry said on Monday.</p><figure><figcaption>The boat"
        "</figcaption></figure><p>“We are <b>home</b>,” said Ada&nbsp;Low.<br><br>She left.</p>"
        "<aside><p><a href='/x'>“Not us,” says rival</a></p></aside>"
    )
    text = "The ferry was 1 < 2 and 3 > 2, and <b>bold</b>."
    rows = [{"text": body, "byline": [{"name": "Ann Lee"}], "outlet": {"name": "Post"}}]
    rows += [{"text": text, "byline": "By Ann Lee"}]
    path = tmp_path / "a.json"
    path.write_text(json.dumps(rows))
    page, plain = [source.load() for source in sources_in([str(path)])]
    assert page.text.split("\n\n") == [
        "The ferry was saved, the ministry said on Monday.",
        "The boat",
        "“We are home,” said Ada Low.",
        "She left.",
    ]
    assert [p.kind for p in page.paragraphs] == ["body", "caption", "body", "body"]
    assert [w.code for w in page.warnings] == ["tags_read"]
    assert (page.byline, page.outlet) == ("Ann Lee", "Post")
    assert (plain.text, plain.byline, plain.warnings) == (text, "Ann Lee", ())


def test_entities_in_a_body_are_characters(tmp_path: Path) -> None:
    """A name is not cut in two by "&nbsp;", a mark is a mark; "R&D; x" has none."""
    path = tmp_path / "a.jsonl"
    rows = ["&quot;We are home,&quot; said Ada&nbsp;Low.\n\nShe left.", "R&D; we are home."]
    path.write_text("\n".join(json.dumps({"text": row}) for row in rows))
    read, plain = [source.load() for source in sources_in([str(path)])]
    assert read.text.replace("\u00a0", " ") == '"We are home," said Ada Low.\n\nShe left.'
    assert [w.code for w in read.warnings] == ["tags_read"]
    assert (plain.text, plain.warnings) == (rows[1], ())


def test_a_body_nested_too_deeply_is_told(tmp_path: Path) -> None:
    """As a page is: what follows was not read."""
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"text": f"<p>{WORDS}</p>{'<div>' * 400}deep{'</div>' * 400}"}))
    (source,) = sources_in([str(path)])
    assert [w.code for w in source.load().warnings] == ["tags_read", "page_truncated"]


def test_a_text_that_a_service_cut_is_told(tmp_path: Path) -> None:
    """It says how many characters are left."""
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"text": f"{WORDS} And th… [+2311 chars]"}))
    (source,) = sources_in([str(path)])
    assert [w.code for w in source.load().warnings] == ["teaser"]


def test_a_bad_item_of_a_list_fails_alone(tmp_path: Path) -> None:
    """Named by its number, with what to do."""
    path = tmp_path / "a.json"
    path.write_text(json.dumps([{"text": WORDS}, 7, {"body": WORDS}, {"text": " "}]))
    first, *others = sources_in([str(path)])
    assert first.load().text == WORDS
    assert [_why(source).partition(": ")[0] for source in others] == [
        f"{path}:{n}" for n in (2, 3, 4)
    ]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"{", "it is not JSON"),
        (b'["x\xff"]', "it is not UTF-8"),
        (b'{"name": "x"}', "--fields text=NAME"),
        (b"[1, 2]", "--fields text=NAME"),
    ],
)
def test_json_without_an_article_is_told_when_named(tmp_path: Path, data: bytes, told: str) -> None:
    """And left out, and counted, in a folder: other programs keep their settings there."""
    path = tmp_path / "a.json"
    path.write_bytes(data)
    (source,) = sources_in([str(path)])
    assert told in _why(source)
    _make(tmp_path, "b.txt")
    notes: list[str] = []
    assert _names(sources_in([str(tmp_path)], tell=notes.append), tmp_path) == ["b.txt"]
    assert notes == [f"{tmp_path}: 1 of another kind left out (.json 1)"]


def test_an_address_says_that_pages_are_not_fetched() -> None:
    """And how to pipe one."""
    (source,) = sources_in(["https://example.org/a'b"])
    assert "pages are not fetched" in _why(source)
    assert "curl -sL" in _why(source)
