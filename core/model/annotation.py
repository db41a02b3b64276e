"""What somebody wrote beside a trend: between which times, of which tags."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """Written once and never changed; withdrawn it still stands. start_ns, end_ns: plant time (UTC ns), equal
    for an instant. tags: one to eight. at_ns: when it was written."""

    id: str
    tags: tuple[str, ...]
    start_ns: int
    end_ns: int
    note: str
    author: str
    at_ns: int
    standing: bool = True
    withdrawn_ns: int | None = None
    withdrawn_by: str | None = None
