"""The approved master alarm database in the ledger: its rows as they are, every change that made them so."""

from dataclasses import dataclass

Cells = dict[str, str]
"""A row by the columns of `alarms.cells`; empty ones are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MasterRow:
    """id: the row's, as in alarms.yaml. version: of the database, at which it last changed. digest: of the
    cells, as approved."""

    id: str
    version: int
    digest: str
    cells: Cells


@dataclass(frozen=True, slots=True, kw_only=True)
class MasterEdit:
    """One row's part in a proposal, or in a version. before, after: its cells; None for a row that is new, or
    gone. base, digest: of these. version: None until it is approved."""

    id: str
    proposal: str
    row: str
    before: Cells | None
    after: Cells | None
    base: str | None
    digest: str | None
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MasterVersion:
    """id: eight digits. proposal: what was approved; None for what the files said at the first start. rows:
    how many changed. by, approved_by: users."""

    id: str
    n: int
    proposal: str | None
    by: str
    approved_by: str
    reason: str
    t_ns: int
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MasterDrift:
    """A field that is not as approved. where: `files`, `runtime` or `ledger`. until_ns: when it was
    found to be mended; None while it stands."""

    id: str
    row: str
    field: str
    where: str
    approved: str
    found: str
    since_ns: int
    until_ns: int | None = None

    @property
    def standing(self) -> bool:
        return self.until_ns is None
