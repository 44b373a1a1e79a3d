"""Characters without a width, which would cut words and names in two: taken out, or seen through.

The text of a page or a PDF is made when it is read: there they are taken out, and a letter and its
accent, written as two characters, become one. A text that is given (a text file, a line, a call) is
kept as it is, as offsets count its characters: its tokens are read as if they were not there, and a
letter with its accents were one character.

Pages put soft hyphens where a word may be broken, joiners where it may not, and marks of direction
around it; copied text has byte order marks in the middle. Two stay where they are letters: the
joiner and the non-joiner between letters of scripts that are written with them (Persian, Hindi …),
and the joiner within emoji.
"""

import re
import unicodedata
from typing import NamedTuple

# Soft hyphen, grapheme joiner, Arabic letter mark, vowel separator, zero-width space, joiners,
# marks and overrides of direction, word joiner, invisible operators, deprecated formats, byte order
# mark.
_CLASS = "\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
_JOINERS = "\u200c\u200d"
# Scripts in which joiners change letters: Arabic and its kin, those of India and South-East Asia,
# Mongolian; and what emoji are joined from.
_JOINED = (
    "\u0600-\u08ff\u0900-\u0dff\u0e80-\u109f\u1780-\u18af\ua840-\ua87f\ua8e0-\ua8ff\ufb50-\ufdff\ufe70-\ufefc"
    "\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"
)
_INVISIBLE = re.compile(f"[{_CLASS}]|(?<![{_JOINED}])[{_JOINERS}]|[{_JOINERS}](?![{_JOINED}])")
_ACCENTED = re.compile("[^\\W\\d_][\u0300-\u036f]+")
_SEEN_THROUGH = re.compile(  # letters with accents, and what is invisible within a word
    f"(?P<letter>{_ACCENTED.pattern})"
    f"|(?:(?<=[^\\W_])|(?<=[\u0300-\u036f]))(?<![{_JOINED}])[{_CLASS}{_JOINERS}]+(?=[^\\W_])"
)
_ANY = re.compile(f"[{_CLASS}{_JOINERS}\u0300-\u036f]")


def without_invisible(text: str) -> str:
    """Return a text without characters that have no width, but for joiners that are letters.

    A letter with accents that Unicode has as one character becomes that (NFC).
    """
    if text.isascii() or not _ANY.search(text):
        return text
    text = _INVISIBLE.sub("", text)
    return _ACCENTED.sub(lambda match: unicodedata.normalize("NFC", match[0]), text)


class Seen(NamedTuple):
    """A text as it is seen, and where each of its characters begins and ends in the one given."""

    text: str
    start: list[int]
    end: list[int]


def seen_through(text: str) -> Seen | None:
    """Return a text without invisible characters within words, its letters with their accents.

    An accent that Unicode has not on that letter is left out. None when there are neither.
    """
    if text.isascii() or not _ANY.search(text):
        return None
    pieces: list[str] = []
    start: list[int] = []
    end: list[int] = []
    at = 0
    for match in _SEEN_THROUGH.finditer(text):
        first, last = match.span()
        pieces.append(text[at:first])
        start += range(at, first)
        end += range(at + 1, first + 1)
        if match["letter"]:
            pieces.append(unicodedata.normalize("NFC", match[0])[0])
            start.append(first)
            end.append(last)
        at = last
    if not at:
        return None
    start += range(at, len(text))
    end += range(at + 1, len(text) + 1)
    return Seen("".join([*pieces, text[at:]]), start, end)
