"""The file of reviewers (`--reviewers FILE`): who may sign, each with a token of their own.

    # lines like these; a name without a token gets one, which is written into the file
    Ada Lovelace   fW3x…
    Chen Li

A name and its token stand apart by a tab or several blanks. Whoever holds a token signs with its
name and no other, so the file is for its owner alone.
"""

import os
import re
import secrets
import stat
from pathlib import Path

from extractor.errors import UsageError
from extractor.text.atomic_files import replacing

_LONGEST_NAME = 100  # characters
_SHORTEST_TOKEN = 20  # characters; ours have 43
_APART = re.compile(r"\t\s*|\s{2,}")
_TOKEN = re.compile(r"[A-Za-z0-9_-]+")


def read_reviewers(file: Path) -> dict[str, str]:
    """Return the reviewers of a file, token by name; give tokens to those who have none.

    Raises UsageError, which names the line and never holds a token, and OutputError.
    """
    try:
        with file.open("rb") as opened:
            mode = os.fstat(opened.fileno()).st_mode
            lines = opened.read().decode("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise UsageError(f"--reviewers {file}: cannot be read ({reason})") from None
    if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
        raise UsageError(
            f"--reviewers {file}: others on this machine may read it, and it holds tokens: "
            f"chmod 600 {file}"
        )
    found: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.lstrip().startswith("#"):
            name, token = _entry(line, f"--reviewers {file}, line {number}")
            if name in found:
                raise UsageError(f"--reviewers {file}, line {number}: {name} stands there twice")
            found[name] = token or secrets.token_urlsafe(32)
            lines[number - 1] = f"{name}\t{found[name]}"
    if not found:
        raise UsageError(f"--reviewers {file}: nobody is named in it; write a name a line")
    if len(set(found.values())) < len(found):
        raise UsageError(f"--reviewers {file}: two reviewers have the same token; drop one of them")
    if (text := "".join(f"{line}\n" for line in lines).encode()) != file.read_bytes():
        with replacing(file) as part:
            part.write(text)
    return found


def _entry(line: str, place: str) -> tuple[str, str | None]:
    """Return the name and token of a line, None for a token that is to be made."""
    parts = _APART.split(line.strip())
    if len(parts) > 2 or not parts[0].isprintable() or len(parts[0]) > _LONGEST_NAME:
        raise UsageError(
            f"{place}: expected a name of at most {_LONGEST_NAME} printable characters and, after "
            "a tab, its token"
        )
    token = parts[1] if len(parts) == 2 else None
    if token is not None and (len(token) < _SHORTEST_TOKEN or not _TOKEN.fullmatch(token)):
        raise UsageError(
            f"{place}: a token has at least {_SHORTEST_TOKEN} letters, digits, _ or -; leave it "
            "out, and one is made"
        )
    return parts[0], token
