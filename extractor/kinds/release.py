"""Releases: who is freed, how many, by whom, from where to where, in exchange for what.

A row rests on its sentence. No finder lists releases, so none must be accounted for.
"""

from collections.abc import Iterator, Sequence

from extractor.fields import Sentence
from extractor.find.candidates import FigureCandidate
from extractor.find.inventory import Inventory
from extractor.kinds.facts import ArticleFacts, Fact, RowFacts, RowQuery, of_mention, of_span
from extractor.kinds.kind import F, Kind, only_one

_NAMES = frozenset(
    "who released releasedby freed freedby prisoners prisoner hostages hostage detainees"
    " detainee by from origin to destination destinations inexchangefor inreturnfor".split()
)


class ReleaseKind(Kind):
    """Rows on a sentence that states a release."""

    name = "release"
    field = Sentence
    words = "a statement on a release"
    precedence = 41
    letter = ""
    accountable = False
    reasons = ("says nothing on a release",)
    synonyms = {
        "who": "who released prisoners prisoner people persons person hostages hostage names whom"
        " detainees detainee freed",
        "count": "count number howmany figure total prisonercount quantity",
        "by": "by releasedby freedby releaser sender authority country captor",
        "from": "from origin wherefrom leaving",
        "to": "to destination destinations where whereto",
        "when": "when date time timing",
        "inexchangefor": "inexchangefor exchange exchangedfor inreturn inreturnfor return price",
    }
    one_row_each = False

    def anchor(self, fields: Sequence[F]) -> F | None:
        """Return the sentence of a row with two or more of the usual fields, lists counted."""
        if len(_NAMES & {field.word for field in fields}) < 2:
            return None
        return only_one(fields, "sentence")

    def targets(
        self, inventory: Inventory, anchors_known: Sequence[str]
    ) -> Iterator[tuple[str, str]]:
        """Yield the sentences in which the rules see a release."""
        for id_ in dict.fromkeys(anchors_known):
            if id_ in inventory.by_id:
                yield id_, id_

    def rows(self, known: ArticleFacts, query: RowQuery) -> Iterator[RowFacts]:
        """Yield each release that the article states."""
        if not known.has_rules:
            return
        from extractor.rules.releases.statements import read_releases  # only who asks pays for it

        for release in read_releases(known.inventory):
            figure = known.inventory.by_id.get(release.count or "")
            counted = Fact()
            if isinstance(figure, FigureCandidate):
                counted = Fact((), (figure.span,), (figure.id,), value=figure.value)
            facts = {
                "who": Fact(spans=release.who),
                "count": counted,
                "by": of_mention(release.by),
                "from": of_span(release.origin),
                "to": Fact(spans=release.to),
                "when": of_span(release.when),
                "inexchangefor": of_span(release.in_exchange_for),
                "sentence": Fact(candidates=(release.evidence,)),
            }
            yield RowFacts(release.evidence, facts, release.confidence)


RELEASE = ReleaseKind()
