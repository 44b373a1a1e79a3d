"""Records what each sheet was written from, so that a current one is not written again."""

import json
from contextlib import suppress

from extractor.text.atomic_files import OwnFolder, write_text

FILE = ".extract-sheets.json"


class Manifest:
    """The file `.extract-sheets.json` in an output folder; a lost or broken one is empty."""

    def __init__(self, own: OwnFolder) -> None:
        self._own, folder = own, own.path
        self._known: dict[str, str] = {}
        with suppress(OSError, ValueError):
            known = json.loads((folder / FILE).read_text(encoding="utf-8"))
            if isinstance(known, dict):
                self._known = {str(key): str(value) for key, value in known.items()}
        self._before = dict(self._known)

    def has(self, name: str, signature: str) -> bool:
        """Return whether a file was written from this content and has not been changed since."""
        state = self._state(name)
        return state is not None and self._known.get(name) == f"{signature} {state}"

    def add(self, name: str, signature: str) -> None:
        """Record the signature of the content that a file was written from."""
        self._known[name] = f"{signature} {self._state(name)}"

    def says(self, name: str, signature: str) -> bool:
        """Return whether this signature is recorded, for something that is no single file."""
        return self._known.get(name) == signature

    def note(self, name: str, signature: str) -> None:
        """Record a signature for something that is no single file."""
        self._known[name] = signature

    def save(self) -> None:
        """Write the manifest if it has changed. Raises OutputError."""
        if self._known != self._before:
            words = json.dumps(self._known, indent=1) + "\n"
            write_text(self._own.path / FILE, words, own=self._own)

    def _state(self, name: str) -> str | None:
        try:
            status = (self._own.path / name).stat()
        except OSError:
            return None
        return f"{status.st_size}:{status.st_mtime_ns}"
