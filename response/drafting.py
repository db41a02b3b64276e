"""From a confirmed incident and its footprint to a work order and a notice draft: pure, no ledger."""

from dataclasses import replace

from core.model.incident import Incident, IncidentKind
from core.model.notice import Notice, NoticeKind, NoticeState, Progress, Site, Supply
from core.model.plant import Plant
from core.model.text import Text
from core.model.work_order import Milestone, WorkOrder, WorkOrderState
from response import wording
from response.affected import Footprint
from response.notices.outline import hydrants_inside, institutions, outline
from response.notices.rules import HUB
from response.orders import titles
from response.orders.one_matter import ORDER_KINDS
from response.orders.priority import Matter, Rated, rate
from response.service_times import ServiceTimes, due_ns
from response.site import UNREPAIRED
from response.street_words import in_zone
from response.where_off import where_off, zone_name

_S = 1_000_000_000

NOTICE_KINDS = {
    IncidentKind.BURST: NoticeKind.EMERGENCY_OUTAGE,
    IncidentKind.WATER_QUALITY: NoticeKind.WATER_QUALITY,
}
"""The incidents of which the public may have to be told: they open a notice draft."""


def rated(incident: Incident, found: Footprint, now_ns: int) -> Rated:
    """With every reason."""
    return rate(
        Matter(
            kind=incident.kind.value,
            base=3 if incident.kind is IncidentKind.LEAK else 2,
            at_ns=now_ns,
            diameter_mm=found.diameter_mm,
            connections=found.connections,
            segments=found.segments,
        )
    )


def place(plant: Plant, incident: Incident, found: Footprint) -> Text:
    """The street of the likeliest pipe with its zone, else the zone."""
    zone = zone_name(plant, incident.zone)
    link = plant.network.links.get(found.pipe or "")
    street = plant.streets.get(link.street or "") if link else None
    if street is None:
        return zone
    return in_zone(street.name, zone)


def spot(plant: Plant, found: Footprint) -> tuple[float, float] | None:
    """Middle of the likeliest pipe, in the plant's coordinates (m)."""
    return plant.network.middle(found.pipe) if found.pipe in plant.network.links else None


def work_order(
    plant: Plant, incident: Incident, found: Footprint, *, id: str, now_ns: int, times: ServiceTimes
) -> WorkOrder:
    where = place(plant, incident, found)
    if incident.kind is IncidentKind.WATER_QUALITY:
        title = Text(f"水质异常现场核查：{where.zh}", f"Check water quality on site: {where.en}")
    elif incident.kind is IncidentKind.LEAK:
        title = Text(f"夜间流量升高，检漏：{where.zh}", f"Night flow has risen, find the leak: {where.en}")
    elif incident.kind is IncidentKind.PUMP_TRIP:
        title = Text(f"水泵停机，检查并重启：{where.zh}", f"Pump stopped, check and restart: {where.en}")
    elif incident.kind is IncidentKind.LOW_PRESSURE:
        title = Text(f"水压偏低，现场核查：{where.zh}", f"Low pressure, investigate: {where.en}")
    else:
        title = titles.burst(where, found.diameter_mm)
    at, urgency, kind = spot(plant, found), rated(incident, found, now_ns), ORDER_KINDS[incident.kind]
    order = WorkOrder(
        id=id,
        incident=incident.id,
        kind=kind,
        state=WorkOrderState.REPORTED,
        priority=urgency.priority,
        priority_reasons=urgency.reasons,
        zone=incident.zone,
        title=title,
        place=where,
        opened_ns=now_ns,
        clocks=times.clocks(kind, now_ns, found.diameter_mm, incident.zone, urgency.priority),
        links=found.links,
        valves=found.valves,
        x=at[0] if at else None,
        y=at[1] if at else None,
        diameter_mm=found.diameter_mm,
        accounts_affected=found.counts[0],
        accounts_weak=found.counts[1],
        milestones=(Milestone(state=WorkOrderState.REPORTED, at_ns=now_ns, actor=HUB),),
    )
    return replace(order, due_ns=due_ns(order))


def _zones(incident: Incident, found: Footprint) -> tuple[str, ...]:
    """Of the incident and of everybody whom it reaches, the incident's first."""
    zones = (incident.zone, *(hit.account.zone for hit in found.hits))
    return tuple(dict.fromkeys(zone for zone in zones if zone))


def _may_be_dry(plant: Plant, incident: Incident, found: Footprint) -> frozenset[str]:
    """Of a burst that is not located, all of its zone."""
    if found.pipe is not None or incident.zone is None:
        return found.nodes
    links = [link for link in plant.network.links.values() if link.zone == incident.zone]
    return found.nodes.union(*((link.a, link.b) for link in links))


def notice(
    plant: Plant,
    incident: Incident,
    found: Footprint,
    *,
    id: str,
    now_ns: int,
    times: ServiceTimes,
    site: Site = Site.ORGANISED,
) -> Notice:
    """site: how far the work has come. Where a crew found nothing to repair no time of repair is said."""
    kind = NOTICE_KINDS[incident.kind]
    outage = kind is NoticeKind.EMERGENCY_OUTAGE
    timed = outage and site not in UNREPAIRED
    earliest, latest = times.estimate(found.diameter_mm, now_ns) if timed else (None, None)
    zone = zone_name(plant, incident.zone)
    failed = place(plant, incident, found)
    where = where_off(plant, incident.zone, failed, found.streets) if outage else zone
    dry = hydrants_inside(plant, _may_be_dry(plant, incident, found) if outage else found.nodes)
    draft = Notice(
        id=id,
        incident=incident.id,
        kind=kind,
        state=NoticeState.DRAFT,
        zone=incident.zone or "",
        title=wording.title(kind, where, site),
        body=Text("", ""),
        advice=wording.advice(kind, low=outage and found.low, site=site),
        author=HUB,
        drafted_ns=now_ns,
        starts_ns=incident.opened_ns,
        eta_earliest_ns=earliest,
        eta_likely_ns=(earliest + latest) // 2 if earliest is not None and latest is not None else None,
        eta_latest_ns=latest,
        basis=wording.basis(found.diameter_mm) if timed else None,
        next_update_ns=now_ns + times.update_s * _S,
        streets=found.streets,
        accounts_affected=found.connections,
        accounts_weak=found.weak,
        progress=((Progress.REPORTED, incident.confirmed_ns or incident.opened_ns),),
    )
    return wording.composed(
        replace(
            draft,
            supply=(Supply.LOW if found.low else Supply.NONE) if outage else Supply.QUALITY,
            site=site,
            place=where,
            description=wording.description(
                kind, draft.starts_ns, zone, site, low=found.low, spared=found.spared
            ),
            reason=wording.reason_of(kind, site),
            contact=wording.contact(plant.utility),
            ring=outline([hit.account.node for hit in found.hits], plant),
            institutions=institutions(plant, found.nodes | {hit.account.node for hit in found.hits}),
            hydrants=len(dry),
            hydrants_at=dry,
            pipes=found.links,
            parted=found.parted,
            zones=_zones(incident, found),
            segments=tuple(sorted(segment.value for segment in found.segments)),
        )
    )
