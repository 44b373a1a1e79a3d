"""Parsing of the command line: the main command needs no name, the others have one."""

from typing import Any

from typer.core import TyperCommand, TyperGroup

from extractor.cli.flags import flags_of_runs
from extractor.errors import UsageError

MAIN = "extract"  # the command that runs when no other is named


class OutputClosed(Exception):
    """Standard output was closed by its reader, as `head` does when it has seen enough."""


class OneSchemaCommand(TyperCommand):
    """A command that refuses a second --schema; typer would silently take the last one."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse, as click does. Raises UsageError for a second --schema."""
        _, _, order = self.make_parser(ctx).parse_args(list(args))
        if sum(parameter.name == "schema" for parameter in order) > 1:
            raise UsageError(
                "--schema was given more than once; it names one schema: take them one after the "
                "other (a schema may itself have several lists: `extract schemas`)"
            )
        return super().parse_args(ctx, args)


class DefaultCommandGroup(TyperGroup):
    """A group with a default command: a first word that names no command is one of its files."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse, as click does, with the main command put before words that name none."""
        first = args[0] if args else ""
        if first in self.list_commands(ctx) and first != MAIN:
            return super().parse_args(ctx, args)
        if first in ("--install-completion", "--show-completion"):
            return super().parse_args(ctx, args)
        options = args[: args.index("--")] if "--" in args else args
        if "--help" in options or "-h" in options:
            return super().parse_args(ctx, ["--help"])
        return super().parse_args(ctx, [MAIN, *args])

    def invoke(self, ctx: Any) -> Any:
        """Run the command. Raises OutputClosed where typer would end with status 1."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # typer would make it an exit status 1
            raise OutputClosed from None

    def format_usage(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002
        """Write the two forms that a command line may have."""
        formatter.write_usage("extract", "--schema NAME [OPTIONS] FILES...")
        formatter.write_usage("extract", "COMMAND [ARGS]...", prefix="       ")

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the main command's options, those of runs apart, and the other commands."""
        main = self.commands[MAIN]
        files: Any = next(p for p in main.params if p.param_type_name == "argument")
        options = [p for p in main.params if p.param_type_name == "option"]
        of_runs = flags_of_runs()
        everywhere = [p.get_help_record(ctx) for p in options if p.name not in of_runs]
        in_runs = [p.get_help_record(ctx) for p in options if p.name in of_runs]
        with formatter.section("Files"):
            formatter.write_dl([("FILES...", files.help)])
        with formatter.section("Options"):
            help_itself = ("-h, --help", "Show this help and end.")
            formatter.write_dl([*filter(None, everywhere), help_itself])
        with formatter.section("Options of a run into a folder (--output FOLDER/)"):
            formatter.write_dl([*filter(None, in_runs)])
        self.format_commands(ctx, formatter)
