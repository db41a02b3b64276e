"""The city as a model while it is drawn: junctions, pipes, and what stands where. Lengths in metres."""

from dataclasses import dataclass, field

from core.model.text import Text


@dataclass(slots=True)
class Junction:
    """demand_m3h: the mean over a week."""

    id: str
    x: float
    y: float
    elevation_m: float
    zone: str
    demand_m3h: float = 0.0


@dataclass(slots=True)
class Pipe:
    id: str
    a: str
    b: str
    length_m: float
    diameter_mm: int
    roughness: int
    material: str
    street: str | None = None


@dataclass(slots=True)
class Dma:
    """inlet: the one pipe by which its water comes, measured. far: the side length of its blocks."""

    id: str
    name: Text
    mean_m3h: float
    inlet: str = ""
    inlet_node: str = ""
    streets: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Tank:
    id: str
    name: Text
    x: float
    y: float
    bottom_m: float
    level_m: float
    highest_m: float
    diameter_m: float
    joins: str


@dataclass(slots=True)
class Works:
    """A treatment plant: a clear well and `pumps` alike in parallel, that lift into `outlet`."""

    id: str
    name: Text
    x: float
    y: float
    head_m: float
    outlet: str
    pumps: int
    duty_m3h: float
    lift_m: float
    chlorine_mg_l: float


@dataclass(slots=True)
class City:
    junctions: dict[str, Junction] = field(default_factory=dict)
    pipes: dict[str, Pipe] = field(default_factory=dict)
    dmas: dict[str, Dma] = field(default_factory=dict)
    tanks: list[Tank] = field(default_factory=list)
    works: list[Works] = field(default_factory=list)
    streets: dict[str, tuple[Text, str]] = field(default_factory=dict)
    """Name and zone by id."""

    def pipes_at(self) -> dict[str, list[Pipe]]:
        at: dict[str, list[Pipe]] = {node: [] for node in self.junctions}
        for pipe in self.pipes.values():
            for end in (pipe.a, pipe.b):
                if end in at:
                    at[end].append(pipe)
        return at

    def junctions_of(self, zone: str) -> list[Junction]:
        return [junction for junction in self.junctions.values() if junction.zone == zone]
