"""Connections to the review server: quick, none waits for ever, strangers cannot fill it."""

import socket
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from extractor.review.server import connections
from tests.support.review.server import Served, fill_desk

HALF = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store of one article."""
    return fill_desk(tmp_path / "sheets", ['"We are home," Ada Brandt said on Friday.'])


@pytest.fixture
def served(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> "Served":
    """The command on a free port, not started yet."""
    return Served(monkeypatch, str(folder), "--port", "0", "--no-browser")


def _link(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out.split()[-1]


def _port(link: str) -> int:
    return urlsplit(link).port or 0


def _half_sent(port: int, start: bytes = HALF) -> socket.socket:
    opened = socket.create_connection(("127.0.0.1", port), timeout=20)
    opened.sendall(start)
    return opened


def test_an_answer_is_not_held_back_for_an_acknowledgement(
    served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every connection has TCP_NODELAY: else each answer on a kept connection waits 40 ms."""
    with served, httpx2.Client() as browser:
        browser.get(_link(capsys))
        (one,) = served.servers[0].server_state.connections
        sock = one.transport.get_extra_info("socket")
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_half_sent_requests_do_not_close_the_server(
    served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    """Beside 300 half-sent heads and bodies a new client and a kept one get their answers."""
    with served, httpx2.Client() as kept:
        link = _link(capsys)
        kept.get(link)
        assert kept.get(link.partition("?")[0]).status_code == 200
        (before,) = served.servers[0].server_state.connections
        body = b"POST /views HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\n{"
        held = [_half_sent(_port(link), body if n % 3 == 0 else HALF) for n in range(300)]
        assert kept.get(link.partition("?")[0]).status_code == 200
        now = served.servers[0].server_state.connections
        assert before in now, "the kept connection was closed"
        assert len(now) <= connections.MOST_UNKNOWN + 2
        with httpx2.Client() as new:
            new.get(link)
            assert new.get(link.partition("?")[0]).status_code == 200
        for one in held:
            one.close()


@pytest.mark.parametrize("sent_again", [b"", b"X"], ids=["silent", "a byte now and then"])
def test_a_head_that_never_ends_is_cut_off(
    served: Served,
    sent_again: bytes,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The server closes a connection whose request does not come, whatever trickles in."""
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.2)
    with served:
        stranger = _half_sent(_port(_link(capsys)))
        stranger.settimeout(0.02 if sent_again else 20)
        for _ in range(1000):
            try:
                if sent_again:
                    stranger.sendall(sent_again)
                ended = stranger.recv(100) == b""
            except TimeoutError:
                continue
            except ConnectionError:
                ended = True
            assert ended, "it was answered"
            break
        else:
            pytest.fail("it is still open")
        stranger.close()


def test_a_refused_request_whose_body_never_ends_is_cut_off(
    served: Served, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The answer 401 does not begin a wait without end for the rest of the body."""
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.2)
    start = b"POST /views HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\n{"
    with served:
        stranger = _half_sent(_port(_link(capsys)), start)
        got = b""
        while part := stranger.recv(10_000):
            got += part
        assert got.startswith(b"HTTP/1.1 401")
        stranger.close()
