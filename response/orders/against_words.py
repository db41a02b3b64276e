"""Why a crew may not take an order, or not without a reason: in the words that pages and refusals share."""

from collections.abc import Iterable, Mapping

from core.model.text import Text, listed

AGAINST: Mapping[str, Text] = {
    "disabled": Text("已停用", "out of use"),
    "off_shift": Text("不在班", "off shift"),
    "skill": Text("技能不符", "lacks the skill"),
    "zone": Text("非本片区", "other area"),
    "load": Text("在手工单已满", "has enough"),
    "too_far": Text("太远", "too far"),
    "dropped_lately": Text("刚退过单", "dropped one lately"),
    "in_a_row": Text("连抢过多", "too many in a row"),
    "easy_share": Text("轻单占比过高", "too many easy ones"),
}


def in_words(against: Iterable[str]) -> Text:
    return listed(AGAINST[name] for name in against)
