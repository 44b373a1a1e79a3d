"""Count which verbs are cues: `python tests/benchmarks/count_cues.py TRAIN.jsonl`.

For every verb form that has a mention as its subject, and for every verb joined to an earlier
subject, the share of its uses that the gold marks as the cue of an attribution. Writes
extractor/answer/cue_shares.json: words and shares, no sentence of an article.
"""

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import Any

from polnear import read_gold

from extractor.answer.evidence import Evidence
from extractor.answer.reported import joined_key
from extractor.find.inventory import take
from extractor.read import article_from_text

OUT = Path(__file__).parents[2] / "extractor" / "answer" / "cue_shares.json"
LEAST_SHARE = 0.25  # rarer cues are never read as such
LEAST_SEEN = 2


def count(record: dict[str, Any], seen: Counter[str], cues: Counter[str]) -> None:
    """Count the verbs of one article, and those of them that the gold marks."""
    inventory = take(article_from_text(record["text"], source="train"))
    evidence = Evidence(inventory)
    tokens = evidence.tokens
    gold = [c for a in record["attributions"] for c in a["cue"]]
    marked = {place for cue in gold for place in range(cue["start"], cue["end"])}
    for sentence in inventory.sentences:
        first = tokens.first_from(sentence.span.start)
        last = tokens.first_from(sentence.span.end)
        done: set[int] = set()
        for _, end, _, _ in evidence.between(first, last):
            verb = evidence.subject_of(end, last)
            if verb is not None and verb not in done:
                done.add(verb)
                seen[tokens.lower[verb]] += 1
                cues[tokens.lower[verb]] += tokens.start[verb] in marked
        for k in range(first + 1, last - 1):
            key = joined_key(tokens, k)
            if key and k not in done and not evidence.reading.quoted[k]:
                seen[key] += 1
                cues[key] += tokens.start[k] in marked


def main() -> None:
    """Count over the gold given and write the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("gold", type=Path)
    arguments = parser.parse_args()
    seen, cues = Counter[str](), Counter[str]()
    for record in read_gold(arguments.gold):
        count(record, seen, cues)
    # shrunk towards one in five, as a verb seen twice proves little
    shares = {w: round((cues[w] + 0.3) / (n + 1.5), 2) for w, n in seen.items() if n >= LEAST_SEEN}
    kept = {w: share for w, share in sorted(shares.items()) if share >= LEAST_SHARE}
    note = "counted by tests/benchmarks/count_cues.py on PolNeAR's training articles"
    OUT.write_text(json.dumps({"note": note, "shares": kept}, indent=0) + "\n", encoding="utf-8")
    print(len(kept), "verbs written to", OUT.name)


if __name__ == "__main__":
    main()
