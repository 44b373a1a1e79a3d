"""What people are told: messages on standard error, lines on standard output, neither a threat.

With `--log-json` standard error is read by a program, and every message is an object on one line.
"""

import sys
from collections.abc import Iterable

from extractor.errors import ExtractError

_in_json = False


def tell_in_json(wanted: bool) -> None:
    """Have `say` write objects on a line each, or words; the process has one standard error."""
    global _in_json  # noqa: PLW0603 - what reads standard error is the process's, as it is
    _in_json = wanted


def say(message: str) -> None:
    """Print a message for people; whatever it quotes cannot drive the terminal."""
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


class Teller:
    """What people are told of a command's articles, and how many of them failed."""

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
        """Say what is good to know."""
        if not self.quiet:
            say(message)

    def detail(self, message: str) -> None:
        """Say what only `--verbose` asks for."""
        if self.verbose:
            say(message)


def print_lines(lines: Iterable[str]) -> None:
    """Print lines on standard output, broken between words where a terminal is narrower."""
    from extractor.text.printable import printable

    shown = (printable(line).rstrip() for line in lines)
    if sys.stdout.isatty():
        shown = (_wrapped(line, columns()) for line in shown)
    print("\n".join(shown))


def columns() -> int:
    """Return how wide the terminal is; piped, lines are as long as they are."""
    import shutil

    return shutil.get_terminal_size().columns if sys.stdout.isatty() else 1000


def _wrapped(line: str, width: int) -> str:
    """Return a line broken between words, what follows under the words behind its label."""
    import textwrap

    if len(line) <= width:
        return line
    indent = len(line) - len(line.lstrip()) if line.startswith(" ") else 10
    return textwrap.fill(line, max(width, 30), subsequent_indent=" " * indent, drop_whitespace=True)
