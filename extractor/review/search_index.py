"""The full-text index that claims are searched by: their evidence, their rows, the titles.

The table `claim_words` has one row a queued claim, under the claim's number. It is not made by the
store's migrations, because not every SQLite has full-text indexes (FTS5).
"""

import json
import sqlite3
from collections.abc import Iterable
from typing import Any

from extractor.review.database import Database
from extractor.store.packing import storable


def make_index(database: Database) -> bool:
    """Make the index, unless it is there; return whether there is one: whether SQLite has FTS5.

    What was brought in by a program whose SQLite had none is indexed then.
    """
    if database.select("select 1 from sqlite_master where name = 'claim_words'"):
        return True
    with database.transaction() as connection:
        try:
            connection.execute("create virtual table if not exists claim_words using fts5 (words)")
        except sqlite3.OperationalError:
            return False
        claims = connection.execute(
            'select c.number, c.text, c."row", a.title from claim c'
            " left join article a on a.sha256 = c.article_sha256 where c.queued = 1"
        ).fetchall()
        for number, text, row, title in claims:
            drop_claims(connection, [number])
            add_claims(connection, [(number, words_of(text, row and json.loads(row), title))])
    return True


def add_claims(connection: sqlite3.Connection, words: Iterable[tuple[int, str]]) -> None:
    """Index claims: their numbers, with what `words_of` gives."""
    connection.executemany("insert into claim_words (rowid, words) values (?, ?)", words)


def drop_claims(connection: sqlite3.Connection, numbers: Iterable[int]) -> None:
    """Remove claims from the index, by number."""
    connection.executemany(
        "delete from claim_words where rowid = ?", ((number,) for number in numbers)
    )


def words_of(text: str | None, row: Any, title: str | None) -> str:
    """Return what a claim is searched by: its evidence, every word of its row, the title."""
    texts = [text or "", title or ""]
    _gather(row, texts)
    return storable(" \n".join(dict.fromkeys(texts))) or ""


def _gather(value: Any, texts: list[str]) -> None:
    """Append every text in a row's JSON."""
    if isinstance(value, str):
        texts.append(value)
    elif isinstance(value, dict):
        for item in value.values():
            _gather(item, texts)
    elif isinstance(value, list):
        for item in value:
            _gather(item, texts)
