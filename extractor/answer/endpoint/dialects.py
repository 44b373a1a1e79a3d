"""Learns from refusals which parameters of a chat request an endpoint rejects, and omits them."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

# What to change in a request, and the words of a refusal that ask for it.
_ADAPTATIONS = {
    "max_completion_tokens": re.compile(r"max_completion_tokens"),
    "no_temperature": re.compile(r"(?i)temperature"),
    "no_logprobs": re.compile(r"(?i)logprobs"),
    "json_object": re.compile(r"(?i)response_format|json_schema|\bstrict\b|guided_json"),
}


@dataclass
class Dialect:
    """How requests to one endpoint are adapted; it starts with the full interface."""

    adaptations: set[str] = field(default_factory=set)  # names out of `_ADAPTATIONS`

    def learn(self, refusal: str) -> bool:
        """Take one new adaptation from the words of a refusal; return whether there was one."""
        for adaptation in self.adaptations_for(refusal):
            if adaptation not in self.adaptations:
                self.adaptations.add(adaptation)
                return True
        return False

    def adaptations_for(self, refusal: str) -> list[str]:
        """Return every adaptation that a refusal might ask for."""
        return [name for name, pattern in _ADAPTATIONS.items() if pattern.search(refusal)]

    def apply(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return a request as this endpoint takes it."""
        request = dict(request)
        if "json_object" in self.adaptations and (form := request.get("response_format")):
            request["response_format"] = {"type": "json_object"}
            schema = form["json_schema"]["schema"]
            request["messages"] = _with_schema(request["messages"], schema)
        if "max_completion_tokens" in self.adaptations:
            request["max_completion_tokens"] = request.pop("max_tokens")
        if "no_temperature" in self.adaptations:
            request.pop("temperature", None)
        if "no_logprobs" in self.adaptations:
            request.pop("logprobs", None)
            request.pop("top_logprobs", None)
        return request


def _with_schema(messages: list[dict[str, Any]], schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the messages with the JSON schema written out at the end of the first one."""
    words = "\n\nAnswer with one JSON object of this schema:\n" + json.dumps(schema)
    first, *rest = messages
    return [{**first, "content": first["content"] + words}, *rest]
