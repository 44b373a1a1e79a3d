"""The options of a run."""

from extractor.frozen import frozen


@frozen
class Options:
    """How a run goes, besides what the settings say."""

    retry_failed: bool = False
    limit: int | None = None  # articles to work on at most; what is done already does not count
    jobs: int | None = None  # processes; None: one a core
    requests_a_minute: int | None = None
    tokens_a_minute: int | None = None
    batch_api: bool = False  # ask in batches, at half the price
    patience: float = 10.0  # seconds in which what is under way may still be finished
