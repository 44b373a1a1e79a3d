"""How settled a sanction statement is: in force, agreed, announced, proposed and so on.

`extractor.answer.moods` reads the words around any verb, `nominal_moods` those around a noun; here
is what only restrictions have: verbs that say it themselves ("announced sanctions"), states
("remain in place"), and dates that are of the news or before it.
"""

from extractor.answer.conditions import Condition, inside_condition
from extractor.answer.moods import Lead, denied_above, status_of_verb
from extractor.answer.nominal_moods import status_of_noun
from extractor.find.actions import Reading
from extractor.find.candidates import Status
from extractor.find.clauses import Token


def status_of(
    tokens: list[Token],
    conditions: list[Condition],
    reading: Reading,
    lead: Lead,
    condition: Condition | None,
    when: str,
) -> Status:
    """Return how settled one statement is.

    `conditions` are those of the sentence, `condition` the one the action depends on, `when` the
    words of its time ("" when there are none).
    """
    verb = reading.trigger[0]
    if inside_condition(conditions, verb):
        return "conditional"
    if denied_above(tokens, min(verb, reading.restriction.first)):
        return "denied"
    if _none_of_it(tokens, reading):
        return "denied"
    conditional = condition is not None and condition.kind in ("if", "exchange")
    if reading.how == "noun":
        end = max(reading.restriction.end, reading.trigger[1])
        first = min(reading.trigger[0], reading.restriction.first)
        return status_of_noun(tokens, first, end, conditional=conditional)
    if reading.soft is not None:
        return _soft(tokens, reading, lead, conditional)
    if reading.how == "state" and reading.action == "impose" and not lead.words - {"is", "are"}:
        return "denied" if lead.negated else "in_force"
    dated = of_the_news(when)
    if reading.how in ("state",):
        return _state(tokens, reading, lead, conditional)
    passive = reading.how in ("passive", "relative")
    kept_out = reading.restriction.on
    if kept_out and reading.how == "passive" and not lead.words and lead.status is None:
        wanted = _wanted(tokens, kept_out[0])  # "wants X banned"
        if wanted:
            return wanted
    if lead.governor is not None and _came_to_nothing(tokens, reading.restriction.end):
        return "denied"
    if reading.how == "relative" and not lead.words:
        wanted = _wanted(tokens, reading.restriction.first)
        return wanted or ("in_force" if dated else "past")
    return status_of_verb(tokens, verb, lead, passive=passive, conditional=conditional, dated=dated)


def _none_of_it(tokens: list[Token], reading: Reading) -> bool:
    """Tell whether the restriction is said not to be: "no sanctions have been imposed"."""
    r = reading.restriction
    words = tokens[max(0, r.first - 2) : r.head]
    return r.kind == "noun" and any(t.low == "no" for t in words) and reading.soft is None


_FAILED = frozenset("failed unsuccessful rejected defeated blocked collapsed vetoed".split())


def _came_to_nothing(tokens: list[Token], end: int) -> bool:
    """Tell whether what was to be done is said to have failed: "the move to ban X was rejected"."""
    near = tokens[end : end + 4]
    return (
        bool(near)
        and near[0].low in (*_FAILED, "was", "were")
        and any(token.low in _FAILED for token in near)
    )


def _wanted(tokens: list[Token], first: int) -> Status | None:
    """Read "wants sanctions lifted", "to have the embargo removed"."""
    near = {t.low for t in tokens[max(0, first - 4) : first]}
    wishes = ("want", "wants", "wanted", "see", "have", "get", "getting", "seeing", "having")
    return "proposed" if near & set(wishes) else None


def _soft(tokens: list[Token], reading: Reading, lead: Lead, conditional: bool) -> Status:
    """Return the status that "announced", "adopted", "proposed" themselves give."""
    if tokens[reading.trigger[0]].low.startswith("rul"):
        return reading.soft or "denied"  # "did not rule out sanctions": read with its "not"
    if lead.negated or lead.status == "denied":
        return "denied"
    soft = reading.soft or "proposed"
    if reading.action == "threaten":
        return "conditional" if conditional else soft
    if soft != "proposed" and (lead.status or lead.words & {"could", "may", "might", "should",
                                                            "must", "can", "would"}):  # fmt: skip
        soft = "proposed"
    elif soft == "agreed" and "will" in lead.words:
        soft = "announced"
    return "conditional" if conditional and soft != "agreed" else soft


def _state(tokens: list[Token], reading: Reading, lead: Lead, conditional: bool) -> Status:
    """Return the status of "remain in place", "expire", "took effect"."""
    verb = reading.trigger[0]
    if tokens[verb].low in ("in", "into", "under") or lead.words or lead.status:
        return status_of_verb(
            tokens, verb, lead, passive=True, conditional=conditional, dated=False
        )
    past = tokens[verb].low in ("remained", "stayed", "stood", "expired", "lapsed", "ended", "took",
                                "came", "went", "returned", "snapped", "continued")  # fmt: skip
    if past and reading.action == "keep":
        return "in_force"
    return "past" if past else "in_force"


_NEWS_DAYS = (
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "today",
    "yesterday", "this week", "tonight", "overnight", "this month",
)  # fmt: skip


def of_the_news(phrase: str) -> bool:
    low = phrase.lower()
    return any(day in low for day in _NEWS_DAYS)
