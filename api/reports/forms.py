"""A report as JSON and as CSV."""

import csv
from io import StringIO

from api.reports.sheet import Cell, Sheet, shown
from api.wire import Json, plain, rfc3339
from core.model.shanghai import moment
from core.model.text import Lang, Text, uncalculated

UTF8_MARK = "\ufeff"
"""Without it a spreadsheet in China reads the file as GB18030."""
PARTIAL = Text("本期尚未结束，数据截至{at}", "The period is not over: as of {at}")
MADE = Text("制表 {at}（北京时间）", "Made {at} (Asia/Shanghai)")


def as_json(sheet: Sheet) -> Json:
    period = sheet.period
    return {
        "kind": period.kind.value,
        "period": period.name,
        "before": period.before.name,
        "after": period.after.name,
        "title": plain(period.title),
        "utility": plain(sheet.utility),
        "start": rfc3339(period.start_ns),
        "end": rfc3339(period.end_ns),
        "made": rfc3339(sheet.made_ns),
        "whole": sheet.whole,
        "sections": [plain(section) for section in sheet.sections],
    }


def as_csv(sheet: Sheet, lang: Lang) -> str:
    """One table after another, a line with its title before each and an empty one between. A cell that a
    spreadsheet would run is kept from it (OWASP, CSV injection)."""
    held = StringIO()
    held.write(UTF8_MARK)
    rows = csv.writer(held, lineterminator="\r\n")
    rows.writerow([sheet.utility.in_(lang), sheet.period.title.in_(lang), standing(sheet).in_(lang)])
    for section in sheet.sections:
        rows.writerow([])
        rows.writerow([section.title.in_(lang), section.note.in_(lang)])
        rows.writerow([head.in_(lang) for head in section.heads])
        for row in section.rows:
            rows.writerow([_safe(cell, lang) for cell in row])
        if not section.rows:
            rows.writerow([section.none.in_(lang)])
    return held.getvalue()


def _safe(cell: Cell, lang: Lang) -> str | float | None:
    """Numbers stay numbers; nothing for what is not known."""
    if cell is None or isinstance(cell, int | float):
        return cell
    return uncalculated(shown(cell, lang))


def standing(sheet: Sheet) -> Text:
    """When it was made, and whether more may come."""
    at = moment(sheet.made_ns)
    said = MADE if sheet.whole else PARTIAL
    return Text(said.zh.format(at=at.zh), said.en.format(at=at.en))
