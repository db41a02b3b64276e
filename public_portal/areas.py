"""What may be said of each area now, from its instruments, their usual range and what is being checked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median

from core.model.limits import AppliedLimit, within
from core.model.plant import Plant, Zone, ZoneKind
from core.model.published import PARAMETERS
from core.model.shanghai import local
from core.model.snapshot import Area, Reading, ReadingState
from core.model.tag import Quantity, Tag
from public_portal.quality import Checked, Why
from public_portal.usual import Band
from response.usual_band import widened

DIGITS = dict.fromkeys(PARAMETERS, 2)

_WORST = (ReadingState.VERIFYING, ReadingState.WATCH, ReadingState.NORMAL)
_WITHOUT_VALUE = {Why.MAINTENANCE: ReadingState.MAINTENANCE, Why.FLAT: ReadingState.VERIFYING}


@dataclass(frozen=True, slots=True)
class Doubts:
    """What is being verified now: tags with a standing alarm; the parameters of a zone that an open quality
    incident's alarms are of; zones whose incident does not say which."""

    tags: frozenset[str] = frozenset()
    parameters: frozenset[tuple[str, Quantity]] = frozenset()
    zones: frozenset[str] = frozenset()


def public_tags(plant: Plant) -> dict[str, list[Tag]]:
    """The public quality tags of each DMA, by zone."""
    zones = {zone.id for zone in plant.zones.values() if zone.kind is ZoneKind.DMA}
    by_zone: dict[str, list[Tag]] = {zone: [] for zone in plant.zones if zone in zones}
    for tag in plant.tags.values():
        if tag.public and tag.quantity in PARAMETERS and tag.zone in by_zone:
            by_zone[tag.zone].append(tag)
    return by_zone


def area(
    plant: Plant,
    zone: Zone,
    tags: list[Tag],
    checked: Mapping[str, Checked],
    bands: Mapping[str, Band | None],
    doubts: Doubts,
    now_ns: int,
) -> Area:
    """An area without an instrument has no readings, which is told as such."""
    return Area(
        id=zone.id,
        name=zone.name,
        readings=tuple(
            reading(quantity, own, checked, bands, doubts, limit_of(plant, zone, quantity, now_ns))
            for quantity in PARAMETERS
            if (own := [tag for tag in tags if tag.quantity is quantity])
        ),
        streets=tuple(street.name for street in plant.streets.values() if street.zone == zone.id),
        disinfectant=zone.disinfectant,
        sample=zone.sampled,
    )


def reading(
    quantity: Quantity,
    tags: list[Tag],
    checked: Mapping[str, Checked],
    bands: Mapping[str, Band | None],
    doubts: Doubts,
    limit: AppliedLimit | None,
) -> Reading:
    """The median of the area's instruments that can be quoted, with the gravest of their states. The usual
    range is that of the same instruments, and the one that is judged by: a printed value outside the
    printed range is never called normal."""
    valid = [tag for tag in tags if checked[tag.id].why is Why.VALID]
    usual = _usual(quantity, valid or tags, bands)
    low, high = (usual.low, usual.high) if usual else (None, None)
    if not valid:
        states = [_WITHOUT_VALUE.get(checked[tag.id].why, ReadingState.NO_DATA) for tag in tags]
        order = (ReadingState.VERIFYING, ReadingState.MAINTENANCE, ReadingState.NO_DATA)
        state = next(state for state in order if state in states)
        return Reading(
            parameter=quantity,
            unit=tags[0].unit,
            state=state,
            usual_low=low,
            usual_high=high,
            limit=limit,
        )
    values = {tag.id: checked[tag.id].value or 0.0 for tag in valid}
    states = [state_of(tag, values[tag.id], bands.get(tag.id), doubts, limit) for tag in valid]
    value = round(median(values.values()), DIGITS[quantity])
    if usual is not None and not usual.low <= value <= usual.high:
        states.append(ReadingState.WATCH)
    return Reading(
        parameter=quantity,
        unit=tags[0].unit,
        state=next(state for state in _WORST if state in states),
        value=value,
        at_ns=max(checked[tag.id].at_ns or 0 for tag in valid),
        usual_low=low,
        usual_high=high,
        limit=limit,
        beyond=None if limit is None else not within(limit, *values.values()),
    )


def limit_of(plant: Plant, zone: Zone, quantity: Quantity, t_ns: int) -> AppliedLimit | None:
    """What was in force on its Shanghai day for the zone's water. Outside it a reading is never called
    normal; that it is inside makes nothing compliant, for only laboratory results are."""
    return plant.limit_of(quantity.value, zone.id, local(t_ns).date())


def limits_beside(plant: Plant, areas: Iterable[Area], t_ns: int) -> tuple[AppliedLimit, ...]:
    """Of elsewhere, for what these areas measure, each once (WQ-09)."""
    day = local(t_ns).date()
    return tuple(
        dict.fromkeys(
            limit
            for area in areas
            for one in area.readings
            for zone in (plant.zones[area.id],)
            for limit in plant.limits.beside(one.parameter, day, zone.sampled, zone.disinfectant)
        )
    )


def _usual(quantity: Quantity, tags: list[Tag], bands: Mapping[str, Band | None]) -> Band | None:
    """What is printed and judged for these instruments together; None unless it is known of each."""
    known = [band_of(quantity, band) for tag in tags if (band := bands.get(tag.id))]
    if not known or len(known) < len(tags):
        return None
    low, high = median(band.low for band in known), median(band.high for band in known)
    return Band(round(low, DIGITS[quantity]), round(high, DIGITS[quantity]))


def band_of(quantity: Quantity, band: Band) -> Band:
    """The usual range, widened, with as many digits as are printed."""
    low, high = widened(band.low, band.high, quantity)
    return Band(round(low, DIGITS[quantity]), round(high, DIGITS[quantity]))


def state_of(
    tag: Tag, value: float, band: Band | None, doubts: Doubts, limit: AppliedLimit | None
) -> ReadingState:
    """Normal takes all of: nothing in doubt, a usual range that is known, within the limits, and within
    the usual range as it is printed."""
    doubted = tag.id in doubts.tags or (tag.zone, tag.quantity) in doubts.parameters
    if doubted or tag.zone in doubts.zones or band is None:
        return ReadingState.VERIFYING
    usual, printed = band_of(tag.quantity, band), round(value, DIGITS[tag.quantity])
    if not within(limit, value) or not usual.low <= printed <= usual.high:
        return ReadingState.WATCH
    return ReadingState.NORMAL
