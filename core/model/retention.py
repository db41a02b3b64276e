"""How long samples and their roll-ups are kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.model.tag import Quantity, Tag

DAY_NS = 86_400 * 10**9


@dataclass(frozen=True, slots=True)
class Keep:
    """Days that samples, 1-min and 1-h roll-ups are kept; 0: for ever."""

    samples_days: int = 730
    minutes_days: int = 1830
    hours_days: int = 3660


@dataclass(frozen=True, slots=True)
class Retention:
    """By what is measured; `others` where nothing is said of it."""

    others: Keep = Keep(0, 0, 0)
    by_quantity: Mapping[Quantity, Keep] = field(default_factory=dict)

    def of(self, tag: Tag | None) -> Keep:
        return self.by_quantity.get(tag.quantity, self.others) if tag else self.others


def cut_ns(days: int, now_ns: int) -> int | None:
    """What is older is no longer kept; None where all is."""
    return now_ns - days * DAY_NS if days else None
