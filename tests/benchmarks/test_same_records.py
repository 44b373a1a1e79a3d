"""The comparison of two checkouts: what is the same is called so, and every change is shown."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.process

# A build whose `extract` is ours, but for the speaker of the first quotation.
STUB = f"""
import json, subprocess, sys
from pathlib import Path

out = Path(sys.argv[sys.argv.index("-o") + 1])
command = [sys.executable, "-m", "extractor", *sys.argv[1:]]
subprocess.run(command, check=True, env={{"PYTHONPATH": {str(ROOT)!r}}})
first, *rest = map(json.loads, out.read_text(encoding="utf-8").splitlines())
first["record"]["quotes"][0]["speaker"] = None
out.write_text("".join(json.dumps(one) + "\\n" for one in [first, *rest]), encoding="utf-8")
"""


def compared(old: Path, new: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """Compare two builds by the command."""
    command = [sys.executable, "-m", "tests.benchmarks.same_records", str(old), str(new), *more]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_checkout_gives_the_same_records_as_itself(tmp_path: Path) -> None:
    """Every article and every recorded answer is compared, and nothing is said to differ."""
    article = {"text": "A note\n\n“It rained,” said Ann Lee.\n"}
    lines = tmp_path / "lines.jsonl"
    lines.write_text(json.dumps(article) + "\n" + json.dumps(article) + "\n", encoding="utf-8")
    done = compared(ROOT, ROOT, "--schemas", "quotes", "--articles", str(lines), "--limit", "1")
    assert done.returncode == 0, done.stderr
    assert "rules, quotes: 3 of 3 records the same" in done.stdout
    recorded = sorted((ROOT / "cassettes").glob("*.yaml"))
    assert done.stdout.count("recorded, ") == len(recorded) > 0
    assert done.stdout.endswith("every record is the same\n")


def test_a_record_that_changed_is_shown(tmp_path: Path) -> None:
    """The place of the change is named with both values, and the exit status is 1."""
    package = tmp_path / "extractor"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text(STUB, encoding="utf-8")
    done = compared(ROOT, tmp_path, "--schemas", "quotes", "--no-recorded")
    assert done.returncode == 1, done.stderr
    assert "rules, quotes: 1 of 2 records the same" in done.stdout
    assert "bbc-prisoners.txt record.quotes[0].speaker:\n  - {" in done.stdout
    assert "\n  + null\n" in done.stdout
    assert done.stdout.count("\n  + ") == 1
