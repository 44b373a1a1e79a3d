"""The index of words: made where it is missing, with what was synced without it."""

from pathlib import Path

from extractor.review.desk import Desk
from extractor.review.queue import Filter, page
from extractor.review.sync.sync import sync
from tests.support.review.server import fill_desk

TEXT = 'Trade resumes\n\nAnna Berg, the minister, said: "We agreed on forty ferries."\n'


def test_claims_of_a_program_without_an_index_are_indexed_when_a_desk_is_opened(
    tmp_path: Path,
) -> None:
    """A store is synced where SQLite has no index, then opened where it has one."""
    folder = fill_desk(tmp_path, [TEXT], schema="quotes")
    with Desk(folder) as desk:
        with desk.transaction() as connection:
            connection.execute("drop table claim_words")
        desk.searchable = False
        assert sync(desk) == 1
    with Desk(folder) as desk:
        assert desk.searchable
        (claim,) = page(desk, Filter(words="ferries")).claims
        assert claim.speaker == "Anna Berg"
        assert page(desk, Filter(words="resumes")).total == 1
        assert page(desk, Filter(words="prisoners")).total == 0
