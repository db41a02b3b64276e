"""The portal's JSON: the same facts as its pages, times RFC 3339 in UTC."""

from core.model.limits import AppliedLimit
from core.model.shanghai import rfc3339
from core.model.snapshot import Area, Interventions, PublicNotice, PublicPoint, Reading
from core.model.text import LANGS, Text
from public_portal.ended import cut_short
from public_portal.lookup import Lookup
from public_portal.received import Received
from public_portal.standing import standing_lines
from public_portal.worst_first import worst_first

Json = dict[str, object]


def latest(received: Received) -> Json:
    snapshot = received.snapshot
    return {
        **as_of(received),
        "utility": _text(snapshot.utility),
        "hotline": snapshot.hotline,
        "note": _text(Text("在线仪表临时数据，未经审核", "Provisional, unaudited sensor data")),
        "areas": [_area(area) for area in received.areas],
        "interventions": None
        if snapshot.interventions is None
        else [_intervened(one) for one in snapshot.interventions],
        "comparisons": [_limit(limit) for limit in snapshot.comparisons],
        "notices_order": "worst_first",
        "notices": [
            _notice(notice, received.now_ns) for notice in worst_first(snapshot.notices, received.now_ns)
        ],
    }


def affected(found: Lookup, received: Received) -> Json:
    return {
        "answer": found.answer.value,
        "streets": [_text(street) for street in found.streets],
        "areas": list(found.areas),
        "notices": [_notice(n, received.now_ns, _at(found, n)) for n in found.notices],
        "ended": [_notice(notice, received.now_ns) for notice in found.ended],
        **as_of(received),
    }


def as_of(received: Received) -> Json:
    """stale: older than 20 minutes; then no state below describes now. After an hour there is none."""
    return {
        "seq": received.snapshot.seq,
        "as_of": rfc3339(received.snapshot.made_ns),
        "stale": received.stale,
    }


def _text(text: Text) -> Json:
    return {"zh": text.zh, "en": text.en}


def _time(t_ns: int | None) -> str | None:
    return None if t_ns is None else rfc3339(t_ns)


def _area(area: Area) -> Json:
    return {
        "id": area.id,
        "name": _text(area.name),
        "readings": [_reading(reading) for reading in area.readings],
    }


def _reading(reading: Reading) -> Json:
    return {
        "parameter": reading.parameter,
        "unit": reading.unit,
        "value": reading.value,
        "at": _time(reading.at_ns),
        "state": reading.state.value,
        "held_until": _time(reading.held_until_ns),
        "usual": {"low": reading.usual_low, "high": reading.usual_high},
        "limit": _limit(reading.limit) if reading.limit else None,
    }


def _intervened(one: Interventions) -> Json:
    """By the month in which they began. whole: ended by nobody; published as being verified. faults: how
    often two persons called hours an instrument's fault."""
    return {
        "month": one.month,
        "holds": one.holds,
        "whole": one.whole,
        "hours": one.hours,
        "faults": one.faults,
    }


def _limit(limit: AppliedLimit) -> Json:
    """Of `comparisons` none is legally applicable here, and nothing is judged by them. unverified: what of it
    was not read in the standard itself."""
    return {
        "parameter": limit.item,
        "unit": limit.unit,
        "set": limit.set,
        "standard": limit.standard,
        "since": limit.since,
        "sample_type": limit.sample.value,
        "disinfectant": limit.disinfectant.value,
        "low": limit.low,
        "high": limit.high,
        "words": _text(limit.words),
        "clause": _text(limit.clause),
        "unverified": list(limit.unverified),
    }


def _at(found: Lookup, notice: PublicNotice) -> str:
    """At the place that was asked for: also that pressure is low and no more, or nobody can tell which."""
    if notice.id in found.either:
        return f"{notice.supply}_or_low"
    return "low" if notice.id in found.weak else notice.supply


def _supply(notice: PublicNotice, now_ns: int, during: str) -> Json:
    """supply: at the tap now, `normal` until planned work begins; supply_during: while it lasts."""
    if notice.change in ("restored", "cancelled"):
        begun = notice.change == "restored" or cut_short(notice)
        return {"supply": notice.change, "supply_during": None, "begun": begun}
    ahead = notice.ahead(now_ns)
    return {"supply": "normal" if ahead else during, "supply_during": during, "begun": not ahead}


def _notice(notice: PublicNotice, now_ns: int, during: str = "") -> Json:
    """After restoration nothing is expected any more. during: the supply at a place that was asked for."""
    over, passed = notice.over, notice.passed(now_ns)
    earliest, latest = (None, None) if over or passed else (notice.eta_earliest_ns, notice.eta_latest_ns)
    body = {lang: "\n".join(standing_lines(notice, now_ns, lang)) for lang in LANGS}
    return {
        "id": notice.id,
        "version": notice.version,
        "kind": notice.kind,
        "change": notice.change,
        **_supply(notice, now_ns, during or notice.supply),
        "doubt": notice.doubt or None,
        "overdue": passed,
        "area": notice.area,
        "areas": list(notice.areas or (notice.area,)),
        "title": _text(notice.title),
        "body": body,
        "advice": _text(notice.advice),
        "start": _time(notice.starts_ns),
        "published": _time(notice.published_ns),
        "moved_from": [rfc3339(t_ns) for t_ns in notice.moved_from_ns] if notice.moved_from_ns else None,
        "eta": {"earliest": _time(earliest), "latest": _time(latest)},
        "next_update": _time(None if over else notice.next_update_ns),
        "connections": notice.connections,
        "connections_low_pressure": notice.weak,
        "streets": [
            {"name": _text(street.name), "numbers": street.numbers, "weak": street.weak}
            for street in notice.streets
        ],
        "water_points": [_point(point) for point in notice.points],
        "page": f"/n/{notice.id}",
        "progress": [{"stage": stage, "at": _time(at_ns)} for stage, at_ns in notice.progress],
    }


def _point(point: PublicPoint) -> Json:
    return {
        "name": _text(point.name),
        "kind": point.kind,
        "state": point.state,
        "hours": _text(point.hours) if point.hours else None,
        "note": _text(point.note) if point.note else None,
        "lat": point.lat,
        "lon": point.lon,
    }
