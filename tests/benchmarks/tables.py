"""Tables as the benchmarks print them and the README shows them: Markdown, columns aligned."""

from collections.abc import Iterable, Sequence


def markdown(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table; the first column stands left, the others right."""
    cells = [list(header), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[k]) for row in cells) for k in range(len(header))]
    rule = [("-" * width) if k == 0 else "-" * (width - 1) + ":" for k, width in enumerate(widths)]
    lines = []
    for row in [cells[0], rule, *cells[1:]]:
        first, *others = zip(row, widths, strict=True)
        padded = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]
        lines.append(f"| {' | '.join(padded)} |")
    return "\n".join(lines)


def percent(share: float) -> str:
    """Return a share as a percentage with one decimal; a dash for what is not a number."""
    return "–" if share != share else f"{100 * share:.1f}"  # noqa: PLR0124  not a number


def ratio(part: int, whole: int) -> float:
    """Return part of whole, not a number when there is no whole."""
    return part / whole if whole else float("nan")
