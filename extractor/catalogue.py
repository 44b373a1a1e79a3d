"""Schemas and prompts by name: the user's own folder first, then the ones we ship."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel


@dataclass(frozen=True, slots=True)
class Schema:
    """A schema file, loaded."""

    name: str  # "release_event"
    model: type[BaseModel]  # the root model
    path: Path
    sha256: str  # of the model's JSON schema, so that comments do not count


def load_schema(name: str) -> Schema:
    """Load a schema by name, or by the path of its file; raise SchemaError."""
    raise NotImplementedError
