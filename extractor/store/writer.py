"""Writes into the store while a run goes on: a thread, several entries in one transaction."""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue

from extractor.errors import ExtractError
from extractor.store.entries import CallFor, Entry
from extractor.store.store import Store
from extractor.store.work_key import Recipe

_MOST_ENTRIES = 200  # in one transaction: enough to make its cost small beside that of the rows
_LONGEST_WAIT = 0.1  # seconds that an entry may wait for others


class StoreWriter:
    """Writes the entries of one run, in the order in which they are put."""

    def __init__(
        self,
        store: Store,
        run_id: int,
        recipe: Recipe,
        *,
        on_written: Callable[[Sequence[Entry]], None],
        on_broken: Callable[[ExtractError], None],
    ) -> None:
        """Start. Both callbacks are called in the writer's thread, `on_broken` with the error
        after which nothing more is written."""
        self._store = store
        self._run_id = run_id
        self._recipe = recipe
        self._on_written = on_written
        self._on_broken = on_broken
        self._entries: SimpleQueue[Entry | None] = SimpleQueue()
        self._urgent = threading.Event()  # what is there is not to wait for more
        self._thread = threading.Thread(target=self._write_all, name="store writer", daemon=True)
        self._thread.start()

    def put(self, entry: Entry) -> None:
        """Have an entry written soon."""
        self._entries.put(entry)
        # A kill must not make us forget what was paid.
        paid = isinstance(entry, CallFor) and entry.call.cost_usd
        if paid or self._entries.qsize() >= _MOST_ENTRIES:
            self._urgent.set()

    def close(self) -> None:
        """Write what is left, and end."""
        self._entries.put(None)
        self._urgent.set()
        self._thread.join()

    def _write_all(self) -> None:
        """Write until `close`. The life of the thread."""
        try:
            with self._store.reopen() as store:
                store.set_recipe(self._recipe)
                more = True
                while more:
                    batch, more = self._next_batch()
                    if batch:
                        store.write(self._run_id, batch)
                        self._on_written(batch)
        except ExtractError as error:
            self._on_broken(error)
        except Exception as error:  # a fault of ours must not leave the run waiting for ever
            self._on_broken(ExtractError(f"the store's writer: {type(error).__name__}: {error}"))

    def _next_batch(self) -> tuple[list[Entry], bool]:
        """Return the next entries, and whether there will be more."""
        batch: list[Entry] = []
        entry = self._entries.get()
        if entry is not None:
            self._urgent.wait(_LONGEST_WAIT)  # not woken by each
            self._urgent.clear()
        with suppress(Empty):
            while entry is not None:
                batch.append(entry)
                if len(batch) >= _MOST_ENTRIES:
                    self._urgent.set()  # what is left has waited too
                    break
                entry = self._entries.get_nowait()
        return batch, entry is not None
