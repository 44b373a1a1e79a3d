"""Resolves the labels of turns to the article's names: who "DIALLO:", "AD:" and "A:" are.

* A name in a label is that of the person whom the article calls so in full.
* A title or role is the one person described so ("Prime Minister Ana Rao", "hosted by Lena Fox"),
  or the name in brackets behind it; else it stands for itself, an unnamed source.
* Initials are those of the one person who has them.
* "A:" is whoever the introduction names as interviewed; "Q:" the paper or the interviewer, where
  it names one, else nobody.

Every label that names somebody becomes a mention of that name, so that a speaker can be shown
where the turn begins. In doubt the confidence is lower, never the label left out.
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from extractor.article import Article
from extractor.find.candidates import Entity, Mention
from extractor.find.turns.labels import Label
from extractor.frozen import frozen
from extractor.language.en.first_names import is_first_name
from extractor.language.en.lexicon import HONORIFICS
from extractor.language.en.lists import word_set
from extractor.language.word_lists import alternatives
from extractor.text.spans import Span

# How often the speaker was right, by how the label was resolved, on the invented transcripts of
# tests/find/turns/ and on the interviews among PolNeAR's training articles; rounded down.
NAMED, DESCRIBED, UNNAMED, INTERVIEWED, ASKER, NOBODY = 0.95, 0.85, 0.85, 0.85, 0.5, 0.5
UNLABELLED, DOUBTFUL = 0.6, 0.5

_PARTICLES = word_set("names.particles")
_SPOKE_TO = re.compile(rf"\b(?:{alternatives(word_set('turns.spoke-to'))})\s+(?:the\s+)?$", re.I)
_HOSTING = re.compile(
    r"\b(?:hosted|presented|moderated|chaired|led|anchored) by\s+(?:[\w’'-]+\s+){0,3}$", re.I
)
_HOSTS_IT = re.compile(
    r",?\s+(?:who\s+)?(?:hosted|hosts|presented|presents|moderated|moderates|chaired|chairs)\b"
)
_NEAR = 60  # characters around a name in which a role or a verb is looked for
_AROUND = 8  # mentions that are looked at before the end of a label
_ROLE_WORD = re.compile(r"[^\W\d_]+")


@frozen
class Speaker:
    """Who speaks in the turns with one label."""

    entity: str | None  # "P3"; a new name's own key while the mentions are numbered anew
    named: bool  # whether the label itself becomes a mention
    confidence: float


def _start_of(place: tuple[Span, Mention, Entity]) -> int:
    return place[0].start


def folded_words(name: str) -> list[str]:
    """Return the words of a name in lower case, without titles and full stops."""
    words = [word.strip(".,").lower() for word in name.replace("’", "'").split()]
    return [word for word in words if word and word not in HONORIFICS]


class Cast:
    """The article's names, as labels may mean them."""

    def __init__(self, article: Article, names: Sequence[Entity]) -> None:
        self._article = article
        self._text = article.text
        self.names = names
        self._placed = sorted(
            ((mention.span, mention, entity) for entity in names for mention in entity.mentions),
            key=_start_of,
        )
        self._persons = [e for e in names if e.kind in ("person", "other")]
        self._by_last: dict[str, list[Entity]] = {}
        for entity in self._persons:
            words = folded_words(entity.name)
            if words:
                self._by_last.setdefault(words[-1], []).append(entity)

    # --- before it is known whether there are turns -------------------------------------------

    def is_person(self, label: Label) -> bool:
        """Return whether a label surely names somebody who can speak."""
        if label.form in ("asking", "answering", "numbered", "role"):
            return True
        name = label.name.of(self._text)
        first = name.split()[0].strip(".").lower()
        if first in HONORIFICS and len(name.split()) > 1:
            return True
        if label.form == "initials":
            return label.key in self._by_last or len(self._with_initials(label.key)) > 0
        entity = self._at(label.name)
        if entity is not None and entity.kind == "person":
            return True
        if entity is not None and entity.kind == "place":
            return False
        words = folded_words(name)
        if len(words) > 1 and is_first_name(words[0]):
            return True
        return any(e.kind == "person" for e in self._by_last.get(words[-1] if words else "", ()))

    # --- resolving ------------------------------------------------------------------------------

    def speaker_of(self, labels: Sequence[Label], first: int) -> Speaker:
        """Return who speaks behind labels of one key; the turns begin at the offset `first`."""
        label = labels[0]
        if label.form == "asking":
            asker = self.asker(first)
            return Speaker(asker, False, ASKER if asker else NOBODY)
        if label.form == "answering":
            interviewee, sure = self.interviewee(first)
            return Speaker(interviewee, False, sure)
        if label.form == "initials":
            return self._by_initials(labels)
        if label.form == "numbered":
            return Speaker(None, True, UNNAMED)
        if label.form == "role":
            return self._by_role(labels)
        return self._by_name(labels)

    def _by_name(self, labels: Sequence[Label]) -> Speaker:
        """Return the person whom the article calls so; of two with a last name the one printed."""
        own = self._most_at(labels)
        words = folded_words(labels[0].name.of(self._text))
        same = [e for e in self._by_last.get(words[-1] if words else "", ())
                if _may_be(words, folded_words(e.name))]  # fmt: skip
        longest = max((len(folded_words(e.name)) for e in same), default=0)
        full = [e for e in same if len(folded_words(e.name)) == longest]
        if own is not None and own not in full and own.kind == "person" and not full:
            return Speaker(own.id, True, NAMED)
        if len(full) == 1:
            return Speaker(full[0].id, True, NAMED)
        if own is not None:
            return Speaker(own.id, True, DOUBTFUL if len(full) > 1 else NAMED)
        return Speaker(None, True, DOUBTFUL if full else DESCRIBED)

    def _by_initials(self, labels: Sequence[Label]) -> Speaker:
        found = self._with_initials(labels[0].key)
        if len(found) == 1:
            return Speaker(found[0].id, True, NAMED)
        if not found and labels[0].key in self._by_last:  # "VIK:"
            return self._by_name(labels)
        return Speaker(None, True, DOUBTFUL)

    def _with_initials(self, key: str) -> list[Entity]:
        """Return the persons and bodies with these initials, e.g. Amina Diallo of "ad"."""
        return [
            entity
            for entity in self.names
            if entity.kind in ("person", "other", "body")
            and len(words := folded_words(entity.name)) > 1
            and key in ("".join(w[0] for w in words),
                        "".join(w[0] for w in words if w not in _PARTICLES),
                        words[0][0] + words[-1][0])
        ]  # fmt: skip

    def _by_role(self, labels: Sequence[Label]) -> Speaker:
        """Return the one person who is described by the role."""
        for label in labels:
            noted = self._at(label.note) if label.note is not None else None
            if noted is not None and noted.kind in ("person", "other"):
                return Speaker(noted.id, True, NAMED)
        words = set(_ROLE_WORD.findall(labels[0].key))
        holders = [
            entity
            for entity in self._persons
            if entity.kind == "person"
            and (self._is_described(entity, words) or self._is_host(entity, words))
        ]
        if len(holders) == 1:
            return Speaker(holders[0].id, True, DESCRIBED)
        return Speaker(None, True, UNNAMED if not holders else DOUBTFUL)

    def _is_described(self, entity: Entity, words: set[str]) -> bool:
        """Return whether the role of an entity has all words of a label."""
        role = set(_ROLE_WORD.findall((entity.role or "").lower()))
        return words <= role

    def _is_host(self, entity: Entity, words: set[str]) -> bool:
        """Return whether the article says that somebody hosts: "hosted by Lena Fox"."""
        if words.isdisjoint(_HOSTS):
            return False
        return any(
            _HOSTING.search(self._text, max(0, mention.span.start - _NEAR), mention.span.start)
            or _HOSTS_IT.match(self._text, mention.span.end)
            for mention in entity.mentions
            if mention.kind == "name"
        )

    def interviewee(self, first: int) -> tuple[str | None, float]:
        """Return who is interviewed, as the headline and the introduction before `first` tell.

        With the confidence; None where they leave it open.
        """
        named = Counter[str]()
        spoken_to = set[str]()
        titled = set[str]()
        told = list[str]()
        for span, mention, entity in self._introduced(first):
            if entity.kind != "person" or mention.kind != "name":
                continue
            named[entity.id] += 1
            if _SPOKE_TO.search(self._text, max(0, span.start - _NEAR), span.start):
                spoken_to.add(entity.id)
            if self._kind_at(span.start) == "heading":
                titled.add(entity.id)
            if _TELLS.match(self._text, span.end, span.end + _NEAR):
                told.append(entity.id)
        if not named and self._article.title:
            return None, NOBODY
        if len(named) == 1:
            return next(iter(named)), INTERVIEWED
        for group in (spoken_to, titled, set(told)):
            if len(group) == 1:
                return next(iter(group)), INTERVIEWED
        ranked = named.most_common(2)
        if len(ranked) > 1 and ranked[0][1] >= 2 * ranked[1][1]:
            return ranked[0][0], UNLABELLED
        return None, NOBODY

    def asker(self, first: int) -> str | None:
        """Return who asks, as the introduction before `first` tells: a paper or an interviewer."""
        outlet = (self._article.outlet or "").casefold()
        interviewee, _ = self.interviewee(first)
        bodies = []
        for span, mention, entity in self._introduced(first):
            if mention.kind != "name" or entity.id == interviewee:
                continue
            if outlet and entity.name.casefold() in (outlet, f"the {outlet}"):
                return entity.id
            if entity.kind in ("body", "other", "place") and _SPOKE_TO.search(
                self._text, max(0, span.start - _NEAR), span.start
            ):
                bodies.append(entity.id)
        return bodies[0] if len(set(bodies)) == 1 else None

    def _introduced(self, first: int) -> Iterator[tuple[Span, Mention, Entity]]:
        """Yield the mentions before the turns, those of bylines and captions left out."""
        for span, mention, entity in self._placed:
            if span.start >= first:
                return
            if self._kind_at(span.start) not in ("byline", "credit", "caption"):
                yield span, mention, entity

    def _kind_at(self, offset: int) -> str:
        at = bisect_right(self._article.paragraphs, offset, key=lambda p: p.span.end)
        return self._article.paragraphs[at].kind if at < len(self._article.paragraphs) else "body"

    def _at(self, span: Span) -> Entity | None:
        """Return the entity with a mention within a span, the widest."""
        at = bisect_left(self._placed, span.end, key=_start_of)
        best: tuple[int, Entity | None] = (0, None)
        for place, mention, entity in reversed(self._placed[max(0, at - _AROUND) : at]):
            width = place.end - place.start
            if span.overlaps(place) and mention.kind != "pronoun" and width > best[0]:
                best = width, entity
        return best[1]

    def _most_at(self, labels: Iterable[Label]) -> Entity | None:
        """Return the entity that most labels hold a mention of."""
        counts = Counter(e.id for label in labels if (e := self._at(label.name)) is not None)
        if not counts:
            return None
        most = counts.most_common(1)[0][0]
        return next(entity for entity in self.names if entity.id == most)


_HOSTS = frozenset(word_set("turns.hosts"))
_TELLS = re.compile(
    rf"(?:,[^,.]{{1,50}},)?\s+(?:has\s+)?(?:{alternatives(word_set('turns.spoke-to'))})\b", re.I
)


def _may_be(words: list[str], name: list[str]) -> bool:
    """Return whether a label's words may mean a name, e.g. "a diallo" Amina Diallo."""
    if len(words) == 1 or len(name) == 1:
        return True
    a, b = words[0], name[0]
    return a == b or (min(len(a), len(b)) == 1 and a[0] == b[0])
