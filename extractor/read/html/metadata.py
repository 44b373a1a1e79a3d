"""What a web page says of its article: title, byline, outlet, date, address."""

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from lxml.html import HtmlElement


class PageMetadata(NamedTuple):
    """What a page says of its article; None where it does not say it."""

    title: str | None
    byline: str | None
    outlet: str | None
    date: str | None
    url: str | None


def page_metadata(tree: "HtmlElement") -> PageMetadata:
    """Return what the page says of its article. The tree is as parsed, and is not changed."""
    from trafilatura.metadata import extract_metadata

    found = extract_metadata(tree)
    return PageMetadata(
        title=_line(found.title),
        byline=_line(found.author),
        outlet=_line(found.sitename),
        date=_line(found.date),
        url=_line(found.url),
    )


def _line(value: str | None) -> str | None:
    """Return a value of the metadata as one line, None when there is nothing in it."""
    return " ".join(value.split()) or None if value else None
