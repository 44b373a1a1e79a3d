"""Reads the article in a message: an e-mail (.eml), or a page as browsers save it (.mhtml)."""

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple, cast

from extractor.errors import NotAnArticle

# A header at the very beginning, and one of those that make it a message, before an empty line.
# A mailbox has a line before it.
_OPENING = re.compile(
    rb"(?:From [^\n]*\n)?"
    rb"(?:[A-Za-z][A-Za-z-]{1,40}:[^\n]*\r?\n(?:[ \t]+[^\n]*\r?\n)*){1,80}"
)
_TELLS = re.compile(
    rb"^(?:MIME-Version:\s*1\.0[ \t]*\r?$|Message-ID:\s*<|Snapshot-Content-Location:)", re.I | re.M
)
_HEAD = 16_384  # bytes in which the headers are looked for
_LONGEST = 4_000  # characters of a header: parsing takes time with their square
_ENDINGS = (".eml", ".mhtml", ".mht")


class Part(NamedTuple):
    """The part of a message that holds the article, and what its headers know."""

    data: bytes  # a page, or a text
    charset: str | None  # its encoding, as the message says
    is_page: bool
    title: str | None
    date: str | None  # ISO 8601, of an e-mail
    url: str | None


class _BoundedPolicy(EmailPolicy):
    """The usual policy, which looks at the beginning of a very long header."""

    def header_fetch_parse(self, name: str, value: str) -> Any:
        """Return a header's value, parsed."""
        short = value if hasattr(value, "name") else value[:_LONGEST]
        return super().header_fetch_parse(name, short)


def looks_like_message(data: bytes, name: str) -> bool:
    """Return whether bytes open with the headers of a message; an ending may say so as well."""
    head = _OPENING.match(data[:_HEAD].lstrip(b"\r\n"))
    if head is None:
        return False
    return name.lower().endswith(_ENDINGS) or _TELLS.search(head.group()) is not None


def article_part(data: bytes, source: str) -> Part:
    """Return the part that holds the article: the page, or else the text.

    Raises NotAnArticle when there is neither.
    """
    try:
        parsed = message_from_bytes(data.lstrip(b"\r\n"), policy=_BoundedPolicy())
        message = cast(EmailMessage, parsed)  # as that policy makes it
        body = message.get_body(("related", "html", "plain"))
        if body is not None and body.get_content_maintype() == "multipart":
            body = body.get_body(("html", "plain"))  # the page among its pictures
        if body is None:
            raise NotAnArticle(
                f"{source}: there is neither a page nor a text in this message; save the article's "
                "text as .txt."
            )
        saved = "Snapshot-Content-Location" in message
        return Part(
            data=cast(bytes, body.get_payload(decode=True) or b""),
            charset=body.get_content_charset(),
            is_page=body.get_content_subtype() == "html",
            title=_line(message["Subject"]),
            date=None if saved else _date(message["Date"]),  # a saved page's is when it was saved
            url=_url(message["Snapshot-Content-Location"] or body["Content-Location"]),
        )
    except NotAnArticle:
        raise
    except Exception as error:  # a parser fed with anything
        raise NotAnArticle(
            f"{source}: the message is damaged ({type(error).__name__}); save the article's text "
            "as .txt."
        ) from error


def _line(value: object) -> str | None:
    return " ".join(str(value).split()) or None if value else None


def _date(value: object) -> str | None:
    try:
        return parsedate_to_datetime(str(value)).isoformat() if value else None
    except (ValueError, TypeError, IndexError):
        return None


def _url(value: object) -> str | None:
    text = _line(value)
    return text if text and text.startswith(("http://", "https://")) else None
