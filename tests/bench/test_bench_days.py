"""What `python -m bench days` counts: the right incident for each trouble, and every other one as false."""

from dataclasses import replace

import pytest

from bench.days import Happened, assigned, figures
from core.model.incident import Incident, IncidentKind, IncidentState, Member
from core.model.text import Text

HOUR = 3600.0
DAY = 24 * HOUR


def town() -> list[Happened]:
    return [
        Happened("burst", "", "dma-01", 0.0, 4 * HOUR),
        Happened("leak", "", "dma-02", 0.0, 4 * DAY),
        Happened("fault", "stuck", "dma-03", 0.0, 6 * HOUR),
        Happened("flushing", "", "dma-04", 0.0, 2 * HOUR),
    ]


def told(kind: IncidentKind, zone: str, at_s: float, opened_s: float | None = None) -> Incident:
    at_ns = round(at_s * 1e9)
    return Incident(
        id=f"INC-{kind.value}-{zone}-{at_ns}",
        kind=kind,
        state=IncidentState.CONFIRMED,
        opened_ns=at_ns if opened_s is None else round(opened_s * 1e9),
        zone=zone,
        title=Text("", ""),
        members=(Member(alarm="a", occurrence=1, raised_ns=at_ns, why="first_out"),),
    )


BURST = told(IncidentKind.BURST, "dma-01", HOUR)
LEAK = told(IncidentKind.LEAK, "dma-02", 30 * HOUR, opened_s=-40 * HOUR)


def counted(*incidents: Incident) -> dict[str, float]:
    happened = town()
    lonely = assigned(happened, incidents)
    return {figure.name: figure.value for figure in figures(happened, lonely)}


def test_a_burst_and_a_leak_that_nights_tell_of_are_right_and_nothing_of_the_others_is() -> None:
    found = counted(BURST, LEAK)
    assert found == {
        "burst: the right incident": 1,
        "leak: the right incident": 1,
        "fault: no incident": 1,
        "flushing: no incident": 1,
        "false incidents": 0,
    }


def test_nothing_told_is_nothing_right_but_the_quiet_ones() -> None:
    found = counted()
    assert (found["burst: the right incident"], found["fault: no incident"], found["false incidents"]) == (
        0,
        1,
        0,
    )


@pytest.mark.parametrize(
    ("incident", "wrong"),
    [
        (told(IncidentKind.BURST, "dma-03", 2 * HOUR), "fault: no incident"),
        (told(IncidentKind.LOW_PRESSURE, "dma-04", HOUR), "flushing: no incident"),
    ],
)
def test_an_incident_of_an_instrument_s_fault_or_of_planned_work_is_false(
    incident: Incident, wrong: str
) -> None:
    found = counted(BURST, LEAK, incident)
    assert (found[wrong], found["false incidents"]) == (0, 1)


@pytest.mark.parametrize(
    "incident",
    [
        replace(BURST, id="again"),
        told(IncidentKind.LOW_PRESSURE, "dma-01", HOUR),
        told(IncidentKind.BURST, "dma-05", HOUR),
        told(IncidentKind.BURST, "dma-01", 11 * HOUR),
        told(IncidentKind.BURST, "dma-01", -HOUR),
    ],
    ids=["a second", "of another kind", "elsewhere", "long after", "before"],
)
def test_what_belongs_to_nothing_is_false(incident: Incident) -> None:
    assert counted(BURST, LEAK, incident)["false incidents"] == 1
