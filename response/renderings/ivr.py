"""What the telephone says to all who call about it, within 25 seconds (ON-21, HL-20 budgets).

The first sentence names the place, the matter and the time. Times are written as they are spoken, so that
any speech engine reads them right.
"""

from core.model.bulletin import Bulletin, Change
from core.model.notice import QUALITY_KINDS
from core.model.shanghai import day, local
from core.model.text import Lang, Text
from response.renderings.facts import (
    ends,
    expected,
    mark,
    name,
    returned,
    undated,
    unrepaired,
    until_lifted,
    what,
)
from response.renderings.headline import shortened
from response.sentences import LATE

MOST_S = 25.0
ZH_CHARACTERS_S = 4.8
"""Spoken characters a second, a digit being one [K]: measure your speech engine."""
EN_WORDS_S = 2.7
SHORTEST_AREA = 4


def ivr(b: Bulletin) -> Text:
    """Both languages; a place too long to be said in time is shortened, a time never is."""
    return Text(_fitted(b, "zh"), _fitted(b, "en"))


def seconds(text: str, lang: Lang) -> float:
    """About how long it takes to say."""
    if lang == "zh":
        return sum(c.isalnum() for c in text) / ZH_CHARACTERS_S
    return len(text.split()) / EN_WORDS_S


def _fitted(b: Bulletin, lang: Lang) -> str:
    area = b.area.in_(lang)
    for length in range(len(area), SHORTEST_AREA - 1, -1):
        said = _said(b, lang, shortened(area, length))
        if seconds(said, lang) <= MOST_S:
            return said
    return _said(b, lang, shortened(area, SHORTEST_AREA))


def spoken(t_ns: int, lang: Lang) -> str:
    """`11月23日周一8点30分` / `Monday 23 November at 8:30`."""
    at = local(t_ns)
    if lang == "en":
        return f"{at:%A} {at.day} {at:%B} at {at.hour}:{at:%M}"
    on = day(t_ns).zh.replace("(", "").replace(")", "")
    return f"{on}{at.hour}点" + (f"{at.minute}分" if at.minute else "整")


def _said(b: Bulletin, lang: Lang, area: str) -> str:
    zh = lang == "zh"
    parts = [f"{mark(b).in_(lang)}{_first(b, lang, area)}"]
    if b.next_update_ns is not None and not b.over:
        at = spoken(b.next_update_ns, lang)
        lead = LATE.in_(lang) if b.update_late else "下次通报不晚于" if zh else "Next update by"
        parts.append(f"{lead}{at}" if zh else f"{lead} {at}")
    parts.append("转人工请按0" if zh else "Press 0 for a person")
    return ("您好，" if zh else "") + ("。" if zh else ". ").join(parts) + ("。" if zh else ".")


def _first(b: Bulletin, lang: Lang, area: str) -> str:
    matter, zh = what(b).in_(lang), lang == "zh"
    if b.over:
        at = spoken(b.restored_ns or b.sent_ns, lang)
        if b.change is Change.CANCELLED and b.planned:
            return f"{area}{matter}已取消" if zh else f"In {area}, called off: {matter}"
        if b.change is Change.CANCELLED:
            return f"{area}{name(b).zh}已撤销" if zh else f"In {area}, withdrawn: {name(b).en}"
        if b.kind in QUALITY_KINDS:
            lifted = f"In {area}, the {name(b).en} was lifted on {at}"
            return f"{area}{name(b).zh}已于{at}解除" if zh else lifted
        back = returned(b)
        if b.confirmed:
            sure = f"{back.en} is back in {area}, confirmed on {at}"
            return f"{area}确认于{at}已{back.zh}" if zh else sure
        return f"{area}已于{at}{back.zh}" if zh else f"{back.en} is back in {area} since {at}"
    if b.planned and b.estimate is not None and not b.overdue:
        begin, end = spoken(b.starts_ns, lang), spoken(b.estimate.latest_ns, lang)
        return f"{area}{begin}至{end}{matter}" if zh else f"{matter} in {area}, from {begin} to {end}"
    if b.estimate is None or b.overdue:
        if until_lifted(b):
            return f"{area}{matter}" if zh else f"In {area}: {matter}"
        if unrepaired(b):
            now = undated(b).in_(lang)
            return f"{area}{matter}，{now}" if zh else f"In {area}: {matter}. At present {now}"
        state = expected(b).in_(lang)
        lead = "" if b.overdue else "恢复时间"
        return f"{area}{matter}，{lead}{state}" if zh else f"{matter} in {area}. Its return is {state}"
    at, over = spoken(b.estimate.latest_ns, lang), ends(b).in_(lang)
    return f"{area}{matter}，预计{at}前{over}" if zh else f"{matter} in {area}, expected {over} by {at}"
