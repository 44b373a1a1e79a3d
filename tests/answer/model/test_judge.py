"""What is taken of a model's answers: only what is true, and never less after a second attempt."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.answer.endpoint.messages import AskAgain
from extractor.answer.model.judge import Judge, read_cut_json, read_json
from extractor.schema.catalogue import load_schema
from extractor.schema.shape import shape_of
from extractor.text.spans import Span
from tests.support.asking import ARTICLE, inventory_of

INVENTORY = inventory_of(ARTICLE)
SHAPE = shape_of(load_schema("release_event").model)


def judge(wanted: frozenset[str] | None = None) -> Judge:
    """Return an empty judge about the whole of the article."""
    return Judge(INVENTORY, SHAPE, Span(0, len(INVENTORY.article.text)), wanted)


WORDS = st.sampled_from(
    "Q1|Q2|[q3]|Q99|P1|P2.1|P99|N1|S2|S99|T1|direct|null||{{ 7*7 }}|\x00|the transport minister|"
    "We agreed on forty ferries.|We agreed on fifty ferries.".split("|")
)
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)
ROW = st.dictionaries(
    st.sampled_from(
        "quotation speaker via kind figure counts source evidence who count by from to action "
        "sender target status condition".split()
    ),
    ANY,
    max_size=6,
)
ANSWER = st.fixed_dictionaries(
    {},
    optional={
        key: st.lists(ROW | ANY, max_size=4) | ANY
        for key in ("quotes", "figures", "sanction_terms", "releases", "dismissed", "else")
    },
)


@given(st.lists(ANSWER, min_size=1, max_size=3))
@settings(max_examples=200, deadline=None)
def test_no_answer_breaks_it_and_only_the_articles_candidates_are_taken(
    answers: list[dict[str, Any]],
) -> None:
    """Whatever is answered, how often: rows rest on candidates of the article or on nothing."""
    gathered = judge()
    for answer in answers:
        gathered.accept_finally(answer)
    gathered.accept_reserve()
    for (key, anchor), rows in gathered.rows.items():
        assert key in {"quotes", "figures", "sanction_terms", "releases"}
        assert anchor in INVENTORY.by_id
        assert rows
    assert set(gathered.dismissed) <= INVENTORY.by_id.keys()


def test_a_second_attempt_does_not_touch_what_was_good() -> None:
    """Rows that were right stay; the corrected one replaces the wrong one."""
    gathered = judge()
    right = {"quotation": "Q1", "speaker": "P1", "via": None, "kind": "direct"}
    wrong = {"quotation": "Q2", "speaker": "P99", "via": None, "kind": "direct"}
    with pytest.raises(AskAgain, match=r"quotes\[1\]\.speaker: there is no name P99"):
        gathered.accept({"quotes": [right, wrong]})
    with pytest.raises(AskAgain, match="Q3, N1: in no row"):
        gathered.accept({"quotes": [{**wrong, "speaker": "P2"}]})
    rows = {anchor: rows[0].values["speaker"].id for (_, anchor), rows in gathered.rows.items()}
    assert rows == {"Q1": "P1", "Q2": "P2"}
    assert gathered.missing() == ["Q3", "N1"]


def test_what_was_not_asked_is_not_taken() -> None:
    """With a list of wanted candidates, rows on others are passed over without a complaint."""
    gathered = judge(frozenset({"Q1"}))
    row = {"speaker": None, "via": None, "kind": "direct"}
    gathered.accept(
        {
            "quotes": [{"quotation": "Q1", **row}, {"quotation": "Q2", **row}],
            "figures": [],
            "sanction_terms": [],
            "releases": [],
        }
    )
    assert list(gathered.rows) == [("quotes", "Q1")]


def test_a_sentence_that_holds_no_phrase_of_a_row_is_no_evidence_for_it() -> None:
    """A release whose every phrase stands elsewhere is not taken, with one complaint about it."""
    gathered = judge()
    row = {"evidence": "S2", "who": ["Peter Holm"], "count": "N1", "by": "P1", "to": ["London"]}
    with pytest.raises(AskAgain, match=r"releases\[0\]: not one of its phrases stands in S2"):
        gathered.accept({"releases": [row]})
    gathered.accept_reserve()
    assert ("releases", "S2") not in gathered.rows
    gathered.accept_finally({"releases": [{**row, "who": ["Anna Berg"]}]})
    gathered.accept_reserve()
    assert ("releases", "S2") in gathered.rows


def test_a_wrong_row_does_not_cost_another_on_the_same_sentence() -> None:
    """Two terms in one sentence are judged each on its own."""
    gathered = judge()
    term = {"evidence": "S2", "action": "lift", "sender": ["P1"], "target": ["Anna Berg"]}
    good = {**term, "status": "agreed"}
    gathered.accept_finally({"sanction_terms": [good, {**term, "status": "perhaps"}]})
    assert len(gathered.rows["sanction_terms", "S2"]) == 1


@given(st.text(max_size=60))
def test_reading_raises_only_faults(text: str) -> None:
    """Any text is a JSON object or a AskAgain; a cut one is whatever is whole in it."""
    with suppress(AskAgain):
        assert isinstance(read_json(text), dict)
    assert isinstance(read_cut_json(text), dict)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ('{"a": [1, 2, 3', {"a": [1, 2]}),
        ('{"a": [1], "b": "unfin', {"a": [1]}),
        ('{"a": [{"x": 1}, {"x": 2', {"a": [{"x": 1}]}),
        ('{"a": [1], "b": [', {"a": [1], "b": []}),
        ('```json\n{"a": [1, 2', {"a": [1]}),
        ("{", {}),
        ("no", {}),
    ],
)
def test_a_cut_answer_keeps_what_is_whole(text: str, left: dict[str, Any]) -> None:
    """The last thing begun is not taken: it may be cut in the middle of a value."""
    assert read_cut_json(text) == left


@pytest.mark.parametrize("text", ['{"a": "\\ud800"}', '{"a": NaN}', "[" * 5000, "1", '"x"'])
def test_what_is_no_sound_json_is_a_fault(text: str) -> None:
    """Lone surrogates, NaN and towers of brackets are refused like any other broken answer."""
    with pytest.raises(AskAgain):
        read_json(text)
