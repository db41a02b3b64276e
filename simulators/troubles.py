"""What may be ordered of the town, and the truth it answers with."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from core.model.shanghai import rfc3339


class Kind(StrEnum):
    BURST = "burst"
    LEAK = "leak"
    QUALITY = "quality"
    PUMP = "pump"
    FAULT = "fault"


class QualityKind(StrEnum):
    CHLORINE_LOSS = "chlorine_loss"
    CHLORINE_OVERFEED = "chlorine_overfeed"
    TURBIDITY = "turbidity"
    PH = "ph"
    CONDUCTIVITY = "conductivity"


class FaultKind(StrEnum):
    STUCK = "stuck"
    SPIKE = "spike"
    DRIFT = "drift"
    OUT_OF_RANGE = "out_of_range"
    DEAD = "dead"
    OFFLINE = "offline"
    WRONG_CLOCK = "wrong_clock"
    REAGENT_OUT = "reagent_out"
    CALIBRATION = "calibration"
    READS = "reads"
    """It shows `value`, whatever the water is."""


class WrongOrder(ValueError):
    """What cannot be done, in words for whoever asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """The truth of one trouble, with its place filled in. start_ns, end_ns: plant time; end_ns None: until
    cleared. detail: what kind of quality or fault. value: what an instrument that `reads` shows, in
    its own unit."""

    id: str
    kind: Kind
    start_ns: int
    end_ns: int | None = None
    zone: str | None = None
    pipe: str | None = None
    ends: tuple[str, ...] = ()
    x: float | None = None
    y: float | None = None
    flow_m3h: float | None = None
    tag: str | None = None
    pump: str | None = None
    detail: str | None = None
    value: float | None = None
    coefficient: float = field(default=0.0)
    """Of the leak's orifice: m3/h per root of a metre."""

    def runs_at(self, t_ns: int) -> bool:
        return self.start_ns <= t_ns and (self.end_ns is None or t_ns < self.end_ns)

    def truth(self) -> dict[str, Any]:
        """As JSON, with times as RFC 3339."""
        facts = {k: v for k, v in asdict(self).items() if v not in (None, ()) and not k.endswith("_ns")}
        facts.pop("coefficient")
        facts["start"] = rfc3339(self.start_ns)
        if self.end_ns is not None:
            facts["end"] = rfc3339(self.end_ns)
        return facts


def shown(kind: StrEnum, given: object) -> float | None:
    """What an instrument that `reads` is to show; None for any other. Raises WrongOrder."""
    if (given is not None) != (kind is FaultKind.READS):
        raise WrongOrder("an instrument that `reads` needs a value, and only that one takes it")
    return None if given is None else float(str(given))


def choice(kind: type[StrEnum], given: object, default: StrEnum) -> StrEnum:
    """A member by its name. Raises WrongOrder that lists them."""
    if given is None:
        return default
    try:
        return kind(str(given))
    except ValueError:
        raise WrongOrder(f"there is no kind {given!r}; use one of {', '.join(kind)}") from None
