"""The JSON form."""

import json

from pydantic import BaseModel

from extractor.sheet.jsonout import to_json
from tests.support.extractions import make_article, make_extraction, release


class _Note(BaseModel):
    note: str


def test_one_object_that_parses_back() -> None:
    """Indented or on one line, the text is exactly one JSON object with the documented parts."""
    for indent in (2, None):
        text = to_json(release(), indent)
        assert json.loads(text) == json.loads(json.dumps(release().to_json()))
        assert text.endswith("}\n")
    assert to_json(release(), None).count("\n") == 1
    shape = json.loads(to_json(release()))
    assert set(shape) >= {"schema", "article", "record", "audit", "warnings", "usage", "provenance"}
    assert shape["record"]["quotes"][1]["spans"] == [{"start": 191, "end": 198}]
    assert shape["record"]["figures"][1]["value"] == 40


def test_what_a_terminal_obeys_is_escaped_and_still_the_same_string() -> None:
    """C1 controls, overrides, lone surrogates: escaped in the text, equal after parsing."""
    evil = "a\x1b[2J\x9b2J\u202eb\u2028c\ud800d\U000e0041 “é” 🎉"
    text = to_json(make_extraction(make_article("x"), _Note(note=evil)))
    assert not set(text) & set("\x1b\x9b\u202e\u2028\ud800\U000e0041")
    assert "“é” 🎉" in text
    text.encode("utf-8")
    assert json.loads(text)["record"]["note"] == evil
