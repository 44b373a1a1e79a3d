"""Says which verbs of releasing and of moving people tell what happened.

* a particle may be needed: "set free", "let go", "handed over";
* "freed from debt" is no release; "were freed and flown to Germany" goes on with one;
* plans, wishes, conditions and denials did not happen (`clauses.modality`).
"""

from extractor.language.en.lists import word_set
from extractor.language.sentence_words import AUXILIARIES, is_adverb
from extractor.language.tokens import Token
from extractor.rules.clauses.modality import status_of_verb
from extractor.rules.clauses.verb_groups import VerbGroup
from extractor.rules.releases.lexicon import CAPTIVITY, MOVING, PARTICIPLES

BE = word_set("closed_classes.auxiliaries", "is", "be")
SENDING = word_set("releases.sending")
NAMING = word_set("releases.naming")
UNREAL = word_set("releases.unreal")
DONE = word_set("releases.done")
WANTED = word_set("releases.wanted")


def verb_end(tokens: list[Token], i: int, lower: str) -> int | None:
    """Return the index behind the verb and its particle; None when the particle is missing."""
    following = [t.lower for t in tokens[i + 1 : i + 8]]
    if lower in ("handed", "hands", "handing", "turned"):
        if following[:1] == ["over"]:
            return i + 2
        return i + 1 if "over" in following and lower != "turned" else None
    if lower == "set":
        return i + 2 if following[:1] == ["free"] else None
    if lower == "let":
        return i + 2 if following[:1] == ["go"] else None
    return i + 1


def happened(tokens: list[Token], i: int, lead: VerbGroup, *, passive: bool) -> bool:
    """Return whether the verb at `i` tells what happened, e.g. "freed", not "agreed to free"."""
    lower = tokens[i].lower
    if lead.infinitive and lead.status != "in_force":
        return False
    if lower in ("free", "release", "liberate", "pardon", "swap", "exchange") and not lead.words:
        return False
    if lower.endswith("ing") and lead.preposition not in ("", "by", "after", "since"):
        return False
    if passive and not lead.words & {"was", "were", "been", "is", "are", "being"}:
        return False  # "asked that he be released"
    status = status_of_verb(tokens, i, lead, passive=passive, conditional=False, dated=False)
    return status in ("past", "in_force")


def not_a_place(tokens: list[Token], i: int) -> bool:
    """Return whether what follows "freed from" is no place of captivity, e.g. "debt"."""
    words = {t.lower for t in tokens[i : i + 6]}
    if words & (CAPTIVITY | {"prisons", "jails", "colony", "hospital", "camp", "house"}):
        return bool(words & {"hospital"})
    return i < len(tokens) and not any(t.capitalised for t in tokens[i : i + 5])


def coordinate(tokens: list[Token], i: int) -> bool:
    """Return whether the participle at `i` shares an auxiliary, e.g. "were freed and flown to"."""
    j = i - 1
    while j > 0 and is_adverb(tokens[j]):
        j -= 1
    return (
        j > 0
        and tokens[j].lower == "and"
        and any(t.lower in PARTICIPLES for t in tokens[max(0, j - 6) : j])
    )


def moved_on(tokens: list[Token], begin: int, end: int) -> int | None:
    """Return the verb of motion that goes on with a release: "… and flown to Germany"."""
    for i in range(begin, min(end, begin + 16)):
        goes_on = "and" in (t.lower for t in tokens[max(begin, i - 3) : i])
        if tokens[i].lower in MOVING and tokens[i - 1].lower not in AUXILIARIES and goes_on:
            return i
    return None
