"""The guard: decides which requests reach the application, before anything else reads them.

The page shows unpublished work and takes decisions, on a machine where other pages are open in the
same browser and other users may be logged in. So every request must

* name us in `Host`: a name of this server, or an address. A page of somebody else's name that now
  points to this machine (DNS rebinding) does not;
* know the token, or a reviewer's: from the link that was printed (it becomes a cookie that no
  script can read and no other site's request carries), or as `Authorization: Bearer …` from a
  program;
* when it changes something: come from our own page, by `Origin` and `Sec-Fetch-Site`. A cookie is
  shared by all ports of a host, so `SameSite` alone would trust every page served on this machine;
* be of bounded size, and arrive in bounded time.

Tokens are compared in constant time and never logged.
"""

import asyncio
import hmac
import ipaddress
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import field
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from extractor.frozen import frozen
from extractor.run.workers.pool import cores

# Set in the scope of a request that came with a token: whose it was, "" for the server's own.
HOLDER = "extract.holder"
_SAFE = frozenset({"GET", "HEAD"})
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_LONGEST_NUMBER = 20  # digits of a Content-Length
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


@frozen
class Limits:
    """How large and how slow a request may be."""

    body: int = 1_000_000  # bytes of a decision; the longest row of a sheet is far smaller
    upload: int = 21_000_000  # bytes of an article or a sheet: 20 MB, and what wraps it
    upload_paths: tuple[str, ...] = ("/v1/extract", "/bring-back")  # paths that take `upload`
    body_timeout: float = 30.0  # seconds between two parts of a body
    body_rate: float = 10_000.0  # bytes a second of a body that takes longer than that in all
    extraction_timeout: float = 120.0  # seconds that one extraction may take, its wait included
    extractions: int = field(default_factory=lambda: max(2, cores()) + 1)  # at a time
    waiting: int = 16  # extractions of one client that wait for their turn


@frozen
class Access:
    """What a request must know: a token, and one of the names that the server answers to.

    The server's own token lets its holder sign with any name. With `reviewers` it is not valid:
    each of them has a token, and signs with that name.
    """

    token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    reviewers: Mapping[str, str] = field(default_factory=dict, repr=False)  # token by name
    names: frozenset[str] = _LOCAL  # lower case, without port
    any_address: bool = False  # bound to every address: any that reaches us is ours
    cookie: str = "extract-review"  # with the port: cookies are shared by all ports of a host
    _once: dict[str, str] = field(default_factory=dict, repr=False)  # the token that each opens

    def one_time_token(self, token: str | None = None) -> str:
        """Return a token for a link that opens only once, in the place of this or our own token."""
        once = secrets.token_urlsafe(32)
        self._once[once] = self.token if token is None else token
        return once

    def token_of_link(self, token: str) -> str | None:
        """Return the token that a link opens with, None if it is not valid; once is used up."""
        token = self._once.pop(token, token)
        return None if self.holder_of(token) is None else token

    def knows_host(self, host: str) -> bool:
        """Return whether a `Host` header names this server; the port does not matter (tunnels)."""
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        if not name or "@" in host or "/" in host:
            return False
        if name in self.names:
            return True
        return self.any_address and _is_address(name)

    def holder_of(self, token: str) -> str | None:
        """Return whose token this is, "" for the server's own, None if it is none.

        In a time that does not depend on the token.
        """
        given = token.encode("utf-8", "replace")
        holder = None
        for name, known in self.reviewers.items() or [("", self.token)]:
            if hmac.compare_digest(given, known.encode()):
                holder = name
        return holder


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


class _Refused(HTTPException):
    """The body is too large or too slow; raised while it is read.

    To the application it is an error of the request, not one of its own.
    """


class Guard:
    """ASGI middleware that lets through the requests that `Access` and `Limits` allow."""

    def __init__(self, app: ASGIApp, access: Access, limits: Limits) -> None:
        self.app = app
        self.access = access
        self.limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":  # web sockets are not served
            return
        headers = Headers(scope=scope)
        guarded = _with_headers(send)
        answer = self._refusal(scope, headers)
        if answer is None and scope["method"] not in _SAFE:
            answer = self._too_large(scope, headers)
        if answer is not None:
            await answer(scope, receive, guarded)
            return
        await self._serve(scope, receive, guarded)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and answer it ourselves when its body was too large or too slow."""
        reading = _Reading(receive, self._limit(scope), self.limits)
        began = False

        async def noticing(message: Message) -> None:
            nonlocal began
            if reading.refused is None or began:
                began = True
                await send(message)

        try:
            await self.app(scope, reading.receive, noticing)
        except _Refused:
            if began:
                raise
        # The application may have made another error of a body that broke off; this is the cause.
        if reading.refused is not None and not began:
            await refusal(scope, *reading.refused)(scope, receive, send)

    # --- access -------------------------------------------------------------------------------

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        """Return the answer to a request that may not pass, or to an opened link; else None."""
        host = headers.get("host", "")
        if not self.access.knows_host(host):
            return refusal(scope, 421, "wrong_host", "this server has another name")
        site = headers.get("sec-fetch-site")
        if scope["path"] == "/" and scope["method"] == "GET" and b"token=" in scope["query_string"]:
            return self._welcome(scope, site)
        by_bearer = self._bearer(headers)
        holder = by_bearer if by_bearer is not None else self._cookie(headers)
        if holder is None:
            return refusal(
                scope,
                401,
                "no_token",
                "open the link that `extract review` printed; every start makes a new one",
            )
        scope[HOLDER] = holder
        if scope["method"] in _SAFE:
            if site in ("cross-site", "same-site") and headers.get("sec-fetch-mode") != "navigate":
                return refusal(scope, 403, "cross_site", "another site's page may not read this")
            return None
        if by_bearer is None and not _own(headers, host):
            return refusal(
                scope, 403, "cross_site", "only this server's own page may change things"
            )
        return None

    def _welcome(self, scope: Scope, site: str | None) -> Response:
        """Return a redirect that moves the token of an opened link into a cookie."""
        pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        tokens = [value for key, value in pairs if key == "token"]
        token = self.access.token_of_link(tokens[0]) if len(tokens) == 1 else None
        if token is None:
            return refusal(scope, 401, "wrong_token", "this link is of another start of the server")
        rest = urlencode([(key, value) for key, value in pairs if key != "token"])
        place = f"/?{rest}" if rest else "/"
        answer: Response
        if site in ("cross-site", "same-site"):
            # A redirect would still count as the other site's, and come without the cookie.
            escaped = place.replace("&", "&amp;")
            answer = HTMLResponse(
                f'<!doctype html><meta http-equiv="refresh" content="0;url={escaped}">'
                f'<title>Opening</title><a href="{escaped}">Open the review</a>'
            )
        else:
            answer = RedirectResponse(place, 303)
        answer.set_cookie(self.access.cookie, token, path="/", httponly=True, samesite="strict")
        return answer

    def _bearer(self, headers: Headers) -> str | None:
        """Return the holder of a program's token, None without a valid one."""
        scheme, _, token = headers.get("authorization", "").partition(" ")
        return self.access.holder_of(token.strip()) if scheme.lower() == "bearer" else None

    def _cookie(self, headers: Headers) -> str | None:
        """Return the holder of a browser's token, None without a valid one."""
        try:
            cookies = SimpleCookie(headers.get("cookie", ""))
        except CookieError:
            return None
        cookie = cookies.get(self.access.cookie)
        return None if cookie is None else self.access.holder_of(cookie.value)

    # --- size ------------------------------------------------------------------------------

    def _limit(self, scope: Scope) -> int:
        return self.limits.upload if scope["path"] in self.limits.upload_paths else self.limits.body

    def _too_large(self, scope: Scope, headers: Headers) -> Response | None:
        length = headers.get("content-length")
        if length is None:
            return None
        if not length.isdecimal() or len(length) > _LONGEST_NUMBER:
            return refusal(scope, 400, "bad_request", "Content-Length is not a number")
        if int(length) > self._limit(scope):
            return refusal(scope, 413, "too_large", f"more than {self._limit(scope):,} bytes")
        return None


class _Reading:
    """Receives a request's body within the limits of size and time."""

    def __init__(self, receive: Receive, limit: int, limits: Limits) -> None:
        self._receive = receive
        self._limit = limit
        self._limits = limits
        self._began = asyncio.get_running_loop().time()
        self._taken = 0
        self._whole = False
        self.refused: tuple[int, str, str] | None = None

    async def receive(self) -> Message:
        """Return the next message, as ASGI has it. Raises _Refused when there is too much of it."""
        if self._whole:  # only a disconnect can follow, and it may take long
            return await self._receive()
        try:
            message = await asyncio.wait_for(self._receive(), self._patience())
        except TimeoutError:
            self.refused = (408, "too_slow", "the request did not arrive in time")
            raise _Refused(408) from None
        self._taken += len(message.get("body", b""))
        self._whole = not message.get("more_body", False)
        if self._taken > self._limit:
            self.refused = (413, "too_large", f"more than {self._limit:,} bytes")
            raise _Refused(413)
        return message

    def _patience(self) -> float:
        """Return how long the next part may take, in seconds."""
        so_long = asyncio.get_running_loop().time() - self._began
        most = self._limits.body_timeout
        return min(most, most + self._taken / self._limits.body_rate - so_long)


def _own(headers: Headers, host: str) -> bool:
    """Return whether a request that changes something comes from our own page."""
    origin, site = headers.get("origin"), headers.get("sec-fetch-site")
    if origin is None and site is None:
        return False  # every browser sends one of them with a write; programs send the token
    if site is not None and site != "same-origin":
        return False
    return origin is None or urlsplit(origin).netloc == host


def refusal(scope: Scope, status: int, code: str, message: str) -> Response:
    """Return a refusal: a small page for browsers, else JSON."""
    accepted = Headers(scope=scope).get("accept", "")
    if "text/html" in accepted:
        return HTMLResponse(_PAGE.format(status=status, message=message), status)
    return JSONResponse({"error": {"code": code, "message": message}}, status)


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{status}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"></head>
<body><main><h1>Not opened</h1><p>{message}.</p></main></body></html>
"""


def _with_headers(send: Send) -> Send:
    """Return a `send` that adds the headers which every answer has."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers[name] = value
            if "cache-control" not in headers:
                headers["cache-control"] = "no-store"
        await send(message)

    return sending


def names_for(host: str) -> tuple[frozenset[str], bool]:
    """Return the names that a server bound to `host` answers to, and whether any address does."""
    import socket

    name = host.strip("[]").lower()
    anywhere = name in ("0.0.0.0", "::", "")  # noqa: S104 - compared, not bound
    if name in _LOCAL:
        return _LOCAL, False
    own: Iterable[str] = (socket.gethostname(), socket.getfqdn()) if anywhere else (name,)
    return _LOCAL | {each.lower() for each in own}, anywhere


def error_json(code: str, message: str, **more: Any) -> dict[str, Any]:
    """Return the JSON of an error: a stable code, a sentence, and further fields."""
    return {"error": {"code": code, "message": message, **more}}
