"""Whether a text can name a restriction at all, told cheaply by stems of words."""

import re

# A text without any of these holds no restriction, so nothing else is looked at.
_STEMS = (
    "sanction", "embargo", "blacklist", "delist", "freez", "froze", " ban", "controls",
    "restrictions", "curbs", "blockade", "prohibit", " barr",
)  # fmt: skip
# Stems of two words are looked for where one of the two stands: half of the searching saved.
_LONG_STEMS = {
    "terror": ("sponsors of terror", "sponsor of terror", "terror list", "terrorism list",
               "terrorist list"),
    "snap": ("snapback", "snap back"),
    "ve measure": ("restrictive measure", "punitive measure"),
    "price cap": ("price cap",),
    "entity list": ("entity list",),
}  # fmt: skip
# Words that open no article by themselves: "ban" and "restrictions" are about much else.
_WEAK_STEMS = frozenset(
    {" ban", "controls", "restrictions", "curbs", "freez", "froze", "prohibit", " barr"}
)

TRADE = frozenset(
    "export exports import imports trade visa arms weapons crude oil gas coal fuel diamond gold "
    "chip chips semiconductor technology investment entry economic financial banking shipping "
    "transit steel timber grain uranium aviation airspace travel military".split()
)
BANS = frozenset(
    "ban bans controls restrictions restriction curbs prohibition prohibitions blockade".split()
)
_ON_TRADE = re.compile(
    r"\bba(?:n|ns|nned|nning) (?:on |(?:all |the )?(?:import|export|sale|purchase|investment))"
    r"|\b(?:prohibit(?:s|ed|ing)?|barr(?:ed|ing)) (?:all |the )?(?:import|export|sale|arms)"
    r"|\b(?:controls|restrictions|curbs|prohibition) on (?:all |the )?(?:import|export|sale|trade)"
)


def stems_in(text: str) -> list[str]:
    """Return the stems of restrictions that `text` holds, cheaply; none when it names none."""
    low = text.lower()
    found = [stem for stem in _STEMS if stem in low]
    for word, stems in _LONG_STEMS.items():
        if word in low:
            found.extend(stem for stem in stems if stem in low)
    if not found or any(stem not in _WEAK_STEMS for stem in found):
        return found
    money = any(word in low for word in ("asset", "fund", "accounts", "reserves"))
    if money or _ON_TRADE.search(low):
        return found
    bans = [ban for ban in BANS if ban in low]
    trade = any(f"{word} {ban}" in low for ban in bans for word in TRADE)
    return found if trade else []
