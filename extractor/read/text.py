"""Decodes bytes to text: finds the encoding, makes line ends one, reports what is doubtful.

The encoding is told by, in turn: a byte order mark; the bytes being UTF-8, which no other text is
by chance; the label that came with them, as browsers take it (`encodings`), unless the text shows
that it is wrong; the text itself (`guessing`).

Nothing is repaired in silence: bytes that no encoding explains become U+FFFD and are reported, so
are C1 controls that become the marks of windows-1252. Text that was decoded wrongly before it
reached us (mojibake) is reported and left as it is. Control characters and terminal escapes stay:
`extractor.text.printable` removes them for display.
"""

import codecs
import re
from collections.abc import Sequence

from extractor.article import Remark
from extractor.errors import NotAnArticle
from extractor.read.encodings import codec_of, decode_as, without_c1
from extractor.read.files import KINDS
from extractor.text.invisible import without_invisible
from extractor.text.spans import Span

_BOMS = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SIGNATURES = (
    (b"PK\x03\x04", "a ZIP file (an Excel or EPUB document, perhaps, or a damaged Word one)"),
    (b"\xd0\xcf\x11\xe0", "an old or encrypted Office document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x1f\x8b", "a compressed file"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3\x00", "a database"),
)
_JIS_SHIFTS = (b"\x1b$B", b"\x1b$@")  # they open Japanese in ISO-2022-JP, which is ASCII to the eye
_SAMPLE = 65_536  # bytes looked at to tell text from other things
_MOST_CONTROLS = (
    0.03  # random bytes have 0.1; text with terminal escapes next to none (ESC is free)
)
_CONTROLS = bytes(b for b in range(32) if b not in b"\t\n\v\f\r\x1b\b")

# What UTF-8 looks like when it was read as cp1252 or Latin-1: a lead byte, then a following one.
_MOJIBAKE = re.compile("[\xc2-\xdf\xe0-\xef\xf0][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")
_MOST_LOOKED_AT = 200  # suspicious places judged in one text

WHAT_TO_DO = f"give a file of these kinds: {KINDS}"


def decode(data: bytes, source: str, labels: Sequence[str] = ()) -> tuple[str, tuple[Remark, ...]]:
    """Return the text of `data`, `repaired`, and remarks.

    `labels` are names of encodings that came with it, the one that counts more first. Raises
    NotAnArticle for bytes that are no text.
    """
    refuse_other_kinds(data, source)
    text, remarks = _decoded(data, source, labels)
    text, told = repaired(text)
    return text, (*remarks, *told, *doubts(text))


def repaired(text: str) -> tuple[str, tuple[Remark, ...]]:
    """Return decoded text as articles have it, and a remark on what was repaired.

    Line ends are "\\n", there is no byte order mark before it, and C1 controls are what
    windows-1252 has in their places, as browsers take them.
    """
    text, count = without_c1(normalised(text))
    if not count:
        return text, ()
    message = (
        f"{count} control characters (C1) were read as the letters and marks that windows-1252 has "
        "in their places, as browsers read them: whoever made the text mistook its encoding."
    )
    return text, (Remark("c1_controls", message),)


def as_shown(text: str) -> tuple[str, tuple[Remark, ...]]:
    """Return a piece of a page or a PDF `repaired`, without characters that have no width.

    For text that is made in reading: one that is given keeps them, as offsets count them.
    """
    text, remarks = repaired(text)
    return without_invisible(text), remarks


def refuse_other_kinds(data: bytes, source: str) -> None:
    """Raise NotAnArticle when the first bytes are those of a known format that is not text."""
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            raise NotAnArticle(f"{source}: this is {kind}, not text; {WHAT_TO_DO}.")


def normalised(text: str) -> str:
    """Return the text with "\\n" line ends and without a byte order mark."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    return text.replace("\r", "\n") if "\n" not in text else text


def _decoded(data: bytes, source: str, labels: Sequence[str]) -> tuple[str, tuple[Remark, ...]]:
    """Return the text of `data` and remarks on its encoding; raise NotAnArticle.

    In turn: by a byte order mark, as UTF-16 or UTF-32 without one, as UTF-8, as labelled, by a
    guess.
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            return _replacing(data[len(mark) :], name)
    sample = data[:_SAMPLE]
    if b"\0" in sample:
        text = _wide(data)
        if text is None:
            raise _binary(source)
        return text, ()
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    if controls > _MOST_CONTROLS * len(sample):
        raise _binary(source)
    if any(shift in sample for shift in _JIS_SHIFTS):
        return _replacing(data, "iso2022_jp_ext")
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError:
        return _not_utf8(data, labels)


def _binary(source: str) -> NotAnArticle:
    """Return the error about a file that is no text; one that is called a PDF is damaged."""
    if source.lower().endswith(".pdf"):
        message = "the file is called .pdf, but is no PDF or is damaged; save or download it again"
        return NotAnArticle(f"{source}: {message}.")
    return NotAnArticle(f"{source}: this is a binary file, not text; {WHAT_TO_DO}.")


def _wide(data: bytes) -> str | None:
    """Return text in UTF-16 or UTF-32 without a mark, recognised by where its NUL bytes are.

    None when it is neither.
    """
    sample = data[: _SAMPLE - _SAMPLE % 4]
    nuls = [sample[i::4].count(0) for i in range(4)]
    narrow = sample.replace(b"\0", b"")
    if sum(nuls) < 0.3 * len(sample) and narrow.isascii() and not set(narrow) & set(_CONTROLS):
        return None  # plain ASCII with stray NULs, which would pass for Chinese
    names = []
    if nuls[2] + nuls[3] >= 0.4 * len(sample) > 0 or nuls[0] + nuls[1] >= 0.4 * len(sample) > 0:
        names += ["utf-32-le", "utf-32-be"]
    if nuls[0] + nuls[2] == 0:
        names.append("utf-16-le")
    elif nuls[1] + nuls[3] == 0:
        names.append("utf-16-be")
    for name in names:
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        start = text[:4096]
        if sum(c.isprintable() or c.isspace() for c in start) >= 0.97 * len(start):
            return text
    return None


def _not_utf8(data: bytes, labels: Sequence[str]) -> tuple[str, tuple[Remark, ...]]:
    """Return text that is not valid UTF-8: damaged UTF-8, what a label says, or a guess."""
    damaged = data.decode("utf-8", "replace")
    bad = damaged.count("\ufffd")
    good = sum(1 for byte in data if byte >= 0xC2) - bad
    if good >= 4 * bad:  # nearly every character beyond ASCII is well-formed UTF-8
        return damaged, (_undecodable(damaged, bad, "utf-8"),)
    from extractor.read.encodings.guessing import guess

    declared = next((k for label in labels if (k := codec_of(label)) and "utf" not in k[0]), None)
    best, sure = guess(data, declared[1] if declared else None)
    text, wrong = decode_as(data, best)
    remarks = (_undecodable(text, wrong, best),) if wrong else ()
    if declared is None:
        return text, (_guessed(best), *remarks)
    if declared[1] != best:
        return text, (_misnamed(declared[0], best), *remarks)
    return text, remarks if sure else (_unproved(declared[0]), *remarks)


def _replacing(data: bytes, name: str) -> tuple[str, tuple[Remark, ...]]:
    """Return `data` decoded, with U+FFFD and a remark for what cannot be."""
    try:
        return data.decode(name), ()
    except UnicodeDecodeError:
        text = data.decode(name, "replace")
        return text, (_undecodable(text, text.count("\ufffd"), name),)


def _guessed(name: str) -> Remark:
    return Remark(
        "encoding_guessed",
        f"The file is not UTF-8; it was read as {name}. If letters look wrong, save it as UTF-8.",
    )


def _unproved(label: str) -> Remark:
    return Remark(
        "encoding_guessed",
        f"The text is read as {label}, as it is labelled, and is too short or too odd to "
        "show whether that is right. If letters look wrong, save it as UTF-8.",
    )


def _misnamed(label: str, name: str) -> Remark:
    return Remark(
        "encoding_guessed",
        f"The text is labelled as {label}, but its letters show that it is {name}, as which it was "
        "read. If letters look wrong, save it as UTF-8.",
    )


def _undecodable(text: str, count: int, name: str) -> Remark:
    """Return the warning that `count` places are not valid in the encoding `name`."""
    first = text.find("\ufffd")
    return Remark(
        "undecodable",
        f"{count} places are not valid {name} and were replaced by U+FFFD; "
        "quotations there may lack letters.",
        Span(first, first + 1) if first >= 0 else None,
    )


def doubts(text: str) -> tuple[Remark, ...]:
    """Return a remark when the text was decoded wrongly before it reached us (mojibake)."""
    # In UTF-8 what looks like a lead byte begins with this one; most texts have none.
    if b"\xc3" not in text.encode("utf-8", "surrogatepass") or not _MOJIBAKE.search(text):
        return ()
    from ftfy.badness import is_bad

    for count, match in enumerate(_MOJIBAKE.finditer(text)):
        if count >= _MOST_LOOKED_AT:
            break
        if is_bad(text[max(0, match.start() - 12) : match.end() + 12]):
            piece = text[match.start() : match.end() + 1].strip()
            return (
                Remark(
                    "mojibake",
                    f'Letters look wrongly decoded ("{piece}"); the text is kept as it is. '
                    "Get the article again as UTF-8.",
                    Span(match.start(), match.end()),
                ),
            )
    return ()
