"""A row of alarms.yaml that cannot work: which, what of it, and its mend."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol, Self


class Named(Protocol):
    @property
    def id(self) -> str: ...


class WrongRow(ValueError):
    """row: counts from 0 in the file. field: of the row, None for the row as a whole."""

    def __init__(self, what: str, mend: str = "correct the row it names", field: str | None = None) -> None:
        super().__init__(what)
        self.mend, self.field, self.row = mend, field, 0

    @classmethod
    def of(cls, row: Named, what: str, mend: str, field: str | None = None) -> Self:
        return cls(f"alarm row {row.id}: {what}", mend, field)


@contextmanager
def row(at: int) -> Iterator[None]:
    """Whatever ValueError is raised of this row leaves as WrongRow."""
    try:
        yield
    except WrongRow as wrong:
        wrong.row = at
        raise
    except ValueError as error:
        named = WrongRow(str(error))
        named.row = at
        raise named from error
