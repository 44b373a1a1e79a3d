"""Patterns that are tried only at the words that may begin a match of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from extractor.find.tokens import Tokens


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
