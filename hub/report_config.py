"""What daily and monthly reports go by."""

from pydantic import BaseModel, ConfigDict, Field

from api.reports.water import STANDARD, Promised


class ReportConfig(BaseModel):
    """What reports and the citizens' pages hold the network's pressure against: the least, MPa, and the share
    of readings that are to keep it. By default DBJ41/T 105-2010 (Henan), 3; others have 0.16 and 0.98, or
    0.12 and 0.97."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    pressure_mpa: float = Field(default=STANDARD.pressure_mpa, gt=0, lt=2)
    pressure_share: float = Field(default=STANDARD.pressure_share, gt=0, le=1)

    @property
    def promised(self) -> Promised:
        return Promised(self.pressure_mpa, self.pressure_share)
