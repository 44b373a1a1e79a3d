"""Decides what is still to be done, by asking the store before anything is read or paid for."""

from typing import Literal

from extractor.frozen import frozen
from extractor.read.source import Source
from extractor.store.entries import Earlier
from extractor.store.store import Store
from extractor.store.work_key import Recipe

Status = Literal["work", "done", "failed"]  # to be worked on, or how it ended


@frozen
class ResumeFilter:
    """Says which sources and which articles a run still has to work on."""

    store: Store | None  # None: there is none yet
    recipe: Recipe
    run_id: int
    refresh: bool = False  # do again what is done
    retry_failed: bool = False  # do again what failed

    def check_source(self, source: Source) -> tuple[Status, Earlier | None]:
        """Return what to do with a source that is not read yet, and how its work ended before.

        An unchanged source (one with the stamp that the store has) holds the text that it held.
        """
        if self.store is None or not source.stamp or (self.refresh and self.retry_failed):
            return "work", None
        seen = self.store.seen(source.name)
        if seen is None or seen[0] != source.stamp:
            return "work", None
        return self.check_key(self.recipe.key(seen[1]))

    def check_key(self, key: str) -> tuple[Status, Earlier | None]:
        """Return what to do about the work with this key, and how it ended before."""
        earlier = self.store.earlier(key) if self.store is not None else None
        if earlier is None:
            return "work", None
        # What this very run has finished is finished, whatever is to be done again.
        if earlier.run_id != self.run_id:
            if earlier.status == "done" and self.refresh:
                return "work", earlier
            if earlier.status == "failed" and (self.retry_failed or self.refresh):
                return "work", earlier
        return ("done" if earlier.status == "done" else "failed"), earlier
