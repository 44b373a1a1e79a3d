"""Tells which language a text is in, offline; None when unsure. Begin with `language_of`.

English is decided first, by the share of its commonest words ("the", "and", "that"): an article
with some of it stays English, or undecided, whatever else is in it, and most articles never reach
what follows. What is no English is told

* by its script: Japanese, Chinese, Korean;
* by CLD3, a small neural network over the letters (package `cld3-py`), which is asked only about
  words that begin with a small letter where the script is Latin: names, headlines and tables say
  nothing of a language;
* Serbian, Croatian and Bosnian in Latin letters by their words (south_slavic.py), and so Indonesian
  and Malay (malay.py); Belarusian in Latin letters by its ŭ.

How often it is right, language by language: `python -m tests.benchmarks.quality.languages`.
"""

import re
import unicodedata
from functools import cache
from typing import Any

from extractor.language.detection.malay import indonesian_or_malay
from extractor.language.detection.south_slavic import SOUTH_SLAVIC, south_slavic_language

_SAMPLE = 4000  # code points that are looked at, of a longer text in three stretches
_ENGLISH = frozenset(
    "the and that with which who would said from has been were they this their his".split()
)
_ENGLISH_SHARE = 0.05  # of the words; PolNeAR's articles have 0.15, other languages below 0.02
_ENGLISH_TRACES = 0.025  # with more of them than that a text is not surely in another language
_FEWEST_ENGLISH = 3
_MOST_BYTES = 1.25  # of UTF-8 for each code point, of a text in Latin letters
# Letters of different words; fewer are not judged: a refrain or a table is no prose.
_LETTERS, _LETTERS_OF_OTHER_SCRIPTS, _LETTERS_OF_CJK = 65, 40, 20
_LETTERS_IN_CAPITALS = 300
_FEW = 200  # letters, of which CLD3 must be surer
_SMALL = 0.35  # the share of words that begin with a small letter, of a text that is no list
_SURE, _SURE_OF_FEW, _SURE_OF_GROUP, _BEYOND_DOUBT = 0.7, 0.9, 0.4, 0.95
_WORD = re.compile(r"[^\W\d_]+")
_NO_PROSE = re.compile(r"\S*[<>@#/=_\\]\S*|\S+\.\S+")  # addresses, handles, tags
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")

_ISO = {"iw": "he", "fil": "tl", "nb": "no", "nn": "no", "in": "id", "zh-Hant": "zh"}
_CYRILLIC = frozenset("be bg kk ky mk mn ru sr tg uk".split())
_OTHER_SCRIPTS = _CYRILLIC | frozenset(
    "am ar bn el fa gu he hi hy ka km kn lo ml mr my ne pa ps sd si ta te th ur yi".split()
)
_TOLD_BY_SCRIPT = frozenset({"ja", "ko", "zh"})
# Languages so close that the one which a page names is taken, where the letters leave a doubt; and
# that a lower probability is enough, since the other likely one is of the same group.
_CLOSE = (
    SOUTH_SLAVIC,
    frozenset({"da", "no", "sv"}),
    frozenset({"cs", "sk"}),
    frozenset({"es", "gl", "pt", "ca"}),
    frozenset({"af", "nl", "fy"}),
    frozenset({"be", "ru", "uk", "bg", "mk", "sr"}),
    frozenset({"zu", "xh"}),
)


def language_of(text: str, declared: str | None = None) -> str | None:
    """Return the language of a text as ISO 639-1, None when unsure. Never raises.

    `declared`: what a page says of itself ("hr-HR"); it only decides between close languages.
    """
    sample = _sample(text)
    if _is_english(sample):
        return "en"
    sample = _NO_PROSE.sub(" ", sample)
    words = _WORD.findall(sample)
    return _other(sample, words, _primary(declared)) if words else None


def _sample(text: str) -> str:
    """Return a text, or the beginning, the middle and the end of a long one."""
    if len(text) <= _SAMPLE:
        return text
    half, quarter = _SAMPLE // 2, _SAMPLE // 4
    middle = len(text) // 2
    return f"{text[:half]} {text[middle : middle + quarter]} {text[-quarter:]}"


def _is_english(sample: str) -> bool:
    """Return whether a text is in Latin letters and has the share of common words of English."""
    words = sample.lower().split()
    common = sum([word in _ENGLISH for word in words])
    if common < _FEWEST_ENGLISH or common < _ENGLISH_SHARE * len(words):
        return False
    return len(sample.encode("utf-8", "replace")) <= _MOST_BYTES * len(sample)


def _other(sample: str, words: list[str], declared: str | None) -> str | None:
    """Return the language of a text that is not plainly English; None when unsure."""
    latin, cjk, hangul, kana, others = _letters(sample)
    if cjk > others + latin / 2:  # one of them is a syllable or a word
        if cjk < _LETTERS_OF_CJK:
            return None
        return "ko" if 2 * hangul > cjk else "ja" if 20 * kana > cjk else "zh"
    if others > latin:
        if sum(map(len, set(words))) < _LETTERS_OF_OTHER_SCRIPTS:
            return None
        return _by_letters("".join([c for c in sample if c > "ɏ" or not c.isalpha()]), declared)
    lower = [word.lower() for word in words]
    small = lower if sample.isupper() else [word for word in words if word[0].islower()]
    letters = sum(map(len, set(small)))
    if (
        len(small) < _SMALL * len(words)
        or letters < (_LETTERS_IN_CAPITALS if sample.isupper() else _LETTERS)
        or sum([word in _ENGLISH for word in lower]) > _ENGLISH_TRACES * len(words)
    ):
        return None
    if _is_belarusian(small):
        return "be"
    return _by_letters(" ".join(small), declared, latin=lower)


def _letters(sample: str) -> tuple[int, int, int, int, int]:
    """Return how many letters are Latin, of China, Japan and Korea, Hangul, Kana, and others."""
    latin = hangul = kana = han = others = 0
    for letter in sample:
        if not letter.isalpha():
            continue
        if letter <= "ɏ" or "Ḁ" <= letter <= "ỿ":
            latin += 1
        elif "가" <= letter <= "힣" or "ᄀ" <= letter <= "ᇿ":
            hangul += 1
        elif "぀" <= letter <= "ヿ":
            kana += 1
        elif "㐀" <= letter <= "鿿":
            han += 1
        else:
            others += 1
    return latin, hangul + kana + han, hangul, kana, others


def _by_letters(sample: str, declared: str | None, latin: list[str] | None = None) -> str | None:
    """Return what CLD3 says of a text; None when it is unsure, or names one of another script.

    `latin`: the words, in lower case, of a text in Latin letters.
    """
    found = _identifier().FindLanguage(text=_CONTROL.sub(" ", sample))
    language = _ISO.get(found.language, found.language)
    if found.probability < _SURE_OF_GROUP or language in _TOLD_BY_SCRIPT:
        return None  # CLD3 calls Japanese what it has squeezed to nothing
    if latin is not None and language in SOUTH_SLAVIC:
        return south_slavic_language(latin, declared, otherwise=language)
    if latin is not None and language in ("id", "ms"):
        return indonesian_or_malay(latin, otherwise=declared if declared == "ms" else language)
    if len(language) != 2 or (language in _OTHER_SCRIPTS) != (latin is None):
        return None
    group = next((group for group in _CLOSE if language in group), frozenset())
    if latin is None:
        group &= _OTHER_SCRIPTS
    if found.probability < _BEYOND_DOUBT and declared in group:
        return declared
    sure = _SURE if len(sample) > _FEW else _SURE_OF_FEW
    enough = _SURE_OF_GROUP if group and len(sample) > _FEW else sure
    return language if found.probability >= enough and language != "en" else None


def _is_belarusian(small: list[str]) -> bool:
    """Return whether words in Latin letters are Belarusian: with ŭ, without Esperanto's ĉ."""
    letters = "".join(small)
    return 300 * letters.count("ŭ") >= len(letters) and not set("ĉĝĥĵŝ") & set(letters)


@cache
def _identifier() -> Any:
    """Load CLD3, at the first text that is not plainly English (0.01 s)."""
    from gcld3 import NNetLanguageIdentifier

    return NNetLanguageIdentifier(0, _SAMPLE)


def _primary(declared: str | None) -> str | None:
    """Return the language of a tag: "sr" for "sr-Latn-RS"."""
    if not declared:
        return None
    primary = unicodedata.normalize("NFKC", declared).strip().lower().replace("_", "-")
    primary = primary.partition("-")[0]
    return _ISO.get(primary, primary)
