"""How a run ends before its time: killed, interrupted, without room; and what is left then."""

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.processes.killing import AT_ONCE, kill_and_go_on, kill_and_spend
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
    right,
    rows,
    sheet,
    wait_until,
)
from tests.support.stubs.server import Stub, serving

pytestmark = pytest.mark.process


def test_a_killed_run_goes_on_where_it_was(tmp_path: Path) -> None:
    """Every article is there once, no finished call is repeated, the store is whole."""
    story = kill_and_go_on(tmp_path, articles=50, kills=2, seed=4)
    assert story.kills == 2
    assert story.broken == 0
    assert story.repeated == []
    assert story.under_way <= story.kills * AT_ONCE
    assert story.calls == story.articles + story.under_way
    statuses = rows(tmp_path / "out", "select status from run order by id")
    assert statuses == [("broken",)] * 2 + [("finished",)]


def test_a_budget_holds_over_kills(tmp_path: Path) -> None:
    """What all runs together ask is the budget, and what was under way at the kills; no less.

    The same command once more asks nothing.
    """
    spent = kill_and_spend(tmp_path, budget=25, kills=2, seed=3)
    assert spent.kills == 2
    assert spent.budget - 2 <= spent.counted <= spent.calls
    assert spent.counted <= spent.budget
    assert spent.calls - spent.counted <= spent.kills * AT_ONCE
    assert spent.calls <= spent.budget + 2 * 5 + 2  # slots, and what was just noted
    assert spent.after == 0


def wait_for(process: Started, stub: Stub, count: int) -> None:
    """Wait until a stub has been asked so often."""
    wait_until(lambda: len(stub.requests) >= count or process.poll() is not None)
    assert process.poll() is None, process.errors()


def test_ctrl_c_finishes_what_is_under_way(tmp_path: Path) -> None:
    """No call is lost, the rest is counted, the sheets are written, status 130; it goes on."""
    coverage = make_coverage(tmp_path / "in", 36)
    script = Holding(12)
    with serving(script) as stub:
        arguments = command(
            *("-s", "quotes", "--model", "stub", "--base-url", stub.base_url, "-f", "jsonl"),
            *("--max-concurrency", "5", "-o", f"{tmp_path}/out/", coverage),
        )
        env = environment(tmp_path / "cache")
        process = Started(arguments, env)
        wait_for(process, stub, 14)
        process.send_signal(signal.SIGINT)
        wait_until(lambda: b"stopping: " in process.errors(), process.errors)
        script.release()
        _, told = process.communicate(PATIENCE)
        words = told.decode()
        assert process.returncode == 130, words
        assert "stopping: " in words
        assert "Traceback" not in words
        done = rows(tmp_path / "out", "select count(*) from extraction where status = 'done'")[0][0]
        assert done == len(stub.requests)
        left = re.search(r"(\d+) left; the same command goes on", words)
        assert left is not None
        assert int(left.group(1)) == 36 - done
        assert len(as_lines(tmp_path / "out" / "quotes.jsonl")) == done
        ran(arguments, env, check=True)
        assert len(stub.requests) == 36
    assert rows(tmp_path / "out", "select status, reason from run") == [
        ("stopped", "interrupted"),
        ("finished", None),
    ]


def test_a_second_ctrl_c_stops_at_once(tmp_path: Path) -> None:
    """Without waiting for answers that do not come; the store is whole."""
    coverage = make_coverage(tmp_path / "in", 20)
    script, told = Holding(), tmp_path / "told.txt"
    with serving(script) as stub, told.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", VERY_PATIENT, coverage, tmp_path / "out", stub.base_url],
            env=environment(tmp_path / "cache"),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        wait_until(lambda: len(stub.requests) == 5, told.read_text)
        process.send_signal(signal.SIGINT)
        wait_until(lambda: "stopping: " in told.read_text(), told.read_text)
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 130, told.read_text()
        assert "Traceback" not in told.read_text()
        script.release()
    assert is_whole(tmp_path / "out")


# What the command does, but that it would wait for an hour for what is under way.
VERY_PATIENT = """
import sys
from functools import partial
from pathlib import Path
from extractor.run.command import RunArguments, run_into_folder
from extractor.run.engine.options import Options
from extractor.schema.catalogue import load_schema
from extractor.settings import Settings
given, out, base_url = sys.argv[1:]
arguments = RunArguments([given], Path(out), options=Options(patience=3600.0))
settings = Settings(model="stub", base_url=base_url, concurrency=5)
say = partial(print, flush=True)
sys.exit(run_into_folder(arguments, settings, load_schema("quotes"), error=say, note=say))
"""


def test_ctrl_c_in_a_run_by_the_rules(tmp_path: Path) -> None:
    """It ends, keeps what is done, and another run goes on from there.

    The paths come from a pipe that stays open: the run cannot end before it is interrupted.
    """
    coverage = make_coverage(tmp_path / "in", 300)
    paths, pipe = sorted(coverage.iterdir()), tmp_path / "paths"
    os.mkfifo(pipe)
    arguments = command("-s", "quotes", "-f", "jsonl", "-o", f"{tmp_path}/out/")
    env = environment(tmp_path / "cache")
    process = Started([*arguments, "--files-from", str(pipe)], env)
    with pipe.open("w") as listing:
        listing.writelines(f"{path}\n" for path in paths[:-1])
        listing.flush()
        wait_until(lambda: done_in(tmp_path / "out") > 0, process.errors)
        process.send_signal(signal.SIGINT)
        process.communicate(PATIENCE)
    assert process.returncode == 130
    done = len(sheet(tmp_path / "out"))
    assert 0 < done < 300
    told = ran([*arguments, str(coverage)], env, check=True).stderr.decode()
    assert f"{300 - done:,} done, {done:,} unchanged" in told


@pytest.fixture
def read_only(tmp_path: Path):
    """A folder that nobody may write to, root neither; skipped where that cannot be made."""
    place = tmp_path / "kept"
    place.mkdir()
    mount = shutil.which("mount")
    if mount is None:
        pytest.skip("no mount here")
    made = subprocess.run(
        [mount, "-t", "tmpfs", "-o", "ro,size=1m", "tmpfs", str(place)],
        capture_output=True,
        check=False,
    )
    if made.returncode:
        place.chmod(0o500)
        try:
            (place / "probe").touch()
        except OSError:
            yield place
            return
        pytest.skip("whoever may write everywhere can be kept out of no folder")
    yield place
    subprocess.run(["umount", str(place)], check=False)


def test_a_read_only_folder_is_told(read_only: Path, tmp_path: Path) -> None:
    """One message with the folder in it, status 1, before anything is asked or read."""
    coverage = make_coverage(tmp_path / "in", 3)
    with serving(right()) as stub:
        done = ran(
            command(
                *("-s", "quotes", "--model", "stub", "--base-url", stub.base_url),
                *("-o", f"{read_only}/out/", coverage),
            ),
            environment(tmp_path / "cache"),
        )
        assert stub.requests == []
    assert done.returncode == 1
    assert done.stderr.decode().count("\n") == 1
    assert str(read_only) in done.stderr.decode()


def test_a_disk_that_fills_up_ends_the_run_and_leaves_the_store_whole(tmp_path: Path) -> None:
    """One message, status 1, no traceback; with room again it goes on from what was written."""
    coverage = make_coverage(tmp_path / "in", 600)
    arguments = command("-s", "quotes", "-f", "jsonl", "-o", f"{tmp_path}/out/", coverage)
    env = environment(tmp_path / "cache")
    full = subprocess.run(
        ["bash", "-c", 'ulimit -f 1200; exec "$@"', "-", *arguments],
        env=env,
        capture_output=True,
        check=False,
        timeout=PATIENCE,
    )
    words = full.stderr.decode()
    assert full.returncode == 1, words
    assert "Traceback" not in words
    assert "room on the disk" in words
    assert is_whole(tmp_path / "out")
    done = len(sheet(tmp_path / "out"))
    assert 0 < done < 600
    again = ran(arguments, env, check=True)
    assert f"{600 - done:,} done, {done:,} unchanged" in again.stderr.decode()


def test_another_run_into_the_folder_is_refused(tmp_path: Path) -> None:
    """While one runs: status 2 and a message; the first is not disturbed."""
    coverage = make_coverage(tmp_path / "in", 8)
    script = Holding()
    with serving(script) as stub:
        arguments = command(
            *("-s", "quotes", "--model", "stub", "--base-url", stub.base_url, "-f", "jsonl"),
            *("--max-concurrency", "5", "-o", f"{tmp_path}/out/", coverage),
        )
        env = environment(tmp_path / "cache")
        process = Started(arguments, env)
        wait_for(process, stub, 5)
        second = ran(arguments, env)
        assert second.returncode == 2
        assert b"another run" in second.stderr
        script.release()
        process.communicate(PATIENCE)
        assert process.returncode == 0
    assert len(sheet(tmp_path / "out")) == 8
