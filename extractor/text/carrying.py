"""Finds the place of words again, exactly or not at all, after an article was changed.

What stands before the first change and after the last keeps its place. In between the words are
looked for, and of several equal passages the one with the same words around it is taken (as the
W3C's TextQuoteSelector does with prefix and suffix). Nothing is ever matched approximately: a
changed negation or number is another claim.
"""

CONTEXT = 32  # code points kept before and after, as W3C Web Annotation suggests
_FAR = 400  # code points of the same paragraph that are compared on either side
_ENOUGH = 24  # of words and context that agree: less is a coincidence ("40" stands anywhere)
_MOST = 1000  # occurrences of the same words that are compared

Offsets = tuple[int, int]  # where a passage starts and ends, half-open, in code points


class Carrier:
    """Carries offsets from one text into another. All offsets are code points, half-open."""

    def __init__(self, old: str, new: str) -> None:
        self.old = old
        self.new = new
        self._head = _common(old, new)
        self._tail = _common_tail(old, new, min(len(old), len(new)) - self._head)
        self._known: dict[Offsets, Offsets | None] = {}

    def place(self, start: int, end: int) -> Offsets | None:
        """Return where the words of old[start:end] stand in the new text, or None."""
        if (start, end) not in self._known:
            self._known[start, end] = self._find(start, end)
        return self._known[start, end]

    def _find(self, start: int, end: int) -> Offsets | None:
        """Return where old[start:end] stands in the new text, or None if that is not certain."""
        if not 0 <= start < end <= len(self.old):
            return None
        if end <= self._head:
            return start, end
        if start >= len(self.old) - self._tail:
            shift = len(self.new) - len(self.old)
            return start + shift, end + shift
        words = self.old[start:end]
        reach = len(words) - 1
        starts = _occurrences(
            self.new, words, self._head - reach, len(self.new) - self._tail + reach
        )
        if not starts or len(starts) >= _MOST:
            return None
        scores = [self._agreement(start, end, at) for at in starts]
        best = max(scores)
        if len(words) + max(best) < _ENOUGH:
            return None
        likely = [at for at, score in zip(starts, scores, strict=True) if score == best]
        at = likely[0] if len(likely) == 1 else self._same_rank(start, words, starts)
        return None if at is None else (at, at + len(words))

    def _agreement(self, start: int, end: int, at: int) -> tuple[int, int]:
        """Return how many code points agree around the words: in their paragraph, and beyond it.

        Paragraphs are moved about as wholes, so their own words say more than their neighbours'.
        """
        stop = at + end - start
        before, after = self.old[max(0, start - _FAR) : start], self.old[end : end + _FAR]
        before_now, after_now = self.new[max(0, at - _FAR) : at], self.new[stop : stop + _FAR]
        left, right = _common_tail(before, before_now, _FAR), _common(after, after_now)
        in_paragraph = min(left, len(before.rpartition("\n")[2]))
        in_paragraph += min(right, len(after.partition("\n")[0]))
        # Both texts beginning, or ending, there is as good as the same words.
        left = CONTEXT if left == start == at else min(left, CONTEXT)
        ends = end + right == len(self.old) and stop + right == len(self.new)
        return in_paragraph, left + (CONTEXT if ends else min(right, CONTEXT))

    def _same_rank(self, start: int, words: str, starts: list[int]) -> int | None:
        """Return the start of the passage of the same rank, if there are as many as before."""
        reach = len(words) - 1
        before = _occurrences(
            self.old, words, self._head - reach, len(self.old) - self._tail + reach
        )
        if len(before) != len(starts) or start not in before:
            return None
        return starts[before.index(start)]


def _occurrences(text: str, words: str, first: int, last: int) -> list[int]:
    """Return where words begin in text[first:last], in order, _MOST at most."""
    starts: list[int] = []
    at = text.find(words, max(first, 0), max(last, 0))
    while at >= 0 and len(starts) < _MOST:
        starts.append(at)
        at = text.find(words, at + 1, max(last, 0))
    return starts


def _common(old: str, new: str) -> int:
    """Return how many code points two texts begin with in common; by halving, so it is quick."""
    low, high = 0, min(len(old), len(new))
    while low < high:
        middle = (low + high + 1) // 2
        if old[low:middle] == new[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _common_tail(old: str, new: str, most: int) -> int:
    """Return how many code points two texts end with in common, `most` at most."""
    low, high = 0, min(most, len(old), len(new))
    while low < high:
        middle = (low + high + 1) // 2
        if old[len(old) - middle : len(old) - low] == new[len(new) - middle : len(new) - low]:
            low = middle
        else:
            high = middle - 1
    return low
