"""What people are told at the end where nobody knows that their water was off, or that it is back: no more
than that, of what nobody has looked at no check, and whom to ring."""

from collections.abc import Mapping
from types import MappingProxyType

from core.model.bulletin import Bulletin, Ending
from core.model.text import Text
from response.renderings.places import headed
from response.sentences import hotline

MATTER: Mapping[Ending, Text] = MappingProxyType(
    {
        Ending.SPARED: Text("据现有信息，您处不在停水范围内", "Outside known area"),
        Ending.QUIET: Text("近期未再接到新的反映", "No more reports"),
    }
)
RING: Mapping[Ending, Text] = MappingProxyType(
    {
        Ending.SPARED: Text("如无水请拨打热线", "No water? Ring us"),
        Ending.QUIET: Text("如未恢复请拨打热线", "Not back? Ring us"),
    }
)
"""Both at most 20 characters, what a gateway's variable holds."""
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


def line(b: Bulletin, ending: Ending, lang: str, area: str) -> str:
    """For a headline or a short message."""
    if lang == "zh":
        return f"{area}：{MATTER[ending].zh}，{RING[ending].zh}"
    return f"{area}: {MATTER[ending].en}. {RING[ending].en}"


def words(b: Bulletin, ending: Ending) -> Text:
    """Whole, for a letter."""
    said, do, ring = _SAID[ending], _DO[ending], hotline(b.hotline_hours)
    return Text(
        f"{line(b, ending, 'zh', headed(b, 'zh'))}\n{b.utility.zh}通报：{said.zh}{do.zh}\n"
        f"{ring.zh}：{b.hotline}\n公告编号：{b.number}",
        f"{line(b, ending, 'en', headed(b, 'en'))}\n{b.utility.en} reports: {said.en} {do.en}\n"
        f"{ring.en}: {b.hotline}\nNotice no.: {b.number}",
    )
