"""The past through the same engine, as fast as it goes: batches in, findings out as plain dictionaries."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from alarms.engine import Engine
from alarms.locate import Observation, locate, observe
from core.model.alarm import AlarmDefinition
from core.model.finding import Finding, FindingKind, Verb
from core.model.incident import Location
from core.model.plant import Plant
from core.model.sample import Batch
from core.model.shanghai import rfc3339

CANDIDATES = 10


def replay(
    batches: Iterable[Batch],
    plant: Plant,
    definitions: Sequence[AlarmDefinition],
    *,
    speed: float = 1.0,
    hydraulics_inp: Path | None = None,
) -> Iterator[dict[str, Any]]:
    """Findings in event time, each `{"time", "kind", "verb", "alarm", "zone", "tags", "score", "size",
    "candidates", "evidence"}`: the time in RFC 3339, UTC, the size in m3/h. Backfill flags are ignored, all
    of it is the past. hydraulics_inp: where bursts are located; None leaves `candidates` empty."""
    engine = Engine(plant, definitions, speed=speed, past=True)
    for batch in batches:
        for finding in engine.update(batch):
            yield row_of(finding, _located(finding, plant, hydraulics_inp))


def row_of(finding: Finding, location: Location | None) -> dict[str, Any]:
    """One line of findings.jsonl."""
    candidates = location.candidates[:CANDIDATES] if location else ()
    return {
        "time": rfc3339(finding.t_ns),
        "kind": finding.kind.value,
        "verb": finding.verb.value,
        "alarm": finding.alarm,
        "zone": finding.zone,
        "tags": list(finding.tags),
        "score": finding.score,
        "size": finding.size_m3h,
        "candidates": [{"link": c.link, "share": round(c.share, 4), "x": c.x, "y": c.y} for c in candidates],
        "evidence": finding.evidence,
    }


def _located(finding: Finding, plant: Plant, inp: Path | None) -> Location | None:
    if inp is None or finding.kind is not FindingKind.BURST or finding.verb is Verb.CLEAR:
        return None
    seen: Observation | None = observe(finding, plant)
    return locate(inp, plant.network, seen) if seen else None
