"""Writes the sheet as tables for a terminal, or as plain aligned text without colours.

Columns that are empty in every row are left out. Where the columns of a kind would be too narrow
to read side by side, its rows are set one below the other instead.
"""

import os
from collections import Counter
from typing import NamedTuple, TextIO

from rich import box
from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text

from extractor.record import AuditItem, Extraction
from extractor.sheet.tables import Cell, Item, Role, Row, Table, heading, known_of, tables
from extractor.text.printable import one_line, printable

PIPED_WIDTH = 100  # characters, where neither a terminal nor COLUMNS says how many
_GAP = 3  # between two columns


class _Look(NamedTuple):
    """How a column of a role is set."""

    style: str  # of its words, for rich
    least: int  # characters that it needs at least
    weight: int  # its share of the room that is left


_LOOKS = {
    "attribution": _Look("yellow", 28, 5),
    "quotation": _Look("yellow", 28, 5),
    "sentence": _Look("", 28, 5),
    "figure": _Look("green", 8, 1),
    "name": _Look("cyan", 12, 2),
    "phrase": _Look("", 12, 3),
}
_PLAIN = _Look("", 8, 2)


def console_for(stream: TextIO, width: int | None = None) -> Console:
    """Return a console that writes to `stream`, with colours only on a terminal that has them.

    `width` is in characters; by default the terminal's, else what COLUMNS says, else PIPED_WIDTH.
    """
    on_terminal = bool(getattr(stream, "isatty", lambda: False)())
    plain = not on_terminal or bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    if width is None and not on_terminal:
        columns = os.environ.get("COLUMNS", "")
        width = max(40, min(int(columns), 1000)) if columns.isdecimal() else PIPED_WIDTH
    return Console(
        file=stream,
        width=width,
        no_color=plain or None,
        color_system=None if plain else "auto",
        force_terminal=False if plain else None,
        highlight=False,
        markup=False,
        emoji=False,
    )


def sheet_text(extraction: Extraction, console: Console) -> str:
    """Return one article's sheet as text for `console`: its width, its colours or none."""
    with console.capture() as capture:
        _print_sheet(extraction, console)
    lines = capture.get().split("\n")
    return "\n".join(line.rstrip(" ") for line in lines)


def _print_sheet(extraction: Extraction, console: Console) -> None:
    console.print(_head(extraction))
    filled = [table for table in tables(extraction) if table.rows]
    for table in filled:
        console.print()
        console.print(_title(table))
        console.print(_body(table, console.width))
    empty = [table.label.lower() for table in tables(extraction) if not table.rows]
    if empty:
        console.print()
        console.print(Text(f"None found: {', '.join(empty)}.", style="dim"))
    console.print()
    console.print(_foot(extraction, any(row.unsure for table in filled for row in table.rows)))


def _look(role: Role) -> _Look:
    return _LOOKS.get(role, _PLAIN)


def _head(extraction: Extraction) -> Text:
    article = extraction.article
    by = extraction.provenance
    answered = f"{by.model} ({by.plan})" if by.model else "rules"
    below = " · ".join(map(one_line, known_of(article)))
    schema = f"{extraction.schema}, answered by {answered}"
    return Text.assemble((heading(article), "bold"), "\n", (f"{below}\n{one_line(schema)}", "dim"))


def _title(table: Table) -> Text:
    return Text.assemble((one_line(table.label), "bold"), (f"  {len(table.rows)}", "dim"))


def _body(table: Table, width: int) -> RenderableType:
    """Return the table's rows side by side or, where that is too narrow, one below the other."""
    columns = table.filled_columns()
    wanted = [_wanted(table, position) for position in columns]
    least = [
        min(max(_look(table.columns[i].role).least, _longest_word(table, i)), most)
        for i, most in zip(columns, wanted, strict=True)
    ]
    space = width - _GAP * len(columns) - 4
    if sum(least) > space:
        return _cards(table, columns)
    return _grid(table, columns, wanted, least, space)


def _texts(table: Table, position: int) -> list[str]:
    """Return a column's label and cells."""
    cells = [_cell_text(row.cells[position]).plain for row in table.rows]
    return [one_line(table.columns[position].label), *cells]


def _wanted(table: Table, position: int) -> int:
    """Return the width that a column would take with nothing wrapped."""
    lines = (line for text in _texts(table, position) for line in text.split("\n"))
    return max(map(cell_len, lines), default=0)


def _longest_word(table: Table, position: int) -> int:
    """Return the width below which a word of a column would be broken; at most 20."""
    words = (word for text in _texts(table, position) for word in text.split())
    return min(20, max(map(cell_len, words), default=0))


def _grid(
    table: Table, columns: list[int], wanted: list[int], least: list[int], space: int
) -> RichTable:
    roles = [table.columns[position].role for position in columns]
    widths = _widths(wanted, least, [_look(role).weight for role in roles], space)
    long = any(w > 2 * c for w, c in zip(wanted, widths, strict=True))
    grid = RichTable(
        box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), show_edge=False, leading=long
    )
    grid.add_column("", justify="right", style="dim", no_wrap=True)
    for position, column_width in zip(columns, widths, strict=True):
        grid.add_column(
            Text(one_line(table.columns[position].label)), width=column_width, overflow="fold"
        )
    for row in table.rows:
        grid.add_row(_number(row), *(_cell_text(row.cells[i]) for i in columns))
    return grid


def _widths(wanted: list[int], least: list[int], weights: list[int], space: int) -> list[int]:
    """Share `space` out: nobody gets more than is wanted or less than is needed."""
    widths = list(least)
    left = space - sum(widths)
    while left > 0:
        hungry = [i for i, width in enumerate(widths) if width < wanted[i]]
        if not hungry:
            break
        total = sum(weights[i] for i in hungry)
        given = 0
        for i in hungry:
            more = min(wanted[i] - widths[i], max(1, left * weights[i] // total), left - given)
            widths[i] += more
            given += more
        left -= given
    return widths


def _cards(table: Table, columns: list[int]) -> Group:
    """Return the rows one below the other, a field a line."""
    labels = [one_line(table.columns[position].label) for position in columns]
    longest = max(len(label) for label in labels)
    cards: list[RenderableType] = []
    for row in table.rows:
        card = RichTable.grid(padding=(0, 2, 0, 0))
        card.add_column(justify="right", style="dim", no_wrap=True, width=4)
        card.add_column(style="dim", no_wrap=True, width=longest)
        card.add_column(overflow="fold")
        shown = [
            (label, row.cells[i])
            for label, i in zip(labels, columns, strict=True)
            if row.cells[i].items
        ]
        for line, (label, cell) in enumerate(shown):
            card.add_row(_number(row) if line == 0 else "", label, _cell_text(cell))
        cards.append(Padding(card, (0, 0, 0 if row is table.rows[-1] else 1, 0)))
    return Group(*cards)


def _number(row: Row) -> Text:
    mark = ("?", "bold yellow") if row.unsure else ""
    return Text.assemble(str(row.number), mark, "*" if row.by_rules else "")


def _cell_text(cell: Cell) -> Text:
    text = Text()
    for position, item in enumerate(cell.items):
        if position:
            text.append("; ")
        text.append_text(_item_text(item))
    if cell.own_words:
        text.append(" (model's words)", style="dim italic")
    return text


def _item_text(item: Item) -> Text:
    style = _look(item.role).style
    if item.role in ("attribution", "quotation"):
        return Text(printable(item.text), style=style)
    text = Text(one_line(item.text), style=style)
    if item.worth:
        text.append(f" ({item.worth})", "dim")
    if item.mention:
        text.append(f" (“{one_line(item.mention)}”)", style="dim")
    return text


def _foot(extraction: Extraction, some_unsure: bool) -> Group:
    audit = extraction.audit
    lines: list[RenderableType] = [_counts(extraction)]
    lines += [
        Text.assemble(("  unaccounted: ", "bold red"), f"{one_line(item.kind)} ", *_quoted(item))
        for item in audit.unaccounted
    ]
    lines += _dismissed_lines(audit.dismissed)
    for remark in extraction.warnings:
        words = f"warning: {one_line(remark.message)}"
        lines.append(Text.assemble((words, "yellow"), (f" [{one_line(remark.code)}]", "dim")))
    if some_unsure:
        lines.append(Text("? after a row's number: as likely wrong as right", style="dim"))
    if audit.filled_by_rules:
        lines.append(Text("* after a row's number: filled by the rules", style="dim"))
    usage = extraction.usage
    if usage.calls or usage.cache_hits:
        cost = f", {usage.cost_usd:.4f} USD" if usage.cost_usd is not None else ""
        words = (
            f"Model: {usage.calls} calls ({usage.reasks} re-asked, {usage.retries} retried), "
            f"{usage.cache_hits} from the cache, {usage.input_tokens:,} tokens in, "
            f"{usage.output_tokens:,} out{cost}, {usage.seconds:.1f} s"
        )
        lines.append(Text(words, style="dim"))
    return Group(*lines)


def _counts(extraction: Extraction) -> Text:
    audit = extraction.audit
    reasons = Counter(item.reason or "no reason" for item in audit.dismissed)
    why = ", ".join(f"{count} {one_line(reason)}" for reason, count in reasons.most_common())
    dismissed = f"{len(audit.dismissed)} dismissed" + (f" ({why})" if why else "")
    unaccounted = f"{len(audit.unaccounted)} unaccounted"
    return Text.assemble(
        ("Audit  ", "bold"),
        f"{audit.used} candidates used, {dismissed}, ",
        (unaccounted, "bold red" if audit.unaccounted else "green"),
    )


def _dismissed_lines(items: tuple[AuditItem, ...]) -> list[Text]:
    """Return a line a reason: what was left out for it, and where that stands."""
    lines: dict[tuple[str, str], Text] = {}
    for item in items:
        why, kind = one_line(item.reason or "dismissed"), one_line(item.kind)
        line = lines.get((why, kind))
        if line is None:
            line = lines[why, kind] = Text.assemble((f"  {why}: ", "dim"), f"{kind} ")
        else:
            line.append(", ")
        for part in _quoted(item):
            line.append(*part)
    return list(lines.values())


def _quoted(item: AuditItem) -> tuple[tuple[str, str], ...]:
    """Return what an audit item says and where, as parts of a line with their styles."""
    words = one_line(item.text)
    words = words if len(words) <= 80 else words[:79] + "…"
    return (f"“{words}”", ""), (f" {item.start}–{item.end}", "dim")
