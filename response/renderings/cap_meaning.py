"""How grave, how soon and how sure: what CAP 1.2 asks of an alert, from the facts of a notice.

The mapping is the house's own [P]; OASIS leaves it to the sender.
"""

from dataclasses import dataclass, replace

from core.model.bulletin import Bulletin, Change, Supply
from core.model.notice import NoticeKind
from response.doubt import doubted
from response.site import SUSPECTED, UNREPAIRED

MAY_BE_OFF = "may_be_off"
_HOUR = 3600 * 1_000_000_000
LONG_NS, VERY_LONG_NS, SOON_NS = 12 * _HOUR, 24 * _HOUR, _HOUR
MANY_CONNECTIONS = 20_000
"""About 50,000 people at 2.5 a connection [K]."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """Values of CAP's enumerations, as spelled there."""

    categories: tuple[str, ...]
    responses: tuple[str, ...]
    urgency: str
    severity: str
    certainty: str


_BY_KIND: dict[NoticeKind, Meaning] = {
    NoticeKind.EMERGENCY_OUTAGE: Meaning(
        ("Infra",), ("Prepare", "Monitor"), "Immediate", "Moderate", "Observed"
    ),
    NoticeKind.PLANNED_OUTAGE: Meaning(("Infra",), ("Prepare",), "Future", "Minor", "Likely"),
    NoticeKind.LOW_PRESSURE: Meaning(("Infra",), ("Prepare",), "Expected", "Minor", "Observed"),
    NoticeKind.WATER_QUALITY: Meaning(("Health", "Infra"), ("Monitor",), "Expected", "Moderate", "Possible"),
    NoticeKind.DISCOLOURED: Meaning(("Infra", "Health"), ("Execute",), "Expected", "Minor", "Observed"),
    NoticeKind.BOIL: Meaning(("Health", "Infra"), ("Execute",), "Immediate", "Severe", "Likely"),
    NoticeKind.DO_NOT_DRINK: Meaning(("Health", "Infra"), ("Avoid",), "Immediate", "Severe", "Observed"),
    NoticeKind.DO_NOT_USE: Meaning(("Health", "Infra"), ("Avoid",), "Immediate", "Extreme", "Observed"),
}


def meaning(b: Bulletin) -> Meaning:
    usual = _of_stage(b, _BY_KIND[b.kind])
    if b.change is Change.RESTORED:
        return Meaning(usual.categories, ("AllClear",), "Past", "Minor", "Observed")
    if b.cut_short:
        return Meaning(usual.categories, ("Monitor",), "Past", usual.severity, "Observed")
    if b.change is Change.CANCELLED:
        return Meaning(usual.categories, ("None",), "Past", usual.severity, "Unlikely")
    return Meaning(
        usual.categories, usual.responses, _urgency(b, usual), _severity(b, usual), usual.certainty
    )


def supply_state(b: Bulletin) -> str:
    """What people have at the tap by it, no surer than the headline; of what is over, that it is: what an
    earlier version said of supply holds no more."""
    if b.over:
        return b.change.value
    if b.supply is Supply.NONE and doubted(b.kind, b.supply, b.site):
        return MAY_BE_OFF
    return b.supply.value


def _of_stage(b: Bulletin, usual: Meaning) -> Meaning:
    """What nobody has seen is not observed; where a crew found nothing, something is possible at most."""
    if b.kind is not NoticeKind.EMERGENCY_OUTAGE or b.site is None:
        return usual
    if b.site in UNREPAIRED:
        return replace(usual, responses=("Monitor",), urgency="Expected", certainty="Possible")
    return replace(usual, certainty="Likely") if b.site in SUSPECTED else usual


def _urgency(b: Bulletin, usual: Meaning) -> str:
    if not b.planned:
        return usual.urgency
    left = b.starts_ns - b.sent_ns
    return "Immediate" if left <= 0 else "Expected" if left < SOON_NS else "Future"


def _severity(b: Bulletin, usual: Meaning) -> str:
    lasts = (b.estimate.latest_ns if b.estimate else b.expires_ns) - b.starts_ns
    if b.kind is NoticeKind.EMERGENCY_OUTAGE:
        if b.site in UNREPAIRED:
            return "Minor"
        grave = (b.connections or 0) > MANY_CONNECTIONS or (b.estimate is not None and lasts > VERY_LONG_NS)
        return "Severe" if grave else "Moderate"
    if b.kind is NoticeKind.PLANNED_OUTAGE:
        return "Moderate" if lasts > LONG_NS or b.hospital_inside else "Minor"
    return usual.severity
