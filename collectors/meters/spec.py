"""What is known of a kind of meters: the rows of `collectors.yaml` below `meters:`."""

from fnmatch import fnmatchcase

from pydantic import BaseModel, ConfigDict, Field


class MeterSpec(BaseModel):
    """tags: registers it is of, as `meter.*`; of several rows the first that matches counts. rollover_m3:
    where the register begins again at 0, as 100000 for five wheels. max_flow_m3h: more cannot pass the
    meter (its overload flow rate Q4, ISO 4064-1). reverse_m3: a smaller step back is the register's own
    resolution. continuous_h: flowing for so long without one interval of none is a finding; longer
    intervals than proof_h prove nothing. grace_h: added to the silence that is usual for a meter."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tags: str
    rollover_m3: float | None = Field(default=None, gt=0)
    max_flow_m3h: float = Field(default=20.0, gt=0)
    reverse_m3: float = Field(default=0.005, ge=0)
    continuous_h: float = Field(default=24.0, gt=0)
    proof_h: float = Field(default=2.0, gt=0)
    grace_h: float = Field(default=1.0, ge=0)

    def fits(self, tag: str) -> bool:
        return fnmatchcase(tag, self.tags)
