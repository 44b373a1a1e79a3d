"""Reading of web pages, scored on pages with gold, beside other readers and other checkouts.

    python -m tests.benchmarks.quality.pages FOLDER [--beside CHECKOUT] [--peers PYTHON] [--list]

FOLDER holds pages and gold as flairNLP/fundus keeps its tests (`tests/resources/parser/test_data`):
`COUNTRY/PUBLISHER_DATE.html.gz` and `COUNTRY/PUBLISHER.json`, gold by the version of a parser. They
are their publishers', so they are no part of this project. Of several versions of gold the one is
taken whose paragraphs stand on the page. `--beside` reads the same pages with another checkout's
code, page by page in turns, and compares the CPU. `--peers` names a Python that has newspaper4k.

Pages are scored apart by the first digit of the SHA-256 of their file name: "tuned" where it is
even, which whoever changes the reader may look at, and "unseen" where it is odd.

What is counted:

read        the paragraphs whose kind is one of READ: the story. Of other readers all lines. A line
            that stands in the gold's summary, in a heading, the title or a caption, and not in its
            paragraphs, is neither right nor wrong: readers differ in what they call the body.
P, R, F1    of tokens (words; single characters in Chinese, Japanese and Korean), counted with
            repetition over a page, against the gold's paragraphs; the mean over pages.
lost        gold paragraphs of which less than 60% of the tokens stand in one paragraph that was
            read; in brackets those with a quotation mark.
foreign     paragraphs read of which less than 80% of the tokens stand in one gold paragraph, and on
            how many pages there are any.
title …     title: the same letters and digits. authors: the same set of names. date: the same
            day, there or in UTC. outlet: its name and the publisher's hold one another.
"""

import argparse
import gzip
import json
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from extractor.text.invisible import without_invisible
from tests.benchmarks.tables import markdown

ROOT = Path(__file__).resolve().parents[3]
WORKER = Path(__file__).with_name("page_worker.py")
READ = frozenset({"body", "block_quote"})
LOST, FOREIGN = 0.6, 0.8
_TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|\w+")
_QUOTED = re.compile(r"[\"“”„«»‘]|(?<!\w)'")
_WORDS = {
    "en": "the of and to in that is was for said with",
    "de": "der die und in den das ist nicht mit von",
    "fr": "le la les des et en du un est que",
    "es": "el la de que y en los se por las",
    "it": "il di che la e per un in del",
}
Tokens = Counter[str]


@dataclass
class GoldPage:
    """A page and what it should be read as."""

    path: Path
    publisher: str
    language: str
    paragraphs: list[str]
    beside: list[str]  # summary, headings, title, captions: neither right nor wrong
    title: str
    authors: list[str]
    date: datetime | None

    @property
    def tuned(self) -> bool:
        """Return whether the page may be looked at."""
        return int(sha256(self.path.name.encode()).hexdigest()[0], 16) % 2 == 0


@dataclass
class Score:
    """What was counted over pages; of P, R and F1 the sums."""

    pages: int = 0
    measures: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0])
    counts: Tokens = field(default_factory=Counter)
    cpu: float = 0.0


def squeezed(text: str) -> str:
    """Return the letters and digits of a text, in lower case."""
    return re.sub(r"\W+", "", text).lower()


def tokens(text: str) -> list[str]:
    """Return the tokens of a text as it is seen, whatever is invisible within its words."""
    return _TOKEN.findall(without_invisible(text).lower())


def gold_pages(folder: Path) -> Iterator[GoldPage]:
    """Yield the pages of a folder, with the gold that fits each."""
    for path in sorted(folder.rglob("*.html.gz")):
        publisher = re.sub(r"_\d{4}_\d\d_\d\d$", "", path.name.removesuffix(".html.gz"))
        versions = json.loads((path.parent / f"{publisher}.json").read_text(encoding="utf-8"))
        source = squeezed(gzip.decompress(path.read_bytes()).decode("utf-8", "replace"))
        yield max(
            (_gold_page(path, publisher, gold) for gold in versions.values()),
            key=lambda page: _share_on(page, source),
        )


def _gold_page(path: Path, publisher: str, gold: dict[str, Any]) -> GoldPage:
    body = gold.get("body") or {"summary": [], "sections": []}
    paragraphs = [p for section in body["sections"] for p in section["paragraphs"]]
    headings = [h for section in body["sections"] for h in section["headline"]]
    captions = [i.get("caption") or "" for i in gold.get("images") or []]
    captions += [i.get("description") or "" for i in gold.get("images") or []]
    said = gold.get("publishing_date")
    return GoldPage(
        path=path,
        publisher=publisher,
        language=language_of(" ".join(paragraphs)),
        paragraphs=paragraphs,
        beside=[*body["summary"], *headings, gold.get("title") or "", *captions],
        title=gold.get("title") or "",
        authors=gold.get("authors") or [],
        date=datetime.fromisoformat(said) if said else None,
    )


def _share_on(page: GoldPage, source: str) -> float:
    """Return how much of a page's gold stands on it, 0 to 1."""
    found = sum(len(p) for p in page.paragraphs if squeezed(p)[:30] in source)
    return found / max(1, sum(map(len, page.paragraphs)))


def language_of(text: str) -> str:
    """Return the language of a text as far as the table tells it apart, "other" else."""
    for letters, language in (
        (r"[\u3040-\u30ff]", "ja"),
        (r"[\uac00-\ud7af]", "ko"),
        (r"[\u4e00-\u9fff]", "zh"),
    ):
        if len(re.findall(letters, text)) > 20:
            return language
    found = Counter(re.findall(r"\w+", text.lower()))
    total = sum(found.values())
    shares = {name: sum(found[w] for w in words.split()) for name, words in _WORDS.items()}
    best = max(shares, key=lambda name: shares[name])
    return best if shares[best] > 0.08 * total else "other"


class Reader:
    """A program that reads pages, in a process of its own."""

    def __init__(self, python: str, *program: str) -> None:
        self._process = subprocess.Popen(
            [python, str(WORKER), *program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd="/",
        )

    def read(self, path: Path) -> dict[str, Any]:
        """Return what the program reads of a page."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{path.resolve()}\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        """End the process."""
        self._process.communicate()


def best_share(tokens_: Tokens, others: list[Tokens]) -> float:
    """Return the largest share of the tokens that stand in one of the others, 0 to 1."""
    size = sum(tokens_.values())
    return max((sum((tokens_ & o).values()) / size for o in others), default=0.0) if size else 0.0


def compare(page: GoldPage, read: list[str]) -> tuple[list[float], list[str], list[str]]:
    """Return precision, recall and F1, the paragraphs lost, and the foreign ones."""
    gold = [Counter(tokens(p)) for p in page.paragraphs]
    beside = [Counter(tokens(p)) for p in page.beside]
    all_gold, all_beside = squeezed(" ".join(page.paragraphs)), [squeezed(p) for p in page.beside]
    kept, foreign = [], []
    for line in read:
        letters, mine = squeezed(line), Counter(tokens(line))
        if not letters or not mine:
            continue
        if letters not in all_gold:
            share = best_share(mine, gold)
            elsewhere = any(letters in b for b in all_beside) or best_share(mine, beside) >= FOREIGN
            if elsewhere and share < FOREIGN:
                continue
            if share < FOREIGN:
                foreign.append(line)
        kept.append(line)
    all_read = squeezed(" ".join(read))
    lines = [Counter(tokens(line)) for line in read]
    lost = [
        p
        for p, t in zip(page.paragraphs, gold, strict=True)
        if squeezed(p) not in all_read and best_share(t, lines) < LOST
    ]
    return (
        _measures(sum(map(Counter, map(tokens, kept)), Counter()), sum(gold, Counter())),
        lost,
        foreign,
    )


def _measures(read: Tokens, gold: Tokens) -> list[float]:
    """Return precision, recall and F1 of tokens."""
    common = sum((read & gold).values())
    precision = common / max(1, sum(read.values()))
    recall = common / max(1, sum(gold.values()))
    return [precision, recall, 2 * precision * recall / max(1e-9, precision + recall)]


def score(total: Score, page: GoldPage, answer: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Add a page to a score; return the paragraphs lost, and the foreign ones."""
    read = [text for kind, text in answer["paragraphs"] if kind in READ]
    measures, lost, foreign = compare(page, read)
    total.pages += 1
    total.measures = [a + b for a, b in zip(total.measures, measures, strict=True)]
    total.cpu += answer["cpu"]
    total.counts["lost"] += len(lost)
    total.counts["quoted"] += sum(bool(_QUOTED.search(p)) for p in lost)
    total.counts["foreign"] += len(foreign)
    total.counts["pages"] += bool(foreign)
    total.counts["title"] += squeezed(answer.get("title") or "") == squeezed(page.title)
    names = {squeezed(a) for a in answer.get("authors") or []}
    total.counts["authors"] += names == {squeezed(a) for a in page.authors}
    total.counts["date"] += _same_day(answer.get("date"), page.date)
    outlet, publisher = squeezed(answer.get("outlet") or "-"), squeezed(page.publisher)
    outlet = outlet.removeprefix("the").removeprefix("der").removeprefix("die")
    total.counts["outlet"] += bool(outlet) and (outlet in publisher or publisher in outlet)
    total.counts["witness"] += any(c == "text_left_out" for c, _ in answer.get("warnings") or [])
    return lost, foreign


def _same_day(date: str | None, gold: datetime | None) -> bool:
    if gold is None or not date:
        return gold is None and not date
    days = {gold.date().isoformat()}
    if gold.tzinfo is not None:
        days.add(gold.astimezone(UTC).date().isoformat())
    return date[:10] in days


def main() -> None:
    """Score the readers, print a table a language."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--beside", type=Path, help="another checkout, its code reads them too")
    parser.add_argument("--peers", help="a Python that has newspaper4k")
    parser.add_argument("--alone", action="store_true", help="read with this checkout alone")
    parser.add_argument("--list", action="store_true", help="list what was lost of tuned pages")
    arguments = parser.parse_args()
    readers = {"ours": Reader(sys.executable, "ours", str(ROOT))}
    if arguments.beside:
        readers["beside"] = Reader(sys.executable, "ours", str(arguments.beside.resolve()))
    if not arguments.alone:
        readers["trafilatura"] = Reader(sys.executable, "trafilatura")
    if arguments.peers:
        readers["newspaper4k"] = Reader(arguments.peers, "newspaper")
    totals: dict[tuple[str, str, str], Score] = defaultdict(Score)
    for page in gold_pages(arguments.folder):
        part = "tuned" if page.tuned else "unseen"
        for name, reader in readers.items():
            answer = reader.read(page.path)
            for language in (page.language, "all"):
                for which in (part, "both"):
                    found = score(totals[language, which, name], page, answer)
            if arguments.list and part == "tuned" and name == "ours" and any(found):
                print(f"\n{page.path.name} ({page.language})")
                print(*[f"  lost     {p[:150]}" for p in found[0]], sep="\n")
                print(*[f"  foreign  {p[:150]}" for p in found[1]], sep="\n")
    for reader in readers.values():
        reader.close()
    for part in ("both", "tuned", "unseen"):
        rows = [_row(key, total) for key, total in sorted(totals.items()) if key[1] == part]
        print(f"\n{part}:")
        print(markdown(HEADS, rows))


HEADS = [
    *("language", "reader", "pages", "P", "R", "F1", "lost", "foreign"),
    *("title", "authors", "date", "outlet", "warned", "CPU ms"),
]


def _row(key: tuple[str, str, str], total: Score) -> list[str]:
    n, c = total.pages, total.counts
    return [
        key[0], key[2], str(n), *(f"{100 * m / n:.1f}" for m in total.measures),
        f"{c['lost']} ({c['quoted']})", f"{c['foreign']} / {c['pages']}",
        *(str(c[k]) for k in ("title", "authors", "date", "outlet", "witness")),
        f"{1000 * total.cpu / n:.0f}",
    ]  # fmt: skip


if __name__ == "__main__":
    main()
