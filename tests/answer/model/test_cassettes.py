"""The files of recorded calls: byte for byte the same words, nothing secret, nothing unused."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from vcr.request import Request
from vcr.serialize import deserialize as read
from vcr.serialize import serialize as write

from tests.conftest import ROOT
from tests.support import cassettes

WORDS = "“It’s 7% – «да»,” she said\n\n\ttab, \u2028 and \ufeff; {{ 7*7 }}: # - 'x' \"y\" \x1b[31m "


def kept(body: Any, answer: Any) -> tuple[Any, Any]:
    """Write an interaction and read it again; return both bodies as data."""
    headers = {"content-type": "application/json", "authorization": "Bearer sk-secret"}
    request = Request("POST", "http://h/v1/chat/completions", json.dumps(body), headers)
    response = {
        "status": {"code": 200, "message": "OK"},
        "headers": {"Content-Type": ["application/json"], "Set-Cookie": ["sk-secret"]},
        "body": {"string": json.dumps(answer).encode()},
    }
    public = cassettes.public_request(request), cassettes.public_response(response)
    text = write({"requests": [public[0]], "responses": [public[1]]}, cassettes)
    assert "sk-secret" not in text
    requests, responses = read(text, cassettes)
    assert requests[0].headers == {"content-type": "application/json"}
    return json.loads(requests[0].body), json.loads(responses[0]["body"]["string"])


def completion(content: str) -> dict[str, Any]:
    """Return an answer of the fields that are kept."""
    message = {"role": "assistant", "content": content}
    return {"id": "1", "choices": [{"index": 0, "finish_reason": "stop", "message": message}]}


def test_words_survive_byte_for_byte() -> None:
    """Curly marks, blanks at the ends, control characters and braces come back as they went."""
    body = {"messages": [{"role": "user", "content": WORDS}]}
    assert kept(body, completion(WORDS)) == (body, completion(WORDS))


@given(st.text(), st.text())
@settings(max_examples=150, deadline=None)
def test_any_words_survive(asked: str, answered: str) -> None:
    """Whatever is asked and answered comes back as it went."""
    body = {"messages": [{"role": "user", "content": asked}]}
    assert kept(body, completion(answered)) == (body, completion(answered))


def test_the_file_is_readable() -> None:
    """Real Unicode and one line a line: no escapes, no JSON in a string."""
    body = {"messages": [{"role": "user", "content": "“Grüße”,\nsaid she."}]}
    request = Request("POST", "http://h/v1", json.dumps(body), {})
    response = {"status": {}, "headers": {}, "body": {"string": b"{}"}}
    text = write({"requests": [request], "responses": [response]}, cassettes)
    assert "content: |-\n" in text
    assert "“Grüße”,\n" in text


def test_a_servers_own_fields_and_paths_are_not_kept() -> None:
    """Timings, fingerprints and the path of a model's file do not get into a cassette."""
    answer = completion("x") | {"model": "/home/me/models/m.gguf", "timings": {"a": 1}}
    _, again = kept({}, answer)
    assert again["model"] == "m.gguf"
    assert "timings" not in again


def test_questions_match_by_content() -> None:
    """The order of a request's fields does not matter; a changed word does."""
    one = Request("POST", "http://a/v1", b'{"a": 1, "b": "\xe2\x80\x9cx\xe2\x80\x9d"}', {})
    cassettes.same_question(one, Request("POST", "http://b/v1", '{"b": "“x”", "a": 1}', {}))
    with pytest.raises(AssertionError, match="rewrite"):
        cassettes.same_question(one, Request("POST", "http://a/v1", '{"a": 1, "b": "y"}', {}))


@pytest.mark.parametrize("path", sorted((ROOT / "cassettes").glob("*.yaml")), ids=lambda p: p.stem)
def test_recorded_files_hold_nothing_secret(path: Path) -> None:
    """Every cassette in the repository has only the headers and fields that may be kept."""
    text = path.read_text(encoding="utf-8")
    for word in ("authorization", "bearer ", "set-cookie", "api_key", "/root/", "/home/"):
        assert word not in text.lower()
    for interaction in yaml.safe_load(text)["interactions"]:
        assert interaction["request"]["headers"].keys() <= {"content-type"}
        assert {h.lower() for h in interaction["response"]["headers"]} <= {"content-type"}
        assert interaction["request"]["body"]["json"]["max_tokens"] > 0
