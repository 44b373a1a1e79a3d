"""Who imposes, lifts, eases, tightens or keeps what restriction, on whom, on which condition."""

from typing import Literal

from pydantic import BaseModel, Field

from extractor.fields import Name, Sentence, Verbatim


class SanctionTerm(BaseModel):
    """One statement about a sanction or another restriction of its kind."""

    evidence: Sentence
    action: Literal[
        "impose", "tighten", "keep", "renew", "ease", "lift", "waive", "threaten", "reimpose"
    ]
    sender: list[Name] = Field(description="the states or bodies whose restriction it is")
    target: list[Verbatim] = Field(description="the country, body, person or goods it falls on")
    measure: Verbatim | None = Field(
        None, description="the restriction: sanctions on oil, export ban, asset freeze"
    )
    # in_force: in place, or done in the news itself (today, on a weekday of it). past: done before
    # the news, though it may still hold. agreed: decided, not yet carried out. announced: those who
    # can do it say, plan or threaten that they will. proposed: wanted, asked for, considered or
    # only possible, also by a committee or a bill. conditional: depends on a condition named, or is
    # one. denied: not done, refused, opposed or failed.
    # (No description: what a model is asked must not change without recording its answers anew.)
    status: Literal["in_force", "agreed", "announced", "proposed", "conditional", "past", "denied"]
    condition: Verbatim | None = Field(None, description="what it is made to depend on")
    when: Verbatim | None = Field(None, description="when it happens or happened")


class SanctionTerms(BaseModel):
    """Every sanction statement of one article."""

    sanction_terms: list[SanctionTerm]
