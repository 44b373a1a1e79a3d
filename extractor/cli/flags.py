"""The flags that commands take, declared once each, as the fields of frozen dataclasses.

A command says with `takes` which of these groups it reads, and is called with one of each. Nothing
here imports what takes time: `--help` reads this module.
"""

import inspect
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from extractor.errors import UsageError
from extractor.frozen import frozen

if TYPE_CHECKING:
    from extractor.settings import Settings

Format = Literal["table", "json", "jsonl", "csv", "html", "xlsx"]
Command = Callable[..., int]
RunFolder = Annotated[  # what find_store takes
    Path | None,
    typer.Argument(
        metavar="FOLDER",
        help="A run's folder; by default the only one with a store here.",
        show_default=False,
    ),
]

SchemaFile = Annotated[  # what `schema_files` takes
    str | None,
    typer.Option(
        "--schema",
        "-s",
        metavar="FILE",
        help="A schema's file, if the run was given it by path: a store's word is not enough.",
        show_default=False,
    ),
]


def schema_files(given: str | None) -> list[Path]:
    """Return the file that --schema names; none where it names none. Raises UsageError."""
    if given is None or not given.endswith(".py"):
        return []
    if not Path(given).is_file():
        raise UsageError(f"--schema {given}: there is no such file")
    return [Path(given)]


def schema_name(given: str | None) -> str | None:
    """Return the name of the schema that --schema names, by its name or its file."""
    return Path(given).stem if given is not None and given.endswith(".py") else given


def takes(*groups: type) -> Callable[[Command], Command]:
    """Return a decorator: the command gets the flags of these dataclasses, and an instance of each.

    Typer reads a command's flags from its signature; this one is made of the groups' fields.
    """
    parts = [inspect.signature(group).parameters for group in groups]

    def made(command: Command) -> Command:
        def called(**values: Any) -> int:
            return command(
                *(
                    group(**{name: values[name] for name in part})
                    for group, part in zip(groups, parts, strict=True)
                )
            )

        parameters = [parameter for part in parts for parameter in part.values()]
        called.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        called.__name__, called.__doc__ = command.__name__, command.__doc__
        return called

    return made


@frozen(kw_only=True)
class ArticleFlags:
    """What is read, what is extracted from it, and where it goes."""

    files: Annotated[
        list[str] | None,
        typer.Argument(
            help="Articles: text, .html, .mhtml, .eml, .pdf, .docx, .odt or .rtf files, - for "
            "standard input, or a folder (the articles directly in it). A run into a folder also "
            "takes whole folders, globs, .json, .jsonl and .warc.gz files.",
            metavar="FILES...",
            show_default=False,
        ),
    ] = None
    schema: Annotated[
        str | None,
        typer.Option(
            "--schema", "-s", metavar="NAME", help="What to extract; see `extract schemas`."
        ),
    ] = None
    form: Annotated[
        Format | None,
        typer.Option(
            "--format",
            "-f",
            help="How to write it; by default what --output ends with, or else a table.",
        ),
    ] = None
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="PATH",
            help="Write to this file; or run into this folder: a store that goes on where it "
            "stopped, and sheets of all formats or the one of --format.",
        ),
    ] = None
    estimate: Annotated[
        bool,
        typer.Option("--estimate", help="Say what this would ask and cost, and ask nothing."),
    ] = False


@frozen(kw_only=True)
class ModelFlags:
    """Which model is asked, and how. Every field is the setting of its name."""

    model: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Ask this language model; without one the rules answer."),
    ] = None
    base_url: Annotated[
        str | None,
        typer.Option(metavar="URL", help="The model's OpenAI-compatible endpoint, up to /v1."),
    ] = None
    plan: Annotated[
        Literal["whole", "narrow"] | None,
        typer.Option(help="One call an article, or short questions one by one."),
    ] = None
    assist: Annotated[
        Literal["all", "unsure", "none"] | None,
        typer.Option(help="What the model is asked about: all, or what the rules are unsure of."),
    ] = None

    def settings(self, **others: Any) -> "Settings":
        """Return the settings, overridden by these flags and by `others`. Raises UsageError."""
        from extractor.settings import load_settings

        values = others | {field.name: getattr(self, field.name) for field in fields(self)}
        return load_settings(
            **{name: value for name, value in values.items() if value is not False}
        )


@frozen(kw_only=True)
class AskingFlags(ModelFlags):
    """How the model is asked, in full; every field is the setting of its name."""

    threshold: Annotated[
        float | None,
        typer.Option(metavar="0..1", help="Below this confidence the rules count as unsure."),
    ] = None
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Neither read nor write cached answers.")
    ] = False
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Ask again and replace cached answers.")
    ] = False
    cache_dir: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Where answers are cached.")
    ] = None
    max_output_tokens: Annotated[
        int | None, typer.Option(metavar="N", help="Token limit on one answer.")
    ] = None
    timeout: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="How long one request may take.")
    ] = None
    concurrency: Annotated[
        int | None,
        typer.Option(
            "--max-concurrency", min=1, metavar="N", help="Requests under way at the same time."
        ),
    ] = None


@frozen(kw_only=True)
class RunFlags:
    """Flags of a run into a folder only; without one, `refuse` raises."""

    rpm: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Requests a minute at most.")
    ] = None
    tpm: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Tokens a minute at most.")
    ] = None
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Try again what failed before.")
    ] = False
    limit: Annotated[
        int | None, typer.Option(min=0, metavar="N", help="Work on so many articles at most.")
    ] = None
    jobs: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Processes; by default one a core.")
    ] = None
    files_from: Annotated[
        str | None,
        typer.Option(metavar="LIST", help="Read paths from this file too, - for stdin."),
    ] = None
    fields: Annotated[
        str | None,
        typer.Option(metavar="text=NAME,…", help="How fields of .jsonl lines are called."),
    ] = None
    budget: Annotated[
        float | None,
        typer.Option(
            min=0,
            metavar="DOLLARS",
            help="Stop asking before it costs more, all runs together since one into the folder "
            "came to its end.",
        ),
    ] = None
    batch_api: Annotated[
        bool,
        typer.Option(
            "--batch-api",
            help="Ask by OpenAI's Batch API: half the price, within a day; the same command goes "
            "on waiting.",
        ),
    ] = False
    watch: Annotated[
        bool,
        typer.Option("--watch", help="Go on, and take files as they arrive, until Ctrl-C ends it."),
    ] = False
    shared: Annotated[
        bool,
        typer.Option(
            "--shared",
            help="Let others read what is made, as your umask says; without it only you can.",
        ),
    ] = False
    log_json: Annotated[
        bool,
        typer.Option("--log-json", help="Tell on standard error in JSON, a line an article."),
    ] = False

    def refuse(self) -> None:
        """Raise UsageError when one of these is given, because there is no run."""
        for field in fields(self):
            if getattr(self, field.name) != field.default:
                refuse_outside_runs(f"--{field.name.replace('_', '-')}")


def flags_of_runs() -> frozenset[str]:
    """Return the names of the parameters that only a run into a folder has."""
    return frozenset(field.name for field in fields(RunFlags))


def refuse_outside_runs(flag: str) -> None:
    """Raise the UsageError that says how this flag makes sense."""
    raise UsageError(f"{flag} is for a run: name a folder with --output, such as -o sheets/")


@frozen(kw_only=True)
class VerbosityFlags:
    """How much is said, and --version."""

    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Say what is done; show tracebacks.")
    ] = False
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False
    version: Annotated[bool, typer.Option("--version", help="Print the version and end.")] = False
