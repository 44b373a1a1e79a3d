"""What a web page says of its article: title, byline, outlet, date, address, whether it is free.

Each is taken from where it is said most plainly: JSON-LD, which pages write for search engines,
then `<meta>` tags, then what stands at the article's head. Nothing is guessed: no date comes from a
footer, from an embedded post or from the middle of the text; a site is no author, unless JSON-LD
names it as one and the page shows no person.
"""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from extractor.article import Remark
from extractor.read.dates import ReadDate, date_remark, read_date
from extractor.read.html.metadata.authors import author_names, is_role, is_site, says_by
from extractor.read.html.metadata.json_ld import ArticleObject, broken_remark, read_json_ld
from extractor.read.html.metadata.meta_tags import (
    AUTHORS,
    DATES,
    SECTIONS,
    SITES,
    TITLES,
    MetaTags,
    read_meta_tags,
)
from extractor.read.html.metadata.on_page import copyright_holder, line, read_headings, read_on_page
from extractor.read.html.metadata.titles import squeezed, without_site

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_LONGEST_TITLE = 500  # characters
_LONGEST_OUTLET = 60
_IN_ADDRESS = re.compile(
    r"/((?:19|20)\d\d)[/-](0?[1-9]|1[0-2])[/-](0?[1-9]|[12]\d|3[01])(?=[/\-.]|$)"
)
_COMPANY = re.compile(r"\b(?:AG|GmbH|KG|Ltd|Limited|Inc|LLC|PLC|Corp|S\.?L|S\.?A|B\.?V|Oy|A/S)\.?$")
_HAS_CAPITALS = re.compile(r"[A-Za-zÀ-ɏͰ-ϿЀ-ԯ]")
_IS_ADDRESS = re.compile(r"https?:|/|www\.", re.I)
_SHORT = 250  # words; some pages count letters as words, so a long text proves nothing
_WHOLE = 0.9  # of the words that a page says the article has
_WALL = re.compile(
    r"""(?:class|id)\s*=\s*["'][^"'<>]{0,200}"""
    r"(?:pay-?wall|reg-?wall|subscri\w*-?wall|premium-?wall|metered|piano|article-?gate|abo-?wall)",
    re.I,
)
_PAID_TIERS = frozenset({"locked", "paid", "premium", "subscriber", "subscribers", "plus"})


class PageMetadata(NamedTuple):
    """What a page says of its article; None where it does not say it."""

    title: str | None
    byline: str | None  # "Ann Ames; Bo Ek", or as the page shows it
    organisation: str | None  # that JSON-LD names as the author, where no person is named
    outlet: str | None
    date: str | None  # ISO 8601, a day or a moment
    url: str | None


class PageSays(NamedTuple):
    """The metadata, and what is to be told of it."""

    metadata: PageMetadata
    remarks: tuple[Remark, ...]
    paid: bool  # the page says that not all can read it
    words: int | None  # of the whole article, as the page says
    headings: tuple[str, ...]  # of the first rank, as the page shows them


def page_metadata(tree: "HtmlElement") -> PageSays:
    """Return what the page says of its article. The tree is as parsed, and is not changed."""
    tags = read_meta_tags(tree)
    headings = read_headings(tree)
    shown = [line(heading)[:_LONGEST_TITLE] for heading in headings]
    head_title = next((t for e in tree.iter("title") if (t := line(e)[:_LONGEST_TITLE])), None)
    announced = tags.first(TITLES[:2]) or head_title
    said = read_json_ld(tree, headings=[*shown, *filter(None, [announced])])
    url = _address(tree, tags, said)
    host = urlsplit(url).hostname if url else None
    sites = [
        s for s in (said.publisher, said.site, *(v for _, v in tags.all(SITES[:4])), host) if s
    ]
    title = _title(said, tags, head_title, shown, sites)
    language = tree.get("lang") or next((e.get("lang") for e in tree.iter("html")), None)
    outlet = _outlet(said, tags, head_title, title, host)
    sites = [*sites, *filter(None, [outlet, copyright_holder(tree)])]
    given = _as_given(said, sites)
    people = given if any(not is_site(name, sites) for name in given) else []
    date, unread = _date(_stated_dates(said, tags), language, host)
    bylines, days = read_on_page(tree, headings, title, bylines=not people, dates=date is None)
    byline = "; ".join(people) or _byline(bylines, _people_in_tags(tags, sites, given), sites)
    organisation = None if byline else "; ".join(given) or None
    if date is None:
        date, _ = _date(days, language, host)
    if date is None and url and (match := _IN_ADDRESS.search(urlsplit(url).path)):
        date = read_date("-".join(match.groups())).iso
    remarks = broken_remark(said)
    if date is None and unread:
        remarks = (*remarks, date_remark(*unread))
    paid = (
        said.paid
        or bool(said.paid_parts)
        or (tags.first(("article:content_tier", "og:article:content_tier")) or "").lower()
        in _PAID_TIERS
    )
    known = PageMetadata(title, byline, organisation, outlet, date, url)
    return PageSays(known, remarks, paid, said.words, tuple(shown))


def teaser_remark(says: PageSays, html: str, text: str, words: int) -> tuple[Remark, ...]:
    """Return the remark that what was read of a page may be a part of its article.

    The page says so, and names no length that was read; or it names one of which a short text has
    not half; or a short text breaks off ("…") where the page has a paywall. `words`: how many were
    read.
    """
    short = words < _SHORT
    if says.paid and says.words and words >= _WHOLE * says.words:
        return ()  # whoever saved it could read it
    if says.paid:
        message = (
            "The page says that the article is not free to read: what was read may be only its "
            "beginning. Compare it with the whole article."
        )
    elif short and says.words and words < 0.5 * says.words:
        message = (
            f"The page says that the article has {says.words:,} words, and {words:,} were read: "
            "it may be only a part. Compare it with the whole article."
        )
    elif short and text.rstrip(" ])").endswith(("…", "...")) and _WALL.search(html):
        message = (
            "The text breaks off, and the page has a paywall: it may be only the article's "
            "beginning. Compare it with the whole article."
        )
    else:
        return ()
    return (Remark("teaser", message),)


def _address(tree: "HtmlElement", tags: MetaTags, said: ArticleObject) -> str | None:
    """Return the page's address."""
    links = (
        e.get("href") for e in tree.iter("link") if (e.get("rel") or "").lower() == "canonical"
    )
    for url in (*links, tags.first(("og:url", "twitter:url", "parsely-link")), said.url):
        if url and url.strip().startswith(("https://", "http://")) and _has_host(url.strip()):
            return str(url.strip())
    return None


def _has_host(url: str) -> bool:
    try:
        return bool(urlsplit(url).hostname)
    except ValueError:
        return False


def _title(
    said: ArticleObject, tags: MetaTags, head: str | None, shown: list[str], sites: list[str]
) -> str | None:
    """Return the article's title without the site's name."""
    sections = [*said.section, *(v for _, v in tags.all(SECTIONS))]
    candidates = [said.headline, *(v for _, v in tags.all(TITLES)), head]
    given = [c[:_LONGEST_TITLE] for c in candidates if c and squeezed(c)]
    if said.headline and given:
        title = given[0]
        if title.endswith(("…", "...")):  # cut, as search engines want it short
            start = squeezed(title)
            title = next((t for t in [*shown, *given[1:]] if squeezed(t).startswith(start)), title)
        return without_site(title, sites, shown, sections=sections)
    if (
        len(shown) == 1
        and given
        and squeezed(shown[0]) in squeezed(given[0])
        and len(shown[0]) > 12
    ):
        return shown[0]
    titles = [without_site(t, sites, shown, sections=sections) for t in given]
    names = {squeezed(s) for s in sites}
    titles = [t for t in titles if squeezed(t) not in names]
    if titles:
        return titles[0]
    return shown[0] if len(shown) == 1 else None


def _outlet(
    said: ArticleObject, tags: MetaTags, head: str | None, title: str | None, host: str | None
) -> str | None:
    """Return the outlet's name, without a tag line; that of a company if there is no other."""
    names = [tags.first(("og:site_name",)), said.publisher, said.site,
             *(v for _, v in tags.all(SITES[1:]))]  # fmt: skip
    if head and title and squeezed(head) != squeezed(title):
        rest = head.replace(title, "\n")
        names += [line for part in rest.split("\n") if (line := part.strip(" |-–—·•:»)"))][-1:]
    if said.publisher:
        names.insert(0, said.publisher)
    shorts = [short for name in names if name and (short := _without_tag_line(name, host))]
    return next((s for s in shorts if not _COMPANY.search(s)), next(iter(shorts), None))


def _without_tag_line(name: str, host: str | None) -> str | None:
    """Return a site's name without what it says of itself beside; None where it is none."""
    name = re.sub(r"\(?\bhttps?://\S*|^©\s*|^copyright\s+|\b(?:19|20)\d\d\b", "", name, flags=re.I)
    name = " ".join(name.split()).strip(" ,;|-–—@.")
    if not squeezed(name):
        return None
    parts = [p for p in re.split(r"\s+[|–—·•:-]+\s+|\s*[|｜]\s*|:\s+", name) if squeezed(p)]
    if len(parts) > 1:
        letters = squeezed(host or "")
        known = [p for p in parts if len(squeezed(p)) > 2 and squeezed(p) in letters]
        name = known[0] if known else parts[0]
    return name if len(name) <= _LONGEST_OUTLET and len(name.split()) <= 7 else None


def _people_in_tags(tags: MetaTags, sites: list[str], given: list[str]) -> list[str]:
    """Return the people and agencies that the tags name as authors; `given` are JSON-LD's sites."""
    for name in AUTHORS:
        values = [v for v in tags.values.get(name, ()) if not _IS_ADDRESS.match(v)]
        found = [n for n in author_names(values) if not is_site(n, sites)]
        if given:  # a site that JSON-LD names is not replaced by a place or a number
            found = [n for n in found if _is_name(n)]
        if found and not any(is_site(value, sites) for value in values):
            return found
    return []


def _as_given(said: ArticleObject, sites: list[str]) -> list[str]:
    """Return the authors that JSON-LD names; an organisation's name is not taken apart."""
    names: list[str] = []
    for given in said.authors:
        parts = [given] if given in said.organisations else author_names([given])
        # "Ann Ames, example.com": the site beside a person in one value is no author.
        names += [p for p in parts if not is_site(p, sites)] or parts if len(parts) > 1 else parts
    return list({squeezed(name): name for name in reversed(names) if squeezed(name)}.values())[::-1]


def _byline(bylines: Iterable[str], in_tags: list[str], sites: list[str]) -> str | None:
    """Return the names in the tags, or the byline that the page shows, as printed.

    The page is right where it says "By Ann Ames", and the tags do not name her: they often have
    whoever runs the site.
    """
    for printed in bylines:
        if in_tags and not says_by(printed):
            continue
        names = [n for n in author_names([printed]) if not is_site(n, sites) and _is_name(n)]
        if not names:
            continue
        if any(squeezed(name) in squeezed(printed) for name in in_tags):
            break
        start, end = printed.find(names[0]), printed.rfind(names[-1]) + len(names[-1])
        between = printed[start:end]
        if len(names) > 1 and start >= 0 and author_names([between]) == names:
            return between
        return "; ".join(names)
    return "; ".join(in_tags) or None


def _is_name(name: str) -> bool:
    """Return whether words that a page shows look like a name, in whatever script."""
    words = name.split()
    if is_role(name) or any(c.isdigit() for c in name) or len(words) > 6:
        return False
    if not _HAS_CAPITALS.match(name):
        return 2 <= len(name) <= 30
    return len(words) > 1 and words[0][0].isupper()


def _stated_dates(said: ArticleObject, tags: MetaTags) -> Iterator[object]:
    """Yield the dates of publication that JSON-LD and the tags give, the best first."""
    yield from said.published
    for _, value in tags.all(DATES):
        yield value


def _date(
    values: Iterable[object], language: str | None, host: str | None
) -> tuple[str | None, tuple[object, ReadDate] | None]:
    """Return the first date that can be read, and the first that cannot where none can."""
    unread: tuple[object, ReadDate] | None = None
    for value in values:
        read = read_date(value, language=language, host=host)
        if read.iso is not None:
            return read.iso, None
        if unread is None or (read.ambiguous and not unread[1].ambiguous):
            unread = (value, read)
    return None, unread
