"""The routes of a claim (its form, drafts, decisions) and of an article (adding missed rows)."""

from typing import Any, Literal

from fastapi import FastAPI, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from extractor.review.claims.claims import Claim, claim_by_id
from extractor.review.claims.json_rows import Json
from extractor.review.claims.standing import Action, Reason
from extractor.review.decide.decisions import add, decide, draft_of, save_draft, undo
from extractor.review.decide.editing import NewRow, edited_row
from extractor.review.desk import Desk
from extractor.review.server.page import rendering
from extractor.review.server.page.forms import kinds_to_add
from extractor.review.server.page.second_reviews import View, as_seen_in, pair_of, view_of
from extractor.review.server.page.view_models import kind_label
from extractor.review.server.responses import (
    AsciiJSON,
    ServerConfig,
    claim_json,
    decision_json,
    reviewer_of,
)


class DecisionRequest(BaseModel):
    """A decision as the page sends it."""

    model_config = ConfigDict(extra="forbid")

    action: Literal["accept", "correct", "reject", "later", "settle", "take"]
    seen: int
    changes: dict[str, Any] | None = None
    reason: Reason | None = None
    note: str | None = Field(None, max_length=10_000)


class NewRowRequest(BaseModel):
    """A missed row as the page sends it."""

    model_config = ConfigDict(extra="forbid")

    schema_name: str = Field(alias="schema")
    kind: str
    changes: dict[str, Any]
    note: str | None = Field(None, max_length=10_000)


class DraftRequest(BaseModel):
    """An edit that is not saved yet; whatever the form keeps."""

    model_config = ConfigDict(extra="forbid")

    values: dict[str, Any]


def claim_routes(app: FastAPI, desk: Desk, config: ServerConfig) -> None:
    """Add the routes of a claim: its panel, its form, drafts, decisions and undo."""

    @app.get("/claims/{claim_id}", include_in_schema=False)
    def one(claim_id: str, request: Request) -> Response:
        claim = claim_by_id(desk, claim_id)
        view = view_of(request.query_params)
        return AsciiJSON(claim_json(desk, claim, reviewer_of(request, config), view=view))

    @app.get("/claims/{claim_id}/form", include_in_schema=False)
    def form(claim_id: str, request: Request) -> Response:
        view = view_of(request.query_params)
        claim = as_seen_in(claim_by_id(desk, claim_id), view)
        html = rendering.form(desk, claim)
        kept = None
        if view != "second":
            kept = draft_of(desk, claim_id, reviewer_of(request, config))
        return AsciiJSON({"html": html, "draft": kept, "version": claim.version})

    @app.put("/claims/{claim_id}/draft", include_in_schema=False)
    def keep(claim_id: str, body: DraftRequest, request: Request) -> Response:
        save_draft(desk, claim_id, reviewer_of(request, config), body.values)
        return AsciiJSON({"kept": True})

    @app.delete("/claims/{claim_id}/draft", include_in_schema=False)
    def forget(claim_id: str, request: Request) -> Response:
        reviewer = reviewer_of(request, config)
        save_draft(desk, claim_id, reviewer, None)
        return AsciiJSON(claim_json(desk, claim_by_id(desk, claim_id), reviewer))

    @app.post("/claims/{claim_id}/decision", include_in_schema=False)
    def deciding(claim_id: str, body: DecisionRequest, request: Request) -> Response:
        reviewer = reviewer_of(request, config)
        view = view_of(request.query_params)
        claim = as_seen_in(claim_by_id(desk, claim_id), view)
        action: Action = "correct"
        row: Json = None
        if body.action == "take":
            action, row = _taken(desk, claim, view)
        else:
            action = body.action
        if body.action == "correct":
            row = edited_row(desk, claim, body.changes or {})
        with desk.transaction():
            now = decide(
                desk,
                claim_id,
                reviewer=reviewer,
                action=action,
                seen=body.seen,
                row=row,
                reason=body.reason,
                note=body.note or None,
                second=view == "second",
            )
            if action == "correct" and view != "second":
                save_draft(desk, claim_id, reviewer, None)
                now = claim_by_id(desk, claim_id)
        return AsciiJSON(decision_json(desk, now, request, config))

    @app.post("/undo", include_in_schema=False)
    def back(request: Request) -> Response:
        now = undo(desk, reviewer_of(request, config))
        return AsciiJSON(decision_json(desk, now, request, config))


def _taken(desk: Desk, claim: Claim, view: View | None) -> tuple[Action, Json]:
    """Return what taking the machine's word means, or the second reviewer's."""
    pair = pair_of(desk, claim) if view == "differ" else None
    row = pair.second.after if pair else claim.proposal
    return ("reject", None) if row is None else ("correct", row)


def article_routes(app: FastAPI, desk: Desk, config: ServerConfig) -> None:
    """Add the routes of an article: its text with marks, the form for a missed row, adding it."""

    @app.get("/articles/{sha256}", include_in_schema=False)
    def article(sha256: str, schema: str, request: Request) -> Response:
        html, legend = rendering.article(desk, sha256, schema, view_of(request.query_params))
        kinds = [[kind, kind_label(kind)] for kind in kinds_to_add(desk, schema)]
        return AsciiJSON({"html": html, "legend": legend, "kinds": kinds})

    @app.get("/articles/{sha256}/form", include_in_schema=False)
    def new(sha256: str, schema: str, kind: str) -> Response:
        return AsciiJSON({"html": rendering.form(desk, NewRow(sha256, schema, kind))})

    @app.post("/articles/{sha256}/claims", include_in_schema=False)
    def missed(sha256: str, body: NewRowRequest, request: Request) -> Response:
        row = edited_row(desk, NewRow(sha256, body.schema_name, body.kind), body.changes)
        now = add(
            desk,
            sha256,
            body.schema_name,
            body.kind,
            row,
            reviewer=reviewer_of(request, config),
            note=body.note or None,
        )
        return AsciiJSON(decision_json(desk, now, request, config))
