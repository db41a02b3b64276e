"""Which historian keeps the samples, and for how long."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from core.model.retention import Keep, Retention
from core.model.tag import Quantity


class _Tree(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class KeepConfig(_Tree):
    """Days that samples, their 1-min and their 1-h roll-ups are kept; 0: for ever."""

    samples_days: int = Field(default=730, ge=0)
    minutes_days: int = Field(default=1830, ge=0)
    hours_days: int = Field(default=3660, ge=0)

    @property
    def days(self) -> Keep:
        return Keep(self.samples_days, self.minutes_days, self.hours_days)


class EmbeddedStore(_Tree):
    """Samples in a SQLite file of the data folder. keep: for all; keep_by_quantity: for what it names."""

    type: Literal["embedded"] = "embedded"
    keep: KeepConfig = KeepConfig()
    keep_by_quantity: dict[Quantity, KeepConfig] = {}

    @property
    def retention(self) -> Retention:
        return Retention(self.keep.days, {kind: keep.days for kind, keep in self.keep_by_quantity.items()})


class InfluxStore(_Tree):
    """Samples in InfluxDB 2.x. The token stands in a file of mode 0400, never here; `waterhub migrate`
    makes the buckets, their retention and the tasks of the roll-ups."""

    type: Literal["influx"]
    url: str
    org: str
    bucket: str
    token_file: Path
    keep: KeepConfig = KeepConfig()


Store = Annotated[EmbeddedStore | InfluxStore, Field(discriminator="type")]
