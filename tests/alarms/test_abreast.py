"""While the alarms are behind what is in the spool, no value stands beyond what they have judged."""

from alarms.abreast import Abreast
from alarms.engine import Engine
from core.model.finding import FindingKind, Verb
from core.model.sample import Batch, Flag, Sample
from core.ports.source import SourceFacts
from tests.alarms.alarm_town import NOON, SECOND, definition, plant

TAG = "dma-01.p1"
ROWS = [definition("high", FindingKind.LIMIT_HIGH, tag=TAG, setpoint=5.0, on_delay_s=20.0)]


class Lagging:
    """An engine whose source is alive all the time, that judges rows of the spool when it is let."""

    def __init__(self) -> None:
        self.facts, self.abreast = SourceFacts(), Abreast()
        self.engine = Engine(plant(), ROWS, followed={TAG: self.facts})
        self.rows: list[Batch] = []
        self.seq = 0
        self.told: list[tuple[Verb, float]] = []

    def put(self, second: int, v: float) -> None:
        t_ns = NOON + second * SECOND
        self.rows.append(Batch.of("opcua:plc", [Sample(TAG, t_ns, v, 0, t_ns, Flag.STANDS)]))

    def judge(self, n: int = 1) -> None:
        for batch in self.rows[self.seq : self.seq + n]:
            self._say(self.engine.update(batch))
        self.seq = min(len(self.rows), self.seq + n)

    def tick(self, second: int) -> None:
        self.facts.followed_ns = NOON + second * SECOND
        told = self.abreast.upto(self.engine.followed(), len(self.rows), self.seq)
        self._say(self.engine.tick(self.facts.followed_ns, second, told))

    def _say(self, findings) -> None:
        self.told += [(f.verb, (f.t_ns - NOON) / SECOND) for f in findings]


def test_a_value_that_was_followed_by_another_does_not_stand_while_that_one_waits() -> None:
    alarms = Lagging()
    alarms.put(0, 9.0)
    alarms.judge()
    alarms.put(10, 1.0)
    for second in range(10, 100):
        alarms.tick(second)
    assert alarms.told == []
    alarms.judge()
    alarms.tick(100)
    assert alarms.told == []


def test_where_there_is_always_another_row_to_come_a_value_stands_as_far_as_rows_are_judged() -> None:
    alarms = Lagging()
    alarms.put(0, 9.0)
    alarms.judge()
    for second in range(1, 30):
        alarms.rows.append(Batch.of("modbus:st-01", [Sample("x", NOON, 1.0, 0, NOON)]))
        alarms.tick(second)
        alarms.judge(1)
    assert alarms.told == [(Verb.RAISE, 20.0)]


def test_what_is_judged_at_once_stands_at_once() -> None:
    alarms = Lagging()
    alarms.put(0, 9.0)
    alarms.judge()
    alarms.tick(21)
    assert alarms.told == [(Verb.RAISE, 20.0)]
