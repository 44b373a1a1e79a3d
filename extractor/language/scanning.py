"""Patterns that are tried only where a match of them may begin: at some words, or characters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from extractor.language.tokens import Tokens


def places_of(characters: Iterable[str], text: str) -> list[int]:
    """Return where the text has any of these characters, in order."""
    found = []
    for character in characters:
        at = text.find(character)
        while at >= 0:
            found.append(at)
            at = text.find(character, at + 1)
    found.sort()
    return found


def matches(
    pattern: re.Pattern[str],
    beginning: re.Pattern[str],
    text: str,
    tokens: Tokens,
    places: list[int],
) -> Iterator[re.Match[str]]:
    """Yield the matches of `pattern` in order of the text, none overlapping another.

    `places` are the tokens in which `beginning` matches, wherever a match may begin.
    """
    done = 0
    for k in places:
        for begin in beginning.finditer(tokens.text[k]):
            at = tokens.start[k] + begin.start()
            match = pattern.match(text, at) if at >= done else None
            if match:
                done = match.end()
                yield match
