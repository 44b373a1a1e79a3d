"""Says whether two words are spellings of one name: "Müller" and "Muller", "Okafor", "Okafour"."""

from functools import lru_cache


@lru_cache(maxsize=20_000)
def key(word: str) -> str:
    """Return a word in the form that is compared: lower case, no accents, no possessive ending."""
    word = word.lower().replace("’", "'").removesuffix("'s").strip(".'")
    if word.isascii():
        return word
    from anyascii import anyascii

    return str(anyascii(word)).lower()


def alike(a: str, b: str) -> bool:
    """Return whether two words are spellings of one name, e.g. "okafor" and "okafour".

    They begin with the same letter and differ by at most one edit in four letters, at most two.
    """
    if a == b:
        return True
    longest = max(len(a), len(b))
    if longest < 5 or a[:1] != b[:1] or abs(len(a) - len(b)) > 2:
        return False
    return within_edits(a, b, min(2, longest // 4))


def within_edits(a: str, b: str, most: int) -> bool:
    """Return whether `most` insertions, deletions or replacements turn one word into the other.

    Two edits at most are ever asked for: importing a library for them took 0.02 s of each run.
    """
    while a and b and a[0] == b[0]:
        a, b = a[1:], b[1:]
    while a and b and a[-1] == b[-1]:
        a, b = a[:-1], b[:-1]
    if not a or not b:
        return max(len(a), len(b)) <= most
    return most > 0 and (
        within_edits(a[1:], b[1:], most - 1)
        or within_edits(a[1:], b, most - 1)
        or within_edits(a, b[1:], most - 1)
    )
