"""The document: an article cut into tokens and sentences, once for all finders and rules.

Names, pronouns and attribution read the tokens of the whole article, in columns; sanction
statements and releases read the same tokens sentence by sentence.
"""

from bisect import bisect_right
from dataclasses import field

from extractor.article import STORY, Article
from extractor.find.candidates import QuotationCandidate, SentenceCandidate
from extractor.frozen import frozen
from extractor.language.tokens import Token, Tokens, tokens_as_seen
from extractor.language.word_classes import OPENING
from extractor.text.spans import Span


@frozen
class SentenceTokens:
    """A sentence with its tokens; indices into `tokens` count from the sentence's first."""

    index: int  # its place among the document's sentences
    candidate: SentenceCandidate
    tokens: list[Token]

    @property
    def id(self) -> str:
        """Its id, "S12"."""
        return self.candidate.id

    @property
    def span(self) -> Span:
        """Where it stands in the article's text."""
        return self.candidate.span


@frozen
class Document:
    """The article as the rules read it: made once, shared by finding and attributing."""

    article: Article
    tokens: Tokens
    sentence_of: list[int]  # token -> index of its sentence
    opens: frozenset[int]  # tokens that open a sentence or a quotation, or follow a colon
    quoted: list[bool]  # token -> stands inside a quotation
    sentences: tuple[SentenceCandidate, ...]
    bounds: list[tuple[int, int]]  # sentence -> its tokens first:last
    furniture: tuple[Span, ...]  # what is no part of the story: captions, credits, headings, …
    _read: dict[int, SentenceTokens] = field(default_factory=dict, repr=False, compare=False)

    def sentence(self, index: int) -> SentenceTokens:
        """Return a sentence with its tokens, made at the first look at it.

        Raises IndexError where there is no such sentence.
        """
        sentence = self._read.get(index)
        if sentence is None:
            tokens = self.tokens.between(*self.bounds[index])
            sentence = self._read[index] = SentenceTokens(index, self.sentences[index], tokens)
        return sentence

    def in_furniture(self, offset: int) -> bool:
        """Return whether the place stands in a caption, credit, byline or heading."""
        at = bisect_right(self.furniture, (offset, len(self.article.text))) - 1
        return at >= 0 and offset < self.furniture[at].end


def read_document(
    article: Article,
    sentences: tuple[SentenceCandidate, ...],
    quotations: tuple[QuotationCandidate, ...],
) -> Document:
    """Return the article with its tokens: each one's sentence, and whether it is quoted."""
    tokens = tokens_as_seen(article.text)
    words, count, first_from = tokens.text, len(tokens.text), tokens.first_from
    sentence, quoted, opens = [0] * count, [False] * count, set[int]()
    bounds: list[tuple[int, int]] = []
    for index, candidate in enumerate(sentences):
        start, end = candidate.span
        first, last = first_from(start), first_from(end)
        bounds.append((first, last))
        sentence[first:last] = [index] * (last - first)
        while first < last and not words[first][0].isalnum():
            first += 1
        opens.add(first)
    turns = {quotation.id for quotation in quotations if quotation.turn is not None}
    for quotation in quotations:
        if quotation.turn is not None:
            continue  # its words are read as the article's own: what it quotes has speakers
        for start, end in quotation.spans:
            first, last = first_from(start), first_from(end)
            if quotation.parent is None or quotation.parent in turns:
                quoted[first:last] = [True] * (last - first)
            opens.add(first)
    for i in tokens.all_of(OPENING):
        if words[i] in ":•" or (i and words[i - 1][0].islower()):
            opens.add(i + 1)
    furniture = tuple(p.span for p in article.paragraphs if p.kind not in STORY)
    return Document(
        article, tokens, sentence, frozenset(opens), quoted, sentences, bounds, furniture
    )
