"""Matching: which claim a row of a new extraction is."""

from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.review.sync.matching import pair

ROWS = st.lists(
    st.tuples(
        st.tuples(st.sampled_from(("quotes", "figures")), st.integers(0, 2), st.integers(3, 4)),
        st.fixed_dictionaries({"a": st.integers(0, 1), "b": st.sampled_from(("x", "y", None))}),
    ),
    max_size=12,
)


@settings(max_examples=200, deadline=None)
@given(ROWS, ROWS)
def test_everything_is_paired_once_or_left_over(mine, theirs) -> None:
    """Keys are equal in a pair, nobody is in two, and nothing that could match is left over."""
    claims = [(key, row, ("claim", n)) for n, (key, row) in enumerate(mine)]
    proposals = [(key, row, ("row", n)) for n, (key, row) in enumerate(theirs)]
    pairs, rest, new = pair(claims, proposals)
    assert sorted([c for c, _ in pairs] + rest) == [c for _, _, c in claims]
    assert sorted([p for _, p in pairs] + new) == [p for _, _, p in proposals]
    key_of = {one: key for key, _, one in (*claims, *proposals)}
    assert all(key_of[claim] == key_of[row] for claim, row in pairs)
    assert not {key_of[c] for c in rest} & {key_of[p] for p in new}


@settings(max_examples=100, deadline=None)
@given(ROWS, st.randoms())
def test_order_does_not_matter_to_rows_that_are_different(rows, chance) -> None:
    """The same rows in another order: each claim gets the row that says the same."""
    claims = [(key, row, n) for n, (key, row) in enumerate(rows)]
    shuffled = list(rows)
    chance.shuffle(shuffled)
    pairs, rest, new = pair(claims, [(key, row, (key, row)) for key, row in shuffled])
    assert rest == new == []
    assert all(rows[n] == told for n, told in pairs)


def test_of_several_on_one_sentence_the_most_alike_is_meant() -> None:
    """Equal rows first, then the most fields in common, then the order."""
    key = ("sanction_terms", 10, 90)
    mine = [
        {"action": "lift", "target": "timber", "status": "agreed", "start": 1, "end": 2},
        {"action": "impose", "target": "oil", "status": "proposed", "start": 3, "end": 4},
    ]
    theirs = [
        {"action": "impose", "target": "oil", "status": "agreed", "start": 9, "end": 10},
        {"action": "threaten", "target": "timber", "status": "denied", "start": 7, "end": 8},
        {"action": "lift", "target": "timber", "status": "agreed", "start": 5, "end": 6},
    ]
    pairs, rest, new = pair(
        [(key, row, n) for n, row in enumerate(mine)],
        [(key, row, n) for n, row in enumerate(theirs)],
    )
    assert (pairs, rest, new) == ([(0, 2), (1, 0)], [], [1])


def test_thousands_on_one_sentence_are_paired_quickly() -> None:
    """Beyond what is compared each with each equal rows still find each other, else by order."""
    key = ("k", 1, 2)
    many = [(key, {"n": n}, n) for n in range(3000)]
    others = [(key, {"n": -n - 1}, n) for n in range(3000)]
    pairs, rest, new = pair(many, others)
    assert pairs == [(n, n) for n in range(3000)]
    assert rest == new == []
    pairs, _, _ = pair(many, [(key, {"n": n}, n) for n in reversed(range(3000))])
    assert pairs == [(n, n) for n in range(3000)]
