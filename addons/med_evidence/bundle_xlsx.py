"""The readable bundle as a workbook: a sheet each for head, events, signatures and files, to sort and filter.

xlsxwriter is one of Odoo's own libraries. Every cell is a text: what somebody wrote into a reason is never a formula.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import xlsxwriter

# A cell of a workbook holds no more; bundle.json has it whole.
MAX_CELL = 32_767
WIDEST = 60
PARTS = (("events", "columns"), ("signatures", "signature_columns"), ("files", "file_columns"))


def render_xlsx(bundle: Mapping[str, Any]) -> bytes:
    """:param bundle: title, head, tables and words, all texts in the reader's language"""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    bold = book.add_format({"bold": True, "bg_color": "#F3F4F6"})
    plain = book.add_format({"text_wrap": True, "valign": "top"})
    head = book.add_worksheet(_name(bundle["title"]))
    head.set_column(0, 0, 36)
    head.set_column(1, 1, 90, plain)
    head.write_string(0, 0, bundle["title"][:MAX_CELL], bold)
    rows = [*bundle["head"], *([bundle["words"]["left_out"], sentence] for sentence in bundle["left_out"])]
    for number, (label, value) in enumerate(rows, 2):
        head.write_string(number, 0, str(label)[:MAX_CELL], bold)
        head.write_string(number, 1, str(value)[:MAX_CELL], plain)
    for part, columns in PARTS:
        if bundle[part]:
            _table(book, bundle["words"][part], bundle[columns], bundle[part], bold, plain)
    book.close()
    return out.getvalue()


def _table(book: Any, title: str, columns: Any, rows: Any, bold: Any, plain: Any) -> None:
    sheet = book.add_worksheet(_name(title))
    for at, label in enumerate(columns):
        longest = max((len(row[at]) for row in rows[:200]), default=0)
        sheet.set_column(at, at, min(WIDEST, max(10, len(label) + 4, longest + 2)), plain)
        sheet.write_string(0, at, label, bold)
    for number, row in enumerate(rows, 1):
        for at, cell in enumerate(row):
            sheet.write_string(number, at, str(cell)[:MAX_CELL], plain)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(rows), len(columns) - 1)


def _name(text: str) -> str:
    """As a sheet may be called: at most 31 characters, without ``[]:*?/\\`` and quotes at the ends."""
    return "".join(" " if letter in "[]:*?/\\" else letter for letter in text)[:31].strip("' ") or "1"
