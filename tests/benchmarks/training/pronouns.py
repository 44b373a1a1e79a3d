"""Fit the weights of pronouns.

    python -m tests.benchmarks.training.pronouns ARTICLES.jsonl

Of the articles only the texts are read. Where of the people named before a "he" or "she" one alone
has its gender and others have the other, the gender gives the answer away; the others, which no
rule of position knows to be women or men, are what the weights learn to rank below. Gender is
known here by titles, descriptions and first names, not by pronouns, and is no feature. Besides, it
is known whom the pronouns of gold/pronouns.jsonl mean (gold/README.md says by whom): the file holds
no names, but where in the same article each name stands.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from extractor.article import Article
from extractor.find.coreference import pronouns
from extractor.find.coreference.antecedents import candidate_features, pronouns_of
from extractor.find.coreference.discourse import History, Trail, fits
from extractor.find.document import read_document
from extractor.find.names import capitalised_runs as capitals
from extractor.find.names import descriptions as nominals
from extractor.find.names import finder as names
from extractor.find.quotations.pairing import find_quotations
from extractor.find.sentences import find_sentences
from extractor.language.en.lexicon import PRONOUN_GENDER
from extractor.read import article_from_text
from tests.benchmarks.quality.polnear import read_gold
from tests.benchmarks.training.fitting import (
    Ranking,
    fit_ranking,
    options,
    rounded,
    settings_of,
    write_table,
)

ANSWERS = Path(__file__).parents[1] / "gold" / "pronouns.jsonl"
OUT = Path(pronouns.__file__).with_name("pronoun_weights.json")


def answers_of(labels: dict[str, Any], text: str) -> dict[int, str]:
    """Return the names one article's labels point at in its text, by the offset of the pronoun.

    Empty where the text is not the labelled one, by its checksum.
    """
    if hashlib.sha256(text.encode()).hexdigest() != labels["sha256"]:
        return {}
    return {label["at"]: text[slice(*label["name"])] for label in labels["pronouns"]}


def examples(article: Article, answers: dict[int, str]) -> list[Ranking]:
    """Turn the pronouns with a known answer into ranking problems.

    `answers` are names by the offset of the pronoun; elsewhere gender decides, or nothing does.
    """
    sentences, quotations = find_sentences(article), find_quotations(article)
    document = read_document(article, sentences, quotations)
    drafts = names._cluster(document, list(capitals.runs(document)))
    nominals.add(document, drafts)
    known = [d.gender if d.kind == "person" else None for d in drafts]
    history, out = History(document, drafts), []
    pronouns.learn_gender(history)
    for k, word in pronouns_of(history):
        resolved = pronouns.resolve(history, k, word)
        entity = resolved[0] if resolved else None
        gender, answer = PRONOUN_GENDER.get(word), answers.get(document.tokens.start[k])
        if gender:
            found = history.in_reach(k)
            if answer:
                found = [trail for trail in found if fits(trail.draft, word)]
                named = [trail.draft.name.lower() for trail in found]
                right = [i for i, name in enumerate(named) if answer.lower() in name]
            else:
                found = _told_by_gender(history, k, found, known)
                right = [i for i, trail in enumerate(found) if known[trail.entity] == gender]
                right = right if len(right) == 1 and len(found) > 1 else []
            if right:
                entity = found[right[0]].entity
                ranked = [
                    tuple(name for group in groups for name in group.names)
                    for groups in candidate_features(history, k, word, found)
                ]
                out.append((ranked, right))
        if entity is not None:
            history.remember(k, entity)
    return out


def _told_by_gender(
    history: History, k: int, found: list[Trail], known: list[str | None]
) -> list[Trail]:
    """Keep the people of known gender; nobody where one of unknown gender is near."""
    unknown = any(
        trail.draft.gender is None
        and trail.draft.kind == "person"
        and history.line_at(k) - trail.line < 3
        for trail in found
    )
    return [] if unknown else [trail for trail in found if known[trail.entity]]


def main() -> None:
    """Fit on the articles given and write the table."""
    parser = options(
        __doc__,
        OUT,
        epochs=8,
        rate=0.1,
        penalty=0.01,
        least=8,
        hold_out="measure on every N-th article",
    )
    parser.add_argument("articles", type=Path, help='a JSON object with a "text" a line')
    parser.add_argument("--answers", type=Path, default=ANSWERS)
    arguments = parser.parse_args()
    lines = arguments.answers.read_text(encoding="utf-8").splitlines()
    labelled = {labels["doc"]: labels for labels in map(json.loads, lines)}
    data: list[Ranking] = []
    held: list[Ranking] = []
    known = 0
    for index, record in enumerate(read_gold(arguments.articles)):
        text, labels = record["text"], labelled.get(record["doc"])
        answers = answers_of(labels, text) if labels else {}
        known += len(answers)
        found = examples(article_from_text(text, source="train"), answers)
        aside = arguments.hold_out and index % arguments.hold_out == 0
        (held if aside else data).extend(found)
    of = sum(len(labels["pronouns"]) for labels in labelled.values())
    print(f"labels: {known} of {of} in {arguments.answers.name} are of these texts")
    kept = rounded(fit_ranking(data, **settings_of(arguments)), 2, 0.02)
    for name, group in (("fitted", data), ("held out", held)):
        right = sum(
            max(range(len(c)), key=lambda i: sum(kept.get(f, 0.0) for f in c[i])) in r
            for c, r in group
        )
        print(f"{name}: {right} of {len(group)} pronouns right without knowing the gender")
    write_table(arguments.out, __file__, kept)
    print(len(kept), "weights written to", arguments.out.name)


if __name__ == "__main__":
    main()
