"""Which texts a person changed in one language alone: the other may state something else (ON-05, ON-28)."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from core.model.notice import Notice
from core.model.shanghai import moment
from core.model.text import Text

_WORDS: Mapping[str, Text] = MappingProxyType(
    {
        "title": Text("标题", "Title"),
        "place": Text("地点", "Place"),
        "description": Text("情况说明", "What happened"),
        "reason": Text("原因", "Reason"),
        "advice": Text("用水提示", "Advice"),
    }
)
_ELEMENTS: Mapping[str, Text] = MappingProxyType(
    {
        "finding": Text("检出情况及水平", "What was found, how much"),
        "effects": Text("健康影响", "Health effects"),
        "risk": Text("易受影响人群", "Who is at risk"),
        "doing": Text("正在采取的措施", "What is being done"),
        "alternatives": Text("替代水源", "What to use instead"),
    }
)
_NAMES = {**_WORDS, **_ELEMENTS}
_NOTHING = Text("", "")
_ZH, _EN = Text("中文", "Chinese"), Text("英文", "English")
Changed = tuple[tuple[str, int], ...]
"""By `field.language`: when a person changed it last and left the other language as it was."""


def changed(before: Notice, after: Notice, now_ns: int) -> Changed:
    """after: with what a person just wrote. What the hub wrote it writes in both."""
    known = {name: at_ns for name, at_ns in before.one_language if name.rpartition(".")[0] in _persons(after)}
    was = _persons(before) | _texts(before)
    for name, now in _persons(after).items():
        old, text = was.get(name) or _NOTHING, now or _NOTHING
        zh, en = old.zh != text.zh, old.en != text.en
        if not (zh or en):
            continue
        sides = {side for side in (f"{name}.zh", f"{name}.en") if known.pop(side, None) is not None}
        sides |= {f"{name}.zh"} if zh else set()
        sides |= {f"{name}.en"} if en else set()
        if len(sides) == 1:
            known[sides.pop()] = now_ns
    return tuple(sorted(known.items()))


def _texts(notice: Notice) -> dict[str, Text | None]:
    return {name: getattr(notice, name) for name in _WORDS}


def _persons(notice: Notice) -> dict[str, Text | None]:
    """What a person wrote of it."""
    found = {name: text for name, text in _texts(notice).items() if name in notice.written}
    facts = notice.quality
    return found | ({name: getattr(facts, name) for name in _ELEMENTS} if facts else {})


def apart(notice: Notice) -> Iterator[tuple[str, Text, bool]]:
    """To whoever approves it."""
    for one, at_ns in notice.one_language:
        field, _, lang = one.rpartition(".")
        name, at = _NAMES[field], moment(at_ns)
        done, left = (_ZH, _EN) if lang == "zh" else (_EN, _ZH)
        why = Text(
            f"{name.zh}：{done.zh}已由人修改（{at.zh}），{left.zh}未随之修改，请核对两种语言说的是同一事实",
            f"{name.en}: a person changed the {done.en} ({at.en}), the {left.en} was not changed with it: "
            "check that both state the same facts",
        )
        yield "one_language", why, False
