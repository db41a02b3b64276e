"""R-13: metres of water as people read them at a site."""

import pytest

from core.model.pressure_unit import PressureUnit


@pytest.mark.parametrize(
    ("unit", "shown", "aloud"),
    [
        ("MPa", "0.140", ("0.14兆帕", "0.14 MPa")),
        ("kPa", "140", ("140千帕", "140 kPa")),
        ("bar", "1.40", ("1.4巴", "1.4 bar")),
        ("m", "14.3", ("14米水柱", "14 m of water")),
    ],
)
def test_r_13_the_service_floor_in_each_unit(unit: str, shown: str, aloud: tuple[str, str]) -> None:
    metres, told = 14.276, PressureUnit(unit)
    assert told.shown(metres) == shown
    assert (told.aloud(metres).zh, told.aloud(metres).en) == aloud
