"""Texts that are no articles: long lists, chains and repetitions take no more than their length."""

from collections.abc import Callable

import pytest

from extractor.find.inventory import take_inventory
from extractor.read import article_from_text
from tests.support.effort import calls_of


def word(number: int) -> str:
    """Return a made-up word of seven letters, with one of three initials, for a number."""
    digits = [number // 10**k % 10 for k in range(4)]
    return "bdf"[number % 3] + "".join("aeioukmnrt"[d] for d in digits) + "ov"


SHAPES: dict[str, Callable[[int], str]] = {
    "one last name": lambda n: " ".join(f"{word(k).title()} Smith said." for k in range(n)),
    "one first name": lambda n: " ".join(f"John {word(k).title()} said. John." for k in range(n)),
    "other names": lambda n: " ".join(
        f"{word(k).title()} {word(7 * k).title()} said." for k in range(n)
    ),
    "one name": lambda n: "Ada Danso said. Ben Danso said. Danso said. " * (n // 3),
    "described": lambda n: " ".join(f"The {word(k)} official said." for k in range(n)),
    "officials": lambda n: "Envoy Ada Danso left. The envoy said. " * (n // 2),
    "bodies": lambda n: "Ministry " + "of Ministry " * n,
    "adjectives": lambda n: "senior " * n + "official said.",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_four_times_the_text_is_about_four_times_the_work(shape: str):
    """What grows with the square of a list of names would take sixteen times the calls."""
    make = SHAPES[shape]
    articles = [article_from_text(make(n), source="test") for n in (400, 1600)]
    take_inventory(articles[0])  # loads the word lists, once a process
    short, long = (calls_of(lambda a=article: take_inventory(a)) for article in articles)
    assert long < 7 * short


@pytest.mark.parametrize("words", ["cat's ", "official's ", "Ada's ", "the ", "of ", "Ministry's "])
def test_a_chain_of_any_length_is_read(words: str):
    """Possessives of possessives end somewhere, and never in an exception."""
    found = take_inventory(article_from_text(words * 5000 + "official said.", source="test"))
    assert found.sentences
