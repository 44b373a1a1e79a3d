"""What all tests share: layers, recorded calls (kept as support/cassettes.py says), and a browser.

There are two layers. The fast one is what `pytest` runs by itself: no test of it starts a process,
asks for a browser or takes seconds. All others carry one of the marks `process`, `browser` and
`slow`, which pyproject.toml tells of.
"""

import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import vcr as vcrpy

from tests.support import cassettes
from tests.support.browser import Browser, find_chromium

ROOT = Path(__file__).resolve().parent.parent
LAYERS = ("process", "browser", "slow")
_STARTS = {"subprocess.Popen", "os.fork", "os.posix_spawn", "tests.command"}

# No test is bound to the time that it takes: other work on the machine must not fail it.
hypothesis.settings.register_profile("timeless", deadline=None)
hypothesis.settings.load_profile("timeless")

platform.processor()  # openai's client asks for it, and the first to ask starts `uname`
_started: list[str] = []  # what the test that runs now has started


def _note(event: str, arguments: tuple[object, ...]) -> None:
    """Keep what the interpreter reports to be started, but for what `platform` asks the system."""
    if event in _STARTS and arguments[:1] != ("uname",):
        _started.append(" ".join(map(str, [event, *arguments[:2]])))


sys.addaudithook(_note)


def pytest_configure(config: pytest.Config) -> None:
    """Give the tests a user's configuration folder of their own, which is empty at first."""
    place = tempfile.mkdtemp(prefix="extract-tests-")
    os.environ["XDG_CONFIG_HOME"] = place  # before any test, and for the processes that they start
    config.add_cleanup(lambda: shutil.rmtree(place, ignore_errors=True))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what asks for the browser."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Fail a test of the fast layer that starts a process."""
    _started.clear()
    result = yield
    if _started and not any(map(item.get_closest_marker, LAYERS)):
        pytest.fail(f"starts a process ({_started[0]}): mark it with pytest.mark.process")
    return result


def pytest_recording_configure(config: pytest.Config, vcr: vcrpy.VCR) -> None:
    """Teach vcrpy our files and how we match; called by pytest-recording."""
    cassettes.teach(vcr)


@pytest.fixture(scope="module")
def vcr_cassette_dir() -> str:
    """Keep recorded calls in the folder at the top."""
    return str(ROOT / "cassettes")


@pytest.fixture(scope="module")
def vcr_config(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Keep nothing secret; match by method, path and body, so that any base URL replays.

    With `--record-mode=new_episodes` only questions that changed are asked, and what is no longer
    asked goes out of the cassette.
    """
    recording = request.config.getoption("--record-mode") not in (None, "none")
    return {"drop_unused_requests": recording, **cassettes.HOW}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium for the tests of one file; skipped where there is none.

    Unless TESTS_NEED_BROWSER says that there must be one, as .ci/run does.
    """
    executable = find_chromium()
    if executable is None:
        message = "no Chromium on this machine (apt-get install chromium)"
        if os.environ.get("TESTS_NEED_BROWSER"):
            pytest.fail(message)
        pytest.skip(message)
    with Browser(executable) as started:
        yield started
