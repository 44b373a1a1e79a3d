"""Four stories of countries that do not exist: every sanction statement, with all its sides.

The rows were read against the stories before they became a test. None stands for a target that the
story does not say and that is no claim here.
"""

from pathlib import Path

import pytest

from extractor.find.inventory import Inventory, take_inventory
from extractor.read import article_from_text
from extractor.rules.sanctions.terms import Term, read_terms
from extractor.text.spans import Span

STORIES = Path(__file__).with_name("sanction_stories")
Row = tuple[str, str, str, tuple[str, ...], tuple[str, ...] | None, str, str, str]
# trigger, action, status, senders, targets, measure, condition, when
EXPECTED: dict[str, list[Row]] = {
    "council": [
        (
            "renew",
            "renew",
            "agreed",
            ("United Nations Security Council",),
            ("Karvonia",),
            "arms embargo on Karvonia",
            "",
            "on Friday",
        ),
        (
            "extends",
            "renew",
            "in_force",
            ("United Nations Security Council",),
            ("nine commanders",),
            "travel ban",
            "",
            "until May 31, 2027",
        ),
        (
            "extends",
            "renew",
            "in_force",
            ("United Nations Security Council",),
            ("nine commanders",),
            "asset freeze on nine commanders",
            "",
            "until May 31, 2027",
        ),
        (
            "stay",
            "keep",
            "proposed",
            ("United Nations Security Council",),
            ("Karvonia",),
            "embargo",
            "",
            "",
        ),
        ("lift", "lift", "proposed", ("the council",), ("Karvonia",), "embargo", "", ""),
        (
            "ease",
            "ease",
            "conditional",
            ("The council",),
            ("Karvonia",),
            "embargo",
            "if Karvonia secures its weapons depots and lets monitors in",
            "",
        ),
        ("end", "lift", "denied", ("It",), ("nine commanders",), "travel ban", "", ""),
        ("imposed", "impose", "past", ("It",), ("Karvonia",), "embargo", "", "in 2018"),
    ],
    "ecowas": [
        (
            "slaps",
            "impose",
            "in_force",
            ("West African bloc",),
            ("Tembala's new rulers",),
            "sanctions on Tembala's new rulers",
            "",
            "",
        ),
        (
            "imposed",
            "impose",
            "in_force",
            ("West African leaders",),
            ("Tembala",),
            "sweeping sanctions on Tembala",
            "",
            "on Sunday",
        ),
        (
            "freeze",
            "impose",
            "announced",
            ("ECOWAS",),
            ("the junta's assets",),
            "freeze the junta's assets",
            "",
            "with immediate effect",
        ),
        (
            "ban",
            "impose",
            "announced",
            ("ECOWAS",),
            ("flights",),
            "ban flights",
            "",
            "with immediate effect",
        ),
        (
            "tighten",
            "tighten",
            "conditional",
            ("ECOWAS",),
            ("Tembala",),
            "sanctions",
            "If they do not",
            "",
        ),
        (
            "threatened",
            "threaten",
            "announced",
            ("African Union",),
            ("Tembala",),
            "arms embargo",
            "",
            "",
        ),
        (
            "imposing",
            "impose",
            "denied",
            ("France", "United States"),
            ("Tembala",),
            "sanctions",
            "",
            "",
        ),
        (
            "lifted",
            "lift",
            "past",
            ("the bloc",),
            ("Mali",),
            "similar embargo on Mali",
            "",
            "in 2022",
        ),
        (
            "lift",
            "lift",
            "conditional",
            ("the bloc",),
            ("Mali",),
            "sanctions",
            "as soon as a civilian is named prime minister",
            "",
        ),
    ],
    "ofac": [
        ("takes", "lift", "in_force", ("U.S. Treasury",), ("Zedan bank",), "blacklist", "", ""),
        (
            "removed",
            "lift",
            "in_force",
            ("U.S. Treasury",),
            ("Zedan's largest bank",),
            "sanctions list",
            "",
            "on Tuesday",
        ),
        (
            "delisted",
            "lift",
            "past",
            ("Office of Foreign Assets Control",),
            ("Orient Trust Bank",),
            "delisted",
            "",
            "after the bank sold its stake in a missile maker",
        ),
        (
            "remain",
            "keep",
            "in_force",
            ("Office of Foreign Assets Control",),
            ("Two of its former directors",),
            "sanctions",
            "",
            "",
        ),
        (
            "blacklisted",
            "impose",
            "past",
            ("Washington",),
            ("the bank",),
            "blacklisted",
            "",
            "in 2017",
        ),
        (
            "lift",
            "lift",
            "denied",
            ("European Union",),
            ("the bank",),
            "own sanctions on the bank",
            "",
            "",
        ),
        (
            "ease",
            "ease",
            "denied",
            ("Britain",),
            ("the bank",),
            "own sanctions on the bank",
            "",
            "",
        ),
        (
            "reimpose",
            "reimpose",
            "conditional",
            ("he",),
            ("the bank",),
            "sanctions",
            "unless Zedan frees an American pilot",
            "",
        ),
        (
            "waives",
            "waive",
            "in_force",
            ("officials",),
            ("food exports",),
            "ban on food exports",
            "",
            "for six months",
        ),
    ],
    "baltic": [
        ("want", "impose", "proposed", ("EU",), (), "EU entry bans", "", ""),
        (
            "ban",
            "impose",
            "proposed",
            ("European Union",),
            ("40 judges", "prosecutors"),
            "ban 40 judges and prosecutors from Velia from entering",
            "",
            "",
        ),
        (
            "freeze",
            "impose",
            "proposed",
            ("European Union",),
            ("their assets",),
            "freeze their assets",
            "",
            "",
        ),
        (
            "called",
            "impose",
            "proposed",
            ("They",),
            ("Velian timber",),
            "embargo on Velian timber",
            "",
            "",
        ),
        ("impose", "impose", "proposed", ("Germany", "Italy"), None, "new sanctions", "", ""),
        (
            "extended",
            "renew",
            "past",
            ("it",),
            ("exports of surveillance equipment",),
            "ban on exports of surveillance equipment",
            "",
            "In June",
        ),
        (
            "barring",
            "impose",
            "announced",
            ("Velia's foreign ministry",),
            ("Baltic officials",),
            "barring Baltic officials from the country",
            "",
            "",
        ),
        (
            "lift",
            "lift",
            "conditional",
            ("Brussels",),
            None,
            "all sanctions",
            "in exchange for the release of the protesters",
            "",
        ),
    ],
}


def row(inventory: Inventory, term: Term) -> Row:
    """Return a statement as it is compared: the words at its spans."""

    def words(span: Span | None) -> str:
        return span.of(inventory.article.text) if span else ""

    by_id = inventory.by_id
    return (
        words(by_id[term.statement].trigger),  # type: ignore[union-attr]
        term.action,
        term.status,
        tuple(words(by_id[key].span) for key in term.sender),  # type: ignore[union-attr]
        tuple(words(span) for span in term.target),
        words(term.measure),
        words(term.condition),
        words(term.when),
    )


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_every_statement_of_a_story_is_read_with_all_its_sides(name: str) -> None:
    """Sender, target, measure, status, condition and time are those that the story gives."""
    text = (STORIES / f"{name}.txt").read_text(encoding="utf-8")
    inventory = take_inventory(article_from_text(text, source=name))
    found = [row(inventory, term) for term in read_terms(inventory)]
    expected = [
        told if told[4] is not None else (*told[:4], read[4], *told[5:])
        for told, read in zip(EXPECTED[name], found, strict=True)
    ]
    assert found == expected
