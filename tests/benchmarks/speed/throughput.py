"""Articles a second and CPU an article of a run that asks a model, beside others, against a stub.

    python -m tests.benchmarks.speed.throughput [--articles 2000] [--texts PATH…] [--jobs 2]
                                               [--peers [VENV]] [--check]

Answers after 200 ms with 10 requests at a time (50 articles a second are possible); after 500 ms
with 100 at a time; and at once, which is what the CPU alone allows. The articles are recombined
from real paragraphs (see many.py), about 5,000 characters and a dozen quotations each, or notes: a
title and one quotation. All are answered right and in full; a run finds, asks, grounds, audits and
stores.

Others see the same articles and the same stub: instructor, in this environment, asks the same
question and validates the answer, no more; LangExtract, with --peers in an environment of its own,
asks its own question and is answered in its own form. CPU is that of all processes but the stub's,
in ms, which differ from machine to machine and from hour to hour, and as a multiple of what
instructor alone takes for the same articles in the same run. What is compared, all at 200 ms with
10 at a time, is measured in turns, a part of the articles each: the machine's speed drifts.
`--check` ends with status 1 when a bar is missed: 45 of 50 articles a second, 10 ms CPU, 80% of
what the CPU and the answers allow.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial, reduce
from multiprocessing.queues import Queue
from pathlib import Path
from typing import Any

from extractor.answer.from_rules import answer_by_rules
from extractor.answer.model.prompt import Prompts
from extractor.answer.model.whole import whole_questions
from extractor.find.inventory import take_inventory
from extractor.read import article_from_text
from extractor.schema.catalogue import Schema, load_schema
from extractor.settings import Settings
from tests.benchmarks.quality.peers import default_venv, make_venv
from tests.benchmarks.speed.many import ROOT, recombined, texts_of
from tests.benchmarks.tables import markdown
from tests.support.asking import settings_for
from tests.support.runs import go, text_of
from tests.support.stubs.server import answers

WORKER = Path(__file__).with_name("throughput_peer.py")
PINS = ["langextract[openai]==1.7.1"]  # what the figures in the README were measured with
HEADER = ("what", "answers", "at once", "articles", "a second", "CPU each, ms", "× instructor")
_LEAST_A_SECOND = 45  # of 50 possible
_MOST_CPU = 10  # ms
_LEAST_OF_CPU = 0.8
_TURNS = 4
_NUMBER = re.compile(rb"(?i)count no\. (\d+)")  # in every title


@dataclass(frozen=True)
class Asked:
    """One article: its text, what a run asks about it, and the answers in the programs' forms."""

    text: str
    messages: list[dict[str, str]]
    ids: bytes  # a completion that points at candidates
    words: bytes  # one that copies, as LangExtract wants it

    @property
    def number(self) -> int:
        """Its number, by which the stub knows it."""
        return number_in(self.text.encode())


@dataclass(frozen=True)
class Line:
    """A line of the table."""

    what: str
    delay: float
    at_once: int
    articles: int
    seconds: float
    cpu: float

    def plus(self, other: "Line") -> "Line":
        """Return the line of both measurements together."""
        return replace(
            self,
            articles=self.articles + other.articles,
            seconds=self.seconds + other.seconds,
            cpu=self.cpu + other.cpu,
        )

    @property
    def speed(self) -> float:
        """Articles a second."""
        return self.articles / self.seconds

    @property
    def each(self) -> float:
        """CPU an article, in ms."""
        return 1000 * self.cpu / self.articles

    @property
    def kind(self) -> str:
        """What was asked about: "articles" or "notes"."""
        return self.what.rpartition(", ")[2]

    def cells(self) -> tuple[str, ...]:
        """Return what is known of it alone."""
        delay = f"{1000 * self.delay:.0f} ms" if self.delay else "instant"
        counts = (f"{self.at_once}", f"{self.articles:,}", f"{self.speed:.1f}", f"{self.each:.1f}")
        return (self.what, delay, *counts)


def prepared(texts: Sequence[str], schema: Schema) -> list[Asked]:
    """Return what is asked about each text, and the rules' answers as a model would give them."""
    prompts, settings = Prompts(schema), Settings()
    found = []
    for number, text in enumerate(texts):
        inventory = take_inventory(article_from_text(f"Count no. {number}\n\n{text}"))
        answer = answer_by_rules(inventory, schema.model)
        (asked,) = whole_questions(prompts, settings, inventory, answer, None)
        rows = [
            row | {key: (row.get(key) or "").split(".")[0] or None for key in ("speaker", "via")}
            for row in answer.data["quotes"]  # a mention's id is its name's and a number
        ]
        dismissed = [{"id": one.candidate, "reason": one.reason} for one in answer.dismissed]
        names = {entity.id: entity.name for entity in inventory.names}
        copied = [
            {
                "quotation": inventory.text_of(inventory.by_id[row["quotation"]].spans[0]),
                "quotation_attributes": {"speaker": names.get(row["speaker"], "")},
            }
            for row in rows
        ]
        found.append(
            Asked(
                inventory.article.text,
                [
                    {"role": "system", "content": asked.question.system},
                    {"role": "user", "content": asked.question.user},
                ],
                answers({"quotes": rows, "dismissed": dismissed}).body,
                answers({"extractions": copied}).body,
            )
        )
    return found


def number_in(text: bytes) -> int:
    """Return the number that an article's title holds, or a request about it."""
    found = _NUMBER.search(text)
    assert found is not None
    return int(found[1])


def serve(ports: "Queue[int]", delay: float, bodies: Mapping[int, bytes]) -> None:
    """Answer each request with its article's body after `delay` seconds."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                length = head.split(b"content-length:")[1].split(b"\r\n")[0]
                body = bodies[number_in(await reader.readexactly(int(length)))]
                await asyncio.sleep(delay)
                writer.write(
                    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
                    b"content-length: %d\r\n\r\n" % len(body) + body
                )
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def main() -> None:
        server = await asyncio.start_server(handle, "127.0.0.1", 0)
        ports.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


@contextmanager
def stub(delay: float, bodies: Mapping[int, bytes]) -> Iterator[str]:
    """Serve in a process of its own, cheaper than the tests' own stub; yield the base URL."""
    ports: Queue[int] = multiprocessing.Queue()
    process = multiprocessing.Process(target=serve, args=(ports, delay, bodies), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{ports.get()}/v1"
    finally:
        process.kill()
        process.join()


def of_run(what: str, delay: float, at_once: int, asked: Sequence[Asked], *, jobs: int) -> Line:
    """Measure a run: its own process and those that work for it, no sheets."""
    with (
        tempfile.TemporaryDirectory() as name,
        stub(delay, {one.number: one.ids for one in asked}) as url,
    ):
        folder = Path(name)
        coverage = folder / "in"
        coverage.mkdir()
        for number, one in enumerate(asked):
            (coverage / f"{number:06}.txt").write_text(one.text, encoding="utf-8")
        settings = settings_for(
            url, concurrency=at_once, no_cache=False, cache_dir=folder / "cache", timeout=60.0
        )
        before = os.times()
        outcome, _ = go([coverage], folder / "out", settings, jobs=jobs)
        after = os.times()
    usage = outcome.stats.usage
    if (outcome.stats.done, usage.calls) != (len(asked), len(asked)):
        sys.exit(f"{what}: {outcome.stats.done} of {len(asked)} articles done, {usage.calls} calls")
    cpu = sum(after[:4]) - sum(before[:4])
    return Line(what, delay, at_once, len(asked), outcome.seconds, cpu)


def of_peer(
    what: str, program: str, python: Path | str, delay: float, at_once: int, asked: Sequence[Asked]
) -> Line:
    """Measure another program, in a process of its own."""
    bodies = {one.number: one.words if program == "langextract" else one.ids for one in asked}
    with stub(delay, bodies) as url:
        articles = [{"text": one.text, "messages": one.messages} for one in asked]
        given = {"program": program, "base_url": url, "at_once": at_once, "articles": articles}
        kept = {k: v for k, v in os.environ.items() if not k.startswith("OPENAI_")}
        done = subprocess.run(
            [python, "-W", "ignore", WORKER],
            input=json.dumps(given),
            capture_output=True,
            text=True,
            env=kept,
            check=False,
        )
    if done.returncode:
        sys.exit(f"{WORKER.name} ended with status {done.returncode}:\n{done.stderr}")
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    expected = sum(one.words.count(b"quotation_attributes") for one in asked)
    if told["answers"] != expected:
        sys.exit(f"{what}: {told['answers']} quotations of the {expected} that the stub answered")
    return Line(what, delay, at_once, len(asked), told["seconds"], told["cpu"])


def misses(lines: Sequence[Line]) -> list[str]:
    """Return in words every bar that a run has missed."""
    found = []
    ours = {(one.what, one.delay, one.at_once): one for one in lines}
    for (what, delay, at_once), one in ours.items():
        if not what.startswith("a run"):
            continue
        if (delay, at_once) == (0.2, 10) and one.speed < _LEAST_A_SECOND:
            found.append(f"{what}: {one.speed:.1f} a second, under {_LEAST_A_SECOND}")
        if (delay, at_once) == (0.2, 10) and one.each > _MOST_CPU:
            found.append(f"{what}: {one.each:.1f} ms CPU, over {_MOST_CPU}")
        bound = ours.get((what, 0.0, at_once))
        if (delay, at_once) == (0.5, 100) and bound:
            share = one.speed / min(bound.speed, at_once / delay)  # what the answers allow
            if share < _LEAST_OF_CPU:
                found.append(
                    f"{what}: {share:.0%} of what the CPU allows, under {_LEAST_OF_CPU:.0%}"
                )
    return found


def measure(given: argparse.Namespace) -> Iterator[Line]:
    """Measure everything, a line at a time."""
    import extractor.answer.model.asker  # noqa: F401 - imported once, as for a run of many hours

    schema = load_schema("quotes")
    long = prepared(list(recombined(texts_of(given.texts), given.articles)), schema)
    notes = prepared([text_of(number) for number in range(given.articles)], schema)
    python = make_venv(given.peers, PINS) if given.peers else None
    for asked, kind in ((long, "articles"), (notes, "notes")):
        compared = [partial(of_run, f"a run, {kind}", jobs=given.jobs)]
        compared.append(partial(of_peer, f"instructor alone, {kind}", "instructor", sys.executable))
        if python:
            compared.append(partial(of_peer, f"LangExtract, {kind}", "langextract", python))
        ours, *theirs = in_turns(compared, asked)
        yield ours
        for delay, at_once in ((0.5, 100), (0.0, 100)):
            yield of_run(f"a run, {kind}", delay, at_once, asked, jobs=given.jobs)
        yield from theirs


def in_turns(compared: Sequence[Callable[..., Line]], asked: Sequence[Asked]) -> list[Line]:
    """Measure each with every part of the articles in turn; return its sums."""
    size = -(-len(asked) // _TURNS)
    parts = [asked[begin : begin + size] for begin in range(0, len(asked), size)]
    turns = [[one(0.2, 10, part) for one in compared] for part in parts]
    return [reduce(Line.plus, lines) for lines in zip(*turns, strict=True)]


def table(lines: Sequence[Line]) -> str:
    """Return the table, ours first of each kind."""
    alone = {one.kind: one.each for one in lines if one.what.startswith("instructor")}
    rows = [(*line.cells(), f"{line.each / alone[line.kind]:.1f}") for line in lines]
    return markdown(HEADER, rows)


def options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--articles", type=int, default=2000)
    parser.add_argument("--texts", type=Path, nargs="+", default=[ROOT / "tests" / "articles"])
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument(
        "--peers", type=Path, nargs="?", const=default_venv("langextract"), metavar="VENV",
        help="measure LangExtract too, installed into this folder",
    )  # fmt: skip
    parser.add_argument("--check", action="store_true")
    return parser.parse_args(arguments)


def main() -> int:
    """Measure, and print the table."""
    given = options()
    lines = []
    for line in measure(given):
        lines.append(line)
        print(*line.cells(), sep="  ", file=sys.stderr, flush=True)
    print(table(lines))
    missed = misses(lines)
    print("".join(f"missed: {words}\n" for words in missed), end="", file=sys.stderr)
    return 1 if given.check and missed else 0


if __name__ == "__main__":
    sys.exit(main())
