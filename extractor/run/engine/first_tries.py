"""How long the first try of an article may take, by what articles of its length took until now.

One that is not done by then is postponed until nothing else is to be started, and then has all the
time that an article may take: so a few that take a minute each hold up none of the others. Very
long ones are postponed as soon as they are read. What is computed twice is a loss; of ordinary
articles none should be, and when too much was lost there are no first tries for a while.
"""

from extractor.read.files import ENDINGS, ending_of
from extractor.run.workers.messages import FirstTry
from extractor.settings import Settings

# Times what an article took until now: to read it; then to extract from it, and times what its
# length lets expect. Of 838 ordinary articles (of PolNeAR) none took more than 2.6 times that.
_READING, _EXTRACTING, _EXPECTED = 2, 3, 4
# Seconds of CPU to read at least: text by our own code, pages and PDFs by libraries.
_LEAST_READING, _LEAST_BY_LIBRARIES = 0.02, 0.5
_BY_LIBRARIES = ENDINGS - {".txt", ".text"}
_LEAST_EXTRACTING = 0.03
_VERY_LONG = 20  # times the characters of an article
# As if so many articles had been done, before any is: their characters and seconds of CPU.
_BEFORE, _BEFORE_CHARACTERS, _BEFORE_SECONDS = 5, 20_000, 0.05
# Seconds that may be lost: so many, and this share of what articles took.
_MAY_LOSE, _MAY_LOSE_SHARE = 1.0, 0.2


class FirstTries:
    """Says what the next article may take at first, and learns from those that are done."""

    def __init__(self, settings: Settings) -> None:
        self._most = settings.article_seconds
        self._done, self._characters, self._computed = _BEFORE, _BEFORE_CHARACTERS, _BEFORE_SECONDS
        self._lost = 0.0

    def next(self, name: str) -> FirstTry | None:
        """Return what the article of this name may take at first; None when all at once."""
        mean = self._computed / self._done
        least = _LEAST_BY_LIBRARIES if ending_of(name) in _BY_LIBRARIES else _LEAST_READING
        reading = max(least, _READING * mean)
        if self._lost > _MAY_LOSE + _MAY_LOSE_SHARE * self._computed or reading >= self._most:
            return None
        return FirstTry(
            reading,
            max(_LEAST_EXTRACTING, _EXTRACTING * mean),
            _EXPECTED * self._computed / self._characters,
            _VERY_LONG * self._characters // self._done,
        )

    def count_done(self, computed: float, characters: int) -> None:
        """Note what an article took, in seconds of CPU, and how long it was."""
        self._done += 1
        self._computed += computed
        self._characters += characters

    def count_lost(self, computed: float) -> None:
        """Note what was computed in vain, in seconds of CPU."""
        self._lost += computed
