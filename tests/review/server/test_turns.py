"""Places for extractions are shared out fairly, and none is lost."""

import asyncio
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.review.server.api.turns import NoRoom, Turns


class _Clients:
    """Clients that hold a place until they are told to leave it."""

    def __init__(self, turns: Turns) -> None:
        self.turns = turns
        self.holding: list[str] = []  # in the order in which they got a place
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._leave: dict[str, asyncio.Event] = {}

    async def ask(self, name: str) -> None:
        """Let a client ask for a place; "a2" is the second request of "a"."""
        self._leave[name] = asyncio.Event()
        self._tasks[name] = asyncio.ensure_future(self._stay(name))
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    async def _stay(self, name: str) -> None:
        async with self.turns.turn(name[0]):
            self.holding.append(name)
            await self._leave[name].wait()

    async def leave(self, name: str) -> None:
        """Let it leave its place."""
        self._leave[name].set()
        await self._tasks[name]
        self.holding.remove(name)
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    async def go(self, name: str) -> None:
        """Cancel a request, whether it holds a place or waits."""
        self._tasks[name].cancel()
        await asyncio.gather(self._tasks[name], return_exceptions=True)
        if name in self.holding:
            self.holding.remove(name)
        await asyncio.sleep(0)
        await asyncio.sleep(0)


def test_one_client_never_holds_all_places() -> None:
    """Another gets one at once, however many the first has asked for."""

    async def play() -> None:
        clients = _Clients(Turns(3, 10))
        for number in range(5):
            await clients.ask(f"a{number}")
        assert clients.holding == ["a0", "a1"]
        await clients.ask("b0")
        assert clients.holding == ["a0", "a1", "b0"]

    asyncio.run(play())


def test_clients_that_wait_take_turns() -> None:
    """A place that is left goes to the client who got one least recently."""

    async def play() -> None:
        clients = _Clients(Turns(2, 10))
        for name in ("a0", "b0", "a1", "a2", "b1", "c0"):
            await clients.ask(name)
        assert clients.holding == ["a0", "b0"]
        for name, then in (("a0", "a1"), ("b0", "b1"), ("a1", "c0"), ("b1", "a2")):
            await clients.leave(name)
            assert clients.holding[-1] == then

    asyncio.run(play())


def test_too_many_of_one_client_are_refused() -> None:
    """And those of another are not."""

    async def play() -> None:
        turns = Turns(1, 2)
        clients = _Clients(turns)
        for number in range(3):
            await clients.ask(f"a{number}")
        with pytest.raises(NoRoom):
            async with turns.turn("a"):
                pass
        await clients.ask("b0")
        await clients.leave("a0")
        assert len(clients.holding) == 1

    asyncio.run(play())


@given(st.integers(0, 2**32), st.integers(1, 4))
def test_no_place_is_lost_or_given_twice(seed: int, places: int) -> None:
    """Whoever comes, leaves and goes away in between: in the end all places are free."""

    async def play() -> None:
        chance = random.Random(seed)
        clients = _Clients(Turns(places, 50))
        alive: list[str] = []
        for number in range(40):
            what = chance.random()
            if what < 0.5 or not alive:
                alive.append(f"{chance.choice('abc')}{number}")
                await clients.ask(alive[-1])
            elif what < 0.8 and clients.holding:
                name = chance.choice(clients.holding)
                alive.remove(name)
                await clients.leave(name)
            else:
                name = chance.choice(alive)
                alive.remove(name)
                await clients.go(name)
            assert len(clients.holding) <= places
            others = {name[0] for name in alive} - {name[0] for name in clients.holding}
            assert not others or len(clients.holding) == places
        for name in alive:
            await clients.go(name)
        for number in range(places):
            await clients.ask(f"{'xyzw'[number]}0")
        assert len(clients.holding) == places

    asyncio.run(play())
