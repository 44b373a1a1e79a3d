"""Words for numbers with their values: units, tens, scales, vague amounts, parts, ordinals."""

from extractor.language.en.lists import word_labels, word_set, word_tuple


def _values(name: str) -> dict[str, int]:
    return {word: int(value) for word, value in word_labels(name).items()}


UNITS = {word: value for value, word in enumerate(word_tuple("numbers.units"))}
TENS = {word: 10 * value for value, word in enumerate(word_tuple("numbers.tens"), start=2)}
SCALES = _values("numbers.scales")
SHORT_SCALES = _values("numbers.short-scales")
VAGUE = _values("numbers.vague")
AT_LEAST = _values("numbers.at-least")
PARTS = _values("numbers.parts")
ORDINALS = word_set("numbers.ordinals")
