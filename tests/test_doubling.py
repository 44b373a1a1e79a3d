"""What is no article takes no more than its length: steps, rows, bytes and memory, all the way.

Each text of `tests.support.shapes` repeats one thing. Eight times as much of it may take 1.3 times
eight times the work, from reading to every sheet, the store, the review and a model's questions.
All shapes, at 25 and 200 KB: `pytest -m long tests/test_doubling.py` (an hour). Work is counted in
steps (`tests.support.effort`), which are the same on every machine; they do not see what C code
does in one step.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from io import StringIO
from pathlib import Path

import pytest

from extractor.answer.from_rules import answer_by_rules
from extractor.answer.model.narrow import narrow_questions
from extractor.answer.model.prompt import Prompts
from extractor.answer.model.whole import whole_questions
from extractor.find.inventory import take_inventory
from extractor.kinds import with_candidates
from extractor.pipeline import extract
from extractor.read import article_from_text
from extractor.record import Extraction
from extractor.review.desk import Desk
from extractor.review.sync.sync import sync
from extractor.schema.catalogue import load_schema
from extractor.schema.shape import shape_of
from extractor.settings import Settings
from extractor.sheet.csvout import to_csv
from extractor.sheet.html import to_html
from extractor.sheet.jsonout import to_json
from extractor.sheet.terminal import console_for, sheet_text
from extractor.store.folder import FILE
from extractor.store.packing import pack
from tests.support.effort import peak_of, steps_of
from tests.support.shapes import SHAPES, shaped
from tests.support.stores import fill

MOST = 1.3  # times what the text grows by
# What the text does not make longer: a page's style, the first entries of a word list.
FEW_STEPS, FEW_ROWS, FEW_BYTES = 20_000, 20, 20_000
SCHEMAS = ("release_event", "attributions")  # the first has the rows of all the other ones
# Those that once grew with their square, and one of each other sort.
FAST = (
    "quotations", "sanctions", "sanctions by commas", "conditional sanctions", "releases",
    "releases with names", "equal paragraphs", "number words", "nested marks", "long target",
)  # fmt: skip
ROWS = (
    "quotations",
    "sanctions by commas",
    "releases",
    "percent",
    "attributions",
    "unclosed marks",
)


@dataclass
class Taken:
    """What one text took."""

    steps: int = 0
    rows: int = 0
    sizes: dict[str, int] | None = None  # bytes of each sheet


@cache
def warm() -> None:
    """Load once what a process loads: word lists, countries, templates."""
    for name in SCHEMAS:
        for shape in ("everything", "sanctions on many", "releases of many", "dates", "ages"):
            sheets(extract(article_from_text(shaped(shape, 3000)), load_schema(name)))


def sheets(found: Extraction) -> dict[str, int]:
    """Make every sheet of an extraction but the table; return their sizes."""
    packed = pack(found)
    return {
        "json": len(to_json(found)),
        "csv": len(to_csv([found])),
        "html": len(to_html([found])),
        "packed": sum(len(str(cell)) for row in packed.rows for cell in row),
    }


def taken_by(shape: str, size: int, schema: str) -> Taken:
    """Return what a text of a shape takes from reading to its sheets."""
    text, taken = shaped(shape, size), Taken()

    def work() -> None:
        found = extract(article_from_text(text, "long.txt"), load_schema(schema))
        audit = found.audit
        listed = [value for value in dict(found.record).values() if isinstance(value, list)]
        taken.rows = sum(map(len, (*listed, audit.dismissed, audit.unaccounted, found.warnings)))
        taken.sizes = sheets(found)

    taken.steps = steps_of(work)
    return taken


def assert_grown(times: float, short: int, long: int, few: int) -> None:
    """Check that `long` is no more than what `short` gives for `times` as much text."""
    assert long <= MOST * times * max(short, few)


def assert_doubled(shape: str, schema: str, small: int, large: int) -> None:
    """Check steps, rows and sizes of a shape in two lengths."""
    warm()
    short, long = (taken_by(shape, size, schema) for size in (small, large))
    assert_grown(large / small, short.steps, long.steps, FEW_STEPS)
    assert_grown(large / small, short.rows, long.rows, FEW_ROWS)
    for sheet, size in (long.sizes or {}).items():
        assert_grown(large / small, (short.sizes or {})[sheet], size, FEW_BYTES)


@pytest.mark.parametrize("shape", FAST)
def test_four_times_the_text_takes_four_times_the_work(shape: str):
    """In steps, rows and bytes of every sheet, a few texts, short ones."""
    assert_doubled(shape, "release_event", 2_500, 10_000)


@pytest.mark.long
@pytest.mark.parametrize("schema", SCHEMAS)
@pytest.mark.parametrize("shape", SHAPES)
def test_eight_times_the_text_takes_eight_times_the_work(shape: str, schema: str):
    """In steps, rows and bytes of every sheet, all texts, from 25 to 200 KB."""
    assert_doubled(shape, schema, 25_000, 200_000)


@pytest.mark.slow
@pytest.mark.parametrize("shape", ROWS)
def test_eight_times_the_rows_make_eight_times_the_table(shape: str):
    """The sheet for a terminal, in steps and characters."""
    warm()
    schema = load_schema("attributions" if shape == "attributions" else "release_event")
    steps, sizes = [], []
    for size in (3_000, 24_000):
        found = extract(article_from_text(shaped(shape, size)), schema)
        written: list[str] = []
        make: Callable[[], None] = lambda f=found, w=written: w.append(  # noqa: E731
            sheet_text(f, console_for(StringIO()))
        )
        make()  # imports what it needs
        steps.append(steps_of(make))
        sizes.append(len(written[0]))
    assert_grown(8, *steps, FEW_STEPS)
    assert_grown(8, *sizes, FEW_BYTES)


@pytest.mark.slow
@pytest.mark.parametrize("shape", ROWS)
def test_eight_times_the_rows_are_eight_times_the_claims(shape: str, tmp_path: Path):
    """The store with the review that was made of it, in bytes; the making, in steps."""
    warm()
    schema = load_schema("attributions" if shape == "attributions" else "release_event")
    steps, sizes = [], []
    for size in (1_000, 3_000, 24_000):  # the first loads what it needs
        folder = tmp_path / str(size)
        folder.mkdir()
        fill(folder, [extract(article_from_text(shaped(shape, size)), schema)], schema=schema)
        with Desk(folder) as desk:
            steps.append(steps_of(lambda d=desk: sync(d)))
        sizes.append((folder / FILE).stat().st_size)
    assert_grown(8, *steps[1:], FEW_STEPS)
    assert_grown(8, *sizes[1:], 100_000)


@pytest.mark.slow
@pytest.mark.parametrize("plan", ["whole", "narrow"])
@pytest.mark.parametrize("shape", ROWS)
def test_questions_to_a_model_have_passages_that_end(shape: str, plan: str):
    """Eight times the article asks eight times as much, in steps and in characters."""
    warm()
    schema = load_schema("attributions" if shape == "attributions" else "release_event")
    build = whole_questions if plan == "whole" else narrow_questions
    steps, sizes = [], []
    for size in (1_000, 10_000, 80_000):
        found = take_inventory(article_from_text(shaped(shape, size)))
        inventory = with_candidates(found, shape_of(schema.model).kinds)
        by_rules = answer_by_rules(inventory, schema.model)
        asked: list[int] = []

        def ask(i=inventory, a=by_rules, told=asked) -> None:
            pending = build(Prompts(schema), Settings(model="stub"), i, a, None)
            told += [len(one.question.user) for one in pending]

        steps.append(steps_of(ask))
        sizes.append(sum(asked))
    assert_grown(8, *steps[1:], FEW_STEPS)
    assert_grown(8, *sizes[1:], FEW_BYTES)


@pytest.mark.long
@pytest.mark.parametrize("schema", SCHEMAS)
@pytest.mark.parametrize("shape", SHAPES)
def test_a_character_takes_less_than_a_kilobyte(shape: str, schema: str):
    """The most that extracting and writing the sheets holds at a time, by Python's own count."""
    warm()
    text = shaped(shape, 50_000)
    loaded = load_schema(schema)
    work: Callable[[], object] = lambda: sheets(extract(article_from_text(text), loaded))  # noqa: E731
    assert peak_of(work) < 1_000 * len(text)
