"""Says what a name stands for, by its words and those beside it, and a person's likely gender.

The first of these that applies decides:

* a country, or the EU and UN: a place, or a body;
* titles before it: a person ("Mayor Berg"); "Inc", "Ltd" … at its end: a body;
* an age or "who" with a singular verb after it: a person ("Smith, 43,", "Smith, who chairs it");
* a noun for bodies in it: a body ("Ministry of Defence"); a noun for places at its end, or "North",
  "San" … at its beginning: a place ("Berg River");
* a demonym at its beginning: "other"; a country: a body ("China Daily");
* "the" before it: a body ("the Kremlin");
* a first name at its beginning: a person; one word in capitals: a body ("NATO");
* the word before or after it: "spokesman Berg", "Berg said" a person, "in Berg" a place;
* else two or three words are a person, and others are "other".
"""

from extractor.find.document import Document
from extractor.find.names.capitalised_runs import BODY_HEADS, BODY_SUFFIXES, PLACE_HEADS, Run
from extractor.language.en.countries import also_a_first_name, is_demonym, lookup
from extractor.language.en.first_names import first_name_gender, is_first_name
from extractor.language.en.lexicon import (
    AUXILIARIES,
    CONJUNCTIONS,
    FINITE_SPEECH,
    PERSON_NOUNS,
    PREPOSITIONS,
    SPEECH_VERBS,
)
from extractor.language.en.lists import word_set, word_tuple
from extractor.language.en.morphology import singular
from extractor.language.kinds import EntityKind
from extractor.language.spellings import key

_PLACED = word_tuple("names.before-places")
_AGES = range(3, 116)
_PLURAL_VERBS = word_set("names.plural-verbs")


def kind_of(document: Document, run: Run) -> tuple[EntityKind, str | None]:
    """Return what the name names, and a person's likely gender, "f" or "m"."""
    words = [w.lower() for w in run.words]
    last = words[-1]
    country = lookup(" ".join(words))
    if country:
        return ("body" if country.code in ("EU", "UN") else "place"), None
    if words == ["western"]:
        return "body", None
    if run.titles:
        given = first_name_gender(words[0]) if len(words) > 1 else None
        return "person", run.gender or given or _name_gender(run.words)
    if last in BODY_SUFFIXES:
        return "body", None
    if is_aged(document, run) or _has_who(document, run):
        return "person", _name_gender(run.words)
    if _has_body_head(words):
        return "body", None
    if last in PLACE_HEADS or words[0] in ("north", "south", "new", "san", "los", "mount", "fort"):
        return "place", None
    if len(words) > 1 and is_demonym(words[0]):
        return "other", None
    if len(words) > 1 and is_country(words[0]):  # "France Inter", "China Daily"
        return "body", None
    tokens = document.tokens
    before = tokens.lower[run.first - 1] if run.first else ""
    if before == "the" and len(words) < 3 and not _describes_next(document, run):
        return "body", None  # "the Kremlin", "the Denver Broncos": no person has an article
    if len(words) > 1 and (is_first_name(words[0]) or (len(words[0]) == 1 and len(words) > 2)):
        return "person", _name_gender(run.words)
    if len(words) == 1 and run.words[0].isupper() and len(run.words[0]) > 1:
        return "body", None
    following = tokens.lower[run.last : run.last + 2]
    if before in _PLACED and following == [",", "who"]:
        return "place", None  # "an actor in Springfield, who …"
    if singular(before) in PERSON_NOUNS or (following and following[0] in FINITE_SPEECH):
        return "person", _name_gender(run.words)
    if before in ("in", "at", "near", "outside", "from", "across", "to"):
        return "place", None
    return ("person", _name_gender(run.words)) if len(words) in (2, 3) else ("other", None)


def _has_body_head(words: list[str]) -> bool:
    """Return whether a noun for bodies is in the name, e.g. "court"; not "Bill" before a name."""
    for k, word in enumerate(words):
        head = word in BODY_HEADS or singular(word) in BODY_HEADS
        if head and (k > 0 or len(words) == 1 or not is_first_name(word)):
            return True
    return False


def is_country(word: str) -> bool:
    """Return whether a word is a country's name and hardly a person's, e.g. "Chad" is not."""
    country = lookup(word)
    return country is not None and country.kind == "name" and not also_a_first_name(word)


def _describes_next(document: Document, run: Run) -> bool:
    """Return whether a noun follows that the name describes, e.g. "the Smith campaign"."""
    following = (*document.tokens.text[run.last : run.last + 1], ".")[0]
    lower = following.lower()
    return following[0] in "-’'" or (
        following[0].isalpha()
        and lower not in PREPOSITIONS
        and lower not in CONJUNCTIONS
        and lower not in AUXILIARIES
        and lower not in SPEECH_VERBS
    )


def is_aged(document: Document, run: Run) -> bool:
    """Return whether an age follows between commas, e.g. "Smith, 43, a driver"."""
    lower, k = document.tokens.lower, run.last
    if k + 2 >= len(lower) or lower[k] != ",":
        return False
    age = lower[k + 1]
    aged = age.isdecimal() and len(age) < 4 and int(age) in _AGES
    return aged and lower[k + 2] in (",", ".", ";", "and")


def _has_who(document: Document, run: Run) -> bool:
    """Return whether "who" and a verb in the singular follow, e.g. "Smith, who chairs the board".

    Clubs and companies have "who" with a plural: "X, who have lost". After "the" or "in" somebody
    else may be spoken of: "a clerk at the Treasury, who …".
    """
    lower, k = document.tokens.lower, run.last
    if k < len(lower) and lower[k] == ",":
        k += 1
    if k + 1 >= len(lower) or lower[k] != "who" or lower[k + 1] in _PLURAL_VERBS:
        return False
    before = lower[run.first - 1] if run.first else ""
    return before not in _PLACED and before not in ("the", "a", "an", "of", "for", "from")


def _name_gender(words: tuple[str, ...]) -> str | None:
    """Return the likely gender by the first name, else by the form of Slavic names."""
    family_first = "-" in words[-1] and words[-1].rpartition("-")[2].islower()
    if len(words) == 2 and family_first:  # "Han Min-koo"
        return None
    gender = first_name_gender(words[0]) if len(words) > 1 else None
    if gender:
        return gender
    last = key(words[-1])
    if last.endswith(("skaya", "skaia", "tskaya", "ova", "eva", "ava", "yova")) and len(last) > 5:
        return "f"
    if last.endswith(("sky", "skiy", "skyi", "ov", "ev", "yov")) and len(last) > 4:
        return "m"
    return None
