"""What becomes of claims and decisions when runs happen: every row of the table in sync.py.

Runs are made by the command, decisions by the review's own functions; nothing is written by hand.
"""

from collections.abc import Iterator
from pathlib import Path
from shutil import copy, copytree

import pytest

from extractor.errors import StaleDecision
from extractor.review.claims.claims import claim_by_id
from extractor.review.decide.decisions import decide, draft_of, history, save_draft, undo
from extractor.review.decide.editing import edited_row
from extractor.review.desk import Desk
from extractor.review.queue import Filter, page
from tests.support.review.newsroom import (
    ARTICLE,
    BERG,
    CRITICS,
    HEAD,
    HOLM,
    Newsroom,
    claim_on,
    claims_on,
    holds,
    newsroom,
    says_who,
)
from tests.support.trusting import trusting

pytestmark = pytest.mark.process

SHIPPED = Path(__file__).resolve().parents[3]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    """Give a newsroom."""
    with newsroom(tmp_path) as made:
        yield made


def proposals(desk: Desk, claim_id: str) -> list[str | None]:
    """Return the history of what machines said, as speakers."""
    import json

    rows = desk.select('select "row" from proposal where claim_id = ? order by id', (claim_id,))
    told = [row[0] and json.loads(row[0])["speaker"] for row in rows]
    return [one and one["name"] for one in told]


def test_undecided_is_replaced_and_its_history_kept(room: Newsroom) -> None:
    """The new proposal stands, under the same identity; a reviewer of the old one is told."""
    room.answer = says_who("Anna Berg", "Peter Holm", None)
    room.run(model=True)
    with room.desk() as desk:
        before = claim_on(desk, "It was")
        assert (before.speaker, before.status, before.model) == ("Peter Holm", "open", "stub")
    room.answer = says_who("Anna Berg", "Anna Berg", None)
    room.run("--refresh", model=True)
    with room.desk() as desk:
        after = claim_on(desk, "It was")
        assert after.id == before.id
        assert (after.speaker, after.status, after.differs) == ("Anna Berg", "open", False)
        assert proposals(desk, after.id) == ["Peter Holm", "Anna Berg"]
        same = claim_on(desk, "We agreed")
        assert proposals(desk, same.id) == ["Anna Berg"]
        assert same.version == 0
        with pytest.raises(StaleDecision) as told:
            decide(desk, after.id, reviewer="ann", action="accept", seen=before.version)
        assert told.value.decision is None
        assert told.value.claim == after


def test_a_changed_prompt_is_a_new_proposal(room: Newsroom) -> None:
    """The prompt of the user's own folder, changed: asked again, and the history says by which."""
    for folder in ("prompts", "schemas"):
        copytree(SHIPPED / folder, room.home / folder)
    trusting(room.home)
    prompt = room.home / "prompts" / "quotes.j2"
    room.answer = says_who("Anna Berg", "Peter Holm", None)
    room.run(model=True)
    with room.desk() as desk:
        before = claim_on(desk, "It was")
    prompt.write_text(prompt.read_text().replace("{% endblock %}", "Think twice.\n{% endblock %}"))
    room.answer = says_who("Anna Berg", "Anna Berg", None)
    room.run(model=True)
    with room.desk() as desk:
        after = claim_on(desk, "It was")
        assert (after.id, after.speaker) == (before.id, "Anna Berg")
        hashes = desk.select(
            "select prompt_sha256 from proposal where claim_id = ? order by id", (after.id,)
        )
        assert len({row[0] for row in hashes}) == len(hashes) == 2


def test_undecided_and_not_found_leaves_the_queue(room: Newsroom) -> None:
    """It is not shown or counted any more, its history is there, and it may come back."""
    room.answer = says_who("Anna Berg", "Peter Holm", None)
    room.run(model=True)
    with room.desk() as desk:
        before = claim_on(desk, "a gift")
        assert page(desk).total == 3
    room.answer = says_who("Anna Berg", "Peter Holm", "")
    room.run("--refresh", model=True)
    with room.desk() as desk:
        assert claims_on(desk, "a gift") == []
        assert page(desk).total == 2
        assert page(desk, Filter(words="gift")).total == 0
        gone = claim_by_id(desk, before.id)
        assert (gone.queued, gone.found, gone.proposal) == (False, False, None)
        assert proposals(desk, before.id) == [None, None]
    room.answer = says_who("Anna Berg", "Peter Holm", "Peter Holm")
    room.run("--refresh", model=True)
    with room.desk() as desk:
        back = claim_on(desk, "a gift")
        assert (back.id, back.speaker) == (before.id, "Peter Holm")
        assert page(desk, Filter(words="gift")).total == 1


def test_decided_and_the_machine_differs(room: Newsroom) -> None:
    """The decision stands, with what the machine says now; deciding again settles it."""
    room.answer = says_who("Anna Berg", "Peter Holm", None)
    room.run(model=True)
    with room.desk() as desk:
        claim = claim_on(desk, "It was")
        decide(desk, claim.id, reviewer="ann", action="accept", seen=claim.version)
        other = claim_on(desk, "We agreed")
        decide(desk, other.id, reviewer="ann", action="accept", seen=other.version)
    room.answer = says_who("Anna Berg", "Anna Berg", None)
    room.run("--refresh", model=True)
    with room.desk() as desk:
        now = claim_on(desk, "It was")
        assert (now.status, now.speaker, now.reviewer) == ("accepted", "Peter Holm", "ann")
        assert now.differs
        assert now.flags == ("differs",)
        assert now.proposal["speaker"]["name"] == "Anna Berg"
        assert now.row == claim.row
        assert not claim_on(desk, "We agreed").differs
        assert now.risk > claim.risk
        assert page(desk, Filter(flag=("differs",))).total == 1
        kept = decide(desk, now.id, reviewer="ben", action="settle", seen=now.version)
        assert (kept.status, kept.speaker, kept.differs) == ("accepted", "Peter Holm", False)
        assert undo(desk, "ben").differs


def test_decided_and_the_machine_comes_round(room: Newsroom) -> None:
    """Corrected to what the machine then says: nothing differs."""
    room.answer = says_who("Anna Berg", "Anna Berg", None)
    room.run(model=True)
    with room.desk() as desk:
        claim = claim_on(desk, "It was")
        row = edited_row(desk, claim, {"speaker": {"mention": _place(desk, claim, "Peter Holm")}})
        decide(desk, claim.id, reviewer="ann", action="correct", seen=claim.version, row=row)
    room.answer = says_who("Anna Berg", "Peter Holm", None)
    room.run("--refresh", model=True)
    with room.desk() as desk:
        now = claim_on(desk, "It was")
        assert (now.status, now.speaker, now.differs) == ("corrected", "Peter Holm", False)


def _place(desk: Desk, claim, words: str) -> list[int]:
    start = desk.article(claim.article_sha256).text.index(words)
    return [start, start + len(words)]


def test_decided_and_not_found_again(room: Newsroom) -> None:
    """The decision stays and is marked; a rejected one needs nobody."""
    room.answer = says_who("Anna Berg", "Peter Holm", None)
    room.run(model=True)
    with room.desk() as desk:
        claim = claim_on(desk, "a gift")
        decide(desk, claim.id, reviewer="ann", action="accept", seen=claim.version)
        other = claim_on(desk, "It was")
        decide(desk, other.id, reviewer="ann", action="reject", seen=0, reason="not_a_quotation")
    room.answer = says_who("Anna Berg", "", "")
    room.run("--refresh", model=True)
    with room.desk() as desk:
        now = claim_on(desk, "a gift")
        assert (now.status, now.found, now.flags) == ("accepted", False, ("not_found",))
        assert now.row == claim.row
        rejected = claim_on(desk, "It was")
        assert (rejected.status, rejected.flags, rejected.risk) == ("rejected", (), 0.0)


def test_a_changed_article_carries_decisions_exactly(room: Newsroom) -> None:
    """Words that stand elsewhere now keep their decision, every span shifted; the text says so."""
    room.run()
    with room.desk() as desk:
        berg, holm = claim_on(desk, "We agreed"), claim_on(desk, "It was")
        decide(desk, berg.id, reviewer="ann", action="accept", seen=0)
        row = edited_row(desk, holm, {"speaker": {"name": "A Passer-by"}, "kind": "fragment"})
        decide(desk, holm.id, reviewer="ben", action="correct", seen=0, row=row)
        old = {one.id: one for one in (berg, holm)}
    room.write(
        HEAD + "🚢🚢 The ferries are new, and there are many.\n\n" + CRITICS + "\n" + HOLM + BERG
    )
    room.run()
    with room.desk() as desk:
        for words, status in (("We agreed", "accepted"), ("It was", "corrected")):
            now = claim_on(desk, words)
            assert now.id in old
            assert (now.status, now.anchored, now.found) == (status, "moved", True)
            assert now.article_sha256 != old[now.id].article_sha256
            assert now.start != old[now.id].start
            text = desk.article(now.article_sha256).text
            assert text[now.start : now.end] == now.text == old[now.id].text
            assert holds(desk, now)
        corrected = claim_on(desk, "It was")
        assert corrected.row["speaker"]["typed"] is True
        assert page(desk).total == 3


def test_the_evidence_is_kept_after_an_emoji(room: Newsroom) -> None:
    """Offsets are code points: one character outside the BMP moves everything by one."""
    room.run()
    with room.desk() as desk:
        claim = claim_on(desk, "We agreed")
        decide(desk, claim.id, reviewer="ann", action="accept", seen=0)
    room.write("🚢" + ARTICLE)
    room.run()
    with room.desk() as desk:
        now = claim_on(desk, "We agreed")
        assert (now.status, now.start, now.end) == ("accepted", claim.start + 1, claim.end + 1)
        assert holds(desk, now)


SAME = '"It is not true," said {}.\n\n'


def test_equal_sentences_are_told_apart_by_what_stands_around_them(tmp_path: Path) -> None:
    """Three times the same words: each decision goes to its own, also in a new order."""
    people = ("Anna Berg of the ferry union", "Peter Holm of the port", "Carla Diaz of the bank")
    first = HEAD + "".join(SAME.format(who) for who in people) + CRITICS
    second = HEAD + BERG + "".join(SAME.format(who) for who in reversed(people)) + CRITICS
    with newsroom(tmp_path, first) as room:
        room.run()
        with room.desk() as desk:
            before = claims_on(desk, "It is not true")
            assert len(before) == 3
            for claim, note in zip(before, ("one", "two", "three"), strict=True):
                decide(desk, claim.id, reviewer=note, action="accept", seen=0)
            said = {claim.id: claim.speaker for claim in before}
            assert len(set(said.values())) == 3
        room.write(second)
        room.run()
        with room.desk() as desk:
            after = claims_on(desk, "It is not true")
            assert {claim.id: claim.speaker for claim in after} == said
            assert all(claim.status == "accepted" and holds(desk, claim) for claim in after)
            assert [c.id for c in sorted(after, key=lambda c: c.start)] == [
                c.id for c in sorted(before, key=lambda c: c.start, reverse=True)
            ]
            assert not any(claim.differs for claim in after)


def test_lost_words_are_open_again_with_the_old_decision(room: Newsroom) -> None:
    """A word of the evidence was changed: back to the queue. The former text restores it."""
    room.run()
    with room.desk() as desk:
        claim = claim_on(desk, "We agreed")
        decide(desk, claim.id, reviewer="ann", action="accept", seen=0)
    room.write(ARTICLE.replace("forty", "fifty"))
    room.run()
    with room.desk() as desk:
        assert claim_on(desk, "We agreed on fifty").status == "open"
        lost = claim_by_id(desk, claim.id)
        assert (lost.status, lost.anchored, lost.queued) == ("open", "lost", True)
        assert (lost.start, lost.row, lost.text) == (None, None, claim.text)
        assert "lost" in lost.flags
        old = next(one for one in history(desk, claim.id) if one.id == lost.lapsed)
        assert (old.reviewer, old.action, old.after) == ("ann", "accept", claim.row)
        assert old.exact == claim.text
        with pytest.raises(StaleDecision):
            decide(desk, claim.id, reviewer="ben", action="reject", seen=1)
        version = lost.version
    room.write(ARTICLE)
    room.run()
    with room.desk() as desk:
        back = claim_by_id(desk, claim.id)
        assert (back.status, back.reviewer, back.row) == ("accepted", "ann", claim.row)
        assert back.version > version
        assert claims_on(desk, "We agreed on fifty") == []


def test_a_lost_claim_can_be_decided_anew(room: Newsroom) -> None:
    """Reject it, or correct it to words that are there; accepting what is gone is refused."""
    from extractor.errors import EditRefused

    room.run()
    with room.desk() as desk:
        claim = claim_on(desk, "We agreed")
        decide(desk, claim.id, reviewer="ann", action="accept", seen=0)
    room.write(ARTICLE.replace("forty", "fifty"))
    room.run()
    with room.desk() as desk:
        lost = claim_by_id(desk, claim.id)
        with pytest.raises(EditRefused):
            decide(desk, lost.id, reviewer="ben", action="accept", seen=lost.version)
        row = claim_on(desk, "We agreed on fifty").row
        now = decide(desk, lost.id, reviewer="ben", action="correct", seen=lost.version, row=row)
        assert (now.status, now.lapsed, now.text) == ("corrected", 0, row["text"])
        assert "lost" not in now.flags
        again = undo(desk, "ben")
        assert (again.status, again.lapsed, again.row) == ("open", lost.lapsed, None)


def test_a_draft_is_not_touched(room: Newsroom) -> None:
    """Whatever happens to its claim, it is there, and its claim stays in the queue."""
    room.answer = says_who("Anna Berg", "Peter Holm", None)
    room.run(model=True)
    with room.desk() as desk:
        claim = claim_on(desk, "a gift")
        told = {"speaker": {"name": "half-typed"}, "note": "🖊"}
        save_draft(desk, claim.id, "ann", told)
        assert claim_by_id(desk, claim.id) == claim
    room.answer = says_who("Anna Berg", "Peter Holm", "")
    room.run("--refresh", model=True)
    with room.desk() as desk:
        now = claim_on(desk, "a gift")
        assert (now.id, now.found, now.row) == (claim.id, False, claim.row)
        assert draft_of(desk, claim.id, "ann") == told
    room.write(ARTICLE.replace("a gift", "one gift"))
    room.answer = says_who("Anna Berg", "Peter Holm", "Peter Holm")
    room.run(model=True)
    with room.desk() as desk:
        assert draft_of(desk, claim.id, "ann") == told
        assert claim_by_id(desk, claim.id).queued
        save_draft(desk, claim.id, "ann", None)
        assert draft_of(desk, claim.id, "ann") is None
        assert not claim_by_id(desk, claim.id).queued


def test_put_off_follows_the_machine(room: Newsroom) -> None:
    """Later is no verdict: the new proposal is shown, and it stays put off."""
    room.answer = says_who("Anna Berg", "Peter Holm", None)
    room.run(model=True)
    with room.desk() as desk:
        claim = claim_on(desk, "It was")
        decide(desk, claim.id, reviewer="ann", action="later", seen=0)
    room.answer = says_who("Anna Berg", "Anna Berg", None)
    room.run("--refresh", model=True)
    with room.desk() as desk:
        now = claim_on(desk, "It was")
        assert (now.status, now.speaker, now.differs) == ("later", "Anna Berg", False)


def test_twins_share_their_claims(room: Newsroom) -> None:
    """The same text from two sources is one article; one of them changing takes nothing away."""
    room.write(ARTICLE, "b.txt")
    room.run()
    with room.desk() as desk:
        assert page(desk).total == 3
        claim = claim_on(desk, "We agreed")
        decide(desk, claim.id, reviewer="ann", action="accept", seen=0)
    room.write(ARTICLE.replace("long night", "short night"), "b.txt")
    room.run()
    with room.desk() as desk:
        assert page(desk).total == 6
        assert {c.status for c in claims_on(desk, "We agreed")} == {"accepted", "open"}
    room.write(ARTICLE.replace("long night", "short night"), "a.txt")
    room.run()
    with room.desk() as desk:
        assert page(desk).total == 3
        now = claim_on(desk, "We agreed")
        assert (now.id, now.status) == (claim.id, "accepted")


def test_sources_that_vanished_keep_their_claims(room: Newsroom) -> None:
    """A file that is gone takes no decision with it."""
    room.run()
    with room.desk() as desk:
        claim = claim_on(desk, "We agreed")
        decide(desk, claim.id, reviewer="ann", action="accept", seen=0)
    (room.home / "in" / "a.txt").unlink()
    room.write(ARTICLE.replace("forty", "fifty"), "b.txt")
    room.run()
    with room.desk() as desk:
        assert page(desk).total == 6
        assert claim_by_id(desk, claim.id).status == "accepted"


def test_changed_twice_before_anybody_looked(room: Newsroom) -> None:
    """Decisions find their words through texts that were never reviewed."""
    room.run()
    with room.desk() as desk:
        claim = claim_on(desk, "We agreed")
        decide(desk, claim.id, reviewer="ann", action="accept", seen=0)
    room.write(HEAD + HOLM)
    room.run()
    room.write(HEAD + CRITICS + "\n" + BERG)
    room.run()
    with room.desk() as desk:
        now = claim_on(desk, "We agreed")
        assert (now.id, now.status, now.anchored) == (claim.id, "accepted", "moved")
        assert holds(desk, now)


OWN = """
from pydantic import BaseModel
from extractor.fields import Quotation

class Point(BaseModel):
    summary: str
    weight: int

class Saying(BaseModel):
    quotation: Quotation
    tone: str | None = None

class Own(BaseModel):
    topic: str
    tags: list[str]
    points: list[Point]
    sayings: list[Saying]
"""


def test_a_users_own_schema_of_plain_words(tmp_path: Path) -> None:
    """Rows that rest on nothing are the same claim when they say the same, wherever they stand."""
    with newsroom(tmp_path) as room:
        (tmp_path / "schemas").mkdir()
        (tmp_path / "schemas" / "own.py").write_text(OWN)
        trusting(tmp_path)
        (tmp_path / "prompts").mkdir()
        copy(SHIPPED / "prompts" / "quotes.j2", tmp_path / "prompts" / "own.j2")
        room.schema = "own"
        told = {
            "topic": "ferries",
            "tags": ["sea", "deal", "sea"],
            "points": [{"summary": "forty ferries", "weight": 2}, {"summary": "long", "weight": 1}],
            "sayings": [{"quotation": f"Q{n}", "tone": "dry"} for n in (1, 2, 3)],
            "dismissed": [],
        }
        room.answer = lambda _: told
        room.run(model=True)
        with room.desk() as desk:
            assert page(desk).total == 1 + 3 + 2 + 3
            point = next(
                c for c in page(desk, Filter(kind="points")).claims if c.row["weight"] == 2
            )
            decide(desk, point.id, reviewer="ann", action="accept", seen=0)
            topic = page(desk, Filter(kind="topic")).claims[0]
            assert (topic.row, topic.start) == ("ferries", None)
            row = edited_row(desk, topic, {"value": "the ferries"})
            decide(desk, topic.id, reviewer="ann", action="correct", seen=0, row=row)
            tags = {c.id: c.row for c in page(desk, Filter(kind="tags")).claims}
        told["points"] = [{"summary": "new", "weight": 5}, *told["points"][:1]]
        told["tags"] = ["deal", "sea", "sea"]
        room.run("--refresh", model=True)
        with room.desk() as desk:
            assert {c.id: c.row for c in page(desk, Filter(kind="tags")).claims} == tags
            points = {c.row["summary"]: c for c in page(desk, Filter(kind="points")).claims}
            assert set(points) == {"new", "forty ferries"}
            now = points["forty ferries"]
            assert (now.id, now.status, now.path) == (point.id, "accepted", "points[1]")
            (topic,) = page(desk, Filter(kind="topic")).claims
            assert (topic.status, topic.row, topic.differs) == ("corrected", "the ferries", False)


def test_candidates_that_no_row_uses_are_put_before_a_reviewer(tmp_path: Path) -> None:
    """What the audit leaves unaccounted is a claim of its own, until a row uses it."""
    with newsroom(tmp_path) as room:
        room.run()
        with room.desk() as desk:
            article = claim_on(desk, "It was").article_sha256
            before = page(desk).total
        _leave_out(room, "It was hard work")
        with room.desk() as desk:
            now = claim_on(desk, "It was")
            assert (now.origin, now.status, now.article_sha256) == ("candidate", "open", article)
            assert now.flags[0] == "unaccounted"
            assert now.row["speaker"] is None
            assert page(desk).claims[0].id == now.id
            assert page(desk).total == before
            kept = decide(desk, now.id, reviewer="ann", action="reject", seen=now.version)
            assert kept.status == "rejected"


def _leave_out(room: Newsroom, words: str) -> None:
    """Have the store say that the newest extraction has left a quotation unaccounted."""
    import json
    import zlib

    from extractor.store.packing import counts_of, rows_of, unpack_json
    from extractor.store.store import Store

    with Store(room.out, make=False) as store, store.transaction() as rows:
        id_, data = rows.execute("select id, data from extraction").fetchone()
        told = unpack_json(data)
        (row,) = [q for q in told["record"]["quotes"] if q["text"].startswith(words)]
        told["record"]["quotes"].remove(row)
        place = {"start": row["spans"][0]["start"], "end": row["spans"][-1]["end"]}
        item = {"candidate": "Q2", "kind": "quotation", "text": row["text"], **place}
        told["audit"]["unaccounted"].append({**item, "reason": None, "origin": "rules"})
        rows.execute("delete from record where extraction_id = ?", (id_,))
        sha256 = told["article"]["sha256"]
        rows.executemany(
            'insert into record (extraction_id, article_sha256, schema, kind, path, start, "end",'
            " text, confidence, by_rules, row) values (?, ?, 'quotes', ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    id_,
                    sha256,
                    r.kind,
                    r.path,
                    r.start,
                    r.end,
                    r.text,
                    r.confidence,
                    r.by_rules,
                    r.row,
                )
                for r in rows_of(told)
            ],
        )
        rows.execute(
            "update extraction set data = ?, counts = ?, finished_at = finished_at + 1",
            (zlib.compress(json.dumps(told).encode()), json.dumps(counts_of(told))),
        )
