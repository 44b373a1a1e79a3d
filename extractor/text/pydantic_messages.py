"""Rewrites Pydantic's messages for the person who typed the value."""

import re

_TYPES = {
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "string": "text",
    "dictionary": "a table of names and values",
    "list": "a list",
}
_INVALID_JSON = re.compile(r"Invalid JSON: (.*)|JSON decode error", re.DOTALL)
_TYPE = re.compile(r"Input should be a valid (\w+)\b.*", re.DOTALL)


def plain_message(message: str) -> str:
    """Return one of Pydantic's messages in plain words; one not known here stays as it is.

    E.g. "must be a whole number" for "Input should be a valid integer, unable to parse string".
    """
    message = message.removeprefix("Value error, ").removeprefix("Assertion failed, ").rstrip(" .")
    if match := _INVALID_JSON.fullmatch(message):
        return f"this is not valid JSON ({match[1]})" if match[1] else "this is not valid JSON"
    if (match := _TYPE.fullmatch(message)) and match[1] in _TYPES:
        return f"must be {_TYPES[match[1]]}"
    if message == "Field required":
        return "is missing"
    if message == "Extra inputs are not permitted":
        return "is not known here"
    return re.sub(r"^Input should ", "must ", message)
