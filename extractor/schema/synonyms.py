"""What a schema author's field names mean: usual synonyms for what the rules know.

Words are compared without underscores and case: "released_by", "releasedBy" and "releasedby" are
one. A name that is not here is not guessed at, except where a row has one field of a type and the
rules know one thing of that type (a quotation row's only `Name` is the speaker).
"""

from collections.abc import Sequence

_QUOTATION = {
    "speaker": "speaker speakername speakers source sources who saidby said author attributedto"
    " person quotee voice",
    "via": "via relayedby relay relayer through reportedby secondhand",
    "kind": "kind type form quotationkind quotetype",
    "cue": "cue verb cueverb attribution",
    "words": "text words quote quotationtext content wording",
    "sentence": "sentence evidence context",
}
_ATTRIBUTION = {
    "source": f"{_QUOTATION['speaker']} attributedsource holder",
    "cue": "cue verb cueverb",
    "kind": "kind type form attributionkind",
    "words": "text words content wording",
    "sentence": "sentence evidence context",
    "quotation": "quotation quotations quotes quoted",
}
_FIGURE = {
    "counts": "counts what of counted thing subject describes description meaning label noun"
    " measures refersto whatitcounts",
    "source": "source sources speaker who accordingto givenby by saidby",
    "sentence": "sentence evidence context",
    "words": "text words printed astext verbatim",
    "kind": "kind type figurekind",
    "value": "value number amount quantity count",
    "low": "low minimum min atleast lower",
    "high": "high maximum max atmost upto upper",
    "unit": "unit units currency",
    "approximate": "approximate approx approximately rounded estimated isapproximate",
    "qualifier": "qualifier hedge",
}
_SANCTION = {
    "action": "action act move step change verb",
    "status": "status state stage",
    "sender": "sender senders imposer imposedby by who actor actors authority issuer from country"
    " imposers sanctioner",
    "target": "target targets on against whom targeted receiver sanctioned subject",
    "measure": "measure measures restriction restrictions sanction sanctions what instrument",
    "condition": "condition conditions if unless dependson conditionedon",
    "when": "when date time timing since until",
    "words": "statement phrase words wording text",
}
_RELEASE = {
    "who": "who released prisoners prisoner people persons person hostages hostage names whom"
    " detainees detainee freed",
    "count": "count number howmany figure total prisonercount quantity",
    "by": "by releasedby freedby releaser sender authority country captor",
    "from": "from origin wherefrom leaving",
    "to": "to destination destinations where whereto",
    "when": "when date time timing",
    "inexchangefor": "inexchangefor exchange exchangedfor inreturn inreturnfor return price",
}
_NAME = {
    "role": "role title position job office function",
    "kind": "kind type entitykind",
    "gender": "gender sex",
    "aliases": "aliases alias alsoknownas aka othernames forms",
    "quotation": "quotations quotes quotation quote said statements words",
}

_ONLY: dict[str, dict[str, str]] = {
    "attribution": {"name": "source", "verbatim": "cue"},
    "quotation": {"name": "speaker"},
    "figure": {"verbatim": "counts", "name": "source"},
    "name": {"quotation": "quotation"},
}
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
}

_PEOPLE, _BODIES, _PLACES = ("person",), ("body",), ("place",)
NAME_KINDS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys("person people persons individual individuals".split(), _PEOPLE),
    **dict.fromkeys(
        "body bodies organisation organisations organization organizations institution"
        " institutions company companies group groups agency agencies".split(),
        _BODIES,
    ),
    **dict.fromkeys("place places location locations city cities".split(), _PLACES),
    **dict.fromkeys("speaker speakers source sources quoted".split(), ("speaker",)),
}

# Values of a Literal that mean the same; the first of a line is what the rules say.
_SAME_CHOICE = [
    line.split()
    for line in """
    direct full whole complete verbatim
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

_TABLES: dict[str, dict[str, str]] = {
    rests_on: {word: name for name, words in table.items() for word in words.split()}
    for rests_on, table in (
        ("attribution", _ATTRIBUTION),
        ("quotation", _QUOTATION),
        ("figure", _FIGURE),
        ("sanction", _SANCTION),
        ("release", _RELEASE),
        ("name", _NAME),
    )
}


def canonical(rests_on: str, word: str) -> str | None:
    """Return what a field stands for in a row of a kind ("speaker"), or None."""
    return _TABLES.get(rests_on, {}).get(word)


def only_of_its_type(rests_on: str) -> dict[str, str]:
    """Return, by type of field, what the only field of that type in a row may be taken for."""
    return _ONLY.get(rests_on, {})


def may_be_taken(word: str) -> bool:
    """Tell whether a field's name leaves open what it is: an "addressee" is never the speaker."""
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
