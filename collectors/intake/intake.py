"""Where every source's samples come in: a `Gate` for each, or one for those that share their batches."""

from collections.abc import Mapping
from functools import cached_property

from collectors.intake.derived import Derived
from collectors.intake.gate import Gate, Member
from collectors.intake.layout import Known
from collectors.intake.limits import LATE_PERIODS, TimeLimits
from collectors.intake.marks import Marks
from collectors.intake.skew import Skew
from core.model.tag import Quantity, Tag
from core.ports.clock import Clock
from core.ports.quarantine import Quarantine
from core.ports.source import SourceFacts
from core.ports.spool import Sink


class Intake:
    """marks: tags in maintenance or frozen; whoever knows sets them. derived: fed with what is on disk."""

    def __init__(
        self,
        sink: Sink,
        quarantine: Quarantine,
        tags: Mapping[str, Tag],
        clock: Clock,
        limits: TimeLimits,
        derived: Derived | None = None,
    ) -> None:
        self._sink, self._quarantine, self._tags, self._clock = sink, quarantine, tags, clock
        self._limits, self._derived = limits, derived
        self.marks = Marks()
        self._known: list[Known] = []
        self._facts: dict[str, SourceFacts] = {}

    def gate(self, source: str, facts: SourceFacts, *, past_s: float | None = None) -> Gate:
        """A sink for one source. past_s: its own limit of age, for everything that it brings."""
        return self.joint_gate({source: facts}, past_s=past_s)

    def joint_gate(self, sources: Mapping[str, SourceFacts], *, past_s: float | None = None) -> Gate:
        """A sink for sources whose samples come in batches of several of them."""
        limits = self._limits if past_s is None else self._limits.within(past_s)
        speed = self._clock.anchor.speed
        known = Known(self._tags, limits, speed, self.marks)
        self._known.append(known)
        self._facts |= sources
        members = {
            source: Member(facts, Skew(source, facts, self._slack_s, speed))
            for source, facts in sources.items()
        }
        return Gate(self._sink, self._quarantine, known, limits, members, self._derived)

    @cached_property
    def _slack_s(self) -> dict[str, float]:
        """How late a meter may be without its clock being at fault, by tag."""
        meters = (tag for tag in self._tags.values() if tag.quantity is Quantity.VOLUME)
        return {tag.id: LATE_PERIODS * tag.period_s for tag in meters}

    @property
    def brought(self) -> list[SourceFacts]:
        """Of every source."""
        return list(self._facts.values())

    def facts_of(self, tag: str) -> SourceFacts | None:
        """Of the source that has brought this tag; None before its first sample."""
        sources = (known.source_of(tag) for known in self._known)
        return next((self._facts[source] for source in sources if source is not None), None)
