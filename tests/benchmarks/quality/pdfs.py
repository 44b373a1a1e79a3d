"""Reading of PDFs, scored on pages made for it, beside libraries as they are and other checkouts.

    python -m tests.benchmarks.quality.pdfs [--peers PYTHON] [--beside CHECKOUT] [--real FOLDER]

The pages are those of `tests/support/pdf_pages.py`: columns drawn in any order, hyphens, ligatures,
pages on their side, running heads, captions, boxes. `--peers` names a Python that has pypdf,
pypdfium2 and pdfminer.six; `--beside` another checkout's reader; `--real` a folder of real PDFs, of
which only CPU, memory and errors are compared, since nobody has their gold.

Two tables: all pages together, and what each page's order comes to.

pages       of which every paragraph is right, to the letter; libraries make none
words       of all pages that were read; those that nobody wrote (joined, cut, or of other letters)
order       pairs of neighbouring words of the gold that are neighbours in what was read
installed   MB of the library with all that it needs beyond this project's other dependencies
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from tests.benchmarks.tables import markdown, percent, ratio
from tests.support.pdf_pages import SAMPLES, Sample

ROOT = Path(__file__).resolve().parents[3]
WORKER = Path(__file__).with_name("pdf_worker.py")
LIBRARIES = {"pypdfium2": "pypdfium2", "pypdf": "pypdf", "pdfminer": "pdfminer.six"}
_WEIGHT = """
import json, sys
from importlib.metadata import distribution, requires
from re import match
def weight(name, seen):
    if name in seen: return 0
    seen.add(name)
    try: one = distribution(name)
    except Exception: return 0
    own = sum(f.locate().stat().st_size for f in one.files or () if f.locate().is_file())
    needs = [match(r"[\\w.-]+", r)[0] for r in one.requires or () if "extra ==" not in r]
    return own + sum(weight(n, seen) for n in needs)
name, *here = sys.argv[1:]
one = distribution(name)
print(json.dumps([one.version, weight(name, set(here)) / 1e6]))
"""
_HERE = ("charset-normalizer", "typing_extensions")  # this project needs them in any case


class Program(NamedTuple):
    """A reader: the name of its row, what runs it, and where its modules are."""

    name: str
    command: list[str]
    path: str = ""


class Run(NamedTuple):
    """What a program made of files."""

    texts: dict[str, str]
    errors: dict[str, str]
    cpu: dict[str, float]
    megabytes: float


def run(program: Program, files: list[Path]) -> Run:
    """Read files with a program, in a process of its own."""
    done = subprocess.run(
        [*program.command, *map(str, files)],
        env={**os.environ, "PYTHONPATH": program.path},
        cwd=program.path or None,
        capture_output=True,
        text=True,
        check=True,
    )
    *answers, last = map(json.loads, done.stdout.splitlines())
    return Run(
        {one["file"]: one["text"] for one in answers},
        {one["file"]: one["error"] for one in answers if "error" in one},
        {one["file"]: one["cpu"] for one in answers},
        last["megabytes"],
    )


def scored(texts: dict[str, str], samples: dict[str, Sample]) -> list[str]:
    """Return the cells of a row: pages, words, words that nobody wrote, order."""
    pages = kept = wanted = foreign = pairs_kept = pairs = 0
    for name, sample in samples.items():
        gold, read = " ".join(sample.paragraphs).split(), texts[name].split()
        pages += texts[name].strip().split("\n\n") == sample.paragraphs
        kept += (Counter(gold) & Counter(read)).total()
        foreign += len(set(read) - set(gold))
        wanted += len(gold)
        pairs_kept += (Counter(pairwise(gold)) & Counter(pairwise(read))).total()
        pairs += len(gold) - 1
    return [
        f"{pages} of {len(samples)}",
        percent(ratio(kept, wanted)),
        str(foreign),
        percent(ratio(pairs_kept, pairs)),
    ]


def weight_of(python: str, library: str) -> tuple[str, str]:
    """Return the version of an installed library, and its MB with what it needs."""
    command = [python, "-c", _WEIGHT, library, *_HERE]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    version, megabytes = json.loads(done.stdout)
    return version, f"{megabytes:.1f}"


def tables(programs: list[Program], weights: dict[str, str], real: list[Path]) -> str:
    """Return the two tables."""
    samples = {name: make() for name, make in SAMPLES.items()}
    header = ["", "pages", "words", "nobody's", "order", "installed"]
    if real:
        header += [f"CPU s, {len(real)} real files", "MB at the peak", "refused"]
    rows: list[list[Any]] = []
    orders: dict[str, list[str]] = {name: [] for name in samples}
    with tempfile.TemporaryDirectory() as folder:
        files = {name: Path(folder) / f"{name}.pdf" for name in samples}
        for name, file in files.items():
            file.write_bytes(samples[name].data)
        for program in programs:
            made = run(program, list(files.values()))
            texts = {name: made.texts[str(file)] for name, file in files.items()}
            row = [program.name, *scored(texts, samples), weights.get(program.name, "–")]
            if not program.path:
                row[1] = "–"
            if real:
                of_real = run(program, real)
                row += [f"{sum(of_real.cpu.values()):.1f}", f"{of_real.megabytes:.0f}"]
                row.append(str(len(of_real.errors)))
            rows.append(row)
            for name in samples:
                orders[name].append(scored(texts, {name: samples[name]})[-1])
    by_page = [[name.replace("_", " "), *row] for name, row in orders.items()]
    names = [program.name for program in programs]
    return f"{markdown(header, rows)}\n\n{markdown(['order, %', *names], by_page)}"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--peers", metavar="PYTHON")
    parser.add_argument("--beside", metavar="CHECKOUT")
    parser.add_argument("--real", type=Path, metavar="FOLDER")
    asked = parser.parse_args()
    programs = [Program("**ours**", [sys.executable, str(WORKER), "ours"], str(ROOT))]
    weights = {"**ours**": weight_of(sys.executable, "pypdfium2")[1]}
    if asked.beside:
        place = str(Path(asked.beside).resolve())
        programs.append(Program("ours, before", [sys.executable, str(WORKER), "ours"], place))
    for program, library in LIBRARIES.items() if asked.peers else ():
        version, megabytes = weight_of(asked.peers, library)
        name = f"{library} {version}"
        programs.append(Program(name, [asked.peers, str(WORKER), program]))
        weights[name] = megabytes
    real = sorted(asked.real.rglob("*.pdf")) if asked.real else []
    print(tables(programs, weights, real))


if __name__ == "__main__":
    main()
