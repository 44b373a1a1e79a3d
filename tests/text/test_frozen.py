"""Dataclasses that the type checker keeps from being changed."""

import subprocess
import sys
from pathlib import Path

import pytest

from extractor.find.candidates import Mention
from extractor.text.spans import Span


def test_equal_fields_are_equal_and_hash_alike():
    """Two of the same fields are one member of a set; another field makes another."""
    one, same = (Mention("P1.1", Span(0, 4), "name") for _ in range(2))
    other = Mention("P1.1", Span(0, 5), "name")
    assert {one, same, other} == {one, other}
    assert one != other


def test_no_field_is_made_up():
    """A name that is no field cannot be set: there are slots, no dictionary."""
    with pytest.raises(AttributeError):
        Mention("P1.1", Span(0, 4), "name").speaker = "P2"  # type: ignore[attr-defined]


@pytest.mark.process
def test_the_type_checker_refuses_a_change(tmp_path: Path):
    """What sets a field, or gives one of another type, does not pass mypy."""
    pytest.importorskip("mypy")
    script = tmp_path / "changes.py"
    script.write_text(
        "from extractor.frozen import frozen\n"
        "@frozen\n"
        "class Shape:\n"
        "    size: int\n"
        "shape = Shape(1)\n"
        "shape.size = 2\n"
        'Shape("one")\n'
    )
    options = ["--strict", "--follow-imports=silent", f"--cache-dir={tmp_path / 'cache'}"]
    run = [sys.executable, "-m", "mypy", *options, str(script)]
    root = Path(__file__).parents[2]
    said = subprocess.run(run, capture_output=True, text=True, cwd=root, check=False).stdout
    assert ":6: error" in said
    assert "read-only" in said
    assert ":7: error" in said
