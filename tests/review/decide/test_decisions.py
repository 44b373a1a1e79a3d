"""Decisions: appended and never changed, refused when stale, and what stands follows from them."""

import multiprocessing
import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractor.errors import EditRefused, OutputError, ReviewError, StaleDecision
from extractor.pipeline import extract
from extractor.read import article_from_text
from extractor.review.claims.claims import Claim, claim_by_id
from extractor.review.claims.json_rows import essence
from extractor.review.claims.recording import refold
from extractor.review.decide.decisions import add, decide, history, save_draft, undo
from extractor.review.decide.editing import NewRow, edited_row
from extractor.review.desk import Desk
from extractor.review.queue import all_claims, page
from extractor.review.sync.sync import sync
from extractor.schema.catalogue import load_schema
from tests.support.review.newsroom import ARTICLE, BERG, CRITICS, HEAD, HOLM, claim_on
from tests.support.stores import fill

QUOTES = load_schema("quotes")


def put(folder: Path, text: str = ARTICLE, source: str = "a.txt", model: str | None = None) -> None:
    """Have the store of a folder hold what the rules say of an article."""
    fill(folder, [extract(article_from_text(text, source), QUOTES)], model=model, schema=QUOTES)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Open a review of one article with three quotations."""
    put(tmp_path)
    with Desk(tmp_path) as opened:
        assert sync(opened) == 3
        yield opened


def test_each_action_gives_its_status_and_undo_takes_it_back(desk: Desk) -> None:
    """Accepted, corrected, rejected, put off; the log has who, when, from what and to what."""
    claim = claim_on(desk, "It was")
    row = edited_row(desk, claim, {"kind": "fragment", "speaker": None})
    steps = [("accept", None, "accepted"), ("correct", row, "corrected"),
             ("reject", None, "rejected"), ("later", None, "later")]  # fmt: skip
    for number, (action, given_row, status) in enumerate(steps):
        now = decide(
            desk, claim.id, reviewer="ann", action=action, seen=number, row=given_row, note=action
        )
        assert (now.status, now.version, now.reviewer) == (status, number + 1, "ann")
    log = history(desk, claim.id)
    assert [one.note for one in log] == [action for action, _, _ in steps]
    assert [one.after for one in log] == [claim.row, row, None, None]
    assert [one.before for one in log] == [claim.row, claim.row, row, row]
    assert all(one.exact == claim.text and one.at > 0 for one in log)
    assert log[0].suffix.startswith('," Peter Holm told')
    for status in ("rejected", "corrected", "accepted", "open"):
        assert undo(desk, "ann").status == status
    back = claim_by_id(desk, claim.id)
    assert (back.row, back.reviewer, back.decision, back.version) == (claim.row, None, 0, 8)
    with pytest.raises(ReviewError, match="no decision"):
        undo(desk, "ann")


@pytest.mark.parametrize("second", [False, True])
def test_a_correction_that_changes_nothing_is_an_acceptance(desk: Desk, second: bool) -> None:
    """The log says accept, and the figures on corrections do not count it."""
    claim = claim_on(desk, "It was")
    row = edited_row(desk, claim, {"kind": claim.row["kind"]})
    now = decide(
        desk, claim.id, reviewer="ann", action="correct", seen=0, row=row, second=second, note="so"
    )
    assert now.status == ("open" if second else "accepted")
    entry = history(desk, claim.id)[0]
    assert (entry.action, entry.after, entry.note) == ("accept", claim.row, "so")
    other = edited_row(desk, now, {"speaker": None})
    seen = now.version
    changed = decide(desk, claim.id, reviewer="bea", action="correct", seen=seen, row=other)
    assert changed.status == "corrected"


def test_a_second_reviewer_is_told_who_was_first(desk: Desk) -> None:
    """Nothing of a stale decision is written; it says by whom and when, and what it is now."""
    claim = claim_on(desk, "It was")
    first = decide(desk, claim.id, reviewer="ann", action="accept", seen=claim.version)
    with Desk(desk.folder) as other, pytest.raises(StaleDecision) as told:
        decide(other, claim.id, reviewer="ben", action="reject", seen=claim.version)
    assert told.value.claim == first
    decision = told.value.decision
    assert (decision.reviewer, decision.action, decision.id) == ("ann", "accept", first.decision)
    assert "ann" in str(told.value)
    assert "UTC" in str(told.value)
    assert [one.reviewer for one in history(desk, claim.id)] == ["ann"]
    again = decide(desk, claim.id, reviewer="ben", action="reject", seen=told.value.claim.version)
    assert again.status == "rejected"


def test_undo_is_for_ones_own_and_for_what_still_stands(desk: Desk) -> None:
    """What somebody else has decided since is not taken back by accident."""
    claim, other = claim_on(desk, "It was"), claim_on(desk, "We agreed")
    decide(desk, other.id, reviewer="ann", action="accept", seen=0)
    decide(desk, claim.id, reviewer="ann", action="accept", seen=0)
    decide(desk, claim.id, reviewer="ben", action="reject", seen=1)
    with pytest.raises(StaleDecision, match="ben"):
        undo(desk, "ann")
    assert undo(desk, "ann", other.id).status == "open"
    with pytest.raises(ReviewError):
        undo(desk, "carla", claim.id)
    assert undo(desk, "ben").status == "accepted"
    assert undo(desk, "ann").status == "open"


def test_a_blind_second_review_changes_nothing(desk: Desk) -> None:
    """It is in the log, and only there."""
    claim = claim_on(desk, "It was")
    first = decide(desk, claim.id, reviewer="ann", action="accept", seen=0)
    now = decide(desk, claim.id, reviewer="ben", action="reject", seen=1, second=True)
    assert now == first
    assert [one.second for one in history(desk, claim.id)] == [False, True]
    assert undo(desk, "ann").status == "open"


def test_the_log_cannot_be_changed(desk: Desk) -> None:
    """Not by any statement, not through a replacement."""
    claim = claim_on(desk, "It was")
    decide(desk, claim.id, reviewer="ann", action="accept", seen=0)
    for statement in (
        "update decision set reviewer = 'ben'",
        "delete from decision",
        "insert or replace into decision select * from decision",
    ):
        with pytest.raises((sqlite3.Error, OutputError)), desk.transaction() as connection:
            connection.execute(statement)
    assert [one.reviewer for one in history(desk, claim.id)] == ["ann"]


def test_what_was_missed_is_added(desk: Desk) -> None:
    """Accepted at once, with its place; taken back it leaves the queue; a run finds it too."""
    sha256 = claim_on(desk, "It was").article_sha256
    text = desk.article(sha256).text
    start = text.index("the transport minister")
    place = {"quotation": {"spans": [[start, start + 22]]}, "speaker": {"name": "Nobody"}}
    row = edited_row(desk, NewRow(sha256, "quotes", "quotes"), place)
    claim = add(desk, sha256, "quotes", "quotes", row, reviewer="ann")
    assert (claim.status, claim.origin, claim.speaker) == ("accepted", "analyst", "Nobody")
    assert (claim.start, claim.end, claim.text) == (start, start + 22, "the transport minister")
    assert claim.flags == ("missed",)
    assert claim_on(desk, "the transport").id == claim.id
    assert [one.action for one in history(desk, claim.id)] == ["add"]
    assert not undo(desk, "ann").queued
    assert page(desk).total == 3
    assert refold(desk) == 0


def test_what_cannot_stand_is_refused(desk: Desk) -> None:
    """Rows that are not the article's words, reviewers without a name, actions that are none."""
    claim = claim_on(desk, "It was")
    false = {**claim.row, "text": "It was easy work"}
    with pytest.raises(EditRefused):
        decide(desk, claim.id, reviewer="a", action="correct", seen=0, row=false)
    with pytest.raises(EditRefused):
        decide(desk, claim.id, reviewer="a", action="accept", seen=0, row=claim.row)
    for wrong in (
        {"reviewer": " "},
        {"reviewer": "a\x1b[31m"},
        {"action": "drop"},
        {"action": "settle"},
        {"reason": "other"},
        {"note": "x" * 20_000},
    ):
        told = {"reviewer": "ann", "action": "accept", "seen": 0, **wrong}
        with pytest.raises(ReviewError):
            decide(desk, claim.id, **told)
    with pytest.raises(ReviewError):
        decide(desk, "0" * 16, reviewer="ann", action="accept", seen=0)
    assert history(desk, claim.id) == []


def test_a_transaction_of_many_is_whole_or_not_at_all(desk: Desk) -> None:
    """Decisions within one `changing` fall together; a part that is refused leaves the rest."""
    first, second, third = all_claims(desk)

    def both() -> None:
        with desk.transaction():
            decide(desk, first.id, reviewer="ann", action="accept", seen=0)
            decide(desk, second.id, reviewer="ann", action="accept", seen=9)

    with pytest.raises(StaleDecision):
        both()
    assert page(desk).claims[0].version == 0
    with desk.transaction():
        decide(desk, first.id, reviewer="ann", action="accept", seen=0)
        with pytest.raises(StaleDecision):
            decide(desk, second.id, reviewer="ann", action="accept", seen=9)
        decide(desk, third.id, reviewer="ann", action="accept", seen=0)
    assert [claim.status for claim in all_claims(desk)] == ["accepted", "open", "accepted"]


# --- many at once --------------------------------------------------------------------------------

WRITERS, EACH = 8, 625


def _write(
    folder: Path, number: int, ids: list[str], told: "multiprocessing.Queue[object]"
) -> None:
    """Decide again and again on anything, as one of many; tell which decisions were confirmed."""
    chance = random.Random(number)
    name, confirmed, stale = f"writer {number}", [], 0
    with Desk(folder) as desk:
        while len(confirmed) < EACH:
            claim = claim_by_id(desk, chance.choice(ids))
            action = chance.choice(("accept", "reject", "later"))
            try:
                if confirmed and chance.random() < 0.1:
                    undo(desk, name, claim.id)
                else:
                    decide(desk, claim.id, reviewer=name, action=action, seen=claim.version)
            except ReviewError:
                stale += 1
            else:
                confirmed.append(claim.id)
    told.put((name, confirmed, stale))


@pytest.mark.process
def test_eight_writers_lose_nothing(tmp_path: Path) -> None:
    """5,000 decisions by 8 processes on 60 claims: all are in the log, each on what it had seen."""
    for number in range(20):
        put(tmp_path, ARTICLE.replace("long", f"long{number}"), f"{number}.txt")
    with Desk(tmp_path) as desk:
        sync(desk)
        ids = [claim.id for claim in all_claims(desk)]
    context = multiprocessing.get_context("fork")
    told = context.Queue()
    writers = [
        context.Process(target=_write, args=(tmp_path, number, ids, told))
        for number in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    ends = [told.get(timeout=300) for _ in writers]
    confirmed = {name: done for name, done, _ in ends}
    for writer in writers:
        writer.join(30)
    with Desk(tmp_path) as desk:
        assert desk.select("select count(*) from decision")[0][0] == WRITERS * EACH
        for name, done in confirmed.items():
            rows = desk.select(
                "select claim_id from decision where reviewer = ? order by id", (name,)
            )
            assert [row[0] for row in rows] == done
        for claim in all_claims(desk):
            log = history(desk, claim.id)
            # Every decision saw exactly what the one before it left: none was overwritten.
            assert [one.seen for one in log] == list(range(len(log)))
            assert claim.version == len(log)
        assert refold(desk) == 0
        assert desk.select("pragma integrity_check")[0][0] == "ok"


def test_threads_share_a_desk_while_runs_are_brought_in(tmp_path: Path) -> None:
    """A server's threads decide and look while another brings in runs: nothing waits for good."""
    from concurrent.futures import ThreadPoolExecutor

    put(tmp_path)
    with Desk(tmp_path) as desk, ThreadPoolExecutor(8) as threads:
        sync(desk)
        ids = [claim.id for claim in all_claims(desk)]

        def work(number: int) -> int:
            done, name = 0, f"r{number}"
            for _ in range(15):
                claim = claim_by_id(desk, ids[number % len(ids)])
                try:
                    decide(desk, claim.id, reviewer=name, action="accept", seen=claim.version)
                    done += 1
                except StaleDecision:
                    pass
                page(desk)
            return done

        def bring() -> int:
            for number in range(6):
                put(tmp_path, ARTICLE.replace("long", f"short{number}"), f"n{number}.txt")
                sync(desk)
            return 0

        futures = [threads.submit(bring), *(threads.submit(work, n) for n in range(7))]
        done = sum(one.result(timeout=300) for one in futures)
        sync(desk)
        assert desk.select("select count(*) from decision")[0][0] == done
        assert page(desk).total == 7 * 3
        assert refold(desk) == 0


# --- any sequence --------------------------------------------------------------------------------

TEXTS = (
    ARTICLE,
    "🚢 " + ARTICLE,
    HEAD + CRITICS + "\n" + HOLM + BERG,
    ARTICLE.replace("forty", "fifty"),
    HEAD + BERG + BERG.replace("Anna Berg", "Carla Diaz") + HOLM,
    HEAD + HOLM,
)
REVIEWERS = ("ann", "ben")
STEPS = st.one_of(
    st.tuples(st.just("decide"), st.integers(0, 9), st.sampled_from(REVIEWERS),
              st.sampled_from(("accept", "reject", "later", "correct", "settle"))),
    st.tuples(st.just("stale"), st.integers(0, 9), st.sampled_from(REVIEWERS), st.just("accept")),
    st.tuples(st.just("undo"), st.integers(0, 9), st.sampled_from(REVIEWERS), st.booleans()),
    st.tuples(st.just("draft"), st.integers(0, 9), st.sampled_from(REVIEWERS), st.booleans()),
    st.tuples(st.just("run"), st.integers(0, len(TEXTS) - 1), st.sampled_from((None, "m")),
              st.sampled_from(("a.txt", "b.txt"))),
)  # fmt: skip
_MADE: dict[tuple[int, str], object] = {}


def _extraction(number: int, source: str):
    key = (number, source)
    if key not in _MADE:
        _MADE[key] = extract(article_from_text(TEXTS[number], source), QUOTES)
    return _MADE[key]


class Played:
    """What a sequence of steps must come to, told without the code that is tested."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.logs: dict[str, list[tuple[int, str, str]]] = {}  # claim: (id, reviewer, action)

    def step(self, folder: Path, kind: str, which: int, who: str | None, what: object) -> None:
        """Take one step, and note what it must have come to."""
        if kind == "run":
            fill(folder, [_extraction(which, str(what))], model=who, schema=QUOTES)
            sync(self.desk)
            return
        claims = list(all_claims(self.desk))
        if not claims:
            return
        claim = claims[which % len(claims)]
        getattr(self, kind)(claim, who, what)

    def decide(self, claim: Claim, who: str, action: str) -> None:
        row = None
        if action == "correct":
            if claim.row is None:
                return
            kind = "fragment" if claim.row["kind"] == "direct" else "direct"
            row = edited_row(self.desk, claim, {"kind": kind})
        try:
            now = decide(
                self.desk, claim.id, reviewer=who, action=action, seen=claim.version, row=row
            )
        except ReviewError:
            assert (action == "accept" and claim.row is None) or (
                action == "settle" and not claim.decision
            )
            return
        self.logs.setdefault(claim.id, []).append((now.decision, who, action))
        assert now.version == claim.version + 1

    def stale(self, claim: Claim, who: str, action: str) -> None:
        with pytest.raises(StaleDecision):
            decide(self.desk, claim.id, reviewer=who, action=action, seen=claim.version - 1)

    def undo(self, claim: Claim, who: str, any_claim: bool) -> None:
        mine = [(one[0], id_) for id_, log in self.logs.items() for one in log if one[1] == who]
        if not any_claim:
            mine = [pair for pair in mine if pair[1] == claim.id]
        try:
            undo(self.desk, who, None if any_claim else claim.id)
        except ReviewError:
            assert not mine or self.logs[max(mine)[1]][-1][0] != max(mine)[0]
            return
        assert self.logs[max(mine)[1]].pop()[0] == max(mine)[0]

    def draft(self, claim: Claim, who: str, keep: bool) -> None:
        save_draft(self.desk, claim.id, who, {"half": "typed"} if keep else None)

    def check(self) -> None:
        """Every claim is as its log says; nothing is lost; every place holds its words."""
        shown = {
            "accept": "accepted",
            "correct": "corrected",
            "reject": "rejected",
            "later": "later",
        }
        for id_, log in self.logs.items():
            claim = claim_by_id(self.desk, id_)
            told = [action for _, _, action in log if action != "settle"]
            if claim.lapsed:
                assert (claim.status, claim.lapsed) == ("open", log[-1][0])
            else:
                assert claim.status == (shown[told[-1]] if told else "open")
                assert claim.decision == (log[-1][0] if log else 0)
                assert claim.reviewer == (log[-1][1] if log else None)
            if log or claim.lapsed:
                assert claim.queued
        for claim in all_claims(self.desk):
            if claim.row is not None:
                text = self.desk.article(claim.article_sha256).text
                spans = claim.row["spans"]
                assert "\n\n".join(text[s["start"] : s["end"]] for s in spans) == claim.row["text"]
            if claim.differs:
                assert essence(claim.proposal) != essence(claim.row) or claim.status == "rejected"
        assert refold(self.desk) == 0


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(STEPS, max_size=25))
def test_any_sequence_comes_to_what_its_log_says(tmp_path_factory, steps) -> None:
    """Decide, undo, drafts, runs, changed and restored articles in any order."""
    folder = tmp_path_factory.mktemp("any")
    fill(folder, [_extraction(0, "a.txt")], schema=QUOTES)
    with Desk(folder) as desk:
        sync(desk)
        played = Played(desk)
        for step in steps:
            played.step(folder, *step)
        played.check()
