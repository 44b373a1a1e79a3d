"""Reads the `<meta>` tags of a page, in all the vocabularies by which pages describe articles."""

from typing import TYPE_CHECKING

from extractor.frozen import frozen

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_OF_ITEMS = frozenset({"datepublished", "headline", "datecreated"})
_LONGEST = 2_000  # characters of a value
_MOST = 2_000  # tags; a page has fifty

TITLES = tuple(
    "og:title twitter:title parsely-title sailthru.title dc.title dcterms.title citation_title "
    "headline cxenseparse:title title".split()
)
AUTHORS = tuple(
    "author article:author article:author_name og:article:author parsely-author sailthru.author "
    "dc.creator dcterms.creator dc.author citation_author byl cxenseparse:author mrf:authors "
    "vr:author byline authors dcsext.author rbauthors shareaholic:article_author_name "
    "creator".split()
)
DATES = tuple(
    "article:published_time og:article:published_time og:published_time article:published "
    "datepublished parsely-pub-date sailthru.date cxenseparse:recs:publishtime "
    "citation_publication_date citation_date publishdate publish-date publish_date pubdate "
    "published_time publication_date publicationdate published-date publishedtime "
    "originalpublicationdate article.published dc.date.issued dcterms.issued dc.date.created "
    "dcterms.created dc.date dcterms.date rnews:datepublished ptime displaydate date "
    "article:post_date date.created date.available article_date_original dcterms.available "
    "vr:published mediator_published_time datecreated".split()
)
SITES = tuple(
    "og:site_name application-name apple-mobile-web-app-title publisher dc.publisher "
    "dcterms.publisher article:publisher citation_journal_title cre al:ios:app_name "
    "al:android:app_name copyright twitter:site twitter:domain".split()
)
OTHERS = tuple(
    "og:url twitter:url parsely-link article:content_tier og:article:content_tier".split()
)
SECTIONS = ("article:section", "og:section", "parsely-section")
_WANTED = frozenset((*TITLES, *AUTHORS, *DATES, *SITES, *OTHERS, *SECTIONS))


@frozen
class MetaTags:
    """What the tags say, by their names in lower case; each may stand there several times."""

    values: dict[str, list[str]]

    def first(self, names: tuple[str, ...]) -> str | None:
        """Return the first value of the first of these names that has one."""
        return next((values[0] for name in names if (values := self.values.get(name))), None)

    def all(self, names: tuple[str, ...]) -> list[tuple[str, str]]:
        """Return all (name, value) of these names, in the order of the names."""
        return [(name, value) for name in names for value in self.values.get(name, ())]


def read_meta_tags(tree: "HtmlElement") -> MetaTags:
    """Return what the page's tags say; an `itemprop` of an embedded object is not the page's."""
    values: dict[str, list[str]] = {}
    for count, tag in enumerate(tree.iter("meta")):
        if count >= _MOST:
            break
        content = tag.get("content")
        if not content:
            continue
        name = tag.get("property") or tag.get("name") or tag.get("itemprop")
        if not name and (tag.get("http-equiv") or "").lower() == "date":
            name = "date"
        if not name or (name := name.strip().lower()) not in _WANTED:
            continue
        of_item = tag.get("itemprop") and not tag.get("property") and not tag.get("name")
        if of_item and (name not in _OF_ITEMS or _is_embedded(tag)):
            continue
        line = " ".join(content[:_LONGEST].split())
        if line and line not in values.setdefault(name, []):
            values[name].append(line)
    return MetaTags({name: lines for name, lines in values.items() if lines})


def _is_embedded(tag: "HtmlElement") -> bool:
    """Return whether an `itemprop` belongs to an object within the article: a video, a post."""
    for parent in tag.iterancestors():
        if parent.get("itemscope") is not None:
            return (
                not (parent.get("itemtype") or "")
                .rstrip("/")
                .endswith(("Article", "Posting", "Page"))
            )
    return False
