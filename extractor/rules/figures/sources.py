"""Says who gives a figure.

* inside a quotation: its speaker, of nested ones the innermost's;
* else the source of its sentence, by the shape of indirect speech: "according to X", "X said (that)
  …", "…, X said", "X told Y that …", "X put the number at …". The cue nearest to the figure counts.

Nobody gives it where no mention stands in the place of the source.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping

from extractor.find.candidates import FigureCandidate, Mention
from extractor.find.inventory import Inventory
from extractor.language.en.lists import word_set
from extractor.language.word_lists import alternatives
from extractor.rules.attribution.speakers import SpeakerAttribution
from extractor.text.spans import Span

_ACCORDING = re.compile(r"\b[Aa]ccording to ")
_SAYING = re.compile(rf"\b(?:{alternatives(word_set('speech_verbs.of-figures'))})\b")
_LEADING_ONLY = word_set("figures.estimating-verbs")
_BETWEEN_SUBJECT_AND_VERB = re.compile(
    r"[ \u00a0](?:(?:has|have|had|also|later|then|previously|earlier|recently|already|itself"
    r"|once|repeatedly|on [A-Z][a-z]+day|[a-z]+ly)[ \u00a0])*\Z"
)
_BETWEEN_APPOSITION = re.compile(
    r"(?:,[^,\n]{2,90},|[ ]?[-–—(][^\n]{2,90}[-–—)]) ?(?:also |had )?\Z"
)
_AFTER_VERB = re.compile(r"[ \u00a0](?:the |a |an )?\Z")
_ELSEWHERE = re.compile(
    r" (?:in|at|during|after|to|of|as|from|for|before|with|by|on (?![A-Z][a-z]+day\b))\b"
)
_WIDEST = 500  # characters on either side of a figure; longer "sentences" are lists or junk
_REACH = 80  # characters between a cue and the mention that belongs to it


# "According to", and verbs of saying
_Cues = tuple[list[re.Match[str]], list[re.Match[str]]]


def sources_of(inventory: Inventory, said: Mapping[str, SpeakerAttribution]) -> dict[str, str]:
    """Return figure id -> mention id of who gives it, for figures whose source is known."""
    quoted = _speakers_of_quoted(inventory, said)
    starts = [mention.span.start for mention, _ in inventory.mentions]
    cues: dict[Span, _Cues] = {}  # by stretch: figures often share a sentence
    sources: dict[str, str] = {}
    for figure in inventory.figures:
        speaker = quoted.get(figure.id)
        if speaker is None:
            sentence = inventory.sentence_at(figure.span.start)
            if sentence is not None and sentence.span.contains(figure.span):
                speaker = _of_sentence(inventory, figure, sentence.span, starts, cues)
        if speaker is not None:
            sources[figure.id] = speaker
    return sources


def _speakers_of_quoted(
    inventory: Inventory, said: Mapping[str, SpeakerAttribution]
) -> dict[str, str]:
    """Return figure id -> mention id of the speaker, for figures inside quotations."""
    spans = sorted(
        (span, quotation.id)
        for quotation in inventory.quotations
        if (answer := said.get(quotation.id)) is not None and answer.speaker is not None
        for span in quotation.spans
    )
    speakers: dict[str, str] = {}
    starts = [figure.span.start for figure in inventory.figures]
    for span, id_ in spans:  # inner quotations start later and so come later
        first, last = bisect_left(starts, span.start), bisect_left(starts, span.end)
        for figure in inventory.figures[first:last]:
            speaker = said[id_].speaker
            if speaker is not None and span.contains(figure.span):
                speakers[figure.id] = speaker
    return speakers


def _of_sentence(
    inventory: Inventory, figure: FigureCandidate, sentence: Span, starts: list[int],
    cues: dict[Span, _Cues],
) -> str | None:  # fmt: skip
    """Return the mention id of the source of a figure in indirect speech within its sentence."""
    near = Span(figure.span.start - _WIDEST, figure.span.end + _WIDEST)
    sentence = Span(max(sentence.start, near.start), min(sentence.end, near.end))
    first, last = bisect_left(starts, sentence.start), bisect_right(starts, sentence.end)
    mentions = [mention for mention, _ in inventory.mentions[first:last]]
    if not mentions:
        return None
    text = inventory.article.text
    best: tuple[int, str] | None = None
    if sentence not in cues:
        cues[sentence] = _cues(text, sentence)
    according, saying = cues[sentence]
    for cue in according:
        mention = _first_from(text, mentions, cue.end(), figure)
        if mention is not None:
            distance = figure.span.distance(Span(*cue.span()))
            best = min(best or (distance, mention.id), (distance, mention.id))
    for cue in saying:
        leading = cue.start() < figure.span.start
        if not leading and cue.group() in _LEADING_ONLY:
            continue
        if (
            leading
            and _ELSEWHERE.match(text, cue.end())
            and (" that " not in text[cue.end() : figure.span.start])
        ):
            continue  # "he said in his first speech in three years"
        mention = _subject(text, mentions, cue, leading)
        if mention is None or mention.span.overlaps(figure.span):
            continue
        if not leading and mention.span.start < figure.span.start:
            continue  # the figure stands between the speaker and the verb
        distance = figure.span.distance(Span(*cue.span())) + (0 if leading else 40)
        best = min(best or (distance, mention.id), (distance, mention.id))
    return best[1] if best else None


def _cues(text: str, sentence: Span) -> _Cues:
    """Return the cues of a sentence: each "according to", and each verb of saying."""
    start, end = sentence
    according = _ACCORDING.finditer(text, start, end) if "ccording to " in text[start:end] else ()
    return list(according), list(_SAYING.finditer(text, start, end))


def _first_from(
    text: str, mentions: list[Mention], start: int, figure: FigureCandidate
) -> Mention | None:
    """Return the first mention at or soon after `start`, before any figure that follows.

    A possessor gives way to what it has: "according to Kenya's Treasury".
    """
    first: Mention | None = None
    for mention in mentions:
        if first is not None:
            owned = mention.span.start <= first.span.end + 3
            if not (owned and text.startswith(("'s ", "’s ", "' ", "’ "), first.span.end)):
                return first
        if start <= mention.span.start <= start + _REACH:
            if start < figure.span.start < mention.span.start:
                return first
            first = mention
    return first


def _subject(
    text: str, mentions: list[Mention], cue: re.Match[str], leading: bool
) -> Mention | None:
    """Return the mention that is the subject of a verb of saying, if any.

    `leading`: the verb stands before the figure.
    """
    before = [m for m in mentions if m.span.end <= cue.start()]
    for mention in reversed(before[-6:]):
        between = text[mention.span.end : cue.start()]
        if _BETWEEN_SUBJECT_AND_VERB.match(between) or _BETWEEN_APPOSITION.match(between):
            return mention
    if leading or cue.group() not in ("said", "says", "added", "adds", "reported", "wrote"):
        return None
    for mention in mentions:
        if mention.kind == "pronoun" or mention.span.start < cue.end():
            continue
        if _AFTER_VERB.match(text[cue.end() : mention.span.start]):
            return mention
    return None
