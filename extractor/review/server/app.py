"""The server: all routes in one application, behind the guard.

The routes only add HTTP; whatever decides is in the packages beside this one.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response

from extractor import __version__
from extractor.errors import EditRefused, ExtractError, OutputError, StaleDecision
from extractor.review.claims.claims import Claim
from extractor.review.desk import Desk
from extractor.review.server.api.extractions import Extractions
from extractor.review.server.api.routes import RequestRefused, routes
from extractor.review.server.claim_routes import article_routes, claim_routes
from extractor.review.server.guard import Guard, error_json
from extractor.review.server.queue_routes import (
    export_routes,
    queue_routes,
    static_files,
    view_routes,
)
from extractor.review.server.responses import ServerConfig, claim_json, error_response, reviewer_of
from extractor.text.pydantic_messages import plain_message

Unexpected = Callable[[BaseException, str], None]  # called with an error and the path asked for


def _ignore(error: BaseException, path: str) -> None:
    """Report an unexpected error to nobody."""


def make_app(config: ServerConfig, unexpected: Unexpected = _ignore) -> Guard:
    """Return the whole server as an ASGI application.

    `unexpected` is called with every error that is a fault of the server, and the path asked for.
    Raises UsageError when the folder has no store.
    """
    desk = Desk(config.folder, home=config.home, schemas=config.schemas)
    extractions = Extractions(config.settings, config.limits, config.home)

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        yield
        extractions.close()
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
    _answer_errors(app, desk, config, unexpected)
    app.include_router(routes(extractions, config.home))
    static_files(app)
    queue_routes(app, desk, config)
    claim_routes(app, desk, config)
    article_routes(app, desk, config)
    view_routes(app, desk)
    export_routes(app, desk)
    return Guard(app, config.access, config.limits)


def _answer_errors(app: FastAPI, desk: Desk, config: ServerConfig, unexpected: Unexpected) -> None:
    """Answer every kind of error in one form: see responses.error_response."""
    handler = Callable[[Request, Any], Awaitable[Response]]

    async def of_http(request: Request, error: HTTPException) -> Response:
        messages = {404: "there is nothing under this address", 405: "this is not done in this way"}
        message = messages.get(error.status_code, str(error.detail))
        answer = error_response(request, error.status_code, "http", message)
        answer.headers.update(error.headers or {})  # the methods that are allowed
        return answer

    async def of_request(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        place = first["loc"][1:] if first["type"] != "json_invalid" else ()  # there an offset
        where = ".".join(str(part) for part in place) or "body"
        return error_response(
            request, 422, "bad_request", f"{where}: {plain_message(first['msg'])}"
        )

    async def of_refusal(request: Request, error: RequestRefused) -> Response:
        return error_response(request, error.status, error.code, error.message)

    async def of_ours(request: Request, error: ExtractError) -> Response:
        if isinstance(error, StaleDecision) and isinstance(error.claim, Claim):
            now = claim_json(desk, error.claim, reviewer_of(request, config), stale=str(error))
            return JSONResponse(error_json("stale", str(error), now=now), 409)
        if isinstance(error, EditRefused):
            return JSONResponse(error_json("refused", str(error), field=error.field), 422)
        status = 503 if isinstance(error, OutputError) else 400
        return error_response(request, status, "not_done", str(error))

    async def of_leaving(request: Request, _: ClientDisconnect) -> Response:
        return error_response(request, 400, "broken_off", "the request was broken off")

    async def of_chance(request: Request, error: Exception) -> Response:
        unexpected(error, request.url.path[:200])
        return error_response(
            request, 500, "internal", "an error inside news-extract; see the terminal"
        )

    handlers: dict[Any, handler] = {
        HTTPException: of_http,
        RequestValidationError: of_request,
        RequestRefused: of_refusal,
        ExtractError: of_ours,
        ClientDisconnect: of_leaving,
        Exception: of_chance,
    }
    for kind, answer in handlers.items():
        app.add_exception_handler(kind, answer)
