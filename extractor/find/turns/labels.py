"""Reads the labels that name who speaks at the beginning of a line.

    Q: …                     MR. VIK: …                  [00:12:31] Host: …
    A. …                     Ms Rao (North Ward): …      10:42 – Ann Berg: …
    **Ann Berg:** …          TOM REED, HARBOUR POST: …   Name. — …

A label by itself proves nothing: "Note:" and "Monday:" have its form. Whether lines with labels
are turns is decided for all of them together, in `transcripts`.
"""

import re
from itertools import takewhile
from typing import Literal

from extractor.find.turns.lines import LONGEST, Line
from extractor.frozen import frozen
from extractor.language.en.lexicon import HONORIFICS, MONTHS_AND_DAYS
from extractor.language.en.lists import word_set
from extractor.language.word_classes import kind_of_noun
from extractor.text.spans import Span

LabelForm = Literal["asking", "answering", "role", "numbered", "initials", "capitals", "name"]

_MOST_WORDS = 6

_TIME = r"\d{1,2}(?::\d{2}(?::\d{2}(?:[.,]\d{1,3})?)?|[.h]\d{2})(?:\s?(?:[ap]\.?m\.?|[A-Z]{2,4}))?"
_STAMP = rf"(?:\[{_TIME}\]|\({_TIME}\)|{_TIME})"
_NOTE = rf"\s*(?!{_STAMP})(?:\([^()\n]{{1,60}}\)|\[[^\[\]\n]{{1,60}}\])"
_EMPHASIS = r"(?:\*\*\*|\*\*|\*|___|__|_)"
_LABEL = re.compile(
    rf"""
    (?:>[ ]?)*(?:[-•–*+][ ]+)?                     # a quoted line, a list
    (?P<emphasis>{_EMPHASIS})?
    (?:(?P<stamp>{_STAMP})(?P<afterstamp>{_EMPHASIS}?\s*[-–—|:•]?\s*){_EMPHASIS}?)?
    (?P<name>[^\W\d_][^\n:：?!;"“”«»()\[\]*_|]{{0,59}}?)
    (?P<note>(?:{_NOTE}){{0,2}})
    (?:\s+(?P<later>{_STAMP}))?
    (?:
        \s?(?:：{_EMPHASIS}?|:{_EMPHASIS}?(?=\s|$)) # "Name:", "**Name:**"
      | {_EMPHASIS}\s?[:：](?=\s|$)                # "**Name**:"
      | (?P<play>\.\s?(?:—|–|―|--)(?=\s))          # "Name. — "
    )
    """,
    re.X,
)
_BARE = re.compile(  # a line that is nothing but a name, with a time or not
    rf"{_EMPHASIS}?(?:(?P<stamp>{_STAMP})\s*[-–—|]?\s*)?"
    r"(?P<name>[^\W\d_][^\n:：?!;\"“”«»()\[\]*_|]{0,59}?)"
    rf"(?P<note>(?:\s*\([^()\n]{{1,60}}\))?)(?:\s+(?P<later>{_STAMP}))?{_EMPHASIS}?$"
)
_QA = re.compile(  # "Q. …", "A — …", "Q    …", of which a page keeps one blank: "Q …"
    rf"""
    (?:>[ ]?)*{_EMPHASIS}?
    (?:(?P<name>[QA])(?:[.)]{_EMPHASIS}?\s|\s?[—–]\s|\s\s|\t)|(?P<q>Q){_EMPHASIS}?\s(?=[A-Z“—–]))
    """,
    re.X,
)
_GLUED = re.compile(r"(?P<name>Q)(?=[A-Z][a-z’']|I )")
STAMPED = re.compile(rf"{_EMPHASIS}?{_STAMP}(?=\W)")

_ASKING = word_set("turns.asking")
_ANSWERING = word_set("turns.answering")
_ROLES = word_set("turns.roles")
_NUMBERED = word_set("turns.numbered")
_UNIDENTIFIED = word_set("turns.unidentified")
_NO_SPEAKERS = word_set("turns.no-speakers")
_WEAK_TITLES = word_set("titles.weak")  # "Prime", "State": titles only beside another word
_SMALL = word_set("names.particles") | frozenset({"of", "the", "and", "for", "to", "in", "on", "&"})


@frozen
class Label:
    """What stands before a speaker's words, if they are that."""

    line: Line
    span: Span  # the whole label, with a time and the colon
    name: Span  # the words that name who speaks, without titles behind a comma
    key: str  # the same for comparing: "diallo" of "PRESIDENT DIALLO"
    form: LabelForm
    note: Span | None  # what stands in brackets behind the name
    stamped: bool  # a time stands beside it
    bare: bool  # the line is the name alone, without a colon

    @property
    def ends_line(self) -> bool:
        """Whether the words begin on a later line."""
        return self.span.end >= self.line.span.end


def read_label(text: str, line: Line) -> Label | None:
    """Return the label that a line begins with; None where nothing has the form of one."""
    start, end = line.span
    most = min(end, start + LONGEST)
    if (found := _LABEL.match(text, start, most)) and (label := _named(line, found)):
        return label
    if found := _QA.match(text, start, most):
        at = found.start("name") if found["name"] else found.start("q")
        return Label(
            line,
            Span(*found.span()),
            Span(at, at + 1),
            text[at].lower(),
            "asking" if text[at] == "Q" else "answering",
            None,
            False,
            False,
        )
    return None


def _named(line: Line, found: re.Match[str]) -> Label | None:
    """Return the label of a line that has a colon behind it."""
    stamped = bool(found["stamp"] or found["later"])
    name = found["name"].rstrip()
    if found["stamp"] and found["afterstamp"].strip() == "" and name[:1].islower():
        return None  # "10.30 on Monday: …"
    return _label(line, found, name, found["note"], stamped)


def read_bare_label(text: str, line: Line) -> Label | None:
    """Return the label that a whole line is: a name and no more; None for any other line."""
    start, end = line.span
    if end - start > LONGEST or text[end - 1] in '.,!?…”"':
        return None
    found = _BARE.match(text, start, end)
    if found is None or found.end() < end:
        return None
    stamped = bool(found["stamp"] or found["later"])
    return _label(line, found, found["name"].rstrip(), found["note"], stamped, bare=True)


def read_glued_question(text: str, line: Line) -> Label | None:
    """Return the label "Q" where a page's text runs it into the question: "QWhat happened?"."""
    found = _GLUED.match(text, *line.span)
    return _label(line, found, "Q", None, False) if found else None


def _label(
    line: Line, found: re.Match[str], name: str, note: str | None, stamped: bool, bare: bool = False
) -> Label | None:
    """Return the label of a match, None where its name is none of a speaker."""
    printed, _, behind = name.partition(",")
    if behind and not _is_role_behind(behind):
        return None
    words = printed.split()
    read = _form_of(words)
    if read is None:
        return None
    form, key = read
    at = found.start("name")
    noted = Span(*found.span("note")) if note else None
    return Label(
        line, Span(*found.span()), Span(at, at + len(printed)), key, form, noted, stamped, bare
    )


def _is_role_behind(behind: str) -> bool:
    """Return whether words behind a comma may say who a speaker is, e.g. "HARBOUR POST"."""
    words = behind.split()
    return 0 < len(words) <= 8 and all(w[0].isupper() or w.lower() in _SMALL for w in words)


def _form_of(words: list[str]) -> tuple[LabelForm, str] | None:
    """Return the form of a label's words and their key; None where nobody can be called so."""
    if not 0 < len(words) <= _MOST_WORDS:
        return None
    lower = [word.lower().strip(".").replace("’", "'") for word in words]
    plain = " ".join(lower)
    if plain in _ASKING:
        return "asking", "q"
    if plain in _ANSWERING:
        return "answering", "a"
    if plain in _NO_SPEAKERS or lower[0] in MONTHS_AND_DAYS:
        return None
    if len(words) > 1 and lower[-2] in _NUMBERED and (lower[-1].isdigit() or len(lower[-1]) == 1):
        return "numbered", plain
    if lower[0] in _UNIDENTIFIED:
        return "numbered", plain
    if not words[0][0].isupper() or any(c.isdigit() for c in plain):
        return None
    if any(w[0].islower() and w.lower() not in _SMALL for w in words) or words[-1][0].islower():
        return None
    letters = plain.replace(".", "")
    if len(words) == 1 and 2 <= len(letters) <= 3 and words[0].isupper() and not _is_role(plain):
        return "initials", letters
    named = [w for w in lower if w not in HONORIFICS and w not in _SMALL]
    office = list(takewhile(lambda word: word not in _SMALL, lower[1:]))  # "The Minister for …"
    is_office = lower[0] == "the" and office != [] and _is_role(office[-1])
    if not named or all(map(_is_role, named)) or is_office:
        return ("role", plain.removeprefix("the ")) if any(map(_is_role, lower)) else None
    if words[-1].isupper() and len(words[-1].strip(".")) > 1:
        return "capitals", " ".join(named)
    return "name", " ".join(named)


def _is_role(word: str) -> bool:
    """Return whether a word says who somebody is, e.g. "minister", "host"."""
    return (
        word in _ROLES
        or (word in HONORIFICS and word not in _WEAK_TITLES)
        or kind_of_noun(word) == "person"
    )


def has_title(text: str, label: Label) -> bool:
    """Return whether a label's name begins with a title, e.g. "Mr. Vik"."""
    first = label.name.of(text).split(None, 1)[0].lower().strip(".")
    return first in HONORIFICS
