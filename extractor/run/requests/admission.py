"""Decides which worker may send the next request to the endpoint.

All workers ask here (RequestWaiting) and report here (RequestOver). A request is admitted when the
rate limits allow it and the budget reserves the money for it.
"""

import asyncio
from collections.abc import Callable
from time import monotonic

from extractor.answer.endpoint.gates import Call
from extractor.frozen import frozen
from extractor.run.requests.budget import Budget
from extractor.run.requests.rate_limits import RateLimits
from extractor.run.workers.messages import Permission, RequestOver, RequestWaiting
from extractor.run.workers.pool import Worker


@frozen
class _Request:
    """A request that waits or is under way."""

    worker: Worker
    worker_ticket: int  # the worker's own number of it
    number: int  # of the task that it is for


class Admission:
    """Admits the requests of all workers. Lives in the run's event loop."""

    def __init__(
        self,
        limits: RateLimits,
        *,
        may_ask: Callable[[int], bool],
        on_admitted: Callable[[int], None],
        on_over: Callable[[int, Call], None],
        budget: Budget | None = None,
        on_spent: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`may_ask` says whether anything may be asked for a task, by its number.

        `on_admitted` and `on_over` are called with the task's number for each request; `on_spent`
        once, with the reason, when the budget reaches no further.
        """
        self._limits = limits
        self._may_ask, self._on_admitted, self._on_over = may_ask, on_admitted, on_over
        self._budget, self._on_spent = budget, on_spent
        self._is_spent = False
        self._requests: dict[int, _Request] = {}  # by ticket
        self._tickets: dict[tuple[int, int], int] = {}  # (id of worker, worker's ticket) -> ticket
        self._next = 0
        self._timer: asyncio.TimerHandle | None = None

    def request(self, worker: Worker, message: RequestWaiting) -> None:
        """Take a worker's wish to send a request."""
        if self._is_spent or not self._may_ask(message.number):
            worker.send(Permission(message.ticket, False))
            return
        ticket, self._next = self._next, self._next + 1
        self._requests[ticket] = _Request(worker, message.ticket, message.number)
        self._tickets[id(worker), message.ticket] = ticket
        self._limits.enqueue(ticket, message.tokens, message.number)
        self.admit()

    def finish(self, worker: Worker, message: RequestOver) -> None:
        """Take the report that a request is over, or was given up before it was sent."""
        ticket = self._tickets.get((id(worker), message.ticket))
        if ticket is None:
            return
        self._forget(ticket)
        call = message.call
        if call is None:
            self._limits.withdraw(ticket)
            if self._budget is not None:
                self._budget.release(ticket)
        else:
            if self._budget is not None:
                self._budget.settle(ticket, call)
            self._limits.finish(
                ticket,
                monotonic(),
                tokens=call.input_tokens + call.output_tokens,
                answered=call.outcome == "answered",
                throttled=call.throttled,
                wait=call.wait,
            )
            self._on_over(message.number, call)
        self.admit()

    def admit(self) -> None:
        """Admit what the limits and the budget allow now; come back when the limits say so."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        now = monotonic()
        admitted, later = self._limits.admit(now, self._can_afford)
        for ticket in admitted:
            request = self._requests[ticket]
            self._on_admitted(request.number)
            request.worker.send(Permission(request.worker_ticket, True))
        if self._is_spent:
            # What is admitted was over before the budget was spent: all that is left waits.
            for ticket in tuple(self._requests):
                self._refuse(ticket)
        if later is not None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(later - now, self.admit)

    def refuse_task(self, number: int) -> None:
        """Refuse the waiting requests of a task."""
        for ticket, request in tuple(self._requests.items()):
            if request.number == number:
                self._refuse(ticket)

    def forget_worker(self, worker: Worker) -> None:
        """Forget the requests of a worker that has died; nobody knows whether they were paid."""
        for ticket, request in tuple(self._requests.items()):
            if request.worker is worker:
                self._limits.withdraw(ticket)
                self._forget(ticket)
                if self._budget is not None:
                    self._budget.lose(ticket)
        self.admit()

    def _can_afford(self, ticket: int, tokens: int) -> bool:
        """Reserve the money for a request; report once when there will never be enough."""
        if self._budget is None:
            return True
        answer = self._budget.reserve(ticket, tokens)
        if answer == "stop" and not self._is_spent:
            self._is_spent = True
            self._on_spent(self._budget.reason)
        return answer == "go"

    def _refuse(self, ticket: int) -> None:
        request = self._requests[ticket]
        self._limits.withdraw(ticket)
        self._forget(ticket)
        request.worker.send(Permission(request.worker_ticket, False))

    def _forget(self, ticket: int) -> None:
        request = self._requests.pop(ticket)
        del self._tickets[id(request.worker), request.worker_ticket]
