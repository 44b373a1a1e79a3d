"""Asking a model in the tests: one article, one schema, one endpoint, no cache unless wanted."""

import asyncio
from pathlib import Path
from typing import Any

from extractor.answer.from_rules import answer_by_rules
from extractor.answer.model.asker import ModelAsker
from extractor.answers import Answer
from extractor.find.inventory import Inventory, take_inventory
from extractor.pipeline import extract_with
from extractor.read import article_from_text
from extractor.record import Extraction, Usage
from extractor.schema.catalogue import load_schema
from extractor.settings import Settings

KEY = "sk-test-0123456789abcdef"

# Two people, three quotations, a figure; every candidate sits in a sentence of its own.
ARTICLE = """\
Harbour deal reached after long night

Anna Berg, the transport minister, said: "We agreed on forty ferries."

"It was hard work," Peter Holm told reporters on Monday.

Critics called the plan "a gift to the owners".
"""


def settings_for(base_url: str, **changes: Any) -> Settings:
    """Return settings for an endpoint of the tests: with a key, quick, without a cache."""
    given = {"model": "stub", "api_key": KEY, "timeout": 60.0, "no_cache": True, **changes}
    return Settings(base_url=base_url, **given)


def inventory_of(text: str) -> Inventory:
    """Return the candidates of a text."""
    return take_inventory(article_from_text(text, "test"))


def ask(
    settings: Settings, text: str = ARTICLE, schema: str | Path = "quotes"
) -> tuple[Answer, Usage]:
    """Ask the model about one article, as the pipeline does."""
    inventory = inventory_of(text)
    loaded = load_schema(schema)
    by_rules = answer_by_rules(inventory, loaded.model)

    async def go() -> tuple[Answer, Usage]:
        async with ModelAsker(settings) as asker:
            return await asker.ask(inventory, loaded, by_rules)

    return asyncio.run(go())


def extract_from(
    settings: Settings, text: str = ARTICLE, schema: str | Path = "quotes"
) -> Extraction:
    """Go the whole way of one article, as the command does."""
    article, loaded = article_from_text(text, "test"), load_schema(schema)

    async def go() -> Extraction:
        async with ModelAsker(settings) as asker:
            return await extract_with(article, loaded, asker)

    return asyncio.run(go())


def name_id(name: str, text: str = ARTICLE) -> str:
    """Return the id under which a text's inventory holds a name."""
    return next(e.id for e in inventory_of(text).names if name in (e.name, *e.aliases))
