"""Word sets of English that several packages read: closed classes, titles, nouns, verbs of speech.

All in lower case. The words are in data/*.txt; here lists are joined into sets. They hold classes
of words, never particular people or outlets.
"""

from collections.abc import Iterable

from extractor.language.en.lists import word_labels, word_set, word_tuple


def with_curly(words: Iterable[str]) -> frozenset[str]:
    """Return the words, those with an apostrophe in both shapes: "don't" and "don’t"."""
    return frozenset(form for word in words for form in (word, word.replace("'", "’")))


DETERMINERS = word_set(
    "closed_classes.determiners",
    "articles", "demonstrative", "each", "some", "either", "counting",
)  # fmt: skip
POSSESSIVES = word_set("closed_classes.possessives")
PREPOSITIONS = word_set("closed_classes.prepositions", "common", "others", "of")
CONJUNCTIONS = word_set(
    "closed_classes.conjunctions", "coordinating", "subordinating", "comparing"
) | {"that"}
AUXILIARIES = with_curly(
    word_set(
        "closed_classes.auxiliaries",
        "is", "be", "have", "do", "will", "possible", "due",
        "is-not", "not", "will-not", "due-not",
    )
)  # fmt: skip
SUBJECT_PRONOUNS = word_set("closed_classes.subject-pronouns", "personal", "relative")
OBJECT_PRONOUNS = word_set("closed_classes.object-pronouns")
REFLEXIVES = word_set("closed_classes.reflexives")
PRONOUN_GENDER: dict[str, str] = {
    word: kind
    for word, kind in word_labels("closed_classes.third-person").items()
    if kind in ("m", "f")
}

MONTHS_AND_DAYS = word_set("calendar.months") | word_set("calendar.weekdays")
# "We've", "it’s", "who'd": what stands for two words is no name.
_CONTRACTED = with_curly(
    f"{word}'{ending}"
    for word in word_tuple("names.contracted")
    for ending in ("m", "re", "ve", "ll", "d", "s")
)
# Capitalised at the start of a sentence without being a name.
STARTERS = (
    _CONTRACTED
    | DETERMINERS
    | POSSESSIVES
    | PREPOSITIONS
    | CONJUNCTIONS
    | AUXILIARIES
    | SUBJECT_PRONOUNS
    | OBJECT_PRONOUNS
    | REFLEXIVES
    | word_set("calendar.months", "full")
    | word_set("calendar.weekdays", "full")
    | word_set("names.starters")
)

# Word of a title -> the gender that it tells, if any.
HONORIFICS: dict[str, str | None] = {
    word: gender if gender in ("m", "f") else None
    for word, gender in word_labels("titles.honorifics").items()
}
FULL_TITLES: dict[str, str] = word_labels("titles.short")  # "sen" -> "senator"

PERSON_NOUNS = word_set("people.people")
FEMALE_NOUNS = word_set("people.people", "f")
MALE_NOUNS = word_set("people.people", "m")
BODY_NOUNS = word_set("people.bodies")
DOCUMENT_NOUNS = word_set("people.documents")
ADJECTIVES = word_set("people.adjectives")
ADJECTIVE_ENDINGS = word_tuple("people.adjective-endings")

SPEECH_VERBS = word_set("speech_verbs.verbs")
CORE_SPEECH = word_set("speech_verbs.core")
# Without the forms that are nouns as well ("state", "report", "comments", "posts").
FINITE_SPEECH = (
    frozenset(form for form in SPEECH_VERBS if form.endswith("ed"))
    | CORE_SPEECH
    | word_set("speech_verbs.finite")
) - word_set("speech_verbs.seldom-speech")
