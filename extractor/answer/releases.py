"""Who was set free, how many, by whom, where to, in exchange for what.

Statements of what happened only: a release that is hoped for, planned or refused is none. What
becomes of those set free ("114 were taken to …") is a statement too, with its destination, once
the article has told of a release.
"""

from dataclasses import dataclass, field

from extractor.answer.conditions import conditions_in, inside_condition
from extractor.answer.mentions import Mentions
from extractor.answer.moods import Lead, lead_of, status_of_verb
from extractor.answer.release_phrases import (
    Phrase,
    destinations,
    exchange,
    included,
    object_phrase,
    origin,
    subject_phrase,
)
from extractor.find.candidates import SentenceCandidate
from extractor.find.captives import (
    CAPTIVITY,
    GOING,
    HELD,
    MOVING,
    PARTICIPLES,
    RELEASING,
    is_people,
    is_quantity,
    may_hold_releases,
)
from extractor.find.clauses import (
    AUXILIARIES,
    DETERMINERS,
    SUBORDINATORS,
    Token,
    clause_end,
    is_adverb,
    phrase_end,
    tokens_of,
)
from extractor.find.inventory import Inventory
from extractor.find.times import find_times
from extractor.spans import Span


@dataclass(frozen=True, slots=True)
class ReleaseStatement:
    """One sentence that states a release, read."""

    evidence: str  # the sentence, "S12"
    who: tuple[Span, ...]
    count: str | None  # the figure, "N3"
    by: str | None  # a mention, "P3.2"
    origin: Span | None
    to: tuple[Span, ...]
    when: Span | None
    in_exchange_for: Span | None
    confidence: float


@dataclass(slots=True)
class _Found:
    """A verb or noun that states a release, before its circumstances are read."""

    verb: int
    kind: str  # "active", "passive", "reduced", "moved", "noun"
    phrase: Phrase  # who
    behind: int  # the index where the circumstances begin
    by: str | None = None
    going: int | None = None  # a later verb of motion with the same subject


@dataclass(slots=True)
class _Memory:
    """What the article has told of releases so far."""

    by: str | None = None
    released: set[str] = field(default_factory=set)  # entity ids
    any: bool = False


def read_releases(inventory: Inventory) -> list[ReleaseStatement]:
    """Read every statement of a release, in order; never raises on any text."""
    text = inventory.article.text
    if not may_hold_releases(text):
        return []
    reader = _Reader(inventory)
    first = [s for s in inventory.sentences if may_state(s.span.of(text))]
    scenes = [(s, tokens_of(text, s.span)) for s in first]
    for _, tokens in scenes:  # whom the article tells to be free, wherever it says so
        for found in reader.find(tokens, moved=False):
            reader.learn(tokens, found)
    out: list[ReleaseStatement] = []
    for sentence, tokens in scenes:
        for found in reader.find(tokens, moved=reader.memory.any):
            out.append(reader.read(sentence, tokens, found))
    return out


_WORDS = (
    "free", "releas", "liberat", "pardon", "swap", "hand", "let go", "amnest", "exchang", "taken",
    "transport", "flown", "transfer", "moved", "bus", "left", "sent", "arriv", "return", "deport",
    "brought", "driven", "cross", "repatriat", "landed", "flew", "evacuat", "exile", "airlift",
)  # fmt: skip


def may_state(sentence: str) -> bool:
    """Tell cheaply whether a sentence may state a release or a transfer."""
    low = sentence.lower()
    return any(word in low for word in _WORDS)


class _Reader:
    """Reads the releases of one article."""

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        self.text = inventory.article.text
        self.mentions = Mentions(inventory)
        self.memory = _Memory()
        self._figures = {n.span.start: n.id for n in inventory.figures}

    def learn(self, tokens: list[Token], found: _Found) -> None:
        """Remember who was set free."""
        self.memory.any = True
        for span in (*found.phrase.parts, *included(tokens, found, self.mentions)):
            for _, entity in self.mentions.inside(span, 4):
                if entity.kind == "person":
                    self.memory.released.add(entity.id)

    # --- finding ----------------------------------------------------------------------------

    def find(self, tokens: list[Token], *, moved: bool) -> list[_Found]:
        """Return the verbs and nouns of a sentence that state a release, in order."""
        found: list[_Found] = []
        for i, token in enumerate(tokens):
            one = self._at(tokens, i, token.low, moved)
            if one is None:
                continue
            if (
                found
                and found[-1].kind == "reduced"
                and one.kind == "moved"
                and (found[-1].phrase.parts == one.phrase.parts)
            ):
                found[-1].going = one.verb
            elif not (found and self._same(tokens, found[-1], one)):
                found.append(one)
        return found

    def _same(self, tokens: list[Token], one: _Found, other: _Found) -> bool:
        """Tell whether a second verb goes on with the first: "were freed and flown to …"."""
        if other.kind not in ("moved", "passive") or one.verb >= other.verb:
            return False
        between = [t.low for t in tokens[one.verb + 1 : other.verb]]
        return (
            "and" in between
            and not any(t in AUXILIARIES for t in between)
            and one.phrase.parts == other.phrase.parts
        )

    def _at(self, tokens: list[Token], i: int, low: str, moved: bool) -> _Found | None:
        if low in ("left", "walked") and i + 1 < len(tokens):
            free = self._left_prison(tokens, i)
            if free is not None:
                return free
        if low in RELEASING or low in PARTICIPLES or low in ("swap", "swaps", "hands", "handing"):
            return self._released(tokens, i, low)
        if moved and (low in MOVING or low in GOING):
            return self._moved(tokens, i, low)
        if low in ("release", "releases", "freeing", "swap", "exchange"):
            return self._noun(tokens, i)
        return None

    def _released(self, tokens: list[Token], i: int, low: str) -> _Found | None:
        end = _verb_end(tokens, i, low)
        if end is None:
            return self._noun(tokens, i) if low == "release" else None
        lead = lead_of(tokens, i)
        be = lead.words & _BE
        before = tokens[i - 1].low if i else ""
        if before != "those" and not be and (before in DETERMINERS or before[:1].isdigit()):
            return None  # "the released prisoners"
        if low in PARTICIPLES and be:
            return self._passive(tokens, i, end, lead)
        if low in ("release", "swap", "exchange") and not lead.words and not lead.infinitive:
            return self._noun(tokens, i)
        phrase = object_phrase(tokens, end, self.mentions, particle=end > i + 1)
        if phrase is not None:
            if not _happened(tokens, i, lead, passive=False):
                return None
            by = self._agent_of_active(tokens, lead)
            return _Found(i, "active", phrase, phrase.end, by)
        if low in PARTICIPLES and low not in ("set", "let", "handed", "turned"):
            return self._reduced(tokens, i, end)
        return None

    def _agent_of_active(self, tokens: list[Token], lead: Lead) -> str | None:
        start = min(lead.start, lead.governor if lead.governor is not None else lead.start)
        keys = self.mentions.subject(tokens, start)
        return keys[0] if keys else None

    def _passive(self, tokens: list[Token], i: int, end: int, lead: Lead) -> _Found | None:
        if not _happened(tokens, i, lead, passive=True):
            return None
        if tokens[i].low == "let" and "go" not in [t.low for t in tokens[i : i + 2]]:
            return None
        phrase = subject_phrase(tokens, lead.start, self.mentions)
        if phrase is None or not self._are_people(tokens, phrase):
            return None
        if end < len(tokens) and tokens[end].low == "from" and _not_a_place(tokens, end + 1):
            return None
        return _Found(i, "passive", phrase, end)

    def _reduced(self, tokens: list[Token], i: int, end: int) -> _Found | None:
        """Read "prisoners freed by X", "a prisoner released from Y", "those freed include Z"."""
        following = tokens[end].low if end < len(tokens) else ""
        if following in _NAMING and i and tokens[i - 1].low == "those":
            named = object_phrase(tokens, end + 1, self.mentions, particle=True)
            return _Found(i, "passive", named, named.end) if named else None
        if following not in ("by", "from", "on", "in", "under", "as", "after", "last", "this", "to",
                             "into", "earlier", "since", "during"):  # fmt: skip
            return None
        phrase = subject_phrase(tokens, i, self.mentions, adjacent=True)
        if phrase is None or not phrase.described:
            return None
        lead = lead_of(tokens, phrase.start) if phrase.start else Lead(0)
        if lead.infinitive or inside_condition(conditions_in(tokens), i):
            return None
        return _Found(i, "reduced", phrase, end)

    def _left_prison(self, tokens: list[Token], i: int) -> _Found | None:
        near = {t.low for t in tokens[i + 1 : i + 5]}
        if not (near & CAPTIVITY or (tokens[i].low == "walked" and "free" in near)):
            return None
        lead = lead_of(tokens, i)
        phrase = subject_phrase(tokens, lead.start, self.mentions)
        if phrase is None or not self._are_people(tokens, phrase) or lead.words & _UNREAL:
            return None
        return _Found(i, "passive", phrase, i + 1)

    def _moved(self, tokens: list[Token], i: int, low: str) -> _Found | None:
        """Read "114 were taken to Y", "nine left X for Y", of those set free."""
        lead = lead_of(tokens, i)
        goal = destinations(tokens, i + 1, low)
        if not goal or lead.negated or lead.words & (_UNREAL - {"would"}):
            return None
        if inside_condition(conditions_in(tokens), i) or lead.status in ("denied", "proposed"):
            return None
        sent = object_phrase(tokens, i + 1, self.mentions, particle=False)
        if sent is not None and low in _SENDING and not lead.words & _BE:
            held = {t.low for t in tokens[sent.start : sent.end]} & HELD
            by = self._agent_of_active(tokens, lead)
            done = held and _happened(tokens, i, lead, passive=False)
            return _Found(i, "moved", sent, sent.end, by) if done else None
        if low in MOVING and not lead.words & _BE and not _coordinate(tokens, i):
            phrase = subject_phrase(tokens, i, self.mentions, adjacent=True)
            if low in GOING and phrase is None:
                phrase = subject_phrase(tokens, lead.start, self.mentions)
        else:
            phrase = subject_phrase(tokens, lead.start, self.mentions)
        if phrase is None or not self._were_released(tokens, phrase):
            return None
        if low in GOING and lead.words & {"will", "would", "was", "were"} and low != "returned":
            return None
        return _Found(i, "moved", phrase, i + 1)

    def _noun(self, tokens: list[Token], i: int) -> _Found | None:
        """Read "the release of 123 prisoners", "the prisoner release" when it is told as done."""
        before = {t.low for t in tokens[max(0, i - 7) : i]}
        following = tokens[i + 1].low if i + 1 < len(tokens) else ""
        previous = tokens[i - 1].low if i else ""
        if following == "of":
            phrase = object_phrase(tokens, i + 2, self.mentions, particle=True)
            if phrase is None or not before & _DONE or before & _WANTED:
                return None
            return _Found(i, "noun", phrase, phrase.end)
        if previous in HELD and following in ("was", "came", "is", "took", "marked", "followed"):
            span = Span(tokens[i - 1].start, tokens[i - 1].end)
            return _Found(i, "noun", Phrase((span,), i - 1, i, True), i + 1)
        return None

    def _are_people(self, tokens: list[Token], phrase: Phrase) -> bool:
        return (
            phrase.described
            or phrase.person is not None
            or is_people(tokens, phrase.start, phrase.end)
        )

    def _were_released(self, tokens: list[Token], phrase: Phrase) -> bool:
        """Tell whether those moved are ones whom the article tells to be set free."""
        words = {t.low for t in tokens[phrase.start : phrase.end]}
        if (
            words & HELD
            or words & {"released", "freed"}
            or (phrase.end > phrase.start and is_quantity(tokens, phrase.start, phrase.end))
        ):
            return True
        return phrase.person is not None and phrase.person in self.memory.released

    # --- reading ----------------------------------------------------------------------------

    def read(
        self, sentence: SentenceCandidate, tokens: list[Token], found: _Found
    ) -> ReleaseStatement:
        """Read the circumstances of one release."""
        end = clause_end(tokens, found.behind) if found.behind < len(tokens) else len(tokens)
        who = list(found.phrase.parts)
        for span in included(tokens, found, self.mentions):
            if not any(span.overlaps(known) for known in who):
                who.append(span)
        by, sure = self._by(tokens, found, end)
        conjoined = found.going or _moved_on(tokens, found.behind, end)
        low = tokens[found.verb].low
        to = destinations(tokens, found.behind, low)
        if not to and conjoined is not None:
            to = destinations(tokens, conjoined + 1, tokens[conjoined].low)
        left = origin(tokens, found.verb, found.behind, end)
        self.memory.by = by if sure and by else self.memory.by
        return ReleaseStatement(
            sentence.id,
            tuple(who),
            self._count(who),
            by,
            left,
            tuple(span for span in to if span != left),
            self._when(sentence, tokens, found, end),
            exchange(self.inventory, sentence, tokens, found.verb),
            self._confidence(sentence, found, sure),
        )

    def _confidence(self, sentence: SentenceCandidate, found: _Found, sure: bool) -> float:
        paragraph = self.inventory.article.paragraphs[sentence.paragraph]
        base = {"active": 0.9, "passive": 0.9, "reduced": 0.75, "moved": 0.8, "noun": 0.6}
        told = 0.85 if paragraph.kind == "caption" else 1.0
        return round(base[found.kind] * (1.0 if sure else 0.85) * told, 2)

    def _count(self, who: list[Span]) -> str | None:
        """Return the figure in the first phrase that has one."""
        for span in who:
            for start in range(span.start, min(span.end, span.start + 60)):
                if start in self._figures:
                    return self._figures[start]
        return None

    def _by(self, tokens: list[Token], found: _Found, end: int) -> tuple[str | None, bool]:
        """Return who set free, and whether this sentence says so."""
        if found.by is not None:
            return found.by, True
        for i in range(found.behind, min(end, len(tokens) - 1, found.behind + 14)):
            if tokens[i].low in (",", "and") or (
                i > found.behind and tokens[i].low.endswith("ed") and not tokens[i].capital
            ):
                break
            if i > found.behind and tokens[i].low in SUBORDINATORS:
                break
            if tokens[i].low == "by" and not tokens[i + 1].low.endswith("ing"):
                stop = max(phrase_end(tokens, i + 1), i + 2)
                inside = self.mentions.inside(Span(tokens[i + 1].start, tokens[stop - 1].end), 3)
                if inside:
                    return inside[0][0].id, True
        return self.memory.by, False

    def _when(
        self, sentence: SentenceCandidate, tokens: list[Token], found: _Found, end: int
    ) -> Span | None:
        """Return the time of the release: the nearest phrase in its clause, behind it first."""
        at = tokens[found.verb].start
        limit = tokens[min(end, len(tokens)) - 1].end if end else at
        stop = limit
        for k in range(found.behind, min(end, len(tokens) - 1)):
            again = tokens[k].low == "after" and tokens[k + 1].low in (
                "being",
                "their",
                "his",
                "her",
            )
            if tokens[k].low in SUBORDINATORS and not again:
                stop = tokens[k].start
                break
        times = find_times(self.text, sentence.span)
        behind = [t for t in times if at < t.start < stop]
        if behind:
            return behind[0]
        before = [t for t in times if t.end <= at and at - t.end < 60 and (
            t.start == sentence.span.start or t.end >= tokens[max(0, found.verb - 4)].start
        )]  # fmt: skip
        return before[-1] if before else None


_BE = frozenset("was were been be is are being had has have".split()) - {"had", "has", "have"}
_SENDING = frozenset("expelled deported sent flew transferred moved returned exiled took".split())
_NAMING = frozenset("was were is are include includes included".split())
_UNREAL = frozenset("could may might should must can would not never n't cannot won't".split())
_DONE = frozenset(
    "after following since welcomed welcomes welcome hailed hails secured secure secures won praised "
    "led celebrated brokered saw oversaw facilitated confirmed with marked announced despite "
    "including involving through".split()
)
_WANTED = frozenset(
    "call calls called calling demand demands demanded demanding urge urged seek seeks sought for "
    "negotiate negotiated negotiating agree agreed possible potential hope hoped until pending "
    "ahead future further next planned could would will may might expected if unless".split()
)


def _verb_end(tokens: list[Token], i: int, low: str) -> int | None:
    """Return the index behind the verb and its particle; None when the particle is missing."""
    following = [t.low for t in tokens[i + 1 : i + 8]]
    if low in ("handed", "hands", "handing", "turned"):
        if following[:1] == ["over"]:
            return i + 2
        return i + 1 if "over" in following and low != "turned" else None
    if low == "set":
        return i + 2 if following[:1] == ["free"] else None
    if low == "let":
        return i + 2 if following[:1] == ["go"] else None
    return i + 1


def _happened(tokens: list[Token], i: int, lead: Lead, *, passive: bool) -> bool:
    """Tell whether the release is told as done: no plan, wish, condition or denial."""
    if inside_condition(conditions_in(tokens), i):
        return False
    low = tokens[i].low
    if lead.infinitive and lead.status != "in_force":
        return False
    if low in ("free", "release", "liberate", "pardon", "swap", "exchange") and not lead.words:
        return False
    if low.endswith("ing") and lead.preposition not in ("", "by", "after", "since"):
        return False
    status = status_of_verb(tokens, i, lead, passive=passive, conditional=False, dated=False)
    return status in ("past", "in_force")


def _not_a_place(tokens: list[Token], i: int) -> bool:
    """Tell whether "freed from …" goes on with a burden rather than a place of captivity."""
    words = {t.low for t in tokens[i : i + 6]}
    if words & (CAPTIVITY | {"prisons", "jails", "colony", "hospital", "camp", "house"}):
        return bool(words & {"hospital"})
    return i < len(tokens) and not any(t.capital for t in tokens[i : i + 5])


def _coordinate(tokens: list[Token], i: int) -> bool:
    """Tell whether the participle at `i` shares an auxiliary: "were freed and flown to"."""
    j = i - 1
    while j > 0 and is_adverb(tokens[j]):
        j -= 1
    return (
        j > 0
        and tokens[j].low == "and"
        and any(t.low in PARTICIPLES for t in tokens[max(0, j - 6) : j])
    )


def _moved_on(tokens: list[Token], begin: int, end: int) -> int | None:
    """Return the verb of motion that goes on with a release: "… and flown to Germany"."""
    for i in range(begin, min(end, begin + 16)):
        if tokens[i].low in MOVING and tokens[i - 1].low not in AUXILIARIES:
            if "and" in (t.low for t in tokens[max(begin, i - 3) : i]):
                return i
    return None
