"""The connection to an OpenAI-compatible endpoint: its client, headers and certificates.

Articles go to the endpoint that was named and nowhere else: a redirect is followed to the same
scheme, host and port only.

Importing this module costs 2 s (openai).
"""

import asyncio
import ssl
from collections.abc import Callable
from functools import cache

import httpx2
import openai

from extractor.answer.endpoint.failures import classify, judge_status, redact
from extractor.answer.endpoint.gates import ConcurrencyGate
from extractor.errors import EndpointRefused, UsageError
from extractor.settings import Settings


class Connection:
    """The HTTP connections to an endpoint. A new event loop gets new ones.

    `gate` limits the requests of whoever brings no gate of its own. `announce` is called once,
    before the first request is sent.
    """

    gate: ConcurrencyGate
    _client: openai.AsyncOpenAI

    def __init__(self, settings: Settings, announce: Callable[[], None] | None = None) -> None:
        """Check the key. Raises UsageError; nothing is sent yet."""
        checked_key(settings)
        self._settings, self._announce = settings, announce
        self._loop: asyncio.AbstractEventLoop | None = None

    def open(self) -> None:
        """Make the client for the event loop that is running, if there is none yet."""
        loop = asyncio.get_running_loop()
        if loop is self._loop:
            return
        self.gate = ConcurrencyGate(self._settings.concurrency)
        self._http = _http_client(self._settings)
        self._client = client_for(self._settings, self._http)
        self._url = self._client.base_url.join("chat/completions")
        headers = self._client.auth_headers | self._client.default_headers
        self._headers = self._http.headers.copy()  # among them the encodings that it can read
        self._headers.update({k: v for k, v in headers.items() if isinstance(v, str)})
        self._loop = loop  # last: an article whose time is up may interrupt this

    async def close(self) -> None:
        """Close the connections of the event loop that is running; `open` makes new ones."""
        if self._loop is asyncio.get_running_loop():
            await self._client.close()
            self._loop = None

    async def post(self, body: bytes) -> httpx2.Response:
        """Send a request's body and return the answer. Raises TransientFailure or ModelError.

        Not `chat.completions.create`, nor the client's `post`: what they do to a request and an
        answer that are JSON already takes as long as sending the one and receiving the other.
        """
        if self._announce is not None:
            announce, self._announce = self._announce, None
            announce()
        request = httpx2.Request("POST", self._url, headers=self._headers, content=body)
        try:
            response = await self._http.send(request)
        except Exception as error:  # whatever happens between us and the endpoint
            raise classify(error, self._settings) from None
        if not response.is_success:
            raise judge_status(response, self._settings)
        return response


def client_for(settings: Settings, http: httpx2.AsyncClient | None = None) -> openai.AsyncOpenAI:
    """Return a client for the event loop that is running, without retries. Raises UsageError."""
    return openai.AsyncOpenAI(
        api_key=checked_key(settings),
        base_url=settings.base_url,
        max_retries=0,
        timeout=settings.timeout,
        http_client=http or _http_client(settings),
    )


def _http_client(settings: Settings) -> httpx2.AsyncClient:
    """Return an HTTP client that sends nothing to another origin than the endpoint's."""
    ours = httpx2.URL(settings.base_url)

    async def refuse_elsewhere(request: httpx2.Request) -> None:
        # Called before every request that the client sends, those of redirects among them.
        if _origin(request.url) != _origin(ours):
            raise EndpointRefused(
                f"{settings.endpoint} redirects to {redact(_shown(request.url), settings)}, and "
                f"what is meant for {_shown(ours)} is not sent there; if it has moved, change the "
                "base URL"
            )

    return openai.DefaultAioHttpClient(
        verify=certificates(), event_hooks={"request": [refuse_elsewhere]}
    )


def _origin(url: httpx2.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port or {"http": 80, "https": 443}.get(url.scheme)


def _shown(url: httpx2.URL) -> str:
    """Return an address's origin for people."""
    return f"{url.scheme}://{url.netloc.decode('ascii', 'replace')}"


@cache
def certificates() -> ssl.SSLContext:
    """Return the trusted certificates, read once in a process (0.05 s).

    A run calls this before it forks its workers, which then have them already.
    """
    return httpx2.create_ssl_context()


def checked_key(settings: Settings) -> str:
    """Return the key to send. Raises UsageError when it is missing or cannot be one."""
    key = settings.api_key.get_secret_value().strip() if settings.api_key else ""
    if not key:
        if settings.endpoint.startswith("https://api.openai.com"):
            raise UsageError(f"{settings.endpoint} needs a key: set OPENAI_API_KEY")
        return "none"  # local endpoints take any
    if not key.isascii() or not key.isprintable():
        raise UsageError("the key in OPENAI_API_KEY holds characters that no key has")
    return key
