"""The master alarm database as text that a spreadsheet opens."""

import csv
import io
from collections.abc import Sequence

from alarms.cells import COLUMNS, MANDATORY, Cells


def table_text(table: Sequence[Cells]) -> str:
    """With a byte order mark, CR LF at the end of a line. Columns that no row fills are left out, where they
    may be."""
    used = {column for cells in table for column in cells} | MANDATORY
    columns = [column for column in COLUMNS if column in used]
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="")
    writer.writeheader()
    writer.writerows(table)
    return "\ufeff" + out.getvalue()
