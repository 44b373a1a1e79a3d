"""A question as the JSON of a chat request, and the parts of an answer's JSON that are read."""

import math
import re
from typing import Any, Self

from extractor.answers import encodable
from extractor.frozen import frozen
from extractor.settings import Settings

# Of an answer in plain words: the most tokens, and how many of its likeliest openings are given.
_FEW_TOKENS, _OPENINGS = 8, 20


@frozen
class Question:
    """One thing to ask: what the model reads, and the JSON schema that it answers in.

    Without a schema it answers in a few plain words, with the log-probabilities of the first
    token, and a fault in the answer does not go back to it.
    """

    system: str
    user: str
    name: str  # of the schema: "quotes"
    schema: dict[str, Any] | None  # strict, see wire.py
    strict: bool = True


class AnswerText(str):
    """An answer's text, with the likeliest first tokens where they were asked for."""

    __slots__ = ("openings",)

    openings: tuple[tuple[str, float], ...]  # (the first token, its log-probability)

    def __new__(cls, choice: dict[str, Any]) -> Self:
        """Take an answer's choice as the endpoint gives it."""
        words = super().__new__(cls, choice["message"]["content"])
        words.openings = _openings(choice)
        return words


def _openings(choice: dict[str, Any]) -> tuple[tuple[str, float], ...]:
    """Return the likeliest first tokens of an answer; none where the endpoint gives none."""
    try:
        found = choice["logprobs"]["content"][0]["top_logprobs"]
        odds = [(str(one["token"]), float(one["logprob"])) for one in found]
    except (KeyError, IndexError, TypeError, ValueError):
        return ()
    return tuple((token, min(0.0, odd)) for token, odd in odds if not math.isnan(odd))


def messages_of(question: Question) -> list[dict[str, Any]]:
    """Return a question as the messages that it begins with."""
    return [
        {"role": "system", "content": question.system},
        {"role": "user", "content": question.user},
    ]


def request_of(
    question: Question, messages: list[dict[str, Any]], settings: Settings
) -> dict[str, Any]:
    """Return the request that asks a question by these messages."""
    request: dict[str, Any] = {
        "model": settings.model,
        "messages": [{**one, "content": encodable(one["content"])} for one in messages],
        "temperature": settings.temperature,
    }
    if question.schema is None:
        few = min(_FEW_TOKENS, settings.max_output_tokens)
        return request | {"max_tokens": few, "logprobs": True, "top_logprobs": _OPENINGS}
    return request | {
        "max_tokens": settings.max_output_tokens,
        "response_format": {
            "type": "json_schema",
            "json_schema": {
                "name": re.sub(r"[^\w-]", "_", question.name, flags=re.ASCII)[:64],
                "schema": question.schema,
                "strict": question.strict,
            },
        },
    }


def characters_of(request: dict[str, Any]) -> int:
    """Return how many characters the messages of a request have."""
    return sum(len(message["content"]) for message in request["messages"])


def guessed_tokens(request: dict[str, Any]) -> int:
    """Return about how many tokens a request has: English has 4 characters in one, markup fewer."""
    return characters_of(request) // 3


def tokens_of(data: dict[str, Any]) -> tuple[int, int]:
    """Return an answer's counts of input and output tokens; 0 where it gives none."""
    counted = data.get("usage")
    counted = counted if isinstance(counted, dict) else {}
    return _number(counted, "prompt_tokens"), _number(counted, "completion_tokens")


def _number(counted: dict[str, Any], key: str) -> int:
    value = counted.get(key)
    return value if isinstance(value, int) and value >= 0 else 0


class AskAgain(ValueError):
    """What is wrong with an answer, in words that the model can act on."""
