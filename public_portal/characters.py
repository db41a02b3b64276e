"""Traditional characters as simplified ones, for comparing what people type with the names of streets.

By OpenCC's table t2s, a published library that the house has already: the citizens' server may import it,
as its contract (pyproject.toml, import-linter) closes our own rooms to it and nothing else. Nothing of
`response` comes with it, and the snapshot carries no table.
"""

from functools import cache
from typing import Protocol


class _Converter(Protocol):
    def convert(self, text: str) -> str: ...


@cache
def _converter() -> _Converter:
    """Read once, with the first address that is asked for (about 0.1 s)."""
    from opencc import OpenCC  # noqa: PLC0415

    made: _Converter = OpenCC("t2s")
    return made


def simplified(text: str) -> str:
    """`金山東路7號` as `金山东路7号`."""
    return text if text.isascii() else _converter().convert(text)
