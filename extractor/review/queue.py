"""The queue: claims filtered, sorted by risk and paged in SQL; their counts; saved views.

One index holds everything that is filtered by, in the order of the queue (`claim_queue`), so a
page reads only the claims that it shows; words are searched by SQLite's full-text index.
"""

import json
import re
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, field, fields, replace
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from extractor.errors import ReviewError, UsageError
from extractor.frozen import frozen
from extractor.review.claims.claims import SELECT, Claim, read_claim
from extractor.store.packing import storable

if TYPE_CHECKING:
    from extractor.review.desk import Desk

STATUSES = ("open", "accepted", "corrected", "rejected", "later")
_MOST = 500  # claims on a page


@frozen
class Filter:
    """Which claims are shown; None and empty mean all. Values are compared whole, dates as text."""

    schema: str | None = None
    kind: str | None = None
    status: tuple[str, ...] = ()
    outlet: str | None = None
    since: str | None = None  # published, ISO 8601, inclusive
    until: str | None = None  # "2025-12" and "2025-12-13" take the whole month or day
    speaker: str | None = None
    reviewer: str | None = None
    model: str | None = None
    flag: tuple[str, ...] = ()  # any of these
    words: str | None = None  # every one of them, as the beginning of a word
    article: str | None = None  # sha256 of a text; then in the order of the text

    @classmethod
    def from_query(cls, query: Mapping[str, Any]) -> "Filter":
        """Return the filter of a query's parameters; unknown parameters are ignored.

        `status` and `flag` may be lists or joined by commas. Raises UsageError for a status that
        there is not, and for a `since` or `until` that is no day, month or year.
        """
        values: dict[str, Any] = {}
        for name in _FILTER_NAMES:
            value = query.get(name)
            if value in (None, "", (), []):
                continue
            if name in ("status", "flag"):
                parts = value.split(",") if isinstance(value, str) else value
                values[name] = tuple(dict.fromkeys(str(part) for part in parts if part))
            else:
                values[name] = str(value)
        if odd := set(values.get("status", ())) - set(STATUSES):
            raise UsageError(f"status {min(odd)[:40]!r} is none of {', '.join(STATUSES)}")
        for name in ("since", "until"):
            if name in values:
                values[name] = _day(name, values[name])
        return cls(**values)

    def to_query(self) -> str:
        """Return the filter as a query string that from_query understands."""
        values = {key: value for key, value in asdict(self).items() if value}
        return urlencode({k: ",".join(v) if isinstance(v, tuple) else v for k, v in values.items()})


EVERYTHING = Filter()
_DATED = "c.published glob '[0-9][0-9][0-9][0-9]*'"  # as it begins in ISO 8601
_FILTER_NAMES = tuple(condition.name for condition in fields(Filter))


@frozen
class Page:
    """One page of the queue."""

    claims: tuple[Claim, ...]
    total: int  # claims that match the filter
    offset: int  # of the first one
    after: str | None  # the id to go on after; None: there are no more


def page(
    desk: "Desk",
    filter: Filter = EVERYTHING,
    *,
    after: str | None = None,
    offset: int = 0,
    size: int = 50,
) -> Page:
    """Return a page of the queue: `size` claims after the claim `after`, or from `offset` on."""
    size = max(1, min(size, _MOST))
    where, values = conditions(desk, filter)
    table = _table(filter, "claim_queue")
    counting = f"select count(*) from {table} where {where}"  # noqa: S608
    total = desk.select(counting, values)[0][0]
    order = "c.start, c.number" if filter.article else "c.risk desc, c.number"
    start = offset
    limits: dict[str, Any] = {"size": size, "offset": max(0, offset)}
    further = ""
    if after is not None:
        rows = desk.select(
            "select risk, number, coalesce(start, -1) as start from claim where id = ?",
            (storable(after),),
        )
        if rows:
            limits |= {"risk": rows[0][0], "number": rows[0][1], "start": rows[0][2]}
            further = (
                " and (coalesce(c.start, -1), c.number) > (:start, :number)"
                if filter.article
                else " and c.risk <= :risk and (c.risk < :risk or c.number > :number)"
            )
            start = total - desk.select(f"{counting}{further}", {**values, **limits})[0][0]
            limits["offset"] = 0
    numbers = [
        row[0]
        for row in desk.select(
            f"select c.number from {table} where {where}{further} order by {order}"  # noqa: S608
            " limit :size offset :offset",
            {**values, **limits},
        )
    ]
    claims = _by_number(desk, numbers)
    more = start + len(claims) < total
    return Page(tuple(claims), total, start, claims[-1].id if claims and more else None)


def conditions(desk: "Desk", filter: Filter) -> tuple[str, dict[str, Any]]:
    """Return the SQL condition of a filter on `claim c`, and its values by name."""
    parts = ["c.queued = 1"]
    values: dict[str, Any] = {}
    for name in ("schema", "kind", "outlet", "speaker", "reviewer", "model"):
        if (value := getattr(filter, name)) is not None:
            parts.append(f"c.{name} = :{name}")
            values[name] = storable(value)
    if filter.article is not None:
        parts.append("c.article_sha256 = :article")
        values["article"] = storable(filter.article)
    if filter.status:
        names = [f":status{n}" for n in range(len(filter.status))]
        parts.append(f"c.status in ({', '.join(names)})")
        values |= {f"status{n}": value for n, value in enumerate(filter.status)}
    if filter.flag:
        parts.append(
            "("
            + " or ".join(f"instr(c.flags, :flag{n}) > 0" for n in range(len(filter.flag)))
            + ")"
        )
        values |= {f"flag{n}": f" {storable(value)} " for n, value in enumerate(filter.flag)}
    if filter.since is not None:
        parts.append(f"c.published >= :since and {_DATED}")
        values["since"] = filter.since
    if filter.until is not None:
        parts.append(f"c.published < :until and {_DATED}")
        values["until"] = filter.until + "\U0010ffff"
    if filter.words and (search_words := _asked(filter.words)):
        if desk.searchable:
            parts.append(
                "c.number in (select rowid from claim_words where claim_words match :words)"
            )
            values["words"] = " ".join(f'"{word}"*' for word in search_words)
        else:
            for n, word in enumerate(search_words):
                parts.append(f"(instr(lower(c.text), :w{n}) or instr(lower(c.row), :w{n}))")
                values[f"w{n}"] = word.lower()
    return " and ".join(parts), values


def without_a_date(desk: "Desk", filter: Filter) -> tuple[str, dict[str, Any]] | None:
    """Return the condition of what `since` and `until` leave out as no date of it is known.

    None for a filter that has neither. A date that was stored as it stood there, "20/04/2026", is
    none: only one in ISO 8601 can be compared.
    """
    if filter.since is None and filter.until is None:
        return None
    where, values = conditions(desk, replace(filter, since=None, until=None))
    return f"{where} and (c.published is null or not {_DATED})", values


def count_undated(desk: "Desk", filter: Filter) -> int:
    """Return how many claims `since` and `until` leave out as no date of them is known."""
    undated = without_a_date(desk, filter)
    if undated is None:
        return 0
    query = f"select count(*) from claim c where {undated[0]}"  # noqa: S608
    return int(desk.select(query, undated[1])[0][0])


def _day(name: str, text: str) -> str:
    """Return a day, month or year in ISO 8601. Raises UsageError for anything else."""
    value = text.strip()
    with suppress(ValueError):
        if re.fullmatch(r"[0-9]{4}(-[0-9]{2}){0,2}", value):
            date.fromisoformat(value + "-01-01"[len(value) - 4 :] if len(value) < 10 else value)
            return value
    raise UsageError(
        f"{name} {text[:40]!r} is no date; write a day, a month or a year, such as 2025-12-13, "
        "2025-12 or 2025"
    )


def _table(filter: Filter, index: str) -> str:
    """Return the table to read: in the order of an index that has all columns, or by article."""
    return f"claim c indexed by {'claim_of_article' if filter.article else index}"


def _asked(words: str) -> list[str]:
    """Return the words of a search, without the marks that are syntax of the index."""
    return (re.findall(r"\w+", storable(words) or ""))[:20]


def _by_number(desk: "Desk", numbers: list[int]) -> list[Claim]:
    marks = ",".join("?" * len(numbers))
    claims = {
        row["number"]: read_claim(row)
        for row in desk.select(f"{SELECT} where c.number in ({marks})", numbers)
    }
    return [claims[number] for number in numbers if number in claims]


@frozen
class Facets:
    """How many claims match a filter, by each value of each field, the most frequent first."""

    status: dict[str, int] = field(default_factory=dict)
    schema: dict[str, int] = field(default_factory=dict)
    kind: dict[str, int] = field(default_factory=dict)
    outlet: dict[str, int] = field(default_factory=dict)
    speaker: dict[str, int] = field(default_factory=dict)
    reviewer: dict[str, int] = field(default_factory=dict)
    model: dict[str, int] = field(default_factory=dict)
    flag: dict[str, int] = field(default_factory=dict)


def facets(desk: "Desk", filter: Filter = EVERYTHING, *, most: int = 50) -> Facets:
    """Return the counts for the filter bar, within a filter; of each field the `most` frequent."""
    where, values = conditions(desk, filter)
    table = _table(filter, "claim_facets")
    counters: dict[str, Counter[str]] = {field.name: Counter() for field in fields(Facets)}
    for names in _TOGETHER:
        columns = ", ".join(f"c.{_COLUMNS.get(name, name)}" for name in names)
        query = f"select count(*), {columns} from {table} where {where} group by {columns}"  # noqa: S608
        for count, *row in desk.select(query, values):
            for name, value in zip(names, row, strict=True):
                for part in (value or "").split() if name == "flag" else (value,):
                    if part is not None:
                        counters[name][part] += count
    return Facets(**{name: dict(counter.most_common(most)) for name, counter in counters.items()})


def status_counts(desk: "Desk", filter: Filter = EVERYTHING) -> dict[str, int]:
    """Return how many claims of a filter have each status; a tenth of what all facets take."""
    where, values = conditions(desk, filter)
    table = _table(filter, "claim_facets")
    query = f"select c.status, count(*) from {table} where {where} group by 1"  # noqa: S608
    return {row[0]: row[1] for row in desk.select(query, values)}


# Read in one pass each: those of few values together, as they stand in the index `claim_facets`.
_TOGETHER = (("schema", "kind", "status", "model", "reviewer", "flag"), ("outlet",), ("speaker",))
_COLUMNS = {"flag": "flags"}


def save_view(desk: "Desk", name: str, filter: Filter, reviewer: str | None = None) -> None:
    """Save a filter under a name, in place of one of the same name. Raises ReviewError."""
    if not name.strip() or len(name) > 100:
        raise ReviewError("a view has a name of 1 to 100 characters")
    with desk.transaction() as connection:
        connection.execute(
            "insert or replace into saved_view values (?, ?, ?, ?)",
            (
                storable(name.strip()),
                storable(json.dumps(asdict(filter))),
                storable(reviewer),
                time.time(),
            ),
        )


def drop_view(desk: "Desk", name: str) -> None:
    """Delete a saved view."""
    with desk.transaction() as connection:
        connection.execute("delete from saved_view where name = ?", (storable(name),))


def saved_views(desk: "Desk") -> dict[str, Filter]:
    """Return the saved views by name, without those that this version does not understand."""
    views = {}
    for row in desk.select("select name, filter from saved_view order by name"):
        with suppress(UsageError):
            views[row["name"]] = Filter.from_query(json.loads(row["filter"]))
    return views


def all_claims(desk: "Desk", filter: Filter = EVERYTHING, size: int = 500) -> Iterable[Claim]:
    """Yield every claim of a filter, in the order in which they were read; memory does not grow."""
    where, values = conditions(desk, filter)
    last = -1
    while True:
        numbers = [
            row[0]
            for row in desk.select(
                f"select c.number from claim c where {where} and c.number > :last"  # noqa: S608
                " order by c.number limit :size",
                {**values, "last": last, "size": size},
            )
        ]
        if not numbers:
            return
        yield from _by_number(desk, numbers)
        last = numbers[-1]
