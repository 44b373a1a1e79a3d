"""Claims: the rows of the sheets as analysts decide on them, read from the store.

A claim's identity is the text it was first seen in, the schema, the kind and the place of its
evidence, not the number of a row nor the model. It outlives runs: see sync/sync.py.
"""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import fields
from typing import TYPE_CHECKING, Literal

from extractor.errors import ReviewError
from extractor.frozen import frozen
from extractor.review.claims.json_rows import Json
from extractor.store.packing import storable

if TYPE_CHECKING:
    from extractor.review.desk import Desk

Status = Literal["open", "accepted", "corrected", "rejected", "later"]
Origin = Literal["machine", "candidate", "analyst"]
Anchored = Literal["exact", "moved", "lost"]
DECIDED = ("accepted", "corrected", "rejected")
UNDECIDED = ("open", "later")


@frozen
class Claim:
    """A row of a sheet as an analyst decides on it. Places count code points of its article."""

    number: int
    id: str  # 16 hexadecimal digits; never changes
    article_sha256: str  # the text that the places are of
    schema: str
    kind: str  # "quotes"
    start: int | None  # of the machine's evidence; None: there is none, or its words are lost
    end: int | None
    ordinal: int
    origin: Origin
    extraction_id: int | None
    path: str | None  # "quotes[3]", in that extraction
    confidence: float | None
    by_rules: bool
    warnings: tuple[tuple[str, str], ...]  # (code, sentence) of the extraction about this row
    found: bool  # the newest extraction has it
    anchored: Anchored
    version: int  # counts what changed for a reviewer; given back as `seen`
    status: Status
    decision: int  # the latest one that counts; 0: none
    lapsed: int  # one that counted until the article lost its words; 0: none
    reviewer: str | None
    decided_at: float | None  # seconds since 1970, UTC
    differs: bool  # the machine now says something else than when it was decided
    queued: bool
    risk: float  # 0…1
    flags: tuple[str, ...]  # see risk.FLAG_WORDS
    speaker: str | None
    outlet: str | None
    published: str | None
    model: str | None  # "rules" when the rules answered
    text: str | None  # the evidence's words
    row: Json  # the row that counts now; None: its words are lost
    proposal: Json  # what the machine says now; None: nothing
    source: str | None  # the file that holds the article now
    title: str | None
    url: str | None
    engine: str | None
    prompt: str | None


SELECT = (
    "select c.*, a.title, a.url, e.engine, e.prompt, coalesce((select s.source from source_seen s"
    " where s.article_sha256 = c.article_sha256 order by s.first_run, s.position limit 1),"
    " a.source) as source from claim c left join article a on a.sha256 = c.article_sha256"
    " left join extraction e on e.id = c.extraction_id"
)
_NAMES = tuple(field.name for field in fields(Claim))


def read_claim(row: sqlite3.Row) -> Claim:
    """Return the claim that a row of `SELECT` holds."""
    data = {name: row[name] for name in _NAMES}
    data["warnings"] = tuple((code, message) for code, message in json.loads(row["warnings"]))
    data["flags"] = tuple(row["flags"].split())
    for name in ("by_rules", "found", "differs", "queued"):
        data[name] = bool(data[name])
    for name in ("row", "proposal"):
        data[name] = None if data[name] is None else json.loads(data[name])
    return Claim(**data)


def claim_by_id(desk: "Desk", claim_id: str) -> Claim:
    """Return a claim. Raises ReviewError when there is none of this id."""
    rows = desk.select(f"{SELECT} where c.id = ?", (storable(claim_id),))
    if not rows:
        raise ReviewError(f"{desk.folder}: there is no claim {claim_id[:40]!r}")
    return read_claim(rows[0])


def claims_by_id(desk: "Desk", ids: Iterable[str]) -> list[Claim]:
    """Return the claims of these ids, in their order; unknown ids are left out."""
    claim_ids = list(ids)
    claims: dict[str, Claim] = {}
    for first in range(0, len(claim_ids), 500):
        part = claim_ids[first : first + 500]
        marks = ",".join("?" * len(part))
        query = f"{SELECT} where c.id in ({marks})"
        claims |= {row["id"]: read_claim(row) for row in desk.select(query, part)}
    return [claims[claim_id] for claim_id in claim_ids if claim_id in claims]


def claims_of_article(desk: "Desk", article_sha256: str, schema: str | None = None) -> list[Claim]:
    """Return the queued claims of an article, in the order of its text."""
    rows = desk.select(
        f"{SELECT} where c.article_sha256 = ? and c.queued = 1"
        " and (? is null or c.schema = ?) order by c.start is null, c.start, c.number",
        (article_sha256, schema, schema),
    )
    return [read_claim(row) for row in rows]
