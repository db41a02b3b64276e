"""What times are believed (collection.md 11.2): the accept window, and when a sample is too old to alarm.

All in plant time. The lateness of a live sample is made of real seconds (periods, lines, brokers), so that
it grows with the speed of a demo's clock; meters state their period in plant time.
"""

from dataclasses import dataclass, replace

from core.model.tag import Quantity, Tag

SECOND = 1_000_000_000
LATE_PERIODS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeLimits:
    """future_s: how far ahead of its receive time a stamp may lie; telemetry_past_s / meter_past_s: how far
    behind; what lies outside is refused. suspect_s: a stamp further ahead than this is of a doubtful clock.
    alarm_age_s: no sample younger than this is late, however short its period."""

    future_s: float = 300.0
    telemetry_past_s: float = 86_400.0
    meter_past_s: float = 35 * 86_400.0
    suspect_s: float = 30.0
    alarm_age_s: float = 120.0

    def within(self, past_s: float) -> "TimeLimits":
        """With one limit of age for every tag."""
        return replace(self, telemetry_past_s=past_s, meter_past_s=past_s)

    def past_ns(self, tag: Tag | None) -> int:
        """The oldest age that is accepted; a tag nobody knows is taken as telemetry."""
        meter = tag is not None and tag.quantity is Quantity.VOLUME
        return round((self.meter_past_s if meter else self.telemetry_past_s) * SECOND)

    def late_ns(self, tag: Tag | None, speed: float) -> int:
        """The age from which a sample is backfill: twice its expected interval."""
        if tag is None:
            return round(self.alarm_age_s * speed * SECOND)
        period_s = tag.period_s * (1.0 if tag.quantity is Quantity.VOLUME else speed)
        return round(max(LATE_PERIODS * period_s, self.alarm_age_s * speed) * SECOND)
