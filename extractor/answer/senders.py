"""Who imposes and on whom: the two sides of a sanction statement."""

from dataclasses import dataclass, field
from itertools import pairwise

from extractor.answer.imposers import (
    acts_for_imposer,
    codes_in,
    is_instrument,
    is_office,
    is_wish,
    may_impose,
    strong_imposer,
)
from extractor.answer.instruments import passed_by, ruled_on
from extractor.answer.mentions import Mentions, can_act
from extractor.answer.moods import Lead, lead_of
from extractor.answer.parties import (
    GOODS_MODIFIERS,
    bare,
    imposes_by_name,
    is_own_passive,
    made_of_goods,
    names_imposer,
    on_later,
    span_of,
    split_list,
)
from extractor.find.actions import Reading
from extractor.find.candidates import SentenceCandidate
from extractor.find.clauses import (
    AUXILIARIES,
    BREAKS,
    COMMON_VERBS,
    DETERMINERS,
    MONTHS,
    NEGATIONS,
    PREPOSITIONS,
    PRONOUNS,
    SUBORDINATORS,
    Token,
    forms,
    is_adverb,
    phrase_end,
)
from extractor.find.countries import country_of, is_place, lookup
from extractor.find.inventory import Inventory
from extractor.find.restrictions import is_imposer
from extractor.find.sanction_verbs import ACTIONS, FACE, FOR_VERBS, SOFT
from extractor.spans import Span

_OWN_ACTS = (
    forms("order", "announce", "agree", "approve", "authorize", "authorise", "offer", "promise",
          "pledge", "delay", "extend", "confirm", "start", "complete", "grant", "issue", "consider")
    | {"began", "begun", "begin", "begins", "gave", "granted"}
)  # fmt: skip
_ASKING = (
    "urg", "demand", "seek", "sought", "want", "back", "support", "favo", "advoc", "recommend",
)  # fmt: skip
_ADDRESSING = (
    "urg", "ask", "call", "press", "push", "want", "persuad", "convinc", "encourag", "invit",
    "lobb", "demand", "requir", "request", "appeal",
)  # fmt: skip
_ANSWERS = ("retaliat", "respond")  # "X retaliates with a ban": no passive, though no object
_PASSIVES = frozenset("is are was were be been being".split())
_JUST_BEFORE = 400  # characters: the sentence before, or the one before that
_NEAR = 600  # characters before a statement where a party that it leaves out is looked for


@dataclass(frozen=True, slots=True)
class Sides:
    """Sender, target and measure of one statement, with how far each was found where it belongs."""

    sender: tuple[str, ...]
    sender_trust: float
    target: tuple[Span, ...]
    target_trust: float
    measure: Span


@dataclass(slots=True)
class _Memory:
    """What earlier statements said, for those that leave it out."""

    sender: tuple[str, ...] = ()
    at: int = 0  # the offset of the sentence that gave it
    told: dict[tuple[str, ...], int] = field(default_factory=dict)  # how often, by entities
    firsts: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)
    target_codes: frozenset[str] = frozenset()
    targets: tuple[Span, ...] = ()
    country: tuple[Span, ...] = ()
    by_target: dict[str, tuple[str, ...]] = field(default_factory=dict)
    possessor: tuple[str, ...] = ()
    measure: Span | None = None


class Parties:
    """Finds the sides of the statements of one article, in order of the text."""

    def __init__(self, inventory: Inventory) -> None:
        self._text = inventory.article.text
        self._mentions = Mentions(inventory)
        self._sentences = inventory.sentences
        self._memory = _Memory()
        self._imposers: list[tuple[int, str]] | None = None

    def of(
        self, sentence: SentenceCandidate, tokens: list[Token], reading: Reading, lead: Lead
    ) -> Sides:
        """Return the two sides of one statement and remember them for the next."""
        pronoun = tokens[reading.restriction.head].low in ("them", "they")
        target, target_trust = self._target(tokens, reading)
        sender, trust = self._sender(tokens, reading, lead)
        measure = span_of(tokens, reading.restriction.first, reading.restriction.end)
        memory = self._memory
        if pronoun:
            measure = self._antecedent(sentence) or memory.measure or measure
            possessor = self._possessor_in(measure)
            if possessor:
                sender, trust = possessor, 0.7
        targets = frozenset().union(
            *(codes_in(span.of(self._text).partition(" in ")[0]) for span in target)
        )
        if sender and trust >= 0.85:
            kept = tuple(key for key in sender if not self._is_one_of(key, targets))
            sender, trust = (kept, trust) if kept else ((), 0.5)
        others = reading.soft == "proposed" and reading.how == "active"
        others = others and _wishes(tokens, reading, lead)
        others = others or _has_subject(tokens, reading, lead)
        if not sender and not others and not names_imposer(tokens, reading):
            sender, trust = self._carried(sentence, target)
        if not target and memory.targets:
            target, target_trust = memory.country or memory.targets, 0.4
        elif target and target_trust:
            self._remember_target(target, sender)
        if target_trust:
            memory.target_codes |= targets
        wished = reading.soft == "proposed" or _wishes(tokens, reading, lead)
        if trust >= 0.6 and sender and not (wished and memory.sender):
            self._remember_sender(sentence, sender)
            for span in target:
                memory.by_target[span.of(self._text).lower()] = sender
        memory.measure = measure
        return Sides(sender, trust, target, target_trust, measure)

    # --- sender -----------------------------------------------------------------------------

    def _sender(
        self, tokens: list[Token], reading: Reading, lead: Lead
    ) -> tuple[tuple[str, ...], float]:
        """Return whose restriction it is, or who acts, as mentions of this sentence."""
        possessor = self._possessor(tokens, reading)
        if possessor:
            return possessor, 1.0
        agent = self._agent(tokens, reading)
        if reading.restriction.on is not None:
            return self._keeps_out(tokens, reading, lead, agent)
        answers = tokens[reading.trigger[0]].low.startswith(_ANSWERS) and not lead.words & _PASSIVES
        if (reading.how in ("passive", "relative") and not answers) or is_own_passive(reading):
            if not agent and reading.how == "relative":
                agent = self._inside_relative(tokens, reading, lead)
            return (agent, 1.0) if agent else ((), 0.5)
        if reading.how in ("state",):
            return (), 0.5
        if reading.how == "noun" and not agent:
            orderer = self._orderer(tokens, min(reading.trigger[0], reading.restriction.first))
            return (orderer, 0.85) if orderer else ((), 0.5)
        if reading.how == "noun" or tokens[reading.trigger[0]].low in FACE:
            return (agent, 0.9) if agent else ((), 0.5)
        subject = self._subject(tokens, reading, lead)
        if subject and self._asks_others(tokens, reading, lead, subject):
            subject = ()
        wishing = _wishes(tokens, reading, lead)
        if agent and wishing and not _addresses(tokens, reading, lead):
            return agent, 0.9  # "wants sanctions imposed by X removed"
        subject = tuple(map(self._before_who, subject))
        subject = tuple(
            key
            for key in subject
            if may_impose(*self._mentions.by_id[key], self._text, wishing=wishing)
        )
        if subject:
            return tuple(self._body_of(key) for key in subject), 1.0
        if lead.governor is None and reading.how in ("active", "verb"):
            passed = passed_by(self._mentions, tokens, lead.start)
            if passed:
                return passed, 0.9
        if lead.governor is None and lead.start:
            office = self._office_before(tokens, lead.start, 2)
            if office:
                return office, 0.9
        return (agent, 0.9) if agent else ((), 0.5)

    def _before_who(self, key: str) -> str:
        """Return the mention that "who" stands for, when it is said right before."""
        mention, entity = self._mentions.by_id[key]
        if entity.kind != "unnamed" or mention.span.of(self._text).lower() != "who":
            return key
        for before, _ in self._mentions.starting_before(mention.span.start):
            gap = self._text[before.span.end : mention.span.start]
            return before.id if gap.strip() in ("", ",") else key
        return key

    def _inside_relative(
        self, tokens: list[Token], reading: Reading, lead: Lead
    ) -> tuple[str, ...]:
        """Return the subject of "sanctions that the EU had imposed", "sanctions it imposed"."""
        if lead.words & _PASSIVES or lead.start <= reading.restriction.core:
            return ()
        behind = tokens[reading.restriction.core - 1].end
        return tuple(
            key
            for key in self._mentions.subject(tokens, lead.start)
            if self._mentions.by_id[key][0].span.start >= behind
            and may_impose(*self._mentions.by_id[key], self._text, wishing=False)
        )

    def _keeps_out(
        self, tokens: list[Token], reading: Reading, lead: Lead, agent: tuple[str, ...]
    ) -> tuple[tuple[str, ...], float]:
        """Return whose entry ban it is: who acts for a state, else the country it keeps from."""
        wishing = reading.how == "passive" or _wishes(tokens, reading, lead)
        r = reading.restriction
        subjects = agent
        if not subjects and (reading.how != "passive" or lead.governor is not None):
            subjects = self._subject(tokens, reading, lead)
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
        office = self._office_before(tokens, reading.trigger[0])
        if office:
            return office, 0.8
        for words in (2, 1):
            place = span_of(tokens, max(r.head + 1, r.end - words), r.end)
            if tokens[r.end - 1].capital and lookup(place.of(self._text)) is not None:
                key = self._mention_at(place) or self._same_country(
                    place.of(self._text), place.start
                )
                if key:
                    return (key,), 0.8
        return (), 0.5

    def _office_before(self, tokens: list[Token], i: int, reach: int = 8) -> tuple[str, ...]:
        """Return the state of "German lawmakers" before token `i`, where they are no mention."""
        for k in range(i - 1, max(0, i - 1 - reach), -1):
            if is_office(tokens[k]):
                for word in tokens[max(0, k - 2) : k]:
                    key = (
                        self._same_country(word.text, word.start)
                        if lookup(word.text)
                        else word.capital and self._mention_at(Span(word.start, word.end))
                    )
                    if key:  # "the Obama administration": the name in it
                        return (key,)
        return ()

    def _body_of(self, key: str) -> str:
        """Return the body that unnamed people act for: the EU of "EU foreign ministers"."""
        mention, entity = self._mentions.by_id[key]
        if mention.kind == "pronoun" or entity.kind not in ("unnamed", "other"):
            return key
        for inner, other in self._mentions.overlapping(mention.span):
            opens = inner.span.start - mention.span.start
            if other.id != entity.id and opens < 5 and is_imposer(inner.span.of(self._text)):
                return inner.id
        word = mention.span.of(self._text).split()[0]
        return (self._same_country(word, mention.span.start) or key) if lookup(word) else key

    def _orderer(self, tokens: list[Token], noun: int) -> tuple[str, ...]:
        """Return who "announced the lifting of …" or "agreed on an easing": their own act."""
        for i in range(noun - 1, max(-1, noun - 6), -1):
            low = tokens[i].low
            if low in _OWN_ACTS and low not in DETERMINERS:
                return self._mentions.subject(tokens, lead_of(tokens, i).start)
            if low in BREAKS or low in AUXILIARIES or low in SUBORDINATORS:
                break
        return ()

    def _asks_others(
        self, tokens: list[Token], reading: Reading, lead: Lead, subject: tuple[str, ...]
    ) -> bool:
        """Tell whether the subject only calls for what others would do."""
        if not _wishes(tokens, reading, lead) or _addresses(tokens, reading, lead):
            return False
        hardens = reading.action in ("impose", "tighten", "threaten", "renew", "keep")
        for key in subject:
            mention, entity = self._mentions.by_id[key]
            if is_imposer(entity.name) or strong_imposer(entity.name):
                return False
            if hardens and may_impose(mention, entity, self._text, wishing=True):
                return entity.kind == "place"
        return True

    def _is_one_of(self, key: str, codes: frozenset[str]) -> bool:
        """Tell whether a mention is of one of these countries, itself no great imposer."""
        mention, entity = self._mentions.by_id[key]
        if mention.kind == "pronoun":  # "It would also impose …" after a bill against a country
            codes |= self._memory.target_codes
        return bool(codes_in(entity.name) & codes) and not strong_imposer(entity.name)

    def _name_of(self, key: str) -> str:
        pair = self._mentions.by_id.get(key)
        return pair[1].name if pair else ""

    def _possessor(self, tokens: list[Token], reading: Reading) -> tuple[str, ...]:
        """Return the mentions before the name: "EU sanctions", "Washington's sanctions"."""
        r = reading.restriction
        if r.kind == "verb" or r.first >= r.head:
            return ()
        explicit = r.has_complement or reading.on is not None
        found: list[str] = []
        for i in range(r.first, r.head):
            token = tokens[i]
            own = token.low.endswith(("'s", "s'"))
            if not token.capital or (own and i + 1 < r.head and tokens[i + 1].low == "oil"):
                continue
            word = bare(token)
            if not (own or explicit or imposes_by_name(word)):
                continue
            whole = self._mentions.at(Span(token.start, token.end))
            name = whole[1].name if whole else word
            if not own and is_place(name) and not imposes_by_name(name):
                continue  # "hit banks with North Korea sanctions"
            if not own and lookup(word) is None and not is_imposer(word) and not explicit:
                continue
            if made_of_goods(tokens, i, r.head):
                continue
            key = self._mention_at(Span(token.start, token.end)) or self._same_country(
                word, token.start
            )
            if key and key not in found:
                found.append(key)
        return tuple(found)

    def _possessor_in(self, measure: Span) -> tuple[str, ...]:
        """Return the senders named in the phrase that a pronoun stands for."""
        for word in measure.of(self._text).split():
            if word in ("on", "against"):
                break  # "sanctions on Japanese goods": the other side
            if word[:1].isupper() and is_imposer(word):
                key = self._mention_at(measure) or self._same_country(word, measure.start)
                if key:
                    return (key,)
        return ()

    def _antecedent(self, sentence: SentenceCandidate) -> Span | None:
        """Return the restriction's phrase in the sentence before, which a pronoun stands for."""
        from extractor.find.clauses import tokens_of
        from extractor.find.restrictions import restrictions_in

        index = int(sentence.id[1:]) - 2
        if not 0 <= index < len(self._sentences):
            return None
        tokens = tokens_of(self._text, self._sentences[index].span)
        nouns = [r for r in restrictions_in(tokens) if r.kind == "noun"]
        return span_of(tokens, nouns[-1].first, nouns[-1].end) if nouns else None

    def _agent(self, tokens: list[Token], reading: Reading) -> tuple[str, ...]:
        """Return who stands behind "by": "imposed by the EU", "sanctions imposed by X"."""
        r = reading.restriction
        begin = max(reading.trigger[1], r.core)
        for i in range(min(begin, r.core), min(len(tokens) - 1, begin + 14)):
            low = tokens[i].low
            if low in BREAKS or (
                low in SUBORDINATORS and low not in ("after", "since", "that", "which")
            ):
                break
            if low == "as" and i >= reading.trigger[1]:
                break  # "lifted as a result of change by X"
            if low == "by" and not tokens[i + 1].low.endswith("ing"):
                if _other_participle(tokens, i, reading):
                    break
                end = phrase_end(tokens, i + 1)
                return self._all_in(Span(tokens[i + 1].start, tokens[max(end, i + 2) - 1].end))
        return ()

    def _subject(self, tokens: list[Token], reading: Reading, lead: Lead) -> tuple[str, ...]:
        """Return the subject of the verb, or whom "urged X to" addresses, as mentions."""
        start = lead.start
        head = lead.governor if lead.governor is not None else reading.trigger[0]
        participial = tokens[head].low.endswith("ing") and head > 0
        participial = participial and not (head == reading.trigger[0] and lead.words & _PASSIVES)
        if participial and (
            tokens[head - 1].low in (",", "and") or lead.preposition in ("by", "after")
        ):
            if lead.preposition and lead.start > 2 and tokens[lead.start - 1].low == "that":
                return self._mentions.subject(tokens, lead.start - 2)  # "held that by imposing"
            return self._main_subject(tokens)
        finite = lead.governor is None and lead.start and not participial
        joined = tokens[lead.start - 1].low if finite else ""
        if joined in ("and", "but", "then") or (joined == "," and not lead.words):
            main = self._main_subject(tokens, lead.start)  # "The EU lifted X but kept Y"
            if main:
                return main
        if lead.infinitive and _is_expletive(tokens, reading.trigger[0]):
            return ()  # "it will be hard to impose": nobody's
        if lead.governor is not None and lead.infinitive:
            passive = bool(lead.words & _PASSIVES) and not tokens[head].low.endswith("ing")
            first = lead.governor + 1
            to = next((k for k in range(reading.trigger[0] - 1, lead.governor, -1)
                       if tokens[k].low == "to"), lead.governor)  # fmt: skip
            between = Span(tokens[lead.governor].end, tokens[to].start) if to > first else None
            if between and not passive:
                addressed = tuple(
                    key
                    for key in self._all_in(between)
                    if not self._mentions.is_possessive(self._mentions.by_id[key][0])
                )
                if addressed:
                    return addressed
            if not passive and _leaves_to(tokens, lead.governor, to):
                return ()  # "urged his counterparts to lift": theirs, and no mention
            start = min(start, lead.governor)
            ruled = ruled_on(self._mentions, tokens, lead.governor)
            if ruled:
                return ruled
            if _governed_by_of(tokens, lead.governor):
                return ()  # "notify allies of any intention to lift": not the allies'
        subject = self._mentions.subject(tokens, start)
        if subject and self._another_between(tokens, subject[-1], start):
            return ()
        return subject

    def _another_between(self, tokens: list[Token], key: str, start: int) -> bool:
        """Tell whether a common noun is the subject: "X joined Y and the powers should lift"."""
        end = self._mentions.by_id[key][0].span.end
        k = start - 1
        while k > 0 and tokens[k].word and not tokens[k].capital and start - k < 4:
            if tokens[k].low in DETERMINERS:
                joined = tokens[k - 1].low == "and" and tokens[k - 2].start >= end
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
            opening = [t.low for t in tokens[:12] if t.start < mention.span.start]
            if any(low in AUXILIARIES | COMMON_VERBS | PRONOUNS for low in opening):
                return ()
            return (mention.id,) if len(opening) < 8 else ()
        return ()

    def _carried(
        self, sentence: SentenceCandidate, target: tuple[Span, ...]
    ) -> tuple[tuple[str, ...], float]:
        """Return the sender that an earlier statement, or the text around, gives."""
        memory = self._memory
        for span in target:
            known = memory.by_target.get(span.of(self._text).lower())
            if known:
                return known, 0.6
        targets = frozenset().union(*(codes_in(span.of(self._text)) for span in target))
        sender = self._main_sender(sentence, targets)
        if sender:
            return sender, 0.5
        targets |= memory.target_codes
        organ: str | None = None
        spare: str | None = None
        for start, key in reversed(self._imposing_mentions()):
            name = self._name_of(key)
            if start >= sentence.span.end or country_of(name) in targets:
                continue
            if start < sentence.span.start - _NEAR:
                break
            if strong_imposer(name) and imposes_by_name(name):
                return (key,), 0.35
            if strong_imposer(name):
                organ = organ or key
            elif not codes_in(name) & targets:
                spare = spare or key
        spare = organ or spare
        if spare:
            return (spare,), 0.3
        for start, key in self._imposing_mentions():
            name = self._name_of(key)
            if start >= sentence.span.end and strong_imposer(name) and imposes_by_name(name):
                return ((key,), 0.3) if country_of(name) not in targets else ((), 0.3)
        return (), 0.3

    def _remember_sender(self, sentence: SentenceCandidate, sender: tuple[str, ...]) -> None:
        """Keep a sender for later statements that name none."""
        memory = self._memory
        key = tuple(mention.partition(".")[0] for mention in sender)
        memory.sender, memory.at = sender, sentence.span.start
        memory.told[key] = memory.told.get(key, 0) + 1
        memory.firsts.setdefault(key, sender)

    def _main_sender(self, sentence: SentenceCandidate, targets: frozenset[str]) -> tuple[str, ...]:
        """Return the sender of the statement just before, else the one told of most, or first.

        It is none of the countries that the statement falls on.
        """
        memory = self._memory
        if not memory.sender:
            return ()
        itself = any(self._is_one_of(key, targets) for key in memory.sender)
        if sentence.span.start - memory.at < _JUST_BEFORE and not itself:
            return memory.sender
        ranked = sorted(memory.told, key=lambda key: -memory.told[key])
        for key in ranked:
            if not any(
                self._is_one_of(mention, memory.target_codes | targets)
                for mention in memory.firsts[key]
            ):
                return memory.firsts[key]
        return () if itself else memory.sender

    def _imposing_mentions(self) -> list[tuple[int, str]]:
        """Return the mentions of those who usually impose, in order of the text; found once."""
        if self._imposers is None:
            self._imposers = [
                (mention.span.start, mention.id)
                for mention, entity in self._mentions.pairs
                if entity.kind != "person"
                and (imposes_by_name(entity.name) or acts_for_imposer(entity))
            ]
        return self._imposers

    # --- mentions ---------------------------------------------------------------------------

    def _mention_at(self, span: Span) -> str | None:
        """Return the mention that covers or overlaps a word."""
        pair = self._mentions.at(span)
        return pair[0].id if pair else None

    def _same_country(self, word: str, offset: int) -> str | None:
        """Return the nearest mention, before `offset` if any, of whom a word stands for."""
        code = country_of(word)
        first: str | None = None
        for mention, entity in reversed(self._mentions.pairs):
            if code is not None:
                same = entity.kind != "person" and country_of(entity.name) == code
            else:
                same = len(word) > 3 and entity.name.lower().startswith(word.lower())
            if same and mention.kind != "pronoun":
                first = mention.id
                if mention.span.start < offset:
                    break
        return first

    def _all_in(self, span: Span) -> tuple[str, ...]:
        """Return the mentions in a stretch that can act."""
        return tuple(m.id for m, e in self._mentions.inside(span, 8) if can_act(e, m))

    # --- target -----------------------------------------------------------------------------

    def _target(self, tokens: list[Token], reading: Reading) -> tuple[tuple[Span, ...], float]:
        """Return on whom or what it falls, as the sentence says it."""
        r = reading.restriction
        if r.has_complement and r.kind == "noun":
            begin = r.core + 1
            while begin < r.end and tokens[begin].low in ("at", "to", "place", "on", "against"):
                begin += 1
            parts = split_list(tokens, begin, r.end)
            if parts:
                return parts, 1.0
        if reading.on is not None:
            first, end = reading.on
            while first < end and tokens[first].low in (*PREPOSITIONS, ","):
                first += 1
            stop = phrase_end(tokens, first)
            parts = split_list(tokens, first, min(end, stop) if stop > first else end)
            if parts:
                return parts, 1.0
        later = on_later(tokens, max(reading.trigger[1], r.core))
        if later is None and reading.trigger[0] > r.head:  # "imposed on X" before "remain"
            later = on_later(tokens, r.core)
        listed = any(t.low == "including" for t in tokens[reading.trigger[1] : r.first])
        if listed:  # "sanctions on X, including an arms embargo": on X too
            return (), 0.0
        before = self._target_before(tokens, reading)
        far = later is not None and any(t.low == "," for t in tokens[r.core : later[0]])
        if later and reading.how != "noun" and not (far and before[0]):
            return split_list(tokens, *later), 0.9
        return before

    def _target_before(
        self, tokens: list[Token], reading: Reading
    ) -> tuple[tuple[Span, ...], float]:
        """Return the target in "Syria sanctions", "the oil embargo"."""
        r = reading.restriction
        for i in range(r.first, r.head):
            token = tokens[i]
            own = token.low.endswith(("'s", "s'"))
            if not token.capital or own or lookup(bare(token)) is None:
                continue
            if not imposes_by_name(bare(token)):
                goods = i + 1 < r.head and tokens[i + 1].low in GOODS_MODIFIERS
                return (span_of(tokens, i, i + 1 + goods),), 0.8
        return (), 0.0

    def _remember_target(self, target: tuple[Span, ...], sender: tuple[str, ...]) -> None:
        """Keep a target for later statements without one; "the country" under its name."""
        self._memory.targets = target
        named = tuple(s for s in target if country_of(s.of(self._text).strip()) is not None)
        if not named and target[0].of(self._text).lower() in _THE_COUNTRY:
            named = self._country_before(target[0].start, sender)
        if named:
            self._memory.country = named

    def _country_before(self, offset: int, sender: tuple[str, ...]) -> tuple[Span, ...]:
        """Return the nearest country named before `offset` that is not the sender."""
        senders = {key.partition(".")[0] for key in sender}
        for mention, entity in self._mentions.starting_before(offset):
            if mention.span.start < offset - _NEAR:
                break
            if (
                mention.kind == "name"
                and entity.id not in senders
                and (country_of(entity.name) is not None and entity.kind == "place")
            ):
                return (mention.span,)
        return ()


def _other_participle(tokens: list[Token], by: int, reading: Reading) -> bool:
    """Tell whether "by" belongs to something else: "…, documents reviewed by X show"."""
    before = tokens[by - 1].low
    return (
        before.endswith("ed")
        and before not in ACTIONS
        and before not in SOFT
        and not reading.trigger[0] <= by - 1 < reading.trigger[1]
        and by - 1 != reading.restriction.head
    )


def _leaves_to(tokens: list[Token], governor: int, to: int) -> bool:
    """Tell whether "urged his allies to" names those it is left to, by a common noun."""
    low = tokens[governor].low
    if low == "powers":  # "urged world powers to lift": those addressed, not their power to
        return any(t.low.startswith(_ADDRESSING) for t in tokens[max(0, governor - 4) : governor])
    if not low.startswith(_ADDRESSING):
        return False
    between = [t for t in tokens[governor + 1 : to] if t.low not in ("on", "upon", "not", "for")]
    if not between or not between[0].word or between[0].low in PREPOSITIONS:
        return False
    return not all(is_adverb(t) or t.low in NEGATIONS or t.low in MONTHS for t in between)


_HARDNESS = frozenset(
    "difficult hard impossible possible important necessary easy easier harder premature wrong "
    "right better crucial essential vital useless pointless".split()
)
_HARD_TO = frozenset((word, "to") for word in _HARDNESS)


def _is_expletive(tokens: list[Token], verb: int) -> bool:
    """Tell whether the verb follows "it is hard to", where "it" is nobody."""
    near = [token.low for token in tokens[max(0, verb - 8) : verb]]
    return "it" in near and any(pair in _HARD_TO for pair in pairwise(near[near.index("it") :]))


def _governed_by_of(tokens: list[Token], governor: int) -> bool:
    """Tell whether "of" stands before a governing noun, its determiner left out."""
    before = governor - 1
    if before > 0 and tokens[before].low in DETERMINERS:
        before -= 1
    return before >= 0 and tokens[before].low == "of"


def _wishes(tokens: list[Token], reading: Reading, lead: Lead) -> bool:
    """Tell whether what leads up to the action leaves it to others: "wants to", "called for"."""
    low = tokens[reading.trigger[0]].low
    if reading.soft == "proposed" and (low in FOR_VERBS or is_wish(low)):
        return not low.startswith("vot")
    if reading.soft == "denied":
        return True  # "rejects sanctions": others' or its own
    return lead.governor is not None and is_wish(tokens[lead.governor].low)


def _addresses(tokens: list[Token], reading: Reading, lead: Lead) -> bool:
    """Tell whether "urged X to lift" names whom it is left to."""
    if lead.governor is None or not lead.infinitive:
        return False
    between = tokens[lead.governor + 1 : reading.trigger[0]]
    return any(token.capital for token in between)


def _has_subject(tokens: list[Token], reading: Reading, lead: Lead) -> bool:
    """Tell whether a finite verb has a subject of its own, though no name: "allies imposed"."""
    verb = tokens[reading.trigger[0]].low
    if reading.how != "active" or lead.infinitive or verb.endswith("ing") or not lead.start:
        return False
    before = tokens[lead.start - 1]
    if is_instrument(before) or is_office(before) or before.capital:
        return False  # a bill's state, or a name that is no mention, is looked for elsewhere
    return before.word and before.low not in PREPOSITIONS | PRONOUNS | SUBORDINATORS | {"and"}


_THE_COUNTRY = frozenset(
    "the country|the nation|the state|the island|the kingdom|the republic|the regime".split("|")
)
