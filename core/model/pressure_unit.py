"""How a site's people read pressures. Stores, alarms and the interface keep metres of water."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from core.model.pressure import METRES_A_MPA
from core.model.text import Text

MPA_A_METRE = 1 / METRES_A_MPA


class PressureUnit(StrEnum):
    MPA = "MPa"
    KPA = "kPa"
    BAR = "bar"
    METRES = "m"

    def of(self, metres: float) -> float:
        return metres * SCALES[self].a_metre

    def shown(self, metres: float) -> str:
        """On screens, without the unit."""
        return f"{self.of(metres):.{SCALES[self].digits}f}"

    def aloud(self, metres: float) -> Text:
        """In a sentence to be read to a caller, with the unit."""
        scale = SCALES[self]
        value = f"{self.of(metres):.{scale.digits_aloud}f}"
        return Text(f"{value}{scale.name.zh}", f"{value} {scale.name.en}")


@dataclass(frozen=True, slots=True)
class Scale:
    """digits: about a decimetre of water, what an instrument resolves. digits_aloud: about a metre."""

    a_metre: float
    digits: int
    digits_aloud: int
    name: Text


SCALES: Mapping[PressureUnit, Scale] = MappingProxyType(
    {
        PressureUnit.MPA: Scale(MPA_A_METRE, 3, 2, Text("兆帕", "MPa")),
        PressureUnit.KPA: Scale(MPA_A_METRE * 1000, 0, 0, Text("千帕", "kPa")),
        PressureUnit.BAR: Scale(MPA_A_METRE * 10, 2, 1, Text("巴", "bar")),
        PressureUnit.METRES: Scale(1.0, 1, 0, Text("米水柱", "m of water")),
    }
)
