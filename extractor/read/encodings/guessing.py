"""Tells which encoding a text that is not UTF-8 is in, and whether its label can be right.

A text is decoded as each encoding in question. Read rightly it holds the commonest words of one
language, and its letters are those of that language; read wrongly it has letters of no language in
it, signs within words, capitals behind small letters, or two scripts in one word.

charset-normalizer is made for whole files without a label: of the 27 short news in
tests/read/test_encodings.py it reads 22 rightly, of their sentences 60 of 81; this reads 27 and 80.
It does not say either whether a label can be right.
"""

import re
from collections import Counter
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from extractor.read.encodings import decode_as, without_c1

# The commonest first: where nothing speaks for one or the other, the first is taken.
_CANDIDATES = (
    "cp1252 cp1250 cp1251 cp1254 cp1253 cp1257 cp1255 cp1256 iso8859-2 iso8859-15 koi8-u iso8859-5 "
    "cp866 mac-roman cp874 cp1258 iso8859-7 iso8859-4 gb18030 big5hkscs cp932 euc-jp cp949"
).split()
_MOST = 4_000_000  # bytes looked through for a sample
_SAMPLE = 8_000  # bytes judged
_TRUST = 1.5  # what a label counts for: as much as one or two common words
_WORD = re.compile(r"(?:[^\W\d_]|[\u0300-\u036f\u064b-\u0652\u0e31\u0e34-\u0e3a\u0e47-\u0e59])+")
_EAST_ASIAN_TEXT = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3]")
# What a text that is read rightly has not: signs between letters or at their edge (not quotation
# marks, dashes, stops), box drawings, small letters before capitals, private use, half-width
# katakana.
_ODD = re.compile(
    r"(?<=[^\W\d_])[¡-©¬®-´¶¸¹¼-¿×÷‚„†‡•‰€ˆ˜¤](?=[^\W\d_])"
    r"|[\u2500-\u259f\ue000-\uf8ff\uff61-\uff9f\u0080-\u009f\ufffd]"
    r"|[¤¦¨©¬®·±²³µ¶¸¹¼½¾÷×ˆ˜ˇ˘˙˛˝†‡№\u200e\u200f](?=[^\W\d_])|(?<!\w)’(?=[ά-ώ])"
    r"|(?<=[^\W\d_])[¤¦¨¬¯·±¶¸×÷ˆˇ˘˙˛˝†‡\u200e\u200f]"
)
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]+")
_SCRIPTS = re.compile(
    r"(?P<latin>[A-Za-zÀ-ɏḀ-ỿ]+)|(?P<cyrillic>[Ѐ-ӿ]+)|(?P<greek>[Ͱ-Ͽ]+)|(?P<hebrew>[֐-׿]+)"
    r"|(?P<arabic>[؀-ۿ]+)|(?P<thai>[฀-๿]+)|(?P<east>[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3]+)"
)


class _Language(NamedTuple):
    letters: frozenset[str]
    words: frozenset[str]


def guess(data: bytes, declared: str | None = None) -> tuple[str, bool]:
    """Return the codec of a text that is not UTF-8: `declared`, unless another reads better.

    And whether the text shows that it is right: one of few words shows nothing.
    """
    sample = _sample(data)
    best, highest = "cp1252", float("-inf")
    labelled = float("-inf")  # the score of `declared`
    seen: set[str] = set()
    for name in dict.fromkeys([*([declared] if declared else []), *_CANDIDATES]):
        decoded, wrong = decode_as(sample, name)
        text, _ = without_c1(decoded)
        if text in seen:
            continue
        seen.add(text)
        score, perfect = _score(text)
        score -= 4 * wrong
        if name == declared:
            if perfect and not wrong:
                return name, True
            labelled = score
        if score > highest:
            best, highest = name, score
    if declared is None or highest > labelled + _TRUST:
        return best, highest > 0
    return declared, highest == labelled > 0


def _sample(data: bytes) -> bytes:
    """Return the pieces of a text between tags and line ends that have more than ASCII."""
    pieces: list[bytes] = []
    size = 0
    for piece in re.split(rb"[<>\r\n]", data[:_MOST]):
        if not piece.isascii():
            pieces.append(piece[:_SAMPLE])
            size += len(piece)
            if size >= _SAMPLE:
                break
    return b"\n".join(pieces)


def _score(text: str) -> tuple[float, bool]:
    """Return how much a text looks like one that was read rightly, and whether nothing is odd."""
    east = _EAST_ASIAN_TEXT.findall(text)
    odd = float(len(_ODD.findall(text)))
    words = Counter(_WORD.findall(text))
    beyond = {word: count for word, count in words.items() if not word.isascii()}
    odd += sum(_oddness(word) * count for word, count in beyond.items())
    if len(east) > 3:
        # One of the commonest characters for every tenth, where the text is what it seems.
        common = Counter(east)
        hits = max(sum(common[c] for c in _languages()[name].words) for name in ("zh", "ja", "ko"))
        # Kana stand at the same places in the encodings of China and Japan: they prove nothing.
        perfect = not odd and hits > 0.2 * len(east) and not any(c < "\u3100" for c in common)
        return hits - odd - 0.12 * len(east), perfect
    lower: Counter[str] = Counter()
    letters: Counter[str] = Counter()
    for word, count in words.items():
        lower[word.lower()] += count
    for word, count in beyond.items():
        for letter in word.lower():
            if letter > "\x7f":
                letters[letter] += count
    best, perfect = 0.0, False
    for language in _languages().values():
        if hits := sum(lower[word] for word in language.words):
            foreign = sum(n for letter, n in letters.items() if letter not in language.letters)
            if not best or hits - 0.5 * foreign > best:
                best, perfect = hits - 0.5 * foreign, not foreign and not odd and hits > 2
    return best - 2 * odd, perfect


def _oddness(word: str) -> float:
    """Return how odd a word beyond ASCII is: two scripts, capitals within, few plain letters."""
    odd = (
        len({match.lastgroup for match in _SCRIPTS.finditer(word)}) - 1.0 if len(word) > 1 else 0.0
    )
    odd = max(odd, 0.0)
    if any(
        a.islower() and b.isupper() and not (a.isascii() and b.isascii()) for a, b in pairwise(word)
    ):
        odd += 1
    if len(word) > 3 and sum(c > "\x7f" for c in word) > 0.7 * len(word) and _LATIN.fullmatch(word):
        odd += 1  # "Íîùíèÿò": Cyrillic, read as if it were Latin
    return odd


@lru_cache(maxsize=1)
def _languages() -> dict[str, _Language]:
    """Return the languages of the table, by their codes."""
    table = Path(__file__).with_name("alphabets.txt").read_text(encoding="utf-8")
    languages = {}
    for line in table.splitlines():
        if line and not line.startswith("#"):
            code, letters, *words = line.split()
            languages[code] = _Language(frozenset(letters), frozenset(words))
    return languages
