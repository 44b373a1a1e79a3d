"""Watching: what arrives is taken once and whole, whatever happens to files and folders."""

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from extractor.errors import UsageError
from extractor.read.source import Source
from extractor.run.inputs import watch as module
from extractor.run.inputs.sources import Fields
from extractor.run.inputs.watch import WatchedSources, _ArrivalFinder
from tests.support.processes.warm import Started, ran
from tests.support.runs import (
    PATIENCE,
    Holding,
    as_lines,
    command,
    done_in,
    environment,
    is_whole,
    make_coverage,
    number_in,
    right,
    rows,
    text_of,
    wait_until,
)
from tests.support.stubs.server import fails, serving

pytestmark = pytest.mark.slow


class Found:
    """What a watch has yielded."""

    def __init__(self, base: Path, watch: WatchedSources) -> None:
        self.watch = watch
        self.sources: list[Source] = []
        self.told: list[str] = []
        self._base = base

    @property
    def names(self) -> list[str]:
        """The sources' names below the base folder, sorted."""
        return sorted(os.path.relpath(source.name, self._base) for source in self.sources)

    def text(self, name: str) -> str:
        """Return the text of the newest source of this name."""
        return next(s for s in reversed(self.sources) if s.name.endswith(name)).load().text

    def wait_for(self, *names: str) -> None:
        """Wait until exactly these have been yielded."""
        wait_until(lambda: self.names == sorted(names), lambda: f"{self.names} {self.told}")

    def wait_quietly(self) -> None:
        """Wait as long as a file needs to be taken to be complete, and a little."""
        time.sleep(2 * (module._QUIET + module._TICK))


@contextmanager
def watching(base: Path, *names: Path, output: Path | None = None) -> Iterator[Found]:
    """Watch until the block ends; the first pass is over when it begins."""
    told: list[str] = []
    watch = WatchedSources([str(name) for name in names], output=output, tell=told.append)
    found = Found(base, watch)
    found.told = told

    def collect() -> None:
        found.sources.extend(iter_into(found, watch))

    def iter_into(found: Found, watch: WatchedSources) -> Iterator[Source]:
        for source in watch.sources():
            found.sources.append(source)
        return iter(())

    thread = threading.Thread(target=collect, daemon=True)
    thread.start()
    wait_until(lambda: watch.idle)
    try:
        yield found
    finally:
        watch.end()
        thread.join(PATIENCE)
        assert not thread.is_alive(), "the sources do not end"


@pytest.fixture
def inbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder to watch; files are complete sooner than for the command."""
    monkeypatch.setattr(module, "_QUIET", 0.15)
    monkeypatch.setattr(module, "_TICK", 0.08)
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


@pytest.fixture
def patient(inbox: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the same, with a file complete only when nothing has happened to it for an hour."""
    monkeypatch.setattr(module, "_QUIET", 3600.0)
    return inbox


# --- files ---------------------------------------------------------------------------------------


def test_new_files_are_taken_once(inbox: Path) -> None:
    """What was there, what is written, what is renamed into place; nothing twice."""
    (inbox / "a.txt").write_text("a")
    with watching(inbox, inbox) as found:
        (inbox / "b.txt").write_text("b")
        (inbox / "c.part").write_text("c")
        (inbox / "c.part").rename(inbox / "c.txt")
        (inbox / "b.txt").chmod(0o600)
        found.wait_for("a.txt", "b.txt", "c.txt")
        found.wait_quietly()
        assert len(found.sources) == 3


def test_a_renamed_file_is_complete_at_once(patient: Path) -> None:
    """It was complete before it had its name: nobody waits for it to be quiet."""
    with watching(patient, patient) as found:
        part = patient / "a.part"
        part.write_text("a")
        time.sleep(0.05)  # more than the system's clock of files needs to tell the two apart
        part.rename(patient / "a.txt")
        found.wait_for("a.txt")


def test_a_file_that_is_being_written_is_waited_for(
    patient: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is taken once, with its last words, also when it was begun before the watch."""
    with (patient / "early.txt").open("w") as early, (patient / "late.txt").open("w") as late:
        early.write("begun ")
        early.flush()
        with watching(patient, patient) as found:
            for _ in range(4):
                time.sleep(0.2)
                for file in (early, late):
                    file.write("more ")
                    file.flush()
            assert found.names == []
            early.write("end")
            early.flush()
            monkeypatch.setattr(module, "_QUIET", 0.15)
            found.wait_for("early.txt", "late.txt")
            assert found.text("early.txt") == "begun " + 4 * "more " + "end"


def test_names_that_are_not_meant_are_left_alone(inbox: Path) -> None:
    """Hidden files and folders, endings that are not read, and the output folder."""
    with watching(inbox, inbox, output=inbox / "out") as found:
        (inbox / "out").mkdir()
        (inbox / ".hidden").mkdir()
        for name in (".a.txt", "b.txt.part", "c.tmp", "d.pages", ".hidden/e.txt", "out/f.html"):
            (inbox / name).write_text("x")
        (inbox / "g.txt").write_text("g")
        found.wait_for("g.txt")
        found.wait_quietly()
        assert found.names == ["g.txt"]


def test_a_file_that_changes_is_taken_again(inbox: Path) -> None:
    """As it is now: an empty one is waited for, one that was mended is read anew."""
    (inbox / "a.txt").write_text("first")
    with watching(inbox, inbox) as found:
        found.wait_for("a.txt")
        (inbox / "b.txt").touch()
        (inbox / "a.txt").write_text("second")
        found.wait_for("a.txt", "a.txt")
        assert found.text("a.txt") == "second"
        (inbox / "b.txt").write_text("b")
        found.wait_for("a.txt", "a.txt", "b.txt")


def test_names_that_would_break_something(inbox: Path) -> None:
    """A name that is no Unicode, one that drives a terminal; and the watch goes on after them."""
    with watching(inbox, inbox) as found:
        Path(os.fsdecode(os.fsencode(inbox) + b"/\xff.txt")).write_text("x")
        (inbox / "\x1b[31m\n.txt").write_text("y")
        found.wait_for("\\udcff.txt", "\\x1b[31m\\n.txt")
        (inbox / "after.txt").write_text("z")
        found.wait_for("\\udcff.txt", "\\x1b[31m\\n.txt", "after.txt")


# --- folders -------------------------------------------------------------------------------------


def test_folders_that_arrive_with_what_is_in_them(inbox: Path, tmp_path: Path) -> None:
    """Made and filled at once, or moved in from elsewhere: every file, at any depth."""
    elsewhere = make_coverage(tmp_path / "elsewhere" / "deep", 30).parent
    with watching(inbox, inbox) as found:
        (inbox / "x" / "y").mkdir(parents=True)
        for number in range(30):
            (inbox / "x" / "y" / f"{number}.txt").write_text(str(number))
        elsewhere.rename(inbox / "moved")
        wait_until(lambda: len(found.sources) >= 60, lambda: len(found.sources))
        (inbox / "moved" / "deep" / "last.txt").write_text("last")
        wait_until(lambda: "moved/deep/last.txt" in found.names)
        assert len(set(found.names)) == len(found.names) == 61


def test_a_folder_that_is_removed_and_made_again(inbox: Path) -> None:
    """It is waited for, and goes on as before; so is one that is not there at the beginning."""
    later = inbox.parent / "later"
    with watching(inbox.parent, inbox, later) as found:
        (inbox / "a.txt").write_text("a")
        found.wait_for("inbox/a.txt")
        (inbox / "a.txt").unlink()
        inbox.rmdir()
        found.wait_quietly()
        inbox.mkdir()
        (inbox / "b.txt").write_text("b")
        later.mkdir()
        (later / "c.txt").write_text("c")
        found.wait_for("inbox/a.txt", "inbox/b.txt", "later/c.txt")
        (inbox / "d.txt").write_text("d")
        (later / "e.txt").write_text("e")
        found.wait_for("inbox/a.txt", "inbox/b.txt", "later/c.txt", "inbox/d.txt", "later/e.txt")


def test_patterns_and_files(inbox: Path) -> None:
    """A pattern takes what matches it; a file is followed through its replacement."""
    single = inbox / "single.html"
    single.write_text("<p>one</p>")
    with watching(inbox, inbox / "*.txt", single) as found:
        found.wait_for("single.html")
        (inbox / "a.txt").write_text("a")
        (inbox / "other.html").write_text("b")
        (inbox / "new.part").write_text("<p>two</p>")
        (inbox / "new.part").replace(single)
        found.wait_for("single.html", "single.html", "a.txt")


def test_waiting_reads_no_folder(inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While nothing happens only the watched folder itself is looked at, never what is in it."""
    make_coverage(inbox, 20)
    looks: list[str] = []
    for owner, name in (
        (module._WatchedPlace, "has_changed"),
        (_ArrivalFinder, "_walk"),
        (_ArrivalFinder, "_file"),
    ):
        monkeypatch.setattr(owner, name, counted(getattr(owner, name), looks))
    with watching(inbox, inbox) as found:
        wait_until(lambda: len(found.sources) == 20)
        found.wait_quietly()
        looks.clear()
        wait_until(lambda: len(looks) >= 5)
        assert set(looks) == {"has_changed"}


def counted(method: Callable[..., Any], calls: list[str]) -> Callable[..., Any]:
    """Return a method that notes its name in `calls` whenever it is called."""

    def noting(*given: Any) -> Any:
        calls.append(method.__name__)
        return method(*given)

    return noting


def test_there_must_be_something_to_watch() -> None:
    """Standard input ends; and nothing is not watched."""
    for names, files_from in ((["-"], None), ([], "list"), (["in"], "-")):
        with pytest.raises(UsageError):
            WatchedSources(names, files_from=files_from)


# --- lines ---------------------------------------------------------------------------------------


def as_line(number: int, **more: object) -> str:
    """Return a line of a .jsonl file."""
    return json.dumps({"text": text_of(number), **more}) + "\n"


def test_lines_that_are_appended(inbox: Path) -> None:
    """Only the new ones, whole ones only, under their own numbers; a rewritten file is another."""
    file = inbox / "a.jsonl"
    file.write_text(as_line(1, id="one") + as_line(2))
    with watching(inbox, inbox) as found:
        found.wait_for("a.jsonl#one", "a.jsonl:2")
        with file.open("a") as out:
            line = as_line(3)
            out.write("\n" + line[:20])
            out.flush()
            found.wait_quietly()
            assert len(found.sources) == 2
            out.write(line[20:] + as_line(5, id="five"))
        found.wait_for("a.jsonl#one", "a.jsonl:2", "a.jsonl:4", "a.jsonl#five")
        assert "day 3" in found.text("a.jsonl:4")
        file.write_text("".join(as_line(number, id=number) for number in range(70, 80)))
        wait_until(lambda: len(found.sources) == 14, lambda: found.names)
        assert "a.jsonl#70" in found.names


def test_a_file_that_always_grows_is_not_waited_for(patient: Path) -> None:
    """Its lines are taken while it is written, though it is never complete."""
    with watching(patient, patient) as found, (patient / "a.jsonl").open("a") as out:
        for number in range(12):
            out.write(as_line(number))
            out.flush()
            wait_until(lambda: len(found.sources) == number + 1)  # noqa: B023 - called here


@given(
    st.lists(st.sampled_from(["", "é" * 40, "x"]), min_size=1, max_size=6),
    st.lists(st.integers(1, 90), max_size=8),
    st.booleans(),
)
@examples(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_lines_in_any_pieces(tmp_path: Path, words: list[str], cuts: list[int], fed: bool) -> None:
    """However a file grows, every line is yielded once, in order, under its number."""
    lines = [json.dumps({"text": f"{n} {w}"}, ensure_ascii=False) for n, w in enumerate(words, 1)]
    data = ("\n".join(lines) + ("\n" if fed else "")).encode()
    file = tmp_path / "a.jsonl"
    file.write_bytes(b"")
    arrivals = _ArrivalFinder(None, Fields(), lambda _: None)
    yielded: list[Source] = []
    for cut in [*sorted({c for c in cuts if c < len(data)}), len(data)]:
        with file.open("r+b") as out:
            out.seek(0, os.SEEK_END)
            out.write(data[out.tell() : cut])
        yielded += arrivals.find_changed(file)
    os.utime(file, (1, 1))
    yielded += arrivals.find_completed(time.time())
    yielded += arrivals.find_changed(file)
    assert [s.name for s in yielded] == [f"{file}:{n}" for n in range(1, len(lines) + 1)]
    assert [s.load().text.split()[0] for s in yielded] == [str(n + 1) for n in range(len(lines))]
    file.unlink()


# --- a run ---------------------------------------------------------------------------------------


def watched(tmp_path: Path, *more: object) -> tuple[list[str], dict[str, str]]:
    """Return command and environment of a run that watches tmp_path/in."""
    out = ("-s", "quotes", "-f", "jsonl", "--watch", "-o", f"{tmp_path}/out/")
    return command(*out, *more, tmp_path / "in"), environment(tmp_path / "cache")


def test_a_run_that_watches(tmp_path: Path) -> None:
    """One run; sheets follow while it goes; Ctrl-C ends it with the summary and status 0."""
    make_coverage(tmp_path / "in", 3)
    arguments, env = watched(tmp_path)
    process = Started(arguments, env)
    out = tmp_path / "out"
    sheet = out / "quotes.jsonl"
    wait_until(lambda: done_in(out) == 3)
    wait_until(lambda: sheet.exists() and len(as_lines(sheet)) == 3)
    (tmp_path / "in" / "bad.txt").write_bytes(bytes(range(256)) * 9)
    wait_until(lambda: rows(out, "select status from run_item where source like '%bad%'") != [])
    (tmp_path / "in" / "bad.txt").write_text(text_of(50))
    (tmp_path / "in" / "new.txt").write_text(text_of(51))
    wait_until(lambda: done_in(out) == 5)
    wait_until(lambda: len(as_lines(sheet)) == 5)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(PATIENCE)
    words = told.decode()
    assert process.returncode == 0, words
    assert "run 1: 5 done, in " in words
    assert "Traceback" not in words
    assert rows(out, "select id, status from run") == [(1, "finished")]
    assert is_whole(out)
    again = ran([word for word in arguments if word != "--watch"], env, check=True)
    assert "0 done, 5 unchanged" in again.stderr.decode()


def test_ctrl_c_finishes_what_is_asked(tmp_path: Path) -> None:
    """A call that is under way is not lost; what waits is left for the same command."""
    make_coverage(tmp_path / "in", 12)
    script = Holding(4)
    with serving(script) as stub:
        arguments, env = watched(
            tmp_path, *("--model", "stub", "--base-url", stub.base_url, "--max-concurrency", "2")
        )
        process = Started(arguments, env)
        wait_until(lambda: len(stub.requests) >= 6)
        process.send_signal(signal.SIGINT)
        wait_until(lambda: b"stopping: " in process.errors(), process.errors)
        script.release()
        _, told = process.communicate(PATIENCE)
        assert process.returncode == 130, told
        assert b"left; the same command goes on" in told
        assert done_in(tmp_path / "out") == len(stub.requests) < 12
        process = Started(arguments, env)
        wait_until(lambda: done_in(tmp_path / "out") == 12)
        process.terminate()
        process.communicate(PATIENCE)
        assert process.returncode == 0
        assert sorted(map(number_in, stub.requests)) == list(range(12))


def test_an_article_that_arrives_again_is_not_paid_for_again(tmp_path: Path) -> None:
    """Touched, copied or moved: the same text is asked about once."""
    folder = make_coverage(tmp_path / "in", 1)
    with serving(right()) as stub:
        arguments, env = watched(tmp_path, "--model", "stub", "--base-url", stub.base_url)
        process = Started(arguments, env)
        out = tmp_path / "out"
        wait_until(lambda: done_in(out) == 1)
        (folder / "a00000.txt").touch()
        (folder / "copy.txt").write_text(text_of(0))
        (folder / "other.txt").write_text(text_of(1))
        skipped = "select count(distinct source) from run_item where status = 'skipped'"
        wait_until(lambda: done_in(out) == 2 and rows(out, skipped) == [(2,)])
        process.send_signal(signal.SIGINT)
        process.communicate(PATIENCE)
        assert process.returncode == 0
        assert len(stub.requests) == 2


def test_what_failed_while_watching_is_the_exit_status(tmp_path: Path) -> None:
    """And is named with its reason at the end."""
    make_coverage(tmp_path / "in", 2)
    with serving(lambda body, _: fails(400, "no") if number_in(body) else right()) as stub:
        arguments, env = watched(tmp_path, "--model", "stub", "--base-url", stub.base_url)
        process = Started(arguments, env)
        items = "select count(*) from run_item"
        wait_until(
            lambda: done_in(tmp_path / "out") == 1 and rows(tmp_path / "out", items) == [(2,)]
        )
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(PATIENCE)
    assert process.returncode == 1
    assert b"failed: 1 refused by the endpoint" in told
