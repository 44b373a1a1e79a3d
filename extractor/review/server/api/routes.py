"""The routes for other programs: POST /v1/extract, GET /v1/schemas.

The answer is what `--format json` prints. The rules answer, unless the settings that the server
was started with name a model; a request cannot.
"""

from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import anyio
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.datastructures import UploadFile

from extractor.errors import (
    ArticleTooHeavy,
    ArticleTooLarge,
    ArticleTooSlow,
    ExtractError,
    InputError,
    ModelError,
    SchemaError,
)
from extractor.read import MAX_BYTES
from extractor.read.files import KINDS
from extractor.review.server.api.extractions import Extractions, TookTooLong
from extractor.review.server.api.turns import NoRoom
from extractor.review.server.guard import HOLDER
from extractor.text.pydantic_messages import plain_message

_DESCRIBED = """\
A JSON body with the article's `text`, or a form with its `file` ({kinds}), and the \
name of a `schema`. At most {bytes:,} bytes. An extraction may take {seconds:g} seconds, the wait \
for its turn included, and is given up when the client goes. No model is asked unless the server \
was started with one."""


class ArticleGiven(BaseModel):
    """An article as text, and what to extract from it."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(description="the article", examples=["“We are home,” Ada Brandt said."])
    schema_name: str = Field(
        alias="schema", description="a name of GET /v1/schemas", examples=["quotes"]
    )
    source: str = Field("request", max_length=1000, description="what the answer calls the article")
    title: str | None = Field(None, max_length=2000)
    byline: str | None = Field(None, max_length=2000)
    outlet: str | None = Field(None, max_length=2000)
    date: str | None = Field(None, max_length=40, description="ISO 8601")
    url: str | None = Field(None, max_length=4000)


class SchemaListed(BaseModel):
    """A schema that can be named."""

    name: str
    summary: str
    shipped: bool = Field(description="false: the user's own")


_FORM = {
    "type": "object",
    "required": ["file", "schema"],
    "properties": {
        "file": {"type": "string", "format": "binary", "description": KINDS},
        "schema": {
            "type": "string",
            "description": "a name of GET /v1/schemas",
            "examples": ["quotes"],
        },
    },
}
_BODY = {
    "required": True,
    "content": {
        "application/json": {"schema": ArticleGiven.model_json_schema(by_alias=True)},
        "multipart/form-data": {"schema": _FORM},
    },
}
_ERROR = {
    "type": "object",
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
        }
    },
}
_ERRORS: dict[int | str, str] = {
    400: "A form that is none, or a Content-Length that is no number",
    401: "No token, or a wrong one",
    404: "No schema of this name",
    413: "Too large",
    415: "Neither JSON nor a form",
    422: "Not what is expected, not an article, or one that takes too much time or memory",
    503: "No room, no answer in time or none from the model: try again after Retry-After seconds",
}
_RETRY = {"Retry-After": {"description": "seconds", "schema": {"type": "integer"}}}


def _described(status: int | str, words: str) -> dict[str, Any]:
    """Return what OpenAPI says of the answers with an error's status."""
    content = {"application/json": {"schema": _ERROR}}
    return {"description": words, "content": content} | (
        {"headers": _RETRY} if status == 503 else {}
    )


class RequestRefused(Exception):
    """Raised to answer a request with an error."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def routes(extractions: Extractions, home: Path | None = None) -> APIRouter:
    """Return the two routes; `home` is the folder with the user's `schemas/`."""
    router = APIRouter(prefix="/v1", tags=["extraction"])

    @router.get("/schemas", summary="What can be extracted")
    def schemas() -> list[SchemaListed]:
        from extractor.schema.catalogue import list_schemas

        return [
            SchemaListed(name=entry.name, summary=entry.summary, shipped=entry.shipped)
            for entry in list_schemas(home)
            if entry.trusted
        ]

    @router.post(
        "/extract",
        summary="Extract from one article",
        description=_DESCRIBED.format(kinds=KINDS, bytes=MAX_BYTES, seconds=extractions.seconds),
        response_description="What `extract --format json` prints for the article",
        responses={code: _described(code, words) for code, words in _ERRORS.items()},
        openapi_extra={"requestBody": _BODY},
    )
    async def extract(request: Request) -> Response:
        asked, data = await _read_request(request)
        name = asked["schema"]
        from extractor.schema.catalogue import list_schemas

        entries = list_schemas(home)
        names = [entry.name for entry in entries if entry.trusted]
        if name not in names:  # a path would be loaded, and run
            if any(entry.name == name for entry in entries):
                raise RequestRefused(
                    404,
                    "not_trusted",
                    "the schema of this name is not run: its folder is not trusted; see "
                    "`extract trust` where the server was started",
                )
            listed = ", ".join(names)
            raise RequestRefused(
                404, "no_such_schema", f"there is no schema of this name; known: {listed}"
            )
        client = request.scope.get(HOLDER) or (request.client.host if request.client else "")
        try:
            answer = await _unless_gone(request, extractions.extract(client, data, asked))
        except NoRoom:
            message = "too many of your requests wait for their turn"
            raise RequestRefused(503, "no_room", message) from None
        except TookTooLong:
            message = f"the extraction was not done within {extractions.seconds:g} seconds"
            raise RequestRefused(503, "too_long", message) from None
        except ExtractError as error:
            raise RequestRefused(*_error_of(error)) from None
        return Response(answer, media_type="application/json")

    return router


async def _unless_gone(request: Request, work: Coroutine[Any, Any, bytes]) -> bytes:
    """Return what `work` returns; cancel it when the client goes. Raises what it raises."""
    answer, failure = b"", None
    async with anyio.create_task_group() as group:

        async def watch() -> None:
            while (await request.receive())["type"] != "http.disconnect":
                pass
            group.cancel_scope.cancel()

        group.start_soon(watch)
        try:
            answer = await work
        except Exception as error:  # raised below: a group would wrap it
            failure = error
        group.cancel_scope.cancel()
    if failure is not None:
        raise failure
    return answer  # empty when nobody is there to read it


def _error_of(error: ExtractError) -> tuple[int, str, str]:
    """Return status, code and message that answer an error of the extraction."""
    if isinstance(error, ArticleTooLarge):
        return 413, "too_large", str(error)
    if isinstance(error, ArticleTooSlow | ArticleTooHeavy):
        return 422, "too_costly", str(error)
    if isinstance(error, InputError):
        return 422, "no_article", str(error)
    if isinstance(error, ModelError):
        return 503, "model_failed", str(error)
    return 422, "schema_failed" if isinstance(error, SchemaError) else "not_set_up", str(error)


async def _read_request(request: Request) -> tuple[dict[str, Any], bytes | str]:
    """Return the request's fields, and the article: its text, or a file's bytes."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return await _form(request)
    if kind != "application/json":
        raise RequestRefused(415, "wrong_type", "send application/json, or multipart/form-data")
    try:
        body = ArticleGiven.model_validate_json(await request.body())
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "body"
        raise RequestRefused(
            422, "bad_request", f"{where}: {plain_message(first['msg'])}"
        ) from None
    fields = body.model_dump(by_alias=True)
    return fields, fields.pop("text")


async def _form(request: Request) -> tuple[dict[str, Any], bytes]:
    """Return the fields of a form, and the bytes of its file."""
    async with request.form(max_files=1, max_fields=2, max_part_size=10_000) as form:
        file, schema = form.get("file"), form.get("schema")
        if not isinstance(file, UploadFile) or not isinstance(schema, str):
            raise RequestRefused(
                422, "bad_request", "the form needs a `file`, and a `schema` by name"
            )
        data = await file.read(MAX_BYTES + 1)
        name = Path(file.filename or "upload").name[:200]
    if len(data) > MAX_BYTES:
        raise RequestRefused(413, "too_large", f"{name}: more than {MAX_BYTES:,} bytes")
    return {"schema": schema, "source": name}, data
