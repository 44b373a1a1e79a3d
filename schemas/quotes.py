"""Quotations and who said them."""

from typing import Literal

from pydantic import BaseModel, Field

from extractor.fields import Name, Quotation


class Quote(BaseModel):
    """Words of a person or body that the article prints between quotation marks."""

    quotation: Quotation
    speaker: Name | None = Field(
        None, description="who said or wrote the words; null when the article does not say"
    )
    via: Name | None = Field(
        None, description="who relays the words, when one person reports what another said"
    )
    # turn: what a speaker says behind a label in a transcript or interview ("DIALLO: …").
    # block: what a page sets apart as a block quotation, its source in the line behind.
    # (No word of it below: what a model is asked must not change without recording its answers
    # anew, and the label shows it.)
    kind: Literal["direct", "fragment", "turn", "block"] = Field(
        description="direct: a whole utterance; fragment: words inside the reporter's sentence"
    )


class Quotes(BaseModel):
    """Every quotation of one article."""

    quotes: list[Quote]
