"""What a laboratory found is held against the limit as a whole value; nothing is said that cannot be told."""

import pytest

from core.model.laboratory import LabResult, complies
from core.model.limits import SampleType
from tests.limits_here import limit

NETWORK = SampleType.NETWORK


def found(
    item: str, value: float | None = None, lod: float | None = None, there: bool | None = None
) -> LabResult:
    return LabResult(
        id=f"S1:{item}",
        sample="S1",
        item=item,
        sampled="2026-11-22",
        zone="dma-01",
        kind=NETWORK,
        method="GB/T 5750",
        laboratory="化验室",
        report="R1",
        value=value,
        lod=lod,
        found=there,
    )


@pytest.mark.parametrize(
    ("item", "result", "said"),
    [
        ("turbidity", {"value": 1.0}, True),
        ("turbidity", {"value": 1.04}, False),
        ("turbidity", {"lod": 0.1}, True),
        ("turbidity", {"lod": 1.5}, None),
        ("turbidity", {"there": True}, None),
        ("free_chlorine", {"value": 0.05}, True),
        ("free_chlorine", {"value": 0.04}, False),
        ("free_chlorine", {"lod": 0.02}, False),
        ("free_chlorine", {"lod": 0.1}, None),
        ("e_coli", {"there": False}, True),
        ("e_coli", {"there": True}, False),
        ("e_coli", {"value": 0.0}, True),
        ("e_coli", {"value": 2.0}, False),
        ("e_coli", {"lod": 1.0}, True),
        ("arsenic", {"there": False}, True),
    ],
)
def test_wq_10_a_result_complies_does_not_or_cannot_be_told(item, result, said):
    assert complies(found(item, **result), limit(item)) is said


def test_what_nothing_limits_has_no_verdict():
    assert limit("conductivity") is None
    assert complies(found("conductivity", 410.0), None) is None
