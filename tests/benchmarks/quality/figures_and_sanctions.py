"""Score figures and sanction terms.

    python -m tests.benchmarks.quality.figures_and_sanctions TRAIN.jsonl [MORE.csv …]

The gold (gold/README.md says by which guideline) holds offsets and labels only; the texts are those
of PolNeAR's training set and of three collections of foreign news, none of them part of this
project: give their paths. Texts are known by their checksum; an article whose text no file has is
left out and counted. Sanction terms are scored in three parts: two halves, told apart by a hash of
the document's name, of which rules may be tuned on the one and the other is held out, and the
articles marked `fresh`, annotated later and tuned on by nobody. `--errors` prints every miss with
its offsets and the words around it, of the tuning half only; `--held-out` and `--fresh` print those
of the others.
"""

import argparse
import csv
import hashlib
import html
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from math import sqrt
from pathlib import Path
from typing import Any

from extractor.find.candidates import FigureCandidate
from extractor.find.inventory import Inventory, take_inventory
from extractor.read import article_from_text
from extractor.rules.sanctions.terms import Term, read_terms

GOLD = Path(__file__).parents[1] / "gold"
Place = tuple[int, int]
SAME_VALUE = 1e-3  # relative: a share is annotated with eight digits


@dataclass
class Tally:
    """Counts by name, and one line for each miss."""

    counts: Counter[str] = field(default_factory=Counter)
    misses: list[str] = field(default_factory=list)

    def miss(self, sort: str, doc: str, place: Place, text: str, detail: str = "") -> None:
        start, end = place
        around = f"{text[max(0, start - 50) : start]}[[{text[start:end]}]]{text[end : end + 50]}"
        self.misses.append(f"{sort:13s} {doc} {start}-{end}  {detail}\n    {around!r}")


def overlap(one: Place, other: Place) -> bool:
    """Tell whether two half-open places share a character."""
    return one[0] < other[1] and other[0] < one[1]


def equal(gold: float | None, found: float | None) -> bool:
    """Tell whether two values are the same, None included."""
    if gold is None or found is None:
        return gold is found
    return abs(gold - found) <= SAME_VALUE * max(abs(gold), abs(found))


def right_figure(gold: dict[str, Any], figure: FigureCandidate) -> dict[str, bool]:
    """Return which of value, bounds and unit are right; a range's value is its bounds."""
    bounds = equal(gold["low"], figure.low) and equal(gold["high"], figure.high)
    whole = equal(gold["value"], figure.value)
    value = whole and (bounds or gold["value"] is not None)
    return {"value": value, "bounds": bounds, "unit": gold["unit"] == figure.unit}


def score_figures(record: dict[str, Any], inventory: Inventory, tally: Tally) -> None:
    """Match figures one to one by overlap, in order of the text, and count."""
    text, doc = inventory.article.text, record["doc"]
    found = {
        (f.span.start, f.span.end): f
        for f in inventory.figures
        if record.get("from", 0) <= f.span.start and f.span.end <= record["until"]
    }
    optional = [(g["start"], g["end"]) for g in record["figures"] if g.get("optional")]
    taken: set[Place] = set()
    for gold in record["figures"]:
        if gold.get("optional"):
            continue
        place = (gold["start"], gold["end"])
        tally.counts["gold"] += 1
        matches = [p for p in found if p not in taken and overlap(p, place)]
        if not matches:
            tally.miss("not found", doc, place, text)
            continue
        taken.add(matches[0])
        right = right_figure(gold, found[matches[0]])
        tally.counts["span"] += 1
        tally.counts["value"] += right["value"]
        tally.counts["all"] += all(right.values())
        for name, fits in right.items():
            if not fits:
                figure = found[matches[0]]
                got = f"found {figure.value} {figure.low}..{figure.high} {figure.unit}"
                tally.miss(f"wrong {name}", doc, place, text, got)
    for place in found:
        if place not in taken and any(overlap(place, other) for other in optional):
            continue
        tally.counts["found"] += 1
        if place not in taken:
            tally.miss("no figure", doc, place, text)


def sender_places(term: Term, inventory: Inventory) -> list[list[Place]]:
    """Return, for each sender, where its entity is mentioned."""
    senders = []
    for name in term.sender:
        entity: Any = inventory.by_id.get(name.partition(".")[0])
        mentions = entity.mentions if entity else ()
        senders.append([(m.span.start, m.span.end) for m in mentions])
    return senders


def right_sender(gold: Any, senders: list[list[Place]]) -> bool:
    """Tell whether every sender found is one annotated, or none is where none is said."""
    if gold == "none":
        return not senders
    return bool(senders) and all(
        any(overlap(place, (start, end)) for place in places for start, end in gold)
        for places in senders
    )


def score_terms(record: dict[str, Any], inventory: Inventory, tally: Tally) -> None:
    """Match sanction terms by the word that names the action, and count.

    Several terms of one trigger ("imposed sanctions, an embargo and a ban") are one statement.
    """
    text, doc = inventory.article.text, record["doc"]
    statements: dict[str, Any] = inventory.by_id
    found: dict[Place, Term] = {}
    for term in read_terms(inventory):
        trigger = statements[term.statement].trigger
        if record.get("from", 0) <= trigger.start and trigger.end <= record["until"]:
            found.setdefault((trigger.start, trigger.end), term)
    optional = [tuple(g["span"]) for g in record["terms"] if g.get("optional")]
    taken: set[Place] = set()
    for gold in record["terms"]:
        if gold.get("optional"):
            continue
        place = tuple(gold["trigger"])
        tally.counts["gold"] += 1
        matches = [p for p in found if p not in taken and overlap(p, place)]
        matches += [p for p in found if p not in taken and overlap(p, tuple(gold["span"]))]
        if not matches:
            tally.miss("not found", doc, place, text, gold["action"])
            continue
        taken.add(matches[0])
        term = found[matches[0]]
        action = term.action == gold["action"]
        sender = right_sender(gold["sender"], sender_places(term, inventory))
        tally.counts["span"] += 1
        tally.counts["action"] += action
        tally.counts["sender"] += sender
        tally.counts["status"] += term.status == gold["status"]
        tally.counts["all"] += action and sender
        if not action:
            tally.miss("wrong action", doc, place, text, f"found {term.action}")
        if not sender:
            tally.miss("wrong sender", doc, place, text, f"found {term.sender}")
        if term.status != gold["status"]:
            tally.miss("wrong status", doc, place, text, f"{gold['status']}, found {term.status}")
    for place, term in found.items():
        if place not in taken and any(overlap(place, other) for other in optional):
            continue
        tally.counts["found"] += 1
        if place not in taken:
            tally.miss("no statement", doc, place, text, term.action)


def read_gold(path: Path) -> list[dict[str, Any]]:
    """Read a gold file, a JSON object a line."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def read_texts(paths: list[Path], wanted: set[str]) -> dict[str, str]:
    """Return the texts that are annotated, by their checksum."""
    texts = {}
    for path in paths:
        for text in _articles(path):
            checksum = hashlib.sha256(text.encode()).hexdigest()
            if checksum in wanted:
                texts[checksum] = text
    return texts


def _articles(path: Path) -> Iterable[str]:
    """Yield the articles of a file: JSON Lines with `text`, or a title and an empty line first.

    Those are tables (.csv) with `title` and `text`, and Reuters-21578's files (.sgm), of which the
    broken lines are joined and the agency's name at the end is left out.
    """
    csv.field_size_limit(1 << 24)
    if path.suffix == ".sgm":
        for story in path.read_text(encoding="latin-1").split("</REUTERS>"):
            title, body = (re.search(rf"<{tag}>(.*?)</{tag}>", story, re.S) for tag in _SGML_TAGS)
            if title and body:
                words = _REUTER.sub("", html.unescape(body[1]))
                parts = [title[1], *re.split(r"\n {4,}", words)]
                joined = (" ".join(html.unescape(part).split()) for part in parts)
                yield "\n\n".join(part for part in joined if part)
        return
    with path.open(encoding="utf-8", newline="") as lines:
        if path.suffix == ".csv":
            for row in csv.DictReader(lines):
                yield f"{row['title'].strip()}\n\n{row['text'].strip()}"
        else:
            for line in lines:
                if line.strip():
                    yield json.loads(line)["text"]


_SGML_TAGS = ("TITLE", "BODY")
_REUTER = re.compile(r"[\s\x03]*\breuter[\s\x03]*$", re.IGNORECASE)
PARTS = ("tuned on", "held out", "fresh")


def part_of(record: dict[str, Any]) -> str:
    """Return which of the three parts an article of the sanctions is in."""
    if record.get("fresh"):
        return "fresh"
    odd = hashlib.sha256(record["doc"].encode()).digest()[0] % 2
    return "held out" if odd else "tuned on"


def share(right: int, of: int) -> str:
    """Return a percentage with its 95% interval (Wilson 1927)."""
    if not of:
        return f"{'-':>20s}"
    p, z = right / of, 1.96
    middle, spread = p + z * z / (2 * of), z * sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    low, high = ((middle + sign * spread) / (1 + z * z / of) for sign in (-1, 1))
    return f"{100 * p:6.1f} [{100 * low:4.1f}, {100 * high:5.1f}]"


def table(title: str, tally: Tally, documents: int, rows: dict[str, str]) -> None:
    """Print recall and precision of one task, a row for each of what must be right."""
    gold, found = tally.counts["gold"], tally.counts["found"]
    print(f"{title}: {documents} articles, {gold} annotated, {found} found")
    print(f"  {'':30s} {'right':>6s}  {'recall':<21s} {'precision':<21s}".rstrip())
    for key, name in rows.items():
        right = tally.counts[key]
        print(f"  {name:30s} {right:6d}  {share(right, gold)}  {share(right, found)}")


FIGURE_ROWS = {
    "span": "place",
    "value": "place and value",
    "all": "place, value, bounds and unit",
}
TERM_ROWS = {
    "span": "place",
    "action": "place and action",
    "sender": "place and sender",
    "all": "place, action and sender",
    "status": "place and status",
}


def run(
    title: str,
    records: list[dict[str, Any]],
    texts: dict[str, str],
    score: Callable[[dict[str, Any], Inventory, Tally], None],
    rows: dict[str, str],
    errors: bool,
) -> None:
    """Score one task on those of its articles whose text is there, and print its table."""
    tally, scored = Tally(), 0
    for record in records:
        text = texts.get(record["sha256"])
        if text is not None:
            score(record, take_inventory(article_from_text(text, source="gold")), tally)
            scored += 1
    table(title, tally, scored, rows)
    if scored < len(records):
        print(f"  {len(records) - scored} articles left out: no file given has their text")
    if errors:
        print("\n".join(tally.misses))


def main() -> None:
    """Run the rules on the annotated articles and print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("texts", type=Path, nargs="+", help="PolNeAR's train.jsonl, foreign news")
    parser.add_argument(
        "--errors", action="store_true", help="print every miss, not those held out"
    )
    parser.add_argument("--held-out", action="store_true", help="print the misses held out")
    parser.add_argument("--fresh", action="store_true", help="print the misses of the fresh part")
    arguments = parser.parse_args()
    figures = read_gold(GOLD / "figures.jsonl")
    terms = read_gold(GOLD / "sanctions.jsonl")
    texts = read_texts(arguments.texts, {record["sha256"] for record in figures + terms})
    run("Figures", figures, texts, score_figures, FIGURE_ROWS, arguments.errors)
    shown = dict(zip(PARTS, (arguments.errors, arguments.held_out, arguments.fresh), strict=True))
    for name in PARTS:
        part = [record for record in terms if part_of(record) == name]
        run(f"Sanction terms, {name}", part, texts, score_terms, TERM_ROWS, shown[name])
    halves = [record for record in terms if part_of(record) != "fresh"]
    run("Sanction terms, tuned on and held out", halves, texts, score_terms, TERM_ROWS, False)
    run("Sanction terms, all", terms, texts, score_terms, TERM_ROWS, False)


if __name__ == "__main__":
    main()
