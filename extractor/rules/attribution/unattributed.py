"""Quotations of an article in a language without rules: what form alone shows, and no speaker.

Short stretches that begin with a capital in the middle of a sentence are dismissed: they name
something («Газпром», "Just Do It"). In German, where every noun has a capital, each longer word
of at least two must. All other stretches are kept: most of those that the rules of English would
dismiss are somebody's words.
"""

from typing import Literal

from extractor.find.candidates import QuotationCandidate
from extractor.find.inventory import Inventory
from extractor.rules.attribution.context import AttributionContext, QuotationSetting
from extractor.rules.attribution.dismissal import is_title_cased
from extractor.rules.attribution.speakers import SpeakerAttribution, kind_of

_LONGEST_NAME = 5  # words
_LONGEST_LOWER = 3  # words of a name whose later words have no capitals: «Северный поток»
_LONGEST_LOWER = 3  # words of a name whose later words have no capitals: «Северный поток»
_LONGEST_SUBJECT = 3  # words of a name that opens its sentence
_SHORTEST_WIDE, _SHORTEST_CASELESS = 8, 4  # letters of Chinese, …; words of Arabic, Hebrew, …
_NOUNS_CAPITALISED = frozenset({"de", "lb"})


def unattributed(inventory: Inventory) -> dict[str, SpeakerAttribution]:
    """Return every quotation without a speaker, by its id; `confidence` is 0."""
    context = AttributionContext(inventory)
    attributions: dict[str, SpeakerAttribution] = {}
    for quotation in inventory.quotations:
        kind: Literal["direct", "fragment", "turn", "block"] = "fragment"
        dismissed = None
        if quotation.turn is not None:
            kind = "block" if quotation.turn.block else "turn"
        elif quotation.parent is None:
            setting = context.setting(quotation)
            kind = "direct" if _is_caseless_utterance(quotation, inventory) else kind_of(setting)
            dismissed = "title" if _is_name(setting, kind) else None
        attributions[quotation.id] = SpeakerAttribution(
            quotation.id, None, None, None, kind, 0.0, "none", dismissed
        )
    return attributions


def _is_name(setting: QuotationSetting, kind: str) -> bool:
    """Return whether a stretch names something by its form, e.g. «Газпром» within a sentence."""
    quotation, inventory = setting.quotation, setting.context.inventory
    words = inventory.text_of(quotation.spans[0])
    count = len(words.split())
    if len(quotation.spans) > 1 or not quotation.closed or count > _LONGEST_NAME:
        return False
    if not words[0].isupper() or words[-1] in ".!?…":
        return False
    capitals = is_title_cased(words)
    if count > _LONGEST_LOWER and not capitals:
        return False
    if inventory.article.language in _NOUNS_CAPITALISED and (count < 2 or not capitals):
        return False
    return kind == "fragment" or (count <= _LONGEST_SUBJECT and _goes_on(quotation, inventory))


def _is_caseless_utterance(quotation: QuotationCandidate, inventory: Inventory) -> bool:
    """Return whether a stretch of a script without capitals is long enough to be an utterance."""
    words = inventory.text_of(quotation.spans[0])
    if any(letter.lower() != letter.upper() for letter in words[:20]):
        return False
    wide = sum(letter >= "぀" for letter in words)
    return wide >= _SHORTEST_WIDE or (not wide and len(words.split()) >= _SHORTEST_CASELESS)


def _goes_on(quotation: QuotationCandidate, inventory: Inventory) -> bool:
    """Return whether the sentence goes on behind the marks with a word in small letters."""
    behind = inventory.article.text[quotation.outer.end : quotation.outer.end + 2]
    return behind[:1] == " " and behind[1:].islower()
