"""Templates print nothing that an article could act with, and pages come piece by piece."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from extractor.sheet.html import sheet_page
from extractor.sheet.page import environment, shown

EVIL = "<b>\x1b[31m\u202e\"x='&\r\x00</b>"


def _printed(folder: Path, template: str) -> str:
    """Return what a template makes of EVIL, as `text`."""
    (folder / "t.html").write_text(template)
    return environment(folder).get_template("t.html").render(text=EVIL)


@pytest.mark.parametrize(
    "template",
    ['<p title="{{ text }}">', "{{ text }}", "{% set a = text %}{{ a ~ text }}"],
)
def test_what_is_printed_is_escaped_and_has_no_control_characters(
    tmp_path: Path, template: str
) -> None:
    """Whoever writes a template need not think of it, in text and in attributes."""
    printed = _printed(tmp_path, template)
    assert not set(printed) & set("\x1b\u202e\x00")
    assert "<b>" not in printed
    assert "&lt;b&gt;[31m&#34;x=&#39;&amp;\r&lt;/b&gt;" in printed


def test_a_macro_is_not_escaped_twice(tmp_path: Path) -> None:
    """What a template has made of a value is HTML already."""
    printed = _printed(tmp_path, "{% macro m(x) %}<p>{{ x }}</p>{% endmacro %}{{ m('&') }}")
    assert printed == "<p>&amp;</p>"


def test_shown_keeps_every_character_countable(tmp_path: Path) -> None:
    """A control character is an element with its code point, a carriage return a reference."""
    printed = _printed(tmp_path, "{{ text|shown }}")
    for code in ("001B", "202E", "0000"):
        assert f'<i class="ctl" data-code="U+{code}"></i>' in printed
    assert "&#13;" in printed
    assert "<b>" not in printed
    assert shown("plain") == "plain"


def test_a_value_that_is_not_given_is_an_error(tmp_path: Path) -> None:
    """A mistyped name in a template fails; it does not leave a gap in the page."""
    with pytest.raises(UndefinedError):
        _printed(tmp_path, "{{ texts }}")


def test_a_page_is_written_while_its_sections_are_made() -> None:
    """Of a page that is too long to hold only one section is there at a time."""
    made: list[str] = []

    def sections() -> Iterator[list[Markup]]:
        for name in ("first", "second"):
            made.append(name)
            yield [Markup(name)]

    pieces = sheet_page("Title", "made by", sections(), first=None)
    for piece in pieces:
        if piece == "first":
            break
    assert made == ["first"]
    assert "second" in "".join(pieces)
