"""What is said when it is over: no more than was told before. Who was told of low pressure hears of pressure;
what was only suspected has never been off for sure."""

from dataclasses import dataclass

from core.model.bulletin import Bulletin, Change, Supply
from core.model.notice import CUTS
from core.model.text import Text
from response.doubt import doubted


@dataclass(frozen=True, slots=True)
class Back:
    """done: `恢复供水`, after `已` and before a time in English. now: as it is at the tap: `Water is back`.
    streets: what stands before those where it is so. matter, state: of a gateway's variables; in Chinese the
    time stands before `state`, in English `matter` says all."""

    done: Text
    now: Text
    streets: Text
    matter: Text
    state: str


_WATER = Back(
    Text("恢复供水", "water back"),
    Text("已恢复供水", "Water is back"),
    Text("恢复路段", "Streets with water back"),
    Text("", "Water is back"),
    "已恢复",
)
_PRESSURE = Back(
    Text("恢复正常水压", "water pressure back to normal"),
    Text("已恢复正常水压", "Water pressure is back to normal"),
    Text("恢复路段", "Streets with normal pressure back"),
    Text("", "Pressure is normal"),
    "水压已恢复",
)
_BOTH = Back(
    Text("恢复供水和正常水压", "water and normal pressure back"),
    Text("已恢复供水和正常水压", "Water and normal pressure are back"),
    Text("恢复路段", "Streets with water or pressure back"),
    Text("", "Water is back"),
    "已恢复",
)
_SUPPLY_FINE = Back(
    Text("供水正常", "supply normal"),
    Text("供水正常", "Water supply is normal"),
    Text("涉及路段", "Streets"),
    Text("此前可能停水", "Supply is normal"),
    "供水正常",
)
_PRESSURE_FINE = Back(
    Text("水压正常", "water pressure normal"),
    Text("水压正常", "Water pressure is normal"),
    Text("涉及路段", "Streets"),
    Text("此前水压可能偏低", "Pressure is normal"),
    "水压正常",
)
_BOTH_FINE = Back(
    Text("供水和水压正常", "supply and pressure normal"),
    Text("供水和水压正常", "Water supply and pressure are normal"),
    Text("涉及路段", "Streets"),
    Text("此前可能停水", "Supply is normal"),
    "供水正常",
)
"""Matters and states: with a time at most 20 characters, what a gateway's variable holds."""


def unsure(b: Bulletin) -> bool:
    return doubted(b.kind, b.supply, b.site)


def of(b: Bulletin) -> Back:
    low = b.supply is Supply.LOW
    both = not low and (b.weak is not None or any(street.weak for street in b.streets))
    if unsure(b):
        return _PRESSURE_FINE if low else _BOTH_FINE if both else _SUPPLY_FINE
    return _PRESSURE if low else _BOTH if both else _WATER


def apart(b: Bulletin) -> bool:
    """Water is back for some and pressure for others."""
    both = b.weak is not None and b.supply is not Supply.LOW
    return both and b.change is Change.RESTORED and b.kind in CUTS


def since_zh(b: Bulletin, at: str) -> str:
    """`已于11月23日(周一)04:00恢复供水`, `11月23日(周一)04:00起供水正常`; where since when is not known
    when that was confirmed."""
    done = of(b).done.zh
    if unsure(b):
        return f"确认于{at}{done}" if b.confirmed else f"{at}起{done}"
    return f"确认于{at}已{done}" if b.confirmed else f"已于{at}{done}"


def since_en(b: Bulletin, at: str) -> str:
    return f", confirmed {at}" if b.confirmed else f" since {at}"


def expected(b: Bulletin, at: Text) -> Text:
    """Beside `Now`."""
    if unsure(b):
        now = of(b).done
        if b.confirmed:
            return Text(f"确认于{at.zh}{now.zh}", f"{now.en}, as confirmed {at.en}")
        return Text(f"{at.zh}起{now.zh}", f"{now.en} since {at.en}")
    told = of(b)
    done = Text("恢复", "restored") if told is _WATER else told.done
    if b.confirmed:
        return Text(f"确认于{at.zh}已{done.zh}", f"{done.en}, as confirmed {at.en}")
    since = " " if told is _WATER else " since "
    return Text(f"已于{at.zh}{done.zh}", f"{done.en}{since}{at.en}")


def brief(b: Bulletin, at: Text) -> Text:
    """The variable that says when."""
    told = of(b)
    if unsure(b):
        zh = f"{at.zh}确认{told.state}" if b.confirmed else f"{at.zh}起{told.state}"
    else:
        zh = f"{at.zh}{'确认' if b.confirmed else ''}{told.state}"
    return Text(zh, f"{'as of' if b.confirmed else 'since'} {at.en}")
