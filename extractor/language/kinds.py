"""TODO."""

from typing import Literal

EntityKind = Literal["person", "body", "place", "unnamed", "other"]


Gender = Literal["f", "m"]
