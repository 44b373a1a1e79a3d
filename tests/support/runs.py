"""Coverage made for the tests of runs: small articles, each of a text of its own."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from extractor.read.source import Source
from extractor.run.engine.engine import run
from extractor.run.engine.options import Options
from extractor.run.inputs.sources import sources_in
from extractor.run.progress.observer import Outcome, RunStats
from extractor.run.requests.budget import Budget
from extractor.schema.catalogue import Schema, load_schema
from extractor.settings import Settings
from extractor.store.entries import Done, Earlier, Failed, Skipped
from extractor.store.lock import locked
from extractor.store.store import Store
from extractor.store.work_key import recipe_for
from tests.support.stubs.server import Play, answers

# Seconds that a test waits for what must happen: far more than it takes on a busy machine. It only
# keeps a broken test from hanging.
PATIENCE = 120.0

# The one quotation of an article, pointed at.
RIGHT = {
    "quotes": [{"quotation": "Q1", "speaker": None, "via": None, "kind": "direct"}],
    "dismissed": [],
}


def text_of(number: int) -> str:
    """Return an article with one quotation, unlike any other number's."""
    return (
        f"Harbour counts ships, day {number}\n\n"
        f'"We counted {number} ships in the morning fog," Anna Berg said on Monday.\n'
    )


def make_coverage(folder: Path, count: int) -> Path:
    """Write so many articles into a folder; return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        (folder / f"a{number:05}.txt").write_text(text_of(number))
    return folder


def number_in(body: dict[str, Any]) -> int:
    """Return which article a request to a stub is about."""
    words = "\n".join(str(message["content"]) for message in body["messages"])
    return int(words.split("day ", 1)[1].split()[0])


def right(delay: float = 0.0) -> Play:
    """Return the right answer to the question about any of the articles."""
    play = answers(RIGHT)
    play.delay = delay
    return play


def wait_until(holds: Callable[[], bool], what: object = "", seconds: float = PATIENCE) -> None:
    """Wait until something holds; fail, with `what` (or what it returns), when it does not."""
    ends = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < ends, what() if callable(what) else what
        time.sleep(0.02)


class Holding:
    """A stub's script: the right answer, from the request `free` on only after `release`."""

    def __init__(self, free: int = 0) -> None:
        self._free = free
        self._released = threading.Event()

    def release(self) -> None:
        """Give the answers that are held back, and all further ones at once."""
        self._released.set()

    def __call__(self, body: dict[str, Any], number: int) -> Play:  # noqa: ARG002
        if number >= self._free:
            self._released.wait(PATIENCE)
        return right()


class Seen:
    """An observer that keeps what is reported."""

    def __init__(self) -> None:
        self.entries: list[Done | Failed | Skipped] = []
        self.notes: list[str] = []

    def run_began(self, run_id: int) -> None:
        """Keep nothing."""

    def source_skipped(self, source: str, earlier: Earlier) -> None:
        """Keep nothing."""

    def article_ended(self, entry: Done | Failed | Skipped) -> None:
        """Keep it."""
        self.entries.append(entry)

    def progressed(self, stats: RunStats, in_work: int) -> None:
        """Keep nothing."""

    def note(self, message: str) -> None:
        """Keep it."""
        self.notes.append(message)

    @property
    def failed(self) -> dict[str, str]:
        """The names of the files that failed, with the reasons."""
        return {Path(e.source).name: e.reason for e in self.entries if isinstance(e, Failed)}


def go(
    names: Sequence[Path],
    folder: Path,
    settings: Settings | None = None,
    *,
    schema: str = "quotes",
    budget: Budget | None = None,
    sources: Iterable[Source] | None = None,
    **options: Any,
) -> tuple[Outcome, Seen]:
    """Run over `names`, or `sources`, into a folder, in this process; no sheets are written."""
    settings = settings or Settings()
    loaded = load_schema(schema)
    seen = Seen()
    given = {"jobs": 2, "patience": 5.0, **options}
    with locked(folder) as handle, Store(folder) as store:
        outcome = run(
            sources or sources_in([str(name) for name in names], output=folder),
            store=store,
            schema=loaded,
            settings=settings,
            recipe=recipe_for(settings, loaded),
            options=Options(**given),
            observer=seen,
            budget=budget,
            inherited=[handle],
        )
    return outcome, seen


def sheet(folder: Path, schema: str = "quotes") -> list[str]:
    """Return the names of the files whose extractions are current, as sheets list them."""
    loaded: Schema = load_schema(schema)
    with Store(folder, make=False) as store:
        return [Path(one.article.source).name for one in store.extractions(loaded)]


def rows(folder: Path, query: str) -> list[tuple[Any, ...]]:
    """Return what a query of the store gives."""
    with Store(folder, make=False) as store:
        return [tuple(row) for row in store._connection.execute(query)]


def done_in(folder: Path) -> int:
    """Return how many extractions a store has."""
    if not (folder / "extract.sqlite").exists():
        return 0
    return int(rows(folder, "select count(*) from extraction where status = 'done'")[0][0])


def is_whole(folder: Path) -> bool:
    """Tell whether SQLite finds nothing wrong with the store."""
    with Store(folder, make=False) as store:
        return store.is_whole()


def command(*arguments: object) -> list[str]:
    """Return the command line of `extract`."""
    return [sys.executable, "-m", "extractor", *map(str, arguments)]


def environment(cache: Path, **more: str) -> dict[str, str]:
    """Return a clean environment with a cache of its own."""
    ours = ("EXTRACT_", "OPENAI_", "COLUMNS", "LINES")  # the last two: pytest-xdist sets them
    kept = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
    root = str(Path(__file__).resolve().parents[2])
    return kept | {"EXTRACT_CACHE_DIR": str(cache), "PYTHONPATH": root, **more}


def started(arguments: list[str], env: dict[str, str]) -> "subprocess.Popen[bytes]":
    """Start a command with its standard error at hand."""
    return subprocess.Popen(
        arguments,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def as_lines(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a JSONL file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
