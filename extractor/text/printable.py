"""Which characters of an article may reach a terminal or a page, and what replaces the others.

An article is hostile text: escape sequences would drive the terminal, bidirectional overrides
show the words in another order than they stand in, and invisible characters hide words.
"""

import re

# CSI sequences, then strings up to their end (OSC, DCS, …), then any other two-character escape
_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c\n]{0,4096}(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]*[0-~]"
)
_BLANKS = re.compile(r"[\t\v\f\x1c-\x1f\x85\u2028\u2029]")
CONTROLS = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # C0 and C1, but for blanks and line ends
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # marks, overrides and isolates of direction
    "\u00ad\u180e\u200b\u2060-\u2064\ufeff\ufff9-\ufffb"  # invisible
    "\ud800-\udfff\ufffe\uffff\U000e0000-\U000e007f]"  # lone surrogates, non-characters, tags
)


def printable(text: str) -> str:
    """Return `text` without escape sequences, control and invisible characters; line ends stay.

    Joiners stay too: emoji and several scripts need them.
    """
    if text.isprintable():  # nearly every cell; a fifth of the time
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return CONTROLS.sub("", _BLANKS.sub(" ", _ESCAPES.sub("", text)))


def one_line(text: str) -> str:
    """Return `printable(text)` on one line, runs of blanks as one."""
    return " ".join(printable(text).split())
