"""A gate without a spool behind it, and batches of a plain tag or two."""

from collections.abc import Sequence

from collectors.intake.gate import Gate, Member
from collectors.intake.layout import Known
from collectors.intake.limits import SECOND, TimeLimits
from collectors.intake.marks import Marks
from collectors.intake.skew import Skew
from core.model.sample import Batch, Sample
from core.model.tag import Quantity, Tag
from core.model.text import Text
from core.ports.quarantine import Refusal
from core.ports.source import SourceFacts

NOW = 1_764_000_000 * SECOND


def tag(id: str, quantity: Quantity = Quantity.PRESSURE, period_s: float = 1.0) -> Tag:
    return Tag(
        id=id, quantity=quantity, unit="m", name=Text("表", "gauge"), station="st-01", period_s=period_s
    )


TAGS = {
    "p1": tag("p1"),
    "p2": tag("p2"),
    "slow": tag("slow", period_s=900.0),
    "meter": tag("meter", Quantity.VOLUME, 3600.0),
}


class Door:
    """A gate with what it says, for `judge` alone."""

    def __init__(self, limits: TimeLimits | None = None, speed: float = 1.0) -> None:
        limits = limits or TimeLimits()
        self.facts, self.marks = SourceFacts(), Marks()
        slack_s = {"meter": 7200.0}
        self.gate = Gate(
            None,  # type: ignore[arg-type]
            None,  # type: ignore[arg-type]
            Known(TAGS, limits, speed, self.marks),
            limits,
            {"test:x": Member(self.facts, Skew("test:x", self.facts, slack_s, speed))},
        )

    def offer(self, samples: Sequence[Sample]) -> tuple[list[Sample], list[Refusal]]:
        batch, refusals = self.gate.judge(Batch.of("test:x", samples))
        return batch.samples(), refusals


def seen(tag: str, age_s: float, v: float | None = 1.0, *, now_ns: int = NOW, q: int = 0) -> Sample:
    """Stamped `age_s` before it is received."""
    return Sample(tag, now_ns - round(age_s * SECOND), v, q, now_ns)
