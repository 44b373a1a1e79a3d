"""Messages for people on standard error, lines on standard output; neither can drive a terminal.

With `--log-json` standard error is read by a program, and every message is an object on one line.
"""

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from extractor.errors import ExtractError

if TYPE_CHECKING:
    from extractor.settings import Settings

_in_json = False


def say_in_json(in_json: bool) -> None:
    """Set whether `say` writes JSON objects, one a line, instead of words."""
    global _in_json  # noqa: PLW0603 - what reads standard error is the process's, as it is
    _in_json = in_json


def say(message: str) -> None:
    """Print a message on standard error, without control characters that it may quote."""
    if _in_json:
        from extractor.run.progress.display import json_line

        sys.stderr.write(json_line("error", message=message))
        sys.stderr.flush()
        return
    from extractor.text.printable import printable

    line = f"extract: {printable(message).strip()}\n"
    encoding = sys.stderr.encoding or "utf-8"
    sys.stderr.write(line.encode(encoding, "backslashreplace").decode(encoding))
    sys.stderr.flush()


def say_unexpected(error: BaseException, *, verbose: bool, source: str | None = None) -> None:
    """Report an error that nobody meant to raise, with the article that it is about."""
    words = " ".join(str(error).split())[:200]
    hint = "" if verbose else "; --verbose shows where"
    about = f"{source}: " if source is not None else ""
    kind = type(error).__name__
    say(f"{about}an error inside news-extract, please report it: {kind}: {words}{hint}")


def unexpected_at(error: BaseException, path: str) -> None:
    """Report an error inside a server that answered a request for `path`."""
    say_unexpected(error, verbose=False, source=path)


def say_traceback(error: BaseException) -> None:
    """Show where an error was raised."""
    import traceback

    say("".join(traceback.format_exception(error)))


class Reporter:
    """Reports on the articles of a command, as loudly as its flags say, and counts failures."""

    def __init__(self, *, verbose: bool = False, quiet: bool = False) -> None:
        self.verbose = verbose
        self.quiet = quiet
        self.failures = 0

    def failed(self, error: Exception, source: str) -> None:
        """Report that an article failed; an error that nobody meant to raise with its kind."""
        self.failures += 1
        if isinstance(error, ExtractError):
            message = str(error)
            say(message if source == "-" or source in message else f"{source}: {message}")
        else:
            say_unexpected(error, verbose=self.verbose, source=source)
        if self.verbose:
            say_traceback(error)

    def note(self, message: str) -> None:
        """Report something worth knowing, unless --quiet."""
        if not self.quiet:
            say(message)

    def announce(self, settings: "Settings", purpose: str = "") -> None:
        """Say which model is asked, where, and who named the host, if no flag did.

        What a folder's file names is said with --quiet too. `purpose` goes before it.
        """
        announcement = settings.announcement
        if announcement is not None and (announcement.even_quiet or not self.quiet):
            say(purpose + announcement.words)

    def detail(self, message: str) -> None:
        """Report a detail, with --verbose only."""
        if self.verbose:
            say(message)


def print_lines(lines: Iterable[str]) -> None:
    """Print lines on standard output, wrapped between words to the width of a terminal."""
    from extractor.text.printable import printable

    shown = (printable(line).rstrip() for line in lines)
    if sys.stdout.isatty():
        shown = (_wrapped(line, columns()) for line in shown)
    print("\n".join(shown))


def columns() -> int:
    """Return the width of the terminal in columns; 1000 when the output is piped."""
    import shutil

    return shutil.get_terminal_size().columns if sys.stdout.isatty() else 1000


def _wrapped(line: str, width: int) -> str:
    """Return a line wrapped between words; what follows is indented to stand behind its label."""
    import textwrap

    if len(line) <= width:
        return line
    indent = len(line) - len(line.lstrip()) if line.startswith(" ") else 10
    return textwrap.fill(line, max(width, 30), subsequent_indent=" " * indent, drop_whitespace=True)
