"""A stub that gives recorded answers: what a small model said to the questions of cassettes/.

A question that has changed since the recording is given the answer to the most similar one: of
the same kind and round, and of the nearest size. Its tokens are those that were counted then.
"""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from tests.conftest import ROOT
from tests.support import cassettes
from tests.support.stubs.server import Play, Script

Recorded = tuple[int, str, dict[str, Any]]  # characters, messages, answer


def recorded_answers(*names: str) -> Script:
    """Return a script that plays the cassettes of these names ("bbc-prisoners-whole")."""
    by_kind: dict[tuple[str, int], list[Recorded]] = defaultdict(list)
    for name in names:
        text = Path(ROOT, "cassettes", f"{name}.yaml").read_text(encoding="utf-8")
        for interaction in cassettes.deserialize(text)["interactions"]:
            asked = json.loads(interaction["request"]["body"])
            answer = json.loads(interaction["response"]["body"]["string"])
            by_kind[_kind(asked)].append((_size(asked), _words(asked), answer))

    def script(body: dict[str, Any], _: int) -> Play:
        known = by_kind[_kind(body)] or by_kind[_kind(body)[0], _kind(body)[1] - 1]
        words, size = _words(body), _size(body)
        nearest = min(known, key=lambda one: (one[1] != words, abs(one[0] - size)))
        answer = json.dumps(nearest[2]).encode()
        return Play(body=answer, headers={"content-type": "application/json"})

    return script


def _kind(asked: dict[str, Any]) -> tuple[str, int]:
    return asked["response_format"]["json_schema"]["name"], len(asked["messages"]) // 2


def _size(asked: dict[str, Any]) -> int:
    return sum(len(message["content"]) for message in asked["messages"])


def _words(asked: dict[str, Any]) -> str:
    return json.dumps(asked["messages"])
