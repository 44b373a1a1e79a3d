"""Fit what reports and where it ends.

    python -m tests.benchmarks.training.reports TRAIN.jsonl

Two logistic models. First where contents end, on the cues that the gold marks; then, with contents
that end so, which verbs are worth reading: those whose content is a gold one's by more than half.
Writes extractor/rules/attribution/reported_speech_weights.json: features and weights, no sentence
of an article.
"""

from pathlib import Path
from typing import Any

from extractor.find.inventory import take_inventory
from extractor.language.log_linear import Features, forget
from extractor.read import article_from_text
from extractor.rules.attribution import reported_speech_model as reporting
from extractor.rules.attribution.reported_speech import ReportingVerb, ReportReader
from extractor.rules.attribution.reported_speech_model import LONGEST, end_features
from extractor.rules.attribution.speakers import attribute
from tests.benchmarks.quality.polnear import read_gold
from tests.benchmarks.training.fitting import (
    Case,
    fit_classes,
    options,
    rounded,
    settings_of,
    write_table,
)

OUT = Path(reporting.__file__).with_name("reported_speech_weights.json")


def reader_of(record: dict[str, Any]) -> ReportReader:
    """Read one article."""
    inventory = take_inventory(article_from_text(record["text"], source="train"))
    return ReportReader(inventory, attribute(inventory))


def names_of(features: tuple[Features, ...]) -> list[str]:
    """Return the names of all the features."""
    return [name for group in features for name in group.names]


def cues_of(record: dict[str, Any]) -> dict[int, list[dict[str, Any]]]:
    """Return the attributions by every offset of their cues."""
    found: dict[int, list[dict[str, Any]]] = {}
    for attribution in record["attributions"]:
        for cue in attribution["cue"]:
            for place in range(cue["start"], cue["end"]):
                found.setdefault(place, []).append(attribution)
    return found


def ends(record: dict[str, Any], reader: ReportReader) -> list[Case]:
    """Return the borders of the contents of the cues that the gold marks."""
    found: list[Case] = []
    tokens, cues = reader.tokens, cues_of(record)
    for first, last in reader.sentences():
        for verb in reader.reporting_verbs(first, last):
            gold = cues.get(tokens.start[verb.cue])
            edge = reader.edge(verb, last)
            stop = min(last, edge + LONGEST)
            if not gold or edge >= stop:
                continue
            begins, closes = tokens.start[edge], tokens.end[stop - 1]
            after = [
                s["end"] for s in gold[0]["content"] if begins - 30 < s["start"] < closes
                and s["end"] > begins
            ]  # fmt: skip
            for j, features in end_features(reader.context, verb.cue, edge, stop):
                if not after:
                    break
                found.append((names_of(features), tokens.start[j] >= max(after)))
                if found[-1][1]:
                    break
    return found


def cues(record: dict[str, Any], reader: ReportReader) -> list[Case]:
    """Return every verb with a subject, and whether what it would report is in the gold."""
    text, found = record["text"], []
    letters = [c.isalnum() for c in text]
    marked = cues_of(record)
    gold = [
        (frozenset(c for s in a["content"] for c in range(s["start"], s["end"]) if letters[c]), a)
        for a in record["attributions"]
    ]
    read: list[tuple[ReportingVerb, list[str], frozenset[int]]] = []
    for first, last in reader.sentences():
        for verb in reader.reporting_verbs(first, last):
            content = reader.content(verb, first, last)
            if content:
                spans = reader.report(verb, content, 1.0).content
                chars = frozenset(c for s in spans for c in range(*s) if letters[c])
                features = reader.features(verb, last) + reader.shape(verb, content)
                read.append((verb, names_of(features), chars))
    theirs = {id(a) for verb, _, _ in read for a in marked.get(reader.tokens.start[verb.cue], ())}
    for verb, features, chars in read:
        mine = {id(a) for a in marked.get(reader.tokens.start[verb.cue], ())}
        right = any(
            chars and 2 * len(chars & g) >= len(chars | g)
            for g, a in gold
            if id(a) in mine or id(a) not in theirs
        )
        found.append((features, right))
    return found


def main() -> None:
    """Fit on the gold given and write the tables."""
    parser = options(__doc__, OUT, epochs=4, rate=0.05, penalty=0.1, least=15)
    parser.add_argument("gold", type=Path)
    arguments = parser.parse_args()
    gold = read_gold(arguments.gold)
    if arguments.hold_out:
        gold = [r for i, r in enumerate(gold) if i % arguments.hold_out]
    tables: dict[str, dict[str, float]] = {"cue": {}, "end": {}}
    reporting.weights = tables.__getitem__  # type: ignore[assignment]
    readers = [reader_of(record) for record in gold]
    for name, examples in (("end", ends), ("cue", cues)):
        data = [e for r, reader in zip(gold, readers, strict=True) for e in examples(r, reader)]
        print(name, len(data), "examples,", sum(right for _, right in data), "of them right")
        tables[name] = rounded(fit_classes(data, **settings_of(arguments)), 2, 0.1)
        forget()
    write_table(arguments.out, __file__, tables)
    print({name: len(table) for name, table in tables.items()}, "written to", arguments.out.name)


if __name__ == "__main__":
    main()
