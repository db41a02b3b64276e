"""What the telephone says to all who call about it, within 25 seconds (ON-21, HL-20 budgets).

The first sentence names the place, the matter and the time. Times are written as they are spoken, so that
any speech engine reads them right.
"""

from itertools import chain

from core.model.bulletin import Bulletin, Change
from core.model.notice import QUALITY_KINDS
from core.model.shanghai import day, local
from core.model.text import Lang, Text
from response.renderings import back as restoration
from response.renderings import cut_short
from response.renderings.facts import (
    ends,
    expected,
    mark,
    name,
    undated,
    unrepaired,
    until_lifted,
    what,
)
from response.renderings.heed import heed
from response.renderings.places import cut, named, weak_beside
from response.sentences import LATE

MOST_S = 25.0
ZH_CHARACTERS_S = 4.8
"""Spoken characters a second, a digit being one [K]: measure your speech engine."""
EN_WORDS_S = 2.7
NAMED_STREETS = 3


def ivr(b: Bulletin) -> Text:
    """Both languages; a place too long to be said in time is shortened, never a time or how many streets."""
    return Text(_fitted(b, "zh"), _fitted(b, "en"))


def seconds(text: str, lang: Lang) -> float:
    """About how long it takes to say."""
    if lang == "zh":
        return sum(c.isalnum() for c in text) / ZH_CHARACTERS_S
    return len(text.split()) / EN_WORDS_S


def _fitted(b: Bulletin, lang: Lang) -> str:
    for form in chain(named(b, lang, NAMED_STREETS), cut(b, lang)):
        said = _said(b, lang, form)
        if seconds(said, lang) <= MOST_S:
            break
    return said


def spoken(t_ns: int, lang: Lang) -> str:
    """`11月23日周一8点30分` / `Monday 23 November at 8:30`."""
    at = local(t_ns)
    if lang == "en":
        return f"{at:%A} {at.day} {at:%B} at {at.hour}:{at:%M}"
    on = day(t_ns).zh.replace("(", "").replace(")", "")
    return on + _clock_zh(t_ns)


def _clock_zh(t_ns: int) -> str:
    at = local(t_ns)
    return f"{at.hour}点" + (f"{at.minute}分" if at.minute else "整")


def spoken_range(from_ns: int, to_ns: int, lang: Lang) -> str:
    """`11月23日周一3点31分至7点31分` / `between Monday 23 November at 3:31 and 7:31`."""
    begin, end = spoken(from_ns, lang), spoken(to_ns, lang)
    if begin == end:
        return begin if lang == "zh" else f"on {begin}"
    if local(from_ns).date() == local(to_ns).date():
        to = local(to_ns)
        end = _clock_zh(to_ns) if lang == "zh" else f"{to.hour}:{to:%M}"
    return f"{begin}至{end}" if lang == "zh" else f"between {begin} and {end}"


def _said(b: Bulletin, lang: Lang, area: str) -> str:
    zh = lang == "zh"
    parts = [f"{mark(b).in_(lang)}{_first(b, lang, area)}"]
    if (must := heed(b)) is not None:
        parts.append(must.in_(lang))
    if (weak := weak_beside(b)) is not None:
        parts.append(weak.zh if zh else f"{weak.en[0].upper()}{weak.en[1:]}")
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
            return cut_short.off(
                b, f"{area}{matter}已取消" if zh else f"In {area}, called off: {matter}", lang
            )
        if b.change is Change.CANCELLED:
            return f"{area}{name(b).zh}已撤销" if zh else f"In {area}, withdrawn: {name(b).en}"
        if b.kind in QUALITY_KINDS:
            lifted = f"In {area}, the {name(b).en} was lifted on {at}"
            return f"{area}{name(b).zh}已于{at}解除" if zh else lifted
        if zh:
            return f"{area}{restoration.since_zh(b, at)}"
        since = f", confirmed on {at}" if b.confirmed else f" since {at}"
        return f"{restoration.of(b).now.en} in {area}{since}"
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
    between, over = spoken_range(b.estimate.earliest_ns, b.estimate.latest_ns, lang), ends(b).in_(lang)
    if zh:
        return f"{area}{matter}，预计{between}{over}"
    return f"{matter} in {area}, expected {over} {between}"
