"""What an endpoint can do wrong, played by a stub: a right result or a clear error."""

import gc
import gzip
import json
import logging
from email.utils import formatdate
from pathlib import Path
from time import time
from typing import Any

import aiohttp
import httpx2
import openai
import pytest
from tenacity import wait_fixed

from extractor.answer.endpoint import client as transport
from extractor.answer.endpoint.failures import TransientFailure, asked_wait, classify, redact
from extractor.answer.model.asker import ModelAsker
from extractor.errors import (
    EndpointFailing,
    EndpointRefused,
    EndpointUnreachable,
    ModelError,
    UsageError,
)
from extractor.pipeline import extract
from extractor.read import article_from_text
from extractor.record import Extraction
from extractor.schema.catalogue import load_schema
from tests.support.asking import ARTICLE, KEY, ask, extract_from, name_id, settings_for
from tests.support.stubs.server import Play, Script, Stub, answers, fails, in_turn, says, serving


@pytest.fixture(autouse=True)
def _no_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_BACKOFF", wait_fixed(0.01))


def row(quotation: str, speaker: str | None, kind: str = "direct") -> dict[str, Any]:
    """Return a row as a model answers it."""
    return {"quotation": quotation, "speaker": speaker, "via": None, "kind": kind}


def whole(*rows: dict[str, Any], dismissed: tuple[tuple[str, str], ...] = ()) -> dict[str, Any]:
    """Return an answer of the plan "whole"."""
    return {"quotes": list(rows), "dismissed": [{"id": i, "reason": r} for i, r in dismissed]}


def good() -> dict[str, Any]:
    """Return an answer that is right in all three rows, by other values than the rules'."""
    berg, holm = name_id("Anna Berg"), name_id("Peter Holm")
    return whole(row("Q1", holm), row("Q2", berg), row("Q3", None, "fragment"))


def extracted(script: Script | Play, **changes: Any) -> tuple[Extraction, Stub]:
    """Run the whole way of the article against a stub."""
    with serving(script) as stub:
        return extract_from(settings_for(stub.base_url, **changes)), stub


def speakers(extraction: Extraction) -> list[str | None]:
    """Return who said what, in order."""
    quotes = extraction.to_json()["record"]["quotes"]
    return [quote["speaker"] and quote["speaker"]["name"] for quote in quotes]


def codes(extraction: Extraction) -> set[str]:
    """Return the codes of the warnings."""
    return {remark.code for remark in extraction.warnings}


BY_RULES = ["Anna Berg", "Peter Holm", "Critics"]
BY_MODEL = ["Peter Holm", "Anna Berg", None]


# --- an answer ---------------------------------------------------------------------------------


def test_a_right_answer_takes_one_call() -> None:
    """A right answer is used as it is: one call, nothing filled, the usage counted."""
    extraction, stub = extracted(answers(good()))
    assert speakers(extraction) == BY_MODEL
    assert len(stub.requests) == 1
    assert extraction.audit.filled_by_rules == ()
    usage = extraction.usage
    assert (usage.calls, usage.retries, usage.reasks) == (1, 0, 0)
    assert (usage.input_tokens, usage.output_tokens, usage.cost_usd) == (100, 10, 0.0)


def test_a_compressed_answer_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only such encodings are asked for as the client can undo, whatever the layer below can."""
    below = {"Accept": "*/*", "Accept-Encoding": "gzip, deflate, br, zstd"}
    monkeypatch.setattr(aiohttp.ClientRequest, "DEFAULT_HEADERS", below)
    plain = answers(good())
    packed = {**plain.headers, "content-encoding": "gzip"}
    extraction, stub = extracted(Play(body=gzip.compress(plain.body), headers=packed))
    assert speakers(extraction) == BY_MODEL
    assert stub.encodings == [httpx2.AsyncClient().headers["accept-encoding"]]


def test_the_request_is_strict_and_limited() -> None:
    """Every request carries a token limit and a strict schema with all fields required."""
    _, stub = extracted(answers(good()), max_output_tokens=777)
    request = stub.requests[0]
    assert request["max_tokens"] == 777
    sent = request["response_format"]["json_schema"]
    assert sent["strict"] is True
    assert sent["schema"]["additionalProperties"] is False
    quote = sent["schema"]["$defs"]["Quote"]
    assert quote["required"] == ["quotation", "speaker", "via", "kind"]
    assert "default" not in json.dumps(sent["schema"])


def test_code_fences_and_thoughts_are_tolerated() -> None:
    """JSON in a code fence after a model's thoughts is read."""
    content = f"<think>Who said it?</think>\n```json\n{json.dumps(good())}\n```"
    extraction, stub = extracted(says(content))
    assert speakers(extraction) == BY_MODEL
    assert len(stub.requests) == 1


# --- passing failures --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [
        fails(500),
        fails(503, retry_after="0"),
        fails(408),
        fails(409),
        fails(429, "slow down", retry_after_ms="20"),
        Play(reset=True),
        Play(body=b'{"choices": [{"mess', headers={"content-type": "application/json"}),
        Play(body=says("{}").body, headers={"content-type": "application/json"}, cut=40),
        Play(status=200),
        fails(404, x_should_retry="true"),
    ],
    ids=["500", "503", "408", "409", "429", "reset", "cut", "cut-announced", "empty", "told-to"],
)
def test_a_passing_failure_is_tried_again_once(fault: Play) -> None:
    """One passing failure costs one more call, and the result is the model's."""
    extraction, stub = extracted(in_turn(fault, answers(good())))
    assert speakers(extraction) == BY_MODEL
    assert len(stub.requests) == 2
    assert (extraction.usage.calls, extraction.usage.retries) == (2, 1)
    assert extraction.usage.reasks == 0


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (fails(500), EndpointFailing),
        (fails(429, retry_after="0"), EndpointFailing),
        (Play(reset=True), EndpointUnreachable),
        (Play(body=b'{"cho', headers={"content-type": "application/json"}), EndpointFailing),
    ],
    ids=["500", "429", "reset", "cut"],
)
def test_a_lasting_failure_ends_after_the_retries(fault: Play, error: type[ModelError]) -> None:
    """No layer repeats another's retries: with two retries there are three calls, no more."""
    with serving(fault) as stub:
        with pytest.raises(error) as caught:
            ask(settings_for(stub.base_url, retries=2))
        assert len(stub.requests) == 3
        assert stub.base_url in str(caught.value)
        assert caught.value.spent is not None
        assert caught.value.spent.calls == 3  # type: ignore[attr-defined]


def test_a_timeout_is_tried_again_and_then_told() -> None:
    """An endpoint that does not answer in time is a clear error after the retries."""
    with serving(Play(delay=60)) as stub:
        with pytest.raises(EndpointUnreachable, match=r"no answer within 1 s"):
            ask(settings_for(stub.base_url, timeout=1.0, retries=1))
        assert len(stub.requests) == 2


def test_nobody_listening_is_a_clear_error() -> None:
    """The error of a closed port names the address and what to check."""
    with pytest.raises(EndpointUnreachable, match=r"cannot be reached.*base URL"):
        ask(settings_for("http://127.0.0.1:9/v1", retries=1))


@pytest.mark.parametrize(
    ("cause", "message"),
    [
        (httpx2.ReadError(""), "cannot be reached (ReadError);"),
        (httpx2.ConnectError("refused"), "cannot be reached (ConnectError: refused);"),
        (aiohttp.ServerDisconnectedError(), "(ServerDisconnectedError: Server disconnected);"),
        (None, "cannot be reached (APIConnectionError);"),
    ],
)
def test_a_cause_without_words_is_named_by_its_kind(cause: Exception | None, message: str) -> None:
    """What broke the connection is named, with its words when it has some."""
    error = openai.APIConnectionError(request=httpx2.Request("POST", "http://127.0.0.1:9/v1"))
    error.__cause__ = cause
    failure = classify(error, settings_for("http://127.0.0.1:9/v1"))
    assert message in str(failure.error if isinstance(failure, TransientFailure) else failure)


@pytest.mark.parametrize("header", ["seconds", "milliseconds", "date"])
def test_retry_after_is_honoured(header: str) -> None:
    """The wait that the endpoint asks for is kept, in each form that is in use."""

    def script(_: object, number: int) -> Play:
        named = {
            "seconds": {"retry_after": "1"},
            "milliseconds": {"retry_after_ms": "1000"},
            "date": {"retry_after": formatdate(time() + 2, usegmt=True)},  # whole seconds
        }[header]
        return answers(good()) if number else fails(429, **named)

    _, stub = extracted(script)
    assert stub.times[1] - stub.times[0] >= 0.95


def test_waits_in_every_form() -> None:
    """Milliseconds, seconds and dates are read; nonsense is no wait at all."""
    assert asked_wait({"retry-after-ms": "1500", "retry-after": "9"}) == 1.5
    assert asked_wait({"retry-after": "2"}) == 2.0
    assert asked_wait({"retry-after": formatdate(1000, usegmt=True)}, now=990) == 10
    assert asked_wait({"retry-after": formatdate(1000, usegmt=True)}, now=2000) == 0
    for nonsense in ("", "soon", "-1", "nan", "inf"):
        assert asked_wait({"retry-after": nonsense}) is None


def test_a_wait_beyond_the_deadline_is_not_waited() -> None:
    """When the endpoint asks for more time than there is, the error says so and nobody waits."""
    with serving(fails(429, "quota for today", retry_after="3600")) as stub:
        with pytest.raises(EndpointFailing, match="quota for today"):
            ask(settings_for(stub.base_url, deadline=600))
        assert len(stub.requests) == 1


# --- permanent failures ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (fails(401, "Incorrect API key provided: " + KEY), "OPENAI_API_KEY"),
        (fails(403, "no access"), "OPENAI_API_KEY"),
        (fails(404, "The model does not exist", "model_not_found"), r"model's name \(stub\)"),
        (fails(400, "bad messages"), "bad messages"),
        (fails(422, "unprocessable"), "unprocessable"),
        (fails(429, "You exceeded your quota", "insufficient_quota"), "used up"),
        (fails(500, "broken for good", x_should_retry="false"), "broken for good"),
        (fails(400, "request exceeds the available context size"), "--plan narrow"),
        (
            Play(body=b"<html><body><h1>Welcome</h1></body></html>"),
            "not JSON.*base URL end in /v1",
        ),
        (Play(body=b'{"hello": 1}'), "no chat completion"),
        (Play(body=b'{"error": {"message": "no such route"}}'), "no such route"),
        (Play(body=b"[1, 2]"), "no chat completion"),
    ],
    ids=[
        "401",
        "403",
        "404",
        "400",
        "422",
        "quota",
        "told-not-to",
        "context",
        "html",
        "json",
        "error-in-200",
        "list",
    ],
)
def test_a_permanent_failure_ends_after_one_call(fault: Play, message: str) -> None:
    """What asking again will not mend is asked once, and the message says what to do."""
    with serving(fault) as stub:
        with pytest.raises(EndpointRefused, match=message) as caught:
            ask(settings_for(stub.base_url))
        assert len(stub.requests) == 1
        assert KEY not in str(caught.value)


def test_no_key_in_any_message_or_log(caplog: pytest.LogCaptureFixture) -> None:
    """The key is sent in the header and appears nowhere else, whatever the endpoint echoes."""
    echo = f"Bearer {KEY} is wrong, {KEY}"
    caplog.set_level(logging.DEBUG)
    with serving(fails(401, echo)) as stub, pytest.raises(EndpointRefused) as caught:
        ask(settings_for(stub.base_url))
    assert stub.keys == [f"Bearer {KEY}"]
    assert KEY not in str(caught.value)
    assert caught.value.__cause__ is None
    assert KEY not in caplog.text
    assert KEY not in repr(settings_for(stub.base_url))


def test_redaction_makes_one_short_printable_line() -> None:
    """Keys of any maker, terminal escapes and floods do not get into a message."""
    said = f"\x1b[31mkey {KEY}\nand sk-other-9876543210 and Bearer abcdefgh1234 " + "x" * 900
    line = redact(said, settings_for("http://127.0.0.1:1/v1"))
    assert KEY not in line
    assert "9876543210" not in line
    assert "abcdefgh1234" not in line
    assert line.isprintable()
    assert len(line) <= 300


@pytest.mark.parametrize("key", ["schlüssel-1", "two\nlines"])
def test_a_key_that_no_header_can_carry_is_a_usage_error(key: str) -> None:
    """A key with characters that no key has is refused before anything is sent, without the key."""
    with pytest.raises(UsageError, match="OPENAI_API_KEY") as caught:
        ModelAsker(settings_for("http://127.0.0.1:1/v1", api_key=key))
    assert key not in str(caught.value)


def test_openai_without_a_key_is_a_usage_error() -> None:
    """The public endpoint without a key is refused before anything is sent."""
    with pytest.raises(UsageError, match="needs a key"):
        ModelAsker(settings_for("https://api.openai.com/v1", api_key=None))


# --- endpoints that know less ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "parameter"),
    [
        ("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens'", "max_tokens"),
        ("'temperature' does not support 0 with this model", "temperature"),
    ],
)
def test_an_endpoint_without_a_parameter_is_asked_without_it(said: str, parameter: str) -> None:
    """A refused parameter is left out (or renamed) once, and from then on."""
    extraction, stub = extracted(in_turn(fails(400, said), answers(good())))
    assert speakers(extraction) == BY_MODEL
    assert len(stub.requests) == 2
    assert parameter not in stub.requests[1]
    assert stub.requests[1].keys() & {"max_tokens", "max_completion_tokens"}


def test_an_endpoint_without_json_schema_is_asked_for_json() -> None:
    """Where response_format json_schema is refused, the schema goes into the message."""
    refusal = fails(400, "response_format.type must be 'text' or 'json_object'")
    extraction, stub = extracted(in_turn(refusal, answers(good())))
    assert speakers(extraction) == BY_MODEL
    assert stub.requests[1]["response_format"] == {"type": "json_object"}
    assert '"additionalProperties": false' in stub.requests[1]["messages"][0]["content"]


def test_an_endpoint_that_refuses_everything_is_not_asked_for_ever() -> None:
    """Each lesson is learnt once; then the refusal is final."""
    with serving(fails(400, "response_format, temperature, max_completion_tokens")) as stub:
        with pytest.raises(EndpointRefused):
            ask(settings_for(stub.base_url))
        assert len(stub.requests) == 4


# --- wrong answers -----------------------------------------------------------------------------


def test_an_unknown_id_goes_back_with_the_exact_complaint() -> None:
    """The model is told which id is unknown, and its corrected row is used."""
    berg, holm = name_id("Anna Berg"), name_id("Peter Holm")
    first = whole(row("Q1", "P99"), row("Q2", berg), row("Q3", None, "fragment"))
    extraction, stub = extracted(in_turn(answers(first), answers(whole(row("Q1", holm)))))
    assert speakers(extraction) == BY_MODEL
    assert (len(stub.requests), extraction.usage.reasks) == (2, 1)
    complaint = stub.requests[1]["messages"][-1]["content"]
    assert "quotes[0].speaker: there is no name P99 in this article" in complaint
    assert "sent_back" in codes(extraction)


def test_what_stays_wrong_is_filled_by_the_rules_and_marked() -> None:
    """After two re-asks a wrong value is dropped, reported, and the rules' value is marked."""
    berg = name_id("Anna Berg")
    wrong = [
        answers(whole(row("Q1", f"P9{n}"), row("Q2", berg), row("Q3", None, "fragment")))
        for n in range(9)
    ]
    extraction, stub = extracted(in_turn(*wrong))
    assert len(stub.requests) == 3
    assert speakers(extraction) == ["Anna Berg", "Anna Berg", None]
    assert extraction.audit.filled_by_rules == ("quotes[0].speaker",)
    assert "value_dropped" in codes(extraction)


def test_missing_candidates_are_asked_for_and_then_filled() -> None:
    """A model that leaves quotations out is told which; the rules fill in what stays missing.

    The same complaint is not sent twice: an answer that did not mend it once will not.
    """
    extraction, stub = extracted(answers(whole(row("Q1", name_id("Peter Holm")))))
    assert len(stub.requests) == 2
    assert "Q2, Q3: in no row" in stub.requests[1]["messages"][-1]["content"]
    assert speakers(extraction) == ["Peter Holm", "Peter Holm", "Critics"]
    assert extraction.audit.filled_by_rules == ("quotes[1]", "quotes[2]")
    assert extraction.audit.unaccounted == ()


def test_an_invented_quotation_is_dropped() -> None:
    """A quotation that is not in the article does not reach the record."""
    invented = row("We agreed on fifty ferries, all of them new.", None)
    extraction, stub = extracted(answers({"quotes": [*good()["quotes"], invented]}))
    assert len(stub.requests) == 2
    assert speakers(extraction) == BY_MODEL
    assert "answer_dropped" in codes(extraction)


@pytest.mark.parametrize(
    ("content", "calls"),
    [
        ("", 3),
        ("I think it was Anna Berg.", 3),
        ("[]", 3),
        ('{"a', 3),
        ('{"quotes": "none"}', 2),
        ('{"quotes": [1, null]}', 2),
    ],
    ids=["empty", "prose", "list", "broken", "no-list", "no-rows"],
)
def test_an_answer_of_the_wrong_shape_leaves_it_to_the_rules(content: str, calls: int) -> None:
    """Whatever is not the schema goes back twice at most, then the rules answer, marked."""
    extraction, stub = extracted(says(content))
    assert len(stub.requests) == calls
    assert speakers(extraction) == BY_RULES
    assert extraction.audit.filled_by_rules == ("quotes[0]", "quotes[1]", "quotes[2]")
    assert codes(extraction) & {"answer_invalid", "answer_dropped"}


def test_an_answer_that_gets_worse_does_not_spoil_what_was_good() -> None:
    """Rows that were right stay when the next attempt is nonsense."""
    first = whole(row("Q1", name_id("Peter Holm")), row("Q2", name_id("Anna Berg")))
    extraction, _ = extracted(in_turn(answers(first), says("sorry"), says("sorry")))
    assert speakers(extraction) == ["Peter Holm", "Anna Berg", "Critics"]
    assert extraction.audit.filled_by_rules == ("quotes[2]",)


def test_an_answer_cut_at_the_limit_keeps_its_whole_rows() -> None:
    """finish_reason "length" is not asked again: whole rows stay, the last one begun does not."""
    text = json.dumps(good())
    cut = text[: text.index('"Q2"') + 30]
    extraction, stub = extracted(says(cut, finish="length"))
    assert len(stub.requests) == 1
    assert speakers(extraction) == ["Peter Holm", "Peter Holm", "Critics"]
    assert extraction.audit.filled_by_rules == ("quotes[1]", "quotes[2]")
    assert "answer_cut" in codes(extraction)


def test_a_refusal_is_told_and_the_rules_answer() -> None:
    """A model that declines is quoted in a warning; the rules fill in, marked."""
    extraction, stub = extracted(says(None, refusal="I cannot help with that."))
    assert len(stub.requests) == 1
    assert speakers(extraction) == BY_RULES
    assert len(extraction.audit.filled_by_rules) == 3
    messages = [w.message for w in extraction.warnings if w.code == "answer_invalid"]
    assert "I cannot help with that." in messages[0]


def test_a_failing_reask_keeps_the_first_answer() -> None:
    """When the endpoint dies between question and re-ask, what was right is not lost."""
    first = whole(row("Q1", name_id("Peter Holm")), row("Q2", name_id("Anna Berg")))
    extraction, stub = extracted(in_turn(answers(first), fails(400, "context size exceeded")))
    assert len(stub.requests) == 2
    assert speakers(extraction) == ["Peter Holm", "Anna Berg", "Critics"]


# --- many questions ----------------------------------------------------------------------------


def narrow(body: dict[str, Any], speaker: str | None = "Peter Holm") -> Play:
    """Answer a narrow question with a name from its closed list, or null."""
    offered = body["response_format"]["json_schema"]["schema"]["properties"]["speaker"]
    known = offered["anyOf"][0].get("enum", [])
    given = speaker if speaker in known else None
    return answers({"speaker": given, "via": None, "kind": "direct", "dismiss": None})


def test_narrow_asks_one_question_a_quotation_from_a_closed_list() -> None:
    """Three quotations are three questions; the answer is a name that stands near by."""
    extraction, stub = extracted(lambda body, _: narrow(body), plan="narrow")
    assert len(stub.requests) == 3
    assert extraction.audit.filled_by_rules == ()
    assert set(speakers(extraction)) <= {"Peter Holm", None}
    assert all("[Q" in stub.prompt(number) for number in range(3))


def test_one_failing_question_costs_that_question_only() -> None:
    """One call that fails for good leaves its quotation to the rules and keeps the others."""

    def script(body: dict[str, Any], _: int) -> Play:
        asked = body["messages"][1]["content"]
        return fails(500) if "Who said Q2" in asked else narrow(body)

    extraction, stub = extracted(script, plan="narrow", retries=1)
    assert len(stub.requests) == 4
    assert len(speakers(extraction)) == 3
    assert extraction.audit.filled_by_rules == ("quotes[1]",)
    assert "not_answered" in codes(extraction)


def test_a_wrong_key_ends_a_narrow_run_at_once() -> None:
    """What every question would meet is not met by every question."""
    with serving(fails(401)) as stub:
        with pytest.raises(EndpointRefused):
            ask(settings_for(stub.base_url, plan="narrow", concurrency=1))
        assert len(stub.requests) == 1


def test_a_dead_endpoint_ends_a_narrow_run_early() -> None:
    """After three failed questions and no answer the rest is not asked."""
    text = "\n\n".join(f'"Word number {n} it is," Peter Holm said.' for n in range(12))
    with serving(fails(500)) as stub:
        with pytest.raises(EndpointFailing):
            ask(settings_for(stub.base_url, plan="narrow", concurrency=1, retries=1), text)
        assert len(stub.requests) <= 8


def test_concurrency_is_bounded() -> None:
    """No more requests are under way than the settings allow."""
    text = "\n\n".join(f'"Word number {n} it is," Peter Holm said.' for n in range(8))

    def script(body: dict[str, Any], _: int) -> Play:
        play = narrow(body)
        play.delay = 0.3
        return play

    with serving(script) as stub:
        ask(settings_for(stub.base_url, plan="narrow", concurrency=3), text)
        assert len(stub.requests) == 8
        assert 2 <= stub.most_at_once <= 3


def test_assist_unsure_asks_only_what_the_rules_are_unsure_of() -> None:
    """With a threshold of 0 nothing is asked and the rules answer; with 1 everything is."""
    extraction, stub = extracted(answers(good()), assist="unsure", threshold=0.0)
    assert len(stub.requests) == 0
    assert speakers(extraction) == BY_RULES
    assert extraction.audit.filled_by_rules == ()
    assert extraction.usage.cost_usd == 0.0
    extraction, stub = extracted(answers(good()), assist="unsure", threshold=1.0)
    assert len(stub.requests) == 1
    assert speakers(extraction) == BY_MODEL


def test_disagreements_are_warnings() -> None:
    """Where the model and the rules name different speakers, a warning says so."""
    extraction, _ = extracted(answers(good()))
    remarks = [w for w in extraction.warnings if w.code == "disagreement"]
    assert {w.candidate for w in remarks} >= {"Q1", "Q2"}


@pytest.mark.parametrize("where", ["the article", "the answer"])
def test_half_a_surrogate_pair_costs_neither_the_article_nor_the_answer(
    where: str, tmp_path: Path
) -> None:
    """A JSON line or a cut answer may hold one: it is asked about once, and found in the cache."""
    play, text = answers(good()), ARTICLE
    if where == "the article":
        text += "\n\nHalf a \ud83d pair."
    else:
        answer = json.loads(play.body)
        message = answer["choices"][0]["message"]
        message["content"] = message["content"][:-1] + ', "remark": "\ud83d"}'
        message["reasoning"] = "\ud83d"
        play.body = json.dumps(answer).encode()
    with serving(play) as stub:
        asker = ModelAsker(settings_for(stub.base_url, no_cache=False, cache_dir=tmp_path))
        for calls in (1, 0):
            extraction = extract(article_from_text(text), load_schema("quotes"), asker=asker)
            assert extraction.usage.calls == calls
            assert speakers(extraction)[: len(BY_MODEL)] == BY_MODEL
        assert len(stub.requests) == 1


def test_an_asker_leaves_no_connection_to_an_event_loop_that_has_ended(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """One asker serves extractions in event loops of their own, and nothing stays open."""
    with serving(answers(good())) as stub:
        asker = ModelAsker(settings_for(stub.base_url))
        for number in range(2):
            article = article_from_text(f"{ARTICLE}\n\nNumber {number}.")
            assert extract(article, load_schema("quotes"), asker=asker).usage.calls == 1
        gc.collect()
    assert [one.getMessage() for one in caplog.records if one.name == "asyncio"] == []


def test_long_articles_are_asked_in_parts_that_merge() -> None:
    """An article over the limit is asked in parts; every quotation is asked about once."""
    lines = [f'"Sentence number {n} was said," Peter Holm said on day {n}.' for n in range(12)]
    text = "\n\n".join(lines)

    def script(body: dict[str, Any], _: int) -> Play:
        asked = body["messages"][1]["content"]
        ids = [f"Q{n}" for n in range(1, 13) if f"[Q{n}: " in asked]
        return answers(whole(*(row(i, None) for i in ids)))

    with serving(script) as stub:
        answer, usage = ask(settings_for(stub.base_url, part_characters=250), text)
        assert usage.calls == len(stub.requests) > 2
        shown = [stub.requests[n]["messages"][1]["content"] for n in range(len(stub.requests))]
    assert [row.anchor_id for row in answer.data["quotes"]] == [f"Q{n}" for n in range(1, 13)]
    assert sum(prompt.count("[Q") for prompt in shown) == 12
