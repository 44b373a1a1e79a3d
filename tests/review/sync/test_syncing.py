"""Syncing: cheap when nothing is new, shared, resumed, and over in the store's own words."""

import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from extractor.pipeline import extract
from extractor.read import article_from_text
from extractor.record import Extraction
from extractor.review.claims.claims import claims_by_id, claims_of_article
from extractor.review.decide.decisions import decide, undo
from extractor.review.decide.editing import edited_row
from extractor.review.desk import Desk
from extractor.review.queue import Filter, all_claims, page
from extractor.review.sync import sync as syncing
from extractor.review.sync.sync import sync
from extractor.schema.catalogue import load_schema
from extractor.store.folder import FILE
from extractor.store.migrate import migration_files
from tests.support.review.newsroom import ARTICLE
from tests.support.stores import fill

QUOTES = load_schema("quotes")


def made(count: int) -> list[Extraction]:
    """Return extractions of so many articles of three quotations."""
    texts = [ARTICLE.replace("long night", f"night {n}") for n in range(count)]
    return [extract(article_from_text(t, f"{n}.txt"), QUOTES) for n, t in enumerate(texts)]


@pytest.fixture(scope="module")
def ten() -> Sequence[Extraction]:
    """Return ten extractions."""
    return made(10)


def test_nothing_new_costs_no_write(tmp_path: Path, ten) -> None:
    """A look without news leaves the file as it is; news of one article touch that article only."""
    fill(tmp_path, ten[:9], schema=QUOTES)
    with Desk(tmp_path) as desk:
        assert sync(desk) == 27
        other = sqlite3.connect(tmp_path / FILE)
        before = other.execute("pragma data_version").fetchone()
        assert sync(desk) == 0
        assert other.execute("pragma data_version").fetchone() == before
        fill(tmp_path, ten[9:], schema=QUOTES)
        assert sync(desk) == 3
        other.close()


def test_the_same_again_changes_nothing(tmp_path: Path, ten) -> None:
    """A run that says the same, by the same: no version counts on, no history is made."""
    fill(tmp_path, ten, schema=QUOTES)
    with Desk(tmp_path) as desk:
        sync(desk)
        before = list(all_claims(desk))
        fill(tmp_path, ten, schema=QUOTES)
        sync(desk)
        assert list(all_claims(desk)) == before
        assert desk.select("select count(*) from proposal")[0][0] == len(before)


def test_desks_that_sync_at_once_share_the_work(tmp_path: Path, ten, monkeypatch) -> None:
    """Each row becomes one claim, whoever brings it in."""
    monkeypatch.setattr(syncing, "_HOLD", 0.0)
    fill(tmp_path, ten, schema=QUOTES)
    with ThreadPoolExecutor(4) as threads:

        def work(_: int) -> int:
            with Desk(tmp_path) as desk:
                return sync(desk)

        assert sum(threads.map(work, range(4))) == 30
    with Desk(tmp_path) as desk:
        assert page(desk).total == 30
        assert desk.select("select count(distinct id) from claim")[0][0] == 30


def test_a_sync_that_breaks_off_is_taken_up_again(tmp_path: Path, ten, monkeypatch) -> None:
    """What was brought in stays, the rest is still due, nothing is there twice."""
    monkeypatch.setattr(syncing, "_HOLD", 0.0)
    fill(tmp_path, ten, schema=QUOTES)
    take, taken = syncing._ArticleSync.run, []

    def breaks(self) -> int:
        taken.append(self)
        if len(taken) == 5:
            raise KeyboardInterrupt
        return take(self)

    monkeypatch.setattr(syncing._ArticleSync, "run", breaks)
    with Desk(tmp_path) as desk:
        with pytest.raises(KeyboardInterrupt):
            sync(desk)
        assert page(desk).total == 12
        monkeypatch.setattr(syncing._ArticleSync, "run", take)
        assert sync(desk) == 18
        assert page(desk).total == 30


def test_a_store_from_before_reviews_is_brought_in_whole(tmp_path: Path, ten) -> None:
    """The tables of an older version: everything it has is due, in the order of the coverage."""
    fill(tmp_path, ten, schema=QUOTES)
    scripts = [file.read_text(encoding="utf-8") for file in migration_files()]
    step = next(n for n, script in enumerate(scripts) if "create table claim (" in script)
    rows = sqlite3.connect(tmp_path / FILE)
    for kind, name in rows.execute("select type, name from sqlite_master").fetchall():
        if kind == "trigger" or name in ("source_of_article", "claim_queue"):
            rows.execute(f"drop {kind} {name}")
    for name in (
        "claim",
        "decision",
        "proposal",
        "draft",
        "saved_view",
        "review_due",
        "text_change",
    ):
        rows.execute(f"drop table {name}")
    rows.execute(f"pragma user_version = {step}")
    rows.commit()
    rows.close()
    with Desk(tmp_path) as desk:
        assert sync(desk) == 30
        sources = [claim.source for claim in all_claims(desk)]
        assert sources == sorted(sources)


def test_a_desk_without_a_store_says_so(tmp_path: Path) -> None:
    """Nothing is made in a folder that no run has written."""
    from extractor.errors import UsageError

    with pytest.raises(UsageError, match="store"):
        Desk(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_texts_that_are_no_valid_unicode_are_reviewed(tmp_path: Path) -> None:
    """Lone surrogates, NULs, overrides and emoji go through claims, edits, searches and the log."""
    text = 'Odd \u202enews\n\n"We \ud800 counted\0 🚢 forty," Anna Berg \udfff said.\n'
    fill(tmp_path, [extract(article_from_text(text, "odd\udcff.txt"), QUOTES)], schema=QUOTES)
    with Desk(tmp_path) as desk:
        assert sync(desk) == 1
        (claim,) = all_claims(desk)
        assert desk.article(claim.article_sha256).text == text
        assert claim.row["text"] == text[claim.start : claim.end]
        start = text.index("🚢")
        row = edited_row(desk, claim, {"quotation": {"spans": [[start - 5, start + 7]]}})
        now = decide(
            desk, claim.id, reviewer="änn 🖊", action="correct", seen=0, row=row, note="\ud800"
        )
        assert now.row["text"] == text[start - 5 : start + 7].strip()
        assert undo(desk, "änn 🖊").row == claim.row
        assert page(desk, Filter(words="counted")).total == 1


def test_claims_are_read_by_id_and_by_article(tmp_path: Path, ten) -> None:
    """In the order that was asked for; what is none is left out."""
    fill(tmp_path, ten[:2], schema=QUOTES)
    with Desk(tmp_path) as desk:
        sync(desk)
        claims = list(all_claims(desk))
        ids = [claim.id for claim in reversed(claims)]
        assert [one.id for one in claims_by_id(desk, [*ids, "0" * 16])] == ids
        first = claims_of_article(desk, claims[0].article_sha256)
        assert [one.id for one in first] == [one.id for one in claims[:3]]
        assert claims_of_article(desk, claims[0].article_sha256, "figures") == []
