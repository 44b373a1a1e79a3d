"""Rendering: the page and its parts as HTML, from Jinja templates and their filters.

Whatever a template prints is escaped and has no control characters; an article's words go through
`shown`, which makes them visible instead (see extractor/sheet/page.py).
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from extractor.article import STORY
from extractor.review.claims.claims import DECIDED, UNDECIDED, Claim, claims_of_article
from extractor.review.claims.risk import describe
from extractor.review.claims.standing import Decision
from extractor.review.decide.decisions import draft_of, history
from extractor.review.decide.editing import NewRow, name_choices
from extractor.review.evaluate.agreement import Pair, blinded
from extractor.review.queue import (
    Facets,
    Filter,
    Page,
    conditions,
    count_undated,
    facets,
    saved_views,
    status_counts,
)
from extractor.review.server.page.forms import FormField, Value, form_fields
from extractor.review.server.page.second_reviews import (
    SHARES,
    VIEWS,
    View,
    agreement_sentence,
    pair_of,
    share_of,
    view_of,
)
from extractor.review.server.page.view_models import (
    REASON_LABELS,
    STATUS_LABELS,
    FieldView,
    changed_fields,
    clipped,
    fields_of,
    flags_of,
    history_entries,
    kind_label,
    marks,
    reasons_of,
    summary,
    when,
    words_around,
)
from extractor.sheet.highlights import marked_paragraphs
from extractor.sheet.page import TEMPLATES, environment
from extractor.sheet.tables import Item, amount, heading, known_of
from extractor.text.dates import utc
from extractor.text.printable import one_line

if TYPE_CHECKING:
    from jinja2 import Environment

    from extractor.article import Article
    from extractor.review.desk import Desk

HERE = Path(__file__).parent
STATIC = {  # what is served: names to files, and no other file
    "page.css": (TEMPLATES / "page.css", "text/css"),
    **{
        path.name: (path, "text/css" if path.suffix == ".css" else "text/javascript")
        for path in sorted((HERE / "static").iterdir())
        if path.suffix in (".css", ".js")
    },
}


@cache
def assets_version() -> str:
    """Return a short hash of what is served, so that a browser never mixes two versions."""
    digest = hashlib.sha256()
    for path, _ in STATIC.values():
        digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


@cache
def _templates() -> "Environment":
    """Return the templates of the page with their filters."""
    templates = environment(HERE / "templates")
    templates.filters |= {
        "data": _data,
        "values": _values,
        "clipped": clipped,
        "clip": _clip,
        "worth": _worth,
        "when": when,
        "iso": utc,
    }
    templates.globals |= {"states": STATUS_LABELS, "build": assets_version()}
    return templates


def render(name: str, **values: Any) -> str:
    """Return a template filled in."""
    return _templates().get_template(name).render(**values)


def _data(value: Any) -> Markup:
    """Return JSON for a script element that holds data: nothing in it can end the element."""
    text = json.dumps(value, ensure_ascii=True).replace("<", "\\u003c").replace("&", "\\u0026")
    return Markup(text)  # noqa: S704


def _values(values: Sequence[Value]) -> str:
    data = [
        {"text": value.text, "change": value.change, "entity": value.entity, "spans": value.spans}
        for value in values
    ]
    return json.dumps(data, ensure_ascii=True)


def _clip(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most].rstrip()} …"


def _worth(item: Item) -> str:
    worth = one_line(amount(item.value)) if item.value is not None else ""
    return worth if worth.replace(",", "") != item.text.replace(",", "") else ""


# --- the queue -----------------------------------------------------------------------------------


def rows(desk: "Desk", page: Page, query: str) -> str:
    """Return the rows of a page of the queue."""
    return render("rows.html", rows=[row_view(desk, claim, query) for claim in page.claims])


def row(desk: "Desk", claim: Claim, query: str) -> str:
    """Return one row of the queue."""
    return render("rows.html", rows=[row_view(desk, claim, query)])


def row_view(desk: "Desk", claim: Claim, query: str) -> dict[str, Any]:
    """Return what a row of the queue shows."""
    settled = claim.status in DECIDED
    fields = fields_of(desk, claim.schema, claim.kind, claim.row)
    words = summary(fields)
    if all(is_name for _, is_name in words):
        words += words_around(desk, claim, fields)
    return {
        "claim": claim,
        "kind": kind_label(claim.kind),
        "words": one_line((claim.text or "no words")[:600])[:300],
        "summary": words,
        "flags": [] if settled and not claim.differs else flags_of(claim)[:2],
        "link": f"/?{query}&claim={claim.id}" if query else f"/?claim={claim.id}",
    }


def to_query(filter: Filter) -> str:
    """Return the query of a filter as the page writes it: it always names a status."""
    query = filter.to_query()
    return query if filter.status else f"{query}&status=all".lstrip("&")


def query_of(query: Mapping[str, Any]) -> str:
    """Return a page's query string in its canonical form: the filter, and the view if any."""
    text = to_query(from_query(query))
    if (view := view_of(query)) is not None:
        text += f"&view={view}&share={share_of(query):g}"
    return text


def from_query(query: Mapping[str, Any]) -> Filter:
    """Return the filter of a page's query; without a status, undecided claims."""
    values = dict(query)
    if not values.get("status"):
        values["status"] = UNDECIDED
    elif values["status"] == "all":
        del values["status"]
    return Filter.from_query(values)


def known_query(desk: "Desk", query: Mapping[str, Any]) -> tuple[dict[str, str], list[str]]:
    """Return a page's query without values that this queue does not have, and those in words.

    An address may be old, or typed: the page is shown all the same.
    """
    known = dict(query)
    unknown = []
    statuses = {status for status in known.get("status", "").split(",") if status}
    if statuses != {"all"} and statuses - set(STATUS_LABELS):
        unknown.append(f"no status “{_clip(one_line(known.pop('status')), 60)}”")
    if known.get("view") and view_of(known) is None:
        unknown.append(f"no view “{_clip(one_line(known.pop('view')), 60)}”")
    for name in ("kind", "schema"):
        if known.get(name) and not _has(desk, Filter.from_query({name: known[name]})):
            unknown.append(f"no {name} “{_clip(one_line(known.pop(name)), 60)}”")
    return known, unknown


def _has(desk: "Desk", filter: Filter) -> bool:
    where, values = conditions(desk, filter)
    return bool(desk.select(f"select 1 from claim c where {where} limit 1", values))  # noqa: S608


_FRESH = 5.0  # seconds for which counted values are shown again


class RecentFacets:
    """The values that there are in the whole queue, counted some seconds ago at most."""

    def __init__(self, desk: "Desk") -> None:
        self._desk = desk
        self._counted: Facets | None = None
        self._at = 0.0  # when, by the monotonic clock

    def read(self) -> Facets:
        """Return the values with their counts. Raises OutputError."""
        counted = self._counted
        if counted is None or monotonic() - self._at > _FRESH:
            counted = self._counted = facets(self._desk)
            self._at = monotonic()
        return counted


def filter_bar(
    desk: "Desk", query: Mapping[str, Any], recent: RecentFacets, *, full: bool
) -> dict[str, Any]:
    """Return what the filter's form shows; the values to choose from only when it is `full`.

    Counting every value takes ten times as long as a page of the queue, and the form is folded.
    """
    filter = from_query(query)
    view = view_of(query)
    status = status_counts(desk, replace(filter, status=()))
    narrowed = replace(filter, status=()) != Filter()
    counted = facets(desk, replace(filter, status=())) if full and not view else Facets()
    selects = []
    for name, label in _SELECTS:
        if (
            view and name != "schema"
        ):  # a view is of a schema; and these would tell what was decided
            continue
        chosen = getattr(filter, name)
        counts: dict[str, int] = getattr(counted, name)
        if full and (chosen or view):
            counts = getattr(recent.read(), name)
        least = 1 if name in ("reviewer", "flag") else 2  # a single value filters nothing
        if len(counts) < least and not chosen:
            continue
        words = {"kind": kind_label, "flag": describe}.get(name, str)
        values = [(value, words(value), count) for value, count in counts.items()]
        now = ",".join(chosen) if name == "flag" else chosen
        selects.append((name, label, values, now, words(now) if now else ""))
    used = sum(bool(getattr(filter, name)) for name, _ in _SELECTS)
    used += bool(filter.since) + bool(filter.until)
    return {
        "filter": filter,
        "full": full,
        "status": status,
        "selects": selects,
        "used": used,
        "undated": count_undated(desk, filter),
        "view": view,
        "all_views": VIEWS.items(),
        "share": share_of(query),
        "shares": SHARES,
        "figures": agreement_sentence(desk, filter.schema) if view else "",
        "views": [(name, to_query(saved)) for name, saved in saved_views(desk).items()],
        **progress(status_counts(desk) if narrowed else status),
    }


_SELECTS = (
    ("kind", "Kind"),
    ("outlet", "Outlet"),
    ("speaker", "Speaker"),
    ("flag", "Why look"),
    ("reviewer", "Reviewer"),
    ("model", "Answered by"),
    ("schema", "Schema"),
)


def progress(status: Mapping[str, int]) -> dict[str, int]:
    """Return how many claims there are, and on how many somebody has decided."""
    total = sum(status.values())
    return {"total": total, "decided": total - sum(status.get(name, 0) for name in UNDECIDED)}


# --- the claim -----------------------------------------------------------------------------------


def claim_panel(
    desk: "Desk", claim: Claim, reviewer: str, stale: str | None = None, view: View | None = None
) -> str:
    """Return the panel of a claim: fields, flags, provenance, history.

    In a second review the claim is to be a blinded one, and there is no history.
    """

    def fields(of: Any) -> list[FieldView]:
        return fields_of(desk, claim.schema, claim.kind, of)

    shown = fields(claim.row)
    blind = view == "second"
    log = [] if blind else history_entries(desk, claim, history(desk, claim.id))
    pair = pair_of(desk, claim) if view == "differ" else None
    both = [
        history_entries(desk, claim, [replace(decision, second=False)])[0]
        for decision in _pair_decisions(pair)
    ]
    lapsed = next((entry for entry in log if entry.decision.id == claim.lapsed), None)
    return render(
        "claim.html",
        claim=claim,
        kind=kind_label(claim.kind),
        all=shown,
        flags_of=flags_of(claim),
        now_says=changed_fields(shown, fields(claim.proposal)) if claim.differs else (),
        log=log,
        lapsed=lapsed,
        lapsed_fields=fields(lapsed.decision.after or lapsed.decision.before) if lapsed else [],
        draft=not blind and draft_of(desk, claim.id, reviewer) is not None,
        blind=blind,
        both=[(entry, fields(entry.decision.after)) for entry in both],
        facts=_facts(claim),
        reasons=_numbered(reasons_of(desk, claim.schema, claim.kind)),
        stale=stale,
    )


def _numbered(reasons: Mapping[str, str]) -> list[tuple[int, str, str]]:
    """Return reasons with their keys: a reason has the same key for every kind."""
    return [(n, code, reasons[code]) for n, code in enumerate(REASON_LABELS, 1) if code in reasons]


def _pair_decisions(pair: Pair | None) -> tuple[Decision, ...]:
    """Return the two decisions of a pair, if there is one."""
    return (pair.first, pair.second) if pair else ()


def _facts(claim: Claim) -> list[tuple[str, str]]:
    """Return what is known of where a claim comes from, as (label, value)."""
    place = f"{claim.start:,}–{claim.end:,}" if claim.start is not None else None
    confidence = f"{claim.confidence:.0%}" if claim.confidence is not None else None
    by = claim.model or ("a reviewer" if claim.origin == "analyst" else None)
    if claim.by_rules and claim.model not in (None, "rules"):
        by = f"rules, where {claim.model} left it"
    facts = [
        ("article", claim.source),
        ("outlet", claim.outlet),
        ("published", claim.published),
        ("answered by", by),
        ("confidence", confidence),
        ("prompt", claim.prompt),
        ("engine", claim.engine),
        ("schema", f"{claim.schema}, {claim.path or claim.kind}"),
        ("characters", place),
        ("text", claim.article_sha256[:16]),
        ("claim", f"{claim.id}, version {claim.version}"),
    ]
    return [(name, value) for name, value in facts if value]


def form(desk: "Desk", about: Claim | NewRow) -> str:
    """Return the form for a claim, or for a row to be added."""
    is_new = not isinstance(about, Claim)
    if isinstance(about, Claim):
        article, schema, kind, row = about.article_sha256, about.schema, about.kind, about.row
    else:
        (article, schema, kind), row = about, None
    fields: list[FormField] = form_fields(desk, article, schema, kind, row)
    label = kind_label(kind)
    return render(
        "form.html",
        form=fields,
        names=name_choices(desk, about) if any(f.control == "name" for f in fields) else [],
        is_new=is_new,
        title=f"Add a {label.lower()}" if is_new else f"Edit the {label.lower()}",
    )


# --- the article ---------------------------------------------------------------------------------


def article(desk: "Desk", sha256: str, schema: str, view: View | None = None) -> tuple[str, str]:
    """Return an article with the places of its claims marked, and the legend of the marks."""
    article = desk.article(sha256)
    claims = claims_of_article(desk, sha256, schema)
    if view == "second":
        claims = [blinded(claim) for claim in claims if claim.origin != "analyst"]
    places, names = marks(desk, claims)
    details = known_of(article)
    url = article.url if article.url and article.url.startswith(("https://", "http://")) else None
    body = marked_paragraphs(article, places, selectable=True)
    title = None if _begins_with_title(article) else heading(article)
    html = render("article.html", title=title, known=details, url=url, body=body)
    return html, render("legend.html", legend=names)


def _begins_with_title(article: "Article") -> bool:
    """Return whether an article's text begins with its title, so that one is enough."""
    if article.title is None:
        return bool(article.paragraphs)
    title = one_line(article.title).casefold()
    begins = next(
        (
            paragraph
            for paragraph in article.paragraphs
            if paragraph.kind == "heading" or paragraph.kind in STORY
        ),
        None,
    )
    if begins is None or not title:
        return False
    words = one_line(begins.span.of(article.text)[: 4 * len(title) + 100]).casefold()
    return words.startswith(title) and not words[len(title) : len(title) + 1].isalnum()
