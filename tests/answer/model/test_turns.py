"""Turns and a model: it reads them framed behind their labels; that they are turns is not asked."""

import json
from typing import Any

import pytest

from extractor.answer.model.markup import mark_up
from tests.support.asking import ARTICLE, extract_from, inventory_of, settings_for
from tests.support.stubs.server import answers, serving
from tests.support.transcripts import TRANSCRIPTS

HEARING = (TRANSCRIPTS / "hearing.txt").read_text(encoding="utf-8")


def test_turns_are_framed_behind_their_labels() -> None:
    """The label stands outside of the frame, a quotation in a turn inside of it."""
    inventory = inventory_of((TRANSCRIPTS / "briefing.txt").read_text(encoding="utf-8"))
    whole = inventory.article.paragraphs[-1].span.end
    marked = mark_up(inventory, inventory.article.paragraphs[0].span._replace(end=whole),
                     {q.id for q in inventory.quotations})  # fmt: skip
    assert "\nMR MILLER: [Q3: It does not. The embargo" in marked
    assert '[Q6: The president of Sarral said this morning, [Q7: "We are waiting' in marked
    assert 'for nobody."] Your answer?]' in marked
    assert "[Q1 continued: The ambassador returns" in marked


@pytest.mark.parametrize("plan", ["whole", "narrow"])
def test_a_model_is_told_of_turns_where_there_are_some(plan: str) -> None:
    """The prompt explains turns only for an article that holds them."""
    for text, told in ((HEARING, True), (ARTICLE, False)):
        with serving(answers({"quotes": [], "dismissed": []})) as stub:
            extract_from(settings_for(stub.base_url, plan=plan, reasks=0), text)
            sent = "\n".join(stub.prompt(n) for n in range(len(stub.requests)))
        assert ("what that speaker says until the next label" in sent) is told


@pytest.mark.parametrize("plan", ["whole", "narrow"])
def test_no_model_can_call_a_quotation_a_turn_or_a_turn_another_thing(plan: str) -> None:
    """`turn` is no choice in the JSON schema, and a turn is one whatever the model says."""
    speaker = next(e.id for e in inventory_of(HEARING).names if e.name == "Jonas Vik")
    row: dict[str, Any] = {"speaker": speaker, "via": None, "kind": "fragment"}
    whole = {"quotes": [{"quotation": "Q1", **row}], "dismissed": []}
    with serving(answers(whole if plan == "whole" else {**row, "dismiss": None})) as stub:
        extraction = extract_from(settings_for(stub.base_url, plan=plan), HEARING)
        asked = [json.dumps(request) for request in stub.requests]
    assert not any('"turn"' in body or '\\"turn\\"' in body or "| turn" in body for body in asked)
    quotes = extraction.to_json()["record"]["quotes"]
    assert len(quotes) == 8
    assert {quote["kind"] for quote in quotes} == {"turn"}
    assert quotes[0]["speaker"]["name"] == "Jonas Vik"  # what the model says of the speaker counts
