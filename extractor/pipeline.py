"""The pipeline: from an article to its extraction, step by step. Read this first.

    rules only    article ─► inventory ─► answer ─► check ────────────────────────────► extraction
    with a model  article ─► inventory ─► answer ─► ground ─► fill ─► ground ─► report ─► extraction
                            (find/)      (answer/)  (check/)

`check` is `ground` and `report`; `fill` takes from the rules' answer what the model's leaves open.

The rules always answer: alone, or beside a language model, whose answer has precedence. A model's
answer can be wrong in any way: what cannot be grounded in the article is taken out and reported;
the rules fill it in, and it is marked as filled.
"""

from collections.abc import Iterator
from functools import partial

from extractor import __version__
from extractor.answer.from_rules import answer_by_rules
from extractor.answers import Answer, Asker
from extractor.article import Article, Remark
from extractor.bounds import ArticleBounds
from extractor.check.audit import Checked, check, ground, report, unaccounted
from extractor.check.filling import fill
from extractor.find.inventory import Inventory, take_inventory
from extractor.kinds import with_candidates
from extractor.language.languages import has_rules, language_name
from extractor.record import Extraction, Provenance, Usage
from extractor.schema.catalogue import Schema
from extractor.schema.shape import shape_of

ENGINE = f"news-extract {__version__}"


def extract(
    article: Article,
    schema: Schema,
    *,
    asker: Asker | None = None,
    bounds: ArticleBounds | None = None,
) -> Extraction:
    """Extract what `schema` asks for from one article, by the rules, or by a model and the rules.

    Raises ModelError when the model gave nothing usable, InputError when the article meets one of
    its bounds; whatever else an article or an answer holds raises nothing. Not to be called with an
    asker where an event loop runs: see `extract_with`.
    """
    if asker is not None:
        import asyncio  # 0.02 s that the rules need not pay

        async def extract_and_disconnect() -> Extraction:
            try:
                return await extract_with(article, schema, asker, bounds=bounds)
            finally:
                await asker.disconnect()  # the event loop ends here, and its connections with it

        return asyncio.run(extract_and_disconnect())
    work = partial(_by_rules, article, schema, bounds)
    return work() if bounds is None else bounds.hold(work)


async def extract_with(
    article: Article, schema: Schema, asker: Asker, *, bounds: ArticleBounds | None = None
) -> Extraction:
    """Extract with a model's answer, filled by the rules where the check takes something out.

    Raises ModelError when the model gave nothing usable, InputError when the article meets one of
    its bounds.
    """
    work = _with_model(article, schema, asker, bounds)
    return await (work if bounds is None else bounds.hold_steps(work))


def _by_rules(article: Article, schema: Schema, bounds: ArticleBounds | None) -> Extraction:
    """See `extract`."""
    inventory = with_candidates(take_inventory(article), shape_of(schema.model).kinds)
    answer = answer_by_rules(inventory, schema.model)
    checked = check(inventory, schema.model, answer)
    if bounds is not None:
        bounds.check_rows(len(checked.rows))
    return _extraction(inventory, schema, checked, answer, Usage(), None)


async def _with_model(
    article: Article, schema: Schema, asker: Asker, bounds: ArticleBounds | None
) -> Extraction:
    """See `extract_with`."""
    inventory = with_candidates(take_inventory(article), shape_of(schema.model).kinds)
    by_rules = answer_by_rules(inventory, schema.model)
    # The asker gets a copy: nothing that it does to it can reach what the rules fill in.
    answer, usage = await asker.ask(inventory, schema, by_rules.copy())
    answer.origin = "model"
    grounded = ground(inventory, schema.model, answer)
    completed, filled = fill(
        inventory,
        grounded,
        answer,
        by_rules,
        unaccounted=unaccounted(inventory, schema.model, answer, grounded),
    )
    if filled or not grounded.is_whole:
        grounded = ground(inventory, schema.model, completed)
    checked = report(inventory, schema.model, completed, grounded, by_rules, filled)
    if bounds is not None:
        bounds.check_rows(len(checked.rows))
    return _extraction(inventory, schema, checked, completed, usage, asker)


def _extraction(
    inventory: Inventory,
    schema: Schema,
    checked: Checked,
    answer: Answer,
    usage: Usage,
    asker: Asker | None,
) -> Extraction:
    """Return the outcome for one article, with where it comes from and what it cost."""
    article = inventory.article
    prompt, prompt_sha256 = asker.prompt_of(schema) if asker else (None, None)
    provenance = Provenance(
        article_sha256=article.sha256,
        schema=schema.name,
        schema_sha256=schema.sha256,
        prompt=prompt,
        prompt_sha256=prompt_sha256,
        model=asker.model if asker else None,
        plan=asker.plan if asker else None,
        engine=ENGINE,
    )
    return Extraction(
        schema=schema.name,
        article=article,
        record=checked.record,
        audit=checked.audit,
        warnings=(*article.warnings, *_without_rules(article, asker), *checked.warnings),
        provenance=provenance,
        usage=usage,
        confidence=_confidence(checked, answer.confidence),
    )


def _without_rules(article: Article, asker: Asker | None) -> Iterator[Remark]:
    """Yield the warning of an article in a language that there are no rules for."""
    language = article.language
    if language is None or has_rules(language):
        return
    message = (
        f"the article is in {language_name(language)}, and the rules read English only: they find "
        "quotations and numbers, but not who speaks, what a number is worth or counts, whom a name "
        "means, or what is said of sanctions and releases"
    )
    instead = "what is said of these is the model's alone" if asker else "a model can (--model)"
    yield Remark("language_without_rules", f"{message}; {instead}")


def _confidence(checked: Checked, by_candidate: dict[str, float]) -> dict[str, float]:
    """Return the confidence of each row that has one, by its path: {"quotes[3]": 0.9}."""
    by_path: dict[str, float] = {}
    for row in checked.rows:
        known = by_candidate.get(row.key, by_candidate.get(row.anchor_id or ""))
        if known is not None:
            by_path[row.path] = known
    return by_path
