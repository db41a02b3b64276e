"""What a reader takes from a rendering, read with nothing of ours: each time with its day."""

import re
from datetime import datetime, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8))
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_ZH = re.compile(r"(\d{1,2})月(\d{1,2})日(?:\(周(.)\))?(\d{2}):(\d{2})(?:至(\d{2}):(\d{2}))?")
_EN = re.compile(r"(?:(\w{3}) )?(\d{1,2}) ([A-Z][a-z]{2}),? (\d{2}):(\d{2})(?:[–-](\d{2}):(\d{2}))?")
_SPOKEN_ZH = re.compile(
    r"(\d{1,2})月(\d{1,2})日周(.)(\d{1,2})点(?:(\d{1,2})分|整)(?:至(\d{1,2})点(?:(\d{1,2})分|整))?"
)
_SPOKEN_EN = re.compile(r"(\w+day) (\d{1,2}) ([A-Z]\w+) at (\d{1,2}):(\d{2})(?: and (\d{1,2}):(\d{2}))?")
_DAYS = "一二三四五六日"


def _moment(near_ns: int, month: int, day: int, hour: int, minute: int) -> int:
    """UTC ns of a Shanghai time without a year: the one nearest to when it was said."""
    around = datetime.fromtimestamp(near_ns / 1e9, SHANGHAI)
    years = (around.year - 1, around.year, around.year + 1)
    made = [
        datetime(year, month, day, hour, minute, tzinfo=SHANGHAI) for year in years if _is(year, month, day)
    ]
    best = min(made, key=lambda at: abs(at - around))
    return int(best.timestamp()) * 1_000_000_000


def _is(year: int, month: int, day: int) -> bool:
    try:
        datetime(year, month, day, tzinfo=SHANGHAI)
    except ValueError:
        return False
    return True


def _weekday(t_ns: int) -> int:
    return datetime.fromtimestamp(t_ns / 1e9, SHANGHAI).weekday()


def times_zh(text: str, near_ns: int) -> set[int]:
    found = set()
    for month, day, weekday, hour, minute, to_hour, to_minute in _ZH.findall(text):
        at = _moment(near_ns, int(month), int(day), int(hour), int(minute))
        assert not weekday or _DAYS[_weekday(at)] == weekday
        found.add(at)
        if to_hour:
            found.add(_moment(near_ns, int(month), int(day), int(to_hour), int(to_minute)))
    for month, day, weekday, hour, minute, to_hour, to_minute in _SPOKEN_ZH.findall(text):
        at = _moment(near_ns, int(month), int(day), int(hour), int(minute or 0))
        assert _DAYS[_weekday(at)] == weekday
        found.add(at)
        if to_hour:
            found.add(_moment(near_ns, int(month), int(day), int(to_hour), int(to_minute or 0)))
    return found


def times_en(text: str, near_ns: int) -> set[int]:
    found = set()
    for weekday, day, month, hour, minute, to_hour, to_minute in _EN.findall(text):
        if month not in _MONTHS:
            continue
        number = _MONTHS.index(month) + 1
        at = _moment(near_ns, number, int(day), int(hour), int(minute))
        if weekday in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"):
            assert datetime.fromtimestamp(at / 1e9, SHANGHAI).strftime("%a") == weekday
        found.add(at)
        if to_hour:
            found.add(_moment(near_ns, number, int(day), int(to_hour), int(to_minute)))
    for weekday, day, month, hour, minute, to_hour, to_minute in _SPOKEN_EN.findall(text):
        number = _MONTHS.index(month[:3]) + 1
        at = _moment(near_ns, number, int(day), int(hour), int(minute))
        assert datetime.fromtimestamp(at / 1e9, SHANGHAI).strftime("%A") == weekday
        found.add(at)
        if to_hour:
            found.add(_moment(near_ns, number, int(day), int(to_hour), int(to_minute)))
    return found


def instants(text: str) -> set[int]:
    """Every RFC 3339 time with its offset."""
    found = re.findall(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", text)
    return {int(datetime.fromisoformat(at).timestamp()) * 1_000_000_000 for at in found}
