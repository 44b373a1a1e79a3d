"""Connections to the review server: quick, none waits for ever, strangers cannot fill it."""

import socket
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any
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


def _until(condition: Callable[[], Any]) -> Any:
    """Wait for something to be true; return what it is."""
    for _ in range(2000):
        if found := condition():
            return found
        time.sleep(0.01)
    raise AssertionError("it does not come")


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
        assert len(now) <= connections.MOST_OF_STRANGERS + 2
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


def test_a_broken_body_after_the_answer_is_no_error_inside(
    served: Served, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """A stranger's request is refused before its body is there; nothing is written for it."""
    start = b"POST /views HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    with served:
        stranger = _half_sent(_port(_link(capsys)), start)
        assert stranger.recv(10_000).startswith(b"HTTP/1.1 401")
        stranger.sendall(b"no number\r\n")
        while stranger.recv(10_000):
            pass
        stranger.close()
    assert (capsys.readouterr().err, caplog.records) == ("", [])


def test_a_body_that_breaks_off_is_no_error_inside(
    served: Served, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever sends it goes away in the middle, of JSON or a form; nothing is written for it."""
    with served:
        link = _link(capsys)
        for kind in ("application/json", "multipart/form-data; boundary=x"):
            head = "POST /v1/extract HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99\r\n"
            head += f"Authorization: Bearer {link.partition('token=')[2]}\r\nContent-Type: {kind}"
            leaving = _half_sent(_port(link), f"{head}\r\n\r\n--x\r\nContent-".encode())
            leaving.shutdown(socket.SHUT_WR)
            assert leaving.recv(10_000) == b""
            leaving.close()
    assert (capsys.readouterr().err, caplog.records) == ("", [])


def test_an_answer_that_nobody_reads_is_given_up(
    served: Served, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One request comes after the other, and no answer is read: the connection is ended."""
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.3)
    monkeypatch.setattr(connections, "ANSWER_SECONDS", 0.3)
    with served:
        greedy = socket.socket()
        greedy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        greedy.connect(("127.0.0.1", _port(_link(capsys))))
        greedy.sendall(HALF)
        state = served.servers[0].server_state
        (one,) = _until(lambda: state.connections)
        one.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2048)
        greedy.settimeout(0.01)
        for _ in range(2000):
            with suppress(OSError):
                greedy.sendall((b"\r\n" + HALF) * 500)
            if one not in state.connections:
                break
            time.sleep(0.01)
        else:
            pytest.fail("it is still there")
        greedy.close()


def test_of_one_holder_only_so_many_connections_are_kept(
    served: Served, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A further one closes one that is idle, and is served."""
    monkeypatch.setattr(connections, "MOST_OF_ONE", 3)
    with served, ExitStack() as stack:
        link = _link(capsys)
        known = {"authorization": f"Bearer {link.partition('token=')[2]}"}
        for _ in range(6):
            browser = stack.enter_context(httpx2.Client(headers=known))
            assert browser.get(link.partition("?")[0]).status_code == 200
        state = served.servers[0].server_state
        assert _until(lambda: all(one._head for one in list(state.connections)))
        assert len(state.connections) == 3
