"""A release of prisoners or hostages: who, how many, by whom, where to, in exchange for what."""

from pydantic import BaseModel, Field

from extractor.fields import Figure, Name, Sentence, Verbatim

from .figures import FigureRow
from .quotes import Quote
from .sanction_terms import SanctionTerm


class Release(BaseModel):
    """People set free, or sent somewhere after being set free, as one sentence states it."""

    evidence: Sentence
    who: list[Verbatim] = Field(description="those released: names or a description")
    count: Figure | None = Field(None, description="how many people this statement is about")
    by: Name | None = Field(None, description="who released them")
    from_: Verbatim | None = Field(None, alias="from", description="where they left")
    to: list[Verbatim] = Field(default_factory=list, description="where they were taken or went")
    when: Verbatim | None = Field(None, description="when it happened")
    in_exchange_for: Verbatim | None = Field(None, description="what was given in return")


class ReleaseEvent(BaseModel):
    """Everything a quote sheet on a release needs from one article."""

    releases: list[Release]
    quotes: list[Quote]
    figures: list[FigureRow]
    sanction_terms: list[SanctionTerm]
