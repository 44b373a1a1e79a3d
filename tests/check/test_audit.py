"""An answer in any state becomes a record that is true to the article, with nothing unreported."""

from typing import Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from extractor.answers import Answer, Dismissal
from extractor.check.audit import Checked, check, ground
from extractor.check.resolve import fault_line
from extractor.fields import Figure, Name, Quotation, Sentence, Verbatim
from extractor.find.inventory import Inventory
from extractor.record import record_from_json, record_to_json
from extractor.schema.catalogue import load_schema
from tests.support.effort import calls_of
from tests.support.inventory import TEXT, at, inventory

EVENT = load_schema("release_event").model
QUOTES = load_schema("quotes").model
FIGURES = load_schema("figures").model
TERMS = load_schema("sanction_terms").model

GOOD: dict[str, list[dict[str, Any]]] = {
    "releases": [
        {
            "evidence": "S7",
            "who": ["nine monks"],
            "count": "N4",
            "by": "P2",
            "from": None,
            "to": [],
            "when": None,
            "in_exchange_for": None,
        }
    ],
    "quotes": [
        {"quotation": "Q1", "speaker": "P1", "via": None, "kind": "direct"},
        {"quotation": "Q2", "speaker": "P1.2", "via": None, "kind": "direct"},
    ],
    "figures": [
        {"figure": "N1", "counts": "prisoners", "source": "P1"},
        {"figure": "N2", "counts": "political prisoners", "source": "P1"},
        {"figure": "N3", "counts": "political prisoners", "source": None},
        {"figure": "N4", "counts": "monks", "source": None},
    ],
    "sanction_terms": [
        {
            "evidence": "S1",
            "action": "keep",
            "sender": ["P1"],
            "target": ["timber"],
            "measure": "the sanctions on timber",
            "status": "in_force",
            "condition": None,
            "when": None,
        },
        {
            "evidence": "S3",
            "action": "lift",
            "sender": ["P2"],
            "target": ["timber"],
            "measure": "export ban",
            "status": "agreed",
            "condition": "if the prisoners are freed",
            "when": None,
        },
    ],
}


@pytest.fixture
def handmade() -> Inventory:
    """The article made by hand."""
    return inventory()


def codes(checked: Checked) -> list[str]:
    """Return the codes of all warnings."""
    return [remark.code for remark in checked.warnings]


def quotes_of(handmade: Inventory, *rows: object, **more: Any) -> Checked:
    """Check an answer to the schema of quotations."""
    return check(handmade, QUOTES, Answer({"quotes": list(rows)}, **more))


def json_of(checked: Checked) -> Any:
    """Return the record as JSON data."""
    return record_to_json(checked.record)


def test_a_good_answer_passes_whole(handmade: Inventory) -> None:
    """Everything is used, the scare quote is dismissed, and the one conflict is reported."""
    answer = Answer(GOOD, [Dismissal("Q3", "title")])
    checked = check(handmade, EVENT, answer)
    assert isinstance(checked.record, EVENT)
    assert [len(rows) for rows in json_of(checked).values()] == [1, 2, 4, 2]
    assert checked.audit.used == 2 + 4 + 2
    assert checked.audit.unaccounted == ()
    assert [(i.kind, i.reason) for i in checked.audit.dismissed] == [
        ("quotation", "title"),
        ("number", "year"),
    ]
    assert codes(checked) == ["figure_conflict"]
    assert faults_of(handmade, EVENT, GOOD) == []


@pytest.mark.parametrize("name", ["release_event", "quotes", "figures", "sanction_terms"])
def test_json_reads_back(name: str, handmade: Inventory) -> None:
    """JSON → model → the same JSON, for all shipped schemas, without the article."""
    model = load_schema(name).model
    data = record_to_json(check(handmade, model, Answer(GOOD)).record)
    assert any(data.values())
    again = record_from_json(model, data)
    assert isinstance(again, model)
    assert record_to_json(again) == data


def test_a_row_that_fails_is_dropped_alone(handmade: Inventory) -> None:
    """One unknown id costs its row; the others stay, the candidate is unaccounted."""
    checked = quotes_of(
        handmade,
        {"quotation": "Q99", "speaker": "P1", "kind": "direct"},
        {"quotation": "Q1", "speaker": "P1", "kind": "direct"},
        "Q2",
        None,
    )
    assert [row["text"] for row in json_of(checked)["quotes"]] == [
        handmade.quotations[0].text(TEXT)
    ]
    assert codes(checked) == ["row_dropped"] * 3
    assert "quotes[0].quotation: there is no quotation Q99" in checked.warnings[0].message
    assert [item.candidate for item in checked.audit.unaccounted] == ["Q2", "Q3"]


def test_words_given_whole_are_never_a_quotation(handmade: Inventory) -> None:
    """Copied words, invented words and values as JSON are no ids, true or not."""
    invented = {"text": "We surrender", "spans": [{"start": 0, "end": 12}]}
    true = {"text": TEXT[1:10], "spans": [{"start": 1, "end": 10}]}
    for quotation in (invented, true, "We will not lift the sanctions on timber,", ["Q1"], 7):
        checked = quotes_of(handmade, {"quotation": quotation, "kind": "direct"})
        assert json_of(checked)["quotes"] == []
        assert codes(checked)[0] == "row_dropped"


def test_a_grounded_value_must_be_true_too(handmade: Inventory) -> None:
    """A value object whose words do not stand at its place is refused like any other."""
    lie = Verbatim("peace", *at("timber"))
    row = {"figure": "N1", "counts": lie}
    checked = check(handmade, FIGURES, Answer({"figures": [row]}))
    assert json_of(checked)["figures"][0]["counts"] is None
    assert "value_dropped" in codes(checked)
    beyond = Quotation("", ())
    assert json_of(quotes_of(handmade, {"quotation": beyond, "kind": "direct"}))["quotes"] == []


def test_a_value_that_fails_leaves_its_row(handmade: Inventory) -> None:
    """A wrong speaker is taken out and reported; the quotation is not lost for it."""
    checked = quotes_of(handmade, {"quotation": "Q1", "speaker": "P77", "kind": "direct"})
    (row,) = json_of(checked)["quotes"]
    assert row["speaker"] is None
    assert codes(checked) == ["value_dropped", "speaker_unresolved"]
    assert checked.warnings[0].candidate == "Q1"
    assert "quotes[0].speaker: there is no name P77" in checked.warnings[0].message


def test_a_required_value_that_fails_is_null_and_said(handmade: Inventory) -> None:
    """A kind that is none of the allowed ones becomes null; the sheet still reads back."""
    checked = quotes_of(handmade, {"quotation": "Q1", "speaker": "P1", "kind": "shouted"})
    (row,) = json_of(checked)["quotes"]
    assert row["kind"] is None
    assert codes(checked) == ["value_dropped", "empty_required"]
    assert isinstance(checked.record, QUOTES)
    data = json_of(checked)
    assert record_to_json(record_from_json(QUOTES, data)) == data


def test_a_name_gets_the_mention_nearest_to_its_row(handmade: Inventory) -> None:
    """In the row's own sentence first, then the last one before it."""
    for row, mention in (
        ({"quotation": "Q1", "speaker": "P1", "kind": "direct"}, "P1.1"),
        ({"quotation": "Q2", "speaker": "P1", "kind": "direct"}, "P1.2"),
        ({"quotation": "Q3", "speaker": "P3", "kind": "direct"}, "P3.1"),
    ):
        speaker = json_of(quotes_of(handmade, row))["quotes"][0]["speaker"]
        assert (speaker["mention"]["start"], speaker["mention"]["end"]) == handmade.by_id[
            mention
        ].span  # type: ignore[union-attr]
    figures = json_of(
        check(
            handmade,
            FIGURES,
            Answer(
                {"figures": [{"figure": "N3", "source": "P1"}, {"figure": "N1", "source": "P2"}]}
            ),
        )
    )["figures"]
    starts = {row["text"]: row["source"]["mention"]["start"] for row in figures}
    assert starts["65"] == at("Ruiz", 1).start  # before it
    assert starts["40"] == at("Veldavia").start  # none before: the first after


def test_phrases_stand_in_the_evidence_sentence(handmade: Inventory) -> None:
    """A phrase is anchored in its evidence sentence, or refused if it stands elsewhere only."""
    rows = [dict(GOOD["sanction_terms"][1], target=["timber", "political prisoners"])]
    checked = check(handmade, TERMS, Answer({"sanction_terms": rows}))
    (row,) = json_of(checked)["sanction_terms"]
    assert [t["start"] for t in row["target"]] == [at("timber", 1).start]
    assert "in the evidence sentence" in checked.warnings[0].message


def test_phrases_without_evidence_stand_near_the_anchor(handmade: Inventory) -> None:
    """Of several occurrences the one nearest to the figure is meant."""
    data = json_of(check(handmade, FIGURES, Answer(GOOD)))["figures"]
    starts = [row["counts"]["start"] for row in data]
    assert starts == [
        at(w, n).start
        for w, n in (
            ("prisoners", 0),
            ("political prisoners", 0),
            ("political prisoners", 1),
            ("monks", 0),
        )
    ]


def test_rows_on_the_same_candidate_are_one(handmade: Inventory) -> None:
    """The first row stands, its empty fields are filled from the second, and it is said."""
    checked = quotes_of(
        handmade,
        {"quotation": "Q2", "speaker": None, "kind": "direct"},
        {"quotation": "Q2", "speaker": "P1", "kind": "fragment"},
        {"quotation": "Q1", "speaker": "P1", "kind": "direct"},
    )
    rows = json_of(checked)["quotes"]
    assert [(r["kind"], r["speaker"]["name"]) for r in rows] == [("direct", "Ana Ruiz")] * 2
    assert rows[0]["spans"][0]["start"] < rows[1]["spans"][0]["start"]
    assert codes(checked) == ["duplicate_row"]


def test_two_terms_may_rest_on_one_sentence(handmade: Inventory) -> None:
    """The same sentence with another action or measure is another row; the same again is not."""
    row = GOOD["sanction_terms"][1]
    checked = check(
        handmade,
        TERMS,
        Answer(
            {
                "sanction_terms": [
                    row,
                    dict(row, action="ease"),
                    dict(row, measure="ban"),
                    dict(row, measure="EXPORT BAN"),
                ]
            }
        ),
    )
    assert len(json_of(checked)["sanction_terms"]) == 3


def test_every_candidate_is_used_dismissed_or_unaccounted(handmade: Inventory) -> None:
    """Dismissals keep reason and origin; one that is used after all is used; strangers are none."""
    dismissed = [
        Dismissal("Q1", "slogan", "model"),
        Dismissal("Q3", "title", "model"),
        Dismissal("Q3", "nickname"),
        Dismissal("Q44", "x"),
    ]
    checked = quotes_of(
        handmade, {"quotation": "Q1", "speaker": "P1", "kind": "direct"}, dismissed=dismissed
    )
    audit = checked.audit
    assert audit.used == 1
    assert [(i.candidate, i.reason, i.origin) for i in audit.dismissed] == [
        ("Q3", "title", "model")
    ]
    assert [(i.candidate, i.text) for i in audit.unaccounted] == [
        ("Q2", "Not before the 40 prisoners are free,")
    ]
    assert TEXT[audit.unaccounted[0].start : audit.unaccounted[0].end] == audit.unaccounted[0].text


def test_statements_are_accounted_for_by_their_sentence(handmade: Inventory) -> None:
    """A row on the sentence uses the statement; dismissing either id dismisses it."""
    for dismissal in ("T1", "S1"):
        answer = Answer({"sanction_terms": GOOD["sanction_terms"][1:]}, [Dismissal(dismissal, "x")])
        audit = check(handmade, TERMS, answer).audit
        assert (audit.used, len(audit.dismissed), len(audit.unaccounted)) == (1, 1, 0)


def test_what_the_schema_does_not_ask_for_is_not_counted(handmade: Inventory) -> None:
    """A figure among the fields of a release does not ask for every figure."""

    class Events(BaseModel):
        class Event(BaseModel):
            evidence: Sentence
            who: list[Verbatim]
            by: Name | None = None
            count: Figure | None = None

        events: list[Event]

    audit = check(handmade, Events, Answer({"events": []})).audit
    assert (audit.used, audit.unaccounted, audit.dismissed) == (0, (), ())


def test_own_words_are_marked(handmade: Inventory) -> None:
    """Plain text that a model wrote is listed by path; choices and grounded values are not."""

    class Row(BaseModel):
        quotation: Quotation
        topic: str
        tags: list[str] = []
        mood: Literal["good", "bad"] = "good"

    class Sheet(BaseModel):
        summary: str
        rows: list[Row]

    data = {
        "summary": "It is about wood.",
        "rows": [
            {"quotation": "Q1", "topic": "timber", "tags": ["wood"], "mood": "bad"},
            {"quotation": "Q2", "topic": "", "tags": []},
        ],
    }
    checked = check(handmade, Sheet, Answer(data, origin="model"))
    assert checked.audit.own_words == ("summary", "rows[0].topic", "rows[0].tags")
    assert "empty_required" in codes(checked)
    by_rules = check(handmade, Sheet, Answer(data))
    assert by_rules.audit.own_words == ()


def test_a_copy_of_an_answer_is_its_own() -> None:
    """Nothing that is done to the copy's rows, lists or tables reaches the answer."""
    answer = Answer({"quotes": [{"quotation": "Q1", "of": ["P1"]}]}, confidence={"Q1": 0.9})
    copy = answer.copy()
    assert copy == answer
    copy.data["quotes"][0]["of"].append("P2")
    copy.data["quotes"].append({})
    copy.confidence.clear()
    copy.dismissed.append(Dismissal("Q1", "title"))
    assert answer == Answer({"quotes": [{"quotation": "Q1", "of": ["P1"]}]}, confidence={"Q1": 0.9})


def test_where_model_and_rules_disagree_is_said(handmade: Inventory) -> None:
    """Another speaker, another choice, and a candidate that only one of them uses."""
    by_model = Answer(
        {
            "quotes": [
                {"quotation": "Q1", "speaker": "P3", "kind": "direct"},
                {"quotation": "Q3", "speaker": None, "kind": "fragment"},
            ]
        },
        [Dismissal("Q2", "slogan", "model")],
        origin="model",
    )
    rules = Answer(
        {
            "quotes": [
                {"quotation": "Q1", "speaker": "P1.1", "kind": "fragment"},
                {"quotation": "Q2", "speaker": "P1", "kind": "direct"},
            ]
        },
        [Dismissal("Q3", "title")],
    )
    remarks = [
        r for r in check(handmade, QUOTES, by_model, rules).warnings if r.code == "disagreement"
    ]
    assert [(r.candidate, r.message) for r in remarks] == [
        ("Q1", 'quotes[0].speaker: the model says "Ben Okoro", the rules "Ana Ruiz"'),
        ("Q1", 'quotes[0].kind: the model says "direct", the rules "fragment"'),
        (
            "Q2",
            '"Not before the 40 prisoners are free," is no quotation for the model (slogan), '
            "but one for the rules",
        ),
        ("Q3", '"Blue Room" is a quotation for the model, for the rules none (title)'),
    ]


@pytest.mark.parametrize(
    ("rows", "conflict"),
    [
        ((("N2", "political prisoners"), ("N3", "65 political prisoners")), True),
        ((("N2", "political prisoners remain in Veldavia"), ("N3", "political prisoners")), True),
        ((("N2", "prisoners"), ("N3", "prisoners")), False),  # one word says too little
        ((("N1", "prisoners are free"), ("N3", "political prisoners")), False),
        ((("N1", None), ("N3", "political prisoners")), False),
        ((("N1", "political prisoners"), ("N2", "political prisoners")), False),  # 40 and about 40
    ],
)
def test_the_same_thing_counted_differently(
    rows: tuple[tuple[str, str | None], ...], conflict: bool, handmade: Inventory
) -> None:
    """A conflict needs the same content words and values that exclude each other."""
    answer = Answer({"figures": [{"figure": f, "counts": c} for f, c in rows]})
    assert ("figure_conflict" in codes(check(handmade, FIGURES, answer))) == conflict


def faults_of(inventory: Inventory, model: type[BaseModel], data: Any) -> list[str]:
    """Return what is wrong with an answer, a line each, in order."""
    return [fault_line(fault) for fault in ground(inventory, model, Answer(data)).faults]


def test_faults_are_told_exactly(handmade: Inventory) -> None:
    """A refused phrase is reported with its path, the fault and the nearest passage."""
    data = {
        "sanction_terms": [
            dict(
                GOOD["sanction_terms"][1],
                sender=["P2", "P9"],
                condition="if prisoners are freed",
                action="drop",
            ),
            {"evidence": "S55", "action": "lift"},
        ]
    }
    lines = faults_of(handmade, TERMS, data)
    assert lines[:3] == [
        "sanction_terms[0].sender[1]: there is no name P9 in this article",
        'sanction_terms[0].condition: "if prisoners are freed" is not in the evidence sentence '
        'word for word; the nearest passage is "if the prisoners are freed, Ben Okoro"',
        "sanction_terms[1].evidence: there is no sentence S55 in this article",
    ]
    assert lines[3].startswith("sanction_terms[0].action: Input should be 'impose', 'tighten'")
    assert lines[4:] == []


def test_faults_of_shape(handmade: Inventory) -> None:
    """No object, no list, no anchor, copied words: each is said in words, nothing raises."""
    assert faults_of(handmade, QUOTES, "nonsense")[0].startswith("expected an object")
    assert faults_of(handmade, QUOTES, {})[0].startswith("quotes: the list is missing")
    assert faults_of(handmade, QUOTES, {"quotes": "Q1"})[0] == "quotes: expected a list of objects"
    (line, *_) = faults_of(handmade, QUOTES, {"quotes": [{"kind": "direct"}]})
    assert line == "quotes[0].quotation: quotation is missing"
    (line, *_) = faults_of(
        handmade, QUOTES, {"quotes": [{"quotation": "We will not lift it", "kind": "direct"}]}
    )
    assert "answered by its id, never copied" in line


def test_warnings_hold_no_control_characters(handmade: Inventory) -> None:
    """What an answer brings along reaches no message raw."""
    bad = "\x1b[31mred\x00\u202e\n<script>"
    data = {
        "quotes": [
            {"quotation": bad, "kind": bad},
            {"quotation": "Q1", "speaker": bad, "via": [bad], "kind": bad},
        ],
        bad: bad,
    }
    for remark in check(handmade, QUOTES, Answer(data)).warnings:
        assert remark.message.isprintable()
    assert all(line.isprintable() for line in faults_of(handmade, QUOTES, data))


def test_a_schemas_own_validators_have_their_say(handmade: Inventory) -> None:
    """A refused value is taken out, a refused row dropped, whatever the validator raises."""

    class Row(BaseModel):
        model_config = ConfigDict(frozen=True, extra="forbid")
        quotation: Quotation
        topic: str = Field("none", max_length=6)
        score: int | None = None

        @field_validator("score")
        @classmethod
        def _low(cls, score: int | None) -> int | None:
            if score == 1:
                raise KeyError("one")
            return score

        @model_validator(mode="after")
        def _whole(self) -> "Row":
            if self.topic == "bad":
                raise ValueError("bad topic\x1b")
            return self

    class Sheet(BaseModel):
        rows: list[Row]
        best: Row | None = None

    data = {
        "rows": [
            {"quotation": "Q1", "topic": "far too long", "score": "x", "extra": 1},
            {"quotation": "Q2", "topic": "bad"},
            {"quotation": "Q3", "score": 1},
        ],
        "best": {"quotation": "Q1", "topic": "bad"},
    }
    checked = check(handmade, Sheet, Answer(data))
    assert [(r["text"][:2], r["topic"], r["score"]) for r in json_of(checked)["rows"]] == [
        ("We", "none", None)
    ]
    assert sorted(codes(checked)) == ["row_dropped"] * 3 + ["value_dropped"] * 2
    assert json_of(checked)["best"] is None
    assert {item.candidate for item in checked.audit.unaccounted} == {"Q2", "Q3"}


def test_a_root_that_refuses_everything_keeps_what_is_true(handmade: Inventory) -> None:
    """A validator of the whole sheet may refuse it: the rows stand, and it is said."""

    class Sheet(BaseModel):
        quotes: list[Quotation]

        @model_validator(mode="after")
        def _never(self) -> "Sheet":
            raise ValueError("never")

    checked = check(handmade, Sheet, Answer({"quotes": ["Q1", "Q9"]}))
    assert len(json_of(checked)["quotes"]) == 1
    assert codes(checked) == ["value_dropped", "row_dropped"]


def test_the_check_costs_little(handmade: Inventory) -> None:
    """Eight times the rows take at most about eight times the work."""

    def calls(times: int) -> int:
        rows = {key: [dict(row) for row in value * times] for key, value in GOOD.items()}
        return calls_of(lambda: check(handmade, EVENT, Answer(rows, [Dismissal("Q3", "title")])))

    check(handmade, EVENT, Answer({}, []))  # what is made once for a schema
    assert calls(24) < 10 * calls(3)
