"""Limits: never more than was allowed, whatever the timing; slower when the endpoint says so."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.run.requests.rate_limits import RateLimits


def play(limits: RateLimits, count: int, took: float = 0.2, tokens: int = 100) -> list[float]:
    """Send so many requests as fast as the limits let; return when each was let through."""
    for ticket in range(count):
        limits.enqueue(ticket, tokens)
    now, when, ends = 0.0, [], []
    while len(when) < count:
        granted, later = limits.admit(now)
        when += [now] * len(granted)
        ends += [(now + took, ticket) for ticket in granted]
        ends.sort()
        if len(when) == count:
            break
        soon = [later] if later is not None else []
        now = min([*soon, *([ends[0][0]] if ends else [])])
        while ends and ends[0][0] <= now:
            limits.finish(ends.pop(0)[1], now, tokens=tokens, answered=True)
    return when


def most_in_a_minute(when: list[float]) -> int:
    """Return the most requests within any 60 seconds."""
    return max(sum(start <= t < start + 60 for t in when) for start in when)


def test_slots_are_never_exceeded() -> None:
    """So many at a time, the next as soon as one leaves, in the order of asking."""
    limits = RateLimits(2)
    for ticket in range(4):
        limits.enqueue(ticket, 1)
    assert limits.admit(0.0) == ([0, 1], None)
    assert limits.admit(0.0) == ([], None)
    limits.finish(1, 0.1, answered=True)
    assert limits.admit(0.1) == ([2], None)
    limits.withdraw(3)
    limits.finish(0, 0.2, answered=True)
    assert limits.admit(0.2) == ([], None)
    assert limits.under_way == 1


def test_sixty_a_minute_are_sixty_in_any_minute() -> None:
    """A limit of 60 requests a minute holds in every window of 60 seconds, and is used."""
    when = play(RateLimits(10, requests_a_minute=60), 200)
    assert most_in_a_minute(when) <= 60
    assert when[-1] < 200 * 1.05


@given(
    rate=st.integers(1, 2000),
    slots=st.integers(1, 50),
    took=st.floats(0.001, 20),
)
@settings(max_examples=40, deadline=None)
def test_no_rate_is_ever_exceeded(rate: int, slots: int, took: float) -> None:
    """Whatever the rate, the slots and the time an answer takes."""
    when = play(RateLimits(slots, requests_a_minute=rate), min(300, 3 * rate), took)
    assert most_in_a_minute(when) <= max(rate, 1)


def test_late_turns_do_not_bunch() -> None:
    """When the caller comes late now and then, no minute gets more than its requests."""
    limits, now, when = RateLimits(100, requests_a_minute=600), 0.0, []
    chance = random.Random(7)
    for ticket in range(3000):
        limits.enqueue(ticket, 1)
    while len(when) < 3000:
        granted, later = limits.admit(now)
        when += [now] * len(granted)
        for ticket in granted:
            limits.finish(ticket, now, answered=True)
        if later is not None:
            now = later + (chance.random() * 0.4 if chance.random() < 0.2 else 0.0)
    assert most_in_a_minute(when) <= 600
    assert when[-1] < 3000 / 600 * 60 * 1.1


def test_tokens_a_minute_are_kept() -> None:
    """Guesses are corrected by what answers really cost, and no minute holds more."""
    when = play(RateLimits(10, tokens_a_minute=3000), 100, tokens=100)
    assert most_in_a_minute(when) <= 30
    assert when[-1] < 100 / 30 * 60 * 1.2


def test_a_request_larger_than_the_minute_still_goes() -> None:
    """Alone, when nothing else was spent: it would wait for ever otherwise."""
    limits = RateLimits(2, tokens_a_minute=100)
    limits.enqueue(0, 1000)
    limits.enqueue(1, 1000)
    assert limits.admit(0.0)[0] == [0]
    limits.finish(0, 1.0, tokens=1000, answered=True)
    granted, later = limits.admit(1.0)
    assert (granted, later) == ([], 60.0)
    assert limits.admit(60.0)[0] == [1]


def test_everybody_rests_as_long_as_the_endpoint_asks() -> None:
    """After a 429 with Retry-After nobody is let through before."""
    limits = RateLimits(4)
    for ticket in range(4):
        limits.enqueue(ticket, 1)
    limits.admit(0.0)
    limits.finish(0, 0.1, throttled=True, wait=7.0)
    limits.enqueue(4, 1)
    assert limits.admit(0.2) == ([], 7.1)
    assert limits.admit(7.1)[0] == [4]


def test_the_rate_of_an_endpoint_that_only_says_429_is_found() -> None:
    """Against 5 requests a second without Retry-After few are refused, and most of it is used."""
    limits, now, allowance, last = RateLimits(50), 0.0, 5.0, 0.0
    refused = answered = ticket = 0
    limits.enqueue(0, 1)
    while now < 300:
        granted, later = limits.admit(now)
        for one in granted:
            allowance, last = min(5.0, allowance + (now - last) * 5), now
            throttled = allowance < 1
            allowance -= not throttled
            refused, answered = refused + throttled, answered + (not throttled)
            limits.finish(one, now, answered=not throttled, throttled=throttled)
            ticket += 1
            limits.enqueue(ticket, 1)
        if later is not None and later > now:
            now = later
        else:
            now += 0.01
    assert refused < 0.2 * answered
    assert answered > 300 * 5 * 0.4
