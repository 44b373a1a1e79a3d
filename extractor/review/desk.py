"""The desk: the store of a run, opened for review.

A desk is the connection to the store's tables (database.py), and keeps in memory what the rows of
these tables are about: articles, what can be found in them, schemas. Every function of the review
takes one.
"""

import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from extractor.article import Article
from extractor.errors import ReviewError, SchemaError
from extractor.find.inventory import Inventory, take_inventory
from extractor.review.database import Database
from extractor.review.search_index import make_index
from extractor.schema.catalogue import Schema, load_named, load_recorded, load_schema
from extractor.store.packing import article_from_row
from extractor.text.carrying import Carrier

_ARTICLES = 64  # kept in memory, per desk
_INVENTORIES = 16
_CARRIERS = 8
_SCHEMAS = 64  # or why there are none of these names, which anybody may ask for
_RUNS = 20  # the latest ones, whose commands are searched for the file of a schema


class Desk(Database):
    """The review of one folder. Safe to use from several threads at once. Use as a context."""

    def __init__(
        self, folder: Path, *, home: Path | None = None, schemas: Sequence[Path] = ()
    ) -> None:
        """Open the store in a folder. `home` holds the user's `schemas/`; see load_schema.

        A store may come from anybody, and a schema is a program: a file that the store names runs
        only if it is one of the `schemas`, which the user has named, or see load_recorded. Raises
        UsageError when the folder has no store, OutputError when it cannot be used.
        """
        super().__init__(folder)
        self._home, self._named = home, tuple(schemas)
        self._schema = lru_cache(maxsize=_SCHEMAS)(self._load)
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
        """Return a schema by name, or None when it cannot be loaded: see `why_no_schema`."""
        with self._lock:
            found = self._schema(name)
            return found if isinstance(found, Schema) else None

    def schema_names(self) -> list[str]:
        """Return the names of the schemas that there are claims of."""
        rows = self.select("select distinct schema from claim order by schema")
        return [str(row[0]) for row in rows]

    def why_no_schema(self, name: str) -> str:
        """Return why there is no schema of this name, and what to do; "" if there is one."""
        with self._lock:
            found = self._schema(name)
        if isinstance(found, Schema):
            return ""
        return f"the schema {name[:100]!r} is not to be had: {found}"

    def _load(self, name: str) -> Schema | SchemaError:
        """Return the schema that the user or the latest runs named, or else the one found by name.

        An error if there is none, of the first that was there.
        """
        named = next((file for file in self._named if file.stem == name), None)
        refused: list[SchemaError] = []
        if named is None:
            for file in self._recorded_files(name):
                try:
                    return load_recorded(file)
                except SchemaError as error:
                    refused.append(SchemaError(f"{error}; or name it with --schema {file}"))
        try:
            return load_named(name, self._home) if named is None else load_schema(named)
        except SchemaError as error:
            return next(iter(refused), error)

    def _recorded_files(self, name: str) -> list[Path]:
        """Return the files of a schema that the commands of runs named, the latest run first."""
        runs = self.select("select command from run where schema = ? order by id desc", (name,))
        files = dict.fromkeys(
            Path(word.rpartition("=")[2])
            for run in runs[:_RUNS]
            for word in json.loads(run["command"])
            if word.endswith(f"{name}.py")
        )
        return [file for file in files if file.stem == name and file.is_file()]
