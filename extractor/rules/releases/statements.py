"""Reads the statements of releases: who was set free, how many, by whom, where to, for what.

* active: "X freed two prisoners"; passive: "two prisoners were freed"; "walked out of prison";
* reduced: "prisoners freed by X", "those freed include Y";
* noun: "after the release of 123 prisoners", when it is said to be done;
* moved: "114 were taken to Y", "nine left X for Y", of people who were set free.

Only what happened counts: a release that is hoped for, planned, refused or conditional is none.
Where a sentence does not say who set them free, the one named last counts, with less confidence.
"""

from dataclasses import dataclass, field

from extractor.find.document import SentenceTokens
from extractor.find.inventory import Inventory
from extractor.frozen import frozen
from extractor.language.en.lists import word_set, word_tuple
from extractor.language.en.times import find_times
from extractor.language.sentence_words import (
    AUXILIARIES,
    DETERMINERS,
    SUBORDINATORS,
    clause_end,
    phrase_end,
)
from extractor.language.tokens import Token
from extractor.rules.clauses.conditions import Condition, conditions_in, inside_condition
from extractor.rules.clauses.mention_index import Mentions
from extractor.rules.clauses.verb_groups import VerbGroup, verb_group_of
from extractor.rules.releases.lexicon import (
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
from extractor.rules.releases.phrases import Phrase, included, object_phrase, subject_phrase
from extractor.rules.releases.routes import destinations, exchange, origin
from extractor.rules.releases.verbs import (
    BE,
    DONE,
    NAMING,
    SENDING,
    UNREAL,
    WANTED,
    coordinate,
    happened,
    moved_on,
    not_a_place,
    verb_end,
)
from extractor.text.spans import Span

_RELEASES = word_tuple("releases.releases")
_MOVES = word_tuple("releases.moves")
_TIMES_BEFORE = 20  # words before a verb that its time may stand in
_TRIGGERS = RELEASING | PARTICIPLES | MOVING | GOING | word_set("releases.triggers")


@frozen
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
    """What the article has said of releases so far."""

    by: str | None = None
    released: set[str] = field(default_factory=set)  # entity ids
    any: bool = False


def read_releases(inventory: Inventory) -> list[ReleaseStatement]:
    """Read every statement of a release, in order; never raises on any text."""
    text = inventory.article.text
    if not may_hold_releases(text):
        return []
    reader = _Reader(inventory)
    scenes: list[tuple[SentenceTokens, list[_Found] | None]] = []
    # First find who was set free, wherever the article says so.
    for index, candidate in enumerate(inventory.sentences):
        releases, moves = _words_of(candidate.span.of(text))
        if not releases and not moves:
            continue
        sentence = inventory.document.sentence(index)
        stated = reader.find(sentence.tokens, moved=False) if releases else []
        reader.learn(sentence.tokens, stated)
        scenes.append((sentence, None if moves else stated))
    if not reader.memory.any:
        return []
    return [
        reader.read(sentence, found)
        for sentence, stated in scenes
        for found in (reader.find(sentence.tokens, moved=True) if stated is None else stated)
    ]


def _words_of(sentence: str) -> tuple[bool, bool]:
    """Return whether a sentence may state a release, and whether a transfer; a cheap test."""
    lower = sentence.lower()
    return any(word in lower for word in _RELEASES), any(word in lower for word in _MOVES)


class _Reader:
    """Reads the releases of one article."""

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        self.text = inventory.article.text
        self.mentions = Mentions(inventory)
        self.memory = _Memory()
        self._conditions: list[Condition] | None = None  # of the sentence being read
        self._figures = {n.span.start: n.id for n in inventory.figures}

    def learn(self, tokens: list[Token], releases: list[_Found]) -> None:
        """Remember who was set free, as a sentence says."""
        for found in releases:
            self.memory.any = True
            for span in (*found.phrase.parts, *included(tokens, found, self.mentions)):
                for _, entity in self.mentions.inside(span, 4):
                    if entity.kind == "person":
                        self.memory.released.add(entity.id)

    # --- finding ----------------------------------------------------------------------------

    def find(self, tokens: list[Token], *, moved: bool) -> list[_Found]:
        """Return the verbs and nouns of a sentence that state a release, in order."""
        found: list[_Found] = []
        self._conditions = None
        for i, token in enumerate(tokens):
            if token.lower not in _TRIGGERS:
                continue
            one = self._at(tokens, i, token.lower, moved)
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
                if one.kind == "moved":
                    found.extend(self._split(tokens, one))
        return found

    def _split(self, tokens: list[Token], moved: _Found) -> list[_Found]:
        """Read the other parts of "ten were moved to X, 13 to Y and three to Z"."""
        parts: list[_Found] = []
        for i in range(moved.behind, min(len(tokens) - 2, moved.behind + 30)):
            goes = tokens[i + 1].lower in ("to", "for") and tokens[i - 1].lower in (",", "and")
            if goes and is_quantity(tokens, i, i + 1) and destinations(tokens, i + 1, "taken"):
                number = Span(tokens[i].start, tokens[i].end)
                parts.append(_Found(i, "moved", Phrase((number,), i, i + 1, True), i + 1))
        return parts

    def _hypothetical(self, tokens: list[Token], i: int) -> bool:
        """Return whether token `i` stands in a condition, e.g. "if the hostages are freed"."""
        if self._conditions is None:
            self._conditions = conditions_in(tokens)
        return inside_condition(self._conditions, i)

    def _same(self, tokens: list[Token], one: _Found, other: _Found) -> bool:
        """Return whether a second verb goes on with the first, e.g. "were freed and flown to …"."""
        if other.kind not in ("moved", "passive") or one.verb >= other.verb:
            return False
        between = [t.lower for t in tokens[one.verb + 1 : other.verb]]
        return (
            "and" in between
            and not any(t in AUXILIARIES for t in between)
            and one.phrase.parts == other.phrase.parts
        )

    def _at(self, tokens: list[Token], i: int, lower: str, moved: bool) -> _Found | None:
        """Return the release that the word at `i` states; with `moved`, transfers count too."""
        if lower in ("left", "walked") and i + 1 < len(tokens):
            free = self._left_prison(tokens, i)
            if free is not None:
                return free
        if (
            lower in RELEASING
            or lower in PARTICIPLES
            or lower in ("swap", "swaps", "hands", "handing")
        ):
            return self._released(tokens, i, lower)
        if moved and (lower in MOVING or lower in GOING):
            return self._moved(tokens, i, lower)
        if lower in ("release", "releases", "freeing", "swap", "exchange"):
            return self._noun(tokens, i)
        return None

    def _released(self, tokens: list[Token], i: int, lower: str) -> _Found | None:
        """Read a verb of releasing: "freed two prisoners", "were freed", "prisoners freed by X"."""
        end = verb_end(tokens, i, lower)
        if end is None:
            return self._noun(tokens, i) if lower == "release" else None
        lead = verb_group_of(tokens, i)
        be = lead.words & BE
        before = tokens[i - 1].lower if i else ""
        if before != "those" and not be and (before in DETERMINERS or before[:1].isdigit()):
            return None  # "the released prisoners"
        if lower in PARTICIPLES and be:
            return self._passive(tokens, i, end, lead)
        if lower in ("release", "swap", "exchange") and not lead.words and not lead.infinitive:
            return self._noun(tokens, i)
        phrase = object_phrase(tokens, end, self.mentions)
        if phrase is not None:
            if self._hypothetical(tokens, i) or not happened(tokens, i, lead, passive=False):
                return None
            by = self._agent_of_active(tokens, lead)
            return _Found(i, "active", phrase, phrase.end, by)
        if lower in PARTICIPLES and lower not in ("set", "let", "handed", "turned"):
            return self._reduced(tokens, i, end)
        return None

    def _agent_of_active(self, tokens: list[Token], lead: VerbGroup) -> str | None:
        """Return the mention that is the subject of a verb group, if any."""
        start = min(lead.start, lead.governor if lead.governor is not None else lead.start)
        keys = self.mentions.subject(tokens, start)
        return keys[0] if keys else None

    def _passive(self, tokens: list[Token], i: int, end: int, lead: VerbGroup) -> _Found | None:
        """Read "two prisoners were freed", with the participle at `i` and its words up to `end`."""
        if self._hypothetical(tokens, i) or not happened(tokens, i, lead, passive=True):
            return None
        if tokens[i].lower == "let" and "go" not in [t.lower for t in tokens[i : i + 2]]:
            return None
        phrase = subject_phrase(tokens, lead.start, self.mentions)
        if phrase is None or not self._are_people(tokens, phrase):
            return None
        if end < len(tokens) and tokens[end].lower == "from" and not_a_place(tokens, end + 1):
            return None
        return _Found(i, "passive", phrase, end)

    def _reduced(self, tokens: list[Token], i: int, end: int) -> _Found | None:
        """Read "prisoners freed by X", "a prisoner released from Y", "those freed include Z"."""
        following = tokens[end].lower if end < len(tokens) else ""
        if (
            i > 1
            and tokens[i - 1].lower == "those"
            and tokens[i - 2].lower == "among"
            and (following not in NAMING)
        ):
            among = subject_phrase(tokens, i - 1, self.mentions)
            return _Found(i, "passive", among, end) if among else None
        if following in NAMING and i and tokens[i - 1].lower == "those":
            named = object_phrase(tokens, end + 1, self.mentions)
            return _Found(i, "passive", named, named.end) if named else None
        if following not in ("by", "from", "on", "in", "under", "as", "after", "last", "this", "to",
                             "into", "earlier", "since", "during"):  # fmt: skip
            return None
        phrase = subject_phrase(tokens, i, self.mentions, adjacent=True)
        if phrase is None or not phrase.described:
            return None
        lead = verb_group_of(tokens, phrase.start) if phrase.start else VerbGroup(0)
        if lead.infinitive or self._hypothetical(tokens, i):
            return None
        return _Found(i, "reduced", phrase, end)

    def _left_prison(self, tokens: list[Token], i: int) -> _Found | None:
        """Read "X left prison", "X walked free"."""
        near = {t.lower for t in tokens[i + 1 : i + 5]}
        if not (near & CAPTIVITY or (tokens[i].lower == "walked" and "free" in near)):
            return None
        lead = verb_group_of(tokens, i)
        phrase = subject_phrase(tokens, lead.start, self.mentions)
        if phrase is None or not self._are_people(tokens, phrase) or lead.words & UNREAL:
            return None
        return _Found(i, "passive", phrase, i + 1)

    def _moved(self, tokens: list[Token], i: int, lower: str) -> _Found | None:
        """Read "114 were taken to Y", "nine left X for Y", of those set free."""
        lead = verb_group_of(tokens, i)
        goal = destinations(tokens, i + 1, lower)
        if not goal or lead.negated or lead.words & (UNREAL - {"would"}):
            return None
        if self._hypothetical(tokens, i) or lead.status in ("denied", "proposed"):
            return None
        sent = object_phrase(tokens, i + 1, self.mentions)
        if sent is not None and lower in SENDING and not lead.words & BE:
            held = {t.lower for t in tokens[sent.start : sent.end]} & HELD
            by = self._agent_of_active(tokens, lead)
            done = held and happened(tokens, i, lead, passive=False)
            return _Found(i, "moved", sent, sent.end, by) if done else None
        if lower in MOVING and not lead.words & BE and not coordinate(tokens, i):
            phrase = subject_phrase(tokens, i, self.mentions, adjacent=True)
            if lower in GOING and phrase is None:
                phrase = subject_phrase(tokens, lead.start, self.mentions)
        else:
            phrase = subject_phrase(tokens, lead.start, self.mentions)
        if phrase is None or not self._were_released(tokens, phrase):
            return None
        if lower in GOING and lead.words & {"will", "would", "was", "were"} and lower != "returned":
            return None
        return _Found(i, "moved", phrase, i + 1)

    def _noun(self, tokens: list[Token], i: int) -> _Found | None:
        """Read "the release of 123 prisoners", "the prisoner release", if it is done."""
        before = {t.lower for t in tokens[max(0, i - 7) : i]}
        following = tokens[i + 1].lower if i + 1 < len(tokens) else ""
        previous = tokens[i - 1].lower if i else ""
        if following == "of":
            phrase = object_phrase(tokens, i + 2, self.mentions)
            if phrase is None or not before & DONE or before & WANTED:
                return None
            return _Found(i, "noun", phrase, phrase.end)
        if previous in HELD and following in ("was", "came", "is", "took", "marked", "followed"):
            span = Span(tokens[i - 1].start, tokens[i - 1].end)
            return _Found(i, "noun", Phrase((span,), i - 1, i, True), i + 1)
        return None

    def _are_people(self, tokens: list[Token], phrase: Phrase) -> bool:
        """Return whether a phrase is about people, e.g. "two prisoners", "Ann Berg"."""
        return (
            phrase.described
            or phrase.person is not None
            or is_people(tokens, phrase.start, phrase.end)
        )

    def _were_released(self, tokens: list[Token], phrase: Phrase) -> bool:
        """Return whether those moved had been set free, e.g. "the freed prisoners", "114"."""
        words = {t.lower for t in tokens[phrase.start : phrase.end]}
        if (
            words & HELD
            or words & {"released", "freed"}
            or (phrase.end > phrase.start and is_quantity(tokens, phrase.start, phrase.end))
        ):
            return True
        return phrase.person is not None and phrase.person in self.memory.released

    # --- reading ----------------------------------------------------------------------------

    def read(self, sentence: SentenceTokens, found: _Found) -> ReleaseStatement:
        """Read the circumstances of one release."""
        tokens = sentence.tokens
        end = clause_end(tokens, found.behind) if found.behind < len(tokens) else len(tokens)
        who = list(found.phrase.parts)
        for span in included(tokens, found, self.mentions):
            if not any(span.overlaps(known) for known in who):
                who.append(span)
        by, sure = self._by(tokens, found, end)
        conjoined = found.going or moved_on(tokens, found.behind, end)
        lower = tokens[found.verb].lower
        to = destinations(tokens, found.behind, lower)
        if not to and conjoined is not None:
            to = destinations(tokens, conjoined + 1, tokens[conjoined].lower)
        left = origin(tokens, found.verb, found.behind, end)
        self.memory.by = by if sure and by else self.memory.by
        return ReleaseStatement(
            sentence.id,
            tuple(who),
            self._count(who),
            by,
            left,
            tuple(span for span in to if span != left),
            self._when(sentence, found, end),
            exchange(self.inventory.document, sentence, found.verb),
            self._confidence(sentence, found, sure),
        )

    def _confidence(self, sentence: SentenceTokens, found: _Found, sure: bool) -> float:
        """Return how sure a release is, by its form, its agent and where it is printed."""
        paragraph = self.inventory.article.paragraphs[sentence.candidate.paragraph]
        base = {"active": 0.9, "passive": 0.9, "reduced": 0.75, "moved": 0.8, "noun": 0.6}
        printed = 0.85 if paragraph.kind == "caption" else 1.0
        return round(base[found.kind] * (1.0 if sure else 0.85) * printed, 2)

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
            if tokens[i].lower in (",", "and") or (
                i > found.behind and tokens[i].lower.endswith("ed") and not tokens[i].capitalised
            ):
                break
            if i > found.behind and tokens[i].lower in SUBORDINATORS:
                break
            if tokens[i].lower == "by" and not tokens[i + 1].lower.endswith("ing"):
                stop = max(phrase_end(tokens, i + 1), i + 2)
                inside = self.mentions.inside(Span(tokens[i + 1].start, tokens[stop - 1].end), 3)
                if inside:
                    return inside[0][0].id, True
        return self.memory.by, False

    def _when(self, sentence: SentenceTokens, found: _Found, end: int) -> Span | None:
        """Return the time of the release: the nearest phrase in its clause, behind it first."""
        tokens = sentence.tokens
        at = tokens[found.verb].start
        limit = tokens[min(end, len(tokens)) - 1].end if end else at
        stop = limit
        for k in range(found.behind, min(end, len(tokens) - 1)):
            again = tokens[k].lower == "after" and tokens[k + 1].lower in (
                "being",
                "their",
                "his",
                "her",
            )
            if tokens[k].lower in SUBORDINATORS and not again:
                stop = tokens[k].start
                break
        near = tokens[max(0, found.verb - _TIMES_BEFORE)].start
        times = find_times(self.text, Span(near, max(limit, at)))
        behind = [t for t in times if at < t.start < stop]
        if behind:
            return behind[0]
        before = [t for t in times if t.end <= at and at - t.end < 60 and (
            t.start == sentence.span.start or t.end >= tokens[max(0, found.verb - 4)].start
        )]  # fmt: skip
        return before[-1] if before else None
