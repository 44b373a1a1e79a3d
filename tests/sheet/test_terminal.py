"""The sheet in a terminal and in a pipe."""

import io

import pytest
from pydantic import BaseModel

from extractor.article import Remark
from extractor.fields import Figure, Quotation
from extractor.record import Audit, AuditItem, Extraction, Usage
from extractor.sheet.terminal import console_for, sheet_text
from extractor.text.spans import Span
from tests.support.extractions import make_article, make_extraction, release, schema


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def _text(extraction: Extraction, width: int = 120) -> str:
    return sheet_text(extraction, console_for(io.StringIO(), width))


@pytest.mark.parametrize("width", [40, 60, 80, 100, 200])
def test_every_word_is_there_at_every_width_and_no_line_is_wider(width: int) -> None:
    """Narrow or wide, as a grid or one below the other, nothing is cut off."""
    text = _text(release(), width)
    assert max(len(line) for line in text.split("\n")) <= width
    words = set(text.replace("\n", " ").split())
    for sought in ("Brandt", "(“she”)", "fragment", "conditional", "sanctions", "forget", "≈"):
        assert any(sought in word for word in words), sought


def test_piped_text_holds_no_escapes_and_no_blanks_at_line_ends() -> None:
    """What is piped is for grep and for files."""
    text = _text(release())
    assert "\x1b" not in text
    assert all(line == line.rstrip() for line in text.split("\n"))


def test_colours_on_a_terminal_and_none_with_no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal gets colours unless NO_COLOR or a dumb terminal says otherwise."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[" in sheet_text(release(), console_for(_Terminal(), 100))
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in sheet_text(release(), console_for(_Terminal(), 100))
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert "\x1b" not in sheet_text(release(), console_for(_Terminal(), 100))


def test_a_pipe_takes_the_width_that_columns_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """COLUMNS sets the width in a pipe; nonsense in it does not matter."""
    monkeypatch.setenv("COLUMNS", "50")
    assert console_for(io.StringIO()).width == 50
    monkeypatch.setenv("COLUMNS", "wide")
    assert console_for(io.StringIO()).width == 100


def test_head_audit_and_warnings_are_said() -> None:
    """Title, source, what was left out with its place, and what a person should know."""
    text = _text(release())
    assert text.startswith("Harbour talks free 31 sailors\nNorvia Post · 2025-12-13 · made.txt\n")
    assert "8 candidates used, 1 dismissed (1 nickname), 1 unaccounted" in text
    assert "unaccounted: sanction statement “would stay” 420–430" in text
    assert "nickname: quotation “the admiral” 479–490" in text
    assert "warning: Q2: no name stands near it. [speaker_unresolved]" in text
    assert "2?" in text
    assert "? after a row's number" in text


def test_kinds_without_rows_are_named() -> None:
    """An article without a quotation says so, rather than nothing."""
    model = schema("quotes", "Quotes")
    text = _text(make_extraction(make_article("Nothing."), model.model_validate({"quotes": []})))
    assert "None found: quotes." in text


def test_usage_of_a_model_is_said() -> None:
    """Calls, tokens and money stand at the end when a model was asked."""
    usage = Usage(calls=3, cache_hits=1, reasks=1, input_tokens=1200, output_tokens=80)
    usage.cost_usd = 0.0123
    extraction = make_extraction(make_article("x"), _Facts(facts=[]), usage=usage)
    assert (
        "3 calls (1 re-asked, 0 retried), 1 from the cache, 1,200 tokens in, 80 out, 0.0123 USD"
        in (" ".join(_text(extraction).split()))
    )


class _Fact(BaseModel):
    said: Quotation
    figure: Figure
    summary: str


class _Facts(BaseModel):
    facts: list[_Fact]


def test_hostile_text_reaches_no_terminal() -> None:
    """Escapes, overrides and rich's own markup in an article are words or nothing."""
    evil = "[red]boo[/red] :smile: \x1b[2J\x1b]0;own\x07 \u202egnorw {{7*7}}"
    record = _Facts(
        facts=[
            _Fact(
                said=Quotation(evil, (Span(0, len(evil)),)),
                figure=Figure("7\x1b[31m", 0, 1, 7.0),
                summary=f"sum {evil}",
            )
        ]
    )
    extraction = make_extraction(
        make_article(evil, title=evil, byline=evil, source=evil),
        record,
        name=evil,
        warnings=(Remark(evil, evil),),
        audit=Audit(own_words=("facts[0].summary",), dismissed=(_item(evil),)),
    )
    text = _text(extraction)
    assert not set(text) & set("\x1b\x07\u202e")
    assert "[red]boo[/red] :smile:" in text
    assert "{{7*7}}" in text
    assert "(model's words)" in " ".join(text.split())


def _item(evil: str) -> AuditItem:
    return AuditItem("Q1", evil, evil, 0, 3, reason=evil)
