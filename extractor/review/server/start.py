"""Starting the server: finding a port, printing the link, opening the browser, serving."""

import socket
import webbrowser
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from math import ceil
from pathlib import Path

from extractor.errors import UsageError
from extractor.review.desk import Desk
from extractor.review.server.app import Unexpected, make_app
from extractor.review.server.guard import Access, Limits, names_for
from extractor.review.server.responses import ServerConfig
from extractor.review.sync.sync import sync
from extractor.settings import Settings

PORT = 8484  # when it is taken, any free port
_QUEUE = 1024  # connections that wait to be taken; further ones try again after a second


def serve(
    folder: Path,
    *,
    reviewer: str,
    settings: Settings,
    host: str = "127.0.0.1",
    port: int | None = None,
    browser: bool = True,
    reviewers: Mapping[str, str] | None = None,
    schemas: Sequence[Path] = (),
    link: Callable[[str, str | None], None],
    note: Callable[[str], None],
    unexpected: Unexpected,
) -> None:
    """Serve the review of a folder until Ctrl-C.

    `reviewers` are names with the token of each: then nobody signs with another name, and
    `reviewer` is the one whose link the browser opens. Without them everybody has one token.
    `schemas` are files of schemas that the user has named: see Desk. `link` is called with each
    address to open and the reviewer it is for, `note` with whatever else the user should know,
    `unexpected` with every error inside the server and the path that was asked for. Raises
    UsageError when there is no store in the folder or the address cannot be had.
    """
    import uvicorn

    from extractor.review.server.connections import AT_ONCE, HEAD_SECONDS, Connection

    with Desk(folder, schemas=schemas) as desk:
        changed = sync(desk)
        for schema in desk.schema_names():
            if missing := desk.why_no_schema(schema):
                note(f"{missing}; its rows are shown, and cannot be edited")
    if changed:
        note(f"{changed:,} claims are new or have changed")
    names, any_address = names_for(host)
    listening = _listen(host, port)
    number = listening.getsockname()[1]
    access = Access(
        names=names,
        any_address=any_address,
        cookie=f"extract-review-{number}",
        reviewers=reviewers or {},
    )
    limits = Limits(extraction_timeout=max(120.0, 2 * settings.article_seconds))
    serves = ServerConfig(folder, access, reviewer, settings, limits, schemas=tuple(schemas))
    app = make_app(serves, unexpected)
    if not _is_loopback(host):
        note(
            f"{host} can be reached from other machines, and what is sent is not encrypted: whoever"
            " has the link can read and decide; a tunnel to 127.0.0.1 would be safer"
        )
    shown = "127.0.0.1" if host in ("0.0.0.0", "") else f"[{host}]" if ":" in host else host  # noqa: S104
    address = f"http://{shown}:{number}/?token="
    for name, token in access.reviewers.items() or [(None, access.token)]:
        link(f"{address}{token}", name)
    if browser and (own := access.reviewers.get(reviewer) if reviewers else access.token):
        # Others on this machine see the arguments of its processes: this token opens only once.
        with suppress(webbrowser.Error):
            webbrowser.open(f"{address}{access.one_time_token(own)}")
    config = uvicorn.Config(
        app,
        log_level="error",  # a warning for each request that is none would fill the terminal
        access_log=False,  # it would hold the token
        server_header=False,
        proxy_headers=False,
        http=Connection,
        backlog=AT_ONCE,  # both how many are taken at once and, until _QUEUE, how many may wait
        timeout_keep_alive=ceil(HEAD_SECONDS),
        timeout_graceful_shutdown=3,
        h11_max_incomplete_event_size=64_000,
    )

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            listening.listen(_QUEUE)

    with suppress(KeyboardInterrupt), listening:
        Server(config).run(sockets=[listening])


def _listen(host: str, port: int | None) -> socket.socket:
    """Return a listening socket; without `port` on PORT, or on a free one when that is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    ports = (PORT, 0) if port is None else (port,)
    for number in ports:
        listening = socket.socket(
            # asyncio asks for the protocol before it turns Nagle's algorithm off, which would hold
            # back every answer on a kept connection by 40 ms.
            family,
            socket.SOCK_STREAM,
            socket.IPPROTO_TCP,
        )
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, number))
            listening.listen(128)
        except (OSError, OverflowError) as error:
            listening.close()
            if number != ports[-1]:
                continue
            reason = getattr(error, "strerror", None) or str(error)
            hint = "; without --port a free one is taken" if port is not None else ""
            raise UsageError(f"{host}:{number}: cannot be listened on ({reason}){hint}") from None
        return listening
    raise AssertionError


def _is_loopback(host: str) -> bool:
    return host in {"localhost", "::1"} or host.startswith("127.")
