"""What a repair took: parts from a store or a vehicle, hours of people and machines, and what was found of
the pipe (WO-23)."""

from dataclasses import dataclass
from enum import StrEnum


class FailureMode(StrEnum):
    """facts-water 4.9."""

    CIRCUMFERENTIAL = "circumferential"
    LONGITUDINAL = "longitudinal"
    JOINT = "joint"
    CORROSION_HOLE = "corrosion_hole"
    FITTING = "fitting"
    VALVE = "valve"
    HYDRANT = "hydrant"
    SERVICE_PIPE = "service_pipe"
    METER = "meter"
    THIRD_PARTY = "third_party"
    UNKNOWN = "unknown"


class Material(StrEnum):
    DUCTILE_IRON = "ductile_iron"
    GREY_IRON = "grey_iron"
    STEEL = "steel"
    PE = "pe"
    PVC = "pvc"
    CONCRETE = "concrete"
    ASBESTOS_CEMENT = "asbestos_cement"
    GALVANISED = "galvanised"
    OTHER = "other"


class Cause(StrEnum):
    AGE = "age"
    CORROSION = "corrosion"
    GROUND_MOVEMENT = "ground_movement"
    TRAFFIC_LOAD = "traffic_load"
    FROST = "frost"
    PRESSURE_SURGE = "pressure_surge"
    THIRD_PARTY_DAMAGE = "third_party_damage"
    WORKMANSHIP = "workmanship"
    UNKNOWN = "unknown"


class Work(StrEnum):
    LABOUR = "labour"
    EXCAVATOR = "excavator"
    PUMP = "pump"
    OTHER_PLANT = "other_plant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """An article that crews use. sizes: outer pipe diameters that a repair clamp takes (mm), for `materials`.
    price: of one `unit`, in yuan."""

    id: str
    name_zh: str
    name_en: str
    unit: str = "个"
    price: float = 0.0
    from_mm: float | None = None
    to_mm: float | None = None
    materials: tuple[Material, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PartMove:
    """One transaction of stock: quantity < 0 takes out of the place, > 0 puts in. place: a store, or the crew
    whose vehicle it is. cost: in yuan, as it was then."""

    id: str
    part: str
    place: str
    quantity: float
    by: str
    at_ns: int
    cost: float = 0.0
    work_order: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Labour:
    """who: a person of the crew, or the machine. Overlapping times of one `who` count once."""

    id: str
    work_order: str
    work: Work
    who: str
    start_ns: int
    end_ns: int
    by: str
    at_ns: int
    rate: float = 0.0
    """Yuan an hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What was found of the pipe; one an order. id: the order's."""

    id: str
    mode: FailureMode
    material: Material
    cause: Cause
    by: str
    at_ns: int
    diameter_mm: float | None = None
    depth_m: float | None = None
    laid_year: int | None = None
    link: str | None = None
    zone: str | None = None
