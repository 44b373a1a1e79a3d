"""Evaluation: which machine does best on what was reviewed, by stored extractions or a new one.

Only articles that are reviewed to their end count: a row that nobody looked at is neither right
nor wrong, and without the missed ones added there is no recall.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from extractor.article import Article
from extractor.bounds import ArticleBounds
from extractor.errors import ExtractError, UsageError
from extractor.frozen import frozen
from extractor.review.claims.json_rows import unpacked
from extractor.review.evaluate.scoring import RecordRow, Scores, add_up, score_article
from extractor.store.packing import anchor_of, rows_of, storable, unpack_json

if TYPE_CHECKING:
    from extractor.record import Extraction
    from extractor.review.desk import Desk
    from extractor.schema.catalogue import Schema
    from extractor.settings import Settings


@frozen(order=True)
class Machine:
    """What answered: all settings by which two machines may differ."""

    model: str  # "rules" when no model was asked
    plan: str | None
    prompt: str | None
    prompt_sha256: str | None
    engine: str
    schema_sha256: str
    anew: bool = False  # asked now, and not kept

    def __str__(self) -> str:
        parts = [self.model]
        if self.plan:
            parts.append(f"plan {self.plan}")
        if self.prompt_sha256:
            parts.append(f"prompt {self.prompt} {self.prompt_sha256[:8]}")
        parts += [self.engine, f"schema {self.schema_sha256[:8]}"]
        return ", ".join([*parts, *(["asked anew"] if self.anew else [])])


@frozen
class ReviewedArticle:
    """An article of which every claim by a schema is decided, with the rows that are right."""

    sha256: str
    outlet: str | None
    rows: tuple[RecordRow, ...]


@dataclass(slots=True)
class Report:
    """How one machine did, article by article."""

    machine: Machine
    articles: dict[str, Scores] = field(default_factory=dict)  # by hash
    failed: list[tuple[str, str]] = field(default_factory=list)  # source, reason

    def total(self, among: set[str] | None = None) -> Scores:
        """Return the sum over all its articles, or over those among a set."""
        return add_up(
            scores for sha, scores in self.articles.items() if among is None or sha in among
        )


def reviewed(desk: "Desk", schema: str, limit: int | None = None) -> list[ReviewedArticle]:
    """Return the articles that are reviewed to their end, the first ones when limited."""
    articles = desk.select(
        "select article_sha256, min(outlet) as outlet from claim where schema = ? and queued = 1"
        " group by article_sha256 having sum(status in ('open', 'later')) = 0"
        " order by min(number) limit ?",
        (storable(schema), -1 if limit is None else limit),
    )
    rows: dict[str, list[RecordRow]] = defaultdict(list)
    for claim in desk.select(
        'select article_sha256, kind, "row" from claim where schema = ? and queued = 1'
        " and status in ('accepted', 'corrected')"
        " and article_sha256 in (select value from json_each(?)) order by number",
        (storable(schema), json.dumps([row["article_sha256"] for row in articles])),
    ):
        data = unpacked(claim["row"])
        if isinstance(data, dict):
            start, end, _ = anchor_of(data)
            rows[claim["article_sha256"]].append(RecordRow(claim["kind"], start, end, data))
    return [
        ReviewedArticle(
            article["article_sha256"], article["outlet"], tuple(rows[article["article_sha256"]])
        )
        for article in articles
    ]


def not_reviewed(desk: "Desk", schema: str) -> int:
    """Return how many articles have claims by a schema that nobody decided on yet."""
    count: int = desk.select(
        "select count(distinct article_sha256) from claim where schema = ? and queued = 1"
        " and status in ('open', 'later')",
        (storable(schema),),
    )[0][0]
    return count


def stored_reports(desk: "Desk", schema: str, truth: Sequence[ReviewedArticle]) -> list[Report]:
    """Score every extraction that the store has of these articles, the best machine first.

    Of several by the same machine (another threshold, say) the newest counts.
    """
    by_hash = {article.sha256: article for article in truth}
    reports: dict[Machine, Report] = {}
    for row in desk.select(
        "select article_sha256, model, plan, prompt, prompt_sha256, engine, schema_sha256, data"
        " from extraction where schema = ? and status = 'done'"
        " and article_sha256 in (select value from json_each(?)) order by finished_at, id",
        (storable(schema), json.dumps(list(by_hash))),
    ):
        machine = Machine(
            row["model"] or "rules",
            row["plan"],
            row["prompt"],
            row["prompt_sha256"],
            row["engine"],
            row["schema_sha256"],
        )
        report = reports.setdefault(machine, Report(machine))
        article = by_hash[row["article_sha256"]]
        report.articles[article.sha256] = score_article(
            article.rows, _rows(unpack_json(row["data"]))
        )
    return sorted(reports.values(), key=_goodness, reverse=True)


def report_anew(
    desk: "Desk",
    schema: "Schema",
    truth: Sequence[ReviewedArticle],
    settings: "Settings",
    tell: Callable[[int], None] = lambda _: None,
    announce: Callable[[], None] | None = None,
) -> Report:
    """Extract these articles by the rules or the model of the settings, and score that.

    Nothing is written into the store. An article that fails is named in the report. `tell` is
    called with the number of articles that have ended, `announce` before a model is asked first.
    """
    return asyncio.run(_report_anew(desk, schema, truth, settings, tell, announce))


async def _report_anew(
    desk: "Desk",
    schema: "Schema",
    truth: Sequence[ReviewedArticle],
    settings: "Settings",
    tell: Callable[[int], None],
    announce: Callable[[], None] | None,
) -> Report:
    """See report_anew; at most `settings.concurrency` articles are extracted at a time."""
    from extractor.store.work_key import recipe_for

    by = recipe_for(settings, schema)
    machine = Machine(
        by.model or "rules", by.plan, by.prompt, by.prompt_sha256, by.engine, by.schema_sha256, True
    )
    report = Report(machine)
    async with _answerer(schema, settings, announce) as answer:
        places = asyncio.Semaphore(settings.concurrency)
        ended = 0

        async def take(reviewed_article: ReviewedArticle) -> None:
            nonlocal ended
            async with places:
                article = desk.article(reviewed_article.sha256)
                try:
                    data = (await answer(article)).to_json()
                except ExtractError as error:
                    report.failed.append((article.source, str(error)))
                else:
                    report.articles[reviewed_article.sha256] = score_article(
                        reviewed_article.rows, _rows(data)
                    )
                ended += 1
                tell(ended)

        async with asyncio.TaskGroup() as tasks:
            for reviewed_article in truth:
                tasks.create_task(take(reviewed_article))
    return report


@asynccontextmanager
async def _answerer(
    schema: "Schema", settings: "Settings", announce: Callable[[], None] | None
) -> AsyncIterator[Any]:
    """Give a coroutine function from an article to its extraction, by the rules or a model."""
    from extractor.pipeline import extract, extract_with

    if not settings.asks_model:

        async def by_rules(article: Article) -> "Extraction":
            return extract(article, schema, bounds=ArticleBounds(settings, article.source))

        yield by_rules
        return
    from extractor.answer.model.asker import ModelAsker

    asker = ModelAsker(settings, announce=announce)
    try:
        yield lambda article: extract_with(
            article, schema, asker, bounds=ArticleBounds(settings, article.source)
        )
    finally:
        await asker.aclose()


def by_outlet(report: Report, truth: Sequence[ReviewedArticle]) -> dict[str, Scores]:
    """Return a machine's scores by the outlet of the article, the most articles first."""
    groups: dict[str, set[str]] = defaultdict(set)
    for article in truth:
        if article.sha256 in report.articles:
            groups[article.outlet or "no outlet"].add(article.sha256)
    ordered = sorted(groups, key=lambda name: (-len(groups[name]), name))
    return {name: report.total(groups[name]) for name in ordered}


def in_common(reports: Sequence[Report]) -> set[str]:
    """Return the articles that every machine has answered."""
    return set.intersection(*(set(report.articles) for report in reports)) if reports else set()


def to_json(reports: Sequence[Report], truth: Sequence[ReviewedArticle]) -> list[dict[str, Any]]:
    """Return the reports as JSON data."""
    return [
        {
            "machine": str(report.machine),
            "model": report.machine.model,
            "plan": report.machine.plan,
            "prompt_sha256": report.machine.prompt_sha256,
            "engine": report.machine.engine,
            "schema_sha256": report.machine.schema_sha256,
            "anew": report.machine.anew,
            "articles": len(report.articles),
            "failed": [{"source": source, "reason": reason} for source, reason in report.failed],
            "scores": scores_to_json(report.total()),
            "by_outlet": {
                name: scores_to_json(scores) for name, scores in by_outlet(report, truth).items()
            },
        }
        for report in reports
    ]


def scores_to_json(scores: Scores) -> list[dict[str, Any]]:
    """Return scores as JSON data, a row first and then its fields."""
    return [
        {
            "kind": kind,
            "field": name or None,
            "right": score.right,
            "given": score.given,
            "wanted": score.wanted,
            "precision": score.precision,
            "recall": score.recall,
            "f1": score.f1,
        }
        for (kind, name), score in ordered_scores(scores)
    ]


def ordered_scores(scores: Scores) -> list[tuple[tuple[str, str], Any]]:
    """Return scores kind by kind, each with its rows first and its fields in the row's order."""
    kinds = list(dict.fromkeys(kind for kind, _ in scores))
    return [
        (key, score)
        for kind in kinds
        for key, score in sorted(
            ((key, score) for key, score in scores.items() if key[0] == kind),
            key=lambda item: item[0][1] != "",
        )
    ]


def lines(
    reports: Sequence[Report], truth: Sequence[ReviewedArticle], outlets: bool
) -> Iterator[str]:
    """Yield the reports as a table for people."""
    common = in_common(reports)
    for report in reports:
        yield ""
        yield f"{report.machine}: {_articles(len(report.articles))}"
        yield from _table(report.total())
        if len(reports) > 1 and common and len(common) < len(report.articles):
            yield f"  on the {_articles(len(common))} that all of them have"
            yield from _table(report.total(common))
        if outlets:
            for name, scores in by_outlet(report, truth).items():
                yield f"  {name}"
                yield from _table(scores)
        for source, reason in report.failed:
            yield f"  failed: {reason if source in reason else f'{source}: {reason}'}"


def _table(scores: Scores) -> Iterator[str]:
    names = {key: f"  {key[1]}" if key[1] else key[0] for key in scores}
    width = max([len(name) for name in names.values()], default=0) + 2
    head = ("precision", "recall", "F1", "right", "given", "wanted")
    yield "  " + " " * width + "".join(f"{name:>10}" for name in head)
    for key, score in ordered_scores(scores):
        shares = "".join(f"{_percent(x):>10}" for x in (score.precision, score.recall, score.f1))
        counts = "".join(f"{count:>10,}" for count in (score.right, score.given, score.wanted))
        yield f"  {names[key]:<{width}}{shares}{counts}"


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.1f}"


def _articles(count: int) -> str:
    return f"{count:,} article{'' if count == 1 else 's'}"


def _goodness(report: Report) -> tuple[float, int]:
    """Rank machines by the mean F1 of all that was scored."""
    scores = [score.f1 for score in report.total().values() if score.f1 is not None]
    return (sum(scores) / len(scores) if scores else 0.0, len(report.articles))


def _rows(data: Mapping[str, Any]) -> list[RecordRow]:
    return [
        RecordRow(row.kind, row.start, row.end, values)
        for row in rows_of(dict(data))
        if isinstance(values := unpacked(row.row), dict)
    ]


def chosen_schema(desk: "Desk", name: str | None) -> str:
    """Return the schema to evaluate: the one named, or the only one that has claims."""
    schemas = desk.schema_names()
    if name is not None:
        if name not in schemas:
            what_is_there = (
                f"it has {', '.join(schemas)}" if schemas else "nothing was extracted yet"
            )
            raise UsageError(
                f"{desk.folder}: there is no claim by the schema {name!r}; {what_is_there}"
            )
        return name
    if len(schemas) == 1:
        return schemas[0]
    if not schemas:
        raise UsageError(f"{desk.folder}: there is nothing to evaluate by; nothing was extracted")
    raise UsageError(f"{desk.folder}: say by --schema which of {', '.join(schemas)}")
