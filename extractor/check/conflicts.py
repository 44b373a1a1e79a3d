"""Finds what is counted twice with different numbers: "1,480" here, "around 1,200" there.

A reporter may have updated one and not the other, or two sources disagree; either way an analyst
wants to see both. Two figures are compared when what they count shares its content words: the
same two or more, or all those of the shorter description. A figure and its parts ("123 prisoners,
nine of them") stand in one sentence or differ by a word such as "other", and are left alone.
"""

import re
from collections.abc import Iterable

from extractor.article import Remark
from extractor.check.resolve import DraftRow
from extractor.fields import Figure, Verbatim
from extractor.find.inventory import Inventory
from extractor.text.phrases import quoted
from extractor.text.spans import Span

_MAX_REMARKS = 20
_MAX_COMPARED = 40  # earlier figures that share a word, for each figure
_TOLERANCE = 0.05  # "around 1,200" does not contradict 1,210
# Words that say nothing about what is counted.
_EMPTY = frozenset(
    "the a an of in on at to from for by with and or that this these those their his her its as"
    " who which were was are is had have has been being be more than about around some all total"
    " number numbers amount figure level people remaining still".split()
)
# Words that say it is another lot of the same.
_APART = frozenset(
    "other others another more additional further first second third last previous earlier new"
    " former half each per least most rest".split()
)


def figure_conflicts(inventory: Inventory, rows: Iterable[DraftRow]) -> list[Remark]:
    """Return a warning for each pair of figures that count the same and differ."""
    remarks: list[Remark] = []
    by_word: dict[str, list[tuple[frozenset[str], Figure, str]]] = {}
    for row in rows:
        figure = row.anchor
        if not isinstance(figure, Figure) or (counts := _counts(row)) is None:
            continue
        words = _content(counts)
        if len(words) < 2 or words & _APART:
            continue
        rarest = min((by_word.setdefault(word, []) for word in words), key=len)
        earlier = rarest[-_MAX_COMPARED:]
        for other_words, other, other_counts in earlier:
            same = words <= other_words or other_words <= words
            if same and _differ(figure, other) and not _in_one_sentence(figure, other, inventory):
                remarks.append(_remark(row, figure, counts, other, other_counts))
                break
        for word in words:
            by_word[word].append((words, figure, counts))
        if len(remarks) >= _MAX_REMARKS:
            break
    return remarks


def _counts(row: DraftRow) -> str | None:
    """Return what a figure row says it counts: its first phrase that is not the figure itself."""
    for field in row.shape.fields:
        value = row.values.get(field.key)
        if field is row.shape.anchor or value is None:
            continue
        if isinstance(value, Verbatim):
            return value.text
        if field.kind == "text" and isinstance(value, str):
            return value
    return None


def _content(counts: str) -> frozenset[str]:
    """Return the content words, plurals cut: {"striking", "miner", "south"}."""
    words = re.findall(r"[^\W\d_]{3,}", counts[:200].lower())
    return frozenset(word.removesuffix("s") for word in words if word not in _EMPTY)


def _differ(figure: Figure, other: Figure) -> bool:
    """Return whether two figures of one unit cannot both be true, e.g. 1,480 and around 1,200."""
    if figure.unit != other.unit:
        return False
    low, high = _bounds(figure)
    other_low, other_high = _bounds(other)
    return high < other_low or other_high < low


def _bounds(figure: Figure) -> tuple[float, float]:
    """Return the values that a figure allows; open ends are infinite."""
    low = figure.value if figure.value is not None else figure.low
    high = figure.value if figure.value is not None else figure.high
    slack = _TOLERANCE if figure.approximate else 0.0
    return (
        float("-inf") if low is None else low - slack * abs(low),
        float("inf") if high is None else high + slack * abs(high),
    )


def _in_one_sentence(figure: Figure, other: Figure, inventory: Inventory) -> bool:
    first, second = inventory.sentence_at(figure.start), inventory.sentence_at(other.start)
    return first is not None and second is not None and first.id == second.id


def _remark(row: DraftRow, figure: Figure, counts: str, other: Figure, other_counts: str) -> Remark:
    message = (
        f"{row.path}: {quoted(figure.text)} is given for {quoted(counts)}, elsewhere "
        f"{quoted(other.text)} for {quoted(other_counts)}"
    )
    return Remark("figure_conflict", message, Span(figure.start, figure.end), figure.id)
