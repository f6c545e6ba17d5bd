"""Tables that people send: CSV in any common encoding, XLSX; read row by row, guessed at nowhere.

A cell is a text, or for XLSX what the sheet holds (number, date, truth value). ``read_cell``
turns it into the value of a declared type, or says what is wrong with it. What a spreadsheet
program has damaged (1.23E+13, lost leading zeros, ##### and #REF!) is named and refused, since
the lost digits are in nobody's file.

Pure: no database, no clock. Errors are :class:`ScanError` with the codes ``table_*`` (the file)
and ``cell_*`` (one cell).
"""

from __future__ import annotations

import codecs
import csv
import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import BinaryIO, Literal

from . import gtin
from .errors import ScanError

Cell = str | int | float | bool | date | datetime | None
Value = str | int | bool | date | Decimal | None
DateOrder = Literal["ymd", "dmy", "mdy"]
DecimalMark = Literal[".", ","]

SEPARATORS = ",;\t|"
MAX_COLUMNS = 256
MAX_CELL = 10_000
# What a sheet may unpack to; a "zip bomb" of 50 MB unpacks to gigabytes.
MAX_UNPACKED = 1_000_000_000
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SCIENTIFIC = re.compile(r"[+-]?\d+(?:[.,]\d+)?[eE]\+?\d+")
# What no text holds; tab, line ends and the separators of barcodes may be there.
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b]")
SPREADSHEET_ERRORS = frozenset(("#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!"))
TRUE = frozenset(("1", "true", "yes", "y", "x", "是", "有", "✓", "√"))
FALSE = frozenset(("0", "false", "no", "n", "否", "无"))
MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table as people count them: ``number`` 1 is the first row of the sheet."""

    number: int
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Format:
    """How a file is to be read, as far as its own bytes do not say. "" is "find out"."""

    encoding: str = ""
    separator: str = ""
    date_order: DateOrder | Literal[""] = ""
    decimal_mark: DecimalMark = "."


# Files -------------------------------------------------------------------------------------


def lines(handle: BinaryIO, how: Format | None = None) -> Iterator[Line]:
    """Every row of an open file that holds something, one at a time.

    Raises ScanError ``table_empty``, ``table_old_excel``, ``table_broken``, ``table_encoding``,
    ``table_binary``, ``table_separator``, ``table_too_wide``, ``table_cell_long``.
    """
    how = how or Format()
    head = handle.read(512)
    handle.seek(0)
    if not head.strip():
        raise ScanError("table_empty")
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise ScanError("table_old_excel")
    rows = _sheet_rows(handle) if head.startswith(b"PK\x03\x04") else _text_rows(handle.read(), how)
    for number, cells in rows:
        if len(cells) > MAX_COLUMNS:
            raise ScanError("table_too_wide", row=str(number), columns=str(len(cells)), maximum=str(MAX_COLUMNS))
        if any(isinstance(cell, str) and len(cell) > MAX_CELL for cell in cells):
            raise ScanError("table_cell_long", row=str(number), maximum=str(MAX_CELL))
        if any(cell not in (None, "") for cell in cells):
            yield Line(number, cells)


def encoding_of(content: bytes, declared: str = "") -> str:
    """The encoding of a text file: by its mark, else UTF-8, else GB18030 (which holds GBK).

    Only what decodes to the last byte is taken, and GB18030 only when the result looks like
    Chinese: it decodes much that is Latin. Raises ScanError ``table_encoding``, ``table_binary``.
    """
    for mark, name in BOMS:
        if content.startswith(mark):
            return _checked(content, name)
    if declared:
        return _checked(content, declared)
    if b"\x00" in content:
        # UTF-16 without a mark: every other byte of plain text is zero.
        sample = content[:2000]
        for name, zeros in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[::2])):
            if zeros.count(0) * 3 > len(zeros):
                return _checked(content, name)
        raise ScanError("table_binary")
    if _decodes(content, "utf-8"):
        return "utf-8"
    if _decodes(content, "gb18030") and _looks_chinese(content.decode("gb18030")):
        return "gb18030"
    raise ScanError("table_encoding", position=str(_first_bad_line(content)))


def _checked(content: bytes, name: str) -> str:
    if not _decodes(content, name):
        raise ScanError("table_encoding_declared", encoding=name)
    return name


def _decodes(content: bytes, name: str) -> bool:
    """In pieces: the text of a large file need not be in memory a second time."""
    try:
        decoder = codecs.getincrementaldecoder(name)()
        for start in range(0, len(content), 1 << 16):
            decoder.decode(content[start : start + (1 << 16)])
        decoder.decode(b"", True)
    except (UnicodeError, LookupError):
        return False
    return True


def _looks_chinese(text: str) -> bool:
    foreign = [char for char in text if ord(char) > 127]
    usual = sum("\u4e00" <= char <= "\u9fff" or "\u3000" <= char <= "\u303f" or char in "，；：（）℃" for char in foreign)
    return bool(foreign) and usual * 10 >= len(foreign) * 9


def _first_bad_line(content: bytes) -> int:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        return content.count(b"\n", 0, error.start) + 1
    return 1


def separator_of(sample: str) -> str:
    """The separator that cuts the first rows into the same number of columns, at least two.

    A single column has none: then any will do. Raises ScanError ``table_separator`` when two
    cut equally well.
    """
    best: list[tuple[int, str]] = []
    for separator in SEPARATORS:
        try:
            widths = {len(row) for row in csv.reader(sample.splitlines(keepends=True), delimiter=separator) if row}
        except csv.Error:
            continue
        if len(widths) == 1 and (width := widths.pop()) > 1:
            best.append((width, separator))
    if not best:
        first = next(iter(sample.splitlines()), "")
        counts = sorted(((first.count(separator), separator) for separator in SEPARATORS), reverse=True)
        if counts[0][0] and counts[0][0] == counts[1][0]:
            raise ScanError("table_separator")
        return counts[0][1] if counts[0][0] else ","
    best.sort(reverse=True)
    if len(best) > 1 and best[0][0] == best[1][0]:
        raise ScanError("table_separator")
    return best[0][1]


def _text_rows(content: bytes, how: Format) -> Iterator[tuple[int, Sequence[Cell]]]:
    encoding = encoding_of(content, how.encoding)
    sample = "".join(line for _n, line in zip(range(50), _text_lines(content, encoding), strict=False))
    if CONTROL.search(sample):
        raise ScanError("table_binary")
    reader = csv.reader(_text_lines(content, encoding), delimiter=how.separator or separator_of(sample), strict=True)
    start = 1
    try:
        for row in reader:
            # a quoted cell may hold line breaks: a row is known by the line it begins on
            yield start, [_clean(cell) for cell in row]
            start = reader.line_num + 1
    except csv.Error:
        raise ScanError("table_broken_row", row=str(start)) from None


def _text_lines(content: bytes, encoding: str) -> Iterator[str]:
    """The lines with their ends, decoded piece by piece."""
    pieces = (content[start : start + (1 << 16)] for start in range(0, len(content), 1 << 16))
    rest = ""
    for piece in codecs.iterdecode(pieces, encoding):
        rest += piece
        # a lone CR ends a line only where no LF follows, which the next piece may bring
        whole = rest.replace("\r\n", "\n")
        if whole.endswith("\r"):
            whole, keep = whole[:-1], "\r"
        else:
            keep = ""
        *done, rest = whole.replace("\r", "\n").split("\n")
        rest += keep
        for line in done:
            yield line + "\n"
    if rest:
        yield rest.rstrip("\r")


def _clean(cell: str) -> str:
    return cell.lstrip("\ufeff").strip(" \t\r\n\u00a0\u3000")


def _sheet_rows(handle: BinaryIO) -> Iterator[tuple[int, Sequence[Cell]]]:
    # here, so that the pure tests of everything else need no spreadsheet library
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(handle) as archive:
            if sum(item.file_size for item in archive.infolist()) > MAX_UNPACKED:
                raise ScanError("table_bomb")
        book = load_workbook(handle, read_only=True, data_only=True, keep_links=False)
    except ScanError:
        raise
    except Exception as error:
        # the library raises whatever the broken part happens to cause
        raise ScanError("table_broken") from error
    with closing(book):
        if not book.worksheets:
            raise ScanError("table_empty")
        try:
            for number, row in enumerate(book.worksheets[0].iter_rows(values_only=True), start=1):
                yield number, [_plain(cell) for cell in row]
        except Exception as error:
            raise ScanError("table_broken") from error


def _plain(cell: object) -> Cell:
    if isinstance(cell, str):
        return _clean(cell)
    if cell is None or isinstance(cell, bool | int | float | date | datetime):
        return cell
    return str(cell)


# Cells -------------------------------------------------------------------------------------


def show(cell: Cell) -> str:
    """A cell as a person would have typed it."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if not (cell.hour or cell.minute) else cell.isoformat(" ", "minutes")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _not_damaged(text: str) -> None:
    if text.upper() in SPREADSHEET_ERRORS:
        raise ScanError("cell_formula", value=text)
    if len(text) > 1 and set(text) == {"#"}:
        raise ScanError("cell_hashes", value=text)
    if "\ufffd" in text:
        raise ScanError("cell_replaced", value=text)
    if "\x00" in text:
        raise ScanError("cell_control", value=text.replace("\x00", ""))


def read_text(cell: Cell) -> str:
    """A text: names, references, lots. Raises ScanError.

    A number of a sheet is taken as its digits while they are certain (below 10^15). A code
    written as 1.2E+13 is refused.
    """
    text = show(cell)
    _not_damaged(text)
    if isinstance(cell, float) and not cell.is_integer():
        raise ScanError("cell_number_as_text", value=text)
    if isinstance(cell, float) and abs(cell) >= 1e15:
        raise ScanError("cell_scientific", value=text)
    return text


def read_code(cell: Cell) -> str:
    """A code whose digits all matter (lot, serial, reference). Raises ScanError."""
    text = read_text(cell)
    if SCIENTIFIC.fullmatch(text):
        raise ScanError("cell_scientific", value=text)
    if isinstance(cell, date | datetime):
        raise ScanError("cell_date_as_text", value=text)
    return text


def read_gtin(cell: Cell) -> str:
    """A GTIN with 14 digits. Raises ScanError; lost zeros are named, never put back silently."""
    text = read_code(cell)
    if gtin.is_digits(text) and len(text) < 14 and len(text) not in (8, 12, 13):
        raise ScanError("cell_zeros_lost", value=text, length=str(len(text)))
    return gtin.normalise(text)


def read_decimal(cell: Cell, mark: DecimalMark = ".") -> Decimal:
    """A finite number. Thousands separators only where they cannot be the decimal mark."""
    if isinstance(cell, bool | date):
        raise ScanError("cell_number", value=show(cell))
    text = show(cell)
    _not_damaged(text)
    plain = text.replace("\u00a0", "").replace(" ", "")
    other = "," if mark == "." else "."
    if isinstance(cell, str):
        if other in plain and not re.fullmatch(
            rf"[+-]?\d{{1,3}}(?:{re.escape(other)}\d{{3}})+(?:{re.escape(mark)}\d+)?", plain
        ):
            raise ScanError("cell_decimal_mark", value=text, mark=mark)
        plain = plain.replace(other, "").replace(mark, ".")
    if not re.fullmatch(r"[+-]?[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]{1,2})?", plain):
        raise ScanError("cell_number", value=text)
    try:
        number = Decimal(plain)
    except InvalidOperation:
        raise ScanError("cell_number", value=text) from None
    if abs(number) >= Decimal("1e12"):
        raise ScanError("cell_number_large", value=text)
    return number


def read_integer(cell: Cell, mark: DecimalMark = ".") -> int:
    number = read_decimal(cell, mark)
    if number != number.to_integral_value():
        raise ScanError("cell_integer", value=show(cell))
    return int(number)


def read_flag(cell: Cell) -> bool:
    text = show(cell).lower()
    if text in TRUE:
        return True
    if text in FALSE:
        return False
    raise ScanError("cell_flag", value=show(cell))


def read_date(cell: Cell, order: DateOrder | Literal[""] = "") -> date:
    """A day. 2026-11-23, 2026/11/23, 20261123, 2026年11月23日, 23 Nov 2026, 23.11.2026 ...

    Where day and month could be exchanged the order must be declared: 03/04/2026 is refused
    without one. Raises ScanError.
    """
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = show(cell)
    _not_damaged(text)
    # a time of day behind the date says nothing about the day
    body = re.sub(r"[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z| ?[AaPp][Mm])?$", "", text).strip()
    parts = _date_parts(body)
    if parts:
        return _day(text, *parts)
    if match := re.fullmatch(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", body):
        return _two_sided(text, *(int(part) for part in match.groups()), order=order)
    if re.fullmatch(r"\d{5}(?:\.\d+)?", body):
        raise ScanError("cell_date_serial", value=text)
    if re.fullmatch(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2}", body):
        raise ScanError("cell_date_century", value=text)
    raise ScanError("cell_date", value=text)


def _date_parts(body: str) -> tuple[int, int, int] | None:
    """(year, month, day) of the forms that can be read in one way only."""
    match = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", body) or re.fullmatch(
        r"(\d{4})(\d{2})(\d{2})", body
    )
    if match:
        return int(match[1]), int(match[2]), int(match[3])
    for pattern, day, month in (
        (r"(\d{1,2})[- /.]([A-Za-z]{3,9})[- /.,]+(\d{4})", 1, 2),
        (r"([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4})", 2, 1),
    ):
        match = re.fullmatch(pattern, body)
        if match and match[month][:3].lower() in MONTHS:
            return int(match[3]), MONTHS[match[month][:3].lower()], int(match[day])
    return None


def _two_sided(text: str, first: int, second: int, year: int, *, order: str) -> date:
    """03/04/2026: by the declared order, or by the one side that cannot be a month."""
    if order == "dmy" or (order != "mdy" and first > 12 >= second):
        return _day(text, year, second, first)
    if order == "mdy" or second > 12 >= first or first == second:
        return _day(text, year, first, second)
    raise ScanError("cell_date_order", value=text)


def _day(text: str, year: int, month: int, day: int) -> date:
    if not 1900 <= year <= 2200:
        raise ScanError("cell_date", value=text)
    try:
        return date(year, month, day)
    except ValueError:
        raise ScanError("cell_date", value=text) from None
