"""Figures and what they count."""

from pydantic import BaseModel, Field

from extractor.fields import Figure, Name, Verbatim


class FigureRow(BaseModel):
    """A number that the article states, and what it counts or measures."""

    figure: Figure
    counts: Verbatim | None = Field(
        None, description="what it counts or measures, in the article's words"
    )
    source: Name | None = Field(None, description="who gives the figure, when the article says so")


class Figures(BaseModel):
    """Every figure of one article."""

    figures: list[FigureRow]
