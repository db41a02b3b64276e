"""A flood of alarms: more new ones than a person can take in, by operator position."""

from dataclasses import dataclass

from core.model.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """An operator's desk. zones: patterns (* and ?) of the zones it answers for."""

    id: str
    name: Text
    zones: tuple[str, ...] = ("*",)


ONE_POSITION = (Position(id="control-room", name=Text("调度台", "Control room")),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flood:
    """began_ns: of the annunciation that was one too many within ten minutes; ended_ns: when fewer than five
    were left there, None while it lasts. annunciated: how many, those of the ten minutes before included;
    incidents: how many they belong to. zones, worst: those with most of them, and how many each."""

    id: str
    position: str
    began_ns: int
    ended_ns: int | None = None
    annunciated: int = 0
    incidents: int = 0
    zones: tuple[tuple[str, int], ...] = ()
    worst: tuple[tuple[str, int], ...] = ()

    @property
    def open(self) -> bool:
        return self.ended_ns is None
