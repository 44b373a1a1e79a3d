"""The kinds of entities and the genders that rules tell apart, as types."""

from typing import Literal

EntityKind = Literal["person", "body", "place", "unnamed", "other"]


Gender = Literal["f", "m"]
