"""The control room's shifts as hub.yaml has them."""

from pydantic import BaseModel, ConfigDict, Field, model_validator

from core.model.shift import TWO_SHIFTS, Rota, ShiftHours
from core.model.text import Text


class ShiftConfig(BaseModel):
    """A shift of every day. begins: `08:00`, Asia/Shanghai; it lasts until the next one begins."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")
    name: Text
    begins: str = Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")


class ShiftsConfig(BaseModel):
    """The control room's shifts; 08:00 and 20:00 are common practice [K], not a rule. early_min: so long
    before its end a shift may be handed over."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    hours: tuple[ShiftConfig, ...] = ()
    early_min: int = Field(default=120, ge=0, le=720)

    @model_validator(mode="after")
    def _each_once(self) -> "ShiftsConfig":
        for what, values in (
            ("id", [h.id for h in self.hours]),
            ("beginning", [h.begins for h in self.hours]),
        ):
            if len(set(values)) < len(values):
                raise ValueError(f"two shifts have one {what}")
        return self

    @property
    def rota(self) -> Rota:
        hours = [
            ShiftHours(id=one.id, name=one.name, from_min=int(one.begins[:2]) * 60 + int(one.begins[3:]))
            for one in sorted(self.hours, key=lambda one: one.begins)
        ]
        return Rota(hours=tuple(hours) or TWO_SHIFTS, early_min=self.early_min)
