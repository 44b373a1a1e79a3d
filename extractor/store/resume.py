"""What is to be done with a source: the store is asked before anything is read or paid for."""

from dataclasses import dataclass
from typing import Literal

from extractor.read.source import Source
from extractor.store.entries import Known
from extractor.store.store import Store
from extractor.store.work_key import Recipe

Fate = Literal["work", "done", "failed"]


@dataclass(frozen=True, slots=True)
class Sieve:
    """Says which sources and which articles are still to be worked on."""

    store: Store | None  # None: there is none yet
    recipe: Recipe
    run_id: int
    refresh: bool = False  # do anew what is done
    retry_failed: bool = False  # do anew what failed

    def of_source(self, source: Source) -> tuple[Fate, Known | None]:
        """Judge a source unread: an unchanged one has a text that the store knows."""
        if self.store is None or not source.stamp or (self.refresh and self.retry_failed):
            return "work", None
        seen = self.store.seen(source.name)
        if seen is None or seen[0] != source.stamp:
            return "work", None
        return self.of_key(self.recipe.key(seen[1]))

    def of_key(self, key: str) -> tuple[Fate, Known | None]:
        """Judge work on an article's text: "work" when it is to be done, else how it ended."""
        known = self.store.known(key) if self.store is not None else None
        if known is None:
            return "work", None
        # What this very run has finished is finished, whatever is to be done anew.
        if known.run_id != self.run_id:
            if known.status == "done" and self.refresh:
                return "work", known
            if known.status == "failed" and (self.retry_failed or self.refresh):
                return "work", known
        return ("done" if known.status == "done" else "failed"), known
