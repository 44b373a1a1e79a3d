"""Sync: what runs have written since the last sync becomes claims; no decision is overwritten.

    the machine says the same                       nothing changes
    undecided, and it says otherwise                the new proposal replaces the old one, which
                                                    stays in the table `proposal`
    undecided, and it is not found again            leaves the queue
    decided, and it says otherwise                  the decision stands; `differs`
    decided, and it is not found again              the decision stands; `found` is false
    the article of a source was changed             claims move to the new text when their words
                                                    stand there (carrying.py), else they are open
                                                    again and show what was decided
    a draft                                         is not touched, and keeps its claim in the queue

Triggers of the store note in `review_due` which article and schema have news, so that a sync costs
one query when there are none. Articles are synced in short transactions; when the process is killed
in between, the rest stays due. Two desks that sync at once share the work.
"""

import sqlite3
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from extractor.review.claims.carrying import carry_row
from extractor.review.claims.claims import DECIDED
from extractor.review.claims.json_rows import packed, speaker_of, unpacked
from extractor.review.claims.recording import derive_stored, free_identity, index_claim
from extractor.review.claims.risk import assess
from extractor.review.claims.standing import UPDATE
from extractor.review.database import CACHE
from extractor.review.search_index import add_claims, words_of
from extractor.review.sync.matching import Key, pair
from extractor.review.sync.proposal import Proposal
from extractor.review.sync.reading import read_proposals
from extractor.store.packing import anchor_of, storable

if TYPE_CHECKING:
    from extractor.review.desk import Desk

_CACHE = 64_000  # KB of the tables kept in memory while much is written
_LOG = 16_000  # pages of 4 KB in the write-ahead log before they are moved into the store
_MOST = 500  # articles in a transaction
_HOLD = 0.2  # seconds that a transaction may take before it ends; a run waits for it

_FACTS = (
    "article_sha256 = :article_sha256, content = :content,"
    " origin = :origin, extraction_id = :extraction_id, path = :path, confidence = :confidence,"
    " by_rules = :by_rules, warnings = :warnings, found = :found, anchored = :anchored,"
    " anchor_sha256 = :anchor_sha256, anchor_start = :anchor_start, anchor_end = :anchor_end,"
    " version = :version, outlet = :outlet, published = :published, model = :model,"
    " proposal = :proposal"
)


def sync(desk: "Desk") -> int:
    """Turn what runs have written since the last sync into claims.

    Returns how many claims are new or changed. Raises OutputError.
    """
    changed = 0
    if not desk.select("select 1 from review_due limit 1"):
        return 0
    with _in_bulk(desk.connection):
        while True:
            with desk.transaction() as connection:
                due = connection.execute(
                    "select number, article_sha256, schema from review_due order by number limit ?",
                    (_MOST,),
                ).fetchall()
                if not due:
                    return changed
                ends = time.monotonic() + _HOLD
                done = []
                for number, sha256, schema in due:
                    changed += _ArticleSync(desk, connection, sha256, schema).run()
                    done.append((number,))
                    if time.monotonic() > ends:
                        break
                connection.executemany("delete from review_due where number = ?", done)


@contextmanager
def _in_bulk(connection: sqlite3.Connection) -> Iterator[None]:
    """Write much at once, without waiting for the disk: what a power cut takes is synced again."""
    if connection.in_transaction:
        yield
        return
    connection.execute("pragma synchronous = normal")
    connection.execute(f"pragma cache_size = -{_CACHE}")
    connection.execute(f"pragma wal_autocheckpoint = {_LOG}")
    try:
        yield
    finally:
        connection.execute("pragma synchronous = full")
        connection.execute("pragma wal_autocheckpoint = 1000")  # SQLite's own
        connection.execute(f"pragma cache_size = -{CACHE}")


class _ArticleSync:
    """Syncs the claims of one article by one schema with its newest extraction."""

    def __init__(
        self, desk: "Desk", connection: sqlite3.Connection, sha256: str, schema: str
    ) -> None:
        self._desk = desk
        self._connection = connection
        self._sha256 = sha256
        self._schema = schema

    def run(self) -> int:
        """Sync; return how many claims are new or changed."""
        extraction = self._connection.execute(
            "select e.*, a.outlet, a.published, a.title from extraction e"
            " join article a on a.sha256 = e.article_sha256"
            " where e.article_sha256 = ? and e.schema = ? and e.status = 'done'"
            " and exists (select 1 from source_seen s where s.article_sha256 = e.article_sha256)"
            " order by e.finished_at desc, e.id desc limit 1",
            (self._sha256, self._schema),
        ).fetchone()
        if extraction is None:  # no source has this text any more; its successor takes the claims
            return 0
        self._extraction = extraction
        proposals = list(read_proposals(self._desk, self._connection, extraction))
        claims = self._claims()
        if not claims:
            self._insert(proposals)
            return len(proposals)
        claims.sort(key=lambda c: (c["status"] not in DECIDED, not c["drafted"], c["number"]))
        pairs, gone, new = pair(
            [(_key(c), unpacked(c["proposal"] or c["row"]), c) for c in claims],
            [(p.key, p.data, p) for p in proposals],
        )
        changed = sum(self._update(claim, proposal) for claim, proposal in pairs)
        changed += sum(self._mark_missing(claim) for claim in gone)
        self._insert(new)
        return changed + len(new)

    # --- the claims of the article ----------------------------------------------------------------

    def _claims(self) -> list[dict[str, Any]]:
        """Return the claims of the article, with those of the texts that it has replaced."""
        own = self._read("article_sha256 = :sha256")
        before = self._read(
            "article_sha256 in (with recursive before (sha256) as ("
            " select old_sha256 from text_change where new_sha256 = :sha256"
            " union select t.old_sha256 from text_change t join before b"
            " on t.new_sha256 = b.sha256) select sha256 from before b where sha256 <> :sha256"
            " and not exists (select 1 from source_seen s where s.article_sha256 = b.sha256))"
        )
        for claim in before:
            self._move(claim)
        return own + before

    def _read(self, which: str) -> list[dict[str, Any]]:
        rows = self._connection.execute(
            "select c.*, exists (select 1 from draft d where d.claim_id = c.id) as drafted"  # noqa: S608
            f" from claim c where c.schema = :schema and c.{which}",
            {"sha256": self._sha256, "schema": self._schema},
        )
        return [{**row, "was": row["article_sha256"]} for row in map(dict, rows)]

    def _move(self, claim: dict[str, Any]) -> None:
        """Carry a claim over from the text that a source held before."""
        claim["article_sha256"] = self._sha256
        if claim["content"] is not None:
            claim["anchor_sha256"] = self._sha256
            return
        place = self._place_of(claim)
        if place is None:
            claim["start"] = claim["end"] = None
            claim["anchored"] = "lost"
            return
        claim["start"], claim["end"] = claim["anchor_start"], claim["anchor_end"] = place
        claim["anchor_sha256"], claim["anchored"] = self._sha256, "moved"

    def _place_of(self, claim: dict[str, Any]) -> tuple[int, int] | None:
        """Return where a claim's evidence stands now, as the machine had it or as corrected."""
        start, end, sha256 = claim["anchor_start"], claim["anchor_end"], claim["anchor_sha256"]
        if start is not None and sha256 == self._sha256:  # the former text is back
            return start, end
        if start is not None:
            place = self._desk.carrier(sha256, self._sha256).place(start, end)
            if place is not None:
                return place
        if claim["decision"] and claim["row"] is not None and claim["was"] != self._sha256:
            row = carry_row(self._desk.carrier(claim["was"], self._sha256), unpacked(claim["row"]))
            start, end, _ = anchor_of(row)
            if start is not None and end is not None:
                return start, end
        return None

    # --- claims that the store has already --------------------------------------------------------

    def _update(self, claim: dict[str, Any], proposal: Proposal) -> bool:
        """Update a claim that the machine says again; return whether anything changed."""
        extraction = self._extraction
        now = {
            "origin": claim["origin"] if claim["origin"] == "analyst" else proposal.origin,
            "extraction_id": extraction["id"],
            "path": proposal.path,
            "confidence": proposal.confidence,
            "by_rules": int(proposal.by_rules),
            "warnings": packed(proposal.warnings),
            "found": 1,
            "model": extraction["model"] or "rules",
            "proposal": proposal.row,
        }
        if self._differs(claim, proposal):
            self._connection.execute(_INSERT_PROPOSAL, self._proposal_values(claim["id"], proposal))
        elif claim["was"] == self._sha256 and all(claim[name] == now[name] for name in now):
            return False
        fresh = {**claim, **now}
        return self._write(claim, fresh)

    def _differs(self, claim: dict[str, Any], proposal: Proposal) -> bool:
        """Return whether the proposal is to be kept in the table of all proposals."""
        if claim["proposal"] != proposal.row or not claim["found"]:
            return True
        if claim["model"] != (self._extraction["model"] or "rules"):
            return True
        last = self._connection.execute(
            "select confidence, engine, prompt_sha256 from proposal where claim_id = ?"
            " order by id desc limit 1",
            (claim["id"],),
        ).fetchone()
        now = (proposal.confidence, self._extraction["engine"], self._extraction["prompt_sha256"])
        return last is None or tuple(last) != now

    def _mark_missing(self, claim: dict[str, Any]) -> bool:
        """Mark a claim that the machine does not say any more; return whether anything changed."""
        moved = claim["was"] != self._sha256
        if not claim["found"] and not moved:
            return False
        if claim["found"]:
            self._connection.execute(_INSERT_PROPOSAL, self._proposal_values(claim["id"], None))
        fresh = {**claim, "found": 0, "proposal": None, "warnings": "[]", "by_rules": 0}
        return self._write(claim, fresh)

    def _write(self, claim: dict[str, Any], fresh: dict[str, Any]) -> bool:
        """Write a claim with its new facts and what follows from them."""
        fresh["outlet"], fresh["published"] = (
            self._extraction["outlet"],
            self._extraction["published"],
        )
        derived = derive_stored(self._desk, self._connection, fresh)
        # What a reviewer looks at has changed: a decision on the former is refused.
        seen = ("row", "status", "queued", "lapsed")
        if claim["was"] != self._sha256 or any(derived[name] != claim[name] for name in seen):
            fresh["version"] += 1
        values = {**fresh, **derived}
        self._connection.execute(f"{UPDATE}, {_FACTS} where number = :number", values)
        index_claim(self._desk, self._connection, fresh["number"], values)
        return True

    # --- new claims -------------------------------------------------------------------------------

    def _insert(self, proposals: list[Proposal]) -> None:
        """Insert claims for proposals that are no claim yet."""
        if not proposals:
            return
        extraction = self._extraction
        before = self._connection.execute("select coalesce(max(number), 0) from claim").fetchone()[
            0
        ]
        ids = self._identities(proposals)
        claims, words, proposal_rows = [], [], []
        for number, (proposal, identity) in enumerate(zip(proposals, ids, strict=True), before + 1):
            claim_id, ordinal = identity
            claims.append(self._columns(number, claim_id, ordinal, proposal))
            proposal_rows.append(self._proposal_values(claim_id, proposal))
            words.append((number, words_of(proposal.text, proposal.data, extraction["title"])))
        self._connection.executemany(_INSERT, claims)
        self._connection.executemany(_INSERT_PROPOSAL, proposal_rows)
        if self._desk.searchable:
            add_claims(self._connection, words)

    def _identities(self, proposals: list[Proposal]) -> list[tuple[str, int]]:
        """Return an id that nothing else has, with its ordinal, for each."""
        turns: dict[Key, int] = defaultdict(int)
        identities = []
        for proposal in proposals:
            place: object = (
                proposal.key[1] if proposal.start is None else [proposal.start, proposal.end]
            )
            claim_id, ordinal = free_identity(
                self._connection,
                self._sha256,
                self._schema,
                proposal.kind,
                place,
                turns[proposal.key],
            )
            turns[proposal.key] = ordinal + 1
            identities.append((claim_id, ordinal))
        return identities

    def _columns(
        self, number: int, claim_id: str, ordinal: int, proposal: Proposal
    ) -> dict[str, Any]:
        """Return the columns of a new claim."""
        risk, flags = assess(
            status="open",
            origin=proposal.origin,
            confidence=proposal.confidence,
            by_rules=proposal.by_rules,
            warnings=[code for code, _ in proposal.warnings],
            differs=False,
            found=True,
            moved=False,
            lost=False,
        )
        extraction = self._extraction
        return {
            "number": number,
            "id": claim_id,
            "article_sha256": self._sha256,
            "schema": self._schema,
            "kind": proposal.kind,
            "start": proposal.start,
            "end": proposal.end,
            "content": proposal.key[1] if proposal.start is None else None,
            "ordinal": ordinal,
            "origin": proposal.origin,
            "extraction_id": extraction["id"],
            "path": proposal.path,
            "confidence": proposal.confidence,
            "by_rules": int(proposal.by_rules),
            "warnings": packed(proposal.warnings) if proposal.warnings else "[]",
            "risk": risk,
            "flags": f" {' '.join(flags)} " if flags else "",
            "speaker": storable(speaker_of(proposal.data)),
            "outlet": extraction["outlet"],
            "published": extraction["published"],
            "model": extraction["model"] or "rules",
            "text": proposal.text,
            "row": proposal.row,
        }

    def _proposal_values(self, claim_id: str, proposal: Proposal | None) -> tuple[Any, ...]:
        """Return the values of `_INSERT_PROPOSAL`; None: the machine says it no more."""
        extraction = self._extraction
        return (
            claim_id,
            extraction["id"],
            extraction["finished_at"],
            self._sha256,
            proposal.row if proposal else None,
            proposal.confidence if proposal else None,
            extraction["model"] or "rules",
            extraction["engine"],
            extraction["prompt_sha256"],
        )


_INSERT_PROPOSAL = (
    'insert into proposal (claim_id, extraction_id, at, article_sha256, "row", confidence, model,'
    " engine, prompt_sha256) values (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_INSERT = (
    'insert into claim (number, id, article_sha256, schema, kind, start, "end", content, ordinal,'
    " origin, extraction_id, path, confidence, by_rules, warnings, found, anchor_sha256,"
    " anchor_start, anchor_end, risk, flags, speaker, outlet, published, model, text,"
    ' "row", proposal) values (:number, :id, :article_sha256, :schema, :kind, :start, :end,'
    " :content, :ordinal, :origin, :extraction_id, :path, :confidence, :by_rules, :warnings, 1,"
    " :article_sha256, :start, :end, :risk, :flags, :speaker, :outlet, :published, :model, :text,"
    " :row, :row)"
)


def _key(claim: dict[str, Any]) -> Key:
    """Return the key that a claim is matched by; one whose words are lost matches nothing."""
    if claim["content"] is not None:
        return (claim["kind"], claim["content"])
    if claim["start"] is None:
        return (claim["kind"], None, claim["number"])
    return (claim["kind"], claim["start"], claim["end"])
