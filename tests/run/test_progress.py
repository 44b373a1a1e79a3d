"""What a run tells while it goes: a bar on a terminal, JSON for programs, little when piped."""

import fcntl
import io
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from rich.console import Console

from extractor.record import Usage
from extractor.run.inputs.sources import count_sources, sources_in
from extractor.run.progress.display import JsonLines, ProgressLine, RateMeter, _Rendered, json_line
from extractor.run.progress.observer import RunStats
from extractor.store.entries import Earlier, Failed
from tests.support.runs import PATIENCE, command, environment, make_coverage, right, rows
from tests.support.stubs.server import fails, serving

_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07]*\x07|[@-Z])")
HOSTILE = "\x1b]0;owned\x07\x1b[31mred\u202e\n.txt"


def on_a_terminal(arguments: list[str], env: dict[str, str], columns: int) -> tuple[str, int]:
    """Run a command whose standard error is a terminal of so many columns; return what it got."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen(
        arguments,
        env=env | {"TERM": "xterm-256color"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
    )
    os.close(theirs)
    got = b""
    try:
        while data := os.read(ours, 65536):
            got += data
    except OSError:  # the other side is closed
        pass
    os.close(ours)
    return got.decode(), process.wait(PATIENCE)


def drawn(told: str) -> list[str]:
    """Return every state of the terminal's lines that was drawn, without colours."""
    return [line for line in re.split(r"[\r\n]+", _ESCAPE.sub("", told)) if line.strip()]


@pytest.mark.process
@pytest.mark.parametrize("columns", [100, 44])
def test_a_bar_moves_on_a_terminal_and_goes_away(tmp_path: Path, columns: int) -> None:
    """It says how many of how many, keeps to one line, and leaves the cursor as it was."""
    coverage = make_coverage(tmp_path / "in", 40)
    with serving(right(0.15)) as stub:
        told, status = on_a_terminal(
            command(
                *("-s", "quotes", "--model", "stub", "--base-url", stub.base_url, "-f", "jsonl"),
                *("--max-concurrency", "4", "-o", f"{tmp_path}/out/", coverage),
            ),
            environment(tmp_path / "cache"),
            columns,
        )
    assert status == 0, told
    bars = [line for line in drawn(told) if re.search(r"\d+ of 40", line)]
    numbers = [int(found[1]) for line in bars if (found := re.search(r"(\d+) of 40", line))]
    assert len(set(numbers)) > 3
    assert numbers == sorted(numbers)
    assert [line for line in bars if len(line) >= columns] == []
    assert any("━" in line for line in bars)
    assert any("/s" in line and " left" in line for line in bars)
    assert any("$" in line for line in bars) or columns < 60
    assert told.rindex("\x1b[?25h") > told.rindex("\x1b[?25l")
    assert "run 1: 40 done" in drawn(told)[-3] + drawn(told)[-2]
    assert not re.search(r"of 40", told[told.rindex("run 1:") :])


@pytest.mark.process
def test_no_name_or_reason_drives_a_terminal(tmp_path: Path) -> None:
    """A file's name and an endpoint's words are shown without what they would do."""
    coverage = make_coverage(tmp_path / "in", 2)
    (coverage / HOSTILE).write_text("")
    with serving(fails(400, "no \x1b]0;owned\x07 \u202e way")) as stub:
        told, status = on_a_terminal(
            command(
                *("-s", "quotes", "--model", "stub", "--base-url", stub.base_url, "-f", "jsonl"),
                *("-o", f"{tmp_path}/out/", coverage),
            ),
            environment(tmp_path / "cache"),
            100,
        )
    assert status == 1
    assert "failed" in told
    assert "\x1b]" not in told
    assert "\x07" not in told
    assert "\u202e" not in told


@pytest.mark.process
def test_a_dumb_terminal_gets_plain_lines(tmp_path: Path) -> None:
    """No bar, no escape."""
    coverage = make_coverage(tmp_path / "in", 2)
    env = environment(tmp_path / "cache")
    arguments = command("-s", "quotes", "-f", "jsonl", "-o", f"{tmp_path}/out/", coverage)
    told, status = on_a_terminal(["env", "TERM=dumb", *arguments], env, 80)
    assert status == 0
    assert "2 done" in told
    assert "\x1b" not in told


@pytest.mark.process
def test_piped_it_is_quiet(tmp_path: Path) -> None:
    """Failures and the end, in plain lines; with --quiet only the failures."""
    coverage = make_coverage(tmp_path / "in", 5)
    (coverage / "bad.txt").write_text("")
    env = environment(tmp_path / "cache")
    for more in ([], ["-q"]):
        out = tmp_path / f"out{len(more)}"
        ran = subprocess.run(
            command("-s", "quotes", "-f", "jsonl", "-o", f"{out}/", *more, coverage),
            env=env,
            capture_output=True,
            check=False,
        )
        told = ran.stderr.decode()
        assert ran.returncode == 1
        assert "\x1b" not in told
        assert "\r" not in told
        assert "bad.txt: the file is empty" in told
        assert ("run 1: 5 done, 1 failed" in told) == (not more)
        assert ("failed: 1 without text" in told) == (not more)
        assert ("is tried" in told) == (not more)  # what to do about it
        assert len(told.splitlines()) == (1 if more else 6)


@pytest.mark.process
def test_a_log_in_json_has_every_article_and_nothing_else(tmp_path: Path) -> None:
    """Begin, an object an article with status, reason, seconds, calls and cost, and the end."""
    coverage = make_coverage(tmp_path / "in", 6)
    (coverage / HOSTILE).write_text("")
    (coverage / "b.txt").write_bytes((coverage / "a00001.txt").read_bytes())
    env = environment(tmp_path / "cache")
    with serving(right()) as stub:
        arguments = command(
            *("-s", "quotes", "--model", "stub", "--base-url", stub.base_url, "-f", "jsonl"),
            *("--log-json", "-o", f"{tmp_path}/out/", coverage),
        )
        for number in (1, 2):
            ran = subprocess.run(arguments, env=env, capture_output=True, check=False)
            assert ran.returncode == 1
            assert ran.stdout == b""
            log = [json.loads(line) for line in ran.stderr.splitlines()]
            assert (log[0]["event"], log[0]["run"]) == ("run_began", number)
            articles = [line for line in log if line["event"] == "article"]
            ended = next(line for line in log if line["event"] == "run_ended")
            assert len({line["source"] for line in articles}) == len(articles) == 8
            statuses = [line["status"] for line in articles]
            for status in ("done", "failed", "skipped"):
                assert statuses.count(status) == ended[status]
            assert ended["calls"] == sum(line["calls"] for line in articles) == 6 * (number == 1)
            failed = next(line for line in articles if line["status"] == "failed")
            assert failed["error_kind"] == "EmptyArticle"
            assert "\x1b" not in failed["source"] + failed["reason"]
    assert rows(tmp_path / "out", "select count(*) from run") == [(2,)]


@pytest.mark.process
def test_wrong_use_is_json_too(tmp_path: Path) -> None:
    """Whoever reads the log can read why there was no run."""
    ran = subprocess.run(
        command("-s", "nosuchschema", "--log-json", "-o", f"{tmp_path}/out/", "x.txt"),
        env=environment(tmp_path / "cache"),
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 2
    (line,) = ran.stderr.splitlines()
    assert "nosuchschema" in json.loads(line)["message"]


@pytest.mark.process
def test_a_reader_of_the_log_that_goes_costs_nothing(tmp_path: Path) -> None:
    """The run goes on to its end."""
    coverage = make_coverage(tmp_path / "in", 30)
    arguments = command(
        "-s", "quotes", "-f", "jsonl", "--log-json", "-o", f"{tmp_path}/out/", coverage
    )
    process = subprocess.Popen(
        arguments,
        env=environment(tmp_path / "cache"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    process.stderr.readline()
    process.stderr.close()
    process.wait(PATIENCE)
    assert rows(tmp_path / "out", "select status from run") == [("finished",)]
    assert rows(tmp_path / "out", "select count(*) from extraction") == [(30,)]


@given(st.text(), st.text())
@examples(max_examples=60, deadline=None)
def test_a_line_of_the_log_is_one_ascii_object(source: str, reason: str) -> None:
    """Whatever a name or a reason holds, lone surrogates too."""
    line = json_line("article", source=source, reason=reason)
    assert line.isascii()
    assert line[:-1].isprintable()
    assert json.loads(line)["source"] == source


def test_lone_surrogates_do_not_reach_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    """Readers in other languages refuse them."""
    JsonLines().article_ended(Failed(0, "a\udcff", "", "b\udcff", "InputError", 0.1))
    JsonLines().source_skipped("c\udcff", Earlier("failed", "d\udcff", 3))
    told = capsys.readouterr().err
    assert told.count("\n") == 2
    for line in told.splitlines():
        json.dumps(json.loads(line), ensure_ascii=False).encode()


@pytest.mark.process
def test_runs_read_well_in_a_narrow_terminal(tmp_path: Path) -> None:
    """Broken between words under their labels; piped, a line stays a line."""
    folder = tmp_path / "out"
    coverage = make_coverage(tmp_path / "in", 3)
    (coverage / "bad.txt").write_text("")
    env = environment(tmp_path / "cache")
    subprocess.run(
        command("-s", "quotes", "-f", "jsonl", "-o", f"{folder}/", coverage),
        env=env,
        capture_output=True,
        check=False,
    )
    for words in (["runs"], ["runs", "show", "1"]):
        arguments = command(*words, "-o", folder)
        shown = ["sh", "-c", 'exec "$@" >&2', "-", *arguments]
        told, status = on_a_terminal(shown, env, 50)
        lines = drawn(told)
        assert status == 0
        assert max(map(len, lines)) <= 50 + len(str(coverage))  # a path is not broken
        assert "3 done, 1 failed" in " ".join(" ".join(lines).split())
        piped = subprocess.run(arguments, env=env, capture_output=True, check=True).stdout.decode()
        assert max(map(len, piped.splitlines())) > 50


# --- the line ------------------------------------------------------------------------------------


def bar(
    done: int, failed: int = 0, total: int | None = None, cost: float | None = 0.0
) -> ProgressLine:
    """Return a bar that stands so."""
    shown = ProgressLine(print, print, asks_model=True)
    shown._total = total
    shown._stats = RunStats(done, failed, unchanged=1234, usage=Usage(calls=77, cost_usd=cost))
    return shown


@pytest.mark.parametrize("total", [None, 200_000])
@pytest.mark.parametrize("width", [8, 20, 30, 40, 60, 80, 120, 200])
def test_the_line_keeps_to_the_terminal(width: int, total: int | None) -> None:
    """One line that is not longer than the terminal; with room it says everything."""
    file = io.StringIO()
    Console(file=file, width=width, color_system=None).print(_Rendered(bar(123_456, 78, total)))
    told = file.getvalue()
    assert "\n" not in told.rstrip("\n")
    assert len(told.rstrip("\n")) < width
    if width >= 20:
        assert ("124,768" if total else "123,456 done") in told
    if width >= 120:
        for words in ("78 failed", "1,234 skipped", "$0.0000", "77 calls"):
            assert words in told


def test_a_price_that_is_not_known_is_said() -> None:
    """It is not told as nothing."""
    words = [word for word, _ in bar(3, cost=None).parts()[1]]
    assert "cost unknown" in words


def test_the_rate_is_that_of_late() -> None:
    """What was slow long ago does not count for ever."""
    meter = RateMeter()
    for second in range(101):
        count = second if second < 50 else 50 + 10 * (second - 50)
        meter.sample(float(second), count, count)
    assert meter.per_second(100.0, 550, 550)[0] == pytest.approx(10, rel=0.01)


def test_counting_ahead_says_what_will_be_yielded(tmp_path: Path) -> None:
    """Folders, lines and what is missing; nothing where only unpacking would tell."""
    coverage = make_coverage(tmp_path / "in", 7)
    (coverage / "x.jsonl").write_text('{"text": "a"}\n{"text": "b"}\n')
    (coverage / "y.other").write_text("")
    names = [str(coverage), str(tmp_path / "missing"), str(coverage / "a00001.txt")]
    assert count_sources(names) == len(list(sources_in(names))) == 10
    (coverage / "z.warc.gz").write_bytes(b"")
    assert count_sources(names) is None


@pytest.mark.process
def test_what_is_slow_to_import_is_not_imported_for_it() -> None:
    """Neither rich nor watchfiles, before there is a bar or a folder to watch."""
    words = "import sys, extractor.run.progress, extractor.run.command;" + (
        "sys.exit(bool({'rich', 'watchfiles'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", words], check=False).returncode == 0
