"""Finds restrictions in a sentence by their names.

* nouns: "sanctions", "embargo", "export ban", "asset freeze", "travel ban", "price cap",
  "restrictive measures"; bans and controls only on trade, money or travel;
* verbs: "sanctioned two banks", "froze their assets", "blacklisted", "banned imports";
* lists: "blacklist", "the sanctions list", "terror designations".

None: tariffs and duties; "to sanction" in the sense of allowing; a court's, a school's or a
league's sanctions. Weak ones count only in an article that has others. What is done to a
restriction is read in `finder`.
"""

from typing import get_args

from extractor.find.candidates import Action
from extractor.find.sanctions.entry_bans import WHOLE_PEOPLES
from extractor.find.sanctions.lexicon import ACTIONS
from extractor.find.sanctions.prefilter import BANS, TRADE
from extractor.find.sanctions.restriction_phrases import GOODS, Restriction, noun_phrase
from extractor.language.en.countries import lookup
from extractor.language.en.lists import word_labels, word_set
from extractor.language.sentence_words import (
    AUXILIARIES,
    DETERMINERS,
    MODALS,
    PREPOSITIONS,
    PRONOUNS,
    SUBORDINATORS,
    is_adverb,
)
from extractor.language.tokens import Token

_ALWAYS = word_set("sanctions.goods-always-restricted")
_GUNS = word_set("sanctions.guns")
_MONEY = word_set("sanctions.frozen-money")
_SKIPPED_COMPOUNDS = word_set("sanctions.skipped-compounds")
COMPOUND_ACTIONS: dict[str, Action] = word_labels("sanctions.compound-actions", get_args(Action))
_OTHER_SENSE = word_set("sanctions.other-sense")
_OTHER_WORLD = word_set("sanctions.other-world")
_PEOPLE = word_set("sanctions.sanctioned-people")
SANCTION_VERB = word_set("sanctions.sanction-verb")
FREEZE = word_set("sanctions.freeze")
BLACKLIST = word_set("sanctions.blacklist")
BAN_VERBS = word_set("sanctions.ban-verbs")

# Those whose name before "sanctions" says who imposes them; another country's says on whom.
_IMPOSERS = frozenset({"US", "EU", "UN", "GB", "CA", "AU", "JP", "CH", "NZ", "NO"})
_IMPOSING_WORDS = word_set("sanctions.imposing-words")


# Every word that a restriction is known by, "sanction…" apart.
_NAMES = BANS | FREEZE | BLACKLIST | BAN_VERBS | word_set("sanctions.other-names-of-restrictions")
_BE = word_set("closed_classes.auxiliaries", "is", "be")
_OBJECT_OPENERS = word_set("sanctions.object-openers")


def is_imposer(form: str) -> bool:
    """Return whether a name before "sanctions" is of who imposes them, e.g. "US", "Western"."""
    country = lookup(form)
    if country is not None:
        return country.code in _IMPOSERS or country.kind == "demonym"
    return form.lower() in _IMPOSING_WORDS


def restrictions_in(tokens: list[Token]) -> list[Restriction]:
    """Return the restrictions named in a sentence, in order; they do not overlap."""
    found: list[Restriction] = []
    lows = {token.lower for token in tokens}
    elsewhere = bool(lows & _OTHER_WORLD) and not any(_imposing(t) for t in tokens if t.capitalised)
    for i in range(len(tokens)):
        lower = tokens[i].lower
        if lower not in _NAMES and not lower.startswith("sanction"):
            continue
        if found and i < found[-1].core:
            continue
        restriction = _at(tokens, i)
        if restriction is None:
            continue
        if tokens[i].lower.startswith("sanction") and (
            elsewhere or _other_sense(tokens, restriction)
        ):
            continue
        found.append(restriction)
    return found


def _imposing(token: Token) -> bool:
    """Return whether a word names a country, e.g. "Norway", "Norwegian"."""
    return lookup(token.text) is not None


def _other_sense(tokens: list[Token], restriction: Restriction) -> bool:
    """Return whether a word makes it no state's restriction, e.g. "criminal sanctions"."""
    before = tokens[max(0, restriction.first - 1) : restriction.head]
    return any(token.lower in _OTHER_SENSE for token in before)


def _at(tokens: list[Token], i: int) -> Restriction | None:
    """Return the restriction whose name begins or stands at token `i`."""
    lower = tokens[i].lower
    previous = tokens[i - 1].lower if i else ""
    following = tokens[i + 1].lower if i + 1 < len(tokens) else ""
    if lower.startswith("sanction"):
        return _sanction(tokens, i, lower, previous, following)
    if lower in ("embargo", "embargoes", "embargos"):
        return noun_phrase(tokens, i, weak=False)
    if lower in BANS:
        named = _ban(tokens, i, previous, following)
        if named is not None or lower not in BAN_VERBS:
            return named
    if lower in ("freeze", "freezes") and (previous in _MONEY or following in ("on", "of")):
        near = {token.lower for token in tokens[i + 1 : i + 7]}
        return noun_phrase(tokens, i, weak=False) if previous in _MONEY or near & _MONEY else None
    if lower in FREEZE:
        near = {token.lower for token in tokens[i + 1 : i + 9]}
        if near & _MONEY or (previous in AUXILIARIES and _money_before(tokens, i)):
            if previous in DETERMINERS and following in ("of", *_MONEY):
                return None  # "the freezing of assets", "the frozen assets"
            undone = lower.startswith(("unfr", "unbl"))
            weak = not undone and not _between_two(tokens, i)
            return Restriction(i, i, i + 1, i + 1, "verb", weak=weak)
        return None
    if lower in ("cap", "caps") and previous == "price":
        near = {token.lower for token in tokens[max(0, i - 6) : i + 8]}
        return noun_phrase(tokens, i, weak=not near & {"oil", "crude", "gas", "barrel", "g7"})
    if lower in ("blacklist", "blacklists") and (
        previous in DETERMINERS or previous.endswith(("'s", "trade", "terror", "export", "ism"))
    ):
        return noun_phrase(tokens, i, weak=True, kind="list")
    if lower in BLACKLIST:
        if previous in ACTIONS and lower.startswith("blacklist"):
            return noun_phrase(tokens, i, weak=True, kind="list")  # "agrees to extend blacklist"
        adjective = previous in DETERMINERS or (previous in PREPOSITIONS and lower.endswith("ed"))
        weak = not any(is_imposer(t.text) for t in tokens[max(0, i - 3) : i] if t.capitalised)
        return None if adjective else Restriction(i, i, i + 1, i + 1, "verb", weak=weak)
    if lower in ("list", "lists", "designation", "designations"):
        return _list(tokens, i, previous, following)
    if lower == "measures" and previous in ("restrictive", "punitive"):
        return noun_phrase(tokens, i, weak=False)
    if lower == "measures" and following in ("against", "targeting"):
        return noun_phrase(tokens, i, weak=True)
    if lower in ("penalties", "penalty") and previous in ("economic", "trade", "financial"):
        return noun_phrase(tokens, i, weak=True)
    if (
        lower in BAN_VERBS
        and {t.lower for t in tokens[i + 1 : i + 5]} & GOODS
        and following != "on"
    ):
        weak = not _with_a_country(tokens, i + 1)
        return Restriction(i, i, i + 1, i + 1, "verb", weak=weak)
    return None


def _between_two(tokens: list[Token], i: int) -> bool:
    """Return whether one state is named before token `i` and another one behind it."""
    before = {lookup(t.text) for t in tokens[max(0, i - 12) : i] if t.capitalised} - {None}
    behind = {lookup(t.text) for t in tokens[i + 1 : i + 14] if t.capitalised} - {None}
    codes = {c.code for c in before if c}, {c.code for c in behind if c}
    return bool(codes[0] and codes[1] - codes[0])


def _money_before(tokens: list[Token], i: int) -> bool:
    """Return whether money stands before token `i`, e.g. "assets were [frozen]"."""
    return any(token.lower in _MONEY for token in tokens[max(0, i - 8) : i])


def _sanction(
    tokens: list[Token], i: int, lower: str, previous: str, following: str
) -> Restriction | None:
    """Read "sanctions", "sanction", "sanctioned", "sanctioning" as noun, verb or neither."""
    if lower in ("sanctions", "sanctions'", "sanctions-related"):
        if following in _SKIPPED_COMPOUNDS:
            return None
        if _is_third_person(tokens, i):
            return Restriction(i, i, i + 1, i + 1, "verb", weak=False)
        return noun_phrase(tokens, i, weak=False)
    if lower == "sanction":
        if following in ("on", "against") and previous not in ("to", *MODALS):
            return noun_phrase(tokens, i, weak=False)
        verbal = previous in {"to", "and", "or", "not", "then", "also"} | MODALS | PRONOUNS
        if verbal and _takes_object(tokens, i + 1):
            return Restriction(i, i, i + 1, i + 1, "verb", weak=not _names_object(tokens, i + 1))
        return None
    if lower in SANCTION_VERB:
        adjective = previous == "of" or previous in PREPOSITIONS
        if previous in DETERMINERS or (adjective and lower == "sanctioned"):
            return None  # "the sanctioned banks"
        passive = _be_before(tokens, i)
        if lower == "sanctioned" and passive and _people_before(tokens, i):
            by_state = following == "by" and any(
                t.capitalised and (is_imposer(t.text) or _country_at(tokens, k))
                for k, t in enumerate(tokens[i + 2 : i + 4], i + 2)
            )
            return Restriction(i, i, i + 1, i + 1, "verb", weak=not by_state)
        if lower == "sanctioned" and passive:
            return None  # "the strike was sanctioned by the union"
        if lower == "sanctioned" and tokens[i - 1].capitalised and _relative_before(tokens, i):
            return Restriction(i, i, i + 1, i + 1, "verb", weak=True)
        if lower == "sanctioned" and following == "by" and i and _people_before(tokens, i):
            return Restriction(i, i, i + 1, i + 1, "verb", weak=True)
        if _takes_object(tokens, i + 1) and (i > 0 or lower == "sanctioning"):
            return Restriction(i, i, i + 1, i + 1, "verb", weak=not _names_object(tokens, i + 1))
    return None


def _relative_before(tokens: list[Token], i: int) -> bool:
    """Return whether "which" or "whom" is the object, e.g. "a firm that Washington sanctioned"."""
    return any(t.lower in ("which", "whom", "that") for t in tokens[max(0, i - 7) : i])


def _people_before(tokens: list[Token], i: int) -> bool:
    """Return whether people, a body or a country stand before "sanctioned", as its subject."""
    for j in range(i - 1, max(-1, i - 12), -1):
        token = tokens[j]
        if token.lower in _PEOPLE or token.lower in PRONOUNS:
            return True
        if token.capitalised and (j > 0 or token.lower not in DETERMINERS):
            return True
    return False


def _be_before(tokens: list[Token], i: int) -> bool:
    """Return whether a form of "be" stands before `i`, adverbs apart."""
    j = i - 1
    while j >= 0 and (is_adverb(tokens[j]) or tokens[j].lower == "further"):
        j -= 1
    return j >= 0 and tokens[j].lower in _BE


def _is_third_person(tokens: list[Token], i: int) -> bool:
    """Return whether "sanctions" is the verb, as in a headline, e.g. "US sanctions two banks"."""
    if i == 0 or i + 1 >= len(tokens) or not tokens[i - 1].capitalised:
        return False
    if tokens[i - 1].lower in DETERMINERS:
        return False  # "The sanctions Britain imposed"
    token = tokens[i + 1]
    if not is_imposer(tokens[i - 1].text):  # "Obama sanctions Russia", not "Trump sanctions: poll"
        known = lookup(tokens[i - 1].text) is not None
        return not known and token.capitalised and _country_at(tokens, i + 1)
    if not token.is_word or token.lower in PREPOSITIONS | AUXILIARIES | SUBORDINATORS | {
        "and",
        "or",
    }:
        return False
    if not (
        token.capitalised or token.text[0].isdigit() or token.lower in _OBJECT_OPENERS | _PEOPLE
    ):
        return False
    people = {t.lower for t in tokens[i + 1 : i + 7]} & _PEOPLE
    return bool(people) or _country_at(tokens, i + 1)


def _country_at(tokens: list[Token], i: int) -> bool:
    """Return whether a country's name or demonym, of one word or two, begins at token `i`."""
    pair = " ".join(token.text for token in tokens[i : i + 2])
    return lookup(tokens[i].text) is not None or lookup(pair) is not None


def _takes_object(tokens: list[Token], i: int) -> bool:
    """Return whether people, a body or a country is what "to sanction" has for its object here."""
    window = tokens[i : i + 8]
    if not window or not window[0].is_word or window[0].lower in ("and", "or"):
        return True  # "the approach is to sanction and isolate"
    if window[0].lower in PREPOSITIONS | AUXILIARIES:
        return False
    for token in window:
        if token.lower in _PEOPLE or token.capitalised:
            return True
        if not token.is_word or token.lower in PREPOSITIONS | AUXILIARIES | SUBORDINATORS:
            return False
    return False


def _names_object(tokens: list[Token], i: int) -> bool:
    """Return whether a country, or people of the kind that are sanctioned, stand behind `i`."""
    for token in tokens[i : i + 7]:
        if not token.is_word or token.lower in PREPOSITIONS | AUXILIARIES | SUBORDINATORS:
            return False
        if token.lower in _PEOPLE or (token.capitalised and lookup(token.text) is not None):
            return True
    return False


def _ban(tokens: list[Token], i: int, previous: str, following: str) -> Restriction | None:
    """Read "ban", "controls", "restrictions", "curbs" when they are on trade, money or travel."""
    if i > 1 and tokens[i - 2].lower in _GUNS:
        return None
    if previous in _ALWAYS or (previous == "travel" and tokens[i].lower in ("ban", "bans")):
        return noun_phrase(tokens, i, weak=previous in ("travel", "oil"))
    near = {token.lower for token in tokens[i + 2 : i + 8]}
    if following == "on" and _with_a_country(tokens, i + 2):
        return noun_phrase(tokens, i, weak=False)  # "a ban on jade from Burma"
    if following in ("on", "of") and near & GOODS:
        return noun_phrase(tokens, i, weak=tokens[i].lower not in ("ban", "bans", "embargo"))
    if previous in TRADE or (following in ("on", "against") and tokens[i].lower in BANS):
        target = tokens[i + 2] if following in ("on", "against") and i + 2 < len(tokens) else None
        known = target is not None and lookup(target.text) is not None
        return noun_phrase(tokens, i, weak=True) if previous in TRADE or known else None
    return None


def _with_a_country(tokens: list[Token], i: int) -> bool:
    """Return whether what is banned are goods from or to a country, and not people."""
    for j in range(i, min(len(tokens) - 1, i + 8)):
        lower = tokens[j].lower
        if lower in WHOLE_PEOPLES or lower in AUXILIARIES or lower in SUBORDINATORS:
            return False
        if not tokens[j].is_word and lower != ",":
            return False
        if lower in ("from", "to", "with", "into") and _country_at(tokens, j + 1):
            return j > i
    return False


def _list(tokens: list[Token], i: int, previous: str, following: str) -> Restriction | None:
    """Read lists and designations of those under restrictions."""
    if previous in ("terror", "terrorism", "terrorist", "sanctions", "sdn") or (
        previous == "entity" and tokens[i - 1].capitalised
    ):
        return noun_phrase(tokens, i, weak=False, kind="list")
    near = [token.lower for token in tokens[max(0, i - 3) : i + 6]]
    terror = any(word.startswith("terror") for word in near)
    if terror and (following == "of" or tokens[i].lower.startswith("designation")):
        return noun_phrase(tokens, i, weak=False, kind="list")
    return None
