"""`extract cache`: what is in the cache of the model's answers, and dropping it."""

from typing import TYPE_CHECKING

import typer

from extractor.errors import UsageError

if TYPE_CHECKING:
    from extractor.answer.endpoint.cache import AnswerCache

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Look at the model's cached answers, or drop them.",
)


@app.command("info")
def _info() -> int:
    """Say where the cache is, and how much is in it."""
    cache = _the_cache()
    print(
        f"folder   {cache.folder}\nanswers  {cache.count()}\nsize     {cache.volume() / 1e6:.1f} MB"
    )
    cache.close()
    return 0


@app.command("clear")
def _clear() -> int:
    """Drop every cached answer."""
    cache = _the_cache()
    print(f"dropped {cache.clear()} answers from {cache.folder}")
    cache.close()
    return 0


def _the_cache() -> "AnswerCache":
    from extractor.answer.endpoint.cache import open_cache
    from extractor.settings import load_settings

    cache = open_cache(load_settings(for_cache=True, no_cache=False))
    if cache is None:
        raise UsageError("the settings say no_cache; there is none")
    return cache
