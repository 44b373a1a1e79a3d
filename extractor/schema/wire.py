"""Makes the JSON schema that is sent to an endpoint: a Pydantic schema made strict.

Strict endpoints want an object at the root, every field required (optional is a union with
null), no further fields, and none of `default`, `oneOf`, `prefixItems` or free dictionaries.
A schema that needs a free dictionary is sent without `strict`.
"""

import json
from copy import deepcopy
from functools import cached_property, lru_cache
from typing import Any

from pydantic import BaseModel
from pydantic_core import to_json

# What OpenAI's strict mode and llama.cpp's grammars both take; the rest is left to validation.
_KEPT = frozenset(
    "type properties required items enum const anyOf $ref $defs description additionalProperties "
    "pattern minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minItems maxItems".split()
)


def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """Return a model's JSON schema, a copy that may be changed; Pydantic makes it only once."""
    schema: dict[str, Any] = json.loads(_schema_text(model))
    return schema


@lru_cache(maxsize=256)
def _schema_text(model: type[BaseModel]) -> str:
    return json.dumps(model.model_json_schema())


def strict(schema: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """Return a strict copy of a JSON schema, and whether strict endpoints can take it."""
    free: list[bool] = []
    copy = _strict(deepcopy(schema), free)
    return copy, not free


def _strict(node: Any, free: list[bool]) -> Any:
    """Return a node of a JSON schema made strict; adds to `free` where it leaves anything open."""
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return {"$ref": node["$ref"]}  # nothing may stand beside a reference
    node = _plain(node)
    if not node.keys() & {"type", "enum", "const", "anyOf", "$ref", "properties"}:
        free.append(True)  # Any: no strict endpoint takes it
    if node.get("type") == "object" or "properties" in node:
        _close(node, free)
    for key in ("properties", "$defs"):
        if key in node:
            node[key] = {name: _strict(value, free) for name, value in node[key].items()}
    if "items" in node:
        node["items"] = _strict(node["items"], free)
    elif node.get("type") == "array":
        free.append(True)
    if "anyOf" in node:
        node["anyOf"] = [_strict(option, free) for option in node["anyOf"]]
    return {key: value for key, value in node.items() if key in _KEPT}


def _plain(node: dict[str, Any]) -> dict[str, Any]:
    """Return a node that says the same in keywords that endpoints take."""
    node = dict(node)
    if "oneOf" in node:
        node["anyOf"] = node.pop("oneOf")
    if len(node.get("allOf", ())) == 1:
        node |= node.pop("allOf")[0]
        if "$ref" in node:
            return {"$ref": node["$ref"]}
    if "prefixItems" in node:
        items = node.pop("prefixItems")
        node["items"] = items[0] if all(i == items[0] for i in items) else {"anyOf": items}
    if "const" in node:
        node["enum"] = [node.pop("const")]
    if "enum" in node and "type" not in node:
        kinds = {_KINDS.get(type(value), "string") for value in node["enum"]}
        node["type"] = kinds.pop() if len(kinds) == 1 else sorted(kinds)
    return node


_KINDS = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null"}


def _close(node: dict[str, Any], free: list[bool]) -> None:
    """Require all fields of an object and forbid others; adds to `free` where it names none."""
    if "properties" not in node:
        free.append(True)  # a free dictionary
        return
    node["required"] = list(node["properties"])
    node["additionalProperties"] = False


class Shared(dict[str, Any]):
    """JSON data that many requests share and that never changes, so that it is serialised once."""

    @cached_property
    def canonical(self) -> bytes:
        """Its canonical JSON."""
        return canonical(dict(self))


def canonical(value: Any) -> bytes:
    """Return JSON data as JSON without blanks, the keys of its objects in order."""
    pieces: list[bytes] = []
    _write(value, pieces)
    return b"".join(pieces)


def _write(value: Any, pieces: list[bytes]) -> None:
    """Append the canonical JSON of a value to `pieces`."""
    if isinstance(value, Shared):
        pieces.append(value.canonical)
    elif isinstance(value, dict):
        mark = b"{"
        for key in sorted(value):
            pieces += (mark, to_json(key), b":")
            _write(value[key], pieces)
            mark = b","
        pieces.append(b"}" if value else b"{}")
    elif isinstance(value, list):
        mark = b"["
        for item in value:
            pieces.append(mark)
            _write(item, pieces)
            mark = b","
        pieces.append(b"]" if value else b"[]")
    else:
        pieces.append(to_json(value))
