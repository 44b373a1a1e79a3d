"""Finds schemas and prompts by name: in the user's own folder first, then among those shipped.

A schema is a Python file, and loading it runs it, as with any script of the user's. It is loaded
as a module of a package that exists in memory only, whose path lists the user's folder, then the
shipped one, so that `from .quotes import Quote` finds the user's quotes.py first. A prompt is a
template of the same name; here it is read and hashed, never rendered.
"""

import hashlib
import importlib
import importlib.util
import json
import re
import sys
import traceback
from collections.abc import Iterable, Sequence
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

from pydantic import BaseModel, RootModel
from pydantic.errors import PydanticUserError

from extractor.errors import ExtractError, PromptError, SchemaError
from extractor.frozen import frozen

PROMPT_SUFFIXES = (".jinja", ".jinja2", ".j2")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_PACKAGE = "extractor_user_schemas"  # never on disk; only in sys.modules
_PACKAGE_ROOT = Path(__file__).resolve().parents[1]


@frozen
class Schema:
    """A schema file, loaded."""

    name: str  # "release_event"
    model: type[BaseModel]  # the root model
    path: Path
    sha256: str  # of the model's JSON schema, so that comments do not count


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


def load_schema(name: str | Path, home: Path | None = None) -> Schema:
    """Return a schema, loaded by name or by the path of its file (ending in .py).

    `home` is the folder that holds the user's `schemas/`; the working directory by default.
    Raises SchemaError, with file and line where there are any, and what to do.
    """
    path = schema_path(name, home)
    folders = folders_of("schemas", home)
    if path.parent not in folders:
        folders = [path.parent, *folders]
    module = _load_module(path, folders)
    model = _root_model(module, path)
    return Schema(path.stem, model, path, _fingerprint(model, path))


def schema_path(name: str | Path, home: Path | None = None) -> Path:
    """Return the file of a schema; raise SchemaError naming the nearest ones."""
    if str(name).endswith(".py"):
        path = Path(name)
        if not path.is_file():
            raise SchemaError(f"{path}: there is no such schema file")
        return path.resolve()
    return _find(str(name), "schemas", (".py",), home, SchemaError)


def list_schemas(home: Path | None = None) -> list[SchemaEntry]:
    """Return the schemas that can be named, the user's first; a name is listed once."""
    entries: dict[str, SchemaEntry] = {}
    shipped = _shipped("schemas")
    for folder in folders_of("schemas", home):
        for path in sorted(folder.glob("*.py")):
            if _NAME.fullmatch(path.stem) and path.stem not in entries:
                entries[path.stem] = SchemaEntry(path.stem, path, _summary(path), folder == shipped)
    return list(entries.values())


def find_prompt(name: str, home: Path | None = None, schema: Schema | None = None) -> Prompt:
    """Return a prompt template by its name; raise PromptError naming the nearest ones.

    With a `schema` of the user's, the folders beside its file are looked in first: `../prompts`,
    then its own folder, so that a schema given by path brings its prompt along.
    """
    beside: list[Path] = []
    if schema is not None and schema.path.parent != _shipped("schemas").resolve():
        beside = [schema.path.parent.parent / "prompts", schema.path.parent]
    path = _find(name, "prompts", PROMPT_SUFFIXES, home, PromptError, first=beside)
    try:
        source = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PromptError(f"{path}: cannot be read as UTF-8 text: {error}") from None
    return Prompt(path.stem, source, path, hashlib.sha256(source.encode()).hexdigest())


def folders_of(kind: Literal["schemas", "prompts"], home: Path | None = None) -> list[Path]:
    """Return the folders that are searched, in this order: the user's, then the shipped one."""
    users = ((home or Path.cwd()) / kind).resolve()
    return _distinct([folder for folder in (users, _shipped(kind)) if folder.is_dir()])


def _shipped(kind: str) -> Path:
    """Return the shipped folder: inside the package in a wheel, beside it in a checkout."""
    packaged = _PACKAGE_ROOT / "_data" / kind
    checkout = _PACKAGE_ROOT.parent
    # Beside an installed package stand other people's packages, hence the look for pyproject.toml.
    if not packaged.is_dir() and (checkout / "pyproject.toml").is_file():
        return checkout / kind
    return packaged


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
            f"{name!r} is not the name of a {what}: letters, digits, _ and - only"
            + (", or the path of a file that ends in .py" if kind == "schemas" else "")
        )
    folders = _distinct([*first, *folders_of(kind, home)])
    for folder in folders:
        for stem in dict.fromkeys((name, name.replace("-", "_"))):
            for suffix in suffixes:
                path = folder / (stem + suffix)
                if path.is_file():
                    return path.resolve()
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
    """Return the first line of a file's docstring, without running the file."""
    import ast

    try:
        docstring = ast.get_docstring(ast.parse(path.read_bytes()))
    except (OSError, SyntaxError, ValueError):
        return "(cannot be read)"
    return (docstring or "").partition("\n")[0]


class _Loader(SourceFileLoader):
    """Compiles from the source each time: no __pycache__ in the user's folder, none stale."""

    def get_code(self, fullname: str) -> Any:
        """Return the code of a module, compiled from its source."""
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)


class _Finder:
    """Finds `extractor_user_schemas.quotes` in the folders of that package's path."""

    @staticmethod
    def find_spec(
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,  # noqa: ARG004 (importlib passes it)
    ) -> ModuleSpec | None:
        """Return how a module of the package of schemas is loaded; None for all other modules."""
        package, _, stem = fullname.partition(".")
        if package != _PACKAGE or not stem or "." in stem:
            return None
        for folder in path or ():
            file = Path(folder) / f"{stem}.py"
            if file.is_file():
                loader = _Loader(fullname, str(file))
                return importlib.util.spec_from_file_location(fullname, file, loader=loader)
        return None


def _load_module(path: Path, folders: list[Path]) -> ModuleType:
    """Run a schema file in a fresh package, so that edits and other folders take effect."""
    if _Finder not in sys.meta_path:
        sys.meta_path.insert(0, _Finder)
    for loaded in [m for m in sys.modules if m.partition(".")[0] == _PACKAGE]:
        del sys.modules[loaded]
    package = ModuleType(_PACKAGE)
    package.__path__ = [str(folder) for folder in folders]
    sys.modules[_PACKAGE] = package
    try:
        return importlib.import_module(f"{_PACKAGE}.{path.stem}")
    except (Exception, SystemExit) as error:
        raise SchemaError(_complaint(error, path)) from error


def _complaint(error: BaseException, path: Path) -> str:
    """Return what is wrong with a schema file, where, and what to do."""
    if isinstance(error, SyntaxError):
        return f"{error.filename or path}:{error.lineno}: not valid Python: {error.msg}"
    file, line = str(path), 0
    for frame in traceback.extract_tb(error.__traceback__):
        # The last frame in a schema file: this one, or the sibling that it imports.
        if frame.filename == str(path) or Path(frame.filename).parent == path.parent:
            file, line = frame.filename, frame.lineno or 0
    where = f"{file}:{line}" if line else file
    if isinstance(error, ImportError):
        return (
            f"{where}: {str(error).replace(_PACKAGE + '.', '.')}; a schema imports pydantic, "
            "extractor.fields and its siblings (from .quotes import Quote)"
        )
    first = str(error).partition("\n")[0][:300]
    return f"{where}: the schema cannot be loaded: {type(error).__name__}: {first}"


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
        for field, value in body.get("properties", {}).items():
            _refuse_unwirable(value, f"{path}: {name}.{field}")
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
