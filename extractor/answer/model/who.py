"""Asks a model who said a quotation that the rules are unsure of: it writes one of a few names.

The names are the rules' likeliest sources, in the article's words. What counts is not only the
name that the model writes but its odds for each: the rules' probabilities are multiplied with the
odds, these raised to a power below one because a model is surer than it is right (a logarithmic
opinion pool: Genest & Zidek 1986, "Combining probability distributions"). So a small model, right
less often than the rules, still settles what they leave open, and cannot overrule what they are
sure of. An endpoint that gives no odds is weighed by the name that it writes.
"""

import math
from collections.abc import Callable
from typing import Any

from extractor.answer.endpoint.messages import AskAgain, Question
from extractor.answer.model.judge import Judge, PendingQuestion
from extractor.answer.model.markup import harmless, one_line
from extractor.answer.model.prompt import Prompts
from extractor.find.candidates import Entity, Mention, QuotationCandidate
from extractor.find.inventory import Inventory
from extractor.text.spans import Span

Rivals = tuple[tuple[str, float], ...]  # (a mention's id, 0…1)
RowOf = Callable[[str], dict[str, Any]]

_LEAST = 0.005  # a source of less probability is not named in the question
_FLOOR = 0.01  # added to every name's odds: one that the endpoint does not list is not impossible
# The power of the model's odds: for a model of 1.5 billion parameters the least one whose right
# answers to training questions are within a standard error of the best's
# (tests/benchmarks/training/who.py).
_WEIGHT = 0.3
_PLAIN = 0.6  # what an answer without odds is taken to give the name that it writes
_BEFORE, _AFTER = 1200, 500  # characters of the passage around a quotation, at most
_QUOTED = 600  # characters shown of a quotation, at most


def rivals_to_ask(rivals: Rivals) -> Rivals:
    """Return the sources worth naming in a question; () when there are fewer than two."""
    likely = tuple(rival for rival in rivals if rival[1] >= _LEAST)
    return likely if len(likely) > 1 else ()


def who_question(
    prompts: Prompts, judge: Judge, quotation: QuotationCandidate, rivals: Rivals, rest: RowOf
) -> PendingQuestion:
    """Return the question which of `rivals` said a quotation, named in order of the text.

    `rest` makes the answer's object of the id of the mention that is likeliest in the end.
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
        """Return the answer's object; notes how sure it is. Raises AskAgain as `odds_of` does."""
        odds = odds_of(names, text, getattr(text, "openings", ()))
        mention, confidence[quotation.id] = weighed(rivals, odds)
        return rest(mention)

    question = Question(prompts.system_who, user, "who", None)
    return PendingQuestion(question, judge, quotation.id, read, lambda _: {}, confidence)


def odds_of(
    names: list[str], text: str, openings: tuple[tuple[str, float], ...] = ()
) -> list[float]:
    """Return how likely each name is by the model's answer `text`, 0…1 each; equal names share.

    `openings` are its likeliest first tokens with their log-probabilities. Of several names that
    a token begins, the one that the answer goes on with gets its probability. Raises AskAgain
    when the answer is none of the names.
    """
    lowered = [name.casefold() for name in names]
    written = text.strip().casefold()
    meant = [i for i, name in enumerate(lowered) if written and _agree(written, name)]
    odds = [0.0] * len(names)
    for token, logprob in openings:
        opening = token.strip().casefold()
        begun = [i for i, name in enumerate(lowered) if opening and name.startswith(opening)]
        begun = [i for i in begun if i in meant and written.startswith(opening)] or begun
        for i in begun:
            odds[i] += math.exp(logprob) / len(begun)
    if not openings:
        odds = [_PLAIN / len(meant) if i in meant else 0.0 for i in range(len(names))]
    if not any(odds):
        raise AskAgain("the answer is none of the names")
    return odds


def _agree(written: str, name: str) -> bool:
    """Return whether an answer is this name, e.g. "ann be", "ann berg said so" for "ann berg"."""
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
    """Return the rules' shares and the model's odds of each source combined, as shares of 1."""
    products = [
        share * (chance + _FLOOR) ** _WEIGHT for share, chance in zip(shares, odds, strict=True)
    ]
    total = sum(products)
    return [product / total for product in products]


def _mention(inventory: Inventory, id_: str) -> Mention:
    mention = inventory.by_id[id_]
    assert isinstance(mention, Mention)  # noqa: S101 (rivals are ids of mentions)
    return mention


def _label(inventory: Inventory, id_: str) -> str:
    """Return what the question calls a source: the article's words; for a pronoun, its name."""
    mention, entity = _mention(inventory, id_), inventory.by_id[id_.partition(".")[0]]
    if mention.kind == "pronoun" and isinstance(entity, Entity):
        return one_line(entity.name)
    return one_line(inventory.text_of(mention.span))


def _passage(inventory: Inventory, quotation: QuotationCandidate) -> str:
    """Return the quotation's paragraphs and the one before, the quotation marked in them."""
    paragraphs, place = inventory.article.paragraphs, quotation.outer
    quoted = [i for i, p in enumerate(paragraphs) if p.span.overlaps(place)]
    around = place
    if quoted:
        first = max(0, quoted[0] - 1)
        around = Span(paragraphs[first].span.start, paragraphs[quoted[-1]].span.end)
    before = inventory.text_of(Span(max(around.start, place.start - _BEFORE), place.start))
    after = inventory.text_of(Span(place.end, max(place.end, min(around.end, place.end + _AFTER))))
    return f"{before}<<{_shortened(inventory.text_of(place))}>>{after}".strip()


def _shortened(text: str) -> str:
    return text if len(text) <= _QUOTED else f"{text[: _QUOTED // 2]} … {text[-_QUOTED // 2 :]}"
