"""Says what each figure of an article counts, and who gives it. Begin with `count`.

What a figure counts is a noun phrase of the article, found by where the press puts it:

    412 [miners] · Six of the [rescued sailors] · a $5 million [fine] · 40% of [voters]
    put the number of [missing children] at 2,115 · [unemployment] rose by 5%
    a [sentence] of five years · five years in [prison]
    90 stayed behind: what the figure before it counts · five [years]: failing all else

Where none of these holds `counts` is None and the confidence low. Who gives a figure is the speaker
of the quotation that it stands in, or the source of its sentence ("officials said", "according to",
"put the number at"; rules in `sources.py`).
"""

import re
from collections.abc import Mapping

from extractor.find.candidates import FigureCandidate, Mention
from extractor.find.inventory import Inventory
from extractor.frozen import frozen
from extractor.language.en.lists import word_set
from extractor.language.en.morphology import is_plural
from extractor.rules.attribution.speakers import SpeakerAttribution, attribute
from extractor.rules.figures import noun_phrases
from extractor.rules.figures.sources import sources_of
from extractor.rules.figures.subjects import (
    CountedPhrase,
    front,
    noun_before_of,
    number_of,
    subject,
)
from extractor.text.spans import Span

_OF = re.compile(r"[ \u00a0](?:out )?of[ \u00a0]")
_IN = re.compile(r" (?:worth of|in|of) (?=[a-z])(?!(?:the|a|an|all|its|his|her|their|this|that)\b)")
_IN_OR_OF = re.compile(r" (?:worth of|of) ")
_HYPHEN_NOUN = re.compile(r"[-‑](?:odd |plus |strong )?([^\W\d_][\w’']*)")
_FIRST_WORD = re.compile(
    r"(?:-(?:odd|plus))?[ \u00a0](?:or (?:so|more|fewer|less) )?([^\W\d_][\w’'-]*)"
)
_TERMS = word_set("figures.terms-of")
_PRISON = re.compile(
    r" in (?:an? )?((?:[a-z]+ ){0,2}?(?:prison|jail|custody|detention|exile|office|captivity|power"
    r"|labou?r camps?|penal colon(?:y|ies)))\b"
)
_CALENDAR = word_set("figures.calendar-nouns")
_NO_GOODS = word_set("figures.no-goods")
_OTHERS = word_set("figures.counted-others")
_PARTICIPLES = word_set("figures.counted-participles")


@frozen
class Counted:
    """What one figure counts or measures."""

    figure: str  # "N3"
    counts: Span | None  # "rescued sailors"
    source: str | None  # the mention, "P3.2", of who gives it
    confidence: float


def count(
    inventory: Inventory, attributions: Mapping[str, SpeakerAttribution] | None = None
) -> dict[str, Counted]:
    """Return what every figure of the inventory counts, by the figure's id.

    `attributions` are the quotations' (see `attribute`); they are made here when not given.
    """
    if not inventory.figures:
        return {}
    said = attribute(inventory) if attributions is None else attributions
    sources = sources_of(inventory, said)
    answers: dict[str, Counted] = {}
    sentences = [_bounds(inventory, figure) for figure in inventory.figures]
    text = inventory.article.text
    for index, figure in enumerate(inventory.figures):
        phrase = _counted(text, figure, sentences[index])
        if phrase is None and index:
            phrase = _like_before(text, inventory, index, sentences, answers)
        if phrase is None:
            phrase = _own_unit(text, figure)
        span, confidence = phrase or (None, 0.2)
        source = sources.get(figure.id)
        if source is not None and span is not None and _mention(inventory, source).overlaps(span):
            source = None  # "28 percent of voters said": they are counted, they do not count
        answers[figure.id] = Counted(figure.id, span, source, confidence)
    return answers


def _mention(inventory: Inventory, id_: str) -> Span:
    """Return the span of the mention with this id."""
    mention = inventory.by_id[id_]
    assert isinstance(mention, Mention)  # noqa: S101 (that is what dotted P ids are)
    return mention.span


def _bounds(inventory: Inventory, figure: FigureCandidate) -> Span:
    """Return the sentence of a figure, or 300 characters of its line where no sentence holds it."""
    sentence = inventory.sentence_at(figure.span.start)
    if sentence is not None and sentence.span.contains(figure.span):
        return sentence.span
    text = inventory.article.text
    start = text.rfind("\n", max(0, figure.span.start - 300), figure.span.start) + 1
    end = text.find("\n", figure.span.end, figure.span.end + 300)
    return Span(start, end if end >= 0 else min(len(text), figure.span.end + 300))


def _counted(text: str, figure: FigureCandidate, bounds: Span) -> CountedPhrase | None:
    """Return what a figure counts by its own neighbours within `bounds`, if they show it."""
    if figure.kind == "count":
        return (
            _after_number(text, figure, bounds)
            or number_of(text, figure, bounds)
            or noun_before_of(text, figure, bounds)
        )
    if figure.kind == "percent":
        return (
            _after_number(text, figure, bounds)
            or number_of(text, figure, bounds)
            or noun_before_of(text, figure, bounds)
            or subject(text, figure, bounds)
        )
    if figure.kind == "money":
        return (
            _of_what_money(text, figure, bounds)
            or _directly(text, figure, bounds, plural=False)
            or noun_before_of(text, figure, bounds)
            or subject(text, figure, bounds)
        )
    if figure.kind == "duration":
        return _lasting(text, figure, bounds)
    return (
        _after_number(text, figure, bounds, direct=text[figure.span.end - 1].isalpha())
        or noun_before_of(text, figure, bounds)
        or subject(text, figure, bounds)
    )


def _after_number(
    text: str, figure: FigureCandidate, bounds: Span, direct: bool = True
) -> CountedPhrase | None:
    """Read "412 miners", "six of the rescued sailors", "a 12-member team", "20 dead"."""
    end = figure.span.end
    if of := _OF.match(text, end, bounds.end):
        span = noun_phrases.determined(text, of.end(), bounds.end, figure.kind == "count")
        if span is None:
            return None
        return noun_phrases.undetermined(text, span), 0.9
    if figure.unit == "share" and text[end : end + 5] in (" the ", " its ", " thei", " his "):
        span = noun_phrases.determined(text, end + 1, bounds.end)
        return (noun_phrases.undetermined(text, span), 0.7) if span else None
    return _directly(text, figure, bounds, plural=figure.kind == "count") if direct else None


def _directly(
    text: str, figure: FigureCandidate, bounds: Span, plural: bool
) -> CountedPhrase | None:
    """Read the noun phrase that stands directly after a number or after its hyphen."""
    end = figure.span.end
    if figure.qualifier is not None and figure.qualifier.start >= end:
        end = figure.qualifier.end
        if text[end : end + 1] == "-":
            end += 1
    hyphen = _HYPHEN_NOUN.match(text, end, bounds.end)
    if hyphen and figure.kind == "count":
        return Span(hyphen.start(1), hyphen.end(1)), 0.7
    first = _FIRST_WORD.match(text, end, bounds.end)
    if first is None:
        return None
    lower = first[1].lower()
    if lower in _PARTICIPLES:
        following = noun_phrases.after(text, first.end(), bounds.end)
        if lower not in ("women", "men", "others") and following and following[1]:
            return Span(first.start(1), following[0].end), 0.85  # "12 wounded soldiers"
        return Span(*first.span(1)), 0.85
    start = first.start(1)
    if lower in _OTHERS:
        start = first.end()
    single = figure.value == 1
    loose = figure.kind == "percent" and not _determined_before(text, figure)
    expected = (plural or loose) and not single
    phrase = noun_phrases.after(text, start, bounds.end, expected, one=single)
    if phrase is None:
        return None
    span, headed = phrase
    if loose and not (headed and not lower.endswith(("ed", "ing"))):
        return None  # "10 percent selected …" is a verb, "6 in 10 white men" is not
    if figure.kind == "money" and lower.endswith(("ing", "ed", "ly")):
        return None
    if plural and not headed and not single:
        return (span, 0.5) if _may_be_noun(text, span) else None
    return span, 0.95 if headed else 0.8


def _determined_before(text: str, figure: FigureCandidate) -> bool:
    """Return whether an article or possessor stands before, e.g. "a 40% stake", "its 25% rate"."""
    words = text[max(0, figure.span.start - 30) : front(figure)].rpartition("\n")[2].split()
    for word in reversed(words[-3:]):
        lower = word.lower()
        if lower in noun_phrases.DETERMINERS or lower.endswith(("'s", "’s", "s'", "s’")):
            return True
        if not lower.isalpha():
            return False
    return False


def _may_be_noun(text: str, span: Span) -> bool:
    """Return whether a phrase without a plural head can be counted, e.g. "300 police"."""
    words = span.of(text).split()
    last = words[-1].lower()
    return not last.endswith(("ed", "ing", "ly")) and (len(words) <= 3 or is_plural(last))


def _of_what_money(text: str, figure: FigureCandidate, bounds: Span) -> CountedPhrase | None:
    """Read "$85,000 in loans", "$5 million worth of grain", "€3bn of aid"."""
    end = figure.span.end
    if match := _IN.match(text, end, bounds.end):
        phrase = noun_phrases.after(text, match.end(), bounds.end, plural=False)
        if phrase is None or phrase[0].of(text).split()[0].lower() in _NO_GOODS:
            return None
        return phrase[0], 0.9
    if match := _IN_OR_OF.match(text, end, bounds.end):
        span = noun_phrases.determined(text, match.end(), bounds.end)
        return (noun_phrases.undetermined(text, span), 0.8) if span else None
    return None


def _lasting(text: str, figure: FigureCandidate, bounds: Span) -> CountedPhrase | None:
    """Read "a five-year sentence", "five years in prison", "a sentence of five years"."""
    end = figure.span.end
    bare = figure.value not in (None, 1) and not figure.span.of(text).endswith(("s", "feet"))
    if bare or "-" in figure.span.of(text) or text[end : end + 1] in ("’", "'"):
        at = end + 1 if text[end : end + 1] in "’'" else end
        phrase = noun_phrases.after(text, at, bounds.end, plural=False, led=True)
        if phrase is not None:
            return phrase[0], 0.85
    if of := _OF.match(text, end, bounds.end):
        span = noun_phrases.determined(text, of.end(), bounds.end)
        if span and span.of(text).rpartition(" ")[2].lower() not in _CALENDAR:
            return noun_phrases.undetermined(text, span), 0.8
    if prison := _PRISON.match(text, end, bounds.end):
        return Span(*prison.span(1)), 0.8
    first = _FIRST_WORD.match(text, end, bounds.end)
    if first and first[1].lower() in _TERMS:
        phrase = noun_phrases.after(text, first.start(1), bounds.end, plural=False)
        if phrase is not None:
            return phrase[0], 0.8
    return noun_before_of(text, figure, bounds)


def _own_unit(text: str, figure: FigureCandidate) -> CountedPhrase | None:
    """Return the unit of a duration as what it counts: "five [years]"."""
    if figure.kind != "duration":
        return None
    match = re.search(r"[^\W\d_]+\Z", figure.span.of(text))
    if match is None:
        return None
    return Span(figure.span.start + match.start(), figure.span.end), 0.6


def _like_before(
    text: str,
    inventory: Inventory,
    index: int,
    sentences: list[Span],
    answers: dict[str, Counted],
) -> CountedPhrase | None:
    """Return what the figure before counts, for one that names nothing: "90 stayed behind"."""
    figure = inventory.figures[index]
    if figure.kind not in ("count", "percent"):
        return None
    for back in range(index - 1, max(-1, index - 4), -1):
        earlier = inventory.figures[back]
        near = sentences[back] == sentences[index]
        gap = text[earlier.span.end : figure.span.start]
        if "\n" in gap or (not near and sentences[back].end < sentences[index].start - 250):
            return None
        counts = answers[earlier.id].counts
        if earlier.kind != figure.kind or counts is None:
            continue
        if figure.kind == "percent" and not near:
            return None
        if counts.end <= earlier.span.start and figure.kind == "percent":
            return counts, 0.5
        return counts, 0.7 if near else 0.5
    return None
