"""An endpoint that sends elsewhere is not obeyed: the article stays where it was meant to go."""

import asyncio
from pathlib import Path

import pytest

from extractor.errors import EndpointRefused
from extractor.run.batch.endpoint import BatchEndpoint
from tests.support.asking import ask, extract_from, settings_for
from tests.support.runs import RIGHT
from tests.support.stubs.server import Handler, Play, Script, Server, answers, serving

STATUSES = (301, 302, 303, 307, 308)


def sends_to(address: str, status: int = 307) -> Play:
    """Return a redirect."""
    return Play(status, b"", {"location": address})


@pytest.mark.parametrize("status", STATUSES)
def test_nothing_is_sent_to_another_origin(status: int) -> None:
    """The error names both; it is asked once, and the other one never."""
    with (
        serving(answers(RIGHT)) as other,
        serving(sends_to(f"{other.base_url}/chat/completions", status)) as stub,
    ):
        with pytest.raises(EndpointRefused) as told:
            ask(settings_for(stub.base_url))
        assert not other.requests
        assert len(stub.requests) == 1
    assert f"{stub.base_url} redirects to {other.base_url.removesuffix('/v1')}" in str(told.value)
    assert stub.base_url.removesuffix("/v1") + " is not sent there" in str(told.value)


@pytest.mark.parametrize(
    "address",
    [
        "https://127.0.0.1:{port}/v1/chat/completions",  # another scheme
        "http://localhost:{port}/v1/chat/completions",  # another name of the host
        "//localhost:{port}/v1/chat/completions",
        "http:///v1/chat/completions",  # no host: the client takes ours, and another port
    ],
)
def test_scheme_host_and_port_must_all_agree(address: str) -> None:
    """However the other address is written."""
    with serving(lambda *_: sends_to(address.format(port=port))) as stub:
        port = stub.base_url.rpartition(":")[2].partition("/")[0]
        with pytest.raises(EndpointRefused, match="redirects to"):
            ask(settings_for(stub.base_url))
        assert len(stub.requests) == 1


@pytest.mark.parametrize("first", ["/v1/moved", "{base_url}/moved"])
def test_the_same_origin_is_followed(first: str) -> None:
    """A path that has moved gets the question, with the key."""

    def script(_: object, number: int) -> Play:
        return sends_to(first.format(base_url=stub.base_url), 308) if number == 0 else right

    right = answers(RIGHT)
    with serving(script) as stub:
        extraction = extract_from(settings_for(stub.base_url))
    assert extraction.usage.calls >= 1
    assert len(stub.requests) >= 2
    assert stub.requests[0] == stub.requests[1]
    assert len(set(stub.keys)) == 1


def test_a_detour_over_the_same_origin_leads_nowhere_else() -> None:
    """Every step of several redirects is looked at."""
    with serving(answers(RIGHT)) as other:
        steps: Script = lambda _, number: (  # noqa: E731
            sends_to("/v1/moved") if number == 0 else sends_to(f"{other.base_url}/x")
        )
        with serving(steps) as stub, pytest.raises(EndpointRefused, match="redirects to"):
            ask(settings_for(stub.base_url))
        assert not other.requests


class _Elsewhere(Handler):
    """Takes a file, and says that it belongs at the address in `there`."""

    there = ""

    def do_POST(self) -> None:
        """Redirect."""
        self.sent()
        self.play(sends_to(self.there))


def test_files_of_a_batch_go_nowhere_else(tmp_path: Path) -> None:
    """The Batch API's client is bound in the same way."""
    file = tmp_path / "batch.jsonl"
    file.write_text("{}\n")

    async def upload(base_url: str) -> None:
        endpoint = BatchEndpoint(settings_for(base_url))
        try:
            await endpoint.upload(file)
        finally:
            await endpoint.aclose()

    server = Server(("127.0.0.1", 0), _Elsewhere)
    with serving(answers(RIGHT)) as other, server.running():
        _Elsewhere.there = f"{other.base_url}/files"
        with pytest.raises(EndpointRefused, match="is not sent there"):
            asyncio.run(upload(f"{server.address}/v1"))
        assert not other.requests
