"""Reads numbers as newspapers print them, in digits or in words, and their values.

* digits: "2,115", "3.5", "2½", "1.7 billion", "2 lakh crore", with money also "$5m";
* words: "twenty-one", "two and a half million", "a dozen";
* vague ones, which have no value but a low bound: "several hundred", "tens of thousands";
* shares of a whole, of value 0 to 1: "half of", "two-thirds", "3/4", "one in five".

Ordinals ("second", "a third party") and identifiers of more than 15 digits are none. A run of
number words ends where it makes no sense any more: above `_LARGEST`, or after `_MOST_WORDS`.
Whether a number is a figure, its unit and what it counts are decided elsewhere (`finder`, `units`,
`rules.figures`).
"""

import re
from dataclasses import replace

from extractor.frozen import frozen
from extractor.language.en.numbers import (
    AT_LEAST,
    ORDINALS,
    PARTS,
    SCALES,
    SHORT_SCALES,
    TENS,
    UNITS,
    VAGUE,
)
from extractor.language.word_lists import alternatives

_HALVES = {"½": 1 / 2, "¼": 1 / 4, "¾": 3 / 4, "⅓": 1 / 3, "⅔": 2 / 3}

_DIGITS = re.compile(
    r"[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])(?:\.[0-9]+)?"
    r"|[0-9]{1,3}(?:[\u00a0\u202f\u2009][0-9]{3})+(?![0-9])"
    r"|[0-9]+(?:\.[0-9]+)?"
)
_SCALE_AFTER = re.compile(
    rf"[ \u00a0-]?({alternatives(SCALES)})s?(?![\w])"
    rf"|[ \u00a0]?({alternatives(short for short in SHORT_SCALES if len(short) > 1)})\b",
    re.IGNORECASE,
)
_LETTER_SCALE = re.compile(r"[ \u00a0]?([mMbBkKtT])(?![\w])")
_LETTER_BEFORE_NOUN = re.compile(r"([mkK])(?= (?!of|in|from|to|at|by|on|for|and|or|away)[a-z]{3,})")
_MIXED = re.compile(r" ([1-9])/([2-9]|1[0-6])(?![\w/])")
_FRACTION = re.compile(r"([1-9])/([2-9]|10)(?![\w/.,]*[0-9])")
_STEP = re.compile(r"[ \u00a0\-‑–]([A-Za-z]+)")
_AND_STEP = re.compile(r"[ -]and[ -]([A-Za-z]+)")
_AND_A_HALF = re.compile(r"(?:[ -]and[ -]a[ -](half|third|quarter))\b")
_WORD = re.compile(r"[A-Za-z]+")
_PART = re.compile(
    rf"([ -])({alternatives(PARTS)})(s?)\b"
    r"(?! (?:place|time|year|largest|biggest|straight|consecutive)\b)"
)
_OF_A_KIND = re.compile(r" (?:of|the|as)\b")
_RATIO = re.compile(r" (?:in|out of|in every|of every|out of every) (?:an? )?(?=[0-9A-Za-z])")
_NOT_AFTER_RATIO = re.compile(
    r"[-–/:%]|,?[.\d]\d|[ \u00a0-](?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|decades?"
    r"|percent|per|miles?|km|places|states|cities|[AaPp]\.?[Mm])\b"
)
_HALF_OF = re.compile(r" of\b| the\b| its\b| their\b| his\b| her\b| our\b| that\b| those\b| my\b")
_HALF_A = re.compile(r"[ -](?:an? )?([a-z]+)")
_VAGUE_STEP = re.compile(r"(?: of | and | upon |-of-)([a-z]+)\b")

_MAX_DIGITS = 15  # longer ones are identifiers; a float holds no more digits than that
_LARGEST = 10**18  # in words: "a million trillion"
_MOST_WORDS = 24  # "nine hundred and ninety-nine trillion, …" has that many down to its units


@frozen
class Numeral:
    """One printed number. `value` is None for a vague one ("dozens"), which has a low bound."""

    start: int
    end: int  # half-open, code points
    value: float | None
    low: float | None = None
    digits: bool = False  # printed in digits
    scale: int = 1  # what "million", "dozen", "bn" at its end multiply by
    approximate: bool = False
    share: bool = False  # a part of a whole: "half", "two-thirds", "one in five"
    grouped: bool = False  # "2,115" or "3.5": no year, no name is printed like that

    @property
    def scaled(self) -> bool:
        """Return whether a scale word or letter belongs to the number."""
        return self.scale > 1


def read_numeral(text: str, start: int, money: bool = False) -> Numeral | None:
    """Read the number that begins at `start`, a digit or a number word; None if there is none.

    A lone scale word takes in the words before it ("a", "several", "half a"), so the numeral can
    begin before `start`. With `money` a single letter is a scale ("$5m").
    """
    numeral = (
        _read_digits(text, start, money)
        if "0" <= text[start : start + 1] <= "9"
        else _read_words(text, start)
    )
    if numeral is None or money or numeral.share:
        return numeral
    return _as_share(text, numeral) or numeral


def _read_digits(text: str, start: int, money: bool) -> Numeral | None:
    """Read "2,115", "1.7 billion", "2 1/2", "3/4"; None for more than 15 digits."""
    match = _DIGITS.match(text, start)
    if match is None:
        return None
    printed = match.group()
    whole, _, decimals = printed.partition(".")
    number = "".join(c for c in whole if "0" <= c <= "9")
    if len(number) + len(decimals) > _MAX_DIGITS:
        return None
    end, scale = match.end(), 1
    fraction = _FRACTION.match(text, start) if len(printed) <= 2 else None
    if fraction and int(fraction[1]) < int(fraction[2]):
        return Numeral(
            start, fraction.end(), int(fraction[1]) / int(fraction[2]), digits=True, share=True
        )
    extra = 0.0
    if text[end : end + 1] in _HALVES:
        extra, end = _HALVES[text[end]], end + 1
    elif mixed := _MIXED.match(text, end):
        extra, end = int(mixed[1]) / int(mixed[2]), mixed.end()
    elif half := _AND_A_HALF.match(text, end):
        extra, end = 1 / PARTS[half[1]], half.end()
    for _ in range(2):  # "2 lakh crore", "100 thousand million"
        further = _scale_after(text, end, money)
        if not further:
            break
        scale, end = scale * further[0], further[1]
    value = int(number + decimals) * scale / 10 ** len(decimals) + extra * scale
    return Numeral(
        start, end, value, digits=True, scale=scale, grouped=match.end() - start > len(number)
    )


def _scale_after(text: str, end: int, money: bool) -> tuple[int, int] | None:
    """Return the scale that follows at `end`, e.g. 1,000,000 for " million", and where it ends."""
    if match := _SCALE_AFTER.match(text, end):
        word = match[1].lower() if match[1] else match[2].lower()
        return SCALES.get(word) or SHORT_SCALES[word], match.end()
    pattern = _LETTER_SCALE if money else _LETTER_BEFORE_NOUN
    if match := pattern.match(text, end):
        return SHORT_SCALES[match[1].lower()], match.end()
    return None


def _read_words(text: str, start: int) -> Numeral | None:
    """Read "twenty-one", "two and a half million", "dozens", "half of"; None for other words."""
    first = _WORD.match(text, start)
    if first is None:
        return None
    word = first.group().lower()
    if word in VAGUE:
        return _read_vague(text, start, word)
    if word == "half":
        return _read_half(text, start)
    if word in PARTS or word in ORDINALS:
        return _read_part(text, start, first.end(), word)
    total = group = 0
    end, state, scale = start, "", 1
    step: re.Match[str] | None = first
    for _ in range(_MOST_WORDS):
        if step is None:
            break
        word = step[step.lastindex or 0].lower()
        if word in UNITS and (state in ("", "scale") or (state == "ten" and 0 < UNITS[word] < 10)):
            group, state, scale = group + UNITS[word], "unit", 1
        elif word in TENS and state in ("", "scale"):
            group, state, scale = group + TENS[word], "ten", 1
        elif word in SCALES:
            scaled, small = (group or 1) * SCALES[word], word in ("hundred", "dozen")
            if total + scaled > _LARGEST or scale * SCALES[word] > _LARGEST:
                break
            if small and group and state == "scale":
                break  # "two hundred dozen"
            scale, state = scale * SCALES[word], "scale"
            if small:
                group = scaled
            else:
                total, group = total + scaled, 0
        else:
            break
        end = step.end()
        step = (state == "scale" and _AND_STEP.match(text, end)) or _STEP.match(text, end)
    if end == start:
        return None
    value = float(total + group)
    if half := _AND_A_HALF.match(text, end):
        value, end = value + 1 / PARTS[half[1]], half.end()
        if more := _SCALE_AFTER.match(text, end):
            word = (more[1] or more[2]).lower()
            scale = SCALES.get(word, 1)
            value, end = value * scale, more.end()
    numeral = Numeral(start, end, value, scale=scale)
    return _take_in_words_before(text, numeral) if first.group().lower() in SCALES else numeral


def _take_in_words_before(text: str, numeral: Numeral) -> Numeral | None:
    """Widen "hundred" to "a hundred", "several hundred", "a few hundred", "half a million"."""
    left = text[max(0, numeral.start - 24) : numeral.start].rpartition("\n")[2]
    words = left.lower().split(" ")
    if not left.endswith(" ") or len(words) < 2:
        return None if left[-1:].isalnum() or left[-1:] == "-" else numeral
    last, value = words[-2], numeral.value or 0.0
    size = len(last) + 1
    if last == "of" and len(words) > 3 and words[-3] == "couple":
        last, size = "couple", len("couple of ")
    if last in ("a", "an"):
        return replace(numeral, start=numeral.start - size)
    if last in AT_LEAST:
        before = words[-2 - (2 if "of" in words[-2:-1] else 1)] if len(words) > 2 else ""
        if before == "a":
            size += 2
        start = numeral.start - size
        low = AT_LEAST[last] * value
        return Numeral(start, numeral.end, None, low, scale=numeral.scale, approximate=True)
    return replace(numeral, approximate=True)


def _read_vague(text: str, start: int, word: str) -> Numeral | None:
    """Read "dozens", "tens of thousands"; such a plural means two of them at least."""
    low, end = 2 * VAGUE[word], start + len(word)
    if step := _VAGUE_STEP.match(text, end):
        if step[1] in VAGUE and VAGUE[step[1]] >= 100:
            larger = text[end : end + 4] == " of "
            low, end = (low * VAGUE[step[1]] if larger else low), step.end()
            again = _VAGUE_STEP.match(text, end)
            if again and again[1] in VAGUE and larger:
                low, end = low * VAGUE[again[1]], again.end()
        elif step[1] == word and step.group().startswith(" and "):
            end = step.end()  # "dozens and dozens"
        elif word in ("tens", "scores") and not text.startswith(" of ", end):
            return None
    elif word in ("tens", "scores"):
        return None  # "he scores", "tens place"
    return Numeral(start, end, None, float(low), scale=VAGUE[word], approximate=True)


def _read_half(text: str, start: int) -> Numeral | None:
    """Read "half of", "half a million", "half an hour"; not "the second half"."""
    end = start + 4
    left = text[max(0, start - 20) : start].rpartition("\n")[2].lower().split()
    if left and left[-1] in ("first", "second", "other", "latter", "better", "top", "bottom"):
        return None
    if (more := _HALF_A.match(text, end)) and more[1] in SCALES:
        return Numeral(start, more.end(), SCALES[more[1]] / 2, scale=SCALES[more[1]])
    if (
        more
        and more[1]
        in ("hour", "century", "decade", "mile", "year", "day", "percent", "percentage", "point")
        and more[0] != " "
    ):
        stop = more.end() - len(more[1]) - 1  # the blank before the unit
        return Numeral(start, stop, 0.5)
    qualified = bool(left) and left[-1] in (
        "than", "nearly", "almost", "about", "least", "roughly", "by", "over", "only", "around",
        "approximately", "under", "to", "just",
    )  # fmt: skip
    if _HALF_OF.match(text, end) or (qualified and not text.startswith("-", end)):
        return Numeral(start, end, 0.5, share=True)
    return None


def _read_part(text: str, start: int, end: int, word: str) -> Numeral | None:
    """Read "a third of", "by a quarter"; not an ordinal ("a third party")."""
    left = text[max(0, start - 16) : start].rpartition("\n")[2].lower().split()
    if word not in PARTS or not left or left[-1] not in ("a", "one"):
        return None
    more = left[-2] if len(left) > 1 else ""
    of = text.startswith((" of ", " the "), end)
    if of or (more in ("than", "nearly", "almost", "by", "about", "roughly") and word != "second"):
        after = _STEP.match(text, end)
        if not of and after and after[1] not in ("in", "from", "to", "as", "on", "since", "and"):
            return None  # "by a third party"
        return Numeral(start - 1 - len(left[-1]), end, 1 / PARTS[word], share=True)
    return None


def _as_share(text: str, numeral: Numeral) -> Numeral | None:
    """Read on to "two-thirds", "one in five"; None when the numeral is no part of a whole."""
    value = numeral.value
    if value is None or numeral.scaled or numeral.grouped or not 0 < value < 100:
        return None
    if value < 20 and (part := _PART.match(text, numeral.end)):
        several = bool(part[3]) and value > 1
        if several or (value == 1 and not part[3] and part[2] != "half"):
            # "one third of", "one-third"; but "one second", "one third country"
            if several or part[1] == "-" or _OF_A_KIND.match(text, part.end()):
                share = value / PARTS[part[2]]
                if share < 1 or part[2] != "quarter":
                    return replace(numeral, end=part.end(), value=share, share=True)
        elif part[2] == "half" and part[1] == "-":
            return replace(numeral, end=part.end(), value=value / 2, share=True)
    if ratio := _RATIO.match(text, numeral.end):
        whole = (
            _read_digits(text, ratio.end(), False)
            if text[ratio.end()] <= "9"
            else _read_words(text, ratio.end())
        )
        if whole is None or whole.value is None or whole.start > ratio.end():
            return None
        loose = ratio.group().strip().startswith("in") and "every" not in ratio.group()
        usual = value == 1 or whole.value <= 10 or whole.value in (100, 1000, 10_000, 100_000)
        if whole.value <= value or (loose and not (usual and whole.value not in range(1500, 2101))):
            return None
        if whole.share or _NOT_AFTER_RATIO.match(text, whole.end):
            return None
        return replace(numeral, end=whole.end, value=value / whole.value, share=True)
    return None
