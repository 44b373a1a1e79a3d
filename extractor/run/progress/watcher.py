"""TODO."""

from dataclasses import dataclass, field, replace
from typing import Protocol

from extractor.record import Usage
from extractor.store.entries import Done, Failed, Known, Skipped


@dataclass(slots=True)
class Tally:
    """How many articles ended how, and what they cost."""

    done: int = 0
    failed: int = 0
    unchanged: int = 0  # skipped: done by an earlier run
    same: int = 0  # skipped: another source, or an earlier version, has the same text
    failed_before: int = 0  # skipped: failed in an earlier run
    usage: Usage = field(default_factory=lambda: Usage(cost_usd=0.0))

    def spend(self, usage: Usage | None) -> None:
        """Add what an article cost; one that asked for nothing cost nothing."""
        if usage is not None:
            cost = usage.cost_usd if usage.calls else 0.0
            self.usage.add(replace(usage, cost_usd=cost))

    @property
    def skipped(self) -> int:
        """The articles that there was nothing to do for."""
        return self.unchanged + self.same + self.failed_before

    def counts(self) -> dict[str, int]:
        """Return the numbers for the store."""
        return {
            "done": self.done,
            "failed": self.failed,
            "skipped": self.skipped,
            "unchanged": self.unchanged,
            "same": self.same,
            "failed_before": self.failed_before,
        }


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended."""

    run_id: int
    tally: Tally
    stopped: str | None  # why, when it did not come to its end
    interrupted: bool  # by Ctrl-C
    left: int  # sources that were not looked at or not finished
    more_left: bool  # there are more than `left`: nobody has counted them
    seconds: float


class Watcher(Protocol):
    """Whoever watches a run: a progress bar, a log. Called in the run's own thread."""

    def began(self, run_id: int) -> None:
        """Take notice of the run's number; there are no processes yet, and may be none."""
        ...

    def ended(self, entry: Done | Failed | Skipped) -> None:
        """Take notice of an article's end (not of unchanged ones)."""
        ...

    def passed(self, source: str, known: Known) -> None:
        """Take notice of a source that was not read: its work ended in an earlier run."""
        ...

    def going(self, tally: Tally, under_way: int) -> None:
        """Take notice of how it stands; called often. With work under way there are processes."""
        ...

    def note(self, message: str) -> None:
        """Tell people something."""
        ...
