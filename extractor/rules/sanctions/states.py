"""Finds the mention of the state or body that a phrase names: "EU sanctions", "German lawmakers".

A word is looked up among the article's mentions by its country's code, by the first letters of a
name, or as an acronym; of several the nearest counts.
"""

import re
from bisect import bisect_left

from extractor.find.candidates import Entity
from extractor.find.sanctions.readings import Reading
from extractor.find.sanctions.restrictions import is_imposer
from extractor.language.en.countries import country_of, is_place, lookup
from extractor.language.en.lists import word_set, word_tuple
from extractor.language.sentence_words import is_possessor
from extractor.language.tokens import Token
from extractor.rules.clauses.mention_index import Mentions, Pair
from extractor.rules.sanctions.imposers import is_office
from extractor.rules.sanctions.targets import imposes_by_name, made_of_goods
from extractor.text.spans import Span

_OF_STATES = word_set("sanctions.of-states")
_NO_OWNERS = word_tuple("sanctions.no-owners")
_PREFIX = 4  # letters that a shortened name has at least
_LOOKED_AT = 50  # mentions each way that a word may stand for
_OF_WHOM = re.compile(
    r" of (?:(?:the|state|states|government|and|member|members|all|its) )*(?:of )?(?:the )?"
)


def _letters(word: str) -> str:
    return word.replace(".", "").upper()


def _is_acronym(word: str) -> bool:
    """Return whether a word is an acronym of three letters or more, e.g. "CIS"."""
    return word.isupper() and len(_letters(word)) >= 3


def _initials(name: str) -> set[str]:
    """Return the acronyms that a name may have, with and without its small words."""
    words = name.split()
    every = "".join(word[0] for word in words).upper()
    return {every, "".join(word[0] for word in words if word[0].isupper())} if words[1:] else set()


def _keys_of(entity: Entity) -> set[str]:
    """Return what an entity is looked up by: its country's code, first letters, acronyms."""
    keys = {f"#{initials}" for initials in _initials(entity.name)}
    keys.add(entity.name.lower()[:_PREFIX])
    if entity.kind != "person":
        code = country_of(entity.name)
        if code is None and entity.kind == "body":
            code = country_of(entity.name.split()[0])  # an organ of it
        if code:
            keys.add(code)
    return keys


class States:
    """Finds the mentions of those whom the words around a restriction name."""

    def __init__(self, mentions: Mentions) -> None:
        self._mentions = mentions
        self._text = mentions.text
        self._by_key: dict[str, list[Pair]] | None = None

    def possessor(self, tokens: list[Token], reading: Reading) -> tuple[str, ...]:
        """Return the mentions before the name: "EU sanctions", "Washington's sanctions"."""
        r = reading.restriction
        if r.kind == "verb" or r.first >= r.head:
            return ()
        explicit = r.has_complement or reading.on is not None
        found: list[str] = []
        for i in range(r.first, r.head):
            token = tokens[i]
            own = is_possessor(tokens, i)
            if not token.capitalised or (own and tokens[i + 2].lower == "oil"):
                continue
            word = token.text
            body = self._is_body_of_states(Span(token.start, token.end))
            if not (own or explicit or body or imposes_by_name(word)):
                continue
            whole = self._mentions.at(Span(token.start, token.end))
            name = whole[1].name if whole else word
            if not own and is_place(name) and not imposes_by_name(name):
                continue  # "hit banks with North Korea sanctions"
            known = body or lookup(word) is not None or is_imposer(word)
            if not own and not known and not explicit:
                continue
            if made_of_goods(tokens, i, r.head) or token.lower.endswith(_NO_OWNERS):
                continue
            key = self.mention_at(Span(token.start, token.end))
            if key is None or self._mentions.by_id[key][0].span.end > tokens[r.head].start:
                key = self.same_country(word, token.start)  # not all of "the EU sanctions"
            if key and key not in found:
                found.append(key)
        return tuple(found)

    def imposes(self, key: str) -> bool:
        """Return whether a mention is of a state, a bloc or an organ of one, e.g. "EU Council"."""
        mention, entity = self._mentions.by_id[key]
        words = (entity.name, *entity.name.split()[:1], *mention.span.of(self._text).split()[:1])
        state = any(lookup(word) is not None or is_imposer(word) for word in words)
        return entity.kind != "person" and (state or self._is_body_of_states(mention.span))

    def named_at(self, token: Token) -> tuple[str, ...]:
        """Return the mention of the state or body that a headline's word names, elsewhere."""
        word = token.text
        if not token.capitalised or (lookup(word) is None and not _is_acronym(word)):
            return ()
        pair = self._mentions.at(Span(token.start, token.end))
        if pair and pair[0].span.end <= token.end:  # else a headline taken for a name
            return (pair[0].id,)
        key = self.same_country(word, token.start)
        if key is None and _is_acronym(word):
            bearers = self._bearers(f"#{_letters(word)}")
            key = bearers[0][0].id if bearers else None
        return (key,) if key else ()

    def _is_body_of_states(self, span: Span) -> bool:
        """Return whether a body has states for members by its name, e.g. "African Union"."""
        pair = self._mentions.at(span)
        if pair is None or pair[1].kind != "body":
            return False
        names = (pair[1].name, *pair[1].aliases)
        return any(_OF_STATES & set(name.lower().split()) or is_imposer(name) for name in names)

    def owner(self, tokens: list[Token], noun: int) -> tuple[str, ...]:
        """Return whose act a noun is: "Ottawa's threat", "U.S. threats", "an American threat"."""
        i = noun - 1
        while i > 0 and noun - i < 3 and tokens[i].is_word and tokens[i].text.islower():
            i -= 1  # "Ottawa's recent threat"
        i -= i > 0 and tokens[i].lower == "'s"
        if i < 0 or not tokens[i].capitalised:
            return ()
        token = tokens[i]
        if not is_possessor(tokens, i) and (lookup(token.text) is None or i < noun - 1):
            return ()
        key = self.mention_at(Span(token.start, token.end)) or self.same_country(
            token.text, token.start
        )
        return (key,) if key else ()

    def possessor_in(self, measure: Span) -> tuple[str, ...]:
        """Return the senders named in the phrase that a pronoun stands for."""
        for word in measure.of(self._text).split():
            if word in ("on", "against"):
                break  # "sanctions on Japanese goods": the other side
            if word[:1].isupper() and is_imposer(word):
                key = self.mention_at(measure) or self.same_country(word, measure.start)
                if key:
                    return (key,)
        return ()

    def office_before(self, tokens: list[Token], i: int, reach: int = 8) -> tuple[str, ...]:
        """Return the state of "German lawmakers" before token `i`, where they are no mention."""
        for k in range(i - 1, max(0, i - 1 - reach), -1):
            if is_office(tokens[k]):
                words = [word for word in tokens[max(0, k - 3) : k] if word.lower != "'s"]
                for word in words[-2:]:
                    key = (
                        self.same_country(word.text, word.start)
                        if lookup(word.text)
                        else word.capitalised and self.mention_at(Span(word.start, word.end))
                    )
                    if key:  # "the Obama administration": the name in it
                        return (key,)
        return ()

    def body_of(self, key: str) -> str:
        """Return the body that unnamed people act for: the EU of "EU foreign ministers"."""
        mention, entity = self._mentions.by_id[key]
        plural = mention.kind == "nominal" and entity.plural
        if mention.kind == "pronoun" or not (plural or entity.kind in ("unnamed", "other")):
            return key
        for inner, other in self._mentions.starting_in(mention.span):
            opens = inner.span.start - mention.span.start
            if other.id != entity.id and opens < 5 and is_imposer(inner.span.of(self._text)):
                return inner.id
        beside = self._beside(mention.span)
        if beside:
            return beside
        word = mention.span.of(self._text).split()[0]
        return (self.same_country(word, mention.span.start) or key) if lookup(word) else key

    def mention_at(self, span: Span) -> str | None:
        """Return the mention that covers or overlaps a word."""
        pair = self._mentions.at(span)
        return pair[0].id if pair else None

    def _beside(self, span: Span) -> str | None:
        """Return the state of "European Union leaders", "the heads of government of the bloc"."""
        before = self._mentions.at(Span(max(0, span.start - 2), max(0, span.start - 1)))
        if before and self._text[before[0].span.end : span.start] == " ":
            return before[0].id if self.imposes(before[0].id) else None
        behind = _OF_WHOM.match(self._text, span.end)
        if behind:
            after = self._mentions.at(Span(behind.end(), behind.end() + 1))
            return after[0].id if after and self.imposes(after[0].id) else None
        return None

    def same_country(self, word: str, offset: int) -> str | None:
        """Return the nearest mention, before `offset` if any, of whom a word stands for."""
        code = country_of(word)
        if code is None and len(word) <= _PREFIX - 1:
            return None
        lower = word.lower()
        bearers = self._bearers(code or lower[:_PREFIX])
        nearest = bisect_left(bearers, offset, key=lambda pair: pair[0].span.start)
        before = reversed(bearers[max(0, nearest - _LOOKED_AT) : nearest])
        for mention, entity in (*before, *bearers[nearest : nearest + _LOOKED_AT]):
            around = mention.span.start <= offset and mention.span.end > offset + len(word) + 1
            if not around and (code or entity.name.lower().startswith(lower)):
                return mention.id
        return None

    def _bearers(self, key: str) -> list[Pair]:
        """Return the mentions under a country's code, a name's first letters or an acronym."""
        if self._by_key is None:
            self._by_key = {}
            keys: dict[str, set[str]] = {}
            for pair in self._mentions.pairs:
                if pair[0].kind == "pronoun":
                    continue
                if pair[1].id not in keys:
                    keys[pair[1].id] = _keys_of(pair[1])
                for each in keys[pair[1].id]:
                    self._by_key.setdefault(each, []).append(pair)
        return self._by_key.get(key, [])
