"""A station's quality tags run through the engine as they would be live, under one `quality_event` row."""

from dataclasses import replace

from alarms.detectors.quality_event import QualityEvents
from alarms.engine import Engine
from bench.events import Span, stood
from bench.fields import batches
from bench.small_plant import plant_with, row_with
from core.model.finding import Finding, FindingKind
from core.model.plant import Zone, ZoneKind
from core.model.sample import Floats, Int64s, Names
from core.model.tag import Quantity, Tag
from core.model.text import Text

STATION = "works"
Columns = dict[str, tuple[Quantity, str]]
"""Of each name its quantity and unit."""
_DAY_NS = 86_400 * 10**9


def raised(
    of: Columns, values: Floats, t_ns: Int64s, period_ns: int, *, needs: int = 1, bar: float = 1.0
) -> list[tuple[Finding, Span]]:
    """What raised an alarm, and when that stood. values: (rows, names). needs: of the row; bar: times its
    detector's own."""
    text, zone = Text(STATION, STATION), Zone(id=STATION, name=Text(STATION, STATION), kind=ZoneKind.PLANT)
    tags = {
        name: Tag(
            id=name,
            quantity=quantity,
            unit=unit,
            name=text,
            station=STATION,
            zone=STATION,
            period_s=period_ns / 1e9,
        )
        for name, (quantity, unit) in of.items()
    }
    row = replace(
        row_with("works:quality", FindingKind.QUALITY_EVENT, zone=STATION), station=STATION, needs=needs
    )
    engine = Engine(plant_with(tags, {STATION: zone}), [row], past=True)
    events = engine.detectors["quality_event"]
    if isinstance(events, QualityEvents):
        events.scale_bars(bar)
    a_day = batches(Names.one(STATION, tuple(of)), values, t_ns, _DAY_NS // period_ns)
    findings = (finding for batch in a_day for finding in engine.update(batch))
    return list(stood(findings, float(t_ns[-1] + period_ns) / 1e9))
