"""Reading edited sheets: XLSX or CSV as we published them, saved by whatever program.

Columns are known by their headers, in any order, with others between; a row by what stands in it.
Spreadsheets change what they are not asked to change, above all in CSV: `is_as_written` knows what
they do to numbers, dates and letters, so that nobody is taken to have edited what they have not.
"""

import codecs
import csv
import re
import sys
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from extractor.errors import UsageError
from extractor.frozen import frozen
from extractor.language.en.calendar import MONTH_NUMBERS
from extractor.read.bylines import date_in
from extractor.review.publish.columns import same_name
from extractor.run.sheets.workbook import MOST_CHARACTERS
from extractor.sheet.csvout import FORMULA

_HEADER_WITHIN = 20  # rows from the top: somebody may have put a title above
_MOST_UNPACKED = 2 << 30  # bytes of a workbook's parts
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DELIMITERS = ",;\t|"
_DAY = re.compile(r"(\d{1,4})[-/. ]{1,2}(\d{1,2}|[A-Za-z]{3,9})(?:[-/., ]{1,2}(\d{2,4}))?\.?")
_MONTH_FIRST = re.compile(r"([A-Za-z]{3,9})[-/. ]{1,2}(\d{1,4})")


Day = tuple[int | None, int, int | None]  # year, month, day


@frozen
class SheetRow:
    """A row below the header of a returned sheet."""

    sheet: str | None  # of a workbook
    number: int  # as the spreadsheet counts: from 1, the header too
    line: int | None  # of a text file, where the row begins
    columns: dict[str, tuple[int, str]]  # by same_name: position, and the header as written
    values: Sequence[Any]
    lossy: str | None = None  # the encoding that may have lost letters

    def __contains__(self, column: str) -> bool:
        return same_name(column) in self.columns

    def get(self, column: str) -> Any:
        """Return the value under a column; None for an empty cell or a column that is missing."""
        cell = self.columns.get(same_name(column))
        value = self.values[cell[0]] if cell and cell[0] < len(self.values) else None
        return None if isinstance(value, str) and not value.strip() else value

    def text(self, column: str) -> str:
        """Return the words under a column, without blanks around them."""
        return text_of(self.get(column))

    def is_blank(self) -> bool:
        """Return whether there is nothing in the row at all."""
        return all(value is None or not str(value).strip() for value in self.values)

    def address(self, column: str | None = None) -> str:
        """Return where a cell is, for people: "Quotes!D7", or "row 5 (line 12), column speaker"."""
        cell = self.columns.get(same_name(column)) if column else None
        if self.sheet is not None:
            name = self.sheet
            if not re.fullmatch(r"\w+", name):
                quoted = name.replace("'", "''")
                name = f"'{quoted}'"
            return f"{name}!{_letters(cell[0]) if cell else ''}{self.number}"
        row = f"row {self.number}"
        if self.line is not None and self.line != self.number:
            row += f" (line {self.line})"
        return f"{row}, column {cell[1]}" if cell else row


def sheet_rows(path: Path) -> Iterator[SheetRow]:
    """Yield the rows of a returned file, one at a time.

    Raises UsageError when it is no XLSX or CSV file, or none that we published.
    """
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror or error})") from error
    if start.startswith(b"PK\x03\x04"):
        yield from _xlsx(path)
    elif start.startswith(b"\xd0\xcf\x11\xe0"):
        raise UsageError(f"{path}: this is an old .xls workbook; save it as .xlsx")
    else:
        yield from _csv(path)


# --- workbooks -----------------------------------------------------------------------------------


def _xlsx(path: Path) -> Iterator[SheetRow]:
    """Yield the rows of every sheet that has our columns. Raises UsageError when none has."""
    from openpyxl import load_workbook

    any_row = False
    try:
        with zipfile.ZipFile(path) as parts:
            if sum(part.file_size for part in parts.infolist()) > _MOST_UNPACKED:
                raise UsageError(f"{path}: the workbook is too large to be read; split it")
        # Formulas, not their results: whether a program keeps these cannot be relied on.
        book = load_workbook(path, read_only=True)
        try:
            for sheet in book.worksheets:
                sheet.reset_dimensions()  # some programs write wrong ones
                for line in _rows_below_header(
                    path, sheet.title, sheet.iter_rows(values_only=True)
                ):
                    any_row = True
                    yield line
        finally:
            book.close()
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise UsageError(f"{path}: the workbook cannot be read ({error})") from error
    if not any_row:
        raise _not_ours(path)


def _rows_below_header(path: Path, sheet: str, rows: Iterator[Sequence[Any]]) -> Iterator[SheetRow]:
    columns: dict[str, tuple[int, str]] | None = None
    for number, values in enumerate(rows, 1):
        if columns is not None:
            yield SheetRow(sheet, number, None, columns, values)
        elif number > _HEADER_WITHIN:
            return
        else:
            columns = _columns(values, f"{path}, sheet {sheet}")


def _columns(values: Sequence[Any], where: str) -> dict[str, tuple[int, str]] | None:
    """Return the columns that a header names; None when it is none of ours."""
    named = [(same_name(value), position, str(value)) for position, value in enumerate(values)]
    if not {"claim", "version"} <= {name for name, *_ in named}:
        return None
    columns: dict[str, tuple[int, str]] = {}
    for name, position, header in named:
        if not name:
            continue
        if name in columns:
            first, second = _letters(columns[name][0]), _letters(position)
            raise UsageError(
                f"{where}: two columns are called {header!r} ({first} and {second}); give the one "
                "that was added another name"
            )
        columns[name] = (position, header)
    return columns


def _letters(position: int) -> str:
    """Return a column as spreadsheets call it: 0 is A, 26 is AA."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _not_ours(path: Path) -> UsageError:
    return UsageError(
        f"{path}: there are no columns 'claim' and 'version' in it; give back a sheet that "
        "`extract publish` wrote, with these columns in it"
    )


# --- CSV -----------------------------------------------------------------------------------------


def _csv(path: Path) -> Iterator[SheetRow]:
    """Yield the rows of a CSV file, in whatever encoding and with whatever delimiter."""
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    try:
        encoding, lossy = _encoding(path)
        delimiter = _delimiter(path, encoding)
        columns: dict[str, tuple[int, str]] | None = None
        with path.open(encoding=encoding, errors="replace", newline="") as file:
            reader = csv.reader(file, delimiter=delimiter)
            line = 1
            for number, values in enumerate(reader, 1):
                if columns is None:
                    columns = _columns(values, str(path))
                else:
                    yield SheetRow(None, number, line, columns, values, lossy)
                line = reader.line_num + 1
    except csv.Error as error:
        raise UsageError(f"{path}: not a CSV file ({error})") from error
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror or error})") from error


def _encoding(path: Path) -> tuple[str, str | None]:
    """Return a file's encoding, and the same again when it may have lost letters, else None.

    Excel's plain CSV is in the system's own encoding, with a question mark for every other letter.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        start = file.read(4)
        for mark, name in _MARKS:
            if start.startswith(mark):
                return name, None
        file.seek(0)
        try:
            while part := file.read(1 << 20):
                decoder.decode(part)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252", "cp1252"
    return "utf-8", None


def _delimiter(path: Path, encoding: str) -> str:
    """Return the delimiter with which the file has our header. Raises UsageError."""
    for delimiter in _DELIMITERS:
        with path.open(encoding=encoding, errors="replace", newline="") as file:
            reader = csv.reader(file, delimiter=delimiter)
            for _, values in zip(range(_HEADER_WITHIN), reader, strict=False):
                if {"claim", "version"} <= {same_name(value) for value in values}:
                    return delimiter
    raise _not_ours(path)


# --- what spreadsheets do to cells ---------------------------------------------------------------


def text_of(value: Any) -> str:
    """Return a cell's words: a number and a day as they are written, an apostrophe of ours left."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == value.time().min else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, str):
        value = getattr(value, "text", value)  # a formula that fills several cells
    text = str(value).replace("\r\n", "\n").replace("\r", "\n").strip()
    return text[1:] if text.startswith("'") and FORMULA.match(text[1:]) else text


def is_as_written(written: Any, read: Any, lossy: str | None = None) -> bool:
    """Return whether a cell still says what was written, whatever a spreadsheet has made of it."""
    ours, theirs = text_of(written), text_of(read)
    if ours == theirs:
        return True
    if not ours or not theirs:
        return False
    if ours.split() == theirs.split():
        return True
    if _is_cut(ours, theirs) or (lossy is not None and _is_lossy(ours, theirs, lossy)):
        return True
    return _same_number(ours, theirs) or _same_day(ours, theirs)


def _is_cut(ours: str, theirs: str) -> bool:
    """Return whether a spreadsheet has cut a text that is longer than its cells can hold."""
    if len(theirs) < MOST_CHARACTERS // 2 or not ours.startswith(theirs):
        return False
    return len(theirs.encode("utf-16-le", "replace")) // 2 >= MOST_CHARACTERS - 2


def _is_lossy(ours: str, theirs: str, encoding: str) -> bool:
    """Return whether only letters differ that an encoding lacks: they are question marks."""
    encoded = ours.encode(encoding, "replace").decode(encoding)
    pairs = "".join("??" if ord(letter) > 0xFFFF else letter for letter in ours)
    return theirs in (encoded, pairs.encode(encoding, "replace").decode(encoding))


def _same_number(ours: str, theirs: str) -> bool:
    """Return whether two texts are one number: "1,234" and "1234", "0.30" and "0,3", "TRUE"."""
    if theirs.casefold() in ("true", "false"):
        return ours.casefold() == ("yes" if theirs.casefold() == "true" else "no")
    return bool(set(_numbers(ours)) & set(_numbers(theirs)))


def _numbers(text: str) -> Iterator[float]:
    """Yield what a text may mean as a number: commas and points stand for either."""
    if len(text) > 40:
        return
    bare = re.sub(r"[\u00a0\u202f ]", "", text).casefold()
    divisor = 100 if bare.endswith("%") else 1
    bare = bare.removesuffix("%")
    for point, comma in ((".", ","), (",", ".")):
        whole = rf"[-+]?(?:\d+|\d{{1,3}}(?:\{comma}\d{{3}})+)"
        if re.fullmatch(rf"{whole}(?:\{point}\d+)?(?:e[-+]?\d{{1,2}})?", bare):
            yield round(float(bare.replace(comma, "").replace(point, ".")) / divisor, 12)


def _same_day(ours: str, theirs: str) -> bool:
    """Return whether a spreadsheet took words for a day and wrote that day in its own way."""
    if len(theirs) > 30 or len(ours) > 30:
        return False
    read = list(_days(theirs))
    if not read:
        return False
    iso = date_in(ours)
    meant = list(_days(ours))
    if iso is not None:
        year, month, day = map(int, iso.split("-"))
        meant.append((year, month, day))
    return any(_agree(ours_day, other) for ours_day in meant for other in read)


def _agree(ours: Day, theirs: Day) -> bool:
    """Return whether two days are one; a spreadsheet adds the year, or the first of the month."""
    if ours == theirs:
        return True
    (year, month, day), (its_year, its_month, its_day) = ours, theirs
    if month != its_month:
        return False
    if day is None:
        return year == its_year and its_day == 1
    return day == its_day and (year is None or its_year is None)


def _days(text: str) -> Iterator[Day]:
    """Yield the days (year, month, day) that a text in a spreadsheet's form may mean."""
    text = re.sub(r"[T ]00:00(:00(\.0+)?)?$", "", text)
    if match := _MONTH_FIRST.fullmatch(text):
        month = _month(match[1])
        if month:
            number = int(match[2])
            yield None, month, number
            yield _year(match[2]), month, None
        return
    match = _DAY.fullmatch(text)
    if not match:
        return
    first, second, third = match.groups()
    if len(first) == 4:
        if third and (month := _month(second)):
            yield int(first), month, int(third)
        return
    year = _year(third) if third else None
    for day, month_word in ((first, second), (second, first)):
        month = _month(month_word)
        if month and day.isdigit() and 1 <= int(day) <= 31:
            yield year, month, int(day)


def _month(word: str) -> int | None:
    if word.isdigit():
        return int(word) if 1 <= int(word) <= 12 else None
    return MONTH_NUMBERS.get(word.casefold()[:3])


def _year(word: str) -> int:
    number = int(word)
    return number if len(word) == 4 else number + (2000 if number < 30 else 1900)
