"""The desk: the store of a run, opened for review.

A desk is the connection to the store's tables (database.py), and keeps in memory what the rows of
these tables are about: articles, what can be found in them, schemas. Every function of the review
takes one.
"""

import json
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from extractor.article import Article
from extractor.errors import ExtractError, ReviewError
from extractor.find.inventory import Inventory, take_inventory
from extractor.review.database import Database
from extractor.review.search_index import make_index
from extractor.schema.catalogue import Schema, load_schema
from extractor.store.packing import article_from_row
from extractor.text.carrying import Carrier

_ARTICLES = 64  # kept in memory, per desk
_INVENTORIES = 16
_CARRIERS = 8
_RUNS = 20  # the latest ones, whose commands are searched for the file of a schema


class Desk(Database):
    """The review of one folder. Safe to use from several threads at once. Use as a context."""

    def __init__(self, folder: Path, *, home: Path | None = None) -> None:
        """Open the store in a folder. `home` holds the user's `schemas/`; see load_schema.

        Raises UsageError when the folder has no store, OutputError when it cannot be used.
        """
        super().__init__(folder)
        self._home = home
        self._schemas: dict[str, Schema | None] = {}
        self.article = lru_cache(maxsize=_ARTICLES)(self._article)
        self.inventory = lru_cache(maxsize=_INVENTORIES)(self._inventory)
        self.carrier = lru_cache(maxsize=_CARRIERS)(self._carrier)
        # Whether words are searched by an index; not every SQLite has full-text indexes.
        self.searchable = make_index(self)

    def _article(self, sha256: str) -> Article:
        """Return an article by the hash of its text. Raises ReviewError when there is none."""
        rows = self.select(
            "select a.*, (select s.source from source_seen s where s.article_sha256 = a.sha256"
            " order by s.first_run, s.position limit 1) as now from article a where sha256 = ?",
            (sha256,),
        )
        if not rows:
            raise ReviewError(f"{self.path}: there is no article {sha256[:16]!r} in this store")
        return article_from_row(dict(rows[0]), rows[0]["now"])

    def _inventory(self, sha256: str) -> Inventory:
        """Return the inventory of an article. Raises ReviewError when there is none."""
        return take_inventory(self.article(sha256))

    def _carrier(self, old_sha256: str, new_sha256: str) -> Carrier:
        """Return the carrier of places from one text into another, both by hash."""
        return Carrier(self.article(old_sha256).text, self.article(new_sha256).text)

    def schema(self, name: str) -> Schema | None:
        """Return a schema by name, or None when its file cannot be loaded any more."""
        with self._lock:
            if name not in self._schemas:
                self._schemas[name] = self._load(name)
            return self._schemas[name]

    def _load(self, name: str) -> Schema | None:
        """Load the file that the latest run by this schema named, or else the one found by name."""
        files: list[Path | str] = [*self._named_files(name), name]
        for file in files:
            with suppress(ExtractError):
                return load_schema(file, self._home)
        return None

    def _named_files(self, name: str) -> list[Path]:
        """Return the files of a schema that the commands of runs named, the latest run first."""
        runs = self.select("select command from run where schema = ? order by id desc", (name,))
        files = dict.fromkeys(
            Path(word.rpartition("=")[2])
            for run in runs[:_RUNS]
            for word in json.loads(run["command"])
            if word.endswith(f"{name}.py")
        )
        return [file for file in files if file.stem == name and file.is_file()]
