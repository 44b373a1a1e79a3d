"""The command line: `extract --schema NAME FILES...`, and the other commands beside it.

How a command is found: when the first word is the name of a command below (`extract runs …`), that
command runs; otherwise the main one does, whose first word is a file (parsing.py). Each command is
a function in the module of its name (`bring-back` in publish.py, `agreement` in evaluate.py), which
reads its flags and hands them to the package that does the work. Flags are the fields of frozen
dataclasses, which `@takes` turns into a signature that typer reads (flags.py).

To add a command: write a module with such a function, or a `typer.Typer` for a group of commands,
and name it in `_COMMANDS`. A command is imported when it is called, and for `--help`; what takes
time to import is imported inside its function.

Exit status: 0 all well, 1 some articles failed (the rest is written), 2 wrong use, 130 interrupted,
141 the reader of our output went away.
"""

import os
import sys
from importlib import import_module
from typing import Any

import typer

from extractor.cli.extract import extract
from extractor.cli.output import say, say_in_json, say_traceback, say_unexpected
from extractor.cli.parsing import MAIN, DefaultCommandGroup, OneSchemaCommand, OutputClosed
from extractor.errors import ExtractError

# Command -> the module beside this one that has it, and its function or group there.
_COMMANDS = {
    "scale": "scale.scale",
    "review": "review.review",
    "publish": "publish.publish",
    "bring-back": "publish.bring_back",
    "eval": "evaluate.evaluate",
    "agreement": "evaluate.agree",
    "schemas": "schemas.schemas",
    "trust": "trust.trust",
    "cache": "cache.app",
    "runs": "runs.app",
}


class _Commands(DefaultCommandGroup):
    """The commands, each imported when it is looked up: all of them take a sixth of a start."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        """Return the names of all commands, in the order of the help."""
        return [MAIN, *_COMMANDS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return a command, or None when there is none of this name."""
        if cmd_name in _COMMANDS and cmd_name not in self.commands:
            self.commands[cmd_name] = _load(cmd_name)
        return super().get_command(ctx, cmd_name)


def _load(name: str) -> Any:
    """Import a command and return it as click has it."""
    module, _, attribute = _COMMANDS[name].partition(".")
    found = getattr(import_module(f"{__name__}.{module}"), attribute)
    if isinstance(found, typer.Typer):
        command = typer.main.get_command(found)
    else:
        alone = typer.Typer(add_completion=False, rich_markup_mode=None)
        alone.command(name, cls=OneSchemaCommand)(found)
        command = typer.main.get_command(alone)
    command.name = name
    return command


app = typer.Typer(
    cls=_Commands,
    rich_markup_mode=None,  # formatting help with rich would take half of the time it may take
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Turn news articles into quote sheets: quotations and who said them, figures, releases "
    "and sanction terms, each tied to its place in the text.",
    epilog="Exit status: 0 all well, 1 some articles failed (the rest is written), 2 wrong use.",
)
app.command(MAIN, hidden=True, cls=OneSchemaCommand)(extract)
# ClickException; where it lives differs between versions of typer
_UsageComplaint: Any = typer.BadParameter.__mro__[2]


@app.callback()
def _group() -> None:
    """Hold the commands together."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit status. Never raises."""
    arguments = sys.argv[1:] if arguments is None else arguments
    say_in_json("--log-json" in arguments)
    # Pydantic would look for plugins in the metadata of every installed package: 0.02 s
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    verbose = "--verbose" in arguments or "-v" in arguments
    try:
        status = app(arguments, prog_name="extract", standalone_mode=False)
        sys.stdout.flush()
    except KeyboardInterrupt:
        status = 130
    except (OutputClosed, BrokenPipeError):
        _silence_stdout()
        return 141
    except _UsageComplaint as error:
        _say_wrong_use(error.format_message())
        status = error.exit_code
    except ExtractError as error:
        say(str(error))
        if verbose:
            say_traceback(error)
        status = error.exit_status
    except OSError as error:
        _silence_stdout()
        reason = error.strerror or str(error)
        if error.filename is None:  # files that are written name themselves
            say(f"standard output: it cannot be written ({reason})")
        else:
            say(f"{error.filename}: it cannot be used ({reason})")
        status = 1
    except Exception as error:  # nobody should have to read a traceback
        say_unexpected(error, verbose=verbose)
        if verbose:
            say_traceback(error)
        status = 1
    if status == 130:
        say("interrupted")
    return status if isinstance(status, int) else 0


def _say_wrong_use(message: str) -> None:
    """Print what typer says of a wrong command line, and where help is."""
    if message.startswith("Usage:"):  # a whole help text, for a group without a command
        sys.stderr.write(f"{message}\n")
        return
    from extractor.text.pydantic_messages import plain_message

    about, colon, wrong = message.partition(": ")  # "Invalid value for '--limit': …"
    if about.startswith("Invalid value"):
        message = f"{about}{colon}{plain_message(wrong)}"
    say(f"{message.rstrip(' .')}. See `extract --help`.")


def _silence_stdout() -> None:
    """Keep the interpreter from complaining at its end about what could not be written."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
