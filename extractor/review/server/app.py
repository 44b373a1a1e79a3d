"""The server: routes that read a request, ask the desk, and answer with a part of the page or data.

Everything that decides is in the modules beside this package; here is only what HTTP adds. The
guard stands before all of it.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl, quote, unquote

from fastapi import FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response

from extractor import __version__
from extractor.errors import (
    EditRefused,
    ExtractError,
    OutputError,
    StaleDecision,
)
from extractor.review.claims import Claim, claim_by_id
from extractor.review.decisions import add, decide, draft, draft_of, undo
from extractor.review.desk import Desk
from extractor.review.editing import edited
from extractor.review.publishing import ENDINGS, publish
from extractor.review.queue import Filter, conditions, drop_view, facets, page, save_view
from extractor.review.server import pages
from extractor.review.server.forms import kinds_to_add
from extractor.review.server.guard import Door, Guard, Limits, error_json
from extractor.review.server.showing import kind_label
from extractor.review.server.v1 import Refused, routes
from extractor.review.standing import Reason
from extractor.settings import Settings

_ROWS = 40  # of the queue at a time
_REVIEWER = "extract-reviewer"  # the cookie with the name that decisions are signed by
EXPORTS = {
    "xlsx": "a workbook to edit and bring back",
    "csv": "a table, to bring back too",
    "jsonl": "a line a claim, for programs",
    "html": "a page to read",
    "w3c": "Web Annotations",
}


@dataclass(frozen=True)
class House:
    """What a server is made for."""

    folder: Path
    door: Door
    reviewer: str
    settings: Settings = field(default_factory=Settings)  # type: ignore[arg-type]
    limits: Limits = field(default_factory=Limits)
    home: Path | None = None  # the folder with the user's `schemas/`


class Deciding(BaseModel):
    """A decision as the page sends it."""

    model_config = ConfigDict(extra="forbid")

    action: Literal["accept", "correct", "reject", "later", "settle", "take"]
    seen: int
    changes: dict[str, Any] | None = None
    reason: Reason | None = None
    note: str | None = Field(None, max_length=10_000)


class Adding(BaseModel):
    """A missed row as the page sends it."""

    model_config = ConfigDict(extra="forbid")

    schema_name: str = Field(alias="schema")
    kind: str
    changes: dict[str, Any]
    note: str | None = Field(None, max_length=10_000)


class Drafting(BaseModel):
    """An edit that is not saved yet; whatever the form keeps."""

    model_config = ConfigDict(extra="forbid")

    values: dict[str, Any]


class Named(BaseModel):
    """A name, and of a view its filter as a query."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=100)
    query: str = ""


def make_app(house: House) -> Guard:
    """Return the whole server as an ASGI application."""
    desk = Desk(house.folder, home=house.home)

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        yield
        desk.close()

    app = FastAPI(
        title="news-extract",
        version=__version__,
        description="Quotations and who said them, figures, releases and sanction terms of news "
        "articles. Every request needs `Authorization: Bearer` with the server's token.",
        docs_url=None,  # its page would be loaded from elsewhere
        redoc_url=None,
        lifespan=life,
    )
    _answer_errors(app, desk, house)
    app.include_router(routes(house.settings, house.limits, house.home))
    _static(app)
    _queue(app, desk, house)
    _claims(app, desk, house)
    _articles(app, desk, house)
    _further(app, desk)
    _export(app, desk)
    return Guard(app, house.door, house.limits)


def reviewer_of(request: Request, house: House) -> str:
    """Return the name that decisions of this browser are signed by."""
    given = unquote(request.cookies.get(_REVIEWER, "")).strip()
    return given if given.isprintable() and 0 < len(given) <= 100 else house.reviewer


# --- errors --------------------------------------------------------------------------------------


def _answer_errors(app: FastAPI, desk: Desk, house: House) -> None:
    handler = Callable[[Request, Any], Awaitable[Response]]

    async def of_http(request: Request, error: HTTPException) -> Response:
        known = {404: "there is nothing under this address", 405: "this is not done in this way"}
        message = known.get(error.status_code, str(error.detail))
        return _error(request, error.status_code, "http", message)

    async def of_request(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"][1:]) or "body"
        return _error(request, 422, "bad_request", f"{where}: {first['msg']}")

    async def of_refusal(request: Request, error: Refused) -> Response:
        return _error(request, error.status, error.code, error.message)

    async def of_ours(request: Request, error: ExtractError) -> Response:
        if isinstance(error, StaleDecision) and isinstance(error.claim, Claim):
            told = _claim_json(desk, error.claim, reviewer_of(request, house), stale=str(error))
            return JSONResponse(error_json("stale", str(error), now=told), 409)
        if isinstance(error, EditRefused):
            return JSONResponse(error_json("refused", str(error), field=error.field), 422)
        status = 503 if isinstance(error, OutputError) else 400
        return _error(request, status, "not_done", str(error))

    async def of_chance(request: Request, error: Exception) -> Response:
        from extractor.cli.telling import say_unexpected

        say_unexpected(error, verbose=False, source=request.url.path[:200])
        return _error(request, 500, "internal", "an error inside news-extract; see the terminal")

    told: dict[Any, handler] = {
        HTTPException: of_http,
        RequestValidationError: of_request,
        Refused: of_refusal,
        ExtractError: of_ours,
        Exception: of_chance,
    }
    for kind, answer in told.items():
        app.add_exception_handler(kind, answer)


def _error(request: Request, status: int, code: str, message: str) -> Response:
    if "text/html" in request.headers.get("accept", ""):
        title = "Not found" if status == 404 else "This did not work"
        return _html(pages.render("message.html", title=title, message=message), status)
    return JSONResponse(error_json(code, message), status)


def _html(text: str, status: int = 200) -> Response:
    """Return a page; what is no valid Unicode in it is replaced."""
    return HTMLResponse(text.encode("utf-8", "replace"), status)


class _Json(JSONResponse):
    """JSON in ASCII: what is no valid Unicode stays what it is."""

    def render(self, content: Any) -> bytes:
        import json

        return json.dumps(content, ensure_ascii=True, separators=(",", ":")).encode()


# --- the page ------------------------------------------------------------------------------------


def _static(app: FastAPI) -> None:
    @app.get("/static/{name}", include_in_schema=False)
    def static(name: str) -> Response:
        if name not in pages.STATIC:
            raise HTTPException(404)
        path, kind = pages.STATIC[name]
        return FileResponse(path, media_type=kind, headers={"cache-control": "no-cache, private"})


def _queue(app: FastAPI, desk: Desk, house: House) -> None:
    @app.get("/", include_in_schema=False)
    def review(request: Request) -> Response:
        desk.sync()
        shown = pages.from_query(request.query_params)
        first = page(desk, shown, size=_ROWS)
        wanted = request.query_params.get("claim")
        start = {
            "query": pages.to_query(shown),
            "after": first.after,
            "total": first.total,
            "claim": wanted or (first.claims[0].id if first.claims else None),
        }
        known = pages.filter_bar(desk, shown)
        listed = [pages._row(desk, claim, shown) for claim in first.claims]
        return _html(
            pages.render(
                "review.html",
                **known,
                rows=listed,
                start=start,
                folder=str(house.folder),
                reviewer=reviewer_of(request, house),
                exports=EXPORTS.items(),
            )
        )

    @app.get("/rows", include_in_schema=False)
    def rows(request: Request) -> Response:
        shown = pages.from_query(request.query_params)
        after = request.query_params.get("after")
        if after is None:
            desk.sync()
        found = page(desk, shown, after=after, size=_ROWS)
        answer: dict[str, Any] = {
            "html": pages.rows(desk, found, shown),
            "after": found.after,
            "total": found.total,
        }
        if after is None:
            known = pages.filter_bar(desk, shown)
            answer |= {
                "filter": pages.render("filter.html", **known),
                "words": shown.words or "",
                "done": pages.render("done.html", **known),
            }
        return _Json(answer)

    @app.get("/next-article", include_in_schema=False)
    def next_article(
        request: Request, step: int = 1, article: Annotated[str, Query()] = ""
    ) -> Response:
        shown = replace(pages.from_query(request.query_params), article=None)
        found = _neighbour(desk, shown, article, step)
        return _Json({"article": found})

    @app.put("/reviewer", include_in_schema=False)
    def reviewer(given: Named) -> Response:
        name = " ".join(given.name.split())
        if not name or not name.isprintable():
            raise Refused(422, "bad_request", "a name has printable characters")
        answer = _Json({"reviewer": name})
        answer.set_cookie(
            _REVIEWER, quote(name), max_age=31_536_000, httponly=True, samesite="strict"
        )
        return answer


def _neighbour(desk: Desk, shown: Filter, article: str, step: int) -> str | None:
    """Return the next article of a filter, in the order of the coverage; None at the end."""
    where, values = conditions(desk, shown)
    order = "" if step > 0 else "desc"
    sign = ">" if step > 0 else "<"
    found = desk.select(
        f"select c.article_sha256, min(c.number) as first from claim c where {where}"  # noqa: S608
        f" group by 1 having first {sign} coalesce((select min(number) from claim"
        f" where article_sha256 = :here), -1) order by first {order} limit 1",
        {**values, "here": article},
    )
    return found[0][0] if found else None


def _claims(app: FastAPI, desk: Desk, house: House) -> None:
    @app.get("/claims/{claim_id}", include_in_schema=False)
    def one(claim_id: str, request: Request) -> Response:
        claim = claim_by_id(desk, claim_id)
        return _Json(_claim_json(desk, claim, reviewer_of(request, house)))

    @app.get("/claims/{claim_id}/form", include_in_schema=False)
    def form(claim_id: str, request: Request) -> Response:
        claim = claim_by_id(desk, claim_id)
        html = pages.form(desk, claim)
        kept = draft_of(desk, claim_id, reviewer_of(request, house))
        return _Json({"html": html, "draft": kept, "version": claim.version})

    @app.put("/claims/{claim_id}/draft", include_in_schema=False)
    def keep(claim_id: str, given: Drafting, request: Request) -> Response:
        draft(desk, claim_id, reviewer_of(request, house), given.values)
        return _Json({"kept": True})

    @app.delete("/claims/{claim_id}/draft", include_in_schema=False)
    def forget(claim_id: str, request: Request) -> Response:
        reviewer = reviewer_of(request, house)
        draft(desk, claim_id, reviewer, None)
        return _Json(_claim_json(desk, claim_by_id(desk, claim_id), reviewer))

    @app.post("/claims/{claim_id}/decision", include_in_schema=False)
    def deciding(claim_id: str, given: Deciding, request: Request) -> Response:
        reviewer = reviewer_of(request, house)
        claim = claim_by_id(desk, claim_id)
        action, row = given.action, None
        if action == "take":
            action, row = "correct", claim.proposal
        elif action == "correct":
            row = edited(desk, claim, given.changes or {})
        with desk.changing():
            now = decide(
                desk,
                claim_id,
                reviewer=reviewer,
                action=action,
                seen=given.seen,
                row=row,
                reason=given.reason,
                note=given.note or None,
            )
            if action == "correct":
                draft(desk, claim_id, reviewer, None)
                now = claim_by_id(desk, claim_id)
        return _Json(_decided(desk, now, request, house))

    @app.post("/undo", include_in_schema=False)
    def back(request: Request) -> Response:
        now = undo(desk, reviewer_of(request, house))
        return _Json(_decided(desk, now, request, house))


def _articles(app: FastAPI, desk: Desk, house: House) -> None:
    @app.get("/articles/{sha256}", include_in_schema=False)
    def article(sha256: str, schema: str) -> Response:
        html, legend = pages.article(desk, sha256, schema)
        kinds = [[kind, kind_label(kind)] for kind in kinds_to_add(desk, schema)]
        return _Json({"html": html, "legend": legend, "kinds": kinds})

    @app.get("/articles/{sha256}/form", include_in_schema=False)
    def new(sha256: str, schema: str, kind: str) -> Response:
        return _Json({"html": pages.form(desk, (sha256, schema, kind))})

    @app.post("/articles/{sha256}/claims", include_in_schema=False)
    def missed(sha256: str, given: Adding, request: Request) -> Response:
        row = edited(desk, (sha256, given.schema_name, given.kind), given.changes)
        now = add(
            desk,
            sha256,
            given.schema_name,
            given.kind,
            row,
            reviewer=reviewer_of(request, house),
            note=given.note or None,
        )
        return _Json(_decided(desk, now, request, house))


def _claim_json(
    desk: Desk, claim: Claim, reviewer: str, stale: str | None = None
) -> dict[str, Any]:
    return {
        "id": claim.id,
        "version": claim.version,
        "article": claim.article_sha256,
        "schema": claim.schema,
        "kind": claim.kind,
        "status": claim.status,
        "start": claim.start,
        "html": pages.claim_panel(desk, claim, reviewer, stale),
    }


def _decided(desk: Desk, claim: Claim, request: Request, house: House) -> dict[str, Any]:
    """Return what the page shows after a decision: the claim, its row, the counts."""
    shown = pages.from_query(request.query_params)
    status = facets(desk, replace(shown, status=())).status
    whole = status if shown == Filter(status=shown.status) else facets(desk).status
    return {
        "claim": _claim_json(desk, claim, reviewer_of(request, house)),
        "row": pages.row(desk, claim, shown),
        "done": pages.render("done.html", **pages.progress(whole)),
        "status": status,
    }


def _further(app: FastAPI, desk: Desk) -> None:
    @app.post("/views", include_in_schema=False)
    def keep_view(given: Named) -> Response:
        save_view(desk, given.name, pages.from_query(dict(parse_qsl(given.query[:8000]))))
        return _Json({"saved": given.name})

    @app.delete("/views", include_in_schema=False)
    def forget_view(name: str) -> Response:
        drop_view(desk, name)
        return _Json({"dropped": name})


def _export(app: FastAPI, desk: Desk) -> None:
    @app.get("/export", include_in_schema=False)
    def export(
        form: Literal["xlsx", "csv", "jsonl", "html", "w3c"],
        query: str = "",
        undecided: bool = False,
    ) -> Response:
        """Send what is published: accepted and corrected claims; open ones only if asked for."""
        desk.sync()
        shown = Filter()
        if query:
            shown = replace(pages.from_query(dict(parse_qsl(query[:8000]))), status=())
        room = Path(mkdtemp(prefix="extract-export-"))
        ending = ENDINGS[form]
        target = room / f"{desk.folder.resolve().name or 'review'}{ending}"
        try:
            publish(desk, shown, form, target, with_open=undecided)
        except BaseException:
            rmtree(room, ignore_errors=True)
            raise
        return FileResponse(
            target,
            filename=target.name,
            background=BackgroundTask(rmtree, room, ignore_errors=True),
        )
