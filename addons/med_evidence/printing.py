"""A table for an inspector: PDF and XLSX with page numbers, and the hash of what they show.

21 CFR 11.10(b): accurate and complete copies in human readable and electronic form. The hash is the
SHA-256 of the canonical JSON of headers and rows, so that a printed page and a file can be compared.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from .lib import canonical


@dataclass(frozen=True)
class Table:
    title: str
    facts: tuple[tuple[str, str], ...]
    """What stands above the table: (label, text)"""
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    hash_label: str = "SHA-256"
    page_label: str = "Page {page} of {pages}"

    @property
    def digest(self) -> str:
        return canonical.digest(canonical.dumps([list(self.headers), [list(row) for row in self.rows]]))


def xlsx(table: Table) -> bytes:
    """Two sheets: the rows, and what the export is."""
    import xlsxwriter  # type: ignore[import-untyped,unused-ignore]

    buffer = io.BytesIO()
    # text stays text: nothing an event says becomes a formula or a link
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(buffer, options)
    bold, wrap = book.add_format({"bold": True, "bottom": 1}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet("1")
    sheet.write_row(0, 0, table.headers, bold)
    for number, row in enumerate(table.rows, 1):
        for column, text in enumerate(row):
            sheet.write_string(number, column, text[:32000], wrap)
    sheet.set_column(0, len(table.headers) - 1, 24)
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_footer(f"&L{table.hash_label} {table.digest[:32]}…&R&P / &N")
    about = book.add_worksheet("2")
    about.set_column(0, 0, 24)
    about.set_column(1, 1, 80)
    for number, (label, text) in enumerate((*table.facts, (table.hash_label, table.digest))):
        about.write_string(number, 0, label, bold)
        about.write_string(number, 1, text)
    book.close()
    return buffer.getvalue()


def pdf(table: Table, widths: Sequence[float]) -> bytes:
    """A4 landscape; every page has its number, the number of pages and the hash.

    :param widths: of the columns, as parts of the width of the page
    """
    from reportlab.lib import colors  # type: ignore[import-untyped,unused-ignore]
    from reportlab.lib.pagesizes import A4, landscape  # type: ignore[import-untyped,unused-ignore]
    from reportlab.lib.styles import ParagraphStyle  # type: ignore[import-untyped,unused-ignore]
    from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped,unused-ignore]
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont  # type: ignore[import-untyped,unused-ignore]
    from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped,unused-ignore]
    from reportlab.platypus import (  # type: ignore[import-untyped,unused-ignore]
        LongTable,
        Paragraph,
        SimpleDocTemplate,
        Spacer,
        TableStyle,
    )

    # a font of every PDF reader, with Chinese and Latin letters: nothing to install or embed
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    cell = ParagraphStyle("cell", fontName="STSong-Light", fontSize=7.5, leading=9.5, wordWrap="CJK")
    head = ParagraphStyle("head", parent=cell, fontSize=8, textColor=colors.HexColor("#444444"))
    title = ParagraphStyle("title", parent=cell, fontSize=15, leading=20)
    footer = f"{table.hash_label} {table.digest}"

    class Numbered(Canvas):  # type: ignore[misc,unused-ignore]
        """Pages are kept until the last one is known."""

        def __init__(self, *args: object, **kwargs: object) -> None:
            super().__init__(*args, **kwargs)
            self.kept: list[dict[str, object]] = []

        def showPage(self) -> None:
            self.kept.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for number, page in enumerate(self.kept, 1):
                self.__dict__.update(page)
                self.setFont("STSong-Light", 7)
                self.drawString(28, 18, footer)
                label = table.page_label.format(page=number, pages=len(self.kept))
                self.drawRightString(landscape(A4)[0] - 28, 18, label)
                super().showPage()
            super().save()

    def said(text: str, style: object) -> object:
        return Paragraph(escape(text).replace("\n", "<br/>"), style)

    buffer = io.BytesIO()
    page = landscape(A4)
    width = page[0] - 56
    story = [said(table.title, title), Spacer(1, 6)]
    story += [said(f"{label}: {text}", cell) for label, text in table.facts]
    story.append(Spacer(1, 8))
    body = [[said(text, head) for text in table.headers]]
    # a row higher than a page cannot be set; what is cut off here is whole in the XLSX and the bundle
    body += [[said(text if len(text) < 1500 else text[:1500] + "…", cell) for text in row] for row in table.rows]
    grid = LongTable(body, colWidths=[width * part / sum(widths) for part in widths], repeatRows=1)
    grid.setStyle(
        TableStyle(
            [
                ("LINEBELOW", (0, 0), (-1, -1), 0.25, colors.HexColor("#bbbbbb")),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
            ]
        )
    )
    story.append(grid)
    document = SimpleDocTemplate(
        buffer, pagesize=page, leftMargin=28, rightMargin=28, topMargin=28, bottomMargin=32, title=table.title
    )
    document.build(story, canvasmaker=Numbered)
    return buffer.getvalue()
