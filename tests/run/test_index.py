"""What the index and the pages are made by is known, so that a new look writes them anew."""

import shutil
from pathlib import Path

import pytest

from extractor.run.sheets import index
from extractor.sheet import page


@pytest.mark.parametrize("package", ["sheet", "index"])
def test_a_changed_template_is_another_renderer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    """Any file in a folder of templates counts: HTML, style, script."""
    module, name = (page, "TEMPLATES") if package == "sheet" else (index, "_TEMPLATES")
    copy = tmp_path / "templates"
    shutil.copytree(getattr(module, name), copy)
    for code in page.TEMPLATES.parent.glob("*.py"):
        shutil.copy(code, tmp_path)
    monkeypatch.setattr(module, name, copy)
    renderer = index.renderer.__wrapped__
    known = {renderer()}
    assert known == {index.renderer()}
    files = sorted(copy.iterdir())
    assert {path.suffix for path in files} == {".html", ".css", ".js"}
    for path in files:
        path.write_text(path.read_text() + " ")
        known.add(renderer())
    assert len(known) == len(files) + 1
