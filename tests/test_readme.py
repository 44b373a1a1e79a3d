"""The README tells the truth."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.process
def test_what_the_readme_shows_is_what_the_commands_print():
    """Every output block is the command's output of today."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.readme", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_every_file_that_the_readme_names_is_there():
    """A path in backticks that looks like one of ours exists."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    named = re.findall(
        r"`((?:extractor|prompts|schemas|tests|cassettes)/[\w./-]*|[\w-]+\.toml)`", text
    )
    missing = {n for n in named if not (ROOT / n).exists()} - {"extract.toml"}
    assert len(named) > 10
    assert missing == set()
