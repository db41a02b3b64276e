"""What people are told at the end where nobody knows that their water was off, or that it is back: no more
than that, of what nobody has looked at no check, and whom to ring."""

from collections.abc import Mapping
from types import MappingProxyType

from core.model.bulletin import Bulletin, Ending, Supply
from core.model.text import Text
from response.renderings.places import HOME, headed
from response.sentences import hotline

_MATTER: Mapping[Ending, Text] = MappingProxyType(
    {
        Ending.SPARED: Text("您处据现有信息不在停水范围内", "You seem unaffected"),
        Ending.QUIET: Text("近期未再接到新的反映", "No more reports"),
    }
)
_RING: Mapping[Ending, Text] = MappingProxyType(
    {
        Ending.SPARED: Text("如无水请拨打热线", "No water? Ring us"),
        Ending.QUIET: Text("如未恢复请拨打热线", "Not back? Ring us"),
    }
)
"""Both at most 20 characters, what a gateway's variable holds; in Chinese the matter follows the place."""
_OUTSIDE_EN = "as far as is known, your address is not in it"
_LINE: Mapping[Ending, Text] = MappingProxyType(
    {
        Ending.SPARED: Text("据现有信息，您处不在停水范围内", _OUTSIDE_EN),
        Ending.QUIET: _MATTER[Ending.QUIET],
    }
)
_SAID: Mapping[Ending, Text] = MappingProxyType(
    {
        Ending.SPARED: Text(
            "据现有信息，您处不在此次停水范围内。",
            "By what we know now, your address is outside the area of this interruption.",
        ),
        Ending.QUIET: Text(
            "您反映的供水问题，我们之后未再接到新的反映。目前尚未核实是否已恢复。",
            "We have had no more reports of this. We do not know if your water is back.",
        ),
    }
)
_DO: Mapping[Ending, Text] = MappingProxyType(
    {
        Ending.SPARED: Text("如家中无水，请拨打热线。", "If you have no water, please ring us."),
        Ending.QUIET: Text("如仍未恢复，请再次拨打热线。", "If it is not, please ring us again."),
    }
)


_WEAK_MATTER = Text("您处据现有信息不在水压偏低范围内", "You seem unaffected")
_WEAK_LINE = Text("据现有信息，您处不在水压偏低范围内", _OUTSIDE_EN)
_WEAK_RING = Text("如水压仍低请拨打热线", "Weak water? Ring us")
_WEAK_SAID = Text(
    "据现有信息，您处不在此次水压偏低范围内。",
    "By what we know now, your address is outside the area where pressure is low.",
)
_WEAK_DO = Text("如家中水压仍偏低，请拨打热线。", "If your pressure is still low, please ring us.")
"""To whom low pressure was told: nothing of an interruption."""


def _weak(b: Bulletin) -> bool:
    return b.ending is Ending.SPARED and b.supply is Supply.LOW


def matter(b: Bulletin, ending: Ending) -> Text:
    """For a template's place, behind that of the area: an address is not named twice."""
    said = _WEAK_MATTER if _weak(b) else _MATTER[ending]
    return Text(said.zh.removeprefix("您处"), said.en) if b.area == HOME else said


def ring(b: Bulletin, ending: Ending) -> Text:
    return _WEAK_RING if _weak(b) else _RING[ending]


def line(b: Bulletin, ending: Ending, lang: str, area: str) -> str:
    """For a headline or a short message."""
    said, do = _WEAK_LINE if _weak(b) else _LINE[ending], ring(b, ending)
    return f"{area}：{said.zh}，{do.zh}" if lang == "zh" else f"{area}: {said.en}. {do.en}"


def words(b: Bulletin, ending: Ending) -> Text:
    """Whole, for a letter."""
    said, do = (_WEAK_SAID, _WEAK_DO) if _weak(b) else (_SAID[ending], _DO[ending])
    label = hotline(b.hotline_hours)
    return Text(
        f"{line(b, ending, 'zh', headed(b, 'zh'))}\n{b.utility.zh}通报：{said.zh}{do.zh}\n"
        f"{label.zh}：{b.hotline}\n公告编号：{b.number}",
        f"{line(b, ending, 'en', headed(b, 'en'))}\n{b.utility.en} reports: {said.en} {do.en}\n"
        f"{label.en}: {b.hotline}\nNotice no.: {b.number}",
    )
