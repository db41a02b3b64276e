"""What a utility owns, as far as the hub must know it."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import TypeVar

from core.model.laboratory import LabResult, complies
from core.model.limits import AppliedLimit, Disinfectant, LimitSets, SampleType
from core.model.network import Network
from core.model.pressure_unit import PressureUnit
from core.model.snapshot import CC_BY
from core.model.tag import Tag
from core.model.text import Text

K = TypeVar("K", bound=Hashable)


class ZoneKind(StrEnum):
    DMA = "dma"
    """District metered area: every inlet and outlet is metered."""
    PLANT = "plant"
    TRUNK = "trunk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """inflow / outflow: tag ids of the flow meters at its boundary (m3/h). disinfectant: the one that its
    water has. sample: what its instruments' water counts as; None: as its kind says."""

    id: str
    name: Text
    kind: ZoneKind
    inflow: tuple[str, ...] = ()
    outflow: tuple[str, ...] = ()
    disinfectant: Disinfectant = Disinfectant.FREE_CHLORINE
    sample: SampleType | None = None

    @property
    def sampled(self) -> SampleType:
        return self.sample or (SampleType.PLANT if self.kind is ZoneKind.PLANT else SampleType.NETWORK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Street:
    """A street as people name it. Its pipes are the network's links whose `street` is this id."""

    id: str
    name: Text
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A landmark people orient themselves by: a hospital, a school, a market."""

    id: str
    name: Text
    kind: str
    node: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """zone: the only one it works in; None: all. skills: as services ask for; none named: all of them.
    shift_from, shift_to: hours of the Shanghai day, over midnight where from is later. depot: the node where
    it starts from. most_open: orders that it may have at a time before it gets none from the pool."""

    id: str
    name: Text
    zone: str | None = None
    skills: tuple[str, ...] = ()
    shift_from: int = 0
    shift_to: int = 24
    depot: str | None = None
    most_open: int = 3

    def on_shift(self, hour: int) -> bool:
        if self.shift_from < self.shift_to:
            return self.shift_from <= hour < self.shift_to
        return hour >= self.shift_from or hour < self.shift_to


@dataclass(frozen=True, slots=True, kw_only=True)
class Utility:
    """The company people deal with. hotline: printed wherever a citizen may need it, with when it answers
    (`hotline_hours`) where that is configured. sender: whom public warnings are from (CAP). site: where its
    public pages stand, https, without a slash at the end. adcode: six digits of GB/T 2260. origin: latitude
    and longitude (WGS-84) of the network's x = y = 0. icp and police_record: the public site's registrations
    (ICP备案, 公安联网备案), as they are to be printed. licence: address of the one that its open data are
    under. simulated: its instruments are a simulator's, and walls say so. pressure_unit: in which its
    people read pressures."""

    id: str
    name: Text
    hotline: str
    hotline_hours: Text | None = None
    sender: str = "notice@water.example.cn"
    site: str = "https://water.example.cn"
    adcode: str | None = None
    origin: tuple[float, float] | None = None
    icp: str = ""
    police_record: str = ""
    licence: str = CC_BY
    simulated: bool = False
    pressure_unit: PressureUnit = PressureUnit.MPA


@dataclass(frozen=True, kw_only=True)
class Plant:
    """The whole of it. Dictionaries are by id and in the order of the files. limits: of the water."""

    utility: Utility
    zones: dict[str, Zone]
    tags: dict[str, Tag]
    streets: dict[str, Street]
    places: dict[str, Place]
    crews: dict[str, Crew]
    network: Network
    limits: LimitSets = field(default_factory=LimitSets)

    def limit_of(
        self, item: str, zone: str, day: date, sample: SampleType | None = None
    ) -> AppliedLimit | None:
        """Of the edition in force on that day, for the zone's disinfectant (WQ-08). sample: None for what
        the water of the zone's instruments counts as. None where nothing limits it, or without the zone."""
        held = self.zones.get(zone)
        return self.limits.judged(item, day, sample or held.sampled, held.disinfectant) if held else None

    def verdict_of(self, result: LabResult) -> bool | None:
        """Whether it complies with the limit in force where and on the day it was sampled."""
        day = date.fromisoformat(result.sampled)
        return complies(result, self.limit_of(result.item, result.zone, day, result.kind))

    def tags_of(self, zone: str | None) -> Sequence[Tag]:
        return self._by_zone.get(zone, ())

    def tags_at(self, station: str) -> Sequence[Tag]:
        return self._by_station.get(station, ())

    @cached_property
    def _by_zone(self) -> dict[str | None, list[Tag]]:
        return _grouped((tag.zone, tag) for tag in self.tags.values())

    @cached_property
    def _by_station(self) -> dict[str, list[Tag]]:
        return _grouped((tag.station, tag) for tag in self.tags.values())


def _grouped(tags: Iterable[tuple[K, Tag]]) -> dict[K, list[Tag]]:
    found: dict[K, list[Tag]] = {}
    for key, tag in tags:
        found.setdefault(key, []).append(tag)
    return found
