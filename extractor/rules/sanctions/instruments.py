"""Says whose bill, draft or resolution it is, where that is what imposes, lifts or extends.

* "X passed a bill that would impose": X; "rejected a proposal of X to extend": who rejected it;
* a resolution: the council that it is before, not who moves it.
"""

from extractor.find.candidates import Entity
from extractor.language.en.lists import word_set
from extractor.language.sentence_words import BREAKS, SUBORDINATORS
from extractor.language.tokens import Token
from extractor.rules.clauses.mention_index import Mentions
from extractor.rules.clauses.verb_groups import verb_group_of
from extractor.rules.sanctions.imposers import INSTRUMENTS, codes_in, may_impose

_MOTIONS = word_set("sanctions.motions")
_RULES_ON = word_set("sanctions.ruling-on")
_BRINGS = _RULES_ON | word_set("sanctions.brings")
_ASSEMBLIES = word_set("sanctions.assemblies")
_OF_COUNCILS = word_set("sanctions.of-councils")
_FAR = 1200  # characters before a resolution where the council that passes it is looked for


def ruled_on(mentions: Mentions, tokens: list[Token], governor: int) -> tuple[str, ...]:
    """Return the body that "rejected a proposal of X to extend": its measure, not that of X."""
    if tokens[governor].lower not in _MOTIONS:
        return ()
    for i in range(governor - 1, max(0, governor - 8), -1):
        lower = tokens[i].lower
        if lower in _RULES_ON:
            subject = mentions.subject(tokens, verb_group_of(tokens, i).start)
            return tuple(key for key in subject if _decides(mentions.by_id[key][1]))
        if lower in BREAKS or lower in SUBORDINATORS:
            break
    return ()


def passed_by(mentions: Mentions, tokens: list[Token], verb: int) -> tuple[str, ...]:
    """Return who "passed a bill that would impose"; of a resolution, the council it is before.

    `verb` is where the words of the instrument's verb begin, `would`.
    """
    j = _instrument_before(tokens, verb)
    if j is None:
        return ()
    acting = _bringing(mentions, tokens, j)
    if tokens[j].lower in _OF_COUNCILS:  # who moves it is not the council that would impose
        decided = tuple(key for key in acting if _decides(mentions.by_id[key][1]))
        return decided or _council_before(mentions, tokens[j].start) or acting
    return acting


def _bringing(mentions: Mentions, tokens: list[Token], j: int) -> tuple[str, ...]:
    """Return those who pass, sign or move the instrument at token `j`."""
    for i in range(j - 1, max(-1, j - 8), -1):
        lower = tokens[i].lower
        if lower in _BRINGS:
            subject = mentions.subject(tokens, verb_group_of(tokens, i).start)
            return tuple(
                key
                for key in subject
                if may_impose(*mentions.by_id[key], mentions.text, wishing=False)
            )
        if lower in BREAKS or lower in SUBORDINATORS:
            break
    return ()


def _instrument_before(tokens: list[Token], verb: int) -> int | None:
    """Return the instrument in "a bill that would", "the draft, still under debate, would"."""
    for j in range(verb - 1, max(-1, verb - 9), -1):
        if tokens[j].lower in INSTRUMENTS:
            return j
        if tokens[j].lower in BREAKS or tokens[j].lower in ("said", "says", "and", "but"):
            return None
    return None


def _council_before(mentions: Mentions, offset: int) -> tuple[str, ...]:
    """Return the nearest body of nations named before, which resolutions are put to."""
    for mention, entity in mentions.starting_before(offset):
        if mention.span.start < offset - _FAR:
            break
        of_nations = bool(codes_in(entity.name) & {"UN"}) or entity.name.endswith("Council")
        if entity.kind != "person" and mention.kind != "pronoun" and of_nations:
            return (mention.id,)
    return ()


def _decides(entity: Entity) -> bool:
    """Return whether a name is of a body that adopts motions, e.g. a parliament, the UN."""
    if entity.kind == "person":
        return False
    words = entity.name.lower().split()
    return bool(_ASSEMBLIES & set(words)) or bool(codes_in(entity.name) & {"EU", "UN"})
