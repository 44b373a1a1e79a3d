"""Sanction terms: sender, target, status, condition and time, in the seed articles and others."""

from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.find.inventory import Inventory, take_inventory
from extractor.read import article_from_text
from extractor.rules.sanctions.terms import read_terms

ARTICLES = Path(__file__).parents[1] / "articles"


class Told(NamedTuple):
    """One term in words; names as they are called in the article."""

    action: str
    status: str
    sender: tuple[str, ...]
    target: tuple[str, ...]
    condition: str | None = None
    when: str | None = None


def terms(text: str) -> list[Told]:
    """Return the sanction terms of `text`, in words."""
    inventory = take_inventory(article_from_text(text))

    def words(mention: str) -> str:
        return inventory.text_of(inventory.by_id[mention].span)

    return [
        Told(
            term.action,
            term.status,
            tuple(words(m) for m in term.sender),
            tuple(inventory.text_of(span) for span in term.target),
            inventory.text_of(term.condition) if term.condition else None,
            inventory.text_of(term.when) if term.when else None,
        )
        for term in read_terms(inventory)
    ]


def test_every_statement_of_the_first_seed_article() -> None:
    """The list is a person's reading; targets left out come from the statement before."""
    assert terms((ARTICLES / "bbc-prisoners.txt").read_text("utf-8")) == [
        Told("lift", "agreed", ("US",), ("the country",)),
        Told("lift", "agreed", ("US",), ("potash",)),
        Told("lift", "announced", ("US",), ("Belarus",),
             "As relations between the two countries normalise"),
        Told("tighten", "past", ("Western",), ("Belarus",), None,
             "following Russia's full scale invasion of Ukraine in 2022"),
        Told("lift", "announced", ("US",), ("potash",), None, "immediately"),
        Told("impose", "in_force", ("Europe",), ("Belarus",)),
        Told("lift", "conditional", ("US",), ("Belarus",), "if some deals are not fulfilled",
             "tomorrow"),
    ]  # fmt: skip


def test_every_statement_of_the_second_seed_article() -> None:
    """The list is a person's reading; a comment on what sanctions are about is no term."""
    assert terms((ARTICLES / "reuters-prisoners.txt").read_text("utf-8")) == [
        Told("lift", "agreed", ("U.S.",), ("Belarusian potash",), "In return"),
        Told("lift", "conditional", ("U.S.",), ("Belarusian potash",),
             "If no political prisoners remained"),
        Told("impose", "past", ("U.S.", "European Union"), ("Belarus",), None,
             "after Minsk launched a violent crackdown on protesters following a disputed election "
             "in 2020"),
        Told("tighten", "past", ("U.S.", "European Union"), ("Belarus",), None,
             "after Lukashenko allowed Belarus to serve as a staging ground for Russia's invasion "
             "of Ukraine in 2022"),
        Told("keep", "proposed", ("EU",), ("Belarus",)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The United States on Tuesday imposed sanctions on three Iranian banks and a network of "
         "oil tankers, the Treasury Department said.",
         Told("impose", "in_force", ("United States",),
              ("three Iranian banks", "a network of oil tankers"), None, "on Tuesday")),
        ("Britain and Canada sanctioned two Russian generals on Monday for their role in the war.",
         Told("impose", "in_force", ("Britain", "Canada"), ("two Russian generals",), None,
              "on Monday")),
        ("The European Union extended its economic sanctions against Russia until 31 July 2026.",
         Told("renew", "past", ("European Union",), ("Russia",), None, "until 31 July 2026")),
        ("Washington threatened to impose new sanctions on Caracas unless it allows opposition "
         "candidates to run.",
         Told("threaten", "conditional", ("Washington",), ("Caracas",),
              "unless it allows opposition candidates to run")),
        ("The U.N. Security Council voted unanimously to tighten sanctions on North Korea after "
         "its sixth nuclear test.",
         Told("tighten", "agreed", ("U.N. Security Council",), ("North Korea",), None,
              "after its sixth nuclear test")),
        ("Japan will lift its ban on exports of semiconductor materials next month, the trade "
         "ministry said.",
         Told("lift", "announced", ("Japan",), ("exports of semiconductor materials",), None,
              "next month")),
        ("Myanmar's junta leaders have been under U.S. sanctions since 2021.",
         Told("impose", "in_force", ("U.S.",), ("Myanmar's junta leaders",), None, "since 2021")),
        ("Senators urged the White House to keep sanctions on Nord Stream in place.",
         Told("keep", "proposed", ("White House",), ("Nord Stream",))),
        ("The EU has no plans to ease sanctions on Iran, a spokesperson said.",
         Told("ease", "denied", ("EU",), ("Iran",))),
        ("Switzerland refused to lift the arms embargo on Saudi Arabia.",
         Told("lift", "denied", ("Switzerland",), ("Saudi Arabia",))),
        ("The Kremlin denied that any EU sanctions on Rosneft had been lifted.",
         Told("lift", "denied", ("EU",), ("Rosneft",))),
        ("EU sanctions relief for Iran could come within weeks if inspectors are let in.",
         Told("ease", "conditional", ("EU",), (), "if inspectors are let in", "within weeks")),
        ("U.N. sanctions on Iran snapped back on Sunday.",
         Told("reimpose", "in_force", ("U.N.",), ("Iran",), None, "on Sunday")),
        ("The tanker company was blacklisted by the United States in 2019 under its sanctions.",
         Told("impose", "past", ("United States",), ("The tanker company",), None, "in 2019")),
        ("Officials warned that Pakistani firms could face U.S. sanctions.",
         Told("threaten", "proposed", ("U.S.",), ("Pakistani firms",))),
        ("The African Union suspended the sanctions it had imposed on Mali.",
         Told("ease", "past", ("African Union",), ("Mali",))),
        ("Australia is considering sanctions against Israeli ministers.",
         Told("impose", "proposed", ("Australia",), ("Israeli ministers",))),
        ("The United States eased oil sanctions on Venezuela in October in exchange for guarantees "
         "on elections.",
         Told("ease", "past", ("United States",), ("Venezuela",),
              "in exchange for guarantees on elections", "in October")),
        ("Once a ceasefire holds, EU sanctions on Russian banks could be relaxed, he said.",
         Told("ease", "conditional", ("EU",), ("Russian banks",), "Once a ceasefire holds")),
        ("Turkey's foreign minister called on the European Union to lift its sanctions on Syria.",
         Told("lift", "proposed", ("European Union",), ("Syria",))),
        ("The EU agreed on a roadmap to ease sanctions on Syria.",
         Told("ease", "agreed", ("EU",), ("Syria",))),
        ("US to reimpose oil sanctions on Venezuela",
         Told("reimpose", "announced", ("US",), ("Venezuela",))),
        ("The sweeping sanctions on Venezuela's oil industry were first imposed by the Trump "
         "administration in 2019.",
         Told("impose", "past", ("the Trump administration",), ("Venezuela's oil industry",), None,
              "in 2019")),
        ("The EU will keep its sanctions on Libya as long as the ports are blocked.",
         Told("keep", "conditional", ("EU",), ("Libya",), "as long as the ports are blocked")),
        ("Canada has not lifted its sanctions on Nicaragua.",
         Told("lift", "denied", ("Canada",), ("Nicaragua",))),
        ("Sanctions imposed by Norway on two settlers remain in place.",
         Told("keep", "in_force", ("Norway",), ("two settlers",))),
        ("Beijing would respond with an export ban on rare earths, it said, if Washington imposed "
         "sanctions on its refiners.",
         Told("impose", "conditional", ("Washington",), ("its refiners",))),
    ],
)  # fmt: skip
def test_one_sentence_of_other_coverage(text: str, expected: Told) -> None:
    """Iran, Venezuela, North Korea, Myanmar, Syria …: each with its sides, status and terms."""
    assert expected in terms(text)


def test_what_a_statement_leaves_out_comes_from_the_one_before() -> None:
    """Sender and target are those of the statement before, with less confidence."""
    inventory = take_inventory(
        article_from_text(
            "The European Union imposed sanctions on Niger in August.\n\n"
            "Three months later the sanctions were lifted."
        )
    )
    first, second = read_terms(inventory)
    assert inventory.text_of(inventory.by_id[second.sender[0]].span) == "European Union"
    assert [inventory.text_of(span) for span in second.target] == ["Niger"]
    assert second.confidence < first.confidence / 1.5


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        # who strikes back does not strike itself
        ("Canada imposed sanctions on Chad in May.\n\nChad hit back and imposed an embargo, it "
         "said.", [("Chad",), ()]),
        # who asks for relief is under them, when nothing says on whom they are
        ("Kenya called for a halt to sanctions.", [("Kenya",)]),
        ("Sri Lanka urged the United States to lift the embargo.", [("Sri Lanka",)]),
        ("Kenya discussed the removal of trade sanctions imposed this month on certain goods.",
         [("certain goods",)]),
        # a day is no target, and neither are merits
        ("The U.N. Security Council imposed new sanctions on Monday afternoon.", [()]),
        ("Kenya wants the new sanctions considered on their merits.", [()]),
    ],
)  # fmt: skip
def test_whom_it_falls_on(text: str, targets: list[tuple[str, ...]]) -> None:
    """A target is that of the sentence, that of an earlier statement, or left out."""
    assert [told.target for told in terms(text)] == targets


def test_a_year_is_no_event() -> None:
    """ "Since 1973" is the time, without the words that follow it."""
    (term,) = terms("Norway has kept sanctions on Chad in place since 1973 by decree.")
    assert term.when == "since 1973"


def test_those_who_only_call_for_sanctions_are_no_senders() -> None:
    """A caller asks others to impose; without those others named there is no sender."""
    (term,) = terms("Zelenskiy called for tougher sanctions against Moscow.")
    assert term == Told("tighten", "proposed", (), ("Moscow",))


def check(inventory: Inventory) -> None:
    """Assert what holds of the terms of any article."""
    text, by_id = inventory.article.text, inventory.by_id
    known = {statement.id for statement in inventory.statements}
    found = read_terms(inventory)
    assert [t.statement for t in found] == [s.id for s in inventory.statements]
    for term in found:
        assert term.statement in known
        evidence = by_id[term.evidence].span
        assert 0 < term.confidence <= 1
        assert all(mention in by_id for mention in term.sender)
        for span in (term.condition, term.when):
            assert span is None or evidence.contains(span)
        for span in (*term.target, *([term.measure] if term.measure else [])):
            assert 0 <= span.start < span.end <= len(text)
            assert "\n\n" not in span.of(text)


WORDS = (
    "the EU imposed sanctions lifted on against Iran Russia and or , . embargo ban of assets "
    "froze them they if unless to agreed by with from said would could until 2026 in return for "
    "As after before Monday will be been removed the U.S. “ ” he who which once in exchange \n\n"
).split(" ")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(WORDS) | st.text(max_size=3), max_size=50))
def test_any_text_gives_grounded_terms(words: list[str]) -> None:
    """Whatever the text: one term a statement, spans in its sentence, mentions that exist."""
    check(take_inventory(article_from_text("The EU imposed sanctions on Cuba. " + " ".join(words))))
