"""Samples as rows of a table for people: what `waterhub export` writes, and what screens give away as CSV."""

from collections.abc import Iterator

import numpy as np

from core.model.quality import quality_class, reason
from core.model.sample import Int64s, Series

COLUMNS = ("tag", "time_utc", "time_shanghai", "value", "unit", "quality", "status")
_SHANGHAI_NS = 8 * 3_600 * 10**9
_PLAIN = (0, 1 << 30, 1 << 31)


def rows(tag: str, unit: str, series: Series) -> Iterator[str]:
    """A line each, without its end. tag, unit: as they may stand in the file. Value and status are empty
    where there is none: a Bad sample has no value, a Good one no reason."""
    words = {q: ",".join(said) for q, said in words_of(series).items()}
    columns = zip(
        _texts(series.t_ns),
        _texts(series.t_ns + _SHANGHAI_NS),
        series.v.tolist(),
        series.q.tolist(),
        strict=True,
    )
    return (
        f"{tag},{utc}Z,{local}+08:00,{'' if v != v else repr(v)},{unit},{words[q]}"
        for utc, local, v, q in columns
    )


def words_of(series: Series) -> dict[int, tuple[str, str]]:
    """Class and reason of each status that occurs."""
    return {
        q: (quality_class(q).value, "" if q in _PLAIN else reason(q)) for q in np.unique(series.q).tolist()
    }


def _texts(t_ns: Int64s) -> list[str]:
    texts: list[str] = np.datetime_as_string(t_ns.astype("datetime64[ns]"), unit="ms").tolist()
    return texts
