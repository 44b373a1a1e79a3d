"""The READMEs tell the truth."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from extractor.answer.model.prompt import Prompts
from extractor.schema.catalogue import load_schema
from extractor.schema.shape import shape_of
from tests.benchmarks.readme import FOLDERS, ROOT, readmes

_ENDINGS = "py|j2|sql|css|html|js|toml|md|yaml|webp"
_PATH = re.compile(rf"`([\w./-]+/[\w./-]*|[\w-]+\.(?:{_ENDINGS}))`")
# What a user has, or an endpoint: no file of ours.
_NOT_OURS = {
    "extract.toml",
    "score.py",
    "extract.sqlite",
    "sheets/extract.sqlite",
    "coverage/",
    "./schemas",
    "./prompts",
    "../prompts",
    "/static",
    "/openapi.json",
    "/v1/extract",
    "quote_sheet.py",
    "language/xx/",
}
_NAME = re.compile(r"`(_?[A-Za-z][A-Za-z_]\w*(?:\.\w+)*)(?:\(\))?`")  # of something in code


def _text(readme: Path) -> str:
    return readme.read_text(encoding="utf-8")


def _named_files(text: str, readme: Path) -> Iterator[tuple[str, Path | None]]:
    """Yield the paths in backticks with the file of each.

    Looked for from the README's folder, from those above it, and, of packages, anywhere below.
    """
    folders = [folder for folder in readme.parents if folder.is_relative_to(ROOT)]
    for name in _PATH.findall(text):
        if name in _NOT_OURS:
            continue
        there = [folder / name for folder in folders if (folder / name).exists()]
        if not there and readme.parent != ROOT:
            there = list(readme.parent.rglob(name))
        yield name, next(iter(there), None)


def _id(readme: Path) -> str:
    return readme.relative_to(ROOT).as_posix()


@pytest.mark.process
def test_what_the_readmes_show_is_what_the_commands_print():
    """Every output block is the command's output of today, every list is as the code has it."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.readme", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("readme", readmes(), ids=_id)
def test_every_file_that_a_readme_names_is_there(readme: Path):
    """A path in backticks exists."""
    missing = {name for name, file in _named_files(_text(readme), readme) if file is None}
    assert missing == set()


@pytest.mark.parametrize("readme", readmes(), ids=_id)
def test_links_lead_somewhere(readme: Path):
    """A relative link or picture of a README is a file."""
    links = re.findall(r"\]\(([^)#:]+)\)", _text(readme))
    assert [link for link in links if not (readme.parent / link).exists()] == []


def test_the_readme_leads_to_all_others():
    """Every README but those of annotations is named by the one at the top."""
    top, *others = readmes()
    unnamed = [_id(r) for r in others if f"`{_id(r)}`" not in _text(top)]
    assert unnamed == ["tests/benchmarks/gold/README.md"]


def test_the_readme_is_short():
    """The README at the top has at most 200 lines."""
    assert len(_text(ROOT / "README.md").splitlines()) <= 200


@pytest.mark.parametrize("readme", ["README.md", "schemas/README.md"])
def test_the_schema_that_is_shown_loads(readme: str, tmp_path: Path):
    """The example of a schema is one: its rows rest on quotations."""
    example = re.search(r"```python\n(.*?)```", _text(ROOT / readme), re.S)
    assert example is not None
    file = tmp_path / "promises.py"
    file.write_text(example[1], encoding="utf-8")
    [listed] = shape_of(load_schema(file).model).fields
    assert listed.row is not None
    assert listed.row.kind_name == "quotation"


def test_the_prompt_that_is_shown_renders(tmp_path: Path):
    """The example of a prompt adds its words to the system message of the schema of its name."""
    for name, fence, ending in (("schemas", "python", "py"), ("prompts", "jinja", "j2")):
        example = re.search(rf"```{fence}\n(.*?)```", _text(ROOT / name / "README.md"), re.S)
        assert example is not None
        (tmp_path / name).mkdir()
        (tmp_path / name / f"promises.{ending}").write_text(example[1], encoding="utf-8")
    prompts = Prompts(load_schema(tmp_path / "schemas" / "promises.py"))
    assert prompts.name == "promises"
    assert "A promise is what the speaker says" in prompts.system


@pytest.mark.parametrize("readme", sorted((ROOT / "extractor").rglob("README.md")), ids=_id)
def test_tables_name_code_that_is_there(readme: Path):
    """After its first cell a row names only code that is in the files which it names."""
    for row in (line for line in _text(readme).splitlines() if line.startswith("| ")):
        files = [file for _, file in _named_files(row, readme) if file is not None]
        code = "".join(
            f.read_text("utf-8")
            for file in files
            for f in (file.rglob("*.*") if file.is_dir() else [file])
            if f.suffix in {".py", ".txt", ".j2", ".sql", ".js", ".toml", ".md", ".html", ".css"}
        )
        cells = _PATH.sub("", row[2:].partition("|")[2])
        for name in _NAME.findall(cells) if files else ():
            assert name.rpartition(".")[2] in code, (name, row)


def test_docstrings_name_files_that_are_there():
    """A module of ours that a docstring or comment names exists, under this name and folder."""
    mine = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
    there = "\n".join(f"/{path.relative_to(ROOT).as_posix()}" for path in mine) + "\n"
    invented = {"quote_sheet.py", "score.py", "score_quotes.py"}  # of an example; of corpora
    wrong = {
        (path.name, name)
        for folder in ("extractor", "tests/benchmarks", "tests/support")
        for path in (ROOT / folder).rglob("*.py")
        for name in re.findall(r"(?<![\w/.-])[\w/-]*\w\.py\b", path.read_text("utf-8"))
        if f"/{name}\n" not in there and name not in invented
    }
    assert wrong == set()
