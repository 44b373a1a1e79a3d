"""A review of 100,000 claims: what a page, a filter, a search, a decision and a sync cost.

    python -m tests.benchmarks.speed.review [--claims 100000] [--folder KEPT] [--plans] [--check]

The articles are recombined from the real paragraphs of tests/articles, extracted by the rules and
given outlets, days and models at random; a fifth of the claims is decided by five reviewers. Times
are those of the calls that the server makes, without HTTP: the median and the slowest of several,
in a store that is open and has been read once. `--folder` keeps the store, so that another run need
not make it. `--plans` prints SQLite's plans. `--check` ends with status 1 when a page, filter,
search or the facets take 200 ms or more, or a plan sorts or scans what an index could serve.
"""

import argparse
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from extractor.pipeline import ENGINE, extract
from extractor.read import article_from_text
from extractor.record import Usage
from extractor.review.decide.decisions import decide, undo
from extractor.review.desk import Desk
from extractor.review.queue import Filter, all_claims, conditions, facets, page
from extractor.review.sync.sync import sync
from extractor.schema.catalogue import load_schema
from extractor.store.entries import Done
from extractor.store.packing import pack
from extractor.store.store import Store
from extractor.store.work_key import Recipe
from tests.benchmarks.speed.many import recombined
from tests.benchmarks.tables import markdown

ROOT = Path(__file__).resolve().parents[3]
BAR = 0.2  # seconds of server time
SCHEMA = "release_event"
MODELS = (None, "small", "large")
REVIEWERS = ("ann", "ben", "chloe", "dev", "eva")
HEADER = ("", "claims", "median, ms", "slowest, ms")


def fill(folder: Path, wanted: int) -> int:
    """Make a store whose extractions have so many rows; return how many."""
    chance = random.Random(5)
    schema = load_schema(SCHEMA)
    texts = [path.read_text() for path in sorted((ROOT / "tests/articles").glob("*.txt"))]
    recipes = {
        model: Recipe(SCHEMA, schema.sha256, None, None, model, None, None, None, ENGINE)
        for model in MODELS
    }
    rows = 0
    with Store(folder) as store:
        runs = {model: store.begin_run(recipe, ()) for model, recipe in recipes.items()}
        for number, text in enumerate(recombined(texts, wanted)):
            if rows >= wanted:
                break
            month, day = 1 + number % 12, 1 + number % 28
            article = replace(
                article_from_text(text, f"coverage/{number:06}.txt"),
                outlet=f"Outlet {int(chance.paretovariate(0.9)) % 150}",
                date=f"2025-{month:02}-{day:02}",
            )
            packed = pack(extract(article, schema))
            rows += len(packed.rows)
            model = chance.choice(MODELS)
            store.set_recipe(recipes[model])
            key = recipes[model].key(article.sha256)
            store.write(runs[model], [Done(number, article.source, "s", key, packed, 0.1)])
        for number in runs.values():
            store.end_run(number, "finished", {}, Usage(), None)
    return rows


def decide_some(desk: Desk, share: float = 0.2) -> int:
    """Decide a part of the queue; return how many."""
    chance = random.Random(7)
    done = 0
    with desk.transaction():
        for claim in all_claims(desk):
            if chance.random() < share:
                action = chance.choice(("accept", "accept", "reject", "later"))
                reviewer = chance.choice(REVIEWERS)
                decide(desk, claim.id, reviewer=reviewer, action=action, seen=claim.version)  # type: ignore[arg-type]
                done += 1
    return done


def timed(call: Callable[[], object], times: int = 7) -> tuple[float, float]:
    """Return the median and the slowest of some calls, in seconds."""
    took = []
    for _ in range(times):
        begins = time.perf_counter()
        call()
        took.append(time.perf_counter() - begins)
    return statistics.median(took), max(took)


def looks(desk: Desk) -> dict[str, Filter]:
    """Return the filters that are measured; the values are those that are there."""
    every = facets(desk)
    claim = page(desk).claims[0]
    speakers, outlets = list(every.speaker), list(every.outlet)
    return {
        "first page": Filter(),
        "status open": Filter(status=("open",)),
        "status accepted": Filter(status=("accepted",)),
        "a kind": Filter(kind="quotes"),
        "the commonest outlet": Filter(outlet=outlets[0]),
        "a rare outlet": Filter(outlet=outlets[-1]),
        "an outlet that is none": Filter(outlet="No Such Outlet"),
        "published in a month": Filter(since="2025-03", until="2025-03"),
        "the commonest speaker": Filter(speaker=speakers[0]),
        "a rare speaker": Filter(speaker=speakers[-1]),
        "a reviewer": Filter(reviewer="ann"),
        "a model": Filter(model="small"),
        "a warning": Filter(flag=("figure_conflict",)),
        "low confidence or differing": Filter(flag=("low_confidence", "differs")),
        "five filters at once": Filter(
            SCHEMA, "quotes", ("open", "later"), outlets[0], "2025-02", "2025-10", model="small"
        ),
        "one article": Filter(article=claim.article_sha256),
        "search, common word": Filter(words="prisoners"),
        "search, two words": Filter(words="sanctions potash"),
        "search, beginning of words": Filter(words="re", status=("open",)),
        "search, none found": Filter(words="zzzyx"),
    }


def measure(desk: Desk) -> tuple[list[tuple[object, ...]], float]:
    """Return the table's rows and the slowest look."""
    table: list[tuple[object, ...]] = []
    worst = 0.0

    def add(name: str, count: int, took: tuple[float, float]) -> float:
        table.append((name, f"{count:,}", f"{took[0] * 1000:.1f}", f"{took[1] * 1000:.1f}"))
        return took[1]

    for name, filter in looks(desk).items():
        total = page(desk, filter).total
        worst = max(worst, add(name, total, timed(lambda f=filter: page(desk, f))))  # type: ignore[misc]
    total = page(desk).total
    deep = page(desk, offset=total // 2)
    after = deep.claims[-1].id
    worst = max(worst, add("a page in the middle, after a claim", total,
                           timed(lambda: page(desk, after=after))))  # fmt: skip
    worst = max(worst, add("a page in the middle, by offset", total,
                           timed(lambda: page(desk, offset=total // 2))))  # fmt: skip
    for name, filter in {
        "facets of all": Filter(),
        "facets of open quotes": Filter(status=("open",), kind="quotes"),
        "facets of a search": Filter(words="prisoners"),
    }.items():
        count = page(desk, filter).total
        worst = max(worst, add(name, count, timed(lambda f=filter: facets(desk, f))))  # type: ignore[misc]
    queue = iter(page(desk, Filter(status=("open",)), size=100).claims)

    def accept() -> None:
        claim = next(queue)
        decide(desk, claim.id, reviewer="ann", action="accept", seen=claim.version)

    add("a decision", 1, timed(accept, 50))
    add("an undo", 1, timed(lambda: undo(desk, "ann"), 50))
    add("sync, nothing new", 0, timed(lambda: sync(desk), 50))
    return table, worst


def again(folder: Path, desk: Desk, articles: int) -> tuple[int, float]:
    """Have some articles extracted again by another engine; return claims and seconds of sync."""
    with Store(folder) as store, store.transaction() as rows:
        rows.execute(
            "update extraction set engine = engine || '+', finished_at = finished_at + 1"
            " where id in (select id from extraction order by id limit ?)",
            (articles,),
        )
    begins = time.perf_counter()
    return sync(desk), time.perf_counter() - begins


def plans(desk: Desk) -> list[tuple[str, str]]:
    """Return SQLite's plan for each look."""
    found = []
    for name, filter in looks(desk).items():
        where, values = conditions(desk, filter)
        order = "c.start, c.number" if filter.article else "c.risk desc, c.number"
        index = "claim_of_article" if filter.article else "claim_queue"
        query = (
            f"select c.number from claim c indexed by {index} where {where}"
            f" order by {order} limit 50"
        )
        steps = [row[3] for row in desk.select(f"explain query plan {query}", values)]
        found.append((name, "; ".join(steps)))
    return found


def main() -> int:
    """Make the store, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--claims", type=int, default=100_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--plans", action="store_true")
    parser.add_argument("--check", action="store_true")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = told.folder or Path(scratch)
        fresh = not (folder / "extract.sqlite").is_file()
        if fresh:
            print(f"{fill(folder, told.claims):,} rows extracted")
        with Desk(folder) as desk:
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            begins = time.perf_counter()
            cpu = time.process_time()
            count = sync(desk)
            cpu = time.process_time() - cpu
            seconds = time.perf_counter() - begins
            grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
            if count:
                print(
                    f"first sync: {count:,} claims in {seconds:.1f} s, {cpu:.1f} s of CPU,"
                    f" {grown / 1024:.0f} MB more"
                )
            if fresh:
                begins = time.perf_counter()
                print(f"{decide_some(desk):,} decided in {time.perf_counter() - begins:.1f} s")
            table, worst = measure(desk)
            print(markdown(HEADER, table))
            changed, took = again(folder, desk, 100)
            print(f"sync of 100 articles extracted anew: {changed:,} claims in {took:.2f} s")
            odd = [(name, plan) for name, plan in plans(desk) if "TEMP B-TREE" in plan]
            if told.plans:
                for name, plan in plans(desk):
                    print(f"{name}: {plan}")
            size = (folder / "extract.sqlite").stat().st_size
            print(f"store: {size / 1e6:,.0f} MB; slowest look {worst * 1000:.0f} ms")
            return int(told.check and (worst >= BAR or bool(odd)))


if __name__ == "__main__":
    sys.exit(main())
