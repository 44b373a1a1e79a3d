"""One extraction for a request of /v1, as it is made in a child process (extractions.py)."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from extractor.bounds import ArticleBounds
from extractor.errors import EmptyArticle
from extractor.pipeline import extract, extract_with
from extractor.read import article_from_text, read_bytes
from extractor.read.dates import given_date
from extractor.schema.catalogue import load_named
from extractor.settings import Settings
from extractor.sheet.jsonout import to_json


def extracted(
    data: bytes | str, request: Mapping[str, Any], settings: Settings, home: Path | None
) -> bytes:
    """Return as JSON what `request["schema"]` asks for from a file's bytes or a text.

    `request` names the source too, and for a text its metadata (title, date, …). Raises
    ExtractError, an article that meets one of the settings' bounds among them.
    """
    bounds = ArticleBounds(settings, request["source"])
    schema = load_named(request["schema"], home)
    if isinstance(data, bytes):
        article = bounds.read(partial(read_bytes, data, request["source"]))
    elif not data.strip():
        raise EmptyArticle("the text is empty; give one that holds an article.")
    else:
        metadata = {key: request[key] for key in ("title", "byline", "outlet", "url")}
        date, unread = given_date(request["date"], request["url"])
        given = partial(article_from_text, data, request["source"], date=date, warnings=unread)
        article = bounds.read(partial(given, **metadata))
    if not settings.asks_model:
        return to_json(extract(article, schema, bounds=bounds)).encode()
    import asyncio

    from extractor.answer.model.asker import ModelAsker

    async def ask() -> bytes:
        async with ModelAsker(settings) as asker:
            return to_json(await extract_with(article, schema, asker, bounds=bounds)).encode()

    return asyncio.run(ask())
