"""Writes a workbook (XLSX) by xlsxwriter, in constant memory, whatever the cells hold.

An article's words are text, never a formula, a link or markup. A text that is too long for a cell
is cut, with a remark; rows that are too many for a sheet go on in a further sheet.
"""

import re
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from extractor.run.sheets.cells import Cells, Head, Link, Value
from extractor.sheet.csvout import FORMULA
from extractor.text.atomic_files import OwnFolder, output_errors, replacing
from extractor.text.leftovers import working_folder
from extractor.text.printable import printable

MOST_ROWS = 1_048_576  # of a sheet, its header included
MOST_CHARACTERS = 32_767  # of a cell, in UTF-16 units
_CUT = " … [cut: too long for a cell]"
_MOST_EXACT = 10**15  # whole numbers beyond are no longer exact in a cell
_PLAIN_TARGET = re.compile(r"[A-Za-z0-9_./#-]{1,250}")
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


class Workbook:
    """A workbook that is being written. A context: leaving it puts the file in its place.

    Whatever of its methods meets an error of the system raises it, and leaving makes an OutputError
    of it.
    """

    def __init__(self, target: Path, *, own: OwnFolder | None = None) -> None:
        """Write to `target`; it lies in `own` if that is given, see `replacing`."""
        self._target, self._own = target, own

    def __enter__(self) -> Self:
        from xlsxwriter import Workbook as Writer  # 0.1 s

        with ExitStack() as opened, output_errors(self._target):
            file = replacing(self._target, own=self._own, parents=self._own is None)
            made = opened.enter_context(file)
            folder = opened.enter_context(working_folder(self._target.parent))
            self._opened = opened.pop_all()
        options = {
            "constant_memory": True,
            "tmpdir": str(folder),
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self._book: Any = Writer(made, options)
        self._book.use_zip64()
        top = {"valign": "top"}
        self._head = self._book.add_format(
            {"bold": True, "text_wrap": True, "bg_color": "#E8EDF3", "bottom": 1, **top}
        )
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd", **top})
        self._plain = self._book.add_format(top)
        self._wrapped = self._book.add_format({"text_wrap": True, **top})
        # Without it a spreadsheet takes the words for a formula as soon as somebody edits the cell.
        self._quoted = self._book.add_format({"quote_prefix": True, **top})
        self._quoted_wrapped = self._book.add_format(
            {"quote_prefix": True, "text_wrap": True, **top}
        )
        grey = {"font_color": "#5A636E", "bg_color": "#F1F1EE", **top}
        self._locked = self._book.add_format(grey)
        self._locked_day = self._book.add_format({"num_format": "yyyy-mm-dd", **grey})
        self._locked_quoted = self._book.add_format({"quote_prefix": True, **grey})
        self._link = self._book.add_format({"font_color": "#0B5CAD", "underline": 1, **top})
        self._names: set[str] = set()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._opened:  # last of all the file gets its place, or is dropped
            if error is None:
                self._close()
                return
            self._abandon()
            raise error

    def sheet(self, title: str, heads: Sequence[Head]) -> "Sheet":
        """Begin a sheet; rows may be added to several in turn."""
        return Sheet(self, title, heads)

    def _close(self) -> None:
        from xlsxwriter.exceptions import XlsxWriterException

        try:
            self._book.close()
        except XlsxWriterException as error:
            cause = error.args[0] if error.args else error
            raise cause if isinstance(cause, OSError) else OSError(str(cause)) from error

    def _abandon(self) -> None:
        """Close the files of a workbook that will not be."""
        for worksheet in self._book.worksheets():
            with suppress(OSError):  # what it still holds in memory has no room either
                worksheet._opt_close()
        self._book.fileclosed = True

    def begin(self, title: str, heads: Sequence[Head]) -> Any:
        """Return a new worksheet of xlsxwriter's with its header."""
        page = self._book.add_worksheet(self._free(title))
        for position, head in enumerate(heads):
            page.set_column(position, position, head.width)
            page.write_string(0, position, printable(head.title), self._head)
        page.freeze_panes(1, 1)
        return page

    def write(self, page: Any, row: int, position: int, value: Value, head: Head) -> None:
        """Write one cell by its type."""
        plain = self._locked if head.locked else self._plain
        if isinstance(value, Link):
            if not _PLAIN_TARGET.fullmatch(value.target):
                raise ValueError(f"not a plain path: {value.target!r}")
            # Not write_url: it keeps every link in memory, and a sheet has 65,530 at most. Nothing
            # of an article is in the formula.
            formula = f'=HYPERLINK("{value.target}",{value.number})'
            page.write_formula(row, position, formula, self._link, value.number)
        elif isinstance(value, bool):
            page.write_boolean(row, position, value, plain)
        elif isinstance(value, date):
            page.write_datetime(
                row, position, value, self._locked_day if head.locked else self._day
            )
        elif isinstance(value, int | float) and abs(value) < _MOST_EXACT:  # neither NaN
            page.write_number(row, position, value, plain)
        elif value is not None and value != "":
            text = fitting(str(value))
            risky = bool(FORMULA.match(text))
            styles = (plain, self._wrapped, self._quoted, self._quoted_wrapped)
            style = styles[2 * risky + head.wrap]
            if head.locked:
                style = self._locked_quoted if risky else plain
            page.write_string(row, position, text, style)

    def _free(self, title: str) -> str:
        """Return a name for a sheet that the format allows and no other sheet has."""
        base = _NOT_IN_NAMES.sub(" ", printable(title)).strip(" '")[:31].strip(" '") or "Rows"
        if base.lower() == "history":  # reserved
            base = "History rows"
        name, number = base, 1
        while name.lower() in self._names:
            number += 1
            ending = f" ({number})"
            name = base[: 31 - len(ending)].rstrip(" '") + ending
        self._names.add(name.lower())
        return name


class Sheet:
    """A table of the workbook, on as many sheets as it needs."""

    def __init__(self, book: Workbook, title: str, heads: Sequence[Head]) -> None:
        self._book = book
        self._title = title
        self._heads = heads
        self._begin()

    def _begin(self) -> None:
        self._page = self._book.begin(self._title, self._heads)
        self._rows = 1

    def add(self, cells: Cells) -> None:
        """Add a row."""
        if self._rows >= MOST_ROWS:
            self.end()
            self._begin()
        row = self._rows
        for position, value in enumerate(cells):
            if value is not None:
                self._book.write(self._page, row, position, value, self._heads[position])
        self._rows += 1

    def end(self) -> None:
        """Add the filter over all columns, and the lists of choices."""
        last = max(1, self._rows - 1)
        self._page.autofilter(0, 0, last, len(self._heads) - 1)
        for position, head in enumerate(self._heads):
            if head.choices:
                offered = {"validate": "list", "source": list(head.choices)}
                self._page.data_validation(1, position, last, position, offered)


def fitting(text: str) -> str:
    """Return a text as a cell can hold it: no control characters, not too long, no markup."""
    text = printable(text)
    if len(text) > MOST_CHARACTERS // 2:
        units = text.encode("utf-16-le", "replace")
        if len(units) > 2 * MOST_CHARACTERS:
            kept = units[: 2 * (MOST_CHARACTERS - len(_CUT))].decode("utf-16-le", "ignore")
            text = kept + _CUT
    if text.startswith("<r>") and text.endswith("</r>"):  # xlsxwriter would write it as markup
        text += " "
    return text
