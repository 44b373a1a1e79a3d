"""Schemas are programs: which of them run, from which bytes, and how they are loaded again."""

import multiprocessing
import pickle
from pathlib import Path

import pytest

from extractor.errors import SchemaError
from extractor.schema import loading
from extractor.schema.catalogue import list_schemas, load_recorded, load_schema, reload
from extractor.trust import read_file, shipped_folder
from tests.support.trusting import trusting

QUOTE = "from pydantic import BaseModel\nfrom extractor.fields import Name, Quotation\n"
OWN = QUOTE + (
    "from .part import Part\n\n\nclass Own(BaseModel):\n    {field}: list[Part]\n"
    "    quotation: Quotation | None = None\n"
)
PART = QUOTE + "class Part(BaseModel):\n    quotation: Quotation\n    mood: str = ''\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory: it has a schema `own` with a sibling, and is not trusted."""
    home = tmp_path / "home"
    (home / "schemas").mkdir(parents=True)
    (home / "schemas" / "own.py").write_text(OWN.format(field="parts"))
    (home / "schemas" / "part.py").write_text(PART)
    monkeypatch.chdir(home)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return home


def test_a_name_means_the_working_directorys_file_only_if_it_is_trusted(home: Path) -> None:
    """Refused, not passed over; a program that names the folder vouches for it."""
    with pytest.raises(SchemaError, match=r"own\.py: a schema is a program, and it was not run"):
        load_schema("own")
    assert not {entry.name: entry.trusted for entry in list_schemas()}["own"]
    assert load_schema("own", home).name == "own"
    assert {entry.name: entry.trusted for entry in list_schemas(home)}["own"]
    trusting(home)
    assert load_schema("own").path == home / "schemas" / "own.py"
    assert all(entry.trusted for entry in list_schemas())


def test_a_copy_of_a_shipped_one_needs_no_trust(home: Path) -> None:
    """As in a checkout beside the installed program; ours runs, with our siblings."""
    ours = shipped_folder("schemas").resolve()
    (home / "schemas" / "quotes.py").write_text("raise RuntimeError('it ran')\n")
    copy = home / "schemas" / "release_event.py"
    copy.write_bytes((ours / "release_event.py").read_bytes())
    assert load_schema("release_event").path == ours / "release_event.py"
    assert {entry.name: entry.trusted for entry in list_schemas()}["release_event"]
    with copy.open("a") as file:
        file.write("\n")
    with pytest.raises(SchemaError, match="was not run"):
        load_schema("release_event")
    assert not {entry.name: entry.trusted for entry in list_schemas()}["release_event"]


def test_what_runs_is_what_was_checked(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that changes after its folder was found to be trusted does not run, nor a sibling."""
    trusting(home)
    for changing in ("own", "part"):

        def reads(file: Path, name: str = changing) -> bytes | None:
            data = read_file(file)
            return data if data is None or file.stem != name else data + b"# changed\n"

        monkeypatch.setattr(loading, "read_file", reads)
        with pytest.raises(SchemaError, match=rf"{changing}\.py: .* has changed since you trusted"):
            load_schema("own")
    monkeypatch.undo()


def test_a_file_that_only_a_store_names_must_be_ours_or_trusted(home: Path, tmp_path: Path) -> None:
    """Wherever the trusted folder is; a file outside of `schemas/` is never run for that."""
    file = home / "schemas" / "own.py"
    with pytest.raises(SchemaError, match=r"type `extract trust \.` once"):
        load_recorded(file)
    trusting(home)
    assert load_recorded(file).name == "own"
    assert load_recorded(Path("schemas/own.py")).name == "own"
    loose = tmp_path / "part.py"
    loose.write_text(PART)
    with pytest.raises(SchemaError, match="a store names it"):
        load_recorded(loose)
    assert load_recorded(shipped_folder("schemas") / "quotes.py").name == "quotes"
    (home / "schemas" / "part.py").write_text(PART + "# changed\n")
    with pytest.raises(SchemaError, match=r"schemas/part\.py has changed since"):
        load_recorded(file)


def test_a_link_is_trusted_by_what_it_leads_to(home: Path, tmp_path: Path) -> None:
    """A schema that is a link runs as it was trusted; another target needs trust anew."""
    target = tmp_path / "target.py"
    target.write_text(PART)
    (home / "schemas" / "linked.py").symlink_to(target)
    trusting(home)
    assert load_schema("linked").model.__name__ == "Part"
    target.write_text(PART + "# changed\n")
    with pytest.raises(SchemaError, match="has changed since"):
        load_schema("linked")


def test_it_is_loaded_again_from_memory(home: Path) -> None:
    """The very same, pickled, though its files have changed, or gone; siblings too."""
    trusting(home)
    first = load_schema("own")
    source = pickle.loads(pickle.dumps(first.source))
    (home / "schemas" / "own.py").write_text(OWN.format(field="others"))
    (home / "schemas" / "part.py").unlink()
    again = reload(source)
    assert (again.sha256, list(again.model.model_fields)) == (first.sha256, ["parts", "quotation"])
    assert "mood" in again.model.model_json_schema()["$defs"]["Part"]["properties"]
    assert again.source == source


@pytest.mark.parametrize("name", ["quotes", "figures", "sanction_terms", "release_event"])
def test_a_shipped_one_is_loaded_again(name: str) -> None:
    """Ours, with all that they import, as any other."""
    first = load_schema(name)
    assert reload(pickle.loads(pickle.dumps(first.source))).sha256 == first.sha256


def test_each_imports_its_own_siblings_though_they_have_one_name(home: Path) -> None:
    """A user's schema takes their quotes.py, and release_event with ours, in whatever order."""
    (home / "schemas" / "quotes.py").write_text(
        QUOTE + "class Quote(BaseModel):\n    quotation: Quotation\n    mood: str = ''\n"
    )
    lines = ["from .release_event import ReleaseEvent", "from .quotes import Quote"]
    for number, order in enumerate((lines, lines[::-1])):
        (home / "schemas" / f"both{number}.py").write_text(
            "\n".join([*order, "from pydantic import BaseModel", "", ""])
            + f"class Both{number}(BaseModel):\n    quotes: list[Quote]\n    event: ReleaseEvent\n"
        )
        for schema in (
            (first := load_schema(f"both{number}", home)),
            reload(pickle.loads(pickle.dumps(first.source))),
        ):
            kinds = schema.model.model_json_schema()["$defs"]
            quotes = [kind for name, kind in kinds.items() if name.endswith("Quote")]
            assert sorted("mood" in kind["properties"] for kind in quotes) == [False, True]


def test_a_class_that_is_imported_twice_is_one(home: Path) -> None:
    """What a user's schema imports of ours is the class that ours use themselves."""
    (home / "schemas" / "own.py").write_text(
        "from pydantic import BaseModel\nfrom . import quotes, release_event\n"
        "assert release_event.Quote is quotes.Quote\n\n\n"
        "class Own(BaseModel):\n    quotes: list[quotes.Quote]\n"
    )
    assert load_schema("own", home).name == "own"


def _fields_of(source: loading.SchemaSource) -> list[str]:
    return list(reload(source).model.model_fields)


@pytest.mark.process
def test_another_process_loads_it(home: Path) -> None:
    """A spawned one, as writes sheets: it neither looks at the files nor asks for trust."""
    source = load_schema("own", home).source
    (home / "schemas" / "own.py").unlink()
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(_fields_of, (source,)) == ["parts", "quotation"]
