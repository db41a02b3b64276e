"""The report of a day or month, from historian and ledger, which it only reads."""

from collections.abc import Mapping
from dataclasses import dataclass

from api.reports.alarming import alarms, counted
from api.reports.events import incidents, notices, promises, without_water
from api.reports.laboratory import laboratory, results_of
from api.reports.period import Period
from api.reports.quality import days_of, quality
from api.reports.sheet import Sheet
from api.reports.water import Means, Promised, flow_tags, kept, pressure_tags, pressures, quarters, volumes
from core.model.alarm import AlarmDefinition
from core.model.plant import Plant
from core.ports.ledger import Ledger
from response.service_times import ServiceTimes


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """What a report is read from. promised: what is promised of pressure."""

    ledger: Ledger
    historian: Means
    plant: Plant
    times: ServiceTimes
    definitions: Mapping[str, AlarmDefinition]
    promised: Promised


async def sheet_of(books: Books, period: Period, now_ns: int) -> Sheet:
    """Raises HistorianUnavailable and LedgerUnavailable: half a report would be taken for a whole one."""
    plant, historian, gauges = books.plant, books.historian, pressure_tags(books.plant)
    means = await quarters(historian, flow_tags(plant), period, now_ns)
    held = await kept(historian, [tag.id for tag in gauges], period, now_ns, books.promised)
    async with books.ledger.read() as tx:
        published = await days_of(tx, period)
        found = await results_of(tx, period)
        happened = await incidents(tx, plant, period)
        timely = await promises(tx, books.times, period, now_ns)
        cut = await without_water(tx, period, now_ns)
        told = await notices(tx, period)
    kpi = await counted(books.ledger, period, now_ns)
    return Sheet(
        utility=plant.utility.name,
        period=period,
        made_ns=now_ns,
        sections=(
            volumes(plant, means),
            pressures(plant, gauges, held, books.promised),
            quality(plant, published, period, now_ns),
            laboratory(plant, found),
            happened,
            cut,
            timely,
            told,
            alarms(kpi, books.definitions, period),
        ),
    )
