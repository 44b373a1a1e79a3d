"""Reads which language a page says that it is in."""

import re

_MOST, _MOST_TO_TAG = 1 << 18, 1 << 13  # bytes that are looked at
_HTML_TAG = re.compile(
    rb"<html\b[^>]{0,1000}?\b(?:xml:)?lang\s*=\s*[\"']?\s*([A-Za-z]{2,3}[\w-]{0,20})", re.I
)
_IN_LANGUAGE = re.compile(rb"\"inLanguage\"\s{0,20}:\s{0,20}\"([A-Za-z]{2,3}[\w-]{0,20})\"")


def declared_language(data: bytes) -> str | None:
    """Return the language of a page as a tag, e.g. "de-AT": its article's, or the page's own.

    None where it names none. A page in UTF-16 is read as one that names none.
    """
    match = _IN_LANGUAGE.search(data, 0, _MOST) or _HTML_TAG.search(data, 0, _MOST_TO_TAG)
    return match[1].decode("ascii") if match else None
