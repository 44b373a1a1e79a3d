"""A newsroom for the tests of the review: articles in files, runs by the command, a desk."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from extractor.review.claims.claims import Claim
from extractor.review.desk import Desk
from extractor.review.queue import Filter, all_claims
from extractor.review.sync.sync import sync
from tests.support.asking import inventory_of
from tests.support.processes.warm import ran
from tests.support.runs import command, environment
from tests.support.stubs.server import Play, Stub, answers, serving

# A person who is quoted twice, another once, a figure; each in a paragraph of its own.
HEAD = "Harbour deal reached after long night\n\n"
BERG = 'Anna Berg, the transport minister, said: "We agreed on forty ferries."\n\n'
HOLM = '"It was hard work," Peter Holm told reporters on Monday.\n\n'
CRITICS = 'Critics called the plan "a gift to the owners".\n'
ARTICLE = HEAD + BERG + HOLM + CRITICS


@dataclass
class Newsroom:
    """A folder with articles in `in`, a store in `out`, and perhaps a model to ask."""

    home: Path
    schema: str = "quotes"
    answer: Callable[[str], object] = lambda _: {}  # the article's text -> the model's answer
    _texts: dict[str, str] = field(default_factory=dict)
    _stub: Stub | None = None

    @property
    def out(self) -> Path:
        """The folder of the run."""
        return self.home / "out"

    def write(self, text: str, name: str = "a.txt") -> None:
        """Write an article, or replace it."""
        (self.home / "in").mkdir(exist_ok=True)
        (self.home / "in" / name).write_text(text, encoding="utf-8")
        self._texts[name] = text

    def run(self, *more: str, model: bool = False) -> None:
        """Run the command over the folder of articles: by the rules, or by the model."""
        asked: list[str] = []
        if model:
            assert self._stub is not None
            asked = ["--model", "stub", "--base-url", self._stub.base_url, "--plan", "whole"]
        words = ("-s", self.schema, "-f", "jsonl", "-q", *asked, *more)
        done = ran(
            command(*words, "-o", f"{self.out}/", f"{self.home}/in"),
            environment(self.home / "cache"),
            self.home,
        )
        assert done.returncode == 0, done.stderr.decode()

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        """Open the review, with what the runs have brought."""
        with Desk(self.out, home=self.home) as desk:
            sync(desk)
            yield desk

    def play(self, body: dict[str, Any], number: int) -> Play:
        """Answer a request: the article is the one whose last words the question holds."""
        del number
        told = "\n".join(str(message["content"]) for message in body["messages"])
        text = max(self._texts.values(), key=lambda text: (_ending(text) in told, len(text)))
        return answers(self.answer(text))


def _ending(text: str) -> str:
    return text.strip().rpartition(" ")[2][-12:]


@contextmanager
def newsroom(home: Path, text: str = ARTICLE, schema: str = "quotes") -> Iterator[Newsroom]:
    """Give a newsroom with one article."""
    room = Newsroom(home, schema)
    room.write(text)
    with serving(room.play) as stub:
        room._stub = stub
        yield room


def says_who(*speakers: str | None, kind: str = "direct") -> Callable[[str], object]:
    """Return an answer that gives quotation Q1, Q2 … to these people, or dismisses it for ""."""

    def answer(text: str) -> object:
        names = {
            name: entity.id
            for entity in inventory_of(text).names
            for name in (*entity.aliases, entity.name)
        }
        rows = [
            {"quotation": f"Q{n}", "speaker": names.get(who or ""), "via": None, "kind": kind}
            for n, who in enumerate(speakers, 1)
            if who != ""
        ]
        left = [f"Q{n}" for n, who in enumerate(speakers, 1) if who == ""]
        return {"quotes": rows, "dismissed": [{"id": id_, "reason": "a name"} for id_ in left]}

    return answer


def claim_on(desk: Desk, words: str, **filters: Any) -> Claim:
    """Return the only queued claim whose evidence begins with some words."""
    (found,) = claims_on(desk, words, **filters)
    return found


def claims_on(desk: Desk, words: str, **filters: Any) -> list[Claim]:
    """Return the queued claims whose evidence begins with some words."""
    return [
        one for one in all_claims(desk, Filter(**filters)) if (one.text or "").startswith(words)
    ]


def holds(desk: Desk, claim: Claim) -> bool:
    """Tell whether every place of a claim's row has its words in the claim's article."""
    from extractor.review.decide.editing import verify

    verify(desk, claim.article_sha256, claim.schema, claim.kind, claim.row)
    return True
