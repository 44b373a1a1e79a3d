"""How settled an action is: done, agreed, announced, proposed, conditional or denied.

Read from the words that lead up to the verb ("agreed to", "would not", "called on X to"), as the
literature on event factuality does (Saurí & Pustejovsky 2009: FactBank), in six values of ours.
"""

from dataclasses import dataclass, field

from extractor.find.candidates import Status
from extractor.find.clauses import (
    AUXILIARIES,
    BREAKS,
    DETERMINERS,
    MODALS,
    NEGATIONS,
    PREPOSITIONS,
    SUBORDINATORS,
    Token,
    forms,
    is_adverb,
)


def _table(groups: dict[Status, frozenset[str]]) -> dict[str, Status]:
    return {form: status for status, words in groups.items() for form in words}


# Verbs, nouns and adjectives that govern "to lift", "lifting" or "the lifting of".
LEADS: dict[str, Status] = _table({
    "agreed": forms("agree", "decide", "vote", "approve", "endorse", "adopt", "conclude")
    | frozenset("adopted agreement deal accord decision consensus pact resolve resolved go-ahead "
                "light".split()),
    "announced": forms("announce", "pledge", "promise", "vow", "intend", "order", "declare",
                       "prepare", "schedule", "expect", "reaffirm", "confirm", "unveil", "instruct",
                       "direct", "undertake", "guarantee", "move", "start", "commit")
    | frozenset("plan plans planned planning set due going committed committing commitment swore "
                "intention announcement poised about certain sure bound timetable".split()),
    "proposed": forms("urge", "call", "ask", "propose", "consider", "mull", "weigh", "want", "hope",
                      "demand", "press", "push", "appeal", "discuss", "suggest", "recommend",
                      "favour", "favor", "wish", "request", "offer", "need", "advocate", "support",
                      "back", "pressure", "lobby", "allow", "authorize", "authorise", "persuade",
                      "convince", "encourage", "require", "oblige", "invite", "explore", "aim",
                      "try", "attempt", "negotiate", "help", "enable", "wait")
    | frozenset("seek seeks sought seeking bid proposal proposals ready willing prepared open "
                "chance "
                "possibility prospect prospects option effort efforts campaign ought likely "
                "pushing talks negotiations debate step steps roadmap power powers authority right "
                "way ways idea deadline eager keen path question conditions condition time able "
                "reluctant hesitant mulling pleas plea motion bill legislation".split()),
    "in_force": forms("continue", "proceed")
    | frozenset("begin begins began begun beginning".split()),
    "denied": forms("refuse", "decline", "reject", "deny", "fail", "oppose", "refrain", "rule",
                    "resist", "veto", "avoid", "prevent", "block", "stop", "prohibit", "forbid")
    | frozenset("barring barred bars denies denied opposition objections resistance refusal "
                "unlikely "
                "unwilling against ruled ruling no-one nobody "
                "impossible".split()),
})  # fmt: skip
_HABITS = frozenset("approach policy practice strategy response instinct answer".split())
_STARTED = forms("start", "move", "proceed")
_REPORT = frozenset(
    "said says say saying told tells telling announced announces announcing pledged promised vowed "
    "added adding declared insisted stated confirmed indicated signalled signaled reported "
    "reports wrote according quoted announcement".split()
)
_BILLS = frozenset("bill legislation proposal plan draft act measure resolution law deal".split())
POSSIBLE = frozenset("could may might can".split())
DUE = frozenset("should must ought shouldn't mustn't".split())
_WILL = frozenset(
    "will would shall 'll won't wouldn't they'll we'll he'll she'll it'll they'd we'd".split()
)


@dataclass(slots=True)
class Lead:
    """The words that lead up to a verb, read from right to left."""

    start: int  # the index of the first of them
    words: set[str] = field(default_factory=set)  # the auxiliaries and modals
    negated: bool = False
    status: Status | None = None  # of the word that governs it: "agreed" in "agreed to lift"
    governor: int | None = None  # its index
    infinitive: bool = False
    preposition: str = ""  # "by" in "by lifting"


def lead_of(tokens: list[Token], verb: int) -> Lead:
    """Read the auxiliaries, negations and governing words before the verb at `verb`."""
    lead = Lead(verb)
    gerund = tokens[verb].low.endswith("ing")
    j, stop = verb - 1, max(-1, verb - 20)
    while j > stop:
        low = tokens[j].low
        if low == "to" and tokens[j - 1].low == "yet":
            lead.negated, lead.start = True, j - 1  # "has yet to lift"
            break
        if low in NEGATIONS and not _not_only(tokens, j):
            lead.negated = True
            lead.words.add(low)
        elif low in AUXILIARIES:
            lead.words.add(low)
        elif low == "to" and not lead.infinitive:
            lead.infinitive = True
            j = _governor(tokens, j, lead)
            if j is None or j < 0:
                break
        elif low in _HELPING and j == verb - 1 and _base(tokens[verb]):
            lead.status, lead.governor = "proposed", j  # "to help end the embargo"
        elif low in LEADS and (gerund or lead.infinitive) and lead.governor is None:
            lead.status, lead.governor = _status_of_lead(tokens, j), j
        elif low == "of" and gerund and tokens[j - 1].low == "short":
            lead.negated, lead.start = True, j - 2  # "stopped short of imposing"
            break
        elif (
            (low in PREPOSITIONS or low == "of")
            and gerund
            and lead.governor is None
            and not lead.preposition
        ):
            lead.preposition = low
            k = _govern_near(tokens, j - 1, 4)
            if k is None:
                lead.start = j
                break
            lead.status, lead.governor = _status_of_lead(tokens, k), k
            j = k
        elif low in _LISTS and not gerund and lead.start == verb and _base(tokens[verb]):
            k = _shared(tokens, j)
            if k is None:
                break
            j = k
            continue
        elif not is_adverb(tokens[j]) and low not in _PASSED_OVER:
            break
        lead.start = j
        j -= 1
    return lead


_HELPING = forms("help")
_PASSED_OVER = frozenset(("both", "either", "then", "first", "once", '"', "“", "”", "‘", "''"))


def _governor(tokens: list[Token], to: int, lead: Lead) -> int:
    """Find what governs "to lift": in "urged the EU to lift", "a deal to lift", "set to"."""
    k = _govern_near(tokens, to - 1, 9)
    if k is None:
        before = tokens[to - 1].low if to else ""
        if before in AUXILIARIES:  # "are to be lifted"; "the policy is to sanction"
            subject = tokens[to - 2].low if to > 1 else ""
            lead.status = "in_force" if subject in _HABITS else "announced"
            lead.governor = to - 1
        lead.start = to
        return to
    lead.status, lead.governor = _status_of_lead(tokens, k), k
    return k


def _govern_near(tokens: list[Token], j: int, reach: int) -> int | None:
    """Return the nearest governing word at or before `j`, not beyond a mark or a clause."""
    for k in range(j, max(-1, j - reach), -1):
        low = tokens[k].low
        if low in _HOLD and k + 1 < len(tokens) and tokens[k + 1].low == "off":
            return k
        if low in LEADS:
            if low == "set" and k and tokens[k - 1].low in DETERMINERS:
                continue
            return k
        if low in BREAKS or (low in SUBORDINATORS and low != "that") or low in MODALS:
            return None
        if low == "," and k < j:
            return None
    return None


_HOLD = frozenset("hold holds held holding".split())


def _status_of_lead(tokens: list[Token], k: int) -> Status:
    low = tokens[k].low
    if low in _HOLD:
        return "denied"  # "held off on imposing"
    if low in _STARTED and not (k and tokens[k - 1].low in MODALS | {"to"}):
        return "in_force"
    return LEADS[low]


def _not_only(tokens: list[Token], j: int) -> bool:
    following = tokens[j + 1].low if j + 1 < len(tokens) else ""
    return tokens[j].low == "not" and following in ("only", "just", "merely")


def _base(token: Token) -> bool:
    return not token.low.endswith(("ed", "ing")) and not token.low.endswith("s")


_LISTS = frozenset(("and", "or", ","))


def _shared(tokens: list[Token], j: int) -> int | None:
    """Return the "to" or modal that "free prisoners and lift …" shares with its first verb."""
    for k in range(j - 1, max(-1, j - 24), -1):
        low = tokens[k].low
        if (low == "to" and _base(tokens[k + 1]) and not tokens[k + 1].capital) or low in MODALS:
            return k
        if low in BREAKS or low in SUBORDINATORS:
            return None
    return None


def status_of_verb(
    tokens: list[Token], verb: int, lead: Lead, *, passive: bool, conditional: bool, dated: bool
) -> Status:
    """Return the status of the action at `verb`.

    `conditional`: an "if" goes with it; `dated`: it is said to have happened on a day of the news.
    A past action is "past"; one of these days, or in the perfect, is "in_force".
    """
    words = lead.words
    if lead.preposition == "by" and not words:  # "would respond by imposing"
        words = {t.low for t in tokens[max(0, lead.start - 12) : lead.start]} & MODALS
    if lead.negated or lead.status == "denied":
        return "denied"
    if lead.status is not None:
        return _governed(tokens, lead, conditional)
    if not words and _base(tokens[verb]) and demanded(tokens, lead.start):
        return "proposed"
    if words & DUE:
        return "proposed"
    if words & POSSIBLE:
        return "conditional" if conditional else "proposed"
    if words & _WILL:
        if conditional:
            return "conditional"
        return "announced" if "would" not in words or reported(tokens, verb) else "proposed"
    if words & {"was", "were"} and not passive and reported(tokens, verb):
        return "announced"  # "said it was extending"
    return _tense(tokens[verb].low, lead, passive=passive, dated=dated)


def demanded(tokens: list[Token], start: int) -> int | None:
    """Return the "that" of what someone asks for: "demanded on Monday that Norway lift"."""
    for j in range(start - 1, max(0, start - 24), -1):
        if tokens[j].low == "that":
            asked = any(LEADS.get(t.low) == "proposed" for t in tokens[max(0, j - 3) : j])
            return j if asked else None
        if tokens[j].low in BREAKS:
            return None
    return None


def _governed(tokens: list[Token], lead: Lead, conditional: bool) -> Status:
    """Return the status under a governing word, itself under a modal or not."""
    status = lead.status
    if lead.governor is not None and status != "denied" and _agreed_on(tokens, lead.governor):
        status = "agreed"
    if lead.governor is not None and status == "proposed" and _turned_down(tokens, lead.governor):
        return "denied"
    assert status is not None  # noqa: S101 - the caller's own condition
    hedged = lead.words & (POSSIBLE | DUE)
    governor = tokens[lead.governor].low if lead.governor is not None else ""
    if status == "agreed" and (hedged or lead.words & {"will", "would"}):
        status = "proposed"
    if status == "announced" and (hedged or governor in ("expected", "expects", "expect")):
        status = "proposed" if hedged else status
    if conditional and status in ("announced", "proposed"):
        return "conditional"
    return status


def _turned_down(tokens: list[Token], governor: int) -> bool:
    """Tell whether it is a motion that was turned down: "rejected a proposal to end"."""
    if tokens[governor].low not in _MOTIONS:
        return False
    return any(t.low in _TURNING_DOWN for t in tokens[max(0, governor - 6) : governor])


_MOTIONS = frozenset(
    "proposal proposals motion bid bill resolution call calls demand request plea".split()
)
_TURNING_DOWN = forms("reject", "veto", "defeat", "dismiss", "rebuff") | {"vetoed", "vetoes"}
_DENYING = forms("deny", "reject", "dispute") | {"false", "untrue", "denies", "denied"}


def denied_above(tokens: list[Token], i: int) -> bool:
    """Tell whether the clause of token `i` is what someone denies: "denied that any … had been"."""
    for j in range(i - 1, max(-1, i - 14), -1):
        low = tokens[j].low
        if low == "that":
            return any(t.low in _DENYING for t in tokens[max(0, j - 4) : j])
        if low in BREAKS or low in SUBORDINATORS:
            return False
        if low in _DENYING and low.startswith("den"):
            return True
    return False


def _agreed_on(tokens: list[Token], governor: int) -> bool:
    """Tell whether the plan that governs is itself agreed: "agreed on a roadmap to ease"."""
    near = [token.low for token in tokens[max(0, governor - 4) : governor]]
    if "on" not in near:
        return False
    before = near[: near.index("on")]
    return any(LEADS.get(low) == "agreed" for low in before)


def reported(tokens: list[Token], verb: int) -> bool:
    """Tell whether a verb of saying stands before, and no bill is the subject."""
    before = {token.low for token in tokens[max(0, verb - 25) : verb]}
    near = {token.low for token in tokens[max(0, verb - 6) : verb]}
    after = {token.low for token in tokens[verb : verb + 40]}
    return bool((before | after) & _REPORT) and not near & _BILLS


def _tense(low: str, lead: Lead, *, passive: bool, dated: bool) -> Status:
    words = lead.words
    if "had" in words:
        return "past"
    if words & {"has", "have", "they've", "we've"}:
        return "in_force"
    if passive:
        if words & {"was", "were"}:
            return "in_force" if dated or "being" in words else "past"
        return "in_force"
    if low.endswith("ing"):
        if words & {"is", "are", "was", "were", "be"}:
            return "announced" if words & {"is", "are"} else "past"
        return "past" if lead.preposition in ("after", "since", "by", "following") else "in_force"
    if lead.infinitive:  # "US to ease sanctions", a heading
        return "announced" if lead.start <= 5 and not lead.words else "proposed"
    past = low.endswith("ed") or low in ("put", "kept", "brought", "withdrew", "left", "took",
                                         "hit", "struck", "froze", "came", "went")  # fmt: skip
    return "past" if past and not dated else "in_force"
