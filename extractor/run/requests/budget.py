"""The budget of a run: `--budget`, a limit in US dollars that all its workers share.

For every request money is reserved here, in the run's own process, before it is sent: what it will
probably cost at the most. It is sent only when what is spent and what is reserved leave room for
it. While others are under way it waits, as they may cost less than was reserved; when none is, the
run stops. So the limit can be passed only by requests under way that cost more than any before
them, and by no more than these cost.

The budget is one for all runs that continue one another: what was paid since a run of the same
schema and model last finished counts, whether the runs between were killed, interrupted or stopped
by their budget. So a command that is repeated until it succeeds spends no more than once.
"""

from collections import deque
from typing import Literal

from extractor.answer.endpoint.gates import Call
from extractor.answer.endpoint.prices import cost, dollars, price_of
from extractor.errors import UsageError
from extractor.frozen import frozen
from extractor.settings import Price, Settings
from extractor.store.store import Store
from extractor.store.work_key import Recipe
from extractor.trust import user_settings

# The latest requests, which say what the next may cost: enough to have seen an expensive one.
_REMEMBERED = 500
# Outcomes of a request after which nobody knows whether it was answered, and so paid for.
_DOUBTFUL = frozenset({"timeout", "interrupted", "EndpointUnreachable"})


@frozen
class Paid:
    """What was paid by the earlier runs that a run continues, in US dollars."""

    runs: tuple[int, ...]
    dollars: float
    rates: tuple[float, ...]  # of the latest requests: dollars for each guessed token


class Budget:
    """Reserves and counts the money of one run. A ticket is a request's number."""

    def __init__(self, dollars: float, price: Price, most_output_tokens: int) -> None:
        """Allow `dollars` for requests whose answers have `most_output_tokens` at the most."""
        self.dollars = dollars
        self.spent = 0.0  # paid for, or perhaps paid for
        self.reason = ""
        self._price = price
        self._most_output_tokens = most_output_tokens
        self._reserved: dict[int, tuple[float, int]] = {}  # ticket -> dollars, guessed tokens
        # Of the latest answered requests: dollars for each guessed token.
        self._rates: deque[float] = deque(maxlen=_REMEMBERED)

    @property
    def reserved(self) -> float:
        """The dollars reserved for requests under way."""
        return sum(dollars for dollars, _ in self._reserved.values())

    def continue_from(self, paid: Paid) -> str:
        """Count what earlier runs have paid for the same work; return the note on it for people.

        To be called before anything is reserved.
        """
        self.spent += paid.dollars
        self._rates.extend(paid.rates)
        if not self.spent:
            return ""
        first, last = paid.runs[0], paid.runs[-1]
        runs = f"run {first}" if first == last else f"runs {first} to {last}"
        return (
            f"the budget of {dollars(self.dollars)} is one with {runs}, which this run goes on "
            f"with: {dollars(self.spent)} of it is spent"
        )

    def reserve(self, ticket: int, tokens: int) -> Literal["go", "wait", "stop"]:
        """Reserve money for a request of about `tokens` tokens, if there is enough.

        "wait": there may be when another request is over. "stop": never; `reason` says why.
        """
        if self.reason:
            return "stop"
        needed = self._needed(tokens)
        if self.spent + self.reserved + needed <= self.dollars:
            self._reserved[ticket] = needed, tokens
            return "go"
        if self._reserved:
            return "wait"
        if not self._rates and self.spent == 0 < self.dollars:
            # Nothing is known of what requests cost; one alone will tell.
            self._reserved[ticket] = needed, tokens
            return "go"
        self.reason = (
            f"the budget of {dollars(self.dollars)} does not reach any further: "
            f"{dollars(self.spent)} spent, the next request may cost {dollars(needed)}; raise it"
        )
        return "stop"

    def settle(self, ticket: int, call: Call) -> None:
        """Replace what was reserved for a request by what it has cost."""
        reserved, tokens = self._reserved.pop(ticket, (0.0, 0))
        if call.outcome != "answered":
            self.spent += reserved if call.outcome in _DOUBTFUL else 0.0
        elif call.input_tokens + call.output_tokens == 0:  # the endpoint does not count
            self.spent += reserved
        else:
            paid = cost(self._price, call.input_tokens, call.output_tokens) or 0.0
            self.spent += paid
            if tokens:
                self._rates.append(paid / tokens)

    def release(self, ticket: int) -> None:
        """Give back what was reserved for a request that was not sent."""
        self._reserved.pop(ticket, None)

    def lose(self, ticket: int) -> None:
        """Count what was reserved as spent: nobody knows whether the request was answered."""
        reserved, _ = self._reserved.pop(ticket, (0.0, 0))
        self.spent += reserved

    def _needed(self, tokens: int) -> float:
        """Return the dollars that a request may cost.

        Before any is known: for the longest answer allowed. Then: as much for each guessed token
        as the most expensive one so far, and the more on top the fewer are known (after the first
        one twice as much).
        """
        if not self._rates:
            return cost(self._price, tokens, self._most_output_tokens) or 0.0
        return max(self._rates) * tokens * (1 + 1 / len(self._rates))


def budget_for(
    dollars_given: float | None, settings: Settings, *, batch: bool = False
) -> Budget | None:
    """Return the budget of a run; None without a limit, or when the rules answer, which is free.

    Raises UsageError when the price of the model is not known.
    """
    if dollars_given is None or not settings.asks_model:
        return None
    price = price_of(settings, batch=batch)
    if price is None:
        raise UsageError(f"--budget: {how_to_price(settings)}")
    return Budget(dollars_given, price, settings.max_output_tokens)


def paid_before(store: Store, recipe: Recipe) -> Paid:
    """Return what was paid by the runs that a run by this recipe continues.

    These are the runs of the schema and model after the last one that finished. Requests that
    may or may not have been answered count as much as the most expensive one; those that were
    under way when a run was killed are not known. Raises OutputError.
    """
    same = "schema = ? and model is ?"
    after = f"coalesce((select max(id) from run where {same} and status = 'finished'), 0)"  # noqa: S608
    runs = f"select id from run where {same} and id > {after}"  # noqa: S608
    values = (recipe.schema, recipe.model) * 2
    rates = store.select(
        "select cost_usd / (characters / 3) from call where outcome = 'answered'"  # noqa: S608
        f" and cost_usd > 0 and characters >= 3 and run_id in ({runs}) order by id desc limit ?",
        (*values, _REMEMBERED),
    )
    doubtful = ", ".join(f"'{outcome}'" for outcome in sorted(_DOUBTFUL))
    ((spent, tokens),) = store.select(
        "select coalesce(sum(case when outcome = 'answered' then cost_usd end), 0.0),"  # noqa: S608
        f" coalesce(sum(case when outcome in ({doubtful}) then characters / 3 end), 0)"
        f" from call where run_id in ({runs})",
        values,
    )
    known = tuple(row[0] for row in reversed(rates))
    numbers = tuple(row[0] for row in store.select(f"{runs} order by id", values))
    return Paid(numbers, spent + tokens * max(known, default=0.0), known)


def how_to_price(settings: Settings) -> str:
    """Return what to do about a price that is not known."""
    model = (settings.model or "").replace("\\", "\\\\").replace('"', '\\"')
    return (
        f"the price of {settings.model} at {settings.endpoint} is not known; put it into "
        f"{user_settings()}, in US dollars for a million tokens, such as "
        f'prices."{model}" = {{ input = 1.00, output = 4.00 }}'
    )
