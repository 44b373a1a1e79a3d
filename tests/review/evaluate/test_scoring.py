"""What a machine gave, scored against what reviewers decided."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from extractor.review.evaluate.scoring import RecordRow, Score, add_up, same, score_article


def quote(start: int, end: int, speaker: str | None, kind: str = "direct") -> RecordRow:
    """A row of `quotes` as it stands in an extraction's JSON."""
    named = {"name": speaker, "kind": "person", "mention": None} if speaker else None
    spans = [{"start": start, "end": end}]
    data = {"text": "w" * (end - start), "spans": spans, "speaker": named, "kind": kind}
    return RecordRow("quotes", start, end, data)


def figure(start: int, value: float, counts: str | None = None) -> RecordRow:
    """A row of `figures`."""
    counted = (
        {"text": counts, "start": start + 4, "end": start + 4 + len(counts)} if counts else None
    )
    number = {"text": "9" * 3, "start": start, "end": start + 3, "value": value, "unit": None}
    return RecordRow("figures", start, start + 3, {**number, "counts": counted})


def test_the_same_rows_are_all_right() -> None:
    """A machine that gives exactly the reviewed rows is right everywhere."""
    rows = [quote(0, 10, "Ada Moreno"), quote(20, 30, None), figure(40, 12.0, "ships")]
    scores = score_article(rows, rows)
    assert scores["quotes", ""] == Score(2, 2, 2)
    assert scores["quotes", "speaker"] == Score(1, 1, 1)
    assert scores["figures", "value"] == Score(1, 1, 1)
    assert all(score.f1 == 1 for score in scores.values())


def test_a_missed_row_is_missed_in_every_field_and_one_too_many_is_wrong() -> None:
    """Fields are scored end to end."""
    truth = [quote(0, 10, "Ada Moreno"), quote(20, 30, "Ben Okri")]
    scores = score_article(truth, [quote(0, 10, "Ben Okri"), quote(50, 60, "Ada Moreno")])
    assert scores["quotes", ""] == Score(1, 2, 2)
    assert scores["quotes", "speaker"] == Score(0, 2, 2)
    assert scores["quotes", "kind"] == Score(1, 2, 2)


def test_a_row_with_a_wrong_border_is_found_but_its_evidence_is_wrong() -> None:
    """Overlapping evidence is the same row; only its span counts as wrong."""
    scores = score_article([quote(0, 10, "Ada Moreno")], [quote(2, 10, "Ada Moreno")])
    assert scores["quotes", ""] == Score(1, 1, 1)
    assert scores["quotes", "evidence"] == Score(0, 1, 1)
    assert scores["quotes", "speaker"] == Score(1, 1, 1)


def test_rows_on_one_sentence_are_paired_by_what_they_say() -> None:
    """Two terms in one sentence do not swap their fields."""

    def term(action: str) -> RecordRow:
        evidence = {"text": "x" * 20, "start": 0, "end": 20}
        return RecordRow("sanction_terms", 0, 20, {"evidence": evidence, "action": action})

    scores = score_article([term("lift"), term("impose")], [term("impose"), term("lift")])
    assert scores["sanction_terms", "action"] == Score(2, 2, 2)


def test_values_are_the_same_by_what_they_say() -> None:
    """Names by name, figures by value, words by place or wording, own words but for case."""
    name = {
        "name": "Ada Moreno",
        "kind": "person",
        "mention": {"text": "she", "start": 1, "end": 4},
    }
    assert same(name, {"name": "ADA  MORENO", "kind": "other", "mention": None})
    assert not same(name, {"name": "Ben Okri", "kind": "person", "mention": name["mention"]})
    assert same({"text": "12", "value": 12.0}, {"text": "twelve", "value": 12})
    assert not same({"text": "12", "value": 12.0}, {"text": "12", "value": 13.0})
    place = {"text": "the port", "start": 5, "end": 13}
    assert same(place, {"text": "The Port", "start": 50, "end": 58})
    assert not same(place, {"text": "a port", "start": 50, "end": 56})
    assert same("In  Force", "in force")
    assert not same("lift", "ease")


def test_lists_are_compared_value_by_value() -> None:
    """Of two senders one found is half of the recall."""

    def row(*names: str) -> RecordRow:
        senders = [{"name": name, "kind": "place", "mention": None} for name in names]
        return RecordRow("terms", 0, 9, {"sender": senders})

    scores = score_article([row("Peru", "Chile")], [row("Chile")])
    assert scores["terms", "sender"] == Score(1, 1, 2)
    assert scores["terms", "sender"].recall == 0.5


_ROWS = st.lists(
    st.builds(
        lambda start, length, name: quote(start, start + length, name),
        st.integers(0, 60),
        st.integers(1, 20),
        st.sampled_from([None, "Ada Moreno", "Ben Okri"]),
    ),
    max_size=12,
)


@given(_ROWS, _ROWS)
def test_nothing_is_counted_twice_or_lost(truth: list[RecordRow], answer: list[RecordRow]) -> None:
    """Every row counts once as wanted or given, no more are right than either; sums add up."""
    scores = score_article(truth, answer)
    rows = scores.get(("quotes", ""), Score())
    assert (rows.wanted, rows.given) == (len(truth), len(answer))
    assert all(s.right <= min(s.given, s.wanted) for s in scores.values())
    assert add_up([scores, scores]).get(("quotes", ""), Score()) == rows + rows


@given(_ROWS, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(truth: list[RecordRow], random: Random) -> None:
    """The same rows in another order are all right."""
    answer = list(truth)
    random.shuffle(answer)
    assert all(score.f1 == 1 for score in score_article(truth, answer).values())
