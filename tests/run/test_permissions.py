"""A worker's wish to send a request is taken back when nobody waits for it any more."""

import asyncio
from typing import Any, cast

import pytest

from extractor.bounds import ArticleBounds
from extractor.errors import ArticleTooSlow
from extractor.run.workers.messages import Channel, Permission, RequestOver, RequestWaiting
from extractor.run.workers.worker import Permissions
from extractor.settings import Settings


class Sent(list[Any]):
    """The end of a channel that keeps what is sent."""

    def send(self, message: Any) -> None:
        """Keep a message."""
        self.append(message)


class NoTimeAfterwards(ArticleBounds):
    """Bounds whose time is used up by the first step."""

    steps = 0

    def hold(self, work: Any) -> Any:
        """Do the first step, and no other."""
        self.steps += 1
        if self.steps > 1:
            raise self.too_slow()
        return super().hold(work)


def test_a_request_is_taken_back_when_the_articles_time_is_up_while_it_waits() -> None:
    """Else the money that is reserved for it holds up all others, without an end."""
    sent = Sent()

    async def ask() -> None:
        permissions = Permissions(cast(Channel, sent))
        bounds = NoTimeAfterwards(Settings(), "a.txt")
        asking = asyncio.ensure_future(bounds.hold_steps(permissions.wait(7, 100)))
        await asyncio.sleep(0)
        permissions.receive(Permission(0, True))
        await asking

    with pytest.raises(ArticleTooSlow):
        asyncio.run(ask())
    assert sent == [RequestWaiting(0, 7, 100), RequestOver(0, 7, None)]


def test_a_request_that_is_cancelled_while_it_waits_is_taken_back() -> None:
    """So that another may be sent in its place."""
    sent = Sent()

    async def ask() -> None:
        asking = asyncio.ensure_future(Permissions(cast(Channel, sent)).wait(7, 100))
        await asyncio.sleep(0)
        asking.cancel()
        await asking

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(ask())
    assert sent[1:] == [RequestOver(0, 7, None)]
