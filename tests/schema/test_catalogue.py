"""Schemas and prompts are found by name, the user's own first, or refused clearly."""

import subprocess
import sys
from pathlib import Path

import pytest

from extractor.errors import PromptError, SchemaError
from extractor.record import record_from_json, record_to_json
from extractor.schema.catalogue import find_prompt, folders_of, list_schemas, load_schema

SHIPPED = ("figures", "quotes", "release_event", "sanction_terms")
HEADER = "from pydantic import BaseModel\nfrom extractor.fields import Name, Quotation\n"


def write(home: Path, name: str, source: str, folder: str = "schemas") -> Path:
    """Write a user's file and return its path."""
    path = home / folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(source, encoding="utf-8")
    return path


def test_shipped_schemas_are_listed_and_load(tmp_path: Path) -> None:
    """From any folder the four shipped schemas can be named, each with a summary."""
    entries = {entry.name: entry for entry in list_schemas(tmp_path)}
    assert entries.keys() >= set(SHIPPED)
    for name in SHIPPED:
        schema = load_schema(name, tmp_path)
        assert (schema.name, schema.path) == (name, entries[name].path)
        assert schema.model.__name__.lower() == name.replace("_", "")
        assert entries[name].summary
        assert entries[name].shipped


def test_the_users_schema_goes_first_and_ours_do_not_import_it(tmp_path: Path) -> None:
    """A user's quotes.py replaces the shipped one; the shipped schemas go on importing ours."""
    write(
        tmp_path,
        "quotes.py",
        HEADER + "class Quote(BaseModel):\n    quotation: Quotation\n"
        "    mood: str\nclass Quotes(BaseModel):\n    quotes: list[Quote]\n",
    )
    assert (
        "mood"
        in load_schema("quotes", tmp_path).model.model_json_schema()["$defs"]["Quote"]["properties"]
    )
    event = load_schema("release_event", tmp_path)
    assert "mood" not in event.model.model_json_schema()["$defs"]["Quote"]["properties"]
    assert not {e.name: e for e in list_schemas(tmp_path)}["quotes"].shipped


def test_a_users_schema_imports_siblings_and_shipped_ones(tmp_path: Path) -> None:
    """`from .mine import …` finds the user's file, `from .quotes import …` the shipped one."""
    write(tmp_path, "mine.py", HEADER + "class Person(BaseModel):\n    name: Name\n")
    write(
        tmp_path,
        "both.py",
        "from pydantic import BaseModel\nfrom .mine import Person\n"
        "from .quotes import Quote\nclass Both(BaseModel):\n    people: list[Person]\n"
        "    quotes: list[Quote]\n",
    )
    assert set(load_schema("both", tmp_path).model.model_fields) == {"people", "quotes"}


def test_an_edit_takes_effect_and_leaves_no_trace(tmp_path: Path) -> None:
    """Loading again sees the file as it is now, and writes nothing beside it."""
    body = "class Sheet(BaseModel):\n    {}: list[Quotation]\n"
    path = write(tmp_path, "sheet.py", HEADER + body.format("one"))
    first = load_schema("sheet", tmp_path)
    write(tmp_path, "sheet.py", HEADER + body.format("two"))
    second = load_schema("sheet", tmp_path)
    assert list(second.model.model_fields) == ["two"]
    assert first.sha256 != second.sha256
    assert [p.name for p in path.parent.iterdir()] == ["sheet.py"]


def test_the_hash_is_of_the_schema_not_of_the_file(tmp_path: Path) -> None:
    """Comments do not count; a field's description does."""
    source = HEADER + "class Sheet(BaseModel):\n    '''{}'''\n    one: list[Quotation]\n"
    write(tmp_path, "sheet.py", source.format("A"))
    first = load_schema("sheet", tmp_path).sha256
    write(tmp_path, "sheet.py", "# a comment\n" + source.format("A"))
    assert load_schema("sheet", tmp_path).sha256 == first
    write(tmp_path, "sheet.py", source.format("B"))
    assert load_schema("sheet", tmp_path).sha256 != first


def test_the_root_is_named_like_the_file_else_the_last(tmp_path: Path) -> None:
    """quote_sheet.py's root is QuoteSheet wherever it stands; without one, the last model."""
    rows = "class {}(BaseModel):\n    rows: list[str]\n"
    write(tmp_path, "quote_sheet.py", HEADER + rows.format("QuoteSheet") + rows.format("Zed"))
    assert load_schema("quote_sheet", tmp_path).model.__name__ == "QuoteSheet"
    assert load_schema("quote-sheet", tmp_path).model.__name__ == "QuoteSheet"
    write(tmp_path, "plain.py", HEADER + rows.format("First") + rows.format("Last"))
    assert load_schema("plain", tmp_path).model.__name__ == "Last"


def test_a_schema_may_be_given_by_its_path(tmp_path: Path) -> None:
    """A path that ends in .py needs no folder of that name; its siblings are found."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "my.py").write_text(
        HEADER + "from .quotes import Quote\nclass My(BaseModel):\n    q: list[Quote]\n"
    )
    schema = load_schema(elsewhere / "my.py", tmp_path)
    assert (schema.name, list(schema.model.model_fields)) == ("my", ["q"])
    with pytest.raises(SchemaError, match="no such schema file"):
        load_schema(elsewhere / "other.py")


@pytest.mark.parametrize(
    "name", ["../quotes", "..", "/etc/passwd", "a/b", "", "quotes.", "~", "a b", "x\x1b[31m"]
)
def test_a_name_is_no_path(name: str, tmp_path: Path) -> None:
    """Names hold letters, digits, _ and - only, for schemas and for prompts."""
    with pytest.raises(SchemaError, match="not the name of a schema"):
        load_schema(name, tmp_path)
    with pytest.raises(PromptError, match="not the name of a prompt"):
        find_prompt(name, tmp_path)


def test_an_unknown_name_shows_the_nearest(tmp_path: Path) -> None:
    """A slip of the finger is answered with the names it may have meant."""
    with pytest.raises(SchemaError, match="did you mean release_event"):
        load_schema("relase_event", tmp_path)
    with pytest.raises(SchemaError, match=r"known: attributions, figures, quotes"):
        load_schema("zzzzzz", tmp_path)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("class Bad(BaseModel:\n", r"bad\.py:1: not valid Python"),
        ("x = 1\n\nimport nowhere_to_be_found\n", r"bad\.py:3: No module named"),
        ("from .absent import Thing\n", r"bad\.py:1: No module named '\.absent'"),
        ("\nraise SystemExit(3)\n", r"bad\.py:2: the schema cannot be loaded: SystemExit"),
        ("\n1 / 0\n", r"bad\.py:2: .*ZeroDivisionError"),
        ("x = 1\n", r"bad\.py: no Pydantic model"),
        (HEADER + "class Bad(BaseModel):\n    pass\n", "has no fields"),
        (
            HEADER + "class Bad(BaseModel):\n    facts: dict[str, str]\n",
            r"Bad\.facts is a free dict",
        ),
        (HEADER + "class Bad(BaseModel):\n    facts: list[dict] | None\n", r"Bad\.facts is a free"),
        (HEADER + "from typing import Any\nclass Bad(BaseModel):\n    x: Any\n", "may be anything"),
        (HEADER + "class Bad(BaseModel):\n    x: list\n", "may be anything"),
        (HEADER + "class Bad(BaseModel):\n    x: tuple[str, int]\n", "tuple of fixed length"),
        (
            HEADER + "from typing import Callable\nclass Bad(BaseModel):\n    x: Callable\n",
            "no JSON",
        ),
        (
            HEADER + "from pydantic import RootModel\nclass Bad(RootModel[list[str]]):\n    pass\n",
            "RootModel",
        ),
        ("\x00", r"bad\.py"),
    ],
)
def test_a_broken_schema_says_where_and_what(source: str, message: str, tmp_path: Path) -> None:
    """File, line where there is one, and what is wrong; never a traceback."""
    write(tmp_path, "bad.py", source)
    with pytest.raises(SchemaError, match=message):
        load_schema("bad", tmp_path)


def test_an_error_in_a_sibling_names_the_sibling(tmp_path: Path) -> None:
    """The message points at the file that is wrong, not at the one that imports it."""
    write(tmp_path, "wrong.py", "x = 1\ny = x.nothing\n")
    write(tmp_path, "right.py", HEADER + "from .wrong import y\n")
    with pytest.raises(SchemaError, match=r"wrong\.py:2"):
        load_schema("right", tmp_path)


def test_prompts_are_found_like_schemas(tmp_path: Path) -> None:
    """The user's template first; a schema given by path brings its own; nothing is rendered."""
    write(tmp_path, "mine.j2", "{{ undefined.thing }}", "prompts")
    prompt = find_prompt("mine", tmp_path)
    assert prompt.source == "{{ undefined.thing }}"
    assert len(prompt.sha256) == 64
    other = tmp_path / "other"
    other.mkdir()
    path = write(other, "mine.py", HEADER + "class Mine(BaseModel):\n    q: list[Quotation]\n")
    write(other, "mine.j2", "beside the schema", "prompts")
    assert find_prompt("mine", tmp_path, load_schema(path)).source == "beside the schema"
    write(tmp_path, "quotes.j2", "my own", "prompts")
    assert find_prompt("quotes", tmp_path, load_schema("quotes", tmp_path)).source == "my own"
    with pytest.raises(PromptError, match="there is no prompt 'nothing_like_it'"):
        find_prompt("nothing_like_it", tmp_path)
    (tmp_path / "prompts" / "latin.j2").write_bytes(b"caf\xe9")
    with pytest.raises(PromptError, match="UTF-8"):
        find_prompt("latin", tmp_path)


def test_a_readme_is_no_schema_and_no_prompt() -> None:
    """What lies beside schemas and prompts to explain them is not listed, found or suggested."""
    assert all((folder / "README.md").is_file() for folder in folders_of("schemas")[-1:])
    assert "README" not in {entry.name for entry in list_schemas()}
    with pytest.raises(SchemaError, match="there is no schema 'README'; known: attributions"):
        load_schema("README")
    with pytest.raises(PromptError, match="there is no prompt 'README'; known: attributions"):
        find_prompt("README")


def test_folders_are_the_users_then_ours(tmp_path: Path) -> None:
    """The working directory's folder is used when there is one."""
    assert len(folders_of("schemas", tmp_path)) == 1
    (tmp_path / "schemas").mkdir()
    assert folders_of("schemas", tmp_path)[0] == (tmp_path / "schemas").resolve()


def test_a_user_model_reads_its_json_back(tmp_path: Path) -> None:
    """Aliases, dates, enumerations and rows that forbid further keys survive the way to JSON."""
    write(
        tmp_path,
        "odd.py",
        HEADER
        + (
            "import datetime, enum\nfrom pydantic import ConfigDict, Field\n"
            "from extractor.fields import Figure\n"
            "class Mood(enum.Enum):\n    good = 'good'\n"
            "class Row(BaseModel):\n    model_config = ConfigDict(extra='forbid')\n"
            "    quotation: Quotation\n    mood: Mood\n    day: datetime.date = Field(alias='on')\n"
            "    amount: Figure | None = None\n"
            "class Odd(BaseModel):\n    rows: list[Row]\n"
        ),
    )
    model = load_schema("odd", tmp_path).model
    data = {
        "rows": [
            {
                "text": "a",
                "spans": [{"start": 0, "end": 1}],
                "mood": "good",
                "on": "2025-03-04",
                "amount": {
                    "text": "5",
                    "start": 0,
                    "end": 1,
                    "value": 5.0,
                    "low": None,
                    "high": None,
                    "unit": None,
                    "approximate": False,
                },
            }
        ]
    }
    assert record_to_json(record_from_json(model, data)) == data


@pytest.mark.process
def test_loading_pays_for_no_template_engine() -> None:
    """Listing and loading schemas imports neither jinja2 nor anything of a model's client."""
    code = (
        "import sys; from extractor.schema.catalogue import load_schema, list_schemas;"
        "list_schemas();"
        "load_schema('release_event');"
        "print([m for m in ('jinja2', 'openai', 'rapidfuzz', 'difflib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
