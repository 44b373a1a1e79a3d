"""Bounds a page before it is taken apart, and makes cheap what costs a reader of pages too much.

The libraries that read it (lxml, trafilatura) are made for pages as publishers write them. On
others some of their steps take time with the square of what is there, or worse: a tag with very
many attributes, very many bits of text in one paragraph, very much JSON-LD with tags in it. So

    check_source(html, name)     refuses a large page with a tag of too many attributes, unparsed
    check_tree(tree, name)       refuses such a page, and one of too many elements, once parsed
    tame(tree)                   drops JSON-LD that the libraries do not take well
    is_cut(tree, html)           tells whether the parser stopped before the page's end

A usual page is far from all of these and is not changed. To look at it takes a hundredth of the
time that reading it takes.
"""

import re
from collections import Counter
from functools import cache
from typing import Any

from extractor.article import Remark
from extractor.errors import ArticleTooLarge

MOST_ELEMENTS = 50_000  # of a page; a live blog has 20,000
MOST_IN_A_PARAGRAPH = 5_000  # elements within its lines, such as links
MOST_ATTRIBUTES = 2_000  # of one tag, counted roughly
_MOST_JSON = 1_000_000  # characters of JSON-LD on one page
_MOST_MARKED_JSON = 2_000_000_000  # of one script, times how many characters of it may open a tag
_DEEPEST = 256  # levels, where libxml2 stops
_MOST_PARSED = 10_000_000  # characters in one piece, where it stops too
_LARGE = 300_000  # characters of a page whose parsing can take long
_MANY_ATTRIBUTES = 5_000  # of all elements of a page

WHAT_TO_DO = "save the article's text as .txt"

# Elements whose content is text for the parser, whatever it looks like.
_AS_TEXT = "script style textarea title xmp iframe noembed noframes".split()
_QUOTED = r"""(?>"[^"]*+"|'[^']*+')"""
# An attribute with its value, or a part of one, with the blanks and slashes behind it.
_ATTRIBUTE = rf"""(?>[^\s"'>/]++{_QUOTED}?+[\s/]*+|[\s/]++|{_QUOTED})"""
_ATTRIBUTES = rf"{_ATTRIBUTE}{{0,{MOST_ATTRIBUTES}}}+(?!{_ATTRIBUTE})"
_IN_LINES = (
    "a abbr acronym b bdi bdo big button cite code data del dfn em font i ins kbd label mark "
    "meter output q ruby s samp small span strike strong sub sup time tt u var"
).split()
_JSON_TYPE = "application/ld+json"


# --- the source ---

CUT = Remark(
    "page_truncated",
    "The page is nested too deeply, or has a piece that is too long: what follows was not read.",
)


def check_source(html: str, source: str) -> None:
    """Raise ArticleTooLarge when a tag has very many attributes. `source` names the page."""
    if len(html) < _LARGE or not _suspicious().search(html):
        return
    bounded = _in_bounds().match(html)
    if bounded is None or bounded.end() < len(html):
        raise _too_many_attributes(source)


@cache
def _suspicious() -> re.Pattern[str]:
    """Return what finds quickly a tag that may have very many attributes, or looks like one."""
    run = r"""[^"'>]{0,1999}+"""
    return re.compile(
        rf"""<[a-zA-Z](?>{run}{_QUOTED}){{0,49}}+(?:[^"'>]{{2000}}|(?>{run}{_QUOTED}))"""
    )


@cache
def _in_bounds() -> re.Pattern[str]:
    """Return what matches all of a page's source up to a tag with too many attributes.

    It is possessive throughout: it never goes back.
    """
    as_text = [_any_case(name) for name in _AS_TEXT]
    parts = [
        "[^<]++",
        "<(?![a-zA-Z!])",
        "<!--(?:[^-]++|-(?!->))*+",
        "<!(?!--)",
        *(rf"<{name}(?=[\s/>]){_ATTRIBUTES}(?:[^<]++|<(?!/{name}))*+" for name in as_text),
        rf"<(?!(?:{'|'.join(as_text)})[\s/>])[a-zA-Z]{_ATTRIBUTES}",
    ]
    return re.compile(f"(?:{'|'.join(parts)})*+")


def _any_case(name: str) -> str:
    return "".join(f"[{letter}{letter.upper()}]" for letter in name)


def _too_many_attributes(source: str) -> ArticleTooLarge:
    return ArticleTooLarge(
        f"{source}: a tag of the page has more than {MOST_ATTRIBUTES:,} attributes; {WHAT_TO_DO}."
    )


# --- the parsed page ---


def check_tree(tree: Any, source: str) -> None:
    """Raise ArticleTooLarge when a page has very many elements. `source` names the page."""
    count = int(_xpath("count(//*)")(tree))
    if count > MOST_ELEMENTS:
        raise ArticleTooLarge(
            f"{source}: the page has {count:,} elements, and one may have {MOST_ELEMENTS:,}; "
            f"{WHAT_TO_DO}."
        )
    if _xpath("count(//@*)")(tree) > _MANY_ATTRIBUTES and _xpath(
        f"boolean(//*[count(@*) > {MOST_ATTRIBUTES}])"
    )(tree):
        raise _too_many_attributes(source)
    if count > MOST_IN_A_PARAGRAPH and (most := _most_in_a_paragraph(tree)) > MOST_IN_A_PARAGRAPH:
        raise ArticleTooLarge(
            f"{source}: a paragraph of the page has {most:,} elements, and one may have "
            f"{MOST_IN_A_PARAGRAPH:,}; {WHAT_TO_DO}."
        )


def is_cut(tree: Any, html: str) -> bool:
    """Return whether the parser stopped before the page's end: nested too deeply, or too long."""
    if _xpath(f"boolean({'/*' * _DEEPEST})")(tree):
        return True
    if len(html) < _MOST_PARSED:
        return False
    from trafilatura.utils import HTML_PARSER

    return any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in HTML_PARSER.error_log)


def tame(tree: Any) -> None:
    """Empty scripts of JSON-LD that the libraries would look through for very long."""
    left = _MOST_JSON
    for script in tree.iter("script"):
        if script.get("type") == _JSON_TYPE and (text := script.text):
            left -= len(text)
            marks = text.count("<") + text.count("&") + text.count("\\u")
            if left < 0 or marks * len(text) > _MOST_MARKED_JSON:
                script.text = None


def _most_in_a_paragraph(tree: Any) -> int:
    """Return how many elements there are within the lines of one paragraph, at the most.

    Where all paragraphs together have not too many it is what they have.
    """
    together = sum(1 for _ in tree.iter(*_IN_LINES))
    if together <= MOST_IN_A_PARAGRAPH:
        return together
    counts: Counter[Any] = Counter()
    in_lines = frozenset(_IN_LINES)
    homes: dict[Any, Any] = {}  # of the elements met, the paragraph
    for element in tree.iter(*_IN_LINES):
        above = element.getparent()
        home = homes.get(above, above) if above is not None and above.tag in in_lines else above
        homes[element] = home
        counts[home] += 1
    return max(counts.values(), default=0)


@cache
def _xpath(expression: str) -> Any:
    from lxml.etree import XPath

    return XPath(expression)
