"""Reads the words of a page's markup and of its lines by which parts of it are known.

The words are in `page_words.txt`: those of class names and the like by list ("related", "letter"),
and the beginnings of lines.
"""

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.read.html.blocks import Block

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_BEFORE = "[(|→▶►»›•*–—- "  # what may stand before the first word of a line that points elsewhere
_ATTRIBUTES = tuple("class id data-testid data-component itemprop role data-type name".split())


def begins(text: str) -> str | None:
    """Return the list of `page_words.txt` that holds the beginning of a line, None for none."""
    low = text[:60].lower()
    return next((n for n, words in _word_lists()[1].items() if low.startswith(words)), None)


def points_elsewhere(block: Block) -> bool:
    """Return whether a block points to another article, or asks to subscribe or donate.

    "READ MORE: …" as a link; "Sign up …" in an element that is marked so.
    """
    opening = begins(block.text.lstrip(_BEFORE))
    if opening == "boilerplate":
        return True
    if opening == "more" and block.links > 0.5 * len(block.text.replace(" ", "")):
        return True
    return opening == "letter" and "letter" in markup_lists(block.element)


def markup_lists(element: "HtmlElement") -> tuple[str, ...]:
    """Return the lists that the attributes of an element and of its parent have words of."""
    parent = element.getparent()
    return marked(element) + (marked(parent) if parent is not None else ())


def marked(element: "HtmlElement") -> tuple[str, ...]:
    """Return the lists that an element's attributes have words of."""
    attributes = element.attrib
    if not attributes or element.tag in ("body", "html"):
        return ()
    said = " ".join([attributes[a] for a in _ATTRIBUTES if a in attributes])
    return _lists_of(said) if said else ()


@lru_cache(maxsize=4096)
def _lists_of(said: str) -> tuple[str, ...]:
    """Return the lists that the words of attributes are in."""
    table = _word_lists()[0]
    found = {}
    for part in said[:300].split():
        whole = part.lower()
        if whole in table:
            found[table[whole]] = 1
        for word in _WORD.findall(part):
            if name := table.get(word.lower()):
                found[name] = 1
    return tuple(found)


@cache
def _word_lists() -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Return the list that a word of markup is in, and the beginnings of lines by list."""
    marks: dict[str, str] = {}
    lines: dict[str, tuple[str, ...]] = {}
    kind = name = ""
    for line in (Path(__file__).parent / "page_words.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            kind, name = line[1:-1].split()
        elif line and not line.startswith("#"):
            if kind == "in":
                for word in line.split():
                    marks.setdefault(word, name)
            else:
                lines[name] = tuple(line.split("|"))
    return marks, lines
