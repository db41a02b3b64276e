"""What an alarm went by, for people to see: which readings, in which window, what was expected of them and
how far they lie off. The curve itself is history; here is what is drawn into it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alarms.timers import SECOND
from api.wire import Json, plain, rfc3339
from core.model.alarm import Alarm, AlarmDefinition, Found, JournalEntry
from core.model.finding import FindingKind as Kind
from core.model.plant import Plant
from core.model.text import Text

_TOLD_AGAIN = frozenset({"raise", "escalate", "de_escalate"})
_LINES = frozenset({Kind.LIMIT_HIGH, Kind.LIMIT_LOW})
_OF_INFLOW = {Kind.BURST: "expected_m3h", Kind.LEAK: "usual_m3h"}
_LOOKS_BACK = frozenset({Kind.RATE, Kind.FLATLINE})
_UNSEEN = frozenset({Kind.STALE, Kind.BAD_QUALITY, Kind.COMMUNICATION, Kind.CONDITION, Kind.CALLS})
"""Of these there is no reading to be drawn."""
_INNER = ("score_in", "off_in", "reason", "onset_s", "grew_s", "reference", "off", "baseline", "sd")
"""Figures that stand elsewhere, or are for other figures' sake."""


@dataclass(frozen=True, slots=True)
class Band:
    """Between which the readings were expected, and the middle of it; None where nothing limits that side."""

    expected: float | None = None
    low: float | None = None
    high: float | None = None


def found_of(alarm: Alarm, journal: Sequence[JournalEntry]) -> Found | None:
    """What its detector said last of this occurrence. journal: of this alarm, the newest first."""
    mine = (e for e in journal if e.occurrence == alarm.occurrence and e.event in _TOLD_AGAIN)
    return next((entry.found for entry in mine if entry.found is not None), None)


def explained(alarm: Alarm, row: AlarmDefinition, found: Found | None, plant: Plant) -> Json:
    """`since`, `until`: the window, `until` null while it goes on; `inflow`, `outflow`: the tags whose sum
    and difference is drawn, none where there is nothing to draw; `value`, `expected`, `low`, `high`, `off`:
    null where unknown; `others`: of many readings held against each other how far each is off, by tag."""
    evidence = found.evidence if found else {}
    inflow, outflow = _drawn(row, found, plant)
    band = _band(alarm, row, evidence)
    off = None if alarm.value is None or band.expected is None else alarm.value - band.expected
    first = plant.tags.get(inflow[0]) if inflow else None
    return {
        "alarm": alarm.id,
        "occurrence": alarm.occurrence,
        "kind": row.kind.value,
        "name": plain(row.name),
        "drawn": plain(_named(row, inflow, plant)),
        "inflow": inflow,
        "outflow": outflow,
        "quantity": first.quantity.value if first else None,
        "unit": first.unit if first else "",
        "since": rfc3339(_since_ns(alarm, row, evidence)),
        "until": None if _ends_ns(alarm) is None else rfc3339(_ends_ns(alarm) or 0),
        "value": alarm.value,
        "expected": band.expected,
        "low": band.low,
        "high": band.high,
        "off": off,
        "score": found.score if found else None,
        "score_in": str(evidence.get("score_in", "")),
        "others": {
            name.partition(":")[2]: figure
            for name, figure in evidence.items()
            if name.startswith(("x:", "z:", "fall_m:"))
        },
        "evidence": {name: said for name, said in evidence.items() if ":" not in name and name not in _INNER},
    }


def _drawn(row: AlarmDefinition, found: Found | None, plant: Plant) -> tuple[list[str], list[str]]:
    zone = plant.zones.get(row.zone or "")
    if row.kind in _OF_INFLOW and zone is not None:
        return list(zone.inflow), list(zone.outflow)
    if row.kind in _UNSEEN:
        return [], []
    tags = found.tags if found else ()
    if row.kind is Kind.LEVEL_CONTROL and isinstance(row.reference, str):
        return [row.reference], []
    return [tag for tag in (*tags[:1], row.tag) if tag in plant.tags][:1], []


def _named(row: AlarmDefinition, inflow: Sequence[str], plant: Plant) -> Text | None:
    zone = plant.zones.get(row.zone or "")
    if row.kind in _OF_INFLOW and zone is not None:
        return Text(f"{zone.name.zh}入流", f"{zone.name.en}: inflow")
    return plant.tags[inflow[0]].name if inflow else None


def _band(alarm: Alarm, row: AlarmDefinition, evidence: Mapping[str, float | str]) -> Band:
    if row.kind in _LINES:
        low = alarm.limit if row.kind is Kind.LIMIT_LOW else None
        return Band(None, low, alarm.limit if low is None else None)
    if row.kind in _OF_INFLOW:
        expected = _figure(evidence, _OF_INFLOW[row.kind])
        return Band(alarm.limit if expected is None else expected)
    if (sd := _figure(evidence, "sd")) is not None and (middle := _figure(evidence, "baseline")) is not None:
        allowed = sd * (row.allowance if row.kind is Kind.CUSUM else (row.setpoint or 0.0))
        return Band(middle, middle - allowed, middle + allowed)
    if row.kind is Kind.DISCREPANCY:
        return Band(_figure(evidence, "commanded"))
    if (middle := _figure(evidence, "reference")) is None or alarm.limit is None:
        return Band()
    if row.kind is Kind.LEVEL_CONTROL:
        over = evidence.get("state") == "running"
        return Band(middle, None if over else alarm.limit, alarm.limit if over else None)
    allowed = abs(alarm.limit - middle)
    return Band(middle, middle - allowed, middle + allowed)


def _figure(evidence: Mapping[str, float | str], name: str) -> float | None:
    said = evidence.get(name)
    return float(said) if isinstance(said, int | float) else None


def _since_ns(alarm: Alarm, row: AlarmDefinition, evidence: Mapping[str, float | str]) -> int:
    raised_ns = alarm.raised_ns or 0
    onset_s = _figure(evidence, "onset_s")
    if onset_s is not None:
        return int(onset_s * SECOND)
    back_s = row.on_delay_s + ((row.window_s or 0.0) if row.kind in _LOOKS_BACK else 0.0)
    return raised_ns - int(back_s * SECOND)


def _ends_ns(alarm: Alarm) -> int | None:
    return alarm.back_ns or alarm.cleared_ns
