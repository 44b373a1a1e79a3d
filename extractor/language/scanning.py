"""Runs a pattern only where a match can begin, for speed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from extractor.language.tokens import Tokens


def places_of(characters: Iterable[str], text: str) -> list[int]:
    """Return the offsets at which the text has any of these characters, in order."""
    places = []
    for character in characters:
        at = text.find(character)
        while at >= 0:
            places.append(at)
            at = text.find(character, at + 1)
    places.sort()
    return places


def matches(
    pattern: re.Pattern[str],
    beginning: re.Pattern[str],
    text: str,
    tokens: Tokens,
    places: list[int],
) -> Iterator[re.Match[str]]:
    """Yield the matches of `pattern` in order of the text; no two overlap.

    A match begins where `beginning` matches inside a token; `places` are these tokens, in order.
    """
    done = 0
    for k in places:
        for begin in beginning.finditer(tokens.text[k]):
            at = tokens.start[k] + begin.start()
            match = pattern.match(text, at) if at >= done else None
            if match:
                done = match.end()
                yield match
