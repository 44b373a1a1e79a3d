"""What in an article is not the story: captions, credits, bylines, headings; found by form alone.

`label` gives every paragraph its kind, and cuts a line that runs a picture caption into its
credit in two. No list of agencies or outlets: a credit is known by its form ("…, May 3, 2024.
AGENCY/First Last"), a label by its words ("Image caption,"). When unsure a paragraph is body: a
caption taken for the story costs little, a quotation taken for furniture costs a quotation.

The rules, in the order in which they are applied:

    own form      a paragraph's own words: "Image caption, …", "Photo by …", "Reporting by …"
    bylines       near the head or the foot: "By A B", a date, a role below a byline
    labels        the line after "Image caption", and the caption above or below a credit
    titles        the headline, and lines set under it that are no sentences
    subheadings   short lines between two paragraphs of the story
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from extractor.article import ParagraphKind
from extractor.language.en.lists import word_set
from extractor.language.word_lists import alternatives
from extractor.read.bylines import bare_names, byline_names, is_date_line, is_role_line
from extractor.read.paragraphs import BLANKS
from extractor.text.spans import Span


@dataclass(slots=True)
class ParagraphPiece:
    """A paragraph, or one half of a caption that runs into its credit."""

    span: Span
    block: int  # pieces with no blank line between them share a block
    string: str
    kind: ParagraphKind | None = None  # None: no rule has given it a kind, so it is body
    label: ParagraphKind | None = None  # of a line like "Image caption": the next piece's kind


_PICTURE = rf"(?:{alternatives(word_set('pages.pictures'))})"
_LABEL = re.compile(rf"{_PICTURE} (caption|source|credit|copyright)\s*[,:]?\s*", re.I)

_PARTICLES = word_set("names.particles") | word_set("pages.joining")
_BY = re.compile(
    r"(?:Photo|Photograph|Picture|Image|Illustration|Graphic|Handout|Courtesy|Credit"
    r"|File [Pp]hoto)s?(?: by| courtesy of| from| of| credit:|:)\s*(?=\S)"
)
_SENTENCE_END = re.compile(r"(?<=[.!?”\"’)\]])\s+(?=[^\W\d_a-z])")
_PICTURE_WORDS = (
    "Photo",
    "Image",
    "Picture",
    "Illustration",
    "File",
    "Handout",
    "Credit",
    "Courtesy",
)
_CREDIT_SIGNS = ("/", " via ", "Images", "by ", ": ", ")", "]")  # every credit has one
# The label of a page's picture, glued to the words before it when the page became text.
_RUN_IN = re.compile(
    r"(?:(?<=[\w.,)”\"’])|(?<=[.!?)”\"’]\s))"
    r"((?:Image|Photo|Picture|Video|Media) (?:source|credit|copyright)[,:]\s*\S.{0,120})$"
)

_COPYRIGHT = re.compile(
    r"(?:©|\(c\)\s|copyright\s*(?:©|\(c\)|by\b|(?:19|20)\d\d))|all rights reserved", re.I
)
_STAFF_START = re.compile(
    r"\(?(?:(?:additional|further|with) )?(?:reporting|writing|editing|translation|translated|"
    r"compiled|written|edited|reported|graphics?|production) (?:and \w+ )?by\b",
    re.I,
)
_STAFF_WORDS = word_set("pages.staff-lines")
_CONTRIBUTED = re.compile(
    r"contributed (?:(?:\w+ ){0,3}?(?:to|from|for)\b|reporting\b)|contributed\.$"
)
_SMALL = word_set("pages.small-in-titles")

LONGEST_HEADING = 160  # characters; the longest headline found in PolNeAR's training set has 141
SHORTEST_CAPTION, LONGEST_CAPTION = 15, 600
_BULLETS = "-–—*•·"
_QUOTES = '"“”„«»'
_WIDE = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
)  # letters that say more than one of ours
_WIDE_STOPS = frozenset("。！？")
LONGEST_WIDE_HEADING = 60  # of these letters


def label(
    text: str,
    paragraphs: list[tuple[Span, int]],
    known: Mapping[str, ParagraphKind] | None = None,
) -> list[ParagraphPiece]:
    """Return the paragraphs of `text` with their kinds; a caption run into its credit is two.

    `paragraphs` are spans with their block (see paragraphs.py), `known` the kinds that a page's
    tags show, by the paragraph's text.
    """
    known = known or {}
    pieces: list[ParagraphPiece] = []
    for span, block in paragraphs:
        start, end = span
        pieces += _own_form(span, block, text[start:end], known)
    _mark_bylines(pieces)
    _follow_labels(pieces)
    if not (
        known and pieces and pieces[0].kind == "heading"
    ):  # a page's tags say what its title is
        _mark_titles(pieces)
    _mark_subheadings(pieces)
    return pieces


def _own_form(
    span: Span, block: int, string: str, known: Mapping[str, ParagraphKind]
) -> list[ParagraphPiece]:
    """Return the paragraph as one piece, or two, with the kind that its own form shows."""
    piece = ParagraphPiece(span, block, string)
    first, last = string[0], string[-1]
    if known and string in known:
        piece.kind = known[string]
        if piece.kind == "heading":
            return [piece]
    if len(string) <= LONGEST_CAPTION:
        if first in "IMPVAFGCimpvafgc" and (match := _LABEL.match(string)):
            kind: ParagraphKind = "caption" if match[1].lower() == "caption" else "credit"
            if match.end() == len(string):
                piece.kind, piece.label = kind, kind
                return [piece]
            # "Image source, Agency Image caption, A harbour": a page's credit and caption in one.
            second = _LABEL.search(string, match.end())
            if second and second[1].lower() == "caption" and kind == "credit":
                return _halves(span, block, string, second.start(), ("credit", "caption"))
            # "Image source, X" in full; "Photo credit is due to …" is a sentence
            if string[: match.end()].rstrip()[-1] in ",:" and (
                kind == "caption" or len(string) < 160
            ):
                piece.kind = kind
        elif first in _BULLETS:
            pass
        elif last not in '.!?"”' or string[-2:] in (").", "]."):
            if _is_picture_credit(string):
                piece.kind = "credit"
            elif cut := _caption_end(string):
                return _halves(span, block, string, cut)
    if piece.kind is None and len(string) <= 500 and _is_staff_credit(string):
        piece.kind = "credit"
    return [piece]


def _caption_end(string: str) -> int:
    """Return where the credit begins that `string` ends with, in code points; 0 without one."""
    from_ = max(0, len(string) - 200)
    tail = string[from_:]
    start = -1
    if ("source" in tail or "credit" in tail or "copyright" in tail) and (
        match := _RUN_IN.search(tail)
    ):
        start = match.start(1)
    elif any(sign in tail for sign in _CREDIT_SIGNS):
        start = _bracketed_credit(tail)
        if start < 0:
            ends = (m.end() for m in _SENTENCE_END.finditer(tail))
            start = next((end for end in ends if _is_picture_credit(tail[end:])), -1)
    return from_ + start if start >= 0 and from_ + start >= SHORTEST_CAPTION else 0


def _bracketed_credit(tail: str) -> int:
    """Return where a credit in brackets begins at the end of `tail`, or -1."""
    closed = tail.rstrip(".")
    if not closed.endswith((")", "]")):
        return -1
    start = max(closed.rfind("("), closed.rfind("["))
    inner = closed[start + 1 : -1]
    if start < 0 or not 3 <= len(inner) <= 100:
        return -1
    if inner.startswith(_PICTURE_WORDS) and (_is_picture_credit(inner) or "/" in inner):
        return start
    # "(Agency/First Last)" behind a full sentence; "(Left/Right)" inside one is no credit.
    apart = closed[start] == "[" or closed[:start].rstrip()[-1:] in {".", "!", "?", "”", '"'}
    return start if apart and closed == tail and _is_picture_credit(inner.rstrip(".")) else -1


def _is_picture_credit(string: str) -> bool:
    """Return whether a string says whose a picture is, e.g. "Photo by First Last", "Agency/Name".

    Known by its form alone: owners in capitals, shared by a slash or "via", or named after a
    word for picture.
    """
    string = string.split("Purchase Licensing", 1)[0].strip(" ,")
    if string[:1] in {"(", "["} and string[-1:] in {")", "]"}:
        string = string[1:-1].rstrip(".")
    if len(string) > 120:
        return False
    if match := _BY.match(string):
        return all(map(_is_owner, re.split(r"[/,|]", string[match.end() :])))
    if "/" in string:
        return all(map(_is_owner, string.split("/")))
    if " via " in string:
        return all(map(_is_owner, string.split(" via ")))
    return string.endswith(" Images") and len(string.split()) <= 4 and _is_owner(string)


def _is_owner(part: str) -> bool:
    """Return whether words can name a person or an agency, e.g. "First Last": one to five."""
    words = part.split()
    if not 1 <= len(words) <= 5 or any(c in part for c in '"“”:;()[]<>='):
        return False
    if words[-1][-1] in ".!?" and len(words[-1]) > 4:
        return False  # the end of a sentence, not an initial
    return words[0][0].isupper() and all(w[0].isupper() or w in _PARTICLES for w in words)


def _halves(
    span: Span,
    block: int,
    string: str,
    cut: int,
    kinds: tuple[ParagraphKind, ParagraphKind] = ("caption", "credit"),
) -> list[ParagraphPiece]:
    """Return what stands before `cut` and what stands after it, by default caption and credit."""
    end = len(string[:cut].rstrip(BLANKS))
    before = ParagraphPiece(Span(span.start, span.start + end), block, string[:end])
    after = ParagraphPiece(Span(span.start + cut, span.end), block, string[cut:])
    before.kind, after.kind = kinds
    return [before, after]


def _is_staff_credit(string: str) -> bool:
    """Return whether a paragraph says who reported, edited or owns the article.

    E.g. "Reporting by A B; editing by C D", "© 2024 Example News", "A B contributed to this story."
    """
    first = string[0]
    if first in "©(Cc" or (first in "Aa" and string[:3].lower() == "all"):
        if len(string) <= 400 and _COPYRIGHT.match(string):
            return True
        if first == "(" and string.rstrip(".")[-1] == ")" and _STAFF_START.match(string):
            return True
    if first in "RWETCAFGPrwetcafgp" and (match := _STAFF_START.match(string)):
        # Names and the words between them, no verb: "Reporting by X shows" is a sentence.
        words = string[match.end() :].replace(";", " ").replace(",", " ").split()
        return bool(words) and all(w[0].isupper() or w.lower() in _STAFF_WORDS for w in words)
    if "contributed" in string and len(string) <= 300 and first.isupper():
        match = _CONTRIBUTED.search(string)
        return bool(
            match
            and not any(mark in string for mark in _QUOTES)
            and re.search(r"\b(?:report|story|article|piece|reporting)\.?\W*$", string)
        )
    return False


def _follow_labels(pieces: list[ParagraphPiece]) -> None:
    """Give a kind to the piece after a label line, and to the caption beside a bare credit."""
    for i in range(1, len(pieces)):
        above, below = pieces[i - 1], pieces[i]
        before = pieces[i - 2] if i > 1 else None
        if below.kind is None and above.label:
            if len(below.string) <= (350 if above.label == "caption" else 100):
                below.kind = above.label
        elif below.kind is None and above.kind == "credit":
            # A picture's credit above its caption, which is a phrase, not a sentence.
            served = before is not None and before.kind == "caption" and not before.label
            if not served and _is_phrase(below.string, 200) and not _is_staff_credit(above.string):
                below.kind = "caption"
        elif above.kind is None and above.block == below.block and below.block > 0:
            first = before is None or before.block != above.block
            last = i + 1 == len(pieces) or pieces[i + 1].block != below.block
            if below.kind == "credit" and not _is_staff_credit(below.string):
                pair = first and last and len(above.string) <= 300
                quotes = any(mark in above.string for mark in _QUOTES)
                if _is_phrase(above.string, 300) or (pair and not quotes):
                    above.kind = "caption"
            elif below.kind == "caption" and first and _is_phrase(above.string, 150):
                above.kind = "caption"  # the picture's description for those who cannot see it


def _mark_bylines(pieces: list[ParagraphPiece]) -> None:
    """Mark who wrote the article and when, near its head or its foot."""
    edge = len(pieces) - 3
    for i, piece in enumerate(pieces):
        if 8 <= i < edge or piece.kind is not None or len(piece.string) > 200:
            continue
        before = pieces[i - 1].kind if i else None
        if (
            byline_names(piece.string)
            or is_date_line(piece.string)
            or (before == "byline" and is_role_line(piece.string))
        ):
            piece.kind = "byline"
    for above, below in pairwise(pieces[1:9]):  # a bare name above a date or a role
        role = below.kind is None and is_role_line(below.string)
        if above.kind is None and (below.kind == "byline" or role) and bare_names(above.string):
            above.kind = below.kind = "byline"


def _mark_titles(pieces: list[ParagraphPiece]) -> None:
    """Mark the headline, and the lines under it that are no sentences."""
    rest = max((len(d.string) for d in pieces[1:] if d.kind is None), default=0)
    for i, piece in enumerate(pieces[:10]):
        if piece.kind is not None:
            continue
        string = piece.string
        is_last = i + 1 == len(pieces)
        if is_last or len(string) > LONGEST_HEADING or rest < len(string):
            return
        tied = i and pieces[i - 1].kind == "heading" and pieces[i - 1].block == piece.block
        alone = pieces[i + 1].block != piece.block
        if _is_headline(string) or (tied and alone and _is_deck(string)):
            piece.kind = "heading"
        else:
            return


def _mark_subheadings(pieces: list[ParagraphPiece]) -> None:
    """Mark short lines between two paragraphs of the story that head what follows."""
    for i in range(1, len(pieces) - 1):
        piece = pieces[i]
        if piece.kind is None and len(piece.string) <= 80 and _is_subheading(piece.string):
            above, below = pieces[i - 1], pieces[i + 1]
            if _is_prose(below) and (above.kind is not None or _is_prose(above)):
                piece.kind = "heading"


def _is_prose(piece: ParagraphPiece) -> bool:
    """Return whether a piece reads as part of the story: it is long, or ends as a sentence."""
    return piece.kind is None and (len(piece.string) >= 80 or piece.string[-1] in '.!?"”’。！？」')


def _is_headline(string: str) -> bool:
    """Return whether a first line is a headline, e.g. without a stop, or in title case with one."""
    if _quoted(string) or string[-1] in ",:-–—" or not any(c.isalpha() for c in string):
        return False
    end = string.rstrip(_QUOTES + "'’)」』）")[-1:]
    if end in _WIDE_STOPS or len(_WIDE.findall(string)) > LONGEST_WIDE_HEADING:
        return False
    if end in {".", "!", "?"}:
        return _capitalised(string) >= 0.9 and len(string.split()) >= 3
    return not string[0].islower() and string[0] not in _BULLETS + "<(["


def _is_deck(string: str) -> bool:
    """Return whether a line set right under the headline may belong to it: short, no quotation."""
    return len(string) <= 120 and "''" not in string and not any(m in string for m in _QUOTES)


def _is_subheading(string: str) -> bool:
    """Return whether a short line has the form of a heading, e.g. "What happens next"."""
    if string[-1] in ".!:;,-–—…" or string[0] in _BULLETS + "<([@#" or string[0].isdigit():
        return False
    if any(mark in string for mark in _QUOTES) or ":" in string or "\n" in string:
        return False
    words = string.split()
    if string.isupper():
        return len(words) > 1 or len(string) > 3
    if len(words) > 10 or not string[0].isupper():
        return False
    if _capitalised(string) >= 0.9:
        return True
    return len(string) <= 60 and len(words) <= 8 and "," not in string and string[-1] != "?"


def _is_phrase(string: str, limit: int) -> bool:
    """Return whether a string is at most `limit` long, ends as no sentence does, quotes nobody."""
    if len(string) > limit or string[0] in _BULLETS:
        return False
    return string[-1] not in '.!?:,"”’' and not _quoted(string)


def _quoted(string: str) -> bool:
    """Return whether a line is a quotation: it opens with a mark and closes with one."""
    return string[0] in _QUOTES + "'‘" and string.rstrip(".,")[-1] in _QUOTES + "'’"


def _capitalised(string: str) -> float:
    """Return the share of the words of four letters and more that begin with a capital."""
    words = [w for w in re.findall(r"[^\W\d_]{4,}", string) if w.lower() not in _SMALL]
    return sum(w[0].isupper() for w in words) / len(words) if words else 0.0
