"""Which folders are trusted: their settings may send articles, their schemas may run.

A folder that others fill can hold an extract.toml, which names where articles are sent, and
schemas, which are programs. Both count only once the user has said so, with `extract trust FOLDER`.
What is trusted is the content: the hashes of these files are kept in the user's own configuration,
one file a folder (so that two processes never write one file), and any change needs trust anew.

Whoever is about to use a file asks `standing_of` and then `Standing.covers` with the very bytes
that are used: nothing can change between the check and the use.
"""

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, NamedTuple

from extractor.errors import UsageError
from extractor.text.printable import one_line

SETTINGS_FILE = "extract.toml"
SCHEMAS: Final = "schemas"
MAX_BYTES = 1_000_000  # of one settings file or schema
_RECORDS = "trusted"  # the folder of the records, in the user's own
_PACKAGE = Path(__file__).resolve().parent


class Standing(NamedTuple):
    """How a folder stands: trusted, or why not. Can be pickled."""

    folder: Path
    why_not: str  # "" when the folder is trusted
    hashes: tuple[tuple[str, str], ...] = ()  # "schemas/quotes.py" and the sha256 of its content

    @property
    def is_trusted(self) -> bool:
        """Whether what is in the folder now is what the user has trusted."""
        return not self.why_not

    def covers(self, name: str, data: bytes) -> bool:
        """Return whether these bytes of a file ("schemas/quotes.py") are trusted."""
        return self.is_trusted and (name, _hash(data)) in self.hashes

    @property
    def remedy(self) -> str:
        """What to type, as the end of a message that refuses something."""
        return (
            f"{self.why_not}. If it is yours, or you have read it, type `{self.command}` once, and "
            "it works as before"
        )

    @property
    def command(self) -> str:
        """The command that trusts the folder, as it is typed in the working directory."""
        import shlex

        here = self.folder == Path.cwd().resolve()
        return f"extract trust {'.' if here else shlex.quote(str(self.folder))}"


class TrustedFolder(NamedTuple):
    """A folder that the user has trusted, as it was then."""

    folder: Path
    since: str  # "2026-03-04T10:15:00+00:00"
    hashes: dict[str, str]  # of its files by name: see `Standing`


def user_folder() -> Path | None:
    """Return the folder of the user's own settings; None where the system names no home."""
    given = os.environ.get("XDG_CONFIG_HOME", "")
    # A relative one must not count: it would be a folder in whatever folder we work in.
    if given and Path(given).is_absolute():
        return Path(given) / "news-extract"
    if sys.platform == "win32" and os.environ.get("APPDATA"):
        return Path(os.environ["APPDATA"]) / "news-extract"
    try:
        home = Path.home()
    except RuntimeError:
        return None
    place = home / ("Library/Application Support" if sys.platform == "darwin" else ".config")
    return place / "news-extract" if place.is_absolute() else None


def user_settings() -> Path:
    """Return the user's own settings file, for messages: "extract.toml" where there is no home."""
    own = user_folder()
    return own / SETTINGS_FILE if own is not None else Path(SETTINGS_FILE)


def shipped_folder(kind: str) -> Path:
    """Return the `schemas` or `prompts` that are part of the program, which need no trust.

    They are inside the package in a wheel, beside it in a checkout.
    """
    packaged = _PACKAGE / "_data" / kind
    checkout = _PACKAGE.parent
    # Beside an installed package stand other people's packages, hence the look for pyproject.toml.
    if not packaged.is_dir() and (checkout / "pyproject.toml").is_file():
        return checkout / kind
    return packaged


def contents_of(folder: Path) -> dict[str, bytes]:
    """Return what a folder holds that needs trust: extract.toml and schemas/*.py, by name.

    Raises UsageError when a file cannot be read or is too large.
    """
    folder = folder.resolve()
    files = [folder / SETTINGS_FILE]
    schemas = folder / SCHEMAS
    if schemas.is_dir() and schemas.resolve() != shipped_folder(SCHEMAS).resolve():
        files += sorted(schemas.glob("*.py"))
    found = {file.relative_to(folder).as_posix(): read_file(file) for file in files}
    return {name: data for name, data in found.items() if data is not None}


def read_file(file: Path) -> bytes | None:
    """Return the content of a settings file or schema, None when there is none.

    Raises UsageError when it cannot be read or is too large.
    """
    try:
        if not file.is_file():
            return None
        with file.open("rb") as opened:
            data = opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{file}: cannot be read ({error.strerror or error})") from None
    if len(data) > MAX_BYTES:
        raise UsageError(f"{file}: more than {MAX_BYTES:,} bytes; no such file is that large")
    return data


def standing_of(folder: Path, known: Mapping[str, bytes] | None = None) -> Standing:
    """Return how a folder stands now. `known` are contents of its files that were read already.

    Does not raise: what cannot be read is not trusted.
    """
    folder = folder.resolve()
    record = _record_of(folder)
    try:
        if record is None or not record.is_file():
            return Standing(folder, f"{folder} was never trusted")
        trusted = _read_record(record)
        if trusted.folder != folder:
            raise ValueError("it is another folder's")
    except (OSError, ValueError) as error:
        return Standing(folder, f"{record}: it is damaged, so {folder} is not trusted ({error})")
    try:
        present = contents_of(folder) | dict(known or {})
    except UsageError as error:
        return Standing(folder, f"{folder} is not trusted: {error}")
    hashes = {name: _hash(data) for name, data in present.items()}
    if hashes != trusted.hashes:
        return Standing(folder, _changes(trusted, hashes))
    return Standing(folder, "", tuple(hashes.items()))


def _changes(trusted: TrustedFolder, present: Mapping[str, str]) -> str:
    """Return which files are not what they were: "schemas/quotes.py has changed since …"."""
    names = sorted(
        name
        for name in {*trusted.hashes, *present}
        if trusted.hashes.get(name) != present.get(name)
    )
    few = one_line(", ".join(names[:3])) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    has = "has" if len(names) == 1 else "have"
    return f"{trusted.folder}: {few} {has} changed since you trusted it on {trusted.since[:10]}"


def trust(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Record that a folder with these contents is trusted. Raises UsageError and OutputError."""
    from datetime import UTC, datetime

    from extractor.text.atomic_files import OwnFolder, output_errors, write_text

    folder = folder.resolve()
    record, own = _record_of(folder), user_folder()
    if record is None or own is None:
        raise UsageError("there is no home folder to remember it in: set XDG_CONFIG_HOME")
    words = {
        "folder": str(folder),
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
        "files": {name: _hash(data) for name, data in contents.items()},
    }
    with output_errors(record):
        own.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_text(record, json.dumps(words, indent=1) + "\n", own=OwnFolder(own, 0o600))


def revoke(folder: Path) -> bool:
    """Trust a folder no longer; return whether it was trusted. Raises UsageError."""
    record = _record_of(folder.resolve())
    try:
        if record is None or not record.is_file():
            return False
        record.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"{record}: cannot be removed ({error.strerror or error})") from None
    return True


def trusted_folders() -> Iterator[TrustedFolder | str]:
    """Yield the folders that were trusted, and for each damaged record what is wrong with it."""
    own = user_folder()
    for record in sorted((own / _RECORDS).glob("*.json")) if own is not None else ():
        try:
            yield _read_record(record)
        except (OSError, ValueError) as error:
            yield f"{record}: it is damaged and trusts nothing ({error})"


def _record_of(folder: Path) -> Path | None:
    """Return the file that a folder's trust is recorded in, whether it is there or not."""
    own = user_folder()
    return own / _RECORDS / f"{_hash(os.fsencode(folder))[:32]}.json" if own is not None else None


def _read_record(record: Path) -> TrustedFolder:
    """Return what a record says. Raises OSError, and ValueError when it is damaged."""
    with record.open("rb") as opened:
        words: Any = json.loads(opened.read())
    folder, since, files = (
        (words.get(key) for key in ("folder", "since", "files"))
        if isinstance(words, dict)
        else (None, None, None)
    )
    if not isinstance(folder, str) or not isinstance(since, str) or not isinstance(files, dict):
        raise ValueError("it is not a record of trust")
    hashes = {str(name): str(digest) for name, digest in files.items()}
    if not all(re.fullmatch("[0-9a-f]{64}", digest) for digest in hashes.values()):
        raise ValueError("it is not a record of trust")
    return TrustedFolder(Path(folder), since, hashes)


def _hash(data: bytes) -> str:
    return sha256(data).hexdigest()
