"""A month of a laboratory's results for the citizens' pages."""

from dataclasses import replace

import msgspec

from core.adapters.folder_snapshots import FolderSnapshots
from core.model.laboratory import LabMonth, LabResult, part_name
from core.model.limits import SampleType
from core.model.snapshot import PartRef, PublicSnapshot
from public_portal.laboratory import month_of
from tests.response import little_town as town

_UNITS = {"turbidity": "NTU", "arsenic": "mg/L", "free_chlorine": "mg/L", "lead": "mg/L"}


def result(
    item: str,
    *,
    value: float | None = None,
    lod: float | None = None,
    there: bool | None = None,
    sample: str = "S1",
    day: str = "2026-11-03",
) -> LabResult:
    """there: it is only found or not."""
    return LabResult(
        id=f"{sample}:{item}",
        sample=sample,
        item=item,
        sampled=day,
        zone="dma-01",
        kind=SampleType.NETWORK,
        method="GB/T 5750",
        laboratory="化验室",
        report="R-1",
        unit=_UNITS.get(item, ""),
        value=None if there is not None else value,
        lod=lod,
        found=there,
    )


def month(worst: float = 1.04) -> LabMonth:
    """worst: the last of three turbidities."""
    results = [
        result("turbidity", value=0.12),
        result("turbidity", value=0.3, sample="S2", day="2026-11-04"),
        result("turbidity", value=worst, sample="S3", day="2026-11-05"),
        result("arsenic", lod=0.001),
        result("arsenic", value=0.002, sample="S2", day="2026-11-04"),
    ]
    return month_of(town.plant(), "2026-11", results)


def with_results(
    store: FolderSnapshots, snapshot: PublicSnapshot, made: LabMonth | None = None
) -> PublicSnapshot:
    """The same with a month of results, whose part lies in the store."""
    shown = made or month()
    content = msgspec.json.encode(shown)
    ref = PartRef(name=part_name(shown.month), sha256=store.put_part(content), size=len(content))
    return replace(snapshot, parts=(*snapshot.parts, ref))
