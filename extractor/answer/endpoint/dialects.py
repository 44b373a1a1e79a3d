"""What an endpoint turns out not to know of the chat interface, and requests without it."""

import json
import re
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Allowances:
    """What an endpoint turned out not to know; found out once, then kept."""

    found: set[str] = field(default_factory=set)

    def learn(self, refusal: str) -> bool:
        """Take a lesson from a refusal; return whether there is a new one."""
        for lesson in self.lessons_in(refusal):
            if lesson not in self.found:
                self.found.add(lesson)
                return True
        return False

    def lessons_in(self, refusal: str) -> list[str]:
        """Return every lesson that a refusal might be about."""
        return [lesson for lesson, pattern in _LESSONS.items() if pattern.search(refusal)]

    def apply(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return the request without what the endpoint does not know."""
        request = dict(request)
        if "json_object" in self.found and (form := request.get("response_format")):
            request["response_format"] = {"type": "json_object"}
            schema = form["json_schema"]["schema"]
            request["messages"] = _with_schema(request["messages"], schema)
        if "max_completion_tokens" in self.found:
            request["max_completion_tokens"] = request.pop("max_tokens")
        if "no_temperature" in self.found:
            request.pop("temperature", None)
        if "no_logprobs" in self.found:
            request.pop("logprobs", None)
            request.pop("top_logprobs", None)
        return request


_LESSONS = {
    "max_completion_tokens": re.compile(r"max_completion_tokens"),
    "no_temperature": re.compile(r"(?i)temperature"),
    "no_logprobs": re.compile(r"(?i)logprobs"),
    "json_object": re.compile(r"(?i)response_format|json_schema|\bstrict\b|guided_json"),
}


def _with_schema(messages: list[dict[str, Any]], schema: dict[str, Any]) -> list[dict[str, Any]]:
    told = "\n\nAnswer with one JSON object of this schema:\n" + json.dumps(schema)
    first, *rest = messages
    return [{**first, "content": first["content"] + told}, *rest]
