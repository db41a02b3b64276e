"""A report as an A4 PDF."""

from io import BytesIO
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table

from api.reports.forms import standing
from api.reports.sheet import Section, Sheet, shown
from core.model.text import Lang
from response.renderings.poster import face

_INK, _QUIET, _LINE, _BAND = map(HexColor, ("#14213d", "#4a5568", "#b8c2cf", "#eef2f6"))
_WIDTH = A4[0] - 72
_WIDE = 2.2
"""How much wider than the others the first column is."""


def as_pdf(sheet: Sheet, lang: Lang) -> bytes:
    held, font = BytesIO(), face(None)
    title = f"{sheet.utility.in_(lang)} {sheet.period.title.in_(lang)}"
    document = SimpleDocTemplate(
        held,
        pagesize=A4,
        leftMargin=36,
        rightMargin=36,
        topMargin=36,
        bottomMargin=44,
        invariant=1,
        lang=lang,
    )
    document.title = title
    head = ParagraphStyle("head", fontName=font, fontSize=18, leading=24, textColor=_INK, wordWrap="CJK")
    quiet = ParagraphStyle("quiet", fontName=font, fontSize=8.5, leading=12, textColor=_QUIET, wordWrap="CJK")
    story: list[Flowable] = [Paragraph(escape(title), head), Paragraph(standing(sheet).in_(lang), quiet)]
    for section in sheet.sections:
        story += _section(section, lang, font, quiet)

    def foot(canvas: Canvas, _: object) -> None:
        canvas.setFont(font, 8)
        canvas.setFillColor(_QUIET)
        canvas.drawString(36, 24, title)
        canvas.drawRightString(A4[0] - 36, 24, str(canvas.getPageNumber()))

    document.build(story, onFirstPage=foot, onLaterPages=foot)
    return held.getvalue()


def _section(section: Section, lang: Lang, font: str, quiet: ParagraphStyle) -> list[Flowable]:
    name = ParagraphStyle(
        "name", fontName=font, fontSize=12.5, leading=17, textColor=_INK, spaceBefore=10, keepWithNext=1
    )
    cell = ParagraphStyle("cell", fontName=font, fontSize=9, leading=12, textColor=_INK, wordWrap="CJK")
    right = ParagraphStyle("right", parent=cell, alignment=2)
    said: list[Flowable] = [
        Paragraph(section.title.in_(lang), name),
        Paragraph(escape(section.note.in_(lang)), ParagraphStyle("note", parent=quiet, keepWithNext=1)),
        Spacer(1, 3),
    ]
    if not section.rows:
        return [*said, Paragraph(section.none.in_(lang), cell)]
    numeric = [
        any(isinstance(one, int | float) for one in column) for column in zip(*section.rows, strict=True)
    ]
    styles = [right if side else cell for side in numeric]
    rows = [[Paragraph(escape(one.in_(lang)), way) for one, way in zip(section.heads, styles, strict=True)]]
    for row in section.rows:
        rows.append([Paragraph(escape(shown(one, lang)), way) for one, way in zip(row, styles, strict=True)])
    one = _WIDTH / (len(section.heads) - 1 + _WIDE)
    table = Table(rows, colWidths=[_WIDE * one, *[one] * (len(section.heads) - 1)], repeatRows=1)
    table.setStyle(
        [
            ("BACKGROUND", (0, 0), (-1, 0), _BAND),
            ("LINEBELOW", (0, 0), (-1, -1), 0.4, _LINE),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 3),
            ("RIGHTPADDING", (0, 0), (-1, -1), 3),
        ]
    )
    return [*said, table]
