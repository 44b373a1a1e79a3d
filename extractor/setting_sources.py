"""Where settings are read from: each source by itself, before it is decided which one counts.

The sources are the command's flags, the environment, and extract.toml in two places: the user's
own configuration folder, and the working directory. Nothing here is checked: settings.py does.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

from extractor.errors import UsageError
from extractor.trust import SETTINGS_FILE, read_file, user_folder

DEFAULT_ENDPOINT = "https://api.openai.com/v1"
_PREFIX = "EXTRACT_"
# The two names that every OpenAI-compatible tool reads; not prefixed.
_OPENAI_NAMES = {"base_url": "OPENAI_BASE_URL", "api_key": "OPENAI_API_KEY"}
# Ports that an address need not name.
_PORTS = {"http": 80, "https": 443}


class Source(NamedTuple):
    """One place that settings are read from."""

    kind: Literal["flags", "environment", "own", "folder"]
    values: dict[str, Any]
    file: Path | None = None
    data: bytes = b""  # of the file

    def named(self, setting: str) -> str:
        """Return where a setting of this source stands: "--plan", or the variable, or the file."""
        if self.kind == "flags":
            return f"--{setting.replace('_', '-')}"
        if self.kind == "environment":
            return f"the environment variable {variable(setting)}"
        return str(self.file)

    @property
    def endpoint(self) -> str:
        """The endpoint that this source names, or else the default one."""
        return str(self.values.get("base_url", DEFAULT_ENDPOINT))

    def place(self, setting: str) -> str:
        """Return where a setting of this source stands, shortly: "OPENAI_BASE_URL", or the file."""
        return variable(setting) if self.kind == "environment" else str(self.file)


def own_settings() -> Source:
    """Return the settings of the user's own file; paths in it are relative to where it stands."""
    own = user_folder()
    if own is None:
        return Source("own", {})
    source = file_settings("own", own / SETTINGS_FILE)
    if isinstance(place := source.values.get("cache_dir"), str):
        source.values["cache_dir"] = own / place
    return source


def file_settings(kind: Literal["own", "folder"], file: Path) -> Source:
    """Return what a settings file says; nothing where there is none. Raises UsageError."""
    data = read_file(file)
    return Source(kind, {} if data is None else parsed(data, file), file, data or b"")


def parsed(data: bytes, file: Path) -> dict[str, Any]:
    """Return the settings in a file's content, not checked yet. Raises UsageError."""
    if not data:
        return {}
    import tomllib

    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{file}: {error}") from None


def environment(settings: Iterable[str]) -> Source:
    """Return the settings of the environment; names in upper or lower case. Raises UsageError."""
    variables = {key.upper(): value for key, value in os.environ.items()}
    names = {name: variable(name) for name in settings}
    found: dict[str, Any] = {n: variables[v] for n, v in names.items() if v in variables}
    source = Source("environment", found)
    if "prices" in found:
        import json

        try:
            found["prices"] = json.loads(found["prices"])
        except ValueError:
            raise UsageError(f"{source.named('prices')}: this is not valid JSON") from None
    return source


def variable(setting: str) -> str:
    return _OPENAI_NAMES.get(setting, _PREFIX + setting.upper())


def origin_of(address: str) -> str:
    """Return the origin of an address: scheme, host and port, "http://127.0.0.1:8091"."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:  # no address at all
        return address
    shown = f":{port}" if port and port != _PORTS.get(parts.scheme) else ""
    return f"{parts.scheme}://{parts.hostname}{shown}"
