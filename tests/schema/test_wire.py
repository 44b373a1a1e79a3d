"""The schema on the wire: strict whatever the Pydantic schema says; and what a request costs."""

import json
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from extractor.answer.endpoint.prices import cost, price_of
from extractor.schema.catalogue import load_schema
from extractor.schema.wire import Shared, canonical, strict
from extractor.settings import Price, Settings


class Inner(BaseModel):
    """A nested model."""

    kind: Literal["a", "b"] = "a"
    pair: tuple[int, str] = (1, "x")


class Outer(BaseModel):
    """A schema with everything that strict endpoints do not take."""

    plain: str = Field("x", title="T", examples=["y"], max_length=5)
    maybe: int | None = Field(None, description="a number or nothing", ge=0)
    inner: Inner = Field(default_factory=Inner, description="beside a reference")
    several: list[Inner] = Field(default_factory=list, max_length=3)
    one: Literal["only"] = "only"


def nodes(node: Any) -> list[dict[str, Any]]:
    """Return every object schema in a schema."""
    if isinstance(node, list):
        return [below for item in node for below in nodes(item)]
    if not isinstance(node, dict):
        return []
    inner = [below for value in node.values() for below in nodes(value)]
    return ([node] if node.get("type") == "object" else []) + inner


@pytest.mark.parametrize(
    "model",
    [Outer, *(load_schema(n).model for n in ("release_event", "quotes", "sanction_terms"))],
    ids=["hard", "release_event", "quotes", "sanction_terms"],
)
def test_every_object_is_closed_and_every_field_required(model: type[BaseModel]) -> None:
    """Objects are closed, all fields required, and no word stands that strict mode refuses."""
    made, is_strict = strict(model.model_json_schema())
    assert is_strict
    for node in nodes(made):
        assert node["required"] == list(node["properties"])
        assert node["additionalProperties"] is False
    text = str(made)
    for word in ("'default'", "'oneOf'", "'prefixItems'", "'title'", "'examples'", "'const'"):
        assert word not in text


def test_what_may_be_null_and_what_is_limited_stays() -> None:
    """Unions with null, bounds, descriptions and single values survive the change."""
    made, _ = strict(Outer.model_json_schema())
    fields = made["properties"]
    assert {"type": "null"} in fields["maybe"]["anyOf"]
    assert fields["maybe"]["description"] == "a number or nothing"
    assert fields["several"]["maxItems"] == 3
    assert fields["one"] == {"type": "string", "enum": ["only"]}
    assert fields["inner"] == {"$ref": "#/$defs/Inner"}


def test_the_given_schema_is_not_changed() -> None:
    """Making a schema strict leaves the caller's alone."""
    given = Outer.model_json_schema()
    strict(given)
    assert given == Outer.model_json_schema()


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object"},
        {"type": "object", "properties": {"a": {}}},
        {"type": "object", "properties": {"a": {"type": "array"}}},
    ],
)
def test_a_free_schema_is_not_called_strict(schema: dict[str, Any]) -> None:
    """Where anything may stand, the endpoint is not asked to be strict."""
    assert strict(schema)[1] is False


_TEXT = st.text(st.characters(codec="utf-8"))
_LEAVES = st.none() | st.booleans() | st.integers() | _TEXT
_JSON = st.recursive(_LEAVES, lambda inner: st.lists(inner) | st.dictionaries(_TEXT, inner))


@given(st.dictionaries(_TEXT, _JSON))
def test_canonical_json_is_in_order_whether_shared_or_not(data: dict[str, Any]) -> None:
    """The same data gives the same bytes: keys in order, no blanks, nothing escaped in vain."""
    plain = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert canonical(data) == plain.encode()
    assert canonical([Shared(data), Shared(data)]) == f"[{plain},{plain}]".encode()


def test_prices() -> None:
    """The user's price goes first; this machine is free; an unknown model's cost is unknown."""
    own = {"m": Price(input=1, output=10)}
    here = Settings(model="m", base_url="http://127.0.0.1:1/v1")
    openai = Settings(model="gpt-4o-mini")
    assert cost(price_of(Settings(model="m", prices=own)), 2_000_000, 100_000) == 3.0
    assert cost(price_of(here), 10, 10) == 0.0
    assert cost(price_of(openai), 1_000_000, 1_000_000) == pytest.approx(0.75)
    assert cost(price_of(Settings(model="m", base_url="https://other/v1")), 10, 10) is None
    assert cost(price_of(Settings(model="gpt-4o-mini", base_url="https://other/v1")), 1, 1) is None
