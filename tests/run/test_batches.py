"""Batches: the same questions at half the price, and nothing lost or paid twice on the way."""

import json
import re
import signal
from pathlib import Path
from typing import Any

import pytest
from tenacity import wait_fixed

from extractor.answer.endpoint import client as transport
from extractor.answer.endpoint.cache import request_key
from extractor.answer.endpoint.prices import price_of
from extractor.errors import UsageError
from extractor.run.batch import batches, ledger
from extractor.run.batch import endpoint as batch_endpoint
from extractor.run.batch.upload_files import BatchLine, UploadFiles
from extractor.run.requests.budget import budget_for
from extractor.settings import Price
from tests.support.asking import KEY, settings_for
from tests.support.processes.warm import Started, ran
from tests.support.runs import (
    PATIENCE,
    RIGHT,
    command,
    environment,
    go,
    is_whole,
    make_coverage,
    number_in,
    right,
    rows,
    sheet,
    wait_until,
)
from tests.support.stubs.batches import BatchStub, Body, serving_batches
from tests.support.stubs.server import Play, answers, fails, says, serving
from tests.support.trusting import trusting

pytestmark = pytest.mark.process

PRICES = {"stub": Price(input=10.0, output=100.0)}  # a line: 100 tokens in, 10 out
LINE = 100 * 10.0 / 1e6 + 10 * 100.0 / 1e6


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_BACKOFF", wait_fixed(0.01))
    monkeypatch.setattr(batch_endpoint, "_BACKOFF", wait_fixed(0.01))
    monkeypatch.setattr(batches, "_FIRST_PAUSE", 0.01)
    monkeypatch.setattr(batches, "_LONGEST_PAUSE", 0.02)
    monkeypatch.setattr(batches, "_FULL_PAUSE", 0.01)
    monkeypatch.setattr(batches, "_LONGEST_FULL_PAUSE", 0.02)


@pytest.fixture
def coverage(tmp_path: Path) -> Path:
    """Twelve articles."""
    return make_coverage(tmp_path / "in", 12)


def always(_: Body) -> Play:
    """Give the right answer."""
    return right()


def run(
    tmp_path: Path,
    coverage: Path,
    stub: BatchStub,
    *,
    more: dict[str, Any] | None = None,
    **how: Any,
):
    """Run in batches over a coverage."""
    given = {"no_cache": False, "cache_dir": tmp_path / "cache", "prices": PRICES, **(more or {})}
    settings = settings_for(stub.base_url, **given)
    how = {"jobs": 1, **how}  # starting a process takes longer than all else
    return go([coverage], tmp_path / "out", settings, batch_api=True, **how)


def submitted(stub: BatchStub) -> list[int]:
    """Return which articles the lines of all batches are about."""
    return sorted(number_in(row["body"]) for row in stub.lines)


def outcomes(tmp_path: Path) -> dict[str, int]:
    """Return how often lines ended how."""
    return dict(rows(tmp_path / "out", "select outcome, count(*) from batch_line group by outcome"))


# --- the happy way -------------------------------------------------------------------------------


def test_every_article_is_done_by_one_batch(tmp_path: Path, coverage: Path) -> None:
    """One file, one batch, every answer in its place though they come in any order."""
    with serving_batches(always) as stub:
        outcome, seen = run(tmp_path, coverage, stub)
        assert outcome.stopped is None
        assert (outcome.stats.done, outcome.stats.failed) == (12, 0)
        assert len(stub.batches) == 1
        assert submitted(stub) == list(range(12))
        assert not [path for _, path in stub.asked if path == "/chat/completions"]
        assert set(stub.keys) == {f"Bearer {KEY}"}
    assert sheet(tmp_path / "out") == sorted(path.name for path in coverage.iterdir())
    told = "\n".join(seen.notes)
    assert "12 requests submitted as batch_1" in told
    assert "completed, 12 of 12 done, 0 failed" in told
    assert "12 answered" in told
    assert rows(tmp_path / "out", "select count(*) from run") == [(1,)]


def test_the_questions_are_those_of_the_normal_way(tmp_path: Path, coverage: Path) -> None:
    """The same bodies, byte for byte as JSON; a custom id is the key of the answer in the cache."""
    with serving(right()) as normal:
        go([coverage], tmp_path / "normal", settings_for(normal.base_url))
        bodies = {number_in(body): body for body in normal.requests}
    with serving_batches(always) as stub:
        run(tmp_path, coverage, stub)
        for row in stub.lines:
            assert row["body"] == bodies[number_in(row["body"])]
            assert row["custom_id"] == request_key(stub.base_url, row["body"])


def test_the_same_comes_out_as_in_the_normal_way(tmp_path: Path, coverage: Path) -> None:
    """Rows and audit are equal; only what it has cost is not."""
    query = "select article_sha256, path, row from record order by article_sha256, path"
    with serving(right()) as normal:
        go([coverage], tmp_path / "normal", settings_for(normal.base_url))
    with serving_batches(always) as stub:
        run(tmp_path, coverage, stub)
    assert rows(tmp_path / "out", query) == rows(tmp_path / "normal", query)


def test_half_the_price_is_counted(tmp_path: Path, coverage: Path) -> None:
    """By call, by article and by run; the answers are calls that were paid, not hits."""
    with serving_batches(always) as stub:
        outcome, _ = run(tmp_path, coverage, stub)
    usage = outcome.stats.usage
    assert (usage.calls, usage.cache_hits) == (12, 0)
    assert (usage.input_tokens, usage.output_tokens) == (1200, 120)
    assert usage.cost_usd == pytest.approx(12 * LINE / 2)
    calls = rows(tmp_path / "out", "select outcome, cost_usd, work_key from call")
    assert len(calls) == len({key for *_, key in calls}) == 12
    assert all(cost == pytest.approx(LINE / 2) for _, cost, _ in calls)
    for spent in rows(tmp_path / "out", "select calls, cost_usd from extraction"):
        assert spent == (1, pytest.approx(LINE / 2))
    kept = rows(tmp_path / "out", "select cost_usd from run")
    assert kept == [(pytest.approx(12 * LINE / 2),)]


def test_again_nothing_is_asked(tmp_path: Path, coverage: Path) -> None:
    """What is done is not submitted; a new article makes a batch of one line."""
    with serving_batches(always) as stub:
        run(tmp_path, coverage, stub)
        steps = len(stub.asked)
        outcome, _ = run(tmp_path, coverage, stub)
        assert outcome.stats.unchanged == 12
        assert len(stub.asked) == steps
        make_coverage(coverage, 13)
        outcome, _ = run(tmp_path, coverage, stub)
        assert outcome.stats.done == 1
        assert submitted(stub) == list(range(13))


def test_what_the_cache_has_is_not_submitted(tmp_path: Path, coverage: Path) -> None:
    """Answers of a normal run are used; they cost nothing."""
    with serving_batches(always) as stub:
        run(tmp_path, coverage, stub)
        settings = settings_for(stub.base_url, no_cache=False, cache_dir=tmp_path / "cache")
        outcome, _ = go([coverage], tmp_path / "other", settings, batch_api=True)
        assert outcome.stats.done == 12
        assert (outcome.stats.usage.calls, outcome.stats.usage.cache_hits) == (0, 12)
        assert len(stub.batches) == 1


def test_refresh_asks_anew_once(tmp_path: Path, coverage: Path) -> None:
    """Cached answers are left; those that come are used."""
    with serving_batches(always) as stub:
        run(tmp_path, coverage, stub)
        outcome, _ = run(tmp_path, coverage, stub, more={"refresh": True})
        assert outcome.stats.done == 12
        assert outcome.stats.usage.calls == 12
        assert len(stub.batches) == 2


def test_many_questions_an_article_go_into_one_batch(tmp_path: Path, coverage: Path) -> None:
    """By the narrow plan too all questions of all articles are asked at once."""
    (coverage / "a00000.txt").write_text(
        "Harbour counts ships, day 0\n\n"
        '"We counted ships in the fog," Anna Berg said on Monday.\n\n'
        '"Nobody counted boats that day," Peter Holm told reporters.\n\n'
        '"Then they should have," Anna Berg said.\n'
    )

    def script(body: Body) -> Play:
        return answers({"speaker": None, "via": None, "kind": "direct", "dismiss": None})

    with serving_batches(script) as stub:
        outcome, _ = run(tmp_path, coverage, stub, more={"plan": "narrow"})
        assert outcome.stats.done == 12
        first = stub.batches["batch_1"]
        assert len(first.rows) == 11 + 3


def test_a_limit_counts_articles_once(tmp_path: Path, coverage: Path) -> None:
    """--limit 5: five articles are submitted and finished, seven are left."""
    with serving_batches(always) as stub:
        outcome, _ = run(tmp_path, coverage, stub, limit=5)
        assert outcome.stats.done == 5
        assert outcome.left == 7
        assert len(stub.lines) == 5
        outcome, _ = run(tmp_path, coverage, stub)
        assert outcome.stats.done == 7
        assert submitted(stub) == list(range(12))


def test_files_are_cut_at_the_limits(tmp_path: Path) -> None:
    """As many lines and bytes as a file may have; nobody else may read them."""
    files = UploadFiles(tmp_path)
    files.most_lines, files.most_bytes = 3, 1000
    for number in range(7):
        files.add(BatchLine(f"{number:064}", "w", "quotes"), {"n": number})
    files.add(BatchLine("x" * 64, "w", "quotes"), {"n": "y" * 700})
    files.add(BatchLine("z" * 64, "w", "quotes"), {"n": "\u2028\ud800"})
    sizes = []
    for file in files.take():
        assert file.path.stat().st_mode & 0o077 == 0
        content = file.path.read_bytes()
        assert len(content) == file.size <= 1000
        written = [json.loads(line) for line in content.splitlines()]
        assert [row["custom_id"] for row in written] == [line.request_key for line in file.lines]
        sizes.append(len(file.lines))
    assert sum(sizes) == 9
    assert max(sizes) == 3
    assert list(tmp_path.iterdir()) == []


def test_several_batches_at_a_time(
    tmp_path: Path, coverage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More requests than a file may have make several batches, all of them waited for."""
    monkeypatch.setattr("extractor.run.batch.upload_files.MOST_LINES", 5)
    with serving_batches(always, most_lines=5) as stub:
        outcome, _ = run(tmp_path, coverage, stub)
        assert outcome.stats.done == 12
        assert [len(made.rows) for made in stub.batches.values()] == [5, 5, 2]


# --- what goes wrong -----------------------------------------------------------------------------


def test_an_answer_at_fault_goes_back_in_the_next_batch(tmp_path: Path, coverage: Path) -> None:
    """With the complaint, as in the normal way; what was right is not asked again."""
    wrong = {**RIGHT, "quotes": [{**RIGHT["quotes"][0], "quotation": "Q9"}]}

    def script(body: Body) -> Play:
        again = len(body["messages"]) > 2
        return answers(wrong) if number_in(body) in (3, 7) and not again else right()

    with serving_batches(script) as stub:
        outcome, _ = run(tmp_path, coverage, stub)
        assert outcome.stats.done == 12
        assert [len(made.rows) for made in stub.batches.values()] == [12, 2]
        for row in stub.batches["batch_2"].rows:
            assert number_in(row["body"]) in (3, 7)
            assert "Q9" in row["body"]["messages"][-1]["content"]
        assert outcome.stats.usage.calls == 14
        assert outcome.stats.usage.reasks == 2
        assert outcome.stats.usage.cost_usd == pytest.approx(14 * LINE / 2)
    assert sheet(tmp_path / "out") == sorted(path.name for path in coverage.iterdir())


def test_an_answer_that_stays_wrong_ends_as_in_the_normal_way(tmp_path: Path) -> None:
    """After as many re-asks the article is done without it, and no further batch is made."""
    coverage = make_coverage(tmp_path / "in", 1)
    wrong = {**RIGHT, "quotes": [{**RIGHT["quotes"][0], "quotation": "Q9"}]}
    with serving(answers(wrong)) as normal:
        go([coverage], tmp_path / "normal", settings_for(normal.base_url))
        bodies = normal.requests
    with serving_batches(lambda _: answers(wrong)) as stub:
        outcome, _ = run(tmp_path, coverage, stub)
        assert outcome.stats.done == 1
        assert [row["body"] for row in stub.lines] == bodies
        assert len(stub.batches) == len(bodies) > 1
    query = "select status, counts from extraction"
    assert rows(tmp_path / "out", query) == rows(tmp_path / "normal", query)


@pytest.mark.parametrize("end", ["expired", "cancelled", "failed"])
def test_a_batch_that_does_not_complete_is_asked_again(
    tmp_path: Path, coverage: Path, end: str
) -> None:
    """Only the lines that it did not answer: half of an expired one, all of a failed one."""
    with serving_batches(always, ends=[end]) as stub:
        outcome, _ = run(tmp_path, coverage, stub)
        assert (outcome.stats.done, outcome.stats.failed) == (12, 0)
        again = len(stub.batches["batch_2"].rows)
        assert again == (12 if end == "failed" else 6)
        assert outcome.stats.usage.calls == 12
        assert outcome.stats.usage.cost_usd == pytest.approx(12 * LINE / 2)
    assert outcomes(tmp_path) == {"answered": 12, "failed": again}
    assert rows(tmp_path / "out", "select status from batch order by id") == [
        (end,),
        ("completed",),
    ]


def test_a_line_that_fails_for_good_costs_its_article(tmp_path: Path, coverage: Path) -> None:
    """Tried three times, then failed with the endpoint's reason; --retry-failed begins anew."""
    broken = [True]

    def script(body: Body) -> Play:
        return fails(500, "no luck today") if number_in(body) == 4 and broken[0] else right()

    with serving_batches(script) as stub:
        outcome, seen = run(tmp_path, coverage, stub)
        assert (outcome.stats.done, outcome.stats.failed) == (11, 1)
        assert "no luck today" in seen.failed["a00004.txt"]
        assert "3 batches tried" in seen.failed["a00004.txt"]
        assert [len(made.rows) for made in stub.batches.values()] == [12, 1, 1]
        assert outcome.stats.usage.calls == 11
        broken[0] = False
        outcome, _ = run(tmp_path, coverage, stub)
        assert outcome.stats.failed_before == 1
        outcome, _ = run(tmp_path, coverage, stub, retry_failed=True)
        assert outcome.stats.done == 1
        assert len(stub.batches) == 4


def test_a_line_that_fails_once_is_asked_again(tmp_path: Path, coverage: Path) -> None:
    """In the next batch, alone."""
    first = {4}

    def script(body: Body) -> Play:
        if number_in(body) in first:
            first.discard(number_in(body))
            return fails(429, "slow down")
        return right()

    with serving_batches(script) as stub:
        outcome, _ = run(tmp_path, coverage, stub)
        assert outcome.stats.done == 12
        assert [len(made.rows) for made in stub.batches.values()] == [12, 1]


def test_a_line_that_is_refused_is_not_asked_again(tmp_path: Path, coverage: Path) -> None:
    """Asking again would not mend it."""

    def script(body: Body) -> Play:
        return fails(400, "the context is too long") if number_in(body) == 4 else right()

    with serving_batches(script) as stub:
        outcome, seen = run(tmp_path, coverage, stub)
        assert (outcome.stats.done, outcome.stats.failed) == (11, 1)
        assert "the context is too long" in seen.failed["a00004.txt"]
        assert len(stub.batches) == 1


def test_a_batch_in_which_all_lines_fail_has_no_output_file(tmp_path: Path) -> None:
    """It is completed all the same: the error file alone says what happened."""
    coverage = make_coverage(tmp_path / "in", 3)
    with serving_batches(lambda _: fails(400, "nothing works")) as stub:
        outcome, seen = run(tmp_path, coverage, stub)
        assert stub.batches["batch_1"].shown["output_file_id"] is None
        assert outcome.stats.failed == 3
        assert all("nothing works" in reason for reason in seen.failed.values())


def test_a_parameter_that_the_model_does_not_know_is_left_out(
    tmp_path: Path, coverage: Path
) -> None:
    """Learnt from the lines' refusals, as in the normal way; the next batch goes without it."""

    def script(body: Body) -> Play:
        if "max_tokens" in body:
            return fails(400, "Unsupported parameter: use 'max_completion_tokens' instead")
        return fails(400, "'temperature' must be 1") if "temperature" in body else right()

    with serving_batches(script) as stub:
        outcome, _ = run(tmp_path, coverage, stub)
        assert outcome.stats.done == 12
        assert [len(made.rows) for made in stub.batches.values()] == [12, 12, 12]
        make_coverage(coverage, 13)  # another run remembers
        outcome, _ = run(tmp_path, coverage, stub)
        assert outcome.stats.done == 1
        assert len(stub.batches) == 4


def test_a_parameter_that_stays_refused_ends(tmp_path: Path, coverage: Path) -> None:
    """An endpoint that complains of what was left out already is believed."""
    with serving_batches(lambda _: fails(400, "temperature is bad")) as stub:
        outcome, _ = run(tmp_path, coverage, stub)
        assert outcome.stats.failed >= 8
        assert len(stub.batches) == 2


@pytest.mark.parametrize(
    "spoilt",
    [b'{"id": "batch_req_1", "custom_id": "', b"[]", b"\xff\xfe", b'{"custom_id": 7}', b"{}"],
)
def test_a_malformed_line_is_asked_again(tmp_path: Path, coverage: Path, spoilt: bytes) -> None:
    """Whatever it is, the other lines count, and the article gets its answer."""
    done = []

    def spoil(lines: list[bytes]) -> list[bytes]:
        if done:
            return lines
        done.append(True)
        return [*lines[:4], spoilt, b"", *lines[5:]]

    with serving_batches(always, spoil=spoil) as stub:
        outcome, seen = run(tmp_path, coverage, stub)
        assert outcome.stats.done == 12
        assert [len(made.rows) for made in stub.batches.values()] == [12, 1]
        assert any("1 lines of its answers cannot be understood" in note for note in seen.notes)


def test_answers_to_other_custom_ids_are_nobodys(tmp_path: Path, coverage: Path) -> None:
    """An id that was not sent, or that comes twice, changes nothing; what is missing is asked."""
    done = []

    def spoil(lines: list[bytes]) -> list[bytes]:
        if done:
            return lines
        done.append(True)
        row = json.loads(lines[2])
        row["custom_id"] = "f" * 64
        wrong = json.loads(lines[5])
        wrong["response"]["body"]["choices"][0]["message"]["content"] = "twice"
        return [*lines[:2], json.dumps(row).encode(), *lines[3:], json.dumps(wrong).encode()]

    with serving_batches(always, spoil=spoil) as stub:
        outcome, _ = run(tmp_path, coverage, stub)
        assert outcome.stats.done == 12
        assert [len(made.rows) for made in stub.batches.values()] == [12, 1]
        assert outcome.stats.usage.calls == 12
        assert outcome.stats.usage.reasks == 0


@pytest.mark.parametrize(
    "body", [{}, {"choices": []}, None, "text", {"choices": [{"message": None}]}]
)
def test_an_answer_that_is_no_completion_fails_its_article(
    tmp_path: Path, coverage: Path, body: object
) -> None:
    """Status 200 and something else in it: a failure with a reason, no crash."""

    def script(asked: Body) -> Play:
        return Play(body=json.dumps(body).encode()) if number_in(asked) == 4 else right()

    with serving_batches(script) as stub:
        outcome, seen = run(tmp_path, coverage, stub)
        assert (outcome.stats.done, outcome.stats.failed) == (11, 1)
        assert "a00004.txt" in seen.failed


@pytest.mark.parametrize("play", [says("{", "length"), says(None, refusal="I will not")])
def test_a_cut_or_declined_answer_ends_as_in_the_normal_way(tmp_path: Path, play: Play) -> None:
    """The article is done by what there is and the rules, with a warning, after one batch."""
    coverage = make_coverage(tmp_path / "in", 2)
    with serving(play) as normal:
        ends, _ = go([coverage], tmp_path / "normal", settings_for(normal.base_url))
    with serving_batches(lambda _: play) as stub:
        outcome, _ = run(tmp_path, coverage, stub)
        assert (outcome.stats.done, outcome.stats.failed) == (ends.stats.done, ends.stats.failed)
        assert len(stub.batches) == 1
    query = "select status, counts from extraction order by article_sha256"
    assert rows(tmp_path / "out", query) == rows(tmp_path / "normal", query)


def test_an_account_that_takes_no_more_gets_smaller_batches(
    tmp_path: Path, coverage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Halved until they fit; it is not counted as a failure of the lines."""
    monkeypatch.setattr(batches, "_FEWEST", 1)
    monkeypatch.setattr("extractor.run.batch.upload_files.MOST_LINES", 16)
    with serving_batches(always, full=2) as stub:
        outcome, _ = run(tmp_path, coverage, stub)
        assert (outcome.stats.done, outcome.stats.failed) == (12, 0)
        taken = [made for made in stub.batches.values() if made.shown["status"] == "completed"]
        assert all(len(made.rows) <= 2 for made in taken)
        assert sum(len(made.rows) for made in taken) == 12


def test_an_endpoint_without_batches_stops_the_run(tmp_path: Path, coverage: Path) -> None:
    """With its words; nothing fails, everything is left."""
    with serving_batches(always, refuse=lambda *_: fails(404, "no such route")) as stub:
        outcome, _ = run(tmp_path, coverage, stub)
        assert outcome.stopped is not None
        assert "no such route" in outcome.stopped
        assert outcome.stats.failed == 0
        assert outcome.left == 12


@pytest.mark.parametrize(
    "step", ["/files", "/batches", "/batches/batch_1", "/files/file-2/content"]
)
def test_a_passing_failure_at_any_step_is_got_over(
    tmp_path: Path, coverage: Path, step: str
) -> None:
    """One error at each step: one batch all the same, every answer there."""
    failed = []

    def refuse(_: str, path: str) -> Play | None:
        if path == step and not failed:
            failed.append(path)
            return fails(503, "busy")
        return None

    with serving_batches(always, refuse=refuse) as stub:
        outcome, _ = run(tmp_path, coverage, stub)
        assert failed
        assert outcome.stats.done == 12
        assert len(stub.batches) == 1


def test_an_answer_file_that_is_cut_is_fetched_again(tmp_path: Path, coverage: Path) -> None:
    """A connection that ends in the middle loses no line."""
    cut = []

    with serving_batches(always) as stub:

        def refuse(_: str, path: str) -> Play | None:
            if path.endswith("/content") and not cut:
                cut.append(path)
                return Play(200, stub.files["file-2"].content, cut=1000)
            return None

        stub.refuse = refuse
        outcome, _ = run(tmp_path, coverage, stub)
        assert cut
        assert outcome.stats.done == 12
        assert len(stub.batches) == 1


def test_a_batch_that_may_have_been_made_is_looked_for(tmp_path: Path, coverage: Path) -> None:
    """The answer to its making is lost: it is found in the list, not made twice."""
    lost = []

    with serving_batches(always) as stub:

        def refuse(method: str, path: str) -> Play | None:
            if method == "POST" and path == "/batches" and not lost:
                lost.append(path)
                content = {"input_file_id": "file-1", "endpoint": "/v1/chat/completions"}
                stub.make({**content, "completion_window": "24h"})
                return fails(502, "bad gateway")
            return None

        stub.refuse = refuse
        outcome, _ = run(tmp_path, coverage, stub)
        assert outcome.stats.done == 12
        assert len(stub.batches) == 1


def test_a_batch_that_the_endpoint_has_forgotten_is_asked_again(
    tmp_path: Path, coverage: Path
) -> None:
    """Nothing of it is to be had: its lines go into a new one."""
    with serving_batches(always) as stub:

        def refuse(method: str, path: str) -> Play | None:
            return fails(404, "no such batch") if path == "/batches/batch_1" else None

        stub.refuse = refuse
        outcome, _ = run(tmp_path, coverage, stub)
        assert outcome.stats.done == 12
        assert len(stub.batches) == 2


# --- going on after a restart --------------------------------------------------------------------


class Killed(BaseException):
    """The process is gone."""


# A batch is uploaded, created, looked at, its lines noted, and itself; killed before, or after.
_STEPS = [
    ("record_upload", False),
    ("record_created", True),
    ("record_created", False),
    ("record_state", True),
    ("record_outcomes", True),
    ("record_outcomes", False),
    ("record_read", True),
    ("record_read", False),
]


@pytest.mark.parametrize(("step", "before"), _STEPS)
def test_a_restart_between_any_two_steps_goes_on(
    tmp_path: Path,
    coverage: Path,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    before: bool,
) -> None:
    """One batch, every answer paid once, whatever was noted last."""
    right_step = getattr(ledger.BatchLedger, step)

    def dies(*given: Any) -> Any:
        if not before:
            right_step(*given)
        raise Killed

    with serving_batches(always) as stub:
        with monkeypatch.context() as patch:
            patch.setattr(ledger.BatchLedger, step, dies)
            with pytest.raises(Killed):
                run(tmp_path, coverage, stub)
        assert is_whole(tmp_path / "out")
        outcome, _ = run(tmp_path, coverage, stub)
        assert (outcome.stats.done, outcome.stats.failed) == (12, 0)
        assert len(stub.batches) == 1
        assert submitted(stub) == list(range(12))
    assert rows(tmp_path / "out", "select count(*) from call") == [(12,)]
    spent = rows(tmp_path / "out", "select sum(calls), sum(cost_usd) from extraction")
    assert spent == [(12, pytest.approx(12 * LINE / 2))]
    assert not list((tmp_path / "out").glob(".extract-batch*"))


def test_a_restart_before_anything_was_submitted(
    tmp_path: Path, coverage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was uploaded and not noted is uploaded again; no batch was made of it."""

    def dies(*_: Any) -> Any:
        raise Killed

    with serving_batches(always) as stub:
        with monkeypatch.context() as patch:
            patch.setattr(ledger.BatchLedger, "record_upload", dies)
            with pytest.raises(Killed):
                run(tmp_path, coverage, stub)
        assert not list((tmp_path / "out").glob(".extract-batch*"))
        (tmp_path / "out" / ".extract-batch-2.jsonl").write_text("left by a kill\n")
        outcome, _ = run(tmp_path, coverage, stub)
        assert outcome.stats.done == 12
        assert len(stub.batches) == 1
    assert not list((tmp_path / "out").glob(".extract-batch*"))


def _arguments(tmp_path: Path, stub: BatchStub, coverage: Path) -> list[str]:
    return command(
        *("-s", "quotes", "--model", "stub", "--base-url", stub.base_url, "-f", "jsonl"),
        *("--batch-api", "-o", f"{tmp_path}/out/", coverage),
    )


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_stopped_command_goes_on_with_polling(
    tmp_path: Path, coverage: Path, how: signal.Signals
) -> None:
    """kill -9 or Ctrl-C while the batch is worked on: the same command waits for that one."""
    with serving_batches(always, looks=10_000) as stub:
        env = environment(tmp_path / "cache", OPENAI_API_KEY=KEY)
        process = Started(_arguments(tmp_path, stub, coverage), env)
        wait_until(lambda: ("GET", "/batches/batch_1") in stub.asked, process.errors)
        process.send_signal(how)
        _, told = process.communicate(PATIENCE)
        if how == signal.SIGINT:
            assert process.returncode == 130, told
            assert b"12 left; the same command goes on" in told
            assert b"Traceback" not in told
        stub.looks = 0
        done = ran(_arguments(tmp_path, stub, coverage), env)
        assert done.returncode == 0, done.stderr
        assert len(stub.batches) == 1
        assert len(stub.lines) == 12
    assert len(sheet(tmp_path / "out")) == 12
    assert rows(tmp_path / "out", "select distinct status from batch") == [("completed",)]


def test_the_key_is_nowhere(tmp_path: Path, coverage: Path) -> None:
    """Not in the files that are uploaded, in the store, in what is told or in a reason."""

    def script(body: Body) -> Play:
        return fails(400, f"wrong key {KEY}") if number_in(body) == 4 else right()

    with serving_batches(script) as stub:
        env = environment(tmp_path / "cache", OPENAI_API_KEY=KEY)
        done = ran(_arguments(tmp_path, stub, coverage), env)
        assert done.returncode == 1
        assert KEY.encode() not in done.stderr + done.stdout
        assert not [
            f for f in stub.files.values() if f.purpose == "batch" and KEY.encode() in f.content
        ]
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert KEY.encode() not in path.read_bytes(), path


# --- wrong use -----------------------------------------------------------------------------------


def test_batches_need_a_model_a_cache_and_a_run(tmp_path: Path, coverage: Path) -> None:
    """Status 2 and a message that says what to do."""
    env = environment(tmp_path / "cache")
    out = ("-o", f"{tmp_path}/out/", coverage)
    for words, arguments in (
        ("--model", ("-s", "quotes", "--batch-api", *out)),
        ("--no-cache", ("-s", "quotes", "--model", "m", "--no-cache", "--batch-api", *out)),
        ("folder", ("-s", "quotes", "--model", "m", "--batch-api", coverage / "a00000.txt")),
    ):
        done = ran(command(*arguments), env)
        assert done.returncode == 2, done.stderr
        assert words in done.stderr.decode()


def test_a_cache_is_needed(tmp_path: Path, coverage: Path) -> None:
    """Without one there would be no place for the answers."""
    with serving_batches(always) as stub, pytest.raises(UsageError):
        run(tmp_path, coverage, stub, more={"no_cache": True})


# --- money ---------------------------------------------------------------------------------------


def test_a_budget_holds_for_batches_too(tmp_path: Path, coverage: Path) -> None:
    """At half the price: what is put into a batch could be paid; what was paid for is finished."""
    settings = settings_for(
        "http://127.0.0.1:1/v1", prices=PRICES, max_output_tokens=100, no_cache=False
    )
    bound = 6.5 * LINE / 2
    with serving_batches(always) as stub:
        budget = budget_for(bound, settings, batch=True)
        outcome, _ = run(tmp_path, coverage, stub, more={"max_output_tokens": 100}, budget=budget)
        assert outcome.stopped is not None
        assert "budget" in outcome.stopped
        assert outcome.stats.done == len(stub.lines) >= 3
        assert outcome.left == 12 - outcome.stats.done
        assert outcome.stats.usage.cost_usd == pytest.approx(len(stub.lines) * LINE / 2)
        assert outcome.stats.usage.cost_usd <= bound
        outcome, _ = run(tmp_path, coverage, stub, more={"max_output_tokens": 100})
        assert outcome.stats.done + outcome.stats.unchanged == 12
        assert submitted(stub) == list(range(12))


def test_the_price_in_a_batch_is_half(tmp_path: Path) -> None:
    """Of what the user or the list says; unknown stays unknown, nothing stays nothing."""
    settings = settings_for("https://elsewhere/v1", prices=PRICES, cache_dir=tmp_path)
    price = price_of(settings, batch=True)
    assert price == Price(input=5.0, output=50.0)
    assert price_of(settings_for("https://elsewhere/v1"), batch=True) is None


def test_an_estimate_knows_of_batches(tmp_path: Path, coverage: Path) -> None:
    """`--estimate --batch-api` says half of what `--estimate` says."""
    (tmp_path / "extract.toml").write_text('prices."stub" = { input = 1000.0, output = 4000.0 }\n')
    trusting(tmp_path)
    found = []
    for flags in ((), ("--batch-api",)):
        done = ran(
            command(
                *("-s", "quotes", "--model", "stub", "--base-url", "http://127.0.0.1:9/v1"),
                *("--estimate", *flags, "-o", f"{tmp_path}/out/", coverage),
            ),
            environment(tmp_path / "cache"),
            tmp_path,
        )
        assert done.returncode == 0, done.stderr
        cost = re.search(r"about \$([\d.,]+)", done.stdout.decode().split("cost")[1])
        assert cost is not None, done.stdout
        found.append(float(cost.group(1).replace(",", "")))
    assert found[1] == pytest.approx(found[0] / 2, rel=0.02)
