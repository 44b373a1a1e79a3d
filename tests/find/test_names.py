"""Names, descriptions and pronouns: who is who in an article."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from extractor.find.candidates import Entity
from extractor.find.inventory import Inventory, take_inventory
from extractor.language.spellings import within_edits
from extractor.read import article_from_text


def inventory(text: str) -> Inventory:
    return take_inventory(article_from_text(text, source="test"))


def entity(found: Inventory, name: str) -> Entity:
    matches = [e for e in found.names if e.name == name]
    assert len(matches) == 1, [e.name for e in found.names]
    return matches[0]


def mentions(found: Inventory, name: str) -> list[str]:
    return [found.text_of(m.span) for m in entity(found, name).mentions]


def test_a_last_name_alone_is_the_person_named_in_full_before():
    """Full name, last name and first name of one person stand under one id."""
    found = inventory("Ruth Okafor left the talks. Okafor was tired. Aides said Ruth would return.")
    assert mentions(found, "Ruth Okafor") == ["Ruth Okafor", "Okafor", "Ruth"]


def test_two_people_with_one_last_name_stay_apart():
    """Different first names make different people, whatever they share."""
    found = inventory("Paul Danso met Ada Danso in Accra. They spoke for an hour.")
    assert entity(found, "Paul Danso").id != entity(found, "Ada Danso").id


def test_other_spellings_of_a_name_are_one_entity():
    """Two transliterations of a first and last name in one article are one person."""
    found = inventory(
        "Sergei Vyshnevsky was freed. Crowds cheered. Serhei Vyshnevskyy waved to the crowd."
    )
    assert len([e for e in found.names if e.kind == "person"]) == 1


def test_titles_and_demonyms_are_the_role_not_the_name():
    """What stands before a name as title is kept as role."""
    found = inventory("French Prime Minister Luc Moreau resigned. Sen. Amy Tan (D-Ohio) did not.")
    assert entity(found, "Luc Moreau").role == "French Prime Minister"
    assert entity(found, "Amy Tan").role == "Sen."


def test_a_definite_description_joins_the_person_with_that_role():
    """ "The envoy" is the one person whom the article calls an envoy."""
    found = inventory(
        "The talks were led by Norway's envoy Kari Holm. President Juan Perez hosted them. "
        "The Norwegian envoy flew home on Monday."
    )
    assert "The Norwegian envoy" in mentions(found, "Kari Holm")


def test_an_unnamed_source_stays_unnamed():
    """A description that fits nobody named is a source of its own kind, as printed."""
    found = inventory("Ana Silva denied it. But a senior official said the plan was ready.")
    assert entity(found, "a senior official").kind == "unnamed"


def test_country_and_short_form_are_one_place():
    """ "US", "U.S." and "United States" are one entity; a capital is another."""
    found = inventory("The US agreed. The U.S. paid. The United States gained. Washington waited.")
    assert mentions(found, "United States") == ["US", "U.S.", "United States"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("The Ministry of Defence denied it.", "body"),
        ("The Committee for the Protection of Birds of Prey met.", "body"),
        ("The European Union met in Riga.", "body"),
        ("They flew to Tallinn.", "place"),
        ("The offer came from Mr. Adeyemi.", "person"),
        # an age or "who" with a singular verb follows people only, whatever their name looks like
        ("Thandeka Church, who heads the Growers' Union, was late.", "person"),
        ("Lerato Bank, 43, was late.", "person"),
        ("The doors opened. Moleboheng, 43, a cook, was late.", "person"),
        ("They met Boitumelo Street, who sings.", "person"),
        ("Maseru Rovers Club, who have lost again, travel home.", "body"),
        ("He wrote to the Harbour Board, who answered.", "body"),
        ("An actor in Springfield, who was late, wept.", "place"),
        ("They spent June in the Hamptons.", "body"),  # no person has an article
        ("They cheered the Denver Herons.", "body"),
        ("It was a plan of the Peter Marsh campaign.", "person"),
    ],
)
def test_kinds_are_read_off_the_name_and_its_company(text: str, kind: str):
    """Bodies, places and persons are told apart by the words of the name and beside it."""
    found = inventory(text)
    assert kind in [e.kind for e in found.names if e.mentions[0].kind == "name"]


@pytest.mark.parametrize(
    ("text", "described"),
    [
        # the verb after "who" is no noun
        ("Paul Danso, who chairs the trust, met Ann Berg, who now heads its rival.", []),
        ("The inquiry that judges the merger met.", []),
        ("A man who police say fled was found.", ["A man", "police"]),
        # a deputy is somebody of his own, named or not
        ("Paul Danso left. His deputy, asked about it, said nothing.", ["His deputy"]),
        ("Paul Danso left. His fixer, asked about it, said nothing.", ["His fixer"]),
        ("Paul Danso left. His deputy, Ann Berg, said nothing.", ["His deputy"]),
        # what stands after a name is no description of it
        ("Paul Danso, told a reporter was there, left.", ["a reporter"]),
    ],
)
def test_descriptions_are_nouns_for_people_and_bodies(text: str, described: list[str]):
    """Phrases that stand for somebody are mentions; verbs that look like such nouns are not."""
    found = inventory(text)
    printed = [found.text_of(m.span) for m, _ in found.mentions if m.kind == "nominal"]
    assert [p for p in printed if p not in ("the trust", "its rival", "the merger")] == described


def test_a_role_at_a_sentence_s_beginning_is_no_part_of_the_name():
    """ "Prosecutor Okello Danso" is Okello Danso, the prosecutor."""
    found = next(e for e in inventory("Prosecutor Okello Danso left.").names)
    assert (found.name, found.role, found.kind) == ("Okello Danso", "Prosecutor", "person")


def test_who_gives_a_name_is_called_by_it():
    """ "One driver, who gave his name only as Musa" is Musa, and "his" means him."""
    for text in (
        "Paul Danso left. One driver, who gave his name only as Musa, stayed.",
        "Paul Danso left. A driver who identified himself as Musa stayed.",
    ):
        musa = next(e for e in inventory(text).names if e.name == "Musa")
        assert musa.kind == "person"
        assert "nominal" in [m.kind for m in musa.mentions]
        assert next(e for e in inventory(text).names if e.name == "Paul Danso").mentions[1:] == ()


def test_months_days_and_first_words_of_sentences_are_no_names():
    """A capital at the start of a sentence or of a month makes no name."""
    found = inventory(
        "However, talks failed. On Monday they met. Visibly tired, everyone left in May."
    )
    assert [e.name for e in found.names if e.kind != "unnamed"] == []


def test_bylines_and_credits_name_nobody_in_the_story():
    """The author and the photographer are no speakers."""
    found = inventory("By Jane Writer\n\nThe mayor spoke to reporters for an hour on Tuesday.\n")
    assert "Jane Writer" not in [e.name for e in found.names]


def test_a_pronoun_means_the_last_fitting_subject():
    """Gender and number decide among those named before."""
    found = inventory(
        "Maria Lopez met her brother Carlos Lopez. She hugged him. He told reporters about it."
    )
    assert "She" in mentions(found, "Maria Lopez")
    assert "He" in mentions(found, "Carlos Lopez")


def test_the_speaker_of_the_sentence_before_is_the_next_he():
    """ "He said" after a paragraph that somebody spoke in is that somebody."""
    found = inventory(
        "Prime Minister David Cole has long been criticised. Cole's envoy Peter Marsh told the "
        "agency that 200 detainees could be freed.\n\n"
        '"I think it can be done," he said.'
    )
    assert "he" in mentions(found, "Peter Marsh")


def test_a_pronoun_that_nobody_fits_keeps_no_antecedent():
    """Unresolved rather than guessed."""
    found = inventory("Anna Berg spoke first. He left early.")
    assert [e.name for e in found.names if found.text_of(e.mentions[0].span) == "He"] == ["he"]


PRESS = st.lists(
    st.sampled_from(
        "Mr. President Ann Berg O'Neil said told “No” the of U.S. and , . \n\n He she they who "
        "an official in May Smith's ’s ( ) : — J. van der Berg's Ministry Defence 's “ ” '".split(
            " "
        )
    ),
    max_size=60,
).map(" ".join)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=300), PRESS))
def test_every_mention_is_a_slice_and_belongs_to_one_entity(text: str):
    """Mentions never leave the text, are never empty, in order, and no place has two entities."""
    found = inventory(text)
    seen = set()
    for e in found.names:
        assert list(e.mentions) == sorted(e.mentions, key=lambda m: m.span)
        for m in e.mentions:
            assert 0 <= m.span.start < m.span.end <= len(found.article.text)
            assert found.text_of(m.span).strip()
            assert m.span not in seen
            seen.add(m.span)


@settings(max_examples=200, deadline=None)
@given(st.text("abc", max_size=7), st.text("abc", max_size=7), st.integers(0, 2))
def test_spellings_are_compared_as_the_edit_distance_says(a: str, b: str, most: int):
    """The bounded comparison agrees with Levenshtein's distance."""
    assert within_edits(a, b, most) == (Levenshtein.distance(a, b) <= most)


def test_a_long_name_that_ends_with_a_country_is_not_that_country() -> None:
    """The country keeps its kind and its name, whatever long name ends with it."""
    text = "North Korea protested. The Ann Brook Banking Restrictions Involving North Korea passed."
    assert entity(inventory(text), "North Korea").kind == "place"
