"""How many requests may be under way, and how fast they may follow one another.

One `Limits` serves a whole run, whatever its processes and tasks. It knows three bounds: places
(requests at a time), requests a minute and tokens a minute; and it learns a fourth from the
endpoint: when that says "too many" (429), everybody waits as long as it asks and then goes half as
fast, and a little faster again with every answer. It never sleeps and has no clock of its own:
the caller says what time it is and is told whom to let through, and when to ask again.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush

_MINUTE = 60.0
_SLACK = 1.0  # seconds of turns that may be made up for, where a second holds several turns
_LOOK_BACK = 10.0  # seconds over which the rate is taken that was too much
_SLOWEST = 20.0  # seconds between two requests, at the most that we slow down to
_FASTER = 0.97  # of the learnt pause, after every answer: 23 answers double the rate
_NEGLIGIBLE = 0.002  # seconds; a pause below this is none
_LONGEST_REST = 60.0  # seconds to rest without being told how long


@dataclass(slots=True)
class _Spent:
    """Tokens taken from the minute: a guess at first, the truth when the answer is there."""

    at: float
    tokens: float


@dataclass
class Limits:
    """The limits of a run. `ask` for a turn, take `grants`, `leave` when the request is over."""

    places: int
    requests_a_minute: int | None = None
    tokens_a_minute: int | None = None
    # A heap of (place, when it came, ticket, tokens).
    _waiting: list[tuple[int, int, int, int]] = field(default_factory=list)
    _came: int = 0
    _withdrawn: set[int] = field(default_factory=set)
    _under_way: dict[int, tuple[_Spent, int]] = field(default_factory=dict)  # and the first guess
    _minute: "deque[_Spent]" = field(default_factory=deque)
    _recent: "deque[float]" = field(default_factory=deque)  # when the last turns were given
    _due: float = float("-inf")  # not before this time the next turn
    _rest_until: float = float("-inf")
    _learnt: float = 0.0  # seconds between turns that the endpoint taught us
    _rests: int = 0  # in a row, without an answer between
    _ratio: float = 1.5  # tokens that a request costs, answer included, to those guessed

    def ask(self, ticket: int, tokens: int, place: int = 0) -> None:
        """Queue for a turn; `tokens` is a guess at the request's own size.

        The lowest `place` is next, so that what was begun first is finished first; among equals
        whoever came first.
        """
        self._came += 1
        heappush(self._waiting, (place, self._came, ticket, tokens))

    def withdraw(self, ticket: int) -> None:
        """Take a ticket back, whether it waits or is under way."""
        if ticket in self._under_way:
            del self._under_way[ticket]
        else:
            self._withdrawn.add(ticket)

    def grants(
        self, now: float, affords: Callable[[int, int], bool] = lambda _, __: True
    ) -> tuple[list[int], float | None]:
        """Return whose turn it is, and the time to ask again (None: when something has changed).

        `affords` is asked last for each (ticket, tokens); whom it turns down stays the next one.
        """
        granted: list[int] = []
        while self._waiting:
            _, _, ticket, tokens = self._waiting[0]
            if ticket in self._withdrawn:
                self._withdrawn.discard(ticket)
                heappop(self._waiting)
                continue
            if len(self._under_way) >= self.places:
                return granted, None
            cost = tokens * self._ratio
            later = max(self._rest_until, self._due, self._room_at(now, cost))
            if later > now:
                return granted, later
            if not affords(ticket, tokens):
                return granted, None
            heappop(self._waiting)
            self._grant(ticket, tokens, cost, now)
            granted.append(ticket)
        return granted, None

    def leave(
        self,
        ticket: int,
        now: float,
        *,
        tokens: int = 0,
        answered: bool = False,
        throttled: bool = False,
        wait: float | None = None,
    ) -> None:
        """Say that a request is over, what it took, and whether the endpoint said: too many."""
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
        """The requests that have entered and not left."""
        return len(self._under_way)

    def _room_at(self, now: float, cost: float) -> float:
        """Return when the minute has room for so many tokens; at once when there is no limit."""
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

    def _grant(self, ticket: int, tokens: int, cost: float, now: float) -> None:
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
        """Return the seconds between two turns, and how many of them may be made up for.

        However late turns are taken, no 60 seconds hold more than the requests of a minute:
        turns a pause apart with some slack are at most (60 + slack) / pause + 1 of them.
        """
        pause, slack = self._learnt, 0.0
        if self.requests_a_minute is not None:
            slack = _SLACK if self.requests_a_minute > 2 * _MINUTE else 0.0
            pause = max(pause, (_MINUTE + slack) / max(1, self.requests_a_minute - 1))
        return pause, 0.0 if pause == self._learnt else slack

    def _slow_down(self, now: float, wait: float | None) -> None:
        """Rest, and go half as fast afterwards; what was sent before the rest tells nothing new."""
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
