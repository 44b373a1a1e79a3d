"""Fit the weights of words that tell Serbian and Croatian in Latin letters apart.

    python -m tests.benchmarks.training.south_slavic SERBIAN.conllu CROATIAN.conllu

The files are the development sets of UD_Serbian-SET and UD_Croatian-SET (news, CC BY-SA 4.0); their
test sets only score (`tests.benchmarks.quality.languages`). A word's weight is the logarithm of how
much more often a Serbian sentence has it than a Croatian one. Words that begin with a capital are
left out, names among them, and words of fewer than four sentences.
"""

import json
import math
import re
import sys
from collections import Counter
from pathlib import Path

from extractor.language.detection import south_slavic

OUT = Path(south_slavic.__file__).with_name("south_slavic_weights.json")
_WORD = re.compile(r"[^\W\d_]+")
_FEWEST, _LEAST = 4, 0.7  # sentences; a weight


def sentences_with(path: str) -> tuple[Counter[str], int]:
    """Return how many sentences of a treebank have each word, and how many there are."""
    lines = Path(path).read_text("utf-8").splitlines()
    sentences = [line.removeprefix("# text = ") for line in lines if line.startswith("# text = ")]
    found = Counter(
        word
        for sentence in sentences
        for word in {word for word in _WORD.findall(sentence) if word[0].islower()}
    )
    return found, len(sentences)


def fit(serbian: str, croatian: str) -> dict[str, float]:
    """Return word -> weight, above zero for Serbian."""
    (ours, our_size), (theirs, their_size) = sentences_with(serbian), sentences_with(croatian)
    weights = {}
    for word in sorted(ours.keys() | theirs.keys()):
        if ours[word] + theirs[word] < _FEWEST:
            continue
        weight = math.log((ours[word] + 0.5) / (our_size + 1))
        weight -= math.log((theirs[word] + 0.5) / (their_size + 1))
        if abs(weight) >= _LEAST:
            weights[word] = round(weight, 2)
    return weights


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    table = fit(sys.argv[1], sys.argv[2])
    OUT.write_text(json.dumps(table, ensure_ascii=False, indent=0) + "\n", "utf-8")
    print(f"{len(table)} words")
