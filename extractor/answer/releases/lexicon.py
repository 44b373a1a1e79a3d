"""Words for people who are held and set free, and for setting free."""

from extractor.language.countries import is_demonym
from extractor.language.sentence_words import DETERMINERS, forms
from extractor.language.tokens import Token

# A text without one of each holds no release.
RELEASE_STEMS = (
    "freed", "frees", "freeing", "releas", "liberat", "pardon", "swap", "handed over", "let go",
    "set free", "left prison", "left jail", "amnest", "walked free", "exchang", "repatriat",
)  # fmt: skip
CAPTIVITY_STEMS = (
    "prison", "jail", "hostage", "captiv", "detain", "detention", "custody", "arrest", "inmate",
    "sentenced", "kidnap", "abduct", "behind bars", "penal colony", "captor",
)  # fmt: skip

# Those whom the word itself says to be held.
HELD = frozenset(
    "prisoner prisoners hostage hostages detainee detainees captive captives inmate inmates "
    "pow pows "
    "prisoners-of-war abductees kidnapped convict convicts internees".split()
)
PEOPLE = HELD | frozenset(
    "people persons person men man women woman children child boys boy girls girl schoolgirls "
    "schoolchildren students student journalists journalist reporters reporter editor editors "
    "activists activist dissidents dissident opponents opponent critics critic protesters "
    "protester "
    "demonstrators soldiers soldier troops servicemen serviceman fighters fighter sailors sailor "
    "crew crewmen crewmembers marines civilians civilian nationals national citizens citizen "
    "foreigners foreigner tourists tourist workers worker lawyers lawyer politicians politician "
    "lawmakers leaders leader figures figure officials official missionaries missionary nuns "
    "priests "
    "priest bishops bishop monks monk pilgrims villagers engineers engineer contractors contractor "
    "academics academic researchers researcher teachers teacher pupils doctors doctor nurses "
    "peacekeepers observers diplomats diplomat migrants refugees relatives remains others women's "
    "businessman businessmen executive executives bloggers blogger writer writers author poet "
    "musicians rapper fishermen fisherman miners aid-workers supporters followers members member "
    "militants militant rebels rebel conscripts officers officer policemen suspects suspect "
    "husband "
    "wife son daughter father mother brother sister couple family families youths teenagers "
    "teenager "
    "passengers pilots pilot swimmer basketball-player spy spies defectors veteran veterans "
    "singer filmmaker director photographer photographers campaigner campaigners laureate "
    "laureates "
    "individual individuals lifer lifers".split()
)
_MANY = frozenset(
    "number group groups hundreds thousands dozens scores most some many all several few both half "
    "batch total rest majority handful pair couple trio members one two three four five six seven "
    "eight nine ten eleven twelve more each any".split()
)

RELEASING = forms("release", "liberate", "pardon", "repatriate") | frozenset(
    "free frees freed freeing amnestied".split()
)
PARTICIPLES = frozenset(
    "released freed liberated pardoned amnestied repatriated swapped exchanged handed let set "
    "turned".split()
)
# Verbs that take people somewhere; only of people who were set free do they state a release.
MOVING = frozenset(
    "taken transported flown transferred moved bused bussed driven brought sent deported returned "
    "evacuated escorted shipped ferried handed delivered repatriated relocated exiled expelled "
    "airlifted".split()
)
GOING = frozenset(
    "left arrived arrive arrives crossed travelled traveled flew landed reached returned "
    "went".split()
)
CAPTIVITY = frozenset("prison jail detention captivity custody".split())


def may_hold_releases(text: str) -> bool:
    """Tell cheaply whether `text` holds a word of releasing and one of captivity."""
    low = text.lower()
    return any(stem in low for stem in RELEASE_STEMS) and any(s in low for s in CAPTIVITY_STEMS)


def head_of(tokens: list[Token], first: int, end: int) -> int | None:
    """Return the index of the word that a noun phrase is about: "nine of the freed prisoners".

    Behind a word of quantity the head is what "of" names; else it is the last word before "of".
    """
    cut = next((i for i in range(first, end) if tokens[i].low in ("of", "in")), end)
    if cut == first:
        return None
    last = tokens[cut - 1]
    if cut < end and tokens[cut].low == "of" and (last.low in _MANY or last.low[0].isdigit()):
        return head_of(tokens, cut + 1, end)
    i = cut - 1
    while i > first and tokens[i].low in (*DETERMINERS, "'", "’", ","):
        i -= 1
    return i


def is_people(tokens: list[Token], first: int, end: int) -> bool:
    """Tell whether a noun phrase is about people, by its head."""
    head = head_of(tokens, first, end)
    if head is None:
        return False
    low = tokens[head].low
    if low in PEOPLE or is_demonym(tokens[head].text):
        return True
    words = {token.low for token in tokens[first:end]}
    if low in _MANY and words & {"including", "them"}:
        return True
    return low.endswith("s") and low[:-1] in PEOPLE


def is_quantity(tokens: list[Token], first: int, end: int) -> bool:
    """Tell whether a phrase is only a number or "a small number", "the others"."""
    if end <= first or end - first > 4:
        return False
    low = tokens[end - 1].low
    return low in _MANY or low in ("others", "remainder", "them") or low[0].isdigit()
