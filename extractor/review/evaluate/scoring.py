"""Scoring: a machine's rows against reviewed ones, precision and recall field by field.

The reference is every article that is reviewed to its end: accepted and corrected rows are right,
rows that a reviewer added were missed, whatever else a machine gives is wrong. A row is found when
its evidence overlaps that of a right one; every field is scored end to end, so that a row that was
missed is missed in each of its fields, as in the evaluation of slots at the MUC conferences
(Chinchor and Sundheim, MUC-5 evaluation metrics, 1993).
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from extractor.frozen import frozen
from extractor.text.folding import fold

# What an anchor spreads into its row: see record.record_to_json.
_WORDS = frozenset({"text", "spans"})
_NUMBER = frozenset({"text", "start", "end", "value", "low", "high", "unit", "approximate"})


@frozen
class RecordRow:
    """A row of a record with the place of its evidence, half-open in code points, if it has one."""

    kind: str  # "quotes"
    start: int | None
    end: int | None
    data: dict[str, Any]  # as in the JSON of an extraction


@frozen
class Score:
    """How many values a machine gave, how many it should have given, how many are both."""

    right: int = 0
    given: int = 0
    wanted: int = 0

    def __add__(self, other: "Score") -> "Score":
        return Score(self.right + other.right, self.given + other.given, self.wanted + other.wanted)

    @property
    def precision(self) -> float | None:
        """The share of what was given that is right; None when nothing was given."""
        return self.right / self.given if self.given else None

    @property
    def recall(self) -> float | None:
        """The share of what was wanted that was given; None when nothing was wanted."""
        return self.right / self.wanted if self.wanted else None

    @property
    def f1(self) -> float | None:
        """The harmonic mean of both; None when nothing was given nor wanted."""
        both = self.given + self.wanted
        return 2 * self.right / both if both else None


Scores = dict[tuple[str, str], Score]  # by kind and field; the field "" is the row itself


def score_article(truth: Sequence[RecordRow], answer: Sequence[RecordRow]) -> Scores:
    """Score what a machine gave for one article against its reviewed rows."""
    scores: Scores = defaultdict(Score)
    for wanted, given in _pairs(truth, answer):
        kind = (wanted or given).kind  # type: ignore[union-attr]
        both = Score(int(bool(wanted and given)), int(given is not None), int(wanted is not None))
        scores[kind, ""] += both
        ours = _fields(given) if given else {}
        theirs = _fields(wanted) if wanted else {}
        for field in dict.fromkeys([*theirs, *ours]):
            scores[kind, field] += _compare(theirs.get(field, []), ours.get(field, []))
    return dict(scores)


def add_up(parts: Iterable[Scores]) -> Scores:
    """Return the sum of several articles' scores."""
    total: Scores = defaultdict(Score)
    for part in parts:
        for key, score in part.items():
            total[key] += score
    return dict(total)


def _pairs(
    truth: Sequence[RecordRow], answer: Sequence[RecordRow]
) -> Iterator[tuple[RecordRow | None, RecordRow | None]]:
    """Pair rows one to one: those on the same evidence first, then the most alike, then the rest.

    Rows are sorted by their start and only those that may overlap are compared.
    """
    left_truth, left_answer = dict(enumerate(truth)), dict(enumerate(answer))
    ranked = sorted(
        ((_alike(truth[i], answer[j]), -i, -j) for i, j in _overlapping(truth, answer)),
        reverse=True,
    )
    for _, i, j in ranked:
        if -i in left_truth and -j in left_answer:
            yield left_truth.pop(-i), left_answer.pop(-j)
    yield from ((row, None) for row in left_truth.values())
    yield from ((None, row) for row in left_answer.values())


def _overlapping(
    truth: Sequence[RecordRow], answer: Sequence[RecordRow]
) -> Iterator[tuple[int, int]]:
    """Yield the pairs of rows of a kind whose evidence overlaps, or that both rest on nothing."""
    by_kind: dict[str, list[tuple[int, int]]] = defaultdict(list)
    longest: dict[str, int] = defaultdict(int)
    for j, row in enumerate(answer):
        start, end = (-1, 0) if row.start is None or row.end is None else (row.start, row.end)
        by_kind[row.kind].append((start, j))
        longest[row.kind] = max(longest[row.kind], end - start)
    for starts in by_kind.values():
        starts.sort()
    for i, row in enumerate(truth):
        starts = by_kind[row.kind]
        start, end = (-1, 0) if row.start is None or row.end is None else (row.start, row.end)
        first = bisect_left(starts, (start - longest[row.kind], -1))
        for _, j in starts[first : bisect_left(starts, (end, -1))]:
            if _overlap(row, answer[j]):
                yield i, j


def _overlap(left: RecordRow, right: RecordRow) -> bool:
    if left.start is None or left.end is None or right.start is None or right.end is None:
        return left.start == right.start  # neither rests on anything
    return left.start < right.end and right.start < left.end


def _alike(left: RecordRow, right: RecordRow) -> tuple[bool, int]:
    """Return whether two rows have the same evidence, and how many equal values."""
    ours, theirs = _fields(left), _fields(right)
    equal = sum(_compare(values, theirs.get(field, [])).right for field, values in ours.items())
    return (left.start, left.end) == (right.start, right.end), equal


def _fields(row: RecordRow) -> dict[str, list[Any]]:
    """Return a row's values by field, each as a list; what is null is no value.

    What the anchor spread into the row is one field: `evidence` for words, `value` for a figure.
    """
    data = row.data
    fields: dict[str, list[Any]] = {}
    if "text" in data and "spans" in data:
        fields["evidence"] = [data["spans"]]
        spread = _WORDS
    elif "text" in data and "start" in data and "value" in data:
        fields["value"] = [{part: data.get(part) for part in _NUMBER}]
        spread = _NUMBER
    else:
        spread = frozenset()
    for key, value in data.items():
        if value is not None and key not in spread:
            fields[key] = list(value) if isinstance(value, list) else [value]
    return fields


def _compare(wanted: list[Any], given: list[Any]) -> Score:
    left = list(wanted)
    right = 0
    for value in given:
        place = next((i for i, candidate in enumerate(left) if same(candidate, value)), None)
        if place is not None:
            del left[place]
            right += 1
    return Score(right, len(given), len(wanted))


def same(left: Any, right: Any) -> bool:
    """Return whether two values of a field say the same.

    A name by the name, whatever mention it rests on; a figure by its value; words of the article by
    their place or, printed twice, their wording; other words but for case, marks and blanks.
    """
    if isinstance(left, dict) and isinstance(right, dict):
        if "name" in left and "name" in right:
            return _folded(left["name"]) == _folded(right["name"])
        if "value" in left and "value" in right:
            keys = ("value", "low", "high", "unit")
            return all(left.get(key) == right.get(key) for key in keys)
        if (
            "start" in left
            and "start" in right
            and (left["start"], left.get("end"))
            == (
                right["start"],
                right.get("end"),
            )
        ):
            return True
        if "text" in left and "text" in right:
            return _folded(left["text"]) == _folded(right["text"])
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, str) and isinstance(right, str):
        return _folded(left) == _folded(right)
    return bool(left == right)


def _folded(text: str) -> str:
    return " ".join(fold(text).text.split())
