"""One pass over the sources of a run: which are to be started, and which are left."""

from collections.abc import Iterator
from dataclasses import dataclass

from extractor.run.inputs.prefetch import NumberedSource, Prefetcher

_COUNTING = 1.0  # seconds that the prefetcher may take to end


@dataclass(slots=True)
class OnePass:
    """One pass over sources: first over the inputs, then over what was deferred for batches."""

    sources: Iterator[NumberedSource]
    limit: int | None  # articles to start, at the most
    prefetcher: Prefetcher | None = None  # it takes from `sources`; None: no work has begun

    def left(self) -> Iterator[NumberedSource]:
        """Yield the sources that were not started; once the pass has ended."""
        if self.prefetcher is not None:
            self.prefetcher.join(_COUNTING)
            while (numbered := self.prefetcher.take()) is not None:
                yield numbered
        yield from self.sources
