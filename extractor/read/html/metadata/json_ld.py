"""Reads the JSON-LD of a page: finds the object that is the page's article among all that it says.

Pages write it by hand and by templates, so what is no JSON is mended as far as search engines do:
comments, trailing commas, line breaks within strings, quotation marks as HTML entities.
"""

import json
import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import TYPE_CHECKING, Any

from extractor.article import Remark
from extractor.frozen import frozen
from extractor.read.html.metadata.titles import squeezed

if TYPE_CHECKING:
    from lxml.html import HtmlElement

Json = dict[str, Any]

_MOST = 3_000_000  # characters of all blocks of a page; a live page of a day has a tenth
_MOST_OBJECTS = 5_000
_LONGEST = 2_000  # characters of a name or a headline
_ARTICLE = re.compile(r"(?:\w*Article|BlogPosting|LiveBlogPosting|Report|\w*Review|Posting)\Z")
# What holds the page's own objects; a list of other articles is not looked into.
_INSIDE = ("@graph", "mainEntity", "mainEntityOfPage", "review", "hasPart")
_WRAPPING = re.compile(
    r"^\s*(?://\s*)?(?:/\*\s*)?<!(?:\[CDATA\[|--)(?:\s*\*/)?|(?://\s*)?(?:/\*\s*)?(?:\]\]|--)>(?:\s*\*/)?\s*$"
)
# A string, or what is not JSON between strings: a comment, a comma before a closing bracket.
# What is not closed goes to the end, so that no end is sought twice.
_OUTSIDE = re.compile(
    r'"(?:[^"\\]|\\.)*+(?:"|\Z)|/\*(?:[^*]|\*(?!/))*+(?:\*/|\Z)|//[^\n]*|,(?=\s*[}\]])', re.S
)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")


@frozen
class ArticleObject:
    """What JSON-LD says of the page's article; empty where it says nothing."""

    headline: str | None = None
    authors: tuple[str, ...] = ()  # as given, people and organisations
    organisations: frozenset[str] = frozenset()  # those of the authors that are none
    published: tuple[Any, ...] = ()  # as given, the best first
    publisher: str | None = None
    site: str | None = None
    url: str | None = None
    section: tuple[str, ...] = ()
    words: int | None = None  # how long the whole article is
    paid: bool = False  # it says that it is not free to read
    paid_parts: tuple[str, ...] = ()  # the CSS selectors of the parts that are not
    broken: int = 0  # blocks that are no JSON


def read_json_ld(tree: "HtmlElement", *, headings: Iterable[str] = ()) -> ArticleObject:
    """Return what the page's JSON-LD says of its article. Raises nothing that a page can cause.

    `headings` are the page's own, by which the right one of several articles is known.
    """
    objects: list[Json] = []
    broken = 0
    for block in _blocks(tree):
        found = _parsed(block)
        broken += not found
        for value in found:
            objects += _own_objects(value, 0)
    by_id = {o["@id"]: o for o in objects if isinstance(o.get("@id"), str) and len(o) > 2}
    wanted = {squeezed(heading) for heading in headings} - {""}
    ranked = sorted(
        ((rank, -i) for i, o in enumerate(objects[:_MOST_OBJECTS]) if (rank := _rank(o, wanted))),
        reverse=True,
    )
    articles = [objects[-i] for _, i in ranked]
    sites = [o for o in objects if {"WebSite", "NewsMediaOrganization"} & set(_types(o))]
    names = [_name(o, by_id) for o in sites]
    return _said(articles, by_id, next(filter(None, names), None), broken)


def _said(
    articles: list[Json], by_id: dict[str, Json], site: str | None, broken: int
) -> ArticleObject:
    """Return what the best of the objects says, and where it is silent the next of its headline."""
    if not articles:
        return ArticleObject(site=site, broken=broken)
    best = articles[0]
    same = [a for a in articles if _is_article(a) == _is_article(best)][:4]
    head = squeezed(_headline(best) or "")
    same = [best, *(a for a in same[1:] if squeezed(_headline(a) or "") == head)]
    pages = [a for a in articles if not _is_article(a)][:2]  # WebPage, ItemPage
    authors: tuple[str, ...] = ()
    organisations: set[str] = set()
    for one in (*same, *pages):
        people = [p for key in ("author", "creator") for p in _people(one.get(key), by_id)][:60]
        names = list(dict.fromkeys(name for name, _ in people))
        if names:
            authors = tuple(names)
            organisations = {name for name, is_one in people if is_one}
            break
    parts = [p for a in (*same, *pages) for p in _listed(a.get("hasPart")) if isinstance(p, dict)]
    return ArticleObject(
        headline=_headline(best),
        authors=authors,
        organisations=frozenset(organisations),
        published=tuple(
            one[key]
            for key in ("datePublished", "dateCreated", "uploadDate")
            for one in (*same, *pages)
            if isinstance(one.get(key), str | int | float)
        ),
        publisher=next((n for a in (*same, *pages) for key in ("publisher", "sourceOrganization")
                        if (n := _name(a.get(key), by_id))), None),
        site=site,
        url=_url(best),
        section=tuple(_text(s) or "" for s in _listed(best.get("articleSection")))[:10],
        words=_count(best.get("wordCount")),
        paid=any(_is_false(a.get("isAccessibleForFree")) for a in (*same, *pages)),
        paid_parts=tuple(
            selector
            for part in parts
            if _is_false(part.get("isAccessibleForFree"))
            for selector in map(_text, _listed(part.get("cssSelector")))
            if selector
        ),
        broken=broken,
    )  # fmt: skip


def broken_remark(said: ArticleObject) -> tuple[Remark, ...]:
    """Return a remark when nothing but unreadable JSON-LD was there."""
    if not said.broken or said.headline or said.authors or said.published:
        return ()
    return (
        Remark(
            "metadata_unreadable",
            "The page's JSON-LD, which names title, authors and date, cannot be read; they are "
            "taken from elsewhere on the page.",
        ),
    )


def _blocks(tree: "HtmlElement") -> Iterator[str]:
    """Yield the page's blocks of JSON-LD."""
    left = _MOST
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower():
            text = script.text_content()
            left -= len(text)
            if left < 0:
                return
            if text.strip():
                yield text


def _parsed(block: str) -> list[Any]:
    """Return the values of a block, nearly always one; none when it is beyond mending."""
    if "<!" in block[:40] or "<![CDATA[" in block[:80]:
        block = _WRAPPING.sub("", block)
    for mend in (str, _mended, lambda text: _mended(unescape(text))):
        text = mend(block).strip().rstrip(";").lstrip("\ufeff")
        values: list[Any] = []
        at = 0
        decoder = json.JSONDecoder(strict=False)
        try:
            while at < len(text):
                value, at = decoder.raw_decode(text, at)
                values.append(value)
                while at < len(text) and text[at] in " \t\r\n,;":
                    at += 1
        except (ValueError, RecursionError):
            if values:  # what stands behind it is broken
                return values
            continue
        return values
    return []


def _mended(text: str) -> str:
    """Return a block without comments and trailing commas."""
    return _OUTSIDE.sub(lambda m: m[0] if m[0][0] == '"' else "", text)


def _own_objects(value: Any, depth: int) -> list[Json]:
    """Return the objects that a value holds: itself, a list, what is in it as the page's own."""
    if depth > 4:
        return []
    if isinstance(value, list):
        return [o for item in value[:500] for o in _own_objects(item, depth + 1)]
    if not isinstance(value, dict):
        return []
    found = [value]
    for key in _INSIDE:
        if isinstance(value.get(key), list | dict):
            found += _own_objects(value[key], depth + 1)
    return found


def _rank(value: Json, headings: set[str]) -> tuple[int, ...] | None:
    """Return how likely an object is the page's article, to be compared; None: it is none."""
    types = _types(value)
    article = _is_article(value)
    if not article and not {
        "WebPage",
        "ItemPage",
        "VideoObject",
        "AudioObject",
        "NewsMediaPage",
    } & set(types):
        return None
    head = squeezed(_headline(value) or "")
    same = bool(head) and any(
        head == h or (len(head) > 12 and (head in h or h in head)) for h in headings
    )
    media = bool({"VideoObject", "AudioObject"} & set(types))
    said = sum(key in value for key in ("author", "datePublished", "publisher", "articleBody"))
    return (article, same, not media, bool(head), said)


def _is_article(value: Json) -> bool:
    return any(_ARTICLE.match(kind) for kind in _types(value))


def _types(value: Json) -> list[str]:
    return [
        re.split(r"[/#:]", kind.strip())[-1]
        for kind in _listed(value.get("@type"))
        if isinstance(kind, str)
    ]


def _headline(value: Json) -> str | None:
    return _text(value.get("headline")) or _text(value.get("name"))


def _people(value: Any, by_id: dict[str, Json]) -> Iterator[tuple[str, bool]]:
    """Yield the names of authors, and whether each is an organisation."""
    for item in _listed(value)[:100]:
        if isinstance(item, list):
            yield from _people(item, by_id)
        elif isinstance(item, str):
            if name := _text(item):
                yield name, False
        elif isinstance(item, dict):
            if isinstance(item.get("@list"), list):
                yield from _people(item["@list"], by_id)
                continue
            known = by_id.get(str(item.get("@id")), {}) if "name" not in item else {}
            whole = {**known, **item}
            is_one = any("rgani" in kind for kind in _types(whole))
            for name in _listed(whole.get("name")):
                if text := _text(name):
                    yield text, is_one


def _name(value: Any, by_id: dict[str, Json]) -> str | None:
    """Return the name of an organisation: a text, an object, a reference to one, or a list."""
    for item in _listed(value)[:5]:
        if isinstance(item, dict):
            known = by_id.get(str(item.get("@id")), {})
            if name := _text(item.get("name")) or _text(known.get("name")):
                return name
        elif name := _text(item):
            return name
    return None


def _url(value: Json) -> str | None:
    main = value.get("mainEntityOfPage")
    main = main.get("@id") or main.get("url") if isinstance(main, dict) else main
    for url in (value.get("url"), main):
        if isinstance(url, str) and url.startswith(("https://", "http://")):
            return url.strip()
    return None


def _text(value: Any) -> str | None:
    """Return a value as one line without tags and entities; None when it is no text."""
    if isinstance(value, list):
        value = next((item for item in value if isinstance(item, str)), None)
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name")
    if not isinstance(value, str):
        return None
    value = value[:_LONGEST]
    if "&" in value:
        value = unescape(unescape(value))
    if "<" in value:
        value = _TAG.sub("", value)
    return " ".join(value.split()) or None


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _count(value: Any) -> int | None:
    try:
        return int(value) if value is not None and 0 < int(value) < 200_000 else None
    except (TypeError, ValueError):
        return None


def _is_false(value: Any) -> bool:
    return value is False or (isinstance(value, str) and value.strip().lower().endswith("false"))
