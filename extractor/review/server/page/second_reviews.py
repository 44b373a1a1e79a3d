"""Two views of the page: a blind second review of a sample, and where two reviewers differ.

See evaluate/agreement.py. In a second review nothing on the page shows what the first reviewer did:
the claim, its row in the queue and its marks in the article are the machine's.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal

from extractor.review.claims.claims import Claim
from extractor.review.evaluate.agreement import (
    Pair,
    agreement,
    blinded,
    disagreements,
    pairs,
    to_review_again,
)
from extractor.review.queue import Page

if TYPE_CHECKING:
    from extractor.review.desk import Desk

View = Literal["second", "differ"]
VIEWS: dict[View, str] = {"second": "Blind second review", "differ": "Disagreements"}
SHARES = (0.05, 0.1, 0.2, 0.5, 1.0)  # of the claims that are reviewed twice
_SHARE = 0.1
_MOST = 200  # claims of a view at a time


def view_of(query: Mapping[str, Any]) -> View | None:
    """Return the view that a page's query names; None: the queue."""
    return next((view for view in VIEWS if query.get("view") == view), None)


def share_of(query: Mapping[str, Any]) -> float:
    """Return the share of the claims that a second review is of."""
    with suppress(ValueError):
        share = float(query.get("share") or _SHARE)
        if 0 < share <= 1:
            return share
    return _SHARE


def view_page(desk: "Desk", query: Mapping[str, Any], reviewer: str) -> Page | None:
    """Return the claims of a view, or None when the query is of the queue."""
    view, schema = view_of(query), query.get("schema") or None
    if view == "second":
        claims = to_review_again(desk, reviewer, share_of(query), schema, _MOST)
    elif view == "differ":
        claims = [pair.claim for pair in disagreements(desk, schema)[:_MOST]]
    else:
        return None
    return Page(tuple(claims), len(claims), 0, None)


def as_seen_in(claim: Claim, view: View | None) -> Claim:
    """Return a claim as it is seen in a view."""
    return blinded(claim) if view == "second" else claim


def pair_of(desk: "Desk", claim: Claim) -> Pair | None:
    """Return the two decisions on a claim that are to be settled."""
    return next((pair for pair in disagreements(desk) if pair.claim.id == claim.id), None)


def agreement_sentence(desk: "Desk", schema: str | None) -> str:
    """Return how far the two reviews agree, in a sentence."""
    counts = agreement(list(pairs(desk, schema)))
    if not counts.claims:
        return "Nothing was reviewed twice yet."
    alpha = "" if counts.alpha is None else f"; Krippendorff’s alpha {counts.alpha:.2f}"
    return (
        f"{counts.claims:,} reviewed twice: {counts.same_verdict / counts.claims:.0%} with the same"
        f" verdict, {counts.same_row / counts.claims:.0%} with the same row{alpha}."
    )
