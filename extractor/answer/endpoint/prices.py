"""The price of a model and the cost of a request, in US dollars.

The prices that the user has set in extract.toml (`prices`) go first; then come OpenAI's list
prices of 2025, for a million tokens. An endpoint on this machine costs nothing. For anything else
the price is unknown, which is reported and never guessed.
"""

from urllib.parse import urlsplit

from extractor.settings import Price, Settings

_LIST_PRICES = {
    "gpt-4o": (2.50, 10.00),
    "gpt-4o-mini": (0.15, 0.60),
    "gpt-4.1": (2.00, 8.00),
    "gpt-4.1-mini": (0.40, 1.60),
    "gpt-4.1-nano": (0.10, 0.40),
    "gpt-5": (1.25, 10.00),
    "gpt-5-mini": (0.25, 2.00),
    "gpt-5-nano": (0.05, 0.40),
}
_BATCH_SHARE = 0.5  # of the price, for what is asked in a batch
_HERE = frozenset({"localhost", "127.0.0.1", "::1", "0.0.0.0"})  # noqa: S104 - compared, not bound


def price_of(settings: Settings, *, batch: bool = False) -> Price | None:
    """Return the price of the model that `settings` name, or None when it is not known.

    `batch`: the price by the Batch API, which is half.
    """
    price = _full_price_of(settings)
    if price is None or not batch:
        return price
    return Price(input=price.input * _BATCH_SHARE, output=price.output * _BATCH_SHARE)


def _full_price_of(settings: Settings) -> Price | None:
    """Return the price of the model outside batches, or None when it is not known."""
    model = settings.model or ""
    if model in settings.prices:
        return settings.prices[model]
    host = urlsplit(settings.base_url).hostname
    if host in _HERE:
        return Price(input=0, output=0)
    if host == "api.openai.com" and model in _LIST_PRICES:
        given, written = _LIST_PRICES[model]
        return Price(input=given, output=written)
    return None


def cost(price: Price | None, input_tokens: int, output_tokens: int) -> float | None:
    """Return the cost in US dollars, or None when the price is not known."""
    if price is None:
        return None
    return (input_tokens * price.input + output_tokens * price.output) / 1_000_000


def dollars(amount: float) -> str:
    """Return an amount for people: with cents, below a dollar with hundredths of a cent."""
    return f"${amount:,.2f}" if amount >= 1 or amount == 0 else f"${amount:,.4f}"
