"""Selects the extractions of a store that the sheets show, sums them up, and lists what failed.

Of every text that a source holds now, one extraction by the schema as it is now: one that was made
by this run's recipe, or else the newest. A text is shown once, under the source named first.
The selection is a temporary table of the reader's connection, so that it takes no memory.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any
from urllib.parse import quote

from extractor.frozen import frozen
from extractor.store.work_key import Recipe


def open_reader(path: Path) -> sqlite3.Connection:
    """Return a connection that reads one state of a store, whoever writes. Raises sqlite3.Error."""
    address = f"file:{quote(str(path.resolve()))}?mode=ro"
    rows = sqlite3.connect(address, uri=True, isolation_level=None, timeout=30)
    rows.row_factory = sqlite3.Row
    rows.execute("begin")
    return rows


@frozen
class Totals:
    """Sums over the selected extractions of a schema."""

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
    """Select an extraction for each text; return the name of the temporary table of them."""
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
        _asked(schema, schema_sha256, recipe),
    )
    return name


def list_failures(
    rows: sqlite3.Connection,
    schema: str,
    schema_sha256: str,
    recipe: Recipe | None,
    number: int = 0,
) -> str:
    """List what failed; return the temporary table with source, reason and error_kind.

    That is every source whose present text failed (by `recipe`, where given) and was never done,
    and every source that could not be read when it was last tried, unless the command that
    tried it has since finished a run without that source.
    """
    name = f"failed_{number}"
    rows.execute(
        f"create temp table {name} as"  # noqa: S608
        " select source, reason, error_kind, place from ("
        "  select s.source, x.reason, x.error_kind, max(x.finished_at),"
        "  s.first_run * 1000000000 + s.position as place"
        "  from main.source_seen s join main.extraction x on x.article_sha256 = s.article_sha256"
        f"  and x.schema = :schema and x.status = 'failed' and {_OURS}"
        "  where not exists (select 1 from main.extraction x where"
        "   x.article_sha256 = s.article_sha256 and x.schema = :schema and x.status = 'done'"
        f"  and {_OURS}) group by s.source"
        "  union all"
        "  select source, reason, error_kind, null, place from ("
        "   select i.source, i.reason, i.error_kind, i.status, i.article_sha256, r.id, r.command,"
        "   max(i.run_id * 1000000000 + i.position) as place from main.run_item i"
        "   join main.run r on r.id = i.run_id where r.schema = :schema group by i.source)"
        "  as last where status = 'failed' and article_sha256 is null and id >= coalesce("
        "   (select max(f.id) from main.run f where f.schema = :schema"
        "   and f.command = last.command and f.status = 'finished'), 0)"
        ") order by place",
        _asked(schema, schema_sha256, recipe),
    )
    return name


_OURS = (
    "x.schema_sha256 = :sha256 and (not :ours or (x.model is :model and x.plan is :plan"
    " and x.prompt_sha256 is :prompt and x.engine = :engine))"
)


def _asked(schema: str, schema_sha256: str, recipe: Recipe | None) -> dict[str, object]:
    """Return the parameters of the queries."""
    return {
        "schema": schema,
        "sha256": schema_sha256,
        "ours": recipe is not None,
        "model": recipe.model if recipe else None,
        "plan": recipe.plan if recipe else None,
        "prompt": recipe.prompt_sha256 if recipe else None,
        "engine": recipe.engine if recipe else None,
    }


def add_up(rows: sqlite3.Connection, chosen: str, kinds: Sequence[str] | None) -> Totals:
    """Sum up a selection; without `kinds` they are those that the counts name."""
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
    counted = (
        kinds if kinds is not None else [k for k in totals if k not in ("warnings", "unaccounted")]
    )
    return Totals(articles, sources, totals, tuple(counted), tuple(models), digest.hexdigest())


def failures(rows: sqlite3.Connection, failed: str, most: int = -1) -> Iterator[Any]:
    """Yield what `list_failures` has listed."""
    query = f"select source, reason, error_kind from {failed} order by rowid limit ?"  # noqa: S608
    yield from rows.execute(query, (most,))


def sum_failures(rows: sqlite3.Connection, failed: str) -> tuple[int, str]:
    """Return how many failures are listed, and a hash that changes when any of them does."""
    digest, count = blake2b(digest_size=16), 0
    for count, row in enumerate(failures(rows, failed), 1):  # noqa: B007 - the last one
        digest.update(repr(tuple(row)).encode("utf-8", "surrogatepass"))
    return count, digest.hexdigest()


def count_outdated(rows: sqlite3.Connection, schema: str, schema_sha256: str) -> int:
    """Return how many texts were extracted by another version of the schema only."""
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
    schemas = rows.execute(
        "select schema, schema_sha256, max(finished_at) from extraction where status = 'done'"
        " and schema <> ? group by schema order by schema",
        (schema,),
    )
    return [(row[0], row[1]) for row in schemas]
