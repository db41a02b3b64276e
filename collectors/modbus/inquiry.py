"""A question whose answer is no sample: does the unit answer again, does it refuse this half."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from collectors.modbus.link import Question
from collectors.modbus.plan import Request

if TYPE_CHECKING:
    from collectors.modbus.unit import UnitState


class Inquiry:
    """`collectors.modbus.link.Ask`. told: called once, with whether it was answered or refused by an
    exception 2 or 3; None when it was neither. probe: it may be asked while the breaker is open."""

    def __init__(
        self,
        unit: "UnitState",
        request: Request,
        told: Callable[[bool | None], None],
        *,
        probe: bool = False,
    ) -> None:
        self.unit, self.probe = unit, probe
        self.question = Question(request)
        self.sent_s = self.heard_s = 0.0
        self._told = told

    def answered(self, payload: memoryview) -> None:
        self.unit.owner.spoke(self)
        self._told(True)

    def refused(self, code: int) -> None:
        if self.unit.owner.objected(self, code):
            self._told(False if code in (2, 3) else None)

    def failed(self, code: int, now_ns: int) -> None:
        self._told(None)
