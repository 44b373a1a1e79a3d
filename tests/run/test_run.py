"""A run: every article ends done, failed with its reason, or skipped; nothing is done twice."""

import os
import shutil
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, Literal

import pytest

from extractor.answer.endpoint import client as transport
from extractor.article import Article
from extractor.errors import ExtractError, OutputError
from extractor.read import article_from_text
from extractor.read.source import Source
from extractor.run.inputs.sources import sources_in
from extractor.schema.catalogue import load_schema
from extractor.settings import Settings
from extractor.store import writer
from extractor.store.store import Store
from tests.support.asking import settings_for
from tests.support.runs import (
    PATIENCE,
    go,
    is_whole,
    make_coverage,
    number_in,
    right,
    rows,
    sheet,
    text_of,
)
from tests.support.stubs.server import Play, answers, fails, says, serving

pytestmark = pytest.mark.process


def asking(base_url: str, cache: Path, **changes: Any) -> Settings:
    """Return the settings of a run that asks a stub, with a cache of its own."""
    return settings_for(base_url, no_cache=False, cache_dir=cache, **changes)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    from tenacity import wait_fixed

    monkeypatch.setattr(transport, "_BACKOFF", wait_fixed(0.01))


# --- by the rules --------------------------------------------------------------------------------


def test_every_article_is_done_and_a_second_run_does_nothing(tmp_path: Path) -> None:
    """All done in the order of the coverage; unchanged again: not read, no process started."""
    coverage = make_coverage(tmp_path / "in", 40)
    first, _ = go([coverage], tmp_path / "out")
    assert (first.stats.done, first.stats.failed, first.stats.skipped) == (40, 0, 0)
    assert sheet(tmp_path / "out") == sorted(path.name for path in coverage.iterdir())
    again, seen = go([coverage], tmp_path / "out")
    assert (again.stats.done, again.stats.unchanged) == (0, 40)
    assert seen.entries == []
    assert rows(tmp_path / "out", "select count(*) from extraction") == [(40,)]


def test_what_cannot_be_read_costs_one_article(tmp_path: Path) -> None:
    """The others are done; the failed ones are named with their reasons, again on a second run."""
    coverage = make_coverage(tmp_path / "in", 10)
    (coverage / "a00003.txt").write_bytes(b"")
    (coverage / "a00005.txt").write_bytes(bytes(range(256)) * 20)
    for _ in range(2):
        outcome, seen = go([coverage, tmp_path / "missing.txt"], tmp_path / "out")
        assert outcome.stats.failed == 3
        assert set(seen.failed) == {"a00003.txt", "a00005.txt", "missing.txt"}
        assert "empty" in seen.failed["a00003.txt"]
    items = rows(
        tmp_path / "out", "select status, count(*) from run_item where run_id = 1 group by 1"
    )
    assert dict(items) == {"done": 8, "failed": 3}


def test_changed_articles_are_done_anew_and_touched_ones_are_not(tmp_path: Path) -> None:
    """A new text is work; a new date on the old text is not; a new article comes last."""
    coverage = make_coverage(tmp_path / "in", 6)
    go([coverage], tmp_path / "out")
    (coverage / "a00002.txt").write_text(text_of(77))
    os.utime(coverage / "a00004.txt", (1, 1))
    (coverage / "a0.txt").write_text(text_of(88))
    outcome, seen = go([coverage], tmp_path / "out")
    assert (outcome.stats.done, outcome.stats.same, outcome.stats.unchanged) == (2, 1, 4)
    assert {Path(entry.source).name for entry in seen.entries} == {
        "a00002.txt",
        "a00004.txt",
        "a0.txt",
    }
    names = [f"a{n:05}.txt" for n in range(6)]
    assert sheet(tmp_path / "out") == [*names, "a0.txt"]
    assert go([coverage], tmp_path / "out")[0].stats.unchanged == 7


def test_two_sources_of_one_text_are_one_article(tmp_path: Path) -> None:
    """The second is skipped and says whose text it has; the sheets show the text once."""
    coverage = make_coverage(tmp_path / "in", 3)
    for name in ("b.txt", "c.txt", "d.txt"):
        shutil.copy(coverage / "a00001.txt", coverage / name)
    outcome, seen = go([coverage], tmp_path / "out")
    assert (outcome.stats.done, outcome.stats.same) == (3, 3)
    reasons = [entry.reason for entry in seen.entries if hasattr(entry, "reason")]
    assert len([reason for reason in reasons if reason.startswith("the same text as")]) == 3
    assert len(sheet(tmp_path / "out")) == 3
    assert go([coverage], tmp_path / "out")[0].stats.unchanged == 6


def test_another_schema_is_other_work(tmp_path: Path) -> None:
    """The same folder holds both; each is skipped when it is done."""
    coverage = make_coverage(tmp_path / "in", 4)
    assert go([coverage], tmp_path / "out")[0].stats.done == 4
    assert go([coverage], tmp_path / "out", schema="figures")[0].stats.done == 4
    assert go([coverage], tmp_path / "out", schema="figures")[0].stats.unchanged == 4
    assert rows(tmp_path / "out", "select count(*) from article") == [(4,)]


def test_refresh_does_everything_anew(tmp_path: Path) -> None:
    """Once for each text, also when two sources have it."""
    coverage = make_coverage(tmp_path / "in", 4)
    shutil.copy(coverage / "a00001.txt", coverage / "b.txt")
    go([coverage], tmp_path / "out")
    outcome, _ = go([coverage], tmp_path / "out", Settings(refresh=True))
    assert (outcome.stats.done, outcome.stats.same) == (4, 1)


def test_a_limit_ends_after_so_many_and_the_next_run_goes_on(tmp_path: Path) -> None:
    """What is done already does not count; what is left is counted."""
    coverage = make_coverage(tmp_path / "in", 10)
    outcome, _ = go([coverage], tmp_path / "out", limit=4)
    assert (outcome.stats.done, outcome.left, outcome.stopped) == (4, 6, None)
    outcome, _ = go([coverage], tmp_path / "out", limit=4)
    assert (outcome.stats.done, outcome.stats.unchanged, outcome.left) == (4, 4, 2)
    assert go([coverage], tmp_path / "out", limit=0)[0].stats.done == 0


def test_an_error_nobody_expected_costs_one_article(tmp_path: Path, monkeypatch) -> None:
    """It is told as one to report; it is not tried again until --retry-failed."""
    from extractor.run.workers import worker

    coverage = make_coverage(tmp_path / "in", 10)
    works = worker.extract

    def breaks(article, schema, **more):  # type: ignore[no-untyped-def]
        return works(article, schema, **more) if "day 7\n" not in article.text else 1 / 0

    monkeypatch.setattr(worker, "extract", breaks)
    outcome, seen = go([coverage], tmp_path / "out")
    assert outcome.stats.done == 9
    assert "please report it: ZeroDivisionError" in seen.failed["a00007.txt"]
    monkeypatch.undo()
    outcome, _ = go([coverage], tmp_path / "out")
    assert (outcome.stats.done, outcome.stats.failed_before) == (0, 1)
    outcome, _ = go([coverage], tmp_path / "out", retry_failed=True)
    assert (outcome.stats.done, outcome.stats.unchanged) == (1, 9)
    assert go([coverage], tmp_path / "out")[0].stats.unchanged == 10


def test_an_article_that_kills_its_process_costs_itself_only(tmp_path: Path) -> None:
    """It is tried twice, the second time alone; every other article is done."""
    coverage = make_coverage(tmp_path / "in", 12)
    found = list(sources_in([str(coverage)]))
    found.insert(5, Source("killer", "", partial(os._exit, 9)))
    outcome, seen = go([], tmp_path / "out", sources=found)
    assert (outcome.stats.done, outcome.stats.failed) == (12, 1)
    assert "died twice" in seen.failed["killer"]


def test_a_process_that_dies_once_loses_nothing(tmp_path: Path) -> None:
    """A fresh one does what it had."""
    coverage = make_coverage(tmp_path / "in", 8)
    found = list(sources_in([str(coverage)]))
    found.insert(5, Source("b", "", partial(_die_once, str(tmp_path / "mark"))))
    outcome, _ = go([], tmp_path / "out", sources=found)
    assert (outcome.stats.done, outcome.stats.failed) == (9, 0)


def _die_once(mark: str) -> Article:
    if not Path(mark).exists():
        Path(mark).touch()
        os._exit(9)
    return article_from_text(text_of(1000), "b")


def test_a_store_that_cannot_be_written_ends_the_run(tmp_path: Path, monkeypatch) -> None:
    """Clearly, soon, and with what was written before."""
    coverage = make_coverage(tmp_path / "in", 300)
    store_write = writer.Store.write
    calls = []

    def full(self, run_id, entries):  # type: ignore[no-untyped-def]
        calls.append(1)
        if len(calls) > 1:
            raise OutputError("out/extract.sqlite: no room")
        store_write(self, run_id, entries)

    monkeypatch.setattr(writer.Store, "write", full)
    with pytest.raises(OutputError, match="no room"):
        go([coverage], tmp_path / "out")
    monkeypatch.undo()
    assert is_whole(tmp_path / "out")
    done = len(sheet(tmp_path / "out"))
    assert 0 < done < 300
    outcome, _ = go([coverage], tmp_path / "out")
    assert (outcome.stats.done, outcome.stats.unchanged) == (300 - done, done)


def test_a_coverage_that_breaks_off_ends_the_run_with_its_error(tmp_path: Path) -> None:
    """What was found before is done."""
    coverage = make_coverage(tmp_path / "in", 5)

    def found() -> Iterator[Source]:
        yield from sources_in([str(coverage)])
        raise ExtractError("the list ends here")

    with pytest.raises(ExtractError, match="the list ends"):
        go([], tmp_path / "out", sources=found())
    assert len(sheet(tmp_path / "out")) == 5


# --- by a model ----------------------------------------------------------------------------------


def test_a_model_is_asked_once_an_article(tmp_path: Path) -> None:
    """Calls, tokens and rows are in the store; with the store gone, the cache repeats no call."""
    coverage = make_coverage(tmp_path / "in", 30)
    with serving(right(0.01)) as stub:
        settings = asking(stub.base_url, tmp_path / "cache", concurrency=10)
        outcome, _ = go([coverage], tmp_path / "out", settings)
        assert (outcome.stats.done, len(stub.requests)) == (30, 30)
        assert stub.most_at_once <= 10
        usage = outcome.stats.usage
        assert (usage.calls, usage.input_tokens, usage.cost_usd) == (30, 3000, 0.0)
        go([coverage], tmp_path / "out", settings)
        outcome, _ = go([coverage], tmp_path / "elsewhere", settings)
        assert (outcome.stats.done, outcome.stats.usage.cache_hits) == (30, 30)
        assert len(stub.requests) == 30
    calls = rows(tmp_path / "out", "select outcome, count(*), sum(input_tokens) from call")
    assert calls == [("answered", 30, 3000)]
    assert rows(
        tmp_path / "out",
        "select count(*) from call join extraction using (work_key) where status = 'done'",
    ) == [(30,)]


def test_two_sources_of_one_text_are_paid_for_once(tmp_path: Path) -> None:
    """Also when both are under way at the same time, and without a cache."""
    coverage = make_coverage(tmp_path / "in", 2)
    for number in range(6):
        shutil.copy(coverage / "a00001.txt", coverage / f"b{number}.txt")
    with serving(right(0.1)) as stub:
        settings = settings_for(stub.base_url, concurrency=8)
        outcome, _ = go([coverage], tmp_path / "out", settings)
    assert (outcome.stats.done, outcome.stats.same, len(stub.requests)) == (2, 6, 2)


def test_a_slow_article_holds_up_nobody(tmp_path: Path) -> None:
    """One slow article holds up nobody: all others are asked about while it is under way."""
    coverage = make_coverage(tmp_path / "in", 40)
    others, overtaken = threading.Event(), []
    asked: set[int] = set()

    def script(body: dict[str, Any], _: int) -> Play:
        asked.add(number_in(body))
        if len(asked) == 40:
            others.set()
        if number_in(body) == 3:
            overtaken.append(others.wait(PATIENCE))
        return right()

    with serving(script) as stub:
        settings = settings_for(stub.base_url, concurrency=4, timeout=2 * PATIENCE)
        go([coverage], tmp_path / "out", settings)
    assert overtaken == [True]


FAULTS: dict[str, Play] = {
    "server error": fails(500),
    "rate limit": fails(429, retry_after_ms="10"),
    "unavailable": fails(503, retry_after="0"),
    "reset": Play(reset=True),
    "cut on the way": Play(body=b'{"choices": [{"mess', headers={"content-type": "text/json"}),
    "late": right(10 * PATIENCE),
    "empty": says(""),
    "not JSON": says("Here is what I found: nothing."),
    "wrong id": answers(
        {"quotes": [{"quotation": "Q9", "speaker": "P77", "via": None, "kind": "direct"}]}
    ),
}
FOR_GOOD: dict[str, Play] = {
    "refused": says(None, refusal="I cannot help with that."),
    "cut at the limit": says('{"quotes": [{"quo', finish="length"),
    "bad request": fails(400, "this is too much"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_passing_fault_on_one_of_many_costs_a_call(tmp_path: Path, fault: str) -> None:
    """Every article is done, the one that met the fault by one call more."""
    coverage = make_coverage(tmp_path / "in", 20)
    met: list[int] = []

    def script(body: dict[str, Any], number: int) -> Play:
        if number_in(body) == 7 and not met:
            met.append(number)
            return FAULTS[fault]
        return right()

    with serving(script) as stub:
        # An answer that never comes costs the time-out; on a busy machine others may be late too.
        patience = 2.0 if fault == "late" else PATIENCE
        settings = settings_for(stub.base_url, concurrency=4, timeout=patience)
        outcome, _ = go([coverage], tmp_path / "out", settings)
        assert (outcome.stats.done, outcome.stats.failed) == (20, 0)
        calls = len(stub.requests)
        assert calls == 21 or (fault == "late" and calls > 21)
        assert outcome.stats.usage.calls == calls
    assert rows(tmp_path / "out", "select count(*) from call") == [(calls,)]


@pytest.mark.parametrize("fault", [*FAULTS, *FOR_GOOD])
def test_a_fault_for_good_on_one_of_many_costs_that_article(tmp_path: Path, fault: str) -> None:
    """The others are done; the one is named with its reason, or done by the rules and so marked.

    An endpoint that answers nothing usable fails the article; an answer that does not stand the
    check leaves the rules' own.
    """
    coverage = make_coverage(tmp_path / "in", 20)
    play = FAULTS.get(fault) or FOR_GOOD[fault]
    with serving(lambda body, _: play if number_in(body) == 7 else right()) as stub:
        patience = 2.0 if fault == "late" else PATIENCE
        settings = settings_for(stub.base_url, concurrency=4, timeout=patience, retries=2)
        outcome, seen = go([coverage], tmp_path / "out", settings)
        assert outcome.stats.usage.calls == len(stub.requests)
        asked = len(stub.requests)
        assert outcome.stats.done + outcome.stats.failed == 20
        if outcome.stats.failed:
            assert list(seen.failed) == ["a00007.txt"]
            again, _ = go([coverage], tmp_path / "out", settings)
            assert (again.stats.unchanged, again.stats.failed_before) == (19, 1)
            assert len(stub.requests) == asked
        else:
            assert fault in {"empty", "not JSON", "wrong id", "refused", "cut at the limit"}
            with Store(tmp_path / "out", make=False) as store:
                warned = [
                    Path(one.article.source).name
                    for one in store.extractions(load_schema("quotes"))
                    if {remark.code for remark in one.warnings} - {"speaker_unresolved"}
                ]
            assert warned == ["a00007.txt"]
    assert len(sheet(tmp_path / "out")) == outcome.stats.done


def test_what_failed_is_tried_again_when_asked_for(tmp_path: Path) -> None:
    """--retry-failed asks for the failed ones only, and repairs the sheets."""
    coverage = make_coverage(tmp_path / "in", 12)
    down = [True]

    def script(body: dict[str, Any], _: int) -> Play:
        return fails(400, "not now") if down[0] and number_in(body) in (3, 8) else right()

    with serving(script) as stub:
        settings = settings_for(stub.base_url)
        outcome, seen = go([coverage], tmp_path / "out", settings)
        assert set(seen.failed) == {"a00003.txt", "a00008.txt"}
        down[0] = False
        asked = len(stub.requests)
        outcome, _ = go([coverage], tmp_path / "out", settings, retry_failed=True)
        assert (outcome.stats.done, outcome.stats.unchanged) == (2, 10)
        assert len(stub.requests) == asked + 2
    assert len(sheet(tmp_path / "out")) == 12


def test_an_endpoint_that_is_down_stops_the_run(tmp_path: Path) -> None:
    """After some failures in a row: a hundred articles are not failed for one cause."""
    coverage = make_coverage(tmp_path / "in", 100)
    with serving(fails(401, "no such key")) as stub:
        settings = settings_for(stub.base_url, concurrency=2)
        outcome, _ = go([coverage], tmp_path / "out", settings)
        assert outcome.stopped
        assert "no such key" in outcome.stopped
        assert outcome.stats.failed < 20
        assert outcome.left == 100 - outcome.stats.failed
        assert len(stub.requests) < 20
    with serving(right()) as stub:
        settings = settings_for(stub.base_url, concurrency=2)
        outcome, _ = go([coverage], tmp_path / "out", settings, retry_failed=True)
        assert outcome.stats.done == 100


def test_a_rate_is_kept_by_all_processes_together(tmp_path: Path) -> None:
    """With 120 a minute the tenth request is sent 4.5 s after the begin, or later."""
    coverage = make_coverage(tmp_path / "in", 10)
    with serving(right()) as stub:
        settings = settings_for(stub.base_url, concurrency=10)
        began = time.monotonic()
        go([coverage], tmp_path / "out", settings, requests_a_minute=120)
        assert len(stub.times) == 10
        assert max(stub.times) - began >= 9 * 0.5


def test_an_endpoint_that_says_too_many_is_given_time(tmp_path: Path) -> None:
    """429 for everything beyond ten a second: every article is done, few requests are refused."""
    coverage = make_coverage(tmp_path / "in", 40)
    allowed: list[float] = []

    def script(body: dict[str, Any], _: int) -> Play:
        now = time.monotonic()
        if sum(at > now - 1 for at in allowed) >= 10:
            return fails(429, "slow down")
        allowed.append(now)
        return right()

    with serving(script) as stub:
        settings = settings_for(stub.base_url, concurrency=10)
        outcome, _ = go([coverage], tmp_path / "out", settings)
        assert (outcome.stats.done, outcome.stats.failed) == (40, 0)
        assert len(stub.requests) - 40 <= 20


class Counted:
    """A budget of so many requests."""

    reason = "the budget is spent"

    def __init__(self, left: int) -> None:
        self.left = left
        self.under_way: set[int] = set()

    def reserve(self, ticket: int, tokens: int) -> Literal["go", "wait", "stop"]:  # noqa: ARG002
        """Let through what there is money for."""
        if not self.left:
            return "wait" if self.under_way else "stop"
        self.left -= 1
        self.under_way.add(ticket)
        return "go"

    def settle(self, ticket: int, call: object = None) -> None:  # noqa: ARG002
        """Take what is over."""
        self.under_way.discard(ticket)

    release = lose = settle


def test_a_budget_that_is_spent_stops_the_run_and_keeps_what_is_under_way(tmp_path: Path) -> None:
    """No request is sent once it says no; what was asked is finished; the rest is left."""
    coverage = make_coverage(tmp_path / "in", 30)
    with serving(right(0.05)) as stub:
        settings = settings_for(stub.base_url, concurrency=4)
        budget = Counted(12)
        outcome, _ = go([coverage], tmp_path / "out", settings, budget=budget)
        assert outcome.stopped == "the budget is spent"
        assert len(stub.requests) <= 12
        assert outcome.stats.done == len(stub.requests)
        assert outcome.stats.failed == 0
        assert outcome.left == 30 - outcome.stats.done
        outcome, _ = go([coverage], tmp_path / "out", settings)
        assert outcome.stats.done + outcome.stats.unchanged == 30
        assert len(stub.requests) == 30
