"""Finds the two sides of each sanction statement: who imposes, and on whom.

Both are looked for in the statement's own sentence (`senders`, `targets`). What it leaves out is
taken from earlier statements of the article, with less confidence: the sender known for the same
target, of the statement just before, or of most statements; else a state that often imposes and is
named near. A sender is never one of the countries that the restriction falls on.
"""

from bisect import bisect_left
from dataclasses import dataclass, field

from extractor.find.document import SentenceTokens
from extractor.find.inventory import Inventory
from extractor.find.sanctions.restrictions import restrictions_in
from extractor.frozen import frozen
from extractor.language.en.countries import country_of
from extractor.language.en.lists import word_set
from extractor.rules.clauses.mention_index import Mentions
from extractor.rules.sanctions.clause import Clause
from extractor.rules.sanctions.delegated import has_subject, wishes
from extractor.rules.sanctions.imposers import acts_for_imposer, codes_in, strong_imposer
from extractor.rules.sanctions.senders import Agents
from extractor.rules.sanctions.states import States
from extractor.rules.sanctions.targets import imposes_by_name, names_imposer, span_of, target_of
from extractor.text.spans import Span

_JUST_BEFORE = 400  # characters: the sentence before, or the one before that
_NEAR = 600  # characters before a statement where a party that it leaves out is looked for
_MOST_SENDERS = 50  # that are remembered: no article has more
_LONGEST = 300  # characters of targets, or of a measure, that stand for those of later statements
_ASKS = word_set("sanctions.asks")
_THE_COUNTRY = word_set("sanctions.the-country")


@frozen
class Sides:
    """Sender, target and measure of one statement; trust is 1.0 where its sentence names it."""

    sender: tuple[str, ...]
    sender_trust: float
    target: tuple[Span, ...]
    target_trust: float
    measure: Span


@dataclass(slots=True)
class _Memory:
    """What earlier statements named, for those that leave it out."""

    sender: tuple[str, ...] = ()
    at: int = 0  # the offset of the sentence that gave it
    told: dict[tuple[str, ...], int] = field(
        default_factory=dict
    )  # senders (entities) -> how often
    firsts: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)
    target_codes: frozenset[str] = frozenset()
    targets: tuple[Span, ...] = ()
    country: tuple[Span, ...] = ()
    by_head: dict[str, tuple[Span, ...]] = field(default_factory=dict)  # "embargo", "ban"
    by_target: dict[str, tuple[str, ...]] = field(default_factory=dict)
    possessor: tuple[str, ...] = ()
    measure: Span | None = None


class Parties:
    """Finds the sides of the statements of one article, in order of the text."""

    def __init__(self, inventory: Inventory) -> None:
        self._text = inventory.article.text
        self._mentions = Mentions(inventory)
        self._states = States(self._mentions)
        self._agents = Agents(self._mentions, self._states)
        self._document = inventory.document
        self._memory = _Memory()
        self._imposers: list[tuple[int, str]] | None = None
        self._strong: list[tuple[int, str]] = []  # of these, those that impose often

    def of(self, clause: Clause) -> Sides:
        """Return the two sides of one statement and remember them for the next."""
        sentence, tokens, reading = clause.sentence, clause.tokens, clause.reading
        pronoun = tokens[reading.restriction.head].lower in ("them", "they")
        target, target_trust = target_of(tokens, reading)
        head = tokens[reading.restriction.head].lower.rstrip("s")
        sender, trust = self._agents.sender(clause)
        measure = span_of(tokens, reading.restriction.first, reading.restriction.end)
        memory = self._memory
        if pronoun:
            measure = self._antecedent(sentence) or memory.measure or measure
            possessor = self._states.possessor_in(measure)
            if possessor:
                sender, trust = possessor, 0.7
        targets = frozenset().union(
            *(codes_in(span.of(self._text).partition(" in ")[0]) for span in target)
        )
        if sender and trust >= 0.85:
            kept = tuple(key for key in sender if not self._is_one_of(key, targets))
            sender, trust = (kept, trust) if kept else ((), 0.5)
        others = reading.soft == "proposed" and reading.how == "active"
        others = others and wishes(clause)
        others = others or has_subject(clause)
        if not sender and not others and not names_imposer(tokens, reading):
            sender, trust = self._carried(sentence, target)
        if not target and memory.targets:
            told = memory.by_head.get(head, ())
            general = head == "sanction"  # of those on a person, a ban is told of by its name
            target = (memory.country or told) if general else (told or memory.country)
            target = target or memory.by_head.get("sanction") or memory.targets
            target, target_trust = self._not_on_oneself(target, sender), 0.4
        elif not target:
            target, target_trust = self._asker(clause, sender), 0.4
        elif target and target_trust and not _is_long(*target):
            self._remember_target(target, sender)
            memory.by_head[head] = target
        if target_trust:
            memory.target_codes |= targets
        wished = reading.soft == "proposed" or wishes(clause)
        if trust >= 0.6 and sender and not (wished and memory.sender):
            self._remember_sender(sentence, sender)
            for span in target:
                memory.by_target[span.of(self._text).lower()] = sender
        memory.measure = None if _is_long(measure) else measure
        return Sides(sender, trust, target, target_trust, measure)

    # --- sender -----------------------------------------------------------------------------

    def _is_one_of(self, key: str, codes: frozenset[str]) -> bool:
        """Return whether a mention is of one of these countries, and none that often imposes."""
        mention, entity = self._mentions.by_id[key]
        if mention.kind == "pronoun":  # "It would also impose …" after a bill against a country
            codes |= self._memory.target_codes
        return bool(codes_in(entity.name) & codes) and not strong_imposer(entity.name)

    def _name_of(self, key: str) -> str:
        pair = self._mentions.by_id.get(key)
        return pair[1].name if pair else ""

    def _antecedent(self, sentence: SentenceTokens) -> Span | None:
        """Return the restriction's phrase in the sentence before, which a pronoun stands for."""
        if not sentence.index:
            return None
        tokens = self._document.sentence(sentence.index - 1).tokens
        nouns = [r for r in restrictions_in(tokens) if r.kind == "noun"]
        phrase = span_of(tokens, nouns[-1].first, nouns[-1].end) if nouns else None
        return None if phrase is not None and _is_long(phrase) else phrase

    def _carried(
        self, sentence: SentenceTokens, target: tuple[Span, ...]
    ) -> tuple[tuple[str, ...], float]:
        """Return the sender that an earlier statement, or the text around, gives."""
        memory = self._memory
        for span in target:
            known = memory.by_target.get(span.of(self._text).lower())
            if known:
                return known, 0.6
        targets = frozenset().union(
            *(codes_in(words) for span in target if not _is_property(words := span.of(self._text)))
        )
        sender = self._main_sender(sentence, targets)
        if sender:
            return sender, 0.5
        targets |= memory.target_codes
        organ: str | None = None
        spare: str | None = None
        imposers = self._imposing_mentions()
        behind = bisect_left(imposers, (sentence.span.end,))
        for at in range(behind - 1, -1, -1):
            start, key = imposers[at]
            if start < sentence.span.start - _NEAR:
                break
            name = self._name_of(key)
            if country_of(name) in targets:
                continue
            if strong_imposer(name) and imposes_by_name(name):
                return (key,), 0.35
            if strong_imposer(name):
                organ = organ or key
            elif not codes_in(name) & targets:
                spare = spare or key
        spare = organ or spare
        if spare:
            return (spare,), 0.3
        after = bisect_left(self._strong, (sentence.span.end,))
        for _, key in self._strong[after : after + 1]:
            return ((key,), 0.3) if country_of(self._name_of(key)) not in targets else ((), 0.3)
        return (), 0.3

    def _remember_sender(self, sentence: SentenceTokens, sender: tuple[str, ...]) -> None:
        """Keep a sender for later statements that name none."""
        memory = self._memory
        key = tuple(mention.partition(".")[0] for mention in sender)
        memory.sender, memory.at = sender, sentence.span.start
        if key in memory.told or len(memory.told) < _MOST_SENDERS:
            memory.told[key] = memory.told.get(key, 0) + 1
        memory.firsts.setdefault(key, sender)

    def _main_sender(self, sentence: SentenceTokens, targets: frozenset[str]) -> tuple[str, ...]:
        """Return the sender of the statement just before, else the one named most often.

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
            self._strong = [
                (start, key)
                for start, key in self._imposers
                if strong_imposer(name := self._name_of(key)) and imposes_by_name(name)
            ]
        return self._imposers

    # --- target -----------------------------------------------------------------------------

    def _not_on_oneself(
        self, target: tuple[Span, ...], sender: tuple[str, ...]
    ) -> tuple[Span, ...]:
        """Return an earlier statement's target without the sender's own country."""
        own = frozenset().union(*(codes_in(self._name_of(key)) for key in sender))
        return tuple(span for span in target if not codes_in(span.of(self._text)) & own)

    def _asker(self, clause: Clause, sender: tuple[str, ...]) -> tuple[Span, ...]:
        """Return the country that asks for relief where nothing else says on whom it falls."""
        tokens, reading, lead = clause.tokens, clause.reading, clause.lead
        if reading.action not in ("lift", "ease"):
            return ()
        start = lead.governor if lead.governor is not None else reading.trigger[0]
        for i in range(start, max(-1, start - 8), -1):
            if tokens[i].lower in _ASKS:
                break
        else:
            return ()
        senders = frozenset().union(*(codes_in(self._name_of(key)) for key in sender))
        for first in (i - 2, i - 1):  # of two words or one
            words = " ".join(token.text for token in tokens[first:i]) if first >= 0 else ""
            country = country_of(words) if words else None
            if country is not None:
                return (span_of(tokens, first, i),) if country not in senders else ()
        return ()

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


def _is_long(*spans: Span) -> bool:
    """Return whether spans are too long together to stand in the rows of other statements, too."""
    return sum(span.end - span.start for span in spans) > _LONGEST


def _is_property(words: str) -> bool:
    """Return whether the target lies in the sender's own country, e.g. "their Canadian assets"."""
    return words.lower().endswith(("assets", "funds", "accounts", "property"))
