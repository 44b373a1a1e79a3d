"""The README of the review tells the truth about its files."""

import re
from pathlib import Path

REVIEW = Path(__file__).parents[2] / "extractor" / "review"
TEXT = (REVIEW / "README.md").read_text(encoding="utf-8")


def test_every_module_is_listed_and_every_listed_module_is_there() -> None:
    """The listing in reading order has each module of the review, and no other."""
    listing = TEXT.partition("## The files, in reading order")[2].partition("\n## ")[0]
    listed = set()
    for line in re.findall(r"^    (\S.*)$", listing, re.MULTILINE):
        files = re.split(r"\s{2,}", line)[0].split(", ")
        folder = files[0].rpartition("/")[0]
        listed |= {f"{folder}/{file}".lstrip("/") if "/" not in file else file for file in files}
    there = {
        path.relative_to(REVIEW).as_posix()
        for path in REVIEW.rglob("*.py")
        if path.name != "__init__.py"
    }
    in_folders = {name for name in there if name.startswith(("server/api/", "server/page/"))}
    assert {"server/api/", "server/page/"} <= listed
    assert listed - {"server/api/", "server/page/"} == there - in_folders


def test_every_name_in_code_marks_is_somewhere_in_the_code() -> None:
    """A name that the README gives to look for is found in the review or the command line."""
    code = "".join(
        path.read_text(encoding="utf-8")
        for folder in (REVIEW, REVIEW.parent / "cli")
        for pattern in ("**/*.py", "**/*.js", "**/*.html")
        for path in folder.glob(pattern)
    )
    names = set(re.findall(r"`_?([A-Za-z_]\w+(?:\.\w+)?)`", TEXT))
    missing = {name for name in names if name.rpartition(".")[2] not in code}
    assert len(names) > 30
    assert missing - {"TESTS_NEED_BROWSER", "pyproject.toml"} == set()
