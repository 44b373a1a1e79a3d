"""HTML pages from Jinja templates: pages that fetch nothing and run only the one script we ship.

The templates lie in folders called `templates/`, with the styles and scripts that are written into
the pages. A value that a template prints is escaped, and has no control characters: nothing that
an article says can become an element, an attribute or a command. `|shown` prints the control
characters as visible code points instead; use it for the article's words, in text only.
"""

import base64
import hashlib
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from extractor.text.printable import CONTROLS, one_line

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"
_PART = 1 << 16  # characters


@cache
def environment(*folders: Path) -> "Environment":
    """Return what compiles the templates in `folders` and in ours, each once a process."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # only where HTML is made

    made = Environment(
        loader=FileSystemLoader([*folders, TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_without_controls,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters |= {
        "shown": shown,
        "one_line": one_line,
        "thousands": lambda number: f"{number:,}",
        "sha256": _sha256,
        "enumerate": enumerate,  # a third of the time of Jinja's `loop`
    }
    return made


def page(
    environment: "Environment", name: str, *, style: Markup, script: Markup, **known: Any
) -> Iterator[str]:
    """Yield the page of a template that extends page.html, piece by piece.

    `style` and `script` go into the page as they are. Of what else is `known`, each page needs a
    `title` and a `generator`, the program that made it.
    """
    yield from environment.get_template(name).generate(style=style, script=script, **known)
    yield "\n"


def rendered(name: str, **known: Any) -> Iterator[Markup]:
    """Yield what a template of ours makes of what is `known`, in parts of some length.

    A page may be a hundred times as long as its article: nobody need hold it as a whole.
    """
    small: list[str] = []
    length = 0
    for piece in environment().get_template(name).generate(**known):
        small.append(piece)
        length += len(piece)
        if length >= _PART:
            yield Markup("".join(small))  # noqa: S704 - a template's
            small, length = [], 0
    yield Markup("".join(small))  # noqa: S704 - a template's


@cache
def asset(file: Path) -> Markup:
    """Return a style or script that we ship, for a page to hold as it is."""
    return Markup(file.read_text(encoding="utf-8"))  # noqa: S704


def shown(text: str) -> str:
    """Return `text` for HTML, with control characters and overrides of direction made visible.

    They become empty elements that show their code point. A carriage return, which a parser would
    take for a line end or leave out, becomes a reference: the page has as many characters as
    `text`. Not for attributes.
    """
    if text.isprintable():  # nearly always; the template escapes it
        return text
    escaped = CONTROLS.sub(_shown_control, escape(text)).replace("\r", "&#13;")
    return Markup(escaped)  # noqa: S704


def _shown_control(found: re.Match[str]) -> str:
    return f'<i class="ctl" data-code="U+{ord(found.group()):04X}"></i>'


def _without_controls(value: Any) -> Any:
    """Return what a template prints without control characters, but for HTML of ours."""
    if type(value) is str and not value.isprintable():
        return CONTROLS.sub("", value)
    return value


@lru_cache(maxsize=8)  # a run's thousands of pages have the same style and script
def _sha256(content: str) -> str:
    """Return how a Content-Security-Policy names a style or a script."""
    digest = hashlib.sha256(content.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
