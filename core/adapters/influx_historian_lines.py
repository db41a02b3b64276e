"""The schema in InfluxDB, and samples as line protocol.

One measurement, `sample`, with one tag, `id` (`tag` is a word of InfluxQL): a series is a tag of the plant
and nothing else, so that a point's identity is (tag, source time in ns) and writing it again changes
nothing. Fields, always of one type: `v` float (absent exactly where the quality is Bad), `q` unsigned OPC
UA StatusCode, `r` integer receive time (ns), `f` unsigned flags. What was refused is in the measurement
`quarantine`.
"""

import re
from collections.abc import Sequence

import numpy as np
import orjson

from core.adapters.historian_rows import Rows
from core.model.quality import is_bad
from core.ports.historian import Quarantined

SAMPLE, QUARANTINE, PROBE = "sample", "quarantine", "probe"
_UNSPEAKABLE = re.compile(r"[\x00-\x1f\x7f]|\\$|^$")
_ESCAPE = re.compile(r"([,= ])")
_CONTENT = 60_000
"""A string field may hold 64 KiB."""


def unspeakable(tag: str) -> bool:
    """Whether line protocol has no way to write this tag."""
    return bool(_UNSPEAKABLE.search(tag))


def lines(rows: Rows, tags: Sequence[str]) -> list[bytes]:
    """A line for each row. v must be finite or Bad; `rows["tag"]` counts in tags, none `unspeakable`."""
    heads = [b"sample,id=" + _ESCAPE.sub(r"\\\1", tag).encode() + b" " for tag in tags]
    finite = np.where(is_bad(rows["q"]), 0.0, rows["v"])
    values = orjson.dumps(finite, option=orjson.OPT_SERIALIZE_NUMPY)[1:-1].split(b",")
    columns = (rows[name].tolist() for name in ("tag", "q", "r", "flags", "t"))
    return [
        b"%bq=%du,r=%di,f=%du %d" % (heads[tag], q, r, flags, t)
        if q >> 31
        else b"%bv=%b,q=%du,r=%di,f=%du %d" % (heads[tag], v, q, r, flags, t)
        for v, tag, q, r, flags, t in zip(values, *columns, strict=False)
    ]


def quarantine_lines(items: Sequence[Quarantined], first_ns: int) -> list[bytes]:
    """In their order from `first_ns` on, one ns apart: the point's time is when it was put aside."""
    return [
        b"quarantine at=%di,source=%b,reason=%b,content=%b %d"
        % (item.at_ns, _text(item.source), _text(item.reason), _text(item.content), first_ns + i)
        for i, item in enumerate(items)
    ]


def _text(text: str) -> bytes:
    """A string field's value; a line break is kept as a blank, which line protocol can carry."""
    plain = text.encode(errors="replace")[:_CONTENT].decode(errors="ignore").replace("\n", " ")
    return b'"' + plain.replace("\\", "\\\\").replace('"', '\\"').encode() + b'"'
