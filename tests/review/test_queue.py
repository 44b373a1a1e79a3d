"""The queue: filters, pages, counts and saved views say what a plain look at all claims says."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.errors import UsageError
from extractor.pipeline import extract
from extractor.read import article_from_text
from extractor.review.claims.claims import Claim
from extractor.review.claims.risk import FLAG_WORDS, assess, describe
from extractor.review.decide.decisions import decide
from extractor.review.desk import Desk
from extractor.review.queue import (
    Filter,
    all_claims,
    conditions,
    drop_view,
    facets,
    page,
    save_view,
    saved_views,
)
from extractor.review.sync.sync import sync
from extractor.schema.catalogue import load_schema
from tests.support.inventory import TEXT
from tests.support.review.newsroom import ARTICLE
from tests.support.stores import fill

SCHEMA = load_schema("release_event")


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Iterator[Desk]:
    """Open a review of two dozen articles, a part of it decided."""
    folder: Path = tmp_path_factory.mktemp("queue")
    for model in (None, "small"):
        made = []
        for number in range(12):
            text = f"{TEXT if number % 2 else ARTICLE}\n\nIssue {number} of {model}.\n"
            article = article_from_text(text, f"{model}/{number}.txt")
            known = {"outlet": f"Outlet {number % 3}" if number else None,
                     "date": f"2025-0{1 + number % 4}-1{number % 5}"}  # fmt: skip
            made.append(extract(replace(article, **known), SCHEMA))
        fill(folder, made, model=model, schema=SCHEMA)
    chance = random.Random(3)
    with Desk(folder) as opened:
        sync(opened)
        for claim in list(all_claims(opened)):
            if chance.random() < 0.5:
                action = chance.choice(("accept", "reject", "later"))
                who = chance.choice(("ann", "ben"))
                decide(opened, claim.id, reviewer=who, action=action, seen=0)
        yield opened


def lets_through(filter: Filter, claim: Claim) -> bool:
    """Say what a filter means, claim by claim."""
    day = claim.published or ""
    words = f"{claim.text} {claim.title} {claim.row}".lower()
    return (
        all(
            getattr(filter, name) in (None, getattr(claim, name))
            for name in ("schema", "kind", "outlet", "speaker", "reviewer", "model")
        )
        and filter.article in (None, claim.article_sha256)
        and (not filter.status or claim.status in filter.status)
        and (not filter.flag or bool(set(filter.flag) & set(claim.flags)))
        and (filter.since is None or (bool(day) and day >= filter.since))
        and (filter.until is None or (bool(day) and day[: len(filter.until)] <= filter.until))
        and (filter.words is None or filter.words in words)
    )


def some(*values: str) -> st.SearchStrategy[str | None]:
    """Give one of these, or none."""
    return st.sampled_from((None, None, *values))


FILTERS = st.builds(
    Filter,
    schema=some("release_event", "quotes"),
    kind=some("quotes", "figures", "sanction_terms"),
    status=st.sets(st.sampled_from(("open", "accepted", "rejected", "later"))).map(tuple),
    outlet=some("Outlet 1", "Outlet 2", "' or 1=1 --"),
    since=some("2025-02", "2025-03-11"),
    until=some("2025-03", "2025-02-12"),
    speaker=some("Ana Ruiz", "Peter Holm"),
    reviewer=some("ann", "ben"),
    model=some("rules", "small"),
    flag=st.sets(st.sampled_from(("low_confidence", "speaker_unresolved"))).map(tuple),
    words=some("prisoners", "ferries", "timber"),
)


@settings(max_examples=120, deadline=None)
@given(FILTERS, st.integers(1, 40))
def test_pages_hold_what_the_filter_lets_through_risky_first(desk: Desk, filter, size) -> None:
    """Every claim once, by pages after pages, in one order; facets count the same."""
    wanted = [claim for claim in all_claims(desk) if lets_through(filter, claim)]
    wanted.sort(key=lambda claim: (-claim.risk, claim.number))
    found: list[Claim] = []
    after = None
    while True:
        got = page(desk, filter, after=after, size=size)
        assert got.total == len(wanted)
        assert got.offset == len(found)
        found += got.claims
        after = got.after
        if after is None:
            break
    assert found == wanted
    assert page(desk, filter, offset=5, size=3).claims == tuple(wanted[5:8])
    counted = facets(desk, filter)
    for name in ("status", "schema", "kind", "outlet", "speaker", "reviewer", "model"):
        there = Counter(v for claim in wanted if (v := getattr(claim, name)) is not None)
        assert getattr(counted, name) == dict(there.most_common())
    assert counted.flag == dict(Counter(flag for claim in wanted for flag in claim.flags))
    assert list(all_claims(desk, filter, size)) == sorted(wanted, key=lambda claim: claim.number)


def test_an_article_is_shown_in_the_order_of_its_text(desk: Desk) -> None:
    """Pages of an article go by place."""
    claim = page(desk).claims[0]
    filter = Filter(article=claim.article_sha256)
    shown = page(desk, filter, size=3)
    rest = page(desk, filter, after=shown.after, size=500)
    starts = [one.start for one in (*shown.claims, *rest.claims)]
    assert starts == sorted(starts)
    assert len(starts) == shown.total > 3


@settings(max_examples=60, deadline=None)
@given(FILTERS)
def test_filters_go_through_addresses(filter: Filter) -> None:
    """A filter is the same after being a query string, and after being JSON."""
    assert Filter.from_query(dict(parse_qsl(filter.to_query()))) == filter
    assert Filter.from_query(asdict(filter)) == filter


def test_addresses_that_mean_nothing_are_refused_or_left_out() -> None:
    """Unknown parameters are nobody's filter; an unknown status is an error."""
    assert Filter.from_query({"colour": "red", "kind": ""}) == Filter()
    with pytest.raises(UsageError):
        Filter.from_query({"status": "open,done"})


@pytest.mark.parametrize("name", ["since", "until"])
def test_dates_are_days_months_or_years(name: str) -> None:
    """What is compared as a date is one that there is; everything else is refused by its name."""
    for good in ("2025", "2025-12", "2024-02-29", " 2025-12-13 "):
        assert getattr(Filter.from_query({name: good}), name) == good.strip()
    for bad in ("abc", "2025-13", "2025-02-30", "2025-1", "13.12.2025", "20251213", "0000", "२०२५",
                "2025-12-13T10:00", " "):  # fmt: skip
        with pytest.raises(UsageError, match=f"{name} .* is no date"):
            Filter.from_query({name: bad})


def test_searches_are_words_and_never_a_language(desk: Desk) -> None:
    """What means something to the index, or to SQL, is searched for or left out; nothing fails."""
    for words in (
        '"',
        "a OR b",
        "NEAR(a b)",
        "-x",
        "*",
        "'; drop table claim",
        "\ud800",
        "(",
        "ä🚢",
    ):
        assert page(desk, Filter(words=words)).total >= 0
    assert page(desk, Filter(words="TIMB")).total == page(desk, Filter(words="timb")).total > 0
    assert page(desk, Filter(words="timb zzz")).total == 0


def test_without_a_word_index_searching_still_works(desk: Desk) -> None:
    """Where SQLite has no full-text index the texts are looked through."""
    with_index = page(desk, Filter(words="prisoners")).total
    desk.searchable = False
    try:
        assert page(desk, Filter(words="Prisoners", kind="quotes")).total > 0
        assert page(desk, Filter(words="prisoners")).total >= with_index / 2
    finally:
        desk.searchable = True


def test_no_page_sorts_or_reads_what_an_index_has(desk: Desk) -> None:
    """The plans of pages use the covering index, in its order."""
    for filter in (Filter(), Filter(status=("open",)), Filter(outlet="x", words="y")):
        where, values = conditions(desk, filter)
        query = (
            f"explain query plan select c.number from claim c indexed by claim_queue where {where}"
            " order by c.risk desc, c.number limit 50"
        )
        plan = "; ".join(row[3] for row in desk.select(query, values))
        assert "COVERING INDEX claim_queue" in plan
        assert "TEMP B-TREE" not in plan


def test_views_are_kept_under_their_names(desk: Desk) -> None:
    """Saved, replaced, dropped."""
    save_view(desk, " mine ", Filter(kind="quotes", status=("open", "later")), "ann")
    save_view(desk, "other", Filter(words="ferries"))
    assert saved_views(desk)["mine"] == Filter(kind="quotes", status=("open", "later"))
    save_view(desk, "mine", Filter(flag=("differs",)))
    assert saved_views(desk) == {
        "mine": Filter(flag=("differs",)),
        "other": Filter(words="ferries"),
    }
    save_view(desk, "of an older version", Filter(since="abc"))
    assert set(saved_views(desk)) == {"mine", "other"}
    drop_view(desk, "of an older version")
    drop_view(desk, "mine")
    drop_view(desk, "other")
    assert saved_views(desk) == {}


TOLD = {
    "status": "open",
    "origin": "machine",
    "confidence": 0.95,
    "by_rules": False,
    "warnings": (),
    "differs": False,
    "found": True,
    "moved": False,
    "lost": False,
}


def test_whatever_is_wrong_makes_a_claim_riskier() -> None:
    """Every flag adds to the risk of an open claim and is told in words; it stays within 0…1."""
    plain, none = assess(**TOLD)
    assert none == []
    worse = {
        "low_confidence": {"confidence": 0.7},
        "by_rules": {"by_rules": True},
        "disagreement": {"warnings": ("disagreement",)},
        "speaker_unresolved": {"warnings": ("speaker_unresolved",)},
        "figure_conflict": {"warnings": ("figure_conflict",)},
        "some_new_warning": {"warnings": ("some_new_warning",)},
        "unaccounted": {"origin": "candidate", "confidence": None},
        "not_found": {"found": False},
        "moved": {"moved": True},
        "lost": {"lost": True},
    }
    for flag, change in worse.items():
        risk, flags = assess(**{**TOLD, **change})
        assert flag in flags
        assert plain < risk <= 1
        assert describe(flag).strip()
    assert set(FLAG_WORDS) >= set(worse) - {"some_new_warning"}
    assert assess(**{**TOLD, "status": "accepted", "warnings": ("disagreement",)}) == (0.0, [])
    assert assess(**{**TOLD, "status": "accepted", "differs": True})[0] > plain
