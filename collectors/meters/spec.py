"""What is known of a kind of meters: the rows of `collectors.yaml` below `meters:`."""

from fnmatch import fnmatchcase
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

CONTINUOUS_H = {8.0: 30.0, 3.0: 40.0, 0.0: 72.0}
"""Chosen by `python -m bench meters`: 10 L/h are told within two days, a drip in three."""


def _runs(given: Any) -> Any:
    """A number alone is of any flow."""
    return {0.0: given} if isinstance(given, int | float) else given


Runs = Annotated[
    dict[Annotated[float, Field(ge=0)], Annotated[float, Field(gt=0)]],
    Field(min_length=1),
    BeforeValidator(_runs),
]


class MeterSpec(BaseModel):
    """tags: registers it is of, as `meter.*`; of several rows the first that matches counts. rollover_m3:
    where the register begins again at 0, as 100000 for five wheels. max_flow_m3h: more cannot pass the
    meter (its overload flow rate Q4, ISO 4064-1). reverse_m3: a smaller step back is the register's own
    resolution. continuous_h: by litres an hour, for how many hours none may have less to be a finding
    (`running`); longer intervals than proof_h are weaker proof. grace_h: added to the silence that is usual
    for a meter."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tags: str
    rollover_m3: float | None = Field(default=None, gt=0)
    max_flow_m3h: float = Field(default=20.0, gt=0)
    reverse_m3: float = Field(default=0.005, ge=0)
    continuous_h: Runs = CONTINUOUS_H
    proof_h: float = Field(default=2.0, gt=0)
    grace_h: float = Field(default=1.0, ge=0)

    def fits(self, tag: str) -> bool:
        return fnmatchcase(tag, self.tags)
