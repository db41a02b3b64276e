"""The control room's shifts: their hours, what is noted during one, and its log as it was handed over."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

from core.model.shanghai import local, midnight_ns
from core.model.text import Text

S = 1_000_000_000
_ID = re.compile(r"((?:19[7-9]|20\d|21\d)\d-\d{2}-\d{2})-[a-z][a-z0-9_]{0,31}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftHours:
    """A shift of every day. from_min: minutes after midnight in Shanghai at which it begins; it lasts until
    the next one does."""

    id: str
    name: Text
    from_min: int


TWO_SHIFTS = (
    ShiftHours(id="day", name=Text("白班", "Day shift"), from_min=8 * 60),
    ShiftHours(id="night", name=Text("夜班", "Night shift"), from_min=20 * 60),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """One shift of one day. id: `2026-11-22-night`, the day in Shanghai on which it begins."""

    id: str
    name: Text
    day: date
    start_ns: int
    end_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rota:
    """hours: in the order in which they begin. early_min: so long before its end a shift may be handed
    over."""

    hours: Sequence[ShiftHours] = TWO_SHIFTS
    early_min: int = 120

    def at(self, t_ns: int) -> Shift:
        """Whose time it is."""
        today = local(t_ns).date()
        begun = [one for one in self._of(today) if one.start_ns <= t_ns]
        return begun[-1] if begun else self._of(today - timedelta(days=1))[-1]

    def named(self, id: str) -> Shift | None:
        """None for an id that no shift of these hours has."""
        if not (found := _ID.fullmatch(id)):
            return None
        try:
            day = date.fromisoformat(found[1])
            return next((one for one in self._of(day) if one.id == id), None)
        except ValueError:
            return None

    def after(self, shift: Shift) -> Shift:
        return self.at(shift.end_ns)

    def before(self, shift: Shift) -> Shift:
        return self.at(shift.start_ns - 1)

    def _of(self, day: date) -> list[Shift]:
        begins = [midnight_ns(day) + one.from_min * 60 * S for one in self.hours]
        ends = [*begins[1:], midnight_ns(day + timedelta(days=1)) + self.hours[0].from_min * 60 * S]
        return [
            Shift(id=f"{day}-{one.id}", name=one.name, day=day, start_ns=start, end_ns=end)
            for one, start, end in zip(self.hours, begins, ends, strict=True)
        ]


TWELVE_HOURS = Rota()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftNote:
    """What a person put into the log; appended, never changed."""

    id: str
    shift: str
    by: str
    role: str
    at_ns: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftHandover:
    """id: the shift's. log: what was handed over, canonical JSON; sha256: of it. from_ns, handed_ns: the time
    that the log tells of. by: who handed it over; taken_by: who took it, another person; None until then.
    The log never changes; taking over adds its own three fields, once."""

    id: str
    from_ns: int
    handed_ns: int
    by: str
    role: str
    log: str
    sha256: str
    taken_ns: int | None = None
    taken_by: str | None = None
    taken_role: str | None = None

    @property
    def intact(self) -> bool:
        """The log is what was signed."""
        return digest(self.log) == self.sha256


def digest(log: str) -> str:
    return sha256(log.encode("utf-8", "surrogatepass")).hexdigest()
