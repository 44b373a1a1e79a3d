"""Which mention a state or body is that a phrase names: "EU sanctions", "German lawmakers"."""

from extractor.answer.imposers import is_office
from extractor.answer.mentions import Mentions
from extractor.answer.parties import bare, imposes_by_name, made_of_goods
from extractor.find.actions import Reading
from extractor.find.clauses import Token
from extractor.find.countries import country_of, is_place, lookup
from extractor.find.restrictions import is_imposer
from extractor.spans import Span


class States:
    """Finds the mentions of those whom the words around a restriction name."""

    def __init__(self, mentions: Mentions) -> None:
        self._mentions = mentions
        self._text = mentions.text

    def possessor(self, tokens: list[Token], reading: Reading) -> tuple[str, ...]:
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
            key = self.mention_at(Span(token.start, token.end)) or self.same_country(
                word, token.start
            )
            if key and key not in found:
                found.append(key)
        return tuple(found)

    def owner(self, tokens: list[Token], noun: int) -> tuple[str, ...]:
        """Return whose act a noun is: "Ottawa's threat", "U.S. threats", "an American threat"."""
        i = noun - 1
        while i > 0 and noun - i < 3 and tokens[i].word and tokens[i].text.islower():
            i -= 1  # "Ottawa's recent threat"
        if i < 0 or not tokens[i].capital:
            return ()
        token = tokens[i]
        own = token.low.endswith(("'s", "s'"))
        if not own and (lookup(bare(token)) is None or i < noun - 1):
            return ()
        key = self.mention_at(Span(token.start, token.end)) or self.same_country(
            bare(token), token.start
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
                for word in tokens[max(0, k - 2) : k]:
                    key = (
                        self.same_country(word.text, word.start)
                        if lookup(word.text)
                        else word.capital and self.mention_at(Span(word.start, word.end))
                    )
                    if key:  # "the Obama administration": the name in it
                        return (key,)
        return ()

    def body_of(self, key: str) -> str:
        """Return the body that unnamed people act for: the EU of "EU foreign ministers"."""
        mention, entity = self._mentions.by_id[key]
        if mention.kind == "pronoun" or entity.kind not in ("unnamed", "other"):
            return key
        for inner, other in self._mentions.overlapping(mention.span):
            opens = inner.span.start - mention.span.start
            if other.id != entity.id and opens < 5 and is_imposer(inner.span.of(self._text)):
                return inner.id
        word = mention.span.of(self._text).split()[0]
        return (self.same_country(word, mention.span.start) or key) if lookup(word) else key

    def mention_at(self, span: Span) -> str | None:
        """Return the mention that covers or overlaps a word."""
        pair = self._mentions.at(span)
        return pair[0].id if pair else None

    def same_country(self, word: str, offset: int) -> str | None:
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
