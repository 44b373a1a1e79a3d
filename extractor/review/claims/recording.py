"""Writing claims: their ids, their derived columns, their words in the search index.

Only to be called within a transaction of `Desk.transaction`.
"""

import hashlib
import json
import sqlite3
from typing import TYPE_CHECKING, Any

from extractor.review.claims.carrying import carry_row
from extractor.review.claims.json_rows import Json, packed, unpacked
from extractor.review.claims.standing import UPDATE, Carry, derive, log_of
from extractor.review.search_index import add_claims, drop_claims, words_of
from extractor.store.packing import anchor_of, storable

if TYPE_CHECKING:
    from extractor.review.desk import Desk


_FACTS = "select * from claim where number = ?"


def refresh(
    desk: "Desk", connection: sqlite3.Connection, number: int, *, version: int | None = None
) -> None:
    """Compute a claim's derived columns anew and write them.

    The version is raised by one, which makes decisions on the former state stale, or set to
    `version`.
    """
    facts = dict(connection.execute(_FACTS, (number,)).fetchone())
    derived = derive_stored(desk, connection, facts)
    new_version = facts["version"] + 1 if version is None else version
    connection.execute(f"{UPDATE}, version = :version where number = :number",
                 {**derived, "version": new_version, "number": number})  # fmt: skip
    index_claim(desk, connection, number, {**facts, **derived})


def derive_stored(
    desk: "Desk", connection: sqlite3.Connection, facts: dict[str, Any]
) -> dict[str, Any]:
    """Return the derived columns of a claim in the store."""
    drafted = connection.execute(
        "select 1 from draft where claim_id = ?", (facts["id"],)
    ).fetchone()
    derived = derive(
        facts,
        log_of(connection, facts["id"]),
        carry_into(desk, facts["article_sha256"]),
        drafted=drafted is not None,
    )
    if derived["row"] is None and drafted is not None and not derived["lapsed"]:
        _show_last(desk, connection, facts, derived)
    return derived


def refold(desk: "Desk") -> int:
    """Compute every claim that was decided on anew; return how many differed from their log.

    That is 0 unless the store was changed by other means; then this repairs it.
    """
    wrong = 0
    with desk.transaction() as connection:
        numbers = connection.execute(
            "select number from claim where id in (select claim_id from decision) order by number"
        ).fetchall()
        for (number,) in numbers:
            facts = dict(connection.execute(_FACTS, (number,)).fetchone())
            derived = derive_stored(desk, connection, facts)
            if any(derived[name] != facts[name] for name in derived):
                refresh(desk, connection, number)
                wrong += 1
    return wrong


def _show_last(
    desk: "Desk", connection: sqlite3.Connection, facts: dict[str, Any], derived: dict[str, Any]
) -> None:
    """Set the row of a claim that only a draft keeps in the queue: what the machine said last."""
    last = connection.execute(
        'select "row", article_sha256 from proposal where claim_id = ? and "row" is not null'
        " order by id desc limit 1",
        (facts["id"],),
    ).fetchone()
    if last is not None:
        carried = carry_into(desk, facts["article_sha256"])(unpacked(last[0]), last[1])
        derived["row"] = None if carried is None else packed(carried)


def carry_into(desk: "Desk", article_sha256: str) -> Carry:
    """Return a function that carries a row from another text into this one."""

    def carry(row: Json, origin_sha256: str) -> Json | None:
        if origin_sha256 == article_sha256:
            return row
        return carry_row(desk.carrier(origin_sha256, article_sha256), row)

    return carry


def identity(article_sha256: str, schema: str, kind: str, place: object, ordinal: int) -> str:
    """Return a claim's id: the first 16 hexadecimal digits of a hash of what identifies it."""
    about = json.dumps([article_sha256, schema, kind, place, ordinal])
    return hashlib.sha256(about.encode()).hexdigest()[:16]


def content_of(row: Json) -> str:
    """Return what a row without evidence is known by: a hash of its JSON, 16 hexadecimal digits."""
    return hashlib.sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()[:16]


def free_identity(
    connection: sqlite3.Connection,
    article_sha256: str,
    schema: str,
    kind: str,
    place: object,
    ordinal: int = 0,
) -> tuple[str, int]:
    """Return the first id that no claim has yet, counting up from an ordinal, and its ordinal."""
    while True:
        claim_id = identity(article_sha256, schema, kind, place, ordinal)
        if connection.execute("select 1 from claim where id = ?", (claim_id,)).fetchone() is None:
            return claim_id, ordinal
        ordinal += 1


def insert_added(
    desk: "Desk",
    connection: sqlite3.Connection,
    article_sha256: str,
    schema: str,
    kind: str,
    row: Json,
) -> tuple[int, str]:
    """Insert the claim of a row that an analyst adds; return its number and id."""
    article = desk.article(article_sha256)
    start, end, text = anchor_of(row)
    content = content_of(row) if start is None else None
    place: object = content if start is None else [start, end]
    claim_id, ordinal = free_identity(connection, article_sha256, schema, kind, place)
    number = connection.execute(
        'insert into claim (id, article_sha256, schema, kind, start, "end", content, ordinal,'
        " origin, found, anchor_sha256, anchor_start, anchor_end, outlet, published, text)"
        " values (?, ?, ?, ?, ?, ?, ?, ?, 'analyst', 0, ?, ?, ?, ?, ?, ?) returning number",
        (
            claim_id, article_sha256, storable(schema), storable(kind), start, end, content,
            ordinal, article_sha256, start, end, storable(article.outlet), storable(article.date),
            storable(text),
        ),
    ).fetchone()[0]  # fmt: skip
    return number, claim_id


def index_claim(
    desk: "Desk", connection: sqlite3.Connection, number: int, columns: dict[str, Any]
) -> None:
    """Update the words that a claim is searched by; a claim that left the queue has none."""
    if not desk.searchable:
        return
    drop_claims(connection, [number])
    if columns["queued"]:
        title = desk.article(columns["article_sha256"]).title
        words = words_of(columns["text"], unpacked(columns["row"]), title)
        add_claims(connection, [(number, words)])
