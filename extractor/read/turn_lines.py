"""Tells where the lines of a page begin with who speaks: "Q: …", "MR VIK: …", "10:42 – Berg: …".

A page may print a whole interview as one paragraph, a line break before each turn. There the break
ends a paragraph; everywhere else a single one is a blank. Whether somebody really speaks behind a
label is decided when turns are looked for (`find/turns/`); here two lines with one are enough.
"""

import re
from collections.abc import Sequence

_CLOCK = r"[*_]{0,3}(?:[\[(]?\d{1,2}[:.]\d\d(?::\d\d)?[\])]?\s*[-–—|]?\s*)?"
_TIME = re.compile(_CLOCK)
_LABELLED = re.compile(
    _CLOCK + r"(?:[QA][.)]\s|Q(?=\s[A-Z“—–])"
    r"|[^\W\d_a-z][\w.,'’&\- ]{0,45}(?:[\[(][^\[\]()]{1,40}[\])])?[*_]{0,3}:(?:\s|[*_]|$))"
)


def begin_turns(lines: Sequence[str]) -> list[bool]:
    """Return of each line whether a new paragraph begins with it: it begins with a label.

    All False where fewer than two lines do.
    """
    labelled = [_LABELLED.match(line.lstrip()) is not None for line in lines]
    return labelled if sum(labelled) > 1 else [False] * len(lines)


def label_of(line: str) -> str | None:
    """Return the label that a line begins with, e.g. "MR VIK:", without the time; else None."""
    found = _LABELLED.match(line.lstrip())
    return _TIME.sub("", found[0]).strip(" *_") if found else None
