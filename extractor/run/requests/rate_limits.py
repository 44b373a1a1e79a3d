"""Limits how many requests are under way, and how fast they follow one another.

One `RateLimits` serves a whole run, whatever its processes and tasks. It knows three limits:
slots (requests at a time), requests a minute and tokens a minute; and it learns a fourth from the
endpoint: after an answer "too many requests" (429) nothing is sent for as long as the endpoint
asks, then requests go half as fast, and a little faster again with every answer.

It never sleeps and has no clock of its own: the caller passes the time (seconds, monotonic), and
gets back which requests to send and when to ask again.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush

_MINUTE = 60.0
_SLACK = 1.0  # seconds that a late request may be made up for, where a second holds several
_LOOK_BACK = 10.0  # seconds over which the rate is taken that was too much
_SLOWEST = 20.0  # seconds between two requests, the most that a 429 slows down to
_FASTER = 0.97  # factor of the learnt pause after every answer: 23 answers double the rate
_NEGLIGIBLE = 0.002  # seconds; a pause below this is none
_LONGEST_REST = 60.0  # seconds without requests after a 429 that does not say how long


@dataclass(slots=True)
class _Spent:
    """Tokens taken from the minute: a guess at first, the true number when the answer is there."""

    at: float
    tokens: float


@dataclass
class RateLimits:
    """The limits of a run: `enqueue` a request, `admit` those that may be sent, `finish` them."""

    slots: int  # requests under way at a time, at the most
    requests_a_minute: int | None = None
    tokens_a_minute: int | None = None
    # A heap of (priority, order of arrival, ticket, tokens).
    _waiting: list[tuple[int, int, int, int]] = field(default_factory=list)
    _arrived: int = 0
    _withdrawn: set[int] = field(default_factory=set)  # tickets in `_waiting` to pass over
    _under_way: dict[int, tuple[_Spent, int]] = field(default_factory=dict)  # and the first guess
    _minute: "deque[_Spent]" = field(default_factory=deque)
    _recent: "deque[float]" = field(default_factory=deque)  # when requests were admitted
    _due: float = float("-inf")  # not before this time the next request
    _rest_until: float = float("-inf")
    _learnt: float = 0.0  # seconds between requests, learnt from 429s
    _rests: int = 0  # in a row, without an answer between
    _ratio: float = 1.5  # tokens that a request costs, answer included, to those guessed

    def enqueue(self, ticket: int, tokens: int, priority: int = 0) -> None:
        """Have a request wait; `tokens` is a guess at its own size.

        The lowest `priority` is next, so that the article that was begun first is finished first;
        among equals whichever came first.
        """
        self._arrived += 1
        heappush(self._waiting, (priority, self._arrived, ticket, tokens))

    def withdraw(self, ticket: int) -> None:
        """Forget a request, whether it waits or is under way."""
        if ticket in self._under_way:
            del self._under_way[ticket]
        else:
            self._withdrawn.add(ticket)

    def admit(
        self, now: float, can_afford: Callable[[int, int], bool] = lambda _, __: True
    ) -> tuple[list[int], float | None]:
        """Return the tickets to send now, and the time to ask again (None: after a change).

        `can_afford` is asked last for each (ticket, tokens); one that it refuses stays the next.
        """
        admitted: list[int] = []
        while self._waiting:
            _, _, ticket, tokens = self._waiting[0]
            if ticket in self._withdrawn:
                self._withdrawn.discard(ticket)
                heappop(self._waiting)
                continue
            if len(self._under_way) >= self.slots:
                return admitted, None
            cost = tokens * self._ratio
            later = max(self._rest_until, self._due, self._room_at(now, cost))
            if later > now:
                return admitted, later
            if not can_afford(ticket, tokens):
                return admitted, None
            heappop(self._waiting)
            self._start(ticket, tokens, cost, now)
            admitted.append(ticket)
        return admitted, None

    def finish(
        self,
        ticket: int,
        now: float,
        *,
        tokens: int = 0,
        answered: bool = False,
        throttled: bool = False,
        wait: float | None = None,
    ) -> None:
        """Note that a request is over, the tokens that it took, and whether the answer was a 429.

        `wait` is the time in seconds that the endpoint asked to wait.
        """
        if ticket not in self._under_way:
            return
        spent, guess = self._under_way.pop(ticket)
        if tokens:
            spent.tokens = tokens
            if guess:
                self._ratio += 0.1 * (min(tokens / guess, 20.0) - self._ratio)
        if throttled:
            self._slow_down(now, wait)
        elif answered:
            self._rests = 0
            self._learnt *= _FASTER
            if self._learnt < _NEGLIGIBLE:
                self._learnt = 0.0

    @property
    def under_way(self) -> int:
        """How many requests were admitted and are not finished."""
        return len(self._under_way)

    def _room_at(self, now: float, cost: float) -> float:
        """Return when the minute has room for so many tokens; `now` when there is no limit."""
        if self.tokens_a_minute is None:
            return now
        while self._minute and self._minute[0].at <= now - _MINUTE:
            self._minute.popleft()
        taken = sum(spent.tokens for spent in self._minute)
        for spent in self._minute:
            if taken + cost <= self.tokens_a_minute:
                break
            taken -= spent.tokens
            if taken + cost <= self.tokens_a_minute or spent is self._minute[-1]:
                return spent.at + _MINUTE
        return now

    def _start(self, ticket: int, tokens: int, cost: float, now: float) -> None:
        """Count a request as under way, and set when the next may follow."""
        spent = _Spent(now, cost)
        self._under_way[ticket] = spent, tokens
        if self.tokens_a_minute is not None:
            self._minute.append(spent)
        self._recent.append(now)
        while self._recent[0] < now - _LOOK_BACK:
            self._recent.popleft()
        pause, slack = self._pause()
        if pause:
            self._due = max(self._due, now - slack) + pause

    def _pause(self) -> tuple[float, float]:
        """Return the seconds between two requests, and how many of them may be made up for.

        However late requests are sent, no 60 seconds hold more than the requests of a minute:
        requests a pause apart with some slack are at most (60 + slack) / pause + 1 of them.
        """
        pause, slack = self._learnt, 0.0
        if self.requests_a_minute is not None:
            slack = _SLACK if self.requests_a_minute > 2 * _MINUTE else 0.0
            pause = max(pause, (_MINUTE + slack) / max(1, self.requests_a_minute - 1))
        return pause, 0.0 if pause == self._learnt else slack

    def _slow_down(self, now: float, wait: float | None) -> None:
        """Rest after a 429, and go half as fast afterwards.

        A 429 to a request that was sent before the rest began says nothing new about the rate.
        """
        fresh = now >= self._rest_until
        if fresh:
            self._rests += 1
        rest = min(2.0 ** (self._rests - 1), _LONGEST_REST) if wait is None else wait
        self._rest_until = max(self._rest_until, now + rest)
        if not fresh:
            return
        began = self._recent[0] if self._recent else now
        pause = max(now - began, 0.05) / max(1, len(self._recent))
        self._learnt = min(_SLOWEST, 2 * max(pause, self._learnt))
