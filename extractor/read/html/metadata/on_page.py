"""What a page shows of its article: its headings, and the byline and date at the article's head.

The head is what stands between the article's heading and its first long paragraph, and as much
before the heading as belongs to the same part of the page. What stands in navigation, footers,
margins, quotations and embedded posts is of somebody or something else.
"""

import re
from collections.abc import Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING

from extractor.read.bylines import copyright_owner
from extractor.read.html.metadata.titles import squeezed

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_MOST = 60_000  # elements looked at
_MOST_FOOTERS = 20
_MOST_LIKELY = 200  # elements that may be bylines, below the head
_LONGEST_LINE = 2_000  # characters looked at of an element
_LONGEST_MARKS = 500  # characters of its classes
_LONG = 90  # characters of a paragraph of the story
_BEFORE = 80  # elements before the heading that may be its head
_BEHIND = 150  # elements behind it, where no long paragraph comes
_ELSEWHERE = frozenset("nav aside footer blockquote form figure iframe template noscript".split())
_OTHERS = re.compile(
    r"related|recommend|teaser|promo|comment|newsletter|most-?read|popular|sidebar|side-bar|footer|"
    r"embed|tweet|twitter|instagram|widget|more-?(?:from|stories|on)|also-?(?:read|like)|outbrain|"
    r"taboola|trending|latest|breaking|ticker|carousel|menu|breadcrumb|cookie|consent|modal",
    re.I,
)
_BYLINE = re.compile(
    r"\bby-?line|(?<![a-z])(?:authors?|autore?(?:n|in)?s?|auteurs?|writer|redactor|signature|firma)"
    r"(?![a-z])|(?:^|[-_ ])author|Author|Byline",
    re.I,
)
_NOT_BYLINE = re.compile(
    r"bio|image|img|photo|avatar|social|twitter|role|job|title|desc|follow|box|more|picture|icon|"
    r"newsletter|date|time|about|email|position|profile-text|occupation",
    re.I,
)
_DATE = re.compile(r"date|time|publish|posted|datum|fecha|pubblicat", re.I)
_UPDATE = re.compile(r"updat|modif|aktualis|chang|edited|actualiz|mis à jour|aggiorn", re.I)
_PROPERTY = re.compile(r"(?:^|[\s:/])(datePublished|dateCreated|author|headline)$")


def read_headings(tree: "HtmlElement") -> list["HtmlElement"]:
    """Return the headings of the first rank that have words, at most eight."""
    return list(islice((heading for heading in tree.iter("h1") if line(heading)), 8))


def read_on_page(
    tree: "HtmlElement",
    headings: list["HtmlElement"],
    title: str | None,
    *,
    bylines: bool,
    dates: bool,
) -> tuple[list[str], list[str]]:
    """Return the bylines and the dates at the article's head, the best first; [] if not wanted."""
    if not bylines and not dates:
        return [], []
    heading = _article_heading(tree, headings, title)
    names: list[tuple[int, str]] = []
    days: list[tuple[int, str]] = []
    head = list(_head(tree, heading))
    for element in head:
        if bylines and (rank := _byline_rank(element)):
            names.append((rank, line(element)))
        if dates:
            days += _dates_of(element)
    if bylines and not names:
        names = list(_bylines_below(heading, tree))
    names.sort(key=lambda pair: pair[0])
    days.sort(key=lambda pair: pair[0])
    return list(dict.fromkeys(n for _, n in names)), list(dict.fromkeys(d for _, d in days))


def copyright_holder(tree: "HtmlElement") -> str | None:
    """Return whom the page's footer names behind "©": the site, so no author."""
    for footer in islice(tree.iter("footer"), _MOST_FOOTERS):
        for text in islice(footer.itertext(), 400):
            if "©" in text[:_LONGEST_LINE] and (
                owner := copyright_owner(" ".join(text[:_LONGEST_LINE].split())[:400])
            ):
                return owner
    return None


def line(element: "HtmlElement") -> str:
    """Return an element's text as one line, words in elements of their own apart."""
    parts = []
    size = 0
    for text in element.itertext():
        parts.append(text[:_LONGEST_LINE])
        size += len(text)
        if len(parts) > 200 or size > _LONGEST_LINE:
            break
    return " ".join(" ".join(parts).split())


def _marks(element: "HtmlElement", *names: str) -> str:
    """Return the first characters of an element's attributes, "" where it has none of them."""
    return " ".join([v[:_LONGEST_MARKS] for name in names if (v := element.get(name))])


def _article_heading(
    tree: "HtmlElement", headings: list["HtmlElement"], title: str | None
) -> "HtmlElement | None":
    """Return the heading that says the title; else the only one of the first rank."""
    wanted = squeezed(title or "")
    for heading in chain(headings, islice(tree.iter("h2", "h3"), 60)) if wanted else ():
        letters = squeezed(line(heading))
        if len(letters) >= min(12, len(wanted)) and (letters in wanted or wanted in letters):
            return heading
    return headings[0] if len(headings) == 1 else None


def _head(tree: "HtmlElement", heading: "HtmlElement | None") -> Iterator["HtmlElement"]:
    """Yield the elements of the article's head, without what belongs elsewhere."""
    if heading is None:
        heading = next(tree.iter("article", "main"), None)
        if heading is None:
            return
    before: list[HtmlElement] = []
    behind = 0
    found = False
    for count, element in enumerate(tree.iter("*")):
        if count > _MOST or behind > _BEHIND:
            return
        if element is heading:
            found = True
            home = _home(heading)
            for earlier in before[-_BEFORE:]:
                if (
                    home is not None
                    and home in earlier.iterancestors()
                    and not is_elsewhere(earlier)
                ):
                    yield earlier
        if not found:
            before.append(element)
            continue
        behind += 1
        if is_elsewhere(element):
            continue
        is_byline = _BYLINE.search(_marks(element, "class"))
        if element.tag == "p" and not is_byline and len(line(element)) > _LONG:
            return  # the story has begun
        yield element


def _home(heading: "HtmlElement") -> "HtmlElement | None":
    """Return the part of the page that a heading opens."""
    for parent in heading.iterancestors():
        if parent.tag in ("article", "main", "header", "section"):
            return parent
    return heading.getparent()


def is_elsewhere(element: "HtmlElement") -> bool:
    """Return whether an element stands in a part of the page that is not its article."""
    for parent in (element, *element.iterancestors()):
        if parent.tag in _ELSEWHERE:
            return True
        if parent.tag in ("body", "html", "article", "main"):
            return False
        if (marks := _marks(parent, "class", "id")) and _OTHERS.search(marks):
            return True
    return False


def _byline_rank(element: "HtmlElement") -> int | None:
    """Return how surely an element is a byline, from 1; None where it is none."""
    rel = (element.get("rel") or "").lower().split()
    prop = _PROPERTY.search(element.get("itemprop") or element.get("property") or "")
    marks = _marks(element, "class", "id", "data-testid")
    if prop and prop[1] == "author":
        rank = 2
    elif "author" in rel:
        rank = 3
    elif _BYLINE.search(marks) and not _NOT_BYLINE.search(marks):
        rank = 1 if re.search(r"by-?line", marks, re.I) else 4
    elif element.tag in ("p", "div", "span", "address") and re.match(
        r"(?:By|Von|Par|Por|Di|Door|Av|Af)\s", (element.text or "").lstrip()
    ):
        rank = 5
    else:
        return None
    text = line(element)
    return rank if 3 < len(text) <= 200 else None


def _bylines_below(heading: "HtmlElement | None", tree: "HtmlElement") -> Iterator[tuple[int, str]]:
    """Yield the bylines elsewhere in the article: some stand at its end."""
    home = None
    if heading is not None:
        home = next((p for p in heading.iterancestors() if p.tag in ("article", "main")), None)
    if home is None:
        articles = list(tree.iter("article"))
        home = articles[0] if len(articles) == 1 else None
    if home is None:
        return
    likely = 0
    for element in home.iter("a", "span", "div", "p", "address", "strong", "em", "i", "b"):
        rank = _byline_rank(element)
        if rank and rank < 5:
            likely += 1
            if likely > _MOST_LIKELY:
                return
            if not is_elsewhere(element):
                yield rank + 10, line(element)


def _dates_of(element: "HtmlElement") -> Iterator[tuple[int, str]]:
    """Yield the dates that an element at the head gives, each with a rank, the surest lowest."""
    prop = _PROPERTY.search(element.get("itemprop") or element.get("property") or "")
    marks = _marks(element, "class", "itemprop")
    late = 20 if _UPDATE.search(marks) else 0
    parent = element.getparent()
    if parent is not None and not late:
        before = element.getprevious()
        tail = before.tail if before is not None else None
        words = f"{_marks(parent, 'class')} {(parent.text or '')[-80:]}{(tail or '')[-80:]}"
        late = 20 if _UPDATE.search(words[-80:]) else 0
    if prop and prop[1].startswith("date"):
        value = element.get("datetime") or element.get("content") or line(element)
        yield (1 if prop[1] == "datePublished" else 3) + late, value
    elif element.tag == "time":
        if _within_prose(element):
            return
        value = element.get("datetime") or line(element)
        yield (2 if element.get("pubdate") is not None else 4) + late, value
        if element.get("datetime"):
            yield 6 + late, line(element)
    elif element.get("datetime") and element.tag.count("-"):
        yield 5 + late, element.get("datetime") or ""
    elif _DATE.search(marks) and len(element) <= 4:
        text = line(element)
        if 6 <= len(text) <= 100 and any(map(str.isdigit, text)):
            yield 8 + (20 if late or _UPDATE.search(text[:20]) else 0), text


def _within_prose(element: "HtmlElement") -> bool:
    """Return whether words of a sentence stand around an element."""
    for parent in element.iterancestors():
        if parent.tag in ("p", "li", "td", "dd", "h2", "h3"):
            return len(line(parent)) > len(line(element)) + 60
        if parent.tag in ("div", "article", "main", "section", "header"):
            return False
    return False
