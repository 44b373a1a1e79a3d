"""Which of the extractions in a store the sheets show, and what they add up to.

Of every text that a source holds now, one extraction by the schema as it is now: one that was made
as this run makes them, or else the newest. A text is shown once, under the source named first.
What is chosen is kept in a temporary table of the reader's own, not in memory.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any
from urllib.parse import quote

from extractor.run.work import Recipe


def opened(path: Path) -> sqlite3.Connection:
    """Return a reader of one state of a store, whoever writes meanwhile. Raises sqlite3.Error."""
    address = f"file:{quote(str(path.resolve()))}?mode=ro"
    rows = sqlite3.connect(address, uri=True, isolation_level=None, timeout=30)
    rows.row_factory = sqlite3.Row
    rows.execute("begin")
    return rows


@dataclass(frozen=True, slots=True)
class Sums:
    """What all articles of a schema have together."""

    articles: int
    sources: int
    totals: dict[str, int]
    kinds: tuple[str, ...]
    answered_by: tuple[str, ...]
    signature: str  # changes when anything in any sheet does


def choose(
    rows: sqlite3.Connection,
    schema: str,
    schema_sha256: str,
    recipe: Recipe | None,
    number: int = 0,
) -> str:
    """Choose what the sheets show of each text; return the temporary table that names it."""
    name = f"chosen_{number}"
    rows.execute(
        f"create temp table {name} as"  # noqa: S608
        " select source, article_sha256, extraction_id, twins,"
        " (select finished_at from main.extraction where id = extraction_id) as finished_at from ("
        "  select s.source, s.article_sha256, count(*) as twins,"
        "  min(s.first_run * 1000000000 + s.position) as place,"
        "  (select x.id from main.extraction x where x.article_sha256 = s.article_sha256"
        "   and x.schema = :schema and x.status = 'done' and x.schema_sha256 = :sha256"
        "   order by (:ours and x.model is :model and x.plan is :plan"
        "   and x.prompt_sha256 is :prompt and x.engine = :engine) desc,"
        "   x.finished_at desc, x.id desc limit 1) as extraction_id"
        "  from main.source_seen s group by s.article_sha256)"
        " where extraction_id is not null order by place",
        {
            "schema": schema,
            "sha256": schema_sha256,
            "ours": recipe is not None,
            "model": recipe.model if recipe else None,
            "plan": recipe.plan if recipe else None,
            "prompt": recipe.prompt_sha256 if recipe else None,
            "engine": recipe.engine if recipe else None,
        },
    )
    return name


def add_up(rows: sqlite3.Connection, chosen: str, kinds: Sequence[str] | None) -> Sums:
    """Add up what is chosen; without `kinds` they are those that the counts name."""
    totals: dict[str, int] = {}
    models: dict[str, None] = {}
    digest = blake2b(digest_size=16)
    articles = sources = 0
    for row in rows.execute(
        f"select c.source, c.twins, c.finished_at, c.extraction_id, e.model, e.counts"  # noqa: S608
        f" from {chosen} c join extraction e on e.id = c.extraction_id order by c.rowid"
    ):
        articles += 1
        sources += row["twins"]
        models.setdefault(row["model"] or "rules")
        digest.update(repr(tuple(row)).encode("utf-8", "surrogatepass"))
        for key, count in json.loads(row["counts"] or "{}").items():
            totals[key] = totals.get(key, 0) + count
    found = (
        kinds if kinds is not None else [k for k in totals if k not in ("warnings", "unaccounted")]
    )
    return Sums(articles, sources, totals, tuple(found), tuple(models), digest.hexdigest())


_FAILED = (
    " from (select i.source, i.reason, i.error_kind, i.status,"
    " max(i.run_id * 1000000000 + i.position) as place from run_item i"
    " join run r on r.id = i.run_id where r.schema = ? and i.status in ('done', 'failed')"
    " group by i.source) where status = 'failed'"
)


def failures(rows: sqlite3.Connection, schema: str, most: int = -1) -> Iterator[Any]:
    """Yield the sources that failed when they were last tried."""
    query = f"select source, reason, error_kind {_FAILED} order by place limit ?"
    yield from rows.execute(query, (schema, most))


def sum_failures(rows: sqlite3.Connection, schema: str) -> tuple[int, str]:
    """Return how many sources failed when they were last tried, and a hash of what is known."""
    digest, count = blake2b(digest_size=16), 0
    for count, row in enumerate(failures(rows, schema), 1):  # noqa: B007 - the last one
        digest.update(repr(tuple(row)).encode("utf-8", "surrogatepass"))
    return count, digest.hexdigest()


def count_outdated(rows: sqlite3.Connection, schema: str, schema_sha256: str) -> int:
    """Return how many texts only another version of the schema has extracted."""
    found: int = rows.execute(
        "select count(distinct s.article_sha256) from source_seen s where exists (select 1 from"
        " extraction x where x.article_sha256 = s.article_sha256 and x.schema = :schema"
        " and x.status = 'done') and not exists (select 1 from extraction x where"
        " x.article_sha256 = s.article_sha256 and x.schema = :schema and x.status = 'done'"
        " and x.schema_sha256 = :sha256)",
        {"schema": schema, "sha256": schema_sha256},
    ).fetchone()[0]
    return found


def other_schemas(rows: sqlite3.Connection, schema: str) -> list[tuple[str, str]]:
    """Return name and newest version of every schema that the store has besides this one."""
    found = rows.execute(
        "select schema, schema_sha256, max(finished_at) from extraction where status = 'done'"
        " and schema <> ? group by schema order by schema",
        (schema,),
    )
    return [(row[0], row[1]) for row in found]
