"""The sheet as one HTML file that needs nothing else: the article marked up, the tables beside it.

Rows lead to their evidence and evidence to its rows, by links that work without a script.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from extractor.record import AuditItem, Extraction
from extractor.sheet.highlights import Mark, attribute, marked_paragraphs, safe
from extractor.sheet.page import asset, closing, opening
from extractor.sheet.tables import Cell, Item, Row, Table, amount, heading, tables
from extractor.text.printable import one_line
from extractor.text.spans import Span

_HERE = Path(__file__).parent
UNSURE = 0.5  # as in the terminal
_EVIDENCE_LOOKS = ("e1", "e2", "e3", "e4")
_WIDE = 5  # with more columns than this, rows become cards where there is little room


def to_html(extractions: Sequence[Extraction]) -> str:
    """Return one page for one article, or for several with an index above them."""
    if not extractions:
        raise ValueError("a page needs at least one article")
    several = len(extractions) > 1
    title = f"{len(extractions)} articles" if several else heading(extractions[0].article)
    parts = (section(x, f"a{i}", several) for i, x in enumerate(extractions, 1))
    named = ((f"a{i}", heading(x.article), x.article.source) for i, x in enumerate(extractions, 1))
    head = [f'<div class="head"><h1>{title}</h1></div>\n', *index_of(named)] if several else []
    return "".join(page(title, extractions[0].provenance.engine, [*head, "\n".join(parts)]))


def page(title: str, generator: str, body: Iterable[str]) -> Iterator[str]:
    """Yield a page piece by piece, for those that are too long to hold.

    `body` is HTML of ours; title and generator are made safe here.
    """
    style, script = asset(_HERE / "page.css"), asset(_HERE / "page.js")
    yield opening(f"{title} – quote sheet", generator, style, script)
    yield '<a class="skip" href="#a1-sheet">Skip to the tables</a>\n'
    yield from body
    yield "\n"
    yield closing(script)


def index_of(sections: Iterable[tuple[str, str, str]]) -> Iterator[str]:
    """Yield links to sections: (prefix, heading, source) of each."""
    yield '<nav class="index" aria-label="Articles"><ol>'
    for number, (prefix, title, source) in enumerate(sections):
        yield (
            ("\n" if number else "") + f'<li><a href="#{prefix}"><bdi>{safe(title)}</bdi></a> '
            f'<span class="meta"><bdi>{safe(one_line(source))}</bdi></span></li>'
        )
    yield "</ol></nav>\n"


def section(
    extraction: Extraction,
    prefix: str,
    several: bool,
    sheet: Sequence[Table] | None = None,
    made: Iterable[tuple[str, str]] = (),
) -> str:
    """Return one article with its tables.

    Those given, with how they were `made`, or else all there is, with the audit and the warnings.
    """
    given = sheet is not None
    sheet = tables(extraction) if sheet is None else sheet
    looks = _evidence_looks(sheet)
    marks = [*_row_marks(sheet, looks, prefix), *_other_marks(extraction, prefix)]
    level = "h2" if several else "h1"
    title = heading(extraction.article)
    return f"""<section class="one" id="{prefix}" aria-label="{attribute(title)}">
<header class="head"><{level} dir="auto">{safe(title)}</{level}>
<p class="meta">{_meta(extraction)}</p></header>
<div class="bar"><div>{_legend(marks, looks, prefix)}</div></div>
<div class="pair">
<article class="text" id="{prefix}-text" aria-label="Article">
{marked_paragraphs(extraction.article, marks)}
</article>
<div class="sheet" id="{prefix}-sheet" role="region" aria-label="Tables" tabindex="-1">
{"".join(_table(table, k, prefix) for k, table in enumerate(sheet, 1))}
{"" if given else _audit(extraction, prefix) + _warnings(extraction, prefix)}\
{_made(made if given else _facts(extraction))}
</div>
</div>
</section>"""


def _meta(extraction: Extraction) -> str:
    article = extraction.article
    known = (article.outlet, article.date, article.byline, article.source)
    parts = [f"<bdi>{safe(one_line(part))}</bdi>" for part in known if part]
    if article.url and article.url.startswith(("https://", "http://")):
        link = attribute(article.url)
        parts.append(f'<a href="{link}" rel="noopener noreferrer nofollow">original</a>')
    by = extraction.provenance
    parts.append(f"answered by {safe(by.model) if by.model else 'rules'}")
    return " · ".join(parts)


def _evidence_looks(sheet: Sequence[Table]) -> dict[str, str]:
    """Give a line of its own colour to each row kind that rests on sentences."""
    kinds = [
        table.kind
        for table in sheet
        if any(row.anchor and row.anchor.role == "sentence" for row in table.rows)
    ]
    return {kind: _EVIDENCE_LOOKS[i % len(_EVIDENCE_LOOKS)] for i, kind in enumerate(kinds)}


def _row_marks(sheet: Sequence[Table], looks: dict[str, str], prefix: str) -> Iterator[Mark]:
    """Yield a mark for every place that any cell of any row names."""
    for k, table in enumerate(sheet, 1):
        for row in table.rows:
            row_id = f"{prefix}-k{k}-r{row.number}"
            led = False
            for column, cell in zip(table.columns, row.cells, strict=True):
                for item in cell.items:
                    sentence = item.role == "sentence"
                    look = looks.get(table.kind, "e4") if sentence else item.role
                    for span in item.spans:
                        leads = item is row.anchor and not led
                        led = led or leads
                        tip = one_line(f"{table.label} {row.number}: {column.label}")
                        yield Mark(span, look, row_id, tip, leads)


def _other_marks(extraction: Extraction, prefix: str) -> Iterator[Mark]:
    """Yield the places that the audit and the warnings speak of."""
    for look, items in _audited(extraction):
        for i, item in enumerate(items, 1):
            tip = f"{item.kind}: {item.reason or look}"
            yield Mark(Span(item.start, item.end), look, f"{prefix}-{look}{i}", tip, True)
    for i, remark in enumerate(extraction.warnings, 1):
        if remark.where:
            yield Mark(remark.where, "remark", f"{prefix}-remark{i}", remark.message, True)


def _audited(extraction: Extraction) -> tuple[tuple[str, tuple[AuditItem, ...]], ...]:
    audit = extraction.audit
    return ("unaccounted", audit.unaccounted), ("dismissed", audit.dismissed)


def _legend(marks: Sequence[Mark], looks: dict[str, str], prefix: str) -> str:
    """Return a switch for each kind of highlight that the article has."""
    names = {
        "attribution": "Attribution",
        "quotation": "Quotation",
        "name": "Speaker, name",
        "figure": "Figure",
        **{look: kind.replace("_", " ").capitalize() for kind, look in looks.items()},
        "phrase": "Detail",
        "dismissed": "Dismissed",
        "unaccounted": "Unaccounted",
        "remark": "Warning",
    }
    present = {mark.look for mark in marks}
    boxes = [
        f'<label><input type="checkbox" checked value="{look}" autocomplete="off">'
        f'<span class="swatch {look}">{safe(one_line(name))}</span></label>'
        for look, name in names.items()
        if look in present
    ]
    jumps = (
        f'<a class="jump" href="#{prefix}-text">Article</a>'
        f'<a class="jump" href="#{prefix}-sheet">Tables</a>'
    )
    return jumps + "".join(boxes)


def _table(table: Table, k: int, prefix: str) -> str:
    label = safe(one_line(table.label))
    head = f'<section><h3 id="{prefix}-k{k}">{label}<small>{len(table.rows)}</small></h3>'
    if not table.rows:
        return f'{head}<p class="none">None found.</p></section>\n'
    columns = table.filled_columns()
    names = "".join(
        f'<th scope="col"{_tip(table.columns[i].description)}>'
        f"{safe(one_line(table.columns[i].label))}</th>"
        for i in columns
    )
    rows = "\n".join(
        _row(table, row, columns, f"{prefix}-k{k}-r{row.number}") for row in table.rows
    )
    wide = ' class="wide"' if len(columns) > _WIDE else ""
    return (
        f'{head}<table{wide} aria-labelledby="{prefix}-k{k}"><thead><tr><th scope="col">'
        f'<span aria-label="number">#</span></th>{names}</tr></thead>\n'
        f"<tbody>{rows}</tbody></table></section>\n"
    )


def _tip(text: str | None) -> str:
    return f' title="{attribute(one_line(text))}"' if text else ""


def _row(table: Table, row: Row, columns: list[int], row_id: str) -> str:
    number = str(row.number)
    if row.anchor:
        number = (
            f'<a href="#at-{row_id}" aria-label="Row {number}: show in the article">{number}</a>'
        )
    badges = ""
    if row.confidence is not None and row.confidence < UNSURE:
        badges += ' <span class="badge" title="as likely wrong as right">unsure</span>'
    if row.by_rules:
        badges += ' <span class="badge" title="filled by the rules, not the model">rules</span>'
    cells = []
    for place, i in enumerate(columns):
        cell, column = row.cells[i], table.columns[i]
        leads = row.anchor is not None and row.anchor in cell.items
        classes = f"c-{column.role}{' lead' if leads else ''}{'' if cell.items else ' empty'}"
        shown = _cell(cell) + (badges if place == 0 else "")
        label = attribute(one_line(column.label))
        cells.append(f'<td class="{classes}" data-label="{label}"><div>{shown}</div></td>')
    return f'<tr class="row" id="{row_id}"><th scope="row">{number}</th>{"".join(cells)}</tr>'


def _cell(cell: Cell) -> str:
    shown = "; ".join(_item(item) for item in cell.items)
    if cell.own_words:
        return f'<em class="own" title="the model\'s own words, not the article\'s">{shown}</em>'
    return shown


def _item(item: Item) -> str:
    words = safe(item.text)
    if item.role == "quotation":
        parts = item.text.split("\n\n")  # of a quotation continued over paragraphs
        return '<span class="gap">\n\n</span>'.join(
            f'<bdi class="of quotation" dir="auto">{safe(part)}</bdi>' for part in parts
        )
    if item.role == "attribution":
        return f'<bdi class="of attribution" dir="auto">{words}</bdi>'
    if item.role == "figure":
        worth = one_line(amount(item.value))
        more = f" <small>{safe(worth)}</small>" if worth and worth != item.text else ""
        return f'<bdi class="of figure">{words}</bdi>{more}'
    if item.role == "name":
        more = (
            f" <small><bdi>“{safe(one_line(item.mention))}”</bdi></small>" if item.mention else ""
        )
        return f'<bdi class="of name">{words}</bdi>{more}'
    return f'<bdi dir="auto">{words}</bdi>'


def _audit(extraction: Extraction, prefix: str) -> str:
    """Return the candidates that no row uses."""
    audit = extraction.audit
    count = (
        f"{audit.used} used, {len(audit.dismissed)} dismissed, {len(audit.unaccounted)} unaccounted"
    )
    lines = [
        f'<li class="row" id="{prefix}-{look}{i}"><a href="#at-{prefix}-{look}{i}">'
        f'<bdi class="of {look}">{safe(one_line(item.text))}</bdi></a> '
        f"<small>{safe(one_line(item.kind))}, {safe(one_line(item.reason or look))}</small></li>"
        for look, items in _audited(extraction)
        for i, item in enumerate(items, 1)
    ]
    body = f'<ul class="list">{"".join(lines)}</ul>' if lines else ""
    return f'<section><h3 id="{prefix}-audit">Audit<small>{count}</small></h3>{body}</section>\n'


def _warnings(extraction: Extraction, prefix: str) -> str:
    if not extraction.warnings:
        return ""
    lines = []
    for i, remark in enumerate(extraction.warnings, 1):
        words = f"<bdi>{safe(one_line(remark.message))}</bdi>"
        if remark.where:
            words = f'<a href="#at-{prefix}-remark{i}">{words}</a>'
        code = f"<small>{safe(one_line(remark.code))}</small>"
        lines.append(f'<li class="row" id="{prefix}-remark{i}">{words} {code}</li>')
    head = f"<h3>Warnings<small>{len(lines)}</small></h3>"
    return f'<section>{head}<ul class="list">{"".join(lines)}</ul></section>\n'


def _facts(extraction: Extraction) -> list[tuple[str, str]]:
    """Return how the sheet was made."""
    by, usage = extraction.provenance, extraction.usage
    facts = [
        ("schema", f"{by.schema} ({by.schema_sha256[:12]})"),
        (
            "article",
            f"{len(extraction.article.text):,} characters, sha256 {by.article_sha256[:16]}",
        ),
        ("answered by", f"{by.model}, plan {by.plan}" if by.model else "rules"),
        ("engine", by.engine),
    ]
    if by.prompt:
        facts.insert(1, ("prompt", f"{by.prompt} ({(by.prompt_sha256 or '')[:12]})"))
    if usage.calls or usage.cache_hits:
        tokens = f"{usage.input_tokens:,} tokens in, {usage.output_tokens:,} out"
        facts.append(("calls", f"{usage.calls}, {usage.cache_hits} from the cache, {tokens}"))
    return facts


def _made(facts: Iterable[tuple[str, str]]) -> str:
    rows = "".join(f"<dt>{name}</dt><dd>{safe(one_line(text))}</dd>" for name, text in facts)
    return f'<section><h3>Made with</h3><dl class="made">{rows}</dl></section>'
