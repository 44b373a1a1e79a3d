"""`extract trust`: lets a folder's settings send articles and its schemas run, or no longer."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import typer

from extractor.cli.output import print_lines, say
from extractor.errors import UsageError


def trust(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="A folder with extract.toml or schemas/.")
    ] = Path(),
    list_all: Annotated[
        bool, typer.Option("--list", help="List the folders that are trusted.")
    ] = False,
    revoke: Annotated[bool, typer.Option("--revoke", help="Trust the folder no longer.")] = False,
) -> int:
    """Trust a folder: its extract.toml may send articles, its schemas may run as programs.

    As it is now: any change of these files needs trust anew. What is trusted is printed.
    """
    from extractor import trust as records

    if list_all:
        return _list()
    if revoke:
        known = records.revoke(folder)
        say(f"{folder.resolve()}: {'not trusted any more' if known else 'was not trusted'}")
        return 0
    if not folder.is_dir():
        raise UsageError(f"{folder}: there is no such folder")
    contents = records.contents_of(folder)
    if not contents:
        say(f"{folder.resolve()}: it holds no extract.toml and no schemas of its own")
        return 0
    lines = list(_lines(folder.resolve(), contents))
    records.trust(folder, contents)
    print_lines(lines)
    return 0


def _list() -> int:
    """Print the folders that are trusted and how they stand; the status is 1 if one is damaged."""
    from extractor.trust import standing_of, trusted_folders

    status = 0
    for found in trusted_folders():
        if isinstance(found, str):
            say(found)
            status = 1
            continue
        why_not = standing_of(found.folder).why_not
        print_lines([why_not or f"{found.folder}  since {found.since[:10]}"])
    return status


def _lines(folder: Path, contents: Mapping[str, bytes]) -> Iterator[str]:
    """Yield what is trusted with a folder, in words. Raises UsageError for a broken file."""
    from extractor.schema.catalogue import summary_of
    from extractor.text.printable import one_line
    from extractor.trust import SETTINGS_FILE

    yield f"trusted: {one_line(str(folder))}"
    if SETTINGS_FILE in contents:
        yield f"  {SETTINGS_FILE}"
        for line in _setting_lines(contents[SETTINGS_FILE], folder / SETTINGS_FILE):
            yield f"    {one_line(line)}"
    for name, data in contents.items():
        if name != SETTINGS_FILE:
            summary = one_line(summary_of(data)) or "(no docstring)"
            yield f"  {one_line(name)}  runs as a program: {summary}"
    yield "until one of these files changes, or `extract trust --revoke` ends it"


def _setting_lines(data: bytes, file: Path) -> Iterator[str]:
    """Yield what the settings in a file's content do. Raises UsageError for a broken file."""
    from extractor.settings import needs_trust, read_settings

    settings, given = read_settings(data, file)
    where = settings.endpoint
    if "base_url" not in given:
        where = f"the endpoint that you name, or else {where}"
    if "model" in given:
        yield f"sends articles to the model {settings.model} at {where}, without --model"
    elif "base_url" in given:
        yield f"sends articles to {where}, for a model that you name"
    if "api_key" in given:
        yield "with the key that it holds, which goes there only"
    elif given & {"model", "base_url"}:
        yield "with your key in OPENAI_API_KEY, if you have set one"
    for setting in sorted(given - {"model", "base_url", "api_key"}):
        why = needs_trust(setting)
        value = getattr(settings, setting)
        shown = ", ".join(value) if isinstance(value, dict) else value
        yield f"{setting} = {shown}" + (f"  {why}" if why is not None else "")
