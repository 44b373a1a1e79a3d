"""How settled sanction statements are, by their own sentences and by the rest of the article."""

import pytest

from extractor.find.inventory import take_inventory
from extractor.read import article_from_text
from extractor.rules.sanctions.status import is_ahead, of_the_news
from extractor.rules.sanctions.terms import read_terms


def statuses(text: str) -> list[tuple[str, str]]:
    """Return the trigger and the status of every statement of `text`."""
    inventory = take_inventory(article_from_text(text))
    return [
        (inventory.by_id[term.statement].trigger.of(text), term.status)  # type: ignore[union-attr]
        for term in read_terms(inventory)
    ]


@pytest.mark.parametrize(
    ("sentence", "status"),
    [
        # nothing has been done, or someone is against it
        ("Envoys saw no sign of any intention to ease sanctions on Chad.", "denied"),
        ("A minister said there was no indication Norway plans to ease Chad sanctions.", "denied"),
        ("Norway has little chance of persuading Kenya to lift sanctions on Chad.", "denied"),
        ("It is unlikely that Norway will agree on the removal of sanctions on Chad.", "denied"),
        ("Bishops asked Norway not to lift sanctions on Chad.", "denied"),
        ("Norway postponed imposing sanctions on Chad.", "denied"),
        ("Instead of tightening sanctions on Chad, the cabinet will hold talks with Norway.",
         "denied"),
        ("Norway rejected calls for sanctions against Chad.", "denied"),
        ("Kenya vetoed a resolution that would have imposed sanctions on Chad.", "denied"),
        ("Norway would veto any sanctions on Chad.", "denied"),
        ("A U.N. resolution imposing sanctions on Chad was vetoed by Kenya.", "denied"),
        ("Kenya blocked a bid by Norway to impose U.N. sanctions on Chad.", "denied"),
        # two refusals make none
        ("Norway did not rule out easing sanctions on Chad.", "proposed"),
        ("Norway will not veto a sanctions bill on Chad.", "proposed"),
        # wished for, asked for, open
        ("Kenya will request that the sanctions on Chad be lifted.", "proposed"),
        ("Kenya expects Norway to lift sanctions on Chad.", "proposed"),
        ("Norway is set to agree to extend sanctions on Chad.", "proposed"),
        ("The parliament of Norway will hold a vote on lifting sanctions on Chad.", "proposed"),
        ("Norway agrees on need to ease sanctions on Chad.", "proposed"),
        ("Lift sanctions on Chad, bishop tells Norway", "proposed"),
        ("Could Norway ban exports to Chad?", "proposed"),
        ("As well as tightening sanctions on Chad, the bill will help Norway's fishers.",
         "proposed"),
        ("Norway would welcome the lifting of sanctions on Chad.", "proposed"),
        ("Kenya hopes Norway will lift the sanctions on Chad.", "proposed"),
        ("Kenya predicts Norway will lift sanctions on Chad.", "proposed"),
        ("Norway circulated a resolution tightening sanctions on Chad.", "proposed"),
        ("Kenya called for a resolution tightening sanctions on Chad.", "proposed"),
        ("Kenya fears Norway will impose sanctions on Chad.", "proposed"),
        # a committee of a parliament only recommends
        ("A House panel in Washington approves a measure to widen Chad sanctions.", "proposed"),
        ("The Foreign Affairs Committee of Canada's House of Commons tightens sanctions on Chad.",
         "proposed"),
        ("The Sanctions Committee of the U.N. Security Council sanctions Chad's generals.",
         "in_force"),
        # said by those who can do it
        ("Norway plans new sanctions on Chad.", "announced"),
        ("Norway is preparing sanctions on Chad.", "announced"),
        ("Norway plans to sign a Chad sanctions bill.", "announced"),
        ("Norway expects to lift sanctions on Chad.", "announced"),
        ("Norway lifts sanctions on Chad next month.", "announced"),
        ("Norway tightening sanctions on Chad soon", "announced"),
        ("Sanctions on Chad to be lifted", "announced"),
        ("The envoy would see that the sanctions on Chad were lifted.", "announced"),
        ("Norway repeated the threat of sanctions on Chad.", "announced"),
        ("Norway warned it would impose sanctions on Chad.", "announced"),
        ("Norway believes it will lift sanctions on Chad.", "announced"),
        ("Norway's sanctions on Chad expire on June 1.", "announced"),
        # decided
        ("Chad agreed to free its prisoners in exchange for the lifting of U.N. sanctions.",
         "agreed"),
        ("Norway voted on Tuesday to ease sanctions on Chad.", "agreed"),
        ("Senators in Canada voted to approve new sanctions on Chad.", "agreed"),
        ("An extension of the Chad Sanctions Act passes the U.S. Congress.", "agreed"),
        ("Canada's parliament has approved new sanctions on Chad.", "agreed"),
        ("The U.N. Security Council adopted a resolution tightening sanctions on Chad.", "agreed"),
        # done in the news, or in place
        ("Norway has approved a set of sanctions against Chad.", "in_force"),
        ("Norway said on Tuesday it had imposed sanctions on Chad.", "in_force"),
        ("U.N. sanctions on Chad expired on Tuesday.", "in_force"),
        ("Norway's sanctions on Chad took effect on June 1.", "in_force"),
        ("Norway's prime minister signed an order banning exports to Chad.", "in_force"),
        # done before
        ("Norway's sanctions on Chad expired on June 1.", "past"),
        ("The U.N. Security Council passed a resolution tightening sanctions on Chad in 2016.",
         "past"),
        ("Norway imposed sanctions on Chad last Tuesday.", "past"),
        ("Norway imposed sanctions on Chad earlier this week.", "past"),
        ("Norway said it had imposed sanctions on Chad in May.", "past"),
        ("Kenya praised the lifting of sanctions on Chad by Norway.", "past"),
        ("Kenya accepted sanctions on Chad only after they had been imposed by Norway.", "past"),
        ("In March Norway imposed sanctions on Chad until next year.", "past"),
        ("Under a pact Chad closed its camps in return for the lifting of U.N. sanctions.",
         "past"),
        # on a condition
        ("Chad would close its camps in return for the lifting of U.N. sanctions.", "conditional"),
        ("Norway to sanction firms in Chad if vote rigged", "conditional"),
        ("Any bank that trades with Chad can be sanctioned by Norway.", "conditional"),
    ],
)  # fmt: skip
def test_the_status_that_a_sentence_gives(sentence: str, status: str) -> None:
    """Negation, wishes, plans, votes, dates and conditions each give the status they mean."""
    assert {found for _, found in statuses(sentence)} == {status}


def test_a_condition_belongs_to_the_clause_it_stands_in() -> None:
    """What is announced does not depend on the condition of what is said next."""
    text = (
        "In announcing the sanctions on Chad, the Norwegian minister said he was ready to lift "
        "them once the prisoners were free."
    )
    assert statuses(text) == [("announcing", "announced"), ("lift", "conditional")]


@pytest.mark.parametrize("time", ["until mid-2031", "as soon as possible", "as soon as November"])
def test_a_time_is_no_condition(time: str) -> None:
    """ "Until mid-2031" and "as soon as possible" say when, and make nothing depend on them."""
    (term,) = read_terms(
        take_inventory(article_from_text(f"Norway wants to lift sanctions on Chad {time}."))
    )
    assert term.condition is None
    assert term.when is not None or time == "as soon as November"


def test_what_is_only_named_stands_as_it_was_told_before() -> None:
    """ "Lifting the embargo was no favour" says nothing of whether it is lifted: the news did."""
    told = "Norway will lift an embargo on Chad, it said on Monday.\n\n"
    named = "The minister insisted that lifting the embargo was no favour to Chad."
    assert statuses(told + named)[1] == ("lifting", "announced")
    assert statuses(named + " Norway was silent.") == [("lifting", "proposed")]


def test_what_is_done_in_the_news_is_no_past_when_told_again() -> None:
    """An undated sentence on the same action and target is of the news that the headline tells."""
    head = "Norway sanctions Chad general\n\n"
    again = "Norway imposed sanctions on General Abel Doum of Chad, a ministry said."
    assert statuses(head + again) == [("sanctions", "in_force"), ("imposed", "in_force")]
    other = "Norway imposed sanctions on a Malian miner, a ministry said."
    assert statuses(head + other)[1] == ("imposed", "past")
    before = "Norway imposed sanctions on General Abel Doum of Chad in 2015."
    assert statuses(head + before)[1] == ("imposed", "past")


@pytest.mark.parametrize(
    ("time", "news", "ahead"),
    [
        ("on Monday", True, False),
        ("this week", True, False),
        ("last Friday", False, False),
        ("earlier this week", False, False),
        ("in 2015", False, False),
        ("", False, False),
        ("next week", False, True),
        ("in the coming days", False, True),
        ("tomorrow", False, True),
    ],
)
def test_days_of_the_news_and_days_ahead(time: str, news: bool, ahead: bool) -> None:
    """A plain weekday is of the news, "last Friday" before it, "next week" ahead."""
    assert (of_the_news(time), is_ahead(time)) == (news, ahead)
