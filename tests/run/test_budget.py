"""Money: what a run will cost is said before it, and what it may cost is not passed."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from tenacity import wait_fixed

from extractor.answer.endpoint import client as transport
from extractor.answer.endpoint.gates import Call
from extractor.errors import UsageError
from extractor.run.estimate.call_sizes import RecordedSizes
from extractor.run.estimate.estimate import Estimate, estimate
from extractor.run.inputs.sources import sources_in
from extractor.run.requests.budget import Budget, budget_for
from extractor.schema.catalogue import load_schema
from extractor.settings import Price, Settings
from extractor.store.entries import CallFor
from extractor.store.store import Store
from extractor.store.work_key import recipe_for
from tests.benchmarks.training.call_sizes import measured
from tests.conftest import ROOT
from tests.support.asking import settings_for
from tests.support.processes.warm import ran
from tests.support.runs import (
    command,
    environment,
    go,
    make_coverage,
    right,
    rows,
    sheet,
    text_of,
)
from tests.support.stubs.recorded import recorded_answers
from tests.support.stubs.server import Play, answers, fails, serving
from tests.support.trusting import trusting

# The stub counts 100 tokens in and 10 out: with this an answer costs 0.011 dollars.
PRICES = {"stub": Price(input=100, output=100)}
EACH = 0.011


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_BACKOFF", wait_fixed(0.01))


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


@hypothesis_settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
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
                if budget.spent + budget.reserved > dollars:
                    assert len(under_way) == 0  # only the first of all, alone
                    assert ticket == 0 or budget.spent == 0
                    probe = budget.reserved
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
        aside = budget._reserved[ended][0]
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
    assert budget.reserved == pytest.approx(0.0)
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
    aside = budget.reserved
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


@pytest.mark.process
@pytest.mark.parametrize("places", [1, 8])
def test_a_run_stops_within_its_budget_and_goes_on_with_the_next(
    tmp_path: Path, places: int
) -> None:
    """What was paid for is done; the sum in the store is within it; nothing is paid twice."""
    coverage = make_coverage(tmp_path / "in", 40)
    with serving(right(0.02)) as stub:
        settings = settings_for(stub.base_url, concurrency=places, prices=PRICES)
        outcome, _ = go(
            [coverage], tmp_path / "out", settings, budget=budget_for(20.5 * EACH, settings)
        )
        assert outcome.stopped
        assert "budget of $0.2255" in outcome.stopped
        assert 18 <= outcome.stats.done <= 20
        assert outcome.stats.failed == 0
        assert outcome.left == 40 - outcome.stats.done
        assert outcome.stats.usage.cost_usd == pytest.approx(outcome.stats.done * EACH)
        assert len(stub.requests) == outcome.stats.done
        paid = rows(tmp_path / "out", "select sum(cost_usd), count(*) from call")
        assert paid[0][0] <= 20.5 * EACH
        outcome, _ = go([coverage], tmp_path / "out", settings, budget=budget_for(5.0, settings))
        assert outcome.stopped is None
        assert len(stub.requests) == 40
    assert len(sheet(tmp_path / "out")) == 40
    costs = rows(tmp_path / "out", "select distinct round(cost_usd, 6), calls from article_cost")
    assert costs == [(EACH, 1)]


@pytest.mark.process
def test_the_first_request_goes_alone_when_nothing_is_known(tmp_path: Path) -> None:
    """A budget smaller than the most that a request may cost still buys what it can."""
    coverage = make_coverage(tmp_path / "in", 20)
    with serving(right(0.1)) as stub:
        settings = settings_for(stub.base_url, concurrency=8, prices=PRICES)
        outcome, _ = go([coverage], tmp_path / "out", settings, budget=budget_for(0.08, settings))
        assert stub.times[1] - stub.times[0] >= 0.1
    assert 4 <= outcome.stats.done <= 7


@pytest.mark.process
def test_failures_cost_nothing_and_hold_nothing_back(tmp_path: Path) -> None:
    """Errors of the server give back what was put aside: the budget is for answers."""
    coverage = make_coverage(tmp_path / "in", 12)

    seen: set[str] = set()

    def script(body: dict[str, Any], _: int) -> Play:
        question = str(body["messages"])
        first = question not in seen
        seen.add(question)
        return fails(500) if first else right()

    with serving(script) as stub:
        settings = settings_for(stub.base_url, concurrency=2, prices=PRICES)
        outcome, _ = go(
            [coverage], tmp_path / "out", settings, budget=budget_for(14 * EACH, settings)
        )
    assert outcome.stopped is None
    assert outcome.stats.done == 12


# --- the estimate --------------------------------------------------------------------------------

SEEDS = ["bbc-prisoners", "reuters-prisoners"]


def estimated(names: list[Path], settings: Settings, folder: Path | None, **more: Any) -> Estimate:
    """Return the estimate of a run over files."""
    schema = load_schema(more.pop("schema", "quotes"))
    sources = sources_in([str(name) for name in names], output=folder)
    return estimate(sources, schema, settings, recipe_for(settings, schema), folder=folder, **more)


@pytest.mark.process
@pytest.mark.parametrize("plan", ["whole", "narrow"])
@pytest.mark.parametrize("articles", [SEEDS, SEEDS[:1], SEEDS[1:]])
def test_an_estimate_is_near_what_recorded_calls_cost(
    tmp_path: Path, articles: list[str], plan: str
) -> None:
    """Within 15%, re-asks included, in calls, tokens and money; one article by the other's calls.

    Nothing is sent and no file is made; afterwards nothing is left to pay, or what is not cached.
    """
    files = [ROOT / "tests" / "articles" / f"{name}.txt" for name in articles]
    script = recorded_answers(*[f"{name}-{plan}" for name in articles])
    # One article alone is estimated by the recorded calls about the other.
    recorded = RecordedSizes.of(measured(articles[0])) if len(articles) == 1 else None
    with serving(script) as stub:
        settings = settings_for(
            stub.base_url,
            plan=plan,
            prices={"stub": Price(input=0.4, output=1.6)},
            max_output_tokens=2500,
            no_cache=False,
            cache_dir=tmp_path / "cache",
        )
        found = estimated(
            files, settings, tmp_path / "out", schema="release_event", recorded=recorded
        )
        assert stub.requests == []
        assert list(tmp_path.iterdir()) == []
        outcome, _ = go(files, tmp_path / "out", settings, schema="release_event")
        usage = outcome.stats.usage
        assert found.articles == outcome.stats.done == len(files)
        assert found.expected.calls == pytest.approx(usage.calls, rel=0.15)
        assert found.expected.input_tokens == pytest.approx(usage.input_tokens, rel=0.15)
        assert found.expected.output_tokens == pytest.approx(usage.output_tokens, rel=0.15)
        assert found.cost_usd == pytest.approx(usage.cost_usd, rel=0.15)

        known = {"schema": "release_event", "recorded": recorded}
        after = estimated(files, settings, tmp_path / "out", **known)
        assert (after.articles, after.done, after.expected.calls) == (0, len(files), 0)
        elsewhere = estimated(files, settings, None, **known)
        assert elsewhere.answered + elsewhere.expected.calls == pytest.approx(usage.calls, abs=1)


@pytest.mark.process
def test_an_estimate_leaves_out_what_is_done_or_answered(tmp_path: Path) -> None:
    """What the store has is not counted, nor what the cache has; --refresh counts everything."""
    coverage = make_coverage(tmp_path / "in", 12)
    with serving(right()) as stub:
        cached = {"no_cache": False, "cache_dir": tmp_path / "cache", "prices": PRICES}
        settings = settings_for(stub.base_url, **cached)
        go([coverage], tmp_path / "out", settings, limit=5)
        asked = len(stub.requests)
        found = estimated([coverage], settings, tmp_path / "out")
        assert (found.articles, found.done) == (7, 5)
        assert 7 <= found.expected.calls < 7 * 1.5
        elsewhere = estimated([coverage], settings, tmp_path / "other")
        assert (elsewhere.articles, elsewhere.answered) == (12, 5)
        assert elsewhere.expected.calls >= 7
        again = settings.model_copy(update={"refresh": True})
        assert estimated([coverage], again, tmp_path / "out").articles == 12
        assert estimated([coverage], settings, tmp_path / "out", limit=3).articles == 3
        assert len(stub.requests) == asked
        assert not (tmp_path / "other").exists()


@pytest.mark.process
def test_an_estimate_learns_from_the_calls_of_its_model(tmp_path: Path) -> None:
    """After twenty articles the rest is estimated by these, whatever the endpoint counts."""
    coverage = make_coverage(tmp_path / "in", 60)
    with serving(right()) as stub:
        settings = settings_for(stub.base_url, prices=PRICES)
        before = estimated([coverage], settings, tmp_path / "out")
        go([coverage], tmp_path / "out", settings, limit=20)
        found = estimated([coverage], settings, tmp_path / "out")
        outcome, _ = go([coverage], tmp_path / "out", settings)
    usage = outcome.stats.usage
    assert (found.articles, usage.calls, found.known_calls) == (40, 40, 20)
    assert before.expected.calls > 1.5 * 60  # a small model's
    assert found.expected.calls == pytest.approx(40, rel=0.15)
    assert found.cost_usd == pytest.approx(usage.cost_usd, rel=0.15)


@pytest.mark.process
def test_an_estimate_over_very_many_articles_looks_at_a_sample(tmp_path: Path) -> None:
    """The same one each time; it comes near to looking at all, and says that it is a sample."""
    coverage = make_coverage(tmp_path / "in", 60)
    settings = settings_for("http://127.0.0.1:9/v1", prices=PRICES)
    every = estimated([coverage], settings, None)
    some = estimated([coverage], settings, None, most=15)
    assert (every.looked_at, some.looked_at, some.articles) == (60, 15, 60)
    assert some.cost_usd == pytest.approx(every.cost_usd, rel=0.05)
    assert some == estimated([coverage], settings, None, most=15)
    assert "sample    15 articles" in "\n".join(some.lines())
    assert "sample" not in "\n".join(every.lines())


@pytest.mark.process
def test_what_cannot_be_read_is_not_estimated(tmp_path: Path) -> None:
    """It is counted by itself; two files of one text are asked about once."""
    coverage = make_coverage(tmp_path / "in", 4)
    (coverage / "b.txt").write_text((coverage / "a00001.txt").read_text())
    (coverage / "c.txt").write_bytes(b"")
    found = estimated([coverage], settings_for("http://127.0.0.1:9/v1"), None)
    assert (found.articles, found.done, found.unreadable) == (4, 1, 1)


# --- through the command -------------------------------------------------------------------------


def extract(folder: Path, *arguments: object, prices: bool = True) -> tuple[int, str, str]:
    """Run the command in a folder; return its status and what it printed."""
    if prices:
        (folder / "extract.toml").write_text("[prices.stub]\ninput = 100\noutput = 100\n")
        trusting(folder)
    done = ran(command("--schema", "quotes", *arguments), environment(folder / "cache"), folder)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.mark.process
def test_the_command_keeps_to_a_budget_and_says_how_to_go_on(tmp_path: Path) -> None:
    """Exit status 1, what is left and how to go on; repeated it spends nothing more, until raised.

    Once all is done the next run into the folder has a budget of its own.
    """
    coverage = make_coverage(tmp_path / "in", 12)
    with serving(right()) as stub:
        asking = ["--model", "stub", "--base-url", stub.base_url, coverage, "-o", "out/"]
        status, told, _ = extract(tmp_path, *asking, "--estimate", "--budget", 0.1)
        assert status == 0
        assert "12 to do" in told
        assert "budget    $0.1000 reaches for about" in told
        assert not stub.requests
        status, _, said = extract(tmp_path, *asking, "--budget", 0.1)
        done = len(stub.requests)
        assert (status, 7 <= done <= 9) == (1, True)
        assert "the budget of $0.1000 does not reach any further" in said
        assert f"{12 - done} left; the same command goes on from here" in said
        assert f"${done * EACH:.4f}, $0.0110 an article" in said
        status, _, said = extract(tmp_path, *asking, "--budget", 0.1)
        assert (status, len(stub.requests)) == (1, done)
        spent = f"${done * EACH:.4f}"
        assert f"budget of $0.1000 is one with run 1, which this run goes on with: {spent}" in said
        _, told, _ = extract(tmp_path, *asking, "--estimate", "--budget", 0.1)
        assert f"budget    $0.1000, {spent} of it spent before, reaches for about" in told
        assert extract(tmp_path, *asking, "--budget", 0.3)[0] == 0
        assert len(stub.requests) == 12
        (coverage / "new.txt").write_text(text_of(50))
        status, _, said = extract(tmp_path, *asking, "--budget", 0.1)
        assert (status, len(stub.requests)) == (0, 13)  # what came to its end is another matter
        assert "is one with" not in said
    showing = command("runs", "show", 1, "-o", tmp_path / "out")
    shown = ran(showing, environment(tmp_path / "cache"), check=True).stdout.decode()
    assert f"spent     {done} calls, {done * 100} tokens in, {done * 10} out" in shown
    assert "dearest   $0.0110, 1 calls: " in shown


@pytest.mark.process
def test_the_command_refuses_a_budget_without_a_price(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit status 2, and the line for one's own extract.toml; nothing is asked, no folder made."""
    own = tmp_path / "config" / "news-extract" / "extract.toml"
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    own.parent.mkdir(parents=True)
    coverage = make_coverage(tmp_path / "in", 2)
    asking = ["--model", "own", "--base-url", "https://models.example.org/v1", coverage]
    status, _, said = extract(tmp_path, *asking, "-o", "out/", "--budget", 5, prices=False)
    assert status == 2
    line = said.partition("such as ")[2].strip()
    assert f"put it into {own}" in said
    own.write_text(line + "\n")
    assert not (tmp_path / "out").exists()
    assert tomllib.loads(line) == {"prices": {"own": {"input": 1.0, "output": 4.0}}}
    status, told, _ = extract(tmp_path, *asking, "--estimate", prices=False)
    assert status == 0
    assert "cost      about $" in told
    status, _, said = extract(tmp_path, coverage / "a00000.txt", "--budget", 5, prices=False)
    assert status == 2
    assert "--budget is for a run" in said


def test_what_a_killed_run_has_paid_for_is_known(tmp_path: Path) -> None:
    """The next run notes it: calls and money of a run that had no time to say."""
    with Store(tmp_path) as store:
        run = store.begin_run(recipe_for(Settings(), load_schema("quotes")), [])
        store.write(run, [CallFor("k", Call("quotes", "r", 0.0, "answered", 1.0, 100, 10, EACH))])
        store.write(run, [CallFor("k", Call("quotes", "r", 0.0, "timeout", 1.0))])
        store.begin_run(recipe_for(Settings(), load_schema("quotes")), [])
        row = store.run(run)
    assert (row["status"], row["calls"], row["input_tokens"]) == ("broken", 2, 100)
    assert row["cost_usd"] == pytest.approx(EACH)


@pytest.mark.process
def test_what_was_begun_first_is_finished_first(tmp_path: Path) -> None:
    """When the money ends amid articles of many questions, most that was paid for is done."""
    coverage = tmp_path / "in"
    coverage.mkdir()
    for number in range(8):
        lines = "\n\n".join(
            f'"We counted {number * 10 + n} ships," Anna Berg said on day {n}.' for n in range(10)
        )
        (coverage / f"a{number}.txt").write_text(f"Harbour counts, day {number}\n\n{lines}\n")
    play = answers({"speaker": None, "via": None, "kind": "direct", "dismiss": None})
    play.delay = 0.05
    with serving(play) as stub:
        settings = settings_for(stub.base_url, concurrency=4, plan="narrow", prices=PRICES)
        outcome, _ = go(
            [coverage], tmp_path / "out", settings, budget=budget_for(45 * EACH, settings)
        )
    assert outcome.stopped
    assert outcome.stats.done >= 3
    assert outcome.stats.usage.calls == len(stub.requests) <= 45
    assert outcome.stats.usage.cost_usd == pytest.approx(len(stub.requests) * EACH)
