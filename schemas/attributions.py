"""Attributions: who said or is reported as saying what, in quotation marks or not."""

from typing import Literal

from pydantic import BaseModel, Field

from extractor.fields import Attribution, Name, Verbatim


class Reported(BaseModel):
    """Something that the article gives as somebody's words or thoughts, not as its own."""

    source: Name | None = Field(
        None, description="whose words or thoughts they are; null when the article does not say"
    )
    cue: Verbatim | None = Field(
        None, description="the words that attribute the content: said, believes, according to"
    )
    content: Attribution
    kind: Literal["direct", "mixed", "indirect"] = Field(
        description="direct: quoted; indirect: paraphrased; mixed: paraphrase with quoted words"
    )


class Attributions(BaseModel):
    """Every attribution of one article: who is reported to say or think what."""

    attributions: list[Reported]
