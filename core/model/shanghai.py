"""Times as people in China read them. Stores keep UTC ns; screens, notices and pages show these.

Asia/Shanghai is UTC+08:00 all the year (no summer time since 1991), so no time-zone table is needed.
"""

from datetime import UTC, date, datetime, timedelta, timezone

from core.model.text import Text

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")

_DAYS_ZH = "一二三四五六日"
_DAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def local(t_ns: int) -> datetime:
    """The Shanghai wall clock at a UTC time in ns, to the microsecond."""
    return datetime.fromtimestamp(t_ns // 1_000_000_000, SHANGHAI) + timedelta(
        microseconds=t_ns % 1_000_000_000 // 1_000
    )


def midnight_ns(on: date) -> int:
    """When a Shanghai day begins, UTC ns."""
    return int(datetime(on.year, on.month, on.day, tzinfo=SHANGHAI).timestamp()) * 1_000_000_000


def rfc3339(t_ns: int) -> str:
    """`2026-11-22T20:00:00Z`, as the public contract wants it: UTC, whole seconds."""
    return datetime.fromtimestamp(t_ns // 1_000_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day(t_ns: int) -> Text:
    """`11月23日(周一)` / `Mon 23 Nov`."""
    at = local(t_ns)
    return Text(
        f"{at.month}月{at.day}日(周{_DAYS_ZH[at.weekday()]})",
        f"{_DAYS_EN[at.weekday()]} {at.day} {_MONTHS_EN[at.month - 1]}",
    )


def moment(t_ns: int) -> Text:
    """`11月23日(周一)04:00` / `Mon 23 Nov, 04:00`: never only "tonight"."""
    on, at = day(t_ns), local(t_ns)
    return Text(f"{on.zh}{at:%H:%M}", f"{on.en}, {at:%H:%M}")


def span(from_ns: int, to_ns: int) -> Text:
    """`11月23日(周一)04:00至08:00` / `Mon 23 Nov, 04:00–08:00`; with both days when they differ, and
    one time where there is one."""
    begin, end = moment(from_ns), moment(to_ns)
    if begin == end:
        return begin
    if local(from_ns).date() == local(to_ns).date():
        clock = f"{local(to_ns):%H:%M}"
        return Text(f"{begin.zh}至{clock}", f"{begin.en}–{clock}")
    return Text(f"{begin.zh}至{end.zh}", f"{begin.en} to {end.en}")


def over_by(from_ns: int, by_ns: int) -> Text:
    """`11月23日(周一)04:00起，不晚于11月23日(周一)08:00结束`: it was found to be over, and nobody knows since
    when."""
    begin, end = moment(from_ns), moment(by_ns)
    if by_ns <= from_ns:
        return Text(f"{begin.zh}起", f"from {begin.en}")
    return Text(f"{begin.zh}起，不晚于{end.zh}结束", f"from {begin.en}, over by {end.en} at the latest")
