"""Types for the kinds of entities and the genders that rules distinguish."""

from typing import Literal

EntityKind = Literal["person", "body", "place", "unnamed", "other"]
Gender = Literal["f", "m"]
