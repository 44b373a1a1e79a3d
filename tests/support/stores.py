"""Stores filled by hand, for the tests of what is written from them."""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from extractor.article import Article
from extractor.pipeline import ENGINE
from extractor.record import Extraction, Usage
from extractor.schema.catalogue import Schema, load_schema
from extractor.store.entries import Done, Failed
from extractor.store.packing import pack
from extractor.store.store import Store
from extractor.store.work_key import Recipe
from tests.support.extractions import release

SCHEMA = "release_event"


def recipe(schema: Schema, model: str | None = None) -> Recipe:
    """Return how a run by the rules, or by a model, makes its extractions."""
    return Recipe(
        schema.name,
        schema.sha256,
        None,
        None,
        model,
        "whole" if model else None,
        None,
        None,
        ENGINE,
    )


def named(number: int, source: str | None = None, **known: str | None) -> Extraction:
    """Return the extraction made by hand as if of another article of the same text."""
    found = release()
    digest = f"{zlib.crc32(str((number, known)).encode()):064x}"
    article: Article = replace(
        found.article, source=source or f"coverage/{number}.txt", sha256=digest, **known
    )
    return replace(
        found, article=article, provenance=replace(found.provenance, article_sha256=digest)
    )


def fill(
    folder: Path,
    extractions: Iterable[Extraction],
    failed: Iterable[tuple[str, str]] = (),
    model: str | None = None,
    schema: Schema | None = None,
    command: Sequence[str] = ("extract",),
) -> int:
    """Write extractions and failures into the store of a folder as one run; return its number."""
    by = recipe(schema or load_schema(SCHEMA), model)
    with Store(folder) as store:
        run = store.begin_run(by, command)
        store.set_recipe(by)
        position = -1
        for position, one in enumerate(extractions):
            source, digest = one.article.source, one.article.sha256
            store.write(run, [Done(position, source, "s", by.key(digest), pack(one), 0.1)])
        for further, (source, reason) in enumerate(failed, position + 1):
            store.write(run, [Failed(further, source, "", reason, "NotAnArticle", 0.0)])
        store.end_run(run, "finished", {}, Usage(), None)
    return run
