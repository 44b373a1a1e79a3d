"""Tests cheaply, by stems of words, whether a text can name a restriction at all."""

import re

from extractor.language.en.lists import word_groups, word_set, word_tuple

_STEMS = word_tuple("sanctions.stems")
# Part of a stem -> the stems of two words that are looked for where it stands: half of the
# searching saved.
_LONG_STEMS = word_groups("sanctions.long-stems")
_WEAK_STEMS = word_set("sanctions.stems", "weak")

TRADE = word_set("sanctions.trade-words")
BANS = word_set("sanctions.bans")
_ON_TRADE = re.compile(
    r"\bba(?:n|ns|nned|nning) (?:on |(?:all |the )?(?:import|export|sale|purchase|investment))"
    r"|\b(?:prohibit(?:s|ed|ing)?|barr(?:ed|ing)) (?:all |the )?(?:import|export|sale|arms)"
    r"|\b(?:controls|restrictions|curbs|prohibition) on (?:all |the )?(?:import|export|sale|trade)"
)


def stems_in(text: str) -> list[str]:
    """Return the stems of restrictions that `text` holds, cheaply; none when it names none."""
    lower = text.lower()
    found = [stem for stem in _STEMS if stem in lower]
    for word, stems in _LONG_STEMS.items():
        if word in lower:
            found.extend(stem for stem in stems if stem in lower)
    if not found or any(stem not in _WEAK_STEMS for stem in found):
        return found
    money = any(word in lower for word in ("asset", "fund", "accounts", "reserves"))
    if money or _ON_TRADE.search(lower):
        return found
    bans = [ban for ban in BANS if ban in lower]
    trade = any(f"{word} {ban}" in lower for ban in bans for word in TRADE)
    return found if trade else []
