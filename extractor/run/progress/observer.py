"""What a run reports while it goes: the interface of its observers, its counts and its outcome."""

from dataclasses import dataclass, field, replace
from typing import Protocol

from extractor.frozen import frozen
from extractor.record import Usage
from extractor.store.entries import Done, Earlier, Failed, Skipped


@dataclass(slots=True)
class RunStats:
    """How many articles ended how, and what they cost."""

    done: int = 0
    failed: int = 0
    unchanged: int = 0  # skipped: done by an earlier run
    same: int = 0  # skipped: another source, or an earlier version, has the same text
    failed_before: int = 0  # skipped: failed in an earlier run
    usage: Usage = field(default_factory=lambda: Usage(cost_usd=0.0))

    def add_usage(self, usage: Usage | None) -> None:
        """Add what an article cost; one without requests cost nothing."""
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


@frozen
class Outcome:
    """How a run ended."""

    run_id: int
    stats: RunStats
    stopped: str | None  # why, when it did not take every source through
    interrupted: bool  # by Ctrl-C
    left: int  # sources that were not looked at or not finished
    more_left: bool  # there are more than `left`: they were not counted to the end
    seconds: float


class RunObserver(Protocol):
    """Takes notice of a run: a progress bar, a log. Called in the run's own thread."""

    def run_began(self, run_id: int) -> None:
        """Take the run's number; there are no worker processes yet, and may be none."""
        ...

    def article_ended(self, entry: Done | Failed | Skipped) -> None:
        """Take an article's end (not of unchanged ones)."""
        ...

    def source_skipped(self, source: str, earlier: Earlier) -> None:
        """Take the name of a source that was not read: its work ended in an earlier run."""
        ...

    def progressed(self, stats: RunStats, in_work: int) -> None:
        """Take the counts; called often. With articles in work there are worker processes."""
        ...

    def note(self, message: str) -> None:
        """Tell people something."""
        ...
