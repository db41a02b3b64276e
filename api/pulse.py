"""The heartbeat: what the clock says, and how old each stage of the pipeline is, in real seconds.

A screen that hears none for five seconds must say that it is not live; one that hears of an old stage must
say which.
"""

from dataclasses import dataclass

from api.audience import frame
from api.deps import Deps
from api.wire import Json, rfc3339
from core.model.condition import Severity
from core.ports.spool import SpoolFacts


@dataclass(slots=True)
class _Stage:
    """at: how far it had come when last looked at; moved: when it last moved, or had nothing to do."""

    at: int
    moved: float


class Pulse:
    def __init__(self, deps: Deps, version: str) -> None:
        """version: of the screens' files; a page made of others is told by it that it is out of date."""
        self._deps, self._version = deps, version
        self._stages: dict[str, _Stage] = {}
        self._values_at: float | None = None
        self.last: bytes | None = None
        self.lag_s = 0.0

    def values_came(self) -> None:
        self._values_at = self._deps.clock.monotonic()

    async def rest(self, seconds: float) -> None:
        """Sleeps, and notes how much too long: the event loop's lag."""
        due = self._deps.clock.monotonic() + seconds
        await self._deps.clock.sleep(seconds)
        self.lag_s = max(0.0, self._deps.clock.monotonic() - due)

    async def beat(self, position: int) -> bytes:
        deps, now = self._deps, self._deps.clock.monotonic()
        facts, anchor = await deps.spool.facts(), deps.clock.anchor
        content: Json = {
            "now": rfc3339(deps.clock.now_ns()),
            "clock": {"real": rfc3339(anchor.real_ns), "sim": rfc3339(anchor.sim_ns), "speed": anchor.speed},
            "last_event": position,
            "ages_s": self._ages(facts, now),
            "sources": {
                "connected": sum(source.facts.connected for source in deps.sources),
                "all": len(deps.sources),
            },
            "conditions": {severity.value: deps.health.count(severity) for severity in Severity},
            "services_down": [
                name for name, service in deps.services.items() if not (service.running or service.ended)
            ],
            "version": self._version,
        }
        self.last = frame("hb", content)
        return self.last

    def _ages(self, facts: SpoolFacts, now: float) -> dict[str, float | None]:
        """spool: since anything came in. A cursor's name: since it moved or had caught up. values: since
        any value changed on screens, None before the first."""
        ages = {"spool": self._age("spool", facts.last_seq, -1, now)}
        for name, at in facts.cursors.items():
            ages[name] = self._age(name, at, facts.last_seq, now)
        values = None if self._values_at is None else round(now - self._values_at, 1)
        return {**ages, "values": values}

    def _age(self, name: str, at: int, goal: int, now: float) -> float:
        stage = self._stages.setdefault(name, _Stage(at, now))
        if at != stage.at or at >= goal > -1:
            stage.at, stage.moved = at, now
        return round(now - stage.moved, 1)
