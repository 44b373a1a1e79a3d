"""The types of what is found in an article, the candidates, each with an id.

Ids are unique within an article:

    S1…  sentences        Q1…  quotations       N1…  figures
    P1…  names (people, bodies, places, and unnamed sources such as "a senior official");
         P3.2 is the second mention of P3
    T1…  sanction statements
    A1…  attributions, where a schema asks for them; found by rules/attribution/reported_speech.py,
         since who speaks must be known first

All spans are half-open and count code points of `Article.text`.
"""

from typing import Literal, Protocol

from extractor.frozen import frozen
from extractor.language.kinds import EntityKind, Gender
from extractor.text.spans import Span

GAP = " … "  # between the pieces of a content, where its text is shown as one

MentionKind = Literal["name", "nominal", "pronoun"]
FigureKind = Literal["count", "money", "percent", "measure", "duration"]
NotFigureReason = Literal[
    "date", "year", "time", "ordinal", "age", "name", "section", "telephone", "score", "idiom"
]
AttributionKind = Literal["direct", "mixed", "indirect"]
Action = Literal[
    "impose", "tighten", "keep", "renew", "ease", "lift", "waive", "threaten", "reimpose"
]
Status = Literal["in_force", "agreed", "announced", "proposed", "conditional", "past", "denied"]


class Candidate(Protocol):
    """What has an id. The letter of the id says of which kind it is."""

    @property
    def id(self) -> str:
        """The id, a letter and a number from 1: "Q7"."""
        ...


@frozen
class SentenceCandidate:
    """A sentence, or a part of a very long one; it never crosses a paragraph."""

    id: str  # "S12"
    span: Span  # without surrounding blanks
    paragraph: int  # index into Article.paragraphs
    goes_on: bool = False  # it goes on with the one before: a sentence too long to be read as one


@frozen
class Turn:
    """What makes words a speaker's turn in a conversation, as a transcript or interview prints it.

    Its label is no part of the words: "DIALLO:", "[00:12:31] Host:". An interview whose questions
    are told by their form alone has none.
    """

    label: Span | None
    speaker: str | None  # a mention's id, "P3.2", where the label or the introduction names one
    confidence: float  # 0…1 that the speaker is right
    # A block quotation instead: the label is the line that names its source, or else the paragraph
    # that introduces it.
    block: bool = False


@frozen
class QuotationCandidate:
    """A stretch in quotation marks, continued over paragraphs or not; or a speaker's turn.

    `spans` are the words without the marks and without a last comma before the closing mark (it
    is the reporter's sentence's), one span a paragraph; `outer` runs from the first opening mark
    to the end of the last closing one. A turn has no marks: `outer` are its words alone.
    Quotations in a turn are nested in it, but read as all others: what a speaker quotes has a
    speaker too.
    """

    id: str  # "Q7"
    spans: tuple[Span, ...]
    outer: Span
    paragraph: int  # of the first span
    marks: str  # the opening mark as printed: '"', '“', "''", '«', '„', "'", '‘'; "" of a turn
    closed: bool  # False: no closing mark was found, the stretch ends with its paragraph
    parent: str | None = None  # the quotation that it is nested in
    half_of: str | None = None  # the earlier half, when `"…," he said, "…"` splits one utterance
    turn: Turn | None = None  # of a turn; None for what stands in marks

    def text(self, article_text: str) -> str:
        """Return the words, paragraphs joined by a blank line."""
        return "\n\n".join(span.of(article_text) for span in self.spans)


@frozen
class FigureCandidate:
    """A number that counts or measures something."""

    id: str  # "N3"
    span: Span  # the number with its sign, currency, scale and unit: "$1.7 billion", "40 percent"
    kind: FigureKind
    value: float | None  # None for a range
    low: float | None  # bounds of a range ("20 or 30") or of "at least", "up to"
    high: float | None
    unit: str | None  # "USD", "%", "km", …; None for a plain count
    approximate: bool
    qualifier: Span | None = None  # "around", "up to", "at least", "nearly"


@frozen
class NotAFigure:
    """A number that is recognised as something else, with the reason."""

    span: Span
    reason: NotFigureReason


@frozen
class Mention:
    """One place where an entity is named, described or stood for by a pronoun."""

    id: str  # "P3.2"
    span: Span
    kind: MentionKind
    likely: float = 1.0  # that it means this entity; less than 1 for pronouns and "her letter"


@frozen
class Entity:
    """All mentions of one person, body, place or unnamed source in one article."""

    id: str  # "P3"
    name: str  # the fullest form printed
    kind: EntityKind
    mentions: tuple[Mention, ...]  # in order of the text
    aliases: tuple[str, ...] = ()  # other forms printed: "Okafor", "Ruth", "the minister"
    gender: Gender | None = None
    plural: bool = False
    role: str | None = None  # "President", "envoy", as printed


Placed = tuple[int, int, Mention, Entity]  # a mention with its tokens first:last (half-open)


@frozen
class SanctionStatement:
    """Words that say what happens to a restriction: "agreed to lift sanctions on oil"."""

    id: str  # "T2"
    sentence: str  # the id of its sentence
    span: Span  # from the verb to the end of the restriction's phrase, or the reverse
    trigger: Span  # the word that names the action: "lift", "tightened"
    measure: Span  # the restriction: "sanctions on oil", "export ban"
    action: Action


@frozen
class AttributionCandidate:
    """Words that the article reports as somebody's, in quotation marks or not.

    `content` is what is reported, often in pieces: before and after the cue, in several
    paragraphs. Quotations in it count with their marks where they stand inside paraphrase.
    """

    id: str  # "A3"
    source: str | None  # a mention's id, "P3.2"
    cue: Span | None  # "said", "according to"
    content: tuple[Span, ...]  # in order of the text, apart from each other
    kind: AttributionKind  # direct: quoted; indirect: paraphrased; mixed: quoted in part
    quotations: tuple[str, ...]  # ids of the quotations in the content
    confidence: float  # that the article reports this, and that it is the source's

    @property
    def span(self) -> Span:
        """The stretch from the content's first character to its last."""
        return Span(self.content[0].start, self.content[-1].end)

    def text(self, article_text: str) -> str:
        """Return the content's pieces with " … " between them."""
        return GAP.join(span.of(article_text) for span in self.content)
