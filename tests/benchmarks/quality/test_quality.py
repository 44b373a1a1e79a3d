"""The benchmarks count what they say they count."""

import hashlib
import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from extractor.find.inventory import take_inventory
from extractor.read import article_from_text
from extractor.text.spans import Span
from tests.benchmarks import tables
from tests.benchmarks.quality import (
    calibration,
    error_analysis,
    nearest_name,
    outcomes,
    peers,
    polnear,
)
from tests.benchmarks.readme import readmes
from tests.benchmarks.training import pronouns
from tests.support import small_scorer

ROOT = Path(__file__).resolve().parents[3]
READMES = [readme.read_text(encoding="utf-8") for readme in readmes()]
TEXT = (
    "“The bridge will open in spring,” Ruth Okafor said.\n\n"
    "He called it “a good day for the town” on Monday. The “Bridge of Sighs” stays shut.\n\n"
    "“Nobody asked us,” said a driver.\n\n"
    "“We shall see how it goes,” the mayor said.\n\n"
    "“Not one answer was given,” she wrote. “So we wait.”"
)


def stretch(words: str) -> tuple[int, int]:
    """Return where words stand in the text."""
    start = TEXT.index(words)
    return start, start + len(words)


def quote(words: str, source: str | None, kind: str = "direct") -> dict[str, Any]:
    """Return a gold quotation."""
    start, end = stretch(words)
    spans = []
    if source:
        at, until = stretch(source)
        spans = [{"start": at, "end": until, "text": source}]
    return {"start": start, "end": end, "parts": [[start, end]], "source": spans, "kind": kind,
            "names": [], "mentions": []}  # fmt: skip


def answer(words: str, speaker: str | None, confidence: float, pattern: str) -> dict[str, Any]:
    """Return a prediction."""
    start, end = stretch(words)
    mention = None
    if speaker:
        mention = dict(zip(("start", "end"), stretch(speaker), strict=True))
    return {"start": start, "end": end, "speaker": speaker, "mention": mention,
            "confidence": confidence, "pattern": pattern}  # fmt: skip


GOLD = {
    "doc": "made",
    "text": TEXT,
    "quotes": [
        quote("The bridge will open in spring", "Ruth Okafor"),
        quote("a good day for the town", "He", "mixed"),
        quote("Nobody asked us", "a driver"),
        quote("We shall see how it goes", "the mayor"),
        quote("Not one answer was given", "she"),
        quote("So we wait", None),
    ],
    "not_quotes": [dict(zip(("start", "end"), stretch("“Bridge of Sighs”"), strict=True))],
    "ignore": [],
    "attributions": [],
}
ANSWERS = [
    answer("The bridge will open in spring", "Ruth Okafor", 0.97, "right"),
    answer("a good day for the town", "Ruth Okafor", 0.6, "left"),
    answer("Bridge of Sighs", "Ruth Okafor", 0.4, "left"),
    answer("Nobody asked", "a driver", 0.92, "right"),
    answer("We shall see how it goes", None, 0.5, "none"),
    answer("So we wait", "she", 0.9, "carry"),
    answer("stays shut", "the mayor", 0.3, "left"),
]


@pytest.fixture(scope="module", params=["small", "PolNeAR's"])
def scorer(request: pytest.FixtureRequest) -> Any:
    """Return the small scorer of the tests, and the real one where it lies beside the project."""
    if request.param == "small":
        return small_scorer
    path = polnear.find_scorer(ROOT / "none.jsonl")
    if not path.is_file():
        pytest.skip("no scorer beside the project")
    return polnear.load_scorer(path)


@pytest.fixture
def found(scorer: Any) -> list[outcomes.Outcome]:
    """Return the outcomes of the answers above."""
    return outcomes.scored(scorer, [GOLD], {"made": {"quotes": ANSWERS}})


def test_every_failure_has_its_one_outcome(found: list[outcomes.Outcome]) -> None:
    """A gold quotation is right or failed in one way, and every stray answer is counted."""
    seen = {TEXT[slice(*o.place)]: (o.result, o.source) for o in found}
    assert seen == {
        "The bridge will open in spring": ("right", "named"),
        "a good day for the town": ("speaker wrong", "pronoun"),
        "Nobody asked us": ("stretch wrong", "nominal"),
        "We shall see how it goes": ("no speaker", "nominal"),
        "Not one answer was given": ("not found", "pronoun"),
        "Bridge of Sighs": ("trap", None),
        "stays shut": ("beside the gold", None),
    }


def test_the_small_scorer_counts_as_the_real_one_does(scorer: Any) -> None:
    """What the outcomes are held against is the same, whichever scorer counts."""
    theirs, ours = (s.count_quotes(GOLD, ANSWERS) for s in (scorer, small_scorer))
    assert ours == {name: theirs[name] for name in ours}
    assert (ours["both right"], ours["sourced"], ours["predicted"]) == (1, 5, 7)


def test_the_rules_are_scored_on_a_gold_file(tmp_path: Path) -> None:
    """The scorer is the one beside the file; what the rules get right in it counts as right."""
    (tmp_path / "gold.jsonl").write_text(json.dumps(GOLD) + "\n", encoding="utf-8")
    source = Path(small_scorer.__file__).read_text(encoding="utf-8")
    (tmp_path / "score.py").write_text(source, encoding="utf-8")
    found = outcomes.of_rules(tmp_path / "gold.jsonl")
    right = {TEXT[slice(*o.place)] for o in found if o.result == "right"}
    assert right >= {"The bridge will open in spring", "We shall see how it goes"}
    assert outcomes.of_rules(tmp_path / "gold.jsonl", limit=0) == []


def test_a_failure_says_what_was_asked_and_given(found: list[outcomes.Outcome]) -> None:
    """A wrong speaker comes with the gold source's place and with ours."""
    (wrong,) = (o for o in found if o.result == "speaker wrong")
    assert [TEXT[slice(*place)] for place in wrong.asked] == ["He"]
    assert TEXT[slice(*wrong.given or (0, 0))] == "Ruth Okafor"


def test_outcomes_that_do_not_add_up_are_refused(found: list[outcomes.Outcome]) -> None:
    """One outcome less than the scorer counts ends the run."""
    totals = Counter({"both right": 1, "sourced": 5, "predicted": 7, "predicted, no source": 1})
    outcomes.check(found, totals)
    with pytest.raises(SystemExit, match="not the scorer's"):
        outcomes.check(found[1:], totals)


def test_the_error_table_adds_up(found: list[outcomes.Outcome]) -> None:
    """Each column's total is the sum of the rows above it."""
    lines = error_analysis.table({"made": found}).splitlines()
    rows = [[c.strip() for c in line.strip("|").split("|")] for line in lines[2:]]
    whole = next(k for k, row in enumerate(rows) if row[0] == "**all gold quotations**")
    for column in range(1, 5):
        assert sum(int(row[column]) for row in rows[:whole]) == int(rows[whole][column])
    assert rows[whole][-1] == "5"
    assert rows[-1][-1] == "6"


def test_every_answer_is_in_one_band(found: list[outcomes.Outcome]) -> None:
    """The bands hold each named answer once; the last row sums those from 0.9."""
    lines = calibration.table({"made": found}).splitlines()[2:]
    rows = [[c.strip() for c in line.strip("|").split("|")] for line in lines]
    counts = [int(row[1]) for row in rows]
    assert sum(counts[:-1]) == sum(o.named for o in found) == 5
    assert counts[-1] == counts[0] + counts[1] == 2
    assert rows[-1] == ["0.9 and more", "2", "100.0"]
    assert rows[-2] == ["0 – 0.5", "2", "0.0"]


def test_the_floor_takes_the_nearest_name() -> None:
    """Every stretch is given to the name that stands nearest, on either side."""
    said = {TEXT[q["start"] : q["end"]]: q["speaker"] for q in nearest_name.quotes(TEXT)}
    assert said["“The bridge will open in spring,”"] == "Ruth Okafor"
    assert len(said) == TEXT.count("“")


def test_a_recogniser_adds_only_names_that_we_lack() -> None:
    """A name over one of ours is not added; a new one is an entity with its mentions."""
    inventory = take_inventory(article_from_text(TEXT, source="made"))
    okafor, town = Span(*stretch("Ruth Okafor")), Span(*stretch("the town"))
    more = peers.added(inventory, [(okafor, "PERSON"), (town, "ORG")])
    (new,) = more.names[len(inventory.names) :]
    assert (new.name, new.kind, new.mentions[0].span) == ("the town", "body", town)
    assert more.by_id[new.mentions[0].id] == new.mentions[0]
    assert peers.name_at(inventory, okafor) == "Ruth Okafor"


def test_tables_are_tables() -> None:
    """Every row has as many cells as the header, however wide."""
    made = tables.markdown(["", "right, %"], [["a", tables.percent(2 / 3)], ["b", "–"]])
    assert made.splitlines()[1].count("|") == 3
    assert "66.7" in made
    assert tables.percent(tables.ratio(0, 0)) == "–"


def test_the_readmes_blocks_are_whole() -> None:
    """Every block ends, is filled, and its table's rows are as wide as the header."""
    for text in READMES:
        names = re.findall(r"<!-- (\w[^\n]*?) -->", text)
        assert names[1::2] == ["end"] * (len(names) // 2)
    blocks = re.findall(r"<!-- (\w+) -->\n(.*?)<!-- end -->", "".join(READMES), re.S)
    assert {"polnear", "speed", "peers", "calibration", "errors", "figures"} <= {
        n for n, _ in blocks
    }
    for name, body in blocks:
        assert body.strip(), name
        widths = {line.count("|") for line in body.splitlines() if line.startswith("|")}
        assert len(widths) <= 1, name


def test_the_peers_environment_is_made_once(tmp_path: Path) -> None:
    """An environment with the versions wanted is taken as it is, without installing."""
    (tmp_path / "peers.txt").write_text("\n".join(peers.PINS) + "\n", encoding="utf-8")
    assert peers.make_venv(tmp_path) == tmp_path / "bin" / "python"


@pytest.mark.process
def test_a_worker_that_cannot_start_ends_the_run(capfd: pytest.CaptureFixture[str]) -> None:
    """Without its libraries the worker's own message is shown, and no table is printed."""
    with pytest.raises(SystemExit, match=r"peer_worker\.py ended with status 1"):
        peers.Worker(Path(sys.executable))
    assert "ModuleNotFoundError" in capfd.readouterr().err


@pytest.mark.parametrize("name", ["Danso", "Ruiz"])
def test_a_pronouns_label_points_at_the_name_it_is_fitted_to(name: str) -> None:
    """Whom the label's place names is the right one of those ranked; another text has no labels."""
    text = "Paul Danso met the mayor, Carlos Ruiz, in March. “We must act,” he said."
    start = text.index(name)
    labels = {
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "pronouns": [{"at": text.index("he said"), "name": [start, start + len(name)]}],
    }
    answers = pronouns.answers_of(labels, text)
    assert answers == {text.index("he said"): name}
    ((ranked, right),) = pronouns.examples(article_from_text(text, source="made"), answers)
    assert len(ranked) == 2
    assert right == [["Ruiz", "Danso"].index(name)]  # the latest named comes first
    assert pronouns.answers_of(labels, text + " ") == {}
