"""What a run may spend: `--budget`, a bound in US dollars that all its processes share.

Every request is asked for here, one after the other, in the run's own process. What it will
probably cost at the most is put aside until it is over; a request is sent only when what is spent
and what is put aside leave room for it. While others are under way it waits, as they may cost less
than was put aside; when none is, the run stops. So the bound can be passed only by requests under
way that cost more than any before them, and by no more than these cost.
"""

from collections import deque
from typing import Literal

from extractor.answer.costs import cost, price_of
from extractor.answer.gate import Call
from extractor.errors import UsageError
from extractor.settings import SETTINGS_FILE, Price, Settings

# Requests that say what the next may cost: enough to have seen a dear one.
_REMEMBERED = 500
# Ends of a request after which nobody knows whether it was answered, and so paid for.
_DOUBTFUL = frozenset({"timeout", "interrupted", "EndpointUnreachable"})


class Budget:
    """Money for one run. Implements `extractor.run.tally.Purse`."""

    def __init__(self, dollars: float, price: Price, most_output_tokens: int) -> None:
        """Take `dollars` for requests whose answers have `most_output_tokens` at the most."""
        self.dollars = dollars
        self.spent = 0.0  # paid for, or perhaps paid for
        self.reason = ""
        self._price = price
        self._most_output_tokens = most_output_tokens
        self._aside: dict[int, tuple[float, int]] = {}  # ticket -> dollars, tokens as guessed
        # Of answered requests: dollars for a token as guessed, and the dearest of them first.
        self._rates: deque[float] = deque(maxlen=_REMEMBERED)

    @property
    def aside(self) -> float:
        """What is put aside for requests under way."""
        return sum(dollars for dollars, _ in self._aside.values())

    def reserve(self, ticket: int, tokens: int) -> Literal["go", "wait", "stop"]:
        """Put money aside for a request of about so many tokens, if there is enough.

        "wait": not until another request is over. "stop": never; `reason` says why.
        """
        if self.reason:
            return "stop"
        needed = self._needed(tokens)
        if self.spent + self.aside + needed <= self.dollars:
            self._aside[ticket] = needed, tokens
            return "go"
        if self._aside:
            return "wait"
        if not self._rates and self.spent == 0 < self.dollars:
            # Nothing is known of what requests cost; one alone will tell.
            self._aside[ticket] = needed, tokens
            return "go"
        self.reason = (
            f"the budget of {dollars(self.dollars)} does not reach any further: "
            f"{dollars(self.spent)} spent, and the next request may cost {dollars(needed)}"
        )
        return "stop"

    def settle(self, ticket: int, call: Call) -> None:
        """Take what a request has cost instead of what was put aside for it."""
        aside, tokens = self._aside.pop(ticket, (0.0, 0))
        if call.outcome != "answered":
            self.spent += aside if call.outcome in _DOUBTFUL else 0.0
        elif call.input_tokens + call.output_tokens == 0:  # the endpoint does not count
            self.spent += aside
        else:
            paid = cost(self._price, call.input_tokens, call.output_tokens) or 0.0
            self.spent += paid
            if tokens:
                self._rates.append(paid / tokens)

    def release(self, ticket: int) -> None:
        """Take back what was put aside for a request that was not sent."""
        self._aside.pop(ticket, None)

    def lose(self, ticket: int) -> None:
        """Count what was put aside as spent: whether the request was answered nobody knows."""
        aside, _ = self._aside.pop(ticket, (0.0, 0))
        self.spent += aside

    def _needed(self, tokens: int) -> float:
        """Return what a request may cost: at first the most, then what the dearest one did.

        The fewer are known, the more is put on top: twice as much after the first one.
        """
        if not self._rates:
            return cost(self._price, tokens, self._most_output_tokens) or 0.0
        return max(self._rates) * tokens * (1 + 1 / len(self._rates))


def budget_for(
    dollars_given: float | None, settings: Settings, *, batch: bool = False
) -> Budget | None:
    """Return the bound that a run has; None without one, or when the rules answer, for nothing.

    Raises UsageError when the price of the model is not known.
    """
    if dollars_given is None or not settings.asks_model:
        return None
    price = price_of(settings, batch=batch)
    if price is None:
        raise UsageError(f"--budget: {how_to_price(settings)}")
    return Budget(dollars_given, price, settings.max_output_tokens)


def how_to_price(settings: Settings) -> str:
    """Return what to do about a price that is not known."""
    model = (settings.model or "").replace("\\", "\\\\").replace('"', '\\"')
    return (
        f"the price of {settings.model} at {settings.endpoint} is not known; put it into "
        f"{SETTINGS_FILE}, in US dollars for a million tokens, such as "
        f'prices."{model}" = {{ input = 1.00, output = 4.00 }}'
    )


def dollars(amount: float) -> str:
    """Return an amount as people read it: cents, and of less than a dollar what is less."""
    return f"${amount:,.2f}" if amount >= 1 or amount == 0 else f"${amount:,.4f}"
