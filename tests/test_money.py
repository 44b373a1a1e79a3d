"""Money: what a run will cost is said before it, and what it may cost is not passed."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from extractor.answer.gate import Call
from extractor.errors import UsageError
from extractor.run.money import Budget, budget_for
from extractor.settings import Price, Settings
from tests.asking import settings_for
from tests.coverage_made import go, make_coverage, right, rows, sheet
from tests.stub_server import Play, fails, serving

# The stub counts 100 tokens in and 10 out: with this an answer costs 0.011 dollars.
PRICES = {"stub": Price(input=100, output=100)}
EACH = 0.011


def over(given: int, written: int, outcome: str = "answered") -> Call:
    """Return a request that is over."""
    return Call("quotes", "key", 0.0, outcome, 1.0, given, written)


# --- the bound itself ----------------------------------------------------------------------------

REQUESTS = st.lists(
    st.tuples(
        st.integers(1, 3000),  # tokens as guessed
        st.integers(0, 6000),  # tokens in
        st.integers(0, 4000),  # tokens out
        st.sampled_from(["answered"] * 8 + ["timeout", "EndpointFailing", "lost", "unsent"]),
    ),
    max_size=60,
)


@hypothesis_settings(max_examples=200, deadline=None)
@given(REQUESTS, st.floats(0.0, 0.5), st.integers(1, 8), st.randoms(use_true_random=False))
def test_the_bound_is_passed_by_no_more_than_what_was_under_way(
    requests: list[tuple[int, int, int, str]], dollars: float, places: int, random: Any
) -> None:
    """Whatever requests cost, in whatever order they end: the bound, and what was in flight.

    Nothing is let through once the bound is reached; what each costs above what was put aside for
    it is the only way past the bound; whoever is told to wait waits for something.
    """
    price = Price(input=2, output=8)
    budget = Budget(dollars, price, 4000)
    under_way: dict[int, tuple[int, int, str]] = {}
    excess = paid = probe = 0.0
    queue = list(enumerate(requests))
    while queue or under_way:
        verdict = "wait"
        if queue and len(under_way) < places:
            ticket, (tokens, *rest) = queue[0]
            verdict = budget.reserve(ticket, tokens)
            if verdict == "go":
                assert paid < dollars or (paid == dollars == 0)
                if budget.spent + budget.aside > dollars:
                    assert len(under_way) == 0  # only the first of all, alone
                    assert ticket == 0 or budget.spent == 0
                    probe = budget.aside
                under_way[ticket] = tuple(rest)  # type: ignore[assignment]
                queue.pop(0)
                continue
            if verdict == "stop":
                assert not under_way
                assert budget.reason
                break
        assert under_way
        ended = random.choice(sorted(under_way))
        given_, written, outcome = under_way.pop(ended)
        aside = budget._aside[ended][0]
        before = budget.spent
        if outcome == "lost":
            budget.lose(ended)
        elif outcome == "unsent":
            budget.release(ended)
            assert budget.spent == before
        else:
            budget.settle(ended, over(given_, written, outcome))
            if outcome == "answered":
                cost = (given_ * 2 + written * 8) / 1_000_000
                paid += cost
                excess += max(0.0, cost - aside)
        assert budget.spent >= before
        assert budget.spent <= dollars + excess + probe + 1e-9
    assert budget.aside == pytest.approx(0.0)
    assert paid <= budget.spent + 1e-9


def test_requests_that_cost_the_same_use_the_budget_up() -> None:
    """What is left at the end is less than two of them, and the bound is not passed."""
    budget = Budget(1.0, Price(input=100, output=100), 4096)
    asked = 0
    while budget.reserve(asked, 900) == "go":
        budget.settle(asked, over(100, 10))
        asked += 1
    assert 1.0 - 2 * EACH < asked * EACH <= 1.0
    assert budget.reserve(asked, 900) == "stop"


def test_a_request_that_may_be_paid_for_counts() -> None:
    """A time-out keeps what was put aside; a refusal by the server gives it back."""
    budget = Budget(1.0, Price(input=100, output=100), 1000)
    assert budget.reserve(1, 1000) == "go"
    aside = budget.aside
    budget.settle(1, over(0, 0, "timeout"))
    assert budget.spent == pytest.approx(aside)
    assert budget.reserve(2, 1000) == "go"
    budget.settle(2, over(0, 0, "EndpointFailing"))
    assert budget.spent == pytest.approx(aside)


def test_an_endpoint_that_counts_nothing_is_not_free() -> None:
    """Answers without a count of tokens cost what was put aside: the bound holds."""
    budget = Budget(1.0, Price(input=100, output=100), 1000)
    for ticket in range(100):
        if budget.reserve(ticket, 1000) == "stop":
            break
        budget.settle(ticket, over(0, 0))
    assert 0 < budget.spent <= 1.0
    assert budget.reason


def test_a_budget_of_nothing_asks_nothing() -> None:
    """Not even to learn what a request costs."""
    assert Budget(0.0, Price(input=1, output=1), 100).reserve(1, 10) == "stop"


def test_a_budget_needs_a_price() -> None:
    """An unknown price is wrong use, and the message says how to give one; rules need none."""
    unknown = Settings(model="own", base_url="https://models.example.org/v1")
    with pytest.raises(UsageError, match=r'extract\.toml.*prices\."own" = \{ input'):
        budget_for(5.0, unknown)
    known = unknown.model_copy(update={"prices": {"own": Price(input=1, output=2)}})
    assert budget_for(5.0, known) is not None
    assert budget_for(None, unknown) is None
    assert budget_for(5.0, Settings()) is None


# --- in a run ------------------------------------------------------------------------------------


@pytest.mark.parametrize("places", [1, 8])
def test_a_run_stops_within_its_budget_and_goes_on_with_the_next(
    tmp_path: Path, places: int
) -> None:
    """What was paid for is done; the sum in the store is within it; nothing is paid twice."""
    coverage = make_coverage(tmp_path / "in", 40)
    with serving(right(0.02)) as stub:
        settings = settings_for(stub.base_url, concurrency=places, prices=PRICES)
        outcome, _ = go(
            [coverage], tmp_path / "out", settings, purse=budget_for(20.5 * EACH, settings)
        )
        assert outcome.stopped
        assert "budget of $0.2255" in outcome.stopped
        assert 18 <= outcome.tally.done <= 20
        assert outcome.tally.failed == 0
        assert outcome.left == 40 - outcome.tally.done
        assert outcome.tally.usage.cost_usd == pytest.approx(outcome.tally.done * EACH)
        assert len(stub.requests) == outcome.tally.done
        paid = rows(tmp_path / "out", "select sum(cost_usd), count(*) from call")
        assert paid[0][0] <= 20.5 * EACH
        outcome, _ = go([coverage], tmp_path / "out", settings, purse=budget_for(5.0, settings))
        assert outcome.stopped is None
        assert len(stub.requests) == 40
    assert len(sheet(tmp_path / "out")) == 40
    costs = rows(tmp_path / "out", "select distinct round(cost_usd, 6), calls from article_cost")
    assert costs == [(EACH, 1)]


def test_the_first_request_goes_alone_when_nothing_is_known(tmp_path: Path) -> None:
    """A budget smaller than the most that a request may cost still buys what it can."""
    coverage = make_coverage(tmp_path / "in", 20)
    with serving(right(0.1)) as stub:
        settings = settings_for(stub.base_url, concurrency=8, prices=PRICES)
        outcome, _ = go([coverage], tmp_path / "out", settings, purse=budget_for(0.08, settings))
        assert stub.times[1] - stub.times[0] >= 0.1
    assert 4 <= outcome.tally.done <= 7


def test_failures_cost_nothing_and_hold_nothing_back(tmp_path: Path) -> None:
    """Errors of the server give back what was put aside: the budget is for answers."""
    coverage = make_coverage(tmp_path / "in", 12)

    def script(body: dict[str, Any], number: int) -> Play:
        return fails(500) if number % 2 else right()

    with serving(script) as stub:
        settings = settings_for(stub.base_url, concurrency=2, prices=PRICES)
        outcome, _ = go(
            [coverage], tmp_path / "out", settings, purse=budget_for(14 * EACH, settings)
        )
    assert outcome.stopped is None
    assert outcome.tally.done == 12
