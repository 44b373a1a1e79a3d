"""Rewrites Pydantic's messages for the person who typed the value."""

import re

_KINDS = {
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "string": "text",
    "dictionary": "a table of names and values",
    "list": "a list",
}
_INVALID_JSON = re.compile(r"Invalid JSON: (.*)|JSON decode error", re.DOTALL)
_KIND = re.compile(r"Input should be a valid (\w+)\b.*", re.DOTALL)


def plainly(message: str) -> str:
    """Return a message of pydantic's without its own words; what is not known here stays."""
    message = message.removeprefix("Value error, ").removeprefix("Assertion failed, ").rstrip(" .")
    if match := _INVALID_JSON.fullmatch(message):
        return f"this is not valid JSON ({match[1]})" if match[1] else "this is not valid JSON"
    if (match := _KIND.fullmatch(message)) and match[1] in _KINDS:
        return f"must be {_KINDS[match[1]]}"
    if message == "Field required":
        return "is missing"
    if message == "Extra inputs are not permitted":
        return "is not known here"
    return re.sub(r"^Input should ", "must ", message)
