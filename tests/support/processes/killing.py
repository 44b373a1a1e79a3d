"""Runs that are killed at random moments and gone on with; what of it was paid for twice."""

import json
import random
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from extractor.answer.endpoint.cache import AnswerCache, request_key
from tests.support.processes.warm import Started, ran
from tests.support.runs import (
    command,
    environment,
    is_whole,
    make_coverage,
    number_in,
    right,
    rows,
    sheet,
)
from tests.support.stubs.server import Play, Stub, serving

_DELAY = 0.15  # seconds that the stub takes for an answer
AT_ONCE = 5  # requests under way at the same time: what a kill can cost
# The stub counts 100 tokens in and 10 out.
PRICES = {"stub": {"input": 100, "output": 100}}
EACH = 0.011  # dollars


@dataclass
class Story:
    """What happened over all the kills of one run."""

    kills: int = 0
    calls: int = 0
    articles: int = 0
    repeated: list[int] = field(default_factory=list)  # articles asked about anew, answer cached
    under_way: int = 0  # calls whose answer was not cached yet at a kill, and so were repeated
    broken: int = 0  # times that the store was not whole


@dataclass
class Spent:
    """What was paid over all the kills of one run with a budget, in calls that cost the same."""

    kills: int = 0
    budget: int = 0
    calls: int = 0
    after: int = 0  # calls of the same command once the budget is spent
    counted: int = 0  # calls that the store knows of


class _Room:
    """A folder with coverage, and the command that runs over it."""

    def __init__(self, folder: Path, stub: Stub, articles: int, *more: str) -> None:
        self.out = folder / "out"
        self.coverage = make_coverage(folder / "in", articles)
        self._stub = stub
        self.cache = folder / "cache"
        self._arguments = command(
            *("-s", "quotes", "--model", "stub", "--base-url", stub.base_url, "-f", "jsonl"),
            *("--max-concurrency", AT_ONCE, *more, "-o", f"{self.out}/", self.coverage),
        )
        self._env = environment(self.cache, EXTRACT_PRICES=json.dumps(PRICES))

    def killed(self, chance: random.Random, longest: float) -> Iterator[int]:
        """Yield how many requests there were when a run was killed, until one ends before that."""
        while True:
            process = Started(self._arguments, self._env)
            if not self._asks(process):
                return
            time.sleep(chance.random() * longest)
            if process.poll() is not None:
                return
            process.kill()
            process.communicate()
            assert process.returncode == -signal.SIGKILL
            yield len(self._stub.requests)

    def cached(self, requests: list[dict[str, Any]]) -> set[int]:
        """Return the articles among those asked about whose answers are in the cache."""
        answers = AnswerCache(self.cache)
        try:
            return {
                number_in(body)
                for body in requests
                if answers.get(request_key(self._stub.base_url, body)) is not None
            }
        finally:
            answers.close()

    def finished(self) -> int:
        """Run to the end; return the exit status."""
        done = ran(self._arguments, self._env)
        assert done.returncode in (0, 1), done.stderr.decode()
        return done.returncode

    def _asks(self, process: Started) -> bool:
        """Wait until a run asks for something; tell whether it does before it ends."""
        before = len(self._stub.requests)
        while len(self._stub.requests) == before:
            if process.poll() is not None:
                return False
            time.sleep(0.01)
        return True


def kill_and_go_on(
    folder: Path, *, articles: int, kills: int, seed: int, longest: float = 1.5
) -> Story:
    """Kill a run `kills` times, each time after up to `longest` seconds of asking; finish it."""
    story = Story(articles=articles)
    finished: list[tuple[int, set[int]]] = []  # requests before a kill, articles cached at it
    with serving(_slow) as stub:
        room = _Room(folder, stub, articles)
        killed = room.killed(random.Random(seed), longest)
        while story.kills < kills and (asked := next(killed, None)) is not None:
            finished.append((asked, room.cached(stub.requests[:asked])))
            story.kills += 1
            story.broken += not is_whole(room.out)
        assert room.finished() == 0
        story.calls = len(stub.requests)
        for asked, cached in finished:
            again = {number_in(body) for body in stub.requests[asked:]}
            story.repeated += sorted(again & cached)
        story.under_way = story.calls - articles - len(story.repeated)
    story.broken += not is_whole(room.out)
    assert sorted(sheet(room.out)) == sorted(path.name for path in room.coverage.iterdir())
    done = rows(room.out, "select count(*) from extraction where status = 'done'")
    assert done == [(articles,)]
    return story


def kill_and_spend(
    folder: Path, *, budget: int, kills: int, seed: int, longest: float = 0.6
) -> Spent:
    """Kill a run with a budget of so many calls `kills` times, and go on until that is spent."""
    spent = Spent(budget=budget)
    with serving(_slow) as stub:
        dollars = f"{(budget + 0.5) * EACH:.4f}"
        room = _Room(folder, stub, budget + kills * AT_ONCE + 50, "--budget", dollars)
        killed = room.killed(random.Random(seed), longest)
        while spent.kills < kills and next(killed, None) is not None:
            spent.kills += 1
        assert room.finished() == 1
        spent.calls = len(stub.requests)
        assert room.finished() == 1
        spent.after = len(stub.requests) - spent.calls
    ((spent.counted,),) = rows(room.out, "select count(*) from call where outcome = 'answered'")
    return spent


def _slow(_: dict[str, Any], __: int) -> Play:
    return right(_DELAY)
