"""Lists that READMEs show, read off the code: layers, modules, settings, kinds, names of fields.

readme.py prints each into the block of its name. A package or module is described by the first
sentence of its docstring.
"""

import ast
import json
import tomllib
from collections.abc import Iterable, Iterator
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "extractor"
_COLUMN = 29


def layers() -> str:
    """Return the layers that pyproject.toml lays down, from the top down, a line a package."""
    lines: list[str] = []
    for layer in _layers():
        for number, name in enumerate(layer):
            path = _path_of(PACKAGE, name)
            beside = "  " if number == 0 else "| "
            lines.append(_entry(f"{beside}{name}{'/' if path.is_dir() else '.py'}", path))
    return "\n".join(lines)


def modules() -> str:
    """Return all modules: packages from the lowest layer up, in each the entry point first."""
    names = [name for layer in reversed(_layers()) for name in layer]
    listed = "\n".join(_listed(PACKAGE, names, "")).strip()
    return listed.replace("\n\n\n", "\n\n")


def _listed(package: Path, names: Iterable[str], indent: str) -> Iterator[str]:
    """Yield the lines of what a package holds, a blank line around the packages at the top."""
    for name in names:
        path = _path_of(package, name)
        if not path.is_dir():
            yield _entry(f"{indent}{name}.py", path)
            continue
        if not indent:
            yield ""
        yield _entry(f"{indent}{name}/", path)
        yield from _listed(path, _from_the_top(path), f"{indent}  ")
        if not indent:
            yield ""


def _layers() -> list[list[str]]:
    """Return the names in each layer of the package, from the top down."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    [ours] = [c for c in contracts if c.get("containers") == [PACKAGE.name]]
    return [layer.split(" | ") for layer in ours["layers"]]


def _entry(label: str, path: Path) -> str:
    """Return a name and the first sentence of its docstring, in a column of its own."""
    file = path / "__init__.py" if path.is_dir() else path
    docstring = ast.get_docstring(ast.parse(file.read_text("utf-8"))) or ""
    about = " ".join(docstring.partition("\n\n")[0].split())
    return f"{label:<{_COLUMN}} {about}".rstrip()


def _path_of(package: Path, name: str) -> Path:
    folder = package / name
    return folder if folder.is_dir() else folder.with_suffix(".py")


def _from_the_top(package: Path) -> list[str]:
    """Return what a package holds; each before what it uses, otherwise by name."""
    names = {
        path.stem
        for path in package.iterdir()
        if (path.suffix == ".py" and path.stem != "__init__") or (path / "__init__.py").is_file()
    }
    prefix = ".".join(package.relative_to(ROOT).parts)
    users: dict[str, set[str]] = {name: set() for name in names}
    for name in names:
        for used in _uses(_path_of(package, name), prefix) & names - {name}:
            users[used].add(name)
    order = TopologicalSorter(users)
    order.prepare()
    found: list[str] = []
    while order.is_active():
        ready = sorted(order.get_ready())
        found += ready
        order.done(*ready)
    return found


def _uses(path: Path, prefix: str) -> set[str]:
    """Return the names below `prefix` that a module, or any of a package, imports from."""
    files = path.rglob("*.py") if path.is_dir() else [path]
    found = set()
    for file in files:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                used = [f"{node.module}.{alias.name}" for alias in node.names]
            elif isinstance(node, ast.Import):
                used = [alias.name for alias in node.names]
            else:
                continue
            for name in used:
                if name.startswith(f"{prefix}."):
                    found.add(name.removeprefix(f"{prefix}.").partition(".")[0])
    return found


def settings() -> str:
    """Return the table of settings: name, default, whether it needs trust, what it is."""
    from extractor.settings import Settings, needs_trust

    rows = []
    for name, field in Settings.model_fields.items():
        default = field.get_default(call_default_factory=True)
        shown = "" if default is None or default == {} else f"`{json.dumps(default)}`"
        trust = "" if needs_trust(name) is None else "yes"
        rows.append([f"`{name}`", shown, trust, field.description])
    return plain_table(["setting", "default", "needs trust", "what it is"], rows)


def kinds() -> str:
    """Return the table of kinds, in the order in which rows are recognised."""
    from extractor.kinds import all_kinds

    rows = [
        [
            kind.name,
            f"`{kind.field.__name__}`",
            f"`{kind.letter}1`" if kind.letter else "",
            "yes" if kind.accountable else "no",
            "; ".join(kind.reasons) if kind.accountable else "",
        ]
        for kind in all_kinds()
    ]
    header = ["row", "rests on a", "candidates", "accounted for", "a model may dismiss it as"]
    return plain_table(header, rows)


def field_names() -> str:
    """Return the table of the names that the rules know, by kind of row."""
    from extractor.kinds import all_kinds

    rows = [
        [kind.name, f"`{fact}`", words]
        for kind in all_kinds()
        for fact, words in kind.synonyms.items()
    ]
    return plain_table(["row", "fact", "names of fields that ask for it"], rows)


def plain_table(header: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table whose cells are not aligned: for long texts."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
