"""An article as read: its text, which all offsets refer to, its paragraphs and its metadata.

The text is made once, when it is read. Of a text file, a line of JSONL or a text that a caller
gives it is the characters that are there, but for what has no bearing on offsets within a line:
line ends are "\\n", there is no byte order mark before it, and C1 controls are the marks of
windows-1252 in their places. Of a page or a PDF it is the paragraphs, apart by a blank line,
without characters that have no width (soft hyphens, zero-width spaces, marks of direction), and
each letter with its accents as one character. A text that a caller gives to `article_from_text` is
not touched at all.
"""

from typing import Literal

from extractor.frozen import frozen
from extractor.text.spans import Span

ParagraphKind = Literal[
    "body", "block_quote", "pull_quote", "post", "caption", "credit", "byline", "heading"
]
# What the article itself says: `body`, and what it quotes at length and sets apart
# (`block_quote`). All other kinds are furniture: a post that is shown whole (`post`), words of the
# article that are shown once more (`pull_quote`), captions, credits, bylines, headings.
STORY: frozenset[ParagraphKind] = frozenset({"body", "block_quote"})


@frozen
class Paragraph:
    """A stretch of the text with its part in the article; furniture is kept, never deleted.

    Paragraphs do not overlap and are in order. A line that runs a picture caption into its
    credit ("…, 13 December 2025Image source, Agency") is two paragraphs.
    """

    index: int
    span: Span  # without surrounding blanks
    kind: ParagraphKind


@frozen
class Article:
    """One article. `text` never changes after reading; offsets count its code points."""

    text: str
    paragraphs: tuple[Paragraph, ...]
    source: str  # the path as given, "-" for standard input, or what a caller names it
    sha256: str  # of the text, UTF-8
    title: str | None = None
    byline: str | None = None
    outlet: str | None = None
    date: str | None = None  # ISO 8601, as far as known
    url: str | None = None
    language: str | None = None  # ISO 639-1; None: unsure, and read as English
    warnings: tuple["Remark", ...] = ()


@frozen
class Remark:
    """A warning for whoever reads the extraction; it is data, never an exception."""

    code: str  # stable, snake_case: "mojibake", "speaker_unresolved"
    message: str  # one sentence
    where: Span | None = None  # the place in the article, when there is one
    candidate: str | None = None  # the id of the candidate concerned
