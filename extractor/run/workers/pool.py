"""The worker processes of a run: started, sent messages, replaced when one dies, ended."""

import multiprocessing
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from typing import Any

from extractor.run.workers.in_work import InWork
from extractor.run.workers.messages import Channel, Stop
from extractor.run.workers.worker import WorkerSetup, work

_JOIN_SECONDS = 5.0  # that a process may take to end
_MOST_SPARE = 4


@dataclass(eq=False)
class Worker:
    """One worker process, as the run's process sees it."""

    process: BaseProcess
    sock: socket.socket
    in_work: InWork
    jobs: set[int] = field(default_factory=set)  # the numbers of its tasks
    isolated: bool = False  # its task may take long, or kill the process: it gets no second one
    ready: bool = True  # it takes jobs at once: one that is spawned says so when it has started
    retired: bool = False  # it gets no further tasks, and is ended when it has none left
    stuck_on: int | None = None  # the task on which it was found to be stuck, and killed
    channel: Channel = field(default_factory=Channel)

    @property
    def is_idle(self) -> bool:
        """Whether it has nothing to do, and may be given something."""
        return not self.jobs and self.is_free

    @property
    def is_free(self) -> bool:
        """Whether it may be given something, beside what it has."""
        return self.ready and not (self.isolated or self.retired)

    def send(self, message: Any) -> None:
        """Send it a message."""
        self.channel.send(message)


class WorkerPool:
    """All worker processes of a run. Made before there are threads or an event loop."""

    def __init__(self, count: int, setup: WorkerSetup, inherited: list[int]) -> None:
        """Start the processes. `inherited` are the parent's open files that they must not hold."""
        self._setup = setup
        self._inherited = inherited
        self.workers: list[Worker] = []
        # A fork shares what is imported (2 s with a model's library); it is safe only as long as
        # there is one thread. So some processes stand ready to replace others that die; when these
        # are used up, a replacement is started in the other way.
        self._spare: list[Worker] = []
        forks = "fork" in multiprocessing.get_all_start_methods() and os.name == "posix"
        context = multiprocessing.get_context("fork" if forks else "spawn")
        for _ in range(count):
            self.workers.append(self._start(context, forks=forks))
        for _ in range(_MOST_SPARE if forks else 0):
            self._spare.append(self._start(context, forks=True, waits=True))

    def _start(self, context: BaseContext, *, forks: bool, waits: bool = False) -> Worker:
        """Start a worker process, by fork or by spawn."""
        ours, theirs = socket.socketpair()
        theirs.setblocking(False)
        socks = (worker.sock.fileno() for worker in (*self.workers, *self._spare))
        held = [*self._inherited, ours.fileno(), *socks] if forks else []
        in_work = InWork()
        process = context.Process(  # type: ignore[attr-defined]
            target=work, args=(theirs, self._setup, held, in_work, waits), daemon=True
        )
        process.start()
        theirs.close()
        ours.setblocking(False)
        return Worker(process, ours, in_work, ready=forks)

    async def listen(self, worker: Worker, receive: Callable[[Worker, Any], None]) -> None:
        """Call `receive` with every message of a worker, and with None when it has gone."""
        await worker.channel.open(worker.sock, partial(receive, worker))

    def replace(self, worker: Worker) -> Worker:
        """Return a process in the place of one that has gone."""
        self.workers.remove(worker)
        worker.process.join(_JOIN_SECONDS)
        worker.channel.close()
        if self._spare:
            other = self._spare.pop()
        else:
            other = self._start(multiprocessing.get_context("spawn"), forks=False)
        self.workers.append(other)
        return other

    def ended_by(self, worker: Worker) -> int | None:
        """Return the signal that ended a worker that has gone, None when it was none."""
        worker.process.join(_JOIN_SECONDS)
        status = worker.process.exitcode
        return -status if status is not None and status < 0 else None

    def send_stop(self) -> None:
        """Tell every worker that there is no more work."""
        for worker in self.workers:
            worker.send(Stop())

    def join(self) -> None:
        """Wait a little for the processes to end, then kill those that have not."""
        for worker in self.workers:
            worker.process.join(_JOIN_SECONDS)
        self.kill()

    def kill(self) -> None:
        """Kill every process that is still there."""
        everyone = [*self.workers, *self._spare]
        for worker in everyone:
            if worker.process.is_alive():
                worker.process.kill()
        for worker in everyone:
            worker.process.join(_JOIN_SECONDS)
            with suppress(OSError, RuntimeError):
                worker.sock.close()


def cores() -> int:
    """Return how many processes can work at the same time."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1
