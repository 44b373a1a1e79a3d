"""Finds the sender of a restriction in the sentence of its statement.

The first of these that is found, as mentions:

1. the possessor: "EU sanctions", "Washington's sanctions" (`states`);
2. of an entry ban: who acts for a state, else the country that it keeps from;
3. of a passive or a participle the agent: "imposed by X"; of a relative clause its subject;
4. of a noun the owner, the agent or who orders it: "Ottawa's threat", "X announced the lifting of";
5. the verb's subject, or who is addressed, if they can impose: "X agreed to lift", "urged X to";
6. whose bill it is (`instruments`), the state of an office before the verb, a headline's state.

The confidence is 1.0 for a possessor, agent or subject, less for the others, 0.5 without a sender.
"""

from itertools import pairwise

from extractor.find.sanctions.lexicon import ACTIONS, FACE, SOFT
from extractor.find.sanctions.readings import Reading
from extractor.find.sanctions.restrictions import is_imposer
from extractor.language.en.countries import lookup
from extractor.language.en.lists import word_set, word_tuple
from extractor.language.sentence_words import (
    AUXILIARIES,
    BREAKS,
    COMMON_VERBS,
    DETERMINERS,
    PRONOUNS,
    SUBORDINATORS,
    phrase_end,
)
from extractor.language.tokens import Token
from extractor.rules.clauses.mention_index import Mentions, can_act
from extractor.rules.clauses.modality import demanded
from extractor.rules.clauses.verb_groups import VerbGroup, verb_group_of
from extractor.rules.sanctions.clause import Clause
from extractor.rules.sanctions.delegated import (
    addresses,
    governed_by_of,
    is_expletive,
    leaves_to,
    wishes,
)
from extractor.rules.sanctions.imposers import may_impose, strong_imposer
from extractor.rules.sanctions.instruments import passed_by, ruled_on
from extractor.rules.sanctions.states import States
from extractor.rules.sanctions.targets import is_own_passive, span_of
from extractor.text.spans import Span

_JOINING = word_set("sanctions.joining")
_LISTED = word_set("sanctions.listed")
_SAYING = word_set("speech_verbs.reporting", "said")
_OWN_ACTS = word_set("sanctions.own-acts")
_ANSWERS = word_tuple("sanctions.answers")
_THREATS = word_set("sanctions.threat-nouns")
_PASSIVES = word_set("closed_classes.auxiliaries", "is", "be")


class Agents:
    """Finds whose restriction it is, or who acts on it, among the mentions of one sentence."""

    def __init__(self, mentions: Mentions, states: States) -> None:
        self._mentions = mentions
        self._states = states
        self._text = mentions.text

    def sender(self, clause: Clause) -> tuple[tuple[str, ...], float]:
        """Return the ids of the sender's mentions in this sentence, and how sure they are."""
        tokens, reading, lead = clause.tokens, clause.reading, clause.lead
        possessor = self._states.possessor(tokens, reading)
        if possessor:
            return possessor, 1.0
        agent = self._agent(tokens, reading)
        if reading.restriction.on is not None:
            return self._keeps_out(clause, agent)
        answers = (
            tokens[reading.trigger[0]].lower.startswith(_ANSWERS) and not lead.words & _PASSIVES
        )
        if (reading.how in ("passive", "relative") and not answers) or is_own_passive(reading):
            if not agent and reading.how == "relative":
                agent = self._inside_relative(clause)
            return (agent, 1.0) if agent else ((), 0.5)
        if reading.how in ("state",):
            return (), 0.5
        if not agent and (reading.how == "noun" or tokens[reading.trigger[0]].lower in _THREATS):
            owner = self._states.owner(tokens, reading.trigger[0])
            if owner:
                return owner, 0.9
        if reading.how == "noun" and not agent:
            orderer = self._orderer(tokens, min(reading.trigger[0], reading.restriction.first))
            return (orderer, 0.85) if orderer else ((), 0.5)
        if reading.how == "noun" or tokens[reading.trigger[0]].lower in FACE:
            return (agent, 0.9) if agent else ((), 0.5)
        subject = self._said_by(tokens, self._subject(clause))
        if lead.governor is None and reading.how in ("active", "verb"):
            subject = self._of_an_aside(tokens, lead) or subject
        if subject and self._asks_others(clause, subject):
            subject = ()
        wishing = wishes(clause)
        if agent and wishing and not addresses(clause):
            return agent, 0.9  # "wants sanctions imposed by X removed"
        subject = tuple(map(self._before_who, subject))
        subject = tuple(
            key
            for key in subject
            if may_impose(*self._mentions.by_id[key], self._text, wishing=wishing)
        )
        if subject:
            return tuple(self._states.body_of(key) for key in subject), 1.0
        if lead.governor is None and reading.how in ("active", "verb"):
            passed = passed_by(self._mentions, tokens, lead.start)
            if passed:
                return passed, 0.9
        if lead.governor is None and lead.start:
            again = tokens[lead.start - 1].lower in ("it", "they")  # "the X cabinet said that it"
            office = self._states.office_before(tokens, lead.start, 9 if again else 2)
            if office:
                return office, 0.9
        if lead.start and not subject:  # a headline's words are no mentions
            named = self._states.named_at(tokens[lead.start - 1])
            if named:
                return named, 0.8
        return (agent, 0.9) if agent else ((), 0.5)

    def _said_by(self, tokens: list[Token], subject: tuple[str, ...]) -> tuple[str, ...]:
        """Return whom "it" means in "X said it would": X, whomever the pronoun was resolved to."""
        if len(subject) != 1 or self._mentions.by_id[subject[0]][0].kind != "pronoun":
            return subject
        at = self._mentions.by_id[subject[0]][0].span.start
        k = next((k for k, token in enumerate(tokens) if token.start >= at), 0)
        if k < 2 or tokens[k].lower not in ("it", "they"):
            return subject
        verb = k - 1 - (tokens[k - 1].lower == "that")
        if tokens[verb].lower not in _SAYING:
            return subject
        said = self._mentions.subject(tokens, verb_group_of(tokens, verb).start)
        if any(", and" in self._gap(*pair) for pair in pairwise(said)):
            said = said[-1:]  # "…, and X said": another clause
        plain = all(self._mentions.by_id[key][0].kind != "pronoun" for key in said)
        things = all(self._mentions.by_id[key][1].kind in ("place", "body") for key in said)
        return said if said and plain and things else subject

    def _gap(self, one: str, other: str) -> str:
        """Return the words between two mentions."""
        ends = self._mentions.by_id[one][0].span.end, self._mentions.by_id[other][0].span.start
        return self._text[ends[0] : ends[1]]

    def _of_an_aside(self, tokens: list[Token], lead: VerbGroup) -> tuple[str, ...]:
        """Return whose "the resolution, drafted by X, extends" is, or who "Y demanded that Z ban".

        In both the nearest mention is another's.
        """
        if lead.start and tokens[lead.start - 1].lower == ",":
            return passed_by(self._mentions, tokens, lead.start)
        asked = demanded(tokens, lead.start) if not lead.words else None
        if asked is None or asked + 1 >= lead.start or lead.infinitive:
            return ()
        between = Span(tokens[asked].end, tokens[lead.start].start)
        return self._all_in(between)[:1]

    def _before_who(self, key: str) -> str:
        """Return the mention that "who" stands for, when it is said right before."""
        mention, entity = self._mentions.by_id[key]
        if entity.kind != "unnamed" or mention.span.of(self._text).lower() != "who":
            return key
        for before, _ in self._mentions.starting_before(mention.span.start):
            gap = self._text[before.span.end : mention.span.start]
            return before.id if gap.strip() in ("", ",") else key
        return key

    def _inside_relative(self, clause: Clause) -> tuple[str, ...]:
        """Return the subject of "sanctions that the EU had imposed", "sanctions it imposed"."""
        tokens, reading, lead = clause.tokens, clause.reading, clause.lead
        if lead.words & _PASSIVES or lead.start <= reading.restriction.core:
            return ()
        behind = tokens[reading.restriction.core - 1].end
        return tuple(
            key
            for key in self._mentions.subject(tokens, lead.start)
            if self._mentions.by_id[key][0].span.start >= behind
            and may_impose(*self._mentions.by_id[key], self._text, wishing=False)
        )

    def _keeps_out(self, clause: Clause, agent: tuple[str, ...]) -> tuple[tuple[str, ...], float]:
        """Return whose entry ban it is: who acts for a state, else the country it keeps from."""
        tokens, reading, lead = clause.tokens, clause.reading, clause.lead
        wishing = reading.how == "passive" or wishes(clause)
        r = reading.restriction
        subjects = agent
        if not subjects and (reading.how != "passive" or lead.governor is not None):
            subjects = self._said_by(tokens, self._subject(clause))
        if not subjects and reading.how == "passive":
            subjects = self._main_subject(tokens)
        assert r.on is not None  # noqa: S101 - the caller's own condition
        out = span_of(tokens, *r.on) if r.on[1] > r.on[0] else None
        acting = tuple(
            key
            for key in subjects
            if may_impose(*self._mentions.by_id[key], self._text, wishing=wishing)
            and not (out and out.overlaps(self._mentions.by_id[key][0].span))
        )
        if acting:
            return acting, 0.9
        office = self._states.office_before(tokens, reading.trigger[0])
        if office:
            return office, 0.8
        for words in (2, 1):
            place = span_of(tokens, max(r.head + 1, r.end - words), r.end)
            if tokens[r.end - 1].capitalised and lookup(place.of(self._text)) is not None:
                key = self._states.mention_at(place) or self._states.same_country(
                    place.of(self._text), place.start
                )
                if key:
                    return (key,), 0.8
        return (), 0.5

    def _orderer(self, tokens: list[Token], noun: int) -> tuple[str, ...]:
        """Return who "announced the lifting of …" or "agreed on an easing": their own act."""
        for i in range(noun - 1, max(-1, noun - 6), -1):
            lower = tokens[i].lower
            if lower in _OWN_ACTS and lower not in DETERMINERS:
                return self._mentions.subject(tokens, verb_group_of(tokens, i).start)
            if lower in BREAKS or lower in AUXILIARIES or lower in SUBORDINATORS:
                break
        return ()

    def _asks_others(self, clause: Clause, subject: tuple[str, ...]) -> bool:
        """Return whether the subject only asks others to act, e.g. "called for sanctions"."""
        reading = clause.reading
        if not wishes(clause) or addresses(clause):
            return False
        hardens = reading.action in ("impose", "tighten", "threaten", "renew", "keep")
        for key in subject:
            mention, entity = self._mentions.by_id[key]
            if is_imposer(entity.name) or strong_imposer(entity.name):
                return False
            if hardens and may_impose(mention, entity, self._text, wishing=True):
                return entity.kind == "place"
        return True

    def _agent(self, tokens: list[Token], reading: Reading) -> tuple[str, ...]:
        """Return who stands behind "by": "imposed by the EU", "sanctions imposed by X"."""
        r = reading.restriction
        begin = max(reading.trigger[1], r.core)
        for i in range(min(begin, r.core), min(len(tokens) - 1, begin + 14)):
            lower = tokens[i].lower
            if lower in BREAKS or (
                lower in SUBORDINATORS and lower not in ("after", "since", "that", "which")
            ):
                break
            if lower in ("as", "exchange", "return") and i >= reading.trigger[1]:
                break  # "lifted as a result of change by X"
            if lower == "by" and not tokens[i + 1].lower.endswith("ing"):
                if _other_participle(tokens, i, reading):
                    break
                end = phrase_end(tokens, i + 1)
                return self._all_in(Span(tokens[i + 1].start, tokens[max(end, i + 2) - 1].end))
            if lower == "from" and i == r.core and reading.action != "waive":
                end = phrase_end(tokens, i + 1)  # "hit by sanctions from X and Y"
                found = self._all_in(Span(tokens[i + 1].start, tokens[max(end, i + 2) - 1].end))
                return tuple(key for key in found if self._states.imposes(key))
        return ()

    def _subject(self, clause: Clause) -> tuple[str, ...]:
        """Return the subject of the verb, or whom "urged X to" addresses, as mentions."""
        tokens, reading, lead = clause.tokens, clause.reading, clause.lead
        start = lead.start
        head = lead.governor if lead.governor is not None else reading.trigger[0]
        participial = tokens[head].lower.endswith("ing") and head > 0
        participial = participial and not (head == reading.trigger[0] and lead.words & _PASSIVES)
        if participial and (
            tokens[head - 1].lower in (",", "and") or lead.preposition in ("by", "after")
        ):
            if lead.preposition and lead.start > 2 and tokens[lead.start - 1].lower == "that":
                return self._mentions.subject(tokens, lead.start - 2)  # "held that by imposing"
            if lead.start <= 1:  # "After lifting sanctions, X said", "By imposing …, X has"
                fronted = self._after_comma(tokens, reading.restriction.end)
                if fronted:
                    return fronted
            before = lead.start if lead.preposition == "by" else None
            return self._main_subject(tokens, before)
        if participial and lead.preposition == "in":
            joining = self._joining(tokens, lead.start)
            if joining:
                return joining
        finite = lead.governor is None and lead.start and not participial
        joined = tokens[lead.start - 1].lower if finite else ""
        if joined in ("and", "but", "then") or (joined == "," and not lead.words):
            main = self._main_subject(tokens, lead.start)  # "The EU lifted X but kept Y"
            if main:
                return main
        if lead.infinitive and is_expletive(tokens, reading.trigger[0]):
            return ()  # "it will be hard to impose": nobody's
        if lead.governor is not None and lead.infinitive:
            passive = bool(lead.words & _PASSIVES) and not tokens[head].lower.endswith("ing")
            first = lead.governor + 1
            to = next((k for k in range(reading.trigger[0] - 1, lead.governor, -1)
                       if tokens[k].lower == "to"), lead.governor)  # fmt: skip
            between = Span(tokens[lead.governor].end, tokens[to].start) if to > first else None
            if between and not passive:
                addressed = tuple(
                    key
                    for key in self._all_in(between)
                    if not self._mentions.is_possessive(self._mentions.by_id[key][0])
                )
                if addressed:
                    return addressed
            if not passive and leaves_to(tokens, lead.governor, to):
                return ()  # "urged his counterparts to lift": theirs, and no mention
            start = min(start, lead.governor)
            ruled = ruled_on(self._mentions, tokens, lead.governor)
            if ruled:
                return ruled
            if governed_by_of(tokens, lead.governor):
                return ()  # "notify allies of any intention to lift": not the allies'
        subject = self._mentions.subject(tokens, start)
        if subject and self._another_between(tokens, subject[-1], start):
            return ()
        return subject

    def _after_comma(self, tokens: list[Token], i: int) -> tuple[str, ...]:
        """Return who opens the main clause behind a phrase that comes first."""
        for k in range(i, len(tokens) - 2):
            if tokens[k].lower != ",":
                continue
            first = k + 1 + (tokens[k + 1].lower in DETERMINERS)
            pair = self._mentions.at(Span(tokens[first].start, tokens[first].end))
            if pair is None or not can_act(pair[1], pair[0]):
                continue
            verb = next((t for t in tokens[first:] if t.start >= pair[0].span.end), None)
            if (
                verb
                and verb.is_word
                and not verb.capitalised
                and verb.lower not in (*_LISTED, "'s")
            ):
                return (pair[0].id,)
        return ()

    def _joining(self, tokens: list[Token], i: int) -> tuple[str, ...]:
        """Return all of "X joined Y in imposing", `i` being where "in" stands."""
        for k in range(i - 1, max(0, i - 12), -1):
            if tokens[k].lower in _JOINING:
                subject = self._mentions.subject(tokens, verb_group_of(tokens, k).start)
                joined = self._all_in(Span(tokens[k].end, tokens[i].start))
                return (*subject, *(key for key in joined if key not in subject))
            if tokens[k].lower in BREAKS or tokens[k].lower in SUBORDINATORS:
                break
        return ()

    def _another_between(self, tokens: list[Token], key: str, start: int) -> bool:
        """Return whether the subject is a common noun, e.g. "X joined and allies should lift"."""
        end = self._mentions.by_id[key][0].span.end
        k = start - 1
        while k > 0 and tokens[k].is_word and not tokens[k].capitalised and start - k < 4:
            if tokens[k].lower in DETERMINERS:
                if tokens[k - 1].lower in ("after", "before", "since"):
                    return end <= tokens[k].start  # "X resigned after the alliance imposed"
                joined = tokens[k - 1].lower == "and" and tokens[k - 2].start >= end
                return joined and k < start - 1 and tokens[k - 2].end > end
            k -= 1
        return False

    def _main_subject(self, tokens: list[Token], before: int | None = None) -> tuple[str, ...]:
        """Return the subject of the main clause, for "…, lifting sanctions on X"."""
        whole = Span(tokens[0].start, tokens[-1].end)
        if before is not None:
            acting = self._mentions.acting_before(tokens, before)
            if acting:
                return (acting,)
        for mention, entity in self._mentions.inside(whole, 3):
            if not can_act(entity, mention) or self._mentions.is_possessive(mention):
                continue
            opening = [t.lower for t in tokens[:12] if t.start < mention.span.start]
            if any(lower in AUXILIARIES | COMMON_VERBS | PRONOUNS for lower in opening):
                return ()
            whole_name = self._mentions.at(mention.span)  # of "Chad's foreign ministry", not Chad
            opens = whole_name and whole_name[0].span.start == mention.span.start
            key = whole_name[0].id if whole_name and opens else mention.id
            return (key,) if len(opening) < 8 else ()
        return ()

    def _all_in(self, span: Span) -> tuple[str, ...]:
        """Return the mentions in a stretch that can act."""
        return tuple(m.id for m, e in self._mentions.inside(span, 8) if can_act(e, m))


def _other_participle(tokens: list[Token], by: int, reading: Reading) -> bool:
    """Return whether "by" belongs to another verb, e.g. "…, documents reviewed by X show"."""
    before = tokens[by - 1].lower
    return (
        before.endswith("ed")
        and before not in ACTIONS
        and before not in SOFT
        and not reading.trigger[0] <= by - 1 < reading.trigger[1]
        and by - 1 != reading.restriction.head
    )
