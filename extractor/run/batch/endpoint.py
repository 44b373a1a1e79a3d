"""Calls the Batch API of an endpoint: uploads, downloads, making, finding and looking at batches.

Each call is tried again after a transient failure, and is harmless when it is done twice.
Importing this module costs 2 s (openai).
"""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import httpx2
import openai
from openai.types import Batch
from tenacity import (
    AsyncRetrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_random_exponential,
)

from extractor.answer.endpoint.connection import client_for
from extractor.answer.endpoint.failures import TransientFailure, classify, redact
from extractor.errors import EndpointFailing
from extractor.run.batch.upload_files import ENDPOINT, new_file
from extractor.settings import Settings

T = TypeVar("T")

_TRIES = 5  # of one call, after transient failures
_BACKOFF = wait_random_exponential(multiplier=1, max=30)
_UPLOAD = 900.0  # seconds that 200 MB may take
_PAGES = 3  # of a hundred batches each, that are looked through for one that may exist


class BatchEndpoint:
    """An endpoint that takes batches, for the event loop that is running; `aclose` when done."""

    def __init__(self, settings: Settings) -> None:
        """Make the client; raise UsageError."""
        self._settings = settings
        self._client = client_for(settings)
        self._patience = max(_UPLOAD, settings.timeout)  # seconds, for a file

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def upload(self, path: Path) -> str:
        """Upload a file of requests; return the endpoint's name for it. Raises ModelError."""

        async def upload() -> str:
            with path.open("rb") as file:
                made = await self._client.files.create(
                    file=("batch.jsonl", file, "application/jsonl"),
                    purpose="batch",
                    timeout=self._patience,
                )
            return made.id

        return await self._try(upload)

    async def create(self, file_id: str, since: float, *, doubtful: bool = False) -> Batch:
        """Return the batch of an uploaded file; make it, or find the one that was made before.

        `doubtful`: one may have been made already, though not before `since` (seconds since
        1970); it is looked for first. Raises ModelError.
        """
        in_doubt = doubtful

        async def create() -> Batch:
            nonlocal in_doubt
            if in_doubt and (found := await self._find(file_id, since)) is not None:
                return found
            in_doubt = True  # whatever happens now, it may have been made
            return await self._client.batches.create(
                input_file_id=file_id, endpoint=ENDPOINT, completion_window="24h"
            )

        return await self._try(create)

    async def _find(self, file_id: str, since: float) -> Batch | None:
        """Return the batch that was made of a file, if there is one."""
        page = await self._client.batches.list(limit=100)
        for _ in range(_PAGES):
            for batch in page.data:
                if batch.input_file_id == file_id:
                    return batch
                if batch.created_at < since - 3600:  # the newest come first
                    return None
            if not page.has_next_page():
                return None
            page = await page.get_next_page()
        return None

    async def look(self, batch_id: str) -> Batch:
        """Return a batch as it stands. Asks once; raises TransientFailure or ModelError."""
        return await self._ask(lambda: self._client.batches.retrieve(batch_id))

    async def download(self, file_id: str, path: Path) -> None:
        """Put a file of answers at `path`, readable by us only. Raises ModelError."""

        async def download() -> None:
            with new_file(path) as file:
                async with self._client.files.with_streaming_response.content(
                    file_id, timeout=self._patience
                ) as response:
                    async for chunk in response.iter_bytes():
                        file.write(chunk)

        await self._try(download)

    # --- failures of the endpoint ---

    async def _try(self, call: Callable[[], Awaitable[T]]) -> T:
        """Call, again after transient failures. Raises ModelError."""
        retrying = AsyncRetrying(
            retry=retry_if_exception_type(TransientFailure),
            stop=stop_after_attempt(_TRIES),
            wait=_BACKOFF,
            reraise=True,
        )
        try:
            async for attempt in retrying:
                with attempt:
                    return await self._ask(call)
        except TransientFailure as failure:
            raise failure.error from None
        raise AssertionError("tenacity ends with a result or an exception")

    async def _ask(self, call: Callable[[], Awaitable[T]]) -> T:
        """Call once. Raises TransientFailure or ModelError."""
        try:
            return await call()
        except openai.OpenAIError as error:
            raise classify(error, self._settings) from None
        except httpx2.TransportError as error:  # while an answer was streamed
            words = redact(f"{type(error).__name__}: {error}", self._settings)
            cut = EndpointFailing(f"{self._settings.endpoint}: {words}")
            raise TransientFailure(cut) from None
