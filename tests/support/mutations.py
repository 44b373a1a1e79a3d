"""Files made from others by chance, as damage and mischief make them: cut, flipped, swollen.

Each mutation takes a `Random` and bytes, and returns other bytes: the same for the same seed. Those
of packed files (gzip, ZIP) are also made to what is in them, which is packed again.
"""

import gzip
import re
import zipfile
from collections.abc import Callable, Sequence
from io import BytesIO
from random import Random

MOST_BYTES = 2_000_000  # of a mutated file
_OPENING = {  # what nests in each kind of file
    "txt": ["“", '"', "(", "> "],
    "html": ["<div>", "<b>", "<q>", "<table><tr><td>", "<blockquote>", "<p>", "<svg>", "<!--", "&"],
    "pdf": ["[", "<<", "(", "q ", "/X Do ", "BT ", "<< /Kids [", "<"],
    "json": ["[", '{"a":', '"', "\\"],
    "warc": ["WARC/1.0\r\n", "\r\n", " "],
    "eml": [
        "(",
        "<",
        "=?utf-8?q?",
        "\r\n ",
        "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n",
    ],
    "xml": ["<w:p>", "<text:p>", "<text:span>", "<w:r><w:t>", "<!--", "&amp;"],
    "rtf": ["{", "{\\*", "\\b ", "\\'", "{\\field"],
}
_LIKE = {"jsonl": "json", "gz": "json", "mhtml": "eml", "docx": "xml", "odt": "xml"}
_NUMBER = re.compile(rb"\d+")
_NUMBERS = (b"0", b"-1", b"1", b"65536", b"2147483648", b"9" * 20, b"9" * 5_000, b"1e999", b"")
_LONG = (b"a", b" ", b"A ", b"=", b"\n", b"\0", b"<", b"0", "é".encode())

# How often something is opened, how long a run is: seldom very much, as that takes time.
_TIMES = (5, 5, 100, 100, 100, 3_000, 3_000, 60_000)
_LENGTHS = (1_000, 1_000, 1_000, 1_000, 50_000, 50_000, 50_000, 600_000)

Mutation = Callable[[Random, bytes, str], bytes]


def _place(chance: Random, data: bytes) -> int:
    return chance.randrange(len(data) + 1)


def _slice(chance: Random, data: bytes) -> tuple[int, int]:
    begin = _place(chance, data)
    return begin, min(len(data), begin + chance.choice((1, 4, 30, 300, 3_000)))


def cut(chance: Random, data: bytes, kind: str) -> bytes:
    """Return the first part of it."""
    return data[: _place(chance, data)]


def flipped(chance: Random, data: bytes, kind: str) -> bytes:
    """Return it with up to thirty bits turned."""
    out = bytearray(data)
    for _ in range(chance.randint(1, 30) if out else 0):
        out[chance.randrange(len(out))] ^= 1 << chance.randrange(8)
    return bytes(out)


def overwritten(chance: Random, data: bytes, kind: str) -> bytes:
    """Return it with a part replaced: by NULs, by 0xFF, by anything."""
    begin, end = _slice(chance, data)
    fill = chance.choice((b"\0", b"\xff", None))
    new = chance.randbytes(end - begin) if fill is None else fill * (end - begin)
    return data[:begin] + new + data[end:]


def removed(chance: Random, data: bytes, kind: str) -> bytes:
    """Return it without a part."""
    begin, end = _slice(chance, data)
    return data[:begin] + data[end:]


def repeated(chance: Random, data: bytes, kind: str) -> bytes:
    """Return it with a part there up to two thousand times."""
    begin, end = _slice(chance, data)
    return data[:end] + data[begin:end] * chance.choice((1, 1, 20, 20, 20, 2_000)) + data[end:]


def nested(chance: Random, data: bytes, kind: str) -> bytes:
    """Return it with something opened again and again, and never closed."""
    opening = chance.choice(_OPENING[_LIKE.get(kind, kind)]).encode()
    place = _place(chance, data)
    return data[:place] + opening * chance.choice(_TIMES) + data[place:]


def swollen(chance: Random, data: bytes, kind: str) -> bytes:
    """Return it with a very long run of one thing at some place: in a word, a tag, an attribute."""
    run = chance.choice(_LONG) * chance.choice(_LENGTHS)
    places = [match.end() for match in re.finditer(rb"<\w+|\"|=|:", data)]
    place = chance.choice(places) if places and chance.random() < 0.7 else _place(chance, data)
    if data[place - 1 : place].isalpha() and chance.random() < 0.5:
        run = b' x="' + run + b'"'
    return data[:place] + run + data[place:]


def renumbered(chance: Random, data: bytes, kind: str) -> bytes:
    """Return it with up to five numbers replaced by others, most of them impossible."""
    for _ in range(chance.randint(1, 5)):
        numbers = list(_NUMBER.finditer(data))
        if not numbers:
            break
        number = chance.choice(numbers)
        data = data[: number.start()] + chance.choice(_NUMBERS) + data[number.end() :]
    return data


MUTATIONS: tuple[Mutation, ...] = (
    cut, flipped, overwritten, removed, repeated, nested, swollen, renumbered
)  # fmt: skip


def mutated(
    chance: Random, seeds: Sequence[tuple[str, bytes]], kind: str
) -> tuple[str, str, bytes]:
    """Return the name of a seed, the names of what was done to it, and the bytes.

    One mutation mostly, sometimes a few, sometimes the half of another seed behind it.
    """
    name, data = chance.choice(seeds)
    chosen = [chance.choice(MUTATIONS) for _ in range(chance.choice((1, 1, 1, 2, 4)))]
    done = [mutation.__name__ for mutation in chosen]
    inside = chance.random() < 0.6
    if inside and kind == "gz":
        plain = _all(chosen, chance, gzip.decompress(data), "warc" if "warc" in name else "json")
        data, done = gzip.compress(plain[:MOST_BYTES], 1, mtime=0), ["within", *done]
    elif inside and kind in ("docx", "odt"):
        data, done = _within_zip(chosen, chance, data), ["within", *done]
    else:
        data = _all(chosen, chance, data, kind)
    if chance.random() < 0.03:
        _, other = chance.choice(seeds)
        data, done = data + other[_place(chance, other) :], [*done, "joined"]
    return name, "+".join(done), data[:MOST_BYTES]


def _all(chosen: Sequence[Mutation], chance: Random, data: bytes, kind: str) -> bytes:
    for mutation in chosen:
        data = mutation(chance, data, kind)[: 2 * MOST_BYTES]
    return data


def _within_zip(chosen: Sequence[Mutation], chance: Random, data: bytes) -> bytes:
    """Return a ZIP file with a file in it mutated: the one with the text, or any."""
    with zipfile.ZipFile(BytesIO(data)) as packed:
        files = {info.filename: packed.read(info) for info in packed.infolist()}
    texts = [name for name in files if name in ("word/document.xml", "content.xml")]
    name = chance.choice(texts if chance.random() < 0.7 else sorted(files))
    files[name] = _all(chosen, chance, files[name], "docx")[:MOST_BYTES]
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        for filename, content in files.items():
            packed.writestr(zipfile.ZipInfo(filename), content, zipfile.ZIP_DEFLATED, 1)
    return out.getvalue()
