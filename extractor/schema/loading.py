"""Runs schema files: as modules of packages that exist in memory only, from the bytes it has read.

A schema is a Python file, and loading it runs it. Two packages hold what is loaded:

    extractor_user_schemas     the user's files; `from .quotes import Quote` in one of them finds
                               their quotes.py, else ours
    extractor_shipped_schemas  our files, which import ours only, whatever the user's are called

A folder whose schemas need trust (trust.py) is asked with the very bytes that are about to run. A
file with the bytes of ours needs none: ours runs in its place.
What has run is kept in a `SchemaSource`, from which other processes and machines load the same
again, whatever has become of the files since.
"""

import importlib
import importlib.util
import sys
import traceback
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from extractor.errors import SchemaError, UsageError
from extractor.trust import SCHEMAS, Standing, read_file, shipped_folder

# Never on disk; only in sys.modules.
_OWN, _SHIPPED = "extractor_user_schemas", "extractor_shipped_schemas"


class SchemaFolder(NamedTuple):
    """A folder with schemas. Can be pickled."""

    path: Path
    is_shipped: bool = False
    standing: Standing | None = None  # of the folder that `path` is in; None: it needs no trust

    def read(self, stem: str) -> "SchemaFile | None":
        """Return a file of this folder, None when there is none.

        Raises SchemaError when it may not run, or cannot be read.
        """
        path = self.path / f"{stem}.py"
        try:
            data = read_file(path)
        except UsageError as error:
            raise SchemaError(str(error)) from None
        if data is None:
            return None
        if self.standing is not None and not self.standing.covers(f"{SCHEMAS}/{stem}.py", data):
            if (ours := _ours(stem, data)) is not None:
                return ours
            raise SchemaError(_refusal(path, self.standing))
        return SchemaFile(stem, path.resolve(), data, self.is_shipped)


class SchemaFile(NamedTuple):
    """A schema file as it was read. Can be pickled."""

    stem: str  # "release_event"
    path: Path
    data: bytes
    is_shipped: bool

    @property
    def module(self) -> str:
        """The name of the module that it runs as."""
        return f"{_SHIPPED if self.is_shipped else _OWN}.{self.stem}"


def _ours(stem: str, data: bytes) -> SchemaFile | None:
    """Return our schema of this name when a file holds the very same bytes, else None.

    A checkout has them beside the installed program. What runs is ours, and imports ours only.
    """
    path = shipped_folder(SCHEMAS).resolve() / f"{stem}.py"
    return SchemaFile(stem, path, data, is_shipped=True) if read_file(path) == data else None


def is_copy_of_ours(path: Path) -> bool:
    """Return whether a schema file is one of ours to the letter, which needs no trust."""
    try:
        data = read_file(path)
    except UsageError:
        return False
    return data is not None and _ours(path.stem, data) is not None


class SchemaSource(NamedTuple):
    """All that is needed to load a schema again, here or elsewhere. Can be pickled."""

    file: SchemaFile
    imported: tuple[tuple[str, SchemaFile], ...]  # its siblings, by the module that was imported
    folders: tuple[SchemaFolder, ...]  # for what is imported later


def run(
    file: SchemaFile, folders: Sequence[SchemaFolder], known: Sequence[tuple[str, SchemaFile]] = ()
) -> tuple[ModuleType, SchemaSource]:
    """Run a schema file in fresh packages, so that edits and other folders take effect.

    Its siblings are taken from the files `known`, by module, else looked for in `folders`, in this
    order.
    Raises SchemaError.
    """
    if _finder not in sys.meta_path:
        sys.meta_path.insert(0, _finder)
    for loaded in [m for m in sys.modules if m.partition(".")[0] in (_OWN, _SHIPPED)]:
        del sys.modules[loaded]
    for name in (_OWN, _SHIPPED):
        package = ModuleType(name)
        package.__path__ = []
        sys.modules[name] = package
    _finder.begin(folders, [(file.module, file), *known])
    try:
        module = importlib.import_module(file.module)
    except SchemaError:
        raise
    except (Exception, SystemExit) as error:
        raise SchemaError(_complaint(error, file.path)) from error
    imported = tuple(one for one in _finder.found.items() if one[0] != file.module)
    return module, SchemaSource(file, imported, tuple(folders))


class _Loader(SourceFileLoader):
    """Compiles the bytes that were read: no __pycache__ in the user's folder, nothing stale."""

    def __init__(self, file: SchemaFile) -> None:
        super().__init__(file.module, str(file.path))
        self._data = file.data

    def get_code(self, fullname: str) -> Any:
        """Return the code of the module."""
        return self.source_to_code(self._data, self.get_filename(fullname))


class _Borrower(SourceFileLoader):
    """Gives a module of the user's package what one of ours holds."""

    def __init__(self, fullname: str, file: SchemaFile) -> None:
        super().__init__(fullname, str(file.path))
        self._file = file

    def exec_module(self, module: ModuleType) -> None:
        """Fill the module."""
        ours = importlib.import_module(self._file.module)
        vars(module).update({k: v for k, v in vars(ours).items() if not k.startswith("__")})


class _Finder:
    """Finds the modules of both packages, and keeps which files it found."""

    def __init__(self) -> None:
        self._folders: tuple[SchemaFolder, ...] = ()
        self.found: dict[str, SchemaFile] = {}  # by the module that was imported

    def begin(
        self, folders: Sequence[SchemaFolder], known: Sequence[tuple[str, SchemaFile]]
    ) -> None:
        """Look in these folders from now on, for what is not known yet."""
        self._folders = tuple(folders)
        self.found = dict(known)

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002 (importlib passes them)
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        """Return how a module of ours is loaded; None for all other modules. Raises SchemaError."""
        package, _, stem = fullname.partition(".")
        if package not in (_OWN, _SHIPPED) or not stem or "." in stem:
            return None
        file = self.found.get(fullname) or self._look_for(stem, shipped_only=package == _SHIPPED)
        if file is None:
            return None
        self.found[fullname] = file
        loader = _Loader(file) if file.module == fullname else _Borrower(fullname, file)
        return importlib.util.spec_from_file_location(fullname, file.path, loader=loader)

    def _look_for(self, stem: str, *, shipped_only: bool) -> SchemaFile | None:
        """Return the first file of this stem in the folders."""
        folders = (f for f in self._folders if f.is_shipped or not shipped_only)
        return next(filter(None, (folder.read(stem) for folder in folders)), None)


_finder = _Finder()


def _refusal(path: Path, standing: Standing) -> str:
    """Return why a schema is not run, and what to type."""
    why = standing if not standing.is_trusted else _changing(standing)
    return f"{path}: a schema is a program, and it was not run: {why.remedy}"


def _changing(standing: Standing) -> Standing:
    """Return how a folder stands whose file changed after it was found to be trusted."""
    return Standing(standing.folder, f"{standing.folder} has changed since you trusted it")


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
        said = str(error).replace(f"{_OWN}.", ".").replace(f"{_SHIPPED}.", ".")
        return (
            f"{where}: {said}; a schema imports pydantic, extractor.fields and its siblings "
            "(from .quotes import Quote)"
        )
    first = str(error).partition("\n")[0][:300]
    return f"{where}: the schema cannot be loaded: {type(error).__name__}: {first}"
