"""The routes of the queue: the page, its rows and filter, views, the reviewer's name, exports."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import gettempdir
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl, quote

from fastapi import FastAPI, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response

from extractor.review.desk import Desk
from extractor.review.publish.publish import ENDINGS, publish
from extractor.review.queue import Filter, Page, conditions, drop_view, page, save_view
from extractor.review.server.api.routes import RequestRefused
from extractor.review.server.page import rendering
from extractor.review.server.page.second_reviews import view_page
from extractor.review.server.responses import (
    REVIEWER,
    AsciiJSON,
    ServerConfig,
    bound_name,
    html_response,
    reviewer_of,
)
from extractor.review.sync.sync import sync
from extractor.text.atomic_files import output_errors
from extractor.text.leftovers import working_folder

_ROWS = 40  # of the queue at a time
EXPORTS = {
    "xlsx": "a workbook to edit and bring back",
    "csv": "a table, to bring back too",
    "jsonl": "a line a claim, for programs",
    "html": "a page to read",
    "w3c": "Web Annotations",
}


class NamedRequest(BaseModel):
    """A name, and of a view its filter as a query."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=100)
    query: str = ""


def static_files(app: FastAPI) -> None:
    """Add the route of scripts and styles."""

    @app.get("/static/{name}", include_in_schema=False)
    def static(name: str) -> Response:
        if name not in rendering.STATIC:
            raise HTTPException(404)
        path, kind = rendering.STATIC[name]
        return FileResponse(path, media_type=kind, headers={"cache-control": "no-cache, private"})


def queue_routes(app: FastAPI, desk: Desk, config: ServerConfig) -> None:
    """Add the routes of the page, its queue, its filter bar and the reviewer's name."""
    recent = rendering.RecentFacets(desk)

    @app.get("/", include_in_schema=False)
    def review(request: Request) -> Response:
        sync(desk)
        known, unknown = rendering.known_query(desk, request.query_params)
        first = _page(desk, known, reviewer_of(request, config))
        query = rendering.query_of(known)
        claim_id = known.get("claim")
        start = {
            "query": query,
            "after": first.after,
            "total": first.total,
            "claim": claim_id or (first.claims[0].id if first.claims else None),
        }
        bar = rendering.filter_bar(desk, known, recent, full=False)
        listed = [rendering.row_view(desk, claim, query) for claim in first.claims]
        return html_response(
            rendering.render(
                "review.html",
                **bar,
                rows=listed,
                start=start,
                unknown=unknown,
                folder=str(config.folder),
                reviewer=reviewer_of(request, config),
                bound=bound_name(request) is not None,
                exports=EXPORTS.items(),
            )
        )

    @app.get("/rows", include_in_schema=False)
    def rows(request: Request) -> Response:
        after = request.query_params.get("after")
        if after is None:
            sync(desk)
        shown = _page(desk, request.query_params, reviewer_of(request, config), after)
        answer: dict[str, Any] = {
            "html": rendering.rows(desk, shown, rendering.query_of(request.query_params)),
            "after": shown.after,
            "total": shown.total,
        }
        if after is None:
            full = "full" in request.query_params
            bar = rendering.filter_bar(desk, request.query_params, recent, full=full)
            answer |= {
                "filter": rendering.render("filter.html", **bar),
                "words": bar["filter"].words or "",
                "done": rendering.render("done.html", **bar),
            }
        return AsciiJSON(answer)

    @app.get("/filter", include_in_schema=False)
    def whole_filter(request: Request) -> Response:
        bar = rendering.filter_bar(desk, request.query_params, recent, full=True)
        return AsciiJSON({"filter": rendering.render("filter.html", **bar)})

    @app.get("/next-article", include_in_schema=False)
    def next_article(
        request: Request, step: int = 1, article: Annotated[str, Query()] = ""
    ) -> Response:
        shown = replace(rendering.from_query(request.query_params), article=None)
        neighbour = _neighbour(desk, shown, article, step)
        return AsciiJSON({"article": neighbour})

    @app.put("/reviewer", include_in_schema=False)
    def reviewer(body: NamedRequest, request: Request) -> Response:
        name = " ".join(body.name.split())
        if (bound := bound_name(request)) and name != bound:
            raise RequestRefused(403, "name_bound", f"your token signs with the name {bound}")
        if not name or not name.isprintable():
            raise RequestRefused(422, "bad_request", "a name has printable characters")
        answer = AsciiJSON({"reviewer": name})
        answer.set_cookie(
            REVIEWER, quote(name), max_age=31_536_000, httponly=True, samesite="strict"
        )
        return answer


def _page(desk: Desk, query: Mapping[str, Any], reviewer: str, after: str | None = None) -> Page:
    """Return the claims that a page's query asks for: of a view, or of the queue from there on."""
    of_view = view_page(desk, query, reviewer)
    if of_view is not None:
        return of_view
    return page(desk, rendering.from_query(query), after=after, size=_ROWS)


def _neighbour(desk: Desk, shown: Filter, article: str, step: int) -> str | None:
    """Return the next article of a filter, in the order of the coverage; None at the end.

    Articles are in the order of their first claims; what was added to one later has no part in it.
    """
    where, values = conditions(desk, shown)
    first = "(select min(number) from claim where article_sha256 = {})"
    sign, order = (">", "") if step > 0 else ("<", "desc")
    rows = desk.select(
        f"select c.article_sha256 from claim c not indexed where {where}"  # noqa: S608
        f" and c.article_sha256 <> :here and c.number {sign} coalesce({first.format(':here')}, 0)"
        f" and {first.format('c.article_sha256')} {sign} coalesce({first.format(':here')}, 0)"
        f" order by c.number {order} limit 1",
        {**values, "here": article},
    )
    return rows[0][0] if rows else None


def view_routes(app: FastAPI, desk: Desk) -> None:
    """Add the routes that save and drop a view."""

    @app.post("/views", include_in_schema=False)
    def keep_view(body: NamedRequest) -> Response:
        save_view(desk, body.name, rendering.from_query(dict(parse_qsl(body.query[:8000]))))
        return AsciiJSON({"saved": body.name})

    @app.delete("/views", include_in_schema=False)
    def forget_view(name: str) -> Response:
        drop_view(desk, name)
        return AsciiJSON({"dropped": name})


def export_routes(app: FastAPI, desk: Desk) -> None:
    """Add the route that downloads published rows."""

    @app.get("/export", include_in_schema=False)
    def export(
        form: Literal["xlsx", "csv", "jsonl", "html", "w3c"],
        query: str = "",
        undecided: bool = False,
    ) -> Response:
        """Send what is published: accepted and corrected claims; open ones only if asked for."""
        sync(desk)
        shown = Filter()
        if query:
            shown = replace(rendering.from_query(dict(parse_qsl(query[:8000]))), status=())
        with ExitStack() as until_sent:
            place = Path(gettempdir())
            with output_errors(place):
                room = until_sent.enter_context(working_folder(place))
            target = room / f"export{ENDINGS[form]}"
            publish(desk, shown, form, target, with_open=undecided)
            return FileResponse(
                target,
                filename=f"{desk.folder.resolve().name or 'review'}{ENDINGS[form]}",
                background=BackgroundTask(until_sent.pop_all().close),
            )
