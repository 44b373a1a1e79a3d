"""Sanction statements: words that say what happens to a restriction.

For every restriction named in a sentence (`find.restrictions`) it looks for what is done to it:
a verb before it ("agreed to lift sanctions on potash"), a verb behind it ("sanctions were
tightened"), a noun ("the lifting of sanctions", "sanctions relief"), or the restriction's own verb
("sanctioned two banks"). A restriction without any is a comment and no statement.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass, replace

from extractor.article import Article
from extractor.find.candidates import (
    Action,
    QuotationCandidate,
    SanctionStatement,
    SentenceCandidate,
    Status,
)
from extractor.find.clauses import (
    AUXILIARIES,
    BREAKS,
    DETERMINERS,
    NEGATIONS,
    PREPOSITIONS,
    SUBORDINATORS,
    Token,
    is_adverb,
    phrase_end,
    subject_start,
    tokens_of,
)
from extractor.find.restrictions import (
    BAN_VERBS,
    COMPOUND_ACTIONS,
    Restriction,
    may_hold_restrictions,
    restrictions_in,
)
from extractor.find.sanction_verbs import (
    ACTIONS,
    FACE,
    FOR_VERBS,
    FRESH,
    HARDER,
    INTRANSITIVE,
    INTRANSITIVE_NEEDS,
    NEED_BACK,
    NEED_ON,
    NEED_PLACE,
    NOUNS,
    PARTICLES,
    PARTLY,
    QUANTITIES,
    SOFT,
    THREATEN,
    THREATS,
    WITH_VERBS,
)
from extractor.spans import Span

How = str  # "active", "passive", "relative", "noun", "state", "verb": how the words are put


@dataclass(frozen=True, slots=True)
class Reading:
    """One action on one restriction, as indices of a sentence's tokens."""

    restriction: Restriction
    action: Action
    trigger: tuple[int, int]
    how: How
    on: tuple[int, int] | None = None  # whom it falls on, when that stands outside the phrase
    soft: Status | None = None  # what the trigger itself says of the status


def find_statements(
    article: Article,
    sentences: tuple[SentenceCandidate, ...],
    quotations: tuple[QuotationCandidate, ...],
) -> tuple[SanctionStatement, ...]:
    """Return the sanction statements in order, ids T1…; never raises on any text.

    A statement inside a quotation is found as any other: it is its speaker's claim.
    """
    del quotations  # they change who claims it, not what is stated
    found: list[SanctionStatement] = []
    for sentence, tokens, readings in read_sentences(article.text, sentences):
        for reading in readings:
            found.append(_candidate(f"T{len(found) + 1}", sentence, tokens, reading))
    return tuple(found)


def read_sentences(
    text: str, sentences: tuple[SentenceCandidate, ...]
) -> list[tuple[SentenceCandidate, list[Token], list[Reading]]]:
    """Return the sentences that hold statements, each with its tokens and readings, in order."""
    if not may_hold_restrictions(text):
        return []
    read: list[tuple[SentenceCandidate, list[Token], list[Restriction]]] = []
    named = -1  # the sentence before, when it named a restriction
    for index, sentence in enumerate(sentences):
        piece = sentence.span.of(text)
        if may_hold_restrictions(piece):
            tokens = tokens_of(text, sentence.span)
            read.append((sentence, tokens, restrictions_in(tokens)))
            named = index
        elif named == index - 1 and index and _REFERS_BACK.search(piece):
            read.append((sentence, tokens_of(text, sentence.span), []))
    serious = any(not r.weak for _, _, group in read for r in group)
    out = []
    for sentence, tokens, restrictions in read:
        if restrictions:
            kept = [r for r in restrictions if serious or not r.weak]
            readings = _readings(tokens, kept)
        else:
            readings = _pronoun_readings(tokens) if serious else []
        if readings:
            out.append((sentence, tokens, readings))
    return out


_REFERS_BACK = re.compile(r"\b(?:them|they)\b", re.IGNORECASE)


def _candidate(
    name: str, sentence: SentenceCandidate, tokens: list[Token], reading: Reading
) -> SanctionStatement:
    restriction = reading.restriction
    trigger = _span(tokens, *reading.trigger)
    measure = _span(tokens, restriction.first, restriction.end)
    span = Span(min(trigger.start, measure.start), max(trigger.end, measure.end))
    return SanctionStatement(name, sentence.id, span, trigger, measure, reading.action)


def _span(tokens: list[Token], first: int, end: int) -> Span:
    return Span(tokens[first].start, tokens[end - 1].end)


def _readings(tokens: list[Token], restrictions: list[Restriction]) -> list[Reading]:
    """Return every action on every restriction of one sentence, each pair once, in order."""
    found: list[Reading] = []
    starts = [r.first for r in restrictions]
    for restriction in restrictions:
        limit = bisect_right(starts, restriction.core)
        until = starts[limit] if limit < len(starts) else len(tokens)
        read = _read_one(tokens, restriction, until)
        shared = _shared_complement(tokens, restriction, restrictions[limit : limit + 1])
        found.extend(replace(one, on=shared) if shared and not one.on else one for one in read)
        if read and restriction.kind == "noun":
            found.extend(_named_again(tokens, restriction, until))
    seen: set[tuple[int, int]] = set()
    unique = []
    for reading in found:
        key = (reading.trigger[0], reading.restriction.head)
        if key not in seen:
            seen.add(key)
            unique.append(reading)
    return unique


def _shared_complement(
    tokens: list[Token], r: Restriction, following: list[Restriction]
) -> tuple[int, int] | None:
    """Return the "on X" of the next restriction that this one shares: "a freeze and a ban on X"."""
    if r.has_complement or not following or not following[0].has_complement:
        return None
    between = {t.low for t in tokens[r.core : following[0].first]}
    if between and between <= {"and", "or", ",", "a", "an"}:
        return following[0].core + 1, following[0].end
    return None


def _named_again(tokens: list[Token], r: Restriction, until: int) -> list[Reading]:
    """Read "…, but reimposed them in April", said of a restriction named before in the sentence."""
    pronoun = "them" if tokens[r.head].low.endswith("s") else "it"
    for i in range(r.end + 1, min(until, len(tokens), r.end + 40)):
        if tokens[i].low == pronoun:
            action = ACTIONS.get(tokens[i - 1].low)
            if action and action != "keep" and tokens[i - 1].low not in _UNSURE:
                return [Reading(r, action, (i - 1, i), "active")]
    return []


def _read_one(tokens: list[Token], r: Restriction, until: int) -> list[Reading]:
    """Return what is done to one restriction, by the first of these that says anything."""
    if r.kind == "verb":
        return [_own_verb(tokens, r)]
    compound = _compound(tokens, r)
    if compound:
        return [compound]
    direct = _verb_before(tokens, r)
    behind = _verbs_behind(tokens, r, until)
    if direct:
        return direct + [b for b in behind if b.how == "relative" and b.action != "impose"]
    named = _noun_before(tokens, r)
    if named:
        return [named]
    if behind:
        main = [b for b in behind if b.how != "relative"]
        return main or behind
    return _verb_before(tokens, r, across=True)


# --- the restriction's own verb, and compounds -------------------------------------------------


def _own_verb(tokens: list[Token], r: Restriction) -> Reading:
    """Read "sanctioned two banks", "was blacklisted by …", "banned imports of …"."""
    low = tokens[r.head].low
    action: Action = "lift" if low.startswith(("delist", "unfr", "unbl")) else "impose"
    passive = low.endswith(("ed", "en")) and _be_index(tokens, r.head) is not None
    if low.endswith("ed") and r.head + 1 < len(tokens) and tokens[r.head + 1].low == "by":
        passive = True
    on = None
    if passive:
        be = _be_index(tokens, r.head)
        on = subject_before(tokens, be if be is not None else r.head)
    else:
        end = phrase_end(tokens, r.head + 1)
        on = (r.head + 1, end) if end > r.head + 1 else None
    measured = r
    if on and not passive and (low in BAN_VERBS or "fr" in low):
        measured = replace(r, end=on[1])
    return Reading(measured, action, (r.head, r.head + 1), "passive" if passive else "verb", on)


def _compound(tokens: list[Token], r: Restriction) -> Reading | None:
    """Read "sanctions relief", "sanctions waiver", "threat" and the like behind the name."""
    if r.core < len(tokens) and tokens[r.core].low in COMPOUND_ACTIONS:
        action: Action = COMPOUND_ACTIONS[tokens[r.core].low]  # type: ignore[assignment]
        whole = replace(r, core=r.core + 1, end=max(r.end, r.core + 1))
        return Reading(whole, action, (r.core, r.core + 1), "noun")
    return None


# --- a verb before the restriction -------------------------------------------------------------


def _verb_before(tokens: list[Token], r: Restriction, *, across: bool = False) -> list[Reading]:
    """Read "lift sanctions", "ease and eventually lift sanctions", "step up sanctions".

    With `across`, other objects may stand between: "imposed an arms embargo and a travel ban".
    """
    i, particle, crossed = r.first - 1, "", False
    stop = max(-1, r.first - (24 if across else 9))
    while i > stop:
        token = tokens[i]
        low = token.low
        if low in ACTIONS or low in SOFT:
            if not _noun_use(tokens, i) or crossed:
                reading = _governing(tokens, i, r, particle, crossed)
                if reading:
                    return [*_coordinated(tokens, i, r), reading]
                if not crossed and low in ACTIONS:
                    return []
        if low in ("up", "back", "down", "over", "out", "off") and not particle:
            particle = low
        elif across and low in ("and", "or", ",", "including", "as", "well", "then"):
            crossed = True
        elif (
            low in AUXILIARIES
            or low in BREAKS
            or (low in SUBORDINATORS and low not in ("before", "after", "since", "until"))
        ):
            return []
        elif not (is_adverb(token) or low in DETERMINERS or _transparent(tokens, i)) and not (
            across and crossed and low not in NEGATIONS
        ):
            return []
        i -= 1
    return []


def _transparent(tokens: list[Token], i: int) -> bool:
    """Tell whether a word only says how much of the restriction: "a new round of"."""
    low = tokens[i].low
    return low in QUANTITIES or low in FRESH or low in ("of", "its", "remaining", "first", "latest",
                                                        "existing", "'s") or low[0].isdigit() or low in _NUMBERS  # fmt: skip


_NUMBERS = frozenset("two three four five six seven eight nine ten dozens multiple".split())


def _noun_use(tokens: list[Token], i: int) -> bool:
    """Tell whether a verb's form is a noun here: "the end", "an increase"."""
    if i == 0:
        return False
    before = tokens[i - 1].low
    return (
        before in DETERMINERS
        and before not in ("that", "which", "who")
        and (not tokens[i].low.endswith("ed"))
    )


def _governing(
    tokens: list[Token], i: int, r: Restriction, particle: str, crossed: bool
) -> Reading | None:
    """Read the verb at `i` with the restriction for its object."""
    low = tokens[i].low
    behind = {t.low for t in tokens[r.core : r.end + 4]}
    if low in PARTICLES or low in ACTIONS:
        needed = PARTICLES.get(low)
        if needed is not None:
            word = particle if particle in needed else next((w for w in needed if w in behind), "")
            if not word:
                return None
            return Reading(r, needed[word], (i, i + 1), "active")
        action = ACTIONS[low]
        if low in NEED_PLACE and not behind & {"place", "intact", "unchanged", "force"}:
            return None
        if low in NEED_ON and not (r.has_complement or behind & {"on", "back"}):
            return None
        if low in NEED_BACK:
            return None
        if low in ("put", "puts", "putting") and "back" in behind:
            action = "reimpose"
        if particle == "back" and low.startswith("put"):
            action = "reimpose"
        threat = _threatened(tokens, i) if action in ("impose", "tighten", "reimpose") else None
        if threat is not None:
            return Reading(r, "threaten", (threat, threat + 1), "active", soft="announced")
        return Reading(r, _shade(tokens, i, r, action), (i, i + 1), "active")
    if low in SOFT and not crossed and _yet_to_come(tokens, i, r):
        harder = any(t.low in HARDER for t in tokens[i + 1 : r.head])
        status = SOFT[low]
        if low in FACE:
            return _facing(tokens, i, r)
        return Reading(r, "tighten" if harder else "impose", (i, i + 1), "active", soft=status)
    return None


def _threatened(tokens: list[Token], i: int) -> int | None:
    """Return where "threatened" stands before "to impose" at `i`."""
    if i < 2 or tokens[i - 1].low != "to":
        return None
    for j in range(i - 2, max(-1, i - 9), -1):
        if tokens[j].low in THREATS:
            return j
        if tokens[j].low in ACTIONS or tokens[j].low in BREAKS or tokens[j].low in AUXILIARIES:
            return None
    return None


def _facing(tokens: list[Token], i: int, r: Restriction) -> Reading | None:
    """Read "could face sanctions": a threat, when a modal says that they are yet to come."""
    modal = any(
        t.low in ("could", "may", "might", "will", "would") for t in tokens[max(0, i - 3) : i]
    )
    if not (modal or tokens[i].low.startswith("risk")):
        return None
    be = _be_index(tokens, i)
    on = subject_before(tokens, be if be is not None else i)
    return Reading(r, "threaten", (i, i + 1), "active", on, "proposed")


def _yet_to_come(tokens: list[Token], i: int, r: Restriction) -> bool:
    """Tell whether the words before the name present it as new, not as known."""
    between = tokens[i + 1 : r.head]
    if any(t.low in ("the", "these", "those", "its", "their", "existing", "such") for t in between):
        return any(t.low in ("new", "latest", "first", "tougher", "fresh") for t in between)
    return True


def _shade(tokens: list[Token], i: int, r: Restriction, action: Action) -> Action:
    """Adjust an action by the words around: "partly lift" eases, "extend … to X" tightens."""
    if action == "lift":
        near = tokens[max(0, i - 2) : r.head]
        if any(t.low in PARTLY for t in near):
            return "ease"
    if action == "renew" and tokens[i].low.startswith("extend") and r.end < len(tokens):
        following = tokens[r.end + 1] if r.end + 1 < len(tokens) else None
        if tokens[r.end].low == "to" and following is not None and not following.low.isdigit():
            return "tighten"
    return action


def _coordinated(tokens: list[Token], i: int, r: Restriction) -> list[Reading]:
    """Read the other verbs of "renew, tighten or lift sanctions", those before the verb at `i`."""
    found: list[Reading] = []
    j = i - 1
    while j >= 0 and i - j < 12:
        if tokens[j].low not in ("and", "or", ",") and not is_adverb(tokens[j]):
            if tokens[j].low not in ("to", "then", "at", "least", "even", "by"):
                break
            j -= 1
            continue
        k = j - 1
        while k >= 0 and (is_adverb(tokens[k]) or tokens[k].low in (",", "and", "or", "to")):
            k -= 1
        if k < 0 or tokens[k].low not in ACTIONS or tokens[k].low in PARTICLES or k < j - 4:
            break
        if _noun_use(tokens, k) or not _same_form(tokens[k], tokens[i]):
            break
        found.append(Reading(r, _shade(tokens, k, r, ACTIONS[tokens[k].low]), (k, k + 1), "active"))
        i, j = k, k - 1
    return found[::-1]


def _same_form(one: Token, other: Token) -> bool:
    def ending(token: Token) -> str:
        return next((e for e in ("ing", "ed", "es", "s") if token.low.endswith(e)), "")

    return ending(one)[-1:] == ending(other)[-1:]


# --- a noun or a preposition before it ---------------------------------------------------------


def _noun_before(tokens: list[Token], r: Restriction) -> Reading | None:
    """Read "the lifting of …", "relief from …", "hit X with …", "calls for …", "under …"."""
    i = r.first - 1
    while (
        i >= 0
        and r.first - i < 8
        and (
            tokens[i].low in DETERMINERS
            or _transparent(tokens, i)
            and tokens[i].low != "of"
            or (tokens[i].low == "of" and i > 0 and tokens[i - 1].low in QUANTITIES)
        )
    ):
        i -= 1
    if i <= 0:
        return None
    low = tokens[i].low
    if low == "of":
        return _of(tokens, i, r)
    if low in ("from", "to", "on", "off"):
        return _from_to(tokens, i, r, low)
    if low == "with":
        return _with(tokens, i, r)
    if low == "for":
        return _for(tokens, i, r)
    if low == "under":
        return _under(tokens, i, r)
    return None


def _of(tokens: list[Token], i: int, r: Restriction) -> Reading | None:
    for j in range(i - 1, max(-1, i - 4), -1):
        low = tokens[j].low
        if low in NOUNS and not (low == "end" and tokens[j - 1].low in ("the", "at") and j < i - 1):
            action = NOUNS[low]
            if action == "lift" and any(t.low in PARTLY for t in tokens[max(0, j - 2) : j]):
                action = "ease"
            return Reading(r, action, (j, j + 1), "noun")
        if low in THREATEN:
            return Reading(r, "threaten", (j, j + 1), "active", soft="announced")
        if tokens[j].low in PREPOSITIONS or not tokens[j].word:
            break
    return None


def _from_to(tokens: list[Token], i: int, r: Restriction, low: str) -> Reading | None:
    """Read "relief from", "exempt X from", "an end to", and what is done with names on a list."""
    for j in range(i - 1, max(-1, i - 20), -1):
        word = tokens[j].low
        if word in BREAKS or word in SUBORDINATORS:
            return None
        on = (j + 1, i) if j + 1 < i else None
        if low in ("from", "to", "on") and word in NOUNS and (j == i - 1 or low == "from"):
            if NOUNS[word] in ("waive", "ease", "lift", "reimpose") and word != "ending":
                return Reading(r, NOUNS[word], (j, j + 1), "noun", on)
        if low == "from" and word.startswith(("exempt", "spare", "shield")):
            return Reading(r, "waive", (j, j + 1), "active", on or _passive_subject(tokens, j))
        if low == "on" and word in ("agree", "agreed", "agrees") and j >= i - 2:
            return Reading(r, "impose", (j, j + 1), "active", soft="agreed")
        if r.kind == "list":
            action = _listing(word, low)
            if action:
                passive = on is None and _be_index(tokens, j) is not None
                on = on or _passive_subject(tokens, j)
                return Reading(r, action, (j, j + 1), "passive" if passive else "active", on)
        if low == "to" and word in ("subject", "subjected") and _be_index(tokens, j) is not None:
            return Reading(r, "impose", (j, j + 1), "state", _passive_subject(tokens, j))
    return None


def _listing(word: str, preposition: str) -> Action | None:
    """Return what is done by taking from, adding to or keeping on a list."""
    if preposition in ("from", "off"):
        if word in ("take", "taken", "takes", "took", "taking", "strike", "struck"):
            return "lift"
        return "lift" if ACTIONS.get(word) == "lift" else None
    if word in ("add", "adds", "added", "adding") and preposition == "to":
        return "impose"
    if preposition == "on":
        if word in ("put", "puts", "putting", "place", "placed", "places", "placing", "include",
                    "included"):  # fmt: skip
            return "impose"
        return "keep" if ACTIONS.get(word) == "keep" else None
    return None


def _with(tokens: list[Token], i: int, r: Restriction) -> Reading | None:
    for j in range(i - 1, max(-1, i - 12), -1):
        word = tokens[j].low
        if word in WITH_VERBS:
            on = (j + 1, i) if j + 1 < i else _passive_subject(tokens, j)
            soft: Status | None = "announced" if WITH_VERBS[word] == "threaten" else None
            how = "active" if j + 1 < i else "passive"
            return Reading(r, WITH_VERBS[word], (j, j + 1), how, on, soft)
        if word in BREAKS or word in AUXILIARIES:
            return None
    return None


def _for(tokens: list[Token], i: int, r: Restriction) -> Reading | None:
    for j in range(i - 1, max(-1, i - 4), -1):
        if tokens[j].low in FOR_VERBS:
            harder = any(t.low in HARDER for t in tokens[i + 1 : r.head])
            action: Action = "tighten" if harder else "impose"
            return Reading(r, action, (j, j + 1), "active", soft="proposed")
    return None


def _under(tokens: list[Token], i: int, r: Restriction) -> Reading | None:
    j = i - 1
    while j >= 0 and is_adverb(tokens[j]):
        j -= 1
    if j < 0:
        return None
    word = tokens[j].low
    if word in ("been", "be", "is", "are", "was", "were", "come", "came", "comes"):
        k = j
        while k > 0 and tokens[k - 1].low in AUXILIARIES:
            k -= 1
        return Reading(r, "impose", (i, i + 1), "state", subject_before(tokens, k))
    if word in ("remain", "remains", "remained", "stay", "stays"):
        return Reading(r, "keep", (j, j + 1), "state", subject_before(tokens, j))
    if word in ("placed", "put"):
        return Reading(r, "impose", (j, j + 1), "passive", _passive_subject(tokens, j))
    return None


# --- a verb behind it --------------------------------------------------------------------------

_CHAIN = frozenset(
    "set expected due likely unlikely scheduled supposed to need needs ready going about be been "
    "being begun began begin continue continued more longer further so far once automatically "
    "have had partly first both each all now agreed".split()
)


def _verbs_behind(tokens: list[Token], r: Restriction, until: int) -> list[Reading]:
    """Read "sanctions … were tightened", "… remain in place", "… imposed by X", "… lifted"."""
    found: list[Reading] = []
    i, limit = r.end, min(len(tokens), r.end + 30)
    chained, relative, after_comma = False, False, False
    while i < limit:
        token, low = tokens[i], tokens[i].low
        if low in ("that", "which") and i - r.core < 8:
            relative, chained = True, False
        elif low in AUXILIARIES or (chained and (low in _CHAIN or is_adverb(token))):
            chained = True
        elif low in (",", "and") and i + 1 < limit and not chained:
            after_comma = True
        elif is_adverb(token) and not chained:
            pass
        else:
            reading = _behind(tokens, i, r, chained, relative, after_comma)
            if reading:
                found.append(reading)
                if reading.how != "relative":
                    return found + _also_behind(tokens, i + 1, reading)
                i = _skip_agent(tokens, i + 1)
                chained = relative = False
                continue
            if chained and not relative:
                return found
            if low in BREAKS or (low in SUBORDINATORS and low not in ("after", "since", "before")):
                return found
            if chained and relative:
                chained = relative = False
            if i >= until and tokens[i].low not in PREPOSITIONS and i > r.end + 12:
                return found
        i += 1
    return found


def _behind(
    tokens: list[Token], i: int, r: Restriction, chained: bool, relative: bool, after_comma: bool
) -> Reading | None:
    """Read the word at `i`, behind the restriction, as what is done to it."""
    low = tokens[i].low
    following = tokens[i + 1].low if i + 1 < len(tokens) else ""
    participle = low.endswith(("ed", "en")) or low in (
        "put",
        "kept",
        "withdrawn",
        "brought",
        "upheld",
    )
    if low in ACTIONS and participle and low not in PARTICLES and low not in NEED_BACK:
        if chained:
            how = "relative" if relative else "passive"
            return Reading(r, _behind_shade(tokens, i, low), (i, i + 1), how)
        close = i == r.end or (i - r.end <= 2 and not after_comma)
        if close or (
            i - r.core <= 6 and following in ("by", "on", "in", "after", "over", "against")
        ):
            return Reading(r, _behind_shade(tokens, i, low), (i, i + 1), "relative")
    if low in SOFT and participle and low not in FACE and low not in ("agreed", "wanted"):
        near = i == r.end or (i - r.end <= 2 and not chained and tokens[i - 1].low == ",")
        if chained or (near and (after_comma or following in ("by", "on", "in", "last", "this"))):
            how = "passive" if chained and not relative else "relative"
            return Reading(r, "impose", (i, i + 1), how, soft=SOFT[low])
    if low in PARTICLES and participle and chained and following in PARTICLES[low]:
        return Reading(
            r, PARTICLES[low][following], (i, i + 1), "relative" if relative else "passive"
        )
    if low in ("place", "force", "effect") and tokens[i - 1].low in ("in", "into") and chained:
        return Reading(r, "keep", (i - 1, i + 1), "state")
    if low in INTRANSITIVE and (chained or i == r.end or _plain_gap(tokens, r.end, i)):
        needs = INTRANSITIVE_NEEDS.get(low)
        if needs is None or following in needs:
            if low.startswith(("remain", "stay")) and following in (".", ",", ""):
                return None if not chained else Reading(r, "keep", (i, i + 1), "state")
            if INTRANSITIVE[low] == "impose" and following in ("into", "in"):
                goal = tokens[i + 2].low if i + 2 < len(tokens) else ""
                if goal not in ("force", "effect"):
                    return None
            return Reading(r, INTRANSITIVE[low], (i, i + 1), "relative" if relative else "state")
    return None


def _plain_gap(tokens: list[Token], start: int, end: int) -> bool:
    """Tell whether only phrases with prepositions stand between: "sanctions over X remain"."""
    return (
        end - start <= 10
        and tokens[start].low in PREPOSITIONS
        and not any(
            t.low in AUXILIARIES or t.low in BREAKS or t.low in (",", "and")
            for t in tokens[start:end]
        )
    )


def _behind_shade(tokens: list[Token], i: int, low: str) -> Action:
    if ACTIONS[low] == "lift" and any(t.low in PARTLY for t in tokens[max(0, i - 2) : i]):
        return "ease"
    if low.startswith("put") and "back" in (t.low for t in tokens[i : i + 2]):
        return "reimpose"
    return ACTIONS[low]


def _also_behind(tokens: list[Token], i: int, first: Reading) -> list[Reading]:
    """Read the second of "were eased and then lifted", "will be extended and tightened"."""
    j = i
    while j < min(len(tokens), i + 7):
        low = tokens[j].low
        if low in ACTIONS and low.endswith(("ed", "en")) and j > i and low not in PARTICLES:
            return [replace(first, action=ACTIONS[low], trigger=(j, j + 1))]
        if low not in ("and", "or", "but", ",", "then", "be", "not") and not is_adverb(tokens[j]):
            return []
        j += 1
    return []


def _skip_agent(tokens: list[Token], i: int) -> int:
    """Return the index behind "by X", "on Y", "in 2014" that follow a participle."""
    while i < len(tokens) and tokens[i].low in PREPOSITIONS:
        end = phrase_end(tokens, i + 1)
        i = max(end, i + 1)
    return i


# --- "them", for a restriction named in the sentence before ------------------------------------


def _pronoun_readings(tokens: list[Token]) -> list[Reading]:
    """Read "could lift them tomorrow" when the sentence before names a restriction."""
    found = []
    for i, token in enumerate(tokens):
        if token.low == "them" and i > 0:
            j = i - 1
            action = ACTIONS.get(tokens[j].low)
            if action and action != "keep" and tokens[j].low not in _UNSURE:
                pronoun = Restriction(i, i, i + 1, i + 1, "noun", weak=True)
                found.append(Reading(pronoun, action, (j, j + 1), "active"))
        elif token.low == "they":
            pronoun = Restriction(i, i, i + 1, i + 1, "noun", weak=True)
            behind = _verbs_behind(tokens, pronoun, len(tokens))
            found.extend(b for b in behind if tokens[b.trigger[0]].low in _ONLY_OF_RULES)
    return found


_TOO_COMMON = frozenset(
    "order orders ordered ordering end ends ended ending apply applies applied applying drop drops "
    "dropped dropping place placed places placing remove removes removed removing reduce increase "
    "withdraw withdrew launch introduce introduced".split()
)
_UNSURE = _TOO_COMMON | NEED_ON | NEED_PLACE | frozenset(PARTICLES)
_ONLY_OF_RULES = frozenset("lifted eased imposed tightened relaxed waived reimposed expire".split())


# --- subjects ----------------------------------------------------------------------------------


def _be_index(tokens: list[Token], i: int) -> int | None:
    """Return where the auxiliaries before the participle at `i` begin; None without any."""
    j = i - 1
    while j >= 0 and is_adverb(tokens[j]):
        j -= 1
    if j < 0 or tokens[j].low not in AUXILIARIES:
        return None
    while j > 0 and (tokens[j - 1].low in AUXILIARIES or is_adverb(tokens[j - 1])):
        j -= 1
    return j


def _passive_subject(tokens: list[Token], i: int) -> tuple[int, int] | None:
    be = _be_index(tokens, i)
    return subject_before(tokens, be) if be is not None else None


def subject_before(tokens: list[Token], i: int) -> tuple[int, int] | None:
    """Return the noun phrase that ends right before token `i`, relative clauses not included."""
    end = i
    if end > 0 and tokens[end - 1].low in ("who", "which", "that"):
        end -= 1
    if end > 0 and tokens[end - 1].low == ",":
        end -= 1
    start = subject_start(tokens, end)
    return (start, end) if end > start else None
