"""A past as a table for spreadsheets: RFC 4180, one line a point, the columns of `waterhub export`."""

import numpy as np

from core.model.quality import quality_class, reason
from core.model.sample import Int64s, Series
from core.model.tag import Tag

COLUMNS = ("tag", "time_utc", "time_shanghai", "value", "unit", "quality", "status", "kind")
_SHANGHAI_NS = 8 * 3_600 * 10**9
_PLAIN = (0, 1 << 30, 1 << 31)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def lines(tag: Tag, series: Series, aggregated: bool) -> str:
    """value and status are empty where there is none: a Bad point has no value, a Good one no reason. kind:
    `sample`, or `bound` for the lowest and highest of a window."""
    words = {
        q: f"{quality_class(q).value},{'' if q in _PLAIN else reason(q)}"
        for q in np.unique(series.q).tolist()
    }
    head, unit, kind = cell(tag.id), cell(tag.unit), "bound" if aggregated else "sample"
    return "".join(
        f"{head},{utc}Z,{local}+08:00,{'' if v != v else repr(v)},{unit},{words[q]},{kind}\r\n"
        for utc, local, v, q in zip(
            _texts(series.t_ns),
            _texts(series.t_ns + _SHANGHAI_NS),
            series.v.tolist(),
            series.q.tolist(),
            strict=True,
        )
    )


def cell(text: str) -> str:
    """Quoted where RFC 4180 says so, and nothing that a spreadsheet would calculate."""
    safe = f"'{text}" if text.startswith(_FORMULA) else text
    quoted = safe.replace('"', '""')
    return f'"{quoted}"' if set(safe) & set(',"\r\n') else safe


def _texts(t_ns: Int64s) -> list[str]:
    texts: list[str] = np.datetime_as_string(t_ns.astype("datetime64[ns]"), unit="ms").tolist()
    return texts
