"""The window of a run: which article goes to which process, and how many are in work at a time.

It slides: as soon as one article ends the next is taken up, whatever the others take.
"""

from collections import deque
from collections.abc import Callable

from extractor.run.engine.tasks import Book, Task
from extractor.run.inputs.prefetch import Feeder
from extractor.run.workers.messages import Job
from extractor.run.workers.pool import Crew, Hand
from extractor.settings import Settings

# Articles that a process has at a time by the rules: one in work, the others read ahead.
_AHEAD = 3
# Articles ready to be asked about, at the most, while others are.
_READY = 100


def size_of(settings: Settings, processes: int) -> int:
    """Return how many articles may be in work: enough that no place for a request is empty.

    Answers come in bursts, so that beside those being asked about as many stand ready.
    """
    if settings.asks_model:
        places = settings.concurrency
        return places + max(2 * processes, min(places, _READY))
    return _AHEAD * processes


class Window:
    """Gives articles to the processes of a run. Lives in the run's event loop."""

    def __init__(
        self,
        crew: Crew,
        book: Book,
        feeder: Feeder,
        settings: Settings,
        *,
        limit: int | None,
        has_room: Callable[[], bool],
    ) -> None:
        """Give `limit` articles at most, and none as long as nothing `has_room` for their ends."""
        self._crew, self._book, self._feeder = crew, book, feeder
        self._settings, self._limit, self._has_room = settings, limit, has_room
        self._begun = 0
        self._suspects: deque[Task] = deque()  # had by a process that died

    @property
    def over(self) -> bool:
        """Whether there is nothing more to give. Raises what ended the search for sources."""
        return self._is_spent or self._feeder.over

    @property
    def _is_spent(self) -> bool:
        return self._limit is not None and self._begun >= self._limit

    def hand_out(self) -> None:
        """Give work to the processes as far as the window goes."""
        for hand in self._crew.hands:
            if self._suspects and not hand.jobs:
                hand.alone = True
                self._give(self._suspects.popleft(), hand)
        while (
            len(self._book.tasks) < size_of(self._settings, len(self._crew.hands))
            and self._has_room()
            and not self._is_spent
            and (free := [hand for hand in self._crew.hands if not hand.alone])
            and (pair := self._feeder.take()) is not None
        ):
            if self._book.needs_work(pair[1]):
                self._begun += 1
                self._give(Task(*pair), min(free, key=lambda hand: len(hand.jobs)))

    def take_back(self, hand: Hand) -> None:
        """Take from a process that has died what it had; each is tried once more, alone."""
        for number in tuple(hand.jobs):
            task = self._book.tasks[number]
            self._book.bereave(task)
            if task.deaths > 1:
                reason = "the process that worked on it died twice; is there enough memory?"
                self._book.fail(task, "ProcessDied", reason, None, 0.0)
            else:
                self._suspects.append(task)

    def let_go(self) -> None:
        """Leave what was taken back to another run."""
        while self._suspects:
            self._book.abandon(self._suspects.popleft())

    def _give(self, task: Task, hand: Hand) -> None:
        self._book.give(task, hand)
        hand.tell(Job(task.number, task.source))
