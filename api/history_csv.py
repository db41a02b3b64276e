"""A past as a table for spreadsheets: RFC 4180, one line a point, the columns of `waterhub export`."""

from core.model import sample_table
from core.model.sample import Series
from core.model.tag import Tag
from core.model.text import uncalculated

COLUMNS = (*sample_table.COLUMNS, "kind")


def lines(tag: Tag, series: Series, aggregated: bool) -> str:
    """kind: `sample`, or `bound` for the lowest and highest of a window."""
    kind = "bound" if aggregated else "sample"
    return "".join(f"{row},{kind}\r\n" for row in sample_table.rows(cell(tag.id), cell(tag.unit), series))


def cell(text: str) -> str:
    """Quoted where RFC 4180 says so, and nothing that a spreadsheet would calculate."""
    safe = uncalculated(text)
    quoted = safe.replace('"', '""')
    return f'"{quoted}"' if set(safe) & set(',"\r\n') else safe
