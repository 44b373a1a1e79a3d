"""Edits: what a reviewer selects or types becomes a row only when the article has it."""

import copy
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.errors import EditRefused
from extractor.pipeline import extract
from extractor.read import article_from_text
from extractor.record import record_from_json, record_to_json
from extractor.review.claims.claims import Claim
from extractor.review.decide.decisions import decide
from extractor.review.decide.editing import edited_row, fields_of, name_choices, verify
from extractor.review.desk import Desk
from extractor.review.queue import Filter, all_claims, page
from extractor.review.sync.sync import sync
from extractor.schema.catalogue import load_schema
from tests.support.stores import fill

SCHEMA = load_schema("release_event")
TEXT = """\
Veldavia frees forty prisoners 🚢

“We will not lift the sanctions on timber,” Ana Ruiz, the trade minister, said on Monday. “The
workers' ships stay in port.”

Veldavia agreed to free around 1,200 political prisoners by 2026 if the export ban on timber is
lifted, Ben Okoro told reporters. He called the deal "a gift".

“Nobody knows,

“and nobody asks,” she added.
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Iterator[Desk]:
    """Open a review of one article."""
    folder = tmp_path_factory.mktemp("editing")
    fill(folder, [extract(article_from_text(TEXT, "a.txt"), SCHEMA)], schema=SCHEMA)
    with Desk(folder) as opened:
        sync(opened)
        yield opened


def first(desk: Desk, kind: str) -> Claim:
    """Return a claim of a kind."""
    return min(page(desk, Filter(kind=kind)).claims, key=lambda claim: claim.start)


def at(words: str) -> list[int]:
    """Return where words stand, as a selection."""
    start = TEXT.index(words)
    return [start, start + len(words)]


def place(words: str) -> dict[str, int]:
    """Return where words stand, as a field of one place."""
    start, end = at(words)
    return {"start": start, "end": end}


def test_no_change_is_the_row_itself(desk: Desk) -> None:
    """Every row of every kind, edited in nothing, is what it was, and may stand."""
    claims = list(all_claims(desk))
    assert {claim.kind for claim in claims} >= {"quotes", "figures", "sanction_terms"}
    for claim in claims:
        assert edited_row(desk, claim, {}) == claim.row
        verify(desk, claim.article_sha256, claim.schema, claim.kind, claim.row)


def test_what_is_chosen_again_is_what_it_was(desk: Desk) -> None:
    """The same figure selected, the same speaker taken from the list: the row with its mention."""
    figures = list(all_claims(desk, Filter(kind="figures")))
    assert figures
    for claim in figures:
        chosen = {"start": claim.start, "end": claim.end}
        assert edited_row(desk, claim, {"figure": chosen}) == claim.row
    quotes = [one for one in all_claims(desk, Filter(kind="quotes")) if one.speaker]
    assert quotes
    for claim in quotes:
        entity = next(one.id for one in name_choices(desk, claim) if one.name == claim.speaker)
        assert claim.row["speaker"]["mention"]
        for chosen in ({"entity": entity}, {"name": claim.speaker}):
            assert edited_row(desk, claim, {"speaker": chosen}) == claim.row
        others = [one for one in name_choices(desk, claim) if one.name != claim.speaker]
        other = edited_row(desk, claim, {"speaker": {"entity": others[0].id}})
        assert other["speaker"]["name"] == others[0].name


def test_a_quotation_is_what_is_selected_without_its_marks(desk: Desk) -> None:
    """Blanks and marks around it are not meant; apostrophes are; a paragraph is a span."""
    claim = first(desk, "quotes")
    for selected, words in (
        (" “The\nworkers' ships stay in port.”\n", ["The\nworkers' ships stay in port."]),
        ("lift the sanctions on timber", ["lift the sanctions on timber"]),
        ("workers'", ["workers'"]),
        ('"a gift"', ["a gift"]),
        ("“Nobody knows,\n\n“and nobody asks,”", ["Nobody knows,", "and nobody asks,"]),
    ):
        row = edited_row(desk, claim, {"quotation": {"spans": [at(selected)]}})
        assert [TEXT[s["start"] : s["end"]] for s in row["spans"]] == words
        assert row["text"] == "\n\n".join(words)
        assert row["speaker"] == claim.row["speaker"]


def test_figures_are_parsed_again(desk: Desk) -> None:
    """The number that is selected, or that holds what is selected; years and words are refused."""
    claim = first(desk, "figures")
    row = edited_row(desk, claim, {"figure": place("1,200")})
    assert (row["value"], row["text"], row["approximate"]) == (1200.0, "1,200", True)
    assert edited_row(desk, claim, {"figure": place("around 1,200 ")})["value"] == 1200.0
    assert edited_row(desk, claim, {"figure": place("200")})["text"] == "1,200"
    assert edited_row(desk, claim, {"figure": place("forty")})["value"] == 40.0
    assert edited_row(desk, claim, {"figure": place("forty prisoners 🚢\n\n“We")})["value"] == 40.0
    for words in ("2026", "political prisoners", " "):
        with pytest.raises(EditRefused) as told:
            edited_row(desk, claim, {"figure": place(words)})
        assert told.value.field == "figure"


def test_names_are_chosen_selected_or_typed(desk: Desk) -> None:
    """An entity by its id, by its mention, or new and marked so."""
    claim = first(desk, "quotes")
    by_name = {choice.name: choice for choice in name_choices(desk, claim)}
    ben = by_name["Ben Okoro"]
    row = edited_row(desk, claim, {"speaker": {"entity": ben.id}})
    assert row["speaker"] == {"name": "Ben Okoro", "kind": ben.kind, "mention": None}
    row = edited_row(desk, claim, {"speaker": {"mention": at("Ben Okoro")}})
    assert row["speaker"]["mention"] == {"text": "Ben Okoro", **place("Ben Okoro")}
    row = edited_row(desk, claim, {"speaker": {"mention": at("the trade minister")}})
    assert row["speaker"]["mention"]["text"] == "the trade minister"
    row = edited_row(desk, claim, {"speaker": {"name": "  Carla   Diaz "}})
    new = {"name": "Carla Diaz", "kind": "other", "mention": None, "typed": True}
    assert row["speaker"] == new
    assert "typed" not in edited_row(desk, claim, {"speaker": {"name": "Ben Okoro"}})["speaker"]
    assert edited_row(desk, claim, {"speaker": None})["speaker"] is None
    for wrong in ({"entity": "P999"}, {"entity": "Q1"}, {"name": ""}, {"name": "a\x00b"}, {},
                  {"mention": [5, 3]}, {"mention": "x"}, "Ben", {"name": "x" * 300}):  # fmt: skip
        with pytest.raises(EditRefused):
            edited_row(desk, claim, {"speaker": wrong})


def test_lists_keep_what_they_had(desk: Desk) -> None:
    """A value that was there may be sent back as it was, beside new ones."""
    claim = first(desk, "sanction_terms")
    had = claim.row["sender"]
    row = edited_row(
        desk, claim, {"sender": [*had, {"name": "Someone"}, {"mention": at("Veldavia")}]}
    )
    assert row["sender"][: len(had)] == had
    assert [one["name"] for one in row["sender"][len(had) :]] == ["Someone", "Veldavia"]
    assert row["sender"][len(had)]["typed"] is True
    row = edited_row(desk, claim, {"target": [place("timber")], "condition": place("export ban")})
    assert row["target"] == [{"text": "timber", **place("timber")}]
    assert edited_row(desk, claim, {"evidence": place("Ben Okoro told")})["evidence"][
        "text"
    ].endswith("reporters.")


@pytest.mark.parametrize(
    ("kind", "changes", "field"),
    [
        ("quotes", {"kind": "shouted"}, "kind"),
        ("quotes", {"quotation": None}, "quotation"),
        ("quotes", {"quotation": {"spans": []}}, "quotation"),
        ("quotes", {"quotation": {"spans": [[0, 9], [5, 12]]}}, "quotation"),
        ("quotes", {"quotation": {"spans": [[0, 10**9]]}}, "quotation"),
        ("quotes", {"quotation": {"spans": [[-3, 5]]}}, "quotation"),
        ("quotes", {"quotation": {"spans": [[True, 5]]}}, "quotation"),
        ("quotes", {"quotation": {"spans": [["0", "5"]]}}, "quotation"),
        ("quotes", {"quotation": "We will lift the sanctions"}, "quotation"),
        ("quotes", {"colour": "red"}, "colour"),
        ("sanction_terms", {"target": "timber"}, "target"),
        ("sanction_terms", {"condition": "if they pay"}, "condition"),
        ("sanction_terms", {"action": 3}, "action"),
    ],
)
def test_what_the_schema_or_the_article_has_not_is_refused(desk, kind, changes, field) -> None:
    """The refusal names the field."""
    with pytest.raises(EditRefused) as told:
        edited_row(desk, first(desk, kind), changes)
    assert told.value.field == field
    assert str(told.value)


@settings(max_examples=150, deadline=None)
@given(
    st.integers(-2, len(TEXT) + 2),
    st.integers(-2, len(TEXT) + 2),
    st.sampled_from(("quotation", "figure", "speaker", "counts", "evidence")),
)
def test_no_selection_makes_words_that_are_not_there(desk: Desk, start, end, what) -> None:
    """Any two offsets: refused, or a row whose every place holds its words and reads back."""
    kind = {"quotation": "quotes", "speaker": "quotes", "evidence": "sanction_terms"}.get(
        what, "figures"
    )
    value: object = {"start": start, "end": end}
    if what == "quotation":
        value = {"spans": [[start, end]]}
    elif what == "speaker":
        value = {"mention": [start, end]}
    claim = first(desk, kind)
    row, refused = None, None
    try:
        row = edited_row(desk, claim, {what: value})
    except EditRefused as error:
        refused = error
    if refused is not None:
        assert refused.field == what
        return
    verify(desk, claim.article_sha256, claim.schema, kind, row)
    shape = next(f.row for f in _shape().fields if f.key == kind)
    assert shape is not None
    again = record_to_json(record_from_json(shape.model, row))
    assert again == row


def _shape():
    from extractor.schema.shape import shape_of

    return shape_of(SCHEMA.model)


def test_false_rows_may_not_stand(desk: Desk) -> None:
    """Changed words, moved spans, other fields: whatever a spreadsheet sends back is checked."""
    claim = first(desk, "quotes")

    def refused(change) -> None:
        row = copy.deepcopy(claim.row)
        change(row)
        with pytest.raises(EditRefused):
            verify(desk, claim.article_sha256, claim.schema, claim.kind, row)
        with pytest.raises(EditRefused):
            decide(desk, claim.id, reviewer="a", action="correct", seen=claim.version, row=row)

    refused(lambda row: row.update(text=row["text"].replace("not ", "")))
    refused(lambda row: row["spans"][0].update(start=row["spans"][0]["start"] + 1))
    refused(lambda row: row["spans"].clear())
    refused(lambda row: row.pop("spans"))
    refused(lambda row: row.update(kind="whole"))
    refused(lambda row: row.update(extra=1))
    refused(lambda row: row["speaker"]["mention"].update(text="Ben Okoro"))
    refused(lambda row: row.clear())
    for row in (None, "words", 3, [claim.row]):
        with pytest.raises(EditRefused):
            verify(desk, claim.article_sha256, claim.schema, claim.kind, row)
    with pytest.raises(EditRefused):
        verify(desk, claim.article_sha256, claim.schema, "nothing", claim.row)
    with pytest.raises(EditRefused):
        verify(desk, claim.article_sha256, "no_such_schema", claim.kind, claim.row)


def test_a_form_knows_its_fields(desk: Desk) -> None:
    """What a row consists of, in the schema's order, with its choices."""
    fields = {field.key: field for field in fields_of(desk, "release_event", "quotes")}
    assert list(fields) == ["quotation", "speaker", "via", "kind"]
    assert fields["kind"].choices == ("direct", "fragment", "turn", "block")
    names = name_choices(desk, first(desk, "quotes"))
    assert {"Ana Ruiz", "Ben Okoro"} <= {choice.name for choice in names}
    for choice in names:
        assert all(TEXT[start:end].strip() for start, end in choice.mentions)
