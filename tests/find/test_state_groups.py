"""States taken together are found as mentions, and other countries are not."""

import pytest

from extractor.find.inventory import take_inventory
from extractor.read import article_from_text


def bodies(text: str) -> list[str]:
    """Return what the article's bodies are printed as."""
    inventory = take_inventory(article_from_text(text + "\n", source="made.txt"))
    return [inventory.text_of(m.span) for m, e in inventory.mentions if e.kind == "body"]


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("Several Western countries froze the funds of the junta.", "Western countries"),
        ("Aid from the Gulf Arab states stopped on Monday.", "Gulf Arab states"),
        ("Smugglers were sought by the international community.", "international community"),
        ("On May 3 the 15-nation bloc closed its borders.", "15-nation bloc"),
        ("He said like-minded neighbouring governments agreed.", "neighbouring governments"),
    ],
)
def test_states_that_act_together_are_a_mention(text: str, phrase: str) -> None:
    """A plural for states with a word that says which, and a community or bloc, is a body."""
    assert any(found.endswith(phrase) for found in bodies(text))


@pytest.mark.parametrize(
    "text",
    [
        "He won the swing states and lost other countries' votes.",
        "The states sued, and two countries waited.",
        "She has special powers and knows many nations.",
        "The community in the United States met.",
    ],
)
def test_states_of_no_kind_are_none(text: str) -> None:
    """Without a word that says which states are meant, there is nobody to name."""
    assert bodies(text) == []


def test_the_same_words_are_one_entity_and_ids_of_names_stay() -> None:
    """Repeated words are mentions of one entity, numbered after all names."""
    text = "Arab states met Ann Berg in Vilnius. The Arab states then left, Berg said.\n"
    inventory = take_inventory(article_from_text(text, source="made.txt"))
    last = inventory.names[-1]
    assert [inventory.text_of(m.span) for m in last.mentions] == ["Arab states", "Arab states"]
    assert last.id == f"P{len(inventory.names)}"
    assert len({entity.id for entity in inventory.names}) == len(inventory.names)
