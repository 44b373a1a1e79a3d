"""Sanction statements in sentences of no article: entry bans, lists, votes, and what is none."""

import pytest

from extractor.find.inventory import take_inventory
from extractor.find.sanctions.entry_bans import opens_entry_ban
from extractor.read import article_from_text
from extractor.rules.sanctions.terms import read_terms


def told(text: str) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """Return trigger, action, status and the senders' names of every statement of `text`."""
    inventory = take_inventory(article_from_text(text))
    by_id = inventory.by_id
    return [
        (
            by_id[term.statement].trigger.of(text),  # type: ignore[union-attr]
            term.action,
            term.status,
            tuple(by_id[key.partition(".")[0]].name for key in term.sender),  # type: ignore[union-attr]
        )
        for term in read_terms(inventory)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Britain barred the novelist Ivo Marn from entering the country on Monday.",
         [("barred", "impose", "in_force", ("Britain",))]),
        ("Lawmakers in Ghana want the preacher Cole Harlan barred from the country.",
         [("barred", "impose", "proposed", ("Lawmakers in Ghana",))]),
        ("Denmark denied the envoy a visa after the dispute with Russia.",
         [("denied", "impose", "past", ("Denmark",))]),
        ("A petition calling on him to be banned from the United Kingdom was signed by thousands.",
         [("banned", "impose", "proposed", ("United Kingdom",))]),
        ("The shipping line has been the subject of European Union sanctions since 2011.",
         [("subject", "impose", "in_force", ("European Union",))]),
        ("Peru may vote on new sanctions against Bolivia next week.",
         [("vote", "impose", "proposed", ("Peru",))]),
        ("Ministers suggested EU sanctions on Chad could be lifted in exchange for elections.",
         [("lifted", "lift", "conditional", ("EU",))]),
        ("Washington so far has held off on imposing new sanctions against Burmese banks.",
         [("imposing", "impose", "denied", ("Washington",))]),
        ("Rebels called for a halt to what they called “cruel sanctions” by the United Nations.",
         [("halt", "lift", "proposed", ("United Nations",))]),
        ("NAIROBI (Reuters) - Kenya on Friday imposed sanctions on nine Eritrean officials.",
         [("imposed", "impose", "in_force", ("Kenya",))]),
        ("Canada is threatening modest sanctions over the raid in Haiti.",
         [("threatening", "threaten", "announced", ("Canada",))]),
        ("The trader was further sanctioned by Canada in 2015.",
         [("sanctioned", "impose", "in_force", ("Canada",))]),
        ("Norway will do away with sanctions on Eritrea.",
         [("do away", "lift", "announced", ("Norway",))]),
        ("Under its accord with the United States, Iran got sanctions relief.",
         [("relief", "ease", "in_force", ("United States",))]),
        ("A U.S. law which imposes sanctions on Sudanese officials was debated by Alex Dunn.",
         [("imposes", "impose", "in_force", ("U.S.",))]),
        ("In March the U.N. Security Council tightened its sanctions on Mali.",
         [("tightened", "tighten", "past", ("U.N. Security Council",))]),
        ("Canada is compiling evidence for possible new sanctions on Cuban banks.",
         [("possible", "impose", "proposed", ("Canada",))]),
    ],
)  # fmt: skip
def test_what_is_said_of_a_restriction(
    text: str, expected: list[tuple[str, str, str, tuple[str, ...]]]
) -> None:
    """Action, status and sender are read where the words stand, lists and bans included."""
    assert told(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Senators in Canada urged a vote to ban all Muslims from entering the country.",
        "The league banned Tom Reyes from playing in Spain.",
        "Marta Ruiz was barred from the ballot in Peru.",
        "The ethics panel found that she broke a rule, but ended without imposing any sanctions.",
        "States were given a reprieve from the sanctions of the school law.",
        "Turkey wants Iraq to drop the referendum and avoid sanctions.",
        "China pledged to ignore Canada-backed sanctions on Mali.",
        "The firm evaded sanctions on Iran for years, Canada says.",
        "The clerk raised the issue of sanctions on Cuba with Canada.",
        "Certain people from Chad, Libya and Yemen are barred from entering the United States.",
    ],
)
def test_what_is_no_statement(text: str) -> None:
    """Immigration policy, leagues, schools, parliaments' own rules and mere mentions are none."""
    padding = "The town council met. " * 80  # an article: in a few words alone nothing tells
    assert told(f"{text}\n\n{padding}") == []


def test_a_ban_told_of_is_meant_again() -> None:
    """After an entry ban is stated, "ban him" is that ban and keeps its sender."""
    text = (
        "Ghana barred the preacher Cole Harlan from entering the country last year.\n\n"
        "Officials said the move to ban him was unsuccessful."
    )
    assert [row[:3] for row in told(text)] == [
        ("barred", "impose", "past"),
        ("ban", "impose", "denied"),
    ]
    assert told(text)[1][3]
    assert told("The move to ban him in Ghana was unsuccessful, Canada said.") == []


def test_a_pronoun_is_not_the_country_that_is_hit() -> None:
    """ "It" after a bill against a country is the bill; its sender is the bill's state."""
    text = (
        "U.S. senators agreed on new sanctions on Chad. The draft is long. "
        "It would also impose sanctions on foreign banks."
    )
    assert {row[3] for row in told(text)} == {("U.S.",)}


PADDING = "The town council met. " * 20


@pytest.mark.parametrize(
    ("text", "sender"),
    [
        ("New Zealand has imposed sanctions against Tonga, an aide said.", "Zealand"),
        ("The Doyle administration on Friday lifted sanctions on Chad after U.S. pressure.",
         "Doyle administration"),
        ("Iran has been pressuring the Doyle administration to remove sanctions on its banks.",
         "Doyle administration"),
        ("The House of Representatives voted to impose new sanctions on Mali.",
         "House of Representatives"),
        ("The Security Council rejected a Chilean proposal to extend the arms embargo on Chad.",
         "Security Council"),
        ("Sweden and the U.N. Security Council met. Chile has proposed a resolution that would "
         "impose an arms embargo on Chad.", "U.N. Security Council"),
        ("The Senate Trade Committee passed a bill on July 3 that would sanction banks in Chad.",
         "Senate Trade Committee"),
        ("Zimbabwe's new president wants sanctions imposed by Canada removed.", "Canada"),
        ("Despite doubts in China and Russia, the U.N. Security Council imposed sanctions on Mali.",
         "U.N. Security Council"),
        ("Peru is a member of the Security Council which this week approved new sanctions to "
         "punish Mali.", "Security Council"),
        ("Britain has threatened to impose sanctions on Japanese banks in London.", "Britain"),
        ("In May, during his first term, President Alan Doyle left the pact and reinstated heavy "
         "sanctions on Chad.", "Alan Doyle"),
        ("Canada's threat to impose sanctions on Peru worried many.", "Canada"),
        ("Moscow dismissed an American threat of sanctions on Peru, as the U.S. envoy left.",
         "U.S."),
        ("Peru said it was hurt by Canada's refusal to lift sanctions.", "Canada"),
        ("Canada welcomed talks. The Norwegian government announced on the 18th that it would "
         "impose sanctions on Peru, as Norway had hinted.", "Norwegian government"),
        ("Canada announced the easing of sanctions on Mali in exchange for concessions by Kenya.",
         "Canada"),
        ("Norway announced sanctions on Peru; Chile retaliates with a travel ban against nine "
         "Norwegian officials.", "Chile"),
    ],
)  # fmt: skip
def test_the_sender_is_who_acts(text: str, sender: str) -> None:
    """The sender is who decides: no modifier, no one asked or asking, no neighbour in a list."""
    rows = told(f"{text}\n\n{PADDING}")
    assert rows[-1][3] == (sender,), rows


@pytest.mark.parametrize(
    ("text", "not_sender"),
    [
        ("Israel urged world powers not to lift sanctions on Sudan.", "Israel"),
        ("Berg had urged his counterparts to expand the sanctions on Chad.", "Berg"),
        ("Secretary of State Amy Holt said it will be difficult to put an oil embargo on Chad.",
         "Amy Holt"),
        ("Peru should join Chile in a plan to end the war and the powers should impose an arms "
         "embargo on Chad.", "Chile"),
        ("The sanctions on Mali will be lifted as a result of changes by Kenya.", "Kenya"),
        ("Russia imposed sanctions on Peru. In retaliation to sanctions levied on Russian "
         "lawmakers last month it called a debate.", "Russia"),
    ],
)  # fmt: skip
def test_who_is_no_sender(text: str, not_sender: str) -> None:
    """Who asks, comments, is hit or is only near does not impose."""
    rows = told(f"{text}\n\n{PADDING}")
    assert rows
    assert not_sender not in rows[-1][3], rows


def test_a_wish_does_not_displace_what_was_decided() -> None:
    """Another's wish for more leaves the sanctions the body's that approved them."""
    text = (
        "The U.N. Security Council on Monday approved new sanctions against Mali, but not the oil "
        "ban against Mali favored by Canada.\n\nThe new sanctions on Mali took effect on Friday."
    )
    assert told(f"{text}\n\n{PADDING}")[-1][3] == ("U.N. Security Council",)


def test_a_text_without_a_ban_is_not_searched_for_one() -> None:
    """A text is searched for entry bans only where a form of one can stand."""
    assert not opens_entry_ban("The bank opened a bar in Spain.")
    assert opens_entry_ban("Spain banned the writer from Mali.")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Western governments have pushed for sanctions against Belarus.",
         ("pushed", "impose", "proposed", ("Western governments",))),
        ("The 15-nation bloc had on August 20 imposed tough sanctions on Mali.",
         ("imposed", "impose", "past", ("15-nation bloc",))),
        ("Canada joined the United States in imposing sanctions on Venezuela.",
         ("imposing", "impose", "in_force", ("Canada", "United States"))),
        ("The carrier was hit by sanctions from Britain and the European Union last year.",
         ("hit", "impose", "past", ("Britain", "European Union"))),
        ("European Union leaders decided to prolong economic sanctions against Russia.",
         ("prolong", "renew", "agreed", ("European Union",))),
        ("After sanctioning Peru's banks, Canada lifted its sanctions on Chile.",
         ("sanctioning", "impose", "past", ("Canada",))),
        ("Angry over taxes paid by US firms, the WTO has hurt Peru by imposing sanctions on it.",
         ("imposing", "impose", "past", ("WTO",))),
        ("The envoy resigned a day after the international community imposed sanctions on Chad.",
         ("imposed", "impose", "past", ("international community",))),
        ("Norway Weighs New Sanctions On Chad\n\nNorway was still at it on Monday.",
         ("Weighs", "impose", "proposed", ("Norway",))),
        ("Norway called off sanctions against Chad.", ("called", "lift", "past", ("Norway",))),
        ("Norway opposes sanctions on Chad.", ("opposes", "impose", "denied", ("Norway",))),
        ("Norway did not rule out sanctions against Chad.",
         ("rule out", "impose", "proposed", ("Norway",))),
        ("Norway stopped short of imposing sanctions on Chad.",
         ("imposing", "impose", "denied", ("Norway",))),
        ("Norway has yet to lift its sanctions on Chad.",
         ("lift", "lift", "denied", ("Norway",))),
        ("Chad demanded that Norway lift its sanctions.",
         ("lift", "lift", "proposed", ("Norway",))),
        ("Norway placed three firms from Chad under sanctions.",
         ("placed", "impose", "past", ("Norway",))),
        ("Norway imposed $20 million in trade sanctions on Chad.",
         ("imposed", "impose", "past", ("Norway",))),
        ("Norway banned exports of weapons to Chad.",
         ("banned", "impose", "past", ("Norway",))),
        ("Moscow has urged Brussels to lift sanctions on grain exporters in Russia.",
         ("lift", "lift", "proposed", ("Brussels",))),
        ("President Roe ended the embargo on Chad but left in place U.S. sanctions on Mali.",
         ("left", "keep", "past", ("U.S.",))),
    ],
)  # fmt: skip
def test_who_imposes_in_other_words(
    text: str, expected: tuple[str, str, str, tuple[str, ...]]
) -> None:
    """Collectives, joint acts, headlines and verbs with particles are read too."""
    assert expected in told(text + "\n")


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("The EU may lift sanctions on the bank, a diplomat said on condition of anonymity.", None),
        ("Canada would ease sanctions on Mali, an aide said on condition he not be named.", None),
        ("Norway will lift sanctions on Chad on condition that elections are held.",
         "on condition that elections are held"),
    ],
)  # fmt: skip
def test_how_somebody_agreed_to_speak_is_no_condition(text: str, condition: str | None) -> None:
    """That a source speaks on condition of anonymity is no condition of a sanction."""
    (term,) = read_terms(take_inventory(article_from_text(text + "\n")))
    assert (term.condition and term.condition.of(text)) == condition


def test_no_sanctions_were_imposed() -> None:
    """A restriction that was not imposed is denied, and nobody is its sender."""
    assert told("No sanctions have been imposed on Chad, Norway said.\n")[0][1:3] == (
        "impose",
        "denied",
    )
