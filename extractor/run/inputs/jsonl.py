"""Reads articles from the lines of a JSON Lines file (.jsonl, .ndjson, gzipped or not)."""

import json
import re
from collections.abc import Callable, Generator, Mapping
from dataclasses import fields
from functools import partial
from hashlib import blake2b
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from extractor.article import Article, ParagraphKind, Remark
from extractor.errors import (
    ArticleTooLarge,
    EmptyArticle,
    ExtractError,
    InputError,
    NotAnArticle,
    UsageError,
)
from extractor.frozen import frozen
from extractor.read import MAX_BYTES, article_from_text
from extractor.read.dates import given_date
from extractor.read.files import printable_name
from extractor.read.paragraphs import BLANKS
from extractor.read.source import Source, failing
from extractor.read.text import doubts, repaired
from extractor.run.inputs.gzip_stream import Bomb, CutShort, Damaged, Stream

if TYPE_CHECKING:
    from extractor.read.html.fragment import Fragment

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_MOST_WRONG = 1_000  # lines in a row that are no objects: then it is no file of articles
_BY = re.compile(r"\Aby\s+", re.I)  # "By Ada Low"
_CUT_SHORT = re.compile(r"\[\+\d+ chars\]\s*\Z")  # as services that sell the rest end a text
_CUT = Remark("teaser", "The text is only the beginning of the article: it says how much is left.")
_LARGE_LINE = 1_000_000  # bytes
_MOST_VALUES = 2_000_000  # of a large line: in memory they take fifty times as much
_MOST_NAMED = 80  # characters of an id that a source's name takes


@frozen
class Fields:
    """The names of the fields in a line's JSON object. Only the text must be there."""

    text: str = "text"
    id: str = "id"
    url: str = "url"
    title: str = "title"
    byline: str = "byline"
    date: str = "date"
    outlet: str = "outlet"

    @classmethod
    def named(cls, given: Mapping[str, str]) -> "Fields":
        """Return the fields with some named otherwise: `{"text": "body"}`. Raises UsageError."""
        known = [field.name for field in fields(cls)]
        for name in given:
            if name not in known:
                raise UsageError(
                    f"there is no field {name!r} to name; there are {', '.join(known)}"
                )
        return cls(**given)


@frozen
class LineRange:
    """The part of a growing file to read: bytes from `start` to `end`, half-open, whole lines."""

    start: int = 0
    end: int | None = None
    lines: int = 0  # how many lines are before it


WHOLE = LineRange()


def sources_in_lines(
    path: Path,
    name: str,
    wanted: Fields,
    unique: Callable[[str, str], str],
    part: LineRange = WHOLE,
) -> Generator[Source, None, int]:
    """Yield a source for each line of a file that is not blank; a bad line fails alone.

    A source is named `FILE#ID`, or `FILE:LINE` where the line has no id of its own; `unique(name,
    place)` returns the place where another source has the name. Memory does not grow with the
    file, which ends where too many lines in a row are wrong. Returns the number of lines, those
    before the `part` counted too.
    Raises OSError when the file cannot be opened or read.
    """
    with path.open("rb") as file:
        if part.start:  # a pipe has no places
            file.seek(part.start)
        stream = Stream(file if part.end is None else _Bounded(file, part.end - part.start))
        number, wrong = part.lines, 0
        while True:
            number += stream.skip_blank_lines() + 1
            place = f"{name}:{number}"
            try:
                line = stream.readline(MAX_BYTES)
                too_long = len(line) == MAX_BYTES and not line.endswith(b"\n")
                if too_long:
                    _skip_line(stream)
            except Damaged as damage:
                yield failing(place, _damaged(name, number, damage))
                if isinstance(damage, CutShort):
                    return number
                continue
            if not line:
                return number - 1
            if too_long:
                error = ArticleTooLarge(
                    f"{place}: the line is longer than the limit of {MAX_BYTES:,} bytes for one "
                    "article; split it."
                )
                yield failing(place, error)
            elif line.strip():
                source = source_of_line(line, name, place, wanted, unique)
                wrong = 0 if source.stamp else wrong + 1
                yield source if wrong < _MOST_WRONG else failing(place, _all_wrong(place))
                if wrong == _MOST_WRONG:
                    return number


class _Bounded:
    """The next bytes of a file, and no more."""

    def __init__(self, file: BinaryIO, count: int) -> None:
        self._file, self._left = file, count

    def read(self, count: int) -> bytes:
        """Return the next bytes, none at the end."""
        data = self._file.read(min(count, self._left))
        self._left -= len(data)
        return data


def _skip_line(stream: Stream) -> None:
    while (part := stream.readline(1 << 16)) and not part.endswith(b"\n"):
        pass


def _all_wrong(place: str) -> InputError:
    return NotAnArticle(
        f"{place}: {_MOST_WRONG:,} lines in a row are no JSON objects; what follows is not read. "
        "Mend the file, or drop it."
    )


def _damaged(name: str, number: int, damage: Damaged) -> InputError:
    if isinstance(damage, Bomb):
        return ArticleTooLarge(f"{name}:{number}: {damage}.")
    if isinstance(damage, CutShort):
        words = "the compressed file ends here before its end (a broken download?)"
    else:
        words = "the compressed file is damaged here, and lines before it may be altered"
    return NotAnArticle(f"{name}:{number}: {words}; get the file again. The lines before are read.")


def source_of_line(
    line: bytes, name: str, place: str, wanted: Fields, unique: Callable[[str, str], str]
) -> Source:
    """Return the source that a line of the file `name` is; `place` is the line's own name."""
    try:
        data = _parsed(line, place)
    except InputError as error:
        return failing(place, error)
    stamp = blake2b(repr((line, wanted)).encode(), digest_size=16).hexdigest()
    return source_of_values(data, name, place, wanted, unique, stamp, len(line))


def source_of_values(
    data: Mapping[str, Any],
    name: str,
    place: str,
    wanted: Fields,
    unique: Callable[[str, str], str],
    stamp: str = "",
    held: int = 0,
) -> Source:
    """Return the source whose text and metadata are values by name, as on a line or in a table.

    `held` are the bytes that the values take, about.
    """
    own = value_at(data, wanted.id)
    named = place
    if isinstance(own, str | int) and not isinstance(own, bool) and str(own).strip():
        short = printable_name(" ".join(str(own).split())[:_MOST_NAMED])
        named = unique(f"{name}#{short}", place)
    needed = {field.name: value_at(data, getattr(wanted, field.name)) for field in fields(wanted)}
    if needed["text"] is None and wanted.text not in data:
        needed["there"] = list(data)[:12]
    return Source(named, stamp, partial(_article, needed, named, place, wanted.text), held)


def value_at(data: Mapping[str, Any], name: str) -> Any:
    """Return what a field holds, None for nothing: "fields.body" is the `body` in `fields`."""
    if name in data or "." not in name:
        return data.get(name)
    value: Any = data
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _parsed(line: bytes, place: str) -> dict[str, Any]:
    """Return the object on a line. Raises NotAnArticle, or ArticleTooLarge."""
    if len(line) > _LARGE_LINE and sum(map(line.count, (b"{", b"[", b","))) > _MOST_VALUES:
        raise ArticleTooLarge(
            f"{place}: the line holds more than {_MOST_VALUES:,} values; keep those of the article."
        )
    try:
        data = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise NotAnArticle(f"{place}: the line is not UTF-8; save the file as UTF-8.") from error
    except (ValueError, RecursionError) as error:
        reason = getattr(error, "msg", "nested too deeply or a number too long")
        raise NotAnArticle(
            f"{place}: the line is not JSON ({reason}); mend or drop the line."
        ) from error
    if not isinstance(data, dict):
        raise NotAnArticle(
            f"{place}: the line is no object with a text field but {type(data).__name__}; "
            "mend or drop it."
        )
    return data


def _article(needed: dict[str, Any], named: str, place: str, text_field: str) -> Article:
    """Return the article of a line. Raises InputError."""
    text = needed["text"]
    if text is None and "there" in needed:
        there = printable_name(", ".join(map(str, needed["there"])))[:200]
        raise NotAnArticle(
            f"{place}: the line has no field {text_field!r} (it has: {there or 'none'}); "
            "name the one that holds the text with --fields text=NAME."
        )
    if text is not None and not isinstance(text, str):
        raise NotAnArticle(
            f"{place}: the line's field {text_field!r} holds no text but {type(text).__name__}; "
            "name another with --fields text=NAME."
        )
    text, lost = _LONE_SURROGATE.subn("\ufffd", text or "")
    text, remarks = repaired(text)
    kinds: Mapping[str, ParagraphKind] | None = None
    if ("<" in text or "&" in text) and (fragment := _shown(text, place)):
        text, kinds, told = fragment
        remarks = (*remarks, *told)
    if not text.strip(BLANKS):
        raise EmptyArticle(f"{place}: the line's field {text_field!r} is empty.")
    remarks = (*remarks, *doubts(text), *([_CUT] if _CUT_SHORT.search(text) else []))
    date, unread = given_date(needed["date"], needed["url"])
    remarks = (*remarks, *unread)
    if lost:
        message = f"{lost} halves of surrogate pairs are no characters and were replaced by U+FFFD."
        remarks = (Remark("undecodable", message), *remarks)
    url = _line(needed["url"])
    try:
        return article_from_text(
            text,
            named,
            title=_line(needed["title"]),
            byline=_BY.sub("", _line(needed["byline"]) or "", count=1) or None,
            outlet=_line(needed["outlet"]),
            date=date,
            url=url if url and url.startswith(("http://", "https://")) else None,
            warnings=remarks,
            kinds=kinds,
        )
    except ExtractError:
        raise
    except Exception as error:  # whatever a line holds, it costs no other
        raise NotAnArticle(f"{place}: the line cannot be read ({type(error).__name__}).") from error


def _shown(text: str, place: str) -> "Fragment | None":
    """Return what a text with the tags of a page shows, None for one without. Raises InputError."""
    from extractor.read.html import fragment

    if fragment.has_tags(text):
        return fragment.read_fragment(text, place)
    return fragment.without_entities(text) if fragment.has_entities(text) else None


def _line(value: object) -> str | None:
    """Return a value as one line of valid Unicode; None when it is no text."""
    if isinstance(value, Mapping):  # an author, or an outlet
        value = value.get("name")
    if isinstance(value, list):  # authors
        named = [item.get("name") if isinstance(item, Mapping) else item for item in value]
        value = ", ".join(item for item in named if isinstance(item, str))
    if not isinstance(value, str):
        return None
    if "&" in value and ";" in value:  # "Quay &#8211; closed": from a page
        value = unescape(value)
    return _LONE_SURROGATE.sub("\ufffd", " ".join(value.split())) or None
