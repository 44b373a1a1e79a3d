"""Sanction statements: what is one, what is a comment, and what is another sense of the word."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.find.candidates import SanctionStatement
from extractor.find.document import read_document
from extractor.find.sanctions.finder import find_statements
from extractor.find.sentences import find_sentences
from extractor.read import article_from_text


def statements(text: str) -> tuple[SanctionStatement, ...]:
    """Return the sanction statements of `text`."""
    article = article_from_text(text)
    document = read_document(article, find_sentences(article), ())
    return tuple(read.statement for read in find_statements(document))


def told(text: str) -> list[tuple[str, str, str]]:
    """Return the action, the word that names it, and the restriction's phrase."""
    return [(s.action, s.trigger.of(text), s.measure.of(text)) for s in statements(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The U.N. imposed an arms embargo on Sudan.",
         [("impose", "imposed", "arms embargo on Sudan")]),
        ("The sanctions on Zimbabwe were eased and then lifted.",
         [("ease", "eased", "sanctions on Zimbabwe"), ("lift", "lifted", "sanctions on Zimbabwe")]),
        ("Ministers met to renew, tighten or lift sanctions on Iran.",
         [("renew", "renew", "sanctions on Iran"), ("tighten", "tighten", "sanctions on Iran"),
          ("lift", "lift", "sanctions on Iran")]),
        ("The council will step up sanctions on Niger.",
         [("tighten", "step", "sanctions on Niger")]),
        ("Canada rolled back trade restrictions on Cuba and rolled over its sanctions on Haiti.",
         [("ease", "rolled", "trade restrictions on Cuba"),
          ("renew", "rolled", "sanctions on Haiti")]),
        ("The U.S.'s sanctions on Cuba were eased.",
         [("ease", "eased", "U.S.'s sanctions on Cuba")]),
        ("There's a 15-month embargo on Chad’s oil, imposed by the EU.",
         [("impose", "imposed", "15-month embargo on Chad’s oil")]),
        ("It's lifting $5bn in sanctions on Mali.", [("lift", "lifting", "sanctions on Mali")]),
        ("Germany's and France's sanctions on Chad expired.",
         [("lift", "expired", "Germany's and France's sanctions on Chad")]),
        ("The U.N. approved a 10th round of sanctions on Niger.",
         [("impose", "approved", "sanctions on Niger")]),
        ("The easing of sanctions on Syria helped.", [("ease", "easing", "sanctions on Syria")]),
        ("Sudan asked for sanctions relief.", [("ease", "relief", "sanctions relief")]),
        ("There was no end to the sanctions.", [("lift", "end", "sanctions")]),
        ("Washington hit two banks with sanctions.", [("impose", "hit", "sanctions")]),
        ("Sanctions on Mali remain in place.", [("keep", "remain", "Sanctions on Mali")]),
        ("Sanctions on Mali expired in June.", [("lift", "expired", "Sanctions on Mali")]),
        ("U.N. sanctions snapped back on Sunday.", [("reimpose", "snapped", "U.N. sanctions")]),
        ("The sanctions took effect in May.", [("impose", "took", "sanctions")]),
        ("Japan sanctioned nine Russian officials.", [("impose", "sanctioned", "sanctioned")]),
        ("UK sanctions two Sudanese generals", [("impose", "sanctions", "sanctions")]),
        ("The bank was removed from the EU sanctions list.",
         [("lift", "removed", "EU sanctions list")]),
        ("Cuba was added to the list of state sponsors of terrorism.",
         [("impose", "added", "list")]),
        ("The Treasury exempted food from the sanctions.",
         [("waive", "exempted", "sanctions")]),
        ("The EU froze the assets of six firms and kept its sanctions on Libya.",
         [("impose", "froze", "froze the assets of six firms"),
          ("keep", "kept", "sanctions on Libya")]),
        ("The U.S. sanctioned a refiner. Congress banned imports of Russian uranium.",
         [("impose", "sanctioned", "sanctioned"),
          ("impose", "banned", "banned imports of Russian uranium")]),
        ("The U.S. eased sanctions on Venezuela in October, but reimposed them in April.",
         [("ease", "eased", "sanctions on Venezuela"),
          ("reimpose", "reimposed", "sanctions on Venezuela")]),
    ],
)  # fmt: skip
def test_each_action_on_each_restriction_is_one_statement(
    text: str, expected: list[tuple[str, str, str]]
) -> None:
    """Verbs before and behind, nouns, lists and the restriction's own verb are all found."""
    assert told(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "U.S. sanctions are about people, he said.",
        'She called the sanctions "a tool to make rulers listen".',
        "The effectiveness of sanctions is disputed.",
        "Sanctions have hurt the economy.",
        "A sanctioned tanker was seen off Oman despite the sanctions.",
        "He was jailed for sanctions evasion.",
        "The president raised tariffs on steel and lifted duties on cotton.",
        "The strike was sanctioned by the union.",
        "The league imposed disciplinary sanctions on the club.",
        "The judge imposed sanctions on the lawyers for misconduct.",
        "The school tightened its sanctions for pupils who come late.",
        "The state has lifted the assault weapons ban.",
        "The city lifted a ban on street music.",
        "Parliament sanctioned the use of force.",
    ],
)
def test_comments_and_other_senses_are_no_statements(text: str) -> None:
    """A restriction to which nothing happens, a tariff, a school's or a court's are left out."""
    assert told(text) == []


def test_weak_words_count_only_where_sanctions_are_the_subject() -> None:
    """ "Restrictions on" a country are a sanction in an article on sanctions, not by themselves."""
    weak = "Norway eased restrictions on Russian fishermen."
    assert told(weak) == []
    assert len(told("The EU extended its sanctions on Russia.\n\n" + weak)) == 2


def test_they_and_them_reach_one_sentence_back() -> None:
    """A pronoun stands for a restriction of the sentence before, and of no earlier one."""
    named = "American sanctions are flexible."
    assert told(f"{named} They can lift them tomorrow.") == [("lift", "lift", "them")]
    assert told(f"{named} Nobody spoke. They can lift them tomorrow.") == []


WORDS = (
    "the EU imposed sanctions sanction lifted on against Iran and or , . embargo ban of assets "
    "froze freeze them they if unless to agreed by with from under list relief snapped back not "
    "export controls , were will be been removed the U.S. oil “ ” ( ) \n\n"
).split(" ")


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from(WORDS) | st.text(max_size=3), max_size=60))
def test_spans_lie_in_their_sentence(words: list[str]) -> None:
    """Whatever the text: no error, ids in order, every span inside the statement's sentence."""
    article = article_from_text("It rained. " + " ".join(words))
    sentences = find_sentences(article)
    whole = {s.id: s.span for s in sentences}
    document = read_document(article, sentences, ())
    found = [read.statement for read in find_statements(document)]
    assert [s.id for s in found] == [f"T{i + 1}" for i in range(len(found))]
    for statement in found:
        assert whole[statement.sentence].contains(statement.span)
        assert statement.span.contains(statement.trigger)
        assert statement.span.contains(statement.measure)
        assert statement.trigger.of(article.text).strip()
