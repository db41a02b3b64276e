"""The Chinese working-day calendar: Monday to Friday, less the days off, plus the adjusted ones (调休).

A period in working days does not count the day on which it begins, and ends with the last day's hours
(Civil Code 民法典 art. 201, 203). The days off and the working weekends of a year are those of the State
Council's yearly notice; they are a table, never guessed: in a year that the table does not cover a due time
is provisional.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from core.model.shanghai import SHANGHAI, local

DAY_S = 86_400
_S = 1_000_000_000
_SATURDAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingDays:
    """off: days without work that are no weekend, or are; work: weekend days that are worked. since_s,
    until_s: the hours of a working day, seconds after midnight in Shanghai. covered: years of the table."""

    off: frozenset[date] = frozenset()
    work: frozenset[date] = frozenset()
    since_s: int = 0
    until_s: int = DAY_S
    covered: frozenset[int] = frozenset()

    @property
    def day_ns(self) -> int:
        """Working time of one day."""
        return (self.until_s - self.since_s) * _S

    def is_working(self, day: date) -> bool:
        if day in self.work:
            return True
        return day.weekday() < _SATURDAY and day not in self.off

    def counts_from(self, t_ns: int) -> int:
        """Where a period that begins then starts to count: the next midnight."""
        return _midnight(local(t_ns).date() + timedelta(days=1))

    def provisional(self, due_ns: int) -> bool:
        """The year's days off are not in the table."""
        return local(due_ns - 1).year not in self.covered

    def elapsed(self, from_ns: int, to_ns: int) -> int:
        """Working time between two moments, ns; 0 when the second is not later."""
        total, day = 0, local(from_ns).date()
        while (opens := self._opens(day)) < to_ns:
            if self.is_working(day):
                total += max(0, min(to_ns, opens + self.day_ns) - max(from_ns, opens))
            day += timedelta(days=1)
        return total

    def advance(self, from_ns: int, amount_ns: int) -> int:
        """The earliest moment after which so much working time has passed."""
        day, left = local(from_ns).date(), amount_ns
        while left > 0:
            begin = max(from_ns, self._opens(day))
            room = self._opens(day) + self.day_ns - begin
            if self.is_working(day) and room > 0:
                if left <= room:
                    return begin + left
                left -= room
            day += timedelta(days=1)
        return from_ns

    def _opens(self, day: date) -> int:
        return _midnight(day) + self.since_s * _S


@dataclass(frozen=True, slots=True)
class Always:
    """Twenty-four hours on seven days: emergencies know no holidays."""

    def counts_from(self, t_ns: int) -> int:
        return t_ns

    def provisional(self, due_ns: int) -> bool:
        return False

    def elapsed(self, from_ns: int, to_ns: int) -> int:
        return max(0, to_ns - from_ns)

    def advance(self, from_ns: int, amount_ns: int) -> int:
        return from_ns + amount_ns


Calendar = WorkingDays | Always
ALWAYS = Always()


def _midnight(day: date) -> int:
    return int(datetime.combine(day, time(), SHANGHAI).timestamp()) * _S
