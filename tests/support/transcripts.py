"""Transcripts as tests make them: as text, as pages of several makes, and what is found in them."""

import re
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import NamedTuple

from extractor.article import Article
from extractor.find.inventory import Inventory, take_inventory

TRANSCRIPTS = Path(__file__).parents[1] / "find" / "transcripts"
_LABEL = re.compile(r"((?:\[[\d:]+\]\s|[\d:]+ – )?[A-Z][^:.?!]{0,40}:)\s(.*)", re.DOTALL)


class FoundTurn(NamedTuple):
    """A turn as it was found: who speaks, by the name of the article, and the words."""

    speaker: str | None
    words: str


def turns_in(article: Article) -> list[FoundTurn]:
    """Return the turns of an article."""
    inventory = take_inventory(article)
    return [
        FoundTurn(name_of(inventory, q.turn.speaker), " ".join(q.text(article.text).split()))
        for q in inventory.quotations
        if q.turn is not None
    ]


def name_of(inventory: Inventory, mention: str | None) -> str | None:
    """Return the name of the entity that a mention's id belongs to."""
    if mention is None:
        return None
    return next(e.name for e in inventory.names if e.id == mention.partition(".")[0])


def _labelled(paragraph: str, pattern: str) -> str | None:
    found = _LABEL.match(paragraph)
    return pattern.format(escape(found[1]), escape(found[2])) if found else None


def _paragraphs(pattern: str) -> Callable[[list[str]], str]:
    """Return how paragraphs become HTML: one with a label by the pattern, others as <p>."""

    def make(paragraphs: list[str]) -> str:
        return "".join(
            _labelled(p, pattern) or f"<p>{escape(p)}</p>".replace("\n", "<br>") for p in paragraphs
        )

    return make


def _grouped(around: str, each: str, between: str) -> Callable[[list[str]], str]:
    """Return how paragraphs become HTML: those with labels in a row stand in one element."""

    def make(paragraphs: list[str]) -> str:
        made, row = list[str](), list[str]()
        for paragraph in [*paragraphs, ""]:
            if labelled := _labelled(paragraph, each):
                row.append(labelled)
                continue
            if row:
                made.append(f"<{around}>{between.join(row)}</{around}>")
                row.clear()
            made.append(f"<p>{escape(paragraph)}</p>")
        return "".join(made)

    return make


MAKES = {
    "paragraphs": _paragraphs("<p>{} {}</p>"),
    "bold": _paragraphs("<p><b>{}</b> {}</p>"),
    "own line": _paragraphs("<p><strong>{}</strong><br/>{}</p>"),
    "line breaks": _grouped("p", "<b>{}</b> {}", "<br>"),
    "definitions": _grouped("dl", "<dt>{}</dt><dd>{}</dd>", "\n"),
    "list": _grouped("ul", "<li><strong>{}</strong> {}</li>", "\n"),
    "table": _grouped("table", "<tr><td>{}</td><td>{}</td></tr>", "\n"),
    "author": _paragraphs("<p><span class='author'>{}</span> <span>{}</span></p>"),
    "elements": _paragraphs("<div class='turn'><div class='name'>{}</div><div>{}</div></div>"),
}


_ABOVE = "<header><nav><ul><li><a href='/n'>News</a></li><li><a href='/s'>Sport</a></li></ul></nav>"
_TEASER = "<li><a href='/{0}'>Another story that is not this one, part {0}</a></li>"
_BELOW = (
    f"<section class='related'><h2>More on this</h2><ul>{''.join(map(_TEASER.format, range(5)))}"
    "</ul></section><div class='newsletter'><p>Sign up for our newsletter and read the news each "
    "day.</p></div><footer><p>© 2026 The Evening Lamp. All rights reserved.</p></footer>"
)


def as_page(text: str, make: Callable[[list[str]], str], *, whole: bool = False) -> bytes:
    """Return a transcript as a web page; `whole`: with what stands around an article on a page."""
    title, *paragraphs = text.strip().split("\n\n")
    title = escape(title)
    body = f"<article><h1>{title}</h1>{make(paragraphs)}</article>"
    if whole:
        body = f"{_ABOVE}</header>{body}{_BELOW}"
    head = f"<head><title>{title}</title></head>"
    return f"<!doctype html><html>{head}<body>{body}</body></html>".encode()
