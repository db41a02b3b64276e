"""What is signed, chained and sent to programs: the facts of one version as JSON in one canonical spelling.

Keys sorted, no spaces, UTF-8, as RFC 8785 asks of what stands in it (strings, whole numbers, and positions
in decimals of at most six places). It says nothing that passes by itself (`overdue`) and nothing internal.
"""

import hashlib
import json

from core.model.bulletin import Bulletin, Change, Position, WaterPoint
from core.model.shanghai import local
from core.model.text import Text
from response.renderings.cap_meaning import meaning, supply_state
from response.renderings.facts import lasting

FORMAT = "waterhub-notice-1"

Json = dict[str, object]


def iso(t_ns: int) -> str:
    """`2026-11-22T22:31:00+08:00`: with the offset, never `Z`, without fractions (CAP 1.2, 3.3.2)."""
    return local(t_ns).strftime("%Y-%m-%dT%H:%M:%S") + "+08:00"


def facts_of(b: Bulletin) -> Json:
    """Absent facts are left out."""
    estimate = b.estimate
    said: Json = {
        "format": FORMAT,
        "number": b.number,
        "version": b.version,
        "identifier": b.identifier,
        "references": [r.identifier for r in b.references],
        "status": b.status.value,
        "change": b.change.value,
        "kind": b.kind.value,
        "supply": supply_state(b),
        "sent": iso(b.sent_ns),
        "starts": iso(b.starts_ns),
        "expires": iso(b.expires_ns),
        "eta_earliest": iso(estimate.earliest_ns) if estimate else None,
        "eta_likely": iso(estimate.likely_ns) if estimate else None,
        "eta_latest": iso(estimate.latest_ns) if estimate else None,
        "next_update": None if b.next_update_ns is None else iso(b.next_update_ns),
        "restored_confirmed" if b.confirmed else "restored": None
        if b.restored_ns is None
        else iso(b.restored_ns),
        "certainty": meaning(b).certainty.lower(),
        "utility": _text(b.utility),
        "hotline": b.hotline,
        "title": _text(b.title),
        "area": _text(b.area),
        "streets": [
            {"name": _text(s.name), "numbers": s.numbers or ""} | ({"supply": "low"} if s.weak else {})
            for s in lasting(b)
        ],
        "institutions": [_text(name) for name in b.institutions] or None,
        "ring": [_position(p) for p in b.ring] if b.ring else None,
        "adcode": b.adcode,
        "reason": _text(b.reason),
        "description": _text(b.description),
        "instruction": _text(b.instruction),
        "water_points": [_point(p) for p in b.water_points] or None,
        "connections": None if b.change is Change.CANCELLED else b.connections,
        "connections_low_pressure": None if b.over else b.weak,
        "approval": b.approval,
        "emergency_report": _text(b.emergency_report) if b.emergency_report else None,
        "short_notice": b.short_notice or None,
        "url": b.url,
    }
    return {key: value for key, value in said.items() if value is not None}


def statement(b: Bulletin) -> bytes:
    return canonical(facts_of(b))


def canonical(value: Json) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def _text(text: Text) -> Json:
    return {"zh": text.zh, "en": text.en}


def _position(p: Position) -> list[float]:
    """Longitude first, as GeoJSON has it."""
    return [round(p.lon, 6), round(p.lat, 6)]


def _point(p: WaterPoint) -> Json:
    said: Json = {"name": _text(p.name), "kind": p.kind, "state": p.state}
    if p.hours:
        said["hours"] = _text(p.hours)
    if p.note:
        said["note"] = _text(p.note)
    if p.at:
        said["at"] = _position(p.at)
    return said
