"""Estimates how large requests and answers are, and how often a wrong answer goes back.

The estimates rest on the store's calls by the same model and plan; where these are few, on the
recorded calls of a small model about two articles (call_sizes.json, which
tests/benchmarks/training/call_sizes.py makes from cassettes/). A kind is the name of a question: in
the plan "narrow" a list of the schema ("quotes"), else the schema's own name; that of who.j2 is
"who".
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from extractor.frozen import frozen

# The recorded calls weigh as much as one of the model's own calls, less the more of these are
# known, and nothing when there are so many.
_ENOUGH = 20
# Characters that a re-ask adds for each token of the answer: the answer, and the complaint.
_GROWTH = 8.0


@frozen
class Round:
    """Sums over the requests of one round (1: asked; 2 and more: an answer went back)."""

    calls: float = 0.0  # answered ones
    question_characters: float = 0.0  # of what was asked in round 1
    characters: float = 0.0  # with what went back
    input_tokens: float = 0.0
    output_tokens: float = 0.0

    def plus(self, other: "Round", weight: float = 1.0) -> "Round":
        """Return the sum with another, taken `weight` times."""
        return Round(
            self.calls + weight * other.calls,
            self.question_characters + weight * other.question_characters,
            self.characters + weight * other.characters,
            self.input_tokens + weight * other.input_tokens,
            self.output_tokens + weight * other.output_tokens,
        )


@frozen
class Sizes:
    """The rounds of one kind of question."""

    rounds: tuple[Round, ...] = ()

    def plus(self, other: "Sizes", weight: float = 1.0) -> "Sizes":
        """Return the sum with another, taken `weight` times."""
        count = max(len(self.rounds), len(other.rounds))
        return Sizes(tuple(self.round(n).plus(other.round(n), weight) for n in range(1, count + 1)))

    def sized(self, factor: float) -> "Sizes":
        """Return the sizes of questions that are `factor` times as long."""
        return Sizes(
            tuple(
                Round(
                    one.calls,
                    factor * one.question_characters,
                    factor * one.characters,
                    factor * one.input_tokens,
                    factor * one.output_tokens,
                )
                for one in self.rounds
            )
        )

    def round(self, number: int) -> Round:
        """Return one round, counted from 1; an empty one where there is none."""
        return self.rounds[number - 1] if number <= len(self.rounds) else Round()

    @property
    def total(self) -> Round:
        """All rounds together."""
        total = Round()
        for one in self.rounds:
            total = total.plus(one)
        return total

    @property
    def output(self) -> float:
        """The tokens of an answer."""
        total = self.total
        return total.output_tokens / total.calls if total.calls else 0.0

    @property
    def question(self) -> float:
        """The characters of a question."""
        total = self.total
        return total.question_characters / total.calls if total.calls else 0.0

    @property
    def characters_a_token(self) -> float:
        """The characters of a request's messages for one token that the endpoint counts."""
        total = self.total
        return total.characters / total.input_tokens if total.input_tokens else 4.0

    @property
    def growth(self) -> float:
        """The characters that a request grows by in each round, for a token of an answer."""
        again = list(enumerate(self.rounds))[1:]
        grown = sum(one.characters - one.question_characters for _, one in again)
        answers = sum(number * one.calls for number, one in again) * self.output
        return grown / answers if answers else _GROWTH

    def goes_back(self, number: int) -> float:
        """Return how often (0…1) an answer of a round is followed by the next round."""
        calls = self.round(number).calls
        return min(1.0, self.round(number + 1).calls / calls) if calls else 0.0


@frozen
class Expected:
    """The calls and tokens that are expected of a question."""

    calls: float = 0.0
    again: float = 0.0  # those of them that are re-asks
    input_tokens: float = 0.0
    output_tokens: float = 0.0

    def plus(self, other: "Expected") -> "Expected":
        """Return the sum with another."""
        return Expected(
            self.calls + other.calls,
            self.again + other.again,
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
        )


@frozen
class RecordedSizes:
    """The sizes of a small model's recorded calls, for what is not known of a model yet."""

    narrow: Mapping[str, Sizes]  # by what the row asked for rests on: "quotation"
    whole: Sizes
    share: float  # tokens of an answer about many rows, to those of answers about one row each

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "RecordedSizes":
        """Return the sizes in the JSON of call_sizes.json."""
        plans = {
            plan: {
                name: Sizes(tuple(Round(*one) for one in rounds))
                for name, rounds in data[plan].items()
            }
            for plan in ("narrow", "whole")
        }
        return cls(plans["narrow"], plans["whole"]["all"], data["share"])

    @classmethod
    def shipped(cls) -> "RecordedSizes":
        """Return the sizes in call_sizes.json."""
        path = Path(__file__).with_name("call_sizes.json")
        return cls.of(json.loads(path.read_text(encoding="utf-8")))

    def answer_size(self, rows: Mapping[str, int]) -> float:
        """Return the tokens of an answer with so many rows, counted by what they rest on."""
        lengths = {rests_on: sizes.output for rests_on, sizes in self.narrow.items()}
        usual = sum(lengths.values()) / len(lengths)
        return self.share * sum(count * lengths.get(name, usual) for name, count in rows.items())

    def of_question(self, kind: str, rests_on: str | None) -> Sizes:
        """Return the sizes of the most similar recorded questions; see `CallSizes.expected`."""
        if kind == "who":
            return Sizes((Round(1.0, 3000.0, 3000.0, 750.0, 4.0),))  # a name of at most 8 tokens
        if rests_on is None:
            return self.whole
        if rests_on in self.narrow:
            return self.narrow[rests_on]
        total = Sizes()
        for sizes in self.narrow.values():
            total = total.plus(sizes)
        return total


@frozen
class CallSizes:
    """The sizes of a model's calls: its own, and before there are enough the recorded ones."""

    own: Mapping[str, Sizes]  # by kind
    recorded: RecordedSizes

    @property
    def calls(self) -> int:
        """How many calls of the model itself are known."""
        return round(sum(sizes.total.calls for sizes in self.own.values()))

    def expected(
        self,
        kind: str,
        rests_on: str | None,
        question_characters: int,
        *,
        characters: int,
        round: int,
        reasks: int,
        answer: float | None,
        limit: int,
    ) -> Expected:
        """Return what a question will cost from `round` on, whose request has `characters`.

        `rests_on` is what the one row asked for rests on; None for a question about many rows,
        of which recorded models would write `answer` tokens. No answer is longer than `limit`.
        """
        recorded = self.recorded.of_question(kind, rests_on)
        own = self.own.get(kind, Sizes())
        first = recorded.round(1).calls
        weight = max(0.0, 1 - own.round(1).calls / _ENOUGH)
        alike = recorded.sized(own.question / recorded.question) if own.question else recorded
        sizes = own.plus(alike, weight / first if first else 0.0)
        written = self._written(own, recorded, rests_on, question_characters, answer, weight)
        written = min(written, float(limit))
        calls = again = given = 0.0
        share, size = 1.0, float(characters)
        for number in range(round, reasks + 2):
            calls += share
            again += share if number > 1 else 0.0
            given += share * size / sizes.characters_a_token
            share *= sizes.goes_back(number)
            size += sizes.growth * written
        return Expected(calls, again, given, calls * written)

    def _written(
        self,
        own: Sizes,
        recorded: Sizes,
        rests_on: str | None,
        question_characters: int,
        answer: float | None,
        weight: float,
    ) -> float:
        """Return the tokens of an answer: of one row alike; of many rows, more for a long text."""
        known = own.total.calls
        before = recorded.output if answer is None else answer
        theirs = own.output
        if rests_on is None and own.question:
            theirs *= question_characters / own.question
        return (known * theirs + weight * before) / (known + weight)


def own_sizes(rows: Iterable[tuple[str, int, int, int, int, int, int]]) -> dict[str, Sizes]:
    """Return the sizes by kind from rows of kind, round and the sums in the order of `Round`."""
    by_kind: dict[str, dict[int, Round]] = {}
    for kind, number, *sums in rows:
        by_kind.setdefault(kind, {})[number] = Round(*map(float, sums))
    return {
        kind: Sizes(tuple(rounds.get(n, Round()) for n in range(1, max(rounds) + 1)))
        for kind, rounds in by_kind.items()
    }
