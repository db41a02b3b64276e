"""The day or month that a report is of, in Asia/Shanghai."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from core.model.shanghai import local, midnight_ns
from core.model.text import Text


class Kind(StrEnum):
    DAILY = "daily"
    MONTHLY = "monthly"


class NoPeriod(ValueError):
    """What was asked for is no day and no month. why: how one is written."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.en)
        self.why = why


@dataclass(frozen=True, slots=True)
class Period:
    """first: its first day; until: the day after its last."""

    kind: Kind
    first: date
    until: date

    @property
    def name(self) -> str:
        """`2026-11-25` or `2026-11`."""
        return self.first.isoformat() if self.kind is Kind.DAILY else self.month

    @property
    def title(self) -> Text:
        at = self.first
        if self.kind is Kind.DAILY:
            return Text(f"{at.year}年{at.month}月{at.day}日供水日报", f"Daily report, {at.day} {at:%B %Y}")
        return Text(f"{at.year}年{at.month}月供水月报", f"Monthly report, {at:%B %Y}")

    @property
    def start_ns(self) -> int:
        return midnight_ns(self.first)

    @property
    def end_ns(self) -> int:
        return midnight_ns(self.until)

    @property
    def month(self) -> str:
        """That its days are of."""
        return f"{self.first:%Y-%m}"

    def has(self, day: str) -> bool:
        """Whether a Shanghai day, `2026-11-25`, is in it."""
        return self.first.isoformat() <= day < self.until.isoformat()

    @property
    def before(self) -> "Period":
        return _around(self.kind, self.first - timedelta(days=1))

    @property
    def after(self) -> "Period":
        return _around(self.kind, self.until)


def period_of(kind: Kind, name: str) -> Period:
    """Raises NoPeriod, which says how to write one."""
    form = r"\d{4}-\d\d-\d\d" if kind is Kind.DAILY else r"\d{4}-\d\d"
    try:
        if not re.fullmatch(form, name):
            raise ValueError
        day = date.fromisoformat(name if kind is Kind.DAILY else f"{name}-01")
        if not 1971 <= day.year <= 2200:
            raise ValueError
    except ValueError:
        zh, en = ("日期，应写作 2026-11-25", "a day as 2026-11-25")
        if kind is Kind.MONTHLY:
            zh, en = ("月份，应写作 2026-11", "a month as 2026-11")
        raise NoPeriod(Text(f"{name!r} 不是{zh}", f"{name!r} is not {en}")) from None
    return _around(kind, day)


def begun(kind: Kind, name: str, now_ns: int) -> Period:
    """The one of that name; without one the newest that is over. Raises NoPeriod, also of what is to come."""
    if not name:
        return _around(kind, local(now_ns).date()).before
    period = period_of(kind, name)
    if period.start_ns >= now_ns:
        raise NoPeriod(Text(f"{name} 尚未开始", f"{name} has not begun"))
    return period


def _around(kind: Kind, day: date) -> Period:
    if kind is Kind.DAILY:
        return Period(kind, day, day + timedelta(days=1))
    first = day.replace(day=1)
    return Period(kind, first, (first + timedelta(days=31)).replace(day=1))
