"""Finds the turns of speakers; an article without any is left as it is, at hardly any cost."""

from extractor.article import Article
from extractor.find.candidates import Entity, QuotationCandidate
from extractor.find.turns.lines import may_have_turns


def find_turns(
    article: Article, quotations: tuple[QuotationCandidate, ...], names: tuple[Entity, ...]
) -> tuple[tuple[QuotationCandidate, ...], tuple[Entity, ...]]:
    """Return the quotations with the turns among them, and the names with the turns' labels.

    Both are the same where there are no turns. Never raises, and takes time linear in the text.
    """
    if may_have_turns(article):
        # only articles with lines that may be turns pay for its import
        from extractor.find.turns.turn_candidates import turn_candidates

        turns = turn_candidates(article, quotations, names)
        if turns is not None:
            return turns.quotations, turns.names
    return quotations, names
