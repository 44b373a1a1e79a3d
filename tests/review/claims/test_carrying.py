"""Rows are carried into another text with all their places."""

from extractor.review.claims.carrying import carry_row
from extractor.text.carrying import Carrier


def test_a_row_moves_as_one() -> None:
    """What lies in the evidence moves with it; a mention that is gone leaves the name."""
    old = 'Berg spoke. "We pay," she said of forty ships in the northern bay. Berg left.'
    new = "Now. " + old.replace("Berg spoke.", "Somebody spoke.")
    row = {
        "text": "We pay",
        "spans": [{"start": 13, "end": 19}],
        "speaker": {"name": "Berg", "kind": "person",
                    "mention": {"text": "Berg", "start": 0, "end": 4}},
        "what": [{"text": "pay", "start": 16, "end": 19}],
        "kind": "direct",
    }  # fmt: skip
    moved = carry_row(Carrier(old, new), row)
    assert moved["spans"] == [{"start": 22, "end": 28}]
    assert moved["what"] == [{"text": "pay", "start": 25, "end": 28}]
    assert moved["speaker"] == {"name": "Berg", "kind": "person", "mention": None}
    row["what"] = [{"text": "Berg spoke", "start": 0, "end": 10}]
    assert carry_row(Carrier(old, new), row) is None
    assert carry_row(Carrier(old, old), row) == row
