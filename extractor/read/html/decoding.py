"""Decodes the bytes of a web page, and tells whether bytes are a web page at all."""

import codecs
import re
from dataclasses import replace

from extractor.article import Remark
from extractor.read.text import decode

_OPENING = re.compile(  # atomic groups: a file of nothing but comments must not hang it
    rb"\s*(?:<\?xml[^>]*>\s*)?(?>(?:(?><!--.*?-->)\s*)*)<(?:!doctype\s+html|html|head|body)\b",
    re.I | re.S,
)
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.I)


def looks_like_html(data: bytes) -> bool:
    """Return whether bytes open as a web page, e.g. with "<!doctype html"; not text about tags."""
    head = data[:4096].removeprefix(codecs.BOM_UTF8)
    if b"\0" in head:  # UTF-16: enough to see the opening
        head = head.removeprefix(codecs.BOM_UTF16_LE).removeprefix(codecs.BOM_UTF16_BE)
        head = head.replace(b"\0", b"")
    return _OPENING.match(head) is not None


def decode_page(
    data: bytes, source: str, charset: str | None = None
) -> tuple[str, tuple[Remark, ...]]:
    """Return the page's source decoded, and remarks; `charset` is what the server's answer said.

    As browsers do it, but that UTF-8 is known by its bytes, whatever the page is labelled as.
    """
    declared = _CHARSET.search(data[:4096])
    labels = [charset] if charset else []
    if declared:
        labels.append(declared[1].decode("ascii", "replace"))
    html, remarks = decode(data, source, labels)
    # Offsets in the page's source mean nothing in the article's text, which is judged by itself.
    return html, tuple(replace(r, where=None) for r in remarks if r.code != "mojibake")
