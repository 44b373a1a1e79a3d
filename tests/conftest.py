"""What tests share: recorded calls, kept as cassettes.py says, and a browser."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import vcr as vcrpy

from tests.support import cassettes
from tests.support.browser import Browser, find_chromium

ROOT = Path(__file__).resolve().parent.parent


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
