"""How recorded calls are kept: readable YAML, nothing secret, matched by what was asked.

JSON bodies stand in the file as YAML, with real Unicode and long texts as blocks; on the way back
they are JSON again. Only the headers and fields on the lists below are kept. Never edit one by
hand: record it again (see test_recorded_answers.py).
"""

import json
import sys
from copy import deepcopy
from typing import Any

import yaml
from vcr import VCR
from vcr.request import Request

_REQUEST_HEADERS = frozenset({"content-type"})
_RESPONSE_HEADERS = frozenset({"content-type", "retry-after", "retry-after-ms", "x-should-retry"})
_FIELDS = frozenset({"id", "object", "created", "model", "choices", "usage", "error"})
_CHOICE_FIELDS = frozenset({"index", "finish_reason", "message", "logprobs"})
_MESSAGE_FIELDS = frozenset({"role", "content", "refusal"})
_USAGE_FIELDS = frozenset({"prompt_tokens", "completion_tokens", "total_tokens"})


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as blocks; no references from one place to another."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        """Write everything out where it stands."""
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    style = "|" if "\n" in text else None
    if not text.replace("\n", "").isprintable():  # YAML takes some of these for line breaks
        style = '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def serialize(cassette: dict[str, Any]) -> str:
    """Return a cassette as YAML."""
    cassette = deepcopy(cassette)
    for interaction in cassette["interactions"]:
        request, response = interaction["request"], interaction["response"]
        request["body"] = _opened(request["body"])
        response["body"] = _opened(response["body"]["string"])
    return yaml.dump(cassette, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=1_000_000)


def deserialize(text: str) -> dict[str, Any]:
    """Return the cassette that `serialize` wrote."""
    cassette: dict[str, Any] = yaml.safe_load(text)
    for interaction in cassette["interactions"]:
        request, response = interaction["request"], interaction["response"]
        request["body"] = _closed(request["body"])
        response["body"] = {"string": _closed(response["body"])}
    return cassette


def _opened(body: str | bytes | None) -> Any:
    """Return a JSON body as data under "json", any other as it is."""
    text = body.decode() if isinstance(body, bytes) else body
    try:
        return {"json": json.loads(text)} if text else text
    except ValueError:
        return text


def _closed(body: Any) -> Any:
    if not isinstance(body, dict):
        return body
    return json.dumps(body["json"], ensure_ascii=False, separators=(",", ":"))


def public_request(request: Request) -> Request:
    """Return a request as it may be kept: no key, no host's headers."""
    request = deepcopy(request)
    request.headers = {
        name: value for name, value in request.headers.items() if name.lower() in _REQUEST_HEADERS
    }
    return request


def public_response(response: dict[str, Any]) -> dict[str, Any]:
    """Return a response as it may be kept: no cookies, no organisation, no paths of a server."""
    response = deepcopy(response)
    response["headers"] = {
        name: value
        for name, value in response["headers"].items()
        if name.lower() in _RESPONSE_HEADERS
    }
    try:
        data = json.loads(response["body"]["string"])
    except ValueError:
        return response
    if isinstance(data, dict):
        response["body"]["string"] = json.dumps(_public(data), ensure_ascii=False).encode()
    return response


def _public(data: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in data.items() if key in _FIELDS}
    if isinstance(kept.get("model"), str):
        kept["model"] = kept["model"].rpartition("/")[2]
    if isinstance(kept.get("usage"), dict):
        kept["usage"] = _only(kept["usage"], _USAGE_FIELDS)
    if isinstance(kept.get("choices"), list):
        kept["choices"] = [_only(choice, _CHOICE_FIELDS) for choice in kept["choices"]]
        for choice in kept["choices"]:
            choice["message"] = _only(choice.get("message") or {}, _MESSAGE_FIELDS)
    return kept


def _only(data: dict[str, Any], fields: frozenset[str]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key in fields}


def same_question(one: Request, other: Request) -> None:
    """Match requests by their JSON, whatever the order of its fields; raise when they differ."""
    mine, theirs = (json.loads(request.body or b"null") for request in (one, other))
    if mine != theirs:
        raise AssertionError("the questions differ; record again with --record-mode=rewrite")


HOW: dict[str, Any] = {
    "match_on": ["method", "path", "same_question"],  # any base URL replays
    "before_record_request": public_request,
    "before_record_response": public_response,
    "decode_compressed_response": True,
}


def teach(vcr: VCR) -> None:
    """Teach vcrpy our files and how we match."""
    vcr.register_serializer("yaml", sys.modules[__name__])
    vcr.register_matcher("same_question", same_question)
