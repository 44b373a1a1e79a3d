"""How a run ends before its time: killed, interrupted, without room; and what is left then."""

import re
import shutil
import signal
import subprocess
import time
from pathlib import Path
from threading import Event

import pytest

from tests.support.processes.killing import kill_and_go_on, kill_and_spend
from tests.support.processes.warm import Started, ran
from tests.support.runs import (
    as_lines,
    command,
    done_in,
    environment,
    is_whole,
    make_coverage,
    right,
    rows,
    sheet,
)
from tests.support.stubs.server import Play, Stub, serving

pytestmark = pytest.mark.process


def test_a_killed_run_goes_on_where_it_was(tmp_path: Path) -> None:
    """Every article is there once, no finished call is repeated, the store is whole."""
    story = kill_and_go_on(tmp_path, articles=50, kills=2, seed=4)
    assert story.kills == 2
    assert story.broken == 0
    assert story.repeated == []
    assert story.under_way <= 2 * 5
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
    assert spent.calls <= spent.budget + spent.under_way
    assert spent.calls <= spent.budget + 2 * 5 + 2  # places, and what was just noted
    assert spent.after == 0


def wait_for(process: Started, stub: Stub, count: int) -> None:
    """Wait until a stub has been asked so often."""
    ends = time.monotonic() + 30
    while len(stub.requests) < count and process.poll() is None and time.monotonic() < ends:
        time.sleep(0.01)
    assert process.poll() is None


def test_ctrl_c_finishes_what_is_under_way(tmp_path: Path) -> None:
    """No call is lost, the rest is counted, the sheets are written, status 130; it goes on."""
    coverage = make_coverage(tmp_path / "in", 36)
    with serving(right(0.3)) as stub:
        arguments = command(
            *("-s", "quotes", "--model", "stub", "--base-url", stub.base_url, "-f", "jsonl"),
            *("--max-concurrency", "5", "-o", f"{tmp_path}/out/", coverage),
        )
        env = environment(tmp_path / "cache")
        process = Started(arguments, env)
        wait_for(process, stub, 12)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=30)
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
    """Without waiting for answers that take long; the store is whole."""
    coverage = make_coverage(tmp_path / "in", 20)
    with serving(right(30.0)) as stub:
        arguments = command(
            *("-s", "quotes", "--model", "stub", "--base-url", stub.base_url),
            *("--max-concurrency", "5", "-o", f"{tmp_path}/out/", coverage),
        )
        process = Started(arguments, environment(tmp_path / "cache"))
        wait_for(process, stub, 5)
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=30)
        assert time.monotonic() - began < 4
        assert process.returncode == 130
        assert b"Traceback" not in told
    assert is_whole(tmp_path / "out")


def test_ctrl_c_in_a_run_by_the_rules(tmp_path: Path) -> None:
    """It ends soon, keeps what is done and goes on from there."""
    coverage = make_coverage(tmp_path / "in", 800)
    arguments = command("-s", "quotes", "-f", "jsonl", "-o", f"{tmp_path}/out/", coverage)
    env = environment(tmp_path / "cache")
    process = Started(arguments, env)
    ends = time.monotonic() + 30
    while not done_in(tmp_path / "out") and time.monotonic() < ends:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == 130
    done = len(sheet(tmp_path / "out"))
    assert 0 < done < 800
    told = ran(arguments, env, check=True).stderr.decode()
    assert f"{800 - done:,} done, {done:,} unchanged" in told


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
        timeout=60,
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
    over = Event()

    def script(_: object, __: int) -> Play:
        over.wait(60)
        return right()

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
        over.set()
        process.communicate(timeout=60)
        assert process.returncode == 0
    assert len(sheet(tmp_path / "out")) == 8
