"""Agreement of reviewers: a blind second review of a sample, and where it differs.

A claim is in the sample of a tenth when its id, a hash, is in the first tenth of all ids: the same
claims for everybody, whenever they are asked for, and those of a smaller sample are in a larger
one. The second reviewer sees what the machine proposed and not what was decided. The second
decision is kept beside the first and changes nothing; where both differ somebody settles it.

Agreement is given raw and as Krippendorff's alpha for nominal data (Krippendorff, Content
Analysis, 1980), which takes away what chance would give.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from extractor.errors import UsageError
from extractor.frozen import frozen
from extractor.review.claims.claims import SELECT, Claim, claims_by_id, read_claim
from extractor.review.claims.json_rows import essence
from extractor.review.claims.standing import Decision, log_of, not_undone
from extractor.store.packing import storable

if TYPE_CHECKING:
    from extractor.review.desk import Desk

_VERDICTS = {"accept": "kept", "correct": "corrected", "reject": "rejected", "add": "kept"}


@frozen
class Pair:
    """A claim that two reviewers decided on."""

    claim: Claim
    first: Decision  # the latest that counted when the second one was taken
    second: Decision
    settled: bool  # whether somebody decided anew after both

    @property
    def verdicts(self) -> tuple[str, str]:
        """What each of them said: "kept", "corrected" or "rejected"."""
        return _VERDICTS[self.first.action], _VERDICTS[self.second.action]

    @property
    def same(self) -> bool:
        """Whether both leave the same row: both reject it, or both keep one that says the same."""
        if self.first.after is None or self.second.after is None:
            return self.first.after is None and self.second.after is None
        return bool(essence(self.first.after) == essence(self.second.after))


@frozen
class Agreement:
    """How far two reviews of the same claims agree."""

    claims: int
    same_verdict: int
    same_row: int
    alpha: float | None  # of the verdicts; None: nothing to tell apart, or no library
    open: int  # differences that nobody has settled yet


def border(share: float) -> str:
    """Return the bound that the ids of a sample of this share, 0…1, are below, as text.

    Raises UsageError for another share.
    """
    if not 0 < share <= 1:
        raise UsageError("the share of a second review is above 0 and at most 1, such as 0.1")
    return "g" if share >= 1 else f"{int(share * 16**16):016x}"


def to_review_again(
    desk: "Desk", reviewer: str, share: float, schema: str | None = None, size: int = 50
) -> list[Claim]:
    """Return claims of the sample that others decided on and nobody a second time, blinded.

    What a reviewer decided on in the first place is never shown to the same reviewer again, nor
    what an analyst added: that somebody missed it says that somebody kept it.
    """
    rows = desk.select(
        f"{SELECT} where c.id < :border and c.queued = 1 and c.origin <> 'analyst'"  # noqa: S608
        " and c.status in ('accepted', 'corrected', 'rejected') and c.found = 1"
        " and (:schema is null or c.schema = :schema)"
        " and not exists (select 1 from decision d where d.claim_id = c.id"
        "     and (d.pass = 2 or d.reviewer = :reviewer))"
        " order by c.id limit :size",
        {
            "border": border(share),
            "schema": storable(schema),
            "reviewer": storable(reviewer),
            "size": size,
        },
    )
    return [blinded(read_claim(row)) for row in rows]


def blinded(claim: Claim) -> Claim:
    """Return a claim as the machine proposes it, with nothing of what was decided."""
    shown = tuple(flag for flag in claim.flags if flag not in ("differs", "drafted"))
    return replace(
        claim,
        status="open",
        decision=0,
        lapsed=0,
        reviewer=None,
        decided_at=None,
        differs=False,
        row=claim.proposal,
        flags=shown,
    )


def pairs(desk: "Desk", schema: str | None = None) -> Iterator[Pair]:
    """Yield the claims that two reviewers decided on, the latest second decision first."""
    rows = desk.select(
        "select claim_id, max(id) as latest from decision where pass = 2 group by claim_id"
        " order by latest desc"
    )
    for claim in claims_by_id(desk, [row["claim_id"] for row in rows]):
        if schema is not None and claim.schema != schema:
            continue
        log = log_of(desk.connection, claim.id)
        second = [decision for decision in log if decision.second and decision.action in _VERDICTS]
        if not second:
            continue
        last = second[-1]
        before = not_undone(decision for decision in log if decision.id < last.id)
        first = [decision for decision in before if decision.action in _VERDICTS]
        if first:
            after = [decision for decision in log if decision.id > last.id and not decision.second]
            yield Pair(
                claim, first[-1], last, settled=bool(not_undone([*before, *after])[len(before) :])
            )


def disagreements(desk: "Desk", schema: str | None = None) -> list[Pair]:
    """Return where two reviewers differ and nobody has decided since."""
    return [pair for pair in pairs(desk, schema) if not pair.same and not pair.settled]


def agreement(reviewed_twice: Sequence[Pair]) -> Agreement:
    """Return how far two reviews agree."""
    return Agreement(
        claims=len(reviewed_twice),
        same_verdict=sum(pair.verdicts[0] == pair.verdicts[1] for pair in reviewed_twice),
        same_row=sum(pair.same for pair in reviewed_twice),
        alpha=alpha([pair.verdicts for pair in reviewed_twice]),
        open=sum(not pair.same and not pair.settled for pair in reviewed_twice),
    )


def alpha(verdicts: Sequence[tuple[str, str]]) -> float | None:
    """Return Krippendorff's alpha of two raters' nominal answers.

    None when there are fewer than two different answers, so that chance cannot be told from
    agreement. Raises UsageError when the library is not installed.
    """
    answers = sorted({verdict for pair in verdicts for verdict in pair})
    if len(answers) < 2:
        return None
    try:
        import krippendorff
    except ImportError as error:
        raise UsageError(
            "Krippendorff's alpha needs a library: pip install 'news-extract[agreement]'"
        ) from error
    numbers = [[answers.index(pair[rater]) for pair in verdicts] for rater in (0, 1)]
    return float(krippendorff.alpha(numbers, level_of_measurement="nominal"))


def lines(by_schema: dict[str, Agreement]) -> Iterator[str]:
    """Yield the figures for people."""
    for schema, figures in by_schema.items():
        if not figures.claims:
            continue
        verdict, row = figures.same_verdict / figures.claims, figures.same_row / figures.claims
        alpha_words = (
            "undefined: only one verdict was given"
            if figures.alpha is None
            else f"{figures.alpha:.3f}"
        )
        yield f"{schema}: {figures.claims:,} claims decided on twice"
        yield f"  the same verdict   {100 * verdict:.1f}%"
        yield f"  the same row       {100 * row:.1f}%"
        yield f"  Krippendorff's alpha of the verdicts  {alpha_words}"
        yield f"  to be settled      {figures.open:,}"
