"""Finds schemas and prompts by name: in the user's own folder first, then among those shipped.

A schema is a Python file, and loading it runs it (loading.py). Which ones may run:

    load_schema("quotes")          ./schemas/quotes.py, if the working directory is trusted (it is
                                   refused if not: nobody asked for another one); else ours
    load_schema("quotes", home)    the same file in the folder `home`: a caller that names a folder
                                   vouches for it; else ours
    load_schema("./quotes.py")     that file and its siblings: it was named, as to `python`
    load_recorded(path)            a file that a store or another file names: ours, or one in the
                                   schemas/ of a trusted folder, wherever that is
    reload(schema.source)          what was loaded before, from memory

A prompt is a template of the same name; here it is read and hashed, never rendered.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import field
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

from pydantic import BaseModel, RootModel
from pydantic.errors import PydanticUserError

from extractor.errors import ExtractError, PromptError, SchemaError
from extractor.frozen import frozen
from extractor.schema.loading import (
    SchemaFile,
    SchemaFolder,
    SchemaSource,
    is_copy_of_ours,
    run,
)
from extractor.trust import SCHEMAS, shipped_folder, standing_of

PROMPT_SUFFIXES = (".jinja", ".jinja2", ".j2")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{,99}")
_MOST_PARSED = 200_000  # bytes of a file whose docstring is wanted


@frozen
class Schema:
    """A schema file, loaded."""

    name: str  # "release_event"
    model: type[BaseModel]  # the root model
    path: Path
    sha256: str  # of the model's JSON schema, so that comments do not count
    loaded_from: SchemaSource | None = field(default=None, compare=False, repr=False)

    @property
    def source(self) -> SchemaSource:
        """What other processes load it from. Raises SchemaError for one that was made in memory."""
        if self.loaded_from is None:
            raise SchemaError(f"{self.path}: not loaded from a file, so no process can load it")
        return self.loaded_from


@frozen
class Prompt:
    """The source of a prompt template; neither parsed nor rendered."""

    name: str
    source: str
    path: Path
    sha256: str  # of the source, UTF-8


@frozen
class SchemaEntry:
    """A schema that could be loaded, as `extract schemas` lists it."""

    name: str
    path: Path
    summary: str  # the first line of the file's docstring
    shipped: bool
    trusted: bool = True  # whether it may run; the docstring was read without running it


def load_schema(name: str | Path, home: Path | None = None) -> Schema:
    """Return a schema, loaded by name or by the path of its file (ending in .py).

    `home` is the folder that holds the user's `schemas/`; by default the working directory, which
    must be trusted then. Raises SchemaError, with file and line where there are any, and what to
    do.
    """
    if not str(name).endswith(".py"):
        return load_named(str(name), home)
    folders = _schema_folders(home)
    path = Path(name)
    if not path.is_file():
        raise SchemaError(f"{path}: there is no such schema file")
    path = path.resolve()
    if path.parent != shipped_folder(SCHEMAS).resolve():
        others = [folder for folder in folders if folder.path != path.parent]
        folders = [SchemaFolder(path.parent), *others]
    return _load(path, folders)


def load_named(name: str, home: Path | None = None) -> Schema:
    """Return a schema by name alone, as load_schema does.

    For names that a store or a request gives: a path of theirs would be a program that they choose.
    Raises SchemaError.
    """
    path = _find(name, SCHEMAS, (".py",), home, SchemaError)
    return _load(path, _schema_folders(home))


def load_recorded(path: Path) -> Schema:
    """Return the schema of a file that the user has not named: a store has, or another file.

    It must be one of ours, or in the `schemas/` of a trusted folder. Raises SchemaError.
    """
    ours = _shipped_schemas()
    if path.resolve().parent == ours.path:
        return _load(path.resolve(), [ours])
    path = path.absolute()
    if path.parent.name != SCHEMAS:
        raise SchemaError(
            f"{path}: a schema is a program, and it was not run: a store names it, and it is in no "
            "`schemas` of a folder that you trust"
        )
    folder = SchemaFolder(path.parent, standing=standing_of(path.parent.parent))
    return _load(path, [folder, ours])


def reload(source: SchemaSource) -> Schema:
    """Return a schema that another process has loaded, from its source. Raises SchemaError."""
    return _made(source.file, source.folders, source.imported)


def _load(path: Path, folders: Sequence[SchemaFolder]) -> Schema:
    """Return the schema of a file in one of these folders. Raises SchemaError."""
    folder = next(folder for folder in folders if folder.path == path.parent)
    file = folder.read(path.stem)
    if file is None:
        raise SchemaError(f"{path}: there is no such schema file")
    return _made(file, folders)


def _made(
    file: SchemaFile,
    folders: Sequence[SchemaFolder],
    known: Sequence[tuple[str, SchemaFile]] = (),
) -> Schema:
    """Run a file, and return the schema in it. Raises SchemaError."""
    module, source = run(file, folders, known)
    model = _root_model(module, file.path)
    return Schema(file.stem, model, file.path, _fingerprint(model, file.path), source)


def list_schemas(home: Path | None = None) -> list[SchemaEntry]:
    """Return the schemas that can be named, the user's first; a name is listed once.

    None of them is run.
    """
    entries: dict[str, SchemaEntry] = {}
    for folder in _schema_folders(home):
        free = folder.standing is None or folder.standing.is_trusted
        for path in sorted(folder.path.glob("*.py")):
            if _NAME.fullmatch(path.stem) and path.stem not in entries:
                trusted = free or is_copy_of_ours(path)
                entries[path.stem] = SchemaEntry(
                    path.stem, path, _summary(path), folder.is_shipped, trusted
                )
    return list(entries.values())


def find_prompt(name: str, home: Path | None = None, schema: Schema | None = None) -> Prompt:
    """Return a prompt template by its name; raise PromptError naming the nearest ones.

    With a `schema` of the user's, the folders beside its file are looked in first: `../prompts`,
    then its own folder, so that a schema given by path brings its prompt along.
    """
    beside: list[Path] = []
    if schema is not None and schema.path.parent != shipped_folder(SCHEMAS).resolve():
        beside = [schema.path.parent.parent / "prompts", schema.path.parent]
    path = _find(name, "prompts", PROMPT_SUFFIXES, home, PromptError, first=beside).resolve()
    try:
        source = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PromptError(f"{path}: cannot be read as UTF-8 text: {error}") from None
    return Prompt(path.stem, source, path, hashlib.sha256(source.encode()).hexdigest())


def folders_of(kind: Literal["schemas", "prompts"], home: Path | None = None) -> list[Path]:
    """Return the folders that are searched, in this order: the user's, then the shipped one."""
    users = (home or Path.cwd()) / kind
    return _distinct([folder for folder in (users, shipped_folder(kind)) if folder.is_dir()])


def _schema_folders(home: Path | None) -> list[SchemaFolder]:
    """Return the folders that schemas are searched in: the user's, then the shipped one."""
    ours = _shipped_schemas()
    theirs = [path for path in folders_of(SCHEMAS, home) if path != ours.path]
    # A caller that names a folder vouches for it.
    standing = standing_of(Path.cwd()) if theirs and home is None else None
    return [*(SchemaFolder(path, standing=standing) for path in theirs), ours]


def _shipped_schemas() -> SchemaFolder:
    return SchemaFolder(shipped_folder(SCHEMAS).resolve(), is_shipped=True)


def _find(
    name: str,
    kind: Literal["schemas", "prompts"],
    suffixes: tuple[str, ...],
    home: Path | None,
    error: type[ExtractError],
    *,
    first: Sequence[Path] = (),
) -> Path:
    """Return the file of a schema or prompt: in the folders `first`, then in `folders_of(kind)`.

    Hyphens in the name may be underscores in the file's. Raises `error`.
    """
    what = kind.removesuffix("s")
    if not _NAME.fullmatch(name):
        raise error(
            f"{name[:200]!r} is not the name of a {what}: at most 100 letters, digits, _ and - only"
            + (", or the path of a file that ends in .py" if kind == "schemas" else "")
        )
    folders = _distinct([*first, *folders_of(kind, home)])
    for folder in folders:
        for stem in dict.fromkeys((name, name.replace("-", "_"))):
            for suffix in suffixes:
                path = folder / (stem + suffix)
                if path.is_file():
                    return path
    raise error(_unknown(name, what, suffixes, folders, (home or Path.cwd()) / kind))


def _unknown(
    name: str, what: str, suffixes: tuple[str, ...], folders: list[Path], users: Path
) -> str:
    """Return the message that there is no schema or prompt (`what`) of a name: the nearest ones."""
    from difflib import get_close_matches

    known = sorted(
        {path.stem for folder in folders for path in folder.glob("*") if path.suffix in suffixes}
        - {"__init__"}
    )
    near = get_close_matches(name, known, n=3, cutoff=0.5)
    hint = f"did you mean {', '.join(near)}?" if near else f"known: {', '.join(known) or 'none'}"
    return f"there is no {what} {name!r}; {hint} (your own go into {users})"


def _distinct(folders: Iterable[Path]) -> list[Path]:
    return list(dict.fromkeys(folder.resolve() for folder in folders))


def _summary(path: Path) -> str:
    """Return the first line of a file's docstring, or why there is none."""
    try:
        with path.open("rb") as file:
            return summary_of(file.read(_MOST_PARSED + 1))
    except OSError:
        return "(cannot be read)"


def summary_of(data: bytes) -> str:
    """Return the first line of the docstring in a file's content, without running it."""
    import ast
    import warnings

    if len(data) > _MOST_PARSED:
        return "(too large to look into)"
    try:
        with warnings.catch_warnings(action="ignore"):
            docstring = ast.get_docstring(ast.parse(data))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return "(not valid Python)"
    return (docstring or "").partition("\n")[0]


def _root_model(module: ModuleType, path: Path) -> type[BaseModel]:
    """Return the model named like the file (quote_sheet.py: QuoteSheet), else the last one."""
    models = [
        thing
        for thing in vars(module).values()
        if isinstance(thing, type)
        and issubclass(thing, BaseModel)
        and thing.__module__ == module.__name__
    ]
    if not models:
        raise SchemaError(f"{path}: no Pydantic model is defined in it (class …(BaseModel))")
    wanted = re.sub(r"[_-]", "", path.stem).lower()
    named = [model for model in models if model.__name__.lower() == wanted]
    model = (named or models)[-1]
    if issubclass(model, RootModel):
        raise SchemaError(f"{path}: {model.__name__} is a RootModel; the root needs named fields")
    if not model.model_fields:
        raise SchemaError(f"{path}: {model.__name__} has no fields")
    return model


def _fingerprint(model: type[BaseModel], path: Path) -> str:
    """Return the sha256 of the JSON schema in canonical form, once it can go on the wire."""
    try:
        schema = model.model_json_schema()
    except (PydanticUserError, NameError, RecursionError, TypeError) as error:
        first = str(error).partition("\n")[0]
        raise SchemaError(f"{path}: {model.__name__} has no JSON schema: {first}") from None
    for name, body in {model.__name__: schema, **schema.get("$defs", {})}.items():
        if "properties" not in body and body.get("type") == "object":
            raise SchemaError(f"{path}: {name} has no fields")
        for key, value in body.get("properties", {}).items():
            _refuse_unwirable(value, f"{path}: {name}.{key}")
    canonical = json.dumps(schema, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _refuse_unwirable(value: dict[str, Any], where: str) -> None:
    """Raise SchemaError for what a strict endpoint cannot be held to: free dicts, Any, tuples."""
    parts = [*value.get("anyOf", ()), *value.get("oneOf", ())]
    if isinstance(value.get("items"), dict):
        parts.append(value["items"])
    if "prefixItems" in value:
        raise SchemaError(f"{where} is a tuple of fixed length; use a list or a model")
    if value.get("type") == "object" and "properties" not in value:
        raise SchemaError(f"{where} is a free dict; name its fields in a model of their own")
    if value.get("type") == "array" and not isinstance(value.get("items"), dict):
        raise SchemaError(f"{where} is a list of anything; say of what, as in list[str]")
    if not value.keys() & {"type", "anyOf", "oneOf", "allOf", "$ref", "enum", "const"}:
        raise SchemaError(f"{where} may be anything; give it a type")
    for part in parts:
        _refuse_unwirable(part, where)
