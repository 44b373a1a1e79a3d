"""The endpoint's door in the run's own process: who of all processes may send a request now."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Literal, Protocol

from extractor.answer.endpoint import gates as gate
from extractor.answer.endpoint.gates import Call
from extractor.run.requests.rate_limits import Limits
from extractor.run.workers.messages import Asks, Leaves, Turn
from extractor.run.workers.pool import Hand


class Purse(Protocol):
    """A bound on what may be spent: every request of every process is asked for here first."""

    @property
    def reason(self) -> str:
        """Why nothing more may be asked, once `reserve` has said "stop"."""
        ...

    def reserve(self, ticket: int, tokens: int) -> Literal["go", "wait", "stop"]:
        """Put money aside for a request of about so many tokens, if there is enough.

        "wait": not until another request is over. "stop": never.
        """
        ...

    def settle(self, ticket: int, call: Call) -> None:
        """Take what a request has cost instead of what was put aside for it."""
        ...

    def release(self, ticket: int) -> None:
        """Take back what was put aside for a request that was not sent."""
        ...

    def lose(self, ticket: int) -> None:
        """Count what was put aside as spent: whether the request was answered nobody knows."""
        ...


@dataclass(frozen=True, slots=True)
class _Asker:
    """Who waits or has entered: a process, its own ticket, and the job it is for."""

    hand: Hand
    ticket: int
    number: int


class Turns:
    """Gives the turns as the limits allow. Lives in the run's event loop."""

    def __init__(
        self,
        limits: Limits,
        *,
        may: Callable[[int], bool],
        granted: Callable[[int], None],
        over: Callable[[int, gate.Call], None],
        purse: Purse | None = None,
        spent: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Tell whether a job's request `may` be sent at all, and take notice of those that are
        `granted`, of those that are `over`, and when the `purse` is `spent` (the reason)."""
        self._limits = limits
        self._may, self._granted, self._over = may, granted, over
        self._purse, self._spent = purse, spent
        self._is_spent = False
        self._askers: dict[int, _Asker] = {}
        self._ours: dict[tuple[int, int], int] = {}  # (a process, its ticket) -> ours
        self._next = 0
        self._timer: asyncio.TimerHandle | None = None

    def ask(self, hand: Hand, message: Asks) -> None:
        """Take a process's wish to send a request."""
        if self._is_spent or not self._may(message.number):
            hand.tell(Turn(message.ticket, False))
            return
        ours, self._next = self._next, self._next + 1
        self._askers[ours] = _Asker(hand, message.ticket, message.number)
        self._ours[id(hand), message.ticket] = ours
        self._limits.ask(ours, message.tokens, message.number)
        self.pump()

    def leave(self, hand: Hand, message: Leaves) -> None:
        """Take notice that a request is over, or was given up before it was sent."""
        ours = self._ours.get((id(hand), message.ticket))
        if ours is None:
            return
        self._forget(ours)
        call = message.call
        if call is None:
            self._limits.withdraw(ours)
            if self._purse is not None:
                self._purse.release(ours)
        else:
            if self._purse is not None:
                self._purse.settle(ours, call)
            self._limits.leave(
                ours,
                monotonic(),
                tokens=call.input_tokens + call.output_tokens,
                answered=call.outcome == "answered",
                throttled=call.throttled,
                wait=call.wait,
            )
            self._over(message.number, call)
        self.pump()

    def pump(self) -> None:
        """Let through whom the limits let through, and come back when they say."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        now = monotonic()
        granted, later = self._limits.grants(now, self._affords)
        for ours in granted:
            asker = self._askers[ours]
            self._granted(asker.number)
            asker.hand.tell(Turn(asker.ticket, True))
        if self._is_spent:
            self._refuse_all()
        if later is not None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(later - now, self.pump)

    def refuse(self, number: int) -> None:
        """Turn away what waits for a turn for a job."""
        for ours, asker in tuple(self._askers.items()):
            if asker.number == number:
                self._turn_away(ours)

    def gone(self, hand: Hand) -> None:
        """Strike off the requests of a process that has died."""
        for ours, asker in tuple(self._askers.items()):
            if asker.hand is hand:
                self._limits.withdraw(ours)
                self._forget(ours)
                if self._purse is not None:
                    self._purse.lose(ours)
        self.pump()

    def _affords(self, ours: int, tokens: int) -> bool:
        """Have money put aside for a request; when there will never be enough, say so once."""
        if self._purse is None:
            return True
        verdict = self._purse.reserve(ours, tokens)
        if verdict == "stop" and not self._is_spent:
            self._is_spent = True
            self._spent(self._purse.reason)
        return verdict == "go"

    def _refuse_all(self) -> None:
        """Turn away all that wait. When the money is spent nothing is under way any more."""
        for ours in tuple(self._askers):
            self._turn_away(ours)

    def _turn_away(self, ours: int) -> None:
        asker = self._askers[ours]
        self._limits.withdraw(ours)
        self._forget(ours)
        asker.hand.tell(Turn(asker.ticket, False))

    def _forget(self, ours: int) -> None:
        asker = self._askers.pop(ours)
        del self._ours[id(asker.hand), asker.ticket]
