"""Who said it, where the rules are unsure: a model completes a sentence with one of a few names.

The names are the rules' own likeliest sources, in the article's words, and what counts is not only
the name that the model writes but its odds for each. Both witnesses are heard: the rules'
probabilities are multiplied with the odds, these raised to a power below one because a model is
surer than it is right (a logarithmic opinion pool: Genest & Zidek 1986, "Combining probability
distributions"). So a small model, right less often than the rules, still settles what they leave
open, and cannot overrule what they are sure of. An endpoint that gives no odds is weighed by the
name that it writes.
"""

import math
from collections.abc import Callable
from typing import Any

from extractor.answer.endpoint.messages import AskAgain, Question
from extractor.answer.model.judge import Asked, Judge
from extractor.answer.model.markup import harmless, one_line
from extractor.answer.model.prompt import Prompts
from extractor.find.candidates import Entity, Mention, QuotationCandidate
from extractor.find.inventory import Inventory
from extractor.text.spans import Span

Rivals = tuple[tuple[str, float], ...]  # (a mention's id, 0…1)
RowOf = Callable[[str], dict[str, Any]]

_LEAST = 0.005  # a source of less probability is not worth a line
_FLOOR = 0.01  # of a name that the model does not give, or gives too seldom to be listed
# The power of the model's odds: for a model of 1.5 billion parameters the least one whose right
# answers to training questions are within a standard error of the best's
# (tests/benchmarks/training/who.py).
_WEIGHT = 0.3
_PLAIN = 0.6  # what an answer without odds is taken to give the name that it writes
_BEFORE, _AFTER = 1200, 500  # characters of the passage around a quotation, at most
_QUOTED = 600  # characters shown of a quotation, at most


def rivals_to_ask(rivals: Rivals) -> Rivals:
    """Return the sources worth naming; fewer than two leave nothing to ask."""
    likely = tuple(rival for rival in rivals if rival[1] >= _LEAST)
    return likely if len(likely) > 1 else ()


def who_question(
    prompts: Prompts, judge: Judge, quotation: QuotationCandidate, rivals: Rivals, rest: RowOf
) -> Asked:
    """Return the question who of `rivals` said a quotation.

    `rest` makes the answer's row of the mention that the words are given to.
    """
    inventory = judge.inventory
    rivals = tuple(sorted(rivals, key=lambda rival: _mention(inventory, rival[0]).span))
    names = [_label(inventory, mention) for mention, _ in rivals]
    user = prompts.render_who(
        "who",
        passage=harmless(_passage(inventory, quotation)),
        quotation=_shortened(one_line(inventory.text_of(quotation.outer))),
        names=list(dict.fromkeys(names)),
    )
    confidence: dict[str, float] = {}

    def read(text: str) -> dict[str, Any]:
        odds = odds_of(names, text, getattr(text, "openings", ()))
        mention, confidence[quotation.id] = weighed(rivals, odds)
        return rest(mention)

    question = Question(prompts.system_who, user, "who", None)
    return Asked(question, judge, quotation.id, read, lambda _: {}, confidence)


def odds_of(
    names: list[str], text: str, openings: tuple[tuple[str, float], ...] = ()
) -> list[float]:
    """Return how likely each name is by the model's answer, 0…1 each; equal names share.

    `openings` are its likeliest first tokens with their log-probabilities. Of several names that
    a token begins, the one that the answer goes on with takes it; raises AskAgain when it is
    none of the names.
    """
    lowered = [name.casefold() for name in names]
    written = text.strip().casefold()
    meant = [i for i, name in enumerate(lowered) if written and _agree(written, name)]
    found = [0.0] * len(names)
    for token, logprob in openings:
        begun = token.strip().casefold()
        hit = [i for i, name in enumerate(lowered) if begun and name.startswith(begun)]
        hit = [i for i in hit if i in meant and written.startswith(begun)] or hit
        for i in hit:
            found[i] += math.exp(logprob) / len(hit)
    if not openings:
        found = [_PLAIN / len(meant) if i in meant else 0.0 for i in range(len(names))]
    if not any(found):
        raise AskAgain("the answer is none of the names")
    return found


def _agree(written: str, name: str) -> bool:
    """Tell whether an answer, perhaps cut short or with more after it, is this name."""
    return written.startswith(name) or name.startswith(written.rstrip("."))


def weighed(rivals: Rivals, odds: list[float]) -> tuple[str, float]:
    """Return the likeliest source and its probability, the rules' and the model's odds multiplied.

    What the rules leave for "nobody" stays as it is: the model was not asked about that.
    """
    shares = [share for _, share in rivals]
    chances = pooled(shares, odds)
    best = max(range(len(rivals)), key=chances.__getitem__)
    return rivals[best][0], sum(shares) * chances[best]


def pooled(shares: list[float], odds: list[float]) -> list[float]:
    """Return what both witnesses say together, as shares of 1."""
    products = [
        share * (chance + _FLOOR) ** _WEIGHT for share, chance in zip(shares, odds, strict=True)
    ]
    total = sum(products)
    return [product / total for product in products]


def _mention(inventory: Inventory, id_: str) -> Mention:
    found = inventory.by_id[id_]
    assert isinstance(found, Mention)  # noqa: S101 (that is what rivals are)
    return found


def _label(inventory: Inventory, id_: str) -> str:
    """Return what a source is called: the article's words; for a pronoun, its name."""
    mention, entity = _mention(inventory, id_), inventory.by_id[id_.partition(".")[0]]
    if mention.kind == "pronoun" and isinstance(entity, Entity):
        return one_line(entity.name)
    return one_line(inventory.text_of(mention.span))


def _passage(inventory: Inventory, quotation: QuotationCandidate) -> str:
    """Return the quotation's paragraphs and the one before, the quotation marked in them."""
    paragraphs, place = inventory.article.paragraphs, quotation.outer
    own = [i for i, p in enumerate(paragraphs) if p.span.overlaps(place)]
    first, last = (max(0, own[0] - 1), own[-1]) if own else (0, -1)
    home = Span(paragraphs[first].span.start, paragraphs[last].span.end) if own else place
    before = inventory.text_of(Span(max(home.start, place.start - _BEFORE), place.start))
    after = inventory.text_of(Span(place.end, max(place.end, min(home.end, place.end + _AFTER))))
    return f"{before}<<{_shortened(inventory.text_of(place))}>>{after}".strip()


def _shortened(text: str) -> str:
    return text if len(text) <= _QUOTED else f"{text[: _QUOTED // 2]} … {text[-_QUOTED // 2 :]}"
