"""Reads articles from a .json file: an object, a list of them, or an object that holds the list."""

import json
from collections.abc import Callable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any

from extractor.errors import ArticleTooLarge, InputError, NotAnArticle
from extractor.read.source import Source, failing
from extractor.run.inputs.jsonl import Fields, source_of_values, value_at

_DEEPEST = 3  # objects within one another in which a list is looked for
MOST_BYTES = 100_000_000  # of a file, which is read whole


def articles_in(path: Path, name: str, wanted: Fields) -> list[Any]:
    """Return the items of a file that should each be an object with a text.

    Raises InputError when it holds none, and OSError.
    """
    with path.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise ArticleTooLarge(
            f"{name}: larger than {MOST_BYTES:,} bytes; write it as .jsonl, an article a line."
        )
    try:
        found = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise NotAnArticle(f"{name}: it is not UTF-8; save the file as UTF-8.") from None
    except (ValueError, RecursionError) as error:
        reason = getattr(error, "msg", "nested too deeply or a number too long")
        line = f", line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise NotAnArticle(f"{name}: it is not JSON ({reason}{line}); mend or drop it.") from None
    if isinstance(found, dict):
        if value_at(found, wanted.text) is not None or wanted.text in found:
            return [found]
        lists = list(_lists_in(found, wanted, 0))
        found = lists[0] if len(lists) == 1 else found
    if not _holds_text(found, wanted):
        raise NotAnArticle(
            f"{name}: no object in it has a field {wanted.text!r}; name the one that holds the "
            "text with --fields text=NAME."
        )
    return list(found)


def _holds_text(value: object, wanted: Fields) -> bool:
    return isinstance(value, list) and any(
        isinstance(item, dict) and (wanted.text in item or value_at(item, wanted.text) is not None)
        for item in value
    )


def _lists_in(found: dict[str, Any], wanted: Fields, depth: int) -> Iterator[list[Any]]:
    """Yield the lists of articles in an object: {"response": {"results": […]}}."""
    for value in found.values():
        if _holds_text(value, wanted):
            yield value
        elif isinstance(value, dict) and depth < _DEEPEST:
            yield from _lists_in(value, wanted, depth + 1)


def sources_in_list(
    path: Path, name: str, wanted: Fields, unique: Callable[[str, str], str]
) -> Iterator[Source]:
    """Yield a source for each article; one that is bad fails alone.

    Named `FILE#ID`, or `FILE:NUMBER` in the order of the file. Raises OSError.
    """
    try:
        items = articles_in(path, name, wanted)
    except InputError as error:
        yield failing(name, error)
        return
    for number, item in enumerate(items, 1):
        place = f"{name}:{number}"
        if not isinstance(item, dict):
            words = f"this is no object with a text field but {type(item).__name__}; drop it"
            yield failing(place, NotAnArticle(f"{place}: {words}."))
            continue
        stamp = blake2b(repr((item, wanted)).encode("utf-8", "replace"), digest_size=16)
        yield source_of_values(item, name, place, wanted, unique, stamp.hexdigest())
