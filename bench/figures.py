"""What a bench tells."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number. goal: None when it is there for comparison only; better: which way is good."""

    name: str
    value: float
    unit: str
    goal: float | None
    better: Literal["lower", "higher"]

    @property
    def missed(self) -> bool:
        if self.goal is None:
            return False
        return bool(self.value > self.goal if self.better == "lower" else self.value < self.goal)
