"""What the routes share: the server's configuration, and the forms of its answers."""

import json
from dataclasses import field, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from fastapi import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from extractor.frozen import frozen
from extractor.review.claims.claims import Claim
from extractor.review.desk import Desk
from extractor.review.queue import Filter, status_counts
from extractor.review.server.guard import HOLDER, Access, Limits, error_json
from extractor.review.server.page import rendering
from extractor.review.server.page.second_reviews import View, as_seen_in, view_of
from extractor.settings import Settings

_RETRY_AFTER = 10  # seconds
REVIEWER = "extract-reviewer"  # the cookie with the name that decisions are signed by


@frozen
class ServerConfig:
    """What a server serves, to whom, and within which limits."""

    folder: Path
    access: Access
    reviewer: str
    settings: Settings = field(default_factory=Settings)  # type: ignore[arg-type]
    limits: Limits = field(default_factory=Limits)
    home: Path | None = None  # the folder with the user's `schemas/`
    schemas: tuple[Path, ...] = ()  # files of schemas that the user has named


def bound_name(request: Request) -> str | None:
    """Return the name that a request's token stands for, None when it may sign with any."""
    return request.scope.get(HOLDER) or None


def reviewer_of(request: Request, config: ServerConfig) -> str:
    """Return the name that decisions of this browser are signed by."""
    if bound := bound_name(request):
        return bound
    name = unquote(request.cookies.get(REVIEWER, "")).strip()
    return name if name.isprintable() and 0 < len(name) <= 100 else config.reviewer


def error_response(request: Request, status: int, code: str, message: str) -> Response:
    """Return an error: a small page for browsers, else JSON. 503 says when to try again."""
    answer: Response
    if "text/html" in request.headers.get("accept", ""):
        title = "Not found" if status == 404 else "This did not work"
        page = rendering.render("message.html", title=title, message=message)
        answer = html_response(page, status)
    else:
        answer = JSONResponse(error_json(code, message), status)
    if status == 503:
        answer.headers["retry-after"] = str(_RETRY_AFTER)
    return answer


def html_response(text: str, status: int = 200) -> Response:
    """Return a page; lone surrogates in it are replaced."""
    return HTMLResponse(text.encode("utf-8", "replace"), status)


class AsciiJSON(JSONResponse):
    """JSON in ASCII, so that lone surrogates are escaped and survive."""

    def render(self, content: Any) -> bytes:
        return json.dumps(content, ensure_ascii=True, separators=(",", ":")).encode()


def claim_json(
    desk: Desk, claim: Claim, reviewer: str, stale: str | None = None, view: View | None = None
) -> dict[str, Any]:
    """Return the JSON of a claim for the page, as it is seen in a view."""
    shown = as_seen_in(claim, view)
    return {
        "id": claim.id,
        "version": claim.version,
        "article": claim.article_sha256,
        "schema": claim.schema,
        "kind": claim.kind,
        "status": shown.status,
        "start": shown.start,
        "html": rendering.claim_panel(desk, shown, reviewer, stale, view),
    }


def decision_json(
    desk: Desk, claim: Claim, request: Request, config: ServerConfig
) -> dict[str, Any]:
    """Return the JSON that answers a decision: the claim, its row of the queue, the counts."""
    view = view_of(request.query_params)
    shown = rendering.from_query(request.query_params)
    status = status_counts(desk, replace(shown, status=()))
    whole = status if shown == Filter(status=shown.status) else status_counts(desk)
    query = rendering.query_of(request.query_params)
    return {
        "claim": claim_json(desk, claim, reviewer_of(request, config), view=view),
        "row": rendering.row(desk, as_seen_in(claim, view), query),
        "done": rendering.render("done.html", **rendering.progress(whole)),
        "status": status,
    }
