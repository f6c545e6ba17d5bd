"""The readable bundle as a PDF, with page numbers and the hash of the bundle on every page.

ReportLab is one of Odoo's own libraries; no program outside of Python is needed. Chinese is set
in STSong, one of the fonts that PDF readers bring themselves, so no font file is carried along.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate, Spacer, TableStyle

FONT = "STSong-Light"
# Wider than a cell on one page may grow, so a long fact is cut; bundle.json has it whole.
MAX_CELL = 1500
MARGIN = 12 * mm
WIDTH = landscape(A4)[0] - 2 * MARGIN


def render_pdf(bundle: Mapping[str, Any], *, is_chinese: bool = False) -> bytes:
    """:param bundle: title, head, tables and words, all texts in the reader's language"""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    body = ParagraphStyle("body", fontName=FONT, fontSize=7.5, leading=9.5, wordWrap="CJK")
    title = ParagraphStyle("title", parent=body, fontSize=15, leading=20, spaceAfter=4)
    heading = ParagraphStyle("heading", parent=body, fontSize=11, leading=15, spaceBefore=8, spaceAfter=3)
    words = bundle["words"]
    story: list[Any] = [Paragraph(_escape(bundle["title"]), title), _table(bundle["head"], [0.22, 0.78], body)]
    for name, columns, widths in (
        ("events", "columns", [0.06, 0.11, 0.1, 0.12, 0.15, 0.33, 0.13]),
        ("signatures", "signature_columns", [0.06, 0.11, 0.1, 0.12, 0.15, 0.33, 0.13]),
        ("files", "file_columns", [0.4, 0.1, 0.5]),
    ):
        if bundle[name]:
            story.append(Paragraph(_escape(words[name]), heading))
            story.append(_table(bundle[name], widths, body, header=bundle[columns]))
    story.append(Paragraph(_escape(words["left_out"]), heading))
    story += [Paragraph(f"– {_escape(sentence)}", body) for sentence in bundle["left_out"]]
    story.append(Spacer(1, 6))
    out = io.BytesIO()
    digest = bundle["head"][-1][1]
    document = SimpleDocTemplate(
        out,
        pagesize=landscape(A4),
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN + 6 * mm,
        title=bundle["title"],
        lang="zh-CN" if is_chinese else "en",
    )
    document.build(story, canvasmaker=_numbered(words, digest))
    return out.getvalue()


def _table(
    rows: Sequence[Sequence[str]], widths: Sequence[float], style: ParagraphStyle, header: Sequence[str] | None = None
) -> LongTable:
    cells = [[Paragraph(_escape(text), style) for text in row] for row in ([header] if header else []) + list(rows)]
    lines = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.25, colors.HexColor("#c8ccd2")),
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
    ]
    if header:
        lines.append(("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#e9edf2")))
    table = LongTable(cells, colWidths=[WIDTH * width for width in widths], repeatRows=1 if header else 0)
    table.setStyle(TableStyle(lines))
    return table


def _escape(text: str) -> str:
    text = text if len(text) <= MAX_CELL else text[: MAX_CELL - 1] + "…"
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br/>")


def _numbered(words: Mapping[str, str], digest: str) -> type[Canvas]:
    """A canvas that writes «page x of y» once it knows y."""

    class Numbered(Canvas):  # type: ignore[misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self._pages: list[dict[str, Any]] = []

        def showPage(self) -> None:
            self._pages.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for number, page in enumerate(self._pages, 1):
                self.__dict__.update(page)
                self.setFont(FONT, 7)
                self.drawString(MARGIN, MARGIN, f"bundle.json SHA-256 {digest}   {words['shown']}")
                label = words["page"].format(page=number, pages=len(self._pages))
                self.drawRightString(MARGIN + WIDTH, MARGIN, label)
                super().showPage()
            super().save()

    return Numbered
