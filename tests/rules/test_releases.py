"""Releases: who, how many, by whom, where to, for what; in the seed articles and others."""

from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.find.inventory import take_inventory
from extractor.read import article_from_text
from extractor.rules.releases.statements import read_releases

ARTICLES = Path(__file__).parents[1] / "articles"


class Told(NamedTuple):
    """One release in words."""

    who: tuple[str, ...]
    count: str | None = None
    by: str | None = None
    origin: str | None = None
    to: tuple[str, ...] = ()
    when: str | None = None
    for_what: str | None = None


def releases(text: str) -> list[Told]:
    """Return the releases of `text`, in words."""
    inventory = take_inventory(article_from_text(text))

    def words(span: object) -> str | None:
        return inventory.text_of(span) if span else None  # type: ignore[arg-type]

    return [
        Told(
            tuple(inventory.text_of(span) for span in r.who),
            words(inventory.by_id[r.count].span) if r.count else None,
            words(inventory.by_id[r.by].span) if r.by else None,
            words(r.origin),
            tuple(inventory.text_of(span) for span in r.to),
            words(r.when),
            words(r.in_exchange_for),
        )
        for r in read_releases(inventory)
    ]


def test_every_release_of_the_first_seed_article() -> None:
    """The list is a person's reading: counts, destinations, and what was given in return."""
    group = ("Maria Kolesnikova", "113 other prisoners")
    assert releases((ARTICLES / "bbc-prisoners.txt").read_text("utf-8")) == [
        Told(("political prisoners",), None, "Belarus"),
        Told(("123 prisoners", "Maria Kolesnikova"), "123", "Belarus",
             for_what="the US agreed to lift sanctions on the country"),
        Told(("Ales Bialiatski",), None, "Belarus"),
        Told(("Kolesnikova", "113 other prisoners"), "113", "Belarus", None, ("Ukraine",)),
        Told(("the prisoners",), None, "Belarus", None, ("Poland", "Lithuania")),
        Told(("Ales Bialiatski",), None, "Belarus", "Belarus", (), "December 13, 2025"),
        Told(("Ales Bialiatski",), None, "Belarus", None, ("Vilnius",)),
        Told(("A small number", "Bialiatski"), None, "Belarus", None, ("the Lithuanian capital",)),
        Told(group, "113", "Belarus", "Belarus", ("Ukraine",), "on 13 December, 2025"),
        Told(group, "113", "Belarus", "Belarus", ("Ukraine",)),
        Told(("Viktor Babaryko", "Marina Zolotova"), None, "Belarus", when="on Saturday"),
    ]  # fmt: skip


def test_every_release_of_the_second_seed_article() -> None:
    """The list is a person's reading; the hoped-for and the urged releases are not in it."""
    by = "Lukashenko"
    assert releases((ARTICLES / "reuters-prisoners.txt").read_text("utf-8")) == [
        Told(("Ales Bialatski",), None, None, "Belarus", ("the U.S. embassy in Vilnius",),
             "December 13, 2025"),
        Told(("123 prisoners", "Ales Bialiatski", "Maria Kalesnikava"), "123",
             "Alexander Lukashenko", when="on Saturday",
             for_what="the U.S. agreed to lift sanctions on Belarusian potash"),
        Told(("prisoner",), None, by),
        Told(("Nine of the released prisoners",), "Nine", by, "Belarus", ("Lithuania",)),
        Told(("114",), "114", by, None, ("Ukraine",)),
        Told(("Kalesnikava",), None, by, None, ("Ukraine",)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Iran on Wednesday freed two French citizens, Claire Moreau and Jacques Petit, after more "
         "than three years in prison.",
         Told(("two French citizens", "Claire Moreau", "Jacques Petit"), "two", "Iran",
              when="on Wednesday")),
        ("Venezuela released 17 political prisoners late on Friday in exchange for the return of "
         "migrants held abroad.",
         Told(("17 political prisoners",), "17", "Venezuela", when="on Friday",
              for_what="the return of migrants")),
        ("Officials said Hamas handed over three hostages to the Red Cross on Saturday in return "
         "for 369 Palestinian prisoners.",
         Told(("three hostages",), "three", "Hamas", None, ("the Red Cross",), "on Saturday",
              "369 Palestinian prisoners")),
        ("Israel freed 90 Palestinian detainees early on Monday.",
         Told(("90 Palestinian detainees",), "90", "Israel", when="on Monday")),
        ("The American journalist Daniel Harwell was released from a Moscow prison and flown to "
         "Ankara.",
         Told(("Daniel Harwell",), None, None, "a Moscow prison", ("Ankara",))),
        ("North Korea has released three American detainees, the White House said.",
         Told(("three American detainees",), "three", "North Korea")),
        ("Syria's new rulers have let go hundreds of conscripts from Saydnaya prison.",
         Told(("hundreds of conscripts",), "hundreds", "Syria", "Saydnaya prison")),
        ("Dozens of detainees walked free on Sunday, their lawyers said.",
         Told(("Dozens of detainees",), "Dozens", when="on Sunday")),
        ("A Belgian aid worker held in Iran, Olivier Dumont, was freed in a prisoner exchange "
         "mediated by Oman.",
         Told(("Olivier Dumont",))),
        ("Six Israeli hostages released by Hamas arrived in Tel Aviv.",
         Told(("Six Israeli hostages",), "Six", "Hamas", None, ("Tel Aviv",))),
        ("The jailed sailors are home. The 12 sailors were repatriated to the Philippines and "
         "India last week.",
         Told(("The 12 sailors",), "12", None, None, ("the Philippines", "India"), "last week")),
        ("Cuba began releasing some of the 553 prisoners in January after the United States agreed "
         "to remove it from a terrorism list.",
         Told(("some of the 553 prisoners",), "553", "Cuba", when="in January",
              for_what="the United States agreed to remove it from a terrorism list")),
        ("Hamas militants released three hostages on Saturday. In return, Israel opened the "
         "crossing.",
         Told(("three hostages",), "three", "militants", when="on Saturday",
              for_what="Israel opened the crossing")),
        ("Iran released four prisoners in all, officials said, and the United States had also "
         "freed seven Iranians.",
         Told(("seven Iranians",), "seven", "United States")),
        ("The pastor was in jail for a year. Min Kyaw left prison on Thursday.",
         Told(("Min Kyaw",), None, None, "prison", (), "on Thursday")),
        ("Nicaragua freed 222 prisoners and the 222 prisoners were flown to Washington.",
         Told(("the 222 prisoners",), "222", "Nicaragua", None, ("Washington",))),
    ],
)  # fmt: skip
def test_one_sentence_of_other_coverage(text: str, expected: Told) -> None:
    """Gaza, Iran, Venezuela, North Korea, Syria, Cuba …: read by the same rules."""
    assert expected in releases(text)


@pytest.mark.parametrize(
    "text",
    [
        "The pope urged Nicaragua to release Bishop Alvarez from prison.",
        "The ministry released a statement on the prisoners' health.",
        "The government released a report on prison conditions.",
        "The film was released in prison cinemas.",
        "Families hope that the remaining 48 hostages could be freed within days.",
        "Venezuela will release all American hostages if talks succeed.",
        "They have not freed any of the prisoners, said his wife.",
        "The general agreed to free the detainees.",
        "He asked that the hostages be released.",
        "If the hostages are freed, the shelling will end, the prisoners' families were told.",
        "The bank freed the company from its debts, prosecutors said after the arrest.",
        "Police released the names of the detainees.",
        "The club released its goalkeeper from his contract.",
        "Israel was scheduled to release 602 Palestinian prisoners.",
    ],
)
def test_what_did_not_happen_or_is_no_release_of_people(text: str) -> None:
    """Hopes, plans, conditions, denials, and things released are left out."""
    assert releases(text) == []


def test_a_transfer_counts_only_of_those_set_free() -> None:
    """People moved who were not released make no row; nor does an article without a release."""
    assert releases("The 40 prisoners were taken to a camp in Siberia.") == []
    told = releases(
        "Iran freed 40 prisoners. The minister was flown to Qatar. 12 were sent to Iraq."
    )
    assert [(t.who, t.to) for t in told] == [(("40 prisoners",), ()), (("12",), ("Iraq",))]


def test_the_releaser_is_carried_on_with_less_confidence() -> None:
    """A passive without an agent has the releaser named before, with less confidence."""
    inventory = take_inventory(
        article_from_text("Iran freed two hostages. A third hostage was freed later.")
    )
    first, second = read_releases(inventory)
    assert first.by is not None
    assert second.by == first.by
    assert second.confidence < first.confidence


WORDS = (
    "Iran freed released prisoners hostages 12 two were was by to from and , . the of Maria "
    "Petrova "
    "including along with in exchange for return left taken flown Germany who those after on "
    "Monday handed over prison his she they among swap “ ” if not \n\n"
).split(" ")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(WORDS) | st.text(max_size=3), max_size=50))
def test_any_text_gives_grounded_releases(words: list[str]) -> None:
    """Whatever the text: no error, ids that exist, spans in the article, none empty."""
    inventory = take_inventory(article_from_text("Iran freed 12 prisoners. " + " ".join(words)))
    size = len(inventory.article.text)
    for release in read_releases(inventory):
        evidence = inventory.by_id[release.evidence].span
        assert release.who
        assert 0 < release.confidence <= 1
        assert all(key in inventory.by_id for key in (release.by, release.count) if key)
        for span in (release.origin, release.when, *release.to):
            assert span is None or evidence.contains(span)
        for span in (*release.who, release.in_exchange_for):
            assert span is None or 0 <= span.start < span.end <= size
