"""How collection is: connections, the devices behind them, their tags; the spool and what was refused."""

import numpy as np

from api.deps import Deps
from api.wire import Json, rfc3339
from api.words.causes import cause_zh
from core.model.conservation import Fate
from core.model.quality import is_bad, is_good, quality_class, reason
from core.ports.source import Breaker, DeviceFacts, RoundTrips, Source, SourceFacts
from core.ports.spool import RECORDER, SpoolFacts
from core.runtime.live import NEVER

MOST_DEVICES = 200
"""Of one connection, those in trouble first: a fleet may have tens of thousands of meters."""
MOST_TAGS = 500
_QUANTILES = (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))


def overview(deps: Deps, facts: SpoolFacts) -> Json:
    return {
        "time": rfc3339(deps.clock.now_ns()),
        "connections": sorted((connection(deps, source) for source in deps.sources), key=_urgency),
        "spool": _spool(facts),
    }


def connection(deps: Deps, source: Source) -> Json:
    """One row: what the driver says of itself, and how many of its devices and tags are well."""
    facts = source.facts
    tags = tuple(deps.reads.get(source.id, {}))
    rows = deps.live.rows(tags)
    known = rows["t_ns"] != NEVER
    good = int(np.count_nonzero(known & is_good(rows["q"])))
    bad = int(np.count_nonzero(known & is_bad(rows["q"])))
    well = sum(_well(device) for device in facts.devices.values()) if facts.connected else 0
    return {
        "id": source.id,
        "state": _state(facts, len(facts.devices) - well),
        "last_good": _time(facts.last_good_ns),
        **_cause(facts),
        "insecure": facts.insecure,
        "certificate_expires": _time(facts.certificate_expires_ns or 0),
        "round_trips_ms": _round_trips(facts.round_trips),
        "devices": {"all": len(facts.devices) + facts.devices_well, "in_trouble": len(facts.devices) - well},
        "tags": {"all": len(tags), "good": good, "bad": bad, "without_value": len(tags) - int(known.sum())},
        "counts": {name: getattr(facts, name) for name in _COUNTS},
        "failures": facts.failures,
    }


_COUNTS = ("samples", "bad", "connects", "missed_slots", "refused", "shed", "pending")


def details(deps: Deps, source: Source) -> Json:
    """The row with its devices and tags, what is in trouble first."""
    devices = sorted(source.facts.devices.items(), key=lambda item: (_well(item[1]), item[0]))
    return {
        **connection(deps, source),
        "device_list": [_device(id, device, source.facts) for id, device in devices[:MOST_DEVICES]],
        "tag_list": _tags(deps, source)[:MOST_TAGS],
    }


def _tags(deps: Deps, source: Source) -> list[Json]:
    reads = deps.reads.get(source.id, {})
    tags = tuple(reads)
    found = []
    for id, (t_ns, q, good_ns) in zip(tags, deps.live.rows(tags).tolist(), strict=True):
        tag = deps.plant.tags.get(id)
        silent = t_ns == NEVER
        found.append(
            {
                "id": id,
                "name": {"zh": tag.name.zh, "en": tag.name.en} if tag else None,
                "device": reads[id],
                "quality": None if silent else quality_class(q).value,
                "status": None if silent else f"{q & 0xFFFF0000:08x}",
                "reason": None if silent else reason(q),
                "time": None if silent else rfc3339(t_ns),
                "last_good": None if good_ns == NEVER else rfc3339(good_ns),
                **_told(source.facts.tag_causes.get(id)),
                "frozen": round(source.facts.frozen.get(id, 0.0), 2),
            }
        )
    return sorted(found, key=lambda row: (row["quality"] == "good" and not row["cause"], row["id"]))


def _device(id: str, device: DeviceFacts, line: SourceFacts) -> Json:
    """Nothing is well behind a line that is down."""
    state = "ok" if _well(device) else "trouble"
    return {
        "id": id,
        "state": state if line.connected else "down",
        "breaker": device.breaker.value,
        "probe_at": _time(device.probe_at_ns),
        "last_good": _time(device.last_good_ns),
        "failures_in_row": device.failures_in_row,
        **_told(device.cause or device.clock_cause),
        "skew_s": device.skew_s,
        "round_trips_ms": _round_trips(device.round_trips),
        "failures": device.failures,
    }


def _spool(facts: SpoolFacts) -> Json:
    """Samples by fate; at rest, received is the sum of the others."""
    return {
        "bytes": facts.bytes,
        "received": facts.received,
        "spooled": facts.behind.get(RECORDER, 0),
        "behind": facts.behind,
        **{fate.value: facts.count(fate) for fate in Fate},
    }


def _urgency(row: Json) -> int:
    """What is broken stands first, each group in the order of collectors.yaml."""
    return ("down", "trouble", "ok").index(row["state"])


def _told(cause: str | None, whose: str = "") -> Json:
    """A cause as the driver said it, for an engineer, and in Chinese where there is a wording for it. whose:
    the device or tag in trouble, where the line does not begin with it."""
    if cause is None:
        return {"cause": None, "cause_zh": None}
    zh, apart = cause_zh(cause), whose and not cause.startswith(whose)
    return {
        "cause": f"{whose}: {cause}" if apart else cause,
        "cause_zh": f"{whose}：{zh}" if zh and apart else zh,
    }


def _cause(facts: SourceFacts) -> Json:
    """The connection's own, else that of a device in trouble, else of a tag: a state never stands alone."""
    if facts.cause or not facts.connected:
        return _told(facts.cause)
    for id, device in facts.devices.items():
        if not _well(device) and (cause := device.cause or device.clock_cause):
            return _told(cause, id)
    for id, cause in facts.tag_causes.items():
        return _told(cause, id)
    return _told(None if facts.devices else facts.clock_cause)


def _state(facts: SourceFacts, devices_in_trouble: int) -> str:
    if not facts.connected:
        return "down"
    return "trouble" if facts.cause or facts.tag_causes or devices_in_trouble else "ok"


def _well(device: DeviceFacts) -> bool:
    trouble = device.cause or device.clock_cause or device.failures_in_row
    return device.breaker is Breaker.CLOSED and not trouble


def _round_trips(trips: RoundTrips) -> Json | None:
    found = {name: trips.quantile(share) for name, share in _QUANTILES}
    if found["p50"] is None:
        return None
    return {name: round(1000 * (s or 0.0), 1) for name, s in found.items()}


def _time(t_ns: int) -> str | None:
    return rfc3339(t_ns) if t_ns else None
