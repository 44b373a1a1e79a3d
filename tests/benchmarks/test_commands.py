"""The commands that measure and fit: each can be started."""

from importlib import import_module
from pathlib import Path

import pytest

HERE = Path(__file__).parent
# Run by another Python, which has what the product does not need.
ELSEWHERE = {"quality.peer_worker"}
MODULES = sorted(
    ".".join(path.relative_to(HERE).with_suffix("").parts)
    for path in HERE.rglob("*.py")
    if not path.name.startswith(("test_", "__"))
)


@pytest.mark.parametrize("name", sorted(set(MODULES) - ELSEWHERE))
def test_what_a_command_imports_is_there(name: str) -> None:
    """Also after a module of the product was renamed."""
    import_module(f"tests.benchmarks.{name}")
