"""What writes into the store while a run goes on: a thread, some entries in one transaction."""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue

from extractor.errors import ExtractError
from extractor.store.entries import CallFor, Entry
from extractor.store.store import Store
from extractor.store.work_key import Recipe

_MOST = 200  # entries in one transaction: enough to make its cost small beside that of the rows
_LONGEST = 0.1  # seconds that an entry may wait for others


class Writer:
    """Writes the entries of one run, in the order in which they are put."""

    def __init__(
        self,
        store: Store,
        run_id: int,
        recipe: Recipe,
        *,
        written: Callable[[Sequence[Entry]], None],
        broken: Callable[[ExtractError], None],
    ) -> None:
        """Begin. `written` and `broken` are called in the writer's thread; after `broken` nothing
        more is written."""
        self._store = store
        self._run_id = run_id
        self._recipe = recipe
        self._written = written
        self._broken = broken
        self._entries: SimpleQueue[Entry | None] = SimpleQueue()
        self._now = threading.Event()  # what is there is not to wait for more
        self._thread = threading.Thread(target=self._work, name="store writer", daemon=True)
        self._thread.start()

    def put(self, entry: Entry) -> None:
        """Have an entry written soon."""
        self._entries.put(entry)
        # A kill must not make us forget what was paid.
        paid = isinstance(entry, CallFor) and entry.call.cost_usd
        if paid or self._entries.qsize() >= _MOST:
            self._now.set()

    def close(self) -> None:
        """Write what is left, and end."""
        self._entries.put(None)
        self._now.set()
        self._thread.join()

    def _work(self) -> None:
        try:
            with self._store.another() as store:
                store.name_recipe(self._recipe)
                going = True
                while going:
                    batch, going = self._batch()
                    if batch:
                        store.write(self._run_id, batch)
                        self._written(batch)
        except ExtractError as error:
            self._broken(error)
        except Exception as error:  # a fault of ours must not leave the run waiting for ever
            self._broken(ExtractError(f"the store's writer: {type(error).__name__}: {error}"))

    def _batch(self) -> tuple[list[Entry], bool]:
        """Return the next entries, and whether there will be more."""
        batch: list[Entry] = []
        entry = self._entries.get()
        if entry is not None:
            self._now.wait(_LONGEST)  # not woken by each
            self._now.clear()
        with suppress(Empty):
            while entry is not None:
                batch.append(entry)
                if len(batch) >= _MOST:
                    self._now.set()  # what is left has waited too
                    break
                entry = self._entries.get_nowait()
        return batch, entry is not None
