"""Runs that are killed at random moments and gone on with; what of it was paid for twice."""

import random
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.coverage_made import (
    command,
    environment,
    is_whole,
    make_coverage,
    number_in,
    right,
    rows,
    sheet,
)
from tests.stub_server import Play, Stub, serving
from tests.warm import Started, ran

_DELAY = 0.15  # seconds that the stub takes for an answer
# An answer that has just left the stub is not at once in the cache: on a busy machine the process
# may not have read it yet. Nor has a request that was just sent reached the stub. Such a call
# counts as under way.
_ON_ITS_WAY = 0.3


@dataclass
class Story:
    """What happened over all the kills of one run."""

    kills: int = 0
    calls: int = 0
    articles: int = 0
    repeated: list[int] = field(default_factory=list)  # articles asked about anew, call finished
    under_way: int = 0  # calls that were under way at a kill, and so were repeated
    broken: int = 0  # times that the store was not whole


def kill_and_go_on(
    folder: Path, *, articles: int, kills: int, seed: int, longest: float = 1.5
) -> Story:
    """Kill a run `kills` times, each time after up to `longest` seconds of asking; finish it."""
    chance = random.Random(seed)
    coverage = make_coverage(folder / "in", articles)
    story = Story(articles=articles)
    times: list[float] = []
    with serving(_slow) as stub:
        arguments = command(
            *("-s", "quotes", "--model", "stub", "--base-url", stub.base_url, "-f", "jsonl"),
            *("--max-concurrency", "5", "-o", f"{folder}/out/", coverage),
        )
        env = environment(folder / "cache")
        while story.kills < kills:
            process = Started(arguments, env)
            if not _wait_for_a_request(stub, process):
                break
            time.sleep(chance.random() * longest)
            if process.poll() is not None:
                break
            process.kill()
            times.append(time.monotonic())
            process.communicate()
            story.kills += 1
            story.broken += not is_whole(folder / "out")
        done = ran(arguments, env)
        assert done.returncode == 0, done.stderr.decode()
        story.calls = len(stub.requests)
        _judge(story, stub, times)
    story.broken += not is_whole(folder / "out")
    assert sorted(sheet(folder / "out")) == sorted(path.name for path in coverage.iterdir())
    assert rows(folder / "out", "select count(*) from extraction where status = 'done'") == [
        (articles,)
    ]
    assert process.returncode in (0, -signal.SIGKILL)
    return story


def _slow(_: dict[str, Any], __: int) -> Play:
    return right(_DELAY)


def _wait_for_a_request(stub: Stub, process: Started) -> bool:
    """Wait until a run asks for something; tell whether it does before it ends."""
    before = len(stub.requests)
    while len(stub.requests) == before:
        if process.poll() is not None:
            return False
        time.sleep(0.01)
    return True


def _judge(story: Story, stub: Stub, kills: list[float]) -> None:
    first: dict[int, float] = {}
    for body, at in zip(stub.requests, stub.times, strict=True):
        number = number_in(body)
        if number in first:
            ended = first[number] + _DELAY
            began = first[number] - _ON_ITS_WAY
            if any(began <= kill <= ended + _ON_ITS_WAY for kill in kills):
                story.under_way += 1
            else:
                story.repeated.append(number)
        first[number] = at
