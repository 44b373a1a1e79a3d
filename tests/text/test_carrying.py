"""After a text was changed, words are found again exactly, or not at all."""

from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.text.carrying import Carrier

PARAGRAPHS = st.lists(
    st.sampled_from(
        (
            "“We will not pay,” said the mayor of the northern harbour.",
            "“We will not pay,” said the head of the fishermen's union.",
            "🚢 Forty ships lay in the bay 🚢 that night, and forty more beyond it.",
            "Nobody was hurt.",
            "“No,” she said. “No,” she said again, and “No,” a third time.",
            "Nobody was hurt.",
            "The talks began in March.\u2028They go on in \u202eMay.",
        )
    ),
    max_size=8,
)


@settings(max_examples=200, deadline=None)
@given(PARAGRAPHS, PARAGRAPHS, st.data())
def test_what_is_carried_holds_the_same_words(old, new, data) -> None:
    """Whatever two texts are, a place carried over holds the words that it held before."""
    one, other = "\n\n".join(old), "\n\n".join(new)
    carrier = Carrier(one, other)
    for _ in range(6):
        start = data.draw(st.integers(0, max(0, len(one) - 1)))
        end = data.draw(st.integers(start, min(len(one), start + 60)))
        place = carrier.place(start, end)
        if place is not None:
            assert other[place[0] : place[1]] == one[start:end]
            assert end > start


@settings(max_examples=100, deadline=None)
@given(PARAGRAPHS, st.integers(0, 8), st.sampled_from(("New.", "Forty ships were new 🚢.")))
def test_a_paragraph_put_in_moves_what_follows_and_nothing_else(old, at, new) -> None:
    """Insert a paragraph: every paragraph is found at its place, shifted or not, and so is back."""
    at = min(at, len(old))
    one, other = "\n\n".join(old), "\n\n".join([*old[:at], new, *old[at:]])
    there, back = Carrier(one, other), Carrier(other, one)
    start = 0
    for index, paragraph in enumerate(old):
        span = (start, start + len(paragraph))
        start += len(paragraph) + 2
        if len(paragraph) < 24:
            continue  # too little to be known by, if its neighbours have changed as well
        moved = there.place(*span)
        shift = len(new) + 2 if index >= at else 0
        if old.count(paragraph) == 1 and paragraph != new:
            assert moved == (span[0] + shift, span[1] + shift)
            assert back.place(*moved) == span
        elif moved is not None:
            assert other[moved[0] : moved[1]] == paragraph


def test_equal_passages_without_context_keep_their_turn() -> None:
    """As many as before: the same one of them. More or fewer: nobody can know, so it is lost."""
    line = "Nobody was hurt in the storm.\n"
    old = "A.\n" + line * 3 + "Z.\n"
    new = "Another beginning.\n" + line * 3 + "Another end, and a long one.\n"
    starts = [new.index(line) + n * len(line) for n in range(3)]
    middle = 3 + len(line)
    assert Carrier(old, new).place(middle, middle + 29) == (starts[1], starts[1] + 29)
    fewer = "Another beginning.\n" + line * 2 + "Another end, and a long one.\n"
    assert Carrier(old, fewer).place(middle, middle + 29) is None


def test_paragraphs_that_change_places_take_their_words_along() -> None:
    """Of equal words the ones in the same paragraph are meant, before its neighbours count."""
    people = ("Anna Berg of the ferry union", "Peter Holm of the port", "Carla Diaz of the bank")
    lines = [f"“It is not true,” said {who}.\n\n" for who in people]
    old, new = "Head.\n\n" + "".join(lines), "New head.\n\n" + "".join(reversed(lines))
    for line in lines:
        start, now = old.index(line) + 1, new.index(line) + 1
        assert Carrier(old, new).place(start, start + 14) == (now, now + 14)


def test_a_number_alone_is_no_evidence() -> None:
    """Short words that stand somewhere else, among others, are not what was meant."""
    old = "The mayor counted 40 ships in the bay."
    assert Carrier(old, "A dinner for 40 guests was served.").place(18, 20) is None
    assert Carrier(old, "On Monday the mayor counted 40 ships in the bay.").place(18, 20) == (
        28,
        30,
    )


def test_a_changed_word_is_another_claim() -> None:
    """Never approximately: a negation or a digit is enough."""
    old = "He said: “We will not lift 40 bans on timber.” Then he left the room for good."
    span = (old.index("We"), old.index("”"))
    for change in (("not ", ""), ("40", "41"), ("“We", "“We")):
        new = "Yesterday. " + old.replace(*change)
        place = Carrier(old, new).place(*span)
        assert (place is None) == (change[0] != change[1])


def test_what_stands_everywhere_stands_nowhere_in_particular() -> None:
    """A megabyte of one letter: no passage can be told from another, and nobody looks for long."""
    carrier = Carrier("a" * 1_000_000, "b" + "a" * 1_000_000 + "b")
    assert {carrier.place(at, at + 50) for at in range(0, 500_000, 1000)} == {None}
