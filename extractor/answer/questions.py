"""A question on its way: what is asked, and where the answer goes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from extractor.answer.chat import Question
from extractor.answer.harvest import Harvest


@dataclass
class Asked:
    """One question with the harvest that its answer goes into."""

    question: Question
    harvest: Harvest
    about: str  # for messages: "Q7", "part 2 of 3"
    read: Callable[[str], dict[str, Any]]  # the answer's text as data for the harvest; or Fault
    read_cut: Callable[[str], dict[str, Any]]  # the same of an answer that was cut
    # By candidate: how sure the answer is, where reading it tells.
    confidence: dict[str, float] = field(default_factory=dict)
