"""Names of fields that describe the article itself, and values of a Literal that mean the same.

The usual names of a row's fields stand with its kind (`extractor.kinds`). Words are compared
without underscores and case: "released_by", "releasedBy" and "releasedby" are one. A name that is
not known is not guessed at, except where a row has one field of a type and the rules know one
thing of that type (a quotation row's only `Name` is the speaker).
"""

from collections.abc import Sequence

# Names of people in a row who are not the one we know.
_OTHERS = frozenset(
    "addressee addressees audience recipient recipients listener about topic mentioned mentions"
    " target targets affected victim subject reporter outlet country place location".split()
)

# What an article knows of itself: word of the field -> attribute of Article.
ARTICLE_WORDS = {
    "title": "title",
    "headline": "title",
    "byline": "byline",
    "author": "byline",
    "authors": "byline",
    "writer": "byline",
    "outlet": "outlet",
    "publisher": "outlet",
    "publication": "outlet",
    "newspaper": "outlet",
    "date": "date",
    "published": "date",
    "publishedon": "date",
    "publicationdate": "date",
    "url": "url",
    "link": "url",
    "language": "language",
}

# Values of a Literal that mean the same; the first of a line is what the rules say.
_SAME_CHOICE = [
    line.split()
    for line in """
    direct full whole complete verbatim
    turn direct full whole complete verbatim
    fragment mixed partial partialquote snippet
    mixed fragment partial
    indirect paraphrase paraphrased reported reportedspeech
    person people human individual
    body organisation organization org institution group
    place location gpe
    f female woman
    m male man
    count number quantity
    money currency amount
    percent percentage share
    impose introduce sanction
    tighten expand strengthen
    keep maintain retain
    renew extend prolong
    ease relax loosen reduce
    lift remove end
    waive suspend exempt
    threaten warn
    reimpose restore snapback
    """.strip().splitlines()
]
_MEANS = {line[0]: line for line in _SAME_CHOICE}
_NOT_KNOWN = ("unknown", "unclear", "notstated", "unspecified")


def may_be_taken(word: str) -> bool:
    """Return whether a field's name leaves open whom it means, e.g. not of "addressee"."""
    return word not in _OTHERS


def choose(word: str | None, choices: Sequence[str]) -> str | None:
    """Return the allowed value that means `word`; else "unknown" where that is allowed, else None.

    >>> choose("fragment", ["full", "partial"])
    'partial'
    """
    plain = {choice.lower().replace("_", "").replace("-", ""): choice for choice in choices}
    if word is not None:
        bare = word.lower().replace("_", "")
        for same in (bare, *_MEANS.get(bare, ())):
            if same in plain:
                return plain[same]
    return next((plain[name] for name in _NOT_KNOWN if name in plain), None)
