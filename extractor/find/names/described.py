"""Finds the person whom a description means.

* the one named beside it: "Smith, an adviser, …", "the envoy, Jane Doe", "Smith is an adviser";
* the one who gives that name: "one driver, who gave his name as Smith";
* for a definite one, whoever of that role and country was named last: "the French minister".
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from extractor.language.en.countries import lookup
from extractor.language.en.lexicon import ADJECTIVES, CONJUNCTIONS, POSSESSIVES, PREPOSITIONS
from extractor.language.en.lists import word_set
from extractor.language.word_classes import kind_of_word

if TYPE_CHECKING:
    from extractor.find.document import Document
    from extractor.find.drafts import Description, Draft
    from extractor.language.tokens import Tokens

_RULERS = word_set("titles.rulers")
_NAMING = word_set("names.naming-verbs")
_HEDGES = word_set("names.hedges")
_LOOKED_AT = 20  # mentions of one role, when the phrase says more than the role


def person_beside(
    document: Document, phrase: Description, starting: dict[int, Draft], ending: dict[int, Draft]
) -> Draft | None:
    """Return the person named beside the phrase: in apposition to it, or said to be it.

    `starting` and `ending` are the people by a mention's first token, and by the token after it.
    "Smith, a former adviser, …", "the envoy for Freedonia, Jane Doe", "Smith is an adviser".
    """
    tokens, first, last = document.tokens, phrase.first, phrase.last
    if last + 1 < len(tokens) and tokens.text[last] == ",":
        person = starting.get(last + 1) or starting.get(_past_role(document, last + 1))
        if person and tokens.lower[first] not in ("a", "an"):
            return person
    if first > 1 and tokens.text[first - 1] == ",":
        aged = first > 3 and tokens.text[first - 2].isdigit() and tokens.text[first - 3] == ","
        end = first - 3 if aged else first - 1  # "Smith, 60, a nurse"
        return ending.get(_before_place(tokens, end)) or ending.get(end)
    if first > 1 and tokens.lower[first - 1] in ("is", "was", "became", "remains"):
        opener = tokens.first_from(document.sentences[document.sentence_of[first]].span.start)
        for k in range(opener, first - 1):
            if k in starting:
                return starting[k]
            if tokens.lower[k] in CONJUNCTIONS or tokens.lower[k] in PREPOSITIONS:
                return None
    return None


def _before_place(tokens: Tokens, end: int) -> int:
    """Return where the name ends whose place ends at `end`: "Smith of Freedonia"; or -1."""
    k = end - 1
    while k > 0 and end - k < 4 and tokens.text[k][0].isupper():
        k -= 1
    return k if k < end - 1 and tokens.lower[k] in ("of", "from") else -1


def _past_role(document: Document, k: int) -> int:
    """Return where the name may begin after a role at token `k`: "his cousin James York"."""
    lower = document.tokens.lower
    for j in range(k, min(k + 5, len(lower))):
        if kind_of_word(lower[j]) == "person":
            return j + 1
        if lower[j] not in POSSESSIVES and lower[j] not in ADJECTIVES:
            break
    return -1


def says_what_pronoun_is(tokens: Tokens, first: int) -> bool:
    """Return whether a phrase says what "he" or "she" is, e.g. "He is perhaps the only leader"."""
    k = first - 1
    if k > 1 and tokens.lower[k] in _HEDGES:
        k -= 1
    joined = k > 0 and tokens.lower[k] in ("is", "was", "became", "remains")
    return joined and tokens.lower[k - 1] in ("he", "she")


def person_self_named(
    document: Document, phrase: Description, starting: dict[int, Draft]
) -> Draft | None:
    """Return the person as whom somebody names himself: "one driver, who gave his name as X"."""
    tokens, k = document.tokens, phrase.last
    if k < len(tokens) and tokens.text[k] == ",":
        k += 1
    if k >= len(tokens) or tokens.lower[k] not in ("who", "identifying", "giving", "identified"):
        return None
    for j in range(k + 1, min(k + 12, len(tokens))):
        if document.quoted[j] or tokens.text[j] in ".;:":
            return None
        person = starting.get(j)
        if person and tokens.text[j][0].isupper():
            named = tokens.lower[j - 1] == "as" and not _NAMING.isdisjoint(tokens.lower[k:j])
            if named and person.kind == "other":
                person.kind = "person"
            return person if named else None
    return None


class PeopleByNoun:
    """The people by the nouns that describe them, and where each is named."""

    def __init__(self, people: list[Draft]) -> None:
        self._people = people
        # (noun, country) -> (token, index of the person). The country "" holds the people whose
        # country is not known, None all people.
        self._named: dict[tuple[str, str | None], list[tuple[int, int]]] = {}
        for index, draft in enumerate(people):
            places = [(first, index) for first, _, _ in draft.mentions] if draft.heads else []
            for noun in {_office(head) for head in draft.heads}:
                for country in (None, *(draft.countries or ("",))):
                    self._named.setdefault((noun, country), []).extend(places)
        for named in self._named.values():
            named.sort()

    def last(self, noun: str, country: str | None, traits: set[str], first: int) -> Draft | None:
        """Return whom of this noun was named last before token `first`, if anybody.

        With a country, one of that country, else one of no known country. With traits, only one
        whom the article describes by one of these names too: "the Ohio senator".
        """
        for key in ((noun, country), (noun, "")) if country else ((noun, None),):
            named = self._named.get(key, ())
            before = bisect_left(named, (first,))
            for _, index in reversed(named[max(before - _LOOKED_AT, 0) : before]):
                draft = self._people[index]
                if not traits or traits & draft.traits:
                    return draft
        return None


def _office(noun: str) -> str:
    """Return "ruler" for every noun that means who heads a state, and any other noun itself."""
    return "ruler" if noun in _RULERS else noun


def person_of_role(
    tokens: Tokens, phrase: Description, noun: str, people_by_noun: PeopleByNoun
) -> Draft | None:
    """Return the person whom a definite description means: of its role and country, named last."""
    if tokens.lower[phrase.first] not in ("the", "this", "that"):
        return None
    country, traits = None, set[str]()
    for k in range(phrase.first + 1, phrase.head):
        state = lookup(tokens.lower[k])
        country = state.code if state else country
        if not state and tokens.text[k][0].isupper():
            traits.add(tokens.lower[k])
    return people_by_noun.last(_office(noun), country, traits, phrase.first)
