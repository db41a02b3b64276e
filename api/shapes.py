"""The ledger's records as the public contract shows them."""

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from alarms.acts import longest_shelf_ns
from alarms.first_out import within_s
from alarms.flood import Desks
from api.deps import Deps
from api.wire import Json, plain, rfc3339
from core.model.alarm import Alarm, AlarmDefinition, JournalEntry
from core.model.finding import FindingKind
from core.model.flood import Flood, Position
from core.model.incident import Incident
from core.model.notice import Notice, Site
from core.model.plant import Plant
from core.model.proposal import Proposal
from core.model.work_order import WorkOrder, public_milestone
from response.doubt import of_notice
from response.found_titles import known_title
from response.orders.parting import half_shut
from response.orders.way import way
from response.site import Work, back_since, water

_SECOND_NS = 1_000_000_000


def alarm_shape(alarm: Alarm, deps: Deps) -> Json:
    """The facts, the derived ISA-18.2 state, and what the rationalised row says of it. shelve_max_min: the
    longest shelf that it allows, 0 for none. unseen: of a lost station, what is not seen without it."""
    shape: Json = plain(alarm) | {"state": alarm.state.value, "fleeting": alarm.fleeting}
    del shape["recent"]
    if definition := deps.definitions.get(alarm.id):
        shape |= {
            "name": plain(definition.name),
            "kind": definition.kind.value,
            "class": definition.alarm_class.value,
            "cause": plain(definition.cause),
            "consequence": plain(definition.consequence),
            "action": plain(definition.action),
            "confirm_action": plain(definition.confirm_action),
            "response_min": definition.response_min,
            "procedure_link": definition.procedure_link,
            "display_link": _display(definition),
            "unseen": plain(deps.unseen.get(definition.station or "")) if _of_line(definition) else None,
            "shelve_max_min": longest_shelf_ns(definition) / (60 * _SECOND_NS),
        }
    return shape


def _of_line(definition: AlarmDefinition) -> bool:
    return definition.kind is FindingKind.COMMUNICATION


def _display(definition: AlarmDefinition) -> str | None:
    """On this hub alone: a link to elsewhere is left out."""
    link = definition.display_link or ""
    for name, own in (("{tag}", definition.tag), ("{zone}", definition.zone)):
        if name in link and own is None:
            return None
        link = link.replace(name, quote(own or ""))
    return link if link.startswith("/") and not link.startswith("//") else None


def proposal_shape(proposal: Proposal, definitions: Mapping[str, AlarmDefinition]) -> Json:
    """With the name and place of the alarm it is about, where that is still an alarm of the plant."""
    shape: Json = plain(proposal)
    if definition := definitions.get(proposal.subject):
        shape |= {"name": plain(definition.name), "tag": definition.tag, "zone": definition.zone}
    return shape


def flood_shape(flood: Flood, plant: Plant, positions: Sequence[Position]) -> Json:
    """With the zones that its position answers for."""
    desks = Desks(positions)
    names = {position.id: position.name for position in positions}
    return {
        **plain(flood),
        "name": plain(names.get(flood.position)),
        "open": flood.open,
        "zones": [{"zone": zone, "n": n} for zone, n in flood.zones],
        "worst": [{"incident": incident, "n": n} for incident, n in flood.worst],
        "covers": [zone for zone in (*plant.zones, None) if desks.of(zone) == flood.position],
    }


def entry_shape(entry: JournalEntry) -> Json:
    """Of the journal. What happened keeps its name; when, by the source's clock, is `happened`; `limit` is
    what the value was compared with, not the longest shelf. The facts of a restart are for replays;
    what a detector went by is told by `api.explaining`."""
    shape: Json = plain(entry)
    del shape["facts"], shape["found"]
    return shape | {"event": entry.event, "limit": entry.limit, "happened": rfc3339(entry.event_ns)}


def incident_shape(incident: Incident, works: Mapping[str, Work]) -> Json:
    """Its evidence's `onset_s` and `grew_s`, seconds since 1970, are times as all others: `onset`, `grew`.
    first_out_within_s: of several that may have come first, how far their clocks may be apart. works: the
    crews', by incident. held_off: water is still off for it by their records, whatever instruments show;
    back: since when it is back by both, null where that is not known. water: of whom it reaches,
    `response.site.Water`; null where it is not whether there is any. order_priority: of the most urgent of
    its orders, null without one. title: suspected until a crew has found it."""
    shape: Json = plain(incident)
    done = works.get(incident.id, Work(Site.ORGANISED))
    since_ns = back_since(incident, done)
    shape["title"] = plain(known_title(incident, done.site))
    shape |= {
        "held_off": done.held_off,
        "back": None if since_ns is None else rfc3339(since_ns),
    }
    shape["water"], shape["order_priority"] = plain(water(incident, done)), done.priority
    shape["first_out_within_s"] = within_s(incident.members, incident.first_out)
    evidence: Json = shape["evidence"]
    for name in ("onset", "grew"):
        if (since_s := evidence.pop(f"{name}_s", None)) is not None:
            evidence[name] = rfc3339(round(since_s) * _SECOND_NS)
    return shape


def work_order_shape(order: WorkOrder) -> Json:
    """milestone: which of the six that citizens are told; null beside the line. way: its steps as every page
    shows them. half_shut: while only some of the valves to shut are recorded shut. Nothing of a customer: see
    `order_shapes`."""
    shape: Json = plain(order)
    del shape["account"], shape["text"], shape["rounds"]
    return shape | {
        "milestone": plain(public_milestone(order.reached)),
        "way": plain(way(order)),
        "half_shut": plain(half_shut(order)),
    }


def notice_shape(notice: Notice) -> Json:
    """doubted: nobody has seen on site what it tells of."""
    shape: Json = plain(notice)
    del shape["one_language"]
    return shape | {"doubted": of_notice(notice)}
