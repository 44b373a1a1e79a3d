"""Commands in processes of their own that need not import everything first: 2 s with a model's
library, which is most of what a test of a command takes.

A server process, started once, has imported it all; every command is a fork of it, with its own
environment, folder and standard streams, and can be signalled and killed as any process.
"""

import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from subprocess import CompletedProcess, TimeoutExpired
from typing import Any, NoReturn

ROOT = Path(__file__).resolve().parents[3]


class Started:
    """A command that runs, and what it has said; used as a `subprocess.Popen` is."""

    def __init__(
        self, arguments: Sequence[str], env: Mapping[str, str], cwd: Path | None = None
    ) -> None:
        """Start what `runs.command` gives: its words after the module's name."""
        sys.audit("tests.command")  # conftest.py sees to it that tests of commands are marked
        self.args = list(arguments)
        self.returncode: int | None = None  # minus the signal that ended it
        self._said = Path(tempfile.mkdtemp(prefix="said-"))
        words = self.args[self.args.index("extractor") + 1 :]
        order = {"words": words, "env": dict(env), "cwd": str(cwd or Path.cwd())}
        body = json.dumps(order).encode()
        self._told, theirs = os.pipe()
        with (self._said / "out").open("ab") as out, (self._said / "err").open("ab") as err:
            given = [out.fileno(), err.fileno(), theirs]
            socket.send_fds(_server(), [len(body).to_bytes(4, "big")], given)
            _server().sendall(body)
        os.close(theirs)
        self.pid = int.from_bytes(os.read(self._told, 4), "big")

    def poll(self) -> int | None:
        """Return the exit status, None while it runs."""
        return self._wait(0.0)

    def errors(self) -> bytes:
        """Return what it has written to standard error so far."""
        return (self._said / "err").read_bytes()

    def send_signal(self, number: int) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Kill it."""
        self.send_signal(signal.SIGKILL)

    def communicate(self, timeout: float | None = None) -> tuple[bytes, bytes]:
        """Wait for its end; return what it printed and what it told. Raises TimeoutExpired."""
        if self._wait(timeout) is None:
            self.kill()
            raise TimeoutExpired(self.args, timeout or 0.0)
        said = (self._said / "out").read_bytes(), (self._said / "err").read_bytes()
        shutil.rmtree(self._said)
        return said

    def _wait(self, timeout: float | None) -> int | None:
        if self.returncode is None and select.select([self._told], [], [], timeout)[0]:
            self.returncode = int.from_bytes(os.read(self._told, 4), "big", signed=True)
            os.close(self._told)
        return self.returncode


def ran(
    arguments: Sequence[str],
    env: Mapping[str, str],
    cwd: Path | None = None,
    *,
    check: bool = False,
    timeout: float = 300,
) -> CompletedProcess[bytes]:
    """Run a command to its end, as `subprocess.run` does with `capture_output`."""
    process = Started(arguments, env, cwd)
    said = process.communicate(timeout)
    done = CompletedProcess(process.args, process.returncode or 0, *said)
    if check:
        done.check_returncode()
    return done


# --- the server ----------------------------------------------------------------------------------


@cache
def _server() -> socket.socket:
    """Return the line to the server, started with the first command; it ends with this process."""
    ours, theirs = socket.socketpair()
    subprocess.Popen(
        [sys.executable, "-m", "tests.support.processes.warm", str(theirs.fileno())],
        cwd=ROOT,
        pass_fds=[theirs.fileno()],
        stdin=subprocess.DEVNULL,
    )
    theirs.close()
    return ours


def _serve(line: socket.socket) -> None:
    """Start what is asked for until nobody asks any more."""
    import extractor.run.batch.batches
    import extractor.run.estimate.estimate
    import extractor.run.inputs.watch  # noqa: F401

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those who keep the commands
    while True:
        size, given, _, _ = socket.recv_fds(line, 4, 3)
        if not size:
            return
        body = b""
        while len(body) < int.from_bytes(size, "big"):
            body += line.recv(1 << 16)
        if os.fork() == 0:
            line.close()
            _keep(json.loads(body), given)
        for number in given:
            os.close(number)


def _keep(order: dict[str, Any], given: list[int]) -> NoReturn:
    """Start a command, tell its number, and its exit status when it has ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    out, err, told = given
    number = os.fork()
    if number == 0:
        os.close(told)
        for stream, file in ((1, out), (2, err)):
            os.dup2(file, stream)
            os.close(file)
        os.environ.clear()
        os.environ.update(order["env"])
        os.chdir(order["cwd"])
        sys.argv = ["extract", *order["words"]]
        from extractor.__main__ import run

        run()
        os._exit(0)
    os.write(told, number.to_bytes(4, "big"))
    _, status = os.waitpid(number, 0)
    os.write(told, os.waitstatus_to_exitcode(status).to_bytes(4, "big", signed=True))
    os._exit(0)


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
